//! Checks the limit on looks and writes the audit line before a customer is shown to a user who does not work with them.

use super::auth::Caller;
use super::problem::Problem;
use crate::looks::{Looker, NotShown, now};
use protocol::link::ErrorCode;
use vocab::CustomerId;

impl Caller {
    fn looker(&self) -> Looker {
        let rules = self.engine.directory().rules.looks_per_hour;
        Looker {
            agent: self.user.agent,
            user: self.user.user.clone(),
            from: self.address.to_string(),
            most_per_hour: rules.of(self.user.role),
        }
    }

    /// An agent who works with the customer at this moment is not noted: the interaction's history shows it.
    ///
    /// # Errors
    /// `too_many_looks`, or the trail cannot be written; nothing may be shown.
    pub(super) async fn look_at(&self, customer: CustomerId) -> Result<(), Problem> {
        if self.engine.works_with(self.user.agent, customer).await {
            return Ok(());
        }
        let noted = self
            .engine
            .looks
            .at_customer(&self.looker(), customer, now());
        noted.map_err(|not_shown| self.refuse(not_shown))
    }

    /// # Errors
    /// As [`Caller::look_at`].
    pub(super) fn may_search(&self, query: &str) -> Result<(), Problem> {
        let (at, _) = now();
        let allowed = self.engine.looks.may_search(&self.looker(), query, at);
        allowed.map_err(|not_shown| self.refuse(not_shown))
    }

    pub(super) fn searched(&self, query: String, found: usize) {
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        self.engine
            .looks
            .searched(&self.looker(), query, found, now());
    }

    fn refuse(&self, not_shown: NotShown) -> Problem {
        match not_shown {
            NotShown::TooMany { wait } => {
                let organisation = self.engine.organisation();
                let agent = self.user.agent.0;
                tracing::warn!(%organisation, agent, "too many customers were looked at");
                let minutes = wait.as_secs().div_ceil(60);
                let hint = format!(
                    "so many customers beside your own work may not be looked at in an hour; \
                     try again in {minutes} minutes, or ask your administrator"
                );
                Problem::new(ErrorCode::TooManyLooks, hint).retry_after(wait.as_secs())
            }
            NotShown::Unwritten => {
                let hint = "the audit trail cannot be written at the moment; please try again";
                Problem::new(ErrorCode::StorageFailed, hint)
            }
        }
    }
}
