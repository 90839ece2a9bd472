//! Tokens, by their hash, and sign-ins in the audit trail.

use crate::audit;
use crate::sql::{at, int};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use store::{Stamp, TokenHash, TokenRow};
use vocab::{AgentId, Millis};

pub(crate) fn add(connection: &Connection, token: &TokenRow) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO tokens (hash, user, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![
            token.hash.as_slice(),
            token.agent.0,
            int(token.created_at.0),
            int(token.expires_at.0)
        ],
    )?;
    Ok(())
}

pub(crate) fn owner(
    connection: &Connection,
    hash: &TokenHash,
    now: Millis,
) -> rusqlite::Result<Option<(AgentId, Millis)>> {
    connection
        .prepare_cached("SELECT user, expires_at FROM tokens WHERE hash = ?1 AND expires_at > ?2")?
        .query_row(params![hash.as_slice(), int(now.0)], |row| {
            Ok((AgentId(row.get(0)?), at(row, 1)?))
        })
        .optional()
}

/// A token that was not there leaves no line in the audit trail.
pub(crate) fn revoke(
    connection: &mut Connection,
    stamp: Stamp<'_>,
    hash: &TokenHash,
) -> rusqlite::Result<()> {
    let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let owner: Option<String> = write
        .query_row(
            "SELECT users.user FROM tokens JOIN users ON users.id = tokens.user WHERE hash = ?1",
            [hash.as_slice()],
            |row| row.get(0),
        )
        .optional()?;
    write.execute("DELETE FROM tokens WHERE hash = ?1", [hash.as_slice()])?;
    if let Some(owner) = owner {
        audit::stamped(&write, stamp, "token_revoked", &owner)?;
    }
    write.commit()
}

pub(crate) fn revoke_all(connection: &Connection, agent: AgentId) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM tokens WHERE user = ?1", [agent.0])?;
    Ok(())
}

pub(crate) fn revoke_others(
    connection: &Connection,
    agent: AgentId,
    keep: &TokenHash,
) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM tokens WHERE user = ?1 AND hash <> ?2",
        params![agent.0, keep.as_slice()],
    )?;
    Ok(())
}

/// A line in the audit trail.
pub(crate) fn note_sign_in(
    connection: &mut Connection,
    at: Millis,
    user: &str,
    has_succeeded: bool,
) -> rusqlite::Result<()> {
    let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let user: Option<String> = write
        .query_row(
            "SELECT user FROM users WHERE user = ?1 AND removed_at IS NULL",
            [user.trim().to_lowercase()],
            |row| row.get(0),
        )
        .optional()?;
    let by = user.as_deref().unwrap_or("nobody");
    let what = if has_succeeded {
        "signed_in"
    } else {
        "sign_in_refused"
    };
    audit::stamped(&write, Stamp { at, by }, what, by)?;
    write.commit()
}

pub(crate) fn prune(connection: &Connection, now: Millis) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM tokens WHERE expires_at <= ?1", [int(now.0)])?;
    Ok(())
}
