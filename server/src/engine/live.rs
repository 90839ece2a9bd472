//! Live figures: the fold of every routing event, and what REST is told of it.

use super::actor::Actor;
use super::day::{figures_of_day, quarters_of_agent, thresholds, zone_of};
use super::directory::Directory;
use super::inbox::{Engine, Input, Question};
use acd::{Center, Event, What};
use figures::{Activity, Figures};
use hours::Zone;
use protocol::figures::{
    AgentCounts, AgentFigures, AgentInterval, AgentIntervals, FiguresNow, QueueCounts,
    QueueFigures, QueueInterval, QueueIntervals,
};
use protocol::work::Presence;
use store::{Past, StoreError};
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
    /// Folds the day so far from the journal, or as much of it as a start may take the time for.
    pub(crate) fn read(
        past: &dyn Past,
        directory: &Directory,
        (now, last_seq): (Millis, u64),
    ) -> store::Result<Self> {
        let mut figures = figures_of_day(past, directory, (now, last_seq))?;
        drop(figures.close_intervals(now));
        Ok(Self::of(figures, zone_of(directory), now))
    }

    /// The day cannot be read and begins now, with what goes on: nobody waits for an engine because of figures.
    pub(crate) fn begun(
        why: &StoreError,
        center: &Center,
        directory: &Directory,
        now: Millis,
    ) -> Self {
        tracing::warn!(%why, "the day's figures cannot be read from the journal; they begin now");
        let figures = Figures::begun(thresholds(directory), center, now);
        Self::of(figures, zone_of(directory), now)
    }

    fn of(figures: Figures, zone: Zone, now: Millis) -> Self {
        Self {
            figures,
            day_ends: zone.next_midnight(now),
            interval_ends: next_interval(now),
            zone,
        }
    }

    pub(crate) fn apply(&mut self, event: &Event) {
        if let What::ClockStepped { .. } = event.what {
            self.figures.apply(event);
            self.day_ends = self.zone.next_midnight(event.at);
            self.interval_ends = next_interval(event.at);
            return;
        }
        self.turn(event.at);
        self.figures.apply(event);
    }

    /// Days and quarters of an hour that are over by now.
    pub(crate) fn turn(&mut self, now: Millis) {
        if now >= self.interval_ends {
            // Agents' are folded from the journal when somebody asks; the wallboard's curve stays here.
            drop(self.figures.close_intervals(now));
            self.interval_ends = next_interval(now);
        }
        if now >= self.day_ends {
            self.figures.begin_window(self.zone.midnight_before(now));
            self.day_ends = self.zone.next_midnight(now);
        }
    }

    /// Another zone counts from its next midnight.
    pub(crate) fn set(&mut self, directory: &Directory, now: Millis) {
        self.figures.set_settings(thresholds(directory));
        self.set_zone(zone_of(directory), now);
    }

    fn set_zone(&mut self, zone: Zone, now: Millis) {
        // A day that is over is over by the clock it began by.
        self.turn(now);
        self.day_ends = zone.next_midnight(now);
        self.zone = zone;
    }
}

fn next_interval(now: Millis) -> Millis {
    figures::interval_of(now).plus(figures::INTERVAL_MS)
}

impl Engine {
    /// The figures as they stand; nothing when the actor has stopped.
    pub async fn figures(&self, with_agents: bool) -> Option<FiguresNow> {
        let (reply, figures) = oneshot::channel();
        let question = Question::Figures { with_agents, reply };
        self.send(Input::Question(question)).await.ok()?;
        figures.await.ok()
    }

    /// An agent's quarters of an hour of the day, from the journal.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn agent_intervals(&self, agent: AgentId) -> store::Result<AgentIntervals> {
        let (directory, now) = (self.directory(), self.now());
        let read = self.readers.past(move |past| {
            let last = past.last_before(Millis(u64::MAX >> 1))?;
            quarters_of_agent(past, &directory, (now, last), agent)
        });
        let (since, quarters) = read.await?;
        let interval = |(begins_at, figures)| AgentInterval {
            begins_at,
            counts: agent_counts(&figures),
        };
        Ok(AgentIntervals {
            agent,
            since,
            intervals: quarters.into_iter().map(interval).collect(),
        })
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

    /// Nobody waits in it, and nobody's conversation or wrap-up is of it.
    pub(crate) fn is_empty(&self, queue: QueueId) -> bool {
        let now = self.live.figures.at(self.now).queue(queue);
        now.is_none_or(|now| now.waiting + now.talking + now.held + now.wrap_up == 0)
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
        removed: figures.removed,
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
        calling_back_ms: ms(Activity::CallingBack),
        talking_ms: ms(Activity::Talking),
        held_ms: ms(Activity::Held),
        wrap_up_ms: ms(Activity::WrapUp),
        not_ready_ms: REASONS.iter().map(|why| ms(Activity::NotReady(*why))).sum(),
        occupancy: figures.occupancy(),
        aht_ms: figures.aht_ms(),
    }
}

#[cfg(test)]
mod tests {
    use super::Live;
    use figures::{Figures, Settings};
    use hours::Zone;
    use vocab::Millis;

    const HOUR: u64 = 3_600_000;
    /// A midnight of UTC.
    const MIDNIGHT: u64 = 20_000 * 24 * HOUR;

    fn live(zone: &str, now: u64) -> Live {
        let zone = Zone::named(zone).expect("it is a zone");
        let mut figures = Figures::new(Settings::default());
        figures.begin_window(zone.midnight_before(Millis(now)));
        Live::of(figures, zone, Millis(now))
    }

    #[test]
    fn a_day_turns_at_midnight_of_its_zone() {
        let mut live = live("Asia/Tokyo", MIDNIGHT + 14 * HOUR);
        assert_eq!(live.figures.window_began(), Millis(MIDNIGHT - 9 * HOUR));
        live.turn(Millis(MIDNIGHT + 15 * HOUR - 1));
        assert_eq!(live.figures.window_began(), Millis(MIDNIGHT - 9 * HOUR));
        live.turn(Millis(MIDNIGHT + 15 * HOUR));
        assert_eq!(live.figures.window_began(), Millis(MIDNIGHT + 15 * HOUR));
    }

    #[test]
    fn settings_that_change_just_after_midnight_do_not_keep_yesterday() {
        let mut live = live("UTC", MIDNIGHT + 23 * HOUR);
        let now = Millis(MIDNIGHT + 24 * HOUR + 10_000);
        live.set_zone(Zone::named("Asia/Tokyo").expect("it is a zone"), now);
        assert_eq!(live.figures.window_began(), Millis(MIDNIGHT + 24 * HOUR));
        live.turn(Millis(MIDNIGHT + 39 * HOUR));
        assert_eq!(
            live.figures.window_began(),
            Millis(MIDNIGHT + 39 * HOUR),
            "Tokyo's"
        );
    }
}
