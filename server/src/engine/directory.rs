//! Accounts, queues and dispositions as last read from the store, shared by reference.

use protocol::configuration::{Named, Rules};
use protocol::rest::{CustomerSummary, IdentityKind};
use protocol::work::{Disposition, ReasonName};
use settings::Numbers;
use std::collections::BTreeMap;
use store::{Accounts, Organisation, QueueRow, User, shown_phone};
use text::Country;
use vocab::{AgentId, QueueId, RecordingPolicy};

/// A picture of an organisation's settings; replaced whole when they change.
#[derive(Debug)]
pub struct Directory {
    pub organisation: Organisation,
    pub users: BTreeMap<AgentId, User>,
    pub queues: BTreeMap<QueueId, QueueRow>,
    /// What queues are called in addresses, removed ones included.
    pub queue_codes: BTreeMap<QueueId, String>,
    pub skills: Vec<Named>,
    pub sites: Vec<Named>,
    /// Who serves each queue, by number.
    pub serving: BTreeMap<QueueId, Vec<AgentId>>,
    pub dispositions: Vec<Disposition>,
    pub reason_names: Vec<ReasonName>,
    pub rules: Rules,
    pub config: acd::Config,
    /// Which codes stand for which numbers.
    pub numbers: Numbers,
    pub revision: u64,
}

impl Directory {
    /// # Errors
    /// When the store cannot be read; the picture in use stays.
    pub fn read(accounts: &dyn Accounts) -> store::Result<Self> {
        // The revision first: a change in between is then seen at the next look.
        let revision = accounts.revision()?;
        let (_, document) = accounts.configuration()?;
        let users: BTreeMap<AgentId, User> = accounts
            .users()?
            .into_iter()
            .map(|user| (user.agent, user))
            .collect();
        let mut serving: BTreeMap<QueueId, Vec<AgentId>> = BTreeMap::new();
        for user in users.values() {
            for queue in &user.queues {
                serving.entry(*queue).or_default().push(user.agent);
            }
        }
        Ok(Self {
            organisation: accounts.organisation()?,
            users,
            serving,
            queue_codes: accounts.queue_codes()?,
            queues: accounts
                .queues()?
                .into_iter()
                .map(|queue| (queue.id, queue))
                .collect(),
            skills: document.skills,
            sites: document.sites,
            rules: document.rules,
            dispositions: accounts.dispositions()?,
            reason_names: accounts.reason_names()?,
            config: accounts.config()?,
            numbers: accounts.numbers()?,
            revision,
        })
    }

    #[must_use]
    pub fn queue_by_slug(&self, slug: &str) -> Option<&QueueRow> {
        self.queues
            .values()
            .find(|queue| queue.settings.code == slug)
    }

    /// What operators know a queue by; its number only when no queue of that number ever was.
    #[must_use]
    pub fn queue_code(&self, queue: QueueId) -> String {
        let code = self.queue_codes.get(&queue);
        code.map_or_else(|| queue.to_string(), Clone::clone)
    }

    /// Empty for somebody who was removed.
    #[must_use]
    pub fn agent_name(&self, agent: AgentId) -> &str {
        self.users.get(&agent).map_or("", |user| user.name.as_str())
    }

    /// Whether a queue's customers are asked; off for a queue that is gone.
    #[must_use]
    pub fn recording_of(&self, queue: QueueId) -> RecordingPolicy {
        self.queues
            .get(&queue)
            .map_or(RecordingPolicy::Off, |queue| queue.settings.recording)
    }

    /// The country whose numbers need no `+`, and in whose manner numbers are shown.
    #[must_use]
    pub fn home(&self) -> Option<Country> {
        store::home(&self.rules)
    }

    /// As [`Self::home`] for those who come by this queue.
    #[must_use]
    pub fn home_of(&self, queue: QueueId) -> Option<Country> {
        match self.queues.get(&queue) {
            Some(queue) => store::home_of(&queue.settings, &self.rules),
            None => self.home(),
        }
    }

    /// Writes a record's numbers for those who serve the queue.
    pub fn write_numbers(&self, customer: &mut CustomerSummary, queue: QueueId) {
        let (home, reader) = (self.home(), self.home_of(queue));
        for identity in &mut customer.identities {
            if identity.kind == IdentityKind::Phone {
                identity.phone = shown_phone(identity.value.reveal(), home, reader);
            }
        }
    }

    #[must_use]
    pub fn queue_name(&self, queue: QueueId) -> &str {
        self.queues
            .get(&queue)
            .map_or("", |queue| queue.settings.name.as_str())
    }
}
