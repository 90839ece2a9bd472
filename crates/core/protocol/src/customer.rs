//! What a customer's page sees and may ask.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{AgentId, InteractionId, Millis, RecordingPolicy, RecordingState, Sensitive};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "customer.ts")]
pub enum CustomerCommand {
    /// Enters the queue that the hello named. Refused with `not_now` while another interaction is open.
    Call { caller: Caller },
    /// Comes back after the connection broke off, as [`CustomerStage::Ended`] offers it: a new interaction, before
    /// everybody in line and for the same agent first, or at the place in line that was lost.
    ComeBack {
        interaction: InteractionId,
        caller: Caller,
    },
    /// Leaves the queue, or ends the conversation.
    HangUp { interaction: InteractionId },
    /// Keeps the place in line and asks to be called back; the page may be closed meanwhile. Said again after a missed
    /// callback, it means: I am here, call me as soon as you can.
    KeepMyPlace { interaction: InteractionId },
    /// Waits on the line again, with the same place.
    WaitOnTheLine { interaction: InteractionId },
    /// Answers the callback that rings.
    AnswerCallback { interaction: InteractionId },
    /// Not now; the place is kept for another try.
    DeclineCallback { interaction: InteractionId },
    /// 1–5, once, within 10 minutes of the end.
    Rate {
        interaction: InteractionId,
        stars: u8,
    },
}

/// What a customer gave and what the browser tells; none of it is proof of who they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "customer.ts")]
pub struct Caller {
    pub name: Option<Sensitive<String>>,
    pub phone: Option<Sensitive<String>>,
    pub email: Option<Sensitive<String>>,
    pub topic: Option<Sensitive<String>>,
    pub device: Option<String>,
    pub place: Option<String>,
    pub language: Option<String>,
    pub page: Option<String>,
    /// The customer's answer to whether the call may be recorded; absent when nobody asked.
    pub recording_consent: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "customer.ts")]
pub struct CustomerView {
    /// To be kept by the browser and given in the next hello.
    pub visitor: Sensitive<String>,
    pub organisation_name: String,
    pub queue_name: String,
    /// The name on record for this visitor, so that a returning one need not type it.
    pub known_name: Option<Sensitive<String>>,
    pub desk: Desk,
    /// Whether the page has to ask before the call.
    pub recording: RecordingPolicy,
    pub stage: CustomerStage,
}

/// How the queue stands for somebody who is about to call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "customer.ts")]
pub struct Desk {
    pub is_closed: bool,
    /// Nobody more may wait at the moment.
    pub is_full: bool,
    /// When somebody is there, in the operator's own words: "Mon–Fri 9–18".
    pub opening: Option<String>,
    /// When closed hours open again.
    #[serde(default)]
    pub opens_at: Option<Millis>,
    /// What a newcomer would wait, in whole minutes; absent while there is too little to tell from.
    #[ts(type = "number | null")]
    pub expected_wait_ms: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "customer.ts")]
pub enum CustomerStage {
    Idle,
    Waiting {
        interaction: InteractionId,
        since: Millis,
        /// 1 is next.
        position: u32,
        /// Absent while there is too little to tell from.
        #[ts(type = "number | null")]
        expected_wait_ms: Option<u64>,
        /// True while an agent's desktop rings for this customer.
        is_ringing: bool,
        /// Was in a conversation already and is being passed on.
        passed_on: Option<PassedOn>,
        waits: Waits,
    },
    /// An agent calls back: the page rings until `deadline`.
    CalledBack {
        interaction: InteractionId,
        since: Millis,
        deadline: Millis,
        agent_name: String,
    },
    Talking {
        interaction: InteractionId,
        since: Millis,
        /// The other end of the media path; another one than before makes a new offer.
        agent: AgentId,
        agent_name: String,
        /// The colleague who talks with them, too.
        with_name: Option<String>,
        is_held: bool,
        /// False while the agent's link is away; the media may well be up.
        is_agent_connected: bool,
        /// Absent while nothing is recorded.
        recording: Option<RecordingState>,
    },
    Ended {
        interaction: InteractionId,
        talked_ms: Option<u32>,
        can_rate: bool,
        /// The place was given up because callbacks did not reach the customer.
        is_callback_missed: bool,
        /// Nobody ended it: the customer's connection broke off, and they may come back.
        #[serde(default)]
        broken_off: Option<BrokenOff>,
        /// The organisation took them out of the line.
        #[serde(default)]
        is_removed: bool,
    },
}

/// What a customer whose connection broke off is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "customer.ts")]
pub struct BrokenOff {
    /// Until when they may come back.
    pub until: Millis,
    /// Who is asked first, where a conversation broke off.
    pub agent_name: Option<String>,
}

/// How a customer in line waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "customer.ts")]
pub enum Waits {
    OnTheLine {
        /// Whether this queue calls back.
        can_keep_place: bool,
    },
    ForCallback {
        /// How long the page may be out of reach.
        #[ts(type = "number")]
        keeps_ms: u64,
        /// Callbacks that were missed, and how many are left.
        tries: u8,
        tries_left: u8,
        /// The next try comes after this moment; absent when it comes in its turn.
        rests_until: Option<Millis>,
    },
}

/// Why a customer who was in a conversation waits again: who passes them on to whom, a colleague or a queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "customer.ts")]
pub struct PassedOn {
    pub from_name: String,
    pub to_name: String,
    /// Nobody passed them on: the agent signed out, ended the program or vanished, and the customer is first in line.
    pub is_agent_gone: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "customer.ts")]
pub enum CustomerDelta {
    Stage { stage: CustomerStage },
    Desk { desk: Desk },
}
