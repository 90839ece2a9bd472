//! What reaches the actor and what it sends out; the only way in and the only way out.

use super::additions::NewRecords;
use super::{Directory, Readers};
use crate::clock::Clock;
use crate::limits::Origin;
use crate::looks::Looks;
use crate::metrics::OrganisationGauges;
use protocol::customer::CustomerCommand;
use protocol::figures::{FiguresNow, QueueIntervals};
use protocol::limits::LimitKind;
use protocol::line::LineEntry;
use protocol::link::{Delta, ErrorCode, Signal, View};
use protocol::work::{AgentCommand, MediaReport};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::{AuditNote, CommandOwner, RecordEvent, TokenHash};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use vocab::{
    AgentId, CommandId, CustomerId, InteractionId, Millis, OrgSlug, Peer, QueueId, Role, Sensitive,
};

/// Inputs waiting for the actor; when it is full, links stop reading their sockets.
pub(crate) const INBOX_CAPACITY: usize = 4_096;

/// Frames waiting for one link; a client that lets it fill up is closed.
pub const OUTGOING_CAPACITY: usize = 256;

/// One open WebSocket, counted up over the server's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u64);

/// A visitor's token as it is kept: its SHA-256 in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisitorKey(pub String);

/// In front of the keys of those whose token a site keeps.
const OF_SITE: &str = "site:";

impl VisitorKey {
    pub(crate) fn of_site(digest: &str) -> Self {
        Self(format!("{OF_SITE}{digest}"))
    }

    /// Whether somebody's site knows the token: enough to come back to a call, no proof of whose record it is.
    pub(crate) fn is_of_site(&self) -> bool {
        self.0.starts_with(OF_SITE)
    }

    pub(crate) fn as_owner(&self) -> CommandOwner {
        let digest: [u8; 32] = Sha256::digest(self.0.as_bytes()).into();
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        CommandOwner::Visitor(half)
    }
}

/// What a link is told to send. The link numbers deltas and writes them as JSON.
#[derive(Clone, Debug)]
pub enum Out {
    Welcome(Box<View>),
    Delta(Box<Delta>),
    /// A delta for many links, written as JSON once.
    Written(Arc<str>),
    Ack(CommandId),
    Refused {
        id: Option<CommandId>,
        code: ErrorCode,
        hint: &'static str,
        /// When it may be asked for again, where that is known.
        retry_after_ms: Option<u64>,
    },
    Signal {
        interaction: InteractionId,
        from: Peer,
        signal: Box<Signal>,
    },
    /// The last frame; the link closes after it.
    Goodbye {
        code: ErrorCode,
        hint: &'static str,
        retry_after_ms: Option<u64>,
    },
}

impl Out {
    /// For a delta that many links get.
    #[must_use]
    pub fn written(delta: &Delta) -> Self {
        match serde_json::to_string(delta) {
            Ok(text) => Self::Written(text.into()),
            // Whoever sends it will fail in the same way and say so.
            Err(_) => Self::Delta(Box::new(delta.clone())),
        }
    }
}

#[derive(Debug)]
pub struct AgentHello {
    pub link: LinkId,
    pub agent: AgentId,
    /// The sign-in that it came with.
    pub token: TokenHash,
    /// Then it is let in only to finish what it has.
    pub is_expired: bool,
    pub user: String,
    pub name: String,
    pub role: Role,
    pub out: mpsc::Sender<Out>,
}

#[derive(Debug)]
pub struct CustomerHello {
    pub link: LinkId,
    pub queue: QueueId,
    /// The token itself, for the welcome.
    pub visitor: Sensitive<String>,
    pub key: VisitorKey,
    /// What is known of this visitor, when anything is.
    pub known: Option<KnownVisitor>,
    /// From where the page came.
    pub origin: Origin,
    pub out: mpsc::Sender<Out>,
}

/// What the store knows of a returning visitor.
#[derive(Clone, Debug)]
pub struct KnownVisitor {
    /// The record that this browser belongs to; without one, that of its last interaction.
    pub customer: CustomerId,
    /// Only of a record that this browser belongs to.
    pub name: Option<Sensitive<String>>,
    /// The last interaction, when it ended a moment ago and was this visitor's.
    pub ended: Option<super::records::EndedCall>,
}

/// Why a record was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// A customer is not erased in the middle of an interaction or its wrap-up.
    InContact,
    StorageFailed,
    /// The engine says that it does not fit now.
    Refused(ErrorCode, &'static str),
}

/// A change of a customer's record from outside.
#[derive(Debug)]
pub struct Edit {
    pub(crate) customer: CustomerId,
    pub(crate) events: Vec<RecordEvent>,
    pub(crate) note: Option<AuditNote>,
}

/// What an agent adds to an interaction's record; a desktop's outbox may bring it long after the end.
#[derive(Clone, Debug)]
pub struct Addition {
    pub(crate) interaction: InteractionId,
    pub(crate) what: Added,
}

#[derive(Clone, Debug)]
pub(crate) enum Added {
    Note(Sensitive<String>),
    Media(MediaReport),
}

#[derive(Debug)]
pub enum Input {
    AgentHello(Box<AgentHello>),
    CustomerHello(Box<CustomerHello>),
    Closed {
        link: LinkId,
    },
    Agent {
        link: LinkId,
        id: CommandId,
        command: AgentCommand,
    },
    Customer {
        link: LinkId,
        id: CommandId,
        command: CustomerCommand,
    },
    Signal {
        link: LinkId,
        interaction: InteractionId,
        to: Peer,
        signal: Box<Signal>,
    },
    /// A reader's answer to a customer's `Call`.
    Recognised(Box<super::customers::Recognised>),
    /// A reader's answer to whether the interaction that is added to was this agent's.
    OwnershipRead {
        link: LinkId,
        id: CommandId,
        addition: Addition,
        /// Whose interaction it was, when it was this agent's; `Err` when the store could not be read.
        whose: Result<Option<CustomerId>, ()>,
    },
    Edit {
        edit: Box<Edit>,
        done: oneshot::Sender<Result<(), EditError>>,
    },
    /// New records, and what an import changes of others.
    Add {
        new: Box<NewRecords>,
        /// Told at once; it counts when `done` says so.
        first: oneshot::Sender<CustomerId>,
        done: oneshot::Sender<Result<(), EditError>>,
    },
    /// Takes the content of old interactions away.
    Redact {
        events: Vec<RecordEvent>,
        done: oneshot::Sender<Result<(), EditError>>,
    },
    /// The sign-in by which this link came has expired; said again until the link ends.
    SignInExpired {
        link: LinkId,
    },
    SignsOut {
        agent: AgentId,
        /// The sign-in that ended; a link by another one goes on.
        token: TokenHash,
    },
    /// Accounts or queues were changed.
    Directory(Arc<Directory>),
    /// Tells supervisors that a limit refused a request.
    LimitBit {
        limit: LimitKind,
    },
    Question(Question),
    /// The day by a clock that was set, up to an entry.
    FiguresRead(Box<super::stepped::DayRead>),
    RemoveFromLine {
        removal: super::line::Removal,
        done: oneshot::Sender<Result<(), EditError>>,
    },
    Force {
        forced: super::forced::Forced,
        done: oneshot::Sender<Result<(), EditError>>,
    },
    Stop,
}

/// What only looks, and changes nothing.
#[derive(Debug)]
pub enum Question {
    Gauges {
        reply: oneshot::Sender<OrganisationGauges>,
    },
    Figures {
        with_agents: bool,
        reply: oneshot::Sender<FiguresNow>,
    },
    Intervals {
        queue: QueueId,
        reply: oneshot::Sender<QueueIntervals>,
    },
    /// Whether the agent works with or for the customer at this moment: rung, in conversation, asked, in wrap-up.
    WorksWith {
        agent: AgentId,
        customer: CustomerId,
        reply: oneshot::Sender<bool>,
    },
    Line {
        queue: QueueId,
        reply: oneshot::Sender<Vec<LineEntry>>,
    },
}

/// The actor has stopped; the organisation is not served any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the organisation's engine has stopped")]
pub struct EngineGone;

/// A handle to one organisation's actor and its readers; cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) organisation: OrgSlug,
    pub(crate) inbox: mpsc::Sender<Input>,
    pub(crate) directory: watch::Receiver<Arc<Directory>>,
    pub(crate) readers: Readers,
    pub(crate) is_healthy: Arc<std::sync::atomic::AtomicBool>,
    pub(crate) edit_turns: Arc<Semaphore>,
    pub(crate) clock: Clock,
    pub(crate) soundness: Arc<crate::soundness::Soundness>,
    /// How much longer everything is kept, because the clock claims time that nobody witnessed.
    pub(crate) unwitnessed_ms: Arc<watch::Sender<u64>>,
    pub(crate) looks: Arc<Looks>,
}

impl Engine {
    #[must_use]
    pub fn organisation(&self) -> &OrgSlug {
        &self.organisation
    }

    /// UTC as the engine's frames tell it.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// The same without the steps of the clock: for what lasts a time, whatever anybody does to the clock.
    #[must_use]
    pub fn steady(&self) -> Millis {
        self.clock.look().steady()
    }

    /// By so much longer everything is kept than the clock alone would have it.
    #[must_use]
    pub fn unwitnessed_ms(&self) -> u64 {
        *self.unwitnessed_ms.borrow()
    }

    /// To be told when [`Engine::unwitnessed_ms`] changed: then ages did.
    pub(crate) fn unwitnessed(&self) -> watch::Receiver<u64> {
        self.unwitnessed_ms.subscribe()
    }

    #[must_use]
    pub fn readers(&self) -> &Readers {
        &self.readers
    }

    /// Users, queues and dispositions as they stand now.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.borrow())
    }

    /// To be told when [`Engine::directory`] changed.
    #[must_use]
    pub fn directory_changes(&self) -> watch::Receiver<Arc<Directory>> {
        self.directory.clone()
    }

    /// False while the store refuses writes.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.is_healthy.load(std::sync::atomic::Ordering::Relaxed) && !self.inbox.is_closed()
    }

    /// Waits for room in the inbox.
    ///
    /// # Errors
    /// [`EngineGone`]; close the link.
    pub async fn send(&self, input: Input) -> Result<(), EngineGone> {
        self.inbox.send(input).await.map_err(|_| EngineGone)
    }

    /// Without waiting; false when there is no room.
    pub(crate) fn try_send(&self, input: Input) -> bool {
        self.inbox.try_send(input).is_ok()
    }

    /// Edits of records take turns, so that between reading a record's revision and the commit nobody else changes it.
    pub async fn edit_turn(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        Arc::clone(&self.edit_turns).acquire_owned().await.ok()
    }

    /// Changes a customer's record; returns when the change is committed.
    ///
    /// # Errors
    /// [`EditError`]; nothing was changed.
    pub async fn edit(
        &self,
        customer: CustomerId,
        events: Vec<RecordEvent>,
        note: Option<AuditNote>,
    ) -> Result<(), EditError> {
        let edit = Box::new(Edit {
            customer,
            events,
            note,
        });
        self.committed(|done| Input::Edit { edit, done }).await
    }

    /// Adds records; returns the number of the first when they are committed.
    ///
    /// # Errors
    /// [`EditError::StorageFailed`]; nothing was added.
    pub async fn add(&self, new: NewRecords) -> Result<CustomerId, EditError> {
        let (first, number) = oneshot::channel();
        let new = Box::new(new);
        self.committed(|done| Input::Add { new, first, done })
            .await?;
        number.await.map_err(|_| EditError::StorageFailed)
    }

    /// Takes the content of old interactions away; returns when that is committed.
    ///
    /// # Errors
    /// [`EditError::StorageFailed`]; nothing was changed.
    pub async fn redact(&self, events: Vec<RecordEvent>) -> Result<(), EditError> {
        self.committed(|done| Input::Redact { events, done }).await
    }

    pub(crate) async fn committed(
        &self,
        input: impl FnOnce(oneshot::Sender<Result<(), EditError>>) -> Input,
    ) -> Result<(), EditError> {
        let (done, committed) = oneshot::channel();
        self.send(input(done))
            .await
            .map_err(|_| EditError::StorageFailed)?;
        committed.await.unwrap_or(Err(EditError::StorageFailed))
    }

    /// Whether the customer is of the agent's present work; false when the actor has stopped.
    pub async fn works_with(&self, agent: AgentId, customer: CustomerId) -> bool {
        let (reply, answer) = oneshot::channel();
        let question = Question::WorksWith {
            agent,
            customer,
            reply,
        };
        self.send(Input::Question(question)).await.is_ok() && answer.await.unwrap_or(false)
    }

    /// The figures for `/metrics`; nothing when the actor has stopped.
    pub async fn gauges(&self) -> Option<OrganisationGauges> {
        let (reply, figures) = oneshot::channel();
        let question = Question::Gauges { reply };
        self.send(Input::Question(question)).await.ok()?;
        let figures = figures.await.ok()?;
        Some(OrganisationGauges {
            unwitnessed_ms: self.unwitnessed_ms(),
            ..figures
        })
    }
}
