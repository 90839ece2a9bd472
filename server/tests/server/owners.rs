//! What an operator does as root beside a service account, and what is looked at where nothing can be written.

use crate::place::make_data;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Accounts that this machine does not have.
const SERVICE: u32 = 61_234;
const STRANGER: u32 = 61_235;

const PROGRAM: &str = env!("CARGO_BIN_EXE_warmline-server");

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Said by name, so that a run without root does not pass for one with it.
#[allow(clippy::print_stderr, reason = "what a test leaves out is said")]
fn left_out(what: &str) {
    eprintln!("LEFT OUT, it takes root: {what}");
}

/// A folder of the service's, and a copy of the program that everybody can run.
struct Service {
    folder: TempDir,
    program: PathBuf,
}

impl Service {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let program = folder.path().join("warmline-server");
        std::fs::copy(PROGRAM, &program).unwrap();
        let service = Self { folder, program };
        service.makes("data");
        service.makes("backups");
        service
    }

    fn makes(&self, name: &str) {
        let path = self.path(name);
        std::fs::create_dir(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o750)).unwrap();
        chown(&path, Some(SERVICE), Some(SERVICE)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// As root, or as another account.
    fn says(&self, account: Option<u32>, arguments: &[&str]) -> Output {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.folder.path());
        if let Some(account) = account {
            command.uid(account).gid(account);
        }
        command.output().unwrap()
    }

    fn does(&self, account: Option<u32>, arguments: &[&str]) -> String {
        let output = self.says(account, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Everything in the folder is the service's, and nobody else's to read.
    fn is_the_services(&self, name: &str) {
        let mut folders = vec![self.path(name)];
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            assert_owner(&folder, 0o750);
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let found = std::fs::metadata(&path).unwrap();
                    assert_eq!((found.uid(), found.gid()), (SERVICE, SERVICE), "{path:?}");
                    files += 1;
                }
            }
        }
        assert!(files > 0, "{name} is empty");
    }
}

fn assert_owner(folder: &Path, mode: u32) {
    let found = std::fs::metadata(folder).unwrap();
    let what = (found.uid(), found.gid(), found.mode() & 0o777);
    assert_eq!(what, (SERVICE, SERVICE, mode), "{folder:?}");
}

#[test]
fn what_root_makes_beside_a_service_account_belongs_to_that_account() {
    if !is_root() {
        return left_out("init, backup, restore, cut and rebuild in another account's folder");
    }
    let service = Service::new();
    let of = ["--data", "data", "--organisation", "north"];
    let with = |words: &[&'static str], more: &[&'static str]| [words, &of, more].concat();
    service.does(None, &with(&["init"], &["--name", "North"]));
    service.is_the_services("data");
    service.does(
        None,
        &with(&["queue", "add"], &["--queue", "help", "--name", "Help"]),
    );
    service.does(None, &["seed-demo", "--data", "data"]);
    service.does(
        None,
        &["backup", "--data", "data", "--to", "backups/monday"],
    );
    service.is_the_services("backups");
    service.does(None, &with(&["restore"], &["--from", "backups/monday"]));
    service.does(None, &["journal", "rebuild", "--data", "data"]);
    service.does(
        None,
        &["journal", "cut", "--data", "data", "--at", "900", "--yes"],
    );
    service.is_the_services("data");
    // The account itself goes on with all of it.
    service.does(Some(SERVICE), &["journal", "check", "--data", "data"]);
    service.does(
        Some(SERVICE),
        &with(&["queue", "add"], &["--queue", "two", "--name", "Two"]),
    );
    service.does(
        Some(SERVICE),
        &["backup", "--data", "data", "--to", "backups/tuesday"],
    );
}

#[test]
fn an_account_that_may_not_give_files_away_is_refused_and_leaves_nothing() {
    if !is_root() {
        return left_out("init by a stranger in another account's folder");
    }
    let service = Service::new();
    let data = service.path("data");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o777)).unwrap();
    let refused = service.says(Some(STRANGER), &["init", "--data", "data"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success(), "{said}");
    assert!(
        said.contains("run this as that account, or as root"),
        "{said}"
    );
    assert!(said.contains(&SERVICE.to_string()), "{said}");
    assert_eq!(std::fs::read_dir(data).unwrap().count(), 0);
}

/// Runs a shell's lines where `$FOLDER` is mounted read-only, in a mount namespace of its own.
fn read_only(folder: &Path, lines: &str) -> Output {
    let script = format!(
        "set -e\nmount --make-rprivate /\nmount --bind \"$FOLDER\" \"$FOLDER\"\nmount -o remount,bind,ro \"$FOLDER\"\n{lines}"
    );
    Command::new("unshare")
        .args(["--mount", "sh", "-c", &script])
        .env("FOLDER", folder)
        .env("PROGRAM", PROGRAM)
        .output()
        .unwrap()
}

#[test]
fn a_backup_on_a_read_only_medium_is_checked_and_read() {
    if !is_root() {
        return left_out("looking at a backup on a read-only mount");
    }
    let (data, medium) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    make_data(data.path());
    let copied = Command::new(PROGRAM)
        .args(["backup", "--data"])
        .arg(data.path())
        .arg("--to")
        .arg(medium.path())
        .output()
        .unwrap();
    assert!(copied.status.success());
    let names = || {
        let folder = std::fs::read_dir(medium.path().join("organisations")).unwrap();
        let mut names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let asked = read_only(
        medium.path(),
        "touch \"$FOLDER/x\" 2>/dev/null && exit 7
         export WARMLINE_DATA=\"$FOLDER\"
         for what in 'journal check' 'config show' 'config history' 'customer find Anna' 'audit' 'clock' \\
                     'user list' 'queue list' 'retention show'; do
             echo \"== $what\"; \"$PROGRAM\" $what
         done
         \"$PROGRAM\" queue add --queue two --name Two && exit 8
         exit 0",
    );
    let (said, wrong) = (
        String::from_utf8_lossy(&asked.stdout),
        String::from_utf8_lossy(&asked.stderr),
    );
    assert!(asked.status.success(), "{said}\n{wrong}");
    for words in [
        "the database file is sound",
        "\"support\"",
        "user_added",
        "organisation demo",
    ] {
        assert!(
            said.contains(words),
            "{words} is missing in {said}\n{wrong}"
        );
    }
    assert_eq!(names(), before, "nothing is left on the medium");
}
