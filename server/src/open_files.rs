//! Every connection is an open file, and most systems let a process have far fewer than they would allow when asked.

/// Files that are no connections and of no organisation: logs, the listener, recordings that are read.
const OTHERS: u64 = 96;

/// An organisation's databases: its journal's connections, a pool of readers, side files, a backup.
const OF_AN_ORGANISATION: u64 = 40;

/// However few files are allowed, so many connections are.
const LEAST_CONNECTIONS: u64 = 16;

/// Asks for as many as are allowed, and says so when they are fewer than the connections that may come.
#[cfg(unix)]
pub(crate) fn allow(connections: u64) {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(err) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%err, "the limit of open files could not be raised");
    }
    if let Some(files) = allowed()
        && files < connections.saturating_add(OTHERS)
    {
        tracing::warn!(
            files,
            connections,
            "fewer open files are allowed than connections may come (limits.connections); raise the hard limit"
        );
    }
}

#[cfg(not(unix))]
pub(crate) fn allow(connections: u64) {
    tracing::debug!(connections, "this system has no such limit");
}

/// How many connections there may be, so that the store of each organisation always finds a file to open.
pub(crate) fn room(connections: u64, organisations: usize) -> u64 {
    let stores = OF_AN_ORGANISATION.saturating_mul(organisations as u64);
    let kept = OTHERS.saturating_add(stores);
    let left = allowed().map_or(connections, |files| files.saturating_sub(kept));
    connections.min(left.max(LEAST_CONNECTIONS))
}

#[cfg(unix)]
fn allowed() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current
}

#[cfg(not(unix))]
fn allowed() -> Option<u64> {
    None
}
