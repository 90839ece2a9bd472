//! When what happened, in milliseconds since the customer's click.

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;
use std::path::Path;

/// The moments of one call. All clocks are this machine's.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Timeline {
    /// UTC milliseconds of the click; everything else counts from it.
    pub clicked_at: u64,
    pub clicked: i64,
    /// The server put the interaction into the queue.
    pub queued: i64,
    /// The server offered it to the agent.
    pub offered: i64,
    /// The frame with the ring was painted on the desktop.
    pub ringing_painted: i64,
    /// The agent clicked on answer.
    pub accept_clicked: i64,
    /// The server recorded the answer.
    pub answered: i64,
    /// The agent's speaker played the customer's speech, who was speaking already.
    pub first_speech_to_agent: i64,
    /// The customer's speaker played the agent's speech, who was speaking already.
    pub first_speech_to_customer: i64,
    /// The server recorded the end.
    pub ended: i64,
    /// The history gave the ended interaction to a reader.
    pub history_written: i64,
    /// How like what each heard was to what the other said; 1 is the same.
    pub likeness_to_agent: f64,
    pub likeness_to_customer: f64,
}

impl Timeline {
    pub(super) fn since_click(&self, at_ms: u64) -> i64 {
        i64::try_from(at_ms).unwrap_or(0) - i64::try_from(self.clicked_at).unwrap_or(0)
    }

    /// Takes the server's moments from an interaction's detail.
    pub(super) fn take_history(&mut self, detail: &Value) -> Result<()> {
        let at = |what: &str| {
            happened(detail, what).with_context(|| format!("the history has no '{what}': {detail}"))
        };
        self.queued = self.since_click(at("entered")?);
        self.offered = self.since_click(at("offered")?);
        self.answered = self.since_click(at("answered")?);
        self.ended = self.since_click(at("ended")?);
        Ok(())
    }

    pub(super) fn save(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(path, text + "\n")
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

/// When `what` first happened in an interaction, by its detail from REST.
pub fn happened(detail: &Value, what: &str) -> Option<u64> {
    let all = detail["happened"].as_array()?;
    all.iter()
        .find(|h| h["what"] == what)
        .and_then(|h| h["at"].as_u64())
}
