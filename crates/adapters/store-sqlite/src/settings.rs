//! The organisation, its queues and dispositions, and what things are called.

use crate::sql::{Sql, int, name_of, named, small, whole};
use protocol::work::{Disposition, OtherNames, ReasonName};
use rusqlite::{Connection, Row, Transaction, params};
use store::{NewQueue, Organisation, QueueRow, Result, StoreError, User};
use vocab::{OrgSlug, QueueId};

pub(crate) fn organisation(connection: &Connection) -> Result<Organisation> {
    let (slug, name): (String, String) = connection
        .query_row("SELECT slug, name FROM organisation", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .sql()?;
    let slug = OrgSlug::new(slug).map_err(|error| StoreError::Damaged {
        what: "organisation",
        detail: error.to_string(),
    })?;
    Ok(Organisation { slug, name })
}

pub(crate) fn revision(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT revision FROM organisation", [], |row| whole(row, 0))
}

pub(crate) fn queues(connection: &Connection) -> rusqlite::Result<Vec<QueueRow>> {
    connection
        .prepare_cached(
            "SELECT id, slug, name, priority, ring_ms, wrap_up_ms, max_waiting, is_closed, opening,
                 callback_keeps_ms, recording
             FROM queues ORDER BY id",
        )?
        .query_map([], queue_row)?
        .collect()
}

fn queue_row(row: &Row<'_>) -> rusqlite::Result<QueueRow> {
    Ok(QueueRow {
        id: QueueId(row.get(0)?),
        slug: row.get(1)?,
        name: row.get(2)?,
        priority: row.get(3)?,
        ring_ms: whole(row, 4)?,
        wrap_up_ms: whole(row, 5)?,
        max_waiting: small(row, 6)?,
        is_closed: row.get(7)?,
        opening: row.get(8)?,
        callback_keeps_ms: whole(row, 9)?,
        recording: named(row, 10)?,
    })
}

pub(crate) fn add_queue(write: &Transaction<'_>, queue: &NewQueue) -> Result<QueueId> {
    is_free(write, &queue.slug, None)?;
    write
        .execute(
            "INSERT INTO queues (slug, name, priority, ring_ms, wrap_up_ms, max_waiting, is_closed,
                 opening, callback_keeps_ms, recording)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                queue.slug,
                queue.name,
                queue.priority,
                int(queue.ring_ms),
                int(queue.wrap_up_ms),
                queue.max_waiting,
                queue.is_closed,
                queue.opening,
                int(queue.callback_keeps_ms),
                name_of(&queue.recording).sql()?
            ],
        )
        .sql()?;
    write
        .query_row("SELECT last_insert_rowid()", [], |row| {
            row.get(0).map(QueueId)
        })
        .sql()
}

pub(crate) fn set_queue(write: &Transaction<'_>, queue: &QueueRow) -> Result<()> {
    is_free(write, &queue.slug, Some(queue.id))?;
    let changed = write
        .execute(
            "UPDATE queues SET slug = ?2, name = ?3, priority = ?4, ring_ms = ?5, wrap_up_ms = ?6,
                 max_waiting = ?7, is_closed = ?8, opening = ?9, callback_keeps_ms = ?10,
                 recording = ?11
             WHERE id = ?1",
            params![
                queue.id.0,
                queue.slug,
                queue.name,
                queue.priority,
                int(queue.ring_ms),
                int(queue.wrap_up_ms),
                queue.max_waiting,
                queue.is_closed,
                queue.opening,
                int(queue.callback_keeps_ms),
                name_of(&queue.recording).sql()?
            ],
        )
        .sql()?;
    if changed == 0 {
        return Err(StoreError::Unknown {
            what: "queue",
            name: queue.id.to_string(),
        });
    }
    Ok(())
}

fn is_free(write: &Transaction<'_>, slug: &str, except: Option<QueueId>) -> Result<()> {
    let is_taken: bool = write
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM queues WHERE slug = ?1 AND id IS NOT ?2)",
            params![slug, except.map(|queue| queue.0)],
            |row| row.get(0),
        )
        .sql()?;
    if is_taken {
        return Err(StoreError::Taken {
            what: "queue",
            name: slug.to_owned(),
        });
    }
    Ok(())
}

pub(crate) fn config(
    queues: Vec<QueueRow>,
    users: Vec<User>,
    patience: acd::Patience,
) -> acd::Config {
    let queues = queues.into_iter().map(|row| acd::Queue {
        id: row.id,
        name: row.name,
        priority: row.priority,
        ring_ms: row.ring_ms,
        wrap_up_ms: row.wrap_up_ms,
        max_waiting: row.max_waiting,
        is_closed: row.is_closed,
        callback_keeps_ms: row.callback_keeps_ms,
    });
    let agents = users.into_iter().map(|user| acd::Agent {
        id: user.agent,
        queues: user.queues,
    });
    acd::Config {
        queues: queues.collect(),
        agents: agents.collect(),
        patience,
    }
}

pub(crate) fn dispositions(connection: &Connection) -> rusqlite::Result<Vec<Disposition>> {
    connection
        .prepare_cached(
            "SELECT code, name, name_zh_hans, name_zh_hant FROM dispositions
             ORDER BY position, code",
        )?
        .query_map([], |row| {
            Ok(Disposition {
                code: row.get(0)?,
                name: row.get(1)?,
                names: other_names(row, 2)?,
            })
        })?
        .collect()
}

/// Two columns from `first` on: Simplified, then Traditional Chinese.
fn other_names(row: &Row<'_>, first: usize) -> rusqlite::Result<OtherNames> {
    Ok(OtherNames {
        simplified: row.get(first)?,
        traditional: row.get(first + 1)?,
    })
}

pub(crate) fn set_disposition(
    write: &Transaction<'_>,
    disposition: &Disposition,
) -> rusqlite::Result<()> {
    write.execute(
        "INSERT INTO dispositions (code, name, name_zh_hans, name_zh_hant, position)
         VALUES (?1, ?2, ?3, ?4, (SELECT COALESCE(MAX(position), -1) + 1 FROM dispositions))
         ON CONFLICT (code) DO UPDATE SET name = excluded.name,
             name_zh_hans = excluded.name_zh_hans, name_zh_hant = excluded.name_zh_hant",
        params![
            disposition.code,
            disposition.name,
            disposition.names.simplified,
            disposition.names.traditional
        ],
    )?;
    Ok(())
}

pub(crate) fn remove_disposition(write: &Transaction<'_>, code: &str) -> Result<()> {
    let gone = write
        .execute("DELETE FROM dispositions WHERE code = ?1", [code])
        .sql()?;
    if gone == 0 {
        return Err(StoreError::Unknown {
            what: "disposition",
            name: code.to_owned(),
        });
    }
    Ok(())
}

pub(crate) fn replace_names(
    write: &Transaction<'_>,
    dispositions: &[Disposition],
    reasons: &[ReasonName],
) -> rusqlite::Result<()> {
    write.execute_batch("DELETE FROM dispositions; DELETE FROM reason_names;")?;
    for disposition in dispositions {
        set_disposition(write, disposition)?;
    }
    for name in reasons {
        set_reason_name(write, name)?;
    }
    Ok(())
}

pub(crate) fn reason_names(connection: &Connection) -> rusqlite::Result<Vec<ReasonName>> {
    connection
        .prepare_cached(
            "SELECT reason, name, name_zh_hans, name_zh_hant FROM reason_names ORDER BY reason",
        )?
        .query_map([], |row| {
            Ok(ReasonName {
                reason: named(row, 0)?,
                name: row.get(1)?,
                names: other_names(row, 2)?,
            })
        })?
        .collect()
}

pub(crate) fn set_reason_name(write: &Transaction<'_>, name: &ReasonName) -> rusqlite::Result<()> {
    write.execute(
        "INSERT INTO reason_names (reason, name, name_zh_hans, name_zh_hant)
         VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (reason) DO UPDATE SET name = excluded.name,
             name_zh_hans = excluded.name_zh_hans, name_zh_hant = excluded.name_zh_hant",
        params![
            name_of(&name.reason)?,
            name.name,
            name.names.simplified,
            name.names.traditional
        ],
    )?;
    Ok(())
}
