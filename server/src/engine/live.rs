//! Live figures: the fold of every routing event, and what REST is told of it.

use super::actor::Actor;
use super::directory::Directory;
use super::inbox::{Engine, Input, Question};
use acd::Event;
use figures::{Activity, Figures, Settings, Thresholds};
use hours::Zone;
use protocol::figures::{
    AgentCounts, AgentFigures, FiguresNow, QueueCounts, QueueFigures, QueueInterval, QueueIntervals,
};
use protocol::work::Presence;
use store::{Entry, Past};
use tokio::sync::oneshot;
use vocab::{AgentId, Millis, NotReadyReason, QueueId};

/// Everything that can be a reason, for the sum of the time not ready.
const REASONS: [NotReadyReason; 8] = [
    NotReadyReason::JustSignedIn,
    NotReadyReason::Break,
    NotReadyReason::Lunch,
    NotReadyReason::Meeting,
    NotReadyReason::Training,
    NotReadyReason::Admin,
    NotReadyReason::Missed,
    NotReadyReason::Microphone,
];

/// Entries of the day that a start reads; beyond it the figures begin later than the day. It takes about a second.
const MOST_READ: u64 = 200_000;

const READ_AT_ONCE: u32 = 5_000;

/// The fold, and when its day and its quarter of an hour end.
#[derive(Debug)]
pub(crate) struct Live {
    figures: Figures,
    /// The wall clock by which a day begins.
    zone: Zone,
    day_ends: Millis,
    interval_ends: Millis,
}

impl Live {
    /// Folds the day so far from the journal, or as much of it as a start may take the time for. Without it figures begin
    /// now: nobody waits for an engine because of them.
    pub(crate) fn read(
        past: &dyn Past,
        directory: &Directory,
        (now, last_seq): (Millis, u64),
    ) -> Self {
        let mut live = Self::begun(directory, now);
        if let Err(err) = live.fold(past, now, last_seq) {
            tracing::warn!(%err, "the day's figures cannot be read from the journal; they begin now");
            live = Self::begun(directory, now);
        }
        live
    }

    fn begun(directory: &Directory, now: Millis) -> Self {
        let zone = zone_of(directory);
        let mut figures = Figures::new(thresholds(directory));
        figures.begin_window(now);
        Self {
            figures,
            day_ends: zone.next_midnight(now),
            interval_ends: next_interval(now),
            zone,
        }
    }

    fn fold(&mut self, past: &dyn Past, now: Millis, last_seq: u64) -> store::Result<()> {
        let midnight = self.zone.midnight_before(now);
        let mut after = past.last_before(midnight)?;
        let mut window = midnight;
        if last_seq.saturating_sub(after) > MOST_READ {
            after = last_seq - MOST_READ;
            let first = past.entries(after, 1)?;
            window = first.first().map_or(now, |entry| entry.at);
        }
        self.figures = Figures::new(self.figures.settings().clone());
        self.figures.begin_window(window);
        while after < last_seq {
            let entries = past.entries(after, READ_AT_ONCE)?;
            let Some(last) = entries.last() else { break };
            after = last.seq;
            for entry in &entries {
                if let Entry::Routing { event } = &entry.entry {
                    self.figures.apply(event);
                }
            }
        }
        Ok(())
    }

    pub(crate) fn apply(&mut self, event: &Event) {
        self.turn(event.at);
        self.figures.apply(event);
    }

    /// Days and quarters of an hour that are over by now.
    pub(crate) fn turn(&mut self, now: Millis) {
        if now >= self.interval_ends {
            // Reports will keep them; the wallboard's curve stays in the fold.
            drop(self.figures.close_intervals(now));
            self.interval_ends = next_interval(now);
        }
        if now >= self.day_ends {
            self.figures.begin_window(self.zone.midnight_before(now));
            self.day_ends = self.zone.next_midnight(now);
        }
    }

    pub(crate) fn set(&mut self, directory: &Directory) {
        self.figures.set_settings(thresholds(directory));
    }
}

fn next_interval(now: Millis) -> Millis {
    figures::interval_of(now).plus(figures::INTERVAL_MS)
}

/// Of the organisation's first hours; without any, days are those of UTC.
fn zone_of(directory: &Directory) -> Zone {
    let schedules = directory.config.schedules.iter();
    let mut named = schedules.filter_map(|schedule| Zone::named(&schedule.hours.zone));
    named.next().unwrap_or_default()
}

fn thresholds(directory: &Directory) -> Settings {
    let of_queues = directory.queues.values().map(|row| {
        let thresholds = Thresholds {
            answer_within_ms: row.settings.answer_within_ms,
            short_abandon_ms: row.settings.short_abandon_ms,
        };
        (row.id, thresholds)
    });
    Settings {
        usual: Thresholds::default(),
        queues: of_queues.collect(),
    }
}

impl Engine {
    /// The figures as they stand; nothing when the actor has stopped.
    pub async fn figures(&self, with_agents: bool) -> Option<FiguresNow> {
        let (reply, figures) = oneshot::channel();
        let question = Question::Figures { with_agents, reply };
        self.send(Input::Question(question)).await.ok()?;
        figures.await.ok()
    }

    /// A queue's kept quarters of an hour; nothing when the actor has stopped.
    pub async fn intervals(&self, queue: QueueId) -> Option<QueueIntervals> {
        let (reply, intervals) = oneshot::channel();
        let question = Question::Intervals { queue, reply };
        self.send(Input::Question(question)).await.ok()?;
        intervals.await.ok()
    }
}

impl Actor {
    pub(crate) fn figures_now(&mut self, with_agents: bool) -> FiguresNow {
        self.live.turn(self.now);
        let queues: Vec<QueueId> = self.directory.queues.keys().copied().collect();
        let agents = self.directory.users.keys().filter(|_| with_agents);
        let agents: Vec<AgentId> = agents.copied().collect();
        FiguresNow {
            at: self.now,
            since: self.live.figures.window_began(),
            queues: queues
                .into_iter()
                .filter_map(|id| self.queue_now(id))
                .collect(),
            agents: agents
                .into_iter()
                .filter_map(|id| self.agent_now(id))
                .collect(),
        }
    }

    pub(crate) fn intervals_now(&mut self, queue: QueueId) -> QueueIntervals {
        self.live.turn(self.now);
        let look = self.live.figures.at(self.now);
        let intervals = look.queue_intervals(queue).into_iter();
        QueueIntervals {
            queue,
            intervals: intervals
                .map(|(begins_at, figures)| QueueInterval {
                    begins_at,
                    counts: counts(&figures),
                })
                .collect(),
        }
    }

    fn queue_now(&self, id: QueueId) -> Option<QueueFigures> {
        let row = self.directory.queues.get(&id)?;
        let view = self.center.queue(id)?;
        let now = self.live.figures.at(self.now).queue(id).unwrap_or_default();
        Some(QueueFigures {
            queue: id,
            code: row.settings.code.clone(),
            name: row.settings.name.clone(),
            is_open: self.center.is_open(id),
            opens_at: self.center.opens_at(id),
            waiting: view.waiting,
            ringing: now.ringing,
            callbacks: view.callbacks,
            longest_since: view.longest_since,
            talking: now.talking,
            held: now.held,
            wrap_up: now.wrap_up,
            agents_ready: view.agents_ready,
            agents_staffed: view.agents_staffed,
            expected_wait_ms: self.center.expected_wait_of_newcomer_ms(id),
            answer_within_ms: row.settings.answer_within_ms,
            day: counts(&now.window),
        })
    }

    fn agent_now(&self, id: AgentId) -> Option<AgentFigures> {
        let user = self.directory.users.get(&id)?;
        let view = self.center.agent(id)?;
        let now = self.live.figures.at(self.now).agent(id);
        Some(AgentFigures {
            agent: id,
            user: user.user.clone(),
            name: user.name.clone(),
            presence: Presence {
                state: view.state,
                since: view.since,
                next: view.next,
            },
            day: now.map(|now| agent_counts(&now.window)).unwrap_or_default(),
        })
    }
}

fn counts(figures: &figures::QueueFigures) -> QueueCounts {
    QueueCounts {
        offered: figures.offered,
        answered: figures.answered,
        answered_within: figures.answered_within,
        abandoned: figures.abandoned,
        short_abandoned: figures.short_abandoned,
        called_back: figures.called_back,
        callbacks_lost: figures.callbacks_lost,
        turned_away: figures.turned_away,
        overflowed_in: figures.overflowed_in,
        overflowed_out: figures.overflowed_out,
        transferred_in: figures.transferred_in,
        returned: figures.returned,
        handled: figures.handled,
        service_level_of_answered: figures.service_level_of_answered(),
        service_level_of_answered_and_abandoned: figures.service_level_of_answered_and_abandoned(),
        service_level_of_offered: figures.service_level_of_offered(),
        asa_ms: figures.asa_ms(),
        aht_ms: figures.aht_ms(),
        abandonment: figures.abandonment(),
    }
}

fn agent_counts(figures: &figures::AgentFigures) -> AgentCounts {
    let ms = |activity| figures.times.ms(activity);
    AgentCounts {
        handled: figures.handled,
        missed: figures.missed,
        declined: figures.declined,
        consults: figures.consults,
        ready_ms: ms(Activity::Ready),
        ringing_ms: ms(Activity::Ringing),
        talking_ms: ms(Activity::Talking),
        held_ms: ms(Activity::Held),
        wrap_up_ms: ms(Activity::WrapUp),
        not_ready_ms: REASONS.iter().map(|why| ms(Activity::NotReady(*why))).sum(),
        occupancy: figures.occupancy(),
        aht_ms: figures.aht_ms(),
    }
}
