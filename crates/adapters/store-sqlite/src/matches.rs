//! What a search matched, for people to read: looked up for the few records that are shown.

use crate::history::customer_notes;
use crate::notes::JOINED;
use crate::searched;
use crate::sql::{at, int, maybe_json, whole};
use protocol::record::{Matched, MatchedPlace};
use protocol::rest::{CustomerSummary, Given, Identity, IdentityKind};
use rusqlite::{Connection, params};
use store::CallerDetails;
use text::{Folded, digits};
use vocab::{InteractionId, Sensitive};

/// Letters of an excerpt before the match, and in all.
const BEFORE: usize = 24;
const EXCERPT: usize = 90;

/// Interactions looked through for an excerpt, newest first.
const INTERACTIONS: u32 = 200;

/// The place of the first word that the name does not say; nothing when the name says all. The words are folded.
pub(crate) fn matched(
    connection: &Connection,
    customer: &CustomerSummary,
    terms: &[String],
) -> rusqlite::Result<Option<Matched>> {
    let beside = terms
        .iter()
        .filter(|term| !is_in_name(customer.name.reveal(), term));
    for term in beside {
        if let Some(matched) = place_of(connection, customer, term)? {
            return Ok(Some(matched));
        }
    }
    Ok(None)
}

fn is_in_name(name: &str, term: &str) -> bool {
    searched::name(name).contains(term)
}

fn place_of(
    connection: &Connection,
    customer: &CustomerSummary,
    term: &str,
) -> rusqlite::Result<Option<Matched>> {
    if let Some(matched) = on_record(customer, term) {
        return Ok(Some(matched));
    }
    for note in customer_notes(connection, customer.customer)? {
        if let Some(excerpt) = excerpt(note.text.reveal(), term) {
            let mut matched = plain(MatchedPlace::CustomerNote, excerpt);
            matched.at = Some(note.at);
            return Ok(Some(matched));
        }
    }
    in_interactions(connection, customer, term)
}

fn on_record(customer: &CustomerSummary, term: &str) -> Option<Matched> {
    for identity in &customer.identities {
        let value = identity.value.reveal();
        let wanted = digits(term);
        let is_phone = identity.kind == IdentityKind::Phone
            && !wanted.is_empty()
            && wanted.len() == term.len()
            && has_digits(identity, &wanted);
        if is_phone || find(value, term).is_some() {
            return Some(plain(MatchedPlace::Identity, value.clone()));
        }
    }
    if let Some(label) = customer
        .labels
        .iter()
        .find(|label| find(label, term).is_some())
    {
        return Some(plain(MatchedPlace::Label, label.clone()));
    }
    for attribute in &customer.attributes {
        if let Some(excerpt) = excerpt(attribute.value.reveal(), term) {
            let named = format!("{}: {excerpt}", attribute.name);
            return Some(plain(MatchedPlace::Attribute, named));
        }
    }
    excerpt(customer.note.reveal(), term).map(|excerpt| plain(MatchedPlace::CustomerNote, excerpt))
}

fn has_digits(identity: &Identity, wanted: &str) -> bool {
    let phone = identity.phone.as_ref();
    let abroad = phone.map(|phone| digits(phone.e164.reveal()));
    let home = phone.map(|phone| digits(phone.text.reveal()));
    let typed = digits(identity.value.reveal());
    [Some(typed), abroad, home]
        .into_iter()
        .flatten()
        .any(|digits| digits.contains(wanted))
}

fn in_interactions(
    connection: &Connection,
    customer: &CustomerSummary,
    term: &str,
) -> rusqlite::Result<Option<Matched>> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT id, entered_at, COALESCE(topic, ''), {JOINED}, caller FROM interactions
         WHERE customer = ?1 ORDER BY id DESC LIMIT ?2"
    ))?;
    let mut rows = query.query(params![int(customer.customer.0), INTERACTIONS])?;
    while let Some(row) = rows.next()? {
        let (topic, note): (String, String) = (row.get(2)?, row.get(3)?);
        let details: Option<CallerDetails> = maybe_json(row, 4)?;
        let given = details.map(|details| details.given).unwrap_or_default();
        let places = [
            (MatchedPlace::Topic, excerpt(&topic, term)),
            (MatchedPlace::InteractionNote, excerpt(&note, term)),
            (MatchedPlace::Given, in_given(&given, term)),
        ];
        for (place, found) in places {
            if let Some(excerpt) = found {
                return Ok(Some(Matched {
                    place,
                    excerpt: Sensitive::new(excerpt),
                    interaction: Some(InteractionId(whole(row, 0)?)),
                    at: Some(at(row, 1)?),
                }));
            }
        }
    }
    Ok(None)
}

fn in_given(given: &Given, term: &str) -> Option<String> {
    let name = given.name.as_ref().map(|name| name.reveal());
    let is_name = name.is_some_and(|name| is_in_name(name, term));
    let others = [given.phone.as_ref(), given.email.as_ref()];
    let mut other = others.into_iter().flatten().map(|value| value.reveal());
    let is_in = |value: &&String| {
        excerpt(value, term).is_some() || (digits(term) == term && digits(value).contains(term))
    };
    name.filter(|_| is_name)
        .or_else(|| other.find(is_in))
        .cloned()
}

fn plain(place: MatchedPlace, excerpt: String) -> Matched {
    Matched {
        place,
        excerpt: Sensitive::new(excerpt),
        interaction: None,
        at: None,
    }
}

/// Where in the text the folded word begins, counted in letters.
fn find(text: &str, term: &str) -> Option<usize> {
    Folded::of(text).find(term)
}

fn excerpt(text: &str, term: &str) -> Option<String> {
    let start = find(text, term)?.saturating_sub(BEFORE);
    let letters: Vec<char> = text.chars().collect();
    let end = letters.len().min(start + EXCERPT);
    let words: String = letters.get(start..end)?.iter().collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if end < letters.len() { "…" } else { "" };
    Some(format!(
        "{before}{}{after}",
        words.replace('\n', " ").trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_words_around_the_match() {
        let long = format!("{} 路由器放在电视柜里 {}", "前".repeat(60), "后".repeat(90));
        let shown = excerpt(&long, "路由器").unwrap();
        assert!(shown.starts_with("…前") && shown.contains("路由器放在") && shown.ends_with("后…"));
        assert_eq!(
            excerpt("Routér replaced", "router").unwrap(),
            "Routér replaced"
        );
        assert_eq!(excerpt("Router replaced", "modem"), None);
    }
}
