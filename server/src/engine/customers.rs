//! A customer's wishes: recognised before routing, then the queue, the end and the rating.

use super::actor::Actor;
use super::callers::{check_caller, cleaned, details, given, is_trusted};
use super::edits::page_consent;
use super::inbox::{Input, LinkId, VisitorKey};
use super::limits::Limited;
use super::recognition::{Recognition, recognise};
use super::records::{BrokenOff, Handed, OpenRecord, consent};
use acd::{Command, What};
use protocol::customer::{Caller, CustomerCommand};
use protocol::link::ErrorCode;
use protocol::work::RecognisedBy;
use std::collections::BTreeSet;
use store::{CallerDetails, RecordEvent};
use vocab::{CommandId, InteractionId, MediumKind, Millis, RecordingPolicy};

/// A refusal: its code and what to say.
pub(crate) type No = (ErrorCode, &'static str);

/// Why a call was not looked at.
enum NotBegun {
    No(No),
    Limited(Limited),
}

impl From<No> for NotBegun {
    fn from(no: No) -> Self {
        Self::No(no)
    }
}

/// What the store says about who calls.
#[derive(Debug)]
pub struct Recognised {
    pub(crate) link: LinkId,
    pub(crate) id: CommandId,
    pub(crate) caller: Caller,
    /// The interaction that broke off, of a customer who comes back.
    pub(crate) back_from: Option<InteractionId>,
    pub(crate) found: store::Result<Recognition>,
}

impl Actor {
    pub(crate) fn customer_command(&mut self, link: LinkId, id: CommandId, wish: CustomerCommand) {
        let result = match wish {
            CustomerCommand::Call { caller } => match self.begin_call(link, id, caller, None) {
                Ok(()) => return,
                Err(NotBegun::No(no)) => Err(no),
                Err(NotBegun::Limited(limited)) => return self.answer_limited(link, id, limited),
            },
            CustomerCommand::ComeBack {
                interaction,
                caller,
            } => match self.begin_call(link, id, caller, Some(interaction)) {
                Ok(()) => return,
                Err(NotBegun::No(no)) => Err(no),
                Err(NotBegun::Limited(limited)) => return self.answer_limited(link, id, limited),
            },
            CustomerCommand::HangUp { interaction } => {
                self.own_wish(link, interaction, Command::CustomerHangsUp { interaction })
            }
            CustomerCommand::KeepMyPlace { interaction } => {
                if let Some(limited) = self.place_limited(link, interaction) {
                    return self.answer_limited(link, id, limited);
                }
                self.own_wish(link, interaction, Command::KeepPlace { interaction })
            }
            CustomerCommand::WaitOnTheLine { interaction } => {
                self.own_wish(link, interaction, Command::WaitOnLine { interaction })
            }
            CustomerCommand::AnswerCallback { interaction } => {
                self.own_wish(link, interaction, Command::AnswerCallback { interaction })
            }
            CustomerCommand::DeclineCallback { interaction } => {
                self.own_wish(link, interaction, Command::DeclineCallback { interaction })
            }
            CustomerCommand::Rate { interaction, stars } => self.rate(link, interaction, stars),
        };
        self.answer(link, id, result);
    }

    fn own_wish(
        &mut self,
        link: LinkId,
        interaction: InteractionId,
        command: Command,
    ) -> Result<(), No> {
        self.check_own(link, interaction)?;
        self.run(command).map_err(|refusal| match refusal {
            acd::Refusal::UnknownInteraction => GONE,
            _ => TOO_LATE,
        })
    }

    fn check_own(&self, link: LinkId, interaction: InteractionId) -> Result<(), No> {
        let visitor = self
            .people
            .customers
            .get(&link)
            .map(|customer| &customer.key);
        if visitor.is_some() && self.records.visitor(interaction) == visitor {
            Ok(())
        } else {
            Err((
                ErrorCode::UnknownInteraction,
                "this is no interaction of yours",
            ))
        }
    }

    /// Asks a reader who calls; the answer comes back as an input.
    fn begin_call(
        &mut self,
        link: LinkId,
        id: CommandId,
        caller: Caller,
        back_from: Option<InteractionId>,
    ) -> Result<(), NotBegun> {
        check_caller(&caller)?;
        let caller = cleaned(caller);
        if let Some(interaction) = back_from {
            self.check_own(link, interaction)?;
            self.way_back(Some(interaction))?;
        }
        let Some(customer) = self.people.customers.get(&link) else {
            return Err(BUSY.into());
        };
        if customer.calling.is_some() || self.has_open_interaction(&customer.key) {
            return Err(BUSY.into());
        }
        let (key, origin) = (customer.key.clone(), customer.origin);
        let customer_queue = customer.queue;
        // Who comes back was counted when they first came.
        if back_from.is_none()
            && let Some(limited) = self.call_limited(&key, origin)
        {
            return Err(NotBegun::Limited(limited));
        }
        let home = self.directory.home_of(customer_queue);
        if let Some(customer) = self.people.customers.get_mut(&link) {
            customer.calling = Some(id);
        }
        let (readers, inbox) = (self.readers.clone(), self.inbox.clone());
        // It ends with its one question; a stopping actor drops the answer.
        drop(telemetry::spawn("recognise", async move {
            let typed = given(&caller);
            let found = readers
                .history(move |history| recognise(history, &key, &typed, home))
                .await;
            let answer = Recognised {
                link,
                id,
                caller,
                back_from,
                found,
            };
            if inbox
                .send(Input::Recognised(Box::new(answer)))
                .await
                .is_err()
            {
                tracing::debug!("recognised too late: the engine has stopped");
            }
        }));
        Ok(())
    }

    fn has_open_interaction(&self, visitor: &VisitorKey) -> bool {
        self.records
            .newest_of
            .get(visitor)
            .is_some_and(|interaction| {
                self.center
                    .interaction(*interaction)
                    .is_some_and(|view| !matches!(view.stage, acd::Stage::WrapUp { .. }))
            })
    }

    pub(crate) fn recognised(&mut self, answer: Recognised) {
        let Some(customer) = self.people.customers.get_mut(&answer.link) else {
            return;
        };
        let (link, id) = (answer.link, answer.id);
        let is_asked = customer.calling.take() == Some(id);
        let result = match answer.found {
            Err(err) => {
                tracing::error!(%err, "a caller could not be looked up");
                Err(STORAGE)
            }
            // The journal was read back meanwhile, and what was erased before that is not remembered.
            Ok(_) if !is_asked => Err(STORAGE),
            Ok(found) => {
                let recognition = self.without_erased(found);
                // Who comes back was counted when they first came.
                let is_new = answer.back_from.is_none();
                let found = recognition.found.as_ref();
                let limited = is_new.then(|| self.record_limited(link, found));
                if let Some(limited) = limited.flatten() {
                    return self.answer_limited(link, id, limited);
                }
                self.enter(link, &answer.caller, recognition, answer.back_from)
            }
        };
        self.answer(link, id, result);
    }

    fn without_erased(&self, recognition: Recognition) -> Recognition {
        let Recognition { found, mut may_be } = recognition;
        may_be.retain(|other| !self.records.is_erased(other.customer));
        Recognition {
            found: found.filter(|found| !self.records.is_erased(found.customer.customer)),
            may_be,
        }
    }

    /// An answer counts only where the question was asked.
    fn consent_of(&self, caller: &Caller, queue: vocab::QueueId) -> Option<bool> {
        match self.directory.recording_of(queue) {
            RecordingPolicy::Ask => caller.recording_consent,
            RecordingPolicy::Off => None,
        }
    }

    /// Where a customer who comes back stood; nothing for a newcomer.
    fn way_back(&self, from: Option<InteractionId>) -> Result<Option<BrokenOff>, No> {
        let Some(interaction) = from else {
            return Ok(None);
        };
        let ended = self.records.ended.get(&interaction);
        let way = ended.and_then(|ended| ended.way_back(self.now));
        way.map(Some).ok_or(TOO_LATE)
    }

    fn enter(
        &mut self,
        link: LinkId,
        caller: &Caller,
        recognition: Recognition,
        back_from: Option<InteractionId>,
    ) -> Result<(), No> {
        let way_back = self.way_back(back_from)?;
        let Some(present) = self.people.customers.get(&link) else {
            return Err(BUSY);
        };
        let broken_in = way_back.and_then(|way| way.queue);
        let (key, origin) = (present.key.clone(), present.origin);
        let queue = broken_in.unwrap_or(present.queue);
        if self.has_open_interaction(&key) {
            return Err(BUSY);
        }
        let found = recognition.found.as_ref();
        let last_agent = found.and_then(|found| found.last_agent);
        let (news, pop) = self.identify_safely(&key, caller, queue, recognition);
        let wishes = self.wishes(&pop, last_agent, way_back);
        let customer = pop.customer.customer;
        let command = Command::Enter {
            customer,
            queue,
            medium: MediumKind::Voice,
            wishes,
        };
        let events = self.center.handle(self.now, command);
        let events = events.map_err(explain_entry)?;
        let interaction = entered(&events).ok_or(BUSY)?;
        if pop.recognised_by == RecognisedBy::Nothing {
            self.last_customer = self.last_customer.max(customer.0);
        }
        let is_theirs = is_trusted(pop.recognised_by);
        let answer = self.consent_of(caller, queue);
        let details = CallerDetails {
            recording_consent: answer,
            ..details(caller, &pop, &key)
        };
        let record = OpenRecord {
            queue,
            pop,
            topic: caller.topic.clone(),
            notes: Vec::new(),
            visitor: Some(key.clone()),
            waiting_since: waiting_since(wishes.back, self.now),
            is_away: false,
            origin: Some(origin),
            agents: BTreeSet::new(),
            answered_at: None,
            handed: Handed::default(),
            recording_consent: consent(answer, self.now),
            recording: None,
        };
        if let Some(ended) = back_from.and_then(|from| self.records.ended.get_mut(&from)) {
            ended.broken_off = None;
        }
        self.records.open.insert(interaction, record);
        self.records.newest_of.insert(key, interaction);
        self.records.waits_from(origin, interaction);
        if let Some(present) = self.people.customers.get_mut(&link) {
            present.customer = Some(customer);
        }
        for event in news {
            self.journal_record(event);
        }
        // Typed words prove nothing: what stands on a record is changed by its own browser alone.
        if let Some(is_given) = answer.filter(|_| is_theirs) {
            let consent = page_consent(is_given, self.now);
            self.journal_record(RecordEvent::ConsentSet { customer, consent });
        }
        self.journal_routing(events);
        self.journal_record(RecordEvent::CallerDetails {
            interaction,
            details,
        });
        Ok(())
    }

    fn rate(&mut self, link: LinkId, interaction: InteractionId, stars: u8) -> Result<(), No> {
        if !(1..=5).contains(&stars) {
            return Err((ErrorCode::BadField, "stars: 1 to 5"));
        }
        self.check_own(link, interaction)?;
        let now = self.now;
        let Some(ended) = self
            .records
            .ended
            .get_mut(&interaction)
            .filter(|e| e.can_rate(now))
        else {
            return Err((ErrorCode::NotNow, "it cannot be rated now"));
        };
        ended.is_rated = true;
        self.journal_record(RecordEvent::Rated { interaction, stars });
        self.batch.affected.interactions.insert(interaction);
        Ok(())
    }
}

fn waiting_since(back: Option<acd::Back>, now: Millis) -> Millis {
    match back {
        Some(acd::Back::Waiting { since }) => since,
        Some(acd::Back::Served) | None => now,
    }
}

fn entered(events: &[acd::Event]) -> Option<InteractionId> {
    events.iter().find_map(|event| match event.what {
        What::Entered { interaction, .. } => Some(interaction),
        _ => None,
    })
}

const BUSY: No = (ErrorCode::NotNow, "another interaction is open");
const TOO_LATE: No = (ErrorCode::NotNow, "it is not possible at this moment");
const GONE: No = (ErrorCode::NotNow, "it has ended already");
pub(crate) const STORAGE: No = (
    ErrorCode::StorageFailed,
    "the server could not write; nothing was done, please try again",
);

fn explain_entry(refusal: acd::Refusal) -> No {
    match refusal {
        acd::Refusal::UnknownQueue => (ErrorCode::UnknownQueue, "this queue is gone"),
        acd::Refusal::QueueClosed => (
            ErrorCode::QueueClosed,
            "nobody is there at the moment; please come back when the queue is open",
        ),
        acd::Refusal::QueueFull => (
            ErrorCode::QueueFull,
            "too many are waiting; please try again later",
        ),
        _ => BUSY,
    }
}
