//! Devices that come and go in the middle of a conversation.

use super::case;
use anyhow::Result;
use system_tests::unplugged;

/// How soon is measured by `cargo xtask bench call`.
#[test]
fn an_unplugged_microphone_and_speaker_are_replaced_mid_call() -> Result<()> {
    case("devices", |run| {
        let replaced = unplugged::play(run)?;
        println!("{replaced:?}");
        Ok(())
    })
}
