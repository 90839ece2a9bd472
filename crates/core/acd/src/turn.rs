//! One command's work: events are applied as they are decided, and at the end ready agents meet waiting customers.

use crate::apply::Fresh;
use crate::event::{Event, What};
use crate::{Center, apply};
use vocab::{AgentId, Millis};

/// Refusals come before the first event: a command is done as a whole or not at all.
pub(crate) struct Turn<'a> {
    pub(crate) center: &'a mut Center,
    pub(crate) now: Millis,
    events: Vec<Event>,
    /// What has become possible since the last look.
    pub(crate) fresh: Fresh,
}

impl<'a> Turn<'a> {
    /// `now` is never before the newest event: a clock that runs back a little must not let newcomers overtake.
    pub(crate) fn new(center: &'a mut Center, now: Millis) -> Self {
        let now = now.max(center.state.last_at);
        Self {
            center,
            now,
            events: Vec::new(),
            fresh: Fresh::default(),
        }
    }

    pub(crate) fn emit(&mut self, what: What) {
        let may_leave = leaves_perhaps(&what);
        let event = Event { at: self.now, what };
        let center = &mut *self.center;
        apply::apply(
            &mut center.state,
            &mut center.index,
            &event,
            &mut self.fresh,
        );
        self.events.push(event);
        if let Some(agent) = may_leave {
            self.settle_kept(agent);
        }
    }

    /// Routes what has become possible and hands over what was decided.
    pub(crate) fn finish(mut self) -> Vec<Event> {
        self.route();
        self.events
    }
}

/// Whose state this may have changed to one in which nobody should wait for them.
fn leaves_perhaps(what: &What) -> Option<AgentId> {
    let may_leave = matches!(
        what,
        What::StateChosen { .. } | What::NextStateReserved { .. } | What::OfferMissed { .. }
    );
    what.agent().filter(|_| may_leave)
}
