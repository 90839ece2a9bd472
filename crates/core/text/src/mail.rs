//! How e-mail addresses, handles and labels compare.

use crate::clean::clean;
use unicode_normalization::UnicodeNormalization;

/// RFC 5321, 4.5.3.1.3.
const MAX_MAIL_CHARS: usize = 254;

/// Words that are the same but for case, width and invisible marks: handles, labels, names of attributes.
#[must_use]
pub fn plain_key(text: &str) -> String {
    if text.is_ascii() {
        return clean(text).to_ascii_lowercase();
    }
    clean(&text.nfkc().collect::<String>())
        .to_lowercase()
        .replace('ı', "i")
        .replace("i\u{307}", "i")
}

/// The form under which an e-mail address identifies somebody; absent when the text is no address, because then it
/// identifies nobody. `mailto:` and the angle brackets of a pasted one are no part of it.
#[must_use]
pub fn mail_key(text: &str) -> Option<String> {
    let key = plain_key(text);
    let key = key
        .rsplit_once('<')
        .and_then(|(_, inside)| inside.strip_suffix('>'))
        .unwrap_or(&key);
    let key = key.strip_prefix("mailto:").unwrap_or(key);
    is_mail(key).then(|| key.to_owned())
}

/// Whether the text looks like `name@host.domain`.
#[must_use]
pub fn is_mail(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "<>,;:\"\\()[]".contains(c);
    !name.is_empty()
        && !name.contains('@')
        && host.contains('.')
        && host.split('.').all(|label| !label.is_empty())
        && text.chars().count() <= MAX_MAIL_CHARS
        && !text.contains(is_odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_compares_without_case_and_other_words_are_none() {
        for (typed, key) in [
            (" Chen@Example.COM ", Some("chen@example.com")),
            ("ｃｈｅｎ＠ｅｘａｍｐｌｅ．ｃｏｍ", Some("chen@example.com")),
            ("mailto:chen@example.com", Some("chen@example.com")),
            ("Chen <chen@example.com>", Some("chen@example.com")),
            ("a.b+c@mail.example.co.uk", Some("a.b+c@mail.example.co.uk")),
            ("anna\u{200B}@example.com", Some("anna@example.com")),
            ("İLKER@example.com", Some("ilker@example.com")),
            ("anna at home", None),
            ("anna@home", None),
            ("a b@example.cn", None),
            ("a@b@c.d", None),
            ("chen@.cn", None),
            ("none", None),
            ("<script>a@b.c</script>", None),
        ] {
            assert_eq!(mail_key(typed).as_deref(), key, "{typed}");
        }
    }
}
