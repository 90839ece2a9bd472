//! What a person should read once.

use super::DeviceKind;
use crate::limits::LimitKind;
use crate::link::ErrorCode;
use crate::work::MediaReport;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{InteractionId, Sensitive};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum Notice {
    /// The device in use went away; `now` is used instead, or nothing is left.
    DeviceLost {
        kind: DeviceKind,
        was: String,
        now: Option<String>,
    },
    DeviceBack {
        kind: DeviceKind,
        now: String,
    },
    OfferMissed {
        customer_name: Sensitive<String>,
    },
    /// The customer did not answer the callback; the agent has nothing left to do.
    CallbackMissed {
        customer_name: Sensitive<String>,
    },
    /// The page of a customer who is to be called back is out of reach; the place is kept.
    CustomerOutOfReach {
        customer_name: Sensitive<String>,
    },
    /// A supervisor took the customer out of the line while this desktop rang.
    CustomerRemoved {
        customer_name: Sensitive<String>,
    },
    /// A limit of the server refuses requests; for supervisors.
    LimitBit {
        limit: LimitKind,
    },
    /// The colleague who was asked did not come, or left.
    ConsultOver {
        colleague_name: String,
        customer_name: Sensitive<String>,
        how: ColleagueLost,
    },
    CommandRefused {
        code: ErrorCode,
        hint: String,
    },
    MediaSummary {
        interaction: InteractionId,
        report: MediaReport,
    },
    /// The conversation goes on, but it is not or no longer recorded.
    NotRecorded {
        why: NotRecorded,
    },
}

/// What it means for the customer that the colleague is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum ColleagueLost {
    /// They still hear music.
    Unanswered,
    /// They still hear music.
    LeftPrivate,
    /// They talk with the agent alone now.
    LeftTogether,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum NotRecorded {
    /// Recordings that wait for the server fill the room they may have on this machine.
    NoRoom { used_mb: u32, limit_mb: u32 },
    /// The disk or the encoder failed.
    Failed { detail: String },
    /// The server does not take a finished recording; it was removed here.
    Unwanted { hint: String },
}
