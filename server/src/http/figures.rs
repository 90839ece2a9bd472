//! Live figures of queues and agents, and why an agent was offered an interaction.

use super::admin::is_supervisor;
use super::auth::Caller;
use super::configuration::nobody;
use super::operation::Operation;
use super::problem::Problem;
use crate::engine::{self, Directory};
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use protocol::decision::Decision;
use protocol::figures::{AgentIntervals, FiguresNow, QueueIntervals};
use protocol::link::ErrorCode;
use store::StoreError;
use vocab::Role;

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/figures", figures)
            .named(
                "readFigures",
                "How queues stand and, for supervisors, agents",
            )
            .answers::<FiguresNow>("This moment, and the day so far."),
        Operation::get("/v1/figures/queues/{queue}", intervals)
            .named("readQueueIntervals", "A queue's day by quarters of an hour")
            .part::<String>("queue")
            .answers::<QueueIntervals>("The quarters, the oldest first.")
            .refuses(&[ErrorCode::UnknownQueue]),
        Operation::get("/v1/figures/agents/{user}", agent_intervals)
            .named(
                "readAgentIntervals",
                "An agent's day by quarters of an hour: one's own, or any for supervisors",
            )
            .part::<String>("user")
            .answers::<AgentIntervals>("The quarters, the oldest first.")
            .refuses(&[ErrorCode::NotAllowed, ErrorCode::UnknownUser]),
        Operation::get("/v1/decisions/{number}", decision)
            .named("readDecision", "Why an agent was offered an interaction")
            .part::<u64>("number")
            .answers::<Decision>("Who was rung by what rule, and how the others ranked.")
            .refuses(&[ErrorCode::UnknownDecision]),
    ]
}

pub(crate) async fn figures(caller: Caller) -> Result<Json<FiguresNow>, Problem> {
    let with_agents = matches!(caller.user.role, Role::Supervisor | Role::Admin);
    let asked = caller.engine.figures(with_agents).await;
    asked.map(Json).ok_or_else(Problem::internal)
}

pub(crate) async fn intervals(
    caller: Caller,
    queue: Result<Path<String>, PathRejection>,
) -> Result<Json<QueueIntervals>, Problem> {
    let Path(code) = queue?;
    let directory = caller.engine.directory();
    let queue = queue_of(&directory, &code)?;
    let asked = caller.engine.intervals(queue).await;
    asked.map(Json).ok_or_else(Problem::internal)
}

/// For supervisors, and everybody for themselves.
pub(crate) async fn agent_intervals(
    caller: Caller,
    user: Result<Path<String>, PathRejection>,
) -> Result<Json<AgentIntervals>, Problem> {
    let Path(name) = user?;
    if name != caller.user.user {
        is_supervisor(&caller)?;
    }
    let directory = caller.engine.directory();
    let found = directory.users.values().find(|user| user.user == name);
    let Some(agent) = found.map(|user| user.agent) else {
        return Err(nobody());
    };
    Ok(Json(caller.engine.agent_intervals(agent).await?))
}

pub(crate) async fn decision(
    caller: Caller,
    number: Result<Path<u64>, PathRejection>,
) -> Result<Json<Decision>, Problem> {
    let Path(number) = number?;
    let directory = caller.engine.directory();
    let readers = caller.engine.readers();
    let told = readers
        .past(move |past| engine::decision(past, number, &directory))
        .await;
    match told {
        Ok(Some(decision)) => Ok(Json(decision)),
        Ok(None) | Err(StoreError::Unknown { .. }) => {
            let hint = "no offer was made under that number";
            Err(Problem::new(ErrorCode::UnknownDecision, hint))
        }
        Err(err) => Err(err.into()),
    }
}

pub(super) fn queue_of(directory: &Directory, code: &str) -> Result<vocab::QueueId, Problem> {
    let found = directory.queue_by_slug(code).map(|row| row.id);
    found.ok_or_else(|| {
        let hint = "there is no such queue";
        Problem::new(ErrorCode::UnknownQueue, hint)
    })
}
