//! Commands wait in order, replace each other by subject, survive a restart and stay with their account.

use super::Local;
use protocol::desktop::{Device, DeviceKind, Settings, Theme};
use protocol::work::AgentCommand;
use vocab::{ChosenState, CommandId, InteractionId, NotReadyReason, Sensitive};

const ANNA: &str = "anna@demo";

fn headset() -> Device {
    Device {
        id: "jabra#usb-0:2".to_owned(),
        name: "Headset".to_owned(),
    }
}

fn id() -> CommandId {
    CommandId(uuid::Uuid::now_v7())
}

fn note(interaction: u64, text: &str) -> AgentCommand {
    let text = Sensitive::new(text.to_owned());
    AgentCommand::SaveNote {
        interaction: InteractionId(interaction),
        text,
    }
}

fn lunch() -> AgentCommand {
    let state = ChosenState::NotReady {
        reason: NotReadyReason::Lunch,
    };
    AgentCommand::ReserveNextState { state: Some(state) }
}

fn drain(local: &Local, account: &str) -> Vec<AgentCommand> {
    let mut all = Vec::new();
    while let Some(waiting) = local.oldest(account).unwrap() {
        local.delivered(waiting.id).unwrap();
        all.push(waiting.command);
    }
    all
}

#[test]
fn kept_commands_survive_a_restart_in_their_order_with_only_the_last_note() {
    let folder = tempfile::tempdir().unwrap();
    let finish = AgentCommand::FinishWrapUp {
        interaction: InteractionId(7),
        disposition: None,
    };
    {
        let mut local = Local::open(folder.path()).unwrap();
        local.keep(ANNA, id(), &note(7, "Wants"), None).unwrap();
        local.keep(ANNA, id(), &note(8, "other"), None).unwrap();
        local
            .keep(ANNA, id(), &note(7, "Wants a router"), None)
            .unwrap();
        local.keep(ANNA, id(), &finish, None).unwrap();
        local.keep(ANNA, id(), &lunch(), None).unwrap();
        local
            .keep("noor@demo", id(), &note(9, "noor's"), None)
            .unwrap();
    }
    let local = Local::open(folder.path()).unwrap();
    assert_eq!(local.count(ANNA), 4);
    let draft = local.drafts(ANNA).remove(&InteractionId(7)).unwrap();
    assert_eq!(draft.reveal(), "Wants a router");
    let expected = vec![note(8, "other"), note(7, "Wants a router"), finish, lunch()];
    assert_eq!(drain(&local, ANNA), expected);
    assert_eq!(drain(&local, "noor@demo"), vec![note(9, "noor's")]);
}

#[test]
fn a_note_on_its_way_is_followed_and_not_replaced_by_a_newer_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut local = Local::open(folder.path()).unwrap();
    let sent = id();
    local.keep(ANNA, sent, &note(7, "a"), None).unwrap();
    local.keep(ANNA, id(), &note(7, "ab"), Some(sent)).unwrap();
    local.keep(ANNA, id(), &note(7, "abc"), Some(sent)).unwrap();
    assert_eq!(drain(&local, ANNA), vec![note(7, "a"), note(7, "abc")]);
}

#[test]
fn settings_and_preferences_come_back_and_an_unreadable_file_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        theme: Theme::Dark,
        ringer_volume_percent: 30,
        ..Settings::default()
    };
    {
        let local = Local::open(folder.path()).unwrap();
        local.save_settings(&settings).unwrap();
        local.prefer(DeviceKind::Microphone, &[headset()]).unwrap();
    }
    {
        let local = Local::open(folder.path()).unwrap();
        assert_eq!(local.settings(), settings);
        assert_eq!(local.preferred(DeviceKind::Microphone), vec![headset()]);
        assert!(local.preferred(DeviceKind::Speaker).is_empty());
    }
    for name in ["desktop.sqlite-wal", "desktop.sqlite-shm"] {
        std::fs::remove_file(folder.path().join(name)).ok();
    }
    std::fs::write(folder.path().join("desktop.sqlite"), vec![7_u8; 8192]).unwrap();
    let local = Local::open(folder.path()).unwrap();
    assert_eq!(local.settings(), Settings::default());
}

#[test]
fn devices_kept_by_their_names_are_kept_on() {
    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path()).unwrap();
    local
        .put("preferred_microphones", &["Jabra Evolve2 65", "Webcam"])
        .unwrap();
    let kept = local.preferred(DeviceKind::Microphone);
    let kept: Vec<_> = kept
        .iter()
        .map(|d| (d.id.as_str(), d.name.as_str()))
        .collect();
    assert_eq!(
        kept,
        [
            ("Jabra Evolve2 65", "Jabra Evolve2 65"),
            ("Webcam", "Webcam")
        ]
    );
}

/// Whether the words stand in any file of the folder, whatever its name.
fn is_on_disk(folder: &std::path::Path, words: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() {
            std::fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        bytes
            .windows(words.len())
            .any(|part| part == words.as_bytes())
    })
}

const SECRET: &str = "Chen Yulan wants a router";

/// As a desktop leaves it that was used all day: rows replaced and deleted, some of it only in the log.
fn used(folder: &std::path::Path) -> Local {
    let mut local = Local::open(folder).unwrap();
    for turn in 0..40 {
        let long = format!("{SECRET} {turn} {}", "and more ".repeat(turn * 20));
        local
            .keep(ANNA, id(), &note(turn as u64, &long), None)
            .unwrap();
        local.put("view", &(ANNA, &long)).unwrap();
    }
    local
        .keep("noor@demo", id(), &note(9, "of noor"), None)
        .unwrap();
    local
}

#[test]
fn a_sign_out_leaves_nothing_of_customers_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let local = used(folder.path());
    assert!(
        is_on_disk(folder.path(), SECRET),
        "the test looks in the wrong place"
    );
    local.forget_account(ANNA).unwrap();
    assert!(!is_on_disk(folder.path(), SECRET));
    let noor = drain(&local, "noor@demo");
    assert_eq!(
        noor,
        vec![note(9, "of noor")],
        "somebody else's unsent note stays theirs"
    );
}

#[test]
fn what_an_earlier_program_left_in_freed_pages_and_beside_it_goes_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desktop.sqlite");
    let aside = folder.path().join("desktop.sqlite.unreadable");
    {
        let local = used(folder.path());
        local
            .db
            .pragma_update(None, "secure_delete", "OFF")
            .unwrap();
        local
            .db
            .execute_batch("DELETE FROM kept; DELETE FROM outbox;")
            .unwrap();
    }
    std::fs::copy(&file, aside).unwrap();
    assert!(is_on_disk(folder.path(), SECRET));
    Local::open(folder.path()).unwrap().forget_view().unwrap();
    assert!(!is_on_disk(folder.path(), SECRET));
}

#[cfg(unix)]
#[test]
fn only_the_user_can_look_into_the_folder_and_its_files() {
    use std::os::unix::fs::PermissionsExt;
    let above = tempfile::tempdir().unwrap();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    // Made anew, and as an earlier program left it.
    for is_there in [false, true] {
        let folder = above.path().join(format!("data-{is_there}"));
        if is_there {
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join("desktop.sqlite"), b"").unwrap();
            std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let _local = used(&folder);
        assert_eq!(mode(&folder), 0o700);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    // A folder with other things in it was chosen by somebody; the files are private all the same.
    let shared = above.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    std::fs::write(shared.join("letter"), b"x").unwrap();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o755)).unwrap();
    let _local = Local::open(&shared).unwrap();
    assert_eq!(
        (mode(&shared), mode(&shared.join("desktop.sqlite"))),
        (0o755, 0o600)
    );
}
