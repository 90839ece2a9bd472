//! The devices that a host has listed, each with what the system needs to open it.

use crate::host::{Entry, Listing};
use crate::identity::tell_apart;

pub(crate) struct Known<T> {
    pub(crate) microphones: Vec<(Entry, T)>,
    pub(crate) speakers: Vec<(Entry, T)>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self {
            microphones: Vec::new(),
            speakers: Vec::new(),
        }
    }
}

impl<T> Known<T> {
    pub(crate) fn new(microphones: Vec<(Entry, T)>, speakers: Vec<(Entry, T)>) -> Self {
        let mut known = Self {
            microphones,
            speakers,
        };
        for devices in [&mut known.microphones, &mut known.speakers] {
            let mut entries: Vec<_> = devices.iter_mut().map(|(entry, _)| entry).collect();
            tell_apart(&mut entries);
        }
        known
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.microphones.is_empty() && self.speakers.is_empty()
    }

    pub(crate) fn listing(
        &self,
        default_microphone: Option<String>,
        default_speaker: Option<String>,
    ) -> Listing {
        let entries = |devices: &[(Entry, T)]| {
            let entries = devices.iter().map(|(entry, _)| entry.clone());
            entries.collect()
        };
        Listing {
            has_system: true,
            microphones: entries(&self.microphones),
            speakers: entries(&self.speakers),
            default_microphone,
            default_speaker,
        }
    }
}

/// What the system needs to open the device called `id`.
pub(crate) fn find<'a, T>(devices: &'a [(Entry, T)], id: &str) -> Result<&'a T, String> {
    let found = devices.iter().find(|(entry, _)| entry.id == id);
    found
        .map(|(_, device)| device)
        .ok_or_else(|| "it is not plugged in any more".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_of_one_model_are_told_apart_and_found_by_their_id() {
        let device = |id: &str, name: &str| {
            let (id, name) = (id.to_owned(), name.to_owned());
            let model = name.clone();
            let silence = None;
            (
                Entry {
                    id,
                    name,
                    model,
                    silence,
                },
                7,
            )
        };
        let all = ["Jabra", "Jabra", "Webcam", "Jabra"];
        let microphones = all
            .iter()
            .zip('a'..)
            .map(|(n, id)| device(&id.to_string(), n));
        let known = Known::new(microphones.collect(), Vec::new());
        let listing = known.listing(None, None);
        let names: Vec<_> = listing
            .microphones
            .iter()
            .map(|e| e.name.as_str())
            .collect();
        assert_eq!(names, ["Jabra", "Jabra (2)", "Webcam", "Jabra (3)"]);
        assert_eq!(find(&known.microphones, "d"), Ok(&7));
        assert!(find(&known.microphones, "e").is_err());
    }
}
