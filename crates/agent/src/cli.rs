//! The command line's options, and what both roles share: lines in, events out.

pub(crate) mod agent;
pub(crate) mod customer;
mod handovers;
mod lines;

use ::agent as agent_lib;
use agent_lib::ServerAddress;
use agent_lib::sound::{self, Device, DeviceKind, MediaParts};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use protocol::desktop::DesktopError;
use serde::Serialize;
use std::io::Write;
use std::time::Duration;
use vocab::OrgSlug;

/// How long to wait for a device that was asked for by name, and how often to look.
const DEVICES_WITHIN: Duration = Duration::from_secs(3);
const DEVICES_EVERY: Duration = Duration::from_millis(50);

/// A Warmline participant without a screen: an agent or a customer.
///
/// Every event is one JSON line on standard output: {"at_ms": …, "event": …}. Commands are lines on standard input.
#[derive(Debug, Parser)]
#[command(name = "warmline-agent", version)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) role: Role,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// Signs in as an agent. Lines: ready, not-ready REASON, answer, decline, mute, unmute, hold, resume, digit N,
    /// note TEXT, finish [CODE], extend, hang-up, pause-recording, resume-recording, transfer WHO NOTE,
    /// consult WHO QUESTION, hand-over, join, aside, back, state, quit. WHO is a sign-in name, or for transfer also a
    /// queue's name in addresses.
    Agent(agent::AgentOptions),
    /// Calls as a customer. Lines: call, come-back, keep-my-place, wait-on-the-line, answer, not-now, mute, unmute, hang-up,
    /// rate N, quit.
    Customer(customer::CustomerOptions),
}

/// What both roles need.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The server's address, such as https://warm.example.com; plain http only on this machine.
    #[arg(long)]
    pub(crate) server: String,
    #[arg(long)]
    pub(crate) organisation: String,
    /// Part of the microphone's name; the system's default without it.
    #[arg(long)]
    microphone: Option<String>,
    /// Part of the speaker's name; the system's default without it.
    #[arg(long)]
    speaker: Option<String>,
    /// Signalling only: no device is opened and no media flows.
    #[arg(long)]
    no_sound: bool,
    /// Allows plain HTTP to other machines.
    #[arg(long)]
    pub(crate) allow_plain_http: bool,
}

impl Common {
    pub(crate) fn organisation(&self) -> anyhow::Result<OrgSlug> {
        Ok(OrgSlug::new(&*self.organisation)?)
    }

    pub(crate) fn address(&self) -> anyhow::Result<ServerAddress> {
        ServerAddress::parse(&self.server, self.allow_plain_http)
            .map_err(|err| anyhow::anyhow!("{}", sentence(&err)))
    }

    pub(crate) async fn media(&self) -> anyhow::Result<MediaParts> {
        if self.no_sound {
            return Ok(sound::silent());
        }
        let parts = sound::real(sound::options_from_environment())
            .context("the sound engine did not start")?;
        for (kind, part) in [
            (DeviceKind::Microphone, &self.microphone),
            (DeviceKind::Speaker, &self.speaker),
        ] {
            if let Some(part) = part {
                let device = find_device(&parts, kind, part).await?;
                parts.media.prefer(kind, vec![device]);
            }
        }
        Ok(parts)
    }
}

/// The list is filled a moment after the start; the device may also be plugged in during that moment.
async fn find_device(parts: &MediaParts, kind: DeviceKind, part: &str) -> anyhow::Result<Device> {
    let until = tokio::time::Instant::now() + DEVICES_WITHIN;
    loop {
        let devices = parts.media.devices();
        let present = match kind {
            DeviceKind::Microphone => devices.microphone.present,
            DeviceKind::Speaker => devices.speaker.present,
            DeviceKind::Ringer => devices.ringer.present,
        };
        if let Some(device) = best(&present, part) {
            return Ok(device.clone());
        }
        if tokio::time::Instant::now() >= until {
            let names: Vec<_> = present.iter().map(|device| device.name.as_str()).collect();
            let present = names.join(", ");
            anyhow::bail!("no {kind:?} has {part:?} in its name; present are: {present}");
        }
        tokio::time::sleep(DEVICES_EVERY).await;
    }
}

/// The device of exactly this name, else the first that has it within its own.
fn best<'a>(present: &'a [Device], part: &str) -> Option<&'a Device> {
    let wanted = part.to_lowercase();
    let name = |device: &Device| device.name.to_lowercase();
    let exact = present.iter().find(|device| name(device) == wanted);
    exact.or_else(|| present.iter().find(|device| name(device).contains(&wanted)))
}

/// One line of output. Who reads us may have gone: then there is nobody left to tell.
pub(crate) fn say<T: Serialize>(event: &T) -> anyhow::Result<()> {
    #[derive(Serialize)]
    struct Line<'a, T> {
        at_ms: u64,
        event: &'a T,
    }
    let line = Line {
        at_ms: agent_lib::now().0,
        event,
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, &line)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// A line that was not understood or not done.
pub(crate) fn say_error(line: &str, why: &str) -> anyhow::Result<()> {
    let word = line.split_whitespace().next().unwrap_or_default();
    say(&serde_json::json!({ "type": "error", "line": word, "why": why }))
}

/// What a person at a terminal is told.
pub(crate) fn sentence(err: &DesktopError) -> String {
    match err {
        DesktopError::Refused { code, hint } => format!("the server refused ({code:?}): {hint}"),
        DesktopError::Unreachable { detail } => {
            format!("the server cannot be reached ({detail}): check the address and the network")
        }
        DesktopError::BadAddress { detail } => format!("not a server's address: {detail}"),
        DesktopError::Insecure { detail } => format!("not a safe connection: {detail}"),
        DesktopError::Contradiction { findings } => findings
            .iter()
            .map(|one| one.text.as_str())
            .collect::<Vec<_>>()
            .join("; "),
        DesktopError::NotSignedIn => "nobody is signed in".to_owned(),
        DesktopError::NoMicrophone => "no microphone: plug one in or allow its use".to_owned(),
        DesktopError::NoSoundSystem => {
            "no sound system is running: start PipeWire or PulseAudio".to_owned()
        }
        DesktopError::NoMediaPath { detail } => format!(
            "sound finds no way through the network ({detail}): a firewall may block UDP; \
             ask for a TURN relay"
        ),
        DesktopError::NoSpeaker => "no speaker or headset: plug one in".to_owned(),
        DesktopError::MicrophoneSilenced { device, .. }
        | DesktopError::SpeakerSilenced { device, .. } => {
            format!("{device} is muted or at zero in the system's mixer: turn it on there")
        }
        DesktopError::Device { detail } => format!("a sound device failed: {detail}"),
        DesktopError::Local { detail } => format!("this machine failed: {detail}"),
    }
}
