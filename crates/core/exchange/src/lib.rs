//! Files of other programs, read and written: customers as CSV and vCard, holidays as iCalendar, business hours in the
//! notation of OpenStreetMap.
//!
//! Everything is fed in pieces and keeps a bounded part of them, whatever the file holds; a fault names its line. No file
//! is opened here: the server feeds what it reads.

mod calendar;
mod cards;
mod columns;
mod content;
mod decoding;
mod guess;
mod headers;
mod notation;
mod people;
mod recurrence;
mod rows;
mod spans;
mod written;

pub use calendar::{CalendarDays, DayOff, days_off};
pub use cards::{Card, Cards};
pub use columns::{Columns, RowFault, guess_by_values, guess_columns};
pub use decoding::{Guess, NotText, Sniffer, TextDecoder};
pub use guess::{delimiter_of, has_header, is_calendar, is_vcard};
pub use notation::{NotationFault, read_notation};
pub use people::{CHANNELS, TIMES, named_consent};
pub use rows::{Row, RowsFault, Step, Table};
pub use written::{COLUMNS, REASON_COLUMN, card, csv_header, csv_line, csv_row};

/// What cannot be used of a card or row, in English, without repeating what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Refusal {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}
