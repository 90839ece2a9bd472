//! Where batches go: through the actor of a running server, or into a journal that nobody else writes.

use crate::engine::{EditError, Engine, Input, NewRecords, utc_now};
use store::{Batch, Entry, Journal, JournalEntry, RecordEvent, StoreError};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use vocab::CustomerId;

#[derive(Debug, thiserror::Error)]
pub(crate) enum SinkError {
    #[error("the server could not write; start the import again to go on where it stopped")]
    NotWritten,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Held from reading records until the commit; excludes other changes of records.
pub(crate) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

/// Takes batches one after the other.
pub(crate) trait Sink {
    /// Waits until nobody else changes records.
    fn turn(&self) -> Turn;

    /// Hands over a batch, once the one before it is on the disk.
    ///
    /// # Errors
    /// [`SinkError`]; the batch before or this one was not written.
    fn write(&mut self, new: NewRecords) -> Result<(), SinkError>;

    /// Returns when everything is on the disk.
    ///
    /// # Errors
    /// As [`Sink::write`].
    fn wait(&mut self) -> Result<(), SinkError>;

    /// Changes records, each on its own; the result says of each whether it was done.
    ///
    /// # Errors
    /// As [`Sink::write`]; some may have been changed.
    fn change(
        &mut self,
        changes: Vec<(CustomerId, Vec<RecordEvent>)>,
    ) -> Result<Vec<bool>, SinkError>;
}

type Done = oneshot::Receiver<Result<(), EditError>>;

pub(crate) struct EngineSink {
    engine: Engine,
    runtime: Handle,
    writing: Option<Done>,
}

impl EngineSink {
    /// For a thread outside the runtime.
    pub(crate) fn new(engine: Engine, runtime: Handle) -> Self {
        Self {
            engine,
            runtime,
            writing: None,
        }
    }

    fn send(&self, input: Input) -> Result<(), SinkError> {
        let sent = self.engine.inbox.blocking_send(input);
        sent.map_err(|_| SinkError::NotWritten)
    }
}

impl Sink for EngineSink {
    fn turn(&self) -> Turn {
        Turn {
            _permit: self.runtime.block_on(self.engine.edit_turn()),
        }
    }

    fn write(&mut self, new: NewRecords) -> Result<(), SinkError> {
        self.wait()?;
        let (done, written) = oneshot::channel();
        // The number is not used.
        let (first, _) = oneshot::channel();
        let new = Box::new(new);
        self.send(Input::Add { new, first, done })?;
        self.writing = Some(written);
        Ok(())
    }

    fn wait(&mut self) -> Result<(), SinkError> {
        match self.writing.take().map(oneshot::Receiver::blocking_recv) {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(_) => Err(SinkError::NotWritten),
        }
    }

    fn change(
        &mut self,
        changes: Vec<(CustomerId, Vec<RecordEvent>)>,
    ) -> Result<Vec<bool>, SinkError> {
        let mut waiting: Vec<Done> = Vec::with_capacity(changes.len());
        for (customer, events) in changes {
            let (done, changed) = oneshot::channel();
            let edit = Box::new(crate::engine::Edit {
                customer,
                events,
                note: None,
            });
            self.send(Input::Edit { edit, done })?;
            waiting.push(changed);
        }
        let mut changed = Vec::with_capacity(waiting.len());
        for done in waiting {
            changed.push(match done.blocking_recv() {
                Ok(Ok(())) => true,
                // The customer is in contact now.
                Ok(Err(EditError::InContact)) => false,
                Ok(Err(_)) | Err(_) => return Err(SinkError::NotWritten),
            });
        }
        Ok(changed)
    }
}

/// For the command line, while no server runs.
pub(crate) struct JournalSink {
    journal: Box<dyn Journal>,
    seq: u64,
    last_customer: u64,
}

impl JournalSink {
    /// # Errors
    /// When the journal cannot be read.
    pub(crate) fn new(mut journal: Box<dyn Journal>) -> Result<Self, StoreError> {
        let recovered = journal.load()?;
        Ok(Self {
            journal,
            seq: recovered.last_seq,
            last_customer: recovered.last_customer.0,
        })
    }

    /// Does what commits left for later; the next server would otherwise begin with it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(crate) fn tidy(&mut self) -> Result<bool, StoreError> {
        self.journal.tidy()
    }

    fn append(
        &mut self,
        events: Vec<RecordEvent>,
        new: Option<store::AuditNote>,
    ) -> Result<(), SinkError> {
        let at = utc_now();
        let entries: Vec<JournalEntry> = (self.seq + 1..)
            .zip(events)
            .map(|(seq, event)| JournalEntry {
                seq,
                at,
                entry: Entry::Record { event },
            })
            .collect();
        let written = entries.len() as u64;
        self.journal.append(&Batch {
            expected_seq: self.seq,
            entries,
            done: Vec::new(),
            audit: new.into_iter().collect(),
        })?;
        self.seq += written;
        Ok(())
    }
}

impl Sink for JournalSink {
    /// Nobody else is there.
    fn turn(&self) -> Turn {
        Turn { _permit: None }
    }

    fn write(&mut self, new: NewRecords) -> Result<(), SinkError> {
        let import = new.import;
        let mut events = Vec::with_capacity(new.records.len() + 1);
        for record in new.records {
            self.last_customer += 1;
            events.push(RecordEvent::CustomerAdded {
                customer: CustomerId(self.last_customer),
                import,
                record: Box::new(record),
            });
        }
        events.extend(new.changes.into_iter().flat_map(|(_, events)| events));
        events.extend(new.advanced);
        self.append(events, new.note)
    }

    fn wait(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    fn change(
        &mut self,
        changes: Vec<(CustomerId, Vec<RecordEvent>)>,
    ) -> Result<Vec<bool>, SinkError> {
        let done = vec![true; changes.len()];
        self.append(
            changes.into_iter().flat_map(|(_, events)| events).collect(),
            None,
        )?;
        Ok(done)
    }
}
