//! Answers about customers and past interactions.

use crate::notes;
use crate::recordings;
use crate::search;
use crate::sql::{Sql, at, int, json, maybe_at, maybe_json, maybe_named, named, whole};
use crate::summary::summary;
use crate::wanted::Wanted;
use crate::{clock, erasure, export, identities, matches};
use protocol::record::{CustomerExport, CustomerNote, DuplicateKey, DuplicatePage, FoundCustomer};
use protocol::rest::{
    CustomerPage, CustomerSummary, Happened, HappenedWhat, IdentityKind, InteractionDetail,
    InteractionSummary, Outcome, Timeline,
};
use protocol::work::MediaReport;
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{CallerDetails, History, Result};
use timekeeping::Span;
use vocab::{AgentId, CustomerId, EndedBy, InteractionId, Millis, NoteId, Sensitive};

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
    fn find_customer_by_key(&self, kind: IdentityKind, key: &str) -> Result<Option<CustomerId>> {
        identities::by_key(&self.connection, kind, key).sql()
    }

    fn find_customers_by_name(&self, name_key: &str, limit: u32) -> Result<Vec<CustomerId>> {
        identities::by_name(&self.connection, name_key, limit.min(MOST_ROWS)).sql()
    }

    fn duplicates(&self, after: Option<&DuplicateKey>, limit: u32) -> Result<DuplicatePage> {
        identities::duplicates(&self.connection, after, limit.clamp(1, MOST_ROWS)).sql()
    }

    fn customer(&self, customer: CustomerId) -> Result<Option<CustomerSummary>> {
        summary(&self.connection, customer).sql()
    }

    fn search(&self, query: &str, limit: u32) -> Result<CustomerPage> {
        let limit = limit.clamp(1, MOST_ROWS);
        // One look at the file as it is now, rather than one for each of some thousand rows.
        let _read = self.connection.unchecked_transaction().sql()?;
        let home = identities::home(&self.connection).sql()?;
        let wanted = Wanted::of(query, home);
        let mut found = search::find(&self.connection, &wanted, limit + 1).sql()?;
        let has_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let mut customers = Vec::with_capacity(found.len());
        for id in found {
            let Some(customer) = summary(&self.connection, id).sql()? else {
                continue;
            };
            let matched = matches::matched(&self.connection, &customer, &wanted.words).sql()?;
            customers.push(FoundCustomer { customer, matched });
        }
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
        detail(&self.connection, interaction).sql()
    }

    fn took_part(&self, interaction: InteractionId, agent: AgentId) -> Result<Option<CustomerId>> {
        self.connection
            .prepare_cached(
                "SELECT customer FROM interactions
                 WHERE id = ?1 AND customer NOT IN (SELECT customer FROM erased)
                   AND EXISTS
                     (SELECT 1 FROM happened WHERE interaction = ?1 AND ?2 IN (agent, colleague))",
            )
            .and_then(|mut query| {
                query
                    .query_row(params![int(interaction.0), agent.0], |row| {
                        whole(row, 0).map(CustomerId)
                    })
                    .optional()
            })
            .sql()
    }

    fn last_interactions(
        &self,
        customer: CustomerId,
        except: Option<InteractionId>,
        limit: u32,
    ) -> Result<Vec<InteractionSummary>> {
        self.older(customer, except, limit.min(MOST_ROWS)).sql()
    }

    fn last_agent(&self, customer: CustomerId) -> Result<Option<AgentId>> {
        self.connection
            .prepare_cached(
                "SELECT agent FROM interactions WHERE customer = ?1 AND agent IS NOT NULL
                 ORDER BY id DESC LIMIT 1",
            )
            .and_then(|mut query| {
                query
                    .query_row([int(customer.0)], |row| row.get(0).map(AgentId))
                    .optional()
            })
            .sql()
    }

    fn newest_of_visitor(&self, visitor: &str) -> Result<Option<InteractionSummary>> {
        let newest = self
            .connection
            .prepare_cached(&format!(
                "{SUMMARY} WHERE visitor = ?1 ORDER BY interactions.id DESC LIMIT 1"
            ))
            .and_then(|mut query| query.query_row([visitor], interaction_summary).optional())
            .sql()?;
        let Some(mut summary) = newest else {
            return Ok(None);
        };
        complete(&self.connection, &mut summary).sql()?;
        Ok(Some(summary))
    }

    fn caller(&self, interaction: InteractionId) -> Result<Option<CallerDetails>> {
        caller(&self.connection, interaction).sql()
    }

    fn media_report(&self, interaction: InteractionId) -> Result<Option<MediaReport>> {
        media_report(&self.connection, interaction).sql()
    }

    fn notes(&self, customer: CustomerId) -> Result<Vec<CustomerNote>> {
        customer_notes(&self.connection, customer).sql()
    }

    fn export(&self, customer: CustomerId, at: Millis) -> Result<Option<CustomerExport>> {
        export::export(&self.connection, customer, at).sql()
    }

    fn interactions_of(&self, customer: CustomerId) -> Result<Vec<InteractionId>> {
        erasure::interactions_of(&self.connection, customer).sql()
    }

    fn interactions_due(&self, old: &[Span], limit: u32) -> Result<Vec<InteractionId>> {
        let spans = clock::spans(old).sql()?;
        self.connection
            .prepare_cached(&format!(
                "SELECT interactions.id FROM json_each(?1) AS span JOIN interactions
                   ON ended_at >= span.value ->> 0 AND ended_at < span.value ->> 1
                 WHERE is_redacted = 0 AND ended_at IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM happened
                       WHERE interaction = interactions.id AND what = 'note_saved' AND NOT {})
                 ORDER BY ended_at LIMIT ?2",
                clock::is_within("happened.at", "?1")
            ))
            .and_then(|mut query| {
                query
                    .query_map(params![spans, limit], |row| {
                        whole(row, 0).map(InteractionId)
                    })?
                    .collect()
            })
            .sql()
    }

    fn customers_due(&self, old: &[Span], limit: u32) -> Result<Vec<CustomerId>> {
        let spans = clock::spans(old).sql()?;
        self.connection
            .prepare_cached(
                "SELECT customers.id FROM json_each(?1) AS span JOIN customers
                   ON last_contact_at >= span.value ->> 0 AND last_contact_at < span.value ->> 1
                 WHERE NOT EXISTS
                   (SELECT 1 FROM interactions WHERE customer = customers.id AND ended_at IS NULL)
                 ORDER BY last_contact_at LIMIT ?2",
            )
            .and_then(|mut query| {
                query
                    .query_map(params![spans, limit], |row| whole(row, 0).map(CustomerId))?
                    .collect()
            })
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
        // They are numbered in the order in which they began, whatever the clock showed.
        let newer = match than {
            Some(_) => "AND interactions.id < ?3",
            None => "AND ?3 IS NULL",
        };
        let mut interactions: Vec<InteractionSummary> = self
            .connection
            .prepare_cached(&format!(
                "{SUMMARY} WHERE customer = ?1 {newer} ORDER BY interactions.id DESC LIMIT ?2"
            ))?
            .query_map(
                params![int(customer.0), limit, than.map(|than| int(than.0))],
                interaction_summary,
            )?
            .collect::<rusqlite::Result<_>>()?;
        for summary in &mut interactions {
            complete(&self.connection, summary)?;
        }
        Ok(interactions)
    }
}

fn happened(
    connection: &Connection,
    interaction: InteractionId,
) -> rusqlite::Result<Vec<Happened>> {
    connection
        .prepare_cached(
            "SELECT at, what, users.name, to_name, note, seq FROM happened LEFT JOIN users ON users.id = agent
             WHERE interaction = ?1 ORDER BY seq",
        )?
        .query_map([int(interaction.0)], |row| {
            let what = named(row, 1)?;
            let seq = whole(row, 5)?;
            Ok(Happened {
                at: at(row, 0)?,
                what,
                decision: (what == HappenedWhat::Offered).then_some(seq),
                agent_name: row.get(2)?,
                to_name: row.get(3)?,
                note: row.get::<_, Option<String>>(4)?.map(Sensitive::new),
            })
        })?
        .collect()
}

pub(crate) fn detail(
    connection: &Connection,
    interaction: InteractionId,
) -> rusqlite::Result<Option<InteractionDetail>> {
    let summary = connection
        .prepare_cached(&format!("{SUMMARY} WHERE interactions.id = ?1"))?
        .query_row([int(interaction.0)], interaction_summary)
        .optional()?;
    let Some(mut summary) = summary else {
        return Ok(None);
    };
    complete(connection, &mut summary)?;
    let happened = happened(connection, interaction)?;
    Ok(Some(InteractionDetail { summary, happened }))
}

pub(crate) fn caller(
    connection: &Connection,
    interaction: InteractionId,
) -> rusqlite::Result<Option<CallerDetails>> {
    connection
        .prepare_cached("SELECT caller FROM interactions WHERE id = ?1")?
        .query_row([int(interaction.0)], |row| maybe_json(row, 0))
        .optional()
        .map(Option::flatten)
}

pub(crate) fn media_report(
    connection: &Connection,
    interaction: InteractionId,
) -> rusqlite::Result<Option<MediaReport>> {
    connection
        .prepare_cached("SELECT media FROM interactions WHERE id = ?1")?
        .query_row([int(interaction.0)], |row| maybe_json(row, 0))
        .optional()
        .map(Option::flatten)
}

pub(crate) fn customer_notes(
    connection: &Connection,
    customer: CustomerId,
) -> rusqlite::Result<Vec<CustomerNote>> {
    connection
        .prepare_cached(
            "SELECT customer_notes.id, agent, COALESCE(users.name, ''), at, edited_at, text
             FROM customer_notes LEFT JOIN users ON users.id = agent
             WHERE customer = ?1 ORDER BY customer_notes.id DESC",
        )?
        .query_map([int(customer.0)], |row| {
            Ok(CustomerNote {
                note: NoteId(whole(row, 0)?),
                author: AgentId(row.get(1)?),
                author_name: row.get(2)?,
                at: at(row, 3)?,
                edited_at: maybe_at(row, 4)?,
                text: Sensitive::new(row.get(5)?),
            })
        })?
        .collect()
}

const SUMMARY: &str = "SELECT interactions.id, customer, medium, queue_name, entered_at, answered_at, \
     ended_at, ended_by, users.name, topic, disposition, stars, \
     (SELECT json_group_array(name) FROM (SELECT \
        CASE what WHEN 'answered' THEN users.name ELSE to_name END AS name FROM happened \
        JOIN users ON users.id = happened.agent WHERE happened.interaction = interactions.id \
        AND happened.what IN ('answered', 'consult_joined', 'handed_over') \
        GROUP BY 1 HAVING name IS NOT NULL ORDER BY MIN(happened.seq))), caller \
     FROM interactions LEFT JOIN users ON users.id = agent";

/// What stands in tables of its own.
fn complete(connection: &Connection, summary: &mut InteractionSummary) -> rusqlite::Result<()> {
    summary.notes = notes::of_interaction(connection, summary.interaction)?;
    summary.recordings = recordings::of_interaction(connection, summary.interaction)?;
    Ok(())
}

/// Without what [`complete`] adds.
fn interaction_summary(row: &Row<'_>) -> rusqlite::Result<InteractionSummary> {
    let ended_at = maybe_at(row, 6)?;
    let ended_by: Option<EndedBy> = maybe_named(row, 7)?;
    let details: Option<CallerDetails> = maybe_json(row, 13)?;
    let outcome = match (ended_at, ended_by) {
        (None, _) => Outcome::Open,
        (Some(_), None) => Outcome::Abandoned,
        (Some(_), Some(EndedBy::CallbackMissed)) => Outcome::CallbackMissed,
        (Some(_), Some(EndedBy::Removed)) => Outcome::RemovedFromLine,
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
        notes: Vec::new(),
        stars: row.get(11)?,
        recordings: Vec::new(),
        participants: json(row, 12)?,
        given: details.map(|details| details.given).unwrap_or_default(),
    })
}
