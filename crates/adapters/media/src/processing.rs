//! Voice processing by sonora and the codec by libopus, set up for one call.

use crate::error::MediaError;
use audio::{FRAME, RATE};
use sonora::config::{
    AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, NoiseSuppression,
    NoiseSuppressionLevel,
};
use sonora::{AudioProcessing, Config, StreamConfig};

/// Frames of 10 ms in a packet: FEC copies cost least and protect best at 20 ms.
pub(crate) const PACKET_FRAMES: usize = 2;
pub(crate) const PACKET: usize = FRAME * PACKET_FRAMES;
/// Bits a second: full-band speech with room for the copies of lost packets.
const BITRATE: i32 = 40_000;
/// Expected loss never falls below this, so that the first lost packets have their copies.
const LEAST_LOSS_PERCENT: i32 = 5;
const MOST_LOSS_PERCENT: i32 = 30;
/// From a frame's playing to its echo's capture beyond our own buffers; the canceller finds the rest.
const DELAY_MS: i32 = 40;
/// The longest Opus frame.
pub(crate) const LONGEST: usize = 5_760;

fn failed(error: impl std::fmt::Display) -> MediaError {
    MediaError::Processing(error.to_string())
}

/// Removes echo and noise and evens the loudness of what the microphone hears.
pub(crate) struct Processing {
    inner: AudioProcessing,
    scratch: Vec<f32>,
}

fn config(has_noise_suppression: bool) -> Config {
    let noise = NoiseSuppression {
        level: NoiseSuppressionLevel::Moderate,
        ..Default::default()
    };
    // Quiet voices are lifted by at most 15 dB, beginning from none: a jump at the start is worse.
    let gain = AdaptiveDigital {
        max_gain_db: 15.0,
        initial_gain_db: 0.0,
        ..Default::default()
    };
    Config {
        high_pass_filter: Some(HighPassFilter::default()),
        echo_canceller: Some(EchoCanceller::default()),
        noise_suppression: has_noise_suppression.then_some(noise),
        gain_controller2: Some(GainController2 {
            adaptive_digital: Some(gain),
            ..Default::default()
        }),
        ..Default::default()
    }
}

impl Processing {
    pub(crate) fn new(has_noise_suppression: bool) -> Self {
        let format = StreamConfig::new(RATE, 1);
        let inner = AudioProcessing::builder()
            .config(config(has_noise_suppression))
            .capture_config(format)
            .render_config(format)
            .build();
        Self {
            inner,
            scratch: vec![0.0; FRAME],
        }
    }

    pub(crate) fn set_noise_suppression(&mut self, is_on: bool) {
        self.inner.apply_config(config(is_on));
    }

    /// What the speaker is about to play: the echo to look for.
    pub(crate) fn render(&mut self, frame: &[f32]) {
        if let Err(error) = self
            .inner
            .process_render_f32(&[frame], &mut [&mut self.scratch])
        {
            tracing::debug!(?error, "a frame was not seen by the echo canceller");
        }
    }

    /// Cleans one captured frame in place; as it was when processing refuses it.
    pub(crate) fn capture(&mut self, frame: &mut [f32]) {
        // The delay is within the allowed range by its constant.
        let _ = self.inner.set_stream_delay_ms(DELAY_MS);
        match self
            .inner
            .process_capture_f32(&[frame], &mut [&mut self.scratch])
        {
            Ok(()) => frame.copy_from_slice(&self.scratch),
            Err(error) => tracing::debug!(?error, "a captured frame was sent unprocessed"),
        }
    }
}

pub(crate) struct Encoder {
    inner: opus::Encoder,
    out: Vec<u8>,
    loss_percent: i32,
}

impl Encoder {
    pub(crate) fn new() -> Result<Self, MediaError> {
        let mut inner = opus::Encoder::new(RATE, opus::Channels::Mono, opus::Application::Voip)
            .map_err(failed)?;
        inner
            .set_bitrate(opus::Bitrate::Bits(BITRATE))
            .map_err(failed)?;
        inner.set_signal(opus::Signal::Voice).map_err(failed)?;
        inner.set_inband_fec(true).map_err(failed)?;
        inner
            .set_packet_loss_perc(LEAST_LOSS_PERCENT)
            .map_err(failed)?;
        inner.set_dtx(false).map_err(failed)?;
        Ok(Self {
            inner,
            out: vec![0; 1_500],
            loss_percent: LEAST_LOSS_PERCENT,
        })
    }

    /// What the far end reported; more is prepared for than was seen, because reports are a second old.
    pub(crate) fn expect_loss(&mut self, percent: f32) {
        let percent = ((percent * 1.3) as i32).clamp(LEAST_LOSS_PERCENT, MOST_LOSS_PERCENT);
        if percent != self.loss_percent && self.inner.set_packet_loss_perc(percent).is_ok() {
            self.loss_percent = percent;
        }
    }

    pub(crate) fn encode(&mut self, packet: &[f32]) -> Option<Vec<u8>> {
        match self.inner.encode_float(packet, &mut self.out) {
            Ok(length) => Some(self.out[..length].to_vec()),
            Err(error) => {
                tracing::debug!(%error, "a packet was not encoded");
                None
            }
        }
    }
}

pub(crate) struct Decoder {
    inner: opus::Decoder,
    out: Vec<f32>,
}

impl Decoder {
    pub(crate) fn new() -> Result<Self, MediaError> {
        let inner = opus::Decoder::new(RATE, opus::Channels::Mono).map_err(failed)?;
        Ok(Self {
            inner,
            out: vec![0.0; LONGEST],
        })
    }

    /// How many samples a packet decodes to; none for what is no Opus.
    pub(crate) fn samples(&self, payload: &[u8]) -> Option<u32> {
        let samples = self.inner.get_nb_samples(payload).ok()?;
        u32::try_from(samples)
            .ok()
            .filter(|samples| (1..=LONGEST as u32).contains(samples))
    }

    pub(crate) fn decode(&mut self, payload: &[u8]) -> &[f32] {
        let length = self
            .inner
            .decode_float(payload, &mut self.out, false)
            .unwrap_or(0);
        &self.out[..length]
    }

    /// The lost packet of `samples` from its copy in the next one.
    pub(crate) fn recover(&mut self, next: &[u8], samples: usize) -> &[f32] {
        let out = &mut self.out[..samples.min(LONGEST)];
        let length = self.inner.decode_float(next, out, true).unwrap_or(0);
        &self.out[..length]
    }

    /// What most likely was said in `samples` that are missing.
    pub(crate) fn conceal(&mut self, samples: usize) -> &[f32] {
        let out = &mut self.out[..samples.min(LONGEST)];
        let length = self.inner.decode_float(&[], out, false).unwrap_or(0);
        &self.out[..length]
    }
}
