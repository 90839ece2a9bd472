//! What is said: WAV files that the caller gives, or two sentences in two voices made by espeak-ng.

use crate::binaries::tool;
use crate::run::Run;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The rate at which speech is compared.
pub const RATE: u32 = 16_000;

/// A WAV file and its samples at 16 kHz mono.
#[derive(Clone, Debug)]
pub struct Speech {
    path: PathBuf,
    samples: Vec<f32>,
}

impl Speech {
    /// Reads a WAV file of any rate, any number of channels, 16, 24 or 32 bits or float.
    ///
    /// # Errors
    /// When it is no WAV file, or holds less than half a second.
    pub fn read(path: &Path) -> Result<Self> {
        let mut reader = hound::WavReader::open(path)
            .with_context(|| format!("{} cannot be read as WAV", path.display()))?;
        let spec = reader.spec();
        let all: Vec<f32> = match spec.sample_format {
            hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
            hound::SampleFormat::Int => {
                let full = (1i64 << (spec.bits_per_sample - 1)) as f32;
                reader
                    .samples::<i32>()
                    .map(|sample| Ok(sample? as f32 / full))
                    .collect::<Result<_, hound::Error>>()?
            }
        };
        let channels = usize::from(spec.channels.max(1));
        let mono: Vec<f32> = all
            .chunks(channels)
            .map(|frame| frame.iter().sum::<f32>() / channels as f32)
            .collect();
        let samples = resample(&mono, spec.sample_rate);
        if samples.len() < RATE as usize / 2 {
            bail!("{} holds less than half a second of sound", path.display());
        }
        Ok(Self {
            path: path.to_owned(),
            samples,
        })
    }

    /// The customer's sentence when no file is given.
    ///
    /// # Errors
    /// When espeak-ng is missing.
    pub fn of_customer(run: &Run) -> Result<Self> {
        let says = "Hello, my broadband has been down since Tuesday evening. Can you help me?";
        Self::spoken(run, "customer-says", "en-us+f3", says)
    }

    /// The agent's sentence when no file is given.
    ///
    /// # Errors
    /// When espeak-ng is missing.
    pub fn of_agent(run: &Run) -> Result<Self> {
        let says = "Good morning, I see the fault near your street; an engineer will come at noon.";
        Self::spoken(run, "agent-says", "en-gb+m7", says)
    }

    /// What must not be kept: a third sentence, in the customer's voice.
    ///
    /// # Errors
    /// When espeak-ng is missing.
    pub fn of_secret(run: &Run) -> Result<Self> {
        let says = "The card is four four seven one, eight eight two nine, zero six six three.";
        Self::spoken(run, "secret-says", "en-us+f3", says)
    }

    fn spoken(run: &Run, name: &str, voice: &str, sentence: &str) -> Result<Self> {
        let path = run.folder().join(format!("{name}.wav"));
        let status = run
            .command(tool("espeak-ng", "apt-get install espeak-ng")?)
            .args(["-v", voice, "-s", "165", "-w"])
            .arg(&path)
            .arg(sentence)
            .status()?;
        if !status.success() {
            bail!("espeak-ng failed: {status}");
        }
        Self::read(&path)
    }

    /// The first `span` of it, for steps that need only a few words.
    ///
    /// # Errors
    /// When the shorter file cannot be written.
    pub fn beginning(&self, run: &Run, span: Duration) -> Result<Self> {
        let count = (span.as_secs_f64() * f64::from(RATE)) as usize;
        let samples = self.samples[..count.min(self.samples.len())].to_vec();
        let stem = self
            .path
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned());
        let path = run
            .folder()
            .join(format!("{}-beginning.wav", stem.unwrap_or_default()));
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec)?;
        for sample in &samples {
            writer.write_sample((sample * f32::from(i16::MAX)) as i16)?;
        }
        writer.finalize()?;
        Ok(Self { path, samples })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// 16 kHz mono.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// How long it lasts.
    pub fn span(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(RATE))
    }
}

/// To 16 kHz by averaging over each output sample's stretch of input: crude above 4 kHz, which the
/// comparison does not look at.
pub fn resample(samples: &[f32], rate: u32) -> Vec<f32> {
    let step = f64::from(rate) / f64::from(RATE);
    let count = (samples.len() as f64 / step) as usize;
    (0..count)
        .map(|index| {
            let at = index as f64 * step;
            if step <= 1.0 {
                let (low, part) = (at as usize, at.fract() as f32);
                let next = samples.get(low + 1).copied().unwrap_or(samples[low]);
                return samples[low] * (1.0 - part) + next * part;
            }
            let (from, to) = (at as usize, ((at + step) as usize).min(samples.len()));
            let stretch = &samples[from..to.max(from + 1)];
            stretch.iter().sum::<f32>() / stretch.len() as f32
        })
        .collect()
}
