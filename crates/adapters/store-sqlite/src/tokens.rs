//! Tokens, by their hash, and attempts to sign in.

use crate::audit;
use crate::sql::{at, int, small};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use store::{FailedAttempts, SignInAttempt, Stamp, TokenHash, TokenRow};
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

pub(crate) fn note_sign_in(
    connection: &mut Connection,
    attempt: &SignInAttempt,
) -> rusqlite::Result<()> {
    let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    write.execute(
        "INSERT INTO sign_ins (at, user, address, has_succeeded, steady)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            int(attempt.at.0),
            attempt.user.trim().to_lowercase(),
            attempt.from,
            attempt.has_succeeded,
            int(attempt.steady.0)
        ],
    )?;
    let user: Option<String> = write
        .query_row(
            "SELECT user FROM users WHERE user = ?1 AND removed_at IS NULL",
            [attempt.user.trim().to_lowercase()],
            |row| row.get(0),
        )
        .optional()?;
    let user = user.as_deref().unwrap_or("nobody");
    let what = if attempt.has_succeeded {
        "signed_in"
    } else {
        "sign_in_refused"
    };
    let stamp = Stamp {
        at: attempt.at,
        by: user,
    };
    audit::stamped(&write, stamp, what, user)?;
    write.commit()
}

pub(crate) fn failed_sign_ins(
    connection: &Connection,
    user: &str,
    from: &str,
    since: Millis,
) -> rusqlite::Result<FailedAttempts> {
    let of_user = connection.query_row(
        "SELECT COUNT(*) FROM sign_ins
         WHERE user = ?1 AND steady >= ?2 AND NOT has_succeeded
           AND id > COALESCE((SELECT MAX(id) FROM sign_ins WHERE user = ?1 AND has_succeeded), 0)",
        params![user.trim().to_lowercase(), int(since.0)],
        |row| small(row, 0),
    )?;
    let from_address = connection.query_row(
        "SELECT COUNT(*) FROM sign_ins WHERE address = ?1 AND steady >= ?2 AND NOT has_succeeded",
        params![from, int(since.0)],
        |row| small(row, 0),
    )?;
    Ok(FailedAttempts {
        of_user,
        from_address,
    })
}

pub(crate) fn prune(
    connection: &Connection,
    now: Millis,
    attempts_before: Millis,
) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM tokens WHERE expires_at <= ?1", [int(now.0)])?;
    connection.execute(
        "DELETE FROM sign_ins WHERE steady < ?1",
        [int(attempts_before.0)],
    )?;
    Ok(())
}
