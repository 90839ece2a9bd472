//! Decisions about the wall clock: what follows when it is set.

use crate::event::What;
use crate::turn::Turn;
use vocab::{Millis, ScheduleId};

impl Turn<'_> {
    /// What is under way moves along. Hours do not: they are the wall clock's own, and are open or closed by it at once.
    pub(crate) fn clock_stepped(&mut self, now: Millis, by_ms: i64) {
        // Nothing has happened after this moment, also where `by_ms` says a little less than it went.
        self.now = now.max(self.center.state.last_at.shifted(by_ms));
        self.emit(What::ClockStepped { by_ms });
        let schedules: Vec<ScheduleId> = self.center.state.schedules.keys().copied().collect();
        self.look_at_hours(&schedules);
    }
}
