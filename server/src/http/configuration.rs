//! The configuration for administrators: the document, changes of it with what was before, and taking one back.

use super::admin::{is_admin, is_supervisor};
use super::auth::Caller;
use super::problem::Problem;
use crate::accounts::hash_password;
use crate::engine::{Directory, Engine, Input, utc_now};
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use protocol::configuration::{
    Change, ChangePage, ConfigurationPatch, ConfigurationState, Finding,
};
use protocol::link::ErrorCode;
use protocol::rest::{ForcedState, NewPassword};
use serde::Deserialize;
use std::sync::Arc;
use store::{Accounts, Stamp, StoreError};
use vocab::Sensitive;

/// Changes of a page when the request does not say, and at most.
const CHANGES: u32 = 50;
const MAX_CHANGES: u32 = 200;

/// Shortest password that is taken, in characters (NIST SP 800-63B, 5.1.1.1).
pub(crate) const MIN_PASSWORD_CHARS: usize = 8;

/// Everything of a large organisation at once: 18,000 people are some five megabytes.
pub(crate) const DOCUMENT_BYTES: usize = 32 * 1024 * 1024;

#[derive(Deserialize)]
pub(crate) struct Page {
    before: Option<u64>,
    limit: Option<u32>,
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
    body: Result<Json<Change>, JsonRejection>,
) -> Result<Json<Vec<Finding>>, Problem> {
    let Json(change) = body?;
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
    body: Result<Json<ConfigurationPatch>, JsonRejection>,
) -> Result<Json<ConfigurationState>, Problem> {
    let Json(ConfigurationPatch {
        if_revision,
        change,
    }) = body?;
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
async fn take_effect<T: Send + 'static>(
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
    let limit = limit.unwrap_or(CHANGES).clamp(1, MAX_CHANGES);
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
            let status = StatusCode::NOT_FOUND;
            Err(Problem::new(status, ErrorCode::UnknownChange, hint))
        }
        Undone::Conflict(subject) => {
            let hint =
                format!("“{subject}” was changed again since; take the later change back first");
            let status = StatusCode::CONFLICT;
            Err(Problem::new(status, ErrorCode::ChangedMeanwhile, hint))
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

pub(crate) async fn set_password(
    caller: Caller,
    user: Result<Path<String>, PathRejection>,
    body: Result<Json<NewPassword>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let (Path(user), Json(NewPassword { password })) = (user?, body?);
    is_admin(&caller)?;
    if password.reveal().chars().count() < MIN_PASSWORD_CHARS {
        return Err(Problem::bad_field("password: at least 8 characters"));
    }
    let hash = hashed(password).await?;
    let by = caller.user.user.clone();
    let work = move |accounts: &mut dyn Accounts| {
        let stamp = Stamp {
            at: utc_now(),
            by: &by,
        };
        let Some(user) = accounts.user_by_name(&user)? else {
            return Ok(false);
        };
        accounts.set_password(stamp, user.agent, &hash)?;
        Ok(true)
    };
    if take_effect(&caller.engine, work).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(nobody())
    }
}

/// It takes tens of milliseconds of a core.
async fn hashed(password: Sensitive<String>) -> Result<Sensitive<String>, Problem> {
    let hashed = tokio::task::spawn_blocking(move || hash_password(&password)).await;
    match hashed {
        Ok(Ok(hash)) => Ok(hash),
        Ok(Err(err)) => {
            tracing::error!(%err, "a password could not be hashed");
            Err(Problem::internal())
        }
        Err(_) => Err(Problem::internal()),
    }
}

pub(super) fn nobody() -> Problem {
    let hint = "there is nobody of that name";
    Problem::new(StatusCode::NOT_FOUND, ErrorCode::UnknownUser, hint)
}

pub(crate) async fn force_state(
    caller: Caller,
    user: Result<Path<String>, PathRejection>,
    body: Result<Json<ForcedState>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let (Path(user), Json(ForcedState { state })) = (user?, body?);
    is_supervisor(&caller)?;
    let directory = caller.engine.directory();
    let known = directory.users.values().find(|known| known.user == user);
    let agent = known.ok_or_else(nobody)?.agent;
    let by = caller.user.agent;
    let forced = caller.engine.force_state(agent, state, by).await;
    forced.map_err(|(code, hint)| Problem::new(StatusCode::CONFLICT, code, hint))?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn zones(_caller: Caller) -> Json<Vec<&'static str>> {
    Json(hours::zones())
}
