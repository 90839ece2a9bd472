//! The main job with the keyboard alone, in the real window: keys go to the display as a keyboard's do, and at each step
//! one sees where the focus is.

use super::{Office, SOON, TITLE};
use crate::silent_case;
use anyhow::{Context, Result, bail, ensure};
use system_tests::desktop::Surroundings;
use system_tests::scene::{AGENT, NAME};
use system_tests::server::PASSWORD;
use system_tests::wait;

/// More presses of Tab than there are places to stop on any screen.
const MOST_STOPS: usize = 40;

/// What has the focus: its name for tests, and whether that is drawn, on itself or on what surrounds it: the ring in its
/// own colour, the lit line of a menu, the border of the note.
const FOCUS: &str = "
    const has = document.activeElement;
    if (has === null || has === document.body) return [null, false];
    const token = getComputedStyle(document.documentElement).getPropertyValue('--cool').trim();
    const ring = `rgb(${[1, 3, 5].map((at) => parseInt(token.slice(at, at + 2), 16)).join(', ')})`;
    const around = [has, has.closest('label'), has.closest('.box')].filter((one) => one !== null);
    const drawn = around.some((one) => getComputedStyle(one).boxShadow.includes(ring));
    const lit = has.matches('[data-highlighted]') || has.closest('.note:focus-within') !== null;
    return [has.dataset.testid ?? has.tagName, drawn || lit];";

impl Office<'_> {
    /// What has the focus; it must be seen.
    fn focus(&self) -> Result<Option<String>> {
        let focus = self.desktop.page().script(FOCUS, &[])?;
        let name = focus[0].as_str().map(str::to_owned);
        if let Some(name) = &name {
            ensure!(
                focus[1] == true,
                "'{name}' has the focus and nothing shows it"
            );
        }
        Ok(name)
    }

    /// Presses Tab until `testid` has the focus.
    fn tab_to(&self, testid: &str) -> Result<()> {
        let mut seen = Vec::new();
        for _ in 0..MOST_STOPS {
            let here = self.focus()?;
            if here.as_deref() == Some(testid) {
                return Ok(());
            }
            seen.push(here.unwrap_or_default());
            self.move_focus("Tab")
                .with_context(|| format!("on the way to '{testid}', after {seen:?}"))?;
        }
        bail!("Tab does not reach '{testid}'; it went over {seen:?}")
    }

    /// The key takes its own way to the page: until it has arrived, the focus is still the old one, and another press
    /// would go too far.
    fn move_focus(&self, key: &str) -> Result<()> {
        let page = self.desktop.page();
        page.script("window.__left = document.activeElement", &[])?;
        self.windows.press(&[key])?;
        wait::until_true(SOON, "the focus somewhere else", || {
            let moved = "return document.activeElement !== window.__left";
            Ok(page.script(moved, &[])? == true)
        })
    }

    fn shows(&self, testid: &str) -> Result<()> {
        self.desktop.page().wait_for(testid)
    }
}

#[test]
fn the_main_job_is_done_with_the_keyboard_alone() -> Result<()> {
    silent_case("shell-keyboard", |run| {
        let office = Office::open(run, &Surroundings::default())?;
        office.windows.activate(office.windows.find(TITLE)?)?;
        office.shows("sign-in-submit")?;
        let url = office.server.url().to_owned();
        for (field, text) in [
            ("sign-in-server", url.as_str()),
            ("sign-in-organisation", "demo"),
            ("sign-in-user", AGENT),
            ("sign-in-password", PASSWORD),
        ] {
            office.tab_to(field)?;
            office.windows.write(text)?;
        }
        office.windows.press(&["Return"])?;
        let page = office.desktop.page();
        page.wait_attribute("[data-screen]", "data-screen", &["work"], SOON)?;
        office.desktop.wait_readiness()?;

        office.tab_to("state-button")?;
        office.windows.press(&["Return"])?;
        office.shows("state-ready")?;
        wait::until_true(SOON, "the first choice in focus", || {
            Ok(office.focus()?.as_deref() == Some("state-ready"))
        })?;
        office.windows.press(&["Return"])?;
        office.desktop.wait_state(&["ready"])?;

        let mut customer = office.ring(run)?;
        office.shows("ring-card")?;
        // The ring leaves the focus where it was: Enter there is not an answer.
        office.windows.press(&["Return", "Escape"])?;
        office.desktop.wait_state(&["ringing"])?;
        office.tab_to("ring-accept")?;
        office.windows.press(&["Return"])?;
        office.desktop.wait_state(&["talking"])?;

        in_the_call(&office)?;
        office.tab_to("call-hang-up")?;
        office.windows.press(&["Return"])?;
        office.desktop.wait_state(&["wrap_up"])?;
        customer.wait_for_end(SOON)?;
        after_the_call(&office)
    })
}

/// Mute, hold and digits: by the buttons, and by the keys that work everywhere.
fn in_the_call(office: &Office<'_>) -> Result<()> {
    let page = office.desktop.page();
    let pressed = |testid: &str, wanted: &str| {
        page.wait_attribute(
            &format!("[data-testid='{testid}']"),
            "aria-pressed",
            &[wanted],
            SOON,
        )
    };
    office.tab_to("call-mute")?;
    office.windows.press(&["space"])?;
    pressed("call-mute", "true")?;
    office.windows.press(&["ctrl+alt+m"])?;
    pressed("call-mute", "false")?;
    office.tab_to("call-hold")?;
    office.windows.press(&["space"])?;
    office.desktop.wait_state(&["held"])?;
    office.windows.press(&["ctrl+alt+h"])?;
    office.desktop.wait_state(&["talking"])?;
    office.tab_to("call-digits")?;
    office.windows.press(&["Return"])?;
    wait::until_true(SOON, "the keypad in focus", || {
        Ok(office
            .focus()?
            .is_some_and(|name| name.starts_with("digit-")))
    })?;
    office.windows.press(&["5", "numbersign"])?;
    let mut sent = serde_json::Value::Null;
    wait::until_true(SOON, "the digits that were sent", || {
        let body = "return document.querySelector('.digits output')?.innerText ?? ''";
        sent = page.script(body, &[])?;
        Ok(sent == "5#")
    })
    .with_context(|| format!("sent: {sent}"))?;
    office.windows.press(&["Escape"])?;
    wait::until_true(SOON, "the focus back at the keypad's button", || {
        Ok(office.focus()?.as_deref() == Some("call-digits"))
    })
}

fn after_the_call(office: &Office<'_>) -> Result<()> {
    let page = office.desktop.page();
    office.windows.press(&["ctrl+alt+n"])?;
    wait::until_true(SOON, "the note in focus", || {
        Ok(office.focus()?.as_deref() == Some("note"))
    })?;
    office.windows.write("Written with the keyboard alone.")?;
    let first = page
        .attribute("[data-testid^='disposition-']", "data-testid")?
        .context("no disposition is offered")?;
    // The choices stand above the note.
    office.move_focus("shift+Tab")?;
    office.tab_to(&first)?;
    office.windows.press(&["space"])?;
    office.tab_to("wrap-up-finish")?;
    office.windows.press(&["Return"])?;
    office.desktop.wait_state(&["ready"])?;

    office.windows.press(&["ctrl+2"])?;
    page.wait_attribute("[data-screen]", "data-screen", &["customers"], SOON)?;
    office.tab_to("customer-search")?;
    office.windows.write(NAME)?;
    page.wait_text("customer-row", SOON, |text| text.contains(NAME))?;
    office.tab_to("customer-row")?;
    office.windows.press(&["Return"])?;
    page.wait_text("timeline", SOON, |text| {
        text.contains("Written with the keyboard alone.")
    })?;
    Ok(())
}

/// Keys by their place on the keyboard, whatever is printed on them: the numbers that X gives them. The comments name
/// what a US keyboard has there.
mod place {
    /// 2
    pub(super) const DIGIT_2: &str = "11";
    /// H
    pub(super) const H: &str = "43";
    /// J
    pub(super) const J: &str = "44";
    /// ;
    pub(super) const SEMICOLON: &str = "47";
    /// M
    pub(super) const M: &str = "58";
}

/// A keyboard, where its M and its H are, and a place that another keyboard has one of them at.
struct Keyboard {
    layout: &'static str,
    variant: &'static str,
    mute: &'static str,
    hold: &'static str,
    other: Option<&'static str>,
}

const KEYBOARDS: [Keyboard; 4] = [
    Keyboard {
        layout: "us",
        variant: "",
        mute: place::M,
        hold: place::H,
        other: None,
    },
    // AZERTY: M is beside L, and a comma where others have it.
    Keyboard {
        layout: "fr",
        variant: "",
        mute: place::SEMICOLON,
        hold: place::H,
        other: Some(place::M),
    },
    // D is where others have H: it declines, which a conversation has nothing of.
    Keyboard {
        layout: "us",
        variant: "dvorak",
        mute: place::M,
        hold: place::J,
        other: Some(place::H),
    },
    // The Latin letters are printed beside the Cyrillic ones.
    Keyboard {
        layout: "ru",
        variant: "",
        mute: place::M,
        hold: place::H,
        other: None,
    },
];

#[test]
fn on_every_keyboard_the_printed_letter_acts() -> Result<()> {
    silent_case("shell-layouts", |run| {
        let office = Office::ready(run, &Surroundings::default())?;
        let mut customer = office.ring(run)?;
        office.desktop.page().click("ring-accept")?;
        office.desktop.wait_state(&["talking"])?;
        office.windows.activate(office.windows.find(TITLE)?)?;
        for keyboard in &KEYBOARDS {
            let name = format!("{} {}", keyboard.layout, keyboard.variant);
            acts(&office, keyboard).with_context(|| format!("on the keyboard {name}"))?;
        }
        customer.leave()?;
        office.desktop.wait_state(&["wrap_up"])
    })
}

fn acts(office: &Office<'_>, keyboard: &Keyboard) -> Result<()> {
    let page = office.desktop.page();
    office.windows.lay_out(keyboard.layout, keyboard.variant)?;
    let press = |key: &str| office.windows.press(&[&format!("ctrl+alt+{key}")]);
    if let Some(other) = keyboard.other {
        // Did it act, the next of the right key would undo it.
        press(other)?;
    }
    for pressed in ["true", "false"] {
        press(keyboard.mute)?;
        let button = "[data-testid='call-mute']";
        page.wait_attribute(button, "aria-pressed", &[pressed], SOON)?;
    }
    for state in ["held", "talking"] {
        press(keyboard.hold)?;
        office.desktop.wait_state(&[state])?;
    }
    let two = format!("ctrl+{}", place::DIGIT_2);
    office.windows.press(&[&two])?;
    page.wait_attribute("[data-screen]", "data-screen", &["customers"], SOON)?;
    page.click("rail-work")?;
    page.wait_attribute("[data-screen]", "data-screen", &["work"], SOON)
}
