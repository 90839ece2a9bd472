//! Cases about customers' records: what they show, recognition, search.

use super::Case;
use super::script::{Script, in_britain, who as recognised_by};
use crate::{History, OrganisationStore};
use protocol::rest::{CustomerPatch, IdentityKind};
use vocab::{CustomerId, Millis, Sensitive};

pub(super) const CASES: &[Case] = &[
    ("a record shows what was written to it", record),
    (
        "a customer is recognised by phone, address and visitor",
        recognised,
    ),
    ("a shared phone means the one in contact last", shared_phone),
    (
        "customers are found by parts of names in any script, by digits, labels and notes",
        found,
    ),
    (
        "the newest contacts come first and pages say whether more follow",
        pages,
    ),
];

fn text(value: &str) -> Sensitive<String> {
    Sensitive::new(value.to_owned())
}

fn names(history: &dyn History, query: &str) -> Vec<String> {
    let page = history.search(query, 20).unwrap();
    page.customers
        .into_iter()
        .map(|found| found.customer.name.into_inner())
        .collect()
}

fn record(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    script.identity(chen, IdentityKind::Phone, "+86 138 0013 8000");
    script.identity(chen, IdentityKind::Phone, "0086 13800138000");
    script.identity(chen, IdentityKind::Visitor, "secret-of-a-browser");
    let labels = vec!["Broadband 500M".to_owned(), "Mobile ×2".to_owned()];
    let patch = CustomerPatch {
        is_vip: Some(true),
        labels: Some(labels.clone()),
        note: Some(text("Prefers Mandarin")),
        ..CustomerPatch::default()
    };
    script.patch(chen, patch);
    script.patch(
        chen,
        CustomerPatch {
            language: Some("zh-CN".into()),
            ..Default::default()
        },
    );

    let shown = store.history().unwrap().customer(chen).unwrap().unwrap();
    assert_eq!(shown.name, text("Chen Yulan"));
    assert_eq!(
        (shown.since, shown.is_vip, shown.interactions),
        (Millis(1_500), true, 0)
    );
    assert_eq!(shown.labels, labels);
    assert_eq!(shown.note, text("Prefers Mandarin"));
    assert_eq!(shown.language.as_deref(), Some("zh-CN"));
    let identities: Vec<_> = shown
        .identities
        .iter()
        .map(|given| given.value.reveal().as_str())
        .collect();
    assert_eq!(
        identities,
        ["+86 138 0013 8000"],
        "one phone in two spellings, no visitor"
    );
}

fn recognised(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    script.identity(chen, IdentityKind::Phone, "+86 138 0013 8000");
    script.identity(chen, IdentityKind::Email, "Chen@Example.com");
    script.identity(chen, IdentityKind::Visitor, "Token");
    let history = store.history().unwrap();
    for (kind, value, who) in [
        (IdentityKind::Phone, "0086-13800138000", Some(chen)),
        (IdentityKind::Email, " chen@example.COM", Some(chen)),
        (IdentityKind::Visitor, "Token", Some(chen)),
        (IdentityKind::Visitor, "token", None),
        (IdentityKind::Phone, "13800138001", None),
        (IdentityKind::Phone, "", None),
        (IdentityKind::Email, "8613800138000", None),
    ] {
        assert_eq!(
            recognised_by(history.as_ref(), kind, value),
            who,
            "{kind:?} {value}"
        );
    }
}

fn shared_phone(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    in_britain(store);
    let (mother, son) = (
        script.customer(1_500, 1, "Mother"),
        script.customer(1_600, 2, "Son"),
    );
    script.identity(mother, IdentityKind::Phone, "0161 496 0000");
    script.identity(son, IdentityKind::Phone, "0161 496 0000");
    script.anna_is_ready(2_000);
    for who in [mother, son, mother] {
        let at = 10_000 + script.seq * 10_000;
        script.whole_call(at, who);
        let history = store.history().unwrap();
        let found = recognised_by(
            history.as_ref(),
            IdentityKind::Phone,
            "+44 (0)161 4960000 x7",
        );
        assert_eq!(found, Some(who));
    }
}

fn found(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "陈玉兰");
    script.identity(chen, IdentityKind::Phone, "+86 138 0013 8000");
    let zoe = script.customer(1_600, 2, "Zoë O'Brien-Lee");
    script.identity(zoe, IdentityKind::Email, "zoe@example.org");
    script.identity(zoe, IdentityKind::Phone, "0161 496 0000");
    let patch = CustomerPatch {
        labels: Some(vec!["Broadband 500M".to_owned()]),
        note: Some(text("Roof antenna at 100%")),
        ..CustomerPatch::default()
    };
    script.patch(zoe, patch);
    script.identity(zoe, IdentityKind::Visitor, "browser-secret");

    let history = store.history().unwrap();
    for (query, who) in [
        ("陈玉兰", "陈玉兰"),
        ("玉兰", "陈玉兰"),
        ("陈", "陈玉兰"),
        ("138 0013", "陈玉兰"),
        ("(138) 0013-8000", "陈玉兰"),
        ("1380013", "陈玉兰"),
        ("+86 13800138000", "陈玉兰"),
        ("00861380013", "陈玉兰"),
        ("１３８００１３", "陈玉兰"),
        ("zoe", "Zoë O'Brien-Lee"),
        ("ZOË", "Zoë O'Brien-Lee"),
        ("brien lee", "Zoë O'Brien-Lee"),
        ("o'b", "Zoë O'Brien-Lee"),
        ("le br", "Zoë O'Brien-Lee"),
        ("example.org", "Zoë O'Brien-Lee"),
        ("broadband antenna", "Zoë O'Brien-Lee"),
        ("ro an", "Zoë O'Brien-Lee"),
        ("l 10", "Zoë O'Brien-Lee"),
        ("ee", ""),
        ("+44 161 496 0000", "Zoë O'Brien-Lee"),
        ("+44 (0)161 496", "Zoë O'Brien-Lee"),
        ("0161496", "Zoë O'Brien-Lee"),
        ("browser-secret", ""),
        ("zoe antennas", ""),
        ("\" OR name:*", ""),
        ("NEAR(a b)", ""),
        ("_", ""),
    ] {
        let expected: Vec<&str> = Some(who)
            .into_iter()
            .filter(|who| !who.is_empty())
            .collect();
        assert_eq!(names(history.as_ref(), query), expected, "{query}");
    }
}

fn pages(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    script.anna_is_ready(2_000);
    for id in 1..=3 {
        script.customer(1_000 + id, id, &format!("Customer {id}"));
    }
    script.whole_call(10_000, CustomerId(2));
    let history = store.history().unwrap();
    assert_eq!(
        names(history.as_ref(), "  "),
        ["Customer 2", "Customer 3", "Customer 1"]
    );
    let page = history.search("customer", 2).unwrap();
    assert_eq!((page.customers.len(), page.has_more), (2, true));
    assert_eq!(
        page.customers[0].customer.interactions, 1,
        "the one in contact last comes first"
    );
    assert!(!history.search("customer", 3).unwrap().has_more);
}
