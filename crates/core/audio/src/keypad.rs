//! Keypad digits on the wire (RFC 4733): the packets of one event, and the digit that packets mean.

/// Events are marked to be this loud: −10 dBm0, what telephones send.
const VOLUME: u8 = 10;
/// The last packet of an event is sent three times (RFC 4733 section 2.5.1.4).
const END_REPEATS: u32 = 3;

/// The four bytes of an event's packet.
#[must_use]
pub fn payload(event: u8, is_end: bool, duration: u16) -> [u8; 4] {
    let [high, low] = duration.to_be_bytes();
    [
        event,
        if is_end { 0x80 | VOLUME } else { VOLUME },
        high,
        low,
    ]
}

/// The event's number for one of `0`–`9`, `*`, `#`.
#[must_use]
pub fn event_of(digit: char) -> Option<u8> {
    match digit {
        '0'..='9' => u8::try_from(u32::from(digit) - u32::from('0')).ok(),
        '*' => Some(10),
        '#' => Some(11),
        _ => None,
    }
}

fn digit_of(event: u8) -> Option<char> {
    match event {
        0..=9 => Some(char::from(b'0' + event)),
        10 => Some('*'),
        11 => Some('#'),
        _ => None,
    }
}

/// One digit being sent: a packet each step, all with the timestamp of the first.
#[derive(Clone, Copy, Debug)]
pub struct Press {
    event: u8,
    sent: u32,
    steps: u32,
    step_samples: u16,
}

impl Press {
    /// `steps` packets of `step_samples` each, then the repeats of the end. None for what is no digit.
    #[must_use]
    pub fn new(digit: char, steps: u32, step_samples: u16) -> Option<Self> {
        Some(Self {
            event: event_of(digit)?,
            sent: 0,
            steps: steps.max(1),
            step_samples,
        })
    }

    /// The next payload and whether it is the event's first; none when the event is over.
    pub fn step(&mut self) -> Option<(bool, [u8; 4])> {
        if self.sent >= self.steps + END_REPEATS - 1 {
            return None;
        }
        let is_first = self.sent == 0;
        self.sent += 1;
        let done = u16::try_from(self.sent.min(self.steps)).unwrap_or(u16::MAX);
        let duration = done.saturating_mul(self.step_samples);
        Some((
            is_first,
            payload(self.event, self.sent >= self.steps, duration),
        ))
    }
}

/// Hears digits: each event once, however many of its packets arrive, at its end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listener {
    last_heard: Option<u32>,
    current: Option<(u32, u8)>,
}

impl Listener {
    /// `timestamp` is the packet's own; a digit when an event is over.
    pub fn hear(&mut self, timestamp: u32, payload: &[u8]) -> Option<char> {
        let [event, flags, ..] = *payload else {
            return None;
        };
        if self.last_heard == Some(timestamp) {
            return None;
        }
        let is_end = flags & 0x80 != 0;
        let unfinished = self.current.filter(|(began, _)| *began != timestamp);
        if is_end {
            self.current = None;
            self.last_heard = Some(timestamp);
            return digit_of(event);
        }
        self.current = Some((timestamp, event));
        // All three ends of the event before were lost; the next event ends it.
        let (began, earlier) = unfinished?;
        self.last_heard = Some(began);
        digit_of(earlier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(digit: char, timestamp: u32) -> Vec<(u32, [u8; 4])> {
        let mut press = Press::new(digit, 5, 960).unwrap();
        std::iter::from_fn(|| press.step())
            .map(|(_, payload)| (timestamp, payload))
            .collect()
    }

    #[test]
    fn each_digit_is_heard_once_whatever_is_lost() {
        for digit in "0123456789*#".chars() {
            let packets = send(digit, 1_000);
            assert_eq!(packets.len(), 7);
            for lost in 0..packets.len() - 1 {
                let mut listener = Listener::default();
                let heard: Vec<char> = packets
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| *at != lost)
                    .filter_map(|(_, (time, payload))| listener.hear(*time, payload))
                    .collect();
                assert_eq!(heard, [digit], "without packet {lost}");
            }
        }
    }

    #[test]
    fn a_digit_whose_end_is_lost_is_heard_when_the_next_begins() {
        let mut listener = Listener::default();
        let mut heard = String::new();
        for (time, payload) in send('4', 0).into_iter().take(4).chain(send('2', 9_600)) {
            heard.extend(listener.hear(time, &payload));
        }
        assert_eq!(heard, "42");
        assert!(Press::new('A', 5, 960).is_none());
        assert_eq!(listener.hear(1, &[1]), None);
    }
}
