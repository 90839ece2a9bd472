//! The whole system as a person meets it, in parts that tests put together: server, screens, sound,
//! desktop, customer's browser, and the comparison of speech heard with speech spoken.
//!
//! Each part starts with a deadline, writes its log into the [`run::Run`]'s folder, and ends with it.

pub mod agent;
pub mod binaries;
pub mod bus;
pub mod customer;
pub mod desktop;
pub mod display;
pub mod ears;
pub mod inhibitors;
pub mod likeness;
pub mod marionette;
pub mod nginx;
pub mod notifications;
pub mod processes;
pub mod recording;
pub mod relay;
pub mod run;
pub mod scene;
pub mod server;
pub mod site;
pub mod sound;
pub mod speech;
pub mod story;
pub mod tray;
pub mod unplugged;
pub mod wait;
pub mod webdriver;
pub mod windows;
