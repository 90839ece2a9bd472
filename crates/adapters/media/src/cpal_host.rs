//! The machine's sound system by cpal: PulseAudio (or PipeWire's server for it) on Linux, the native one elsewhere.

use crate::host::{Capture, Entry, Listing, OnBroken, OpenStream, Render, SoundHost};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, Host, SampleFormat, StreamConfig, SupportedBufferSize,
    SupportedStreamConfigRange,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// 10 ms, one step of voice processing; the default would be two seconds on PulseAudio.
const BUFFER: u32 = 480;
const OPEN_LIMIT: Duration = Duration::from_secs(2);
/// The largest piece that a callback converts at once; larger ones are cut.
const PIECE: usize = 4_096;

pub(crate) struct CpalHost {
    host: Option<Host>,
    connection: u64,
    microphones: Vec<(Entry, Device)>,
    speakers: Vec<(Entry, Device)>,
}

impl CpalHost {
    pub(crate) fn new() -> Self {
        Self {
            host: None,
            connection: 0,
            microphones: Vec::new(),
            speakers: Vec::new(),
        }
    }
}

impl CpalHost {
    fn devices(&mut self) -> Result<Vec<Device>, String> {
        let host = self.host.get_or_insert_with(connect);
        host.devices()
            .map(Iterator::collect)
            .map_err(|error| error.to_string())
    }
}

/// PulseAudio has real names and sees hot-plug; ALSA is the last resort.
#[cfg(target_os = "linux")]
fn connect() -> Host {
    cpal::host_from_id(cpal::HostId::PulseAudio).unwrap_or_else(|error| {
        tracing::warn!(%error, "no PulseAudio or PipeWire server; using ALSA");
        cpal::default_host()
    })
}

#[cfg(not(target_os = "linux"))]
fn connect() -> Host {
    cpal::default_host()
}

fn entry(device: &Device) -> Option<Entry> {
    let id = device.id().ok()?.id().to_owned();
    let name = device
        .description()
        .map(|d| d.name().to_owned())
        .unwrap_or_else(|_| id.clone());
    // What a speaker plays is listed as a source, too.
    (!id.ends_with(".monitor")).then_some(Entry { id, name })
}

/// Two devices of one model must be told apart.
fn number_equal_names(devices: &mut [(Entry, Device)]) {
    for at in 1..devices.len() {
        let (before, rest) = devices.split_at_mut(at);
        let twins = before
            .iter()
            .filter(|(e, _)| e.name == rest[0].0.name)
            .count();
        if twins > 0 {
            rest[0].0.name = format!("{} ({})", rest[0].0.name, twins + 1);
        }
    }
}

impl SoundHost for CpalHost {
    fn list(&mut self) -> Result<Listing, String> {
        let devices = match self.devices() {
            Ok(devices) => devices,
            // The sound server ended the connection or was restarted: once more, anew.
            Err(_) => {
                self.disconnect();
                self.devices()?
            }
        };
        self.microphones.clear();
        self.speakers.clear();
        for device in devices {
            let Some(entry) = entry(&device) else {
                continue;
            };
            if device.supports_input() {
                self.microphones.push((entry.clone(), device.clone()));
            }
            if device.supports_output() {
                self.speakers.push((entry, device));
            }
        }
        number_equal_names(&mut self.microphones);
        number_equal_names(&mut self.speakers);
        let id = |device: Option<Device>| device.as_ref().and_then(entry).map(|entry| entry.id);
        Ok(Listing {
            microphones: self
                .microphones
                .iter()
                .map(|(entry, _)| entry.clone())
                .collect(),
            speakers: self
                .speakers
                .iter()
                .map(|(entry, _)| entry.clone())
                .collect(),
            default_microphone: id(self.host.as_ref().and_then(HostTrait::default_input_device)),
            default_speaker: id(self
                .host
                .as_ref()
                .and_then(HostTrait::default_output_device)),
        })
    }

    fn connection(&self) -> u64 {
        self.connection
    }

    fn disconnect(&mut self) {
        self.host = None;
        self.connection += 1;
        self.microphones.clear();
        self.speakers.clear();
    }

    fn open_microphone(
        &mut self,
        id: &str,
        take: Capture,
        broken: OnBroken,
    ) -> Result<OpenStream, String> {
        let device = find(&self.microphones, id)?;
        // A stream may break while it starts and while it runs; both are told alike.
        let broken = Arc::new(Mutex::new(broken));
        let told = Arc::clone(&broken);
        let tell = move || {
            if let Ok(mut broken) = told.lock() {
                broken();
            }
        };
        let ranges = device
            .supported_input_configs()
            .map_err(|error| error.to_string())?;
        let config = config(ranges)?;
        let take = capture(take, usize::from(config.channels));
        let stream = device
            .build_input_stream::<f32, _, _>(
                config,
                take,
                on_error(Box::new(tell.clone())),
                Some(OPEN_LIMIT),
            )
            .map_err(|error| error.to_string())?;
        let stream = Arc::new(stream);
        let started = Arc::clone(&stream);
        // PulseAudio's start returns with the first sound, which a sleeping device gives after two seconds.
        aside("microphone start", move || {
            if let Err(error) = started.play() {
                tracing::warn!(%error, "a microphone did not start");
                tell();
            }
        });
        Ok(Box::new(Closing(Some(stream))))
    }

    fn open_speaker(
        &mut self,
        id: &str,
        fill: Render,
        broken: OnBroken,
    ) -> Result<OpenStream, String> {
        let device = find(&self.speakers, id)?;
        let ranges = device
            .supported_output_configs()
            .map_err(|error| error.to_string())?;
        let config = config(ranges)?;
        let fill = render(fill, usize::from(config.channels));
        let stream = device
            .build_output_stream::<f32, _, _>(config, fill, on_error(broken), Some(OPEN_LIMIT))
            .map_err(|error| error.to_string())?;
        stream.play().map_err(|error| error.to_string())?;
        Ok(Box::new(Closing(Some(Arc::new(stream)))))
    }
}

/// Closes its stream aside: a device that is gone may keep its closer waiting.
struct Closing(Option<Arc<cpal::Stream>>);

impl Drop for Closing {
    fn drop(&mut self) {
        let stream = self.0.take();
        aside("device close", move || drop(stream));
    }
}

/// Does on a thread of its own what may block; it ends by itself.
fn aside(name: &str, what: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(what)
    {
        tracing::error!(%error, name, "a thread could not be started");
    }
}

fn find<'a>(devices: &'a [(Entry, Device)], id: &str) -> Result<&'a Device, String> {
    let found = devices.iter().find(|(entry, _)| entry.id == id);
    found
        .map(|(_, device)| device)
        .ok_or_else(|| "it is not plugged in any more".to_owned())
}

/// 48 kHz in the fewest channels that the device takes, in steps of 10 ms when it lets itself be told.
fn config(
    ranges: impl Iterator<Item = SupportedStreamConfigRange>,
) -> Result<StreamConfig, String> {
    let best = ranges
        .filter(|range| range.sample_format() == SampleFormat::F32)
        .filter(|range| (range.min_sample_rate()..=range.max_sample_rate()).contains(&audio::RATE))
        .min_by_key(SupportedStreamConfigRange::channels)
        .ok_or_else(|| "it does not work at 48 kHz".to_owned())?;
    let buffer_size = match best.buffer_size() {
        SupportedBufferSize::Range { min, max } => BufferSize::Fixed(BUFFER.clamp(*min, *max)),
        SupportedBufferSize::Unknown => BufferSize::Default,
    };
    Ok(StreamConfig {
        channels: best.channels(),
        sample_rate: audio::RATE,
        buffer_size,
    })
}

fn on_error(mut broken: OnBroken) -> impl FnMut(cpal::Error) + Send + 'static {
    move |error| {
        // An overrun heals itself; what does not, stops the callbacks and is seen by that, too.
        if error.kind() != cpal::ErrorKind::Xrun {
            broken();
        }
    }
}

/// Hands on the mean of the channels.
fn capture(
    mut take: Capture,
    channels: usize,
) -> impl FnMut(&[f32], &cpal::InputCallbackInfo) + Send + 'static {
    let mut mono = vec![0.0; PIECE];
    move |samples, _| {
        if channels == 1 {
            return take(samples);
        }
        for piece in samples.chunks(PIECE * channels) {
            let frames = piece.len() / channels;
            for (out, frame) in mono.iter_mut().zip(piece.chunks_exact(channels)) {
                *out = frame.iter().sum::<f32>() / channels as f32;
            }
            take(&mono[..frames]);
        }
    }
}

/// Gives every channel the same.
fn render(
    mut fill: Render,
    channels: usize,
) -> impl FnMut(&mut [f32], &cpal::OutputCallbackInfo) + Send + 'static {
    let mut mono = vec![0.0; PIECE];
    move |samples, _| {
        if channels == 1 {
            return fill(samples);
        }
        for piece in samples.chunks_mut(PIECE * channels) {
            let frames = piece.len() / channels;
            fill(&mut mono[..frames]);
            for (frame, value) in piece.chunks_exact_mut(channels).zip(&mono) {
                frame.fill(*value);
            }
        }
    }
}
