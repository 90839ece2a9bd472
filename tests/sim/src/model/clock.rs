//! What a step of the wall clock means, in plain words: whatever is under way has lasted as long as before, and has as
//! long to go. Hours are not moved: they are the clock's own.

use super::Model;
use acd::{Consult, Stage, Waits};
use vocab::{Millis, PeerLink};

impl Model {
    pub(super) fn clock_stepped(&mut self, by_ms: i64) {
        let moved = |at: Millis| at.shifted(by_ms);
        for online in self
            .agents
            .values_mut()
            .filter_map(|one| one.online.as_mut())
        {
            online.idle_since = moved(online.idle_since);
            if let Some(away) = &mut online.away {
                away.since = moved(away.since);
                away.lease_until = moved(away.lease_until);
                away.grace_until = moved(away.grace_until);
            }
        }
        for closed_since in self.closed.values_mut() {
            *closed_since = moved(*closed_since);
        }
        for one in self.open.values_mut() {
            one.entered_at = moved(one.entered_at);
            one.queued_at = moved(one.queued_at);
            one.key += by_ms;
            for (_, until) in one.kept_from.iter_mut().chain(&mut one.kept_for) {
                *until = moved(*until);
            }
            one.overflow_rests_until = one.overflow_rests_until.map(moved);
            if let PeerLink::Away { since, until } = one.link {
                let (since, until) = (moved(since), moved(until));
                one.link = PeerLink::Away { since, until };
            }
            if let Waits::ForCallback { rests_until, .. } = &mut one.waits {
                *rests_until = rests_until.map(moved);
            }
            one.stage = stage(&one.stage, moved);
        }
    }
}

fn stage(stage: &Stage, moved: impl Fn(Millis) -> Millis) -> Stage {
    let mut stage = stage.clone();
    match &mut stage {
        Stage::Waiting => {}
        Stage::Ringing {
            since, deadline, ..
        }
        | Stage::CallingBack {
            since, deadline, ..
        } => (*since, *deadline) = (moved(*since), moved(*deadline)),
        Stage::Talking { since, .. } => *since = moved(*since),
        Stage::Held {
            since, answered_at, ..
        } => (*since, *answered_at) = (moved(*since), moved(*answered_at)),
        Stage::Consulting {
            answered_at,
            consult,
            ..
        } => {
            *answered_at = moved(*answered_at);
            match consult {
                Consult::Ringing { since, deadline } => {
                    (*since, *deadline) = (moved(*since), moved(*deadline));
                }
                Consult::Private { since } | Consult::Together { since } => *since = moved(*since),
            }
        }
        Stage::WrapUp {
            since,
            deadline,
            answered_at,
            ..
        } => {
            *since = moved(*since);
            *deadline = moved(*deadline);
            *answered_at = moved(*answered_at);
        }
    }
    stage
}
