//! Cases about history: records, recognition, search, timelines.

use super::Case;
use super::script::{Script, caller};
use crate::{History, OrganisationStore, RecordEvent};
use acd::Command;
use protocol::rest::{CustomerPatch, HappenedWhat, IdentityKind, Outcome};
use protocol::work::MediaReport;
use vocab::{CustomerId, EndedBy, InteractionId, Millis, Sensitive};

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
    ("a call's whole story is in its detail", story),
    (
        "a customer who gave up has an abandoned interaction",
        abandoned,
    ),
    ("a lost agent's call waits for an answer again", lost_agent),
    ("timelines turn pages by interaction", timeline_pages),
];

fn text(value: &str) -> Sensitive<String> {
    Sensitive::new(value.to_owned())
}

fn names(history: &dyn History, query: &str) -> Vec<String> {
    let page = history.search(query, 20).unwrap();
    page.customers
        .into_iter()
        .map(|found| found.name.into_inner())
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
            history.find_customer_by_identity(kind, value).unwrap(),
            who,
            "{kind:?} {value}"
        );
    }
}

fn shared_phone(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
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
        let found = history.find_customer_by_identity(IdentityKind::Phone, "01614960000");
        assert_eq!(found.unwrap(), Some(who));
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
        ("0%", "Zoë O'Brien-Lee"),
        ("+44 161 496 0000", ""),
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
        page.customers[0].interactions, 1,
        "the one in contact last comes first"
    );
    assert!(!history.search("customer", 3).unwrap().has_more);
}

fn story(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    script.anna_is_ready(2_000);
    let agent = script.anna;
    let interaction = script.enters(10_000, chen);
    let details = caller("No signal");
    script.records(
        10_000,
        RecordEvent::CallerDetails {
            interaction,
            details: details.clone(),
        },
    );
    script.routes(11_000, Command::AcceptOffer { agent, interaction });
    script.routes(12_000, Command::AgentDisconnected { agent });
    script.routes(12_500, Command::AgentConnected { agent });
    script.routes(13_000, Command::Hold { agent, interaction });
    script.routes(14_000, Command::Resume { agent, interaction });
    script.routes(15_000, Command::CustomerHangsUp { interaction });
    for note in ["Rou", "Router replaced"] {
        let text = text(note);
        script.records(
            16_000,
            RecordEvent::NoteSaved {
                interaction,
                agent,
                text,
            },
        );
    }
    let report = MediaReport {
        connect_ms: Some(180),
        round_trip_ms: Some(32),
        jitter_buffer_ms: None,
        loss_in_percent: 0.5,
        loss_out_percent: 0.0,
        is_relayed: false,
    };
    script.records(
        16_500,
        RecordEvent::MediaReported {
            interaction,
            agent,
            report: report.clone(),
        },
    );
    script.records(
        17_000,
        RecordEvent::Rated {
            interaction,
            stars: 5,
        },
    );
    let disposition = Some("solved".to_owned());
    script.routes(
        18_000,
        Command::FinishWrapUp {
            agent,
            interaction,
            disposition,
        },
    );

    let history = store.history().unwrap();
    let detail = history.interaction(interaction).unwrap().unwrap();
    let summary = detail.summary;
    assert_eq!(
        (summary.customer, summary.queue_name.as_str()),
        (chen, "Support")
    );
    assert_eq!(summary.entered_at, Millis(10_000));
    assert_eq!(summary.answered_at, Some(Millis(11_000)));
    assert_eq!(summary.ended_at, Some(Millis(15_000)));
    assert_eq!(
        summary.outcome,
        Outcome::Answered {
            ended_by: EndedBy::Customer
        }
    );
    assert_eq!(summary.agent_name.as_deref(), Some("Anna Marsh"));
    assert_eq!(summary.topic, Some(text("No signal")));
    assert_eq!(summary.disposition.as_deref(), Some("solved"));
    assert_eq!(
        (summary.note, summary.stars),
        (text("Router replaced"), Some(5))
    );
    let happened: Vec<_> = detail.happened.iter().map(|line| line.what).collect();
    assert_eq!(
        happened,
        [
            HappenedWhat::Entered,
            HappenedWhat::Offered,
            HappenedWhat::Answered,
            HappenedWhat::AgentAway,
            HappenedWhat::AgentBack,
            HappenedWhat::Held,
            HappenedWhat::Resumed,
            HappenedWhat::Ended,
            HappenedWhat::NoteSaved,
            HappenedWhat::NoteSaved,
            HappenedWhat::Rated,
            HappenedWhat::WrapUpFinished,
        ]
    );
    assert_eq!(detail.happened[1].agent_name.as_deref(), Some("Anna Marsh"));
    assert_eq!(history.caller(interaction).unwrap(), Some(details));
    assert_eq!(history.media_report(interaction).unwrap(), Some(report));
    assert!(history.interaction(InteractionId(99)).unwrap().is_none());
}

fn abandoned(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    let interaction = script.enters(10_000, chen);
    let history = store.history().unwrap();
    let shown = history.interaction(interaction).unwrap().unwrap().summary;
    assert_eq!((shown.outcome, shown.ended_at), (Outcome::Open, None));
    script.routes(11_000, Command::CustomerHangsUp { interaction });
    let shown = history.interaction(interaction).unwrap().unwrap().summary;
    assert_eq!(
        (shown.outcome, shown.ended_at),
        (Outcome::Abandoned, Some(Millis(11_000)))
    );
    assert_eq!((shown.answered_at, shown.agent_name), (None, None));
}

fn lost_agent(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    script.anna_is_ready(2_000);
    let agent = script.anna;
    let interaction = script.enters(10_000, chen);
    script.routes(11_000, Command::AcceptOffer { agent, interaction });
    script.routes(12_000, Command::AgentSignsOut { agent });
    let history = store.history().unwrap();
    let detail = history.interaction(interaction).unwrap().unwrap();
    assert_eq!(
        (detail.summary.outcome, detail.summary.answered_at),
        (Outcome::Open, None)
    );
    let last = detail.happened.last().map(|line| line.what);
    assert_eq!(last, Some(HappenedWhat::ReturnedToQueue));
}

fn timeline_pages(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    let other = script.customer(1_500, 2, "Somebody else");
    script.anna_is_ready(2_000);
    let calls: Vec<_> = (0..5)
        .map(|n| script.whole_call(10_000 + n * 10_000, chen))
        .collect();
    script.whole_call(90_000, other);

    let history = store.history().unwrap();
    let ids = |timeline: &protocol::rest::Timeline| -> Vec<InteractionId> {
        timeline
            .interactions
            .iter()
            .map(|shown| shown.interaction)
            .collect()
    };
    let first = history.timeline(chen, None, 2).unwrap();
    assert_eq!(
        (ids(&first), first.has_more),
        (vec![calls[4], calls[3]], true)
    );
    let second = history.timeline(chen, Some(calls[3]), 3).unwrap();
    assert_eq!(
        (ids(&second), second.has_more),
        (vec![calls[2], calls[1], calls[0]], false)
    );
    let pop = history.last_interactions(chen, Some(calls[4]), 2).unwrap();
    assert_eq!(
        pop.iter()
            .map(|shown| shown.interaction)
            .collect::<Vec<_>>(),
        [calls[3], calls[2]]
    );
    assert_eq!(history.customer(chen).unwrap().unwrap().interactions, 5);
}
