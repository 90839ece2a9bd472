//! What one says the other hears; what is muted or held nobody hears.

use crate::pair::{End, MEDIA, heard, stage, talking, understood};
use crate::pulse::sentence;
use audio::compare::{Likeness, likeness};
use audio::level::dbfs;
use media::MediaEvent;
use vocab::MediaId;

const A_SAYS: &str =
    "Good morning, my broadband has been slow since yesterday evening. Can you help?";
const B_SAYS: &str = "Of course. Let me look at the line while we are talking, one moment please.";

fn compare(said: &[f32], heard: &[f32]) -> Likeness {
    likeness((said, 48_000), (heard, 48_000)).expect("something was heard")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_hears_what_the_other_says_and_when() {
    let stage = stage();
    let (mut a, mut b) = talking(&stage).await;
    let (wav_a, said_a) = sentence(A_SAYS, "en-gb", &stage.pulse.path(""));
    let (wav_b, said_b) = sentence(B_SAYS, "en-us", &stage.pulse.path(""));

    let at_b = understood(&stage, (&wav_a, &said_a), "a", "b").await;
    let other = compare(&said_b, &at_b);
    assert!(
        !other.is_same_speech(),
        "b heard what nobody said: {other:?}"
    );
    let first = |event| match event {
        MediaEvent::FirstSpeechHeard { media: MEDIA } => Some(()),
        _ => None,
    };
    b.event("first speech at b", first).await;

    understood(&stage, (&wav_b, &said_b), "b", "a").await;
    a.event("first speech at a", first).await;

    // One second's quality, after the far end has reported.
    let quality = a
        .event("quality", |event| match event {
            MediaEvent::Quality { quality, .. } if quality.round_trip_ms.is_some() => Some(quality),
            _ => None,
        })
        .await;
    assert!(
        quality.round_trip_ms.is_some_and(|trip| trip < 200),
        "{quality:?}"
    );
    assert!(quality.loss_in_percent < 5.0, "{quality:?}");
    assert!(quality.jitter_buffer_ms < 150, "{quality:?}");
    let summary = a.engine.summary(MEDIA).unwrap();
    assert!(
        summary.first_speech_ms.is_some() && !summary.is_relayed,
        "{summary:?}"
    );
    a.engine.close(MEDIA).await;
    assert!(a.engine.summary(MEDIA).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn muted_and_held_are_silent_and_come_back() {
    let stage = stage();
    let (a, b) = talking(&stage).await;
    let (wav, said) = sentence(
        "One two three four five six seven.",
        "en-gb",
        &stage.pulse.path(""),
    );
    a.engine.set_muted(MEDIA, true);
    let muted = heard(&stage, &wav, "a", "b").await;
    assert!(dbfs(&muted) < -70.0, "muted, and yet {} dBFS", dbfs(&muted));

    a.engine.set_muted(MEDIA, false);
    a.engine.set_held(MEDIA, true);
    let out = heard(&stage, &wav, "a", "b").await;
    let back = heard(&stage, &wav, "b", "a").await;
    assert!(
        dbfs(&out) < -70.0 && dbfs(&back) < -70.0,
        "held: {} {}",
        dbfs(&out),
        dbfs(&back)
    );

    a.engine.set_held(MEDIA, false);
    understood(&stage, (&wav, &said), "a", "b").await;
    understood(&stage, (&wav, &said), "b", "a").await;
    drop(b);
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_are_heard_once_each_and_in_order() {
    let stage = stage();
    let (a, mut b) = talking(&stage).await;
    for digit in "0*9#55".chars() {
        a.engine.send_digit(MEDIA, digit).unwrap();
    }
    let mut heard = String::new();
    while heard.len() < 6 {
        let digit = |event| match event {
            MediaEvent::DigitHeard {
                media: MEDIA,
                digit,
            } => Some(digit),
            _ => None,
        };
        heard.push(b.event("digit", digit).await);
    }
    assert_eq!(heard, "0*9#55");
    assert!(a.engine.send_digit(MEDIA, 'x').is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn speech_goes_on_after_an_ice_restart() {
    let stage = stage();
    let (a, b) = talking(&stage).await;
    let offer = a.engine.restart_ice(MEDIA).await.unwrap();
    assert!(offer.contains("a=candidate:"), "{offer}");
    let answer = b.engine.accept_offer(MEDIA, &offer).await.unwrap();
    a.engine.set_answer(MEDIA, &answer).await.unwrap();
    let (wav, said) = sentence(
        "The network has changed, and I am still here.",
        "en-gb",
        &stage.pulse.path(""),
    );
    let same = compare(&said, &heard(&stage, &wav, "a", "b").await);
    assert!(same.is_same_speech(), "{same:?}");
    a.engine.loopback_check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_conference_all_hear_each_other_and_a_held_one_nobody() {
    const SECOND: MediaId = MediaId(8);
    let stage = stage();
    let (a, b) = talking(&stage).await;
    let mut c = End::start("c");
    c.devices_seen().await;
    let offer = a.engine.prepare_offer(SECOND).await.unwrap();
    let answer = c.engine.accept_offer(SECOND, &offer).await.unwrap();
    a.engine.set_answer(SECOND, &answer).await.unwrap();
    c.engine.start_talking(SECOND).unwrap();
    a.engine.start_talking(SECOND).unwrap();
    // The middle one's own mute must not part the others.
    a.engine.set_muted(MEDIA, true);
    a.engine.set_muted(SECOND, true);
    let (wav, said) = sentence(
        "Good morning, this is the expert.",
        "en-gb",
        &stage.pulse.path(""),
    );
    understood(&stage, (&wav, &said), "c", "a").await;
    understood(&stage, (&wav, &said), "c", "b").await;
    a.engine.set_held(MEDIA, true);
    let held = heard(&stage, &wav, "c", "b").await;
    assert!(dbfs(&held) < -70.0, "held, and yet {} dBFS", dbfs(&held));
    a.engine.set_held(MEDIA, false);
    a.engine.close(SECOND).await;
    drop(b);
}
