//! One participant's sound without a sound card: a private PulseAudio with a microphone that plays
//! what a test says into it, and a speaker that a test can listen to.
//!
//! Each participant has a daemon of its own, so that "the default device" is theirs alone.

use crate::binaries::tool;
use crate::recording::Recording;
use crate::run::{Process, Run};
use crate::speech::Speech;
use crate::wait;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

const INSTALL: &str = "apt-get install pulseaudio pulseaudio-utils";
const START: Duration = Duration::from_secs(15);

/// A virtual microphone and speaker.
pub struct Sound {
    who: String,
    _process: Process,
    socket: PathBuf,
    folder: PathBuf,
}

impl Sound {
    /// Starts the daemon of `who`.
    ///
    /// # Errors
    /// When PulseAudio is missing or does not start.
    pub fn start(run: &Run, who: &str) -> Result<Self> {
        let folder = run.subfolder(&format!("{who}-sound"))?;
        let socket = folder.join("socket");
        let script = folder.join("devices.pa");
        std::fs::write(
            &script,
            format!(
                "load-module module-native-protocol-unix auth-anonymous=1 socket={}\n\
                 load-module module-null-sink sink_name=speaker rate=48000 channels=2 \
                 sink_properties=device.description=Speaker\n\
                 load-module module-null-sink sink_name=elsewhere rate=48000 channels=2 \
                 sink_properties=device.description=Shelf\n\
                 load-module module-null-sink sink_name=mouth rate=48000 channels=1\n\
                 load-module module-remap-source source_name=microphone master=mouth.monitor \
                 channels=1 source_properties=device.description=Microphone\n\
                 set-default-sink speaker\n\
                 set-default-source microphone\n",
                socket.display()
            ),
        )?;
        let process = run.spawn(
            &format!("{who}-sound"),
            run.command(tool("pulseaudio", INSTALL)?)
                .args([
                    "--daemonize=no",
                    "-n",
                    "--exit-idle-time=-1",
                    "--use-pid-file=no",
                ])
                .args(["--disable-shm=yes", "--log-level=error", "-F"])
                .arg(&script)
                .envs([("HOME", &folder), ("XDG_RUNTIME_DIR", &folder)]),
        )?;
        let sound = Self {
            who: who.to_owned(),
            _process: process,
            socket,
            folder,
        };
        wait::until_true(START, "the virtual microphone", || {
            let listed = sound
                .tool_command(run, "pactl")?
                .args(["list", "short"])
                .output()?;
            Ok(String::from_utf8_lossy(&listed.stdout).contains("microphone"))
        })?;
        Ok(sound)
    }

    /// The variables by which a program finds this sound and no other.
    pub fn environment(&self) -> [(&'static str, String); 2] {
        [
            ("PULSE_SERVER", format!("unix:{}", self.socket.display())),
            // Programs that look for a cookie or for ALSA's settings must not find the user's own.
            (
                "PULSE_COOKIE",
                self.folder.join("cookie").display().to_string(),
            ),
        ]
    }

    fn tool_command(&self, run: &Run, name: &str) -> Result<std::process::Command> {
        let mut command = run.command(tool(name, INSTALL)?);
        command.envs(self.environment()).stdin(Stdio::null());
        Ok(command)
    }

    /// Begins to say `speech` into the microphone.
    ///
    /// # Errors
    /// When paplay does not start.
    pub fn begin_to_say(&self, run: &Run, speech: &Speech) -> Result<Saying> {
        self.begin_to_say_into(run, "mouth", speech)
    }

    /// [`Self::begin_to_say`] into the sink behind another microphone.
    ///
    /// # Errors
    /// When paplay does not start.
    pub fn begin_to_say_into(&self, run: &Run, mouth: &str, speech: &Speech) -> Result<Saying> {
        let process = run.spawn(
            &format!("{}-says", self.who),
            self.tool_command(run, "paplay")?
                .args([&format!("--device={mouth}"), "--latency-msec=40"])
                .arg(speech.path()),
        )?;
        Ok(Saying {
            process,
            limit: speech.span() + Duration::from_secs(10),
        })
    }

    /// Says all of `speech` into the microphone; returns when it has been said.
    ///
    /// # Errors
    /// When it cannot be played.
    pub fn say(&self, run: &Run, speech: &Speech) -> Result<()> {
        self.begin_to_say(run, speech)?.finish()
    }

    /// Records what the speaker plays from now on.
    ///
    /// # Errors
    /// When parec does not start.
    pub fn listen(&self, run: &Run) -> Result<Recording> {
        self.listen_at(run, "speaker")
    }

    /// [`Self::listen`] at another loudspeaker.
    ///
    /// # Errors
    /// When parec does not start.
    pub fn listen_at(&self, run: &Run, speaker: &str) -> Result<Recording> {
        Recording::start(
            self.tool_command(run, "parec")?
                .args([
                    &format!("--device={speaker}.monitor"),
                    "--latency-msec=10",
                    "--rate=48000",
                ])
                .args(["--channels=1", "--format=s16le", "--raw"]),
        )
    }

    /// Moves what plays now to another loudspeaker, as a person does in the system's mixer: so that
    /// a ring that fades is not taken for speech.
    ///
    /// # Errors
    /// When nothing plays within `limit`.
    pub fn move_elsewhere(&self, run: &Run, limit: Duration) -> Result<()> {
        let playing = wait::until(limit, "something that plays", || {
            let listed = self.control(run, &["list", "short", "sink-inputs"])?;
            let ids: Vec<String> = listed
                .lines()
                .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
                .collect();
            Ok((!ids.is_empty()).then_some(ids))
        })?;
        for id in playing {
            self.control(run, &["move-sink-input", &id, "elsewhere"])?;
        }
        Ok(())
    }

    /// Plugs in a second microphone, called `spare`, behind the sink `spare_mouth`.
    ///
    /// # Errors
    /// When pactl refuses.
    pub fn plug_in_spare_microphone(&self, run: &Run) -> Result<()> {
        let mouth = [
            "load-module",
            "module-null-sink",
            "sink_name=spare_mouth",
            "channels=1",
        ];
        self.control(run, &mouth)?;
        let microphone = [
            "load-module",
            "module-remap-source",
            "source_name=spare",
            "master=spare_mouth.monitor",
            "channels=1",
            "source_properties=device.description=Spare",
        ];
        self.control(run, &microphone).map(drop)
    }

    /// Unplugs a device, by the name it was loaded with.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn unplug(&self, run: &Run, device: &str) -> Result<()> {
        let modules = self.control(run, &["list", "short", "modules"])?;
        let is_it = |word: &str| {
            word == format!("source_name={device}") || word == format!("sink_name={device}")
        };
        let module = modules
            .lines()
            .find(|line| line.split_whitespace().any(is_it))
            .and_then(|line| line.split_whitespace().next())
            .with_context(|| format!("no device {device}: {modules}"))?;
        self.control(run, &["unload-module", module]).map(drop)
    }

    /// Runs pactl, for tests that plug devices in and out.
    ///
    /// # Errors
    /// When pactl refuses.
    pub fn control(&self, run: &Run, arguments: &[&str]) -> Result<String> {
        let output = self.tool_command(run, "pactl")?.args(arguments).output()?;
        if !output.status.success() {
            bail!(
                "pactl {arguments:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        String::from_utf8(output.stdout).context("pactl's answer")
    }
}

/// Speech on its way into a microphone; stops when dropped.
pub struct Saying {
    process: Process,
    limit: Duration,
}

impl Saying {
    /// Waits for the end of it.
    ///
    /// # Errors
    /// When it takes much longer than the speech lasts.
    pub fn finish(mut self) -> Result<()> {
        wait::until_true(self.limit, "the end of what is said", || {
            Ok(!self.process.is_running())
        })
    }

    /// True until all has been said.
    pub fn is_going_on(&mut self) -> bool {
        self.process.is_running()
    }
}
