//! The ring outside the window: a notification that answers and declines, and never takes the keyboard away.

use super::{Office, SOON, TITLE};
use crate::silent_case;
use anyhow::{Result, ensure};
use std::time::Duration;
use system_tests::desktop::Surroundings;
use system_tests::scene::NAME;
use system_tests::wait;

#[test]
fn a_notification_answers_and_declines_a_ring_that_takes_no_focus() -> Result<()> {
    silent_case("shell-ring", |run| {
        let office = Office::ready(run, &Surroundings::default())?;
        let (_process, letter) = office.windows.open_another()?;

        let mut customer = office.ring(run)?;
        let shown = office.notifications.wait_for_next(0, SOON)?;
        ensure!(
            shown.title == format!("{NAME} is calling") && shown.body.starts_with("Support"),
            "the notification does not say who calls: {shown:?}"
        );
        ensure!(
            shown
                .actions
                .chunks(2)
                .any(|one| one == ["answer", "Answer"])
                && shown
                    .actions
                    .chunks(2)
                    .any(|one| one == ["decline", "Decline"]),
            "it cannot be answered and declined: {shown:?}"
        );
        ensure!(
            shown.urgency == Some(2),
            "it may vanish while it rings: {shown:?}"
        );
        office.desktop.page().wait_for("ring-card")?;
        let what = "the keyboard in the other window";
        wait::holds_for(Duration::from_secs(1), what, || {
            Ok(office.windows.active()? == Some(letter))
        })?;
        // What one types goes where one was typing, Enter and Space too.
        office.windows.press(&["a", "space"])?;
        office.desktop.wait_state(&["ringing"])?;

        office.notifications.press(shown.id, "decline")?;
        office.desktop.wait_state(&["not_ready"])?;
        office.notifications.wait_closed(shown.id, SOON)?;
        ensure!(
            office.windows.active()? == Some(letter),
            "declining took the keyboard away"
        );
        customer.leave()?;

        office.desktop.become_ready()?;
        let mut customer = office.ring(run)?;
        let shown = office.notifications.wait_for_next(1, SOON)?;
        office.notifications.press(shown.id, "answer")?;
        office.desktop.wait_state(&["talking"])?;
        office.notifications.wait_closed(shown.id, SOON)?;
        // Whoever answers wants to see with whom they speak.
        let window = office.windows.find(TITLE)?;
        wait::until_true(SOON, "the desktop's window in front", || {
            Ok(office.windows.active()? == Some(window))
        })?;
        customer.leave()?;
        office.desktop.wait_state(&["wrap_up"])?;
        ensure!(
            office.notifications.all().len() == 2,
            "there were others: {:?}",
            office.notifications.all()
        );
        Ok(())
    })
}

#[test]
fn a_ring_that_is_over_takes_its_notification_along() -> Result<()> {
    silent_case("shell-ring-over", |run| {
        let office = Office::ready(run, &Surroundings::default())?;
        let (_process, letter) = office.windows.open_another()?;
        let mut customer = office.ring(run)?;
        let shown = office.notifications.wait_for_next(0, SOON)?;
        customer.leave()?;
        office.notifications.wait_closed(shown.id, SOON)?;
        // A late press means nothing any more.
        office.notifications.press(shown.id, "answer")?;
        office.desktop.wait_state(&["ready"])?;
        ensure!(
            office.windows.active()? == Some(letter),
            "an empty press took the keyboard away"
        );

        // Who looks at the window needs no notification over it.
        let window = office.windows.find(TITLE)?;
        office.windows.activate(window)?;
        let _customer = office.ring(run)?;
        office.desktop.page().wait_for("ring-card")?;
        wait::holds_for(Duration::from_secs(1), "no notification", || {
            Ok(office.notifications.all().len() == 1)
        })
    })
}
