//! Measures how fast a file of customers comes in, through a server in a process of its own and onto the disk, and prints
//! JSON: customers a second when they are committed, when they can be searched, and how the server's memory grew. Build
//! with `--release`; Linux only, because memory is read from `/proc`.

use anyhow::{Context, bail};
use protocol::exchange::{ExistingCustomers, ImportOptions, ImportState};
use server::config::Config;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use store::{ImportSettled, ImportWish, Organisation, OrganisationStore, Stamp};
use store_sqlite::Database;
use vocab::{ImportId, Millis, OrgSlug};

/// Customers of the file; fewer when the first argument says so.
const CUSTOMERS: u64 = 300_000;

/// All of them are there and found within this, or something is stuck.
const WITHIN: Duration = Duration::from_secs(1_800);

const LOOK: Duration = Duration::from_millis(20);

/// The server as a child of its own, so that its memory is its own.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--serve"), Some(data)) => serve(Path::new(&data)),
        (Some(customers), _) => measure(customers.parse()?),
        (None, _) => measure(CUSTOMERS),
    }
}

/// The child's part: serve on a free port until killed.
fn serve(data: &Path) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let mut config = Config::default();
        config.listen.set_port(0);
        let server = server::serve::Server::start(data, config).await?;
        writeln!(std::io::stdout(), "{}", server.url)?;
        std::future::pending::<()>().await;
        Ok(())
    })
}

fn measure(customers: u64) -> anyhow::Result<()> {
    // Beside this program, which is on a disk: a temporary folder may be memory, where a commit costs nothing.
    let here = std::env::current_exe()?;
    let data = tempfile::tempdir_in(here.parent().context("no parent")?)?;
    let slug = OrgSlug::new("demo")?;
    let path = server::app::database_path(data.path(), &slug);
    std::fs::create_dir_all(path.parent().context("no parent")?)?;
    let organisation = Organisation {
        slug,
        name: "Bench".to_owned(),
    };
    let database = Database::create(&path, &organisation)?;
    let import = file_of(data.path(), &database, customers)?;
    let mut child = Command::new(std::env::current_exe()?)
        .arg("--serve")
        .arg(data.path())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut url = String::new();
    BufReader::new(child.stdout.take().context("no stdout")?).read_line(&mut url)?;
    let server = Process(child);
    let before_kb = memory_kb(server.0.id())?;
    let mut peak_kb = before_kb;
    let mut imports = database.imports()?;
    imports.wish(import, ImportWish::Start)?;
    let mut begun = None;
    let until = Instant::now() + WITHIN;
    let committed = loop {
        let row = imports.import(import)?.context("the import is gone")?;
        if begun.is_none() && row.state != ImportState::Ready {
            begun = Some(Instant::now());
        }
        peak_kb = peak_kb.max(memory_kb(server.0.id())?);
        match row.state {
            ImportState::Done if row.counts.created == customers => {
                break begun.context("never begun")?.elapsed();
            }
            ImportState::Failed | ImportState::Stopped | ImportState::Done => bail!("{row:?}"),
            _ if Instant::now() > until => bail!("stuck: {row:?}"),
            _ => std::thread::sleep(LOOK),
        }
    };
    let history = database.history()?;
    let last = format!("person{}@example.com", customers - 1);
    while history.search(&last, 1)?.customers.is_empty() {
        peak_kb = peak_kb.max(memory_kb(server.0.id())?);
        if Instant::now() > until {
            bail!("the search indexes do not follow");
        }
        std::thread::sleep(LOOK);
    }
    let searchable = begun.context("never begun")?.elapsed();
    let file_mb = std::fs::metadata(&path)?.len() / 1_000_000;
    #[allow(
        clippy::cast_precision_loss,
        reason = "some hundred thousand customers"
    )]
    let customers = customers as f64;
    let report = serde_json::json!({
        "customers": customers,
        "each_us": committed.as_secs_f64() * 1e6 / customers,
        "per_second": (customers / committed.as_secs_f64()).round(),
        "searchable_per_second": (customers / searchable.as_secs_f64()).round(),
        "memory_before_mb": before_kb / 1_000.0,
        "memory_growth_mb": (peak_kb - before_kb) / 1_000.0,
        "file_mb": file_mb,
    });
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

/// The file where a server looks for it, with everything that people export.
fn file_of(data: &Path, database: &Database, customers: u64) -> anyhow::Result<ImportId> {
    let folder = data.join("imports").join("demo");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("1.upload");
    let mut file = BufWriter::new(File::create(&path)?);
    writeln!(file, "Name,Phone,E-mail,Contract,Tags,Notes")?;
    for number in 0..customers {
        let (given, family) = (GIVEN[at(number, 1)], FAMILY[at(number, 7)]);
        writeln!(
            file,
            "{given} {family} {number},+49 30 {:08},person{number}@example.com,NW-{number:07},\"retail,gold\",calls in the morning",
            10_000_000 + number
        )?;
    }
    file.flush()?;
    let bytes = std::fs::metadata(&path)?.len();
    let mut imports = database.imports()?;
    let stamp = Stamp {
        at: Millis(1),
        by: "bench",
    };
    let import = imports.begin_import(stamp, "bench.csv", bytes)?;
    imports.settle_import(
        import,
        &ImportSettled {
            state: ImportState::Ready,
            options: Some(ImportOptions {
                existing: ExistingCustomers::Skip,
                ..ImportOptions::default()
            }),
            problem: None,
            kept: 0,
        },
    )?;
    Ok(import)
}

const GIVEN: [&str; 8] = [
    "Anna", "Noor", "Jörg", "玉兰", "Siobhán", "Đức", "Łukasz", "Olga",
];
const FAMILY: [&str; 8] = [
    "Marsh",
    "Rao",
    "Müller",
    "陈",
    "O’Brien",
    "Trần",
    "Nowak",
    "Иванова",
];

fn at(number: u64, step: u64) -> usize {
    usize::try_from(number / step % 8).unwrap_or(0)
}

/// What is in memory of the process, in KB.
fn memory_kb(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line
        .and_then(|line| line.split_whitespace().nth(1))
        .context("no VmRSS")?;
    Ok(number.parse()?)
}
