//! Commands about the configuration: shown, checked, applied, its history, and undo.

use super::data::BY;
use super::{Place, say, say_json};
use crate::app::database_path;
use crate::engine::utc_now;
use crate::text_files;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use protocol::configuration::{
    Change, Configuration, ConfigurationChange, Edit, Finding, Severity,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use store::{Accounts, OrganisationStore, Stamp, StoreError};
use store_sqlite::Database;

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print the whole configuration as JSON: queues, skills, sites, hours, people, rules
    Show(Place),
    /// Say what is wrong with a configuration, and change nothing
    Check(File),
    /// Make a configuration the organisation's; a running server follows within a second
    Apply(Apply),
    /// Read a schedule's week from OpenStreetMap's notation, or its holidays from a calendar
    Hours(Box<super::hours::Hours>),
    /// Print who changed what, newest first
    History(History),
    /// Take a change back, by its revision
    Undo(Undo),
}

#[derive(Args, Debug)]
pub(super) struct File {
    #[command(flatten)]
    place: Place,
    /// JSON as `config show` prints it; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct Apply {
    #[command(flatten)]
    file: File,
    /// Only if the configuration still has this revision
    #[arg(long)]
    if_revision: Option<u64>,
}

#[derive(Args, Debug)]
pub(super) struct History {
    #[command(flatten)]
    place: Place,
    /// So many changes
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// Each change whole, as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub(super) struct Undo {
    #[command(flatten)]
    place: Place,
    /// As `config history` prints it
    revision: u64,
}

pub(super) fn open(place: &Place) -> anyhow::Result<Box<dyn Accounts>> {
    let path = database_path(&place.data.data, &place.organisation);
    // Also where nothing can be written: then only what asks is answered.
    Ok(Database::open_to_read(&path)?.accounts()?)
}

pub(super) fn stamp() -> Stamp<'static> {
    Stamp {
        at: utc_now(),
        by: BY,
    }
}

impl ConfigCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Show(place) => {
                let (_, document) = open(&place)?.configuration()?;
                say_json(&document, true)
            }
            Self::Check(file) => {
                let document = read(&file.file)?;
                let findings = settings::check(&document);
                tell(&findings)?;
                if settings::has_faults(&findings) {
                    bail!("the configuration cannot be used");
                }
                say("the configuration can be used")
            }
            Self::Apply(apply) => apply.run(),
            Self::Hours(hours) => hours.run(),
            Self::History(history) => history.run(),
            Self::Undo(undo) => undo.run(),
        }
    }
}

impl Apply {
    fn run(self) -> anyhow::Result<()> {
        let wanted = read(&self.file.file)?;
        let mut accounts = open(&self.file.place)?;
        let (found, present) = accounts.configuration()?;
        let change = between(&present, &wanted);
        let if_revision = Some(self.if_revision.unwrap_or(found));
        let done = written(accounts.change_configuration(stamp(), if_revision, None, &change))?;
        tell(&settings::check(&accounts.configuration()?.1))?;
        match done {
            Some(done) => say(format_args!(
                "revision {}: {}",
                done.revision,
                summary(&done)
            )),
            None => say("nothing differs"),
        }
    }
}

impl History {
    fn run(self) -> anyhow::Result<()> {
        let accounts = open(&self.place)?;
        for done in accounts.configuration_changes(None, self.limit)? {
            if self.json {
                say_json(&done, false)?;
                continue;
            }
            let undoes = done
                .undoes
                .map_or_else(String::new, |of| format!(" (undoes {of})"));
            say(format_args!(
                "{}\t{}\t{}\t{}{undoes}",
                done.revision,
                done.at.0,
                done.by,
                summary(&done)
            ))?;
        }
        Ok(())
    }
}

impl Undo {
    fn run(self) -> anyhow::Result<()> {
        let mut accounts = open(&self.place)?;
        let revision = self.revision;
        let from = revision.saturating_add(1);
        let changes = accounts.configuration_changes(Some(from), 1)?;
        let done = changes.into_iter().find(|done| done.revision == revision);
        let done = done.with_context(|| {
            format!("there is no change {revision}; `config history` lists them")
        })?;
        let (found, document) = accounts.configuration()?;
        let change = settings::inverse(&document, &done).map_err(|conflict| {
            anyhow::anyhow!(
                "“{}” was changed again since; undo the later change first",
                conflict.subject
            )
        })?;
        let back = accounts.change_configuration(stamp(), Some(found), Some(revision), &change);
        match written(back)? {
            Some(back) => say(format_args!(
                "revision {}: {}",
                back.revision,
                summary(&back)
            )),
            None => say("nothing differs"),
        }
    }
}

/// A contradiction is told line by line.
fn written<T>(result: store::Result<T>) -> anyhow::Result<T> {
    match result {
        Err(StoreError::Contradiction { findings }) => {
            tell(&findings)?;
            bail!("the configuration cannot be used; nothing was changed")
        }
        other => Ok(other?),
    }
}

pub(super) fn tell(findings: &[Finding]) -> anyhow::Result<()> {
    for one in findings {
        let how = match one.severity {
            Severity::Fault => "fault",
            Severity::Warning => "warning",
        };
        say(format_args!("{how}: {}", one.text))?;
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Configuration> {
    let (name, text) = if file == Path::new("-") {
        ("standard input".to_owned(), text_files::read_stdin())
    } else {
        (file.display().to_string(), text_files::read_file(file))
    };
    let text = text.with_context(|| name.clone())?;
    serde_json::from_str(&text).with_context(|| format!("{name} is no configuration"))
}

/// What makes one document the other: everything of the new one, and what it has no more.
fn between(present: &Configuration, wanted: &Configuration) -> Change {
    fn gone<T>(present: &[T], wanted: &[T], code: impl Fn(&T) -> &String) -> Vec<String> {
        let wanted: BTreeSet<&String> = wanted.iter().map(&code).collect();
        let gone = present.iter().filter(|one| !wanted.contains(code(one)));
        gone.map(|one| code(one).clone()).collect()
    }
    Change {
        queues_gone: gone(&present.queues, &wanted.queues, |one| &one.code),
        skills_gone: gone(&present.skills, &wanted.skills, |one| &one.code),
        sites_gone: gone(&present.sites, &wanted.sites, |one| &one.code),
        schedules_gone: gone(&present.schedules, &wanted.schedules, |one| &one.code),
        people_gone: gone(&present.people, &wanted.people, |one| &one.user),
        queues: wanted.queues.clone(),
        skills: wanted.skills.clone(),
        sites: wanted.sites.clone(),
        schedules: wanted.schedules.clone(),
        people: wanted.people.clone(),
        rules: Some(wanted.rules.clone()),
    }
}

/// What was changed, by code: `queue support, people anna (new), noor (gone)`.
fn summary(done: &ConfigurationChange) -> String {
    fn names<T>(what: &str, edits: &[Edit<T>], code: impl Fn(&T) -> &String) -> Option<String> {
        let name = |edit: &Edit<T>| {
            let one = edit.after.as_ref().or(edit.before.as_ref())?;
            let how = match (&edit.before, &edit.after) {
                (None, _) => " (new)",
                (_, None) => " (gone)",
                (Some(_), Some(_)) => "",
            };
            Some(format!("{}{how}", code(one)))
        };
        let names: Vec<String> = edits.iter().filter_map(name).collect();
        (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")))
    }
    let parts = [
        names("queues", &done.queues, |one| &one.code),
        names("skills", &done.skills, |one| &one.code),
        names("sites", &done.sites, |one| &one.code),
        names("hours", &done.schedules, |one| &one.code),
        names("people", &done.people, |one| &one.user),
        done.rules.as_ref().map(|_| "rules".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join("; ")
}
