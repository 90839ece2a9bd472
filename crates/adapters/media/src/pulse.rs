//! Sound on Linux by PulseAudio's protocol, which PipeWire speaks, too: real names, hot-plug told at once, and the
//! server converts whatever a device works with to mono at 48 kHz.

mod connection;
mod mixer;
mod reading;
mod writer;

use crate::event::{DeviceKind, Silence};
use crate::host::{Capture, Entry, Listing, OnBroken, OnChanged, OpenStream, Render, SoundHost};
use crate::identity;
use crate::known::{Known, find};
use connection::Connection;
use mixer::{OwnStreams, silence_on};
use pulseaudio::protocol::{
    ChannelMap, ChannelVolume, Command, PlaybackStreamParams, Prop, Props, RecordStreamParams,
    SampleFormat, SampleSpec, ServerInfo, SinkInfo, SourceInfo, stream,
};
use reading::Pending;
use std::ffi::{CStr, CString};
use std::sync::Arc;
use std::time::Duration;

/// What PulseAudio and PipeWire offer where there is no loudspeaker: opened without complaint, heard by nobody.
const DUMMY: &str = "auto_null";

/// Bytes of 5 ms: half a step of voice processing, so that a step never waits long for its second half.
const PERIOD: u32 = audio::RATE / 200 * 4;
/// Changes are told; this is for a server that forgets to.
const POLL: Duration = Duration::from_secs(5);

pub(crate) struct PulseHost {
    changed: OnChanged,
    connection: Option<Arc<Connection>>,
    /// Counts connections.
    number: u64,
    /// Counts streams that play: the server refuses two of one number on different devices.
    playing: u32,
    known: Known<Handle>,
}

/// How the server knows a device now.
pub(crate) struct Handle {
    index: u32,
    channels: u8,
    is_at_zero: bool,
}

impl Handle {
    fn new(index: u32, volume: &ChannelVolume) -> Self {
        Self {
            index,
            channels: u8::try_from(volume.channels().len()).unwrap_or(1).max(1),
            // Also while it is muted as well.
            is_at_zero: mixer::silence(false, volume) == Some(Silence::AtZero),
        }
    }
}

impl PulseHost {
    pub(crate) fn new(changed: OnChanged) -> Self {
        Self {
            changed,
            connection: None,
            number: 0,
            playing: 0,
            known: Known::default(),
        }
    }

    /// Whether the server is there, be it slow to answer.
    pub(crate) fn is_connected(&self) -> bool {
        self.connection.as_ref().is_some_and(|open| !open.is_over())
    }

    fn connected(&mut self) -> Result<Arc<Connection>, String> {
        if self.connection.as_ref().is_some_and(|open| open.is_over()) {
            self.connection = None;
            self.number += 1;
        }
        if let Some(open) = &self.connection {
            return Ok(Arc::clone(open));
        }
        let open = Arc::new(Connection::open(Arc::clone(&self.changed))?);
        self.connection = Some(Arc::clone(&open));
        Ok(open)
    }
}

fn text(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

/// The same device has the same socket or serial number; its name has a number at its end when another of its model
/// came first.
fn entry(
    name: &CStr,
    description: Option<&CString>,
    props: &Props,
    silence: Option<Silence>,
) -> Entry {
    let node = text(name);
    let prop = |prop| {
        let value = props.get(prop).unwrap_or_default();
        let value = String::from_utf8_lossy(value);
        value.trim_end_matches('\0').to_owned()
    };
    let model = description.map_or_else(|| node.clone(), |description| text(description));
    Entry {
        id: identity::id(&node, &prop(Prop::DeviceBusPath), &prop(Prop::DeviceSerial)),
        name: model.clone(),
        model,
        silence,
    }
}

fn format() -> (SampleSpec, ChannelMap) {
    let spec = SampleSpec {
        format: SampleFormat::Float32Le,
        channels: 1,
        sample_rate: audio::RATE,
    };
    (spec, ChannelMap::mono())
}

/// Phone calls are phone calls to the mixer: music may give way, an echo canceller of the system does not.
fn about(name: &CStr) -> Props {
    let mut props = Props::new();
    props.set(Prop::MediaName, name);
    props.set(Prop::MediaRole, c"phone");
    props
}

/// A person may move a stream in the mixer. When its device goes away, the list decides, wherever the server moved it.
fn flags() -> stream::StreamFlags {
    stream::StreamFlags {
        adjust_latency: true,
        ..Default::default()
    }
}

/// Closes its stream when dropped, and keeps the connection until then.
struct Closing {
    connection: Arc<Connection>,
    command: Command,
    channel: u32,
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.connection.end(&self.command, self.channel);
    }
}

impl SoundHost for PulseHost {
    fn list(&mut self) -> Result<Listing, String> {
        let open = self.connected()?;
        let server: ServerInfo = open.ask(Command::GetServerInfo)?;
        let sinks: Vec<SinkInfo> = open.ask(Command::GetSinkInfoList)?;
        let sources: Vec<SourceInfo> = open.ask(Command::GetSourceInfoList)?;
        let own = OwnStreams::of(&open);
        let is_default = |name: &CStr, default: &Option<CString>| default.as_deref() == Some(name);
        let (mut default_speaker, mut default_microphone) = (None, None);
        let mut speakers = Vec::with_capacity(sinks.len());
        for sink in sinks.iter().filter(|sink| text(&sink.name) != DUMMY) {
            let silence = mixer::silence(sink.muted, &sink.cvolume)
                .or_else(|| silence_on(&own.playing, sink.index));
            let entry = entry(&sink.name, sink.description.as_ref(), &sink.props, silence);
            if is_default(&sink.name, &server.default_sink_name) {
                default_speaker = Some(entry.id.clone());
            }
            speakers.push((entry, Handle::new(sink.index, &sink.cvolume)));
        }
        let mut microphones = Vec::with_capacity(sources.len());
        // What a speaker plays is listed as a source, too.
        let is_microphone = |source: &&SourceInfo| source.monitor_of_sink_index.is_none();
        for source in sources.iter().filter(is_microphone) {
            let silence = mixer::silence(source.muted, &source.cvolume)
                .or_else(|| silence_on(&own.recording, source.index));
            let description = source.description.as_ref();
            let entry = entry(&source.name, description, &source.props, silence);
            if is_default(&source.name, &server.default_source_name) {
                default_microphone = Some(entry.id.clone());
            }
            microphones.push((entry, Handle::new(source.index, &source.cvolume)));
        }
        self.known = Known::new(microphones, speakers);
        Ok(self.known.listing(default_microphone, default_speaker))
    }

    fn unsilence(&mut self, kind: DeviceKind, id: &str) -> Result<(), String> {
        let devices = match kind {
            DeviceKind::Microphone => &self.known.microphones,
            DeviceKind::Speaker | DeviceKind::Ringer => &self.known.speakers,
        };
        let device = find(devices, id)?;
        let connection = self.connection.as_ref();
        let open = connection.ok_or_else(|| "the sound server went away".to_owned())?;
        mixer::unsilence(open, kind, device)
    }

    fn poll_every(&self) -> Duration {
        POLL
    }

    fn connection(&self) -> u64 {
        self.number
    }

    fn open_microphone(
        &mut self,
        id: &str,
        take: Capture,
        broken: OnBroken,
    ) -> Result<OpenStream, String> {
        let source = find(&self.known.microphones, id)?.index;
        let connection = self.connected()?;
        let (sample_spec, channel_map) = format();
        let command = Command::CreateRecordStream(RecordStreamParams {
            sample_spec,
            channel_map,
            source_index: Some(source),
            buffer_attr: stream::BufferAttr {
                fragment_size: PERIOD,
                ..Default::default()
            },
            flags: flags(),
            props: about(c"Microphone"),
            ..Default::default()
        });
        let channel = connection.make(&command, |reply| Pending::Recording(take, broken, reply))?;
        let command = Command::DeleteRecordStream(channel);
        Ok(Box::new(Closing {
            connection,
            command,
            channel,
        }))
    }

    fn open_speaker(
        &mut self,
        id: &str,
        fill: Render,
        broken: OnBroken,
    ) -> Result<OpenStream, String> {
        let sink = find(&self.known.speakers, id)?.index;
        let connection = self.connected()?;
        let (sample_spec, channel_map) = format();
        self.playing = self.playing.wrapping_add(1);
        let command = Command::CreatePlaybackStream(PlaybackStreamParams {
            sync_id: self.playing,
            sample_spec,
            channel_map,
            sink_index: Some(sink),
            buffer_attr: stream::BufferAttr {
                target_length: PERIOD * 2,
                // It starts with the first sound, and goes on after a gap without gathering anew.
                pre_buffering: 0,
                minimum_request_length: PERIOD,
                ..Default::default()
            },
            flags: flags(),
            props: about(c"Speaker"),
            ..Default::default()
        });
        let channel = connection.make(&command, |reply| Pending::Playing(fill, broken, reply))?;
        let command = Command::DeletePlaybackStream(channel);
        Ok(Box::new(Closing {
            connection,
            command,
            channel,
        }))
    }
}
