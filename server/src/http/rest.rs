//! Customers and history for those who have signed in.

use super::auth::Caller;
use super::body::JsonBody;
use super::edits;
use super::operation::Operation;
use super::problem::Problem;
use super::records::{may_answer_for_data, may_write, note_of};
use crate::engine::utc_now;
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use protocol::MAX_FIELD_CHARS;
use protocol::link::ErrorCode;
use protocol::record::{DuplicateKey, DuplicatePage};
use protocol::rest::{
    CustomerPage, CustomerPatch, CustomerSummary, IdentityKind, InteractionDetail, Timeline,
};
use schemars::JsonSchema;
use serde::Deserialize;
use vocab::{CustomerId, InteractionId, Sensitive};

/// Rows of a page when the request does not say, and at most.
const ROWS: u32 = 20;
const MAX_ROWS: u32 = 100;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Search {
    #[serde(default)]
    #[schemars(length(max = MAX_FIELD_CHARS))]
    query: String,
    /// Customers on the page; 20 when it is not said.
    #[schemars(range(min = 1, max = MAX_ROWS))]
    limit: Option<u32>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Page {
    /// Only interactions before this one.
    before: Option<InteractionId>,
    /// Interactions on the page; 20 when it is not said.
    #[schemars(range(min = 1, max = MAX_ROWS))]
    limit: Option<u32>,
}

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/customers", search)
            .named(
                "searchCustomers",
                "Search customers by name, phone, e-mail, label, note or topic",
            )
            .query::<Search>()
            .answers::<CustomerPage>("Those last in contact first when the query is empty.")
            .refuses(&[ErrorCode::TooManyLooks]),
        Operation::get("/v1/customers/duplicates", duplicates)
            .named(
                "listDuplicates",
                "Numbers, addresses and handles that stand on more than one record",
            )
            .query::<AfterKey>()
            .answers::<DuplicatePage>("A page of them.")
            .refuses(&[ErrorCode::NotAllowed]),
        Operation::get("/v1/customers/{id}", customer)
            .named("readCustomer", "One customer's record")
            .part::<CustomerId>("id")
            .answers::<CustomerSummary>("The record.")
            .refuses(&[ErrorCode::UnknownCustomer, ErrorCode::TooManyLooks]),
        Operation::patch("/v1/customers/{id}", patch)
            .named(
                "changeCustomer",
                "Change a customer's record; fields left out stay",
            )
            .part::<CustomerId>("id")
            .body::<CustomerPatch>()
            .answers::<CustomerSummary>("The record as it is now.")
            .refuses(&[
                ErrorCode::NotAllowed,
                ErrorCode::UnknownCustomer,
                ErrorCode::ChangedMeanwhile,
                ErrorCode::UnfitContent,
                ErrorCode::TooManyLooks,
            ]),
        Operation::get("/v1/customers/{id}/timeline", timeline)
            .named(
                "readTimeline",
                "A customer's interactions, the newest first",
            )
            .part::<CustomerId>("id")
            .query::<Page>()
            .answers::<Timeline>("A page of them.")
            .refuses(&[ErrorCode::UnknownCustomer, ErrorCode::TooManyLooks]),
        Operation::get("/v1/interactions/{id}", interaction)
            .named(
                "readInteraction",
                "One interaction with everything that happened in it",
            )
            .part::<InteractionId>("id")
            .answers::<InteractionDetail>("The interaction.")
            .refuses(&[ErrorCode::UnknownInteraction, ErrorCode::TooManyLooks]),
    ]
}

fn rows(limit: Option<u32>) -> u32 {
    limit.unwrap_or(ROWS)
}

pub(super) fn no_customer() -> Problem {
    let hint = "there is no such customer";
    Problem::new(ErrorCode::UnknownCustomer, hint)
}

pub(crate) async fn search(
    caller: Caller,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Json<CustomerPage>, Problem> {
    let Query(Search { query, limit }) = search?;
    caller.may_search(&query)?;
    let readers = caller.engine.readers();
    let searched = query.clone();
    let page = readers
        .history(move |history| history.search(&searched, rows(limit)))
        .await?;
    caller.searched(query, page.customers.len());
    Ok(Json(page))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AfterKey {
    /// With `key`: only those after this one, as `next` of the page before says.
    kind: Option<IdentityKind>,
    key: Option<String>,
    /// Duplicates on the page; 20 when it is not said.
    #[schemars(range(min = 1, max = MAX_ROWS))]
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
    caller.look_at(id).await?;
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
    patch: JsonBody<CustomerPatch>,
) -> Result<Json<CustomerSummary>, Problem> {
    let (Path(id), JsonBody(patch)) = (id?, patch);
    may_write(&caller)?;
    caller.look_at(id).await?;
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
        return Err(Problem::new(ErrorCode::ChangedMeanwhile, hint));
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
    caller.look_at(id).await?;
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
    let found = found.ok_or_else(|| {
        let hint = "there is no such interaction";
        Problem::new(ErrorCode::UnknownInteraction, hint)
    })?;
    caller.look_at(found.summary.customer).await?;
    Ok(Json(found))
}
