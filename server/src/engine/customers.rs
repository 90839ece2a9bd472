//! A customer's wishes: recognised before routing, then the queue, the end and the rating.

use super::actor::Actor;
use super::inbox::{Input, KnownVisitor, LinkId, VisitorKey};
use super::records::{EndedCall, OpenRecord, POP_INTERACTIONS, RATING_WINDOW_MS, cut, trimmed};
use acd::{Command, What};
use protocol::customer::{Caller, CustomerCommand};
use protocol::link::ErrorCode;
use protocol::rest::{CustomerSummary, Identity, IdentityKind, InteractionSummary, Outcome};
use protocol::work::{CustomerPop, RecognisedBy};
use protocol::{MAX_FIELD_CHARS, MAX_NOTE_CHARS};
use std::collections::BTreeSet;
use store::{CallerDetails, History, RecordEvent};
use vocab::{CommandId, CustomerId, InteractionId, MediumKind, Millis, Sensitive};

/// Longest topic: it stands in frames beside everything else.
pub(crate) const MAX_TOPIC_CHARS: usize = 1_000;

/// Longest record's note within the pop.
const POP_RECORD_NOTE_CHARS: usize = 2_000;

/// A refusal: its code and what to say.
pub(crate) type No = (ErrorCode, &'static str);

/// What the store says about who calls.
#[derive(Debug)]
pub struct Recognised {
    pub(crate) link: LinkId,
    pub(crate) id: CommandId,
    pub(crate) caller: Caller,
    pub(crate) found: store::Result<Option<Found>>,
}

#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) customer: CustomerSummary,
    pub(crate) by: RecognisedBy,
    pub(crate) last: Vec<InteractionSummary>,
}

impl Actor {
    pub(crate) fn customer_command(&mut self, link: LinkId, id: CommandId, wish: CustomerCommand) {
        let result = match wish {
            CustomerCommand::Call { caller } => match self.begin_call(link, id, caller) {
                Ok(()) => return,
                Err(no) => Err(no),
            },
            CustomerCommand::HangUp { interaction } => {
                self.check_own(link, interaction).and_then(|()| {
                    self.run(Command::CustomerHangsUp { interaction })
                        .map_err(|_| GONE)
                })
            }
            CustomerCommand::Rate { interaction, stars } => self.rate(link, interaction, stars),
        };
        self.answer(link, id, result);
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
    fn begin_call(&mut self, link: LinkId, id: CommandId, caller: Caller) -> Result<(), No> {
        check_caller(&caller)?;
        let Some(customer) = self.people.customers.get(&link) else {
            return Err(BUSY);
        };
        if customer.calling.is_some() || self.has_open_interaction(&customer.key) {
            return Err(BUSY);
        }
        let key = customer.key.clone();
        if let Some(customer) = self.people.customers.get_mut(&link) {
            customer.calling = Some(id);
        }
        let (readers, inbox) = (self.readers.clone(), self.inbox.clone());
        // It ends with its one question; a stopping actor drops the answer.
        drop(telemetry::spawn("recognise", async move {
            let asked = caller.clone();
            let found = readers
                .history(move |history| recognise(history, &key, &asked))
                .await;
            let answer = Recognised {
                link,
                id,
                caller,
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
        customer.calling = None;
        let (link, id) = (answer.link, answer.id);
        let result = match answer.found {
            Err(err) => {
                tracing::error!(%err, "a caller could not be looked up");
                Err(STORAGE)
            }
            Ok(found) => self.enter(link, &answer.caller, found),
        };
        self.answer(link, id, result);
    }

    fn enter(&mut self, link: LinkId, caller: &Caller, found: Option<Found>) -> Result<(), No> {
        let Some(present) = self.people.customers.get(&link) else {
            return Err(BUSY);
        };
        let (key, queue) = (present.key.clone(), present.queue);
        if self.has_open_interaction(&key) {
            return Err(BUSY);
        }
        // Somebody else is being served under this record: what was typed is no proof, so it is a new one.
        let found = found.filter(|found| {
            self.center
                .customer_interaction(found.customer.customer)
                .is_none()
                || found.by == RecognisedBy::Visitor
        });
        let (mut news, pop) = self.identify(&key, caller, found);
        let customer = pop.customer.customer;
        let events = self
            .center
            .handle(
                self.now,
                Command::Enter {
                    customer,
                    queue,
                    medium: MediumKind::Voice,
                },
            )
            .map_err(|refusal| match refusal {
                acd::Refusal::UnknownQueue => (ErrorCode::UnknownQueue, "this queue is gone"),
                acd::Refusal::QueueFull => (
                    ErrorCode::QueueClosed,
                    "too many are waiting; please try again later",
                ),
                _ => BUSY,
            })?;
        let entered = events.iter().find_map(|event| match event.what {
            What::Entered { interaction, .. } => Some(interaction),
            _ => None,
        });
        let Some(interaction) = entered else {
            return Err(BUSY);
        };
        if pop.recognised_by == RecognisedBy::Nothing {
            self.last_customer = self.last_customer.max(customer.0);
        }
        let details = CallerDetails {
            topic: caller.topic.clone(),
            device: caller.device.clone(),
            place: caller.place.clone(),
            language: caller.language.clone(),
            page: caller.page.clone(),
            recognised_by: pop.recognised_by,
            visitor: Some(Sensitive::new(key.0.clone())),
        };
        let known_name = known_name(&pop.customer);
        let record = OpenRecord {
            queue,
            pop,
            topic: caller.topic.clone(),
            note: Sensitive::default(),
            visitor: Some(key.clone()),
            agents: BTreeSet::new(),
            answered_at: None,
        };
        self.records.open.insert(interaction, record);
        self.records.newest_of.insert(key, interaction);
        if let Some(present) = self.people.customers.get_mut(&link) {
            present.customer = Some(customer);
            present.known_name = known_name;
        }
        for event in news.drain(..) {
            self.journal_record(event);
        }
        self.journal_routing(events);
        self.journal_record(RecordEvent::CallerDetails {
            interaction,
            details,
        });
        Ok(())
    }

    /// The pop for this caller, and what must be written about the record first.
    fn identify(
        &self,
        key: &VisitorKey,
        caller: &Caller,
        found: Option<Found>,
    ) -> (Vec<RecordEvent>, CustomerPop) {
        let mut news = Vec::new();
        let (mut customer, by, last) = match found {
            Some(found) => (found.customer, found.by, found.last),
            None => {
                let customer = CustomerId(self.last_customer.saturating_add(1));
                let name = caller_name(caller, customer);
                let language = caller.language.clone();
                news.push(RecordEvent::CustomerCreated {
                    customer,
                    name: name.clone(),
                    language: language.clone(),
                });
                (
                    new_summary(customer, name, language, self.now),
                    RecognisedBy::Nothing,
                    vec![],
                )
            }
        };
        // Typed words prove nothing: only a record that this visitor has, or makes now, gets more identities.
        let is_trusted = matches!(by, RecognisedBy::Visitor | RecognisedBy::Nothing);
        let is_same_name = caller.name.as_ref().is_some_and(|given| {
            given.reveal().trim().to_lowercase() == customer.name.reveal().to_lowercase()
        });
        if by == RecognisedBy::Nothing || (!is_trusted && is_same_name) {
            let value = Sensitive::new(key.0.clone());
            let identity = Identity {
                kind: IdentityKind::Visitor,
                value,
            };
            news.push(RecordEvent::IdentityAdded {
                customer: customer.customer,
                identity,
            });
        }
        if is_trusted {
            for identity in given_identities(caller) {
                if !has_identity(&customer, &identity) {
                    customer.identities.push(identity.clone());
                    news.push(RecordEvent::IdentityAdded {
                        customer: customer.customer,
                        identity,
                    });
                }
            }
        }
        customer.note = cut(&customer.note, POP_RECORD_NOTE_CHARS);
        let pop = CustomerPop {
            customer,
            recognised_by: by,
            device: caller.device.clone(),
            place: caller.place.clone(),
            language: caller.language.clone(),
            page: caller.page.clone(),
            last_interactions: last,
        };
        (news, pop)
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

const BUSY: No = (ErrorCode::NotNow, "another interaction is open");
const GONE: No = (ErrorCode::NotNow, "it has ended already");
pub(crate) const STORAGE: No = (
    ErrorCode::StorageFailed,
    "the server could not write; nothing was done, please try again",
);

fn recognise(
    history: &dyn History,
    key: &VisitorKey,
    caller: &Caller,
) -> store::Result<Option<Found>> {
    let tries = [
        (
            RecognisedBy::Visitor,
            IdentityKind::Visitor,
            Some(key.0.as_str()),
        ),
        (
            RecognisedBy::Phone,
            IdentityKind::Phone,
            revealed(caller.phone.as_ref()),
        ),
        (
            RecognisedBy::Email,
            IdentityKind::Email,
            revealed(caller.email.as_ref()),
        ),
    ];
    for (by, kind, value) in tries {
        let Some(value) = value else { continue };
        let Some(id) = history.find_customer_by_identity(kind, value)? else {
            continue;
        };
        let Some(customer) = history.customer(id)? else {
            continue;
        };
        let last = trimmed(history.last_interactions(id, None, POP_INTERACTIONS)?);
        return Ok(Some(Found { customer, by, last }));
    }
    Ok(None)
}

/// What is known of a visitor who says hello.
pub(crate) fn known_visitor(
    history: &dyn History,
    key: &VisitorKey,
    now: Millis,
) -> store::Result<Option<KnownVisitor>> {
    let Some(customer) = history.find_customer_by_identity(IdentityKind::Visitor, &key.0)? else {
        return Ok(None);
    };
    let name = history.customer(customer)?.as_ref().and_then(known_name);
    let newest = history
        .last_interactions(customer, None, 1)?
        .into_iter()
        .next();
    let ended = match newest {
        Some(summary) => ended_call(history, key, &summary, now)?,
        None => None,
    };
    Ok(Some(KnownVisitor {
        customer,
        name,
        ended,
    }))
}

/// After a restart memory has no ended interactions; the store still knows the one that may be rated.
fn ended_call(
    history: &dyn History,
    key: &VisitorKey,
    summary: &InteractionSummary,
    now: Millis,
) -> store::Result<Option<EndedCall>> {
    let (Some(ended_at), Some(answered_at), Outcome::Answered { .. }) =
        (summary.ended_at, summary.answered_at, summary.outcome)
    else {
        return Ok(None);
    };
    if now.since(ended_at) > RATING_WINDOW_MS {
        return Ok(None);
    }
    let caller = history.caller(summary.interaction)?;
    let is_theirs = caller
        .and_then(|caller| caller.visitor)
        .is_some_and(|visitor| *visitor.reveal() == key.0);
    Ok(is_theirs.then(|| EndedCall {
        interaction: summary.interaction,
        visitor: Some(key.clone()),
        ended_at,
        talked_ms: Some(u32::try_from(ended_at.since(answered_at)).unwrap_or(u32::MAX)),
        is_rated: summary.stars.is_some(),
        agents: BTreeSet::new(),
    }))
}

fn check_caller(caller: &Caller) -> Result<(), No> {
    let fields = [
        (
            revealed(caller.name.as_ref()),
            MAX_FIELD_CHARS,
            "name: too long",
        ),
        (
            revealed(caller.phone.as_ref()),
            MAX_FIELD_CHARS,
            "phone: too long",
        ),
        (
            revealed(caller.email.as_ref()),
            MAX_FIELD_CHARS,
            "email: too long",
        ),
        (
            revealed(caller.topic.as_ref()),
            MAX_TOPIC_CHARS.min(MAX_NOTE_CHARS),
            "topic: longer than 1000 characters",
        ),
        (
            caller.device.as_deref(),
            MAX_FIELD_CHARS,
            "device: too long",
        ),
        (caller.place.as_deref(), MAX_FIELD_CHARS, "place: too long"),
        (
            caller.language.as_deref(),
            MAX_FIELD_CHARS,
            "language: too long",
        ),
        (caller.page.as_deref(), MAX_TOPIC_CHARS, "page: too long"),
    ];
    for (value, longest, hint) in fields {
        if value.is_some_and(|value| value.chars().count() > longest) {
            return Err((ErrorCode::BadField, hint));
        }
    }
    Ok(())
}

/// A text that was given and is not blank.
fn revealed(text: Option<&Sensitive<String>>) -> Option<&str> {
    text.map(|text| text.reveal().trim())
        .filter(|text| !text.is_empty())
}

/// The name given, or the best that stands for it.
fn caller_name(caller: &Caller, customer: CustomerId) -> Sensitive<String> {
    let given = revealed(caller.name.as_ref())
        .or_else(|| revealed(caller.phone.as_ref()))
        .or_else(|| revealed(caller.email.as_ref()));
    Sensitive::new(given.map_or_else(|| format!("Visitor {customer}"), ToOwned::to_owned))
}

/// The name to greet a returning visitor by: not one that we made up for them.
fn known_name(customer: &CustomerSummary) -> Option<Sensitive<String>> {
    let name = customer.name.reveal();
    let is_made_up = *name == format!("Visitor {}", customer.customer)
        || customer
            .identities
            .iter()
            .any(|identity| identity.value.reveal() == name);
    (!is_made_up).then(|| customer.name.clone())
}

fn given_identities(caller: &Caller) -> Vec<Identity> {
    let given = [
        (IdentityKind::Phone, revealed(caller.phone.as_ref())),
        (IdentityKind::Email, revealed(caller.email.as_ref())),
    ];
    given
        .into_iter()
        .filter_map(|(kind, value)| {
            value.map(|value| Identity {
                kind,
                value: Sensitive::new(value.to_owned()),
            })
        })
        .collect()
}

fn has_identity(customer: &CustomerSummary, identity: &Identity) -> bool {
    let wanted = store::normalised(identity.kind, identity.value.reveal());
    customer.identities.iter().any(|known| {
        known.kind == identity.kind && store::normalised(known.kind, known.value.reveal()) == wanted
    })
}

fn new_summary(
    customer: CustomerId,
    name: Sensitive<String>,
    language: Option<String>,
    now: Millis,
) -> CustomerSummary {
    CustomerSummary {
        customer,
        name,
        identities: Vec::new(),
        language,
        since: now,
        is_vip: false,
        labels: Vec::new(),
        note: Sensitive::default(),
        interactions: 0,
    }
}
