//! Two indexes of words, one of records and one of interactions: tables of FTS5 that hold which row has which token
//! ([`crate::grams`]) and no text, and the texts beside them. From these an answer is checked, and a row's tokens are made
//! again when it is taken out.

use crate::grams::tokens;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WordIndex {
    /// A row is a customer.
    Records,
    /// An interaction has two rows, see [`crate::index::Part`].
    Interactions,
}

/// What is searched of one row, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    /// In all spellings, one a line; interactions have none.
    pub(crate) name: String,
    pub(crate) rest: String,
    /// Tokens of the name that its letters do not give: signs and sounds.
    pub(crate) beside: String,
}

impl Texts {
    fn tokens(&self) -> String {
        let mut all = tokens(&self.rest);
        for token in tokens(&self.name).split_whitespace() {
            all.push(' ');
            all.push_str(&in_name(token));
        }
        all.push(' ');
        all.push_str(&self.beside);
        all
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a row stands in the index, and which row stands there: the newest first, because FTS5 reads forwards much faster
/// than backwards. Within one transaction rows are written in this order, or each becomes a part of its own.
pub(crate) fn place(row: i64) -> i64 {
    row.saturating_neg()
}

/// A token of a name is another than the same of the rest: looking for a name need not pass over all addresses that have
/// it. No text holds the sign before it.
pub(crate) fn in_name(token: &str) -> String {
    format!("\u{80}{token}")
}

impl WordIndex {
    pub(crate) const ALL: [Self; 2] = [Self::Records, Self::Interactions];

    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Records => "customer_search",
            Self::Interactions => "interaction_search",
        }
    }

    /// What stands in the index of a row.
    pub(crate) fn texts(
        self,
        connection: &Connection,
        row: i64,
    ) -> rusqlite::Result<Option<Texts>> {
        connection
            .prepare_cached(&format!(
                "SELECT name, rest, beside FROM {}_texts WHERE id = ?1",
                self.table()
            ))?
            .query_row([row], |row| {
                Ok(Texts {
                    name: row.get(0)?,
                    rest: row.get(1)?,
                    beside: row.get(2)?,
                })
            })
            .optional()
    }

    /// The row's texts are these from now on.
    pub(crate) fn put(
        self,
        write: &Transaction<'_>,
        row: i64,
        texts: &Texts,
    ) -> rusqlite::Result<()> {
        let before = self.texts(write, row)?;
        // Taking out of an index overwrites what is taken out, token by token, which costs more than to look first.
        if before.as_ref() == Some(texts) {
            return Ok(());
        }
        if let Some(before) = before {
            self.take_out(write, row, &before)?;
        }
        if texts.is_empty() {
            return Ok(());
        }
        let table = self.table();
        write
            .prepare_cached(&format!(
                "INSERT INTO {table}_texts (id, name, rest, beside) VALUES (?1, ?2, ?3, ?4)"
            ))?
            .execute(params![row, texts.name, texts.rest, texts.beside])?;
        write
            .prepare_cached(&format!(
                "INSERT INTO {table} (rowid, words) VALUES (?1, ?2)"
            ))?
            .execute(params![place(row), texts.tokens()])
            .map(drop)
    }

    pub(crate) fn forget(self, write: &Transaction<'_>, row: i64) -> rusqlite::Result<()> {
        match self.texts(write, row)? {
            Some(before) => self.take_out(write, row, &before),
            None => Ok(()),
        }
    }

    fn take_out(self, write: &Transaction<'_>, row: i64, before: &Texts) -> rusqlite::Result<()> {
        let table = self.table();
        write
            .prepare_cached(&format!(
                "INSERT INTO {table} ({table}, rowid, words) VALUES ('delete', ?1, ?2)"
            ))?
            .execute(params![place(row), before.tokens()])?;
        write
            .prepare_cached(&format!("DELETE FROM {table}_texts WHERE id = ?1"))?
            .execute([row])
            .map(drop)
    }

    /// As the newest migration leaves it, empty. Made anew rather than emptied: taking row by row out of an index of a
    /// hundred thousand takes hours.
    pub(crate) fn clear(self, write: &Transaction<'_>) -> rusqlite::Result<()> {
        let table = self.table();
        write.execute_batch(&format!(
            r##"DROP TABLE IF EXISTS {table};
            DROP TABLE IF EXISTS {table}_texts;
            CREATE TABLE {table}_texts (
                id INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                rest TEXT NOT NULL,
                beside TEXT NOT NULL
            ) STRICT;
            CREATE VIRTUAL TABLE {table} USING fts5 (
                words, content = '', columnsize = 0, detail = 'none',
                tokenize = "ascii tokenchars '!""#$%&()*+,-./:;<=>?@[\]^_{{|}}~'"
            );
            INSERT INTO {table} ({table}, rank)
            VALUES ('secure-delete', 1), ('automerge', 0), ('crisismerge', 64);"##
        ))
    }

    /// Each commit leaves a part of its own in an index; a search reads all of them. Merges some, about `pages`, and says
    /// whether there is more to merge.
    pub(crate) fn merge(self, write: &Transaction<'_>, pages: i64) -> rusqlite::Result<bool> {
        let table = self.table();
        let before = write.total_changes();
        write
            .prepare_cached(&format!(
                "INSERT INTO {table} ({table}, rank) VALUES ('merge', ?1)"
            ))?
            .execute([pages])?;
        // As FTS5's documentation says: fewer than two changes are no merge.
        Ok(write.total_changes() - before >= 2)
    }
}
