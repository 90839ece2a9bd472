//! The link `/v1/link`: one task a connection, which reads frames, writes frames and keeps time.

mod connection;
mod hello;
mod limits;

pub(crate) use connection::upgrade;
pub(crate) use limits::Links;
