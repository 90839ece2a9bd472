//! Commands that bring files of customers in and out: import, its list and undo, and the file of all customers.

use super::columns::{column_of, describe};
use super::data::BY;
use super::progress::{LOOK_AGAIN, bar, beside, clear_bar, counted, tell};
use super::{Place, say};
use crate::app::{DataLock, database_path};
use crate::engine::utc_now;
use crate::imports::{ImportFiles, Job, JournalSink, Progress, Sink, resolve, undo};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use protocol::exchange::{ExistingCustomers, ImportCounts, ImportOptions, ImportState};
use std::path::{Path, PathBuf};
use store::{ImportRow, ImportSettled, ImportWish, Imports, OrganisationStore, Stamp};
use store_sqlite::Database;
use vocab::ImportId;

/// A server that runs takes an import up within seconds; without any sign for so long it does not.
const SERVER_WAIT: u32 = 120;

#[derive(Args, Debug)]
pub(super) struct Import {
    #[command(flatten)]
    place: Place,
    /// A CSV or vCard file
    #[arg(required_unless_present_any = ["list", "undo", "resume"])]
    file: Option<PathBuf>,
    /// Read the file through and say what would become of it; nothing is written
    #[arg(long)]
    dry_run: bool,
    /// What becomes of somebody whose number or address is on a record already
    #[arg(long, value_enum, default_value_t = Existing::Skip)]
    existing: Existing,
    /// What a column is, as COLUMN=USE: its name or its number from 1; name, given_name, family_name, phone, email,
    /// handle:SERVICE, language, vip, labels, note, attribute:NAME, nothing and others
    #[arg(long, value_name = "COLUMN=USE")]
    column: Vec<String>,
    /// What the file is written in, when the guess is wrong: utf-8, gb18030, windows-1252, …
    #[arg(long)]
    encoding: Option<String>,
    /// By what columns are divided, when the guess is wrong: , ; | or tab
    #[arg(long)]
    delimiter: Option<String>,
    /// The first row holds a customer and no names of columns
    #[arg(long)]
    no_header: bool,
    /// Write the rows that are refused, each with its reason, to this file; mended, it can be imported
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// List imports, the newest first
    #[arg(long)]
    list: bool,
    /// Take a whole import back, but for records that were changed since
    #[arg(long, value_name = "NUMBER")]
    undo: Option<u64>,
    /// Go on with one that was stopped
    #[arg(long, value_name = "NUMBER")]
    resume: Option<u64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Existing {
    Skip,
    Update,
    Create,
}

impl From<Existing> for ExistingCustomers {
    fn from(existing: Existing) -> Self {
        match existing {
            Existing::Skip => Self::Skip,
            Existing::Update => Self::Update,
            Existing::Create => Self::Create,
        }
    }
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let path = database_path(&self.place.data.data, &self.place.organisation);
        let database = Database::open(&path)?;
        if self.list {
            return list(database.imports()?.as_ref());
        }
        if let Some(number) = self.undo {
            return self.take_back(&database, ImportId(number));
        }
        if let Some(number) = self.resume {
            return self.write(&database, ImportId(number));
        }
        let file = self.file.clone().context("give the file to import")?;
        let options = self.options(&file)?;
        let resolved = resolve(&file, &options)?;
        resolved.check()?;
        describe(
            &resolved.options,
            resolved.is_encoding_sure,
            &resolved.names(),
        )?;
        if self.dry_run {
            return self.check(&database, &file, &resolved.options);
        }
        let import = self.take_in(&database, &file, &resolved.options)?;
        self.write(&database, import)
    }

    fn options(&self, file: &Path) -> anyhow::Result<ImportOptions> {
        let mut options = ImportOptions {
            encoding: self.encoding.clone(),
            delimiter: self.delimiter.clone(),
            has_header: self.no_header.then_some(false),
            existing: self.existing.into(),
            ..ImportOptions::default()
        };
        if self.column.is_empty() {
            return Ok(options);
        }
        let resolved = resolve(file, &options)?;
        let names = resolved.names();
        let mut columns = resolved.options.columns.unwrap_or_default();
        for given in &self.column {
            let (column, wanted) = given
                .split_once('=')
                .with_context(|| format!("--column {given}: write COLUMN=USE"))?;
            let by_number = column.parse().ok().and_then(|n: usize| n.checked_sub(1));
            let by_name = names.iter().position(|name| name.trim() == column.trim());
            let at = by_name.or(by_number).filter(|at| *at < columns.len());
            let at = at.with_context(|| format!("--column {given}: there is no such column"))?;
            columns[at] = column_of(wanted)?;
        }
        options.columns = Some(columns);
        Ok(options)
    }

    fn check(
        &self,
        database: &Database,
        file: &Path,
        options: &ImportOptions,
    ) -> anyhow::Result<()> {
        let progress = Progress::default();
        if let Some(there) = self.refused.as_ref().filter(|file| file.exists()) {
            bail!("{} is there already; give another name", there.display());
        }
        let refused = self.refused.clone().unwrap_or_else(|| temporary(file));
        let job = Job {
            import: ImportId(0),
            path: file.to_owned(),
            refused: refused.clone(),
            options: options.clone(),
            begun: begun(file, options)?,
            by: BY.to_owned(),
            now: utc_now(),
            progress: &progress,
        };
        let bytes = std::fs::metadata(file)?.len();
        let ended = beside(&progress, bytes, || job.run(database, None));
        let is_empty = std::fs::metadata(&refused).is_ok_and(|file| file.len() == 0);
        if self.refused.is_none() || is_empty {
            // It is of no use to anybody.
            let _ = std::fs::remove_file(&refused);
        }
        ended?;
        say("nothing was written; so it would be:")?;
        tell(&progress)
    }

    /// A copy of the file, where the server finds it.
    fn take_in(
        &self,
        database: &Database,
        file: &Path,
        options: &ImportOptions,
    ) -> anyhow::Result<ImportId> {
        let bytes = std::fs::metadata(file)?.len();
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut imports = database.imports()?;
        let stamp = Stamp {
            at: utc_now(),
            by: BY,
        };
        let import = imports.begin_import(stamp, &name, bytes)?;
        let files = ImportFiles::new(&self.place.data.data, u64::MAX);
        files.copy(&self.place.organisation, import, file)?;
        let settled = ImportSettled {
            state: ImportState::Ready,
            options: Some(options.clone()),
            problem: None,
            kept: 0,
        };
        imports.settle_import(import, &settled)?;
        Ok(import)
    }

    fn write(&self, database: &Database, import: ImportId) -> anyhow::Result<()> {
        let row = database
            .imports()?
            .import(import)?
            .with_context(|| no_import(import))?;
        match DataLock::take(&self.place.data.data) {
            Ok(_lock) => self.write_here(database, row)?,
            Err(_) => ask_server(database.imports()?.as_mut(), row, ImportWish::Start)?,
        }
        self.keep_refused(import)?;
        say(format_args!(
            "import {import} is done; to take it back: customer import --undo {import}"
        ))
    }

    fn write_here(&self, database: &Database, row: ImportRow) -> anyhow::Result<()> {
        let files = ImportFiles::new(&self.place.data.data, u64::MAX);
        let organisation = &self.place.organisation;
        let (import, bytes) = (row.import, row.bytes);
        let progress = Progress::default();
        let mut sink = JournalSink::new(database.journal()?)?;
        let job = Job {
            import,
            path: files.upload(organisation, import),
            refused: files.refused(organisation, import),
            options: row.options.clone(),
            begun: row,
            by: BY.to_owned(),
            now: utc_now(),
            progress: &progress,
        };
        let ended = beside(&progress, bytes, || {
            job.run(database, Some(&mut sink as &mut dyn Sink))
        });
        let state = if ended.is_ok() {
            ImportState::Done
        } else {
            ImportState::Stopped
        };
        let problem = ended.as_ref().err().map(ToString::to_string);
        settle(database, import, state, problem, 0)?;
        ended?;
        files.remove_upload(organisation, import);
        say("the search indexes follow …")?;
        while sink.tidy()? {}
        tell(&progress)
    }

    fn take_back(&self, database: &Database, import: ImportId) -> anyhow::Result<()> {
        let row = database
            .imports()?
            .import(import)?
            .with_context(|| no_import(import))?;
        if row.counts.rows == 0 || row.state == ImportState::Undone {
            bail!("import {import} wrote nothing that could be taken back");
        }
        let kept = match DataLock::take(&self.place.data.data) {
            Ok(_lock) => {
                let mut sink = JournalSink::new(database.journal()?)?;
                let progress = Progress::default();
                let all = row.counts.created + row.counts.updated;
                let ended = beside(&progress, all, || {
                    undo(database, &mut sink, import, &progress)
                });
                let kept = ended?.kept();
                settle(database, import, ImportState::Undone, None, kept)?;
                let stamp = Stamp {
                    at: utc_now(),
                    by: BY,
                };
                let subject = format!("import {import}");
                database
                    .accounts()?
                    .note_audit(stamp, "import_undone", &subject)?;
                kept
            }
            Err(_) => {
                ask_server(database.imports()?.as_mut(), row, ImportWish::Undo)?;
                database
                    .imports()?
                    .import(import)?
                    .map_or(0, |row| row.kept)
            }
        };
        say(format_args!("import {import} is taken back"))?;
        if kept > 0 {
            say(format_args!(
                "{kept} records stay: they were changed since, or are in contact"
            ))?;
        }
        Ok(())
    }

    fn keep_refused(&self, import: ImportId) -> anyhow::Result<()> {
        let files = ImportFiles::new(&self.place.data.data, u64::MAX);
        let from = files.refused(&self.place.organisation, import);
        let is_there = std::fs::metadata(&from).is_ok_and(|file| file.len() > 0);
        match &self.refused {
            Some(to) if is_there => {
                let bytes = std::fs::read(&from)?;
                super::customers::write_privately(to, &bytes)
                    .with_context(|| format!("{} cannot be written", to.display()))?;
                say(format_args!(
                    "refused rows: {}; mend and import them",
                    to.display()
                ))
            }
            None if is_there => say(format_args!("refused rows: {}", from.display())),
            _ => Ok(()),
        }
    }
}

fn no_import(import: ImportId) -> String {
    format!("there is no import {import}; `customer import --list` shows numbers")
}

fn temporary(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".refused-{}", std::process::id()));
    std::env::temp_dir().join(name)
}

fn settle(
    database: &Database,
    import: ImportId,
    state: ImportState,
    problem: Option<String>,
    kept: u64,
) -> anyhow::Result<()> {
    let settled = ImportSettled {
        state,
        options: None,
        problem,
        kept,
    };
    Ok(database.imports()?.settle_import(import, &settled)?)
}

fn begun(file: &Path, options: &ImportOptions) -> anyhow::Result<ImportRow> {
    Ok(ImportRow {
        import: ImportId(0),
        at: utc_now(),
        by: BY.to_owned(),
        file: String::new(),
        bytes: std::fs::metadata(file)?.len(),
        state: ImportState::Checking,
        options: options.clone(),
        counts: ImportCounts::default(),
        refused_bytes: 0,
        bytes_done: 0,
        problem: None,
        kept: 0,
    })
}

fn ask_server(imports: &mut dyn Imports, row: ImportRow, wish: ImportWish) -> anyhow::Result<()> {
    let import = row.import;
    imports.wish(import, wish)?;
    let (mut last, mut still) = (None, 0);
    loop {
        std::thread::sleep(LOOK_AGAIN);
        let now = imports.import(import)?.with_context(|| no_import(import))?;
        bar(now.bytes_done, now.bytes, now.counts.rows);
        let is_taken = !imports.has_wish(import)?;
        match (now.state, wish) {
            (ImportState::Done, ImportWish::Start) | (ImportState::Undone, ImportWish::Undo) => {
                clear_bar();
                return counted(now.counts);
            }
            (ImportState::Failed | ImportState::Stopped, _)
                if is_taken && now.state != row.state =>
            {
                clear_bar();
                bail!(
                    "{}",
                    now.problem
                        .unwrap_or_else(|| "the import was stopped".to_owned())
                );
            }
            _ => {}
        }
        let seen = Some((now.state, now.counts, is_taken));
        still = if seen == last { still + 1 } else { 0 };
        last = seen;
        // An undo says how far it is to the server's own clients only.
        if still > SERVER_WAIT && !is_taken {
            bail!("the running server has not answered; it imports the file as soon as it can");
        }
    }
}

fn list(imports: &dyn Imports) -> anyhow::Result<()> {
    for row in imports.imports(100)? {
        let state = serde_json::to_value(row.state).ok();
        let state = state.and_then(|name| name.as_str().map(ToOwned::to_owned));
        say(format_args!(
            "{}\t{}\t{}\t{}\t{} new, {} updated, {} known, {} refused\t{}",
            row.import,
            row.at.0,
            state.unwrap_or_default(),
            row.by,
            row.counts.created,
            row.counts.updated,
            row.counts.skipped,
            row.counts.refused,
            text::shown(&row.file)
        ))?;
    }
    Ok(())
}
