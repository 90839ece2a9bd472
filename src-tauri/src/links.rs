//! Where a `warmline:` or `tel:` link leads. Anything else a link may carry is ignored: links come from strangers.

use protocol::desktop::Place;
use tauri::Url;
use vocab::{CustomerId, Sensitive};

/// Longest search a link may ask for, in characters.
const MAX_QUERY_CHARS: usize = 200;

/// `tel:+8613800138000` searches that number; `warmline://customers?q=chen`, `warmline://customer/12`,
/// `warmline://devices` and `warmline://work` open those places. `None` when the link means nothing here.
pub(crate) fn place_of(link: &Url) -> Option<Place> {
    match link.scheme() {
        "tel" => number_of(link.path()).map(|query| Place::Customers { query }),
        "warmline" => screen_of(link),
        _ => None,
    }
}

/// RFC 3966: digits with visual separators; what follows `;` are parameters.
fn number_of(path: &str) -> Option<Sensitive<String>> {
    let number = path.split(';').next().unwrap_or_default();
    let kept: String = number
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .take(MAX_QUERY_CHARS)
        .collect();
    kept.chars()
        .any(|c| c.is_ascii_digit())
        .then(|| Sensitive::new(kept))
}

fn screen_of(link: &Url) -> Option<Place> {
    let path = link.path().trim_matches('/');
    // `warmline://customer/12` has a host; `warmline:customer/12` has none and is as good.
    let whole = match link.host_str() {
        Some(host) if path.is_empty() => host.to_owned(),
        Some(host) => format!("{host}/{path}"),
        None => path.to_owned(),
    };
    let (name, rest) = whole.split_once('/').unwrap_or((&whole, ""));
    match name {
        "work" => Some(Place::Work),
        "devices" => Some(Place::Devices),
        "customers" => {
            let query = link.query_pairs().find(|(name, _)| name == "q");
            let query: String = query
                .map(|(_, q)| q.chars().take(MAX_QUERY_CHARS).collect())
                .unwrap_or_default();
            Some(Place::Customers {
                query: Sensitive::new(query),
            })
        }
        "customer" => rest.parse().ok().map(|id| Place::Customer {
            customer: CustomerId(id),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(link: &str, expect: Option<Place>) {
        let url = Url::parse(link).expect(link);
        assert_eq!(place_of(&url), expect, "{link}");
    }

    fn search(query: &str) -> Option<Place> {
        Some(Place::Customers {
            query: Sensitive::new(query.to_owned()),
        })
    }

    #[test]
    fn a_telephone_link_searches_the_bare_number() {
        check("tel:+86-138-0013-8000", search("+8613800138000"));
        check("tel:(0512)%20123;ext=4", search("051220123"));
        check("tel:help", None);
    }

    #[test]
    fn a_link_opens_only_places_that_exist() {
        check(
            "warmline://customer/12",
            Some(Place::Customer {
                customer: CustomerId(12),
            }),
        );
        check(
            "warmline:customer/12",
            Some(Place::Customer {
                customer: CustomerId(12),
            }),
        );
        check("warmline://customers?q=%E9%99%88", search("陈"));
        check("warmline://work/", Some(Place::Work));
        check("warmline:devices", Some(Place::Devices));
        check("warmline://customer/../../etc", None);
        check("warmline://sign-out", None);
        check("https://example.org/", None);
    }
}
