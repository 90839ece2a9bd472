//! Where an interaction stands, how its customer waits, and what they wish for.

use serde::{Deserialize, Serialize};
use vocab::{AgentId, Language, Millis, SiteId};

/// Where an interaction stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Waiting,
    /// Mostly one agent; several where all are rung, in the order in which they would have been one by one.
    Ringing {
        agents: Vec<AgentId>,
        since: Millis,
        deadline: Millis,
    },
    /// The agent accepted a callback, and the customer's page rings.
    CallingBack {
        agent: AgentId,
        since: Millis,
        deadline: Millis,
    },
    /// `since` is the answer, also after a hold.
    Talking {
        agent: AgentId,
        since: Millis,
    },
    Held {
        agent: AgentId,
        since: Millis,
        answered_at: Millis,
    },
    /// The agent asks a colleague about it.
    Consulting {
        agent: AgentId,
        answered_at: Millis,
        colleague: AgentId,
        consult: Consult,
    },
    WrapUp {
        agent: AgentId,
        since: Millis,
        deadline: Millis,
        answered_at: Millis,
        can_extend: bool,
    },
}

/// How far a question to a colleague is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Consult {
    /// The colleague's desktop rings; the customer hears music.
    Ringing { since: Millis, deadline: Millis },
    /// The two agents speak; the customer hears music.
    Private { since: Millis },
    /// All three speak.
    Together { since: Millis },
}

impl Stage {
    /// Whose work it is; of several who are rung the first.
    #[must_use]
    pub fn agent(&self) -> Option<AgentId> {
        match self {
            Self::Waiting => None,
            Self::Ringing { agents, .. } => agents.first().copied(),
            Self::CallingBack { agent, .. }
            | Self::Talking { agent, .. }
            | Self::Held { agent, .. }
            | Self::Consulting { agent, .. }
            | Self::WrapUp { agent, .. } => Some(*agent),
        }
    }

    /// Whether it is this agent's work: as the one who has it, or among those who are rung.
    #[must_use]
    pub fn is_of(&self, agent: AgentId) -> bool {
        match self {
            Self::Ringing { agents, .. } => agents.contains(&agent),
            Self::Waiting
            | Self::CallingBack { .. }
            | Self::Talking { .. }
            | Self::Held { .. }
            | Self::Consulting { .. }
            | Self::WrapUp { .. } => self.agent() == Some(agent),
        }
    }

    /// Who is asked about it.
    #[must_use]
    pub fn colleague(&self) -> Option<AgentId> {
        match self {
            Self::Consulting { colleague, .. } => Some(*colleague),
            Self::Waiting
            | Self::Ringing { .. }
            | Self::CallingBack { .. }
            | Self::Talking { .. }
            | Self::Held { .. }
            | Self::WrapUp { .. } => None,
        }
    }

    /// Those at work on it: the agent whose it is or those who are rung, and the colleague who is asked.
    pub fn people(&self) -> impl Iterator<Item = AgentId> + '_ {
        let rung: &[AgentId] = match self {
            Self::Ringing { agents, .. } => agents,
            Self::Waiting
            | Self::CallingBack { .. }
            | Self::Talking { .. }
            | Self::Held { .. }
            | Self::Consulting { .. }
            | Self::WrapUp { .. } => &[],
        };
        let owner = self.agent().filter(|_| rung.is_empty());
        owner
            .into_iter()
            .chain(rung.iter().copied())
            .chain(self.colleague())
    }
}

/// How a customer without an answer waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Waits {
    #[default]
    OnTheLine,
    /// The place is kept, and the customer is called back when it is their turn.
    ForCallback {
        /// Callbacks that nobody answered.
        tries: u8,
        /// Not offered before, because the last one was missed just now.
        rests_until: Option<Millis>,
    },
}

impl Waits {
    #[must_use]
    pub fn is_for_callback(self) -> bool {
        match self {
            Self::OnTheLine => false,
            Self::ForCallback { .. } => true,
        }
    }

    pub(crate) fn tries(self) -> u8 {
        match self {
            Self::OnTheLine => 0,
            Self::ForCallback { tries, .. } => tries,
        }
    }

    pub(crate) fn rests_until(self) -> Option<Millis> {
        match self {
            Self::OnTheLine => None,
            Self::ForCallback { rests_until, .. } => rests_until,
        }
    }
}

/// What the customer's record says that routing heeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    pub language: Option<Language>,
    pub site: Option<SiteId>,
    pub is_vip: bool,
    /// With whom they spoke last.
    pub last_agent: Option<AgentId>,
    /// Their connection broke off a moment ago, and they come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back: Option<Back>,
}

/// Out of what a customer's connection broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Back {
    /// Out of a conversation: they go before everybody in line, and for [`crate::BACK_KEPT_MS`] only the agent they
    /// spoke with is offered them.
    Served,
    /// Out of the line, which they had entered at `since`: they take the place that goes with it.
    Waiting { since: Millis },
}
