//! Answers about customers and past interactions.

use crate::recordings;
use crate::search;
use crate::sql::{
    Sql, at, int, json, maybe_at, maybe_json, maybe_named, name_of, named, small, whole,
};
use protocol::rest::{
    CustomerPage, CustomerSummary, Happened, Identity, IdentityKind, InteractionDetail,
    InteractionSummary, Outcome, Timeline,
};
use protocol::work::MediaReport;
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{CallerDetails, History, Result, normalised};
use vocab::{CustomerId, EndedBy, InteractionId, Sensitive};

/// More than this many rows are never given at once.
const MOST_ROWS: u32 = 500;

pub(crate) struct SqliteHistory {
    connection: Connection,
}

impl SqliteHistory {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }
}

impl History for SqliteHistory {
    fn find_customer_by_identity(
        &self,
        kind: IdentityKind,
        value: &str,
    ) -> Result<Option<CustomerId>> {
        let key = normalised(kind, value);
        if key.is_empty() {
            return Ok(None);
        }
        let kind = name_of(&kind).sql()?;
        self.connection
            .prepare_cached(
                "SELECT id FROM identities JOIN customers ON id = customer
                 WHERE kind = ?1 AND key = ?2 ORDER BY last_contact_at DESC, id LIMIT 1",
            )
            .and_then(|mut query| {
                query
                    .query_row(params![kind, key], |row| whole(row, 0))
                    .optional()
            })
            .map(|id| id.map(CustomerId))
            .sql()
    }

    fn customer(&self, customer: CustomerId) -> Result<Option<CustomerSummary>> {
        summary(&self.connection, customer).sql()
    }

    fn search(&self, query: &str, limit: u32) -> Result<CustomerPage> {
        let limit = limit.clamp(1, MOST_ROWS);
        let mut found = search::find(&self.connection, query, limit + 1).sql()?;
        let has_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let customers = found
            .into_iter()
            .filter_map(|id| summary(&self.connection, id).transpose())
            .collect::<rusqlite::Result<_>>()
            .sql()?;
        Ok(CustomerPage {
            customers,
            has_more,
        })
    }

    fn timeline(
        &self,
        customer: CustomerId,
        before: Option<InteractionId>,
        limit: u32,
    ) -> Result<Timeline> {
        let limit = limit.clamp(1, MOST_ROWS);
        let mut interactions = self.older(customer, before, limit + 1).sql()?;
        let has_more = interactions.len() > limit as usize;
        interactions.truncate(limit as usize);
        Ok(Timeline {
            interactions,
            has_more,
        })
    }

    fn interaction(&self, interaction: InteractionId) -> Result<Option<InteractionDetail>> {
        let summary = self
            .connection
            .prepare_cached(&format!("{SUMMARY} WHERE interactions.id = ?1"))
            .and_then(|mut query| {
                query
                    .query_row([int(interaction.0)], interaction_summary)
                    .optional()
            })
            .sql()?;
        let Some(mut summary) = summary else {
            return Ok(None);
        };
        summary.recordings = recordings::of_interaction(&self.connection, interaction).sql()?;
        let happened = self.happened(interaction).sql()?;
        Ok(Some(InteractionDetail { summary, happened }))
    }

    fn last_interactions(
        &self,
        customer: CustomerId,
        except: Option<InteractionId>,
        limit: u32,
    ) -> Result<Vec<InteractionSummary>> {
        self.older(customer, except, limit.min(MOST_ROWS)).sql()
    }

    fn caller(&self, interaction: InteractionId) -> Result<Option<CallerDetails>> {
        self.connection
            .prepare_cached("SELECT caller FROM interactions WHERE id = ?1")
            .and_then(|mut query| {
                query
                    .query_row([int(interaction.0)], |row| maybe_json(row, 0))
                    .optional()
            })
            .map(Option::flatten)
            .sql()
    }

    fn media_report(&self, interaction: InteractionId) -> Result<Option<MediaReport>> {
        self.connection
            .prepare_cached("SELECT media FROM interactions WHERE id = ?1")
            .and_then(|mut query| {
                query
                    .query_row([int(interaction.0)], |row| maybe_json(row, 0))
                    .optional()
            })
            .map(Option::flatten)
            .sql()
    }
}

impl SqliteHistory {
    fn older(
        &self,
        customer: CustomerId,
        than: Option<InteractionId>,
        limit: u32,
    ) -> rusqlite::Result<Vec<InteractionSummary>> {
        let newer = match than {
            Some(_) => {
                "AND (entered_at, interactions.id) < (SELECT entered_at, id FROM interactions WHERE id = ?3)"
            }
            None => "AND ?3 IS NULL",
        };
        let mut interactions: Vec<InteractionSummary> = self
            .connection
            .prepare_cached(&format!(
                "{SUMMARY} WHERE customer = ?1 {newer} ORDER BY entered_at DESC, interactions.id DESC LIMIT ?2"
            ))?
            .query_map(
                params![int(customer.0), limit, than.map(|than| int(than.0))],
                interaction_summary,
            )?
            .collect::<rusqlite::Result<_>>()?;
        for summary in &mut interactions {
            summary.recordings = recordings::of_interaction(&self.connection, summary.interaction)?;
        }
        Ok(interactions)
    }

    fn happened(&self, interaction: InteractionId) -> rusqlite::Result<Vec<Happened>> {
        self.connection
            .prepare_cached(
                "SELECT at, what, users.name, to_name, note FROM happened LEFT JOIN users ON users.id = agent
                 WHERE interaction = ?1 ORDER BY seq",
            )?
            .query_map([int(interaction.0)], |row| {
                Ok(Happened {
                    at: at(row, 0)?,
                    what: named(row, 1)?,
                    agent_name: row.get(2)?,
                    to_name: row.get(3)?,
                    note: row.get::<_, Option<String>>(4)?.map(Sensitive::new),
                })
            })?
            .collect()
    }
}

const SUMMARY: &str = "SELECT interactions.id, customer, medium, queue_name, entered_at, answered_at, \
     ended_at, ended_by, users.name, topic, disposition, note, stars \
     FROM interactions LEFT JOIN users ON users.id = agent";

fn interaction_summary(row: &Row<'_>) -> rusqlite::Result<InteractionSummary> {
    let ended_at = maybe_at(row, 6)?;
    let ended_by: Option<EndedBy> = maybe_named(row, 7)?;
    let outcome = match (ended_at, ended_by) {
        (None, _) => Outcome::Open,
        (Some(_), None) => Outcome::Abandoned,
        (Some(_), Some(EndedBy::CallbackMissed)) => Outcome::CallbackMissed,
        (Some(_), Some(ended_by)) => Outcome::Answered { ended_by },
    };
    Ok(InteractionSummary {
        interaction: InteractionId(whole(row, 0)?),
        customer: CustomerId(whole(row, 1)?),
        medium: named(row, 2)?,
        queue_name: row.get(3)?,
        entered_at: at(row, 4)?,
        answered_at: maybe_at(row, 5)?,
        ended_at,
        outcome,
        agent_name: row.get(8)?,
        topic: row.get::<_, Option<String>>(9)?.map(Sensitive::new),
        disposition: row.get(10)?,
        note: Sensitive::new(row.get(11)?),
        stars: row.get(12)?,
        recordings: Vec::new(),
    })
}

fn summary(
    connection: &Connection,
    customer: CustomerId,
) -> rusqlite::Result<Option<CustomerSummary>> {
    let found = connection
        .prepare_cached(
            "SELECT name, language, since, is_vip, labels, note, interactions
             FROM customers WHERE id = ?1",
        )?
        .query_row([int(customer.0)], |row| {
            Ok(CustomerSummary {
                customer,
                name: Sensitive::new(row.get(0)?),
                identities: Vec::new(),
                language: row.get(1)?,
                since: at(row, 2)?,
                is_vip: row.get(3)?,
                labels: json(row, 4)?,
                note: Sensitive::new(row.get(5)?),
                interactions: small(row, 6)?,
            })
        })
        .optional()?;
    let Some(mut summary) = found else {
        return Ok(None);
    };
    summary.identities = connection
        .prepare_cached(
            "SELECT kind, value FROM identities WHERE customer = ?1 AND kind <> ?2
             ORDER BY kind DESC, key",
        )?
        .query_map(
            params![int(customer.0), name_of(&IdentityKind::Visitor)?],
            |row| {
                Ok(Identity {
                    kind: named(row, 0)?,
                    value: Sensitive::new(row.get(1)?),
                })
            },
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(summary))
}
