//! The operations about customers' files, as the document has them.

use super::{At, FileQuery, PIECE_BYTES};
use crate::http::operation::Operation;
use protocol::exchange::{Import, ImportOptions, ImportPage, ImportPreview, NewImport};
use protocol::link::ErrorCode::{NotAllowed, NotNow, UnknownImport};
use vocab::ImportId;

const CSV: &str = "text/csv";
const VCARD: &str = "text/vcard";

pub(in crate::http) fn operations() -> Vec<Operation> {
    let mut operations = vec![
        Operation::get("/v1/customers/file", super::customers_file)
            .named("customersFile", "All customers as a file, for supervisors")
            .query::<FileQuery>()
            .answers_bytes(200, CSV, "The file.")
            .answers_bytes(200, VCARD, "The file.")
            .refuses(&[NotAllowed]),
        Operation::get("/v1/imports", super::list)
            .named(
                "listImports",
                "Imports, the newest first, for administrators",
            )
            .answers::<ImportPage>("The newest of them.")
            .refuses(&[NotAllowed]),
        Operation::post("/v1/imports", super::begin)
            .named("beginImport", "Begin an import: the file's name and length")
            .body::<NewImport>()
            .answers::<Import>("Send its bytes next.")
            .refuses(&[NotAllowed, UnknownImport]),
    ];
    operations.extend(of_one());
    operations
}

/// Those about one import.
fn of_one() -> Vec<Operation> {
    vec![
        Operation::get("/v1/imports/{id}", super::import)
            .named("readImport", "An import and how far it is"),
        Operation::put("/v1/imports/{id}/data", super::put_piece)
            .named(
                "sendImport",
                "Send the next piece of the file, at most 1 MiB",
            )
            .query::<At>()
            .bytes("application/octet-stream", PIECE_BYTES),
        Operation::post("/v1/imports/{id}/check", super::check)
            .named("checkImport", "Read it through without writing anything")
            .body::<ImportOptions>(),
        Operation::post("/v1/imports/{id}/start", super::run)
            .named("startImport", "Begin to write, or go on where it stopped")
            .body::<ImportOptions>(),
        Operation::post("/v1/imports/{id}/stop", super::stop)
            .named("stopImport", "Stop at the end of the batch"),
        Operation::post("/v1/imports/{id}/undo", super::undo).named(
            "undoImport",
            "Take a whole import back, but for what was changed since",
        ),
    ]
    .into_iter()
    .map(|one| one.answers::<Import>("The import."))
    .chain([
        Operation::post("/v1/imports/{id}/preview", super::preview)
            .named(
                "previewImport",
                "How the file looks, read with these options",
            )
            .body::<ImportOptions>()
            .answers::<ImportPreview>("Its first rows, and who would come of them."),
        Operation::delete("/v1/imports/{id}", super::remove)
            .named("removeImport", "Forget the file; what it wrote stays")
            .done("It is gone."),
        Operation::get("/v1/imports/{id}/refused", super::refused)
            .named(
                "refusedRows",
                "The refused rows, each with its reason, to be mended and imported",
            )
            .answers_bytes(200, CSV, "The file.")
            .answers_bytes(200, VCARD, "The file."),
    ])
    .map(|one| {
        one.part::<ImportId>("id")
            .refuses(&[NotAllowed, UnknownImport, NotNow])
    })
    .collect()
}
