//! The window is found again where it was left, and never where nobody can reach it.

use super::{Office, SOON, TITLE};
use crate::silent_case;
use anyhow::{Context, Result, ensure};
use system_tests::desktop::Surroundings;
use system_tests::wait;
use system_tests::windows::Place;

/// What a window manager's frame and rounding may move a window by.
const NEAR: i32 = 40;

fn is_near(one: Place, other: Place) -> bool {
    (one.x - other.x).abs() <= NEAR
        && (one.y - other.y).abs() <= NEAR
        && one.width.abs_diff(other.width) <= NEAR.unsigned_abs()
        && one.height.abs_diff(other.height) <= NEAR.unsigned_abs()
}

#[test]
fn the_window_comes_back_in_its_place_unless_that_is_off_the_screen() -> Result<()> {
    silent_case("shell-window", |run| {
        let around = Surroundings {
            screen: (1920, 1200),
            ..Surroundings::default()
        };
        let mut office = Office::open(run, &around)?;
        let left = Place {
            x: 300,
            y: 200,
            width: 1120,
            height: 760,
        };
        let window = office.windows.find(TITLE)?;
        office.windows.put(window, left)?;
        let left = office.windows.place(window)?;
        quit(run, &office)?;
        office.desktop.start_again()?;
        let back = office.windows.place(office.windows.find(TITLE)?)?;
        ensure!(
            is_near(back, left),
            "left at {left:?}, it came back at {back:?}"
        );

        // Hidden to the tray and then ended, as most people leave it.
        let window = office.windows.find(TITLE)?;
        office.windows.close(window)?;
        wait::until_true(SOON, "the hidden window", || {
            Ok(office.windows.visible(TITLE)?.is_none())
        })?;
        quit(run, &office)?;
        office.desktop.start_again()?;
        let back = office.windows.place(office.windows.find(TITLE)?)?;
        ensure!(
            is_near(back, left),
            "hidden at {left:?}, it came back at {back:?}"
        );

        for (x, y) in [(4000, 3000), (-1090, 300), (400, -700), (1900, 300)] {
            quit(run, &office)?;
            let file = run.folder().join("agent-data").join("window.json");
            let mut state: serde_json::Value = serde_json::from_slice(&std::fs::read(&file)?)?;
            state["main"]["x"] = x.into();
            state["main"]["y"] = y.into();
            std::fs::write(&file, state.to_string())?;
            office.desktop.start_again()?;
            let window = office.windows.find(TITLE)?;
            let what = format!("the window on the screen, which was left at {x}, {y}");
            let mut last = None;
            wait::until_true(SOON, &what, || {
                let place = office.windows.place(window)?;
                last = Some(place);
                let right = place.x + i32::try_from(place.width)?;
                let bottom = place.y + i32::try_from(place.height)?;
                Ok(place.x >= 0 && place.y >= 0 && right <= 1920 && bottom <= 1200)
            })
            .with_context(|| format!("it is at {last:?}"))?;
        }
        Ok(())
    })
}

fn quit(run: &system_tests::run::Run, office: &Office<'_>) -> Result<()> {
    office.tray.choose("Quit")?;
    wait::until_true(SOON, "the program's end", || {
        Ok(!office.desktop.is_running(run))
    })
}
