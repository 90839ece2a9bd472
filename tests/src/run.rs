//! One run of the system: its folder, its logs, and the promise that nothing outlives it.

use crate::wait;
use anyhow::{Context, Result};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The variable that every process of a run carries, so that also those that a browser or a D-Bus
/// session leaves behind are found by id.
const MARK: &str = "WARMLINE_TEST_RUN";

/// Waits until its standard input closes, which happens when the run ends in whatever way, then
/// ends every process that carries the run's mark.
const JANITOR: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
for round in 1 2 3; do
  for environ in $(grep -lszxF -e "$1" /proc/[0-9]*/environ); do
    process=${environ#/proc/}
    kill -9 "${process%/environ}" 2>/dev/null
  done
done
"#;

static RUNS: AtomicU32 = AtomicU32::new(0);

/// The lock file, held until this process ends; absent before the first run asks for it.
static ALONE: Mutex<Option<Option<File>>> = Mutex::new(None);
/// How long another process's runs are waited for.
const OTHERS: Duration = Duration::from_secs(600);

/// One process at a time plays on a machine: two would break up each other's sound.
fn be_alone() -> Result<()> {
    // The first runs of this process may begin beside each other, and only one of them may ask.
    let mut alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    if alone.is_some() {
        return Ok(());
    }
    let path = std::env::temp_dir().join("warmline-runs.lock");
    // Another user's lock cannot be opened: then there is nothing to wait for but luck.
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .ok();
    if let Some(lock) = &lock {
        wait::until_true(OTHERS, "the end of another run on this machine", || {
            Ok(lock.try_lock().is_ok())
        })?;
    }
    *alone = Some(lock);
    Ok(())
}

/// The folder and the processes of one run.
pub struct Run {
    folder: PathBuf,
    mark: String,
    janitor: Mutex<Option<Child>>,
    is_kept: bool,
}

impl Run {
    /// A new run with an empty folder of a short path, as Unix sockets need.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn start(name: &str) -> Result<Self> {
        be_alone()?;
        let mark = format!(
            "{name}-{}-{}",
            std::process::id(),
            RUNS.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(format!("warmline-{mark}"));
        for below in ["logs", "tmp"] {
            fs::create_dir_all(folder.join(below))
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let janitor = Command::new("sh")
            .args(["-c", JANITOR, "janitor", &format!("{MARK}={mark}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start sh")?;
        Ok(Self {
            folder,
            mark,
            janitor: Mutex::new(Some(janitor)),
            is_kept: true,
        })
    }

    /// The run's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A folder below the run's, made when missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn subfolder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// A command that belongs to this run.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env(MARK, &self.mark)
            .env("TMPDIR", self.folder.join("tmp"));
        command
    }

    /// Starts `command` with its output in `logs/{name}.out` and `logs/{name}.log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(&self, name: &str, command: &mut Command) -> Result<Process> {
        let out = self.folder.join("logs").join(format!("{name}.out"));
        let log = self.folder.join("logs").join(format!("{name}.log"));
        let appended = |path: &Path| File::options().create(true).append(true).open(path);
        let out_begins_at = fs::metadata(&out).map_or(0, |meta| meta.len());
        let child = command
            .env(MARK, &self.mark)
            .stdout(appended(&out)?)
            .stderr(appended(&log)?)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        Ok(Process {
            name: name.to_owned(),
            child,
            out,
            log,
            out_begins_at,
        })
    }

    /// The ids of this run's processes whose program is called `program`.
    pub fn processes_named(&self, program: &str) -> Vec<i32> {
        let wanted = format!("{MARK}={}", self.mark);
        let Ok(processes) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        processes
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
            .filter(|id| {
                let exe = fs::read_link(format!("/proc/{id}/exe")).unwrap_or_default();
                let environ = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
                exe.file_name().is_some_and(|name| name == program)
                    && environ
                        .split(|byte| *byte == 0)
                        .any(|entry| entry == wanted.as_bytes())
            })
            .collect()
    }

    /// Says that the run went well: its folder goes with it.
    pub fn passed(mut self) {
        self.is_kept = false;
    }

    /// The last lines of each log, for a message about what went wrong.
    pub fn log_tails(&self, lines: usize) -> String {
        let mut text = format!("logs are kept in {}\n", self.folder.join("logs").display());
        let Ok(entries) = fs::read_dir(self.folder.join("logs")) else {
            return text;
        };
        let mut paths: Vec<_> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            let content =
                String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).into_owned();
            let all: Vec<&str> = content.lines().collect();
            if all.is_empty() {
                continue;
            }
            text.push_str(&format!("--- {}\n", path.display()));
            for line in &all[all.len().saturating_sub(lines)..] {
                text.extend(line.chars().take(400));
                text.push('\n');
            }
        }
        text
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let janitor = self.janitor.get_mut().map(Option::take).unwrap_or_default();
        if let Some(mut janitor) = janitor {
            drop(janitor.stdin.take());
            let _done = janitor.wait();
        }
        if !self.is_kept {
            let _gone = fs::remove_dir_all(&self.folder);
        }
    }
}

/// A process of a run; killed when dropped.
pub struct Process {
    name: String,
    child: Child,
    out: PathBuf,
    log: PathBuf,
    out_begins_at: u64,
}

impl Process {
    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard output so far.
    pub fn out(&self) -> String {
        let all = fs::read(&self.out).unwrap_or_default();
        let begin = usize::try_from(self.out_begins_at)
            .unwrap_or(0)
            .min(all.len());
        String::from_utf8_lossy(&all[begin..]).into_owned()
    }

    /// The first complete line of standard output that `pick` accepts.
    ///
    /// # Errors
    /// When none comes within `limit`, or the process ends first.
    pub fn line<T>(
        &mut self,
        limit: Duration,
        what: &str,
        mut pick: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        let what = format!("{what} from {}", self.name);
        wait::until(limit, &what, || {
            let out = self.out();
            let whole = out.rfind('\n').map_or("", |end| &out[..end]);
            if let Some(found) = whole.lines().find_map(&mut pick) {
                return Ok(Some(found));
            }
            if let Some(status) = self.child.try_wait()? {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                anyhow::bail!("{} ended with {status}: {}", self.name, log.trim_end());
            }
            Ok(None)
        })
    }

    /// Waits until it has ended well.
    ///
    /// # Errors
    /// When it ends otherwise, with what it said, or not within `limit`.
    pub fn wait_success(&mut self, limit: Duration) -> Result<()> {
        let what = format!("the end of {}", self.name);
        let status = wait::until(limit, &what, || Ok(self.child.try_wait()?))?;
        if !status.success() {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            anyhow::bail!("{} ended with {status}: {}", self.name, log.trim_end());
        }
        Ok(())
    }

    /// True until it ends.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Its standard input, when the command asked for a pipe.
    pub fn stdin(&mut self) -> Option<&mut std::process::ChildStdin> {
        self.child.stdin.as_mut()
    }

    /// Says that nothing more is written to its standard input.
    pub fn close_stdin(&mut self) {
        drop(self.child.stdin.take());
    }

    /// SIGKILL, for what it started too, and its end is waited for.
    pub fn kill(&mut self) {
        if let Some(group) = i32::try_from(self.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            let signal = rustix::process::Signal::KILL;
            // Nobody is left in the group when it has ended already.
            let _sent = rustix::process::kill_process_group(group, signal);
        }
        let _sent = self.child.kill();
        let _ended = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends SIGKILL to one process.
///
/// # Errors
/// When there is no such process.
pub fn kill(id: i32) -> Result<()> {
    signal(id, rustix::process::Signal::KILL)
}

/// Stops one process where it stands, as a computer that goes to sleep does.
///
/// # Errors
/// When there is no such process.
pub fn stop(id: i32) -> Result<()> {
    signal(id, rustix::process::Signal::STOP)
}

/// Lets it go on.
///
/// # Errors
/// When there is no such process.
pub fn wake(id: i32) -> Result<()> {
    signal(id, rustix::process::Signal::CONT)
}

/// Sends SIGTERM to one process.
///
/// # Errors
/// When there is no such process.
pub fn terminate(id: i32) -> Result<()> {
    signal(id, rustix::process::Signal::TERM)
}

fn signal(id: i32, signal: rustix::process::Signal) -> Result<()> {
    let process = rustix::process::Pid::from_raw(id).context("not a process id")?;
    rustix::process::kill_process(process, signal)
        .with_context(|| format!("cannot signal process {id}"))
}
