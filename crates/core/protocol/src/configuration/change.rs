//! Changes of the configuration: what is asked for, and what was changed by whom.

use super::{
    Configuration, Finding, Named, PersonSettings, QueueSettings, Rules, ScheduleSettings,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::Millis;

/// The document as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "configuration.ts")]
pub struct ConfigurationState {
    /// Grows with every change; see [`ConfigurationPatch::if_revision`].
    #[ts(type = "number")]
    pub revision: u64,
    pub configuration: Configuration,
    /// What will probably not do what was meant.
    pub findings: Vec<Finding>,
}

/// What shall be otherwise; what is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct ConfigurationPatch {
    /// Refused with `changed_meanwhile` when the configuration's revision is another one by now.
    #[ts(type = "number | null")]
    pub if_revision: Option<u64>,
    pub change: Change,
}

/// New and other things whole, gone ones by their codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "configuration.ts")]
pub struct Change {
    pub queues: Vec<QueueSettings>,
    pub queues_gone: Vec<String>,
    pub skills: Vec<Named>,
    pub skills_gone: Vec<String>,
    pub sites: Vec<Named>,
    pub sites_gone: Vec<String>,
    pub schedules: Vec<ScheduleSettings>,
    pub schedules_gone: Vec<String>,
    pub people: Vec<PersonSettings>,
    /// They may not sign in any more; their names stay in history.
    pub people_gone: Vec<String>,
    pub rules: Option<Rules>,
}

/// One thing before and after; nothing before for a new one, nothing after for one that is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "configuration.ts")]
#[schemars(rename = "EditOf{T}")]
pub struct Edit<T> {
    pub before: Option<T>,
    pub after: Option<T>,
}

/// What one change changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "configuration.ts")]
pub struct ConfigurationChange {
    /// The configuration's revision from then on.
    #[ts(type = "number")]
    pub revision: u64,
    pub at: Millis,
    /// A user's name, or `command line`.
    pub by: String,
    /// The revision that this change took back.
    #[ts(type = "number | null")]
    pub undoes: Option<u64>,
    pub queues: Vec<Edit<QueueSettings>>,
    pub skills: Vec<Edit<Named>>,
    pub sites: Vec<Edit<Named>>,
    pub schedules: Vec<Edit<ScheduleSettings>>,
    pub people: Vec<Edit<PersonSettings>>,
    pub rules: Option<Edit<Rules>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "configuration.ts")]
pub struct ChangePage {
    /// Newest first.
    pub changes: Vec<ConfigurationChange>,
    pub has_more: bool,
}
