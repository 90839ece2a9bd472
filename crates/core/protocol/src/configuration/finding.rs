//! What is said of a configuration that contradicts itself, or that will probably not do what was meant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One remark. Screens have their own words for each code; `text` is for the command line and for other programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "configuration.ts")]
pub struct Finding {
    pub severity: Severity,
    pub code: ProblemCode,
    /// What it is about: a queue's, schedule's or skill's code, or a user's name. Empty when it is about the whole.
    pub subject: String,
    /// What else plays a part: a skill's code, another queue's, a day.
    pub other: Option<String>,
    /// A ring's number counted from 1, or a level.
    pub number: Option<u32>,
    /// In English: what is wrong and what to do.
    pub text: String,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "configuration.ts")]
pub enum Severity {
    /// Taken all the same.
    Warning,
    /// Not taken.
    Fault,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "configuration.ts")]
pub enum ProblemCode {
    /// Not 1 to 40 of a-z, 0-9 and '-', beginning with a letter; of a user's name also '.', '_' and '@'.
    BadCode,
    /// Empty, longer than 200 characters, or with control codes and invisible marks.
    BadName,
    /// Two things have one code.
    CodeTwice,
    /// `other` is used and does not exist.
    Unknown,
    RingsForNoTime,
    NoWeight,
    TooManyRings,
    FirstRingLate,
    RingNotLater,
    RingNotWider,
    BadLevel,
    /// A skill, language or queue is named twice in one place.
    NamedTwice,
    /// Work that leaves the queue would come back to it.
    Loop,
    BadZone,
    /// `other` is no country's code.
    BadCountry,
    /// Neither a country nor a zone that is in one: numbers without a `+` identify nobody.
    NoCountry,
    BadOpening,
    OpeningsOverlap,
    NeverOpens,
    BadDate,
    DateTwice,
    BadRules,
    TooManyLanguages,
    /// Nobody would be left who may change the configuration.
    NoAdministrator,
    NobodyServes,
    NobodyHasSkill,
    NobodyFits,
    NeverWidens,
    /// Written work weighs more than anybody has room for.
    TooHeavy,
    NobodyMayWait,
}
