//! Commands for a journal that is damaged, or may be: look at it, cut it, put a backup back.

use super::data::BY;
use super::{Place, say};
use crate::app::{OrganisationLock, database_path};
use crate::damage::remedy;
use crate::engine::utc_now;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use store::{OrganisationStore, Stamp, StoreError};
use store_sqlite::{CutScope, Database, Examined};

#[derive(Debug, Subcommand)]
pub(super) enum JournalCommand {
    /// Look at every entry from the first one on, also while the server runs, and say what is whole
    Check(Place),
    /// Make the file anew from its journal, when indexes or lists in it are damaged; the old one is kept beside it
    Rebuild(Place),
    /// Set an entry and all behind it aside; without --yes only say what that would touch
    Cut(Cut),
}

impl JournalCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Check(place) => check(&place),
            Self::Rebuild(place) => rebuild(&place),
            Self::Cut(cut) => cut.run(),
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct Cut {
    #[command(flatten)]
    place: Place,
    /// The first entry that is to count no more; `journal check` names it
    #[arg(long, value_name = "ENTRY")]
    at: u64,
    /// Do it
    #[arg(long)]
    yes: bool,
}

#[derive(Args, Debug)]
pub(super) struct Restore {
    #[command(flatten)]
    place: Place,
    /// The folder that `backup` copied to
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
}

/// The failure with the commands that help.
fn explained(place: &Place, cause: StoreError) -> anyhow::Error {
    let remedy = remedy(&place.data.data, &place.organisation, &cause);
    let organisation = &place.organisation;
    if remedy.is_empty() {
        anyhow::Error::new(cause).context(format!("organisation {organisation}"))
    } else {
        anyhow::anyhow!("organisation {organisation}: {cause}\n{remedy}")
    }
}

fn check(place: &Place) -> anyhow::Result<()> {
    let path = database_path(&place.data.data, &place.organisation);
    let examined = Database::open_to_read(&path)
        .and_then(|database| database.examine())
        .map_err(|cause| explained(place, cause))?;
    let Examined {
        whole,
        redacted,
        set_aside,
        ..
    } = examined;
    say(format_args!(
        "organisation {}: entries 1 to {whole} are whole; the content of {redacted} was erased",
        place.organisation
    ))?;
    say(format_args!(
        "{set_aside} entries were cut off before and are kept aside"
    ))?;
    let numbers = |all: &[u64]| {
        all.iter()
            .map(u64::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let good = numbers(&examined.snapshots);
    say(format_args!("whole snapshots after entries: {good}"))?;
    if !examined.bad_snapshots.is_empty() {
        let bad = numbers(&examined.bad_snapshots);
        say(format_args!(
            "snapshots that cannot be used after entries: {bad}; starting takes longer without them"
        ))?;
    }
    if let Some(broken) = examined.broken {
        let (seq, why) = (broken.seq, broken.why);
        if broken.is_end {
            bail!(
                "entry {seq}: {why}; nothing whole stands behind it, so that the next start cuts \
                 it off by itself"
            );
        }
        return Err(explained(place, StoreError::Broken { seq, why }));
    }
    if let Some(detail) = examined.file.into_iter().next() {
        let what = "database file";
        return Err(explained(place, StoreError::Damaged { what, detail }));
    }
    say("the database file is sound")
}

fn rebuild(place: &Place) -> anyhow::Result<()> {
    let Place { data, organisation } = place;
    let path = database_path(&data.data, organisation);
    let failed = |cause| explained(place, cause);
    // Before the lock: a folder without the organisation gets none.
    drop(Database::open(&path).map_err(failed)?);
    let _lock = OrganisationLock::take(&data.data, organisation)?;
    let rebuilt = Database::rebuild(&path, utc_now()).map_err(failed)?;
    note(
        &Database::open(&path)?,
        "journal_rebuilt",
        &format!("entry {}", rebuilt.entries),
    )?;
    say(format_args!(
        "organisation {organisation} is made anew from its {} entries; the replaced file is kept as {}",
        rebuilt.entries,
        rebuilt.kept_aside.display()
    ))
}

impl Cut {
    fn run(self) -> anyhow::Result<()> {
        let Place { data, organisation } = &self.place;
        let path = database_path(&data.data, organisation);
        let failed = |cause| explained(&self.place, cause);
        let database = Database::open(&path).map_err(failed)?;
        let _lock = OrganisationLock::take(&data.data, organisation)?;
        let CutScope {
            entries,
            unreadable,
            interactions,
            customers,
        } = database.cut_scope(self.at).map_err(failed)?;
        let what = format!(
            "{entries} entries from {} on, about {interactions} interactions and {customers} \
             customers' records; {unreadable} of them cannot be read",
            self.at
        );
        if !self.yes {
            bail!("this sets {what}, aside for good; add --yes to do it, and make a copy before");
        }
        database.cut_before(self.at).map_err(failed)?;
        note(&database, "journal_cut", &format!("entry {}", self.at))?;
        say(format_args!(
            "set aside: {what}; organisation {organisation} stands at entry {}",
            self.at.saturating_sub(1)
        ))
    }
}

fn note(database: &Database, what: &str, subject: &str) -> anyhow::Result<()> {
    let stamp = Stamp {
        at: utc_now(),
        by: BY,
    };
    Ok(database.accounts()?.note_audit(stamp, what, subject)?)
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Place { data, organisation } = &self.place;
        let (path, backup) = (
            database_path(&data.data, organisation),
            database_path(&self.from, organisation),
        );
        if is_same(&path, &backup) {
            bail!("{}: this is the data folder itself", self.from.display());
        }
        if let Some(folder) = path.parent() {
            store_sqlite::make_folders(folder)
                .with_context(|| format!("{} cannot be created", folder.display()))?;
        }
        let _lock = OrganisationLock::take(&data.data, organisation)?;
        let restored = Database::restore(&path, organisation, &backup, utc_now())
            .with_context(|| format!("{}: this backup cannot be used", backup.display()))?;
        let last = restored.last_seq;
        note(
            &Database::open(&path)?,
            "backup_restored",
            &format!("entry {last}"),
        )?;
        if let Some(aside) = restored.kept_aside {
            let before = restored.last_seq_before;
            let lost = before.map_or("what".to_owned(), |before| {
                format!("{} entries that", before.saturating_sub(last))
            });
            say(format_args!(
                "the replaced file is kept as {}; {lost} came after the backup are only there",
                aside.display()
            ))?;
        }
        say(format_args!(
            "organisation {organisation} stands at entry {last} again; erase again who was erased \
             after the backup was made"
        ))
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
