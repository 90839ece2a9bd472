//! The plan of the house, and the graph that Cargo resolved, to be held against each other.

use cargo_metadata::{Metadata, MetadataCommand, Package, PackageId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A crate of the house: where it stands and which others of the house it may use.
pub(crate) struct Room {
    pub(crate) name: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) may_use: &'static [&'static str],
}

const fn room(name: &'static str, folder: &'static str, may_use: &'static [&'static str]) -> Room {
    Room {
        name,
        folder,
        may_use,
    }
}

/// The plan. A new crate or a new direction is an entry here, and in ARCHITECTURE.md with its reason.
pub(crate) const ROOMS: [Room; 22] = [
    room("vocab", "crates/core/vocab", &[]),
    room("protocol", "crates/core/protocol", &["vocab"]),
    room("acd", "crates/core/acd", &["hours", "vocab"]),
    room("call", "crates/core/call", &["vocab"]),
    room("audio", "crates/core/audio", &["vocab"]),
    room("hours", "crates/core/hours", &["vocab"]),
    room("text", "crates/core/text", &[]),
    room(
        "exchange",
        "crates/core/exchange",
        &["hours", "protocol", "text", "vocab"],
    ),
    room("figures", "crates/core/figures", &["acd", "vocab"]),
    room("timekeeping", "crates/core/timekeeping", &["vocab"]),
    room(
        "settings",
        "crates/core/settings",
        &["acd", "hours", "protocol", "text", "vocab"],
    ),
    room("telemetry", "crates/adapters/telemetry", &[]),
    room(
        "media",
        "crates/adapters/media",
        &["audio", "telemetry", "vocab"],
    ),
    room(
        "store",
        "crates/adapters/store",
        &[
            "acd",
            "protocol",
            "settings",
            "text",
            "timekeeping",
            "vocab",
        ],
    ),
    room(
        "store-sqlite",
        "crates/adapters/store-sqlite",
        &[
            "acd",
            "protocol",
            "settings",
            "store",
            "telemetry",
            "text",
            "timekeeping",
            "vocab",
        ],
    ),
    room(
        "agent",
        "crates/agent",
        &["audio", "call", "media", "protocol", "telemetry", "vocab"],
    ),
    room(
        "server",
        "server",
        &[
            "acd",
            "exchange",
            "figures",
            "hours",
            "protocol",
            "settings",
            "store",
            "store-sqlite",
            "telemetry",
            "text",
            "timekeeping",
            "vocab",
        ],
    ),
    // Both ends of the wire at once, and the store to judge them by.
    room(
        "load",
        "crates/load",
        &[
            "acd",
            "agent",
            "protocol",
            "server",
            "store",
            "store-sqlite",
            "telemetry",
            "vocab",
        ],
    ),
    room(
        "warmline-desktop",
        "src-tauri",
        &["agent", "protocol", "telemetry", "vocab"],
    ),
    // It plays with the whole system, but as a person does: through programs and the wire.
    room("system-tests", "tests", &["audio", "protocol", "vocab"]),
    // The engine alone, by the million: nothing of the system around it.
    room("sim", "tests/sim", &["acd", "hours", "vocab"]),
    room("xtask", "xtask", &[]),
];

pub(crate) fn root() -> PathBuf {
    let tests =
        std::env::var("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&tests)
        .parent()
        .expect("the tests stand in the checkout")
        .to_owned()
}

pub(crate) fn is_core(room: &Room) -> bool {
    room.folder.starts_with("crates/core/")
}

/// What Cargo resolves for this machine: without the platform it would fetch other systems' crates.
fn metadata() -> Metadata {
    let rustc = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs");
    let said = String::from_utf8(rustc.stdout).expect("rustc prints text");
    let host = said
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc has a host");
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--filter-platform".to_owned(), host.to_owned()])
        .exec()
        .expect("cargo metadata reads the workspace")
}

/// The resolved graph by id, without what only tests need.
pub(crate) struct Graph {
    pub(crate) packages: BTreeMap<PackageId, Package>,
    pub(crate) uses: BTreeMap<PackageId, BTreeSet<PackageId>>,
}

impl Graph {
    pub(crate) fn read() -> Self {
        let metadata = metadata();
        let resolve = metadata.resolve.expect("cargo metadata resolves");
        let uses = resolve.nodes.into_iter().map(|node| {
            let needed = node.deps.into_iter().filter(|dep| {
                use cargo_metadata::DependencyKind::Development;
                dep.dep_kinds.iter().any(|kind| kind.kind != Development)
            });
            (node.id, needed.map(|dep| dep.pkg).collect())
        });
        let uses = uses.collect();
        let packages = metadata
            .packages
            .into_iter()
            .map(|p| (p.id.clone(), p))
            .collect();
        Self { packages, uses }
    }

    pub(crate) fn name(&self, id: &PackageId) -> &str {
        self.packages[id].name.as_str()
    }

    pub(crate) fn id_of(&self, room: &Room) -> &PackageId {
        let found = self
            .packages
            .iter()
            .find(|(_, package)| package.name.as_str() == room.name && package.source.is_none());
        found
            .unwrap_or_else(|| panic!("{} is planned but not in the workspace", room.name))
            .0
    }

    /// Everything that `start` cannot be built without, itself left out; what stands behind `leaves` is not followed.
    pub(crate) fn closure(&self, start: &PackageId, leaves: &[&str]) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut open = vec![start];
        while let Some(id) = open.pop() {
            for used in &self.uses[id] {
                if seen.insert(used) && !leaves.contains(&self.name(used)) {
                    open.push(used);
                }
            }
        }
        seen.into_iter().map(|id| self.name(id)).collect()
    }
}
