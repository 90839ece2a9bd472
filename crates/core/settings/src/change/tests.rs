//! Changes, their inverses, and what is said of contradictions.

use super::*;
use protocol::configuration::{OverflowSettings, SkillLevel};
use vocab::Role;

fn queue(code: &str, name: &str) -> QueueSettings {
    QueueSettings::named(code, name)
}

fn house() -> Configuration {
    let skill = SkillLevel {
        skill: "router".to_owned(),
        level: 3,
    };
    Configuration {
        queues: vec![queue("help", "Help"), queue("sales", "Sales")],
        skills: vec![Named {
            code: "router".to_owned(),
            name: "Routers".to_owned(),
        }],
        people: vec![PersonSettings {
            queues: vec!["help".to_owned(), "sales".to_owned()],
            skills: vec![skill],
            ..PersonSettings::new("anna", "Anna Marsh", Role::Admin)
        }],
        ..Configuration::default()
    }
}

#[test]
fn what_is_changed_stays_in_its_place_and_what_is_new_comes_last() {
    let change = Change {
        queues: vec![queue("night", "Night"), queue("help", "Support")],
        ..Change::default()
    };
    let after = changed(&house(), &change);
    let names: Vec<&str> = after.queues.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Support", "Sales", "Night"]);
}

#[test]
fn people_lose_what_is_gone() {
    let change = Change {
        queues_gone: vec!["help".to_owned()],
        skills_gone: vec!["router".to_owned()],
        ..Change::default()
    };
    let after = changed(&house(), &change);
    assert_eq!(after.people[0].queues, ["sales"]);
    assert!(after.people[0].skills.is_empty());
}

#[test]
fn the_same_code_twice_is_left_for_the_check_to_find() {
    let change = Change {
        queues: vec![queue("night", "One"), queue("night", "Two")],
        ..Change::default()
    };
    let after = changed(&house(), &change);
    assert_eq!(after.queues.len(), 4);
    let found = crate::check(&after);
    assert!(
        crate::has_faults(&found) && found[0].subject == "night",
        "{found:?}"
    );
}

#[test]
fn a_change_and_its_inverse_leave_everything_as_it_was() {
    let before = house();
    let change = Change {
        queues: vec![queue("night", "Night")],
        skills_gone: vec!["router".to_owned()],
        people_gone: vec!["anna".to_owned()],
        ..Change::default()
    };
    let after = changed(&before, &change);
    let done = difference(&before, &after).unwrap();
    assert_eq!(done.people[0].after, None);
    let back = changed(&after, &inverse(&after, &done).unwrap());
    assert_eq!(back, before);
    assert_eq!(difference(&before, &back), None);
}

#[test]
fn what_was_changed_again_since_cannot_be_taken_back() {
    let before = house();
    let rename = |name: &str| Change {
        queues: vec![queue("help", name)],
        ..Change::default()
    };
    let once = changed(&before, &rename("Support"));
    let done = difference(&before, &once).unwrap();
    let twice = changed(&once, &rename("Care"));
    let conflict = inverse(&twice, &done).unwrap_err();
    assert_eq!(conflict.subject, "help");
}

#[test]
fn every_contradiction_is_named() {
    let to = |to: &str| OverflowSettings {
        after_ms: 1_000,
        to: to.to_owned(),
    };
    let mut document = house();
    document.queues[0].overflow = Some(to("sales"));
    document.queues[1].overflow = Some(to("help"));
    document.queues[1].schedule = Some("nights".to_owned());
    document.people[0].site = Some("leeds".to_owned());
    let found = crate::check(&document);
    let texts: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
    for part in [
        "“nights”",
        "“leeds”",
        "queue “help” sends work away",
        "queue “sales” sends",
    ] {
        assert!(
            texts.iter().any(|text| text.contains(part)),
            "{part}: {texts:?}"
        );
    }
}
