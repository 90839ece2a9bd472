//! What a person does in the system's mixer, and two devices of one model.

use crate::pair::{End, stage};
use crate::pulse::{Pulse, sentence};
use media::{Device, DeviceKind, Devices, MediaEvent, Silence};

async fn told(end: &mut End, kind: DeviceKind, silence: Option<Silence>) {
    let of = |devices: &Devices| match kind {
        DeviceKind::Microphone => devices.microphone.silence,
        DeviceKind::Speaker => devices.speaker.silence,
        DeviceKind::Ringer => devices.ringer.silence,
    };
    if of(&end.engine.devices()) == silence {
        return;
    }
    let what = format!("{kind:?} to be {silence:?}");
    end.event(&what, |event| match event {
        MediaEvent::Devices(devices) => (of(&devices) == silence).then_some(()),
        _ => None,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_muted_or_at_zero_in_the_mixer_is_told_of_and_turned_on_again() {
    let stage = stage();
    let mut a = End::start("a");
    a.devices_seen().await;
    let pactl = |args: &[&str]| stage.pulse.run("pactl", args);
    use DeviceKind::{Microphone, Ringer, Speaker};
    use Silence::{AtZero, Muted};
    for (kind, device, change, value, silence, ask, audible) in [
        (
            Microphone,
            "mic-a",
            "set-source-mute",
            "1",
            Muted,
            "get-source-mute",
            "Mute: no",
        ),
        (
            Microphone,
            "mic-a",
            "set-source-volume",
            "0",
            AtZero,
            "get-source-volume",
            "100%",
        ),
        (
            Speaker,
            "speaker-a",
            "set-sink-mute",
            "1",
            Muted,
            "get-sink-mute",
            "Mute: no",
        ),
        (
            Speaker,
            "speaker-a",
            "set-sink-volume",
            "0",
            AtZero,
            "get-sink-volume",
            "60%",
        ),
        (
            Ringer,
            "speaker-spare",
            "set-sink-mute",
            "1",
            Muted,
            "get-sink-mute",
            "Mute: no",
        ),
    ] {
        pactl(&[change, device, value]);
        told(&mut a, kind, Some(silence)).await;
        a.engine.unsilence(kind).await.unwrap();
        told(&mut a, kind, None).await;
        let said = pactl(&[ask, device]);
        assert!(said.contains(audible), "{device}: {said}");
    }
    // The mute of a device that is not in use is not reported.
    pactl(&["set-source-mute", "mic-c", "1"]);
    pactl(&["set-source-mute", "mic-a", "1"]);
    told(&mut a, Microphone, Some(Muted)).await;
    pactl(&["set-source-mute", "mic-a", "0"]);
    told(&mut a, Microphone, None).await;
}

/// The one stream of ours that records.
fn own_stream(pulse: &Pulse) -> String {
    let streams = pulse.run("pactl", &["list", "short", "source-outputs"]);
    let mut own = streams.lines().filter(|line| line.contains("float32le"));
    let line = own.next().expect("the microphone is open");
    line.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_muted_by_itself_in_the_mixer_is_told_of_and_turned_on_again() {
    let stage = stage();
    let mut a = End::start("a");
    a.devices_seen().await;
    a.engine.start_meter().await.unwrap();
    let stream = own_stream(&stage.pulse);
    for (change, value, silence) in [
        ("set-source-output-mute", "1", Silence::Muted),
        ("set-source-output-volume", "0", Silence::AtZero),
    ] {
        stage.pulse.run("pactl", &[change, &stream, value]);
        told(&mut a, DeviceKind::Microphone, Some(silence)).await;
        a.engine.unsilence(DeviceKind::Microphone).await.unwrap();
        told(&mut a, DeviceKind::Microphone, None).await;
    }
}

const LEFT: &str = "pci-0000:00:14.0-usb-0:1:1.0";
const RIGHT: &str = "pci-0000:00:14.0-usb-0:2:1.0";

/// Plugs a headset in at a socket; the server numbers the names of those of one model. Speech into the mouth of that
/// name comes out of it.
fn plug(pulse: &Pulse, socket: &str, mouth: &str) -> String {
    let master = format!("master=mouth-{mouth}.monitor");
    let properties =
        format!("source_properties='device.description=Twin device.bus_path={socket}'");
    let module = [
        "load-module",
        "module-remap-source",
        "source_name=twin",
        &master,
        &properties,
    ];
    pulse.run("pactl", &module).trim().to_owned()
}

fn unplug(pulse: &Pulse, module: &str) {
    pulse.run("pactl", &["unload-module", module]);
}

/// Waits until these are the twins that are there.
async fn twins(end: &mut End, expected: usize) -> Vec<Device> {
    let of = |devices: Devices| {
        let all = devices.microphone.present.into_iter();
        let twins: Vec<_> = all
            .filter(|device| device.name.starts_with("Twin"))
            .collect();
        (twins.len() == expected).then_some(twins)
    };
    if let Some(twins) = of(end.engine.devices()) {
        return twins;
    }
    end.event("twins", |event| match event {
        MediaEvent::Devices(devices) => of(*devices),
        _ => None,
    })
    .await
}

/// Waits until the microphone in use is the one at this socket.
async fn uses(end: &mut End, socket: &str) {
    let is_it = |devices: &Devices| {
        let used = devices.microphone.in_use.as_ref();
        used.is_some_and(|used| used.id.contains(socket))
    };
    if !is_it(&end.engine.devices()) {
        let what = format!("the headset at {socket} in use");
        end.event(&what, |event| match event {
            MediaEvent::Devices(devices) => is_it(&devices).then_some(()),
            _ => None,
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_headsets_of_one_model_the_chosen_one_is_used_again_when_both_were_pulled() {
    let stage = stage();
    let mut a = End::start("a");
    a.devices_seen().await;
    let (left, right) = (
        plug(&stage.pulse, LEFT, "b"),
        plug(&stage.pulse, RIGHT, "c"),
    );
    let both = twins(&mut a, 2).await;
    let names: Vec<_> = both.iter().map(|device| device.name.as_str()).collect();
    assert_eq!(names, ["Twin (USB 1)", "Twin (USB 2)"]);
    let [chosen, other] = both.try_into().unwrap();
    let order = vec![chosen.clone(), other];
    a.engine.prefer(DeviceKind::Microphone, order);
    a.engine.start_meter().await.unwrap();
    uses(&mut a, LEFT).await;

    unplug(&stage.pulse, &left);
    let alone = twins(&mut a, 1).await;
    assert_eq!(alone[0].name, "Twin", "nothing to tell it from");
    // It has the place after the chosen one, and is not taken for it.
    uses(&mut a, RIGHT).await;
    let preferred = a.engine.devices().microphone.preferred;
    assert_eq!(preferred[0].id, chosen.id);
    unplug(&stage.pulse, &right);
    twins(&mut a, 0).await;

    // Back in the other order: the server now gives each the other's name.
    plug(&stage.pulse, RIGHT, "c");
    twins(&mut a, 1).await;
    plug(&stage.pulse, LEFT, "b");
    twins(&mut a, 2).await;
    uses(&mut a, LEFT).await;
    let (wav, _) = sentence("Which of the two am I?", "en-gb", &stage.pulse.path(""));
    let mut speaking = stage.pulse.speak(&wav, "b");
    a.event("speech through the chosen one", |event| match event {
        MediaEvent::Levels { microphone, .. } => (microphone > 0.3).then_some(()),
        _ => None,
    })
    .await;
    speaking.wait().unwrap();
}
