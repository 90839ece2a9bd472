//! Under whose record a call enters: what was typed is checked, the record found is shown, or a new one is made.

use super::actor::Actor;
use super::customers::No;
use super::edits::show;
use super::inbox::VisitorKey;
use super::records::{BrokenOff, cut};
use protocol::MAX_FIELD_CHARS;
use protocol::customer::Caller;
use protocol::link::ErrorCode;
use protocol::record::Preferences;
use protocol::rest::{CustomerSummary, Identity, IdentityKind, InteractionSummary};
use protocol::work::{CustomerPop, RecognisedBy};
use store::{CallerDetails, RecordEvent};
use vocab::{AgentId, CustomerId, Language, Millis, Sensitive};

/// Longest topic: it stands in frames beside everything else.
const MAX_TOPIC_CHARS: usize = 1_000;

/// Longest value of an attribute within the pop.
const POP_ATTRIBUTE_CHARS: usize = 80;

/// Longest record's note within the pop.
const POP_RECORD_NOTE_CHARS: usize = 2_000;

#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) customer: CustomerSummary,
    pub(crate) by: RecognisedBy,
    pub(crate) last: Vec<InteractionSummary>,
    pub(crate) last_agent: Option<AgentId>,
}

impl Actor {
    /// Somebody else may be in contact under the record that was found: what was typed is no proof, so it becomes a
    /// new record, which does not get what was typed either.
    pub(crate) fn identify_safely(
        &self,
        key: &VisitorKey,
        caller: &Caller,
        found: Option<Found>,
    ) -> (Vec<RecordEvent>, CustomerPop) {
        let is_somebody_elses = found.as_ref().is_some_and(|found| {
            let customer = found.customer.customer;
            found.by != RecognisedBy::Visitor
                && self.center.customer_interaction(customer).is_some()
        });
        if !is_somebody_elses {
            return self.identify(key, caller, found);
        }
        let named = Caller {
            phone: None,
            email: None,
            ..caller.clone()
        };
        self.identify(key, &named, None)
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
        // Typed words prove nothing, nor does a name that fits them: only a record that this browser has, or makes now,
        // gets more identities. One that was found by what was typed is shown as who it may be.
        if by == RecognisedBy::Nothing && !key.is_of_site() {
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
        if is_trusted(by) {
            for identity in given_identities(caller) {
                if !has_identity(&customer, &identity) {
                    news.push(RecordEvent::IdentityAdded {
                        customer: customer.customer,
                        identity,
                    });
                }
            }
        }
        news.iter().for_each(|event| show(&mut customer, event));
        customer.note = cut(&customer.note, POP_RECORD_NOTE_CHARS);
        for attribute in &mut customer.attributes {
            attribute.value = cut(&attribute.value, POP_ATTRIBUTE_CHARS);
        }
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
}

impl Actor {
    /// What routing heeds of the record. What was typed is no proof, so that nobody gets ahead by somebody's number.
    /// Of a customer who comes back, `way` says with whom they were.
    pub(crate) fn wishes(
        &self,
        pop: &CustomerPop,
        last_agent: Option<AgentId>,
        way: Option<BrokenOff>,
    ) -> acd::Wishes {
        let own = pop.customer.language.as_ref();
        let tags = own.into_iter().chain(&pop.language);
        let site = pop.customer.preferences.site.as_ref();
        let is_known = pop.recognised_by != RecognisedBy::Nothing;
        acd::Wishes {
            language: tags.filter_map(|tag| Language::of_tag(tag).ok()).next(),
            site: site.and_then(|code| self.directory.numbers.sites.get(code).copied()),
            is_vip: pop.customer.is_vip && is_trusted(pop.recognised_by),
            last_agent: way
                .and_then(|way| way.agent)
                .or(last_agent.filter(|_| is_known)),
            back: way.map(|way| way.back),
        }
    }
}

/// Whether the record is this browser's: its own token says so, or it is made for it now.
pub(crate) fn is_trusted(by: RecognisedBy) -> bool {
    matches!(by, RecognisedBy::Visitor | RecognisedBy::Nothing)
}

pub(crate) fn details(caller: &Caller, pop: &CustomerPop, key: &VisitorKey) -> CallerDetails {
    CallerDetails {
        topic: caller.topic.clone(),
        device: caller.device.clone(),
        place: caller.place.clone(),
        language: caller.language.clone(),
        page: caller.page.clone(),
        recognised_by: pop.recognised_by,
        visitor: Some(Sensitive::new(key.0.clone())),
        recording_consent: None,
    }
}

pub(crate) fn check_caller(caller: &Caller) -> Result<(), No> {
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
            MAX_TOPIC_CHARS,
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
pub(crate) fn revealed(text: Option<&Sensitive<String>>) -> Option<&str> {
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
        revision: 1,
        browsers: 0,
        attributes: Vec::new(),
        consents: Vec::new(),
        preferences: Preferences::default(),
    }
}
