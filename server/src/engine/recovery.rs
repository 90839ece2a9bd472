//! Starting an organisation's engine, and starting over after a failed commit: snapshot, tail, and who is really here.

use super::actor::{Actor, STORAGE_RETRY_MS};
use super::commits::Trouble;
use super::customers::STORAGE;
use super::directory::Directory;
use super::effects::{OpenBatch, Release};
use super::handovers::handed;
use super::inbox::{EditError, Engine, INBOX_CAPACITY, Out, VisitorKey};
use super::limits::CallLimits;
use super::live::Live;
use super::people::{People, ShownToAgent};
use super::readers::Readers;
use super::recognition::suggestions;
use super::records::{EndedCall, OpenRecord, POP_INTERACTIONS, Records, consent, trimmed};
use super::snapshots::Snapshots;
use super::stepped::{journals_now, resumed};
use super::storage::Storage;
use crate::config::Limits;
use crate::metrics::Metrics;
use acd::{Center, Command, Stage};
use protocol::link::ErrorCode;
use protocol::rest::{Happened, HappenedWhat};
use protocol::work::{CustomerPop, RecognisedBy};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{
    COMMANDS_RECOVERED, CommandOwner, DoneCommand, History, OrganisationStore, Past, Recovered,
    StoreError,
};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant};
use vocab::{AgentState, CommandId, InteractionId, Millis, PeerLink, RecordingState, Sensitive};

/// Why an organisation cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("organisation {organisation}: {source}")]
    Store {
        organisation: String,
        source: StoreError,
    },
    #[error("the storage thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// The commands done lately, oldest forgotten first.
#[derive(Debug, Default)]
pub(crate) struct DoneCommands {
    known: HashSet<(CommandOwner, CommandId)>,
    order: VecDeque<(CommandOwner, CommandId)>,
}

impl DoneCommands {
    fn new(done: &[DoneCommand]) -> Self {
        let mut this = Self::default();
        for command in done {
            this.insert(command.owner, command.id);
        }
        this
    }

    pub(crate) fn contains(&self, owner: CommandOwner, id: CommandId) -> bool {
        self.known.contains(&(owner, id)) || self.known.contains(&(CommandOwner::Unknown, id))
    }

    pub(crate) fn insert(&mut self, owner: CommandOwner, id: CommandId) {
        if self.known.insert((owner, id)) {
            self.order.push_back((owner, id));
        }
        if self.order.len() > COMMANDS_RECOVERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

/// Reads the organisation back and starts its actor.
///
/// # Errors
/// [`StartError`] when the store cannot be read; the operator is told and the organisation is not served.
pub fn start(
    store: Arc<dyn OrganisationStore>,
    metrics: Arc<Metrics>,
    limits: Limits,
) -> Result<(Engine, JoinHandle<()>), StartError> {
    let directory = read_directory(store.as_ref())?;
    let slug = directory.organisation.slug.clone();
    let failed = |source| StartError::Store {
        organisation: slug.to_string(),
        source,
    };
    let mut journal = store.journal().map_err(failed)?;
    let recovered = journal.load().map_err(failed)?;
    let history = store.history().map_err(failed)?;
    let records = read_records(&recovered, history.as_ref(), &directory).map_err(failed)?;
    let past = store.past().map_err(failed)?;
    let clock = resumed(store.as_ref(), &recovered).map_err(failed)?;
    let look = clock.look();
    let at = journals_now(look, &recovered.center);
    let live = day_so_far(past.as_ref(), &directory, &recovered, at);
    let snapshots = Snapshots::start(past, recovered.last_seq - recovered.snapshot_seq)?;
    let readers = Readers::new(store);
    let (inbox, inputs) = mpsc::channel(INBOX_CAPACITY);
    let (directory_out, directory_in) = watch::channel(Arc::clone(&directory));
    let is_healthy = Arc::new(AtomicBool::new(true));
    let long_ago = Instant::now();
    let mut actor = Actor {
        center: recovered.center,
        clock,
        now: look.now,
        steady: look.steady(),
        seq: recovered.last_seq,
        last_customer: recovered.last_customer.0,
        records,
        people: People::default(),
        limits: CallLimits::new(limits, std::time::Instant::now()),
        done: DoneCommands::new(&recovered.done),
        batch: OpenBatch::default(),
        directory: Arc::clone(&directory),
        directory_out,
        readers: readers.clone(),
        inbox: inbox.clone(),
        storage: Storage::start(journal, snapshots, Arc::clone(&metrics))?,
        metrics,
        is_healthy: Arc::clone(&is_healthy),
        committing: None,
        trouble: Trouble::None,
        live,
        rereading: None,
        kept_queues: BTreeSet::new(),
        queues_dirty: BTreeSet::new(),
        is_floor_dirty: false,
        queues_sent: long_ago,
        pruned: long_ago,
        is_stopping: false,
    };
    actor.follow_clock();
    // No link outlived the last server: everybody believed present has a full lease from now on, and what fell due
    // while nobody could be reached is nobody's fault. It is never refused.
    let _ = actor.run(Command::ServerRestarted);
    actor.configure(directory);
    let engine = Engine {
        organisation: slug,
        inbox,
        directory: directory_in,
        readers,
        is_healthy,
        edit_turns: Arc::new(tokio::sync::Semaphore::new(1)),
        looks: Arc::default(),
        clock,
        soundness: Arc::default(),
        unwitnessed_ms: Arc::new(watch::channel(0).0),
    };
    Ok((engine, telemetry::spawn("engine", actor.live(inputs))))
}

/// Until it is read, the organisation has no name to put into an error.
fn read_directory(store: &dyn OrganisationStore) -> Result<Arc<Directory>, StartError> {
    let unnamed = |source| StartError::Store {
        organisation: String::new(),
        source,
    };
    let accounts = store.accounts().map_err(unnamed)?;
    let directory = Directory::read(accounts.as_ref()).map_err(unnamed)?;
    Ok(Arc::new(directory))
}

fn day_so_far(past: &dyn Past, directory: &Directory, recovered: &Recovered, at: Millis) -> Live {
    let live = Live::read(past, directory, (at, recovered.last_seq));
    live.unwrap_or_else(|err| Live::begun(&err, &recovered.center, directory, at))
}

/// What was known of the interactions that are open.
fn read_records(
    recovered: &Recovered,
    history: &dyn History,
    directory: &Directory,
) -> store::Result<Records> {
    let center = &recovered.center;
    if let Some(cut) = &recovered.cut {
        tracing::error!(
            first_bad_seq = cut.first_bad_seq,
            entries = cut.entries,
            why = %cut.why,
            "a damaged end of the journal was set aside"
        );
    }
    let mut records = Records::default();
    for interaction in center.interactions() {
        if let Some(record) = read_record(center, interaction, history, directory)? {
            if let Some(visitor) = &record.visitor {
                records.newest_of.insert(visitor.clone(), interaction);
            }
            records.open.insert(interaction, record);
        }
    }
    Ok(records)
}

fn read_record(
    center: &Center,
    interaction: InteractionId,
    history: &dyn History,
    directory: &Directory,
) -> store::Result<Option<OpenRecord>> {
    let Some(view) = center.interaction(interaction) else {
        return Ok(None);
    };
    let Some(mut customer) = history.customer(view.customer)? else {
        return Ok(None);
    };
    let Some(detail) = history.interaction(interaction)? else {
        return Ok(None);
    };
    let caller = history.caller(interaction)?;
    let last = history.last_interactions(view.customer, Some(interaction), POP_INTERACTIONS)?;
    let answered_at = match view.stage {
        Stage::Waiting | Stage::Ringing { .. } | Stage::CallingBack { .. } => {
            detail.summary.answered_at
        }
        Stage::Talking { since, .. } => Some(since),
        Stage::Held { answered_at, .. }
        | Stage::Consulting { answered_at, .. }
        | Stage::WrapUp { answered_at, .. } => Some(answered_at),
    };
    directory.write_numbers(&mut customer, view.queue);
    let given = detail.summary.given;
    let home = directory.home_of(view.queue);
    let by = caller
        .as_ref()
        .map_or(RecognisedBy::Nothing, |caller| caller.recognised_by);
    let pop = CustomerPop {
        may_be: suggestions(history, &given, home, (by, Some(view.customer)))?,
        given,
        customer,
        recognised_by: by,
        device: caller.as_ref().and_then(|c| c.device.clone()),
        place: caller.as_ref().and_then(|c| c.place.clone()),
        language: caller.as_ref().and_then(|c| c.language.clone()),
        page: caller.as_ref().and_then(|c| c.page.clone()),
        last_interactions: trimmed(last),
    };
    let answer = caller.as_ref().and_then(|c| c.recording_consent);
    Ok(Some(OpenRecord {
        recording_consent: consent(answer, view.entered_at),
        recording: answered_at.and_then(|_| recording_state(&detail.happened)),
        queue: view.queue,
        pop,
        topic: caller.as_ref().and_then(|c| c.topic.clone()),
        notes: detail.summary.notes,
        visitor: caller
            .and_then(|c| c.visitor)
            .map(Sensitive::into_inner)
            .map(VisitorKey),
        origin: None,
        agents: view.stage.people().collect(),
        answered_at,
        waiting_since: view.entered_at,
        is_away: matches!(view.customer_link, vocab::PeerLink::Away { .. }),
        handed: handed(&detail.happened, &detail.summary.queue_name),
    }))
}

/// Those of `ended` whose end is committed, with the stars that are: what was decided with the failed commit is not.
fn committed_of(
    ended: BTreeMap<InteractionId, EndedCall>,
    history: &dyn History,
) -> store::Result<Vec<EndedCall>> {
    let mut committed = Vec::new();
    for call in ended.into_values() {
        let Some(detail) = history.interaction(call.interaction)? else {
            continue;
        };
        let is_it = detail.summary.customer == call.customer;
        if let Some(ended_at) = detail.summary.ended_at.filter(|_| is_it) {
            committed.push(EndedCall {
                ended_at,
                is_rated: detail.summary.stars.is_some(),
                ..call
            });
        }
    }
    Ok(committed)
}

/// What the last word about a recording was.
fn recording_state(happened: &[Happened]) -> Option<RecordingState> {
    happened
        .iter()
        .rev()
        .find_map(|happened| match happened.what {
            HappenedWhat::RecordingStarted | HappenedWhat::RecordingResumed => {
                Some(Some(RecordingState::Running))
            }
            HappenedWhat::RecordingPaused => Some(Some(RecordingState::Paused)),
            HappenedWhat::RecordingEnded
            | HappenedWhat::Answered
            | HappenedWhat::Transferred
            | HappenedWhat::HandedOver
            | HappenedWhat::ReturnedToQueue => Some(None),
            _ => None,
        })
        .flatten()
}

impl Actor {
    /// Makes the centre's belief about links agree with the links there are; leases run from now on.
    pub(crate) fn reconcile(&mut self) {
        let agents: Vec<_> = self.center.agents().collect();
        for agent in agents {
            let Some(view) = self.center.agent(agent) else {
                continue;
            };
            let is_linked = self.people.agents.contains_key(&agent);
            let is_believed = !view.is_away && view.state != AgentState::Offline;
            let command = match (is_linked, is_believed) {
                (false, true) => Command::AgentDisconnected { agent },
                (true, false) => Command::AgentConnected { agent },
                _ => continue,
            };
            // Refused when the centre sees it the same way after all.
            let _ = self.run(command);
        }
        let interactions: Vec<_> = self.center.interactions().collect();
        for interaction in interactions {
            let Some(view) = self.center.interaction(interaction) else {
                continue;
            };
            if matches!(view.stage, Stage::WrapUp { .. }) {
                continue;
            }
            let is_linked = self
                .records
                .visitor(interaction)
                .is_some_and(|visitor| self.people.link_of(visitor).is_some());
            let is_believed = view.customer_link == PeerLink::Connected;
            let command = match (is_linked, is_believed) {
                (false, true) => Command::CustomerDisconnected { interaction },
                (true, false) => Command::CustomerConnected { interaction },
                _ => continue,
            };
            // Refused when the centre sees it the same way after all.
            let _ = self.run(command);
        }
    }

    /// Nothing of this batch, nor of the one decided on top of it, has happened.
    pub(crate) fn commit_failed(&mut self, err: &StoreError, release: Release) {
        self.metrics.commits_failed.fetch_add(1, Ordering::Relaxed);
        self.is_healthy.store(false, Ordering::Relaxed);
        tracing::error!(%err, "a commit failed; reading the journal back");
        let next = std::mem::take(&mut self.batch);
        self.refuse_all(release);
        self.refuse_all(next.release);
        self.trouble = if matches!(err, StoreError::Conflict { .. }) {
            self.dismiss_everybody();
            Trouble::Fenced
        } else {
            Trouble::Loading(self.storage.load())
        };
    }

    fn refuse_all(&mut self, release: Release) {
        for (link, id) in release.commands {
            self.refuse_for_storage(link, id);
        }
        for (link, out) in release.answers {
            // A refusal stands; an acknowledgement of a repetition may be of what was just lost.
            let out = match out {
                Out::Ack(id) => Out::Refused {
                    id: Some(id),
                    code: STORAGE.0,
                    hint: STORAGE.1,
                    retry_after_ms: None,
                },
                other => other,
            };
            self.send_now(link, out);
        }
        for edit in release.edits {
            let _ = edit.send(Err(EditError::StorageFailed));
        }
        for link in release.welcomes {
            let goodbye = Out::Goodbye {
                code: ErrorCode::StorageFailed,
                hint: "the server cannot write at the moment",
                retry_after_ms: Some(STORAGE_RETRY_MS),
            };
            self.send_now(link, goodbye);
            self.people.remove(link);
        }
    }

    fn dismiss_everybody(&mut self) {
        for link in self.people.links() {
            let goodbye = Out::Goodbye {
                code: ErrorCode::StorageFailed,
                hint: "another server has taken over",
                retry_after_ms: Some(STORAGE_RETRY_MS),
            };
            self.send_now(link, goodbye);
        }
        self.people = People::default();
    }

    /// What was folded of decisions that were not committed has not happened.
    async fn read_figures(&mut self) {
        self.rereading = None;
        let now = journals_now(self.clock.look(), &self.center);
        let (directory, at) = (Arc::clone(&self.directory), (now, self.seq));
        let read = self
            .readers
            .past_at_once(move |past| Live::read(past, &directory, at));
        self.live = read
            .await
            .unwrap_or_else(|err| Live::begun(&err, &self.center, &self.directory, now));
    }

    pub(crate) async fn on_loaded(&mut self, loaded: Result<Recovered, StoreError>) {
        let ended = self.records.ended.clone();
        let read = match loaded {
            Ok(recovered) => {
                let directory = Arc::clone(&self.directory);
                self.readers
                    .history(move |history| {
                        let mut records = read_records(&recovered, history, &directory)?;
                        records.remember(committed_of(ended, history)?);
                        Ok((recovered, records))
                    })
                    .await
            }
            Err(err) => Err(err),
        };
        let (recovered, records) = match read {
            Ok(both) => both,
            Err(err) => {
                tracing::error!(%err, "the journal could not be read back; trying again");
                let retry = Duration::from_millis(STORAGE_RETRY_MS);
                self.trouble = Trouble::WaitingUntil(Instant::now() + retry);
                return;
            }
        };
        self.center = recovered.center;
        let before = std::mem::replace(&mut self.records, records);
        self.records.take_origins(&before);
        self.done = DoneCommands::new(&recovered.done);
        self.seq = recovered.last_seq;
        self.last_customer = recovered.last_customer.0;
        self.read_figures().await;
        self.trouble = Trouble::None;
        // That it can be read says nothing about writing: the next commit does.
        self.follow_clock();
        // What screens were last sent may never have left: everything is sent anew, by difference to nothing.
        for present in self.people.agents.values_mut() {
            let work = std::mem::take(&mut present.shown.work);
            present.shown = ShownToAgent {
                work,
                is_watching: present.shown.is_watching,
                ..ShownToAgent::default()
            };
            for item in present.shown.work.values_mut() {
                item.entered_at = vocab::Millis::default();
            }
        }
        for customer in self.people.customers.values_mut() {
            customer.shown = Some(protocol::customer::CustomerStage::Idle);
            customer.calling = None;
        }
        self.batch.affected.is_everybody = true;
        self.reconcile();
        let directory = Arc::clone(&self.directory);
        self.configure(directory);
    }
}
