//! Looking at customers who are not one's own work: noted for the audit trail, and limited by the hour.
//!
//! Looking at customers is allowed, limited by the hour and written into the audit trail. A record is noted once in some minutes for
//! each person, a search once however it was typed, and what was noted is written some seconds later, many lines in one
//! transaction. A crash loses the lines of these seconds. While the trail cannot be written, nothing more is shown.

use crate::engine::{Engine, utc_now};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::{Look, Looked};
use tokio::sync::watch;
use vocab::{AgentId, CustomerId, Millis, Sensitive};

/// A record that is opened again within this time is not noted again.
const ONE_LOOK: Duration = Duration::from_secs(10 * 60);

/// A query that follows within this time continues the same search.
const ONE_SEARCH: Duration = Duration::from_secs(5);

/// How often what was noted is written.
const WRITE_EVERY: Duration = Duration::from_secs(2);

/// Lines that may wait to be written.
const MOST_WAITING: usize = 10_000;

/// Records that are remembered of one person, so that they are not noted again.
const MOST_SEEN: usize = 4_096;

const MINUTES: usize = 60;

/// What an organisation's people looked at lately.
#[derive(Debug)]
pub(crate) struct Looks {
    began: Instant,
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    viewers: BTreeMap<AgentId, Viewer>,
    waiting: Vec<Look>,
}

/// Who looks, from where, and how much they may.
#[derive(Clone, Debug)]
pub(crate) struct Looker {
    pub(crate) agent: AgentId,
    pub(crate) user: String,
    pub(crate) from: String,
    /// 0: as much as they like.
    pub(crate) most_per_hour: u16,
}

/// Why something is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotShown {
    /// So much was looked at in the last hour; in `wait` there is room again.
    TooMany { wait: Duration },
    /// The trail cannot be written at the moment.
    Unwritten,
}

#[derive(Debug)]
struct Viewer {
    /// Looks by the minute, of the last hour.
    minutes: [u16; MINUTES],
    newest_minute: u64,
    seen: BTreeMap<CustomerId, Instant>,
    search: Option<(Instant, Look)>,
}

impl Default for Viewer {
    fn default() -> Self {
        Self {
            minutes: [0; MINUTES],
            newest_minute: 0,
            seen: BTreeMap::new(),
            search: None,
        }
    }
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            noted: Mutex::default(),
        }
    }
}

impl Looks {
    /// Notes that a record or its history is about to be shown.
    ///
    /// # Errors
    /// [`NotShown`]; then it must not be.
    pub(crate) fn at_customer(
        &self,
        looker: &Looker,
        customer: CustomerId,
        (now, at): (Instant, Millis),
    ) -> Result<(), NotShown> {
        let minute = self.minute(now);
        let mut noted = self.lock();
        let Noted { viewers, waiting } = &mut *noted;
        let viewer = viewers.entry(looker.agent).or_default();
        let is_recent = |seen: &Instant| now.saturating_duration_since(*seen) < ONE_LOOK;
        if viewer.seen.get(&customer).is_some_and(is_recent) {
            return Ok(());
        }
        has_room(waiting)?;
        viewer.count(minute, looker.most_per_hour)?;
        if viewer.seen.len() >= MOST_SEEN {
            viewer.seen.retain(|_, seen| is_recent(seen));
        }
        if viewer.seen.len() < MOST_SEEN {
            viewer.seen.insert(customer, now);
        }
        waiting.push(looker.look(at, Looked::Customer(customer)));
        Ok(())
    }

    /// Whether a search may be made; one that goes on where the last one was is the same.
    ///
    /// # Errors
    /// As [`Looks::at_customer`].
    pub(crate) fn may_search(
        &self,
        looker: &Looker,
        query: &str,
        now: Instant,
    ) -> Result<(), NotShown> {
        let minute = self.minute(now);
        let mut noted = self.lock();
        let Noted { viewers, waiting } = &mut *noted;
        let viewer = viewers.entry(looker.agent).or_default();
        if viewer.is_typing_on(query, now) {
            return Ok(());
        }
        has_room(waiting)?;
        viewer.count(minute, looker.most_per_hour)
    }

    /// Notes what a search found.
    pub(crate) fn searched(
        &self,
        looker: &Looker,
        query: String,
        found: u32,
        (now, at): (Instant, Millis),
    ) {
        let mut noted = self.lock();
        let Noted { viewers, waiting } = &mut *noted;
        let viewer = viewers.entry(looker.agent).or_default();
        let is_same = viewer.is_typing_on(&query, now);
        let query = Sensitive::new(query);
        let look = looker.look(at, Looked::Search { query, found });
        if let Some((_, before)) = viewer.search.replace((now, look))
            && !is_same
        {
            waiting.push(before);
        }
    }

    /// What is to be written now: everything but searches that may go on.
    fn due(&self, now: Instant, is_last: bool) -> Vec<Look> {
        let mut noted = self.lock();
        let Noted { viewers, waiting } = &mut *noted;
        for viewer in viewers.values_mut() {
            let ended = viewer
                .search
                .take_if(|(last, _)| is_last || now.saturating_duration_since(*last) >= ONE_SEARCH);
            waiting.extend(ended.map(|(_, look)| look));
        }
        std::mem::take(waiting)
    }

    /// They could not be written.
    fn put_back(&self, mut looks: Vec<Look>) {
        let mut noted = self.lock();
        looks.append(&mut noted.waiting);
        noted.waiting = looks;
    }

    fn minute(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.began).as_secs() / 60
    }

    // What a panic left is a list and counters: as good as before.
    fn lock(&self) -> std::sync::MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_room(waiting: &[Look]) -> Result<(), NotShown> {
    if waiting.len() < MOST_WAITING {
        Ok(())
    } else {
        Err(NotShown::Unwritten)
    }
}

impl Looker {
    fn look(&self, at: Millis, what: Looked) -> Look {
        Look {
            at,
            by: self.user.clone(),
            from: self.from.clone(),
            what,
        }
    }
}

impl Viewer {
    fn count(&mut self, minute: u64, most: u16) -> Result<(), NotShown> {
        let place = |minute: u64| (minute % MINUTES as u64) as usize;
        // Minutes without a look since then are empty.
        let passed = minute.saturating_sub(self.newest_minute);
        for ago in 0..passed.min(MINUTES as u64) {
            self.minutes[place(minute - ago)] = 0;
        }
        self.newest_minute = self.newest_minute.max(minute);
        let of_hour: u32 = self.minutes.iter().map(|count| u32::from(*count)).sum();
        if most > 0 && of_hour >= u32::from(most) {
            let oldest = (1..=MINUTES as u64).find(|later| self.minutes[place(minute + later)] > 0);
            let wait = Duration::from_secs(oldest.unwrap_or(1) * 60);
            return Err(NotShown::TooMany { wait });
        }
        let count = &mut self.minutes[place(minute)];
        *count = count.saturating_add(1);
        Ok(())
    }

    fn is_typing_on(&self, query: &str, now: Instant) -> bool {
        let Some((last, look)) = &self.search else {
            return false;
        };
        let Looked::Search { query: before, .. } = &look.what else {
            return false;
        };
        let before = before.reveal();
        let is_longer_or_shorter = query.starts_with(before.as_str()) || before.starts_with(query);
        now.saturating_duration_since(*last) < ONE_SEARCH && is_longer_or_shorter
    }
}

/// Writes down what was looked at until the server stops, and then the rest.
pub(crate) async fn write_down(engine: Engine, mut stop: watch::Receiver<bool>) {
    loop {
        let is_last = tokio::select! {
            stopped = stop.wait_for(|is_stopping| *is_stopping) => { drop(stopped); true },
            () = tokio::time::sleep(WRITE_EVERY) => false,
        };
        let looks = engine.looks.due(Instant::now(), is_last);
        if !looks.is_empty() {
            let written = looks.clone();
            let done = engine
                .readers()
                .accounts(move |accounts| accounts.note_looks(&written))
                .await;
            if let Err(err) = done {
                tracing::error!(%err, "the audit trail could not be written; trying again");
                engine.looks.put_back(looks);
            }
        }
        if is_last {
            return;
        }
    }
}

/// The two clocks of a look: one that never steps, and the one for the trail.
pub(crate) fn now() -> (Instant, Millis) {
    (Instant::now(), utc_now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looker(most_per_hour: u16) -> Looker {
        Looker {
            agent: AgentId(1),
            user: "anna".to_owned(),
            from: "203.0.113.7".to_owned(),
            most_per_hour,
        }
    }

    struct Desk {
        looks: Looks,
        start: Instant,
    }

    impl Desk {
        fn new() -> Self {
            let looks = Looks::default();
            let start = looks.began;
            Self { looks, start }
        }

        fn at(&self, seconds: u64) -> (Instant, Millis) {
            let now = self.start + Duration::from_secs(seconds);
            (now, Millis(seconds * 1_000))
        }

        fn opens(&self, most: u16, customer: u64, seconds: u64) -> Result<(), NotShown> {
            let customer = CustomerId(customer);
            self.looks
                .at_customer(&looker(most), customer, self.at(seconds))
        }

        fn searches(&self, most: u16, query: &str, seconds: u64) -> Result<(), NotShown> {
            let (now, at) = self.at(seconds);
            self.looks.may_search(&looker(most), query, now)?;
            let found = query.len() as u32;
            self.looks
                .searched(&looker(most), query.to_owned(), found, (now, at));
            Ok(())
        }

        fn written(&self, seconds: u64) -> Vec<String> {
            let due = self.looks.due(self.at(seconds).0, false);
            let words = due.into_iter().map(|look| match look.what {
                Looked::Customer(customer) => format!("{} customer {customer}", look.by),
                Looked::Search { query, found } => {
                    format!("{} {} ({found})", look.by, query.reveal())
                }
            });
            words.collect()
        }
    }

    #[test]
    fn a_record_is_noted_once_in_some_minutes() {
        let desk = Desk::new();
        for (customer, seconds) in [(7, 0), (7, 30), (8, 40), (7, 599), (7, 600)] {
            desk.opens(0, customer, seconds).unwrap();
        }
        let expected = ["anna customer 7", "anna customer 8", "anna customer 7"];
        assert_eq!(desk.written(600), expected);
        assert!(desk.written(601).is_empty());
    }

    #[test]
    fn a_search_is_noted_once_however_it_was_typed() {
        let desk = Desk::new();
        for (query, seconds) in [("c", 0), ("ch", 1), ("chen", 3), ("che", 4), ("chen y", 6)] {
            desk.searches(0, query, seconds).unwrap();
        }
        assert!(desk.written(7).is_empty(), "it may go on");
        desk.searches(0, "li", 8).unwrap();
        desk.searches(0, "li", 60).unwrap();
        assert_eq!(desk.written(61), ["anna chen y (6)", "anna li (2)"]);
        assert_eq!(desk.written(65), ["anna li (2)"]);
    }

    #[test]
    fn an_hour_has_room_for_so_many_and_tells_when_there_is_more() {
        let desk = Desk::new();
        desk.opens(3, 1, 0).unwrap();
        desk.opens(3, 2, 120).unwrap();
        desk.searches(3, "chen", 130).unwrap();
        let wait = Duration::from_secs(57 * 60);
        assert_eq!(desk.opens(3, 3, 180), Err(NotShown::TooMany { wait }));
        assert_eq!(desk.searches(3, "li", 180), Err(NotShown::TooMany { wait }));
        // What was opened a moment ago is there to be read on, and a larger limit counts at once.
        desk.opens(3, 2, 180).unwrap();
        desk.opens(4, 3, 181).unwrap();
        desk.opens(3, 4, 3_600).unwrap_err();
        desk.opens(3, 5, 2 * 3_600).unwrap();
    }

    #[test]
    fn while_nothing_can_be_written_nothing_more_is_shown() {
        let desk = Desk::new();
        for customer in 0..MOST_WAITING as u64 {
            desk.opens(0, customer, 1).unwrap();
        }
        assert_eq!(desk.opens(0, 99_999, 2), Err(NotShown::Unwritten));
        let due = desk.looks.due(desk.at(3).0, false);
        desk.looks.put_back(due);
        assert_eq!(desk.opens(0, 99_999, 4), Err(NotShown::Unwritten));
        assert_eq!(desk.written(5).len(), MOST_WAITING);
        desk.opens(0, 99_999, 6).unwrap();
    }
}
