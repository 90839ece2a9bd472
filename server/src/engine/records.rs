//! What the actor keeps in memory about open and just ended interactions, beside the centre's decisions.

use super::inbox::VisitorKey;
use crate::limits::Origin;
use acd::{Back, Event, What};
use protocol::customer::PassedOn;
use protocol::handover::HandoverNote;
use protocol::rest::{InteractionNote, InteractionSummary};
use protocol::work::{CustomerPop, RecordingConsent};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{
    AgentId, CustomerId, EndedBy, InteractionId, Millis, QueueId, RecordingState, Sensitive,
};

/// A customer may rate this long after the end.
pub(crate) const RATING_WINDOW_MS: u64 = 10 * 60 * 1_000;

/// A customer whose callback was missed, or who was taken out of the line, is told so on coming back, for a day.
const LOST_SHOWN_MS: u64 = 24 * 60 * 60 * 1_000;

/// Whose connection broke off may come back for this long.
pub(crate) const COME_BACK_WINDOW_MS: u64 = RATING_WINDOW_MS;

/// How long after its end an interaction is still shown to its customer.
pub(crate) fn shown_for_ms(is_lost: bool) -> u64 {
    if is_lost {
        LOST_SHOWN_MS
    } else {
        RATING_WINDOW_MS
    }
}

/// Notes of a past interaction within the pop, and the longest; the whole ones are a click away, and a frame has a
/// limit.
const POP_NOTES: usize = 4;
pub(crate) const POP_NOTE_CHARS: usize = 280;

/// Colleagues' notes on a work item, the newest, and the longest of them: for the same reason.
const COLLEAGUES_NOTES: usize = 6;
const COLLEAGUE_NOTE_CHARS: usize = 4_000;

/// Recordings of a past interaction within the pop, and pauses of each.
const POP_RECORDINGS: usize = 4;
const POP_PAUSES: usize = 16;

/// How many past interactions the pop shows.
pub(crate) const POP_INTERACTIONS: u32 = 5;

#[derive(Clone, Debug)]
pub(crate) struct OpenRecord {
    pub(crate) queue: QueueId,
    pub(crate) pop: CustomerPop,
    pub(crate) topic: Option<Sensitive<String>>,
    /// Of everybody who wrote one, in the order in which they began.
    pub(crate) notes: Vec<InteractionNote>,
    pub(crate) visitor: Option<VisitorKey>,
    /// Since when the customer waits or has waited, one that came back included.
    pub(crate) waiting_since: Millis,
    /// The customer's page is out of reach.
    pub(crate) is_away: bool,
    /// From where the call came; not kept on the disk.
    pub(crate) origin: Option<Origin>,
    /// Everybody it was offered to: they may still save a note.
    pub(crate) agents: BTreeSet<AgentId>,
    pub(crate) answered_at: Option<Millis>,
    pub(crate) handed: Handed,
    pub(crate) recording_consent: RecordingConsent,
    /// What the agent's desktop said last of its recording.
    pub(crate) recording: Option<RecordingState>,
}

impl OpenRecord {
    /// The agent's whole note as it stands now.
    pub(crate) fn write_note(&mut self, note: InteractionNote) {
        match self.notes.iter_mut().find(|own| own.agent == note.agent) {
            Some(own) => *own = note,
            None => self.notes.push(note),
        }
    }

    pub(crate) fn own_note(&self, agent: AgentId) -> Sensitive<String> {
        let own = self.notes.iter().find(|note| note.agent == agent);
        own.map(|note| note.text.clone()).unwrap_or_default()
    }

    pub(crate) fn colleagues_notes(&self, agent: AgentId) -> Vec<InteractionNote> {
        let others = self.notes.iter().filter(|note| note.agent != agent);
        let mut others: Vec<_> = others.filter(|note| !note.is_empty()).cloned().collect();
        let oldest = others.len().saturating_sub(COLLEAGUES_NOTES);
        others.drain(..oldest);
        for note in &mut others {
            note.text = cut(&note.text, COLLEAGUE_NOTE_CHARS);
        }
        others
    }
}

/// What agents told each other about an interaction, and where it is on its way to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handed {
    /// By whom it came to the agent who has it or is rung.
    pub(crate) note: Option<HandoverNote>,
    /// What the colleague is or was asked.
    pub(crate) question: Sensitive<String>,
    /// With whom the customer talks or talked last.
    pub(crate) with_name: String,
    /// While the customer waits for the next agent: who passed them on, and to whom.
    pub(crate) on_the_way: Option<PassedOn>,
}

/// An interaction whose customer may still rate it.
#[derive(Clone, Debug)]
pub struct EndedCall {
    pub interaction: InteractionId,
    pub visitor: Option<VisitorKey>,
    pub customer: CustomerId,
    pub ended_at: Millis,
    /// Absent when it was never answered.
    pub talked_ms: Option<u32>,
    pub is_rated: bool,
    /// Given up after callbacks that did not reach the customer.
    pub is_callback_missed: bool,
    /// The connection broke off; taken when the customer comes back.
    pub(crate) broken_off: Option<BrokenOff>,
    /// A supervisor took the customer out of the line.
    pub is_removed: bool,
    pub(crate) agents: BTreeSet<AgentId>,
}

/// Where an interaction stood when its customer's connection broke off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BrokenOff {
    pub(crate) back: Back,
    /// Absent when only the store knows of it: then the page's own queue, and the agent whom the record names.
    pub(crate) queue: Option<QueueId>,
    pub(crate) agent: Option<AgentId>,
}

impl EndedCall {
    /// Ended without a conversation, and not by the customer.
    fn is_lost(&self) -> bool {
        self.is_callback_missed || self.is_removed
    }

    pub(crate) fn can_rate(&self, now: Millis) -> bool {
        self.talked_ms.is_some() && !self.is_rated && now.since(self.ended_at) <= RATING_WINDOW_MS
    }

    pub(crate) fn come_back_until(&self) -> Millis {
        self.ended_at.plus(COME_BACK_WINDOW_MS)
    }

    /// Where the customer may come back to.
    pub(crate) fn way_back(&self, now: Millis) -> Option<BrokenOff> {
        self.broken_off.filter(|_| now <= self.come_back_until())
    }
}

#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) open: BTreeMap<InteractionId, OpenRecord>,
    pub(crate) ended: BTreeMap<InteractionId, EndedCall>,
    /// The newest interaction of each visitor who is or was just here.
    pub(crate) newest_of: BTreeMap<VisitorKey, InteractionId>,
    /// Those who wait for a first answer, by where they called from.
    waiting_from: BTreeMap<Origin, BTreeSet<InteractionId>>,
    erased: Erased,
}

/// Who was erased lately: a reader that looked before that may answer after it.
#[derive(Debug, Default)]
struct Erased {
    now: BTreeSet<CustomerId>,
    before: BTreeSet<CustomerId>,
}

impl Records {
    /// Keeps up with a decision. `ended` entries stay for the rating; open ones until the centre lets go of them.
    pub(crate) fn observe(&mut self, event: &Event) {
        match &event.what {
            What::OfferMade {
                interaction, agent, ..
            } => {
                if let Some(record) = self.open.get_mut(interaction) {
                    record.agents.insert(*agent);
                }
            }
            What::OfferAccepted { interaction, .. } => {
                self.waits_no_more(*interaction);
                if let Some(record) = self.open.get_mut(interaction) {
                    record.answered_at.get_or_insert(event.at);
                    record.handed.on_the_way = None;
                    record.recording = None;
                }
            }
            // The desktop that recorded has it no more; the next one begins anew.
            What::ReturnedToQueue { interaction } | What::HandedOver { interaction, .. } => {
                if let Some(record) = self.open.get_mut(interaction) {
                    record.recording = None;
                }
            }
            What::ConsultAsked {
                interaction,
                colleague,
                ..
            } => {
                if let Some(record) = self.open.get_mut(interaction) {
                    record.agents.insert(*colleague);
                }
            }
            What::Transferred {
                interaction, queue, ..
            } => {
                if let Some(record) = self.open.get_mut(interaction) {
                    record.queue = *queue;
                    record.recording = None;
                }
            }
            What::CustomerAway { interaction, .. } => self.set_away(*interaction, true),
            What::CustomerBack { interaction } => self.set_away(*interaction, false),
            What::Ended {
                interaction,
                by,
                agent,
                ..
            } => self.note_end(*interaction, event.at, *by, Some(*agent)),
            What::Abandoned { interaction, by } => {
                self.note_end(*interaction, event.at, *by, None);
            }
            What::RemovedFromLine { interaction, .. } => {
                self.note_end(*interaction, event.at, EndedBy::Removed, None);
            }
            _ => {}
        }
    }

    /// A call from there begins to wait.
    pub(crate) fn waits_from(&mut self, origin: Origin, interaction: InteractionId) {
        let here = self.waiting_from.entry(origin).or_default();
        here.insert(interaction);
    }

    /// Those who wait for a first answer and called from there.
    pub(crate) fn waiting_from(&self, origin: Origin) -> impl Iterator<Item = InteractionId> + '_ {
        self.waiting_from
            .get(&origin)
            .into_iter()
            .flatten()
            .copied()
    }

    fn waits_no_more(&mut self, interaction: InteractionId) {
        let origin = self.open.get(&interaction).and_then(|open| open.origin);
        let Some(origin) = origin else { return };
        if let Some(here) = self.waiting_from.get_mut(&origin) {
            here.remove(&interaction);
            if here.is_empty() {
                self.waiting_from.remove(&origin);
            }
        }
    }

    /// From where calls came is known to memory alone: taken over when everything else is read back.
    pub(crate) fn take_origins(&mut self, before: &Self) {
        for (interaction, record) in &mut self.open {
            record.origin = before.open.get(interaction).and_then(|open| open.origin);
            if let Some(origin) = record.origin.filter(|_| record.answered_at.is_none()) {
                let here = self.waiting_from.entry(origin).or_default();
                here.insert(*interaction);
            }
        }
    }

    /// Ended interactions that memory knew before everything was read back. A visitor's open one is newer than all.
    pub(crate) fn remember(&mut self, ended: Vec<EndedCall>) {
        for call in &ended {
            let Some(visitor) = &call.visitor else {
                continue;
            };
            let newest = self.newest_of.entry(visitor.clone());
            let newest = newest.or_insert(call.interaction);
            *newest = (*newest).max(call.interaction);
        }
        let ended = ended.into_iter().map(|call| (call.interaction, call));
        self.ended.extend(ended);
    }

    fn set_away(&mut self, interaction: InteractionId, is_away: bool) {
        if let Some(record) = self.open.get_mut(&interaction) {
            record.is_away = is_away;
        }
    }

    fn note_end(
        &mut self,
        interaction: InteractionId,
        at: Millis,
        by: EndedBy,
        agent: Option<AgentId>,
    ) {
        self.waits_no_more(interaction);
        let Some(record) = self.open.get(&interaction) else {
            return;
        };
        let talked_ms = record
            .answered_at
            .map(|from| u32::try_from(at.since(from)).unwrap_or(u32::MAX));
        // An agent who hears nothing any more hangs up before the grace period is over.
        let is_broken_off = by == EndedBy::CustomerLost || by == EndedBy::Agent && record.is_away;
        let broken_off = is_broken_off.then_some(BrokenOff {
            back: match agent {
                Some(_) => Back::Served,
                None => Back::Waiting {
                    since: record.waiting_since,
                },
            },
            queue: Some(record.queue),
            agent,
        });
        let ended = EndedCall {
            interaction,
            broken_off,
            visitor: record.visitor.clone(),
            customer: record.pop.customer.customer,
            ended_at: at,
            talked_ms,
            is_rated: false,
            is_callback_missed: by == EndedBy::CallbackMissed,
            is_removed: by == EndedBy::Removed,
            agents: record.agents.clone(),
        };
        self.ended.insert(interaction, ended);
    }

    /// The clock was set by so much.
    pub(crate) fn step(&mut self, by_ms: i64) {
        for record in self.open.values_mut() {
            record.answered_at = record.answered_at.map(|at| at.shifted(by_ms));
            if let RecordingConsent::Given { at } = &mut record.recording_consent {
                *at = at.shifted(by_ms);
            }
        }
        for ended in self.ended.values_mut() {
            ended.ended_at = ended.ended_at.shifted(by_ms);
        }
    }

    /// Forgets what is over for good.
    pub(crate) fn prune(&mut self, center: &acd::Center, now: Millis) {
        self.open
            .retain(|interaction, _| center.interaction(*interaction).is_some());
        self.ended
            .retain(|_, ended| now.since(ended.ended_at) <= shown_for_ms(ended.is_lost()));
        let (open, ended) = (&self.open, &self.ended);
        self.newest_of.retain(|_, interaction| {
            open.contains_key(interaction) || ended.contains_key(interaction)
        });
        // Kept for one whole interval at least, which no reader takes.
        self.erased.before = std::mem::take(&mut self.erased.now);
    }

    pub(crate) fn is_erased(&self, customer: CustomerId) -> bool {
        self.erased.now.contains(&customer) || self.erased.before.contains(&customer)
    }

    /// Whether the agent is known to have been offered this interaction. A no says little: memory forgets, and after a
    /// restart it knows only who is in the interaction now.
    pub(crate) fn is_own(&self, interaction: InteractionId, agent: AgentId) -> bool {
        let open = self.open.get(&interaction).map(|record| &record.agents);
        open.or_else(|| self.ended.get(&interaction).map(|ended| &ended.agents))
            .is_some_and(|agents| agents.contains(&agent))
    }

    /// What memory holds of a customer who is erased: a rating could still follow, and a note; their interactions have
    /// no owner any more.
    pub(crate) fn forget(&mut self, customer: CustomerId) {
        self.erased.now.insert(customer);
        self.open
            .retain(|_, record| record.pop.customer.customer != customer);
        let gone: BTreeSet<InteractionId> = self
            .ended
            .values()
            .filter(|ended| ended.customer == customer)
            .map(|ended| ended.interaction)
            .collect();
        self.ended
            .retain(|interaction, _| !gone.contains(interaction));
        self.newest_of
            .retain(|_, interaction| !gone.contains(interaction));
    }

    pub(crate) fn visitor(&self, interaction: InteractionId) -> Option<&VisitorKey> {
        self.open
            .get(&interaction)
            .and_then(|record| record.visitor.as_ref())
            .or_else(|| {
                self.ended
                    .get(&interaction)
                    .and_then(|ended| ended.visitor.as_ref())
            })
    }
}

/// Cuts what could make a frame too large; called once, when the pop is made.
pub(crate) fn trimmed(mut interactions: Vec<InteractionSummary>) -> Vec<InteractionSummary> {
    for interaction in &mut interactions {
        let too_many = interaction.notes.len().saturating_sub(POP_NOTES);
        interaction.notes.drain(..too_many);
        for note in &mut interaction.notes {
            note.text = cut(&note.text, POP_NOTE_CHARS);
        }
        interaction.topic = interaction
            .topic
            .as_ref()
            .map(|topic| cut(topic, POP_NOTE_CHARS));
        interaction.recordings.truncate(POP_RECORDINGS);
        for recording in &mut interaction.recordings {
            recording.pauses.truncate(POP_PAUSES);
        }
    }
    interactions
}

pub(crate) fn cut(text: &Sensitive<String>, chars: usize) -> Sensitive<String> {
    match text.reveal().char_indices().nth(chars) {
        None => text.clone(),
        Some((end, _)) => Sensitive::new(format!("{}…", &text.reveal()[..end])),
    }
}

/// The customer's answer, given when the interaction began.
pub(crate) fn consent(answer: Option<bool>, at: Millis) -> RecordingConsent {
    match answer {
        None => RecordingConsent::NotAsked,
        Some(true) => RecordingConsent::Given { at },
        Some(false) => RecordingConsent::Refused,
    }
}
