//! One line of the journal: a decision of the engine or a change of the record.

use crate::RecordingStep;
use protocol::exchange::{CustomerRecord, ImportCounts};
use protocol::record::Consent;
use protocol::rest::{CustomerPatch, Given, Identity};
use protocol::work::{MediaReport, RecognisedBy};
use serde::{Deserialize, Serialize};
use vocab::{AgentId, CustomerId, ImportId, InteractionId, Millis, NoteId, Sensitive};

/// Numbered from 1 without gaps.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalEntry {
    pub seq: u64,
    pub at: Millis,
    pub entry: Entry,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// Recovery applies these to the engine.
    Routing { event: acd::Event },
    /// Only the projections change.
    Record { event: RecordEvent },
}

/// What is kept about customers and interactions beside the engine's decisions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RecordEvent {
    /// A new record; the server numbers it from [`crate::Recovered::last_customer`] on.
    CustomerCreated {
        customer: CustomerId,
        name: Sensitive<String>,
        language: Option<String>,
    },
    /// A whole new record at once, by hand or from a file.
    CustomerAdded {
        customer: CustomerId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        import: Option<ImportId>,
        record: Box<CustomerRecord>,
    },
    /// After an import's changes of a record that was there before: what it was, so that they can be taken back.
    ImportUpdated {
        customer: CustomerId,
        import: ImportId,
        before: Box<CustomerRecord>,
    },
    /// How far an import has come with this batch.
    ImportAdvanced {
        import: ImportId,
        counts: ImportCounts,
        refused_bytes: u64,
        bytes_done: u64,
    },
    CustomerPatched {
        customer: CustomerId,
        patch: CustomerPatch,
    },
    /// Added once; the same identity on the same record again changes nothing.
    IdentityAdded {
        customer: CustomerId,
        identity: Identity,
    },
    /// No matter when the record did not have it.
    IdentityRemoved {
        customer: CustomerId,
        identity: Identity,
    },
    /// No browser is known as this customer's any more.
    BrowsersForgotten {
        customer: CustomerId,
    },
    /// Every word of the customer is kept; the last one of its kind counts.
    ConsentSet {
        customer: CustomerId,
        consent: Consent,
    },
    /// Its number is this entry's.
    CustomerNoteAdded {
        customer: CustomerId,
        agent: AgentId,
        text: Sensitive<String>,
    },
    CustomerNoteEdited {
        customer: CustomerId,
        note: NoteId,
        text: Sensitive<String>,
    },
    CustomerNoteRemoved {
        customer: CustomerId,
        note: NoteId,
    },
    /// After the interaction's `Entered`, in the same batch.
    CallerDetails {
        interaction: InteractionId,
        details: CallerDetails,
    },
    /// The agent's whole note as it stands; each agent has one of their own.
    NoteSaved {
        interaction: InteractionId,
        agent: AgentId,
        text: Sensitive<String>,
    },
    /// What was said with the agent's last `Transferred` or `ConsultAsked`.
    HandoverNoted {
        interaction: InteractionId,
        agent: AgentId,
        text: Sensitive<String>,
    },
    MediaReported {
        interaction: InteractionId,
        agent: AgentId,
        report: MediaReport,
    },
    /// What the agent's desktop told of its recording; the sound itself comes by another way.
    Recording {
        interaction: InteractionId,
        agent: AgentId,
        step: RecordingStep,
    },
    /// 1–5.
    Rated {
        interaction: InteractionId,
        stars: u8,
    },
    /// What the interaction was about is gone, in the projections and in the journal before this entry; when it
    /// was, who took part and how it ended stay for the figures.
    InteractionRedacted {
        interaction: InteractionId,
    },
    /// The record and the content of all its interactions are gone, in the projections and in the journal before
    /// this entry. Its number is never given again.
    CustomerErased {
        customer: CustomerId,
    },
    /// Stands in the place of an entry whose content was erased.
    Redacted,
}

impl RecordEvent {
    /// Whose record it changes.
    #[must_use]
    pub fn customer(&self) -> Option<CustomerId> {
        match self {
            Self::CustomerCreated { customer, .. }
            | Self::CustomerAdded { customer, .. }
            | Self::ImportUpdated { customer, .. }
            | Self::CustomerPatched { customer, .. }
            | Self::IdentityAdded { customer, .. }
            | Self::IdentityRemoved { customer, .. }
            | Self::BrowsersForgotten { customer }
            | Self::ConsentSet { customer, .. }
            | Self::CustomerNoteAdded { customer, .. }
            | Self::CustomerNoteEdited { customer, .. }
            | Self::CustomerNoteRemoved { customer, .. }
            | Self::CustomerErased { customer } => Some(*customer),
            Self::ImportAdvanced { .. }
            | Self::CallerDetails { .. }
            | Self::NoteSaved { .. }
            | Self::HandoverNoted { .. }
            | Self::MediaReported { .. }
            | Self::Recording { .. }
            | Self::Rated { .. }
            | Self::InteractionRedacted { .. }
            | Self::Redacted => None,
        }
    }

    /// The interaction that it is about.
    #[must_use]
    pub fn interaction(&self) -> Option<InteractionId> {
        match self {
            Self::CallerDetails { interaction, .. }
            | Self::NoteSaved { interaction, .. }
            | Self::HandoverNoted { interaction, .. }
            | Self::MediaReported { interaction, .. }
            | Self::Recording { interaction, .. }
            | Self::Rated { interaction, .. }
            | Self::InteractionRedacted { interaction } => Some(*interaction),
            Self::CustomerCreated { .. }
            | Self::CustomerAdded { .. }
            | Self::ImportUpdated { .. }
            | Self::ImportAdvanced { .. }
            | Self::CustomerPatched { .. }
            | Self::IdentityAdded { .. }
            | Self::IdentityRemoved { .. }
            | Self::BrowsersForgotten { .. }
            | Self::ConsentSet { .. }
            | Self::CustomerNoteAdded { .. }
            | Self::CustomerNoteEdited { .. }
            | Self::CustomerNoteRemoved { .. }
            | Self::CustomerErased { .. }
            | Self::Redacted => None,
        }
    }
}

/// What the customer gave and the browser told when this interaction began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallerDetails {
    /// What they typed of themselves, whoever they are taken for.
    #[serde(default, skip_serializing_if = "Given::is_nothing")]
    pub given: Given,
    pub topic: Option<Sensitive<String>>,
    pub device: Option<String>,
    pub place: Option<String>,
    pub language: Option<String>,
    pub page: Option<String>,
    pub recognised_by: RecognisedBy,
    /// The visitor's identity value, as the server keeps it (a hash rather than the token).
    pub visitor: Option<Sensitive<String>>,
    /// The answer to whether this conversation may be recorded; absent when nobody asked.
    #[serde(default)]
    pub recording_consent: Option<bool>,
}
