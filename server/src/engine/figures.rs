//! Figures that change all the time: how queues stand, for the agents who serve them, those in line and those who may
//! call. Of each queue at most once a second, and of many queues a part at a time: a floor of thousands must not be told
//! everything at once, because whoever is rung would wait behind it.

use super::actor::Actor;
use super::commits::QUEUES_EVERY;
use super::inbox::{LinkId, Out, VisitorKey};
use super::shown::Frames;
use protocol::customer::{CustomerDelta, CustomerStage};
use protocol::link::Delta;
use protocol::work::AgentDelta;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::time::{Duration, Instant};
use vocab::QueueId;

/// After so many frames the queues that are left wait for the next part.
const PART: usize = 500;

/// Between two parts: with [`PART`] some ten thousand frames a second, a few percent of a core.
const PARTS_EVERY: Duration = Duration::from_millis(50);

/// Of a long line so many are looked at in one part; the others follow in the next.
const LOOKED_AT: usize = 1_000;

/// When each queue's figures were last sent.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    sent: BTreeMap<QueueId, Instant>,
    /// How far a long line has been told.
    told: BTreeMap<QueueId, usize>,
    floor_sent: Option<Instant>,
}

impl Pace {
    /// Those that may be told now, the one that has waited longest first.
    fn due(&self, queues: &BTreeSet<QueueId>, now: Instant) -> Vec<QueueId> {
        let mut due: Vec<(Option<Instant>, QueueId)> = queues
            .iter()
            .map(|queue| (self.sent.get(queue).copied(), *queue))
            .filter(|(sent, _)| sent.is_none_or(|sent| sent + QUEUES_EVERY <= now))
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(_, queue)| queue).collect()
    }

    /// When those that are left are to be looked at again.
    fn next(&self, left: &BTreeSet<QueueId>, now: Instant) -> Option<Instant> {
        let due = left.iter().map(|queue| match self.sent.get(queue) {
            Some(sent) => *sent + QUEUES_EVERY,
            None => now,
        });
        due.min().map(|due| due.max(now + PARTS_EVERY))
    }

    /// A long line is told in part.
    pub(crate) fn is_telling(&self) -> bool {
        !self.told.is_empty()
    }

    /// Whether the floor may be told now; then it was.
    pub(crate) fn is_floor_due(&mut self) -> bool {
        let is_due = self
            .floor_sent
            .is_none_or(|sent| sent.elapsed() >= QUEUES_EVERY);
        if is_due {
            self.floor_sent = Some(Instant::now());
        }
        is_due
    }
}

impl Actor {
    /// Figures and positions of these queues that changed since they were last told. What is not told now stays for
    /// the next part; a long line goes on there behind those who are due.
    pub(crate) fn make_queue_frames(&mut self, queues: &BTreeSet<QueueId>, frames: &mut Frames) {
        let now = Instant::now();
        let before = frames.len();
        let mut left = queues.clone();
        let unfinished: Vec<QueueId> = self.people.pace.told.keys().copied().collect();
        let mut due = self.people.pace.due(queues, now);
        due.retain(|queue| !unfinished.contains(queue));
        due.extend(unfinished);
        for queue in due {
            if frames.len() - before >= PART {
                break;
            }
            let from = self.people.pace.told.remove(&queue).unwrap_or(0);
            if from == 0 {
                // What changes while a long line is being told is told in another round.
                left.remove(&queue);
                self.people.pace.sent.insert(queue, now);
                self.status_differences(queue, frames);
                self.desk_differences(queue, frames);
            }
            if !self.line_differences(queue, from, frames) {
                self.people.pace.told.insert(queue, from + LOOKED_AT);
            }
        }
        let next = match self.people.pace.told.is_empty() {
            true => self.people.pace.next(&left, now),
            false => Some(now + PARTS_EVERY),
        };
        if let Some(next) = next {
            self.queues_dirty.extend(left);
            self.queues_sent = next.checked_sub(QUEUES_EVERY).unwrap_or(now);
        }
    }

    fn status_differences(&mut self, queue: QueueId, frames: &mut Frames) {
        let Some(status) = self.queue_status(queue) else {
            return;
        };
        let directory = Arc::clone(&self.directory);
        let Some(serving) = directory.serving.get(&queue) else {
            return;
        };
        let mut written = None;
        for agent in serving {
            let Some(link) = self.people.agents.get_mut(agent) else {
                continue;
            };
            let Some(shown) = link.shown.queues.get_mut(&queue) else {
                continue;
            };
            if *shown != status {
                shown.clone_from(&status);
                let written = written.get_or_insert_with(|| {
                    let status = status.clone();
                    Out::written(&Delta::Agent {
                        delta: AgentDelta::Queue { status },
                    })
                });
                frames.push((link.link, written.clone()));
            }
        }
    }

    /// For those who are about to call; everybody else sees their own place.
    fn desk_differences(&mut self, queue: QueueId, frames: &mut Frames) {
        let desk = self.desk(queue);
        let links: Vec<LinkId> = self.people.customers_of(queue).collect();
        for link in links {
            let Some(customer) = self.people.customers.get_mut(&link) else {
                continue;
            };
            let is_looking = matches!(
                customer.shown,
                Some(CustomerStage::Idle | CustomerStage::Ended { .. })
            );
            if is_looking && customer.desk != desk {
                customer.desk = desk.clone();
                let delta = Delta::Customer {
                    delta: CustomerDelta::Desk { desk: desk.clone() },
                };
                frames.push((link, Out::Delta(Box::new(delta))));
            }
        }
    }

    /// Those in this queue's line behind the first `from`; false when there are more.
    fn line_differences(&mut self, queue: QueueId, from: usize, frames: &mut Frames) -> bool {
        let mut line = self.center.line(queue).enumerate().skip(from);
        let part: Vec<(u32, VisitorKey)> = line
            .by_ref()
            .take(LOOKED_AT)
            .filter_map(|(at, interaction)| {
                let visitor = self.records.visitor(interaction)?.clone();
                Some((u32::try_from(at + 1).unwrap_or(u32::MAX), visitor))
            })
            .collect();
        let is_all = line.next().is_none();
        drop(line);
        for (position, visitor) in part {
            self.waiting_differences(&visitor, position, frames);
        }
        is_all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_queue_is_told_once_a_second_and_the_one_that_waited_longest_first() {
        let mut pace = Pace::default();
        let queues: BTreeSet<QueueId> = (1..=3).map(QueueId).collect();
        let start = Instant::now();
        assert_eq!(
            pace.due(&queues, start),
            [QueueId(1), QueueId(2), QueueId(3)]
        );
        pace.sent.insert(QueueId(1), start);
        let later = start + Duration::from_millis(200);
        pace.sent.insert(QueueId(2), later);
        assert_eq!(pace.due(&queues, later), [QueueId(3)]);
        let second = start + QUEUES_EVERY;
        assert_eq!(pace.due(&queues, second), [QueueId(3), QueueId(1)]);
        let left = BTreeSet::from([QueueId(1), QueueId(2)]);
        assert_eq!(pace.next(&left, later), Some(second));
        assert_eq!(pace.next(&queues, later), Some(later + PARTS_EVERY));
        assert_eq!(pace.next(&BTreeSet::new(), later), None);
    }
}
