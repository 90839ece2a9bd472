//! Each crate follows the workspace's lints and versions, and the core's lint file keeps the root's lines.

use crate::plan::{ROOMS, root};

fn manifest_of(folder: &str) -> String {
    let path = root().join(folder).join("Cargo.toml");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of one table of a manifest.
fn table<'a>(manifest: &'a str, name: &str) -> Vec<&'a str> {
    let header = format!("[{name}]");
    let after = manifest
        .lines()
        .skip_while(|line| line.trim() != header)
        .skip(1);
    let body = after.take_while(|line| !line.trim_start().starts_with('['));
    body.map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

#[test]
fn every_crate_takes_the_workspaces_lints() {
    for room in &ROOMS {
        let manifest = manifest_of(room.folder);
        assert_eq!(
            table(&manifest, "lints"),
            ["workspace = true"],
            "{}",
            room.folder
        );
    }
}

#[test]
fn every_version_stands_in_one_place() {
    let mut compared = 0;
    for room in &ROOMS {
        let manifest = manifest_of(room.folder);
        for name in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for line in table(&manifest, name) {
                let is_shared = line.contains("workspace = true") && !line.contains("version");
                let folder = room.folder;
                assert!(
                    is_shared,
                    "{folder}: `{line}`: name the version in the root's manifest"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 50, "only {compared} dependencies were looked at");
}

/// The nearest `clippy.toml` wins and is not merged, so a line added to the root must be added to the core.
#[test]
fn the_cores_lint_file_repeats_the_roots() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).expect(path);
    let (outer, core) = (read("clippy.toml"), read("crates/core/clippy.toml"));
    let held: Vec<&str> = core.lines().map(str::trim).collect();
    let mut compared = 0;
    // The core has no tokio, so what is said of it has no meaning there.
    let wanted = outer
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !line.contains("\"tokio::"));
    for line in wanted {
        assert!(
            held.contains(&line),
            "crates/core/clippy.toml lacks `{line}`"
        );
        compared += 1;
    }
    assert!(compared > 3, "nothing was compared");
}

#[test]
fn the_core_forbids_clocks_files_and_unordered_maps() {
    let core =
        std::fs::read_to_string(root().join("crates/core/clippy.toml")).expect("clippy.toml");
    for path in [
        "std::time::Instant::now",
        "std::time::SystemTime::now",
        "std::thread::spawn",
        "std::env::var",
        "std::fs::File::open",
        "std::collections::HashMap",
        "std::collections::HashSet",
        "uuid::Uuid::now_v7",
    ] {
        assert!(
            core.contains(&format!("path = \"{path}\"")),
            "{path} is not forbidden"
        );
    }
}

#[test]
fn the_map_names_every_room() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for room in &ROOMS {
        let is_named = map.contains(&format!("`{}/`", room.folder));
        assert!(is_named, "ARCHITECTURE.md does not name `{}/`", room.folder);
    }
}
