//! The schema's versions: numbered files that are only ever added to. The version stands in `user_version`.

use crate::sql::Sql;
use rusqlite::{Connection, TransactionBehavior};
use store::{Result, StoreError};

const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_queue_callback.sql"),
    include_str!("../migrations/0003_handovers.sql"),
    include_str!("../migrations/0004_recordings.sql"),
];

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
        step.execute_batch(migration).sql()?;
        step.pragma_update(None, "user_version", version + 1)
            .sql()?;
        step.commit().sql()?;
        tracing::info!(
            version = version + 1,
            "brought the database's schema up to date"
        );
    }
}
