//! What is written is what a decoder reads: each voice on its side, pauses left out, a crash survived.

use super::*;
use ogg::PacketReader;
use std::fs::File;

const SECOND: usize = RATE as usize;

fn tone(hertz: f32, from: usize) -> [f32; FRAME] {
    std::array::from_fn(|n| {
        let at = (from + n) as f32 / RATE as f32;
        0.4 * (std::f32::consts::TAU * hertz * at).sin()
    })
}

/// Feeds `seconds` of a tone on each side, as fast as the ring takes it.
fn play(recording: &Recording, seconds: usize, near: f32, far: f32) {
    for frame in 0..seconds * 100 {
        recording.tap.far(&tone(far, frame * FRAME));
        recording.tap.near(&tone(near, frame * FRAME));
        let wait = || recording.tap.inner.lock().unwrap().ring.fill() > RING / 2;
        while !recording.tap.is_paused.load(Ordering::Acquire) && wait() {
            std::thread::yield_now();
        }
    }
}

fn decode(path: &Path) -> (Vec<f32>, Vec<f32>) {
    let mut packets = PacketReader::new(File::open(path).unwrap());
    let head = packets.read_packet_expected().unwrap().data;
    assert!(head.starts_with(b"OpusHead\x01\x02"));
    let pre_skip = usize::from(u16::from_le_bytes([head[10], head[11]]));
    let tags = packets.read_packet_expected().unwrap().data;
    assert!(tags.starts_with(b"OpusTags"));
    let mut decoder = opus::Decoder::new(RATE, opus::Channels::Stereo).unwrap();
    let (mut both, mut out) = (Vec::new(), vec![0.0; 5_760 * 2]);
    let mut end = 0;
    while let Some(packet) = packets.read_packet().unwrap() {
        let count = decoder.decode_float(&packet.data, &mut out, false).unwrap();
        both.extend_from_slice(&out[..count * 2]);
        end = packet.absgp_page() as usize;
    }
    both.truncate(end * 2);
    both.drain(..pre_skip * 2);
    (
        both.iter().step_by(2).copied().collect(),
        both.iter().skip(1).step_by(2).copied().collect(),
    )
}

/// How much of a tone is in the samples: the amplitude found by correlation.
fn amount(samples: &[f32], hertz: f32) -> f32 {
    let (mut re, mut im) = (0.0_f64, 0.0_f64);
    for (n, sample) in samples.iter().enumerate() {
        let angle = f64::from(std::f32::consts::TAU * hertz) * n as f64 / f64::from(RATE);
        re += f64::from(*sample) * angle.cos();
        im += f64::from(*sample) * angle.sin();
    }
    (2.0 * re.hypot(im) / samples.len() as f64) as f32
}

fn start(folder: &tempfile::TempDir) -> (Recording, std::path::PathBuf) {
    let path = folder.path().join("one.ogg");
    let recording = Recording::start(&path, Box::new(|why| panic!("{why}"))).unwrap();
    (recording, path)
}

#[test]
fn each_voice_is_on_its_own_side() {
    let folder = tempfile::tempdir().unwrap();
    let (recording, path) = start(&folder);
    play(&recording, 3, 440.0, 1_000.0);
    assert_eq!(recording.length_ms(), 3_000);
    recording.finish();
    let (left, right) = decode(&path);
    assert_eq!((left.len(), right.len()), (3 * SECOND, 3 * SECOND));
    for (side, own, other) in [(&left, 440.0, 1_000.0), (&right, 1_000.0, 440.0)] {
        let (own, other) = (amount(side, own), amount(side, other));
        assert!(own > 0.3, "{own}");
        assert!(other < own / 30.0, "{other} beside {own}");
    }
}

#[test]
fn what_is_said_in_a_pause_is_not_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (recording, path) = start(&folder);
    play(&recording, 2, 440.0, 1_000.0);
    assert_eq!(recording.pause(), 2_000);
    play(&recording, 2, 2_500.0, 3_100.0);
    recording.resume();
    play(&recording, 1, 440.0, 1_000.0);
    recording.finish();
    let (left, right) = decode(&path);
    assert_eq!(left.len(), 3 * SECOND);
    assert!(amount(&left, 2_500.0) < 0.005);
    assert!(amount(&right, 3_100.0) < 0.005);
}

#[test]
fn the_far_end_is_silence_while_nothing_of_it_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let (recording, path) = start(&folder);
    for frame in 0..100 {
        recording.tap.near(&tone(440.0, frame * FRAME));
    }
    recording.finish();
    let (left, right) = decode(&path);
    assert!(amount(&left, 440.0) > 0.3);
    assert!(amount(&right, 440.0) < 0.01);
}

#[cfg(unix)]
#[test]
fn only_this_user_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (recording, path) = start(&folder);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    recording.finish();
}

#[test]
fn a_crash_loses_at_most_the_last_second() {
    let folder = tempfile::tempdir().unwrap();
    let (recording, path) = start(&folder);
    play(&recording, 4, 440.0, 1_000.0);
    // What is on the disk at this moment is what a crash would leave, here with a page cut in half.
    let copy = folder.path().join("crashed.ogg");
    let until = std::time::Instant::now() + Duration::from_secs(10);
    let salvaged = loop {
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&copy, &bytes[..bytes.len() - 9]).unwrap();
        let salvaged = salvage(&copy).unwrap();
        if salvaged.duration_ms >= 3_000 {
            break salvaged;
        }
        assert!(std::time::Instant::now() < until, "{salvaged:?}");
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(std::fs::metadata(&copy).unwrap().len(), salvaged.bytes);
    let (left, _) = decode(&copy);
    assert_eq!(
        left.len() as u64 * 1_000 / SECOND as u64,
        salvaged.duration_ms
    );
    recording.finish();
    let whole = salvage(&path).unwrap();
    assert_eq!(whole.duration_ms, 4_000);
    assert_eq!(whole.bytes, std::fs::metadata(&path).unwrap().len());
}

#[test]
fn a_disk_that_refuses_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no such folder/one.ogg");
    let started = Recording::start(&missing, Box::new(|_| {}));
    assert!(matches!(started, Err(MediaError::Recording(_))));
}
