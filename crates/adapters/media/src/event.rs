//! What the engine tells: path states, devices, levels, quality. Plain data, to be converted at the border.

use crate::error::MediaError;
use vocab::MediaId;

/// Events are dropped, oldest kept, when nobody reads for long: levels and quality repeat anyway.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaEvent {
    State {
        media: MediaId,
        state: PathState,
    },
    /// For the far end. Offers already carry all candidates that were known when they were made.
    Candidate {
        media: MediaId,
        candidate: Candidate,
    },
    /// The first decoded frame that sounds like speech was handed to the speaker.
    FirstSpeechHeard {
        media: MediaId,
    },
    /// A complete RFC 4733 event: one of `0`-`9`, `*`, `#`.
    DigitHeard {
        media: MediaId,
        digit: char,
    },
    /// About ten a second while a microphone is open; 0-1, speech at normal loudness is about 0.5.
    Levels {
        microphone: f32,
        speaker: f32,
    },
    /// In a conversation the open microphone has given nothing for long although it should be heard, or is heard
    /// again. A hint: who listens in a quiet room gives little, too.
    Unheard {
        is_unheard: bool,
    },
    /// Once a second while talking.
    Quality {
        media: MediaId,
        quality: Quality,
    },
    /// What is plugged in or in use changed.
    Devices(Box<Devices>),
    /// The device in use went away; `now` is used instead, or nothing is left.
    DeviceLost {
        kind: DeviceKind,
        was: String,
        now: Option<String>,
    },
    /// A more wanted device is there again and in use.
    DeviceBack {
        kind: DeviceKind,
        now: String,
    },
    Test(TestStage),
    /// Something could not be opened during a call; the call goes on without it.
    Trouble(MediaError),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathState {
    /// Made, the far end is not known yet.
    Preparing,
    Connecting,
    Connected,
    /// Nothing arrives any more; restart ICE.
    Broken,
    /// Given up; a new path is needed.
    Failed,
    Closed,
}

/// A trickled ICE candidate; an empty `candidate` ends them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub candidate: String,
    pub sdp_mid: Option<String>,
    pub sdp_m_line_index: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeviceKind {
    Microphone,
    Speaker,
    Ringer,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// Whether a sound system answers at all; without one plugging something in does not help.
    pub has_system: bool,
    pub microphone: DeviceChoice,
    pub speaker: DeviceChoice,
    pub ringer: DeviceChoice,
}

/// A device that is or was plugged in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Stays the same when it is unplugged and comes back. For people's own words the name again.
    pub id: String,
    /// As people know it; with a word of its own where two of one model are there.
    pub name: String,
}

impl Device {
    /// One that is only known by a name, a part of it, or the system's own name of it.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            id: name.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// Why a device that works gives or plays nothing: what the system's mixer does to it or to this program's stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    Muted,
    AtZero,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceChoice {
    /// What is plugged in now.
    pub present: Vec<Device>,
    /// The user's order, absent ones included.
    pub preferred: Vec<Device>,
    /// What would be or is used; none when nothing is plugged in.
    pub in_use: Option<Device>,
    /// Of what would be or is used. Known where the system tells it, which only Linux's sound servers do.
    pub silence: Option<Silence>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TestStage {
    /// `done` of 100.
    Recording {
        done: u8,
    },
    Playing {
        done: u8,
    },
    Finished,
    Failed(MediaError),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    pub grade: Grade,
    pub why: QualityReason,
    pub round_trip_ms: Option<u32>,
    pub jitter_buffer_ms: u32,
    /// 0-100, of the last seconds.
    pub loss_in_percent: f32,
    pub loss_out_percent: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    Unknown,
    Clear,
    Fair,
    Poor,
}

/// The main reason for a grade below clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QualityReason {
    None,
    LossIn,
    LossOut,
    Delay,
    Jitter,
    NothingHeard,
}

/// How one path was from its start to now, for the record.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PathSummary {
    /// `start_talking` until the first speech frame was played; absent when none was.
    pub first_speech_ms: Option<u32>,
    pub round_trip_ms: Option<u32>,
    /// Median.
    pub jitter_buffer_ms: Option<u32>,
    pub loss_in_percent: f32,
    pub loss_out_percent: f32,
    pub is_relayed: bool,
}
