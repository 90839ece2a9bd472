//! Takes a whole import back: records that it made are erased, records that it changed get back what they were. What
//! somebody changed since stays as it is.

use super::Progress;
use super::fate::patch_of;
use super::job::JobEnd;
use super::sink::{Sink, SinkError};
use crate::engine::utc_now;
use crate::http::edits;
use store::{OrganisationStore, RecordEvent, StoreError, Undoable};
use vocab::{CustomerId, ImportId};

/// Records at once. An erasure overwrites what it takes out of the search indexes, which costs more than anything else
/// that is written, so there are few of them in a commit.
const AT_ONCE: u32 = 32;

#[derive(Debug, thiserror::Error)]
pub(crate) enum UndoError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sink(#[from] SinkError),
}

/// # Errors
/// [`UndoError`]; what was taken back stays so, and the same again goes on.
pub(crate) fn undo(
    store: &dyn OrganisationStore,
    sink: &mut dyn Sink,
    import: ImportId,
    progress: &Progress,
) -> Result<JobEnd, UndoError> {
    let (imports, history) = (store.imports()?, store.history()?);
    let all = imports.imported(import)?;
    progress.change(|report| report.counts = protocol::exchange::ImportCounts::default());
    let mut after = CustomerId(0);
    let mut taken = 0_u64;
    loop {
        let _turn = sink.turn();
        let undoable = imports.undoable(import, after, AT_ONCE)?;
        let Some(last) = undoable.last() else { break };
        after = last.customer;
        let mut changes = Vec::new();
        for one in undoable {
            changes.extend(change(history.as_ref(), one)?);
        }
        let done = sink.change(changes)?;
        taken += done.iter().filter(|is_done| **is_done).count() as u64;
        progress.change(|report| report.counts.rows = taken);
        if progress.is_stopped() {
            return Ok(JobEnd::Stopped);
        }
    }
    let kept = all.saturating_sub(taken);
    Ok(JobEnd::Whole { kept })
}

fn change(
    history: &dyn store::History,
    one: Undoable,
) -> store::Result<Option<(CustomerId, Vec<RecordEvent>)>> {
    let customer = one.customer;
    let Some(before) = one.before else {
        return Ok(Some((
            customer,
            vec![RecordEvent::CustomerErased { customer }],
        )));
    };
    let Some(now) = history.customer(customer)? else {
        return Ok(None);
    };
    let events = edits::events_of(&now, patch_of(before), None, utc_now());
    Ok((!events.is_empty()).then_some((customer, events)))
}
