//! How recordings arrive, are kept and are copied.

use super::ogg::tests::sound;
use super::*;

const ONE: RecordingId = RecordingId(uuid::Uuid::from_u128(7));

fn hash(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

fn demo() -> OrgSlug {
    OrgSlug::new("demo").unwrap()
}

/// Ten pages of 100 ms, and the call that completes them.
fn complete(files: &RecordingFiles, whole: &[u8], sum: &str) -> Result<bool, NotOggOpus> {
    files.complete(&demo(), ONE, whole.len() as u64, sum, 1_000)
}

#[test]
fn a_recording_grows_by_pieces_and_is_kept_only_when_it_is_what_was_sent() {
    let data = tempfile::tempdir().unwrap();
    let files = RecordingFiles::new(data.path());
    let (demo, whole) = (demo(), sound(10));
    let length = whole.len() as u64;
    assert_eq!(files.append(&demo, ONE, 0, &whole[..60]).unwrap(), 60);
    // The desktop does not know that it arrived.
    let again = files.append(&demo, ONE, 0, &whole[..60]);
    assert!(matches!(
        again,
        Err(PieceError::WrongOffset { received: 60 })
    ));
    // A new server on the same folder knows where it was.
    let files = RecordingFiles::new(data.path());
    assert_eq!(files.received(&demo, ONE).unwrap(), 60);
    assert_eq!(files.append(&demo, ONE, 60, &whole[60..]).unwrap(), length);
    assert!(files.open(&demo, ONE).is_err(), "it is not whole");

    let sum = hash(&whole);
    assert!(complete(&files, &whole, &sum).unwrap());
    assert!(complete(&files, &whole, &sum).unwrap());
    assert!(!complete(&files, &whole, &hash(b"other")).unwrap());
    assert_eq!(files.open(&demo, ONE).unwrap().1, length);
    let late = files.append(&demo, ONE, length, b"!");
    assert!(matches!(late, Err(PieceError::WrongOffset { received }) if received == length));
    files.remove(&demo, ONE).unwrap();
    files.remove(&demo, ONE).unwrap();
    assert!(files.open(&demo, ONE).is_err());
}

#[test]
fn what_arrived_damaged_is_thrown_away() {
    let data = tempfile::tempdir().unwrap();
    let files = RecordingFiles::new(data.path());
    let whole = sound(10);
    files.append(&demo(), ONE, 0, &whole).unwrap();
    assert!(!complete(&files, &whole, &hash(b"another")).unwrap());
    assert_eq!(files.received(&demo(), ONE).unwrap(), 0);
}

#[test]
fn what_is_no_recording_is_refused_as_it_comes_and_leaves_nothing() {
    let data = tempfile::tempdir().unwrap();
    let files = RecordingFiles::new(data.path());
    let (demo, whole) = (demo(), sound(10));
    let refused = files.append(&demo, ONE, 0, b"%PDF-1.7");
    assert!(matches!(refused, Err(PieceError::NotOggOpus(_))));
    assert_eq!(files.received(&demo, ONE).unwrap(), 0);
    // Also when it turns into something else on the way, and when the server began anew meanwhile.
    files.append(&demo, ONE, 0, &whole[..500]).unwrap();
    let files = RecordingFiles::new(data.path());
    let refused = files.append(&demo, ONE, 500, &[7; 4_000]);
    assert!(matches!(refused, Err(PieceError::NotOggOpus(_))));
    assert_eq!(files.received(&demo, ONE).unwrap(), 0);
    // And when it is shorter than was told.
    files.append(&demo, ONE, 0, &whole).unwrap();
    let told = files.complete(&demo, ONE, whole.len() as u64, &hash(&whole), 60_000);
    assert!(matches!(told, Err(NotOggOpus::OtherLength { .. })));
    assert_eq!(files.received(&demo, ONE).unwrap(), 0);
}

#[cfg(unix)]
#[test]
fn only_the_servers_user_may_read_and_a_backup_is_as_private() {
    use std::os::unix::fs::PermissionsExt;
    let (data, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let files = RecordingFiles::new(data.path());
    let (demo, whole) = (demo(), sound(10));
    files.append(&demo, ONE, 0, &whole).unwrap();
    assert!(complete(&files, &whole, &hash(&whole)).unwrap());
    assert_eq!(files.copy_to(&demo, copy.path()).unwrap(), 1);
    assert_eq!(files.copy_to(&demo, copy.path()).unwrap(), 0);
    let copied = RecordingFiles::new(copy.path());
    for files in [&files, &copied] {
        let (file, length) = files.open(&demo, ONE).unwrap();
        assert_eq!(length, whole.len() as u64);
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
