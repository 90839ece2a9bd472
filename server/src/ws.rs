//! The link `/v1/link`: one task a connection, which reads frames, writes frames and keeps time.

mod connection;
mod ending;
mod hello;
mod limits;
mod lost;
mod opening;

pub(crate) use limits::Links;
pub(crate) use lost::{LostTries, Seen, Seldom};
pub(crate) use opening::upgrade;
