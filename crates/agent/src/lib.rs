//! A participant without a screen: server link, call and sound joined. The desktop, the tests and the load generator
//! are shells around it.
//!
//! An agent's side is [`Desktop`]; a customer's side is [`customer::Customer`].

mod address;
mod clock;
pub mod customer;
mod desktop;
pub mod link;
mod local;
mod model;
mod performer;
mod recordings;
mod rest;
mod signalling;
pub mod sound;
mod tokens;
mod way;

pub use address::ServerAddress;
pub use clock::now;
pub use desktop::{Desktop, DesktopOptions};
pub use local::make_private;
pub use rest::RestClient;
pub use tokens::{InMemory, TokenStore};
