//! Who hears whom, from roles and modes alone; the sender enforces it.

use serde::{Deserialize, Serialize};

/// A participant's part in the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    Agent,
    Customer,
}

/// What bears on sound at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mode {
    /// The conversation is answered and has not ended.
    pub is_live: bool,
    pub is_held: bool,
    pub is_agent_muted: bool,
    pub is_customer_muted: bool,
}

/// What one participant's media does: whether the microphone is sent and whether the peer is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sound {
    pub is_sent: bool,
    pub is_played: bool,
}

/// Whether `listener` hears `speaker`. Nobody hears themselves; nobody is heard before the answer or on hold.
#[must_use]
pub fn hears(listener: Part, speaker: Part, mode: Mode) -> bool {
    let is_muted = match speaker {
        Part::Agent => mode.is_agent_muted,
        Part::Customer => mode.is_customer_muted,
    };
    listener != speaker && mode.is_live && !mode.is_held && !is_muted
}

impl Sound {
    /// What `me` sends and plays. A peer's mute is the peer's to enforce, so that it needs no message.
    #[must_use]
    pub fn of(me: Part, mode: Mode) -> Self {
        let peer = match me {
            Part::Agent => Part::Customer,
            Part::Customer => Part::Agent,
        };
        Self {
            is_sent: hears(peer, me, mode),
            is_played: hears(me, peer, mode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_heard_unanswered_held_or_muted_and_nobody_hears_themselves() {
        for bits in 0..16_u8 {
            let mode = Mode {
                is_live: bits & 1 != 0,
                is_held: bits & 2 != 0,
                is_agent_muted: bits & 4 != 0,
                is_customer_muted: bits & 8 != 0,
            };
            let is_open = mode.is_live && !mode.is_held;
            assert_eq!(
                hears(Part::Customer, Part::Agent, mode),
                is_open && !mode.is_agent_muted
            );
            assert_eq!(
                hears(Part::Agent, Part::Customer, mode),
                is_open && !mode.is_customer_muted
            );
            assert!(!hears(Part::Agent, Part::Agent, mode));
            assert!(!hears(Part::Customer, Part::Customer, mode));
        }
    }
}
