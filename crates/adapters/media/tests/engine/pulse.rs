//! A private PulseAudio daemon with virtual devices, and programs that speak into them and record from them.

use crate::gate::Gate;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(crate) struct Pulse {
    dir: TempDir,
    daemon: Child,
    awake: Vec<Child>,
}

/// Names of devices: microphones `mic-a` to `mic-c` and `mic-spare`; speakers `speaker-a` to `speaker-c` and `speaker-spare`.
const DEVICES: [&str; 4] = ["a", "b", "c", "spare"];

fn script(socket: &Path) -> String {
    let mut lines = format!(
        "load-module module-native-protocol-unix auth-anonymous=1 socket={}\n",
        socket.display()
    );
    for name in DEVICES {
        lines += &format!(
            "load-module module-null-sink sink_name=speaker-{name} rate=48000 sink_properties=device.description=Speaker-{name}\n\
             load-module module-null-sink sink_name=mouth-{name} rate=48000 sink_properties=device.description=Mouth-{name}\n\
             load-module module-remap-source source_name=mic-{name} master=mouth-{name}.monitor source_properties=device.description=Microphone-{name}\n"
        );
    }
    lines
}

impl Pulse {
    pub(crate) fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (socket, file) = (dir.path().join("native"), dir.path().join("default.pa"));
        fs::write(&file, script(&socket)).unwrap();
        let daemon = Command::new("pulseaudio")
            .args([
                "--daemonize=no",
                "-n",
                "--exit-idle-time=-1",
                "--use-pid-file=no",
                "-F",
            ])
            .arg(&file)
            .envs([("HOME", dir.path()), ("XDG_RUNTIME_DIR", dir.path())])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut pulse = Self {
            dir,
            daemon,
            awake: Vec::new(),
        };
        let ready = || {
            pulse
                .run("pactl", &["list", "short", "sources"])
                .contains("mic-spare")
        };
        wait_for("the sound server", Duration::from_secs(10), ready);
        // An idle null sink works in blocks of two seconds; a listener makes it as quick as a real device.
        let awake = |name: &str| {
            let source = format!("{name}.monitor");
            let mut listener = pulse.command("parec");
            listener
                .args(["-d", &source, "--latency-msec=10"])
                .stdout(Stdio::null());
            listener.spawn().unwrap()
        };
        let sinks = DEVICES
            .iter()
            .flat_map(|d| [format!("mouth-{d}"), format!("speaker-{d}")]);
        pulse.awake = sinks.map(|sink| awake(&sink)).collect();
        pulse
    }

    pub(crate) fn server(&self) -> String {
        format!("unix:{}", self.path("native").display())
    }

    /// The same server by a way that can be held up.
    pub(crate) fn gate(&self) -> (Gate, String) {
        let here = self.path("gate");
        let gate = Gate::open(&here, &self.path("native"));
        (gate, format!("unix:{}", here.display()))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("PULSE_SERVER", self.server())
            .env("HOME", self.dir.path());
        command.stderr(Stdio::null());
        command
    }

    pub(crate) fn run(&self, program: &str, args: &[&str]) -> String {
        let output = self.command(program).args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Unplugs: the module whose arguments hold `name=…`. Gives the moment it began.
    pub(crate) fn unplug(&self, argument: &str) -> Instant {
        let modules = self.run("pactl", &["list", "short", "modules"]);
        let module = modules
            .lines()
            .find(|line| line.contains(argument))
            .unwrap();
        let began = Instant::now();
        self.run(
            "pactl",
            &["unload-module", module.split('\t').next().unwrap()],
        );
        began
    }

    pub(crate) fn plug_microphone(&self, name: &str) {
        let source = format!("source_name=mic-{name}");
        let master = format!("master=mouth-{name}.monitor");
        let properties = format!("source_properties=device.description=Microphone-{name}");
        self.run(
            "pactl",
            &[
                "load-module",
                "module-remap-source",
                &source,
                &master,
                &properties,
            ],
        );
    }

    /// Speaks a sentence into a microphone until it is said.
    pub(crate) fn speak(&self, wav: &Path, name: &str) -> Child {
        let device = format!("--device=mouth-{name}");
        self.command("paplay").arg(device).arg(wav).spawn().unwrap()
    }

    pub(crate) fn record(&self, source: &str) -> Recording {
        let mut child = self
            .command("parec")
            .args([
                "-d",
                source,
                "--rate=48000",
                "--channels=1",
                "--format=s16le",
                "--latency-msec=10",
            ])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        let heard = Arc::new(AtomicUsize::new(0));
        let count_heard = Arc::clone(&heard);
        let reader = std::thread::spawn(move || {
            let (mut bytes, mut chunk) = (Vec::new(), [0_u8; 4096]);
            // When each chunk came, less the time of the samples before: the least is the stream's own start.
            let mut start: Option<Instant> = None;
            while let Ok(count) = out.read(&mut chunk) {
                if count == 0 {
                    break;
                }
                bytes.extend_from_slice(&chunk[..count]);
                count_heard.store(bytes.len() / 2, Ordering::Relaxed);
                let length = Duration::from_secs_f64(bytes.len() as f64 / 96_000.0);
                let began = Instant::now().checked_sub(length).unwrap();
                start = Some(start.map_or(began, |known| known.min(began)));
            }
            (bytes, start)
        });
        let recording = Recording {
            child,
            reader,
            heard,
        };
        recording.go_on_for(Duration::from_millis(10));
        recording
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        for child in self.awake.iter_mut().chain([&mut self.daemon]) {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

pub(crate) struct Recording {
    child: Child,
    reader: std::thread::JoinHandle<(Vec<u8>, Option<Instant>)>,
    /// Samples so far.
    heard: Arc<AtomicUsize>,
}

impl Recording {
    /// Returns when that much more has been recorded.
    pub(crate) fn go_on_for(&self, length: Duration) {
        let more = (length.as_secs_f64() * 48_000.0) as usize;
        let until = self.heard.load(Ordering::Relaxed) + more;
        wait_for("the recording", length + Duration::from_secs(10), || {
            self.heard.load(Ordering::Relaxed) >= until
        });
    }

    /// The samples until now.
    pub(crate) fn stop(self) -> Vec<f32> {
        self.stop_with_start().0
    }

    /// The samples, and when the first of them was heard.
    pub(crate) fn stop_with_start(mut self) -> (Vec<f32>, Option<Instant>) {
        self.child.kill().ok();
        self.child.wait().ok();
        let (bytes, start) = self.reader.join().unwrap();
        let sample = |pair: &[u8]| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0;
        (bytes.chunks_exact(2).map(sample).collect(), start)
    }
}

/// A sentence by espeak-ng at 48 kHz; returns its samples, too. Made once for each text.
pub(crate) fn sentence(text: &str, voice: &str, dir: &Path) -> (PathBuf, Vec<f32>) {
    static COUNT: OnceLock<std::sync::atomic::AtomicU32> = OnceLock::new();
    let count = COUNT
        .get_or_init(Default::default)
        .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let (raw, wav) = (
        dir.join(format!("raw-{count}.wav")),
        dir.join(format!("said-{count}.wav")),
    );
    let said = Command::new("espeak-ng")
        .args(["-v", voice, "-s", "150", "-w"])
        .arg(&raw)
        .arg(text)
        .status();
    assert!(said.unwrap().success());
    let made = Command::new("sox")
        .arg(&raw)
        .args(["-r", "48000", "-c", "1", "-b", "16"])
        .arg(&wav)
        .args(["gain", "-n", "-6"])
        .status();
    assert!(made.unwrap().success());
    let mut file = hound::WavReader::open(&wav).unwrap();
    let samples = file
        .samples::<i16>()
        .map(|s| f32::from(s.unwrap()) / 32_768.0)
        .collect();
    (wav, samples)
}

pub(crate) fn wait_for(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < limit, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
