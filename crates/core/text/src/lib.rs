//! Text as people type, paste, compare and search it, and telephone numbers.
//!
//! - What comes from people goes through [`clean`] (one line) or [`clean_lines`] (several) before it is kept; a field
//!   that is refused instead of mended asks [`has_control`] first.
//! - What goes to a terminal or a log goes through [`shown`], what goes into a CSV file through [`cell`].
//! - What is searched and what is searched for go through [`fold`]; [`spellings`] adds the other ways in which a name
//!   is written with Latin letters, [`sounds`] what is left of it without vowels, for scripts that write none.
//! - [`Phone::parse`] tells a telephone number from other words, [`mail_key`] an e-mail address, [`plain_key`] compares
//!   handles and labels.
//!
//! Everything is a function of its arguments. The tables are those of the libraries behind it.

mod clean;
mod country;
mod fold;
mod letters;
mod mail;
mod names;
mod phone;
mod shown;

pub use clean::{
    clean, clean_lines, has_control, has_control_in_lines, is_invisible, without_codes,
};
pub use country::{Country, countries};
pub use fold::{Folded, fold};
pub use letters::is_wide;
pub use mail::{is_mail, mail_key, plain_key};
pub use names::{Sound, alternatives, is_without_vowels, sounds, spellings};
pub use phone::{Phone, digits, display, looks_like_number, without_extension};
pub use shown::{cell, from_cell, shown, shown_in_json};
