//! Packages of Debian and Ubuntu, fetched from the machine's own mirrors and unpacked apart. Nothing is installed, and the
//! system's package lists are not touched.

use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Suites of Debian that may hold what the machine's own do not, the likeliest first. Backports of its own come before.
const FURTHER: [&str; 4] = ["stable-backports", "testing", "unstable", "stable"];

/// Debian's keys for all of its suites.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// One selection of suites with lists of its own.
pub(super) struct Apt {
    folder: PathBuf,
    configuration: PathBuf,
}

/// A package in one version.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
}

/// Where Debian's own packages come from, for this machine.
struct Mirror {
    address: String,
    codename: String,
}

impl Apt {
    /// The suites that the machine itself installs from, with fresh lists below `folder`.
    ///
    /// # Errors
    /// When there is no apt here, or the lists cannot be had.
    pub(super) fn of_machine(folder: &Path) -> Result<Self> {
        if !crate::system::is_in_path("apt-get") {
            bail!("there is no apt-get here to fetch Debian's packages with");
        }
        let apt = Self::configured(&folder.join("machine"), None)?;
        // A mirror that does not answer must not keep the others from being used.
        apt.get(&["update"])?;
        if apt.targets()?.is_empty() {
            bail!("the package lists could not be fetched: no mirror of this machine answers");
        }
        Ok(apt)
    }

    /// A suite of Debian that the machine does not install from, from the same mirror.
    fn of_suite(folder: &Path, mirror: &Mirror, suite: &str) -> Result<Self> {
        // The exact version is what matters, not the newest: a mirror that stands still will do.
        let mut options = "check-valid-until=no".to_owned();
        if Path::new(KEYS).is_file() {
            options.push_str(&format!(" signed-by={KEYS}"));
        }
        let line = format!("deb [{options}] {} {suite} main\n", mirror.address);
        let apt = Self::configured(&folder.join(suite), Some(&line))?;
        apt.get(&["update", "--error-on=any"])?;
        Ok(apt)
    }

    /// Writes the configuration; `sources` replace those of the machine.
    fn configured(folder: &Path, sources: Option<&str>) -> Result<Self> {
        let empty = folder.join("empty");
        for sub in [
            &empty,
            &folder.join("lists/partial"),
            &folder.join("archives/partial"),
        ] {
            fs::create_dir_all(sub).with_context(|| format!("making {}", sub.display()))?;
        }
        let mut text = proxies()?;
        let mut set = |name: &str, value: &Path| {
            text.push_str(&format!("{name} \"{}\";\n", value.display()));
        };
        set("Dir::State", folder);
        set("Dir::State::Lists", &folder.join("lists"));
        set("Dir::Cache", folder);
        set("Dir::Cache::Archives", &folder.join("archives"));
        // Commands that the system runs after an update are about the system's lists.
        set("Dir::Etc::Parts", &empty);
        set("Dir::Etc::Main", &folder.join("none"));
        set("APT::Sandbox::User", Path::new("root"));
        set("Acquire::Languages", Path::new("none"));
        set("Acquire::Retries", Path::new("2"));
        set("Acquire::http::Timeout", Path::new("20"));
        if let Some(sources) = sources {
            let list = folder.join("sources.list");
            fs::write(&list, sources).with_context(|| format!("writing {}", list.display()))?;
            set("Dir::Etc::SourceList", &list);
            set("Dir::Etc::SourceParts", &empty);
        }
        let configuration = folder.join("apt.conf");
        fs::write(&configuration, text)
            .with_context(|| format!("writing {}", configuration.display()))?;
        Ok(Self {
            folder: folder.to_owned(),
            configuration,
        })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("APT_CONFIG", &self.configuration)
            .env("LC_ALL", "C")
            .current_dir(&self.folder);
        command
    }

    fn get(&self, args: &[&str]) -> Result<String> {
        run::read(self.command("apt-get").arg("--quiet").args(args))
    }

    /// Address, codename and origin of each list that was fetched.
    fn targets(&self) -> Result<Vec<[String; 3]>> {
        let format = "$(REPO_URI)|$(CODENAME)|$(ORIGIN)";
        let text = self.get(&["indextargets", "--format", format, "Identifier: Packages"])?;
        let rows = text.lines().filter_map(|line| {
            let mut parts = line.split('|').map(str::to_owned);
            Some([parts.next()?, parts.next()?, parts.next()?])
        });
        Ok(rows.collect())
    }

    /// Where this machine's release of Debian itself comes from; none elsewhere.
    fn mirror(&self) -> Result<Option<Mirror>> {
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let codename = release
            .lines()
            .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
            .map(|name| name.trim_matches('"').to_owned());
        let targets = self.targets()?.into_iter();
        let mut mirrors = targets.filter_map(|[address, of, origin]| {
            let is_it = origin == "Debian" && Some(&of) == codename.as_ref();
            is_it.then_some(Mirror {
                address,
                codename: of,
            })
        });
        Ok(mirrors.next())
    }

    /// The package's versions, the newest first.
    pub(super) fn versions(&self, package: &str) -> Result<Vec<String>> {
        let table = run::read(self.command("apt-cache").args(["madison", package]))?;
        let rows = table.lines().filter_map(|line| line.split('|').nth(1));
        Ok(rows.map(|version| version.trim().to_owned()).collect())
    }

    /// The first of `names` that this selection has in a version that is right.
    fn of(&self, names: &[&str], is_right: &dyn Fn(&str) -> bool) -> Result<Option<Package>> {
        for name in names {
            let versions = self.versions(name)?;
            if let Some(version) = versions.into_iter().find(|version| is_right(version)) {
                return Ok(Some(Package {
                    name: (*name).to_owned(),
                    version,
                }));
            }
        }
        Ok(None)
    }

    /// Fetches a package and unpacks it into `to`: all of it, or what matches `pattern` of tar.
    ///
    /// # Errors
    /// When it cannot be fetched or unpacked.
    pub(super) fn unpack(&self, package: &Package, to: &Path, pattern: Option<&str>) -> Result<()> {
        let archives = self.folder.join("archives");
        let wanted = format!("{}={}", package.name, package.version);
        run::shown(
            self.command("apt-get")
                .args(["--quiet", "download", &wanted])
                .current_dir(&archives),
        )?;
        let start = format!("{}_", package.name);
        let entries = fs::read_dir(&archives).context("reading what was fetched")?;
        let file = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| {
                path.file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with(&start))
            })
            .with_context(|| format!("{wanted} was not fetched"))?;
        fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
        unpack(&file, to, pattern)?;
        fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))
    }
}

/// Looks for one of `names` in a version that is right: first where the machine installs from, then in other suites of
/// Debian on the same mirror. Lists go below `folder`.
///
/// # Errors
/// When no suite has it, saying which were looked through.
pub(super) fn find(
    folder: &Path,
    names: &[&str],
    is_right: &dyn Fn(&str) -> bool,
) -> Result<(Apt, Package)> {
    let own = Apt::of_machine(folder)?;
    if let Some(package) = own.of(names, is_right)? {
        return Ok((own, package));
    }
    let mut looked = vec!["the machine's own suites".to_owned()];
    if let Some(mirror) = own.mirror()? {
        let backports = format!("{}-backports", mirror.codename);
        for suite in std::iter::once(backports.as_str()).chain(FURTHER) {
            // Not every mirror carries every suite.
            let Ok(apt) = Apt::of_suite(folder, &mirror, suite) else {
                looked.push(format!("{suite} (not to be had)"));
                continue;
            };
            if let Some(package) = apt.of(names, is_right)? {
                return Ok((apt, package));
            }
            looked.push(suite.to_owned());
        }
    }
    bail!("it is in none of {}", looked.join(", "))
}

/// How the machine reaches its mirrors.
fn proxies() -> Result<String> {
    let text = run::read(Command::new("apt-config").args(["dump", "Acquire"]))?;
    let lines = text.lines().filter(|line| {
        let mut names = line.split("::");
        names.next() == Some("Acquire") && names.next().is_some_and(|name| name.starts_with("http"))
    });
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

fn unpack(file: &Path, to: &Path, pattern: Option<&str>) -> Result<()> {
    let Some(pattern) = pattern else {
        return run::shown(Command::new("dpkg-deb").arg("--extract").arg(file).arg(to));
    };
    let mut contents = Command::new("dpkg-deb")
        .arg("--fsys-tarfile")
        .arg(file)
        .stdout(Stdio::piped())
        .spawn()
        .context("starting dpkg-deb")?;
    let tar = contents.stdout.take().context("no stdout")?;
    let mut unpacked = Command::new("tar");
    unpacked.arg("--extract").arg("--directory").arg(to);
    let unpacked = run::shown(unpacked.args(["--wildcards", pattern]).stdin(tar));
    let ended = contents.wait().context("waiting for dpkg-deb")?;
    unpacked?;
    if !ended.success() {
        bail!("dpkg-deb could not read {}", file.display());
    }
    Ok(())
}
