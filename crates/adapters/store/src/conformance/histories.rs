//! Cases about past interactions: summaries, stories, timelines.

use super::Case;
use super::script::{Script, caller};
use crate::{CallerDetails, OrganisationStore, RecordEvent};
use acd::Command;
use protocol::record::MatchedPlace;
use protocol::rest::{HappenedWhat, Outcome};
use protocol::work::MediaReport;
use vocab::{AgentId, CustomerId, EndedBy, InteractionId, Millis, Sensitive};

pub(super) const CASES: &[Case] = &[
    (
        "a call is summed up with everything that was said about it",
        summed_up,
    ),
    ("a call's whole story is told in order", story),
    (
        "a customer who gave up has an abandoned interaction",
        abandoned,
    ),
    ("a lost agent's call waits for an answer again", lost_agent),
    ("timelines turn pages by interaction", timeline_pages),
    (
        "each agent's note is their own, and all of them are shown, found and exported",
        own_notes,
    ),
    (
        "a colleague who was asked took part, and nobody else",
        asked,
    ),
    ("a browser's newest interaction is found", of_browsers),
];

/// A call with everything in it: link lost and back, hold, notes, a report, stars, a disposition.
fn eventful_call(
    script: &mut Script,
    report: &MediaReport,
    details: &CallerDetails,
) -> InteractionId {
    let chen = script.customer(1_500, 1, "Chen Yulan");
    script.anna_is_ready(2_000);
    let agent = script.anna;
    let interaction = script.enters(10_000, chen);
    let details = details.clone();
    script.records(
        10_000,
        RecordEvent::CallerDetails {
            interaction,
            details,
        },
    );
    script.routes(11_000, Command::AcceptOffer { agent, interaction });
    script.routes(12_000, Command::AgentDisconnected { agent });
    script.routes(12_500, Command::AgentConnected { agent });
    script.routes(13_000, Command::Hold { agent, interaction });
    script.routes(14_000, Command::Resume { agent, interaction });
    script.routes(15_000, Command::CustomerHangsUp { interaction });
    for note in ["Rou", "Router replaced"] {
        let text = Sensitive::new(note.to_owned());
        script.records(
            16_000,
            RecordEvent::NoteSaved {
                interaction,
                agent,
                text,
            },
        );
    }
    let report = report.clone();
    script.records(
        16_500,
        RecordEvent::MediaReported {
            interaction,
            agent,
            report,
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
    interaction
}

fn summed_up(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let (report, details) = (good_report(), caller("No signal"));
    let interaction = eventful_call(&mut script, &report, &details);

    let history = store.history().unwrap();
    let summary = history.interaction(interaction).unwrap().unwrap().summary;
    assert_eq!(
        (summary.customer, summary.queue_name.as_str()),
        (CustomerId(1), "Support")
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
    assert_eq!(summary.topic, Some(Sensitive::new("No signal".to_owned())));
    assert_eq!(summary.disposition.as_deref(), Some("solved"));
    assert_eq!(
        (texts(&summary), summary.stars),
        (vec!["Router replaced"], Some(5))
    );
    assert_eq!(history.caller(interaction).unwrap(), Some(details));
    assert_eq!(history.media_report(interaction).unwrap(), Some(report));
    assert!(history.interaction(InteractionId(99)).unwrap().is_none());
}

fn good_report() -> MediaReport {
    MediaReport {
        connect_ms: Some(180),
        round_trip_ms: Some(32),
        jitter_buffer_ms: None,
        loss_in_percent: 0.5,
        loss_out_percent: 0.0,
        is_relayed: false,
    }
}

fn story(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let interaction = eventful_call(&mut script, &good_report(), &caller("No signal"));
    let happened = store
        .history()
        .unwrap()
        .interaction(interaction)
        .unwrap()
        .unwrap()
        .happened;
    let what: Vec<_> = happened.iter().map(|line| line.what).collect();
    assert_eq!(
        what,
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
    assert_eq!(happened[1].agent_name.as_deref(), Some("Anna Marsh"));
    let history = store.history().unwrap();
    // By who they are and not by what they are called: two agents may share a name.
    for (who, whose) in [(AgentId(1), Some(CustomerId(1))), (AgentId(2), None)] {
        assert_eq!(history.took_part(interaction, who).unwrap(), whose);
    }
    let unknown = history.took_part(InteractionId(99), AgentId(1));
    assert_eq!(unknown.unwrap(), None);
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

fn of_browsers(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    script.anna_is_ready(2_000);
    let calls = [(10_000, "one"), (20_000, "another"), (30_000, "one")].map(|(at, browser)| {
        let interaction = script.whole_call(at, chen);
        let details = CallerDetails {
            visitor: Some(Sensitive::new(browser.to_owned())),
            ..caller("No signal")
        };
        let details = RecordEvent::CallerDetails {
            interaction,
            details,
        };
        script.records(at + 9_000, details);
        interaction
    });
    script.whole_call(40_000, chen);
    let history = store.history().unwrap();
    let newest = |browser| {
        let found = history.newest_of_visitor(browser).unwrap();
        found.map(|found| (found.interaction, found.customer))
    };
    assert_eq!(newest("one"), Some((calls[2], chen)));
    assert_eq!(newest("another"), Some((calls[1], chen)));
    assert_eq!(newest("a third"), None);
}

fn asked(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    let (agent, colleague) = (script.anna, script.noor(store));
    script.anna_is_ready(2_000);
    let interaction = script.enters(10_000, chen);
    script.routes(11_000, Command::AcceptOffer { agent, interaction });
    let history = store.history().unwrap();
    assert_eq!(history.took_part(interaction, colleague).unwrap(), None);
    let consult = Command::Consult {
        agent,
        interaction,
        colleague,
    };
    script.routes(12_000, consult);
    let decline = Command::DeclineOffer {
        agent: colleague,
        interaction,
    };
    script.routes(13_000, decline);
    for who in [agent, colleague] {
        assert_eq!(history.took_part(interaction, who).unwrap(), Some(chen));
    }
    assert_eq!(history.took_part(interaction, AgentId(99)).unwrap(), None);
    let told = history.interaction(interaction).unwrap().unwrap().happened;
    let lines = told.iter().filter(|line| {
        let asked = [HappenedWhat::ConsultAsked, HappenedWhat::ConsultEnded];
        asked.contains(&line.what)
    });
    assert_eq!(lines.count(), 2, "each line stands once");
}

fn texts(summary: &protocol::rest::InteractionSummary) -> Vec<&str> {
    let texts = summary.notes.iter().map(|note| note.text.reveal().as_str());
    texts.collect()
}

fn own_notes(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    let (anna, noor) = (script.anna, script.noor(store));
    script.anna_is_ready(2_000);
    let interaction = script.whole_call(10_000, chen);
    let history = store.history().unwrap();
    let mut saved = |agent, note: &str| {
        let text = Sensitive::new(note.to_owned());
        let note = RecordEvent::NoteSaved {
            interaction,
            agent,
            text,
        };
        script.records(30_000, note);
        let detail = history.interaction(interaction).unwrap().unwrap();
        let timeline = history.timeline(chen, None, 1).unwrap().interactions;
        assert_eq!(timeline[0].notes, detail.summary.notes);
        let export = history.export(chen, Millis(1)).unwrap().unwrap();
        assert_eq!(export.interactions[0].summary.notes, detail.summary.notes);
        let notes = detail.summary.notes.into_iter();
        notes
            .map(|note| (note.agent, note.agent_name, note.text.into_inner()))
            .collect::<Vec<_>>()
    };
    let annas = |text: &str| (anna, Some("Anna Marsh".to_owned()), text.to_owned());
    let noors = |text: &str| (noor, Some("Noor Rao".to_owned()), text.to_owned());
    assert_eq!(saved(anna, "Wants a modem"), [annas("Wants a modem")]);
    assert_eq!(
        saved(noor, "Sent a courier"),
        [annas("Wants a modem"), noors("Sent a courier")]
    );
    assert_eq!(
        saved(anna, "Wants a modem today"),
        [annas("Wants a modem today"), noors("Sent a courier")]
    );
    for query in ["modem today", "courier", "modem courier"] {
        let found = history.search(query, 5).unwrap().customers;
        let place = found.first().and_then(|found| found.matched.clone());
        assert_eq!(
            place.unwrap().place,
            MatchedPlace::InteractionNote,
            "{query}"
        );
    }
    assert_eq!(saved(anna, " \n"), [noors("Sent a courier")]);
    assert!(history.search("modem", 5).unwrap().customers.is_empty());
    assert_eq!(saved(noor, ""), []);
    assert_eq!(
        saved(noor, "Once more"),
        [noors("Once more")],
        "what was emptied can be written anew"
    );
}
