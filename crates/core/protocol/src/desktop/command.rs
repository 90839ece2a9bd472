//! What the screen asks of the native side, and the answers.

use super::{DesktopState, Device, DeviceKind, Settings, Silence};
use crate::configuration::{Change, ChangePage, ConfigurationPatch, ConfigurationState, Finding};
use crate::decision::Decision;
use crate::exchange::{
    AlikeCustomers, ExchangeCommand, Import, ImportPage, ImportPreview, ReadHours,
};
use crate::figures::FiguresNow;
use crate::handover::HandoverCommand;
use crate::line::QueueLine;
use crate::link::ErrorCode;
use crate::record::{CustomerNotes, Erased};
use crate::rest::{CustomerPage, CustomerPatch, CustomerSummary, InteractionDetail, Timeline};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{ChosenState, CustomerId, InteractionId, NoteId, OrgSlug, RecordingId, Sensitive};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum DesktopCommand {
    /// The whole state; the first thing a screen asks.
    Snapshot,
    SignIn {
        server: String,
        organisation: OrgSlug,
        user: String,
        password: Sensitive<String>,
    },
    /// What waits is sent first, for at most three seconds; then nothing of customers stays in this machine's database.
    SignOut,
    /// The program ends: what rings or lives returns to the head of its queue. The sign-in stays.
    Quit,
    /// The program was asked to end, and goes on.
    Stay,
    ChooseState {
        state: ChosenState,
    },
    ReserveNextState {
        state: Option<ChosenState>,
    },
    Accept {
        interaction: InteractionId,
    },
    Decline {
        interaction: InteractionId,
    },
    SetMuted {
        is_muted: bool,
    },
    Hold {
        interaction: InteractionId,
    },
    Resume {
        interaction: InteractionId,
    },
    /// One of `0`–`9`, `*`, `#`.
    SendDigit {
        interaction: InteractionId,
        digit: char,
    },
    HangUp {
        interaction: InteractionId,
    },
    /// What is said from now on is left out of the recording. Refused when nothing is recorded.
    PauseRecording {
        interaction: InteractionId,
    },
    ResumeRecording {
        interaction: InteractionId,
    },
    /// A piece of a past recording, from `offset` on.
    RecordingPart {
        recording: RecordingId,
        #[ts(type = "number")]
        offset: u64,
    },
    SaveNote {
        interaction: InteractionId,
        text: Sensitive<String>,
    },
    FinishWrapUp {
        interaction: InteractionId,
        disposition: Option<String>,
    },
    ExtendWrapUp {
        interaction: InteractionId,
    },
    Handover {
        command: HandoverCommand,
    },
    SearchCustomers {
        query: Sensitive<String>,
        limit: u32,
    },
    Customer {
        customer: CustomerId,
    },
    EditCustomer {
        customer: CustomerId,
        patch: CustomerPatch,
    },
    CustomerNotes {
        customer: CustomerId,
    },
    AddCustomerNote {
        customer: CustomerId,
        text: Sensitive<String>,
    },
    /// One's own.
    EditCustomerNote {
        customer: CustomerId,
        note: NoteId,
        text: Sensitive<String>,
    },
    RemoveCustomerNote {
        customer: CustomerId,
        note: NoteId,
    },
    /// Writes everything about a customer to a file; for supervisors and administrators.
    ExportCustomer {
        customer: CustomerId,
    },
    /// For good. `name` is the customer's, typed to confirm.
    EraseCustomer {
        customer: CustomerId,
        name: Sensitive<String>,
    },
    /// New customers, files of customers, read hours.
    Exchange {
        command: ExchangeCommand,
    },
    Timeline {
        customer: CustomerId,
        before: Option<InteractionId>,
        limit: u32,
    },
    Interaction {
        interaction: InteractionId,
    },
    /// Why an offer went to whom; its number stands in the interaction's story.
    Decision {
        #[ts(type = "number")]
        number: u64,
    },
    /// Queues as they stand, and agents for those who supervise.
    Figures,
    /// Who waits in a queue, by its code; for supervisors, as the next.
    QueueLine {
        queue: String,
    },
    /// Takes them out of the queue's line.
    RemoveFromLine {
        queue: String,
        interactions: Vec<InteractionId>,
    },
    /// The organisation's settings; for administrators, as the next five.
    Configuration,
    /// What would be said of the configuration after this change; nothing is changed.
    CheckConfiguration {
        change: Box<Change>,
    },
    ChangeConfiguration {
        patch: Box<ConfigurationPatch>,
    },
    /// Who changed what, newest first; with `before` those older than that revision.
    ConfigurationChanges {
        #[ts(type = "number | null")]
        before: Option<u64>,
    },
    /// Takes one change back.
    UndoConfiguration {
        #[ts(type = "number")]
        revision: u64,
    },
    /// Of somebody else, who is signed out everywhere by it.
    SetPassword {
        user: String,
        password: Sensitive<String>,
    },
    /// One's own; other sign-ins of this account end.
    ChangePassword {
        old: Sensitive<String>,
        new: Sensitive<String>,
    },
    /// The names of all time zones.
    Zones,
    /// Runs the readiness check again; its progress comes as events.
    CheckReadiness,
    /// The order in which devices of this kind are used, most wanted first; the first present one is in use.
    PreferDevices {
        kind: DeviceKind,
        devices: Vec<Device>,
    },
    /// Takes mute and zero away from the device in use, in the system's mixer.
    Unsilence {
        kind: DeviceKind,
    },
    /// Opens the system's own settings of sound.
    OpenMixer,
    /// Opens the chosen microphone for the level meter only; closed by itself after 60 s.
    StartMeter,
    StopMeter,
    /// Records five seconds and plays them back through the chosen speaker.
    TestRecordAndPlay,
    TestRinger,
    SaveSettings {
        settings: Settings,
    },
    /// The last ring's paint, for the record of how fast it was; sent by the screen after the frame is drawn.
    RingPainted {
        interaction: InteractionId,
    },
    /// Brings the window to the front (from a notification or a link).
    ShowWindow,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum DesktopReply {
    Done,
    Snapshot {
        state: Box<DesktopState>,
    },
    Customers {
        page: CustomerPage,
    },
    Customer {
        customer: Box<CustomerSummary>,
    },
    Notes {
        notes: CustomerNotes,
    },
    Alike {
        alike: Box<AlikeCustomers>,
    },
    Imports {
        page: Box<ImportPage>,
    },
    Import {
        import: Box<Import>,
    },
    ImportPreview {
        preview: Box<ImportPreview>,
    },
    ReadHours {
        read: Box<ReadHours>,
    },
    /// Where the file is.
    Exported {
        path: String,
    },
    Erased {
        erased: Erased,
    },
    Timeline {
        timeline: Timeline,
    },
    Interaction {
        detail: Box<InteractionDetail>,
    },
    Decision {
        decision: Box<Decision>,
    },
    Figures {
        figures: Box<FiguresNow>,
    },
    QueueLine {
        line: Box<QueueLine>,
    },
    /// Who was taken out; the others did not wait there any more.
    RemovedFromLine {
        removed: Vec<InteractionId>,
    },
    /// As it stands, also after a change of it.
    Configuration {
        state: Box<ConfigurationState>,
    },
    Findings {
        findings: Vec<Finding>,
    },
    ConfigurationChanges {
        page: Box<ChangePage>,
    },
    Zones {
        zones: Vec<String>,
    },
    /// `bytes` in base64; the whole is `total` bytes of `audio/ogg`.
    RecordingPart {
        #[ts(type = "number")]
        total: u64,
        bytes: String,
    },
}

/// Why a command of the screen was not done. The screen has its own words for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum DesktopError {
    /// The server refused.
    Refused {
        code: ErrorCode,
        hint: String,
    },
    /// The server cannot be reached; `detail` names the address and what the network said.
    Unreachable {
        detail: String,
    },
    /// The address is not one a server could have.
    BadAddress {
        detail: String,
    },
    /// Its certificate is not trusted, or plain HTTP was asked for beyond this machine.
    Insecure {
        detail: String,
    },
    /// The configuration contradicts itself; nothing was changed.
    Contradiction {
        findings: Vec<Finding>,
    },
    NotSignedIn,
    NoMicrophone,
    NoSpeaker,
    /// It is muted or at zero in the system's mixer.
    MicrophoneSilenced {
        device: String,
        silence: Silence,
    },
    SpeakerSilenced {
        device: String,
        silence: Silence,
    },
    /// No sound system answers on this machine, so plugging something in does not help.
    NoSoundSystem,
    /// Media cannot leave this machine, or not reach the relay that it must go through.
    NoMediaPath {
        detail: String,
    },
    Device {
        detail: String,
    },
    /// Something on this machine failed: disk, keyring.
    Local {
        detail: String,
    },
}
