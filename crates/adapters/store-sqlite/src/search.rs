//! Finding customers by the tokens of their records and interactions. Names come first, then the rest of records, then what
//! interactions were about, then words that stand in different places of one customer's.

use crate::index::Part;
use crate::sql::{int, whole};
use crate::wanted::{Place, Term, Wanted};
use crate::word_index::{Texts, WordIndex, place};
use rusqlite::{Connection, OptionalExtension, params};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use vocab::{CustomerId, InteractionId};

/// Of the finds of one step, the newest rows up to this many are put in order; a word that more have says too little for
/// an order to help.
const CANDIDATES: usize = 1_000;

/// Rows that have the tokens of a step's words and are read to see whether they have the words.
const READ_AT_MOST: usize = 5_000;

/// When words stand in different places, the customers of the rarest word, of so many, are looked through, each with so
/// many interactions.
const MIXED_CANDIDATES: usize = 500;
const MIXED_INTERACTIONS: u32 = 20;

/// The customers in order, at most `limit`.
pub(crate) fn find(
    connection: &Connection,
    wanted: &Wanted,
    limit: u32,
) -> rusqlite::Result<Vec<CustomerId>> {
    if wanted.is_everybody() {
        return last_in_contact(connection, limit);
    }
    let mut found = Found {
        connection,
        customers: Vec::new(),
        limit: limit as usize,
    };
    let steps = Steps {
        connection,
        terms: &wanted.terms,
    };
    let on_records = steps.records(Place::Anywhere, &wanted.terms, CANDIDATES)?;
    found.add(&if on_records.is_all {
        on_records.named.clone()
    } else {
        steps.records(Place::Name, &wanted.terms, CANDIDATES)?.named
    })?;
    if let Some(sounds) = &wanted.sounds
        && !found.is_full()
    {
        found.add(&steps.alike(sounds)?)?;
    }
    if !found.is_full() {
        found.add(&on_records.all)?;
    }
    if !found.is_full() {
        found.add(&steps.interactions(&wanted.terms, CANDIDATES)?)?;
    }
    if !found.is_full() && wanted.terms.len() > 1 {
        found.add(&steps.mixed()?)?;
    }
    Ok(found.customers)
}

/// Those who were found so far, in the order in which they are shown.
struct Found<'a> {
    connection: &'a Connection,
    customers: Vec<CustomerId>,
    limit: usize,
}

impl Found<'_> {
    fn is_full(&self) -> bool {
        self.customers.len() >= self.limit
    }

    /// Adds those of one step that were not found before, the last in contact first.
    fn add(&mut self, step: &BTreeSet<CustomerId>) -> rusqlite::Result<()> {
        let mut contact = self
            .connection
            .prepare_cached("SELECT last_contact_at FROM customers WHERE id = ?1")?;
        let mut newest = Vec::with_capacity(step.len());
        for customer in step {
            // An index may be a moment behind an erasure.
            let at: Option<i64> = contact
                .query_row([int(customer.0)], |row| row.get(0))
                .optional()?;
            newest.extend(at.map(|at| (Reverse(at), *customer)));
        }
        newest.sort_unstable();
        for (_, customer) in newest {
            if !self.is_full() && !self.customers.contains(&customer) {
                self.customers.push(customer);
            }
        }
        Ok(())
    }
}

struct Steps<'a> {
    connection: &'a Connection,
    terms: &'a [Term],
}

/// Whom a step on records found.
#[derive(Default)]
struct OnRecords {
    all: BTreeSet<CustomerId>,
    /// Of these, who have all words in the name.
    named: BTreeSet<CustomerId>,
    /// There are no others.
    is_all: bool,
}

impl Steps<'_> {
    /// All words on the record, or in its name.
    fn records(&self, place: Place, terms: &[Term], most: usize) -> rusqlite::Result<OnRecords> {
        let mut found = OnRecords::default();
        let Some(words) = expression(terms, place) else {
            found.is_all = true;
            return Ok(found);
        };
        found.is_all = self.rows(WordIndex::Records, &words, |row, texts| {
            let is_named = terms.iter().all(|term| term.is_in_name(texts));
            let is_found = match place {
                Place::Name => is_named,
                Place::Anywhere => terms.iter().all(|term| term.is_in(texts)),
            };
            let customer = CustomerId(row.unsigned_abs());
            if is_found {
                found.all.insert(customer);
            }
            if is_named {
                found.named.insert(customer);
            }
            found.all.len() < most
        })?;
        Ok(found)
    }

    /// Those whose names sound so.
    fn alike(&self, sounds: &str) -> rusqlite::Result<BTreeSet<CustomerId>> {
        let mut found = BTreeSet::new();
        self.rows(WordIndex::Records, sounds, |row, _| {
            found.insert(CustomerId(row.unsigned_abs()));
            found.len() < CANDIDATES
        })?;
        Ok(found)
    }

    /// All words in one text of an interaction.
    fn interactions(&self, terms: &[Term], most: usize) -> rusqlite::Result<BTreeSet<CustomerId>> {
        let mut customers = BTreeSet::new();
        let Some(words) = expression(terms, Place::Anywhere) else {
            return Ok(customers);
        };
        let mut rows = Vec::new();
        self.rows(WordIndex::Interactions, &words, |row, texts| {
            if terms.iter().all(|term| term.is_in(texts)) {
                rows.push(row);
            }
            rows.len() < most
        })?;
        let mut of = self
            .connection
            .prepare_cached("SELECT customer FROM interactions WHERE id = ?1")?;
        for row in rows {
            let customer = of.query_row([row / 2], |row| whole(row, 0)).optional()?;
            customers.extend(customer.map(CustomerId));
        }
        Ok(customers)
    }

    /// Each word somewhere, be it on the record or in an interaction.
    fn mixed(&self) -> rusqlite::Result<BTreeSet<CustomerId>> {
        let mut rarest: Option<BTreeSet<CustomerId>> = None;
        for term in self.terms.chunks(1) {
            let mut have = self.records(Place::Anywhere, term, MIXED_CANDIDATES)?.all;
            have.extend(self.interactions(term, MIXED_CANDIDATES)?);
            if rarest
                .as_ref()
                .is_none_or(|rarest| have.len() < rarest.len())
            {
                rarest = Some(have);
            }
        }
        let mut mixed = BTreeSet::new();
        for customer in rarest.unwrap_or_default() {
            let texts = self.texts_of(customer)?;
            let is_somewhere = |term: &Term| texts.iter().any(|texts| term.is_in(texts));
            if self.terms.iter().all(is_somewhere) {
                mixed.insert(customer);
            }
        }
        Ok(mixed)
    }

    /// What is searched of a customer: the record, and the newest interactions.
    fn texts_of(&self, customer: CustomerId) -> rusqlite::Result<Vec<Texts>> {
        let id = int(customer.0);
        let mut all: Vec<Texts> = WordIndex::Records
            .texts(self.connection, id)?
            .into_iter()
            .collect();
        let interactions: Vec<u64> = self
            .connection
            .prepare_cached(
                "SELECT id FROM interactions WHERE customer = ?1 ORDER BY id DESC LIMIT ?2",
            )?
            .query_map(params![id, MIXED_INTERACTIONS], |row| whole(row, 0))?
            .collect::<rusqlite::Result<_>>()?;
        for interaction in interactions {
            for part in [Part::Topic, Part::Notes] {
                let row = part.row(InteractionId(interaction));
                all.extend(WordIndex::Interactions.texts(self.connection, row)?);
            }
        }
        Ok(all)
    }

    /// Gives each row that an expression finds, the newest first, with its texts, until it is told that it is enough. Says
    /// whether these were all.
    fn rows(
        &self,
        index: WordIndex,
        expression: &str,
        mut give: impl FnMut(i64, &Texts) -> bool,
    ) -> rusqlite::Result<bool> {
        let table = index.table();
        let mut query = self.connection.prepare_cached(&format!(
            "SELECT rowid FROM {table} WHERE {table} MATCH ?1 ORDER BY rowid"
        ))?;
        let mut rows = query.query([expression])?;
        let mut read = 0;
        while let Some(row) = rows.next()? {
            let row = place(row.get(0)?);
            if read == READ_AT_MOST {
                return Ok(false);
            }
            read += 1;
            if let Some(texts) = index.texts(self.connection, row)?
                && !give(row, &texts)
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn expression(terms: &[Term], place: Place) -> Option<String> {
    let all: Option<Vec<String>> = terms.iter().map(|term| term.expression(place)).collect();
    all.filter(|all| !all.is_empty())
        .map(|all| all.join(" AND "))
}

fn last_in_contact(connection: &Connection, limit: u32) -> rusqlite::Result<Vec<CustomerId>> {
    connection
        .prepare_cached("SELECT id FROM customers ORDER BY last_contact_at DESC, id DESC LIMIT ?1")?
        .query_map(params![limit], |row| whole(row, 0).map(CustomerId))?
        .collect()
}
