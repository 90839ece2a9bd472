//! Customers and history for those who have signed in.

use super::auth::Caller;
use super::edits;
use super::problem::Problem;
use super::records::{may_answer_for_data, may_write, note_of};
use crate::engine::utc_now;
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use protocol::MAX_FIELD_CHARS;
use protocol::link::ErrorCode;
use protocol::record::{DuplicateKey, DuplicatePage};
use protocol::rest::{
    CustomerPage, CustomerPatch, CustomerSummary, IdentityKind, InteractionDetail, Timeline,
};
use serde::Deserialize;
use vocab::{CustomerId, InteractionId, Sensitive};

/// Rows of a page when the request does not say, and at most.
const ROWS: u32 = 20;
const MAX_ROWS: u32 = 100;

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

pub(super) fn no_customer() -> Problem {
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
    let page = readers
        .history(move |history| history.search(&query, rows(limit)))
        .await?;
    Ok(Json(page))
}

#[derive(Deserialize)]
pub(crate) struct AfterKey {
    kind: Option<IdentityKind>,
    key: Option<String>,
    limit: Option<u32>,
}

/// Numbers and addresses that stand on more than one record. Whether they are the same person's is for people to say.
pub(crate) async fn duplicates(
    caller: Caller,
    after: Result<Query<AfterKey>, QueryRejection>,
) -> Result<Json<DuplicatePage>, Problem> {
    let Query(AfterKey { kind, key, limit }) = after?;
    may_answer_for_data(&caller)?;
    let after = kind.zip(key).map(|(kind, key)| DuplicateKey {
        kind,
        key: Sensitive::new(key),
    });
    let readers = caller.engine.readers();
    let page = readers
        .history(move |history| history.duplicates(after.as_ref(), rows(limit)))
        .await?;
    Ok(Json(page))
}

pub(crate) async fn customer(
    caller: Caller,
    id: Result<Path<CustomerId>, PathRejection>,
) -> Result<Json<CustomerSummary>, Problem> {
    let Path(id) = id?;
    read_customer(&caller, id).await.map(Json)
}

pub(super) async fn read_customer(
    caller: &Caller,
    id: CustomerId,
) -> Result<CustomerSummary, Problem> {
    let found = caller
        .engine
        .readers()
        .history(move |history| history.customer(id))
        .await?;
    found.ok_or_else(no_customer)
}

pub(crate) async fn patch(
    caller: Caller,
    id: Result<Path<CustomerId>, PathRejection>,
    patch: Result<Json<CustomerPatch>, JsonRejection>,
) -> Result<Json<CustomerSummary>, Problem> {
    let (Path(id), Json(patch)) = (id?, patch?);
    may_write(&caller)?;
    let _turn = caller.engine.edit_turn().await;
    let record = read_customer(&caller, id).await?;
    edits::check_codes(&patch, &record)?;
    let patch = edits::cleaned(patch);
    edits::check(&patch, &record)?;
    if patch
        .if_revision
        .is_some_and(|read| read != record.revision)
    {
        let hint = "somebody else changed this record meanwhile; read it again";
        return Err(Problem::new(
            StatusCode::CONFLICT,
            ErrorCode::ChangedMeanwhile,
            hint,
        ));
    }
    let events = edits::events_of(&record, patch, caller.engine.directory().home(), utc_now());
    if events.is_empty() {
        return Ok(Json(record));
    }
    let note = note_of(&caller, "customer_edited", id);
    caller
        .engine
        .edit(id, events, Some(note))
        .await
        .map_err(|_| Problem::not_written())?;
    read_customer(&caller, id).await.map(Json)
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
