//! Cases about recordings: who may hand one in, what is kept of it, and finding those that must go.

use super::Case;
use super::script::{STAMP, Script, before, caller};
use crate::{
    MAX_RECORDINGS, MayBeRecorded, NewRecordingRow, OrganisationStore, RecordEvent, StoreError,
};
use protocol::rest::{RecordingEnd, RecordingPause};
use vocab::{AgentId, CustomerId, InteractionId, Millis, RecordingId};

pub(super) const CASES: &[Case] = &[
    (
        "a recording is taken with consent, from who took part",
        permission,
    ),
    (
        "a recording is announced, completed, found and removed",
        life,
    ),
];

const ONE: RecordingId = RecordingId(uuid::Uuid::from_u128(1));

fn row(interaction: InteractionId, agent: AgentId) -> NewRecordingRow {
    NewRecordingRow {
        recording: ONE,
        interaction,
        agent,
        started_at: Millis(5_000),
    }
}

/// A whole call of a new customer at `at`, who answered whether it may be recorded.
fn conversation(
    script: &mut Script,
    at: u64,
    consent: Option<bool>,
) -> (CustomerId, InteractionId) {
    let customer = script.customer(at, at, "Chen Yulan");
    let interaction = script.whole_call(at, customer);
    let details = crate::CallerDetails {
        recording_consent: consent,
        ..caller("router")
    };
    let event = RecordEvent::CallerDetails {
        interaction,
        details,
    };
    script.records(at + 9_000, event);
    (customer, interaction)
}

fn permission(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    script.anna_is_ready(2_000);
    let agent = script.anna;
    let (_, agreed) = conversation(&mut script, 10_000, Some(true));
    let (_, refused) = conversation(&mut script, 30_000, Some(false));
    let (_, unasked) = conversation(&mut script, 50_000, None);
    let mut recordings = store.recordings().unwrap();
    let stranger = AgentId(agent.0 + 50);
    for (interaction, agent, expected) in [
        (agreed, agent, MayBeRecorded::Yes),
        (refused, agent, MayBeRecorded::WithoutConsent),
        (unasked, agent, MayBeRecorded::WithoutConsent),
        (agreed, stranger, MayBeRecorded::NotTheirs),
        (InteractionId(9_999), agent, MayBeRecorded::Unknown),
    ] {
        let found = recordings.may_be_recorded(&row(interaction, agent));
        assert_eq!(found.unwrap(), expected, "{interaction} {agent}");
    }
    let numbered = |number: u32| NewRecordingRow {
        recording: RecordingId(uuid::Uuid::from_u128(number.into())),
        ..row(agreed, agent)
    };
    for number in 1..=MAX_RECORDINGS {
        recordings.announce(&numbered(number)).unwrap();
    }
    let found = |number| recordings.may_be_recorded(&numbered(number)).unwrap();
    assert_eq!(found(MAX_RECORDINGS + 1), MayBeRecorded::Enough);
    assert_eq!(found(1), MayBeRecorded::Yes, "announced before");
}

fn life(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    script.anna_is_ready(2_000);
    let agent = script.anna;
    let (customer, interaction) = conversation(&mut script, 10_000, Some(true));
    let mut recordings = store.recordings().unwrap();
    let end = RecordingEnd {
        bytes: 7,
        sha256: "ab".repeat(32),
        duration_ms: 61_000,
        pauses: vec![RecordingPause {
            at_ms: 9_000,
            lasted_ms: 12_000,
        }],
    };
    let unknown = recordings.complete(ONE, &end);
    assert!(matches!(unknown, Err(StoreError::Unknown { .. })));

    recordings.announce(&row(interaction, agent)).unwrap();
    recordings.announce(&row(interaction, agent)).unwrap();
    let foreign = recordings.announce(&row(interaction, AgentId(agent.0 + 1)));
    assert!(matches!(foreign, Err(StoreError::Taken { .. })));
    let announced = recordings.recording(ONE).unwrap().unwrap();
    assert!(!announced.summary.is_complete);
    assert_eq!(
        (announced.customer, announced.summary.agent),
        (customer, agent)
    );

    recordings.complete(ONE, &end).unwrap();
    let detail = store.history().unwrap().interaction(interaction).unwrap();
    let shown = detail.unwrap().summary.recordings;
    assert_eq!(shown.len(), 1);
    assert!(shown[0].is_complete && shown[0].pauses == end.pauses);
    assert_eq!(shown[0].duration_ms, 61_000);
    let page = store.history().unwrap().timeline(customer, None, 5);
    assert_eq!(page.unwrap().interactions[0].recordings, shown);

    assert!(recordings.erased().unwrap().is_empty());
    assert_eq!(recordings.begun_at(&before(11_001)).unwrap(), [ONE]);
    // The desktop says 5,000: its clock is behind, for nothing is recorded before the answer.
    assert!(recordings.begun_at(&before(11_000)).unwrap().is_empty());
    for _ in 0..3 {
        let what = "recording_listened";
        recordings.note_access(STAMP, what, ONE).unwrap();
    }
    let trail = store.accounts().unwrap().audit(None, 10).unwrap();
    let listened = trail.iter().filter(|row| row.what == "recording_listened");
    assert_eq!(listened.count(), 1);
    recordings.remove(ONE).unwrap();
    recordings.remove(ONE).unwrap();
    assert!(recordings.recording(ONE).unwrap().is_none());
}
