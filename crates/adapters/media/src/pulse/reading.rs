//! What the sound server says, read on a thread of its own: answers, sound, and requests for sound.

use super::writer::Writer;
use crate::host::{Capture, OnBroken, OnChanged, Render};
use pulseaudio::protocol::{self, Command, CommandReply, Descriptor, PulseError};
use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

/// Larger messages are no sound and no answer of ours.
const LONGEST: u32 = 16 << 20;
/// Samples that a callback is asked for at once; more is asked in pieces.
const PIECE: usize = 4_096;
/// Room that is there from the beginning, so that nothing grows while sound runs.
const ROOM: usize = 1 << 18;

/// Of commands whose answer nobody waits for.
const UNASKED: u32 = u32::MAX - 1;

/// Who waits for an answer, and for which.
pub(super) enum Pending {
    Answer(SyncSender<Result<Vec<u8>, PulseError>>),
    Playing(Render, OnBroken, SyncSender<Result<u32, PulseError>>),
    Recording(Capture, OnBroken, SyncSender<Result<u32, PulseError>>),
    /// The stream of this channel is being deleted.
    Gone(u32),
}

/// The callbacks of the streams, by channel.
pub(super) struct Streams {
    writer: Arc<Writer>,
    changed: OnChanged,
    playing: BTreeMap<u32, (Render, OnBroken)>,
    recording: BTreeMap<u32, (Capture, OnBroken)>,
    samples: Vec<f32>,
    out: Vec<u8>,
}

pub(super) struct Reading {
    pub(super) socket: BufReader<UnixStream>,
    pub(super) registrations: Receiver<(u32, Pending)>,
    pub(super) version: u16,
    pub(super) streams: Streams,
}

impl Reading {
    /// Until the connection ends; gives the reason.
    pub(super) fn run(mut self) -> String {
        let mut pending = BTreeMap::new();
        let mut body = Vec::with_capacity(ROOM);
        loop {
            if let Err(why) = self.message(&mut pending, &mut body) {
                self.streams.all_broken();
                return why;
            }
        }
    }

    fn message(
        &mut self,
        pending: &mut BTreeMap<u32, Pending>,
        body: &mut Vec<u8>,
    ) -> Result<(), String> {
        let about =
            protocol::read_descriptor(&mut self.socket).map_err(|error| error.to_string())?;
        if about.length > LONGEST {
            return Err(format!("a message of {} bytes", about.length));
        }
        body.resize(about.length as usize, 0);
        self.socket
            .read_exact(body)
            .map_err(|error| error.to_string())?;
        if about.channel != u32::MAX {
            self.streams.captured(about.channel, body);
            return Ok(());
        }
        let mut cursor = Cursor::new(body.as_slice());
        let Ok((sequence, command)) = Command::read_tag_prefixed(&mut cursor, self.version) else {
            // A newer server may say what we do not know.
            return Ok(());
        };
        let at = cursor.position() as usize;
        let result = match command {
            Command::Reply => Ok(body.get(at..).unwrap_or_default()),
            Command::Error(error) => Err(error),
            told => return self.streams.told(&told),
        };
        pending.extend(self.registrations.try_iter());
        match pending.remove(&sequence) {
            Some(asked) => self.streams.answered(asked, result, self.version),
            None => Ok(()),
        }
    }
}

/// Devices that come or go, what the mixer does to them, and what it does to streams: their coming and going is ours.
fn matters(event: &protocol::SubscriptionEvent) -> bool {
    use protocol::{SubscriptionEventFacility as Of, SubscriptionEventType as Type};
    match event.event_facility {
        Of::SinkInput | Of::SourceOutput => event.event_type == Type::Changed,
        _ => true,
    }
}

fn read<R: CommandReply>(body: &[u8], version: u16) -> Result<R, PulseError> {
    let mut cursor = Cursor::new(body);
    let mut reader = protocol::TagStructReader::new(&mut cursor, version);
    reader.read().map_err(|_| PulseError::Protocol)
}

/// False when whoever asked has given up.
fn told(reply: &SyncSender<Result<u32, PulseError>>, made: Result<u32, &PulseError>) -> bool {
    reply.try_send(made.map_err(|error| *error)).is_ok()
}

impl Streams {
    pub(super) fn new(writer: Arc<Writer>, changed: OnChanged) -> Self {
        Self {
            writer,
            changed,
            playing: BTreeMap::new(),
            recording: BTreeMap::new(),
            samples: vec![0.0; ROOM / 4],
            out: Vec::with_capacity(ROOM),
        }
    }

    /// Whoever asked may have given up; then nobody hears the answer.
    fn answered(
        &mut self,
        asked: Pending,
        result: Result<&[u8], PulseError>,
        version: u16,
    ) -> Result<(), String> {
        match asked {
            Pending::Answer(reply) => {
                let _ = reply.try_send(result.map(<[u8]>::to_vec));
            }
            Pending::Playing(render, broken, reply) => {
                let made: Result<protocol::CreatePlaybackStreamReply, _> =
                    result.and_then(|body| read(body, version));
                let is_wanted = told(&reply, made.as_ref().map(|made| made.channel));
                if let Ok(made) = made {
                    if !is_wanted {
                        let unwanted = Command::DeletePlaybackStream(made.channel);
                        return self.take_back(&unwanted, version);
                    }
                    self.playing.insert(made.channel, (render, broken));
                    return self.rendered(made.channel, made.requested_bytes);
                }
            }
            Pending::Recording(capture, broken, reply) => {
                let made: Result<protocol::CreateRecordStreamReply, _> =
                    result.and_then(|body| read(body, version));
                let is_wanted = told(&reply, made.as_ref().map(|made| made.channel));
                if let Ok(made) = made {
                    if !is_wanted {
                        let unwanted = Command::DeleteRecordStream(made.channel);
                        return self.take_back(&unwanted, version);
                    }
                    self.recording.insert(made.channel, (capture, broken));
                }
            }
            Pending::Gone(channel) => {
                self.playing.remove(&channel);
                self.recording.remove(&channel);
            }
        }
        Ok(())
    }

    /// A device that opened too late for whoever asked must not stay open: nobody else knows of it.
    fn take_back(&self, command: &Command, version: u16) -> Result<(), String> {
        let mut message = Vec::new();
        protocol::encode_command_message(&mut message, UNASKED, command, version)
            .map_err(|error| error.to_string())?;
        self.writer.write(&message)
    }

    fn told(&mut self, command: &Command) -> Result<(), String> {
        match command {
            Command::Request(request) => self.rendered(request.channel, request.length)?,
            Command::PlaybackStreamKilled(channel) => {
                if let Some((_, mut broken)) = self.playing.remove(channel) {
                    broken();
                }
            }
            Command::RecordStreamKilled(channel) => {
                if let Some((_, mut broken)) = self.recording.remove(channel) {
                    broken();
                }
            }
            Command::SubscribeEvent(event) if matters(event) => (self.changed)(),
            _ => {}
        }
        Ok(())
    }

    fn captured(&mut self, channel: u32, bytes: &[u8]) {
        let Some((capture, _)) = self.recording.get_mut(&channel) else {
            return;
        };
        for piece in bytes.chunks(PIECE * 4) {
            let mut count = 0;
            for (sample, bytes) in self.samples.iter_mut().zip(piece.chunks_exact(4)) {
                *sample = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                count += 1;
            }
            capture(&self.samples[..count]);
        }
    }

    fn rendered(&mut self, channel: u32, length: u32) -> Result<(), String> {
        let Some((render, _)) = self.playing.get_mut(&channel) else {
            return Ok(());
        };
        let mut left = length as usize / 4;
        while left > 0 {
            let samples = &mut self.samples[..left.min(PIECE)];
            left -= samples.len();
            render(samples);
            let about = Descriptor {
                length: samples.len() as u32 * 4,
                channel,
                offset: 0,
                flags: protocol::DescriptorFlags::empty(),
            };
            let mut head = [0; protocol::DESCRIPTOR_SIZE];
            protocol::encode_descriptor(&mut head, &about);
            self.out.clear();
            self.out.extend_from_slice(&head);
            self.out
                .extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
            self.writer.write(&self.out)?;
        }
        Ok(())
    }

    fn all_broken(&mut self) {
        for (_, broken) in self.playing.values_mut() {
            broken();
        }
        for (_, broken) in self.recording.values_mut() {
            broken();
        }
        self.playing.clear();
        self.recording.clear();
    }
}
