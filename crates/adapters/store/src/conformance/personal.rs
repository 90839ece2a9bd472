//! Cases about whole records: attributes, preferences, consents, identities, notes, and words that a search finds.

use super::Case;
use super::script::{Script, caller, who};
use crate::{CallerDetails, OrganisationStore, RecordEvent};
use protocol::record::{
    Attribute, Consent, ConsentKind, ConsentSource, ContactChannel, ContactTime, MatchedPlace,
    Preferences,
};
use protocol::rest::{CustomerPatch, Identity, IdentityKind};
use vocab::{CustomerId, InteractionId, Millis, NoteId, Sensitive};

pub(super) const CASES: &[Case] = &[
    (
        "a record keeps attributes, preferences and the last word on each consent",
        whole_record,
    ),
    (
        "identities come and go and every change counts the revision up",
        identities,
    ),
    (
        "notes have an author and a time and can be changed and taken away",
        notes,
    ),
    (
        "words in notes and topics are found, short Chinese ones too, and it is said where",
        words,
    ),
];

pub(super) fn text(value: &str) -> Sensitive<String> {
    Sensitive::new(value.to_owned())
}

pub(super) fn consent(is_given: bool, at: u64) -> Consent {
    Consent {
        kind: ConsentKind::Recording,
        is_given,
        given_at: Millis(at),
        source: ConsentSource::Conversation,
    }
}

fn whole_record(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let customer = script.customer(1_500, 1, "Chen Yulan");
    let attributes = vec![Attribute {
        name: "Contract".to_owned(),
        value: text("NW-2210"),
    }];
    let preferences = Preferences {
        channel: Some(ContactChannel::Voice),
        time: Some(ContactTime::Evening),
        site: Some("leeds".to_owned()),
    };
    let patch = CustomerPatch {
        attributes: Some(attributes.clone()),
        preferences: Some(preferences.clone()),
        language: Some("zh-CN".to_owned()),
        ..CustomerPatch::default()
    };
    script.patch(customer, patch);
    for (is_given, at) in [(true, 3_000), (false, 4_000)] {
        let consent = consent(is_given, at);
        script.records(at, RecordEvent::ConsentSet { customer, consent });
    }
    let shown = store
        .history()
        .unwrap()
        .customer(customer)
        .unwrap()
        .unwrap();
    assert_eq!(shown.attributes, attributes);
    assert_eq!(shown.preferences, preferences);
    assert_eq!(shown.consents, [consent(false, 4_000)]);
    assert_eq!(shown.language.as_deref(), Some("zh-CN"));
    let patch = CustomerPatch {
        language: Some(String::new()),
        ..CustomerPatch::default()
    };
    script.patch(customer, patch);
    let shown = store
        .history()
        .unwrap()
        .customer(customer)
        .unwrap()
        .unwrap();
    assert_eq!((shown.language, shown.attributes), (None, attributes));
}

fn identities(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let customer = script.customer(1_500, 1, "Chen Yulan");
    let history = store.history().unwrap();
    let revision = || history.customer(customer).unwrap().unwrap().revision;
    let first = revision();
    script.identity(customer, IdentityKind::Phone, "+86 138 0013 8000");
    script.identity(customer, IdentityKind::Handle, "wechat:ChenYulan");
    script.identity(customer, IdentityKind::Visitor, "browser-1");
    script.identity(customer, IdentityKind::Visitor, "browser-2");
    let shown = history.customer(customer).unwrap().unwrap();
    assert_eq!((shown.identities.len(), shown.browsers), (2, 2));
    assert_eq!(shown.revision, first + 4);
    let handle = who(history.as_ref(), IdentityKind::Handle, "WeChat:chenyulan");
    assert_eq!(handle, Some(customer));
    let identity = Identity::new(IdentityKind::Phone, "0086 13800138000");
    script.records(3_000, RecordEvent::IdentityRemoved { customer, identity });
    script.records(3_000, RecordEvent::BrowsersForgotten { customer });
    let shown = history.customer(customer).unwrap().unwrap();
    assert_eq!((shown.identities.len(), shown.browsers), (1, 0));
    let phone = who(history.as_ref(), IdentityKind::Phone, "+86 138 0013 8000");
    assert_eq!(phone, None);
    assert!(
        history
            .search("13800138000", 5)
            .unwrap()
            .customers
            .is_empty()
    );
}

fn notes(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let customer = script.customer(1_500, 1, "Chen Yulan");
    let agent = script.anna;
    for (at, note) in [(3_000, "Keys with the neighbour"), (4_000, "Two dogs")] {
        let text = text(note);
        script.records(
            at,
            RecordEvent::CustomerNoteAdded {
                customer,
                agent,
                text,
            },
        );
    }
    let history = store.history().unwrap();
    let shown = history.notes(customer).unwrap();
    let brief: Vec<_> = shown
        .iter()
        .map(|note| {
            (
                note.text.reveal().as_str(),
                note.author_name.as_str(),
                note.at,
            )
        })
        .collect();
    assert_eq!(
        brief,
        [
            ("Two dogs", "Anna Marsh", Millis(4_000)),
            ("Keys with the neighbour", "Anna Marsh", Millis(3_000)),
        ]
    );
    let (dogs, keys) = (shown[0].note, shown[1].note);
    assert_eq!(dogs, NoteId(script.seq));
    let event = RecordEvent::CustomerNoteEdited {
        customer,
        note: dogs,
        text: text("Three dogs"),
    };
    script.records(5_000, event);
    script.records(
        6_000,
        RecordEvent::CustomerNoteRemoved {
            customer,
            note: keys,
        },
    );
    let shown = history.notes(customer).unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!(
        (shown[0].text.reveal().as_str(), shown[0].edited_at),
        ("Three dogs", Some(Millis(5_000)))
    );
    let found = history.search("three dogs", 5).unwrap().customers;
    let matched = found[0].matched.as_ref().unwrap();
    assert_eq!(
        (matched.place, matched.at),
        (MatchedPlace::CustomerNote, Some(Millis(4_000)))
    );
    assert!(history.search("neighbour", 5).unwrap().customers.is_empty());
}

/// Chen with a call about slow Wi-Fi in Chinese; Zoë with one in English.
pub(super) fn two_callers(script: &mut Script) -> (CustomerId, InteractionId) {
    let chen = script.customer(1_500, 1, "陈玉兰");
    script.identity(chen, IdentityKind::Phone, "+86 138 0013 8000");
    script.identity(chen, IdentityKind::Visitor, "visitor-key-of-chen");
    let zoe = script.customer(1_600, 2, "Zoë Lee");
    script.anna_is_ready(2_000);
    let agent = script.anna;
    let mut calls = Vec::new();
    for (at, who, topic, note) in [
        (10_000, chen, "晚上网速很慢", "路由器放在电视柜里"),
        (
            30_000,
            zoe,
            "Router lights are red",
            "Replacement sent by courier",
        ),
    ] {
        let interaction = script.enters(at, who);
        let details = CallerDetails {
            visitor: Some(text(&format!("browser of {who}"))),
            ..caller(topic)
        };
        script.records(
            at,
            RecordEvent::CallerDetails {
                interaction,
                details,
            },
        );
        script.routes(at + 1_000, acd::Command::AcceptOffer { agent, interaction });
        script.routes(
            at + 6_000,
            acd::Command::AgentHangsUp { agent, interaction },
        );
        let text = text(note);
        script.records(
            at + 7_000,
            RecordEvent::NoteSaved {
                interaction,
                agent,
                text,
            },
        );
        let disposition = Some("solved".to_owned());
        let finish = acd::Command::FinishWrapUp {
            agent,
            interaction,
            disposition,
        };
        script.routes(at + 8_000, finish);
        calls.push(interaction);
    }
    (chen, calls[0])
}

fn words(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let (chen, call) = two_callers(&mut script);
    let history = store.history().unwrap();
    for (query, who, place) in [
        ("网速很慢", 1, Some(MatchedPlace::Topic)),
        ("网速", 1, Some(MatchedPlace::Topic)),
        ("慢", 1, Some(MatchedPlace::Topic)),
        ("电视", 1, Some(MatchedPlace::InteractionNote)),
        ("陈玉兰 路由器", 1, Some(MatchedPlace::InteractionNote)),
        ("玉兰 慢", 1, Some(MatchedPlace::Topic)),
        ("玉兰", 1, None),
        ("courier", 2, Some(MatchedPlace::InteractionNote)),
        ("zoe red", 2, Some(MatchedPlace::Topic)),
        ("le ro", 2, Some(MatchedPlace::Topic)),
        ("13800138", 1, Some(MatchedPlace::Identity)),
        ("zoe 网速", 0, None),
        ("快", 0, None),
    ] {
        let found = history.search(query, 5).unwrap().customers;
        let first = found.first();
        assert_eq!(
            first.map_or(0, |found| found.customer.customer.0),
            who,
            "{query}"
        );
        let matched = first.and_then(|found| found.matched.as_ref());
        assert_eq!(matched.map(|matched| matched.place), place, "{query}");
    }
    let found = history.search("路由器", 5).unwrap().customers;
    let matched = found[0].matched.as_ref().unwrap();
    assert_eq!(
        (matched.interaction, matched.at),
        (Some(call), Some(Millis(10_000)))
    );
    assert_eq!(matched.excerpt.reveal(), "路由器放在电视柜里");
    let name = CustomerPatch {
        name: Some(text("王芳")),
        ..CustomerPatch::default()
    };
    script.patch(chen, name);
    assert!(history.search("玉兰", 5).unwrap().customers.is_empty());
    assert_eq!(history.search("王芳 网速", 5).unwrap().customers.len(), 1);
}
