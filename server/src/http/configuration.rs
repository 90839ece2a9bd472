//! The configuration for administrators: the document, changes of it with what was before, and taking one back.

use super::admin::{is_admin, is_supervisor};
use super::auth::Caller;
use super::body::JsonBody;
use super::operation::Operation;
use super::problem::Problem;
use crate::engine::{Directory, Engine, Input, utc_now};
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use protocol::configuration::{
    Change, ChangePage, ConfigurationPatch, ConfigurationState, Finding,
};
use protocol::link::ErrorCode;
use protocol::rest::ForcedState;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use store::{Accounts, Stamp, StoreError};

/// Changes of a page when the request does not say, and at most.
const CHANGES: u32 = 50;
const MAX_CHANGES: u32 = 200;

/// Everything of a large organisation at once: 18,000 people are some five megabytes.
pub(crate) const DOCUMENT_BYTES: usize = 32 * 1024 * 1024;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Page {
    /// Only changes before this revision.
    before: Option<u64>,
    /// Changes on the page; 50 when it is not said.
    #[schemars(range(min = 1, max = MAX_CHANGES))]
    limit: Option<u32>,
}

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    use ErrorCode::{BadConfiguration, ChangedMeanwhile, NotAllowed, UnknownChange, UnknownUser};
    const CONFIGURATION: &str = "/v1/configuration";
    vec![
        Operation::get(CONFIGURATION, configuration)
            .named(
                "readConfiguration",
                "The whole configuration, for administrators",
            )
            .answers::<ConfigurationState>("The document with its revision.")
            .refuses(&[NotAllowed]),
        Operation::patch(CONFIGURATION, change)
            .named(
                "changeConfiguration",
                "Change the configuration, for administrators",
            )
            .long_body::<ConfigurationPatch>(DOCUMENT_BYTES)
            .answers::<ConfigurationState>("The document as it is now, in effect.")
            .refuses(&[
                NotAllowed,
                ChangedMeanwhile,
                BadConfiguration,
                ErrorCode::LastAdministrator,
            ]),
        Operation::post("/v1/configuration/check", check)
            .named(
                "checkConfiguration",
                "Say what is wrong with a change, and change nothing",
            )
            .long_body::<Change>(DOCUMENT_BYTES)
            .answers::<Vec<Finding>>("Everything that is wrong or looks unintended.")
            .refuses(&[NotAllowed]),
        Operation::get("/v1/configuration/changes", changes)
            .named(
                "readChanges",
                "Who changed what, the newest first, for administrators",
            )
            .query::<Page>()
            .answers::<ChangePage>("A page of changes.")
            .refuses(&[NotAllowed]),
        Operation::post("/v1/configuration/changes/{revision}/undo", undo)
            .named("undoChange", "Take a change back, for administrators")
            .part::<u64>("revision")
            .answers::<ConfigurationState>("The document as it is now, in effect.")
            .refuses(&[
                NotAllowed,
                UnknownChange,
                ChangedMeanwhile,
                BadConfiguration,
                ErrorCode::LastAdministrator,
            ]),
        Operation::post("/v1/people/{user}/state", force_state)
            .named("forceState", "Set an agent's state, for supervisors")
            .part::<String>("user")
            .body::<ForcedState>()
            .done("It is so, or will be after the conversation that goes on.")
            .refuses(&[NotAllowed, UnknownUser, ErrorCode::NotNow]),
        Operation::get("/v1/zones", zones)
            .named("readZones", "The time zones that schedules may name")
            .answers::<Vec<String>>("Their IANA names."),
    ]
}

pub(crate) async fn configuration(caller: Caller) -> Result<Json<ConfigurationState>, Problem> {
    is_admin(&caller)?;
    let readers = caller.engine.readers();
    let state = readers.accounts(|accounts| state_of(accounts)).await?;
    Ok(Json(state))
}

fn state_of(accounts: &dyn Accounts) -> store::Result<ConfigurationState> {
    let (revision, configuration) = accounts.configuration()?;
    let findings = settings::check(&configuration);
    Ok(ConfigurationState {
        revision,
        configuration,
        findings,
    })
}

/// Only looks: what would be said of the whole after this change.
pub(crate) async fn check(
    caller: Caller,
    body: JsonBody<Change>,
) -> Result<Json<Vec<Finding>>, Problem> {
    let JsonBody(change) = body;
    is_admin(&caller)?;
    let readers = caller.engine.readers();
    let findings = readers
        .accounts(move |accounts| {
            let (_, document) = accounts.configuration()?;
            Ok(settings::check(&settings::changed(&document, &change)))
        })
        .await?;
    Ok(Json(findings))
}

pub(crate) async fn change(
    caller: Caller,
    body: JsonBody<ConfigurationPatch>,
) -> Result<Json<ConfigurationState>, Problem> {
    let JsonBody(ConfigurationPatch {
        if_revision,
        change,
    }) = body;
    is_admin(&caller)?;
    let by = caller.user.user.clone();
    let work = move |accounts: &mut dyn Accounts| {
        let stamp = Stamp {
            at: utc_now(),
            by: &by,
        };
        accounts.change_configuration(stamp, if_revision, None, &change)?;
        state_of(accounts)
    };
    Ok(Json(take_effect(&caller.engine, work).await?))
}

/// Returns when the engine was told, so that what follows is decided by the new settings.
pub(super) async fn take_effect<T: Send + 'static>(
    engine: &Engine,
    work: impl FnOnce(&mut dyn Accounts) -> store::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    let (done, directory) = engine
        .readers()
        .accounts(move |accounts| {
            let done = work(accounts)?;
            Ok((done, Directory::read(accounts)?))
        })
        .await?;
    engine
        .send(Input::Directory(Arc::new(directory)))
        .await
        .map_err(|_| Problem::internal())?;
    Ok(done)
}

pub(crate) async fn changes(
    caller: Caller,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<ChangePage>, Problem> {
    let Query(Page { before, limit }) = page?;
    is_admin(&caller)?;
    let limit = limit.unwrap_or(CHANGES);
    let readers = caller.engine.readers();
    let mut changes = readers
        .accounts(move |accounts| accounts.configuration_changes(before, limit + 1))
        .await?;
    let has_more = changes.len() > limit as usize;
    changes.truncate(limit as usize);
    Ok(Json(ChangePage { changes, has_more }))
}

/// What a change that is to be taken back can be.
enum Undone {
    Done(Box<ConfigurationState>),
    Unknown,
    /// This was changed again since.
    Conflict(String),
}

pub(crate) async fn undo(
    caller: Caller,
    revision: Result<Path<u64>, PathRejection>,
) -> Result<Json<ConfigurationState>, Problem> {
    let Path(revision) = revision?;
    is_admin(&caller)?;
    let by = caller.user.user.clone();
    let work = move |accounts: &mut dyn Accounts| {
        let stamp = Stamp {
            at: utc_now(),
            by: &by,
        };
        undo_in(accounts, stamp, revision)
    };
    match take_effect(&caller.engine, work).await? {
        Undone::Done(state) => Ok(Json(*state)),
        Undone::Unknown => {
            let hint = "there is no such change";
            Err(Problem::new(ErrorCode::UnknownChange, hint))
        }
        Undone::Conflict(subject) => {
            let hint =
                format!("“{subject}” was changed again since; take the later change back first");
            Err(Problem::new(ErrorCode::ChangedMeanwhile, hint))
        }
    }
}

fn undo_in(accounts: &mut dyn Accounts, stamp: Stamp<'_>, revision: u64) -> store::Result<Undone> {
    let newest = accounts.configuration_changes(Some(revision.saturating_add(1)), 1)?;
    let Some(done) = newest.into_iter().find(|done| done.revision == revision) else {
        return Ok(Undone::Unknown);
    };
    let (found, document) = accounts.configuration()?;
    let change = match settings::inverse(&document, &done) {
        Ok(change) => change,
        Err(conflict) => return Ok(Undone::Conflict(conflict.subject)),
    };
    match accounts.change_configuration(stamp, Some(found), Some(revision), &change) {
        Err(StoreError::Unknown { name, .. }) => return Ok(Undone::Conflict(name)),
        changed => drop(changed?),
    }
    Ok(Undone::Done(Box::new(state_of(accounts)?)))
}

pub(super) fn nobody() -> Problem {
    let hint = "there is nobody of that name";
    Problem::new(ErrorCode::UnknownUser, hint)
}

pub(crate) async fn force_state(
    caller: Caller,
    user: Result<Path<String>, PathRejection>,
    body: JsonBody<ForcedState>,
) -> Result<StatusCode, Problem> {
    let (Path(user), JsonBody(ForcedState { state })) = (user?, body);
    is_supervisor(&caller)?;
    let directory = caller.engine.directory();
    let known = directory.users.values().find(|known| known.user == user);
    let agent = known.ok_or_else(nobody)?.agent;
    let by = caller.user.agent;
    let forced = caller.engine.force_state(agent, state, by).await;
    forced.map_err(|(code, hint)| Problem::new(code, hint))?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn zones(_caller: Caller) -> Json<Vec<&'static str>> {
    Json(hours::zones())
}
