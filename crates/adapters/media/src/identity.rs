//! What stays the same about a device when it is unplugged and comes back, and what tells two of one model apart.
//!
//! An id is `node#path#serial`, as far as the system knows them: the system's own name of the device, where it is
//! plugged in, and its serial number. Systems whose own name is stable and unique give that alone. The sound servers of
//! Linux number devices of one model that have no serial (`….2`) by the order in which they were plugged in, so there
//! the place decides.

use crate::event::Device;
use crate::host::Entry;

/// Digits of a serial number that people compare.
const SERIAL_DIGITS: usize = 4;

/// The parts of an id; absent ones are empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts<'a> {
    node: &'a str,
    path: &'a str,
    serial: &'a str,
}

pub(crate) fn id(node: &str, path: &str, serial: &str) -> String {
    let plain = |part: &str| part.replace('#', "_");
    let id = [plain(node), plain(path), plain(serial)].join("#");
    id.trim_end_matches('#').to_owned()
}

fn parts(id: &str) -> Parts<'_> {
    let mut parts = id.splitn(3, '#');
    let mut next = || parts.next().unwrap_or_default();
    Parts {
        node: next(),
        path: next(),
        serial: next(),
    }
}

/// The device that `wish` means: the very same one; else the same model in the same place or with the same serial;
/// else, for a wish that is a name (of an older version, or typed), the first whose name or system's own name it is, or
/// whose name holds it; else the only one of its model, plugged in elsewhere now, unless another wish means that one.
/// Letters' case does not matter.
pub(crate) fn meant<'a>(
    wish: &Device,
    wishes: &[Device],
    devices: &'a [Entry],
) -> Option<&'a Entry> {
    exactly(wish, devices)
        .or_else(|| by_name(wish, devices))
        .or_else(|| moved(wish, wishes, devices))
}

fn exactly<'a>(wish: &Device, devices: &'a [Entry]) -> Option<&'a Entry> {
    let wished = parts(&wish.id);
    let is_same = |entry: &&Entry| !wish.id.is_empty() && entry.id == wish.id;
    let is_there = |entry: &&Entry| {
        let is = parts(&entry.id);
        is_model(wish, entry)
            && !is.path.is_empty()
            && is.path == wished.path
            && is.serial == wished.serial
    };
    let has_serial = |entry: &&Entry| {
        let is = parts(&entry.id);
        is_model(wish, entry) && !is.serial.is_empty() && is.serial == wished.serial
    };
    let find = |fits: &dyn Fn(&&Entry) -> bool| devices.iter().find(fits);
    find(&is_same)
        .or_else(|| find(&is_there))
        .or_else(|| find(&has_serial))
}

fn by_name<'a>(wish: &Device, devices: &'a [Entry]) -> Option<&'a Entry> {
    if wish.id != wish.name {
        return None;
    }
    let wish = wish.name.trim().to_lowercase();
    if wish.is_empty() {
        return None;
    }
    let is = |entry: &&Entry| {
        let id = entry.id.to_lowercase();
        entry.name.to_lowercase() == wish || id == wish || parts(&id).node == wish
    };
    // Twins were numbered: the number meant no one of them.
    let stem = wish
        .rsplit_once(" (")
        .map_or(wish.as_str(), |(stem, _)| stem);
    let is_model = |entry: &&Entry| entry.model.to_lowercase() == stem;
    let holds = |entry: &&Entry| entry.name.to_lowercase().contains(&wish);
    let find = |fits: &dyn Fn(&&Entry) -> bool| devices.iter().find(fits);
    find(&is)
        .or_else(|| find(&is_model))
        .or_else(|| find(&holds))
}

/// Without a serial number nothing else tells that a device only changed its socket.
fn moved<'a>(wish: &Device, wishes: &[Device], devices: &'a [Entry]) -> Option<&'a Entry> {
    if !parts(&wish.id).serial.is_empty() {
        return None;
    }
    let mut same = devices.iter().filter(|entry| {
        let is_anothers = |other: &Device| {
            other.id != wish.id && exactly(other, devices).is_some_and(|its| its.id == entry.id)
        };
        is_model(wish, entry)
            && parts(&entry.id).serial.is_empty()
            && !wishes.iter().any(is_anothers)
    });
    let only = same.next()?;
    same.next().is_none().then_some(only)
}

/// A name that was kept may have the word that told twins apart.
fn is_model(wish: &Device, entry: &Entry) -> bool {
    let rest = wish.name.strip_prefix(entry.model.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
}

/// Gives each device of a model that is there more than once a word of its own: the end of its serial number, else
/// its socket, else its place in the list.
pub(crate) fn tell_apart(devices: &mut [&mut Entry]) {
    let models: Vec<String> = devices.iter().map(|entry| entry.model.clone()).collect();
    for at in 0..devices.len() {
        let twins: Vec<usize> = (0..models.len())
            .filter(|other| models[*other] == models[at])
            .collect();
        if twins.len() < 2 {
            continue;
        }
        let words = |word: &dyn Fn(&str) -> Option<String>| {
            let words: Option<Vec<String>> =
                twins.iter().map(|twin| word(&devices[*twin].id)).collect();
            words.filter(|words| (1..words.len()).all(|at| !words[..at].contains(&words[at])))
        };
        let place = twins
            .iter()
            .position(|twin| *twin == at)
            .unwrap_or_default();
        let word = words(&serial_word)
            .or_else(|| words(&socket_word))
            .and_then(|words| words.get(place).cloned());
        devices[at].name = match (word, place) {
            (Some(word), _) => format!("{} ({word})", models[at]),
            (None, 0) => models[at].clone(),
            (None, place) => format!("{} ({})", models[at], place + 1),
        };
    }
}

fn serial_word(id: &str) -> Option<String> {
    let serial = parts(id).serial;
    let from = serial
        .char_indices()
        .rev()
        .nth(SERIAL_DIGITS - 1)
        .map_or(0, |(at, _)| at);
    (!serial.is_empty()).then(|| format!("…{}", &serial[from..]))
}

/// `pci-0000:00:14.0-usb-0:2.1:1.0` is the socket 2.1: of bus, socket and interface the middle.
fn socket_word(id: &str) -> Option<String> {
    let path = parts(id).path;
    if path.is_empty() {
        return None;
    }
    let usb = path.rsplit_once("usb-").map(|(_, usb)| usb);
    let socket = usb.and_then(|usb| usb.split(':').nth(1));
    Some(socket.map_or_else(|| path.to_owned(), |socket| format!("USB {socket}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: &str = "pci-0000:00:14.0-usb-0:1:1.0";
    const RIGHT: &str = "pci-0000:00:14.0-usb-0:2.1:1.0";

    fn entry(node: &str, path: &str, serial: &str, model: &str) -> Entry {
        let model = model.to_owned();
        Entry {
            id: id(node, path, serial),
            name: model.clone(),
            model,
            silence: None,
        }
    }

    fn listed(mut devices: Vec<Entry>) -> Vec<Entry> {
        tell_apart(&mut devices.iter_mut().collect::<Vec<_>>());
        devices
    }

    fn remembered(entry: &Entry) -> Device {
        Device {
            id: entry.id.clone(),
            name: entry.name.clone(),
        }
    }

    fn names(devices: &[Entry]) -> Vec<&str> {
        devices.iter().map(|entry| entry.name.as_str()).collect()
    }

    fn meant_id<'a>(wish: &Device, wishes: &[Device], devices: &'a [Entry]) -> Option<&'a str> {
        meant(wish, wishes, devices).map(|entry| entry.id.as_str())
    }

    #[test]
    fn twins_have_a_word_of_their_own_and_others_have_none() {
        let check = |devices: Vec<Entry>, expected: &[&str]| {
            assert_eq!(names(&listed(devices)), expected);
        };
        let jabra = |node, path, serial| entry(node, path, serial, "Jabra");
        check(
            vec![
                jabra("a", LEFT, "000A3F2A"),
                entry("w", "", "", "Webcam"),
                jabra("b", RIGHT, "000A77B1"),
            ],
            &["Jabra (…3F2A)", "Webcam", "Jabra (…77B1)"],
        );
        check(
            vec![jabra("a", LEFT, ""), jabra("a.2", RIGHT, "")],
            &["Jabra (USB 1)", "Jabra (USB 2.1)"],
        );
        check(
            vec![jabra("a", LEFT, "1"), jabra("b", RIGHT, "1")],
            &["Jabra (USB 1)", "Jabra (USB 2.1)"],
        );
        check(
            vec![jabra("a", "", ""), jabra("b", "", ""), jabra("c", "", "")],
            &["Jabra", "Jabra (2)", "Jabra (3)"],
        );
    }

    #[test]
    fn a_twin_that_comes_back_is_itself_whatever_number_the_server_gives_it() {
        let both = listed(vec![
            entry("jabra", LEFT, "", "Jabra"),
            entry("jabra.2", RIGHT, "", "Jabra"),
        ]);
        let wishes: Vec<_> = both.iter().map(remembered).collect();
        // The left one was pulled and is back behind the other.
        let after = listed(vec![
            entry("jabra", RIGHT, "", "Jabra"),
            entry("jabra.3", LEFT, "", "Jabra"),
        ]);
        assert_eq!(
            meant_id(&wishes[0], &wishes, &after),
            Some(after[1].id.as_str())
        );
        assert_eq!(
            meant_id(&wishes[1], &wishes, &after),
            Some(after[0].id.as_str())
        );
        // While it is away, the other one is not taken for it.
        let alone = listed(vec![entry("jabra", RIGHT, "", "Jabra")]);
        assert_eq!(meant_id(&wishes[0], &wishes, &alone), None);
        assert_eq!(names(&alone), ["Jabra"]);
    }

    #[test]
    fn a_device_in_another_socket_is_known_by_its_serial_or_as_the_only_one_of_its_model() {
        let old = entry("jabra-77B1", LEFT, "77B1", "Jabra");
        let wish = remembered(&old);
        let there = [
            entry("jabra-3F2A", LEFT, "3F2A", "Jabra"),
            entry("jabra-77B1", RIGHT, "77B1", "Jabra"),
        ];
        let wishes = [wish.clone()];
        assert_eq!(meant_id(&wish, &wishes, &there), Some(there[1].id.as_str()));
        assert_eq!(
            meant_id(&wish, &wishes, &there[..1]),
            None,
            "another serial is another device"
        );
        let plain = remembered(&entry("poly", LEFT, "", "Poly"));
        let moved = [entry("poly", RIGHT, "", "Poly")];
        let wishes = [plain.clone()];
        assert_eq!(
            meant_id(&plain, &wishes, &moved),
            Some(moved[0].id.as_str())
        );
    }

    #[test]
    fn names_of_older_versions_and_typed_ones_still_find_their_device() {
        let devices = listed(vec![
            entry("alsa_input.jabra", LEFT, "3F2A", "Jabra Evolve2 65"),
            entry("alsa_input.jabra-b", RIGHT, "77B1", "Jabra Evolve2 65"),
            entry("alsa_input.pci", "pci-0000:00:1f.3", "", "Built-in Audio"),
        ]);
        for (name, expected) in [
            ("built-in audio", Some(2)),
            ("alsa_input.pci", Some(2)),
            ("Jabra Evolve2 65 (2)", Some(0)),
            ("evolve2", Some(0)),
            ("Jabra Evolve2 65 (…77B1)", Some(1)),
            ("Poly", None),
            ("", None),
        ] {
            let wish = Device::named(name);
            let wishes = [wish.clone()];
            let expected = expected.map(|at: usize| devices[at].id.as_str());
            assert_eq!(meant_id(&wish, &wishes, &devices), expected, "{name}");
        }
    }
}
