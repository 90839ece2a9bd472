//! Everything that can be said of a document before it takes effect: what cannot be taken, and what should be thought
//! over.

use crate::codes::{is_code, is_name, is_user};
use crate::engine::{Numbers, engine_config, time};
use crate::words::{self, finding};
use protocol::configuration::{
    Configuration, Finding, ProblemCode, QueueSettings, ScheduleSettings, Severity,
};
use std::collections::BTreeSet;
use text::Country;
use vocab::Role;

/// Faults first. Without a fault the document can be used.
#[must_use]
pub fn check(document: &Configuration) -> Vec<Finding> {
    let mut found = Vec::new();
    codes_and_names(document, &mut found);
    references(document, &mut found);
    document
        .schedules
        .iter()
        .for_each(|schedule| times(schedule, &mut found));
    zone(&document.rules.zone, &mut found);
    countries(document, &mut found);
    let numbers = Numbers::by_place(document);
    let engine = acd::check(&engine_config(document, &numbers));
    found.extend(engine.iter().map(|one| words::of_engine(one, &numbers)));
    if !document.people.iter().any(|one| one.role == Role::Admin) {
        let text = "nobody is an administrator: only the command line can change the configuration";
        let problem = ProblemCode::NoAdministrator;
        found.push(finding(Severity::Warning, problem, "", text));
    }
    found.sort_by_key(|one| one.severity == Severity::Warning);
    found
}

/// Whether the document cannot be taken.
#[must_use]
pub fn has_faults(findings: &[Finding]) -> bool {
    findings.iter().any(|one| one.severity == Severity::Fault)
}

fn codes_and_names(document: &Configuration, found: &mut Vec<Finding>) {
    let pairs: [(&str, Vec<(&str, &str)>); 4] = [
        (
            "queue",
            document
                .queues
                .iter()
                .map(|q| (q.code.as_str(), q.name.as_str()))
                .collect(),
        ),
        (
            "skill",
            document
                .skills
                .iter()
                .map(|s| (s.code.as_str(), s.name.as_str()))
                .collect(),
        ),
        (
            "site",
            document
                .sites
                .iter()
                .map(|s| (s.code.as_str(), s.name.as_str()))
                .collect(),
        ),
        (
            "schedule",
            document
                .schedules
                .iter()
                .map(|s| (s.code.as_str(), s.name.as_str()))
                .collect(),
        ),
    ];
    for (what, named) in pairs {
        let mut seen = BTreeSet::new();
        for (code, name) in named {
            if !is_code(code) {
                let text = format!(
                    "{what} “{code}”: a code is 1 to 40 of a-z, 0-9 and '-', beginning with a letter"
                );
                found.push(finding(Severity::Fault, ProblemCode::BadCode, code, text));
            }
            name_and_twice(what, code, name, &mut seen, found);
        }
    }
    let mut seen = BTreeSet::new();
    for person in &document.people {
        if !is_user(&person.user) {
            let text = format!(
                "person “{}”: a name to sign in with is in lower case and has no blanks",
                person.user
            );
            found.push(finding(
                Severity::Fault,
                ProblemCode::BadCode,
                &person.user,
                text,
            ));
        }
        name_and_twice("person", &person.user, &person.name, &mut seen, found);
    }
}

fn name_and_twice<'a>(
    what: &str,
    code: &'a str,
    name: &str,
    seen: &mut BTreeSet<&'a str>,
    found: &mut Vec<Finding>,
) {
    if !is_name(name) {
        let text = format!("{what} “{code}”: give it a name of at most 200 characters");
        found.push(finding(Severity::Fault, ProblemCode::BadName, code, text));
    }
    if !seen.insert(code) {
        let text = format!("{what} “{code}” is there twice; keep one of them");
        found.push(finding(Severity::Fault, ProblemCode::CodeTwice, code, text));
    }
}

/// What is named must be there, and in one place only once.
struct References<'a> {
    queues: BTreeSet<&'a str>,
    skills: BTreeSet<&'a str>,
    found: &'a mut Vec<Finding>,
}

impl References<'_> {
    fn must_be(&mut self, subject: &str, what: &str, code: &str, is_there: bool) {
        if !is_there {
            let text = format!("“{subject}” names the {what} “{code}”, which does not exist");
            let mut one = finding(Severity::Fault, ProblemCode::Unknown, subject, text);
            one.other = Some(code.to_owned());
            self.found.push(one);
        }
    }

    fn queue(&mut self, subject: &str, code: &str) {
        let is_there = self.queues.contains(code);
        self.must_be(subject, "queue", code, is_there);
    }

    fn skill(&mut self, subject: &str, code: &str) {
        let is_there = self.skills.contains(code);
        self.must_be(subject, "skill", code, is_there);
    }

    fn once<'b>(&mut self, subject: &str, codes: impl Iterator<Item = &'b str>) {
        let mut seen = BTreeSet::new();
        for code in codes {
            if !seen.insert(code) {
                let text = format!("“{subject}” names “{code}” twice in one place");
                let mut one = finding(Severity::Fault, ProblemCode::NamedTwice, subject, text);
                one.other = Some(code.to_owned());
                self.found.push(one);
            }
        }
    }
}

fn references(document: &Configuration, found: &mut Vec<Finding>) {
    let sites: BTreeSet<&str> = document.sites.iter().map(|one| one.code.as_str()).collect();
    let schedules = document.schedules.iter().map(|one| one.code.as_str());
    let schedules: BTreeSet<&str> = schedules.collect();
    let mut known = References {
        queues: document
            .queues
            .iter()
            .map(|one| one.code.as_str())
            .collect(),
        skills: document
            .skills
            .iter()
            .map(|one| one.code.as_str())
            .collect(),
        found,
    };
    for queue in &document.queues {
        of_queue(queue, &schedules, &mut known);
    }
    for person in &document.people {
        let subject = person.user.as_str();
        person
            .queues
            .iter()
            .for_each(|code| known.queue(subject, code));
        known.once(subject, person.queues.iter().map(String::as_str));
        person
            .skills
            .iter()
            .for_each(|one| known.skill(subject, &one.skill));
        known.once(subject, person.skills.iter().map(|one| one.skill.as_str()));
        if let Some(site) = &person.site {
            known.must_be(subject, "site", site, sites.contains(site.as_str()));
        }
    }
}

fn of_queue(queue: &QueueSettings, schedules: &BTreeSet<&str>, known: &mut References<'_>) {
    let subject = queue.code.as_str();
    let overflow = queue.overflow.as_ref().map(|overflow| &overflow.to);
    let ways = [&queue.when_closed, &queue.when_full];
    for code in ways.into_iter().flatten().chain(overflow) {
        known.queue(subject, code);
    }
    if let Some(schedule) = &queue.schedule {
        let is_there = schedules.contains(schedule.as_str());
        known.must_be(subject, "schedule", schedule, is_there);
    }
    for ring in &queue.rings {
        ring.needs
            .iter()
            .for_each(|need| known.skill(subject, &need.skill));
        known.once(subject, ring.needs.iter().map(|need| need.skill.as_str()));
    }
}

fn zone(name: &str, found: &mut Vec<Finding>) {
    if hours::Zone::named(name).is_none() {
        let text = format!(
            "rules: “{name}” is no time zone; use a name such as “Europe/Berlin”, which `/v1/zones` lists"
        );
        let mut one = finding(Severity::Fault, ProblemCode::BadZone, "", text);
        one.other = Some(name.to_owned());
        found.push(one);
    }
}

fn countries(document: &Configuration, found: &mut Vec<Finding>) {
    let of_queues = document
        .queues
        .iter()
        .map(|queue| (queue.code.as_str(), queue.country.as_deref()));
    for (subject, country) in of_queues.chain([("", document.rules.country.as_deref())]) {
        let Some(code) = country.filter(|code| Country::of(code).is_none()) else {
            continue;
        };
        let place = if subject.is_empty() { "rules" } else { subject };
        let text = format!("“{place}”: “{code}” is no country; use an ISO 3166 code such as “DE”");
        let mut one = finding(Severity::Fault, ProblemCode::BadCountry, subject, text);
        one.other = Some(code.to_owned());
        found.push(one);
    }
    let rules = &document.rules;
    if rules.country.is_none() && Country::of_zone(&rules.zone).is_none() {
        let text = "rules: without a country, telephone numbers that are typed without a “+” identify nobody; set one";
        let problem = ProblemCode::NoCountry;
        found.push(finding(Severity::Warning, problem, "", text));
    }
}

fn times(schedule: &ScheduleSettings, found: &mut Vec<Finding>) {
    let weekly = schedule.weekly.iter().map(|one| (&one.from, &one.to));
    let holidays = schedule.holidays.iter().flat_map(|day| &day.openings);
    let spans = weekly.chain(holidays.map(|span| (&span.from, &span.to)));
    for text in spans.flat_map(|(from, to)| [from, to]) {
        if time(text).is_none() {
            let words = format!(
                "schedule “{}”: “{text}” is not a time of day; write HH:MM, from 00:00 to 24:00",
                schedule.code
            );
            let problem = ProblemCode::BadOpening;
            let mut one = finding(Severity::Fault, problem, &schedule.code, words);
            one.other = Some(text.clone());
            found.push(one);
        }
    }
}
