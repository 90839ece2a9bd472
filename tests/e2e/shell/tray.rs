//! The tray: what its menu says in each state, what choosing does, and what closing the window means.

use super::{Office, SOON, TITLE};
use crate::case;
use anyhow::{Context, Result, ensure};
use system_tests::desktop::{Desktop, Surroundings};
use system_tests::scene::AGENT;
use system_tests::tray::Line;
use system_tests::wait;
use system_tests::windows::Windows;

/// True when the menu begins with this state.
fn says(state: &str) -> impl Fn(&[Line]) -> bool {
    let state = state.to_owned();
    move |menu| {
        menu.first()
            .is_some_and(|line| line.text == state && !line.is_enabled)
    }
}

fn can_choose(menu: &[Line], text: &str) -> bool {
    menu.iter().any(|line| line.text == text && line.is_enabled)
}

#[test]
fn the_tray_says_the_state_and_changes_it() -> Result<()> {
    case("shell-tray", |run| {
        let office = Office::open(run, &Surroundings::default())?;
        let tray = &office.tray;
        let menu = tray.wait_menu(SOON, "a tray for who is signed out", says("Signed out"))?;
        ensure!(
            !can_choose(&menu, "Ready")
                && can_choose(&menu, "Show Warmline")
                && can_choose(&menu, "Quit"),
            "the menu offers the wrong things to who is signed out: {menu:#?}"
        );

        office.desktop.sign_in(&office.server, AGENT)?;
        tray.wait_menu(SOON, "the state after signing in", |menu| {
            says("Not ready · Just signed in")(menu) && can_choose(menu, "Ready")
        })?;
        tray.choose("Ready")?;
        office.desktop.wait_state(&["ready"])?;
        let menu = tray.wait_menu(SOON, "'Ready' in the tray", says("Ready"))?;
        let reasons: Vec<&str> = menu
            .iter()
            .filter(|line| line.depth == 1)
            .map(|line| line.text.as_str())
            .collect();
        ensure!(
            reasons == ["Break", "Lunch", "Meeting", "Training", "Admin"],
            "the reasons offered are {reasons:?}"
        );
        tray.choose("Lunch")?;
        office.desktop.wait_state(&["not_ready"])?;
        tray.wait_menu(SOON, "lunch in the tray", says("Not ready · Lunch"))?;
        tray.choose("Ready")?;

        // Closed, the window is away and yet all goes on.
        let window = office.windows.find(TITLE)?;
        office.close_and_hide(window)?;
        let mut customer = office.ring(run)?;
        let shown = office.notifications.wait_for_next(0, SOON)?;
        tray.wait_menu(SOON, "the ring in the tray", says("Ringing"))?;
        ensure!(
            office.windows.visible(TITLE)?.is_none(),
            "the ring opened the window"
        );
        office.notifications.press(shown.id, "answer")?;
        tray.wait_menu(SOON, "the conversation in the tray", says("Talking"))?;
        office.windows.find(TITLE)?;
        customer.leave()?;
        tray.wait_menu(SOON, "the wrap-up in the tray", says("Wrapping up"))?;

        let window = office.windows.find(TITLE)?;
        office.close_and_hide(window)?;
        tray.choose("Show Warmline")?;
        let window = office.windows.find(TITLE)?;
        wait::until_true(SOON, "the shown window in front", || {
            Ok(office.windows.active()? == Some(window))
        })?;
        tray.choose("Quit")?;
        wait::until_true(SOON, "the program's end", || {
            Ok(!office.desktop.is_running(run))
        })
    })
}

#[test]
fn without_a_tray_closing_the_window_ends_the_program() -> Result<()> {
    case("shell-no-tray", |run| {
        let mut windows = None;
        let desktop = Desktop::start_in(run, &Surroundings::default(), |_, display| {
            windows = Some(Windows::manage(run, display)?);
            Ok(())
        })?;
        let Some(windows) = windows else {
            anyhow::bail!("no window manager");
        };
        // Hidden, it could not be brought back by anything on this screen.
        windows.close(windows.find(TITLE)?)?;
        wait::until_true(SOON, "the program's end", || Ok(!desktop.is_running(run))).with_context(
            || match windows.visible(TITLE) {
                Ok(Some(_)) => "its window is still there",
                _ => "its window is gone",
            },
        )
    })
}
