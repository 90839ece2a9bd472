//! Imports over REST, for administrators: the file in pieces, how it looks, a check, the import itself, and taking it
//! back; and all customers as a file, for supervisors.

use super::admin::is_admin;
use super::auth::Caller;
use super::body::JsonBody;
use super::on_disk::{on_disk, pieces};
use super::problem::Problem;
use super::records::may_answer_for_data;
use crate::app::App;
use crate::engine::utc_now;
use crate::imports::{self, PieceError, StartError, Task};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::MAX_FIELD_CHARS;
use protocol::exchange::{
    CustomerFormat, IMPORT_PIECE_BYTES, Import, ImportOptions, ImportPage, ImportPreview,
    ImportState, NewImport,
};
use protocol::link::ErrorCode;
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;
use store::{ImportRow, ImportSettled, Stamp};
use vocab::{CustomerId, ImportId};

/// Longest piece, in bytes.
pub(super) const PIECE_BYTES: usize = IMPORT_PIECE_BYTES;

/// Imports of a page.
const IMPORTS: u32 = 100;

/// Customers read at one go for a file.
const RECORDS: u32 = 500;

/// Whoever fetches a file and stops reading is given up after this.
const FILE_STALL: Duration = Duration::from_secs(60);

mod operations;

pub(super) use operations::operations;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct At {
    /// Bytes that were sent before.
    offset: u64,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct FileQuery {
    format: CustomerFormat,
}

type Id = Result<Path<ImportId>, PathRejection>;

fn no_import() -> Problem {
    let hint = "there is no such import";
    Problem::new(ErrorCode::UnknownImport, hint)
}

fn not_now(hint: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::NotNow, hint)
}

fn disk(err: &std::io::Error) -> Problem {
    tracing::error!(%err, "a file of an import could not be read or written");
    Problem::not_written()
}

async fn find(caller: &Caller, id: Id) -> Result<ImportRow, Problem> {
    let Path(id) = id?;
    is_admin(caller)?;
    let found = caller
        .engine
        .readers()
        .imports(move |imports| imports.import(id))
        .await?;
    found.ok_or_else(no_import)
}

async fn shown(app: &App, caller: &Caller, id: ImportId) -> Result<Json<Import>, Problem> {
    is_admin(caller)?;
    let organisation = caller.engine.organisation().clone();
    let all = app.inner.imports.clone();
    let read = caller.engine.readers().imports(move |imports| {
        all.together(|| {
            let (row, unsearched) = (imports.import(id)?, imports.unsearched()?);
            Ok(row.map(|row| all.shown(&organisation, row, unsearched)))
        })
    });
    read.await?.map(Json).ok_or_else(no_import)
}

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<ImportPage>, Problem> {
    is_admin(&caller)?;
    let organisation = caller.engine.organisation().clone();
    let all = app.inner.imports.clone();
    let read = caller.engine.readers().imports(move |imports| {
        all.together(|| {
            let rows = imports.imports(IMPORTS)?.into_iter();
            let unsearched = imports.unsearched()?;
            Ok(rows
                .map(|row| all.shown(&organisation, row, unsearched))
                .collect())
        })
    });
    Ok(Json(ImportPage {
        imports: read.await?,
    }))
}

pub(crate) async fn begin(
    State(app): State<App>,
    caller: Caller,
    body: JsonBody<NewImport>,
) -> Result<Json<Import>, Problem> {
    let JsonBody(new) = body;
    is_admin(&caller)?;
    let file = new.file.trim().to_owned();
    let is_fit = |c: char| !c.is_control();
    if file.is_empty() || file.chars().count() > MAX_FIELD_CHARS || !file.chars().all(is_fit) {
        return Err(Problem::bad_field("file: its name, 1 to 200 characters"));
    }
    let most = app.inner.imports.files().max_bytes();
    if new.bytes == 0 || new.bytes > most {
        let mb = most / (1_024 * 1_024);
        return Err(Problem::bad_field(format!(
            "bytes: 1 to {most} ({mb} MB); divide a longer file, or raise imports.max_mb"
        )));
    }
    let by = caller.user.user.clone();
    let begun = caller.engine.readers().imports(move |imports| {
        let stamp = Stamp {
            at: utc_now(),
            by: &by,
        };
        imports.begin_import(stamp, &file, new.bytes)
    });
    let import = begun.await?;
    shown(&app, &caller, import).await
}

pub(crate) async fn import(
    State(app): State<App>,
    caller: Caller,
    id: Id,
) -> Result<Json<Import>, Problem> {
    let Path(id) = id?;
    shown(&app, &caller, id).await
}

/// Takes the next piece; with the last one the import is ready.
pub(crate) async fn put_piece(
    State(app): State<App>,
    caller: Caller,
    id: Id,
    at: Result<Query<At>, QueryRejection>,
    piece: Result<Bytes, BytesRejection>,
) -> Result<Json<Import>, Problem> {
    let Query(At { offset }) = at?;
    let row = find(&caller, id).await?;
    let piece = piece?;
    if row.state != ImportState::Sending {
        return Err(not_now("the file is here already"));
    }
    let (files, organisation) = (
        app.inner.imports.files().clone(),
        caller.engine.organisation().clone(),
    );
    let (id, most) = (row.import, row.bytes);
    let taken = on_disk(move || files.append(&organisation, id, offset, &piece, most)).await?;
    let received = taken.map_err(|err| match err {
        PieceError::WrongOffset { received } => {
            not_now(format!("{received} bytes are here; send on from there"))
        }
        PieceError::TooLong => Problem::bad_field("the file is longer than was said"),
        PieceError::Io(err) => disk(&err),
    })?;
    if received == most {
        let settled = ImportSettled {
            state: ImportState::Ready,
            options: None,
            problem: None,
            kept: 0,
        };
        let readers = caller.engine.readers();
        readers
            .imports(move |imports| imports.settle_import(id, &settled))
            .await?;
    }
    shown(&app, &caller, id).await
}

pub(crate) async fn preview(
    State(app): State<App>,
    caller: Caller,
    id: Id,
    body: JsonBody<ImportOptions>,
) -> Result<Json<ImportPreview>, Problem> {
    let JsonBody(options) = body;
    let row = find(&caller, id).await?;
    if row.state == ImportState::Sending {
        return Err(not_now("the file is still being sent"));
    }
    let path = app
        .inner
        .imports
        .files()
        .upload(caller.engine.organisation(), row.import);
    let home = caller.engine.directory().home();
    let read = on_disk(move || imports::preview(&path, &options, home)).await?;
    read.map(Json)
        .map_err(|err| Problem::bad_field(err.to_string()))
}

async fn start(
    app: App,
    caller: Caller,
    id: ImportId,
    task: Task,
    options: Option<ImportOptions>,
) -> Result<Json<Import>, Problem> {
    let (imports, engine) = (app.inner.imports.clone(), caller.engine.clone());
    let by = caller.user.user.clone();
    let begun = on_disk(move || imports.start(&engine, id, task, options, &by)).await?;
    begun.map_err(|err| match err {
        StartError::Busy => not_now("another import is at work; wait for it or stop it"),
        StartError::NotNow => not_now("the import is not at that point; look at its state"),
        StartError::Unknown => no_import(),
        StartError::Store(err) => err.into(),
        StartError::Read(err) => Problem::bad_field(err.to_string()),
    })?;
    shown(&app, &caller, id).await
}

pub(crate) async fn check(
    State(app): State<App>,
    caller: Caller,
    id: Id,
    body: JsonBody<ImportOptions>,
) -> Result<Json<Import>, Problem> {
    let JsonBody(options) = body;
    let row = find(&caller, id).await?;
    start(app, caller, row.import, Task::Check, Some(options)).await
}

/// Begins it, or goes on where it stopped.
pub(crate) async fn run(
    State(app): State<App>,
    caller: Caller,
    id: Id,
    body: JsonBody<ImportOptions>,
) -> Result<Json<Import>, Problem> {
    let JsonBody(options) = body;
    let row = find(&caller, id).await?;
    start(app, caller, row.import, Task::Run, Some(options)).await
}

pub(crate) async fn stop(
    State(app): State<App>,
    caller: Caller,
    id: Id,
) -> Result<Json<Import>, Problem> {
    let row = find(&caller, id).await?;
    if !app
        .inner
        .imports
        .stop(caller.engine.organisation(), row.import)
    {
        return Err(not_now("it is not at work"));
    }
    shown(&app, &caller, row.import).await
}

pub(crate) async fn undo(
    State(app): State<App>,
    caller: Caller,
    id: Id,
) -> Result<Json<Import>, Problem> {
    let row = find(&caller, id).await?;
    start(app, caller, row.import, Task::Undo, None).await
}

/// Forgets the files; an import that wrote something stays in the list.
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    id: Id,
) -> Result<StatusCode, Problem> {
    let row = find(&caller, id).await?;
    let organisation = caller.engine.organisation().clone();
    if app.inner.imports.stop(&organisation, row.import) {
        return Err(not_now("it is at work and stops now; remove it afterwards"));
    }
    let (id, imports) = (row.import, app.inner.imports.clone());
    on_disk(move || imports.forget(&organisation, id)).await?;
    let readers = caller.engine.readers();
    readers
        .imports(move |imports| imports.forget_import(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn refused(
    State(app): State<App>,
    caller: Caller,
    id: Id,
) -> Result<Response, Problem> {
    let row = find(&caller, id).await?;
    let path = app
        .inner
        .imports
        .files()
        .refused(caller.engine.organisation(), row.import);
    let opened = move || {
        let file = std::fs::File::open(path)?;
        let length = file.metadata()?.len();
        Ok((file, length))
    };
    let (file, length) =
        on_disk(opened)
            .await?
            .map_err(|err: std::io::Error| match err.kind() {
                std::io::ErrorKind::NotFound => no_import(),
                _ => disk(&err),
            })?;
    let is_cards = row.options.format == Some(CustomerFormat::Vcard);
    let kind = if is_cards { VCARD } else { CSV };
    let pieces = pieces(file, 0, length);
    Ok(attached(kind, "refused", Body::from_stream(pieces)))
}

type Kind = (&'static str, &'static str);
const CSV: Kind = ("text/csv; charset=utf-8", "csv");
const VCARD: Kind = ("text/vcard; charset=utf-8", "vcf");

fn attached((content, ending): Kind, name: &str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// All customers as a file, written while it is read.
pub(crate) async fn customers_file(
    caller: Caller,
    query: Result<Query<FileQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(FileQuery { format }) = query?;
    may_answer_for_data(&caller)?;
    let by = caller.user.user.clone();
    // The trail first: what leaves the server without a line in it has never happened.
    let noted = caller.engine.readers().accounts(move |accounts| {
        let stamp = Stamp {
            at: utc_now(),
            by: &by,
        };
        accounts.note_audit(stamp, "customers_exported", "all customers")
    });
    noted.await?;
    let (pieces, waiting) = tokio::sync::mpsc::channel(2);
    let readers = caller.engine.readers().clone();
    // It ends with the last customer, or when nobody reads on.
    drop(telemetry::spawn("customers' file", async move {
        let mut after = CustomerId(0);
        let mut text = match format {
            CustomerFormat::Csv => exchange::csv_header(),
            CustomerFormat::Vcard => String::new(),
        };
        loop {
            let read = readers
                .imports(move |imports| imports.records(after, RECORDS))
                .await;
            let records = match read {
                Ok(records) => records,
                Err(err) => {
                    tracing::error!(%err, "customers could not be read for a file");
                    let _ = pieces
                        .send(Err(std::io::Error::other("the store cannot be read")))
                        .await;
                    return;
                }
            };
            for (customer, record) in &records {
                after = *customer;
                text.push_str(&match format {
                    CustomerFormat::Csv => exchange::csv_row(record),
                    CustomerFormat::Vcard => exchange::card(record),
                });
            }
            let piece = Ok(std::mem::take(&mut text));
            let is_last = records.is_empty();
            if pieces.send_timeout(piece, FILE_STALL).await.is_err() || is_last {
                return;
            }
        }
    }));
    let stream = futures_util::stream::unfold(waiting, |mut waiting| async move {
        let piece: Result<String, std::io::Error> = waiting.recv().await?;
        Some((piece, waiting))
    });
    let kind = match format {
        CustomerFormat::Csv => CSV,
        CustomerFormat::Vcard => VCARD,
    };
    Ok(attached(kind, "customers", Body::from_stream(stream)))
}
