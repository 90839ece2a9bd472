//! A second engine that decides nothing: it follows the events, keeps everything in plain lists, and knows the rules by
//! which the first one should have decided. Written from the rules and not from the engine, without any index.

mod clock;
mod fold;
mod routing;
mod staff;
mod talk;
mod times;

pub(crate) use routing::Burden;
pub use routing::Hindrance;

use acd::{Agent, Patience, Queue, Stage, Waits, Wishes};
use hours::Hours;
use std::collections::BTreeMap;
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, MediumKind, Millis, PeerLink, QueueId,
    ScheduleId,
};

/// What follows from the events so far.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub queues: BTreeMap<QueueId, Queue>,
    pub agents: BTreeMap<AgentId, Person>,
    pub doors: BTreeMap<ScheduleId, Door>,
    pub patience: Patience,
    pub open: BTreeMap<InteractionId, Contact>,
    /// Since when queues take nobody.
    pub closed: BTreeMap<QueueId, Millis>,
    /// Who was offered last.
    pub turns: BTreeMap<QueueId, AgentId>,
    pub tallies: BTreeMap<QueueId, Tally>,
    pub last_at: Millis,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub settings: Agent,
    pub online: Option<Online>,
    pub handled: u32,
    /// Offers in a row.
    pub declined: u8,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Online {
    pub chosen: ChosenState,
    pub next: Option<ChosenState>,
    /// Since the last finished work, or since `chosen`.
    pub idle_since: Millis,
    pub away: Option<Away>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Away {
    pub since: Millis,
    pub lease_until: Millis,
    pub grace_until: Millis,
}

#[derive(Clone, Debug)]
pub struct Door {
    pub settings: acd::Schedule,
    /// Read once; absent when they cannot be read, which no accepted configuration has.
    pub hours: Option<Hours>,
    pub is_open: bool,
    pub until: Option<Millis>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    pub customer: CustomerId,
    pub queue: QueueId,
    pub medium: MediumKind,
    pub wishes: Wishes,
    pub entered_at: Millis,
    pub queued_at: Millis,
    pub key: i64,
    pub ring: u8,
    pub kept_from: Vec<(AgentId, Millis)>,
    pub kept_for: Option<(AgentId, Millis)>,
    pub overflow_rests_until: Option<Millis>,
    pub link: PeerLink,
    pub waits: Waits,
    pub stage: Stage,
}

/// What came into a queue's line and how it left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub offered: u64,
    pub answered: u64,
    pub abandoned: u64,
    pub overflowed: u64,
}

impl Contact {
    /// Waiting, rung for or called back.
    #[must_use]
    pub fn is_in_line(&self) -> bool {
        matches!(
            self.stage,
            Stage::Waiting | Stage::Ringing { .. } | Stage::CallingBack { .. }
        )
    }

    #[must_use]
    pub fn is_over_for_customer(&self) -> bool {
        matches!(self.stage, Stage::WrapUp { .. })
    }

    #[must_use]
    pub fn rests_until(&self) -> Option<Millis> {
        match self.waits {
            Waits::OnTheLine => None,
            Waits::ForCallback { rests_until, .. } => rests_until,
        }
    }

    /// Whether somebody could be rung for it, if there is somebody.
    #[must_use]
    pub fn can_be_offered(&self) -> bool {
        self.stage == Stage::Waiting
            && self.link == PeerLink::Connected
            && self.rests_until().is_none()
    }
}
