//! The wire's numbers in TypeScript, beside the types that ts-rs writes.

use crate::{HEARTBEAT_MS, LEASE_MS, LINK_VERSION};

#[test]
fn export_constants() {
    let folder = std::env::var("TS_RS_EXPORT_DIR").unwrap();
    let text = format!(
        "// Written by `cargo xtask codegen` from crates/core/protocol. Do not edit.\n\
         export const LINK_VERSION = {LINK_VERSION};\n\
         export const HEARTBEAT_MS = {HEARTBEAT_MS};\n\
         export const LEASE_MS = {LEASE_MS};\n"
    );
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(std::path::Path::new(&folder).join("constants.ts"), text).unwrap();
}
