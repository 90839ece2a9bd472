//! What a customer's page sees and may ask.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{InteractionId, Millis, Sensitive};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "customer.ts")]
pub enum CustomerCommand {
    /// Enters the queue that the hello named. Refused with `not_now` while another interaction is open.
    Call { caller: Caller },
    /// Leaves the queue, or ends the conversation.
    HangUp { interaction: InteractionId },
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
    pub stage: CustomerStage,
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
    },
    Talking {
        interaction: InteractionId,
        since: Millis,
        agent_name: String,
        is_held: bool,
        /// False while the agent's link is away; the media may well be up.
        is_agent_connected: bool,
    },
    Ended {
        interaction: InteractionId,
        talked_ms: Option<u32>,
        can_rate: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "customer.ts")]
pub enum CustomerDelta {
    Stage { stage: CustomerStage },
}
