//! What a patch of a record may hold, and the events that it comes to.

use super::problem::Problem;
use protocol::record::{Attribute, Consent, Preferences};
use protocol::record::{ConsentAnswer, MAX_ATTRIBUTE_NAME_CHARS, MAX_ATTRIBUTES, MAX_IDENTITIES};
use protocol::rest::{CustomerPatch, CustomerSummary, Identity, IdentityKind};
use protocol::{MAX_FIELD_CHARS, MAX_NOTE_CHARS};
use std::collections::BTreeSet;
use store::{RecordEvent, identity_form};
use text::{Country, Phone};
use vocab::{CustomerId, Millis, Sensitive};

/// Labels on a record.
const MAX_LABELS: usize = 20;

/// Digits of a phone: an extension within a house has at least three, E.164 allows fifteen and a prefix takes some more.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 3..=28;
const MAX_PHONE_CHARS: usize = 60;
const MAX_HANDLE_CHARS: usize = 100;

/// The patch as it is kept: composed, without invisible marks, one kind of space. What a text field may hold follows
/// from its kind: names, labels, attributes and identities are one line, the note is several.
pub(super) fn cleaned(mut patch: CustomerPatch) -> CustomerPatch {
    let line = |text: &mut Sensitive<String>| *text = Sensitive::new(text::clean(text.reveal()));
    patch.name.iter_mut().for_each(line);
    patch.note = patch
        .note
        .map(|note| Sensitive::new(text::clean_lines(note.reveal())));
    for label in patch.labels.iter_mut().flatten() {
        *label = text::clean(label);
    }
    for attribute in patch.attributes.iter_mut().flatten() {
        attribute.name = text::clean(&attribute.name);
        line(&mut attribute.value);
    }
    for identity in patch.identities.iter_mut().flatten() {
        line(&mut identity.value);
        identity.phone = None;
    }
    patch
}

/// Control codes are refused, since nobody can say what was meant by them; what the record has already is not looked
/// at again.
///
/// # Errors
/// A problem that names the field.
pub(crate) fn check_codes(patch: &CustomerPatch, record: &CustomerSummary) -> Result<(), Problem> {
    let known = |identity: &&Identity| !record.identities.iter().any(|is| same(is, identity));
    let of_attributes = patch.attributes.iter().flatten();
    let own_attribute = |attribute: &&Attribute| !record.attributes.contains(attribute);
    let lines: [(&str, Vec<&str>); 4] = [
        (
            "name",
            revealed(patch.name.iter().filter(|name| **name != record.name)),
        ),
        (
            "labels",
            patch
                .labels
                .iter()
                .flatten()
                .filter(|label| !record.labels.contains(label))
                .map(String::as_str)
                .collect(),
        ),
        (
            "attributes",
            of_attributes
                .filter(own_attribute)
                .flat_map(|one| [one.name.as_str(), one.value.reveal().as_str()])
                .collect(),
        ),
        (
            "identities",
            revealed(
                patch
                    .identities
                    .iter()
                    .flatten()
                    .filter(known)
                    .map(|one| &one.value),
            ),
        ),
    ];
    for (field, texts) in lines {
        if texts.into_iter().any(text::has_control) {
            let hint = format!("{field}: one line without tabs and control codes");
            return Err(Problem::unfit(hint));
        }
    }
    let mut notes = patch.note.iter().filter(|note| **note != record.note);
    if notes.any(|note| text::has_control_in_lines(note.reveal())) {
        let hint = "note: no control codes but line breaks and tabs";
        return Err(Problem::unfit(hint));
    }
    Ok(())
}

/// A whole new record, as a patch of one that has nothing yet.
///
/// # Errors
/// A problem that names the field.
pub(crate) fn check_new(patch: &CustomerPatch) -> Result<(), Problem> {
    let nothing = CustomerSummary {
        customer: CustomerId(0),
        name: Sensitive::default(),
        identities: Vec::new(),
        language: None,
        since: Millis(0),
        is_vip: false,
        labels: Vec::new(),
        note: Sensitive::default(),
        interactions: 0,
        revision: 0,
        browsers: 0,
        attributes: Vec::new(),
        consents: Vec::new(),
        preferences: Preferences::default(),
    };
    if patch
        .name
        .as_ref()
        .is_some_and(|name| name.reveal().trim().is_empty())
    {
        return Err(Problem::bad_field("name: 1 to 200 characters"));
    }
    check_codes(patch, &nothing)?;
    check(patch, &nothing)
}

fn revealed<'a>(texts: impl Iterator<Item = &'a Sensitive<String>>) -> Vec<&'a str> {
    texts.map(|text| text.reveal().as_str()).collect()
}

/// What the record has already is not looked at again: it may stand there since before a rule.
///
/// # Errors
/// A problem that names the field.
pub(crate) fn check(patch: &CustomerPatch, record: &CustomerSummary) -> Result<(), Problem> {
    let is_long = |text: &str, most: usize| text.chars().count() > most;
    if let Some(name) = patch.name.as_ref().filter(|name| **name != record.name)
        && (name.reveal().trim().is_empty() || is_long(name.reveal(), MAX_FIELD_CHARS))
    {
        return Err(Problem::bad_field("name: 1 to 200 characters"));
    }
    if patch
        .language
        .as_ref()
        .filter(|language| record.language.as_ref() != Some(*language))
        .is_some_and(|language| is_long(language, 35) || !is_language(language))
    {
        let hint = "language: a tag such as zh-CN or en-GB, at most 35 characters";
        return Err(Problem::bad_field(hint));
    }
    if patch
        .note
        .as_ref()
        .filter(|note| **note != record.note)
        .is_some_and(|note| is_long(note.reveal(), MAX_NOTE_CHARS))
    {
        return Err(Problem::bad_field("note: at most 10000 characters"));
    }
    let is_bad_label = |label: &String| {
        (label.trim().is_empty() || is_long(label, 60)) && !record.labels.contains(label)
    };
    if patch
        .labels
        .as_ref()
        .filter(|labels| **labels != record.labels)
        .is_some_and(|labels| labels.len() > MAX_LABELS || labels.iter().any(is_bad_label))
    {
        let hint = "labels: at most 20, each of 1 to 60 characters";
        return Err(Problem::bad_field(hint));
    }
    check_identities(patch.identities.as_deref().unwrap_or_default(), record)?;
    check_attributes(patch.attributes.as_deref().unwrap_or_default(), record)
}

/// Letters, digits and hyphens; an empty one takes the language away.
fn is_language(tag: &str) -> bool {
    tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn check_identities(identities: &[Identity], record: &CustomerSummary) -> Result<(), Problem> {
    if identities.len() > MAX_IDENTITIES.max(record.identities.len()) {
        return Err(Problem::bad_field("identities: at most 20"));
    }
    for identity in identities {
        if record.identities.iter().any(|is| same(is, identity)) {
            continue;
        }
        let value = identity.value.reveal().trim();
        let hint = match identity.kind {
            IdentityKind::Phone if !is_phone(value) => {
                "identities: a phone is a number such as +44 20 7946 0958 or 020 7946 0958 ext. 12"
            }
            IdentityKind::Email if text::mail_key(value).is_none() => {
                "identities: an e-mail address looks like name@example.com"
            }
            IdentityKind::Handle if !is_handle(value) => {
                "identities: a handle is a service and a name, such as wechat:chenyulan"
            }
            IdentityKind::Visitor => {
                "identities: a browser is known by its own token; it can only be forgotten"
            }
            IdentityKind::Phone | IdentityKind::Email | IdentityKind::Handle => continue,
        };
        return Err(Problem::unfit(hint));
    }
    Ok(())
}

/// A number that can exist, or digits: one within a house, or of a plan that is newer than this program, is somebody's
/// number as well, though nobody is recognised by it.
fn is_phone(value: &str) -> bool {
    let digits = text::digits(value).len();
    value.chars().count() <= MAX_PHONE_CHARS
        && PHONE_DIGITS.contains(&digits)
        && (text::looks_like_number(&text::without_extension(value))
            || Phone::parse(value, None).is_some())
}

fn is_handle(value: &str) -> bool {
    value.chars().count() <= MAX_HANDLE_CHARS
        && value
            .split_once(':')
            .is_some_and(|(service, name)| !service.trim().is_empty() && !name.trim().is_empty())
}

fn check_attributes(attributes: &[Attribute], record: &CustomerSummary) -> Result<(), Problem> {
    if attributes == record.attributes {
        return Ok(());
    }
    let names: BTreeSet<String> = attributes
        .iter()
        .map(|attribute| text::plain_key(&attribute.name))
        .collect();
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(Problem::bad_field("attributes: at most 20"));
    }
    if names.len() != attributes.len() {
        return Err(Problem::unfit("attributes: each name once"));
    }
    let is_fit = |text: &str, most| !text.trim().is_empty() && text.chars().count() <= most;
    let is_good = attributes.iter().all(|attribute| {
        record.attributes.contains(attribute)
            || (is_fit(&attribute.name, MAX_ATTRIBUTE_NAME_CHARS)
                && is_fit(attribute.value.reveal(), MAX_FIELD_CHARS))
    });
    if is_good {
        Ok(())
    } else {
        let hint = "attributes: a name of 1 to 40 characters and a value of 1 to 200";
        Err(Problem::bad_field(hint))
    }
}

/// The same words, whatever was written around them.
fn same(one: &Identity, other: &Identity) -> bool {
    one.kind == other.kind
        && (one.value == other.value
            || text::clean(one.value.reveal()) == text::clean(other.value.reveal()))
}

/// What the patch changes of the record as it is; nothing when it changes nothing.
pub(crate) fn events_of(
    record: &CustomerSummary,
    mut patch: CustomerPatch,
    home: Option<Country>,
    now: Millis,
) -> Vec<RecordEvent> {
    let customer = record.customer;
    let identities = patch.identities.take();
    let consents = patch.consents.take().unwrap_or_default();
    let forgets = patch.forget_browsers.take() == Some(true);
    patch.if_revision = None;
    let mut events = Vec::new();
    if patch != CustomerPatch::default() {
        events.push(RecordEvent::CustomerPatched { customer, patch });
    }
    if let Some(identities) = identities {
        events.extend(identity_events(
            customer,
            home,
            &record.identities,
            &identities,
        ));
    }
    if forgets && record.browsers > 0 {
        events.push(RecordEvent::BrowsersForgotten { customer });
    }
    for answer in consents {
        let consent = consent_of(answer, now);
        events.push(RecordEvent::ConsentSet { customer, consent });
    }
    events
}

pub(crate) fn consent_of(answer: ConsentAnswer, now: Millis) -> Consent {
    Consent {
        kind: answer.kind,
        is_given: answer.is_given,
        given_at: now,
        source: answer.source,
    }
}

/// By difference: what a browser gave meanwhile is neither lost nor written twice. One identity in two spellings is
/// one.
fn identity_events(
    customer: CustomerId,
    home: Option<Country>,
    are: &[Identity],
    shall: &[Identity],
) -> Vec<RecordEvent> {
    let gone = are
        .iter()
        .filter(|is| !shall.iter().any(|one| same(one, is)));
    let mut events: Vec<_> = gone
        .map(|is| RecordEvent::IdentityRemoved {
            customer,
            identity: Identity::new(is.kind, is.value.reveal().clone()),
        })
        .collect();
    let stays = are
        .iter()
        .filter(|is| shall.iter().any(|one| same(one, is)));
    let mut seen: BTreeSet<_> = stays.map(|is| identity_form(is, home)).collect();
    for identity in shall {
        let is_new = !are.iter().any(|is| same(is, identity));
        if is_new && seen.insert(identity_form(identity, home)) {
            let identity = Identity::new(identity.kind, text::clean(identity.value.reveal()));
            events.push(RecordEvent::IdentityAdded { customer, identity });
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use vocab::Sensitive;

    fn record(identities: Vec<Identity>) -> CustomerSummary {
        CustomerSummary {
            customer: CustomerId(1),
            name: Sensitive::new("Anna\u{1B}[0m".to_owned()),
            identities,
            language: None,
            since: Millis(1),
            is_vip: false,
            labels: Vec::new(),
            note: Sensitive::default(),
            interactions: 0,
            revision: 1,
            browsers: 0,
            attributes: Vec::new(),
            consents: Vec::new(),
            preferences: Default::default(),
        }
    }

    fn named(name: &str) -> CustomerPatch {
        CustomerPatch {
            name: Some(Sensitive::new(name.to_owned())),
            ..CustomerPatch::default()
        }
    }

    #[test]
    fn phones_and_handles_are_told_from_nonsense() {
        for good in [
            "+86 138 0013 8000",
            "（0161）496-0000",
            "112",
            "１３８００１３８０００",
            "\u{202D}+44 20\u{A0}7946\u{2011}0958\u{202C}",
            "+1 415 555 0100 ext. 12",
            "4711 x12",
        ] {
            assert!(is_phone(good), "{good}");
        }
        for bad in [
            "",
            "12",
            "call me",
            "after 5 pm please",
            "138a",
            "javascript:alert(1)",
            "+1 <b>234</b>",
        ] {
            assert!(!is_phone(bad), "{bad}");
        }
        assert!(is_handle("wechat:chenyulan") && !is_handle("chenyulan") && !is_handle("x:"));
    }

    #[test]
    fn what_the_record_has_is_not_refused() {
        let words = Identity::new(IdentityKind::Phone, "anna at home");
        let mail = Identity::new(IdentityKind::Email, "none");
        let record = record(vec![words.clone(), mail.clone()]);
        let mut patch = named("Anna Lee");
        patch.identities = Some(vec![words.clone(), mail]);
        assert!(check(&patch, &record).is_ok() && check_codes(&patch, &record).is_ok());
        patch.identities = Some(vec![words, Identity::new(IdentityKind::Email, "no mail")]);
        assert!(check(&patch, &record).is_err());
        assert!(
            check_codes(&named("Anna\u{1B}[0m"), &record).is_ok(),
            "as it was"
        );
    }

    #[test]
    fn codes_are_refused_and_invisible_marks_are_left_out() {
        let record = record(Vec::new());
        for name in [
            "Anna\nLee",
            "Anna\tLee",
            "An\u{1B}[31mna",
            "Anna\u{2028}Lee",
            "Anna\u{0}",
        ] {
            assert!(check_codes(&named(name), &record).is_err(), "{name:?}");
        }
        let turned = named("\u{202E}annA\u{200B} \u{A0}Lee");
        assert!(check_codes(&turned, &record).is_ok());
        assert_eq!(cleaned(turned), named("annA Lee"));
    }

    #[test]
    fn identities_change_by_difference() {
        let (phone, mail) = (IdentityKind::Phone, IdentityKind::Email);
        let are = [
            Identity::new(phone, "112 233"),
            Identity::new(mail, "a@b.c"),
        ];
        let shall = [
            Identity::new(phone, " 112 233 "),
            Identity::new(phone, "020 7946 0958"),
            Identity::new(phone, "+44 20 7946 0958"),
            Identity::new(phone, "020 7946 0958 ext 7"),
        ];
        let events = identity_events(CustomerId(1), Country::of("GB"), &are, &shall);
        let added = |value: &str| RecordEvent::IdentityAdded {
            customer: CustomerId(1),
            identity: Identity::new(phone, value),
        };
        assert_eq!(
            events,
            [
                RecordEvent::IdentityRemoved {
                    customer: CustomerId(1),
                    identity: Identity::new(mail, "a@b.c")
                },
                added("020 7946 0958"),
                added("020 7946 0958 ext 7"),
            ]
        );
    }
}
