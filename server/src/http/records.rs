//! Whole records: their notes, their export, their erasure.

use super::auth::Caller;
use super::problem::Problem;
use super::rest::{no_customer, read_customer};
use crate::engine::utc_now;
use crate::erase::{self, EraseError};
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::http::StatusCode;
use protocol::link::ErrorCode;
use protocol::record::{
    CustomerExport, CustomerNote, CustomerNotes, EraseConfirmation, Erased,
    MAX_CUSTOMER_NOTE_CHARS, NoteText,
};
use store::{AuditNote, RecordEvent, Stamp};
use vocab::{CustomerId, NoteId, Role, Sensitive};

type Body<T> = Result<Json<T>, JsonRejection>;
type Id<T> = Result<Path<T>, PathRejection>;

/// Notes on one record.
const MAX_NOTES: usize = 200;

fn not_allowed(hint: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, ErrorCode::NotAllowed, hint)
}

pub(super) fn may_write(caller: &Caller) -> Result<(), Problem> {
    match caller.user.role {
        Role::Expert => Err(not_allowed("experts read records; an agent changes them")),
        Role::Agent | Role::Supervisor | Role::Admin => Ok(()),
    }
}

pub(super) fn may_answer_for_data(caller: &Caller) -> Result<(), Problem> {
    match caller.user.role {
        Role::Supervisor | Role::Admin => Ok(()),
        Role::Agent | Role::Expert => Err(not_allowed(
            "a supervisor or an administrator exports and erases records",
        )),
    }
}

/// A line for the audit trail about a customer.
pub(super) fn note_of(caller: &Caller, what: &str, customer: CustomerId) -> AuditNote {
    AuditNote {
        at: utc_now(),
        by: caller.user.user.clone(),
        what: what.to_owned(),
        subject: format!("customer {customer}"),
    }
}

async fn read_notes(caller: &Caller, customer: CustomerId) -> Result<CustomerNotes, Problem> {
    let notes = caller
        .engine
        .readers()
        .history(move |history| history.notes(customer))
        .await?;
    Ok(CustomerNotes { notes })
}

pub(crate) async fn notes(
    caller: Caller,
    id: Id<CustomerId>,
) -> Result<Json<CustomerNotes>, Problem> {
    let Path(id) = id?;
    read_customer(&caller, id).await?;
    read_notes(&caller, id).await.map(Json)
}

fn check_text(text: &NoteText) -> Result<(), Problem> {
    let text = text.text.reveal();
    if text::has_control_in_lines(text) {
        return Err(Problem::bad_field(
            "text: no control codes but line breaks and tabs",
        ));
    }
    if text.trim().is_empty() || text.chars().count() > MAX_CUSTOMER_NOTE_CHARS {
        return Err(Problem::bad_field("text: 1 to 2000 characters"));
    }
    Ok(())
}

fn kept(text: &NoteText) -> Sensitive<String> {
    Sensitive::new(text::clean_lines(text.text.reveal()))
}

pub(crate) async fn add_note(
    caller: Caller,
    id: Id<CustomerId>,
    body: Body<NoteText>,
) -> Result<Json<CustomerNotes>, Problem> {
    let (Path(customer), Json(body)) = (id?, body?);
    may_write(&caller)?;
    check_text(&body)?;
    let _turn = caller.engine.edit_turn().await;
    read_customer(&caller, customer).await?;
    if read_notes(&caller, customer).await?.notes.len() >= MAX_NOTES {
        let hint = "notes: a record holds at most 200; remove one first";
        return Err(Problem::bad_field(hint));
    }
    let event = RecordEvent::CustomerNoteAdded {
        customer,
        agent: caller.user.agent,
        text: kept(&body),
    };
    write(&caller, customer, event, "customer_note_added").await
}

pub(crate) async fn edit_note(
    caller: Caller,
    id: Id<(CustomerId, NoteId)>,
    body: Body<NoteText>,
) -> Result<Json<CustomerNotes>, Problem> {
    let (Path((customer, note)), Json(body)) = (id?, body?);
    may_write(&caller)?;
    check_text(&body)?;
    let _turn = caller.engine.edit_turn().await;
    let known = find_note(&caller, customer, note).await?;
    if known.author != caller.user.agent {
        return Err(not_allowed(
            "this note is a colleague's; add one of your own",
        ));
    }
    let text = kept(&body);
    let event = RecordEvent::CustomerNoteEdited {
        customer,
        note,
        text,
    };
    write(&caller, customer, event, "customer_note_edited").await
}

pub(crate) async fn remove_note(
    caller: Caller,
    id: Id<(CustomerId, NoteId)>,
) -> Result<Json<CustomerNotes>, Problem> {
    let Path((customer, note)) = id?;
    may_write(&caller)?;
    let _turn = caller.engine.edit_turn().await;
    let known = find_note(&caller, customer, note).await?;
    if known.author != caller.user.agent && may_answer_for_data(&caller).is_err() {
        return Err(not_allowed(
            "this note is a colleague's; a supervisor can remove it",
        ));
    }
    let event = RecordEvent::CustomerNoteRemoved { customer, note };
    write(&caller, customer, event, "customer_note_removed").await
}

async fn find_note(
    caller: &Caller,
    customer: CustomerId,
    note: NoteId,
) -> Result<CustomerNote, Problem> {
    read_customer(caller, customer).await?;
    let notes = read_notes(caller, customer).await?.notes;
    notes
        .into_iter()
        .find(|known| known.note == note)
        .ok_or_else(|| {
            let hint = "this note was removed meanwhile";
            Problem::new(StatusCode::NOT_FOUND, ErrorCode::ChangedMeanwhile, hint)
        })
}

async fn write(
    caller: &Caller,
    customer: CustomerId,
    event: RecordEvent,
    what: &str,
) -> Result<Json<CustomerNotes>, Problem> {
    let note = note_of(caller, what, customer);
    caller
        .engine
        .edit(customer, vec![event], Some(note))
        .await
        .map_err(|_| Problem::not_written())?;
    read_notes(caller, customer).await.map(Json)
}

pub(crate) async fn export(
    caller: Caller,
    id: Id<CustomerId>,
) -> Result<Json<CustomerExport>, Problem> {
    let Path(customer) = id?;
    may_answer_for_data(&caller)?;
    let at = utc_now();
    let readers = caller.engine.readers();
    let export = readers
        .history(move |history| history.export(customer, at))
        .await?
        .ok_or_else(no_customer)?;
    let by = caller.user.user.clone();
    // The trail first: what leaves the server without a line in it has never happened.
    readers
        .accounts(move |accounts| {
            let stamp = Stamp { at, by: &by };
            accounts.note_audit(stamp, "customer_exported", &format!("customer {customer}"))
        })
        .await?;
    Ok(Json(export))
}

pub(crate) async fn erase(
    caller: Caller,
    id: Id<CustomerId>,
    body: Body<EraseConfirmation>,
) -> Result<Json<Erased>, Problem> {
    let (Path(customer), Json(body)) = (id?, body?);
    may_answer_for_data(&caller)?;
    let record = read_customer(&caller, customer).await?;
    if record.name.reveal().trim() != body.name.reveal().trim() {
        return Err(Problem::bad_field(
            "name: type the customer's name as it stands on the record",
        ));
    }
    let erased = erase::customer(&caller.engine, customer, &caller.user.user).await;
    erased.map(Json).map_err(|err| match err {
        EraseError::Unknown => no_customer(),
        EraseError::InContact => {
            let hint =
                "the customer is in contact; erase them after the conversation and its wrap-up";
            Problem::new(StatusCode::CONFLICT, ErrorCode::NotNow, hint)
        }
        EraseError::StorageFailed => Problem::not_written(),
        EraseError::Store(err) => err.into(),
    })
}
