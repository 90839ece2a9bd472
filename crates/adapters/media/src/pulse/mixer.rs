//! What the server's mixer does to devices and to this program's own streams, and how that is taken back.
//!
//! A stream of ours can be muted by itself: mixers show a slider for each program, and the server remembers it for the
//! program's next stream.

use super::connection::Connection;
use crate::event::{DeviceKind, Silence};
use pulseaudio::protocol::{
    ChannelVolume, Command, SetDeviceMuteParams, SetDeviceVolumeParams, SetStreamMuteParams,
    SetStreamVolumeParams, SinkInputInfo, SourceOutputInfo, Volume,
};

/// Loud enough to hear a voice, and no shock in a headset.
const SPEAKER_VOLUME: u32 = 65_536 * 3 / 5;

pub(super) fn silence(is_muted: bool, volume: &ChannelVolume) -> Option<Silence> {
    let channels = volume.channels();
    let is_at_zero = !channels.is_empty() && channels.iter().all(|one| *one == Volume::MUTED);
    if is_muted {
        Some(Silence::Muted)
    } else {
        is_at_zero.then_some(Silence::AtZero)
    }
}

/// One of this program's streams.
pub(super) struct OwnStream {
    index: u32,
    /// The device that it is on, wherever a person moved it.
    device: u32,
    channels: u8,
    silence: Option<Silence>,
}

/// This program's streams: those that record and those that play. A server that does not tell has none.
pub(super) struct OwnStreams {
    pub(super) recording: Vec<OwnStream>,
    pub(super) playing: Vec<OwnStream>,
}

fn channels(volume: &ChannelVolume) -> u8 {
    u8::try_from(volume.channels().len()).unwrap_or(1).max(1)
}

impl OwnStreams {
    pub(super) fn of(open: &Connection) -> Self {
        let recording: Vec<SourceOutputInfo> = open
            .ask(Command::GetSourceOutputInfoList)
            .unwrap_or_default();
        let playing: Vec<SinkInputInfo> =
            open.ask(Command::GetSinkInputInfoList).unwrap_or_default();
        let own = Some(open.client());
        let recording = recording.iter().filter(|stream| stream.client_index == own);
        let playing = playing.iter().filter(|stream| stream.client_index == own);
        Self {
            recording: recording
                .map(|stream| OwnStream {
                    index: stream.index,
                    device: stream.source_index,
                    channels: channels(&stream.cvolume),
                    silence: silence(stream.muted, &stream.cvolume).filter(|_| stream.has_volume),
                })
                .collect(),
            playing: playing
                .map(|stream| OwnStream {
                    index: stream.index,
                    device: stream.sink_index,
                    channels: channels(&stream.cvolume),
                    silence: silence(stream.muted, &stream.cvolume).filter(|_| stream.has_volume),
                })
                .collect(),
        }
    }

    fn of_kind(&self, kind: DeviceKind) -> &[OwnStream] {
        match kind {
            DeviceKind::Microphone => &self.recording,
            DeviceKind::Speaker | DeviceKind::Ringer => &self.playing,
        }
    }
}

/// What is done to a stream on this device.
pub(super) fn silence_on(streams: &[OwnStream], device: u32) -> Option<Silence> {
    let here = streams.iter().filter(|stream| stream.device == device);
    here.filter_map(|stream| stream.silence).next()
}

/// Takes mute and zero away from a device and from the streams of this program on it; what is audible keeps its volume.
///
/// # Errors
/// What the server said of the device itself.
pub(super) fn unsilence(
    open: &Connection,
    kind: DeviceKind,
    device: &super::Handle,
) -> Result<(), String> {
    let (index, is_at_zero) = (Some(device.index), device.is_at_zero);
    let mute = SetDeviceMuteParams {
        device_index: index,
        device_name: None,
        mute: false,
    };
    let volume = |volume| SetDeviceVolumeParams {
        device_index: index,
        device_name: None,
        volume,
    };
    let (mute, volume) = match kind {
        DeviceKind::Microphone => (
            Command::SetSourceMute(mute),
            Command::SetSourceVolume(volume(ChannelVolume::norm(device.channels))),
        ),
        DeviceKind::Speaker | DeviceKind::Ringer => (
            Command::SetSinkMute(mute),
            Command::SetSinkVolume(volume(audible(device.channels))),
        ),
    };
    open.ask_plainly(mute)?;
    if is_at_zero {
        open.ask_plainly(volume)?;
    }
    let streams = OwnStreams::of(open);
    for stream in streams.of_kind(kind) {
        if stream.device == device.index && stream.silence.is_some() {
            unsilence_stream(open, kind, stream)?;
        }
    }
    Ok(())
}

fn audible(channels: u8) -> ChannelVolume {
    let mut volume = ChannelVolume::empty();
    for _ in 0..channels {
        volume.push(Volume::from_u32_clamped(SPEAKER_VOLUME));
    }
    volume
}

fn unsilence_stream(open: &Connection, kind: DeviceKind, stream: &OwnStream) -> Result<(), String> {
    let mute = SetStreamMuteParams {
        index: stream.index,
        mute: false,
    };
    let volume = SetStreamVolumeParams {
        index: stream.index,
        volume: ChannelVolume::norm(stream.channels),
    };
    let (mute, volume) = match kind {
        DeviceKind::Microphone => (
            Command::SetSourceOutputMute(mute),
            Command::SetSourceOutputVolume(volume),
        ),
        DeviceKind::Speaker | DeviceKind::Ringer => (
            Command::SetSinkInputMute(mute),
            Command::SetSinkInputVolume(volume),
        ),
    };
    open.ask_plainly(mute)?;
    if stream.silence == Some(Silence::AtZero) {
        open.ask_plainly(volume)?;
    }
    Ok(())
}
