//! The standard library for another system, as far as a check needs it: what it declares, without its code. A compiler
//! brings that of its own machine; others are made from the source of exactly its version.

use super::apt;
use super::folder;
use crate::house::House;
use crate::{run, say};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Debian's and Ubuntu's names of the source's package; `{}` is the version's first two numbers.
const NAMES: [&str; 3] = ["rust-src", "rust-web-src", "rust-{}-src"];

/// The compiler that Cargo uses here.
struct Compiler {
    /// All that it says of itself: two that say the same understand each other's libraries.
    told: String,
    release: String,
    sysroot: PathBuf,
}

/// Prepares the library of `triple`, once for each compiler. Gives the folder to be named to the compiler as its
/// `--sysroot`; none when it has that library itself.
///
/// # Errors
/// When its source cannot be had, or is not to be built.
pub(super) fn ensure(house: &House, triple: &str) -> Result<Option<PathBuf>> {
    let compiler = Compiler::of(house)?;
    if compiler.has(house, triple)? {
        return Ok(None);
    }
    if compiler.release.contains('-') {
        bail!(
            "Rust {} is no release, so that no package holds its source; `rustup target add {triple}` helps",
            compiler.release
        );
    }
    let kept = super::kept(house);
    let library = kept.join(triple);
    folder::once(&library, &compiler.told, |part| {
        say::line(&format!("Preparing the standard library of {triple}, once"))?;
        let source = source(&compiler, &kept)?;
        make(house, &source, triple, part)
    })
    .with_context(|| format!("the standard library of {triple} cannot be prepared"))?;
    Ok(Some(library))
}

impl Compiler {
    fn of(house: &House) -> Result<Self> {
        let told = run::read(house.command("rustc").arg("-vV"))?;
        let release = told
            .lines()
            .find_map(|line| line.strip_prefix("release: "))
            .context("the compiler does not tell its release")?
            .to_owned();
        let sysroot = run::read(house.command("rustc").args(["--print", "sysroot"]))?;
        Ok(Self {
            told,
            release,
            sysroot: PathBuf::from(sysroot.trim()),
        })
    }

    fn has(&self, house: &House, triple: &str) -> Result<bool> {
        let mut asked = house.command("rustc");
        let folder = run::read(asked.args(["--print", "target-libdir", "--target", triple]))?;
        Ok(fs::read_dir(folder.trim()).is_ok_and(|mut entries| entries.next().is_some()))
    }
}

/// The source's folder `library`: the compiler's own, or a package's.
fn source(compiler: &Compiler, kept: &Path) -> Result<PathBuf> {
    let own = compiler.sysroot.join("lib/rustlib/src/rust/library");
    if is_source(&own) {
        return Ok(own);
    }
    let release = &compiler.release;
    let short = release
        .rsplit_once('.')
        .map_or(&**release, |(short, _)| short);
    let names = NAMES.map(|name| name.replace("{}", short));
    let source = kept.join("source");
    folder::once(&source, &compiler.told, |part| {
        let lists = part.join("apt");
        let names = names.each_ref().map(String::as_str);
        let (apt, package) = apt::find(&lists, &names, &|version| is_of(version, release))
            .with_context(|| format!("the source of Rust {release} cannot be had"))?;
        say::line(&format!("Unpacking {} {}", package.name, package.version))?;
        apt.unpack(&package, part, Some("*/library/*"))?;
        folder::remove(&lists)
    })?;
    let folders = fs::read_dir(source.join("usr/src")).context("reading the source's folder")?;
    let mut libraries = folders.filter_map(|entry| Some(entry.ok()?.path().join("library")));
    libraries
        .find(|library| is_source(library))
        .context("the package holds no library's source")
}

fn is_source(library: &Path) -> bool {
    library.join("sysroot/Cargo.toml").is_file()
}

/// Whether a package's version is made of this release: `1.95.0+dfsg1-1~bpo13+1` is of 1.95.0.
fn is_of(version: &str, release: &str) -> bool {
    version
        .strip_prefix(release)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
}

/// Checks the library for `triple` with the compiler's own switches for it, and lays what it declares into `part` as the
/// compiler wants to find it.
fn make(house: &House, source: &Path, triple: &str, part: &Path) -> Result<()> {
    let built = part.join("target");
    let manifest = source.join("sysroot/Cargo.toml");
    let mut cargo = house.cargo(&["check", "--release", "--target", triple]);
    cargo
        .args(["--features", "panic-unwind,backtrace", "--manifest-path"])
        .arg(&manifest)
        .current_dir(source)
        .env("CARGO_TARGET_DIR", &built)
        // The library is written in what only its own compiler's version understands, and is marked as that.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_DEFAULT_LIB_METADATA", "stablestd")
        .env("RUSTFLAGS", "-Zforce-unstable-if-unmarked -Awarnings");
    run::shown(&mut cargo)?;
    let library = part.join("lib/rustlib").join(triple).join("lib");
    fs::create_dir_all(&library).with_context(|| format!("making {}", library.display()))?;
    let declared = built.join(triple).join("release/deps");
    for entry in fs::read_dir(&declared).context("reading what was built")? {
        let path = entry?.path();
        if let (Some("rmeta"), Some(name)) = (
            path.extension().and_then(|extension| extension.to_str()),
            path.file_name(),
        ) {
            fs::copy(&path, library.join(name))
                .with_context(|| format!("copying {}", path.display()))?;
        }
    }
    folder::remove(&built)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_of_one_release() {
        let check = |version: &str, expect: bool| {
            assert_eq!(is_of(version, "1.95.0"), expect, "{version}");
        };
        check("1.95.0+dfsg1-1~bpo13+1", true);
        check("1.95.0-1", true);
        check("1.95.0~beta1-1", true);
        check("1.95.01-1", false);
        check("1.95.0.1-1", false);
        check("1.96.0+dfsg1-1", false);
    }
}
