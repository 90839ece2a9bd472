//! The line before the password checks: bounded, in turns by origin, and those who are known first.

use crate::limits::Origin;
use std::collections::{BTreeMap, VecDeque};

/// Of one origin so many wait at most: an office's first minute, not a flood.
const OF_ONE_ORIGIN: usize = 8;

/// The order of waiting sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Has signed in to this account before, with this device or from this address.
    Known,
    /// Of this origin no attempt has failed lately.
    Clean,
    Suspect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    Origin,
    All,
}

/// Jobs that wait. A class is served only while those before it are empty.
#[derive(Debug)]
pub(super) struct Line<J> {
    most: usize,
    next_number: u64,
    known: Turns<J>,
    clean: Turns<J>,
    suspect: Turns<J>,
}

/// Origins in the order in which they came.
#[derive(Debug)]
struct Turns<J> {
    origins: VecDeque<Origin>,
    jobs: BTreeMap<Origin, VecDeque<(u64, J)>>,
    waiting: usize,
    is_newest_next: bool,
}

impl<J> Line<J> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            next_number: 0,
            known: Turns::new(),
            clean: Turns::new(),
            suspect: Turns::new(),
        }
    }

    /// The number under which it can leave. A full class lets a newcomer in and another origin's job out: one burst
    /// from everywhere does not fill the line for those who come a moment later.
    pub(super) fn join(&mut self, class: Class, origin: Origin, job: J) -> Result<u64, Full> {
        let most = self.most;
        let number = self.next_number;
        let turns = self.turns(class);
        let here = turns.jobs.get(&origin).map_or(0, VecDeque::len);
        if here >= OF_ONE_ORIGIN {
            return Err(Full::Origin);
        }
        if turns.waiting >= most {
            if here > 0 {
                return Err(Full::All);
            }
            turns.put_out();
        }
        turns.add(origin, number, job);
        self.next_number += 1;
        Ok(number)
    }

    /// No matter when it is not there any more.
    pub(super) fn leave(&mut self, class: Class, origin: Origin, number: u64) {
        self.turns(class).remove(origin, number);
    }

    pub(super) fn next(&mut self) -> Option<J> {
        let Self {
            known,
            clean,
            suspect,
            ..
        } = self;
        [known, clean, suspect].into_iter().find_map(Turns::next)
    }

    fn turns(&mut self, class: Class) -> &mut Turns<J> {
        match class {
            Class::Known => &mut self.known,
            Class::Clean => &mut self.clean,
            Class::Suspect => &mut self.suspect,
        }
    }
}

impl<J> Turns<J> {
    fn new() -> Self {
        Self {
            origins: VecDeque::new(),
            jobs: BTreeMap::new(),
            waiting: 0,
            is_newest_next: true,
        }
    }

    fn add(&mut self, origin: Origin, number: u64, job: J) {
        let jobs = self.jobs.entry(origin).or_insert_with(|| {
            self.origins.push_back(origin);
            VecDeque::new()
        });
        jobs.push_back((number, job));
        self.waiting += 1;
    }

    /// The newest origin and the oldest one by turns: whoever comes after a burst is not behind all of it, and whoever
    /// came before it is not passed by for ever.
    fn next(&mut self) -> Option<J> {
        let is_newest_next = self.is_newest_next;
        self.is_newest_next = !is_newest_next;
        let origin = if is_newest_next {
            self.origins.pop_back()
        } else {
            self.origins.pop_front()
        }?;
        let jobs = self.jobs.get_mut(&origin)?;
        let job = jobs.pop_front();
        if jobs.is_empty() {
            self.jobs.remove(&origin);
        } else {
            // Had its turn: in the middle, where neither end comes soon.
            self.origins.insert(self.origins.len() / 2, origin);
        }
        self.waiting = self.waiting.saturating_sub(1);
        job.map(|(_, job)| job)
    }

    fn remove(&mut self, origin: Origin, number: u64) {
        let Some(jobs) = self.jobs.get_mut(&origin) else {
            return;
        };
        let before = jobs.len();
        jobs.retain(|(known, _)| *known != number);
        self.waiting = self.waiting.saturating_sub(before - jobs.len());
        if jobs.is_empty() {
            self.jobs.remove(&origin);
            self.origins.retain(|known| *known != origin);
        }
    }

    /// The one farthest from both ends would wait longest.
    fn put_out(&mut self) {
        let middle = self.origins.get(self.origins.len() / 2).copied();
        let newest = middle.and_then(|origin| {
            let jobs = self.jobs.get(&origin)?;
            jobs.back().map(|(number, _)| (origin, *number))
        });
        if let Some((origin, number)) = newest {
            self.remove(origin, number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(number: u8) -> Origin {
        Origin::of([10, 0, 0, number].into())
    }

    fn drained(line: &mut Line<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| line.next()).collect()
    }

    #[test]
    fn a_flood_of_one_origin_is_served_in_turns_with_the_others() {
        let mut line = Line::new(100);
        for _ in 0..OF_ONE_ORIGIN {
            line.join(Class::Clean, origin(1), "flood").unwrap();
        }
        let more = line.join(Class::Clean, origin(1), "flood");
        assert_eq!(more, Err(Full::Origin));
        line.join(Class::Clean, origin(2), "honest").unwrap();
        assert!(drained(&mut line)[..2].contains(&"honest"));
    }

    #[test]
    fn the_known_come_before_the_clean_and_those_before_the_suspect() {
        let mut line = Line::new(100);
        line.join(Class::Suspect, origin(1), "suspect").unwrap();
        line.join(Class::Clean, origin(2), "clean").unwrap();
        line.join(Class::Known, origin(3), "known").unwrap();
        assert_eq!(drained(&mut line), ["known", "clean", "suspect"]);
    }

    #[test]
    fn a_full_line_takes_a_newcomer_who_is_served_next() {
        let mut line = Line::new(10);
        for number in 0..10 {
            line.join(Class::Clean, origin(number), "burst").unwrap();
        }
        line.join(Class::Clean, origin(100), "honest").unwrap();
        assert_eq!(line.clean.waiting, 10);
        let served = drained(&mut line);
        assert_eq!(served.len(), 10);
        assert!(served[..2].contains(&"honest"), "{served:?}");
    }

    #[test]
    fn whoever_leaves_is_not_served() {
        let mut line = Line::new(10);
        let first = line.join(Class::Clean, origin(1), "left").unwrap();
        line.join(Class::Clean, origin(1), "stays").unwrap();
        line.leave(Class::Clean, origin(1), first);
        line.leave(Class::Clean, origin(1), first);
        assert_eq!(drained(&mut line), ["stays"]);
        assert_eq!((line.clean.waiting, line.clean.origins.len()), (0, 0));
    }
}
