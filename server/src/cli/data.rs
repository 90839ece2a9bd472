//! Commands about whole data folders: creating, copying, filling.

use super::{Data, Place, say};
use crate::app::{self, DataLock};
use crate::engine::utc_now;
use crate::recordings::RecordingFiles;
use anyhow::{Context, bail};
use clap::Args;
use protocol::configuration::{Change, Rules};
use std::path::PathBuf;
use store::{Organisation, OrganisationStore, Stamp};
use store_sqlite::Database;

/// Who is noted in the audit trail for what is done here.
pub(crate) const BY: &str = "command line";

#[derive(Args, Debug)]
pub(super) struct Init {
    #[command(flatten)]
    place: Place,
    /// The organisation's name as people read it
    #[arg(long, default_value = "Demo")]
    name: String,
    /// The country whose telephone numbers need no `+`, as ISO 3166 code such as GB; it can be set later in the rules
    #[arg(long, value_parser = country)]
    country: Option<String>,
}

fn country(code: &str) -> Result<String, String> {
    text::Country::of(code)
        .map(text::Country::code)
        .ok_or_else(|| "a code of two letters, such as GB, DE or CN".to_owned())
}

impl Init {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let path = app::database_path(&self.place.data.data, &self.place.organisation);
        let slug = self.place.organisation;
        if text::has_control(&self.name) {
            bail!("--name: one line without control codes");
        }
        let organisation = Organisation {
            slug: slug.clone(),
            name: text::clean(&self.name),
        };
        let database = create(&path, organisation)?;
        if let Some(country) = self.country {
            set_country(&database, country)?;
        }
        say(format_args!(
            "organisation {slug} is ready in {}",
            path.display()
        ))
    }
}

fn set_country(database: &Database, country: String) -> anyhow::Result<()> {
    let mut accounts = database.accounts()?;
    let (_, document) = accounts.configuration()?;
    let rules = Rules {
        country: Some(country),
        ..document.rules
    };
    let change = Change {
        rules: Some(rules),
        ..Change::default()
    };
    let stamp = Stamp {
        at: utc_now(),
        by: BY,
    };
    accounts.change_configuration(stamp, None, None, &change)?;
    Ok(())
}

fn create(path: &std::path::Path, organisation: Organisation) -> anyhow::Result<Database> {
    if let Some(dir) = path.parent() {
        store_sqlite::make_folders(dir)
            .with_context(|| format!("{} cannot be created", dir.display()))?;
    }
    Ok(Database::create(path, &organisation)?)
}

#[derive(Args, Debug)]
pub(super) struct Backup {
    #[command(flatten)]
    data: Data,
    /// The folder to copy into; created when it is not there
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let slugs = app::organisations(&self.data.data)?;
        if slugs.is_empty() {
            bail!("{}: no organisation to copy", self.data.data.display());
        }
        for slug in slugs {
            let to = app::database_path(&self.to, &slug);
            if let Some(dir) = to.parent() {
                store_sqlite::make_folders(dir)
                    .with_context(|| format!("{} cannot be created", dir.display()))?;
            }
            Database::open_to_read(&app::database_path(&self.data.data, &slug))?.backup_to(&to)?;
            let files = RecordingFiles::new(&self.data.data);
            let recordings = files.copy_to(&slug, &self.to)?;
            say(format_args!(
                "organisation {slug} is copied to {} with {recordings} recordings",
                to.display()
            ))?;
        }
        say(format_args!(
            "to put one back: warmline-server restore --from {}",
            self.to.display()
        ))
    }
}

#[derive(Args, Debug)]
pub(super) struct SeedDemo {
    #[command(flatten)]
    data: Data,
}

impl SeedDemo {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let slug = super::slug("demo").map_err(anyhow::Error::msg)?;
        let path = app::database_path(&self.data.data, &slug);
        let database = if path.exists() {
            Database::open(&path)?
        } else {
            create(
                &path,
                Organisation {
                    slug,
                    name: "Northwind Telecom".to_owned(),
                },
            )?
        };
        // The journal has one writer: not while a server runs on it.
        let _lock = DataLock::take(&self.data.data)?;
        let now = crate::engine::utc_now();
        let stamp = Stamp { at: now, by: BY };
        let seeded = crate::seed::seed(&database as &dyn OrganisationStore, stamp, now)?;
        match seeded {
            None => say("organisation demo had its demonstration data already"),
            Some(seeded) => say(format_args!(
                "organisation demo has {} customers with {} past interactions; \
                 sign in as anna, noor, eva (expert), sam (supervisor) or \
                 ada (administrator), password {}",
                seeded.customers,
                seeded.interactions,
                crate::seed::PASSWORD
            )),
        }
    }
}
