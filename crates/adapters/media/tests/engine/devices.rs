//! Devices that come and go, and the ways to try them.

use crate::pair::{End, MEDIA, stage, stage_with_gate, talking, understood};
use crate::pulse::{sentence, wait_for};
use audio::compare::likeness;
use audio::level::dbfs;
use media::{DeviceKind, MediaError, MediaEvent, TestStage};
use std::time::Duration;

fn name(device: Option<media::Device>) -> Option<String> {
    device.map(|device| device.name)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unplugged_microphone_is_replaced_within_half_a_second_and_taken_again_when_back() {
    let stage = stage();
    let (mut a, _b) = talking(&stage).await;
    let (wav, said) = sentence(
        "I am speaking into the other microphone now.",
        "en-gb",
        &stage.pulse.path(""),
    );
    a.drain();
    let unplugged = stage.pulse.unplug("source_name=mic-a");
    let (was, now) = a
        .event("lost microphone", |event| match event {
            MediaEvent::DeviceLost {
                kind: DeviceKind::Microphone,
                was,
                now,
            } => Some((was, now)),
            _ => None,
        })
        .await;
    let took = unplugged.elapsed();
    assert_eq!(
        (was.as_str(), now.as_deref()),
        ("Microphone-a", Some("Microphone-spare"))
    );
    assert!(took < Duration::from_millis(500), "{took:?}");
    assert_eq!(
        name(a.engine.devices().microphone.in_use).as_deref(),
        Some("Microphone-spare")
    );

    understood(&stage, (&wav, &said), "spare", "b").await;

    stage.pulse.plug_microphone("a");
    let back = a
        .event("microphone back", |event| match event {
            MediaEvent::DeviceBack {
                kind: DeviceKind::Microphone,
                now,
            } => Some(now),
            _ => None,
        })
        .await;
    assert_eq!(back, "Microphone-a");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unplugged_speaker_is_replaced_within_half_a_second() {
    let stage = stage();
    let (_a, mut b) = talking(&stage).await;
    b.drain();
    let unplugged = stage.pulse.unplug("sink_name=speaker-b");
    let now = b
        .event("lost speaker", |event| match event {
            MediaEvent::DeviceLost {
                kind: DeviceKind::Speaker,
                now,
                ..
            } => Some(now),
            _ => None,
        })
        .await;
    let took = unplugged.elapsed();
    assert_eq!(now.as_deref(), Some("Speaker-spare"));
    assert!(took < Duration::from_millis(500), "{took:?}");
    let (wav, said) = sentence(
        "Now you hear me in the other speaker.",
        "en-gb",
        &stage.pulse.path(""),
    );
    understood(&stage, (&wav, &said), "a", "spare").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_server_that_is_slow_for_a_while_loses_no_device() {
    let (stage, gate) = stage_with_gate();
    let (mut a, mut b) = talking(&stage).await;
    a.drain();
    b.drain();
    gate.hold(Duration::from_millis(3_500)).await;
    let (wav, said) = sentence("Now it goes on as before.", "en-gb", &stage.pulse.path(""));
    understood(&stage, (&wav, &said), "a", "b").await;
    for end in [&mut a, &mut b] {
        while let Ok(event) = end.events.try_recv() {
            let is_loss = matches!(
                event,
                MediaEvent::DeviceLost { .. } | MediaEvent::Trouble(_)
            );
            assert!(!is_loss, "{event:?}");
        }
    }
    let devices = a.engine.devices();
    assert_eq!(
        name(devices.microphone.in_use).as_deref(),
        Some("Microphone-a")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_microphone_is_open_only_while_it_is_needed() {
    let stage = stage();
    let mut a = End::start("a");
    a.devices_seen().await;
    let is_open = || {
        !stage
            .pulse
            .run("pactl", &["list", "short", "source-outputs"])
            .lines()
            .all(|line| !line.contains("float32le"))
    };
    a.engine.prepare_offer(MEDIA).await.unwrap();
    assert!(
        !is_open(),
        "an offer is prepared with the microphone closed"
    );
    a.engine.start_meter().await.unwrap();
    assert!(is_open());
    let (wav, _) = sentence("Can you see me?", "en-gb", &stage.pulse.path(""));
    let mut speaking = stage.pulse.speak(&wav, "a");
    a.event("a level of speech", |event| match event {
        MediaEvent::Levels { microphone, .. } => (microphone > 0.3).then_some(()),
        _ => None,
    })
    .await;
    speaking.wait().unwrap();
    a.engine.stop_meter();
    wait_for("the microphone to close", Duration::from_secs(3), || {
        !is_open()
    });
    a.engine.start_talking(MEDIA).unwrap();
    wait_for("the microphone to open", Duration::from_secs(3), is_open);
    a.engine.close(MEDIA).await;
    wait_for(
        "the microphone to close after the call",
        Duration::from_secs(3),
        || !is_open(),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ringer_rings_on_its_own_device_until_stopped() {
    let stage = stage();
    let mut a = End::start("a");
    a.devices_seen().await;
    a.engine.start_ringing(80).await.unwrap();
    let recording = stage.pulse.record("speaker-spare.monitor");
    let quiet = stage.pulse.record("speaker-a.monitor");
    tokio::time::sleep(Duration::from_millis(3_500)).await;
    assert!(dbfs(&recording.stop()) > -40.0);
    assert!(dbfs(&quiet.stop()) < -90.0);
    a.engine.stop_ringing();
    let is_playing = || {
        !stage
            .pulse
            .run("pactl", &["list", "short", "sink-inputs"])
            .is_empty()
    };
    wait_for("the ringer to close", Duration::from_secs(3), || {
        !stage
            .pulse
            .run("pactl", &["list", "short", "sink-inputs"])
            .lines()
            .any(|line| line.contains("float32le"))
    });
    a.engine.test_ringer(50).await.unwrap();
    assert!(is_playing());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ringer_rings_on_its_own_device_beside_a_call() {
    let stage = stage();
    let (a, _b) = talking(&stage).await;
    a.engine.start_ringing(80).await.unwrap();
    let devices = a.engine.devices();
    assert_eq!(
        (name(devices.speaker.in_use), name(devices.ringer.in_use)),
        (
            Some("Speaker-a".to_owned()),
            Some("Speaker-spare".to_owned())
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_plays_back_what_was_recorded() {
    let stage = stage();
    let mut a = End::start("a");
    a.devices_seen().await;
    let (wav, said) = sentence("Testing my microphone.", "en-gb", &stage.pulse.path(""));
    let recording = stage.pulse.record("speaker-a.monitor");
    a.engine.test_record_and_play().await.unwrap();
    stage.pulse.speak(&wav, "a").wait().unwrap();
    for _ in 0..2 {
        a.event("playing", |event| match event {
            MediaEvent::Test(TestStage::Playing { .. }) => Some(()),
            _ => None,
        })
        .await;
    }
    a.event("the end of the test", |event| match event {
        MediaEvent::Test(TestStage::Finished) => Some(()),
        _ => None,
    })
    .await;
    let same = likeness((&said, 48_000), (&recording.stop(), 48_000)).unwrap();
    assert!(same.is_same_speech(), "{same:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_microphone_one_is_told_so_and_still_hears() {
    let stage = stage();
    for name in ["a", "b", "c", "spare"] {
        stage.pulse.unplug(&format!("source_name=mic-{name}"));
    }
    let mut a = End::start("a");
    assert_eq!(a.engine.start_meter().await, Err(MediaError::NoMicrophone));
    a.engine.prepare_offer(MEDIA).await.unwrap();
    a.engine.start_talking(MEDIA).unwrap();
    let trouble = a.event("trouble", |event| match event {
        MediaEvent::Trouble(error) => Some(error),
        _ => None,
    });
    assert_eq!(trouble.await, MediaError::NoMicrophone);
    assert!(a.engine.devices().speaker.in_use.is_some());
}
