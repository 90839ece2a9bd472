//! The rules of routing, one transcript a rule, for whoever wants to know what Warmline does; `transcript` says how to
//! read them, and `transcript/settings.rs` how their first lines are meant.

#[cfg(test)]
#[path = "../transcript/mod.rs"]
mod transcript;

#[cfg(test)]
mod back;
#[cfg(test)]
mod capacity;
#[cfg(test)]
mod line;
#[cfg(test)]
mod offers;
#[cfg(test)]
mod skills;
#[cfg(test)]
mod strategies;
#[cfg(test)]
mod why;
#[cfg(test)]
mod wishes;

#[cfg(test)]
use transcript::check;
