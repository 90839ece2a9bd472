//! Under whose record a call enters: what was typed is checked, the record found is shown, or a new one is made.

use super::actor::Actor;
use super::customers::No;
use super::edits::show;
use super::inbox::VisitorKey;
use super::recognition::Recognition;
use super::records::{BrokenOff, cut};
use protocol::MAX_FIELD_CHARS;
use protocol::customer::Caller;
use protocol::link::ErrorCode;
use protocol::record::Preferences;
use protocol::rest::{CustomerSummary, Given, Identity, IdentityKind, InteractionSummary};
use protocol::work::{CustomerPop, MayBe, MayBeBy, RecognisedBy};
use store::{CallerDetails, RecordEvent, identity_form, identity_key, understood_at_home};
use text::Country;
use vocab::{AgentId, CustomerId, Language, Millis, QueueId, Sensitive};

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
        queue: QueueId,
        recognition: Recognition,
    ) -> (Vec<RecordEvent>, CustomerPop) {
        let Recognition { found, mut may_be } = recognition;
        let others = found.as_ref().filter(|found| self.is_somebody_elses(found));
        let Some(other) = others else {
            return self.identify(key, caller, queue, Recognition { found, may_be });
        };
        may_be.insert(0, may_be_other(other));
        let named = Caller {
            phone: None,
            email: None,
            ..caller.clone()
        };
        let found = None;
        let (news, pop) = self.identify(key, &named, queue, Recognition { found, may_be });
        let given = given(caller);
        (news, CustomerPop { given, ..pop })
    }

    /// True when another customer may be in contact under that record at this moment.
    pub(crate) fn is_somebody_elses(&self, found: &Found) -> bool {
        let customer = found.customer.customer;
        found.by != RecognisedBy::Visitor && self.center.customer_interaction(customer).is_some()
    }

    /// The pop for this caller, and what must be written about the record first.
    fn identify(
        &self,
        key: &VisitorKey,
        caller: &Caller,
        queue: QueueId,
        recognition: Recognition,
    ) -> (Vec<RecordEvent>, CustomerPop) {
        let Recognition { found, may_be } = recognition;
        let mut news = Vec::new();
        let (mut customer, by, last) = match found {
            Some(found) => (found.customer, found.by, found.last),
            None => {
                let summary = self.new_record(caller, queue);
                news.push(RecordEvent::CustomerCreated {
                    customer: summary.customer,
                    name: summary.name.clone(),
                    language: summary.language.clone(),
                });
                (summary, RecognisedBy::Nothing, vec![])
            }
        };
        // Typed words prove nothing, nor does a name that fits them: only a record that this browser has, or makes now,
        // gets more identities. One that was found by what was typed is shown as who it may be.
        if by == RecognisedBy::Nothing && !key.is_of_site() {
            let identity = Identity::new(IdentityKind::Visitor, key.0.clone());
            news.push(RecordEvent::IdentityAdded {
                customer: customer.customer,
                identity,
            });
        }
        if is_trusted(by) {
            for identity in self.given_identities(caller, queue) {
                if !self.has_identity(&customer, &identity) {
                    news.push(RecordEvent::IdentityAdded {
                        customer: customer.customer,
                        identity,
                    });
                }
            }
        }
        news.iter().for_each(|event| show(&mut customer, event));
        self.directory.write_numbers(&mut customer, queue);
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
            given: given(caller),
            may_be,
        };
        (news, pop)
    }

    fn new_record(&self, caller: &Caller, queue: QueueId) -> CustomerSummary {
        let customer = CustomerId(self.last_customer.saturating_add(1));
        let name = caller_name(caller, customer, self.directory.home_of(queue));
        new_summary(customer, name, caller.language.clone(), self.now)
    }

    /// A number that can exist and an address. What else was typed there stays with the interaction.
    fn given_identities(&self, caller: &Caller, queue: QueueId) -> Vec<Identity> {
        let (home, typed_in) = (self.directory.home(), self.directory.home_of(queue));
        let given = [
            (IdentityKind::Phone, revealed(caller.phone.as_ref())),
            (IdentityKind::Email, revealed(caller.email.as_ref())),
        ];
        given
            .into_iter()
            .filter_map(|(kind, value)| {
                let value = value.filter(|value| identity_key(kind, value, typed_in).is_some())?;
                let value = match kind {
                    IdentityKind::Phone => understood_at_home(value, typed_in, home),
                    _ => value.to_owned(),
                };
                Some(Identity::new(kind, value))
            })
            .collect()
    }

    fn has_identity(&self, customer: &CustomerSummary, identity: &Identity) -> bool {
        let home = self.directory.home();
        let wanted = identity_form(identity, home);
        let known = customer.identities.iter();
        known
            .into_iter()
            .any(|known| identity_form(known, home) == wanted)
    }
}

fn may_be_other(found: &Found) -> MayBe {
    MayBe {
        customer: found.customer.customer,
        name: found.customer.name.clone(),
        by: match found.by {
            RecognisedBy::Email => MayBeBy::Email,
            _ => MayBeBy::Phone,
        },
    }
}

/// What they typed of themselves.
pub(crate) fn given(caller: &Caller) -> Given {
    let text = |text: &Option<Sensitive<String>>| {
        revealed(text.as_ref()).map(|text| Sensitive::new(text.to_owned()))
    };
    Given {
        name: text(&caller.name),
        phone: text(&caller.phone),
        email: text(&caller.email),
    }
}

/// As it is kept: without control codes and what nobody sees. A customer cannot be asked to type it anew.
pub(crate) fn cleaned(caller: Caller) -> Caller {
    let line = |text: Option<String>| text.map(|text| text::clean(&text));
    let own = |text: Option<Sensitive<String>>| {
        text.map(|text| Sensitive::new(text::clean(text.reveal())))
    };
    Caller {
        name: own(caller.name),
        phone: own(caller.phone),
        email: own(caller.email),
        topic: caller
            .topic
            .map(|topic| Sensitive::new(text::clean_lines(topic.reveal()))),
        device: line(caller.device),
        place: line(caller.place),
        language: line(caller.language),
        page: line(caller.page),
        recording_consent: caller.recording_consent,
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
        given: pop.given.clone(),
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

/// The name given, or the best that stands for it: a number or an address, and no other words.
fn caller_name(caller: &Caller, customer: CustomerId, home: Option<Country>) -> Sensitive<String> {
    let number = revealed(caller.phone.as_ref())
        .filter(|typed| identity_key(IdentityKind::Phone, typed, home).is_some());
    let address = revealed(caller.email.as_ref())
        .filter(|typed| identity_key(IdentityKind::Email, typed, home).is_some());
    let given = revealed(caller.name.as_ref()).or(number).or(address);
    Sensitive::new(given.map_or_else(|| format!("Visitor {customer}"), ToOwned::to_owned))
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
