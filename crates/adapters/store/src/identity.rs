//! How identities compare: the form under which a phone, an address, a handle or a visitor is looked up.

use protocol::rest::IdentityKind;

/// A phone as its digits without the international prefix, an address in lower case, a visitor as it is.
#[must_use]
pub fn normalised(kind: IdentityKind, value: &str) -> String {
    let value = value.trim();
    match kind {
        IdentityKind::Phone => {
            let digits = digits(value);
            digits
                .strip_prefix("00")
                .map_or_else(|| digits.clone(), ToOwned::to_owned)
        }
        IdentityKind::Email | IdentityKind::Handle => value.to_lowercase(),
        IdentityKind::Visitor => value.to_owned(),
    }
}

/// The decimal digits in a text, full-width ones included, because that is how an East Asian keyboard types them.
#[must_use]
pub fn digits(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '0'..='9' => Some(c),
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_the_same_however_it_is_written() {
        for written in [
            "+86 138 0013 8000",
            "0086-138-0013-8000",
            "８６１３８００１３８０００",
            " 86(138)00138000",
        ] {
            assert_eq!(
                normalised(IdentityKind::Phone, written),
                "8613800138000",
                "{written}"
            );
        }
    }

    #[test]
    fn an_address_is_compared_without_case_and_a_visitor_exactly() {
        assert_eq!(
            normalised(IdentityKind::Email, " Chen@Example.COM "),
            "chen@example.com"
        );
        assert_eq!(normalised(IdentityKind::Visitor, "AbC"), "AbC");
    }
}
