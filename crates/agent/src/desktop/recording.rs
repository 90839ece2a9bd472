//! Recording the live conversation, when its customer agreed, and handing recordings in when it is over.

use super::Reply;
use super::core::Core;
use super::session::{Inner, answer};
use crate::recordings::{Consent, Recorder, Sent, send_all};
use protocol::desktop::{
    DesktopError, DesktopEvent, DesktopReply, NotRecorded, Notice, WaitingRecordings,
};
use protocol::link::ErrorCode;
use protocol::work::AgentCommand;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vocab::{InteractionId, MediaId, Peer, RecordingId, RecordingState};

/// News of recordings that are being sent; the desktop's task reads at once.
const NEWS: usize = 8;

/// The desktop's recordings: the one being made, and whether others are on their way.
#[derive(Default)]
pub(super) struct Recordings {
    current: Option<Recorder>,
    sending: Option<JoinHandle<()>>,
    pub(super) shown: WaitingRecordings,
}

impl Recordings {
    pub(super) fn state_of(&self, interaction: InteractionId) -> Option<RecordingState> {
        let current = self.current.as_ref()?;
        (current.interaction() == interaction).then(|| current.state())
    }
}

impl Core {
    /// Talking begins on this path: the recording goes on there, or begins when it may. Whoever is only asked records
    /// nothing: the customer agreed to the one recording that the agent pauses.
    pub(super) fn record_path(&mut self, media: MediaId) {
        let Some((interaction, _)) = self.call.live() else {
            return;
        };
        let is_with_customer = self.call.peer() == Some(Peer::Customer);
        if !self.is_recording_wanted || !is_with_customer || self.call.media() != Some(media) {
            return;
        }
        let is_running = |recorder: &Recorder| recorder.interaction() == interaction;
        if !self.recordings.current.as_ref().is_some_and(is_running) {
            self.finish_recording();
            self.begin_recording(interaction);
        }
        if let Some(recorder) = &self.recordings.current {
            recorder.follow(self.media.as_ref(), media);
        }
    }

    fn begin_recording(&mut self, interaction: InteractionId) {
        let work = self.view.iter().flat_map(|view| &view.work);
        let consent = work
            .filter(|item| item.interaction == interaction)
            .find_map(Consent::of);
        let (Some(consent), Some(account)) = (consent, &self.account) else {
            return;
        };
        let inner = self.inner.clone();
        let on_failure = Box::new(move |detail: String| {
            // From the recording's own thread; a desktop that has ended needs no news.
            let _ = inner.blocking_send(Inner::RecordingFailed { detail });
        });
        match Recorder::start(&consent, &self.shelf, &account.key, on_failure) {
            Ok(recorder) => {
                self.recordings.current = Some(recorder);
                self.report_recording(interaction, Some(RecordingState::Running));
            }
            Err(why) => self.notify(Notice::NotRecorded { why }),
        }
    }

    /// The server writes it into the interaction's story, and the customer's page says it.
    fn report_recording(&mut self, interaction: InteractionId, state: Option<RecordingState>) {
        self.order(AgentCommand::ReportRecording { interaction, state }, None);
    }

    /// Pauses or resumes; the same again changes nothing.
    pub(super) fn set_recording(
        &mut self,
        interaction: InteractionId,
        state: RecordingState,
        reply: Reply,
    ) {
        let shelf = self.shelf.clone();
        let current = self.recordings.current.as_mut();
        let Some(recorder) = current.filter(|recorder| recorder.interaction() == interaction)
        else {
            let hint = "this conversation is not recorded".to_owned();
            let code = ErrorCode::NotNow;
            return answer(reply, Err(DesktopError::Refused { code, hint }));
        };
        let has_changed = match state {
            RecordingState::Paused => recorder.pause(&shelf),
            RecordingState::Running => recorder.resume(&shelf),
        };
        if has_changed {
            self.report_recording(interaction, Some(state));
            self.emit_call();
        }
        answer(reply, Ok(DesktopReply::Done));
    }

    /// The conversation is over, or another begins: what was recorded is closed beside the desktop's task.
    pub(super) fn finish_recording(&mut self) {
        let Some(recorder) = self.recordings.current.take() else {
            return;
        };
        let (shelf, inner) = (self.shelf.clone(), self.inner.clone());
        telemetry::spawn("finish recording", async move {
            let finished = tokio::task::spawn_blocking(move || recorder.finish(&shelf)).await;
            if finished.is_err() {
                tracing::error!("a recording was not finished; the next start mends it");
            }
            let _ = inner.send(Inner::RecordingFinished).await;
        });
    }

    /// The disk or the encoder gave up: what is there is kept, and a person is told.
    pub(super) fn recording_failed(&mut self, detail: String) {
        if let Some(recorder) = &self.recordings.current {
            let interaction = recorder.interaction();
            let recording: RecordingId = recorder.recording();
            tracing::warn!(%recording, detail, "the recording stopped");
            self.report_recording(interaction, None);
        }
        self.finish_recording();
        self.emit_call();
        let why = NotRecorded::Failed { detail };
        self.notify(Notice::NotRecorded { why });
    }

    /// Hands in what waits, unless that is being done already.
    pub(super) fn send_recordings(&mut self) {
        self.show_recordings();
        let is_sending = self.recordings.sending.as_ref();
        let Some(account) = &self.account else { return };
        if self.recordings.shown.count == 0 || is_sending.is_some_and(|task| !task.is_finished()) {
            return;
        }
        let (told, mut news) = mpsc::channel(NEWS);
        let sending = send_all(
            self.shelf.clone(),
            account.key.clone(),
            account.rest.clone(),
            told,
        );
        let (inner, number) = (self.inner.clone(), self.session_number);
        // Ends with the sending of which it tells.
        drop(telemetry::spawn("news of recordings", async move {
            while let Some(sent) = news.recv().await {
                if inner
                    .send(Inner::RecordingSent { number, sent })
                    .await
                    .is_err()
                {
                    return;
                }
            }
        }));
        self.recordings.sending = Some(telemetry::spawn("send recordings", sending));
    }

    /// Another account does not hand in this one's.
    pub(super) fn stop_sending_recordings(&mut self) {
        if let Some(task) = self.recordings.sending.take() {
            task.abort();
        }
        self.show_recordings();
    }

    pub(super) fn recording_sent(&mut self, sent: Sent) {
        match sent {
            Sent::One => self.show_recordings(),
            Sent::All => {
                // One may have been finished since it looked.
                self.recordings.sending = None;
                self.send_recordings();
            }
            Sent::Unwanted { hint } => {
                self.show_recordings();
                let why = NotRecorded::Unwanted { hint };
                self.notify(Notice::NotRecorded { why });
            }
            Sent::TokenExpired => self.found_expired(),
        }
    }

    fn show_recordings(&mut self) {
        let recordings = self
            .account
            .as_ref()
            .map(|account| self.shelf.overview(&account.key))
            .unwrap_or_default();
        if recordings != self.recordings.shown {
            self.recordings.shown = recordings;
            self.emitter.emit(DesktopEvent::Recordings { recordings });
        }
    }
}
