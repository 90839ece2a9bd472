//! A queue's line entry by entry, and taking entries out of it: for supervisors.

use super::admin::is_supervisor;
use super::auth::Caller;
use super::body::JsonBody;
use super::figures::queue_of;
use super::operation::Operation;
use super::problem::Problem;
use crate::engine::utc_now;
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use protocol::line::{MAX_REMOVED, QueueLine, RemoveFromLine, RemovedFromLine};
use protocol::link::ErrorCode;
use store::Stamp;

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/queues/{queue}/line", line)
            .named("readLine", "A queue's line, entry by entry")
            .part::<String>("queue")
            .answers::<QueueLine>("The entries in line order.")
            .refuses(&[ErrorCode::NotAllowed, ErrorCode::UnknownQueue]),
        Operation::post("/v1/queues/{queue}/line/remove", remove)
            .named("removeFromLine", "Take entries out of a queue's line")
            .part::<String>("queue")
            .body::<RemoveFromLine>()
            .answers::<RemovedFromLine>("Those that were removed.")
            .refuses(&[ErrorCode::NotAllowed, ErrorCode::UnknownQueue]),
    ]
}

/// Looking at who waits is in the audit trail, as looking at customers is.
pub(crate) async fn line(
    caller: Caller,
    queue: Result<Path<String>, PathRejection>,
) -> Result<Json<QueueLine>, Problem> {
    let Path(code) = queue?;
    is_supervisor(&caller)?;
    let queue = queue_of(&caller.engine.directory(), &code)?;
    let at = caller.engine.now();
    let asked = caller.engine.line(queue).await;
    let entries = asked.ok_or_else(Problem::internal)?;
    if !entries.is_empty() {
        let (by, subject) = (caller.user.user.clone(), format!("queue {code}"));
        let note = caller.engine.readers().accounts(move |accounts| {
            let stamp = Stamp {
                at: utc_now(),
                by: &by,
            };
            accounts.note_audit(stamp, "line_shown", &subject)
        });
        note.await?;
    }
    Ok(Json(QueueLine { at, entries }))
}

pub(crate) async fn remove(
    caller: Caller,
    queue: Result<Path<String>, PathRejection>,
    JsonBody(RemoveFromLine { interactions }): JsonBody<RemoveFromLine>,
) -> Result<Json<RemovedFromLine>, Problem> {
    let Path(code) = queue?;
    is_supervisor(&caller)?;
    let queue = queue_of(&caller.engine.directory(), &code)?;
    if interactions.len() > MAX_REMOVED {
        let hint = format!("interactions: at most {MAX_REMOVED} at one go");
        return Err(Problem::bad_field(hint));
    }
    let by = caller.user.agent;
    let removal = caller.engine.remove_from_line(queue, interactions, by);
    let removed = removal
        .await
        .map_err(|(code, hint)| Problem::new(code, hint))?;
    Ok(Json(removed))
}
