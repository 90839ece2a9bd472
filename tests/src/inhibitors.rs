//! Who keeps a computer awake, as a desktop environment and systemd-logind know it: the screen saver of the Idle
//! Inhibition Specification and logind's inhibitor locks, for a test to read.

use crate::bus::Bus;
use crate::wait;
use anyhow::{Context, Result};
use std::io::{PipeReader, Read};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use zbus::blocking::Connection;
use zbus::fdo;
use zbus::zvariant;

/// One request that the screen stays on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inhibition {
    pub cookie: u32,
    pub program: String,
    pub why: String,
    pub is_over: bool,
}

#[derive(Default)]
struct Log {
    screen: Vec<Inhibition>,
    /// What each lock is for, and the end by which its release is seen.
    sleep: Vec<(String, PipeReader)>,
}

type Shared = Arc<Mutex<Log>>;

/// Serves both on one bus, which the desktop takes for the session's and for the system's.
pub struct Inhibitors {
    _bus: Connection,
    log: Shared,
}

struct ScreenSaver(Shared);

#[zbus::interface(name = "org.freedesktop.ScreenSaver")]
impl ScreenSaver {
    fn inhibit(&self, program: String, why: String) -> u32 {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cookie = u32::try_from(log.screen.len()).unwrap_or(u32::MAX - 1) + 1;
        log.screen.push(Inhibition {
            cookie,
            program,
            why,
            is_over: false,
        });
        cookie
    }

    #[zbus(name = "UnInhibit")]
    fn un_inhibit(&self, cookie: u32) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = log.screen.iter_mut();
        held.filter(|one| one.cookie == cookie)
            .for_each(|one| one.is_over = true);
    }
}

struct Logind(Shared);

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Logind {
    fn inhibit(
        &self,
        what: String,
        _who: String,
        _why: String,
        mode: String,
    ) -> fdo::Result<zvariant::OwnedFd> {
        let failed = |error: std::io::Error| fdo::Error::Failed(error.to_string());
        let (reader, writer) = std::io::pipe().map_err(failed)?;
        rustix::io::ioctl_fionbio(&reader, true).map_err(|error| failed(error.into()))?;
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.sleep.push((format!("{what} {mode}"), reader));
        Ok(OwnedFd::from(writer).into())
    }
}

impl Inhibitors {
    /// Takes both names on `bus`.
    ///
    /// # Errors
    /// When somebody else has one.
    pub fn start(bus: &Bus) -> Result<Self> {
        let log = Shared::default();
        let bus = bus
            .builder()?
            .serve_at(
                "/org/freedesktop/ScreenSaver",
                ScreenSaver(Arc::clone(&log)),
            )?
            .serve_at("/org/freedesktop/login1", Logind(Arc::clone(&log)))?
            .name("org.freedesktop.ScreenSaver")?
            .name("org.freedesktop.login1")?
            .build()
            .context("serving a screen saver and logind")?;
        Ok(Self { _bus: bus, log })
    }

    /// Every request about the screen so far, the oldest first.
    pub fn screen(&self) -> Vec<Inhibition> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.screen.clone()
    }

    /// What logind is held to now.
    pub fn sleep(&self) -> Vec<String> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let is_open = |reader: &mut PipeReader| {
            let mut byte = [0];
            // The other end was closed: an end and no "nothing yet".
            !matches!(reader.read(&mut byte), Ok(0))
        };
        log.sleep.retain_mut(|(_, reader)| is_open(reader));
        log.sleep.iter().map(|(what, _)| what.clone()).collect()
    }

    /// Waits until the machine is kept awake, or may sleep and lock.
    ///
    /// # Errors
    /// When it is not so within `limit`.
    pub fn wait(&self, is_awake: bool, limit: Duration) -> Result<()> {
        let what = if is_awake {
            "a computer kept awake"
        } else {
            "a computer that may sleep"
        };
        wait::until_true(limit, what, || {
            let is_lit = self.screen().iter().any(|one| !one.is_over);
            Ok(is_lit == is_awake && self.sleep().is_empty() != is_awake)
        })
        .with_context(|| format!("screen: {:?}, sleep: {:?}", self.screen(), self.sleep()))
    }
}
