//! Reads a file to its end and writes what comes of it, batch by batch. A batch holds how far the import has come by it.

use super::fate::{Fate, Key, checked, decide, keys};
use super::reading::{Item, Original, ReadError, Resolved, Source, resolve};
use super::refused::Refused;
use super::sink::{Sink, SinkError, Turn};
use super::{Progress, REFUSED_SHOWN};
use crate::engine::NewRecords;
use protocol::exchange::{ExistingCustomers, ImportCounts, ImportOptions, RefusedRow};
use std::collections::BTreeSet;
use std::path::PathBuf;
use store::{AuditNote, History, ImportRow, Imports, OrganisationStore, RecordEvent, StoreError};
use text::Country;
use vocab::{ImportId, Millis};

/// Keys that are remembered while a file is only read through, by their hash; in a longer file, somebody who stands there
/// twice far apart is counted as two.
const KEYS_REMEMBERED: usize = 500_000;

/// Rows of one batch: its commit takes some milliseconds, which is what others wait for it at most.
pub(crate) const BATCH_ROWS: usize = 256;

#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the file of refused rows cannot be written: {0}")]
    Refused(#[from] std::io::Error),
    #[error(transparent)]
    Sink(#[from] SinkError),
}

/// How a job came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobEnd {
    Whole {
        /// Records that stayed, of an import that was taken back.
        kept: u64,
    },
    /// Somebody stopped it, or the server stops.
    Stopped,
}

impl JobEnd {
    pub(crate) fn kept(self) -> u64 {
        match self {
            Self::Whole { kept } => kept,
            Self::Stopped => 0,
        }
    }
}

pub(crate) struct Job<'a> {
    pub(crate) import: ImportId,
    pub(crate) path: PathBuf,
    pub(crate) refused: PathBuf,
    pub(crate) options: ImportOptions,
    /// How far it had come before.
    pub(crate) begun: ImportRow,
    pub(crate) by: String,
    pub(crate) now: Millis,
    pub(crate) progress: &'a Progress,
}

/// What is gathered until it is written.
struct Batch {
    new: NewRecords,
    rows: usize,
    keys: BTreeSet<Key>,
}

struct Run<'a> {
    job: &'a Job<'a>,
    sink: Option<&'a mut dyn Sink>,
    imports: Box<dyn Imports>,
    history: Box<dyn History>,
    refused: Refused,
    existing: ExistingCustomers,
    /// The country whose numbers need no `+`.
    home: Option<Country>,
    counts: ImportCounts,
    bytes: u64,
    batch: Batch,
    /// Of the batch that is being written: the store does not know them yet.
    writing: BTreeSet<Key>,
    /// Without a sink: everybody who would be known by now.
    seen: BTreeSet<u64>,
    /// While records are read to be changed.
    turn: Option<Turn>,
    is_noted: bool,
    shown: Vec<RefusedRow>,
}

impl Batch {
    fn new(import: ImportId) -> Self {
        Self {
            new: NewRecords {
                import: Some(import),
                ..NewRecords::default()
            },
            rows: 0,
            keys: BTreeSet::new(),
        }
    }
}

impl Job<'_> {
    /// Without a sink nothing is written, and what would come of the file is counted.
    ///
    /// # Errors
    /// [`JobError`]; what was written before stays, and the same again goes on behind it.
    pub(crate) fn run<'a>(
        &'a self,
        store: &dyn OrganisationStore,
        sink: Option<&'a mut dyn Sink>,
    ) -> Result<JobEnd, JobError> {
        let resolved = resolve(&self.path, &self.options)?;
        resolved.check()?;
        let mut source = resolved.open(&self.path)?;
        let mut run = self.begin(store, sink, &resolved)?;
        for _ in 0..self.begun.counts.rows {
            if source.next()?.is_none() {
                break;
            }
        }
        while let Some(item) = source.next()? {
            run.take(item)?;
            if run.batch.rows >= BATCH_ROWS {
                run.write(&source, false)?;
                if self.progress.is_stopped() {
                    run.wait()?;
                    return Ok(JobEnd::Stopped);
                }
            }
        }
        run.write(&source, true)?;
        run.wait()?;
        Ok(JobEnd::Whole { kept: 0 })
    }

    fn begin<'a>(
        &'a self,
        store: &dyn OrganisationStore,
        sink: Option<&'a mut dyn Sink>,
        resolved: &Resolved,
    ) -> Result<Run<'a>, JobError> {
        let refused = Refused::open(
            self.refused.clone(),
            resolved.format(),
            resolved.names(),
            self.begun.refused_bytes,
        )?;
        Ok(Run {
            job: self,
            sink,
            imports: store.imports()?,
            history: store.history()?,
            refused,
            existing: resolved.options.existing,
            home: store::home(&store.accounts()?.configuration()?.1.rules),
            counts: self.begun.counts,
            bytes: self.begun.bytes_done,
            batch: Batch::new(self.import),
            writing: BTreeSet::new(),
            seen: BTreeSet::new(),
            turn: None,
            is_noted: self.begun.counts.rows > 0,
            shown: Vec::new(),
        })
    }
}

impl Run<'_> {
    fn take(&mut self, item: Item) -> Result<(), JobError> {
        let item = checked(item, self.home);
        self.counts.rows += 1;
        self.batch.rows += 1;
        let record = match item.record {
            Ok(record) => record,
            Err(refusal) => return self.refuse(item.line, &item.original, &refusal.0),
        };
        let keys = match self.existing {
            ExistingCustomers::Create => Vec::new(),
            ExistingCustomers::Skip | ExistingCustomers::Update => keys(&record, self.home),
        };
        if let Some(sink) = &self.sink
            && self.existing == ExistingCustomers::Update
        {
            self.turn.get_or_insert_with(|| sink.turn());
        }
        let is_again = if self.sink.is_some() {
            if keys.iter().any(|key| self.is_underway(key)) {
                self.write_now()?;
            }
            self.batch.keys.extend(keys.iter().cloned());
            false
        } else {
            self.is_seen(&keys)
        };
        let fate = if is_again {
            Fate::Skip
        } else {
            let store = (self.imports.as_ref(), self.history.as_ref());
            let (existing, import) = (self.existing, self.job.import);
            decide(record, &keys, existing, import, self.home, store)?
        };
        match fate {
            Fate::Skip if is_again && self.existing == ExistingCustomers::Update => {
                self.counts.updated += 1;
            }
            Fate::Skip => self.counts.skipped += 1,
            Fate::Add(record) => {
                self.counts.created += 1;
                self.batch.new.records.push(*record);
            }
            Fate::Change(customer, events) => {
                self.counts.updated += 1;
                self.batch.new.changes.push((customer, events));
            }
        }
        Ok(())
    }

    fn is_seen(&mut self, keys: &[Key]) -> bool {
        let mut is_seen = false;
        for key in keys {
            let mut hasher = std::hash::DefaultHasher::new();
            std::hash::Hash::hash(&(key.0 as u8, &key.1), &mut hasher);
            let hash = std::hash::Hasher::finish(&hasher);
            if self.seen.len() < KEYS_REMEMBERED {
                is_seen |= !self.seen.insert(hash);
            } else {
                is_seen |= self.seen.contains(&hash);
            }
        }
        is_seen
    }

    fn is_underway(&self, key: &Key) -> bool {
        self.batch.keys.contains(key) || self.writing.contains(key)
    }

    fn refuse(&mut self, line: u64, original: &Original, reason: &str) -> Result<(), JobError> {
        self.counts.refused += 1;
        match original {
            Original::Row(row) => self.refused.row(row, reason)?,
            Original::Text(text) => self.refused.text(line, text, reason)?,
            Original::Card(text) => self.refused.card(text, reason)?,
        }
        if self.shown.len() < REFUSED_SHOWN {
            self.shown.push(RefusedRow {
                line,
                reason: reason.to_owned(),
            });
        }
        Ok(())
    }

    /// Hands the batch over, once the one before it is on the disk.
    fn write(&mut self, source: &Source, is_last: bool) -> Result<(), JobError> {
        self.bytes = source.bytes();
        self.hand_over(is_last)
    }

    /// Somebody stands in the file twice: the store has to know them before it is asked again.
    fn write_now(&mut self) -> Result<(), JobError> {
        self.hand_over(false)?;
        self.wait()
    }

    fn hand_over(&mut self, is_last: bool) -> Result<(), JobError> {
        self.refused.flush()?;
        let (counts, shown, bytes) = (self.counts, self.shown.clone(), self.bytes);
        let Some(sink) = &mut self.sink else {
            self.batch = Batch::new(self.job.import);
            self.tell(counts, shown, bytes);
            return Ok(());
        };
        let mut batch = std::mem::replace(&mut self.batch, Batch::new(self.job.import));
        batch.new.advanced = Some(RecordEvent::ImportAdvanced {
            import: self.job.import,
            counts,
            refused_bytes: self.refused.bytes(),
            bytes_done: bytes,
        });
        let subject = format!("import {}", self.job.import);
        let what = match (self.is_noted, is_last) {
            (_, true) => Some("import_done"),
            (false, false) => Some("import_begun"),
            (true, false) => None,
        };
        self.is_noted = true;
        batch.new.note = what.map(|what| AuditNote {
            at: self.job.now,
            by: self.job.by.clone(),
            what: what.to_owned(),
            subject,
        });
        sink.write(batch.new)?;
        if self.turn.is_some() {
            sink.wait()?;
            self.turn = None;
        }
        self.writing = batch.keys;
        self.tell(counts, shown, bytes);
        Ok(())
    }

    fn tell(&self, counts: ImportCounts, shown: Vec<RefusedRow>, bytes: u64) {
        self.job.progress.change(|report| {
            report.counts = counts;
            report.bytes_done = bytes;
            report.refused = shown;
        });
    }

    fn wait(&mut self) -> Result<(), JobError> {
        if let Some(sink) = &mut self.sink {
            sink.wait()?;
        }
        self.writing.clear();
        Ok(())
    }
}
