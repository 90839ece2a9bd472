//! Nothing without consent; a crash, a full disk and another account on the same desktop.

use super::shelf::Facts;
use super::*;
use protocol::rest::CustomerSummary;
use protocol::work::{CustomerPop, RecognisedBy, WorkStage};
use std::path::Path;
use vocab::{CustomerId, MediumKind, Millis, PeerLink, QueueId, Sensitive};

fn item(recording_consent: RecordingConsent) -> WorkItem {
    let text = || Sensitive::new(String::new());
    WorkItem {
        interaction: InteractionId(7),
        medium: MediumKind::Voice,
        queue: QueueId(1),
        queue_name: String::new(),
        stage: WorkStage::Talking { since: Millis(1) },
        entered_at: Millis(1),
        customer: CustomerPop {
            customer: CustomerSummary {
                customer: CustomerId(1),
                name: text(),
                identities: Vec::new(),
                language: None,
                since: Millis(1),
                is_vip: false,
                labels: Vec::new(),
                note: text(),
                interactions: 0,
                revision: 1,
                browsers: 0,
                attributes: Vec::new(),
                consents: Vec::new(),
                preferences: protocol::record::Preferences::default(),
            },
            recognised_by: RecognisedBy::Nothing,
            device: None,
            place: None,
            language: None,
            page: None,
            last_interactions: Vec::new(),
            given: protocol::rest::Given::default(),
            may_be: Vec::new(),
        },
        customer_link: PeerLink::Connected,
        callback: None,
        topic: None,
        note: text(),
        colleagues_notes: Vec::new(),
        handover: None,
        consult: None,
        recording_consent,
    }
}

fn recorder(shelf: &Shelf) -> Result<Recorder, NotRecorded> {
    let consent = Consent::of(&item(RecordingConsent::Given { at: Millis(1) })).unwrap();
    Recorder::start(&consent, shelf, "anna", Box::new(|why| panic!("{why}")))
}

fn facts(is_finished: bool) -> Facts {
    Facts {
        recording: RecordingId(uuid::Uuid::from_u128(3)),
        interaction: InteractionId(7),
        account: "anna".to_owned(),
        started_at: Millis(5),
        pauses: Vec::new(),
        duration_ms: 0,
        is_finished,
    }
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("recordings")).map_or(0, Iterator::count)
}

#[test]
fn only_a_yes_is_consent() {
    let given = RecordingConsent::Given { at: Millis(1) };
    for (answer, is_consent) in [
        (given, true),
        (RecordingConsent::Refused, false),
        (RecordingConsent::NotAsked, false),
    ] {
        assert_eq!(
            Consent::of(&item(answer)).is_some(),
            is_consent,
            "{answer:?}"
        );
    }
}

#[test]
fn pausing_twice_is_one_pause_and_silence_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path());
    let mut recorder = recorder(&shelf).unwrap();
    assert!(recorder.pause(&shelf) && !recorder.pause(&shelf));
    assert_eq!(recorder.state(), RecordingState::Paused);
    assert!(recorder.resume(&shelf) && !recorder.resume(&shelf));
    assert_eq!(recorder.facts.pauses.len(), 1);
    assert_eq!(files(folder.path()), 2);
    recorder.finish(&shelf);
    assert_eq!(files(folder.path()), 0, "nothing was said");
}

#[test]
fn a_full_share_of_the_disk_is_said_and_nothing_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path()).with_limit(0);
    let refused = recorder(&shelf).map(|_| ());
    assert!(matches!(refused, Err(NotRecorded::NoRoom { .. })));
    assert_eq!(files(folder.path()), 0);
}

#[test]
fn what_a_crash_left_without_sound_is_removed_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path());
    shelf.save(&facts(false)).unwrap();
    std::fs::write(shelf.sound(facts(false).recording), b"OggS but no more").unwrap();
    assert!(Shelf::open(folder.path()).waiting("anna").is_empty());
    assert_eq!(files(folder.path()), 0);
}

#[test]
fn a_finished_recording_waits_for_its_own_account() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path());
    shelf.save(&facts(true)).unwrap();
    std::fs::write(shelf.sound(facts(true).recording), b"sound").unwrap();
    let again = Shelf::open(folder.path());
    assert_eq!(again.waiting("anna"), [facts(true)]);
    assert_eq!(again.overview("anna").bytes, 5);
    assert_eq!(again.overview("noor").count, 0);
}

#[cfg(unix)]
#[test]
fn recordings_are_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path());
    let recorder = recorder(&shelf).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let recordings = folder.path().join("recordings");
    assert_eq!(mode(&recordings), 0o700);
    for entry in std::fs::read_dir(&recordings).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
    recorder.finish(&shelf);
}
