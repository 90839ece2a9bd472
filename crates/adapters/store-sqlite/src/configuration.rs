//! The configuration: the document assembled from its tables, and a change written with what was before.

use crate::sql::{Sql, at, int, json, json_of, name_of, whole};
use crate::{accounts, administrators, audit, identities, tokens};
use protocol::configuration::{
    Change, Configuration, ConfigurationChange, Edit, Named, PersonSettings, QueueSettings, Rules,
    ScheduleSettings,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use settings::Numbers;
use std::collections::BTreeMap;
use store::{PersonRouting, QueueRow, Result, Stamp, StoreError, User};
use vocab::{AgentId, Millis, QueueId, ScheduleId, SiteId, SkillId};

pub(crate) fn queues(connection: &Connection) -> rusqlite::Result<Vec<QueueRow>> {
    connection
        .prepare_cached("SELECT id, settings FROM queues WHERE removed_at IS NULL ORDER BY id")?
        .query_map([], |row| {
            Ok(QueueRow {
                id: QueueId(row.get(0)?),
                settings: json(row, 1)?,
            })
        })?
        .collect()
}

/// Also of queues that were removed.
pub(crate) fn queue_codes(connection: &Connection) -> rusqlite::Result<BTreeMap<QueueId, String>> {
    connection
        .prepare_cached("SELECT id, slug FROM queues")?
        .query_map([], |row| Ok((QueueId(row.get(0)?), row.get(1)?)))?
        .collect()
}

/// Of the newest change; 0 before the first.
pub(crate) fn revision(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row(
        "SELECT COALESCE(MAX(revision), 0) FROM configuration_changes",
        [],
        |row| whole(row, 0),
    )
}

pub(crate) fn document(connection: &Connection) -> rusqlite::Result<Configuration> {
    let rows = queues(connection)?;
    let codes: BTreeMap<QueueId, &str> = rows
        .iter()
        .map(|row| (row.id, row.settings.code.as_str()))
        .collect();
    let people = accounts::users(connection)?
        .into_iter()
        .map(|user| person(user, &codes))
        .collect();
    let schedules = connection
        .prepare_cached("SELECT settings FROM schedules WHERE removed_at IS NULL ORDER BY id")?
        .query_map([], |row| json(row, 0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Configuration {
        skills: list(connection, "skills")?,
        sites: list(connection, "sites")?,
        schedules,
        people,
        rules: rules(connection)?,
        queues: rows.into_iter().map(|row| row.settings).collect(),
    })
}

fn person(user: User, codes: &BTreeMap<QueueId, &str>) -> PersonSettings {
    let PersonRouting {
        skills,
        languages,
        site,
        capacity,
    } = user.routing;
    let queues = user.queues.iter();
    PersonSettings {
        user: user.user,
        name: user.name,
        role: user.role,
        queues: queues
            .filter_map(|queue| codes.get(queue).map(|code| (*code).to_owned()))
            .collect(),
        skills,
        languages,
        site,
        capacity,
    }
}

fn rules(connection: &Connection) -> rusqlite::Result<Rules> {
    connection.query_row("SELECT rules FROM organisation", [], |row| json(row, 0))
}

fn list(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Named>> {
    let sql = format!("SELECT code, name FROM {table} WHERE removed_at IS NULL ORDER BY id");
    connection
        .prepare_cached(&sql)?
        .query_map([], |row| {
            Ok(Named {
                code: row.get(0)?,
                name: row.get(1)?,
            })
        })?
        .collect()
}

pub(crate) fn numbers(connection: &Connection) -> rusqlite::Result<Numbers> {
    Ok(Numbers {
        queues: numbered(connection, "queues", "slug", QueueId)?,
        skills: numbered(connection, "skills", "code", SkillId)?,
        sites: numbered(connection, "sites", "code", SiteId)?,
        schedules: numbered(connection, "schedules", "code", ScheduleId)?,
        people: numbered(connection, "users", "user", AgentId)?,
    })
}

fn numbered<Id>(
    connection: &Connection,
    table: &str,
    code: &str,
    id: fn(u32) -> Id,
) -> rusqlite::Result<BTreeMap<String, Id>> {
    let sql = format!("SELECT {code}, id FROM {table} WHERE removed_at IS NULL");
    connection
        .prepare_cached(&sql)?
        .query_map([], |row| Ok((row.get(0)?, id(row.get(1)?))))?
        .collect()
}

/// Nothing is written when something is wrong, or nothing differs.
pub(crate) fn change(
    write: &Transaction<'_>,
    stamp: Stamp<'_>,
    if_revision: Option<u64>,
    undoes: Option<u64>,
    change: &Change,
) -> Result<Option<ConfigurationChange>> {
    let found = revision(write).sql()?;
    if if_revision.is_some_and(|wanted| wanted != found) {
        return Err(StoreError::ChangedMeanwhile { found });
    }
    let before = document(write).sql()?;
    let after = settings::changed(&before, change);
    let Some(mut done) = settings::difference(&before, &after) else {
        return Ok(None);
    };
    let findings = settings::check(&after);
    if settings::has_faults(&findings) {
        return Err(StoreError::Contradiction { findings });
    }
    if let Some(revision) = undoes {
        still_removed(write, revision, &done)?;
    }
    administrators::are_left(write, &before, &after, undoes.is_some())?;
    done.revision = found + 1;
    done.at = stamp.at;
    stamp.by.clone_into(&mut done.by);
    done.undoes = undoes;
    write_all(write, stamp, &done).sql()?;
    write
        .execute(
            "INSERT INTO configuration_changes (revision, at, who, change) VALUES (?1, ?2, ?3, ?4)",
            params![
                int(done.revision),
                int(stamp.at.0),
                stamp.by,
                json_of(&done).sql()?
            ],
        )
        .sql()?;
    Ok(Some(done))
}

/// Whoever is brought back by taking a removal back must be gone by that removal and no later one: somebody else of the
/// name would have neither their password nor their history.
fn still_removed(write: &Transaction<'_>, revision: u64, done: &ConfigurationChange) -> Result<()> {
    let removed_at = made_at(write, revision).sql()?.map(|at| int(at.0));
    for edit in &done.people {
        let (None, Some(person)) = (&edit.before, &edit.after) else {
            continue;
        };
        let is_there = write
            .prepare_cached("SELECT 1 FROM users WHERE user = ?1 AND removed_at = ?2")
            .sql()?
            .exists(params![person.user, removed_at])
            .sql()?;
        if !is_there {
            let (what, name) = ("person of that removal", person.user.clone());
            return Err(StoreError::Unknown { what, name });
        }
    }
    Ok(())
}

fn write_all(
    write: &Transaction<'_>,
    stamp: Stamp<'_>,
    done: &ConfigurationChange,
) -> rusqlite::Result<()> {
    for edit in &done.skills {
        set_named(write, stamp, "skills", edit)?;
        note(write, stamp, "skill", edit, |one| &one.code)?;
    }
    for edit in &done.sites {
        set_named(write, stamp, "sites", edit)?;
        note(write, stamp, "site", edit, |one| &one.code)?;
    }
    for edit in &done.schedules {
        set_schedule(write, stamp, edit)?;
        note(write, stamp, "schedule", edit, |one| &one.code)?;
    }
    for edit in &done.queues {
        set_queue(write, stamp, edit)?;
        note(write, stamp, "queue", edit, |one| &one.code)?;
    }
    let undone_at = match done.undoes {
        Some(revision) => made_at(write, revision)?,
        None => None,
    };
    for edit in &done.people {
        set_person(write, stamp, edit, undone_at)?;
        note(write, stamp, "user", edit, |one| &one.user)?;
    }
    if let Some(Edit {
        after: Some(rules), ..
    }) = &done.rules
    {
        let text = json_of(rules)?;
        let home = identities::home(write)?;
        write.execute("UPDATE organisation SET rules = ?1", [text])?;
        if store::home(rules) != home {
            identities::country_changed(write)?;
        }
        audit::stamped(write, stamp, "rules_set", "organisation")?;
    }
    Ok(())
}

/// The audit trail's line for one thing; what exactly was changed is kept with the change.
fn note<T>(
    write: &Transaction<'_>,
    stamp: Stamp<'_>,
    what: &str,
    edit: &Edit<T>,
    code: impl Fn(&T) -> &String,
) -> rusqlite::Result<()> {
    let how = match (&edit.before, &edit.after) {
        (None, _) => "added",
        (Some(_), Some(_)) => "set",
        (Some(_), None) => "removed",
    };
    match edit.after.as_ref().or(edit.before.as_ref()) {
        Some(one) => audit::stamped(write, stamp, &format!("{what}_{how}"), code(one)),
        None => Ok(()),
    }
}

/// What is gone keeps its number and name: history tells of it.
fn remove(
    write: &Transaction<'_>,
    stamp: Stamp<'_>,
    (table, column): (&str, &str),
    code: &str,
) -> rusqlite::Result<()> {
    let sql =
        format!("UPDATE {table} SET removed_at = ?2 WHERE {column} = ?1 AND removed_at IS NULL");
    write.execute(&sql, params![code, int(stamp.at.0)])?;
    Ok(())
}

fn set_named(
    write: &Transaction<'_>,
    stamp: Stamp<'_>,
    table: &str,
    edit: &Edit<Named>,
) -> rusqlite::Result<()> {
    match (&edit.before, &edit.after) {
        (_, Some(one)) => {
            let sql = format!(
                "INSERT INTO {table} (code, name) VALUES (?1, ?2)
                 ON CONFLICT (code) DO UPDATE SET name = excluded.name, removed_at = NULL"
            );
            write.execute(&sql, params![one.code, one.name]).map(drop)
        }
        (Some(gone), None) => remove(write, stamp, (table, "code"), &gone.code),
        (None, None) => Ok(()),
    }
}

fn set_schedule(
    write: &Transaction<'_>,
    stamp: Stamp<'_>,
    edit: &Edit<ScheduleSettings>,
) -> rusqlite::Result<()> {
    match (&edit.before, &edit.after) {
        (_, Some(one)) => write
            .execute(
                "INSERT INTO schedules (code, settings) VALUES (?1, ?2)
                 ON CONFLICT (code) DO UPDATE SET settings = excluded.settings, removed_at = NULL",
                params![one.code, json_of(one)?],
            )
            .map(drop),
        (Some(gone), None) => remove(write, stamp, ("schedules", "code"), &gone.code),
        (None, None) => Ok(()),
    }
}

fn set_queue(
    write: &Transaction<'_>,
    stamp: Stamp<'_>,
    edit: &Edit<QueueSettings>,
) -> rusqlite::Result<()> {
    match (&edit.before, &edit.after) {
        (_, Some(one)) => write
            .execute(
                "INSERT INTO queues (slug, name, settings) VALUES (?1, ?2, ?3)
                 ON CONFLICT (slug) DO UPDATE SET name = excluded.name,
                     settings = excluded.settings, removed_at = NULL",
                params![one.code, one.name, json_of(one)?],
            )
            .map(drop),
        (Some(gone), None) => remove(write, stamp, ("queues", "slug"), &gone.code),
        (None, None) => Ok(()),
    }
}

/// Somebody new is new, even under the name of somebody who left; only taking that removal back, which was made at
/// `undone_at`, brings the same one.
fn set_person(
    write: &Transaction<'_>,
    stamp: Stamp<'_>,
    edit: &Edit<PersonSettings>,
    undone_at: Option<Millis>,
) -> rusqlite::Result<()> {
    let (before, after) = (&edit.before, &edit.after);
    let Some(person) = after else {
        let Some(gone) = before else { return Ok(()) };
        if let Some(agent) = agent_of(write, &gone.user)? {
            write.execute("DELETE FROM user_queues WHERE user = ?1", [agent.0])?;
            tokens::revoke_all(write, agent)?;
        }
        return remove(write, stamp, ("users", "user"), &gone.user);
    };
    if let (None, Some(removed_at)) = (before, undone_at) {
        write.execute(
            "UPDATE users SET removed_at = NULL WHERE user = ?1 AND removed_at = ?2",
            params![person.user, int(removed_at.0)],
        )?;
    }
    if agent_of(write, &person.user)?.is_none() {
        write.execute(
            "INSERT INTO users (user, name, role, password_hash) VALUES (?1, ?2, ?3, '')",
            params![person.user, person.name, name_of(&person.role)?],
        )?;
    }
    let Some(agent) = agent_of(write, &person.user)? else {
        return Ok(());
    };
    let routing = PersonRouting {
        skills: person.skills.clone(),
        languages: person.languages.clone(),
        site: person.site.clone(),
        capacity: person.capacity,
    };
    write.execute(
        "UPDATE users SET name = ?2, role = ?3, routing = ?4 WHERE id = ?1",
        params![
            agent.0,
            person.name,
            name_of(&person.role)?,
            json_of(&routing)?
        ],
    )?;
    write.execute("DELETE FROM user_queues WHERE user = ?1", [agent.0])?;
    for code in &person.queues {
        write
            .prepare_cached(
                "INSERT INTO user_queues (user, queue) SELECT ?1, id FROM queues WHERE slug = ?2",
            )?
            .execute(params![agent.0, code])?;
    }
    Ok(())
}

fn made_at(write: &Transaction<'_>, revision: u64) -> rusqlite::Result<Option<Millis>> {
    write
        .prepare_cached("SELECT at FROM configuration_changes WHERE revision = ?1")?
        .query_row([int(revision)], |row| at(row, 0))
        .optional()
}

fn agent_of(write: &Transaction<'_>, user: &str) -> rusqlite::Result<Option<AgentId>> {
    write
        .prepare_cached("SELECT id FROM users WHERE user = ?1 AND removed_at IS NULL")?
        .query_row([user], |row| row.get(0).map(AgentId))
        .optional()
}

pub(crate) fn changes(
    connection: &Connection,
    before: Option<u64>,
    limit: u32,
) -> rusqlite::Result<Vec<ConfigurationChange>> {
    connection
        .prepare_cached(
            "SELECT change, at FROM configuration_changes
             WHERE revision < COALESCE(?1, revision + 1) ORDER BY revision DESC LIMIT ?2",
        )?
        .query_map(params![before.map(int), limit], one_change)?
        .collect()
}

fn one_change(row: &Row<'_>) -> rusqlite::Result<ConfigurationChange> {
    let change: ConfigurationChange = json(row, 0)?;
    Ok(ConfigurationChange {
        at: at(row, 1)?,
        ..change
    })
}
