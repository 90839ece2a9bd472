//! Every link is an open file, and most systems let a process have far fewer than they would allow when asked.

/// Files that are no links: databases, logs, readers.
const OTHERS: u64 = 256;

/// Asks for as many as are allowed, and says so when they are fewer than the links that may come.
#[cfg(unix)]
pub(crate) fn allow(connections: u64) {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(err) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%err, "the limit of open files could not be raised");
    }
    if let Some(files) = getrlimit(Resource::Nofile).current
        && files < connections.saturating_add(OTHERS)
    {
        tracing::warn!(
            files,
            connections,
            "fewer open files are allowed than links may come (limits.connections); raise the hard limit"
        );
    }
}

#[cfg(not(unix))]
pub(crate) fn allow(connections: u64) {
    tracing::debug!(connections, OTHERS, "this system has no such limit");
}
