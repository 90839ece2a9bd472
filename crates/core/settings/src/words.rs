//! What the engine says of numbers, in codes and words.

use crate::engine::Numbers;
use acd::Problem;
use hours::Fault;
use protocol::configuration::{Finding, ProblemCode, Severity};
use vocab::QueueId;

pub(crate) fn finding(
    severity: Severity,
    code: ProblemCode,
    subject: &str,
    text: impl Into<String>,
) -> Finding {
    Finding {
        severity,
        code,
        subject: subject.to_owned(),
        other: None,
        number: None,
        text: text.into(),
    }
}

pub(crate) fn of_engine(found: &acd::Finding, numbers: &Numbers) -> Finding {
    let severity = match found.severity {
        acd::Severity::Warning => Severity::Warning,
        acd::Severity::Fault => Severity::Fault,
    };
    let told = tell(&found.problem, numbers);
    Finding {
        severity,
        code: told.code,
        subject: told.subject,
        other: told.other,
        number: told.number,
        text: told.text,
    }
}

/// A problem of the engine's, in a sentence of codes.
#[must_use]
pub fn explained(problem: &Problem, numbers: &Numbers) -> String {
    tell(problem, numbers).text
}

struct Told {
    code: ProblemCode,
    subject: String,
    other: Option<String>,
    number: Option<u32>,
    text: String,
}

impl Told {
    fn of(code: ProblemCode, subject: String, text: String) -> Self {
        Self {
            code,
            subject,
            other: None,
            number: None,
            text,
        }
    }

    fn and(self, other: String) -> Self {
        Self {
            other: Some(other),
            ..self
        }
    }

    fn numbered(self, number: u32) -> Self {
        Self {
            number: Some(number),
            ..self
        }
    }
}

fn tell(problem: &Problem, numbers: &Numbers) -> Told {
    match problem {
        Problem::QueueTwice(queue) => twice(numbers.queue_code(*queue)),
        Problem::AgentTwice(agent)
        | Problem::QueuesUnsorted(agent)
        | Problem::SkillsUnsorted(agent) => twice(numbers.user(*agent)),
        Problem::ScheduleTwice(schedule) => twice(numbers.schedule_code(*schedule)),
        Problem::RingNotLater { .. }
        | Problem::RingNotWider { .. }
        | Problem::RingsForNoTime(_)
        | Problem::NoWeight(_)
        | Problem::TooManyRings(_)
        | Problem::FirstRingLate(_)
        | Problem::Loop(_)
        | Problem::NobodyServes(_)
        | Problem::NobodyFits(_)
        | Problem::NeverWidens(_)
        | Problem::TooHeavy(_)
        | Problem::NobodyMayWait(_) => of_queue(problem, numbers),
        Problem::NeedTwice { queue, skill }
        | Problem::BadNeed { queue, skill }
        | Problem::NobodyHas { queue, skill, .. } => {
            let codes = (numbers.queue_code(*queue), numbers.skill_code(*skill));
            of_need(problem, codes)
        }
        Problem::BadLevel { agent, skill } => {
            let (user, skill) = (numbers.user(*agent), numbers.skill_code(*skill));
            let text = format!("“{user}” has “{skill}” at a level that is not 1 to 5");
            Told::of(ProblemCode::BadLevel, user, text).and(skill)
        }
        Problem::ServesUnknown { agent, .. } => unknown(numbers.user(*agent)),
        Problem::LeadsNowhere { queue, .. } | Problem::UnknownSchedule { queue, .. } => {
            unknown(numbers.queue_code(*queue))
        }
        Problem::BadHours { schedule, fault } => of_hours(numbers.schedule_code(*schedule), fault),
        Problem::NoCallback | Problem::LeaseBeyondGrace | Problem::NoRejectLimit => {
            Told::of(ProblemCode::BadRules, String::new(), problem.to_string())
        }
        Problem::TooManyLanguages => {
            let text = problem.to_string();
            Told::of(ProblemCode::TooManyLanguages, String::new(), text)
        }
    }
}

fn twice(subject: String) -> Told {
    let text = format!("“{subject}” is there twice; keep one of them");
    Told::of(ProblemCode::CodeTwice, subject, text)
}

fn unknown(subject: String) -> Told {
    let text = format!("“{subject}” names something that does not exist");
    Told::of(ProblemCode::Unknown, subject, text)
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "`tell` lists every problem and sends only queues' here"
)]
fn of_queue(problem: &Problem, numbers: &Numbers) -> Told {
    let about = |code: ProblemCode, queue: QueueId, what: &str| {
        let subject = numbers.queue_code(queue);
        let text = format!("queue “{subject}” {what}");
        Told::of(code, subject, text)
    };
    match *problem {
        Problem::RingNotLater { queue, ring } => {
            let what = format!("has a ring {ring} that begins no later than the one before it");
            about(ProblemCode::RingNotLater, queue, &what).numbered(small(ring))
        }
        Problem::RingNotWider { queue, ring } => {
            let what = format!(
                "has a ring {ring} that is no wider than the one before it: lower a level or leave a need out"
            );
            about(ProblemCode::RingNotWider, queue, &what).numbered(small(ring))
        }
        Problem::RingsForNoTime(queue) => {
            let what = "rings for no time; give it at least a second";
            about(ProblemCode::RingsForNoTime, queue, what)
        }
        Problem::NoWeight(queue) => {
            let what = "gives its work no weight; give it at least 1";
            about(ProblemCode::NoWeight, queue, what)
        }
        Problem::TooManyRings(queue) => {
            about(ProblemCode::TooManyRings, queue, "has more than 6 rings")
        }
        Problem::FirstRingLate(queue) => {
            let what = "has a first ring that begins late; it counts from the start";
            about(ProblemCode::FirstRingLate, queue, what)
        }
        Problem::Loop(queue) => {
            let what = "sends work away that would come back to it";
            about(ProblemCode::Loop, queue, what)
        }
        Problem::NobodyServes(queue) => {
            about(ProblemCode::NobodyServes, queue, "is served by nobody")
        }
        Problem::NobodyFits(queue) => {
            let what = "is served by nobody who has all that its widest ring asks for";
            about(ProblemCode::NobodyFits, queue, what)
        }
        Problem::NeverWidens(queue) => {
            let what = "never stops asking for the customer's language or site";
            about(ProblemCode::NeverWidens, queue, what)
        }
        Problem::TooHeavy(queue) => {
            let what = "gives written work more weight than anybody who serves it has room for";
            about(ProblemCode::TooHeavy, queue, what)
        }
        Problem::NobodyMayWait(queue) => {
            let what = "lets nobody wait, so that everybody who comes finds it full";
            about(ProblemCode::NobodyMayWait, queue, what)
        }
        _ => Told::of(ProblemCode::Unknown, String::new(), problem.to_string()),
    }
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "`tell` lists every problem and sends only needs' here"
)]
fn of_need(problem: &Problem, (queue, skill): (String, String)) -> Told {
    match problem {
        Problem::NeedTwice { .. } => {
            let text = format!("queue “{queue}” asks for “{skill}” twice in one ring");
            Told::of(ProblemCode::NamedTwice, queue, text).and(skill)
        }
        Problem::NobodyHas { minimum, .. } => {
            let text = format!(
                "queue “{queue}” asks for “{skill}” at level {minimum}, which nobody who serves it has"
            );
            let told = Told::of(ProblemCode::NobodyHasSkill, queue, text);
            told.and(skill).numbered(u32::from(*minimum))
        }
        _ => {
            let text = format!("queue “{queue}” asks for “{skill}” at a level that is not 1 to 5");
            Told::of(ProblemCode::BadLevel, queue, text).and(skill)
        }
    }
}

fn of_hours(subject: String, fault: &Fault) -> Told {
    let text = format!("schedule “{subject}”: {fault}");
    let (code, other) = match fault {
        Fault::UnknownZone { zone } => (ProblemCode::BadZone, Some(zone.clone())),
        Fault::EmptyOpening { day, .. } => (ProblemCode::BadOpening, Some(day.to_string())),
        Fault::Overlap { day, .. } => (ProblemCode::OpeningsOverlap, Some(day.to_string())),
        Fault::NeverOpens => (ProblemCode::NeverOpens, None),
        Fault::BadDate { date } => (ProblemCode::BadDate, Some(date.clone())),
        Fault::DuplicateHoliday { date } => (ProblemCode::DateTwice, Some(date.clone())),
    };
    let told = Told::of(code, subject, text);
    match other {
        Some(other) => told.and(other),
        None => told,
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
