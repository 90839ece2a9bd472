//! Commit before effect: a batch goes to the storage thread, and what it causes is released when it is on disk.

use super::actor::Actor;
use super::effects::Release;
use super::inbox::Out;
use std::sync::atomic::Ordering;
use store::{Batch, Recovered, StoreError};
use tokio::sync::oneshot;
use tokio::time::{Duration, Instant};

/// Queue figures and positions are sent at most this often.
pub(crate) const QUEUES_EVERY: Duration = Duration::from_secs(1);

pub(crate) struct Committing {
    done: oneshot::Receiver<Result<(), StoreError>>,
    release: Release,
}

/// How the store is doing.
pub(crate) enum Trouble {
    None,
    /// The journal is being read back after a failed commit.
    Loading(oneshot::Receiver<Result<Recovered, StoreError>>),
    WaitingUntil(Instant),
    /// Another server owns the journal.
    Fenced,
}

impl Trouble {
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl Actor {
    /// Something that is shown at intervals changed.
    pub(crate) fn has_figures(&self) -> bool {
        !self.queues_dirty.is_empty()
            || self.people.pace.is_telling()
            || (self.is_floor_dirty && self.people.has_watchers())
    }

    /// Hands the batch to the storage thread, when that is free.
    pub(crate) fn seal(&mut self) {
        if self.committing.is_some() || !self.trouble.is_none() {
            return;
        }
        let is_queue_time = self.has_figures() && self.queues_sent.elapsed() >= QUEUES_EVERY;
        let is_everybody = self.batch.affected.is_everybody;
        if self.batch.is_empty() && !is_queue_time && !is_everybody {
            return;
        }
        let mut frames = self.make_frames();
        if is_queue_time {
            self.queues_sent = Instant::now();
            let queues = std::mem::take(&mut self.queues_dirty);
            self.make_queue_frames(&queues, &mut frames);
            self.make_floor_frames(&mut frames);
        }
        let batch = std::mem::take(&mut self.batch);
        let mut release = batch.release;
        release.frames = frames;
        if batch.entries.is_empty() && batch.done.is_empty() {
            return self.let_go(release);
        }
        let entries = u64::try_from(batch.entries.len()).unwrap_or(u64::MAX);
        let done = self.storage.append(Batch {
            expected_seq: self.seq.saturating_sub(entries),
            entries: batch.entries,
            done: batch.done,
            audit: batch.audit,
        });
        self.committing = Some(Committing { done, release });
    }

    pub(crate) fn on_committed(&mut self, result: Result<(), StoreError>) {
        let Some(committing) = self.committing.take() else {
            return;
        };
        match result {
            Ok(()) => {
                self.is_healthy.store(true, Ordering::Relaxed);
                self.let_go(committing.release);
            }
            Err(err) => self.commit_failed(&err, committing.release),
        }
    }

    /// Acknowledgements first: a client knows that its wish was done before it sees what came of it.
    fn let_go(&mut self, release: Release) {
        if let Some(seq) = release.step {
            self.read_day(seq);
        }
        for (link, id) in release.commands {
            self.send_now(link, Out::Ack(id));
        }
        for (link, out) in release.answers.into_iter().chain(release.frames) {
            self.send_now(link, out);
        }
        for edit in release.edits {
            // Whoever asked may have stopped waiting.
            let _ = edit.send(Ok(()));
        }
    }
}

pub(crate) async fn committed(committing: &mut Option<Committing>) -> Result<(), StoreError> {
    match committing {
        None => std::future::pending().await,
        Some(committing) => (&mut committing.done)
            .await
            .unwrap_or_else(|_| Err(thread_gone())),
    }
}

pub(crate) async fn loaded(trouble: &mut Trouble) -> Result<Recovered, StoreError> {
    match trouble {
        Trouble::Loading(answer) => answer.await.unwrap_or_else(|_| Err(thread_gone())),
        Trouble::None | Trouble::WaitingUntil(_) | Trouble::Fenced => std::future::pending().await,
    }
}

fn thread_gone() -> StoreError {
    StoreError::Backend {
        detail: "the storage thread has stopped".to_owned(),
    }
}
