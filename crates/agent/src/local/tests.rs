//! Commands wait in order, replace each other by subject, survive a restart and stay with their account.

use super::Local;
use protocol::desktop::{DeviceKind, Settings, Theme};
use protocol::work::AgentCommand;
use vocab::{ChosenState, CommandId, InteractionId, NotReadyReason, Sensitive};

const ANNA: &str = "anna@demo";

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
        local
            .prefer(DeviceKind::Microphone, &["Headset".to_owned()])
            .unwrap();
    }
    {
        let local = Local::open(folder.path()).unwrap();
        assert_eq!(local.settings(), settings);
        assert_eq!(
            local.preferred(DeviceKind::Microphone),
            vec!["Headset".to_owned()]
        );
        assert!(local.preferred(DeviceKind::Speaker).is_empty());
    }
    for name in ["desktop.sqlite-wal", "desktop.sqlite-shm"] {
        std::fs::remove_file(folder.path().join(name)).ok();
    }
    std::fs::write(folder.path().join("desktop.sqlite"), vec![7_u8; 8192]).unwrap();
    let local = Local::open(folder.path()).unwrap();
    assert_eq!(local.settings(), Settings::default());
}
