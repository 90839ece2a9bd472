//! Commands about whole data folders: creating, copying, filling.

use super::{Data, Place, say};
use crate::app::{self, DataLock};
use crate::recordings::RecordingFiles;
use anyhow::{Context, bail};
use clap::Args;
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
}

impl Init {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let path = app::database_path(&self.place.data.data, &self.place.organisation);
        let slug = self.place.organisation;
        create(
            &path,
            Organisation {
                slug: slug.clone(),
                name: self.name,
            },
        )?;
        say(format_args!(
            "organisation {slug} is ready in {}",
            path.display()
        ))
    }
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
