//! What must not be written where, found in the text: the check that stays when a lint is misconfigured.

use crate::plan::{ROOMS, is_core, root};
use std::path::{Path, PathBuf};

/// Every file below `folder` with one of these endings, build output and packages left out.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if path.is_dir() {
            if !["target", "node_modules", "dist", "gen"].contains(&name.as_ref()) {
                found.extend(files(&path, endings));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    found
}

/// The text without comments and without the tests at its end.
fn code_of(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a source is text");
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_test(path: &Path) -> bool {
    let of_tests = |part: &std::ffi::OsStr| {
        let part = part.to_string_lossy();
        matches!(part.as_ref(), "tests" | "tests.rs" | "benches" | "examples")
    };
    path.strip_prefix(root())
        .is_ok_and(|path| path.iter().any(of_tests))
}

fn check(folder: &str, endings: &[&str], forbidden: &[(&str, &str)]) {
    let found = files(&root().join(folder), endings);
    assert!(!found.is_empty(), "{folder} holds no sources");
    for path in found.iter().filter(|path| !is_test(path)) {
        let code = code_of(path);
        for (words, why) in forbidden {
            assert!(
                !code.contains(words),
                "{}: `{words}`: {why}",
                path.display()
            );
        }
    }
}

#[test]
fn the_core_touches_no_clock_file_thread_or_unordered_map() {
    for room in ROOMS.iter().filter(|room| is_core(room)) {
        let forbidden = [
            ("HashMap", "its order differs from run to run"),
            ("HashSet", "its order differs from run to run"),
            ("Instant::now", "time is an argument"),
            ("SystemTime", "time is an argument"),
            ("std::fs", "no files in the core"),
            ("std::env", "configuration is an argument"),
            ("std::net", "no network in the core"),
            ("std::thread", "the core decides; shells run"),
            ("now_v7", "ids come from outside"),
            ("Timestamp::now", "time is an argument"),
            ("Zoned::now", "time is an argument"),
            ("TimeZone::get", "the zones' rules come with the binary"),
            ("TimeZone::system", "the zone is configuration"),
            ("async fn", "the core never waits"),
        ];
        check(room.folder, &[".rs"], &forbidden);
    }
}

#[test]
fn every_task_is_started_by_name_and_every_queue_has_a_limit() {
    for room in ROOMS
        .iter()
        .filter(|room| !matches!(room.name, "telemetry" | "system-tests"))
    {
        let forbidden = [
            ("tokio::spawn(", "use telemetry::spawn"),
            ("async_runtime::spawn(", "use telemetry::spawn"),
            ("unbounded_channel", "a queue has a limit"),
            ("mpsc::unbounded", "a queue has a limit"),
            ("mpsc::channel()", "a queue has a limit"),
        ];
        check(room.folder, &[".rs"], &forbidden);
    }
}

#[test]
fn the_screens_models_know_no_framework() {
    let forbidden = [
        ("from \"svelte", "a model is plain TypeScript"),
        ("@tauri-apps", "ask the bridge"),
    ];
    check("ui/desktop/src/model", &[".ts"], &forbidden);
}

#[test]
fn only_the_bridge_knows_the_shell() {
    let beside_the_bridge = ["app", "features", "model", "parts"];
    for folder in beside_the_bridge {
        check(
            &format!("ui/desktop/src/{folder}"),
            &[".ts", ".svelte"],
            &[("@tauri-apps", "ask the bridge")],
        );
    }
    check(
        "ui/kit/src",
        &[".ts", ".svelte"],
        &[("@warmline/protocol", "the kit knows no domain")],
    );
}

#[test]
fn a_feature_imports_no_other_feature() {
    let features = root().join("ui/desktop/src/features");
    let names: Vec<String> = std::fs::read_dir(&features)
        .expect("the desktop has features")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    for name in &names {
        for path in files(&features.join(name), &[".ts", ".svelte"]) {
            let code = code_of(&path);
            for other in names.iter().filter(|other| *other != name) {
                for way in [format!("\"../{other}/"), format!("/features/{other}/")] {
                    assert!(!code.contains(&way), "{} imports {other}", path.display());
                }
            }
        }
    }
}
