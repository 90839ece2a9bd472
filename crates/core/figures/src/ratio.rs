//! Shares and means that do not exist when there is nothing to divide by.

/// `part` of `whole`, from 0 to 1. An interval may answer or lose more than it was offered; that is all of it.
pub(crate) fn share(part: u64, whole: u64) -> Option<f64> {
    let whole = whole.max(part);
    // Counts and sums of milliseconds stay far below 2^53, from where on a float would round them.
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Rounded down to whole milliseconds.
pub(crate) fn mean_ms(sum_ms: u64, count: u32) -> Option<u64> {
    sum_ms.checked_div(u64::from(count))
}
