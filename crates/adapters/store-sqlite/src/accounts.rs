//! Accounts: who may sign in. Queues and dispositions are in `settings`, tokens in `tokens`.

use crate::sql::{Sql, json, name_of, named};
use crate::{audit, clock, configuration, places, settings as naming, tokens};
use ::settings::Numbers;
use protocol::configuration::{Change, Configuration, ConfigurationChange};
use protocol::record::AuditLine;
use protocol::work::{Disposition, ReasonName};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use std::collections::BTreeMap;
use store::{
    Accounts, ClockState, DeviceKey, ErasureRequest, ErasureState, KnownPlace, Look, Organisation,
    QueueRow, Result, Retention, SignInPlace, Stamp, StoreError, TokenHash, TokenRow, User,
};
use timekeeping::{Kept, Span};
use vocab::{AgentId, CustomerId, Millis, NotReadyReason, QueueId, Sensitive};

pub(crate) struct SqliteAccounts {
    connection: Connection,
}

impl SqliteAccounts {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// One change in one transaction, with its line in the audit trail.
    fn change<T>(
        &mut self,
        stamp: Stamp<'_>,
        what: &str,
        subject: &str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T>,
    ) -> Result<T> {
        let write = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .sql()?;
        let done = work(&write)?;
        write
            .execute("UPDATE organisation SET revision = revision + 1", [])
            .sql()?;
        audit::stamped(&write, stamp, what, subject).sql()?;
        write.commit().sql()?;
        Ok(done)
    }

    fn name_of_user(&self, agent: AgentId) -> Result<String> {
        self.user(agent)?
            .map(|user| user.user)
            .ok_or_else(|| StoreError::Unknown {
                what: "user",
                name: agent.to_string(),
            })
    }
}

impl Accounts for SqliteAccounts {
    fn organisation(&self) -> Result<Organisation> {
        naming::organisation(&self.connection)
    }

    fn revision(&self) -> Result<u64> {
        naming::revision(&self.connection).sql()
    }

    fn users(&self) -> Result<Vec<User>> {
        users(&self.connection).sql()
    }

    fn user(&self, agent: AgentId) -> Result<Option<User>> {
        user(&self.connection, agent).sql()
    }

    fn user_by_name(&self, name: &str) -> Result<Option<User>> {
        let id = self
            .connection
            .query_row(
                "SELECT id FROM users WHERE user = ?1 AND removed_at IS NULL",
                [name.trim().to_lowercase()],
                |row| row.get(0).map(AgentId),
            )
            .optional()
            .sql()?;
        id.map_or(Ok(None), |id| self.user(id))
    }

    fn set_password(
        &mut self,
        stamp: Stamp<'_>,
        agent: AgentId,
        hash: &Sensitive<String>,
    ) -> Result<()> {
        let name = self.name_of_user(agent)?;
        self.change(stamp, "password_set", &name, |write| {
            write_password(write, agent, hash).sql()?;
            tokens::revoke_all(write, agent).sql()
        })
    }

    fn change_own_password(
        &mut self,
        stamp: Stamp<'_>,
        agent: AgentId,
        hash: &Sensitive<String>,
        keep: &TokenHash,
    ) -> Result<()> {
        let name = self.name_of_user(agent)?;
        self.change(stamp, "password_changed", &name, |write| {
            write_password(write, agent, hash).sql()?;
            tokens::revoke_others(write, agent, keep).sql()
        })
    }

    fn queues(&self) -> Result<Vec<QueueRow>> {
        configuration::queues(&self.connection).sql()
    }

    fn queue_codes(&self) -> Result<BTreeMap<QueueId, String>> {
        configuration::queue_codes(&self.connection).sql()
    }

    fn queue_by_slug(&self, slug: &str) -> Result<Option<QueueRow>> {
        Ok(self
            .queues()?
            .into_iter()
            .find(|queue| queue.settings.code == slug))
    }

    fn config(&self) -> Result<acd::Config> {
        // One read transaction, so that nobody is assigned to a queue that came in between.
        let read = self.connection.unchecked_transaction().sql()?;
        let numbers = configuration::numbers(&read).sql()?;
        let document = configuration::document(&read).sql()?;
        Ok(::settings::engine_config(&document, &numbers))
    }

    fn numbers(&self) -> Result<Numbers> {
        configuration::numbers(&self.connection).sql()
    }

    fn configuration(&self) -> Result<(u64, Configuration)> {
        let read = self.connection.unchecked_transaction().sql()?;
        let revision = configuration::revision(&read).sql()?;
        Ok((revision, configuration::document(&read).sql()?))
    }

    fn change_configuration(
        &mut self,
        stamp: Stamp<'_>,
        if_revision: Option<u64>,
        undoes: Option<u64>,
        change: &Change,
    ) -> Result<Option<ConfigurationChange>> {
        let write = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .sql()?;
        let changed = configuration::change(&write, stamp, if_revision, undoes, change)?;
        if changed.is_some() {
            write
                .execute("UPDATE organisation SET revision = revision + 1", [])
                .sql()?;
            write.commit().sql()?;
        }
        Ok(changed)
    }

    fn configuration_changes(
        &self,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<ConfigurationChange>> {
        configuration::changes(&self.connection, before, limit).sql()
    }

    fn dispositions(&self) -> Result<Vec<Disposition>> {
        naming::dispositions(&self.connection).sql()
    }

    fn set_disposition(&mut self, stamp: Stamp<'_>, disposition: &Disposition) -> Result<()> {
        self.change(stamp, "disposition_set", &disposition.code, |write| {
            naming::set_disposition(write, disposition).sql()
        })
    }

    fn remove_disposition(&mut self, stamp: Stamp<'_>, code: &str) -> Result<()> {
        self.change(stamp, "disposition_removed", code, |write| {
            naming::remove_disposition(write, code)
        })
    }

    fn replace_names(
        &mut self,
        stamp: Stamp<'_>,
        dispositions: &[Disposition],
        reasons: &[ReasonName],
    ) -> Result<()> {
        self.change(
            stamp,
            "names_replaced",
            "dispositions and reasons",
            |write| naming::replace_names(write, dispositions, reasons).sql(),
        )
    }

    fn reason_names(&self) -> Result<Vec<ReasonName>> {
        naming::reason_names(&self.connection).sql()
    }

    fn set_reason_name(&mut self, stamp: Stamp<'_>, name: &ReasonName) -> Result<()> {
        let reason = name_of(&name.reason).sql()?;
        self.change(stamp, "reason_named", &reason, |write| {
            naming::set_reason_name(write, name).sql()
        })
    }

    fn reset_reason_name(&mut self, stamp: Stamp<'_>, reason: NotReadyReason) -> Result<()> {
        let reason = name_of(&reason).sql()?;
        self.change(stamp, "reason_name_reset", &reason, |write| {
            write
                .execute("DELETE FROM reason_names WHERE reason = ?1", [&reason])
                .sql()?;
            Ok(())
        })
    }

    fn add_token(&mut self, token: &TokenRow) -> Result<()> {
        tokens::add(&self.connection, token).sql()
    }

    fn token_owner(&self, hash: &TokenHash, now: Millis) -> Result<Option<(User, Millis)>> {
        let Some((agent, expires_at)) = tokens::owner(&self.connection, hash, now).sql()? else {
            return Ok(None);
        };
        Ok(self.user(agent)?.map(|user| (user, expires_at)))
    }

    fn revoke_token(&mut self, stamp: Stamp<'_>, hash: &TokenHash) -> Result<()> {
        tokens::revoke(&mut self.connection, stamp, hash).sql()
    }

    fn note_sign_in(&mut self, at: Millis, user: &str, has_succeeded: bool) -> Result<()> {
        tokens::note_sign_in(&mut self.connection, at, user, has_succeeded).sql()
    }

    fn known_place(
        &self,
        agent: AgentId,
        device: Option<&DeviceKey>,
        address: &str,
    ) -> Result<KnownPlace> {
        places::known(&self.connection, agent, device, address).sql()
    }

    fn remember_place(&mut self, agent: AgentId, place: &SignInPlace) -> Result<()> {
        places::remember(&mut self.connection, agent, place).sql()
    }

    fn prune(&mut self, now: Millis, places_before: Millis) -> Result<()> {
        tokens::prune(&self.connection, now).sql()?;
        places::prune(&self.connection, places_before).sql()
    }

    fn note_audit(&mut self, stamp: Stamp<'_>, what: &str, subject: &str) -> Result<()> {
        audit::stamped(&self.connection, stamp, what, subject).sql()
    }

    fn note_looks(&mut self, looks: &[Look]) -> Result<()> {
        audit::note_looks(&mut self.connection, looks).sql()
    }

    fn audit(&self, before: Option<u64>, limit: u32) -> Result<Vec<AuditLine>> {
        audit::page(&self.connection, before, limit).sql()
    }

    fn forget_audit(&mut self, old: &[Span], limit: u32) -> Result<u64> {
        audit::forget(&mut self.connection, old, limit)
    }

    fn clock(&self) -> Result<ClockState> {
        clock::state(&self.connection).sql()
    }

    fn keep_clock(&mut self, kept: &Kept) -> Result<()> {
        clock::keep(&self.connection, kept).sql()
    }

    fn confirm_clock(&mut self, stamp: Stamp<'_>, after: Option<u64>) -> Result<()> {
        clock::confirm(&mut self.connection, stamp, after).sql()
    }

    fn retention(&self) -> Result<Retention> {
        audit::retention(&self.connection).sql()
    }

    fn set_retention(&mut self, stamp: Stamp<'_>, retention: Retention) -> Result<()> {
        self.change(stamp, "retention_set", "organisation", |write| {
            audit::set_retention(write, retention).sql()
        })
    }

    fn request_erasure(&mut self, stamp: Stamp<'_>, customer: CustomerId) -> Result<()> {
        audit::request_erasure(&self.connection, stamp, customer).sql()
    }

    fn erasure_requests(&self) -> Result<Vec<ErasureRequest>> {
        audit::erasure_requests(&self.connection).sql()
    }

    fn settle_erasure(&mut self, customer: CustomerId, state: ErasureState) -> Result<()> {
        audit::settle_erasure(&self.connection, customer, state).sql()
    }
}

fn write_password(
    write: &Transaction<'_>,
    agent: AgentId,
    hash: &Sensitive<String>,
) -> rusqlite::Result<()> {
    write.execute(
        "UPDATE users SET password_hash = ?2 WHERE id = ?1",
        params![agent.0, hash.reveal()],
    )?;
    Ok(())
}

const USER: &str =
    "SELECT id, user, name, role, password_hash, routing FROM users WHERE removed_at IS NULL";

pub(crate) fn users(connection: &Connection) -> rusqlite::Result<Vec<User>> {
    let mut users: Vec<User> = connection
        .prepare_cached(&format!("{USER} ORDER BY id"))?
        .query_map([], user_row)?
        .collect::<rusqlite::Result<_>>()?;
    let mut served: BTreeMap<AgentId, Vec<QueueId>> = BTreeMap::new();
    let mut query =
        connection.prepare_cached("SELECT user, queue FROM user_queues ORDER BY user, queue")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let agent = AgentId(row.get(0)?);
        served.entry(agent).or_default().push(QueueId(row.get(1)?));
    }
    for user in &mut users {
        user.queues = served.remove(&user.agent).unwrap_or_default();
    }
    Ok(users)
}

fn user(connection: &Connection, agent: AgentId) -> rusqlite::Result<Option<User>> {
    let found = connection
        .prepare_cached(&format!("{USER} AND id = ?1"))?
        .query_row([agent.0], user_row)
        .optional()?;
    let Some(mut user) = found else {
        return Ok(None);
    };
    user.queues = queues_of(connection, agent)?;
    Ok(Some(user))
}

fn user_row(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        agent: AgentId(row.get(0)?),
        user: row.get(1)?,
        name: row.get(2)?,
        role: named(row, 3)?,
        password_hash: Sensitive::new(row.get(4)?),
        queues: Vec::new(),
        routing: json(row, 5)?,
    })
}

fn queues_of(connection: &Connection, agent: AgentId) -> rusqlite::Result<Vec<QueueId>> {
    connection
        .prepare_cached("SELECT queue FROM user_queues WHERE user = ?1 ORDER BY queue")?
        .query_map([agent.0], |row| row.get(0).map(QueueId))?
        .collect()
}
