//! An interaction as far as figures need it: which line it waits in and since when, or who has it.

use crate::spent::Stint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use vocab::{AgentId, Millis, QueueId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(crate) queue: QueueId,
    /// The customer's link is gone since then.
    pub(crate) away_since: Option<Millis>,
    pub(crate) stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    InLine(Wait),
    InHand(InHand),
}

/// Without an answer; ringing included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wait {
    /// The entry into this queue's line.
    pub(crate) since: Millis,
    pub(crate) is_for_callback: bool,
    /// Who is being rung for it, or calls back.
    pub(crate) rung: BTreeSet<AgentId>,
}

/// From the answer to the end of the wrap-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InHand {
    /// Who has the customer.
    pub(crate) agent: AgentId,
    /// Of all who had the customer one after the other.
    pub(crate) stint: Stint,
}

impl Contact {
    pub(crate) fn wait(&self) -> Option<&Wait> {
        match &self.stage {
            Stage::InLine(wait) => Some(wait),
            Stage::InHand(_) => None,
        }
    }

    pub(crate) fn in_hand(&self) -> Option<InHand> {
        match &self.stage {
            Stage::InLine(_) => None,
            Stage::InHand(in_hand) => Some(*in_hand),
        }
    }
}
