//! The program's end, wherever it is asked for: the tray's menu, the window's cross, the session's end. While a customer
//! rings or is spoken with a person is asked first, and the customer goes back to the head of the queue with a word.

use crate::bridge::{self, Host};
use crate::window;
use protocol::desktop::{DesktopCommand, DesktopEvent};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tauri::{AppHandle, Manager};

/// Who wants the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Person,
    /// SIGTERM and its like, as at a sign-out of the session or a shutdown: it does not wait for ever.
    System,
}

/// How long a person may think while the system waits; systemd gives a session's programs a minute and a half, other
/// session managers less.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the server may take to hear of it. It finds out by itself, later.
const WORD: Duration = Duration::from_secs(3);

/// What was asked and what came of it.
#[derive(Default)]
pub(crate) struct Leaving {
    /// Counts questions and answers, so that a deadline of an earlier question ends nothing.
    turn: AtomicU64,
    is_asked_by_system: AtomicBool,
    is_ending: AtomicBool,
}

/// Ends the program, or asks whether it shall.
pub(crate) fn ask(app: &AppHandle, by: By) {
    let host = app.state::<Host>();
    let leaving = host.leaving();
    // A system that asks again means it.
    let is_urged = by == By::System && leaving.is_asked_by_system.load(Ordering::Relaxed);
    if !host.is_busy() || is_urged {
        return end(app);
    }
    let turn = leaving.turn.fetch_add(1, Ordering::Relaxed) + 1;
    let is_limited = by == By::System;
    if is_limited {
        leaving.is_asked_by_system.store(true, Ordering::Relaxed);
    }
    let patience = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
    let deadline = is_limited.then(|| agent::now().plus(patience));
    window::show(app);
    bridge::emit(app, &DesktopEvent::Ending { deadline });
    if !is_limited {
        return;
    }
    let app = app.clone();
    drop(telemetry::spawn("leave-deadline", async move {
        tokio::time::sleep(PATIENCE).await;
        if app.state::<Host>().leaving().turn.load(Ordering::Relaxed) == turn {
            end(&app);
        }
    }));
}

/// The person goes on working.
pub(crate) fn stay(app: &AppHandle) {
    let host = app.state::<Host>();
    let leaving = host.leaving();
    leaving.turn.fetch_add(1, Ordering::Relaxed);
    leaving.is_asked_by_system.store(false, Ordering::Relaxed);
}

/// Says goodbye to the server, which hands back whatever rings or lives here, and ends.
pub(crate) fn end(app: &AppHandle) {
    if app
        .state::<Host>()
        .leaving()
        .is_ending
        .swap(true, Ordering::Relaxed)
    {
        return;
    }
    let app = app.clone();
    drop(telemetry::spawn("leave", async move {
        let host = app.state::<Host>();
        let word = host.dispatch(DesktopCommand::Quit);
        match tokio::time::timeout(WORD, word).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::info!(?error, "the server could not be told of the end"),
            Err(_) => tracing::warn!("the server did not hear of the end in time"),
        }
        app.exit(0);
    }));
}

/// Listens for the signals by which a session or a terminal ends its programs.
#[cfg(unix)]
pub(crate) fn follow_signals(app: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [
        SignalKind::terminate(),
        SignalKind::hangup(),
        SignalKind::interrupt(),
    ] {
        match signal(kind) {
            Ok(mut signals) => {
                let app = app.clone();
                // Ends with the process.
                drop(telemetry::spawn("signals", async move {
                    while signals.recv().await.is_some() {
                        ask(&app, By::System);
                    }
                }));
            }
            Err(error) => tracing::warn!(%error, "a signal ends the program unasked"),
        }
    }
}
