//! Identities as they are compared: their keys, which follow the organisation's country, and those that records share.

use crate::index::Touched;
use crate::sql::{int, json, name_of, named, whole};
use protocol::configuration::Rules;
use protocol::record::{Duplicate, DuplicateKey, DuplicatePage, MAX_SHARING, Sharing};
use protocol::rest::{Identity, IdentityKind};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::cell::RefCell;
use store::{identity_key, name_key, shown_phone};
use text::{Country, Phone};
use vocab::{CustomerId, Sensitive};

/// Records whose keys are made anew in one transaction: some milliseconds.
const RENEWED_AT_ONCE: u32 = 100;

thread_local! {
    /// The rules that were read last on this thread, as text, and their country: an import asks for every identity.
    static LAST: RefCell<(String, Option<Country>)> = const { RefCell::new((String::new(), None)) };
}

/// The country whose numbers need no `+`.
pub(crate) fn home(connection: &Connection) -> rusqlite::Result<Option<Country>> {
    let mut read = connection.prepare_cached("SELECT rules FROM organisation")?;
    let mut rows = read.query([])?;
    let Some(row) = rows.next()? else {
        // A new file is brought up to date before it has an organisation.
        return Ok(None);
    };
    let text = row.get_ref(0)?.as_str()?;
    LAST.with_borrow_mut(|(rules, country)| {
        if rules != text {
            *country = store::home(&json::<Rules>(row, 0)?);
            text.clone_into(rules);
        }
        Ok(*country)
    })
}

/// Adds an identity to a record, unless the record has it in another spelling. Does nothing when the record was erased
/// in the meantime.
pub(crate) fn add(
    write: &Transaction<'_>,
    customer: CustomerId,
    identity: &Identity,
) -> rusqlite::Result<()> {
    let keyed = Keyed::of_identity(identity, home(write)?);
    let has_it = write
        .prepare_cached(
            "SELECT 1 FROM identities WHERE customer = ?1 AND kind = ?2 AND key = ?3 AND extension IS ?4",
        )?
        .exists(params![
            int(customer.0),
            name_of(&identity.kind)?,
            keyed.key,
            keyed.extension
        ])?;
    let is_there = write
        .prepare_cached("SELECT 1 FROM customers WHERE id = ?1")?
        .exists([int(customer.0)])?;
    if has_it || !is_there {
        return Ok(());
    }
    insert(write, customer, identity, &keyed)
}

/// The identities of a record that was not there before, each once.
pub(crate) fn add_first(
    write: &Transaction<'_>,
    customer: CustomerId,
    identities: &[Identity],
) -> rusqlite::Result<()> {
    let home = home(write)?;
    let mut added: Vec<(IdentityKind, Keyed)> = Vec::with_capacity(identities.len());
    for identity in identities {
        let keyed = Keyed::of_identity(identity, home);
        let is_same = |(kind, one): &(IdentityKind, Keyed)| *kind == identity.kind && *one == keyed;
        if keyed.key.is_some() && added.iter().any(is_same) {
            continue;
        }
        insert(write, customer, identity, &keyed)?;
        added.push((identity.kind, keyed));
    }
    Ok(())
}

fn insert(
    write: &Transaction<'_>,
    customer: CustomerId,
    identity: &Identity,
    keyed: &Keyed,
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "INSERT OR IGNORE INTO identities (customer, kind, value, key, extension)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            int(customer.0),
            name_of(&identity.kind)?,
            identity.value.reveal(),
            keyed.key,
            keyed.extension
        ])
        .map(drop)
}

pub(crate) fn remove(
    write: &Transaction<'_>,
    customer: CustomerId,
    identity: &Identity,
) -> rusqlite::Result<()> {
    let keyed = Keyed::of_identity(identity, home(write)?);
    write
        .prepare_cached(
            "DELETE FROM identities WHERE customer = ?1 AND kind = ?2
                 AND (value = ?3 OR (key = ?4 AND extension IS ?5))",
        )?
        .execute(params![
            int(customer.0),
            name_of(&identity.kind)?,
            identity.value.reveal(),
            keyed.key,
            keyed.extension
        ])
        .map(drop)
}

/// Phones first. Browsers are left out: their values are secrets.
pub(crate) fn of_customer(
    connection: &Connection,
    customer: CustomerId,
) -> rusqlite::Result<Vec<Identity>> {
    let home = home(connection)?;
    connection
        .prepare_cached(
            "SELECT kind, value FROM identities WHERE customer = ?1 AND kind <> ?2
             ORDER BY kind = 'phone' DESC, kind, key IS NULL, key, value",
        )?
        .query_map(
            params![int(customer.0), name_of(&IdentityKind::Visitor)?],
            |row| {
                let (kind, value): (IdentityKind, String) = (named(row, 0)?, row.get(1)?);
                let phone = match kind {
                    IdentityKind::Phone => shown_phone(&value, home, home),
                    _ => None,
                };
                Ok(Identity {
                    phone,
                    ..Identity::new(kind, value)
                })
            },
        )?
        .collect()
}

#[derive(PartialEq)]
struct Keyed {
    key: Option<String>,
    extension: Option<String>,
}

impl Keyed {
    fn of_identity(identity: &Identity, home: Option<Country>) -> Self {
        Self::of(identity.kind, identity.value.reveal(), home)
    }

    fn of(kind: IdentityKind, value: &str, home: Option<Country>) -> Self {
        if kind != IdentityKind::Phone {
            return Self {
                key: identity_key(kind, value, home),
                extension: None,
            };
        }
        let phone = Phone::parse(value, home);
        Self {
            key: phone.as_ref().map(|phone| phone.e164().to_owned()),
            extension: phone.and_then(|phone| phone.extension().map(ToOwned::to_owned)),
        }
    }
}

/// All keys and names' keys, for a file that an older program wrote; says how many numbers and addresses are on
/// several records.
pub(crate) fn everything(write: &Transaction<'_>) -> rusqlite::Result<()> {
    let home = home(write)?;
    let mut next = 0;
    loop {
        let customers = customers_from(write, next)?;
        let Some(last) = customers.last() else { break };
        next = int(last.0).saturating_add(1);
        for customer in customers {
            renew(write, customer, home)?;
        }
    }
    let mut names = write.prepare("SELECT id, name FROM customers")?;
    let mut names = names.query([])?;
    while let Some(row) = names.next()? {
        let (id, name): (i64, String) = (row.get(0)?, row.get(1)?);
        write
            .prepare_cached("UPDATE customers SET name_key = ?2 WHERE id = ?1")?
            .execute(params![id, name_key(&name)])?;
    }
    let shared: u64 = write.query_row(
        &format!("SELECT COUNT(*) FROM ({SHARED_KEYS})"),
        params![None::<String>, None::<String>, -1],
        |row| whole(row, 0),
    )?;
    if shared > 0 {
        tracing::warn!(
            shared,
            "numbers and addresses stand on more than one record; `customer duplicates` lists them"
        );
    }
    Ok(())
}

/// The organisation's country is another one: its numbers' keys follow, some records at a time.
pub(crate) fn country_changed(write: &Transaction<'_>) -> rusqlite::Result<()> {
    write.execute(
        "INSERT INTO identities_to_renew (id, next_customer) VALUES (1, 0)
         ON CONFLICT (id) DO UPDATE SET next_customer = 0",
        [],
    )?;
    Ok(())
}

/// Renews some records' keys, and says whether more are to be renewed.
pub(crate) fn renew_some(write: &Transaction<'_>) -> rusqlite::Result<bool> {
    let next: Option<i64> = write
        .prepare_cached("SELECT next_customer FROM identities_to_renew")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let Some(next) = next else { return Ok(false) };
    let customers = customers_from(write, next)?;
    let Some(last) = customers.last() else {
        write.execute("DELETE FROM identities_to_renew", [])?;
        tracing::info!("all numbers are understood by the organisation's country");
        return Ok(false);
    };
    write
        .prepare_cached("UPDATE identities_to_renew SET next_customer = ?1")?
        .execute([int(last.0).saturating_add(1)])?;
    let home = home(write)?;
    let mut touched = Touched::default();
    for customer in customers {
        if renew(write, customer, home)? {
            touched.customers.insert(customer);
        }
    }
    touched.index(write)?;
    Ok(true)
}

/// Those who have an identity that a key is made of.
fn customers_from(write: &Transaction<'_>, next: i64) -> rusqlite::Result<Vec<CustomerId>> {
    write
        .prepare_cached(
            "SELECT DISTINCT customer FROM identities WHERE customer >= ?1 AND kind <> 'visitor'
             ORDER BY customer LIMIT ?2",
        )?
        .query_map(params![next, RENEWED_AT_ONCE], |row| {
            whole(row, 0).map(CustomerId)
        })?
        .collect()
}

/// Says whether a key changed.
fn renew(
    write: &Transaction<'_>,
    customer: CustomerId,
    home: Option<Country>,
) -> rusqlite::Result<bool> {
    let rows: Vec<(IdentityKind, String, Keyed)> = write
        .prepare_cached(
            "SELECT kind, value, key, extension FROM identities WHERE customer = ?1 AND kind <> 'visitor'",
        )?
        .query_map([int(customer.0)], |row| {
            let (key, extension) = (row.get(2)?, row.get(3)?);
            Ok((named(row, 0)?, row.get(1)?, Keyed { key, extension }))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut is_changed = false;
    for (kind, value, was) in rows {
        let now = Keyed::of(kind, &value, home);
        if now != was {
            is_changed = true;
            write
                .prepare_cached(
                    "UPDATE identities SET key = ?4, extension = ?5
                     WHERE customer = ?1 AND kind = ?2 AND value = ?3",
                )?
                .execute(params![
                    int(customer.0),
                    name_of(&kind)?,
                    value,
                    now.key,
                    now.extension
                ])?;
        }
    }
    Ok(is_changed)
}

/// After the kind and key given, at most so many.
const SHARED_KEYS: &str = "SELECT kind, key, COUNT(DISTINCT customer) AS records FROM identities
    WHERE key IS NOT NULL AND kind <> 'visitor' AND (?1 IS NULL OR (kind, key) > (?1, ?2))
    GROUP BY kind, key HAVING records > 1 ORDER BY kind, key LIMIT ?3";

pub(crate) fn duplicates(
    connection: &Connection,
    after: Option<&DuplicateKey>,
    limit: u32,
) -> rusqlite::Result<DuplicatePage> {
    let kind = after.map(|after| name_of(&after.kind)).transpose()?;
    let key = after.map(|after| after.key.reveal().as_str());
    let home = home(connection)?;
    let mut found: Vec<Duplicate> = connection
        .prepare_cached(SHARED_KEYS)?
        .query_map(params![kind, key, limit.saturating_add(1)], |row| {
            duplicate(connection, home, row)
        })?
        .collect::<rusqlite::Result<_>>()?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found
        .last()
        .filter(|_| has_more)
        .map(|last| last.shared.clone());
    Ok(DuplicatePage {
        duplicates: found,
        next,
    })
}

fn duplicate(
    connection: &Connection,
    home: Option<Country>,
    row: &Row<'_>,
) -> rusqlite::Result<Duplicate> {
    let (kind, key): (IdentityKind, String) = (named(row, 0)?, row.get(1)?);
    let customers = connection
        .prepare_cached(
            "SELECT DISTINCT id, name FROM identities JOIN customers ON id = customer
             WHERE kind = ?1 AND key = ?2 ORDER BY id LIMIT ?3",
        )?
        .query_map(params![name_of(&kind)?, key, MAX_SHARING], |row| {
            Ok(Sharing {
                customer: CustomerId(whole(row, 0)?),
                name: Sensitive::new(row.get(1)?),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let shown = match kind {
        IdentityKind::Phone => text::display(&key, home, home),
        _ => key.clone(),
    };
    Ok(Duplicate {
        shared: DuplicateKey {
            kind,
            key: Sensitive::new(key),
        },
        shown: Sensitive::new(shown),
        customers,
        records: row.get(2)?,
    })
}

pub(crate) fn by_key(
    connection: &Connection,
    kind: IdentityKind,
    key: &str,
) -> rusqlite::Result<Option<CustomerId>> {
    connection
        .prepare_cached(
            "SELECT id FROM identities JOIN customers ON id = customer
             WHERE kind = ?1 AND key = ?2 ORDER BY last_contact_at DESC, id LIMIT 1",
        )?
        .query_row(params![name_of(&kind)?, key], |row| {
            whole(row, 0).map(CustomerId)
        })
        .optional()
}

pub(crate) fn by_name(
    connection: &Connection,
    name_key: &str,
    limit: u32,
) -> rusqlite::Result<Vec<CustomerId>> {
    if name_key.is_empty() {
        return Ok(Vec::new());
    }
    connection
        .prepare_cached("SELECT id FROM customers WHERE name_key = ?1 ORDER BY id DESC LIMIT ?2")?
        .query_map(params![name_key, limit], |row| {
            whole(row, 0).map(CustomerId)
        })?
        .collect()
}
