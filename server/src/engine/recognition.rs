//! Who is it: asked of history before routing, by the browser's own token first, then by what was typed.

use super::callers::{Found, revealed};
use super::inbox::{KnownVisitor, VisitorKey};
use super::records::{BrokenOff, EndedCall, POP_INTERACTIONS, shown_for_ms, trimmed};
use protocol::customer::Caller;
use protocol::rest::{CustomerSummary, IdentityKind, InteractionSummary, Outcome};
use protocol::work::RecognisedBy;
use std::collections::BTreeSet;
use store::History;
use vocab::{EndedBy, Millis, Sensitive};

pub(crate) fn recognise(
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
        let last_agent = history.last_agent(id)?;
        return Ok(Some(Found {
            customer,
            by,
            last,
            last_agent,
        }));
    }
    Ok(None)
}

/// What is known of a visitor who says hello.
pub(crate) fn known_visitor(
    history: &dyn History,
    key: &VisitorKey,
    now: Millis,
) -> store::Result<Option<KnownVisitor>> {
    let identified = history.find_customer_by_identity(IdentityKind::Visitor, &key.0)?;
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
        (Some(ended_at), _, Outcome::CallbackMissed) => (ended_at, None),
        _ => return None,
    };
    let is_callback_missed = talked_ms.is_none();
    if now.since(ended_at) > shown_for_ms(is_callback_missed) {
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
        is_callback_missed,
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
