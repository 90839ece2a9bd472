//! When an organisation is open: weekly hours and holidays on the wall clock of its time zone.
//!
//! A [`Schedule`] is what an operator writes; [`Schedule::check`] says what is wrong with it. [`Hours`] is the same,
//! read once and ready to be asked. [`Zone`] is the wall clock alone, for reports that are cut at midnight. The rules of
//! the zones come with the binary, so every machine gives the same answer; nothing here knows what time it is now.
//!
//! One sentence decides every case at a clock change: *open means that the wall clock shows an opening's time.* Clocks
//! that go forward leave times out, so an opening that would begin within the gap begins at the gap's end, and one that
//! lies wholly within it does not happen. Clocks that go back show times twice, and both passes are open.

mod clock;
mod day;
mod minute;
mod openings;
mod schedule;
mod zone;

pub use clock::{Hours, LOOKS_AHEAD_DAYS};
pub use day::{Date, Weekday};
pub use minute::MinuteOfDay;
pub use schedule::{Fault, Holiday, Opening, Schedule, Span, WhichDay};
pub use zone::{Local, Zone, zones};
