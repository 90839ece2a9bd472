//! This machine's clock, read in one place.

use std::time::{Duration, SystemTime, UNIX_EPOCH};
use vocab::Millis;

/// UTC now; zero on a machine whose clock stands before 1970.
#[must_use]
pub fn now() -> Millis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
