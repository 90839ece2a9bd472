//! Time spent on interactions, in the three parts that handling time is made of.

use serde::{Deserialize, Serialize};
use std::ops::AddAssign;
use vocab::Millis;

/// Milliseconds of talk, hold and wrap-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spent {
    pub talk_ms: u64,
    /// The customer hears music: on hold, or while a colleague is asked in private.
    pub hold_ms: u64,
    pub wrap_up_ms: u64,
}

impl Spent {
    #[must_use]
    pub fn sum_ms(&self) -> u64 {
        self.talk_ms + self.hold_ms + self.wrap_up_ms
    }

    pub(crate) fn add_ms(&mut self, doing: Doing, ms: u64) {
        match doing {
            Doing::Talking => self.talk_ms += ms,
            Doing::Held => self.hold_ms += ms,
            Doing::WrapUp => self.wrap_up_ms += ms,
            Doing::Ringing | Doing::CallingBack => {}
        }
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        self.talk_ms += other.talk_ms;
        self.hold_ms += other.hold_ms;
        self.wrap_up_ms += other.wrap_up_ms;
    }
}

/// What somebody does about one interaction; the greatest of several is what they are seen to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Doing {
    Ringing,
    WrapUp,
    CallingBack,
    Held,
    Talking,
}

/// A stretch of work on one interaction, up to what is done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stint {
    pub(crate) doing: Doing,
    since: Millis,
    /// Before `since`.
    spent: Spent,
}

impl Stint {
    pub(crate) fn begun(at: Millis, doing: Doing) -> Self {
        Self {
            doing,
            since: at,
            spent: Spent::default(),
        }
    }

    /// One that was under way: talk since the answer, and since `since` this.
    pub(crate) fn found(answered_at: Millis, since: Millis, doing: Doing) -> Self {
        let mut stint = Self::begun(answered_at, Doing::Talking);
        stint.turns_to(since, doing);
        stint
    }

    pub(crate) fn turns_to(&mut self, at: Millis, doing: Doing) {
        self.spent = self.spent_until(at);
        self.since = at;
        self.doing = doing;
    }

    /// The clock was set.
    pub(crate) fn steps(&mut self, by_ms: i64) {
        self.since = self.since.shifted(by_ms);
    }

    pub(crate) fn spent_until(&self, at: Millis) -> Spent {
        let mut spent = self.spent;
        spent.add_ms(self.doing, at.since(self.since));
        spent
    }
}
