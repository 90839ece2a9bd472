//! Who may sign in, which queues there are and who serves them.
//!
//! Passwords arrive here hashed and tokens as SHA-256; neither can be read back as what it was.

use crate::{ClockState, ErasureRequest, ErasureState, Look, Result, Retention, StoreError};
use protocol::configuration::{
    Change, Configuration, ConfigurationChange, PersonSettings, QueueSettings, SkillLevel,
};
use protocol::record::AuditLine;
use protocol::work::{Disposition, ReasonName};
use serde::{Deserialize, Serialize};
use settings::Numbers;
use std::collections::BTreeMap;
use timekeeping::{Kept, Span};
use vocab::{
    AgentId, CustomerId, Language, Millis, NotReadyReason, OrgSlug, QueueId, Role, Sensitive,
};

/// SHA-256 of an opaque token.
pub type TokenHash = [u8; 32];

/// What every new organisation starts with: code, English name, Simplified and Traditional Chinese ones.
pub const SEED_DISPOSITIONS: [(&str, &str, &str, &str); 7] = [
    ("solved", "Solved", "已解决", "已解決"),
    ("callback", "Call back", "需要回电", "需要回電"),
    ("forwarded", "Forwarded", "已转交", "已轉交"),
    (
        "information",
        "Information given",
        "已答复咨询",
        "已答覆諮詢",
    ),
    ("complaint", "Complaint taken", "已受理投诉", "已受理投訴"),
    ("wrong_number", "Wrong number", "打错电话", "撥錯號碼"),
    ("no_answer", "Nobody there", "无人应答", "無人應答"),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub slug: OrgSlug,
    pub name: String,
}

/// When and by whom a setting was changed, for the audit trail.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    pub at: Millis,
    /// A user's name, or `command line`.
    pub by: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub agent: AgentId,
    /// The name to sign in with; lower case.
    pub user: String,
    pub name: String,
    pub role: Role,
    /// Argon2id in PHC form; empty before a password was set.
    pub password_hash: Sensitive<String>,
    /// Sorted.
    pub queues: Vec<QueueId>,
    pub routing: PersonRouting,
}

/// What routing asks of somebody beside their queues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonRouting {
    pub skills: Vec<SkillLevel>,
    pub languages: Vec<Language>,
    pub site: Option<String>,
    pub capacity: u8,
}

impl Default for PersonRouting {
    fn default() -> Self {
        Self {
            skills: Vec::new(),
            languages: Vec::new(),
            site: None,
            capacity: acd::DEFAULT_CAPACITY,
        }
    }
}

#[derive(Clone, Debug)]
pub struct NewUser {
    pub user: String,
    pub name: String,
    pub role: Role,
    pub password_hash: Sensitive<String>,
    pub queues: Vec<QueueId>,
}

/// A queue and the number by which history and the engine know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueRow {
    pub id: QueueId,
    pub settings: QueueSettings,
}

#[derive(Clone, Debug)]
pub struct TokenRow {
    pub hash: TokenHash,
    pub agent: AgentId,
    pub created_at: Millis,
    pub expires_at: Millis,
}

/// SHA-256 of a device's own random name.
pub type DeviceKey = [u8; 32];

/// Where somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInPlace {
    /// Steady time.
    pub at: Millis,
    pub device: Option<DeviceKey>,
    /// As limits tell places apart: an IPv4 address, or the /64 of an IPv6 one.
    pub address: String,
}

/// Whether an account was signed in to from a place before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownPlace {
    pub by_device: bool,
    pub by_address: bool,
}

/// Of each account so many devices, and so many addresses, are remembered: those seen last.
pub const PLACES_REMEMBERED: u32 = 20;

/// Accounts and settings. Another process (the command line) may change them while a server runs.
///
/// Every method fails with `Backend` when the store cannot be read or written; only other reasons are named.
#[allow(
    clippy::missing_errors_doc,
    reason = "the one common reason stands above; the others at their methods"
)]
pub trait Accounts: Send {
    fn organisation(&self) -> Result<Organisation>;

    /// Grows with every change of users, queues or assignments, so that a server can notice cheaply.
    fn revision(&self) -> Result<u64>;

    /// Those who may sign in, by number.
    fn users(&self) -> Result<Vec<User>>;
    fn user(&self, agent: AgentId) -> Result<Option<User>>;
    /// `user` in any case.
    fn user_by_name(&self, user: &str) -> Result<Option<User>>;
    /// All tokens of the user become void. `Unknown` when there is none.
    fn set_password(
        &mut self,
        stamp: Stamp<'_>,
        agent: AgentId,
        hash: &Sensitive<String>,
    ) -> Result<()>;
    /// The user's own choice: all tokens become void but `keep`, by which they asked. `Unknown` when there is none.
    fn change_own_password(
        &mut self,
        stamp: Stamp<'_>,
        agent: AgentId,
        hash: &Sensitive<String>,
        keep: &TokenHash,
    ) -> Result<()>;
    fn queues(&self) -> Result<Vec<QueueRow>>;
    /// What each queue is called in addresses, removed ones included: they may still be in use.
    fn queue_codes(&self) -> Result<BTreeMap<QueueId, String>>;
    fn queue_by_slug(&self, slug: &str) -> Result<Option<QueueRow>>;
    /// The engine's configuration: every queue, every user who may sign in, and what they share.
    fn config(&self) -> Result<acd::Config>;

    /// The numbers of everything that is in the configuration.
    fn numbers(&self) -> Result<Numbers>;

    /// The whole document, and the revision at which it stands.
    fn configuration(&self) -> Result<(u64, Configuration)>;
    /// Checks the whole as it would be, writes it, and keeps what was before; nothing when nothing differs.
    /// `if_revision` is the one that the change was made from; `undoes` the one that it takes back: then people who
    /// were removed by it come back as who they were, with their password.
    ///
    /// `Contradiction` with everything that is wrong; `LastAdministrator` when the last one who can sign in would be
    /// gone or something else; `ChangedMeanwhile` when the revision is another one by now.
    fn change_configuration(
        &mut self,
        stamp: Stamp<'_>,
        if_revision: Option<u64>,
        undoes: Option<u64>,
        change: &Change,
    ) -> Result<Option<ConfigurationChange>>;
    /// The newest first; with `before` those older than that revision.
    fn configuration_changes(
        &self,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<ConfigurationChange>>;

    /// `Taken` when the slug is in use.
    fn add_queue(&mut self, stamp: Stamp<'_>, queue: &QueueSettings) -> Result<QueueId> {
        if self.queue_by_slug(&queue.code)?.is_some() {
            return Err(taken("queue", &queue.code));
        }
        self.set_queue(stamp, queue)?;
        let added = self.queue_by_slug(&queue.code)?;
        added
            .map(|row| row.id)
            .ok_or_else(|| unknown("queue", &queue.code))
    }

    /// A new one or another one under that code.
    fn set_queue(&mut self, stamp: Stamp<'_>, queue: &QueueSettings) -> Result<()> {
        let queues = vec![queue.clone()];
        let change = Change {
            queues,
            ..Change::default()
        };
        self.change_configuration(stamp, None, None, &change)
            .map(drop)
    }

    /// `Taken` when the name is in use; `Unknown` for a queue that does not exist.
    fn add_user(&mut self, stamp: Stamp<'_>, user: &NewUser) -> Result<AgentId> {
        let name = user.user.trim().to_lowercase();
        if self.user_by_name(&name)?.is_some() {
            return Err(taken("user", &name));
        }
        let person = PersonSettings {
            queues: self.codes_of(&user.queues)?,
            ..PersonSettings::new(&name, &user.name, user.role)
        };
        self.set_person(stamp, person)?;
        let added = self.user_by_name(&name)?;
        let agent = added.ok_or_else(|| unknown("user", &name))?.agent;
        self.set_password(stamp, agent, &user.password_hash)?;
        Ok(agent)
    }

    /// Cannot sign in any more and its tokens are void; the name stays in history. `Unknown` when there is none.
    fn remove_user(&mut self, stamp: Stamp<'_>, agent: AgentId) -> Result<()> {
        let user = self.user(agent)?;
        let user = user.ok_or_else(|| unknown("user", &agent.to_string()))?;
        let change = Change {
            people_gone: vec![user.user],
            ..Change::default()
        };
        self.change_configuration(stamp, None, None, &change)
            .map(drop)
    }

    /// `Unknown` for a user or a queue that does not exist.
    fn set_user_queues(
        &mut self,
        stamp: Stamp<'_>,
        agent: AgentId,
        queues: &[QueueId],
    ) -> Result<()> {
        let user = self.user(agent)?;
        let user = user.ok_or_else(|| unknown("user", &agent.to_string()))?;
        let (_, document) = self.configuration()?;
        let person = document.people.into_iter().find(|p| p.user == user.user);
        let person = PersonSettings {
            queues: self.codes_of(queues)?,
            ..person.ok_or_else(|| unknown("user", &user.user))?
        };
        self.set_person(stamp, person)
    }

    /// A new one or another one under that name.
    fn set_person(&mut self, stamp: Stamp<'_>, person: PersonSettings) -> Result<()> {
        let change = Change {
            people: vec![person],
            ..Change::default()
        };
        self.change_configuration(stamp, None, None, &change)
            .map(drop)
    }

    /// `Unknown` for a queue that does not exist.
    fn codes_of(&self, queues: &[QueueId]) -> Result<Vec<String>> {
        let known = self.queues()?;
        let code = |id: &QueueId| {
            let row = known.iter().find(|row| row.id == *id);
            row.map(|row| row.settings.code.clone())
                .ok_or_else(|| unknown("queue", &id.to_string()))
        };
        queues.iter().map(code).collect()
    }

    fn dispositions(&self) -> Result<Vec<Disposition>>;
    /// A new one, or new names for the code.
    fn set_disposition(&mut self, stamp: Stamp<'_>, disposition: &Disposition) -> Result<()>;

    /// Not offered any more; past interactions keep the code. `Unknown` when there is none.
    fn remove_disposition(&mut self, stamp: Stamp<'_>, code: &str) -> Result<()>;

    /// These and no others, in this order; all of it or nothing.
    fn replace_names(
        &mut self,
        stamp: Stamp<'_>,
        dispositions: &[Disposition],
        reasons: &[ReasonName],
    ) -> Result<()>;

    /// The organisation's own names for reasons.
    fn reason_names(&self) -> Result<Vec<ReasonName>>;

    fn set_reason_name(&mut self, stamp: Stamp<'_>, name: &ReasonName) -> Result<()>;

    /// The screen's own name counts again.
    fn reset_reason_name(&mut self, stamp: Stamp<'_>, reason: NotReadyReason) -> Result<()>;

    /// Its times are steady ones: a clock that is set signs nobody out.
    fn add_token(&mut self, token: &TokenRow) -> Result<()>;
    /// The user of a token that is neither expired nor revoked, with the moment it expires.
    fn token_owner(&self, hash: &TokenHash, now: Millis) -> Result<Option<(User, Millis)>>;
    /// Void from now on; no matter when it did not exist.
    fn revoke_token(&mut self, stamp: Stamp<'_>, hash: &TokenHash) -> Result<()>;

    /// For the audit trail. A name that nobody has is left out, because people type passwords into the wrong field.
    fn note_sign_in(&mut self, at: Millis, user: &str, has_succeeded: bool) -> Result<()>;
    /// Whether `agent` signed in with this device, or from this address, before.
    fn known_place(
        &self,
        agent: AgentId,
        device: Option<&DeviceKey>,
        address: &str,
    ) -> Result<KnownPlace>;
    /// The newest [`PLACES_REMEMBERED`] of each kind are.
    fn remember_place(&mut self, agent: AgentId, place: &SignInPlace) -> Result<()>;
    /// Forgets expired tokens, and places where nobody signed in since `places_before`.
    fn prune(&mut self, now: Millis, places_before: Millis) -> Result<()>;

    /// Adds a line to the audit trail.
    fn note_audit(&mut self, stamp: Stamp<'_>, what: &str, subject: &str) -> Result<()>;

    /// Adds a line for each, all in one transaction.
    fn note_looks(&mut self, looks: &[Look]) -> Result<()>;

    /// The newest lines first; with `before` those older than that line.
    fn audit(&self, before: Option<u64>, limit: u32) -> Result<Vec<AuditLine>>;

    /// Forgets at most `limit` lines of these times and says how many; nothing else can remove one.
    fn forget_audit(&mut self, old: &[Span], limit: u32) -> Result<u64>;

    /// How the organisation's clock was set and confirmed, and where it stood last.
    fn clock(&self) -> Result<ClockState>;

    /// From where time goes on at the next start.
    fn keep_clock(&mut self, kept: &Kept) -> Result<()>;

    /// The wall clock is right as it is after entry `after`, or after the newest: what it says has passed has passed.
    fn confirm_clock(&mut self, stamp: Stamp<'_>, after: Option<u64>) -> Result<()>;

    fn retention(&self) -> Result<Retention>;

    fn set_retention(&mut self, stamp: Stamp<'_>, retention: Retention) -> Result<()>;

    /// Asks the server that writes the journal to erase a customer; one that was refused is asked for again.
    fn request_erasure(&mut self, stamp: Stamp<'_>, customer: CustomerId) -> Result<()>;

    fn erasure_requests(&self) -> Result<Vec<ErasureRequest>>;

    fn settle_erasure(&mut self, customer: CustomerId, state: ErasureState) -> Result<()>;
}

fn taken(what: &'static str, name: &str) -> StoreError {
    let name = name.to_owned();
    StoreError::Taken { what, name }
}

fn unknown(what: &'static str, name: &str) -> StoreError {
    let name = name.to_owned();
    StoreError::Unknown { what, name }
}
