//! An organisation's settings as one document: queues, skills, sites, hours, people and the engine's patience.
//!
//! Things are named by their codes, which never change and stand in files and addresses; names are for people and may.
//! `GET /v1/configuration` gives the document with its revision, `PATCH /v1/configuration` changes parts of it after
//! the whole was checked, `POST /v1/configuration/check` only checks. `GET /v1/configuration/changes` tells who changed
//! what from what to what, and `POST /v1/configuration/changes/{revision}/undo` takes one back.

mod change;
mod finding;

pub use change::{
    Change, ChangePage, ConfigurationChange, ConfigurationPatch, ConfigurationState, Edit,
};
pub use finding::{Finding, ProblemCode, Severity};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{Language, RecordingPolicy, Role};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct Configuration {
    pub queues: Vec<QueueSettings>,
    pub skills: Vec<Named>,
    pub sites: Vec<Named>,
    pub schedules: Vec<ScheduleSettings>,
    pub people: Vec<PersonSettings>,
    pub rules: Rules,
}

/// Something that is only a code and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct Named {
    /// 1 to 40 of a-z, 0-9 and '-', beginning with a letter.
    pub code: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct QueueSettings {
    /// Its name in addresses.
    pub code: String,
    pub name: String,
    /// Each step counts as a minute of waiting.
    #[serde(default)]
    pub priority: u8,
    /// Steps that a VIP is ahead.
    #[serde(default = "default_vip_steps")]
    pub vip_steps: u8,
    #[serde(default = "default_ring_ms")]
    #[ts(type = "number")]
    pub ring_ms: u64,
    /// 0: no wrap-up.
    #[serde(default = "default_wrap_up_ms")]
    #[ts(type = "number")]
    pub wrap_up_ms: u64,
    #[serde(default = "default_max_waiting")]
    pub max_waiting: u32,
    /// Closed by hand, whatever the hours say.
    #[serde(default)]
    pub is_closed: bool,
    /// When somebody is there, in words for customers.
    #[serde(default)]
    pub opening: Option<String>,
    /// 0: nobody is called back.
    #[serde(default = "default_callback_keeps_ms")]
    #[ts(type = "number")]
    pub callback_keeps_ms: u64,
    #[serde(default)]
    pub recording: RecordingPolicy,
    #[serde(default)]
    pub strategy: Strategy,
    /// What asynchronous work of this queue takes of an agent's capacity.
    #[serde(default = "default_weight")]
    pub weight: u8,
    #[serde(default)]
    pub is_interruptible: bool,
    /// At most six, wider and wider.
    #[serde(default)]
    pub rings: Vec<RingSettings>,
    /// How long a customer waits for the agent they spoke with last; 0: not.
    #[serde(default)]
    #[ts(type = "number")]
    pub last_agent_ms: u64,
    /// A schedule's code; without one the queue is always open.
    #[serde(default)]
    pub schedule: Option<String>,
    /// Those who still wait this long after closing are told so; 0: they may wait on.
    #[serde(default = "default_closing_grace_ms")]
    #[ts(type = "number")]
    pub closing_grace_ms: u64,
    /// The queue that newcomers go to while this one is closed; without one they are told.
    #[serde(default)]
    pub when_closed: Option<String>,
    #[serde(default)]
    pub when_full: Option<String>,
    #[serde(default)]
    pub overflow: Option<OverflowSettings>,
    /// The service level counts who was answered within this time.
    #[serde(default = "default_answer_within_ms")]
    #[ts(type = "number")]
    pub answer_within_ms: u64,
    /// Who leaves sooner is not counted as abandoned.
    #[serde(default = "default_short_abandon_ms")]
    #[ts(type = "number")]
    pub short_abandon_ms: u64,
    /// The country whose numbers its callers type without a `+`, when it is not the organisation's: ISO 3166, as `FR`.
    #[serde(default)]
    pub country: Option<String>,
}

/// Who comes first among the agents who fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "configuration.ts")]
pub enum Strategy {
    #[default]
    LongestIdle,
    MostSkilled,
    FewestHandled,
    RoundRobin,
    RingAll,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct RingSettings {
    /// From this much waiting on; 0 in the first.
    #[ts(type = "number")]
    pub after_ms: u64,
    #[serde(default)]
    pub needs: Vec<NeedSettings>,
    #[serde(default)]
    pub is_language_needed: bool,
    #[serde(default)]
    pub is_site_needed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct NeedSettings {
    pub skill: String,
    /// 1 to 5.
    pub minimum: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct OverflowSettings {
    #[ts(type = "number")]
    pub after_ms: u64,
    pub to: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct ScheduleSettings {
    pub code: String,
    pub name: String,
    /// IANA name, as `Asia/Shanghai`.
    pub zone: String,
    pub weekly: Vec<OpeningSettings>,
    #[serde(default)]
    pub holidays: Vec<HolidaySettings>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct OpeningSettings {
    pub day: Weekday,
    /// `HH:MM` on the zone's wall clock.
    pub from: String,
    /// Up to `24:00`.
    pub to: String,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "configuration.ts")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A day that is not as its weekday; without spans it is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct HolidaySettings {
    /// `YYYY-MM-DD`.
    pub date: String,
    pub name: String,
    #[serde(default)]
    pub openings: Vec<SpanSettings>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct SpanSettings {
    pub from: String,
    pub to: String,
}

/// Somebody who may sign in, once a password was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct PersonSettings {
    /// The name to sign in with, in lower case; it never changes.
    pub user: String,
    pub name: String,
    pub role: Role,
    /// Codes of the queues served.
    #[serde(default)]
    pub queues: Vec<String>,
    #[serde(default)]
    pub skills: Vec<SkillLevel>,
    #[serde(default)]
    pub languages: Vec<Language>,
    #[serde(default)]
    pub site: Option<String>,
    /// Room for asynchronous work, in the queues' weights.
    #[serde(default = "default_capacity")]
    pub capacity: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct SkillLevel {
    pub skill: String,
    /// 1 to 5.
    pub level: u8,
}

/// What holds for the whole organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct Rules {
    /// A vanished agent's conversation is kept this long.
    #[ts(type = "number")]
    pub agent_grace_ms: u64,
    /// A vanished customer's place is kept this long.
    #[ts(type = "number")]
    pub customer_grace_ms: u64,
    #[ts(type = "number")]
    pub callback_ring_ms: u64,
    #[ts(type = "number")]
    pub callback_rest_ms: u64,
    pub callback_tries: u8,
    /// Declined in a row before an agent is not ready.
    pub reject_limit: u8,
    /// By whose clock the days of figures begin, as in “Europe/Berlin”.
    pub zone: String,
    /// The country whose telephone numbers need no `+` and in whose manner numbers are shown: ISO 3166, as `DE`.
    /// Without one it is the country of the zone.
    pub country: Option<String>,
    /// Customers who are not one's own work: how many may be looked at.
    pub looks_per_hour: LooksPerHour,
}

/// How many records may be opened and searches made in an hour beyond one's own work, by each person of a role. 0: no
/// limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct LooksPerHour {
    pub agent: u16,
    pub expert: u16,
    pub supervisor: u16,
    pub admin: u16,
}

impl Default for LooksPerHour {
    fn default() -> Self {
        Self {
            agent: 600,
            expert: 600,
            supervisor: 2_000,
            admin: 2_000,
        }
    }
}

impl LooksPerHour {
    #[must_use]
    pub fn of(self, role: Role) -> u16 {
        match role {
            Role::Agent => self.agent,
            Role::Expert => self.expert,
            Role::Supervisor => self.supervisor,
            Role::Admin => self.admin,
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            agent_grace_ms: 60_000,
            customer_grace_ms: 30_000,
            callback_ring_ms: 30_000,
            callback_rest_ms: 120_000,
            callback_tries: 3,
            reject_limit: 1,
            zone: "UTC".to_owned(),
            country: None,
            looks_per_hour: LooksPerHour::default(),
        }
    }
}

fn default_vip_steps() -> u8 {
    2
}

fn default_ring_ms() -> u64 {
    20_000
}

fn default_wrap_up_ms() -> u64 {
    60_000
}

fn default_max_waiting() -> u32 {
    500
}

fn default_callback_keeps_ms() -> u64 {
    120 * 60 * 1_000
}

fn default_weight() -> u8 {
    1
}

fn default_closing_grace_ms() -> u64 {
    30 * 60 * 1_000
}

fn default_answer_within_ms() -> u64 {
    20_000
}

fn default_short_abandon_ms() -> u64 {
    5_000
}

fn default_capacity() -> u8 {
    3
}

impl QueueSettings {
    /// A queue as most start; a test of the store holds it equal to the engine's defaults.
    #[must_use]
    pub fn named(code: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            name: name.into(),
            priority: 0,
            vip_steps: default_vip_steps(),
            ring_ms: default_ring_ms(),
            wrap_up_ms: default_wrap_up_ms(),
            max_waiting: default_max_waiting(),
            is_closed: false,
            opening: None,
            callback_keeps_ms: default_callback_keeps_ms(),
            recording: RecordingPolicy::Off,
            strategy: Strategy::LongestIdle,
            weight: default_weight(),
            is_interruptible: false,
            rings: Vec::new(),
            last_agent_ms: 0,
            schedule: None,
            closing_grace_ms: default_closing_grace_ms(),
            when_closed: None,
            when_full: None,
            overflow: None,
            answer_within_ms: default_answer_within_ms(),
            short_abandon_ms: default_short_abandon_ms(),
            country: None,
        }
    }
}

impl PersonSettings {
    #[must_use]
    pub fn new(user: impl Into<String>, name: impl Into<String>, role: Role) -> Self {
        Self {
            user: user.into(),
            name: name.into(),
            role,
            queues: Vec::new(),
            skills: Vec::new(),
            languages: Vec::new(),
            site: None,
            capacity: default_capacity(),
        }
    }
}
