//! Recordings on this machine: made only with the customer's consent, kept until the server has them whole.

mod shelf;
mod upload;

pub(crate) use shelf::Shelf;
pub(crate) use upload::{Sent, send_all};

use crate::clock::now;
use crate::sound::Media;
use media::OnFailure;
use protocol::desktop::NotRecorded;
use protocol::rest::RecordingPause;
use protocol::work::{RecordingConsent, WorkItem};
use std::time::Instant;
use vocab::{InteractionId, MediaId, RecordingId, RecordingState};

/// Proof that the customer said yes, for one interaction. There is no other way to make one, and no recording begins
/// without it.
pub(crate) struct Consent {
    interaction: InteractionId,
}

impl Consent {
    pub(crate) fn of(item: &WorkItem) -> Option<Self> {
        match item.recording_consent {
            RecordingConsent::Given { .. } => Some(Self {
                interaction: item.interaction,
            }),
            RecordingConsent::NotAsked | RecordingConsent::Refused => None,
        }
    }
}

/// One conversation's recording while it is made.
pub(crate) struct Recorder {
    facts: shelf::Facts,
    sound: media::Recording,
    paused: Option<Instant>,
}

impl Recorder {
    /// # Errors
    /// Why nothing is recorded, for the screen; the conversation goes on.
    pub(crate) fn start(
        consent: &Consent,
        shelf: &Shelf,
        account: &str,
        on_failure: OnFailure,
    ) -> Result<Self, NotRecorded> {
        shelf.has_room()?;
        let failed = |detail: String| NotRecorded::Failed { detail };
        let facts = shelf::Facts {
            recording: RecordingId(uuid::Uuid::now_v7()),
            interaction: consent.interaction,
            account: account.to_owned(),
            started_at: now(),
            pauses: Vec::new(),
            duration_ms: 0,
            is_finished: false,
        };
        shelf
            .save(&facts)
            .map_err(|error| failed(error.to_string()))?;
        let sound = media::Recording::start(&shelf.sound(facts.recording), on_failure)
            .map_err(|error| failed(error.to_string()));
        if sound.is_err() {
            shelf.remove(facts.recording);
        }
        Ok(Self {
            facts,
            sound: sound?,
            paused: None,
        })
    }

    pub(crate) fn interaction(&self) -> InteractionId {
        self.facts.interaction
    }

    pub(crate) fn recording(&self) -> RecordingId {
        self.facts.recording
    }

    pub(crate) fn state(&self) -> RecordingState {
        match self.paused {
            None => RecordingState::Running,
            Some(_) => RecordingState::Paused,
        }
    }

    /// The path that is talked on from now on; another follows when it breaks.
    pub(crate) fn follow(&self, engine: &dyn Media, media: MediaId) {
        engine.record(media, &self.sound);
    }

    /// False when it was paused already.
    pub(crate) fn pause(&mut self, shelf: &Shelf) -> bool {
        if self.paused.is_some() {
            return false;
        }
        self.paused = Some(Instant::now());
        self.facts.pauses.push(RecordingPause {
            at_ms: millis(self.sound.pause()),
            lasted_ms: 0,
        });
        self.note(shelf);
        true
    }

    /// False when it was running already.
    pub(crate) fn resume(&mut self, shelf: &Shelf) -> bool {
        if self.paused.is_none() {
            return false;
        }
        self.end_pause();
        self.note(shelf);
        self.sound.resume();
        true
    }

    fn end_pause(&mut self) {
        if let (Some(since), Some(pause)) = (self.paused.take(), self.facts.pauses.last_mut()) {
            pause.lasted_ms = u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX);
        }
    }

    /// A crash must not forget a pause.
    fn note(&self, shelf: &Shelf) {
        if let Err(error) = shelf.save(&self.facts) {
            tracing::warn!(%error, "a pause could not be noted beside the recording");
        }
    }

    /// Waits for the disk. What is too short to hear is not kept.
    pub(crate) fn finish(mut self, shelf: &Shelf) {
        self.end_pause();
        let Self {
            mut facts, sound, ..
        } = self;
        let duration_ms = sound.length_ms();
        sound.finish();
        facts.duration_ms = millis(duration_ms);
        facts.is_finished = true;
        if duration_ms == 0 {
            shelf.remove(facts.recording);
        } else if let Err(error) = shelf.save(&facts) {
            tracing::warn!(%error, "a recording waits for the next start");
        }
    }
}

fn millis(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
