//! An agent's figures over a window or an interval, and the field's formulas over them.

use crate::ratio::{mean_ms, share};
use crate::spent::{Doing, Spent};
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;
use vocab::{ChosenState, NotReadyReason};

/// What an agent's time goes to. At every moment it is one of these, or the agent is offline; of several interactions
/// at once the liveliest says which, so that no minute counts twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    NotReady(NotReadyReason),
    Ready,
    Ringing,
    WrapUp,
    /// The agent accepted a callback, and the customer's page rings.
    CallingBack,
    Held,
    Talking,
}

impl Activity {
    /// Work on an interaction that the agent has accepted.
    #[must_use]
    pub fn is_handling(self) -> bool {
        match self {
            Self::WrapUp | Self::CallingBack | Self::Held | Self::Talking => true,
            Self::NotReady(_) | Self::Ready | Self::Ringing => false,
        }
    }
}

impl From<ChosenState> for Activity {
    fn from(chosen: ChosenState) -> Self {
        match chosen {
            ChosenState::Ready => Self::Ready,
            ChosenState::NotReady { reason } => Self::NotReady(reason),
        }
    }
}

impl From<Doing> for Activity {
    fn from(doing: Doing) -> Self {
        match doing {
            Doing::Ringing => Self::Ringing,
            Doing::WrapUp => Self::WrapUp,
            Doing::CallingBack => Self::CallingBack,
            Doing::Held => Self::Held,
            Doing::Talking => Self::Talking,
        }
    }
}

/// Milliseconds in each state that occurred. A list, because of all states an agent knows few in a quarter of an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Times(Vec<(Activity, u64)>);

impl Times {
    #[must_use]
    pub fn ms(&self, activity: Activity) -> u64 {
        let found = self.0.iter().find(|(other, _)| *other == activity);
        found.map_or(0, |(_, ms)| *ms)
    }

    /// In the order of [`Activity`], those of no time left out.
    pub fn iter(&self) -> impl Iterator<Item = (Activity, u64)> + '_ {
        self.0.iter().copied()
    }

    pub(crate) fn add(&mut self, activity: Activity, ms: u64) {
        match self.0.binary_search_by_key(&activity, |(other, _)| *other) {
            Ok(place) => self.0[place].1 += ms,
            Err(_) if ms == 0 => {}
            Err(place) => self.0.insert(place, (activity, ms)),
        }
    }

    fn handling_ms(&self) -> u64 {
        let handling = self.iter().filter(|(activity, _)| activity.is_handling());
        handling.map(|(_, ms)| ms).sum()
    }
}

/// Counts, and sums of milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentFigures {
    pub times: Times,
    /// Parts in conversations that are over for this agent: ended with the wrap-up, passed on, handed over, or lost
    /// with the link. A colleague who took over handles it too.
    pub handled: u32,
    /// Spent on the handled, counted at their end.
    pub handled_spent: Spent,
    /// Offers and colleagues' questions that rang out.
    pub missed: u32,
    pub declined: u32,
    /// Colleagues' questions that were accepted.
    pub consults: u32,
}

impl AgentFigures {
    /// Handling ÷ (handling + ready). Ringing, not ready and offline are in neither: nobody can be busier by being
    /// offered less.
    #[must_use]
    pub fn occupancy(&self) -> Option<f64> {
        let handling_ms = self.times.handling_ms();
        share(handling_ms, handling_ms + self.times.ms(Activity::Ready))
    }

    /// AHT, average handling time: (talk + hold + wrap-up) ÷ handled. Each interaction counts in full, also where
    /// several are handled at once.
    #[must_use]
    pub fn aht_ms(&self) -> Option<u64> {
        mean_ms(self.handled_spent.sum_ms(), self.handled)
    }
}

impl AddAssign<&Self> for AgentFigures {
    /// Several agents or intervals as one.
    fn add_assign(&mut self, other: &Self) {
        // Taken apart, so that a new figure cannot be left out.
        let Self {
            times,
            handled,
            handled_spent,
            missed,
            declined,
            consults,
        } = other;
        times
            .iter()
            .for_each(|(activity, ms)| self.times.add(activity, ms));
        self.handled += handled;
        self.handled_spent += *handled_spent;
        self.missed += missed;
        self.declined += declined;
        self.consults += consults;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occupancy_is_handling_of_handling_and_ready() {
        let mut figures = AgentFigures::default();
        assert_eq!(figures.occupancy(), None);
        let times = [
            (Activity::Talking, 300),
            (Activity::Ready, 200),
            (Activity::NotReady(NotReadyReason::Lunch), 10_000),
            (Activity::Ringing, 5_000),
            (Activity::Held, 100),
            (Activity::WrapUp, 100),
            (Activity::CallingBack, 100),
            (Activity::Talking, 0),
            (Activity::NotReady(NotReadyReason::Break), 0),
        ];
        for (activity, ms) in times {
            figures.times.add(activity, ms);
        }
        assert_eq!(figures.occupancy(), Some(0.75));
        let names: Vec<Activity> = figures.times.iter().map(|(activity, _)| activity).collect();
        assert!(names.is_sorted() && names.len() == 7, "{names:?}");
    }
}
