//! The actor: drains its inbox into a batch, decides, commits, and only then releases what the batch causes.
//!
//! While one batch is with the storage thread, the next one is being decided.

use super::commits::{Committing, QUEUES_EVERY, Trouble, committed, loaded};
use super::customers::No;
use super::directory::Directory;
use super::effects::OpenBatch;
use super::inbox::{Edit, EditError, Input, LinkId, Out, Question};
use super::limits::CallLimits;
use super::live::Live;
use super::people::People;
use super::readers::Readers;
use super::records::Records;
use super::recovery::DoneCommands;
use super::stepped::Rereading;
use super::storage::Storage;
use crate::clock::Clock;
use crate::metrics::Metrics;
use acd::{Center, Command, Event, Refusal, What};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{DoneCommand, Entry, JournalEntry, RecordEvent};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Duration, Instant};
use vocab::{CommandId, Millis, QueueId};

/// Inputs taken at one go.
const DRAIN: usize = 256;

/// Entries decided while the last batch commits; beyond it the inbox waits.
const BATCH_ENTRIES: usize = 4_096;

/// What is over is forgotten this often.
const PRUNE_EVERY: Duration = Duration::from_secs(60);

/// Clients that could not be served because of the store come back after this.
pub(crate) const STORAGE_RETRY_MS: u64 = 1_000;

pub(crate) struct Actor {
    pub(crate) center: Center,
    pub(crate) clock: Clock,
    pub(crate) now: Millis,
    /// The same moment without the steps of the clock.
    pub(crate) steady: Millis,
    pub(crate) seq: u64,
    pub(crate) last_customer: u64,
    pub(crate) records: Records,
    pub(crate) people: People,
    pub(crate) limits: CallLimits,
    pub(crate) done: DoneCommands,
    pub(crate) batch: OpenBatch,
    pub(crate) directory: Arc<Directory>,
    pub(crate) directory_out: watch::Sender<Arc<Directory>>,
    pub(crate) readers: Readers,
    pub(crate) inbox: mpsc::Sender<Input>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) storage: Storage,
    pub(crate) is_healthy: Arc<AtomicBool>,
    pub(crate) committing: Option<Committing>,
    pub(crate) trouble: Trouble,
    pub(crate) live: Live,
    /// After the clock was set, until the day by it is read.
    pub(crate) rereading: Option<Rereading>,
    /// Queues that left the settings are kept until they are empty.
    pub(crate) kept_queues: BTreeSet<QueueId>,
    pub(crate) queues_dirty: BTreeSet<QueueId>,
    pub(crate) is_floor_dirty: bool,
    pub(crate) queues_sent: Instant,
    pub(crate) pruned: Instant,
    pub(crate) is_stopping: bool,
}

impl Actor {
    pub(crate) async fn live(mut self, mut inbox: mpsc::Receiver<Input>) {
        let mut inputs = Vec::with_capacity(DRAIN);
        let mut steps = crate::clock::steps();
        loop {
            let wake_at = self.wake_at();
            let has_room = self.batch.entries.len() < BATCH_ENTRIES;
            tokio::select! {
                biased;
                result = committed(&mut self.committing) => self.on_committed(result),
                loaded = loaded(&mut self.trouble) => self.on_loaded(loaded).await,
                _ = inbox.recv_many(&mut inputs, DRAIN), if has_room => {}
                _ = steps.changed() => {}
                () = tokio::time::sleep_until(wake_at) => {}
            }
            self.follow_clock();
            for input in inputs.drain(..) {
                self.take(input);
            }
            self.on_time();
            self.seal();
            if self.is_stopping && self.committing.is_none() {
                break;
            }
        }
        tracing::info!(organisation = %self.directory.organisation.slug, "engine stopped");
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::AgentHello(hello) => self.agent_hello(*hello),
            Input::CustomerHello(hello) => self.customer_hello(*hello),
            Input::Closed { link } => self.closed(link),
            Input::Agent { link, id, command } => {
                if self.may_do(link, id) {
                    self.agent_command(link, id, command);
                }
            }
            Input::Customer { link, id, command } => {
                if self.may_do(link, id) {
                    self.customer_command(link, id, command);
                }
            }
            Input::Signal {
                link,
                interaction,
                to,
                signal,
            } => self.signal(link, interaction, to, *signal),
            Input::Recognised(answer) => {
                if self.trouble.is_none() {
                    self.recognised(*answer);
                } else {
                    self.refuse_for_storage(answer.link, answer.id);
                    if let Some(customer) = self.people.customers.get_mut(&answer.link) {
                        customer.calling = None;
                    }
                }
            }
            Input::OwnershipRead {
                link,
                id,
                addition,
                whose,
            } => {
                if self.trouble.is_none() {
                    self.ownership_read(link, id, addition, whose);
                } else {
                    self.refuse_for_storage(link, id);
                }
            }
            Input::Edit { edit, done } => self.take_edit(*edit, done),
            Input::Add { new, first, done } => {
                let added = self.may_edit().and_then(|()| self.add_records(*new));
                let added = added.map(|number| {
                    // Whoever asked may have stopped waiting.
                    let _ = first.send(number);
                });
                self.settle(added, done);
            }
            Input::Redact { events, done } => self.redact(events, done),
            Input::SignInExpired { link } => self.sign_in_expired(link),
            Input::SignsOut { agent, token } => self.signs_out(agent, token),
            Input::Directory(directory) => self.configure(directory),
            Input::LimitBit { limit } => self.tell_bite(limit),
            Input::Question(question) => self.answer_question(question),
            Input::FiguresRead(read) => self.figures_read(*read),
            Input::RemoveFromLine { removal, done } => {
                let removed = self.may_edit().map(|()| self.remove_from_line(removal));
                self.settle(removed, done);
            }
            Input::Force { forced, done } => {
                let decided = self.may_edit().and_then(|()| self.force(forced));
                self.settle(decided, done);
            }
            Input::Stop => self.is_stopping = true,
        }
    }

    fn take_edit(&mut self, edit: Edit, done: oneshot::Sender<Result<(), EditError>>) {
        let Edit {
            customer,
            events,
            note,
        } = edit;
        let edited = self
            .may_edit()
            .and_then(|()| self.edit(customer, events, note));
        self.settle(edited, done);
    }

    fn redact(&mut self, events: Vec<RecordEvent>, done: oneshot::Sender<Result<(), EditError>>) {
        let redacted = self.may_edit();
        if redacted.is_ok() {
            events
                .into_iter()
                .for_each(|event| self.journal_record(event));
        }
        self.settle(redacted, done);
    }

    /// Whoever asks may have stopped waiting.
    fn answer_question(&mut self, question: Question) {
        match question {
            Question::Gauges { reply } => drop(reply.send(self.gauges())),
            Question::Figures { with_agents, reply } => {
                drop(reply.send(self.figures_now(with_agents)));
            }
            Question::Intervals { queue, reply } => drop(reply.send(self.intervals_now(queue))),
            Question::WorksWith {
                agent,
                customer,
                reply,
            } => {
                let mut work = self.center.work_of(agent);
                let is_theirs = work.any(|interaction| {
                    let open = self.center.interaction(interaction);
                    open.is_some_and(|open| open.customer == customer)
                });
                // Whoever asked may have stopped waiting.
                let _ = reply.send(is_theirs);
            }
            Question::Line { queue, reply } => drop(reply.send(self.line_now(queue))),
        }
    }

    fn may_edit(&self) -> Result<(), EditError> {
        if self.trouble.is_none() {
            Ok(())
        } else {
            Err(EditError::StorageFailed)
        }
    }

    /// A change is confirmed when it is committed; a refusal at once.
    fn settle(
        &mut self,
        edited: Result<(), EditError>,
        done: oneshot::Sender<Result<(), EditError>>,
    ) {
        match edited {
            Ok(()) => self.batch.release.edits.push(done),
            Err(err) => {
                // Whoever asked may have stopped waiting.
                let _ = done.send(Err(err));
            }
        }
    }

    /// False when the command was answered already: the store fails, or it is a repetition.
    fn may_do(&mut self, link: LinkId, id: CommandId) -> bool {
        let Some(owner) = self
            .people
            .owner_of(link)
            .filter(|_| self.people.has_link(link))
        else {
            return false;
        };
        if !self.trouble.is_none() {
            self.refuse_for_storage(link, id);
            return false;
        }
        if self.done.contains(owner, id) {
            self.answer_repeated(link, id);
            return false;
        }
        true
    }

    /// Decides and notes what was decided. On a refusal nothing has changed.
    pub(crate) fn run(&mut self, command: Command) -> Result<(), Refusal> {
        let events = self.center.handle(self.now, command)?;
        self.journal_routing(events);
        Ok(())
    }

    pub(crate) fn journal_routing(&mut self, events: Vec<Event>) {
        for event in events {
            self.mark_queues(&event);
            self.records.observe(&event);
            self.live.apply(&event);
            self.keep_for_rereading(&event);
            self.note_handover(&event);
            self.batch.affected.observe(&event);
            let is_step = matches!(event.what, What::ClockStepped { .. });
            self.journal(event.at, Entry::Routing { event });
            if is_step {
                self.rereads_figures();
            }
        }
    }

    pub(crate) fn journal_record(&mut self, event: RecordEvent) {
        self.journal(self.now, Entry::Record { event });
    }

    fn journal(&mut self, at: Millis, entry: Entry) {
        self.seq += 1;
        self.batch.entries.push(JournalEntry {
            seq: self.seq,
            at,
            entry,
        });
    }

    fn mark_queues(&mut self, event: &Event) {
        let mut affected = super::effects::Affected::default();
        affected.observe(event);
        if affected.is_everybody {
            self.queues_dirty
                .extend(self.directory.queues.keys().copied());
        }
        self.is_floor_dirty |= affected.is_everybody || !affected.agents.is_empty();
        if let What::Transferred { queue, .. } | What::Overflowed { queue, .. } = event.what {
            self.queues_dirty.insert(queue);
        }
        for interaction in &affected.interactions {
            let queue = self
                .records
                .open
                .get(interaction)
                .map(|record| record.queue);
            self.queues_dirty.extend(queue);
        }
        for agent in &affected.agents {
            let queues = self.center.agent(*agent).map(|view| view.queues);
            self.queues_dirty.extend(queues.into_iter().flatten());
        }
    }

    /// Settles a command: remembered and acknowledged at the commit, or refused.
    pub(crate) fn answer(&mut self, link: LinkId, id: CommandId, result: Result<(), No>) {
        match result {
            Ok(()) => {
                self.metrics.commands_done.fetch_add(1, Ordering::Relaxed);
                // One whose link has just closed is done all the same; nobody is left to repeat it under another name.
                if let Some(owner) = self.people.owner_of(link) {
                    self.done.insert(owner, id);
                    let at = self.steady;
                    self.batch.done.push(DoneCommand { owner, id, at });
                }
                self.batch.release.commands.push((link, id));
            }
            Err((code, hint)) => {
                self.metrics
                    .commands_refused
                    .fetch_add(1, Ordering::Relaxed);
                let out = Out::Refused {
                    id: Some(id),
                    code,
                    hint,
                    retry_after_ms: None,
                };
                self.batch.release.answers.push((link, out));
            }
        }
    }

    /// Acknowledged again, though not before its own commit.
    pub(crate) fn answer_repeated(&mut self, link: LinkId, id: CommandId) {
        self.batch.release.answers.push((link, Out::Ack(id)));
    }

    pub(crate) fn send_now(&mut self, link: LinkId, out: Out) {
        if !self.people.deliver(link, out) {
            self.metrics
                .links_closed_slow
                .fetch_add(1, Ordering::Relaxed);
            tracing::warn!(link = link.0, "a link was too slow and is closed");
        }
    }

    fn on_time(&mut self) {
        if self.trouble.is_none() && self.center.next_deadline().is_some_and(|at| at <= self.now) {
            // A tick is never refused.
            let _ = self.run(Command::Tick);
        }
        let has_news = self.trouble.is_none() && !self.batch.entries.is_empty();
        if has_news && self.kept_queues.iter().any(|queue| self.is_empty(*queue)) {
            self.use_settings();
        }
        if let Trouble::WaitingUntil(at) = self.trouble
            && at <= Instant::now()
        {
            self.trouble = Trouble::Loading(self.storage.load());
        }
        if self.pruned.elapsed() >= PRUNE_EVERY {
            self.pruned = Instant::now();
            self.records.prune(&self.center, self.now);
            self.live.turn(self.now);
            if self.trouble.is_none() {
                if !self.kept_queues.is_empty() {
                    self.use_settings();
                }
                // Where nothing is asked for, no commit shows that the store is well again.
                self.is_healthy.store(true, Ordering::Relaxed);
            }
        }
    }

    fn wake_at(&self) -> Instant {
        let mut wake_at = self.pruned + PRUNE_EVERY;
        if self.trouble.is_none() {
            if let Some(deadline) = self.center.next_deadline() {
                let wait_ms = deadline.since(self.clock.now()).max(1);
                wake_at = wake_at.min(Instant::now() + Duration::from_millis(wait_ms));
            }
            if self.has_figures() {
                wake_at = wake_at.min(self.queues_sent + QUEUES_EVERY);
            }
        }
        if let Trouble::WaitingUntil(at) = self.trouble {
            wake_at = wake_at.min(at);
        }
        // A commit in progress wakes by itself; a passed moment must not spin meanwhile.
        wake_at.max(Instant::now() + Duration::from_millis(1))
    }
}
