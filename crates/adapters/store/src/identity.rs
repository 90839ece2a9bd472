//! How identities compare: the key of a phone, an address, a handle or a visitor.

use protocol::configuration::{QueueSettings, Rules};
use protocol::rest::{Identity, IdentityKind, ShownPhone};
use text::{Country, Phone};
use vocab::Sensitive;

/// The country whose numbers need no `+`, and in whose manner numbers are written for people: the one that the
/// organisation names, else the one that its time zone is in.
#[must_use]
pub fn home(rules: &Rules) -> Option<Country> {
    match &rules.country {
        Some(code) => Country::of(code),
        None => Country::of_zone(&rules.zone),
    }
}

/// [`home`] for those who come by a queue with a country of its own.
#[must_use]
pub fn home_of(queue: &QueueSettings, rules: &Rules) -> Option<Country> {
    let own = queue.country.as_deref().and_then(Country::of);
    own.or_else(|| home(rules))
}

/// The key under which an identity is looked up; absent for text that is no number, address or handle. The extension of a number is no part of it. A visitor is compared as it is.
#[must_use]
pub fn identity_key(kind: IdentityKind, value: &str, home: Option<Country>) -> Option<String> {
    let key = match kind {
        IdentityKind::Phone => Phone::parse(value, home)?.e164().to_owned(),
        IdentityKind::Email => text::mail_key(value)?,
        IdentityKind::Handle => text::plain_key(value),
        IdentityKind::Visitor => value.to_owned(),
    };
    (!key.is_empty()).then_some(key)
}

/// What two spellings of one identity on a record have in common: its key and extension, or the words themselves.
#[must_use]
pub fn identity_form(identity: &Identity, home: Option<Country>) -> (IdentityKind, String) {
    let (kind, value) = (identity.kind, identity.value.reveal());
    let form = match kind {
        IdentityKind::Phone => Phone::parse(value, home).map(|phone| {
            let extension = phone.extension().unwrap_or_default();
            format!("{};ext={extension}", phone.e164())
        }),
        IdentityKind::Email | IdentityKind::Handle | IdentityKind::Visitor => {
            identity_key(kind, value, home)
        }
    };
    (kind, form.unwrap_or_else(|| text::plain_key(value)))
}

/// The name under which two records are thought to be the same person's: any spelling, the words in any order.
#[must_use]
pub fn name_key(name: &str) -> String {
    let folded = text::fold(&text::clean(name));
    let is_letter = |c: char| c.is_alphanumeric();
    let mut words: Vec<&str> = folded
        .split(|c: char| !is_letter(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words.join(" ")
}

/// How a number is shown to people of `reader`.
#[must_use]
pub fn shown_phone(
    value: &str,
    home: Option<Country>,
    reader: Option<Country>,
) -> Option<ShownPhone> {
    let phone = Phone::parse(value, home)?;
    Some(ShownPhone {
        e164: Sensitive::new(phone.e164().to_owned()),
        text: Sensitive::new(phone.display(reader)),
        extension: phone
            .extension()
            .map(|digits| Sensitive::new(digits.to_owned())),
    })
}

/// A number that was typed where another country's numbers need no `+`, as it is understood everywhere; anything else
/// as it was typed.
#[must_use]
pub fn understood_at_home(value: &str, typed_in: Option<Country>, home: Option<Country>) -> String {
    let (here, there) = (Phone::parse(value, typed_in), Phone::parse(value, home));
    match here {
        Some(phone) if there.as_ref().map(Phone::e164) != Some(phone.e164()) => {
            text::display(value, typed_in, None)
        }
        Some(_) | None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(value: &str) -> Identity {
        Identity::new(IdentityKind::Phone, value)
    }

    #[test]
    fn a_phone_is_the_same_however_it_is_written() {
        for (home, written) in [
            (None, "+86 138 0013 8000"),
            (None, "0086-138-0013-8000"),
            (Country::of("CN"), "８６１３８００１３８０００"),
            (Country::of("CN"), " 138 0013 8000"),
            (Country::of("GB"), "00 86 138 0013 8000"),
        ] {
            assert_eq!(
                identity_key(IdentityKind::Phone, written, home).as_deref(),
                Some("+8613800138000"),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_no_number_and_no_address_identifies_nobody() {
        for words in [
            "5",
            "after 5 pm please",
            "+1 415 555 777 ext 7",
            "<script>alert(1)</script>",
            "",
        ] {
            assert_eq!(
                identity_key(IdentityKind::Phone, words, Country::of("US")),
                None,
                "{words}"
            );
        }
        assert_eq!(
            identity_key(IdentityKind::Email, "anna at home", None),
            None
        );
        assert_eq!(identity_key(IdentityKind::Handle, " ", None), None);
    }

    #[test]
    fn an_extension_tells_two_numbers_of_a_record_apart_and_not_two_people() {
        let us = Country::of("US");
        let form = |value| identity_form(&phone(value), us);
        assert_eq!(form("+1 415 555 0100"), form("(415) 555-0100"));
        assert_ne!(form("+1 415 555 0100"), form("(415) 555-0100 x12"));
        let key = |value| identity_key(IdentityKind::Phone, value, us);
        assert_eq!(key("+1 415 555 0100"), key("(415) 555-0100 x12"));
    }

    #[test]
    fn an_address_is_compared_without_case_and_a_visitor_exactly() {
        let mail = identity_key(IdentityKind::Email, " Chen@Example.COM ", None);
        assert_eq!(mail.as_deref(), Some("chen@example.com"));
        let visitor = identity_key(IdentityKind::Visitor, "AbC", None);
        assert_eq!(visitor.as_deref(), Some("AbC"));
    }

    #[test]
    fn a_number_of_another_queue_s_country_is_kept_as_everybody_understands_it() {
        let (fr, gb) = (Country::of("FR"), Country::of("GB"));
        assert_eq!(
            understood_at_home("01 42 68 53 00", fr, gb),
            "+33 1 42 68 53 00"
        );
        assert_eq!(understood_at_home("020 7946 0958", gb, gb), "020 7946 0958");
        assert_eq!(understood_at_home("after 5", fr, gb), "after 5");
    }

    #[test]
    fn names_compare_in_any_spelling_and_order() {
        assert_eq!(name_key("Siobhán O’Brien"), name_key("O'Brien, SIOBHAN"));
        assert_eq!(name_key("陳玉蘭"), name_key("陈玉兰"));
        assert_ne!(name_key("Anna Lee"), name_key("Ann Lee"));
    }
}
