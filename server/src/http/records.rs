//! Whole records: their notes, their export, their erasure.

use super::auth::Caller;
use super::body::JsonBody;
use super::operation::Operation;
use super::problem::Problem;
use super::rest::{no_customer, read_customer};
use crate::engine::utc_now;
use crate::erase::{self, EraseError};
use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use protocol::link::ErrorCode;
use protocol::record::{
    CustomerExport, CustomerNote, CustomerNotes, EraseConfirmation, Erased,
    MAX_CUSTOMER_NOTE_CHARS, NoteText,
};
use store::{AuditNote, RecordEvent, Stamp};
use vocab::{CustomerId, NoteId, Role, Sensitive};

type Id<T> = Result<Path<T>, PathRejection>;

/// Notes on one record.
const MAX_NOTES: usize = 200;

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    use ErrorCode::{NotAllowed, NotNow, TooManyLooks, UnknownCustomer, UnknownNote};
    const NOTES: &str = "/v1/customers/{id}/notes";
    const NOTE: &str = "/v1/customers/{id}/notes/{note}";
    vec![
        Operation::get(NOTES, notes)
            .named("readNotes", "The notes on a customer's record")
            .part::<CustomerId>("id")
            .answers::<CustomerNotes>("All notes, the newest first.")
            .refuses(&[UnknownCustomer, TooManyLooks]),
        Operation::post(NOTES, add_note)
            .named("addNote", "Add a note to a customer's record")
            .part::<CustomerId>("id")
            .body::<NoteText>()
            .answers::<CustomerNotes>("All notes, with the new one.")
            .refuses(&[
                NotAllowed,
                UnknownCustomer,
                TooManyLooks,
                ErrorCode::UnfitContent,
            ]),
        Operation::patch(NOTE, edit_note)
            .named("changeNote", "Change a note of one's own")
            .part::<CustomerId>("id")
            .part::<NoteId>("note")
            .body::<NoteText>()
            .answers::<CustomerNotes>("All notes, with the changed one.")
            .refuses(&[
                NotAllowed,
                UnknownCustomer,
                UnknownNote,
                TooManyLooks,
                ErrorCode::UnfitContent,
            ]),
        Operation::delete(NOTE, remove_note)
            .named(
                "removeNote",
                "Remove a note: one's own, or any for supervisors",
            )
            .part::<CustomerId>("id")
            .part::<NoteId>("note")
            .answers::<CustomerNotes>("The notes that are left.")
            .refuses(&[NotAllowed, UnknownCustomer, UnknownNote, TooManyLooks]),
        Operation::get("/v1/customers/{id}/export", export)
            .named(
                "exportCustomer",
                "Everything that is kept about a customer, for supervisors",
            )
            .part::<CustomerId>("id")
            .answers::<CustomerExport>("The whole record with its history.")
            .refuses(&[NotAllowed, UnknownCustomer]),
        Operation::post("/v1/customers/{id}/erase", erase)
            .named(
                "eraseCustomer",
                "Erase a customer for good, for supervisors",
            )
            .part::<CustomerId>("id")
            .body::<EraseConfirmation>()
            .answers::<Erased>("The customer is gone; figures stay.")
            .refuses(&[NotAllowed, UnknownCustomer, NotNow, ErrorCode::UnfitContent]),
    ]
}

fn not_allowed(hint: &str) -> Problem {
    Problem::new(ErrorCode::NotAllowed, hint)
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
    caller.look_at(id).await?;
    read_customer(&caller, id).await?;
    read_notes(&caller, id).await.map(Json)
}

fn check_text(text: &NoteText) -> Result<(), Problem> {
    let text = text.text.reveal();
    if text::has_control_in_lines(text) {
        let hint = "text: no control codes but line breaks and tabs";
        return Err(Problem::unfit(hint));
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
    body: JsonBody<NoteText>,
) -> Result<Json<CustomerNotes>, Problem> {
    let (Path(customer), JsonBody(body)) = (id?, body);
    may_write(&caller)?;
    check_text(&body)?;
    caller.look_at(customer).await?;
    let _turn = caller.engine.edit_turn().await;
    read_customer(&caller, customer).await?;
    if read_notes(&caller, customer).await?.notes.len() >= MAX_NOTES {
        let hint = "notes: a record holds at most 200; remove one first";
        return Err(Problem::unfit(hint));
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
    body: JsonBody<NoteText>,
) -> Result<Json<CustomerNotes>, Problem> {
    let (Path((customer, note)), JsonBody(body)) = (id?, body);
    may_write(&caller)?;
    check_text(&body)?;
    caller.look_at(customer).await?;
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
    caller.look_at(customer).await?;
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
            Problem::new(ErrorCode::UnknownNote, hint)
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
    body: JsonBody<EraseConfirmation>,
) -> Result<Json<Erased>, Problem> {
    let (Path(customer), JsonBody(body)) = (id?, body);
    may_answer_for_data(&caller)?;
    let record = read_customer(&caller, customer).await?;
    if record.name.reveal().trim() != body.name.reveal().trim() {
        let hint = "name: type the customer's name as it stands on the record";
        return Err(Problem::unfit(hint));
    }
    let erased = erase::customer(&caller.engine, customer, &caller.user.user).await;
    erased.map(Json).map_err(|err| match err {
        EraseError::Unknown => no_customer(),
        EraseError::InContact => {
            let hint =
                "the customer is in contact; erase them after the conversation and its wrap-up";
            Problem::new(ErrorCode::NotNow, hint)
        }
        EraseError::StorageFailed => Problem::not_written(),
        EraseError::Store(err) => err.into(),
    })
}
