//! Refused sign-ins in the audit trail: each one, until they are so many that the trail would be the attack's next aim.

use crate::engine::{Engine, utc_now};
use crate::limits::{Buckets, Rate};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use store::Stamp;
use vocab::OrgSlug;

/// Lines of one organisation at once and in a minute.
const LINES: Rate = Rate::a_minute(60);

/// Organisations of one server that are told apart.
const ORGANISATIONS: usize = 1_000;

pub(crate) struct RefusalNotes {
    state: Mutex<State>,
}

struct State {
    lines: Buckets<OrgSlug>,
    left_out: BTreeMap<OrgSlug, u64>,
}

impl Default for RefusalNotes {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                lines: Buckets::new(LINES, ORGANISATIONS),
                left_out: BTreeMap::new(),
            }),
        }
    }
}

impl RefusalNotes {
    /// Writes a line, or counts one for the next line that says how many were left out.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) async fn note(&self, engine: &Engine, user: &str) -> store::Result<()> {
        let Some(left_out) = self.take(engine.organisation()) else {
            return Ok(());
        };
        let user = user.to_owned();
        let write = engine.readers().accounts(move |accounts| {
            let at = utc_now();
            accounts.note_sign_in(at, &user, false)?;
            if left_out == 0 {
                return Ok(());
            }
            let stamp = Stamp { at, by: "nobody" };
            let subject = format!("{left_out} more");
            accounts.note_audit(stamp, "sign_ins_refused", &subject)
        });
        write.await
    }

    /// How many were left out since the last line; nothing when this one is to be, too.
    fn take(&self, organisation: &OrgSlug) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state
            .lines
            .take(organisation.clone(), Instant::now())
            .is_ok()
        {
            return Some(state.left_out.remove(organisation).unwrap_or_default());
        }
        *state.left_out.entry(organisation.clone()).or_default() += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_not_written() {
        let notes = RefusalNotes::default();
        let demo = OrgSlug::new("demo").unwrap();
        let written = (0..1_000).filter(|_| notes.take(&demo).is_some()).count();
        assert!((60..70).contains(&written), "{written}");
        let left_out = notes.state.lock().unwrap().left_out[&demo];
        assert_eq!(left_out as usize, 1_000 - written);
    }
}
