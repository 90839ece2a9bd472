//! Who hears whom, from roles and modes alone; the sender enforces it.

use serde::{Deserialize, Serialize};

/// A participant's part in the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// Whose customer it is.
    Agent,
    Customer,
    /// Whom the agent asks. Hears the customer through the agent's desktop, which mixes.
    Colleague,
}

/// What bears on sound at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mode {
    /// The conversation is answered and has not ended.
    pub is_live: bool,
    /// The customer hears music; so it is while agent and colleague speak privately.
    pub is_held: bool,
    /// A colleague was asked and answered.
    pub is_consulted: bool,
    pub is_agent_muted: bool,
    pub is_customer_muted: bool,
    pub is_colleague_muted: bool,
}

/// What one participant's media does: whether the microphone is sent and whether the peer is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sound {
    pub is_sent: bool,
    pub is_played: bool,
}

/// Whether `listener` hears `speaker`. Nobody hears themselves; nobody is heard before the answer; a customer on hold
/// hears nobody and is heard by nobody.
#[must_use]
pub fn hears(listener: Part, speaker: Part, mode: Mode) -> bool {
    let is_muted = match speaker {
        Part::Agent => mode.is_agent_muted,
        Part::Customer => mode.is_customer_muted,
        Part::Colleague => mode.is_colleague_muted,
    };
    let is_of_two = |part: Part| listener == part || speaker == part;
    let customer_is_there = !is_of_two(Part::Customer) || !mode.is_held;
    let colleague_is_there = !is_of_two(Part::Colleague) || mode.is_consulted;
    listener != speaker && mode.is_live && customer_is_there && colleague_is_there && !is_muted
}

impl Sound {
    /// What `me` sends to and plays of `peer`. A peer's mute is the peer's to enforce, so that it needs no message.
    #[must_use]
    pub fn between(me: Part, peer: Part, mode: Mode) -> Self {
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
        for bits in 0..64_u8 {
            let mode = Mode {
                is_live: bits & 1 != 0,
                is_held: bits & 2 != 0,
                is_agent_muted: bits & 4 != 0,
                is_customer_muted: bits & 8 != 0,
                is_consulted: bits & 16 != 0,
                is_colleague_muted: bits & 32 != 0,
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
            for part in [Part::Agent, Part::Customer, Part::Colleague] {
                assert!(!hears(part, part, mode));
            }
        }
    }

    #[test]
    fn a_customer_on_hold_does_not_hear_what_the_agents_say_to_each_other() {
        let private = Mode {
            is_live: true,
            is_held: true,
            is_consulted: true,
            ..Mode::default()
        };
        assert!(hears(Part::Colleague, Part::Agent, private));
        assert!(hears(Part::Agent, Part::Colleague, private));
        assert!(!hears(Part::Customer, Part::Colleague, private));
        assert!(!hears(Part::Customer, Part::Agent, private));
        assert!(!hears(Part::Colleague, Part::Customer, private));

        let together = Mode {
            is_held: false,
            ..private
        };
        for (listener, speaker) in [
            (Part::Customer, Part::Colleague),
            (Part::Colleague, Part::Customer),
            (Part::Customer, Part::Agent),
        ] {
            assert!(hears(listener, speaker, together));
        }
        let muted = Mode {
            is_colleague_muted: true,
            ..together
        };
        assert!(!hears(Part::Customer, Part::Colleague, muted));
    }
}
