//! Commands about users and queues. They write the same database that a running server reads.

use super::data::BY;
use super::{Place, row, say};
use crate::accounts::hash_password;
use crate::app::database_path;
use crate::passwords::{self, Known, Weakness};
use crate::text_files;
use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use protocol::configuration::QueueSettings;
use std::io::IsTerminal;
use store::{Accounts, NewUser, Organisation, OrganisationStore, Stamp, User};
use store_sqlite::Database;
use vocab::{QueueId, RecordingPolicy, Role, Sensitive};

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add somebody who may sign in; the password is asked for, or read with --password-stdin
    Add(AddUser),
    /// List those who may sign in
    List(Place),
    /// Take the sign-in away; the name stays in history
    Remove(OneUser),
    /// Set a new password; every sign-in of the user ends
    Password(SetPassword),
    /// Set the queues that the user serves
    Queues(SetQueues),
}

#[derive(Args, Debug)]
pub(super) struct OneUser {
    #[command(flatten)]
    place: Place,
    /// The name to sign in with
    #[arg(long)]
    user: String,
}

#[derive(Args, Debug)]
pub(super) struct AddUser {
    #[command(flatten)]
    one: OneUser,
    /// The name that others read
    #[arg(long)]
    name: String,
    #[arg(long, value_enum, default_value = "agent")]
    role: RoleArgument,
    /// A queue's name in addresses; may be given several times
    #[arg(long = "queue")]
    queues: Vec<String>,
    #[command(flatten)]
    password: PasswordSource,
}

#[derive(Args, Clone, Copy, Debug)]
struct PasswordSource {
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    /// Take a password that is easily guessed, as for a demonstration; the audit trail says so
    #[arg(long)]
    allow_weak_password: bool,
}

#[derive(Args, Debug)]
pub(super) struct SetPassword {
    #[command(flatten)]
    one: OneUser,
    #[command(flatten)]
    password: PasswordSource,
}

#[derive(Args, Debug)]
pub(super) struct SetQueues {
    #[command(flatten)]
    one: OneUser,
    /// A queue's name in addresses; may be given several times; none at all takes all away
    #[arg(long = "queue")]
    queues: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleArgument {
    Agent,
    Expert,
    Supervisor,
    Admin,
}

impl From<RoleArgument> for Role {
    fn from(role: RoleArgument) -> Self {
        match role {
            RoleArgument::Agent => Self::Agent,
            RoleArgument::Expert => Self::Expert,
            RoleArgument::Supervisor => Self::Supervisor,
            RoleArgument::Admin => Self::Admin,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum QueueCommand {
    /// Add a queue; what is not given is as most queues have it
    Add(QueueFields),
    /// List the queues
    List(Place),
    /// Change what is given of a queue
    Set(QueueFields),
}

#[derive(Args, Debug)]
pub(super) struct QueueFields {
    #[command(flatten)]
    place: Place,
    /// The queue's name in addresses: 1 to 40 of a-z, 0-9 and '-', beginning with a letter
    #[arg(long, value_parser = super::slug)]
    queue: vocab::OrgSlug,
    /// The name that people read
    #[arg(long)]
    name: Option<String>,
    /// Each step counts as a minute of waiting
    #[arg(long)]
    priority: Option<u8>,
    /// How long an offer rings
    #[arg(long)]
    ring_ms: Option<u64>,
    /// Time to wrap up; 0 for none
    #[arg(long)]
    wrap_up_ms: Option<u64>,
    /// Newcomers are refused beyond this many waiting
    #[arg(long)]
    max_waiting: Option<u32>,
    /// Newcomers are refused (true) or taken (false); those who wait already are served
    #[arg(long)]
    closed: Option<bool>,
    /// When somebody is there, in words for customers, as "Mon–Fri 9–18"; empty for nothing
    #[arg(long)]
    opening: Option<String>,
    /// How long a customer who is to be called back may be out of reach; 0 to call nobody back
    #[arg(long)]
    callback_keeps_minutes: Option<u32>,
    /// Whether customers are asked if the call may be recorded
    #[arg(long, value_enum)]
    recording: Option<RecordingArgument>,
}

impl QueueFields {
    fn opening(&self, before: Option<String>) -> anyhow::Result<Option<String>> {
        let Some(given) = &self.opening else {
            return Ok(before);
        };
        let words = given.trim();
        if words.chars().count() > protocol::MAX_FIELD_CHARS {
            bail!(
                "--opening is at most {} characters",
                protocol::MAX_FIELD_CHARS
            );
        }
        Ok((!words.is_empty()).then(|| words.to_owned()))
    }

    fn callback_keeps_ms(&self, before: u64) -> u64 {
        self.callback_keeps_minutes
            .map_or(before, |minutes| u64::from(minutes) * 60_000)
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RecordingArgument {
    /// Nobody is asked and nothing is recorded
    Off,
    /// The customer's page asks before the call
    Ask,
}

impl From<RecordingArgument> for RecordingPolicy {
    fn from(argument: RecordingArgument) -> Self {
        match argument {
            RecordingArgument::Off => Self::Off,
            RecordingArgument::Ask => Self::Ask,
        }
    }
}

fn open(place: &Place) -> anyhow::Result<Box<dyn Accounts>> {
    let path = database_path(&place.data.data, &place.organisation);
    // Also where nothing can be written: then only what asks is answered.
    Ok(Database::open_to_read(&path)?.accounts()?)
}

fn stamp() -> Stamp<'static> {
    Stamp {
        at: crate::engine::utc_now(),
        by: BY,
    }
}

/// At a terminal it is not shown and asked for twice.
fn read_password(given: PasswordSource, known: &Known) -> anyhow::Result<Sensitive<String>> {
    let password = if given.password_stdin {
        text_files::read_stdin_line().context("the password on standard input")?
    } else {
        if !std::io::stdin().is_terminal() {
            bail!("give --password-stdin to read the password from standard input");
        }
        let ask =
            |prompt| rpassword::prompt_password(prompt).context("the password could not be read");
        let password = ask("New password (not shown): ")?;
        if ask("The same again: ")? != password {
            bail!("the two are not the same; nothing was changed");
        }
        password
    };
    let password = Sensitive::new(password);
    match passwords::check(&password, known) {
        Err(Weakness::Guessable) if given.allow_weak_password => {}
        checked => checked.context("nothing was changed")?,
    }
    Ok(password)
}

fn known(user: &str, name: &str, organisation: &Organisation) -> Known {
    let (slug, organisation) = (organisation.slug.as_str(), organisation.name.as_str());
    Known::of([user, name, slug, organisation])
}

impl PasswordSource {
    fn note(self, accounts: &mut dyn Accounts, user: &str) -> anyhow::Result<()> {
        if self.allow_weak_password {
            accounts.note_audit(stamp(), "weak_password_allowed", user)?;
        }
        Ok(())
    }
}

fn find(accounts: &dyn Accounts, name: &str) -> anyhow::Result<User> {
    accounts
        .user_by_name(name)?
        .with_context(|| format!("there is no user “{name}”; `user list` shows them all"))
}

fn find_queues(accounts: &dyn Accounts, slugs: &[String]) -> anyhow::Result<Vec<QueueId>> {
    slugs
        .iter()
        .map(|slug| {
            let queue = accounts.queue_by_slug(slug)?;
            queue.map(|queue| queue.id).with_context(|| {
                format!("there is no queue “{slug}”; add it with `queue add` first")
            })
        })
        .collect()
}

impl UserCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(),
            Self::List(place) => list_users(&place),
            Self::Remove(one) => {
                let mut accounts = open(&one.place)?;
                let user = find(accounts.as_ref(), &one.user)?;
                accounts.remove_user(stamp(), user.agent)?;
                say(format_args!("{} may not sign in any more", user.user))
            }
            Self::Password(set) => {
                let mut accounts = open(&set.one.place)?;
                let user = find(accounts.as_ref(), &set.one.user)?;
                let organisation = accounts.organisation()?;
                let known = known(&user.user, &user.name, &organisation);
                let hash = hash_password(&read_password(set.password, &known)?)?;
                accounts.set_password(stamp(), user.agent, &hash)?;
                set.password.note(accounts.as_mut(), &user.user)?;
                say(format_args!(
                    "{} has a new password and is signed out everywhere",
                    user.user
                ))
            }
            Self::Queues(set) => {
                let mut accounts = open(&set.one.place)?;
                let user = find(accounts.as_ref(), &set.one.user)?;
                let queues = find_queues(accounts.as_ref(), &set.queues)?;
                accounts.set_user_queues(stamp(), user.agent, &queues)?;
                say(format_args!("{} serves {} queues", user.user, queues.len()))
            }
        }
    }
}

impl AddUser {
    fn run(self) -> anyhow::Result<()> {
        let mut accounts = open(&self.one.place)?;
        let user = self.one.user.trim().to_lowercase();
        let is_fit = |text: &str| {
            !text.trim().is_empty() && text.chars().count() <= protocol::MAX_FIELD_CHARS
        };
        if !is_fit(&user) || user.chars().any(char::is_whitespace) || !is_fit(&self.name) {
            bail!("--user and --name are 1 to 200 characters, --user without spaces");
        }
        let queues = find_queues(accounts.as_ref(), &self.queues)?;
        let known = known(&user, &self.name, &accounts.organisation()?);
        let password_hash = hash_password(&read_password(self.password, &known)?)?;
        let new = NewUser {
            user: user.clone(),
            name: self.name,
            role: self.role.into(),
            password_hash,
            queues,
        };
        accounts.add_user(stamp(), &new)?;
        self.password.note(accounts.as_mut(), &user)?;
        say(format_args!("{user} may sign in"))
    }
}

fn list_users(place: &Place) -> anyhow::Result<()> {
    let accounts = open(place)?;
    let queues = accounts.queues()?;
    for user in accounts.users()? {
        let served: Vec<&str> = queues
            .iter()
            .filter(|queue| user.queues.contains(&queue.id))
            .map(|queue| queue.settings.code.as_str())
            .collect();
        let role = format!("{:?}", user.role).to_lowercase();
        row(&[&user.user, &role, &user.name, &served.join(",")])?;
    }
    Ok(())
}

impl QueueCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add(fields) => {
                let slug = fields.queue.to_string();
                let new = QueueSettings::named(&slug, fields.name.clone().unwrap_or(slug.clone()));
                let new = QueueSettings {
                    priority: fields.priority.unwrap_or(new.priority),
                    ring_ms: fields.ring_ms.unwrap_or(new.ring_ms),
                    wrap_up_ms: fields.wrap_up_ms.unwrap_or(new.wrap_up_ms),
                    max_waiting: fields.max_waiting.unwrap_or(new.max_waiting),
                    is_closed: fields.closed.unwrap_or(new.is_closed),
                    opening: fields.opening(new.opening)?,
                    callback_keeps_ms: fields.callback_keeps_ms(new.callback_keeps_ms),
                    recording: fields.recording.map_or(new.recording, Into::into),
                    ..new
                };
                open(&fields.place)?.add_queue(stamp(), &new)?;
                say(format_args!("queue {slug} is ready"))
            }
            Self::Set(fields) => {
                let mut accounts = open(&fields.place)?;
                let slug = fields.queue.to_string();
                let old = accounts
                    .queue_by_slug(&slug)?
                    .with_context(|| format!("there is no queue “{slug}”"))?;
                let old = old.settings;
                let queue = QueueSettings {
                    is_closed: fields.closed.unwrap_or(old.is_closed),
                    opening: fields.opening(old.opening)?,
                    callback_keeps_ms: fields.callback_keeps_ms(old.callback_keeps_ms),
                    name: fields.name.unwrap_or(old.name),
                    priority: fields.priority.unwrap_or(old.priority),
                    ring_ms: fields.ring_ms.unwrap_or(old.ring_ms),
                    wrap_up_ms: fields.wrap_up_ms.unwrap_or(old.wrap_up_ms),
                    max_waiting: fields.max_waiting.unwrap_or(old.max_waiting),
                    recording: fields.recording.map_or(old.recording, Into::into),
                    ..old
                };
                accounts.set_queue(stamp(), &queue)?;
                say(format_args!("queue {slug} is changed"))
            }
            Self::List(place) => {
                for queue in open(&place)?.queues()? {
                    let queue = queue.settings;
                    say(format_args!(
                        "{}\t{}\tpriority {}\tring {} ms\twrap-up {} ms\tat most {} waiting\t{}\tplace kept {} min\trecording {}\t{}",
                        queue.code,
                        text::shown(&queue.name),
                        queue.priority,
                        queue.ring_ms,
                        queue.wrap_up_ms,
                        queue.max_waiting,
                        if queue.is_closed { "closed" } else { "open" },
                        queue.callback_keeps_ms / 60_000,
                        recording_word(queue.recording),
                        text::shown(&queue.opening.unwrap_or_default())
                    ))?;
                }
                Ok(())
            }
        }
    }
}

fn recording_word(policy: RecordingPolicy) -> &'static str {
    match policy {
        RecordingPolicy::Off => "off",
        RecordingPolicy::Ask => "ask",
    }
}
