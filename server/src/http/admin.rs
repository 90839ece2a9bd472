//! For administrators: the audit trail, and what dispositions and reasons are called.

use super::auth::Caller;
use super::body::JsonBody;
use super::operation::Operation;
use super::problem::Problem;
use crate::engine::utc_now;
use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use protocol::link::ErrorCode;
use protocol::record::AuditPage;
use protocol::rest::NamesBody;
use protocol::work::OtherNames;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;
use store::Stamp;
use vocab::Role;

/// Lines of a page when the request does not say, and at most.
const LINES: u32 = 50;
const MAX_LINES: u32 = 500;

const MAX_DISPOSITIONS: usize = 50;
const MAX_NAME_CHARS: usize = 60;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Page {
    /// Only lines before this one.
    before: Option<u64>,
    /// Lines on the page; 50 when it is not said.
    #[schemars(range(min = 1, max = MAX_LINES))]
    limit: Option<u32>,
}

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/audit", audit)
            .named(
                "readAudit",
                "The audit trail, the newest first, for administrators",
            )
            .query::<Page>()
            .answers::<AuditPage>("A page of lines.")
            .refuses(&[ErrorCode::NotAllowed]),
        Operation::get("/v1/names", names)
            .named("readNames", "What dispositions and reasons are called")
            .answers::<NamesBody>("All names."),
        Operation::put("/v1/names", set_names)
            .named(
                "replaceNames",
                "Name dispositions and reasons, for administrators",
            )
            .body::<NamesBody>()
            .answers::<NamesBody>("The names as they are now.")
            .refuses(&[ErrorCode::NotAllowed, ErrorCode::UnfitContent]),
    ]
}

pub(super) fn is_admin(caller: &Caller) -> Result<(), Problem> {
    if caller.user.role == Role::Admin {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::NotAllowed,
        "this is for administrators",
    ))
}

pub(super) fn is_supervisor(caller: &Caller) -> Result<(), Problem> {
    if matches!(caller.user.role, Role::Supervisor | Role::Admin) {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::NotAllowed,
        "this is for supervisors",
    ))
}

pub(crate) async fn audit(
    caller: Caller,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<AuditPage>, Problem> {
    let Query(Page { before, limit }) = page?;
    is_admin(&caller)?;
    let limit = limit.unwrap_or(LINES);
    let mut lines = caller
        .engine
        .readers()
        .accounts(move |accounts| accounts.audit(before, limit + 1))
        .await?;
    let has_more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    Ok(Json(AuditPage { lines, has_more }))
}

pub(crate) async fn names(caller: Caller) -> Result<Json<NamesBody>, Problem> {
    let directory = caller.engine.directory();
    Ok(Json(NamesBody {
        dispositions: directory.dispositions.clone(),
        reasons: directory.reason_names.clone(),
    }))
}

/// The whole list: what is not in it is not offered any more, or has the screen's own name again.
pub(crate) async fn set_names(
    caller: Caller,
    body: JsonBody<NamesBody>,
) -> Result<Json<NamesBody>, Problem> {
    let JsonBody(body) = body;
    is_admin(&caller)?;
    check(&body)?;
    let by = caller.user.user.clone();
    let written = body.clone();
    caller
        .engine
        .readers()
        .accounts(move |accounts| {
            let stamp = Stamp {
                at: utc_now(),
                by: &by,
            };
            accounts.replace_names(stamp, &body.dispositions, &body.reasons)
        })
        .await?;
    Ok(Json(written))
}

fn check(body: &NamesBody) -> Result<(), Problem> {
    let codes: BTreeSet<&str> = body
        .dispositions
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    let is_code = |code: &&str| {
        (1..=40).contains(&code.len())
            && code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if codes.len() != body.dispositions.len() {
        return Err(Problem::unfit("dispositions: each code once"));
    }
    if body.dispositions.is_empty()
        || body.dispositions.len() > MAX_DISPOSITIONS
        || !codes.iter().all(is_code)
    {
        let hint = "dispositions: 1 to 50, each code of 1 to 40 of a-z, 0-9 and _";
        return Err(Problem::bad_field(hint));
    }
    let dispositions = body.dispositions.iter().map(|one| (&one.name, &one.names));
    let reasons = body.reasons.iter().map(|one| (&one.name, &one.names));
    if dispositions
        .chain(reasons)
        .all(|(name, names)| are_fit(name, names))
    {
        Ok(())
    } else {
        Err(Problem::bad_field(
            "names: 1 to 60 characters in each language",
        ))
    }
}

fn are_fit(name: &str, names: &OtherNames) -> bool {
    let is_fit = |text: &str| !text.trim().is_empty() && text.chars().count() <= MAX_NAME_CHARS;
    let others = [&names.simplified, &names.traditional];
    is_fit(name) && others.into_iter().flatten().all(|text| is_fit(text))
}
