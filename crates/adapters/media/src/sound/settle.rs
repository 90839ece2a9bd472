//! Which devices shall be open now, and what is told when one went away or came back.

use super::Sound;
use crate::choose::{choose, is_present, look_up, overview, shown};
use crate::error::MediaError;
use crate::event::{DeviceKind, MediaEvent};
use crate::host::{Entry, Listing};

impl Sound {
    /// What is listed and not shunned; a shunned device is better than none.
    fn offered(&self, kind: DeviceKind) -> Listing {
        let mut offered = self.listing.clone();
        let is_shunned = |id: &String| self.shunned.iter().any(|(shunned, _)| shunned == id);
        offered.microphones.retain(|entry| !is_shunned(&entry.id));
        offered.speakers.retain(|entry| !is_shunned(&entry.id));
        if choose(kind, &self.wishes, &offered).is_none() {
            return self.listing.clone();
        }
        offered
    }

    /// Makes what is open what should be: wanted, present, the most preferred. Gives what could not be opened.
    pub(super) fn settle(&mut self, is_asked: bool) -> Vec<(DeviceKind, MediaError)> {
        let mut troubles = Vec::new();
        for kind in [
            DeviceKind::Microphone,
            DeviceKind::Speaker,
            DeviceKind::Ringer,
        ] {
            if let Err(error) = self.settle_one(kind, is_asked) {
                if !self.told_trouble.contains(&kind) {
                    self.told_trouble.push(kind);
                    if !self.calls.is_empty() {
                        self.tell(MediaEvent::Trouble(error.clone()));
                    }
                }
                troubles.push((kind, error));
            }
        }
        self.show();
        troubles
    }

    fn settle_one(&mut self, kind: DeviceKind, is_asked: bool) -> Result<(), MediaError> {
        if !self.is_wanted(kind) {
            self.close(kind);
            return Ok(());
        }
        let chosen = choose(kind, &self.wishes, &self.offered(kind)).cloned();
        let listing = self.listing.clone();
        let before = self.slot(kind).as_ref().map(|open| {
            let is_there = is_present(kind, &open.id, &listing);
            (
                open.id.clone(),
                open.name.clone(),
                is_there && !open.is_dead(),
            )
        });
        if let (Some((id, _, true)), Some(entry)) = (&before, &chosen)
            && *id == entry.id
        {
            return Ok(());
        }
        let was_lost = before.as_ref().is_some_and(|(_, _, is_alive)| !is_alive);
        let result = self.open_best(kind);
        let now = result.as_ref().ok().cloned();
        // Whoever is told may look at once.
        self.show();
        match (before, now) {
            (Some((_, was, _)), now) if was_lost => {
                if now.as_ref() == Some(&was) {
                    return Ok(());
                }
                tracing::info!(?kind, "a device went away");
                self.tell(MediaEvent::DeviceLost { kind, was, now });
            }
            (_, Some(now)) if !is_asked => {
                tracing::info!(?kind, "a device is back");
                self.tell(MediaEvent::DeviceBack { kind, now });
            }
            _ => {}
        }
        result.map(drop)
    }

    /// Opens the most wanted device that lets itself be opened, and gives its name.
    fn open_best(&mut self, kind: DeviceKind) -> Result<String, MediaError> {
        let mut left = self.offered(kind);
        let mut first_error = None;
        while let Some(entry) = choose(kind, &self.wishes, &left).cloned() {
            match self.open(kind, &entry) {
                Ok(()) => return Ok(entry.name),
                Err(error) => {
                    tracing::warn!(%error, "a device did not open");
                    first_error.get_or_insert(error);
                }
            }
            left.microphones.retain(|other| other.id != entry.id);
            left.speakers.retain(|other| other.id != entry.id);
        }
        self.close(kind);
        Err(first_error.unwrap_or(match kind {
            DeviceKind::Microphone => MediaError::NoMicrophone,
            DeviceKind::Speaker | DeviceKind::Ringer => MediaError::NoSpeaker,
        }))
    }

    /// What is open of this kind, or would be.
    fn used(&self, kind: DeviceKind) -> Option<&Entry> {
        let open = match kind {
            DeviceKind::Microphone => &self.microphone,
            DeviceKind::Speaker => &self.speaker,
            DeviceKind::Ringer => &self.ringer,
        };
        let opened = open
            .as_ref()
            .and_then(|open| look_up(kind, &open.id, &self.listing));
        opened.or_else(|| choose(kind, &self.wishes, &self.listing))
    }

    /// Takes away what the mixer does to the device in use.
    pub(super) fn unsilence(&mut self, kind: DeviceKind) -> Result<(), MediaError> {
        let Some(Entry { id, name, .. }) = self.used(kind).cloned() else {
            return Err(match kind {
                DeviceKind::Microphone => MediaError::NoMicrophone,
                DeviceKind::Speaker | DeviceKind::Ringer => MediaError::NoSpeaker,
            });
        };
        self.host
            .unsilence(kind, &id)
            .map_err(|detail| MediaError::Device { kind, name, detail })
    }

    /// Tells what is plugged in and in use, when it changed.
    pub(super) fn show(&mut self) {
        let mut devices = overview(&self.wishes, &self.listing);
        for (choice, kind) in [
            (&mut devices.microphone, DeviceKind::Microphone),
            (&mut devices.speaker, DeviceKind::Speaker),
            (&mut devices.ringer, DeviceKind::Ringer),
        ] {
            let used = self.used(kind);
            choice.in_use = used.map(shown);
            choice.silence = used.and_then(|entry| entry.silence);
        }
        let Ok(mut shown) = self.shown.lock() else {
            return;
        };
        if *shown != devices {
            *shown = devices.clone();
            drop(shown);
            self.tell(MediaEvent::Devices(Box::new(devices)));
        }
    }
}
