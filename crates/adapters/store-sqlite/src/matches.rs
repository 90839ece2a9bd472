//! What a search matched, for people to read: looked up for the few records that are shown.

use crate::history::customer_notes;
use crate::notes::JOINED;
use crate::sql::{at, int, whole};
use protocol::record::{Matched, MatchedPlace};
use protocol::rest::{CustomerSummary, IdentityKind};
use rusqlite::{Connection, params};
use store::digits;
use vocab::{InteractionId, Sensitive};

/// Letters of an excerpt before the match, and in all.
const BEFORE: usize = 24;
const EXCERPT: usize = 90;

/// Interactions looked through for an excerpt, newest first.
const INTERACTIONS: u32 = 200;

/// The place of the first word that the name does not say; nothing when the name says all. A word that matched
/// without its accents has no place that could be shown.
pub(crate) fn matched(
    connection: &Connection,
    customer: &CustomerSummary,
    terms: &[String],
) -> rusqlite::Result<Option<Matched>> {
    let beside = terms
        .iter()
        .filter(|term| find(customer.name.reveal(), term).is_none());
    for term in beside {
        if let Some(matched) = place_of(connection, customer, term)? {
            return Ok(Some(matched));
        }
    }
    Ok(None)
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
            && digits(value).contains(wanted.as_str());
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

fn in_interactions(
    connection: &Connection,
    customer: &CustomerSummary,
    term: &str,
) -> rusqlite::Result<Option<Matched>> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT id, entered_at, COALESCE(topic, ''), {JOINED} FROM interactions
         WHERE customer = ?1 ORDER BY id DESC LIMIT ?2"
    ))?;
    let mut rows = query.query(params![int(customer.customer.0), INTERACTIONS])?;
    while let Some(row) = rows.next()? {
        let (topic, note): (String, String) = (row.get(2)?, row.get(3)?);
        let places = [
            (MatchedPlace::Topic, topic),
            (MatchedPlace::InteractionNote, note),
        ];
        for (place, text) in places {
            if let Some(excerpt) = excerpt(&text, term) {
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

fn plain(place: MatchedPlace, excerpt: String) -> Matched {
    Matched {
        place,
        excerpt: Sensitive::new(excerpt),
        interaction: None,
        at: None,
    }
}

/// Where in the text the word begins, counted in letters and without case.
fn find(text: &str, term: &str) -> Option<usize> {
    let (text, term) = (text.to_lowercase(), term.to_lowercase());
    let at = text.find(&term)?;
    Some(text.get(..at)?.chars().count())
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
            excerpt("Router replaced", "ROUTER").unwrap(),
            "Router replaced"
        );
        assert_eq!(excerpt("Router replaced", "modem"), None);
    }
}
