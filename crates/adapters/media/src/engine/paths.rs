//! The engine's media paths: made while ringing, used while talking, closed after.

use super::{MediaEngine, Shared};
use crate::error::MediaError;
use crate::event::{Candidate, MediaEvent, PathState, PathSummary};
use crate::recording::Recording;
use crate::session::{OUTBOX, Session};
use crate::sound::Command;
use crate::transport::{MediaTransport, Outgoing, PacketSink};
use crate::webrtc_path::WebrtcPath;
use audio::keypad;
use std::sync::{Arc, Weak};
use tokio::sync::mpsc;
use vocab::MediaId;

/// Packets between two looks at the pair in use: ten seconds; the first look comes after one.
const RELAY_CHECK: u32 = 500;

impl Shared {
    fn session(&self, media: MediaId) -> Result<Arc<Session>, MediaError> {
        let sessions = self.sessions.lock().map_err(|_| MediaError::Stopped)?;
        sessions
            .get(&media)
            .cloned()
            .ok_or(MediaError::UnknownMedia(media))
    }

    fn transport(&self, media: MediaId) -> Result<Arc<dyn MediaTransport>, MediaError> {
        let session = self.session(media)?;
        session
            .transport()
            .cloned()
            .ok_or(MediaError::UnknownMedia(media))
    }

    /// The present path of this number, or a new one.
    async fn open(&self, media: MediaId) -> Result<Arc<dyn MediaTransport>, MediaError> {
        if let Ok(transport) = self.transport(media) {
            return Ok(transport);
        }
        let (outbox, packets) = mpsc::channel(OUTBOX);
        let session = Arc::new(Session::new(
            media,
            outbox,
            self.worker.clone(),
            self.events.clone(),
        ));
        let sink = Arc::clone(&session) as Arc<dyn PacketSink>;
        let path = WebrtcPath::open(self.options.bind, &self.ice(), sink).await?;
        let transport: Arc<dyn MediaTransport> = Arc::new(path);
        session.set_transport(Arc::clone(&transport));
        // Ends when the session, which holds the other end of the queue, is gone.
        let sender = send_all(packets, Arc::clone(&transport), Arc::downgrade(&session));
        drop(telemetry::spawn("media sender", sender));
        session.tell(MediaEvent::State {
            media,
            state: PathState::Preparing,
        });
        self.sessions
            .lock()
            .map_err(|_| MediaError::Stopped)?
            .insert(media, session);
        Ok(transport)
    }
}

/// Carries packets to the network; looks now and then whether they go through a relay.
async fn send_all(
    mut packets: mpsc::Receiver<Outgoing>,
    transport: Arc<dyn MediaTransport>,
    session: Weak<Session>,
) {
    let mut count = 0_u32;
    while let Some(packet) = packets.recv().await {
        transport.send(packet).await;
        count = count.wrapping_add(1);
        if count % RELAY_CHECK == RELAY_CHECK / 10 {
            let is_relayed = transport.is_relayed().await;
            if let Some(session) = session.upgrade() {
                session.set_relayed(is_relayed);
            }
        }
    }
}

impl MediaEngine {
    /// Makes a path and its offer, complete with candidates; the microphone stays closed.
    ///
    /// # Errors
    /// `Transport` when sockets or the protocol core fail.
    pub async fn prepare_offer(&self, media: MediaId) -> Result<String, MediaError> {
        self.shared.open(media).await?.offer(false).await
    }

    /// Makes a path (or restarts the present one of this number) and answers the far end's offer.
    ///
    /// # Errors
    /// `BadDescription` when the offer is not understood; `Transport` when sockets fail.
    pub async fn accept_offer(&self, media: MediaId, sdp: &str) -> Result<String, MediaError> {
        self.shared.open(media).await?.answer(sdp).await
    }

    /// # Errors
    /// `UnknownMedia` for a late answer: drop it. `BadDescription` when it is not understood.
    pub async fn set_answer(&self, media: MediaId, sdp: &str) -> Result<(), MediaError> {
        self.shared.transport(media)?.set_answer(sdp).await
    }

    /// # Errors
    /// `UnknownMedia` for a late one: drop it. `BadDescription` when it is not understood.
    pub async fn add_candidate(
        &self,
        media: MediaId,
        candidate: Candidate,
    ) -> Result<(), MediaError> {
        self.shared.transport(media)?.add_candidate(candidate).await
    }

    /// A new offer for the same path after the network changed.
    ///
    /// # Errors
    /// `UnknownMedia` when it is closed; `Transport` when no offer can be made.
    pub async fn restart_ice(&self, media: MediaId) -> Result<String, MediaError> {
        self.shared.transport(media)?.offer(true).await
    }

    /// Opens microphone and speaker for this path. Several paths may talk at once: the user and all far ends that are
    /// not held hear each other. A missing device is told by `MediaEvent::Trouble`; the other direction still works.
    ///
    /// # Errors
    /// `UnknownMedia` when the path is not open.
    pub fn start_talking(&self, media: MediaId) -> Result<(), MediaError> {
        let session = self.shared.session(media)?;
        session.set_talking(true);
        self.command(Command::Talk(session));
        Ok(())
    }

    /// What is said on this path goes into the recording from now on, until the path is closed or the recording ends.
    /// Unknown paths are ignored.
    pub fn record(&self, media: MediaId, recording: &Recording) {
        if let Ok(session) = self.shared.session(media) {
            session.record(Some(Arc::clone(&recording.tap)));
        }
    }

    /// Unknown paths are ignored, here and in `set_held`: the call ended meanwhile.
    pub fn set_muted(&self, media: MediaId, is_muted: bool) {
        if let Ok(session) = self.shared.session(media) {
            session.set_muted(is_muted);
        }
    }

    /// Silences both directions while `is_held`.
    pub fn set_held(&self, media: MediaId, is_held: bool) {
        if let Ok(session) = self.shared.session(media) {
            session.set_held(is_held);
        }
    }

    /// Sends one of `0`-`9`, `*`, `#` as an RFC 4733 event.
    ///
    /// # Errors
    /// `BadDigit`; `UnknownMedia`.
    pub fn send_digit(&self, media: MediaId, digit: char) -> Result<(), MediaError> {
        keypad::event_of(digit).ok_or(MediaError::BadDigit(digit))?;
        self.shared.session(media)?.type_digit(digit);
        Ok(())
    }

    /// How the path was so far; ask before `close`.
    #[must_use]
    pub fn summary(&self, media: MediaId) -> Option<PathSummary> {
        self.shared
            .session(media)
            .ok()
            .map(|session| session.summary())
    }

    /// Closes the path; the devices with it when it was the one that talked. Unknown: nothing to do.
    pub async fn close(&self, media: MediaId) {
        let session = self
            .shared
            .sessions
            .lock()
            .ok()
            .and_then(|mut all| all.remove(&media));
        let Some(session) = session else { return };
        session.set_talking(false);
        self.command(Command::StopTalking(media));
        if let Some(transport) = session.transport() {
            transport.close().await;
        }
    }
}
