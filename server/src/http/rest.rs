//! Customers and history for those who have signed in.

use super::auth::Caller;
use super::problem::Problem;
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use protocol::link::ErrorCode;
use protocol::rest::{CustomerPage, CustomerPatch, CustomerSummary, InteractionDetail, Timeline};
use protocol::{MAX_FIELD_CHARS, MAX_NOTE_CHARS};
use serde::Deserialize;
use vocab::{CustomerId, InteractionId, Role};

/// Rows of a page when the request does not say, and at most.
const ROWS: u32 = 20;
const MAX_ROWS: u32 = 100;

/// Labels on a record.
const MAX_LABELS: usize = 20;

#[derive(Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    query: String,
    limit: Option<u32>,
}

#[derive(Deserialize)]
pub(crate) struct Page {
    before: Option<InteractionId>,
    limit: Option<u32>,
}

fn rows(limit: Option<u32>) -> u32 {
    limit.unwrap_or(ROWS).clamp(1, MAX_ROWS)
}

fn no_customer() -> Problem {
    let hint = "there is no such customer";
    Problem::new(StatusCode::NOT_FOUND, ErrorCode::UnknownCustomer, hint)
}

pub(crate) async fn search(
    caller: Caller,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Json<CustomerPage>, Problem> {
    let Query(Search { query, limit }) = search?;
    if query.chars().count() > MAX_FIELD_CHARS {
        return Err(Problem::bad_field("query: at most 200 characters"));
    }
    let readers = caller.engine.readers();
    let mut page = readers
        .history(move |history| history.search(&query, rows(limit)))
        .await?;
    page.customers.iter_mut().for_each(hide_visitors);
    Ok(Json(page))
}

pub(crate) async fn customer(
    caller: Caller,
    id: Result<Path<CustomerId>, PathRejection>,
) -> Result<Json<CustomerSummary>, Problem> {
    let Path(id) = id?;
    read_customer(&caller, id).await.map(Json)
}

async fn read_customer(caller: &Caller, id: CustomerId) -> Result<CustomerSummary, Problem> {
    let found = caller
        .engine
        .readers()
        .history(move |history| history.customer(id))
        .await?;
    let mut customer = found.ok_or_else(no_customer)?;
    hide_visitors(&mut customer);
    Ok(customer)
}

pub(crate) async fn patch(
    caller: Caller,
    id: Result<Path<CustomerId>, PathRejection>,
    patch: Result<Json<CustomerPatch>, JsonRejection>,
) -> Result<Json<CustomerSummary>, Problem> {
    let (Path(id), Json(patch)) = (id?, patch?);
    if caller.user.role == Role::Expert {
        let hint = "experts read records; an agent changes them";
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            ErrorCode::NotAllowed,
            hint,
        ));
    }
    check_patch(&patch)?;
    read_customer(&caller, id).await?;
    caller.engine.patch(id, patch).await.map_err(|_| {
        let hint = "the server could not write; nothing was changed, please try again";
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::StorageFailed,
            hint,
        )
    })?;
    read_customer(&caller, id).await.map(Json)
}

fn check_patch(patch: &CustomerPatch) -> Result<(), Problem> {
    let is_long = |text: &str, most: usize| text.chars().count() > most;
    if let Some(name) = &patch.name
        && (name.reveal().trim().is_empty() || is_long(name.reveal(), MAX_FIELD_CHARS))
    {
        return Err(Problem::bad_field("name: 1 to 200 characters"));
    }
    if patch
        .language
        .as_ref()
        .is_some_and(|language| is_long(language, 35))
    {
        return Err(Problem::bad_field("language: at most 35 characters"));
    }
    if patch
        .note
        .as_ref()
        .is_some_and(|note| is_long(note.reveal(), MAX_NOTE_CHARS))
    {
        return Err(Problem::bad_field("note: at most 10000 characters"));
    }
    let is_bad_label = |label: &String| label.trim().is_empty() || is_long(label, 60);
    if patch
        .labels
        .as_ref()
        .is_some_and(|labels| labels.len() > MAX_LABELS || labels.iter().any(is_bad_label))
    {
        return Err(Problem::bad_field(
            "labels: at most 20, each of 1 to 60 characters",
        ));
    }
    Ok(())
}

pub(crate) async fn timeline(
    caller: Caller,
    id: Result<Path<CustomerId>, PathRejection>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Timeline>, Problem> {
    let (Path(id), Query(Page { before, limit })) = (id?, page?);
    let found = caller
        .engine
        .readers()
        .history(move |history| match history.customer(id)? {
            None => Ok(None),
            Some(_) => history.timeline(id, before, rows(limit)).map(Some),
        })
        .await?;
    found.map(Json).ok_or_else(no_customer)
}

pub(crate) async fn interaction(
    caller: Caller,
    id: Result<Path<InteractionId>, PathRejection>,
) -> Result<Json<InteractionDetail>, Problem> {
    let Path(id) = id?;
    let found = caller
        .engine
        .readers()
        .history(move |history| history.interaction(id))
        .await?;
    found.map(Json).ok_or_else(|| {
        let hint = "there is no such interaction";
        Problem::new(StatusCode::NOT_FOUND, ErrorCode::UnknownInteraction, hint)
    })
}

/// A visitor's identity is a browser's proof and leaves the server in no answer.
fn hide_visitors(customer: &mut CustomerSummary) {
    customer
        .identities
        .retain(|identity| identity.kind != protocol::rest::IdentityKind::Visitor);
}
