//! Business hours out of what other programs write, for administrators. Nothing is changed by it: what was read goes into
//! the configuration like everything else.

use super::admin::is_admin;
use super::auth::Caller;
use super::body::JsonBody;
use super::operation::Operation;
use super::problem::Problem;
use crate::app::App;
use crate::calendars;
use axum::Json;
use axum::extract::State;
use hours::{Date, Zone};
use protocol::exchange::{CalendarQuestion, NotationQuestion, ReadHours};
use protocol::link::ErrorCode;
use vocab::Millis;

/// Longest body: the longest calendar, with room for how JSON writes it.
pub(super) const CALENDAR_BODY_BYTES: usize = 2 * calendars::CALENDAR_BYTES;

/// So far holidays are read ahead when the question does not say.
const YEARS_AHEAD: i16 = 2;

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/v1/hours/calendar", calendar)
            .named(
                "readCalendar",
                "Holidays out of an iCalendar file or address; nothing is changed",
            )
            .long_body::<CalendarQuestion>(CALENDAR_BODY_BYTES)
            .answers::<ReadHours>("The days.")
            .refuses(&[ErrorCode::NotAllowed]),
        Operation::post("/v1/hours/notation", notation)
            .named(
                "readNotation",
                "Hours out of OpenStreetMap's notation; nothing is changed",
            )
            .body::<NotationQuestion>()
            .answers::<ReadHours>("The hours.")
            .refuses(&[ErrorCode::NotAllowed]),
    ]
}

fn day(text: Option<&str>, zone: &Zone, now: Millis) -> Result<Date, Problem> {
    match text {
        None => Ok(zone.local(now).date),
        Some(text) => Date::try_from(text).map_err(|err| Problem::bad_field(err.to_string())),
    }
}

pub(crate) async fn calendar(
    State(app): State<App>,
    caller: Caller,
    body: JsonBody<CalendarQuestion>,
) -> Result<Json<ReadHours>, Problem> {
    let JsonBody(question) = body;
    is_admin(&caller)?;
    let bytes = if calendars::is_address(&question.calendar) {
        let config = app.inner.config.now();
        let fetched = calendars::fetch(&question.calendar, &config.calendar_hosts).await;
        fetched.map_err(|err| Problem::bad_field(format!("calendar: {err}")))?
    } else {
        question.calendar.clone().into_bytes()
    };
    let now = caller.engine.now();
    let read = tokio::task::spawn_blocking(move || read_calendar(&bytes, &question, now)).await;
    read.map_err(|_| Problem::internal())?.map(Json)
}

/// Also for the command line.
pub(crate) fn read_calendar(
    bytes: &[u8],
    question: &CalendarQuestion,
    now: Millis,
) -> Result<ReadHours, Problem> {
    let zone = Zone::named(&question.zone).ok_or_else(|| {
        Problem::bad_field("zone: not a time zone; choose one such as Europe/Berlin")
    })?;
    let from = day(question.from.as_deref(), &zone, now)?;
    let until = match &question.until {
        Some(until) => day(Some(until.as_str()), &zone, now)?,
        None => Date::new(from.year() + YEARS_AHEAD, 12, 31).unwrap_or(from),
    };
    let bad = |why: &dyn std::fmt::Display| Problem::bad_field(format!("calendar: {why}"));
    let mut sniffer = exchange::Sniffer::default();
    sniffer.feed(bytes);
    let guess = sniffer.finish().map_err(|err| bad(&err))?;
    let mut text = String::new();
    if let Some(mut decoder) = exchange::TextDecoder::new(guess.encoding) {
        decoder.feed(bytes, true, &mut text);
    }
    let days = exchange::days_off(&text, &zone, from, until).map_err(|err| bad(&err))?;
    let mut remarks = days.remarks.clone();
    let holidays = days.holidays(&question.weekly);
    if holidays.is_empty() {
        remarks.push(format!("there is no day from {from} to {until} in it"));
    }
    Ok(ReadHours {
        weekly: None,
        holidays,
        remarks,
    })
}

pub(crate) async fn notation(
    caller: Caller,
    body: JsonBody<NotationQuestion>,
) -> Result<Json<ReadHours>, Problem> {
    let JsonBody(question) = body;
    is_admin(&caller)?;
    read_notation(&question, caller.engine.now()).map(Json)
}

/// Also for the command line.
pub(crate) fn read_notation(
    question: &NotationQuestion,
    now: Millis,
) -> Result<ReadHours, Problem> {
    let from = day(question.from.as_deref(), &Zone::default(), now)?;
    let read = exchange::read_notation(&question.text, &question.holidays, from);
    read.map_err(|fault| Problem::bad_field(format!("text: {fault}")))
}
