//! The schema's versions: numbered files that are only ever added to. The version stands in `user_version`.

use crate::sql::Sql;
use crate::{identities, index, soundness};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use store::{Result, StoreError};

/// A version: its statements, and what only the program can do after them.
struct Migration {
    sql: &'static str,
    then: fn(&Transaction<'_>) -> rusqlite::Result<()>,
}

const fn migration(sql: &'static str) -> Migration {
    Migration {
        sql,
        then: |_| Ok(()),
    }
}

const MIGRATIONS: &[Migration] = &[
    migration(include_str!("../migrations/0001_first.sql")),
    migration(include_str!("../migrations/0002_queue_callback.sql")),
    migration(include_str!("../migrations/0003_handovers.sql")),
    migration(include_str!("../migrations/0004_recordings.sql")),
    migration(include_str!("../migrations/0005_records.sql")),
    migration(include_str!("../migrations/0006_visitors.sql")),
    migration(include_str!("../migrations/0007_colleagues.sql")),
    migration(include_str!("../migrations/0008_notes.sql")),
    migration(include_str!("../migrations/0009_snapshots.sql")),
    migration(include_str!("../migrations/0010_search.sql")),
    migration(include_str!("../migrations/0011_configuration.sql")),
    migration(include_str!("../migrations/0012_zone.sql")),
    migration(include_str!("../migrations/0013_clock.sql")),
    migration(include_str!("../migrations/0014_imports.sql")),
    // Also for the indexes that older ones brought: the program fills only today's tables.
    Migration {
        sql: include_str!("../migrations/0015_identities.sql"),
        then: |write| {
            identities::everything(write)?;
            index::clear(write)?;
            index::everything(write)
        },
    },
    migration(include_str!("../migrations/0016_looks.sql")),
    migration(include_str!("../migrations/0017_command_owners.sql")),
    migration(include_str!("../migrations/0018_known_places.sql")),
    Migration {
        sql: include_str!("../migrations/0019_words.sql"),
        then: soundness::search_anew,
    },
];

/// False when it is older than this program; then [`migrate`].
pub(crate) fn is_current(connection: &Connection) -> Result<bool> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .sql()?;
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    Ok(found == known)
}

/// Brings the file up to date, each version in one transaction; two programs may try at once.
pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    loop {
        let step = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .sql()?;
        let version: u32 = step
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .sql()?;
        if version > known {
            return Err(StoreError::TooNew {
                found: version,
                known,
            });
        }
        let Some(migration) = MIGRATIONS.get(version as usize) else {
            return Ok(());
        };
        step.execute_batch(migration.sql).sql()?;
        (migration.then)(&step).sql()?;
        step.pragma_update(None, "user_version", version + 1)
            .sql()?;
        step.commit().sql()?;
        tracing::info!(
            version = version + 1,
            "brought the database's schema up to date"
        );
    }
}
