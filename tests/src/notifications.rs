//! Notifications as a desktop environment shows them, for a test to read and to press their buttons:
//! the Desktop Notifications Specification 1.2.

use crate::bus::Bus;
use crate::wait;
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use zbus::blocking::Connection;
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// A notification that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub id: u32,
    pub title: String,
    pub body: String,
    /// Keys and words by turns, as the specification has them.
    pub actions: Vec<String>,
    pub urgency: Option<u8>,
    pub is_closed: bool,
}

type Log = Arc<Mutex<Vec<Shown>>>;

/// Shows notifications on one bus.
pub struct Notifications {
    bus: Connection,
    log: Log,
}

struct Service {
    log: Log,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).into()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        let text = |text: &str| text.to_owned();
        (text("test"), text("Warmline"), text("1"), text("1.2"))
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "the specification's own signature"
    )]
    fn notify(
        &self,
        _app_name: String,
        _replaces_id: u32,
        _app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let id = u32::try_from(log.len()).unwrap_or(u32::MAX - 1) + 1;
        log.push(Shown {
            id,
            title: summary,
            body,
            actions,
            urgency: hints.get("urgency").and_then(|value| value.try_into().ok()),
            is_closed: false,
        });
        id
    }

    fn close_notification(&self, id: u32) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shown) = log.iter_mut().find(|shown| shown.id == id) {
            shown.is_closed = true;
        }
    }
}

impl Notifications {
    /// Takes the name on `bus`.
    ///
    /// # Errors
    /// When somebody else has it.
    pub fn start(bus: &Bus) -> Result<Self> {
        let log = Log::default();
        let service = Service {
            log: Arc::clone(&log),
        };
        let bus = bus
            .builder()?
            .serve_at(PATH, service)?
            .name(NAME)?
            .build()
            .context("serving notifications")?;
        Ok(Self { bus, log })
    }

    /// Everything shown so far, the oldest first.
    pub fn all(&self) -> Vec<Shown> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.clone()
    }

    /// Waits for a notification that stands and was not there among the first `seen`.
    ///
    /// # Errors
    /// When none comes within `limit`.
    pub fn wait_for_next(&self, seen: usize, limit: Duration) -> Result<Shown> {
        wait::until(limit, "a notification", || {
            Ok(self.all().get(seen).cloned())
        })
    }

    /// Waits until the notification `id` was taken away by who showed it.
    ///
    /// # Errors
    /// When it stands for longer than `limit`.
    pub fn wait_closed(&self, id: u32, limit: Duration) -> Result<()> {
        wait::until_true(limit, "the notification's end", || {
            Ok(self.all().iter().any(|one| one.id == id && one.is_closed))
        })
    }

    /// Presses the button `key` of the notification `id`.
    ///
    /// # Errors
    /// When the bus is gone.
    pub fn press(&self, id: u32, key: &str) -> Result<()> {
        let none: Option<&str> = None;
        self.bus
            .emit_signal(none, PATH, NAME, "ActionInvoked", &(id, key))
            .with_context(|| format!("pressing {key}"))
    }
}
