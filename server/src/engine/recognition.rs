//! Who is it: asked of history before routing, by the browser's own token first, then by what was typed. A token is
//! proof; what was typed files the call under a record that is shown as who it may be; a name only suggests.

use super::callers::Found;
use super::inbox::{KnownVisitor, VisitorKey};
use super::records::{BrokenOff, EndedCall, POP_INTERACTIONS, shown_for_ms, trimmed};
use protocol::rest::{CustomerSummary, Given, IdentityKind, InteractionSummary, Outcome};
use protocol::work::{MayBe, MayBeBy, RecognisedBy};
use std::collections::BTreeSet;
use store::{History, identity_key, name_key};
use text::Country;
use vocab::{CustomerId, EndedBy, Millis, Sensitive};

/// What history says about a caller.
#[derive(Debug, Default)]
pub(crate) struct Recognition {
    pub(crate) found: Option<Found>,
    /// Records that may be theirs, too.
    pub(crate) may_be: Vec<MayBe>,
}

/// More records of one name than this say nothing.
const MOST_OF_ONE_NAME: u32 = 3;

pub(crate) fn recognise(
    history: &dyn History,
    key: &VisitorKey,
    given: &Given,
    home: Option<Country>,
) -> store::Result<Recognition> {
    let typed = typed_keys(given, home);
    let visitor = (RecognisedBy::Visitor, IdentityKind::Visitor, key.0.clone());
    let tries = std::iter::once(visitor).chain(typed.iter().map(|typed| {
        let by = match typed.kind {
            IdentityKind::Email => RecognisedBy::Email,
            _ => RecognisedBy::Phone,
        };
        (by, typed.kind, typed.key.clone())
    }));
    let mut found = None;
    for (by, kind, value) in tries {
        let Some(id) = history.find_customer_by_key(kind, &value)? else {
            continue;
        };
        let Some(customer) = history.customer(id)? else {
            continue;
        };
        found = Some(Found {
            customer,
            by,
            last: trimmed(history.last_interactions(id, None, POP_INTERACTIONS)?),
            last_agent: history.last_agent(id)?,
        });
        break;
    }
    let own = found.as_ref().map(|found| found.customer.customer);
    let by = found
        .as_ref()
        .map_or(RecognisedBy::Nothing, |found| found.by);
    let may_be = suggestions(history, given, home, (by, own))?;
    Ok(Recognition { found, may_be })
}

struct TypedKey {
    kind: IdentityKind,
    by: MayBeBy,
    key: String,
}

/// What was typed and can identify somebody: a number that can exist, an address.
fn typed_keys(given: &Given, home: Option<Country>) -> Vec<TypedKey> {
    let typed = [
        (IdentityKind::Phone, MayBeBy::Phone, &given.phone),
        (IdentityKind::Email, MayBeBy::Email, &given.email),
    ];
    typed
        .into_iter()
        .filter_map(|(kind, by, value)| {
            let key = identity_key(kind, value.as_ref()?.reveal(), home)?;
            Some(TypedKey { kind, by, key })
        })
        .collect()
}

/// Records other than `own` that have something in common with what was typed. Nothing follows from it: an agent may
/// look at them. Somebody whose browser is known is not suggested to be everybody of their name.
pub(crate) fn suggestions(
    history: &dyn History,
    given: &Given,
    home: Option<Country>,
    (by, own): (RecognisedBy, Option<CustomerId>),
) -> store::Result<Vec<MayBe>> {
    let mut others: Vec<(CustomerId, MayBeBy)> = Vec::new();
    for typed in typed_keys(given, home) {
        let found = history.find_customer_by_key(typed.kind, &typed.key)?;
        others.extend(found.map(|customer| (customer, typed.by)));
    }
    if let Some(name) = given.name.as_ref().filter(|_| by != RecognisedBy::Visitor) {
        let key = name_key(name.reveal());
        let named = history.find_customers_by_name(&key, MOST_OF_ONE_NAME + 1)?;
        if named.len() <= MOST_OF_ONE_NAME as usize {
            others.extend(named.into_iter().map(|customer| (customer, MayBeBy::Name)));
        }
    }
    let mut may_be: Vec<MayBe> = Vec::new();
    for (customer, by) in others {
        let is_known =
            Some(customer) == own || may_be.iter().any(|other| other.customer == customer);
        if let Some(record) = history.customer(customer)?.filter(|_| !is_known) {
            may_be.push(MayBe {
                customer,
                name: record.name,
                by,
            });
        }
    }
    Ok(may_be)
}

/// What is known of a visitor who says hello.
pub(crate) fn known_visitor(
    history: &dyn History,
    key: &VisitorKey,
    now: Millis,
) -> store::Result<Option<KnownVisitor>> {
    let identified = history.find_customer_by_key(IdentityKind::Visitor, &key.0)?;
    // Whoever was recognised by what they typed has no record that knows their browser; their interaction does.
    let ended = history
        .newest_of_visitor(&key.0)?
        .and_then(|newest| ended_call(key, &newest, now))
        .filter(|ended| identified.is_none_or(|customer| customer == ended.customer));
    let Some(customer) = identified.or(ended.as_ref().map(|ended| ended.customer)) else {
        return Ok(None);
    };
    let name = match identified {
        Some(customer) => history.customer(customer)?.as_ref().and_then(known_name),
        None => None,
    };
    Ok(Some(KnownVisitor {
        customer,
        name,
        ended,
    }))
}

/// After a restart memory has no ended interactions; the store still knows the one that may be rated.
fn ended_call(key: &VisitorKey, summary: &InteractionSummary, now: Millis) -> Option<EndedCall> {
    let (ended_at, talked_ms) = match (summary.ended_at, summary.answered_at, summary.outcome) {
        (Some(ended_at), Some(answered_at), Outcome::Answered { .. }) => {
            let talked_ms = u32::try_from(ended_at.since(answered_at)).unwrap_or(u32::MAX);
            (ended_at, Some(talked_ms))
        }
        (Some(ended_at), _, Outcome::CallbackMissed | Outcome::RemovedFromLine) => (ended_at, None),
        _ => return None,
    };
    if now.since(ended_at) > shown_for_ms(talked_ms.is_none()) {
        return None;
    }
    let is_lost = summary.outcome
        == Outcome::Answered {
            ended_by: EndedBy::CustomerLost,
        };
    let broken_off = is_lost.then_some(BrokenOff {
        back: acd::Back::Served,
        queue: None,
        agent: None,
    });
    Some(EndedCall {
        broken_off,
        interaction: summary.interaction,
        visitor: Some(key.clone()),
        customer: summary.customer,
        ended_at,
        talked_ms,
        is_rated: summary.stars.is_some(),
        is_callback_missed: summary.outcome == Outcome::CallbackMissed,
        is_removed: summary.outcome == Outcome::RemovedFromLine,
        agents: BTreeSet::new(),
    })
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
