// The link's version and times, as in crates/core/protocol/src/lib.rs; a test of the customer's page compares them.
export const LINK_VERSION = 1;
export const HEARTBEAT_MS = 1_500;
export const LEASE_MS = 4_000;
