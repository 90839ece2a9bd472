//! The tray: which state one is in, ready and not ready, show, quit.

use crate::glance::Glance;
use crate::words::{Words, system_locale};
use crate::{bridge, leaving, window};
use protocol::desktop::DesktopCommand;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tauri::AppHandle;
use tauri::menu::{Menu, MenuBuilder, MenuEvent, MenuItemBuilder, SubmenuBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use vocab::{ChosenState, NotReadyReason};

const ID: &str = "warmline";

/// How long the panel may take to say that it shows icons.
#[cfg(target_os = "linux")]
const ANSWER: std::time::Duration = std::time::Duration::from_secs(1);

/// The reasons a person may choose; the others are set by the engine.
const REASONS: [(&str, NotReadyReason); 5] = [
    ("not_ready_break", NotReadyReason::Break),
    ("not_ready_lunch", NotReadyReason::Lunch),
    ("not_ready_meeting", NotReadyReason::Meeting),
    ("not_ready_training", NotReadyReason::Training),
    ("not_ready_admin", NotReadyReason::Admin),
];

/// Puts the icon there. A desktop without a tray is no reason not to start.
pub(crate) fn open(app: &AppHandle) {
    // On Linux the library is loaded at run time, and its binding panics when it is not installed.
    match catch_unwind(AssertUnwindSafe(|| build(app))) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "there is no tray"),
        Err(_) => tracing::warn!("there is no tray: libayatana-appindicator3 is not installed"),
    }
}

pub(crate) fn is_made(app: &AppHandle) -> bool {
    app.tray_by_id(ID).is_some()
}

/// Whether anything shows the icon now: a panel may have none, or have crashed since.
#[cfg(target_os = "linux")]
pub(crate) async fn is_shown() -> bool {
    let asked = async {
        let bus = zbus::Connection::session().await?;
        let watcher = zbus::Proxy::new(
            &bus,
            "org.kde.StatusNotifierWatcher",
            "/StatusNotifierWatcher",
            "org.kde.StatusNotifierWatcher",
        )
        .await?;
        watcher
            .get_property::<bool>("IsStatusNotifierHostRegistered")
            .await
    };
    tokio::time::timeout(ANSWER, asked)
        .await
        .is_ok_and(|answer| answer.unwrap_or(false))
}

/// Windows and macOS always have one.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn is_shown() -> bool {
    true
}

/// Shows the state and the words of `glance`.
pub(crate) fn show(app: &AppHandle, glance: &Glance) {
    let Some(tray) = app.tray_by_id(ID) else {
        return;
    };
    let words = Words::of(glance.language, &system_locale());
    let state = state_of(glance, words);
    let shown = menu(app, words, &state, glance)
        .and_then(|menu| tray.set_menu(Some(menu)))
        .and_then(|()| tray.set_tooltip(Some(format!("Warmline · {state}"))));
    if let Err(error) = shown {
        tracing::warn!(%error, "the tray could not be changed");
    }
}

fn state_of(glance: &Glance, words: &Words) -> String {
    match glance.state {
        _ if !glance.is_signed_in => words.signed_out.to_owned(),
        Some(state) => words.state(state),
        None => words.offline.to_owned(),
    }
}

fn build(app: &AppHandle) -> tauri::Result<()> {
    let glance = Glance::default();
    let words = Words::of(glance.language, &system_locale());
    let menu = menu(app, words, &state_of(&glance, words), &glance)?;
    let mut tray = TrayIconBuilder::with_id(ID)
        .menu(&menu)
        .show_menu_on_left_click(false);
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.on_menu_event(chosen)
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::show(tray.app_handle());
            }
        })
        .build(app)?;
    Ok(())
}

fn menu(
    app: &AppHandle,
    words: &Words,
    state: &str,
    glance: &Glance,
) -> tauri::Result<Menu<tauri::Wry>> {
    let can_choose = glance.is_signed_in && glance.state.is_some();
    let item = |id: &str, text: &str, is_enabled: bool| {
        MenuItemBuilder::with_id(id, text)
            .enabled(is_enabled)
            .build(app)
    };
    let mut reasons =
        SubmenuBuilder::with_id(app, "not_ready", words.not_ready).enabled(can_choose);
    for (id, reason) in REASONS {
        reasons = reasons.item(&item(id, words.reason(reason), can_choose)?);
    }
    MenuBuilder::new(app)
        .item(&item("state", state, false)?)
        .separator()
        .item(&item("ready", words.ready, can_choose)?)
        .item(&reasons.build()?)
        .separator()
        .item(&item("show", words.show, true)?)
        .item(&item("quit", words.quit, true)?)
        .build()
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    let choose = |state| bridge::dispatch_apart(app, DesktopCommand::ChooseState { state });
    match event.id().as_ref() {
        "show" => window::show(app),
        "quit" => leaving::ask(app, leaving::By::Person),
        "ready" => choose(ChosenState::Ready),
        id => {
            if let Some((_, reason)) = REASONS.iter().find(|(name, _)| *name == id) {
                choose(ChosenState::NotReady { reason: *reason });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::desktop::Language;
    use vocab::AgentState;

    #[test]
    fn the_state_said_is_the_one_that_holds() {
        let check = |is_signed_in, state, expect: &str| {
            let glance = Glance {
                is_signed_in,
                state,
                ..Glance::default()
            };
            assert_eq!(state_of(&glance, Words::of(Language::English, "")), expect);
        };
        check(false, Some(AgentState::Ready), "Signed out");
        check(true, None, "Offline");
        check(true, Some(AgentState::Ready), "Ready");
    }
}
