//! The table of recordings.

use crate::clock;
use crate::sql::{Sql, at, int, json, json_of, maybe_json, small, whole};
use protocol::rest::{RecordingEnd, RecordingSummary};
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{
    CallerDetails, MAX_RECORDINGS, MayBeRecorded, NewRecordingRow, RecordingRow, Recordings,
    Result, Stamp, StoreError,
};
use timekeeping::Span;
use vocab::{AgentId, CustomerId, InteractionId, RecordingId};

/// Pieces of one recording that are fetched within this time are one listening.
const ONE_LISTENING_MS: i64 = 10 * 60 * 1_000;

pub(crate) struct SqliteRecordings {
    connection: Connection,
}

impl SqliteRecordings {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    fn ids(&self, query: &str, wanted: Option<String>) -> Result<Vec<RecordingId>> {
        self.connection
            .prepare_cached(query)
            .and_then(|mut query| {
                query
                    .query_map(rusqlite::params_from_iter(wanted), |row| id(row, 0))?
                    .collect()
            })
            .sql()
    }
}

impl Recordings for SqliteRecordings {
    fn may_be_recorded(&self, recording: &NewRecordingRow) -> Result<MayBeRecorded> {
        let NewRecordingRow {
            recording: name,
            interaction,
            agent,
            ..
        } = recording;
        let caller: Option<Option<CallerDetails>> = self
            .connection
            .prepare_cached("SELECT caller FROM interactions WHERE id = ?1")
            .and_then(|mut query| {
                query
                    .query_row([int(interaction.0)], |row| maybe_json(row, 0))
                    .optional()
            })
            .sql()?;
        let Some(caller) = caller else {
            return Ok(MayBeRecorded::Unknown);
        };
        // Being offered it, being asked about it or writing a note on it is not talking with the customer.
        let took_part: bool = self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM interactions WHERE id = ?1 AND agent = ?2)
                 OR EXISTS (SELECT 1 FROM happened WHERE interaction = ?1 AND agent = ?2
                            AND what IN ('answered', 'held', 'resumed', 'transferred', 'consult_asked',
                                         'handed_over', 'ended', 'wrap_up_finished'))",
            )
            .and_then(|mut query| {
                query.query_row(params![int(interaction.0), agent.0], |row| row.get(0))
            })
            .sql()?;
        let has_consent = caller.and_then(|caller| caller.recording_consent) == Some(true);
        let others: u32 = self
            .connection
            .prepare_cached("SELECT count(*) FROM recordings WHERE interaction = ?1 AND id <> ?2")
            .and_then(|mut query| {
                query.query_row(params![int(interaction.0), name.0.as_bytes()], |row| {
                    row.get(0)
                })
            })
            .sql()?;
        Ok(match (took_part, has_consent) {
            (false, _) => MayBeRecorded::NotTheirs,
            (true, false) => MayBeRecorded::WithoutConsent,
            (true, true) if others >= MAX_RECORDINGS => MayBeRecorded::Enough,
            (true, true) => MayBeRecorded::Yes,
        })
    }

    fn announce(&mut self, recording: &NewRecordingRow) -> Result<()> {
        let NewRecordingRow {
            recording: name,
            interaction,
            agent,
            started_at,
        } = recording;
        self.connection
            .execute(
                // Its age counts from here: a desktop's clock that is years behind must not make it old.
                "INSERT OR IGNORE INTO recordings (id, interaction, agent, started_at)
                 VALUES (?1, ?2, ?3, COALESCE(
                     (SELECT MAX(COALESCE(answered_at, entered_at), MIN(?4, COALESCE(ended_at, ?4)))
                      FROM interactions WHERE id = ?2), ?4))",
                params![
                    name.0.as_bytes(),
                    int(interaction.0),
                    agent.0,
                    int(started_at.0)
                ],
            )
            .sql()?;
        match self.recording(*name)? {
            Some(known) if known.interaction == *interaction && known.summary.agent == *agent => {
                Ok(())
            }
            _ => Err(StoreError::Taken {
                what: "recording",
                name: name.to_string(),
            }),
        }
    }

    fn recording(&self, recording: RecordingId) -> Result<Option<RecordingRow>> {
        self.connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS}, recordings.interaction, customer
                 FROM recordings {NAMES} JOIN interactions ON interactions.id = interaction
                 WHERE recordings.id = ?1 AND caller IS NOT NULL"
            ))
            .and_then(|mut query| {
                query
                    .query_row([recording.0.as_bytes()], |row| {
                        Ok(RecordingRow {
                            summary: summary(row)?,
                            interaction: InteractionId(whole(row, 7)?),
                            customer: CustomerId(whole(row, 8)?),
                        })
                    })
                    .optional()
            })
            .sql()
    }

    fn complete(&mut self, recording: RecordingId, end: &RecordingEnd) -> Result<()> {
        let changed = self
            .connection
            .execute(
                "UPDATE recordings SET is_complete = 1, bytes = ?2, sha256 = ?3, duration_ms = ?4,
                     pauses = ?5
                 WHERE id = ?1",
                params![
                    recording.0.as_bytes(),
                    int(end.bytes),
                    end.sha256,
                    end.duration_ms,
                    json_of(&end.pauses).sql()?
                ],
            )
            .sql()?;
        if changed == 0 {
            return Err(StoreError::Unknown {
                what: "recording",
                name: recording.to_string(),
            });
        }
        Ok(())
    }

    fn remove(&mut self, recording: RecordingId) -> Result<()> {
        self.connection
            .execute(
                "DELETE FROM recordings WHERE id = ?1",
                [recording.0.as_bytes()],
            )
            .map(|_| ())
            .sql()
    }

    fn note_access(&mut self, stamp: Stamp<'_>, what: &str, recording: RecordingId) -> Result<()> {
        self.connection
            .execute(
                "INSERT INTO audit (at, who, what, subject)
                 SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (
                     SELECT 1 FROM audit
                     WHERE at > ?1 - ?5 AND who = ?2 AND what = ?3 AND subject = ?4)",
                params![
                    int(stamp.at.0),
                    stamp.by,
                    what,
                    recording.to_string(),
                    ONE_LISTENING_MS
                ],
            )
            .map(|_| ())
            .sql()
    }

    fn erased(&self) -> Result<Vec<RecordingId>> {
        self.ids(
            "SELECT recordings.id FROM recordings LEFT JOIN interactions ON interactions.id = interaction
             WHERE caller IS NULL",
            None,
        )
    }

    fn begun_at(&self, old: &[Span]) -> Result<Vec<RecordingId>> {
        self.ids(
            "SELECT recordings.id FROM json_each(?1) AS span JOIN recordings
               ON started_at >= span.value ->> 0 AND started_at < span.value ->> 1
             ORDER BY started_at",
            Some(clock::spans(old).sql()?),
        )
    }
}

const COLUMNS: &str = "recordings.id, users.name, recordings.started_at, \
     recordings.is_complete, recordings.duration_ms, recordings.pauses, recordings.agent";
const NAMES: &str = "LEFT JOIN users ON users.id = recordings.agent";

/// An interaction's recordings as its history shows them, oldest first.
pub(crate) fn of_interaction(
    connection: &Connection,
    interaction: InteractionId,
) -> rusqlite::Result<Vec<RecordingSummary>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM recordings {NAMES}
             WHERE interaction = ?1 ORDER BY started_at, recordings.id"
        ))?
        .query_map([int(interaction.0)], summary)?
        .collect()
}

fn summary(row: &Row<'_>) -> rusqlite::Result<RecordingSummary> {
    Ok(RecordingSummary {
        recording: id(row, 0)?,
        agent_name: row.get(1)?,
        started_at: at(row, 2)?,
        is_complete: row.get(3)?,
        duration_ms: small(row, 4)?,
        pauses: json(row, 5)?,
        agent: AgentId(row.get(6)?),
    })
}

fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<RecordingId> {
    let bytes: [u8; 16] = row.get(column)?;
    Ok(RecordingId(uuid::Uuid::from_bytes(bytes)))
}
