//! Which device is used: the first of the user's list that is there, else the system's own, else any.

use crate::event::{DeviceChoice, DeviceKind, Devices};
use crate::host::{Entry, Listing};

/// Most wanted first, for each kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) microphone: Vec<String>,
    pub(crate) speaker: Vec<String>,
    pub(crate) ringer: Vec<String>,
}

impl Wishes {
    pub(crate) fn of(&self, kind: DeviceKind) -> &Vec<String> {
        match kind {
            DeviceKind::Microphone => &self.microphone,
            DeviceKind::Speaker => &self.speaker,
            DeviceKind::Ringer => &self.ringer,
        }
    }

    pub(crate) fn set(&mut self, kind: DeviceKind, names: Vec<String>) {
        match kind {
            DeviceKind::Microphone => self.microphone = names,
            DeviceKind::Speaker => self.speaker = names,
            DeviceKind::Ringer => self.ringer = names,
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

/// A wish is a device's name or the system's id; letters' case and a part of the name are enough.
fn meant<'a>(wish: &str, devices: &'a [Entry]) -> Option<&'a Entry> {
    let wish = wish.trim().to_lowercase();
    if wish.is_empty() {
        return None;
    }
    let is = |entry: &&Entry| entry.name.to_lowercase() == wish || entry.id.to_lowercase() == wish;
    let holds = |entry: &&Entry| entry.name.to_lowercase().contains(&wish);
    devices
        .iter()
        .find(is)
        .or_else(|| devices.iter().find(holds))
}

pub(crate) fn choose<'a>(
    kind: DeviceKind,
    wishes: &Wishes,
    listing: &'a Listing,
) -> Option<&'a Entry> {
    let (devices, default) = present(kind, listing);
    let wished = wishes.of(kind).iter().find_map(|wish| meant(wish, devices));
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
    let choice = |kind| DeviceChoice {
        present: present(kind, listing)
            .0
            .iter()
            .map(|entry| entry.name.clone())
            .collect(),
        preferred: wishes.of(kind).clone(),
        in_use: choose(kind, wishes, listing).map(|entry| entry.name.clone()),
    };
    Devices {
        has_system: listing.has_system,
        microphone: choice(DeviceKind::Microphone),
        speaker: choice(DeviceKind::Speaker),
        ringer: choice(DeviceKind::Ringer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(names: &[&str]) -> Listing {
        let entry = |name: &&str| Entry {
            id: format!("id.{name}"),
            name: (*name).to_owned(),
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
                wishes.iter().map(|w| (*w).to_owned()).collect(),
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
