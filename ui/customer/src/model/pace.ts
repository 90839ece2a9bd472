// How long to wait before trying again, and how far a wait has come.

import type { MediaId } from "@warmline/protocol";

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

/** With the link up, a conversation without any offer for this long asks for one; so often again. */
const OFFER_OVERDUE_MS = 3_000;

/** An offer that was taken gets this long: the agent's side mends what is slow or broken, and has its chance first. */
const PATH_OVERDUE_MS = 12_000;

/** Since when a conversation is without sound: by the present attempt, or without any. */
export interface Soundless {
  readonly media: MediaId | null;
  readonly since: number;
}

/** A look at a conversation without sound; another attempt than before begins the count anew. */
export function lookAtPath(before: Soundless | null, media: MediaId | null, now: number): { next: Soundless; isOverdue: boolean } {
  const present = before?.media === media && before !== null ? before : { media, since: now };
  const isOverdue = now - present.since >= (media === null ? OFFER_OVERDUE_MS : PATH_OVERDUE_MS);
  return { next: isOverdue ? { media, since: now } : present, isOverdue };
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
