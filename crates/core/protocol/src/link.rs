//! The WebSocket link `/v1/link`: hello and welcome, commands and their answers, numbered deltas, signals, heartbeats.
//!
//! After `hello` comes `welcome` with the whole view; then deltas numbered from `seq + 1`. A gap means: reconnect.

use crate::customer::{CustomerCommand, CustomerDelta, CustomerView};
use crate::work::{AgentCommand, AgentDelta, AgentView};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{CommandId, InteractionId, MediaId, Millis, OrgSlug, Peer, QueueId, Sensitive};

/// A frame from a participant to the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "link.ts")]
pub enum ClientFrame {
    /// First frame, within 5 s of connecting.
    Hello {
        version: u16,
        client: String,
        who: HelloAs,
    },
    /// An agent's command; see [`AgentCommand`].
    Agent {
        id: CommandId,
        command: AgentCommand,
    },
    /// A customer's command; see [`CustomerCommand`].
    Customer {
        id: CommandId,
        command: CustomerCommand,
    },
    /// For another participant of a live interaction; not journaled, not acknowledged.
    Signal {
        interaction: InteractionId,
        to: Peer,
        signal: Signal,
    },
    Heartbeat,
}

/// Who is at this end of the link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "link.ts")]
pub enum HelloAs {
    /// Somebody with an account; the token comes from `POST /v1/sign-in`.
    Agent { token: Sensitive<String> },
    /// A customer's browser; `visitor` is what an earlier welcome gave and is this visitor's proof.
    Customer {
        organisation: OrgSlug,
        queue: String,
        visitor: Option<Sensitive<String>>,
        /// The site that keeps `visitor` for the page in its frame, where the browser lets the page keep nothing. Such a
        /// visitor is another one than with the same token from elsewhere: they come back to their call, and no record
        /// is theirs by it.
        #[serde(default)]
        site: Option<String>,
    },
}

/// A frame from the server to a participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "link.ts")]
pub enum ServerFrame {
    /// How this participant's media may find its way: before each welcome, when a customer's interaction begins and
    /// when it ends, and again before credentials end.
    Ice {
        ice: Ice,
    },
    Welcome {
        version: u16,
        server: String,
        /// The server's clock, so that timers on a screen do not depend on the machine's own.
        now: Millis,
        #[ts(type = "number")]
        seq: u64,
        view: Box<View>,
    },
    Delta {
        #[ts(type = "number")]
        seq: u64,
        delta: Box<Delta>,
    },
    /// The command is committed.
    Ack {
        id: CommandId,
    },
    /// The command (or, without an id, the last frame) was not done.
    Refused {
        id: Option<CommandId>,
        code: ErrorCode,
        hint: String,
        /// When it may be asked for again, where that is known.
        #[ts(type = "number | null")]
        retry_after_ms: Option<u64>,
    },
    Signal {
        interaction: InteractionId,
        from: Peer,
        signal: Signal,
    },
    Heartbeat {
        now: Millis,
    },
    /// The server closes the link; come back after `retry_after_ms`, or not at all without it.
    Goodbye {
        code: ErrorCode,
        hint: String,
        #[ts(type = "number | null")]
        retry_after_ms: Option<u64>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "link.ts")]
pub enum View {
    Agent { view: AgentView },
    Customer { view: CustomerView },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "link.ts")]
#[allow(
    clippy::large_enum_variant,
    reason = "made once a frame and written out at once; a box would only cost"
)]
pub enum Delta {
    Agent { delta: AgentDelta },
    Customer { delta: CustomerDelta },
}

/// What two media ends tell each other through the server. Whoever's desktop rang offers: the agent to the customer,
/// the colleague who was asked to the agent who asked.
///
/// `media` is counted up by the offering side for each new peer connection; a signal of an older one is dropped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "link.ts")]
pub enum Signal {
    /// An SDP offer: a new peer connection, or with the same `media` an ICE restart of the present one.
    Offer {
        media: MediaId,
        sdp: String,
    },
    Answer {
        media: MediaId,
        sdp: String,
    },
    /// A trickled candidate; an empty `candidate` ends them.
    Candidate {
        media: MediaId,
        candidate: String,
        sdp_mid: Option<String>,
        sdp_m_line_index: Option<u16>,
    },
    /// From the answering side, which was reloaded or whose path failed: please offer anew.
    OfferWanted,
}

/// The STUN and TURN servers of this server, and whether media may go without them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "link.ts")]
pub struct Ice {
    pub servers: Vec<IceServer>,
    pub policy: IcePolicy,
}

/// One STUN or TURN server, as a peer connection takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "link.ts")]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: Option<String>,
    pub credential: Option<Sensitive<String>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "link.ts")]
pub enum IcePolicy {
    /// Directly where that works, else through a TURN server.
    #[default]
    All,
    /// Only through a TURN server: neither side learns the other's address.
    Relay,
}

/// Why something was refused. Programs branch on this, never on the hint.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "link.ts")]
pub enum ErrorCode {
    /// Not JSON of a known frame.
    BadFrame,
    /// Longer than is taken here.
    FrameTooLarge,
    /// Client and server are of versions that do not go together.
    VersionMismatch,
    /// No hello within its time, or a second one.
    HelloExpected,
    /// The token is missing, expired or revoked.
    TokenExpired,
    /// The user or the password is wrong.
    WrongPassword,
    /// Too many attempts; `Retry-After` says how many seconds to wait.
    TooManyAttempts,
    /// The role does not allow it.
    NotAllowed,
    /// There is no such organisation on this server.
    UnknownOrganisation,
    /// There is no such queue.
    UnknownQueue,
    /// There is no such interaction or recording.
    UnknownInteraction,
    /// There is no such customer.
    UnknownCustomer,
    UnknownImport,
    /// Somebody else changed it since it was read; read it again.
    ChangedMeanwhile,
    /// The configuration would contradict itself; the findings say where.
    BadConfiguration,
    /// There is nobody of that name.
    UnknownUser,
    /// There is no such change of the configuration.
    UnknownChange,
    /// No offer was made under that number.
    UnknownDecision,
    /// The state does not allow it now: the offer was withdrawn, the call has ended.
    NotNow,
    /// The colleague is offline or at work: choose somebody else.
    ColleagueNotFree,
    /// A field is missing, too long or of the wrong form; the hint names it.
    BadField,
    /// Of the right form, and yet it cannot be so; the hint names the field.
    UnfitContent,
    /// Not JSON in UTF-8, or not said to be.
    WrongMediaType,
    /// There is nothing at this address.
    UnknownAddress,
    /// This address takes other methods.
    WrongMethod,
    /// The request did not arrive, or was not answered, in time.
    TimedOut,
    /// This note was removed.
    UnknownNote,
    /// What arrived of a recording is not what was sent: send it again from the beginning.
    RecordingDiffers,
    /// What was handed in as a recording is not Ogg Opus.
    NotOggOpus,
    /// The password is too short, too long or too easily guessed; the hint says which.
    WeakPassword,
    /// No administrator could sign in after the change.
    LastAdministrator,
    /// More customers who are not one's own work were looked at than an hour allows.
    TooManyLooks,
    /// The queue is closed.
    QueueClosed,
    /// As many wait as may wait.
    QueueFull,
    /// More calls, kept places or new customers from there than may be; come again after the time told.
    TooManyCalls,
    /// The server has too much to do; nothing was looked at. Come again after the time told.
    ServerBusy,
    /// More frames than the limit; the link is slowed, then closed.
    RateLimited,
    /// The same account connected elsewhere; this link is closed.
    SignedInElsewhere,
    /// The server is about to stop.
    ServerStopping,
    /// The server could not write; nothing was done.
    StorageFailed,
    /// Something went wrong in the server.
    Internal,
}

/// A queue as the customer's address names it, for pages that list them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "link.ts")]
pub struct QueueName {
    pub id: QueueId,
    /// Name in addresses: lower case, no spaces.
    pub slug: String,
    pub name: String,
}
