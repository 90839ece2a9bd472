//! What a patch of a record may hold, and the events that it comes to.

use super::problem::Problem;
use protocol::record::{Attribute, Consent};
use protocol::record::{ConsentAnswer, MAX_ATTRIBUTE_NAME_CHARS, MAX_ATTRIBUTES, MAX_IDENTITIES};
use protocol::rest::{CustomerPatch, CustomerSummary, Identity, IdentityKind};
use protocol::{MAX_FIELD_CHARS, MAX_NOTE_CHARS};
use std::collections::BTreeSet;
use store::{RecordEvent, digits, normalised};
use vocab::{CustomerId, Millis};

/// Labels on a record.
const MAX_LABELS: usize = 20;

/// Digits of a phone: an extension has at least three, E.164 allows fifteen and a prefix takes some more.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 3..=20;

/// RFC 5321, 4.5.3.1.3.
const MAX_EMAIL_CHARS: usize = 254;
const MAX_HANDLE_CHARS: usize = 100;

/// # Errors
/// A problem that names the field.
pub(crate) fn check(patch: &CustomerPatch) -> Result<(), Problem> {
    let is_long = |text: &str, most: usize| text.chars().count() > most;
    if let Some(name) = &patch.name
        && (name.reveal().trim().is_empty() || is_long(name.reveal(), MAX_FIELD_CHARS))
    {
        return Err(Problem::bad_field("name: 1 to 200 characters"));
    }
    if patch
        .language
        .as_ref()
        .is_some_and(|language| is_long(language, 35) || !is_language(language))
    {
        let hint = "language: a tag such as zh-CN or en-GB, at most 35 characters";
        return Err(Problem::bad_field(hint));
    }
    if patch
        .note
        .as_ref()
        .is_some_and(|note| is_long(note.reveal(), MAX_NOTE_CHARS))
    {
        return Err(Problem::bad_field("note: at most 10000 characters"));
    }
    let is_bad_label = |label: &String| label.trim().is_empty() || is_long(label, 60);
    if patch
        .labels
        .as_ref()
        .is_some_and(|labels| labels.len() > MAX_LABELS || labels.iter().any(is_bad_label))
    {
        let hint = "labels: at most 20, each of 1 to 60 characters";
        return Err(Problem::bad_field(hint));
    }
    check_identities(patch.identities.as_deref().unwrap_or_default())?;
    check_attributes(patch.attributes.as_deref().unwrap_or_default())
}

/// Letters, digits and hyphens; an empty one takes the language away.
fn is_language(tag: &str) -> bool {
    tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn check_identities(identities: &[Identity]) -> Result<(), Problem> {
    if identities.len() > MAX_IDENTITIES {
        return Err(Problem::bad_field("identities: at most 20"));
    }
    for identity in identities {
        let value = identity.value.reveal().trim();
        let hint = match identity.kind {
            IdentityKind::Phone if !is_phone(value) => {
                "identities: a phone has 3 to 20 digits and otherwise + ( ) - . / and spaces"
            }
            IdentityKind::Email if !is_email(value) => {
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
        return Err(Problem::bad_field(hint));
    }
    Ok(())
}

fn is_phone(value: &str) -> bool {
    let is_fit = |c: char| c.is_numeric() || " +-().,/–（）－＋".contains(c);
    value.chars().all(is_fit) && PHONE_DIGITS.contains(&digits(value).len())
}

fn is_email(value: &str) -> bool {
    let Some((name, host)) = value.rsplit_once('@') else {
        return false;
    };
    !name.is_empty()
        && !name.contains('@')
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && value.chars().count() <= MAX_EMAIL_CHARS
        && !value.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn is_handle(value: &str) -> bool {
    value.chars().count() <= MAX_HANDLE_CHARS
        && value
            .split_once(':')
            .is_some_and(|(service, name)| !service.trim().is_empty() && !name.trim().is_empty())
}

fn check_attributes(attributes: &[Attribute]) -> Result<(), Problem> {
    let names: BTreeSet<String> = attributes
        .iter()
        .map(|attribute| attribute.name.trim().to_lowercase())
        .collect();
    if attributes.len() > MAX_ATTRIBUTES || names.len() != attributes.len() {
        return Err(Problem::bad_field("attributes: at most 20, each name once"));
    }
    let is_fit = |text: &str, most| !text.trim().is_empty() && text.chars().count() <= most;
    let is_good = attributes.iter().all(|attribute| {
        is_fit(&attribute.name, MAX_ATTRIBUTE_NAME_CHARS)
            && is_fit(attribute.value.reveal(), MAX_FIELD_CHARS)
    });
    if is_good {
        Ok(())
    } else {
        let hint = "attributes: a name of 1 to 40 characters and a value of 1 to 200";
        Err(Problem::bad_field(hint))
    }
}

/// What the patch changes of the record as it is; nothing when it changes nothing.
pub(crate) fn events_of(
    record: &CustomerSummary,
    mut patch: CustomerPatch,
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
        events.extend(identity_events(customer, &record.identities, &identities));
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

/// By difference: what a browser gave meanwhile is neither lost nor written twice.
fn identity_events(customer: CustomerId, are: &[Identity], shall: &[Identity]) -> Vec<RecordEvent> {
    let same = |one: &Identity, other: &Identity| {
        one.kind == other.kind && one.value.reveal().trim() == other.value.reveal().trim()
    };
    let gone = are
        .iter()
        .filter(|is| !shall.iter().any(|one| same(one, is)));
    let mut events: Vec<_> = gone
        .map(|identity| RecordEvent::IdentityRemoved {
            customer,
            identity: identity.clone(),
        })
        .collect();
    let mut seen = BTreeSet::new();
    for identity in shall {
        let key = (
            identity.kind,
            normalised(identity.kind, identity.value.reveal()),
        );
        if seen.insert(key) && !are.iter().any(|is| same(is, identity)) {
            let value = identity.value.reveal().trim().to_owned().into();
            let kind = identity.kind;
            let identity = Identity { kind, value };
            events.push(RecordEvent::IdentityAdded { customer, identity });
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use vocab::Sensitive;

    #[test]
    fn phones_addresses_and_handles_are_told_from_nonsense() {
        for good in [
            "+86 138 0013 8000",
            "（0161）496-0000",
            "112",
            "１３８００１３８０００",
        ] {
            assert!(is_phone(good), "{good}");
        }
        for bad in [
            "",
            "12",
            "call me",
            "+86 138 0013 8000 8000 8000 8000",
            "138a",
        ] {
            assert!(!is_phone(bad), "{bad}");
        }
        for good in ["chen@example.cn", "a.b+c@mail.example.co.uk"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "chen",
            "@example.cn",
            "chen@",
            "chen@cn",
            "a b@example.cn",
            "a@b@c.d",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
        assert!(is_handle("wechat:chenyulan") && !is_handle("chenyulan") && !is_handle("x:"));
    }

    #[test]
    fn identities_change_by_difference() {
        let identity = |kind, value: &str| Identity {
            kind,
            value: Sensitive::new(value.to_owned()),
        };
        let (phone, mail) = (IdentityKind::Phone, IdentityKind::Email);
        let are = [identity(phone, "112 233"), identity(mail, "a@b.c")];
        let shall = [
            identity(phone, " 112 233 "),
            identity(phone, "999"),
            identity(phone, "9-99"),
        ];
        let events = identity_events(CustomerId(1), &are, &shall);
        assert_eq!(
            events,
            [
                RecordEvent::IdentityRemoved {
                    customer: CustomerId(1),
                    identity: identity(mail, "a@b.c")
                },
                RecordEvent::IdentityAdded {
                    customer: CustomerId(1),
                    identity: identity(phone, "999")
                },
            ]
        );
    }
}
