//! Linux: the screen saver's Inhibit of the Idle Inhibition Specification (desktops, also GNOME and KDE, serve it on the
//! session bus), the portal's where there is none, and systemd-logind's for the machine's own sleep.
//!
//! Each counts for as long as the connection is open that asked for it: a crash leaves nothing behind.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;
use tokio::sync::oneshot;
use zbus::zvariant::{OwnedFd, OwnedObjectPath, Value};
use zbus::{Connection, Proxy};

const NAME: &str = "Warmline";
/// A service that takes longer does not do it.
const ANSWER: Duration = Duration::from_secs(2);
/// The portal's flag for idleness.
const IDLE: u32 = 8;

/// Holds until `released` resolves (its sender dropped is enough).
pub(super) async fn hold(why: &'static str, released: oneshot::Receiver<()>) {
    let (screen, sleep) = tokio::join!(screen(why), limited(sleep(why)));
    match (&screen, &sleep) {
        (Err(screen), Err(sleep)) => {
            tracing::info!(%screen, %sleep, "nothing here keeps the computer awake in a call");
        }
        _ => tracing::debug!(
            screen = screen.is_ok(),
            sleep = sleep.is_ok(),
            "the computer stays awake"
        ),
    }
    let _ = released.await;
    if let Ok(screen) = screen
        && let Err(error) = limited(screen.let_go()).await
    {
        tracing::debug!(%error, "the screen saver was not let go in form; the connection's end does it");
    }
    drop(sleep);
}

async fn limited<T>(asked: impl Future<Output = zbus::Result<T>>) -> zbus::Result<T> {
    let late = || zbus::Error::Failure("no answer in time".to_owned());
    tokio::time::timeout(ANSWER, asked)
        .await
        .unwrap_or_else(|_| Err(late()))
}

/// What keeps the screen on, and the connection that it depends on.
enum Screen {
    Saver(Connection, u32),
    Portal(Connection, OwnedObjectPath),
}

async fn screen(why: &str) -> zbus::Result<Screen> {
    match limited(saver(why)).await {
        Ok(screen) => Ok(screen),
        Err(_) => limited(portal(why)).await,
    }
}

async fn saver_proxy(bus: &Connection) -> zbus::Result<Proxy<'static>> {
    Proxy::new(
        bus,
        "org.freedesktop.ScreenSaver",
        "/org/freedesktop/ScreenSaver",
        "org.freedesktop.ScreenSaver",
    )
    .await
}

async fn saver(why: &str) -> zbus::Result<Screen> {
    let bus = Connection::session().await?;
    let cookie = saver_proxy(&bus)
        .await?
        .call("Inhibit", &(NAME, why))
        .await?;
    Ok(Screen::Saver(bus, cookie))
}

async fn portal(why: &str) -> zbus::Result<Screen> {
    let bus = Connection::session().await?;
    let portal = Proxy::new(
        &bus,
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.Inhibit",
    )
    .await?;
    let options = HashMap::from([("reason", Value::from(why))]);
    let handle = portal.call("Inhibit", &("", IDLE, options)).await?;
    Ok(Screen::Portal(bus, handle))
}

impl Screen {
    async fn let_go(self) -> zbus::Result<()> {
        match self {
            Self::Saver(bus, cookie) => {
                saver_proxy(&bus).await?.call("UnInhibit", &(cookie,)).await
            }
            Self::Portal(bus, handle) => {
                let request = Proxy::new(
                    &bus,
                    "org.freedesktop.portal.Desktop",
                    handle.into_inner(),
                    "org.freedesktop.portal.Request",
                )
                .await?;
                request.call("Close", &()).await
            }
        }
    }
}

/// Held for as long as the descriptor is open.
async fn sleep(why: &str) -> zbus::Result<OwnedFd> {
    let bus = Connection::system().await?;
    let logind = Proxy::new(
        &bus,
        "org.freedesktop.login1",
        "/org/freedesktop/login1",
        "org.freedesktop.login1.Manager",
    )
    .await?;
    logind.call("Inhibit", &("idle", NAME, why, "block")).await
}
