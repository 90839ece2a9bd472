//! The server as its clients see it: real sockets, real files, real processes.

mod call;
mod client;
mod faults;
mod manners;
mod place;
mod property;
mod rest;
mod storage;
