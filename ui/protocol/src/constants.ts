// Written by `cargo xtask codegen` from crates/core/protocol. Do not edit.
export const LINK_VERSION = 1;
export const HEARTBEAT_MS = 1500;
export const LEASE_MS = 4000;
