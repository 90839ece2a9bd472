//! Which device is used: the first of the user's list that is there, else the system's own, else any.

use crate::event::{Device, DeviceChoice, DeviceKind, Devices};
use crate::host::{Entry, Listing};
use crate::identity::meant;

/// Most wanted first, for each kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) microphone: Vec<Device>,
    pub(crate) speaker: Vec<Device>,
    pub(crate) ringer: Vec<Device>,
}

impl Wishes {
    pub(crate) fn of(&self, kind: DeviceKind) -> &[Device] {
        match kind {
            DeviceKind::Microphone => &self.microphone,
            DeviceKind::Speaker => &self.speaker,
            DeviceKind::Ringer => &self.ringer,
        }
    }

    pub(crate) fn set(&mut self, kind: DeviceKind, devices: Vec<Device>) {
        match kind {
            DeviceKind::Microphone => self.microphone = devices,
            DeviceKind::Speaker => self.speaker = devices,
            DeviceKind::Ringer => self.ringer = devices,
        }
    }
}

fn present(kind: DeviceKind, listing: &Listing) -> (&[Entry], Option<&str>) {
    match kind {
        DeviceKind::Microphone => (&listing.microphones, listing.default_microphone.as_deref()),
        DeviceKind::Speaker | DeviceKind::Ringer => {
            (&listing.speakers, listing.default_speaker.as_deref())
        }
    }
}

pub(crate) fn choose<'a>(
    kind: DeviceKind,
    wishes: &Wishes,
    listing: &'a Listing,
) -> Option<&'a Entry> {
    let (devices, default) = present(kind, listing);
    let all = wishes.of(kind);
    let wished = all.iter().find_map(|wish| meant(wish, all, devices));
    wished
        .or_else(|| {
            devices
                .iter()
                .find(|entry| Some(entry.id.as_str()) == default)
        })
        .or_else(|| devices.first())
}

pub(crate) fn is_present(kind: DeviceKind, id: &str, listing: &Listing) -> bool {
    present(kind, listing).0.iter().any(|entry| entry.id == id)
}

pub(crate) fn overview(wishes: &Wishes, listing: &Listing) -> Devices {
    let choice = |kind| {
        let (devices, _) = present(kind, listing);
        let all = wishes.of(kind);
        let chosen = choose(kind, wishes, listing);
        DeviceChoice {
            present: devices.iter().map(shown).collect(),
            // One that is there is called what it is called now.
            preferred: all
                .iter()
                .map(|wish| meant(wish, all, devices).map_or_else(|| wish.clone(), shown))
                .collect(),
            in_use: chosen.map(shown),
            silence: chosen.and_then(|entry| entry.silence),
        }
    };
    Devices {
        has_system: listing.has_system,
        microphone: choice(DeviceKind::Microphone),
        speaker: choice(DeviceKind::Speaker),
        ringer: choice(DeviceKind::Ringer),
    }
}

/// The device of this id, as people see it, and whether the mixer silences it.
pub(crate) fn look_up<'a>(kind: DeviceKind, id: &str, listing: &'a Listing) -> Option<&'a Entry> {
    present(kind, listing).0.iter().find(|entry| entry.id == id)
}

pub(crate) fn shown(entry: &Entry) -> Device {
    Device {
        id: entry.id.clone(),
        name: entry.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(names: &[&str]) -> Listing {
        let entry = |name: &&str| Entry {
            id: format!("id.{name}"),
            name: (*name).to_owned(),
            model: (*name).to_owned(),
            silence: None,
        };
        Listing {
            microphones: names.iter().map(entry).collect(),
            default_microphone: Some("id.Built-in".to_owned()),
            ..Listing::default()
        }
    }

    #[test]
    fn the_first_wish_that_is_there_is_used_and_else_the_systems_own() {
        let cases: [(&[&str], &[&str], Option<&str>); 7] = [
            (
                &["Jabra", "Webcam"],
                &["Built-in", "Webcam", "Jabra"],
                Some("Jabra"),
            ),
            (
                &["Jabra", "Webcam"],
                &["Built-in", "Webcam"],
                Some("Webcam"),
            ),
            (&["Jabra"], &["Webcam", "Built-in"], Some("Built-in")),
            (&[], &["Webcam"], Some("Webcam")),
            (&["id.webcam"], &["Built-in", "Webcam"], Some("Webcam")),
            (
                &["jabra"],
                &["Built-in", "Jabra Evolve 65"],
                Some("Jabra Evolve 65"),
            ),
            (&["Jabra", ""], &[], None),
        ];
        for (wishes, there, expected) in cases {
            let listing = listing(there);
            let mut wanted = Wishes::default();
            wanted.set(
                DeviceKind::Microphone,
                wishes.iter().map(|wish| Device::named(wish)).collect(),
            );
            let chosen = choose(DeviceKind::Microphone, &wanted, &listing);
            assert_eq!(
                chosen.map(|e| e.name.as_str()),
                expected,
                "{wishes:?} of {there:?}"
            );
        }
    }
}
