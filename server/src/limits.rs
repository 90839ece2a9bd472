//! What bounds those who ask: from where they come, how often they may, and what is said when a limit bites.

mod bites;
mod buckets;
mod origin;
mod pages;

pub(crate) use bites::{Bites, TOLD_EVERY};
pub use buckets::Rate;
pub(crate) use buckets::{Buckets, TokenBucket};
pub use origin::Origin;
pub(crate) use pages::Pages;
