//! Cases about what must go and what must be told: export, erasure, retention, the audit trail.

use super::Case;
use super::personal::{consent, text, two_callers};
use super::script::{STAMP, Script, before, who};
use crate::{AuditNote, Entry, ErasureState, OrganisationStore, RecordEvent, Retention, Stamp};
use protocol::rest::IdentityKind;
use vocab::{AgentId, CustomerId, Millis, Sensitive};

pub(super) const CASES: &[Case] = &[
    (
        "an export holds everything about the customer and nobody else",
        export,
    ),
    (
        "an erased customer leaves figures and nothing else, also after recovery",
        erased,
    ),
    (
        "an old interaction loses its content and keeps its figures",
        redacted,
    ),
    ("what is due is told in batches", due),
    (
        "the audit trail grows with the batch, turns pages and forgets only what is old",
        trail,
    ),
    (
        "sign-ins stand in the audit trail without unknown names",
        sign_ins,
    ),
    ("an erasure asked for elsewhere is settled once", requests),
];

fn export(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let (chen, call) = two_callers(&mut script);
    for (is_given, at) in [(true, 50_000), (false, 60_000)] {
        let consent = consent(is_given, at);
        script.records(
            at,
            RecordEvent::ConsentSet {
                customer: chen,
                consent,
            },
        );
    }
    let agent = script.anna;
    let note = RecordEvent::CustomerNoteAdded {
        customer: chen,
        agent,
        text: text("Two dogs"),
    };
    script.records(61_000, note);
    let history = store.history().unwrap();
    let export = history.export(chen, Millis(70_000)).unwrap().unwrap();
    assert_eq!(export.schema, protocol::record::EXPORT_SCHEMA);
    assert_eq!(
        (export.exported_at, export.organisation.as_str()),
        (Millis(70_000), "Demo")
    );
    assert_eq!(export.customer.name, text("陈玉兰"));
    assert_eq!(export.browsers, [text("visitor-key-of-chen")]);
    assert_eq!(
        export.consents,
        [consent(true, 50_000), consent(false, 60_000)]
    );
    assert_eq!(export.notes.len(), 1);
    let interactions: Vec<_> = export
        .interactions
        .iter()
        .map(|one| {
            (
                one.summary.interaction,
                one.caller.is_some(),
                one.happened.is_empty(),
            )
        })
        .collect();
    assert_eq!(interactions, [(call, true, false)]);
    assert_eq!(export.interactions[0].summary.participants, ["Anna Marsh"]);
    assert!(history.export(CustomerId(99), Millis(1)).unwrap().is_none());
}

fn erased(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let (chen, call) = two_callers(&mut script);
    script.records(50_000, RecordEvent::CustomerErased { customer: chen });
    // Decided before anybody knew of the erasure: it brings nothing back.
    let late = RecordEvent::NoteSaved {
        interaction: call,
        agent: script.anna,
        text: text("网速很慢"),
    };
    script.records(55_000, late);
    let after = script.whole_call(60_000, CustomerId(2));
    let history = store.history().unwrap();
    let check = || {
        assert!(history.customer(chen).unwrap().is_none());
        assert!(history.export(chen, Millis(1)).unwrap().is_none());
        for query in ["陈玉兰", "玉兰", "13800138000", "网速很慢", "电视"] {
            assert!(
                history.search(query, 5).unwrap().customers.is_empty(),
                "{query}"
            );
        }
        for (kind, value) in [
            (IdentityKind::Phone, "+86 138 0013 8000"),
            (IdentityKind::Visitor, "visitor-key-of-chen"),
        ] {
            assert_eq!(who(history.as_ref(), kind, value), None);
        }
        let detail = history.interaction(call).unwrap().unwrap();
        assert_eq!((detail.summary.topic, detail.summary.notes), (None, vec![]));
        assert_eq!(detail.summary.answered_at, Some(Millis(11_000)));
        assert_eq!(detail.summary.disposition.as_deref(), Some("solved"));
        assert_eq!(history.caller(call).unwrap(), None);
        assert_eq!(history.newest_of_visitor("browser of 1").unwrap(), None);
        assert_eq!(history.interactions_of(chen).unwrap(), [call]);
        let due = history.interactions_due(&before(55_000), 9).unwrap();
        assert!(!due.contains(&call), "nothing is left to be taken away");
        // A late note would bring content back.
        assert_eq!(history.took_part(call, AgentId(1)).unwrap(), None);
        let other = history.search("red", 5).unwrap().customers;
        assert_eq!(other.len(), 1, "somebody else's history stays");
    };
    check();
    let recovered = store.journal().unwrap().load().unwrap();
    assert!(recovered.cut.is_none(), "{:?}", recovered.cut);
    assert_eq!(recovered.last_seq, script.seq);
    let mut center = acd::Center::new();
    for entry in store.past().unwrap().entries(0, 1_000).unwrap() {
        match &entry.entry {
            Entry::Routing { event } => center.apply(event),
            Entry::Record { event } => assert!(
                !format!("{:?}", revealed(event)).contains("玉兰"),
                "the journal itself says no name"
            ),
        }
    }
    assert_eq!(recovered.center, center);
    assert_eq!(recovered.last_customer, CustomerId(2));
    check();
    assert!(history.interaction(after).unwrap().is_some());
}

/// What an event says of a customer, revealed.
fn revealed(event: &RecordEvent) -> Vec<String> {
    match event {
        RecordEvent::CustomerCreated { name, .. } => vec![name.reveal().clone()],
        RecordEvent::IdentityAdded { identity, .. } => vec![identity.value.reveal().clone()],
        RecordEvent::NoteSaved { text, .. } => vec![text.reveal().clone()],
        RecordEvent::CallerDetails { details, .. } => details
            .topic
            .iter()
            .map(|topic| topic.reveal().clone())
            .collect(),
        _ => Vec::new(),
    }
}

fn redacted(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let (chen, call) = two_callers(&mut script);
    script.records(
        50_000,
        RecordEvent::InteractionRedacted { interaction: call },
    );
    let history = store.history().unwrap();
    let summary = history.interaction(call).unwrap().unwrap().summary;
    assert_eq!((summary.topic, summary.notes), (None, vec![]));
    assert_eq!(history.newest_of_visitor("browser of 1").unwrap(), None);
    assert_eq!(summary.disposition.as_deref(), Some("solved"));
    assert!(
        history.customer(chen).unwrap().is_some(),
        "the record stays"
    );
    assert!(history.search("网速", 5).unwrap().customers.is_empty());
    assert_eq!(history.search("玉兰", 5).unwrap().customers.len(), 1);
    assert!(store.journal().unwrap().load().unwrap().cut.is_none());
}

fn due(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let (chen, call) = two_callers(&mut script);
    let history = store.history().unwrap();
    // Chen's call ended at 16,000 and was written about last at 17,000; Zoë's twenty seconds later.
    assert_eq!(history.interactions_due(&before(17_000), 9).unwrap(), []);
    assert_eq!(
        history.interactions_due(&before(17_001), 9).unwrap(),
        [call]
    );
    assert_eq!(
        history.interactions_due(&before(90_000), 1).unwrap(),
        [call]
    );
    assert_eq!(history.customers_due(&before(10_001), 9).unwrap(), [chen]);
    script.records(
        50_000,
        RecordEvent::InteractionRedacted { interaction: call },
    );
    assert_eq!(history.interactions_due(&before(17_001), 9).unwrap(), []);
    // A late note is kept as long as one of its day.
    let late = RecordEvent::NoteSaved {
        interaction: call,
        agent: script.anna,
        text: Sensitive::new("Late".to_owned()),
    };
    script.records(55_000, late);
    let is_due = |moment| {
        let due = history.interactions_due(&before(moment), 9).unwrap();
        due.contains(&call)
    };
    assert_eq!([is_due(55_000), is_due(55_001)], [false, true]);
    let open = script.enters(60_000, chen);
    assert_eq!(
        history.customers_due(&before(90_000), 9).unwrap(),
        [CustomerId(2)],
        "nobody is erased in the middle of interaction {open}"
    );
}

fn trail(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let mut accounts = store.accounts().unwrap();
    let mut batch = script.batch(2_000, Vec::new());
    batch.audit = (0..4)
        .map(|n| AuditNote {
            at: Millis(2_000 + n),
            by: "anna".to_owned(),
            what: "customer_edited".to_owned(),
            subject: format!("customer {n}"),
        })
        .collect();
    script.journal.append(&batch).unwrap();
    accounts
        .note_audit(STAMP, "customer_exported", "customer 7")
        .unwrap();
    let newest = accounts.audit(None, 2).unwrap();
    assert_eq!(newest[0].subject, "customer 7");
    assert_eq!(
        (newest[1].who.as_str(), newest[1].subject.as_str()),
        ("anna", "customer 3")
    );
    let next = accounts.audit(Some(newest[1].id), 100).unwrap();
    assert_eq!(next[0].subject, "customer 2");
    let all = accounts.audit(None, 100).unwrap().len();
    // The older ones are those of STAMP's time.
    let gone = accounts.forget_audit(&before(2_001), 2).unwrap();
    assert_eq!(
        (gone, accounts.audit(None, 100).unwrap().len()),
        (2, all - 2)
    );
    while accounts.forget_audit(&before(2_001), 2).unwrap() > 0 {}
    let kept = accounts.audit(None, 100).unwrap();
    assert!(kept.iter().all(|line| line.at >= Millis(2_001)), "{kept:?}");
    assert_eq!(kept.len(), 3);
}

fn sign_ins(store: &dyn OrganisationStore) {
    let _script = Script::new(store);
    let mut accounts = store.accounts().unwrap();
    for (user, has_succeeded) in [("anna", false), ("hunter2", false), ("Anna", true)] {
        accounts
            .note_sign_in(Millis(3_000), user, has_succeeded)
            .unwrap();
    }
    let lines = accounts.audit(None, 3).unwrap();
    let brief: Vec<_> = lines
        .iter()
        .map(|line| (line.who.as_str(), line.what.as_str()))
        .collect();
    assert_eq!(
        brief,
        [
            ("anna", "signed_in"),
            ("nobody", "sign_in_refused"),
            ("anna", "sign_in_refused")
        ]
    );
    assert!(
        lines
            .iter()
            .all(|line| !format!("{line:?}").contains("hunter2"))
    );
}

fn requests(store: &dyn OrganisationStore) {
    let _script = Script::new(store);
    let mut accounts = store.accounts().unwrap();
    let (own, days) = (accounts.retention().unwrap(), Some(365));
    assert_eq!(own, Retention::default());
    let retention = Retention {
        interactions_days: days,
        ..own
    };
    accounts.set_retention(STAMP, retention).unwrap();
    assert_eq!(accounts.retention().unwrap(), retention);
    let stamp = Stamp {
        at: Millis(2_000),
        by: "command line",
    };
    accounts.request_erasure(stamp, CustomerId(7)).unwrap();
    let state = || store.accounts().unwrap().erasure_requests().unwrap()[0].state;
    assert_eq!(state(), ErasureState::Asked);
    accounts
        .settle_erasure(CustomerId(7), ErasureState::Refused)
        .unwrap();
    assert_eq!(state(), ErasureState::Refused);
    accounts.request_erasure(stamp, CustomerId(7)).unwrap();
    accounts
        .settle_erasure(CustomerId(7), ErasureState::Done)
        .unwrap();
    assert_eq!(state(), ErasureState::Done);
}
