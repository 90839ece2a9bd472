//! An agent's or expert's desktop without its screen: one command in, one reply out, one stream of events.
//!
//! A single task owns all state. What takes time (REST, keyring, media) runs beside it and reports back.

mod calling;
mod commands;
mod consult;
mod convert;
mod core;
mod data;
mod delivery;
mod demo;
mod emitter;
mod exchange;
mod linking;
mod organisation;
mod readiness;
mod recording;
mod session;

use crate::local::Local;
use crate::sound::MediaParts;
use crate::tokens::TokenStore;
use core::Core;
use protocol::desktop::{DesktopCommand, DesktopError, DesktopEvent, DesktopReply};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Commands of the screen that wait for the desktop's task; a screen that sends more waits.
const REQUESTS: usize = 64;

pub struct DesktopOptions {
    /// Created when missing; holds one SQLite file.
    pub data_dir: PathBuf,
    pub token_store: Arc<dyn TokenStore>,
    pub media: MediaParts,
    /// Program and version, for the server's log.
    pub client_name: String,
    /// Where exports of customers' data are written; created when missing.
    pub export_dir: PathBuf,
    /// Allows plain HTTP to other machines than this one.
    pub is_plain_http_allowed: bool,
    /// Records conversations whose customers agreed.
    pub is_recording_wanted: bool,
    /// The demo's server, whose sign-in is filled in.
    pub demo_server: Option<String>,
}

/// The handle; cheap to clone. The desktop ends when the last one is dropped.
#[derive(Clone)]
pub struct Desktop {
    requests: mpsc::Sender<Request>,
    task: Arc<JoinHandle<()>>,
}

pub(crate) struct Request {
    command: DesktopCommand,
    reply: Reply,
}

pub(crate) type Answer = Result<DesktopReply, DesktopError>;
pub(crate) type Reply = oneshot::Sender<Answer>;

impl Desktop {
    /// Opens the data folder, then signs in by itself when a token was kept. Call it inside a Tokio runtime.
    ///
    /// A reader of the events that falls behind gets every slice whole again when it returns; only notices are lost.
    ///
    /// # Errors
    /// `Local` when the data folder cannot be used.
    pub fn start(
        options: DesktopOptions,
    ) -> Result<(Self, mpsc::Receiver<DesktopEvent>), DesktopError> {
        let local = Local::open(&options.data_dir)?;
        let (requests, requests_in) = mpsc::channel(REQUESTS);
        let (emitter, events) = emitter::Emitter::new();
        let core = Core::new(options, local, emitter);
        let task = Arc::new(telemetry::spawn("desktop", core.run(requests_in)));
        Ok((Self { requests, task }, events))
    }

    /// # Errors
    /// Why the command was not done, in words that the screen knows.
    pub async fn dispatch(&self, command: DesktopCommand) -> Answer {
        let stopped = || DesktopError::Local {
            detail: "the desktop has stopped".to_owned(),
        };
        let (reply, answer) = oneshot::channel();
        self.requests
            .send(Request { command, reply })
            .await
            .map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Whether the desktop's task has ended, which it does only with its last handle.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.task.is_finished()
    }
}

#[cfg(test)]
mod tests;
