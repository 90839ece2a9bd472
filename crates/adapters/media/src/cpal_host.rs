//! The machine's sound system by cpal: WASAPI, Core Audio, and ALSA where Linux has no sound server.

use crate::convert;
use crate::host::{Capture, Entry, Listing, OnBroken, OpenStream, Render, SoundHost};
use crate::known::{Known, find};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, FromSample, Host, SampleFormat, SizedSample, StreamConfig,
    SupportedBufferSize, SupportedStreamConfigRange,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// 10 ms, one step of voice processing.
const BUFFER_MS: u32 = 10;
const OPEN_LIMIT: Duration = Duration::from_secs(2);
/// cpal tells of no hot-plug.
const POLL: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(crate) struct CpalHost {
    host: Option<Host>,
    connection: u64,
    known: Known<Device>,
}

impl CpalHost {
    fn devices(&mut self) -> Result<Vec<Device>, String> {
        let host = self.host.get_or_insert_with(cpal::default_host);
        host.devices()
            .map(Iterator::collect)
            .map_err(|error| error.to_string())
    }
}

/// ALSA lists every way to reach a device, and some that reach none: only real cards count, through the plug that
/// converts formats.
fn is_real(id: &str) -> bool {
    let card = id.strip_prefix("plughw:CARD=");
    !cfg!(target_os = "linux")
        || card.is_some_and(|card| card.starts_with(|c: char| c.is_ascii_digit()))
}

fn entry(device: &Device) -> Option<Entry> {
    let id = device.id().ok()?.id().to_owned();
    let name = device
        .description()
        .map(|d| d.name().to_owned())
        .unwrap_or_else(|_| id.clone());
    is_real(&id).then(|| Entry {
        id: crate::identity::id(&id, "", ""),
        model: name.clone(),
        name,
        silence: None,
    })
}

impl SoundHost for CpalHost {
    fn list(&mut self) -> Result<Listing, String> {
        let devices = match self.devices() {
            Ok(devices) => devices,
            // The sound system was restarted: once more, anew.
            Err(_) => {
                self.host = None;
                self.connection += 1;
                match self.devices() {
                    Ok(devices) => devices,
                    Err(error) => {
                        tracing::debug!(error, "no sound system");
                        return Ok(Listing::default());
                    }
                }
            }
        };
        let (mut microphones, mut speakers) = (Vec::new(), Vec::new());
        for device in devices {
            let Some(entry) = entry(&device) else {
                continue;
            };
            if device.supports_input() {
                microphones.push((entry.clone(), device.clone()));
            }
            if device.supports_output() {
                speakers.push((entry, device));
            }
        }
        self.known = Known::new(microphones, speakers);
        // ALSA answers also where there is neither a card nor anything to reach one by.
        if cfg!(target_os = "linux") && self.known.is_empty() {
            return Ok(Listing::default());
        }
        let id = |device: Option<Device>| device.as_ref().and_then(entry).map(|entry| entry.id);
        let host = self.host.as_ref();
        Ok(self.known.listing(
            id(host.and_then(HostTrait::default_input_device)),
            id(host.and_then(HostTrait::default_output_device)),
        ))
    }

    fn poll_every(&self) -> Duration {
        POLL
    }

    fn connection(&self) -> u64 {
        self.connection
    }

    fn open_microphone(
        &mut self,
        id: &str,
        take: Capture,
        broken: OnBroken,
    ) -> Result<OpenStream, String> {
        let device = find(&self.known.microphones, id)?;
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
        let (config, format) = config(ranges)?;
        let on_error = Box::new(tell.clone());
        let stream = match format {
            SampleFormat::F32 => input::<f32>(device, config, take, on_error),
            SampleFormat::I32 => input::<i32>(device, config, take, on_error),
            SampleFormat::I16 => input::<i16>(device, config, take, on_error),
            SampleFormat::U16 => input::<u16>(device, config, take, on_error),
            other => Err(format!("its samples are {other}")),
        }?;
        let stream = Arc::new(stream);
        let started = Arc::clone(&stream);
        // Starting may wait for the first sound, which a sleeping device gives after seconds.
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
        let device = find(&self.known.speakers, id)?;
        let ranges = device
            .supported_output_configs()
            .map_err(|error| error.to_string())?;
        let (config, format) = config(ranges)?;
        let stream = match format {
            SampleFormat::F32 => output::<f32>(device, config, fill, broken),
            SampleFormat::I32 => output::<i32>(device, config, fill, broken),
            SampleFormat::I16 => output::<i16>(device, config, fill, broken),
            SampleFormat::U16 => output::<u16>(device, config, fill, broken),
            other => Err(format!("its samples are {other}")),
        }?;
        stream.play().map_err(|error| error.to_string())?;
        Ok(Box::new(Closing(Some(Arc::new(stream)))))
    }
}

fn input<T>(
    device: &Device,
    config: StreamConfig,
    take: Capture,
    broken: OnBroken,
) -> Result<cpal::Stream, String>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let mut give = convert::captured(take, config.sample_rate, config.channels)?;
    let take = move |samples: &[T], _: &cpal::InputCallbackInfo| {
        give(&mut samples.iter().map(|sample| sample.to_sample::<f32>()));
    };
    device
        .build_input_stream(config, take, on_error(broken), Some(OPEN_LIMIT))
        .map_err(|error| error.to_string())
}

fn output<T>(
    device: &Device,
    config: StreamConfig,
    fill: Render,
    broken: OnBroken,
) -> Result<cpal::Stream, String>
where
    T: SizedSample + FromSample<f32>,
{
    let mut give = convert::rendered(fill, config.sample_rate, config.channels)?;
    let fill = move |samples: &mut [T], _: &cpal::OutputCallbackInfo| {
        let mut at = 0;
        if !samples.is_empty() {
            give(&mut |sample| {
                samples[at] = T::from_sample(sample);
                at += 1;
                at < samples.len()
            });
        }
    };
    device
        .build_output_stream(config, fill, on_error(broken), Some(OPEN_LIMIT))
        .map_err(|error| error.to_string())
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

/// The finest format first; then 48 kHz, or the nearest rate that is not lower; then the fewest channels.
fn config(
    ranges: impl Iterator<Item = SupportedStreamConfigRange>,
) -> Result<(StreamConfig, SampleFormat), String> {
    const KNOWN: [SampleFormat; 4] = [
        SampleFormat::F32,
        SampleFormat::I32,
        SampleFormat::I16,
        SampleFormat::U16,
    ];
    let rate = |range: &SupportedStreamConfigRange| {
        audio::RATE.clamp(range.min_sample_rate(), range.max_sample_rate())
    };
    let (format, best) = ranges
        .filter_map(|range| {
            let rank = KNOWN.iter().position(|f| *f == range.sample_format())?;
            Some((rank, range))
        })
        .min_by_key(|(rank, range)| {
            let rate = rate(range);
            let is_lower = rate < audio::RATE;
            (
                is_lower,
                rate.abs_diff(audio::RATE),
                *rank,
                range.channels(),
            )
        })
        .ok_or_else(|| "it works in no format that is known".to_owned())?;
    let sample_rate = rate(&best);
    let buffer = sample_rate * BUFFER_MS / 1_000;
    let buffer_size = match best.buffer_size() {
        SupportedBufferSize::Range { min, max } => BufferSize::Fixed(buffer.clamp(*min, *max)),
        SupportedBufferSize::Unknown => BufferSize::Default,
    };
    let config = StreamConfig {
        channels: best.channels(),
        sample_rate,
        buffer_size,
    };
    Ok((config, KNOWN[format]))
}

fn on_error(mut broken: OnBroken) -> impl FnMut(cpal::Error) + Send + 'static {
    move |error| {
        // An overrun heals itself; what does not, stops the callbacks and is seen by that, too.
        if error.kind() != cpal::ErrorKind::Xrun {
            broken();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(channels: u16, rates: (u32, u32), format: SampleFormat) -> SupportedStreamConfigRange {
        let size = SupportedBufferSize::Range {
            min: 16,
            max: 4_096,
        };
        SupportedStreamConfigRange::new(channels, rates.0, rates.1, size, format)
    }

    #[test]
    fn the_configuration_nearest_to_ours_is_taken() {
        use SampleFormat::{F32, I16, U8};
        let cases = [
            (
                vec![
                    range(2, (8_000, 96_000), F32),
                    range(1, (8_000, 96_000), F32),
                ],
                (1, 48_000, F32),
            ),
            (
                vec![
                    range(2, (44_100, 44_100), F32),
                    range(2, (48_000, 48_000), I16),
                ],
                (2, 48_000, I16),
            ),
            (
                vec![
                    range(2, (44_100, 44_100), F32),
                    range(2, (96_000, 96_000), F32),
                ],
                (2, 96_000, F32),
            ),
            (
                vec![
                    range(1, (8_000, 8_000), I16),
                    range(1, (16_000, 16_000), I16),
                ],
                (1, 16_000, I16),
            ),
            (
                vec![
                    range(1, (48_000, 48_000), U8),
                    range(2, (44_100, 44_100), I16),
                ],
                (2, 44_100, I16),
            ),
        ];
        for (ranges, expected) in cases {
            let text = format!("{ranges:?}");
            let (config, format) = config(ranges.into_iter()).unwrap();
            assert_eq!(
                (config.channels, config.sample_rate, format),
                expected,
                "{text}"
            );
        }
        assert!(config([range(1, (48_000, 48_000), U8)].into_iter()).is_err());
    }
}
