//! Decisions about hours: when queues open and close.

use crate::event::What;
use crate::turn::Turn;
use hours::Hours;
use vocab::ScheduleId;

impl Turn<'_> {
    /// What the hours say now, if it differs from what is known.
    pub(crate) fn hours_change(&mut self, schedule: ScheduleId) {
        let Some(door) = self.center.state.schedules.get(&schedule) else {
            return;
        };
        let (is_open, until) = match Hours::new(&door.schedule.hours) {
            Ok(hours) => (hours.is_open(self.now), hours.next_change(self.now)),
            // A configuration with hours that cannot be read is refused; should a journal hold one, they stay as they are.
            Err(_) => (door.is_open, None),
        };
        if (door.is_open, door.until) != (is_open, until) {
            self.emit(What::HoursChanged {
                schedule,
                is_open,
                until,
            });
        }
    }

    /// After a new configuration: hours that are new or other.
    pub(crate) fn look_at_hours(&mut self, schedules: &[ScheduleId]) {
        for schedule in schedules {
            self.hours_change(*schedule);
        }
    }
}
