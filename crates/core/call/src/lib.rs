//! One participant's call as a pure machine: `(now, input)` becomes new state plus the effects that a shell performs.
//!
//! It knows neither sockets nor devices. The agent's side ([`AgentCall`]) always makes the offers, the customer's
//! side ([`CustomerCall`]) answers them; who hears whom is one function of roles and modes ([`hears`]).

mod agent;
mod audience;
mod customer;
mod effect;
mod path;

pub use agent::{AgentCall, AgentInput, Seen};
pub use audience::{Mode, Part, Sound, hears};
pub use customer::{CustomerCall, CustomerInput, CustomerSeen};
pub use effect::{Candidate, Effect};
pub use path::{PathNews, PathShown};

/// The first `media` number of a process that starts at this time, so that numbers grow over a restart too.
#[must_use]
pub fn first_media(now: vocab::Millis) -> vocab::MediaId {
    const EPOCH_S: u64 = 1_700_000_000;
    let seconds = (now.0 / 1_000).saturating_sub(EPOCH_S);
    vocab::MediaId(u32::try_from(seconds).unwrap_or(u32::MAX / 2))
}
