// How long to wait before trying again, and how far a wait has come.

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_000;

/**
 * Delay before the next attempt after `failures` in a row: 100 ms doubling to 1 s. Up to a fifth is taken off by
 * chance (`spread`, 0–1), so that a restarted server is not met by everybody in the same millisecond.
 */
export function retryDelayMs(failures: number, spread: number): number {
  const full = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
  return Math.round(full * (1 - spread / 5));
}

/** What is left of an expectation that was given `ageMs` ago: it runs down, but never promises less than 5 s. */
export function waitLeftMs(expectedMs: number | null, ageMs: number): number | null {
  return expectedMs === null ? null : Math.max(5_000, expectedMs - Math.max(0, ageMs));
}

/** How far the wait has come, 0–1: what has passed of what it will have taken. `null` when nobody can tell. */
export function waitFraction(waitedMs: number, leftMs: number | null, isRinging: boolean): number | null {
  if (isRinging) return 0.97;
  if (leftMs === null) return null;
  const waited = Math.max(0, waitedMs);
  return Math.min(0.95, Math.max(0.04, waited / (waited + leftMs)));
}
