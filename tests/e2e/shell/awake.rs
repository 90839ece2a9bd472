//! A computer in a conversation neither sleeps nor locks by itself, and may before and after.

use super::{Office, SOON};
use crate::silent_case;
use anyhow::{Result, ensure};
use system_tests::desktop::Surroundings;

#[test]
fn the_computer_is_kept_awake_while_talking_and_at_no_other_time() -> Result<()> {
    silent_case("shell-awake", |run| {
        let office = Office::ready(run, &Surroundings::default())?;
        let asked = || office.inhibitors.screen().len();
        ensure!(asked() == 0, "who only waits for calls may lock the screen");
        let mut customer = office.ring(run)?;
        ensure!(asked() == 0, "a ring is over soon enough");
        office.desktop.page().click("ring-accept")?;
        office.desktop.wait_state(&["talking"])?;
        office.inhibitors.wait(true, SOON)?;
        let held = office.inhibitors.screen();
        let is_told = |one: &system_tests::inhibitors::Inhibition| {
            one.program == "Warmline" && one.why == "In a conversation with a customer"
        };
        ensure!(held.iter().all(is_told), "{held:?}");
        ensure!(
            office.inhibitors.sleep() == ["idle block"],
            "only idleness is held off: {:?}",
            office.inhibitors.sleep()
        );
        // On hold it is still a conversation, and asked for once.
        office.desktop.page().click("call-hold")?;
        office.desktop.wait_state(&["held"])?;
        office.inhibitors.wait(true, SOON)?;
        ensure!(asked() == 1, "{:?}", office.inhibitors.screen());
        customer.leave()?;
        office.desktop.wait_state(&["wrap_up"])?;
        office.inhibitors.wait(false, SOON)
    })
}
