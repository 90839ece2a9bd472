//! Cases about the journal: order, atomicity, recovery, repeated commands.

use super::Case;
use super::script::Script;
use crate::{
    Batch, COMMANDS_KEPT_MS, DoneCommand, Entry, OrganisationStore, RecordEvent, Recovered,
    Snapshot, StoreError,
};
use acd::Center;
use vocab::{CommandId, CustomerId, Millis, Sensitive};

pub(super) const CASES: &[Case] = &[
    ("an empty journal recovers to nothing", empty),
    ("what was appended is read back in order", read_back),
    (
        "snapshot and tail give the same engine as all events",
        snapshot_and_tail,
    ),
    ("a second writer is refused", second_writer),
    (
        "a gap in the numbers is refused and nothing of the batch is kept",
        gap,
    ),
    ("a batch that fails leaves no projection behind", atomic),
    ("a done command is remembered for a day", done_commands),
];

fn empty(store: &dyn OrganisationStore) {
    let recovered = store.journal().unwrap().load().unwrap();
    assert_eq!(
        (recovered.last_seq, recovered.last_customer),
        (0, CustomerId(0))
    );
    assert!(recovered.snapshot.is_none() && recovered.tail.is_empty() && recovered.cut.is_none());
}

fn read_back(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 7, "Chen Yulan");
    script.anna_is_ready(2_000);
    script.whole_call(3_000, chen);

    let recovered = store.journal().unwrap().load().unwrap();
    assert_eq!(recovered.tail, script.written);
    assert_eq!(
        (recovered.last_seq, recovered.last_customer),
        (script.seq, CustomerId(7))
    );
    assert_eq!(engine(&recovered), script.center);
}

fn snapshot_and_tail(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    script.anna_is_ready(2_000);
    script.whole_call(3_000, chen);
    let batch = Batch {
        snapshot: Some(Snapshot {
            seq: script.seq,
            center: script.center.clone(),
        }),
        ..script.batch(12_000, Vec::new())
    };
    script.journal.append(&batch).unwrap();
    let seq = script.seq;
    script.enters(20_000, chen);

    let recovered = store.journal().unwrap().load().unwrap();
    assert_eq!(
        recovered.snapshot.as_ref().map(|snapshot| snapshot.seq),
        Some(seq)
    );
    assert_eq!(recovered.tail.first().map(|entry| entry.seq), Some(seq + 1));
    assert_eq!(engine(&recovered), script.center);
}

fn second_writer(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let late = script.batch(5_000, vec![customer_created(9)]);
    let mut other = store.journal().unwrap();
    script.customer(4_000, 1, "Chen Yulan");

    let refused = other.append(&late);
    assert!(
        matches!(refused, Err(StoreError::Conflict { expected, found })
            if expected == late.expected_seq && found == script.seq),
        "{refused:?}"
    );
    assert!(
        store
            .history()
            .unwrap()
            .customer(CustomerId(9))
            .unwrap()
            .is_none()
    );
}

fn gap(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let mut batch = script.batch(5_000, vec![customer_created(1), customer_created(2)]);
    batch.entries[1].seq += 1;
    let refused = script.journal.append(&batch);
    assert!(
        matches!(refused, Err(StoreError::BadSequence { .. })),
        "{refused:?}"
    );
    assert!(
        store
            .history()
            .unwrap()
            .customer(CustomerId(1))
            .unwrap()
            .is_none()
    );
    assert_eq!(
        store.journal().unwrap().load().unwrap().last_seq,
        script.seq
    );
}

fn atomic(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    // The same customer twice cannot be.
    let id = CommandId(uuid::Uuid::from_u128(1));
    let batch = Batch {
        audit: Vec::new(),
        done: vec![DoneCommand {
            id,
            at: Millis(5_000),
        }],
        ..script.batch(5_000, vec![customer_created(1), customer_created(1)])
    };
    assert!(script.journal.append(&batch).is_err());
    assert!(!script.journal.is_done(id).unwrap());
    assert!(
        store
            .history()
            .unwrap()
            .customer(CustomerId(1))
            .unwrap()
            .is_none()
    );
    script.customer(6_000, 1, "Chen Yulan");
    assert!(
        store
            .history()
            .unwrap()
            .customer(CustomerId(1))
            .unwrap()
            .is_some()
    );
}

fn done_commands(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let first = DoneCommand {
        id: CommandId(uuid::Uuid::from_u128(1)),
        at: Millis(10_000),
    };
    let second = DoneCommand {
        id: CommandId(uuid::Uuid::from_u128(2)),
        at: Millis(20_000),
    };
    let batch = Batch {
        audit: Vec::new(),
        done: vec![first, second],
        ..script.batch(20_000, Vec::new())
    };
    script.journal.append(&batch).unwrap();
    // The same again is no error: the server may not have seen that it was kept.
    script.journal.append(&batch).unwrap();
    assert!(script.journal.is_done(first.id).unwrap());
    let recovered = store.journal().unwrap().load().unwrap();
    assert_eq!(recovered.done, [first, second]);

    let third = DoneCommand {
        id: CommandId(uuid::Uuid::from_u128(3)),
        at: second.at.plus(COMMANDS_KEPT_MS),
    };
    let batch = Batch {
        audit: Vec::new(),
        done: vec![third],
        ..script.batch(third.at.0, Vec::new())
    };
    script.journal.append(&batch).unwrap();
    assert!(
        !script.journal.is_done(first.id).unwrap(),
        "older than a day"
    );
    assert!(script.journal.is_done(second.id).unwrap());
    assert!(
        !script
            .journal
            .is_done(CommandId(uuid::Uuid::from_u128(4)))
            .unwrap()
    );
}

fn engine(recovered: &Recovered) -> Center {
    let mut center = recovered
        .snapshot
        .as_ref()
        .map_or_else(Center::new, |snapshot| snapshot.center.clone());
    for entry in &recovered.tail {
        if let Entry::Routing { event } = &entry.entry {
            center.apply(event);
        }
    }
    center
}

fn customer_created(id: u64) -> Entry {
    let name = Sensitive::new("Somebody".to_owned());
    let customer = CustomerId(id);
    Entry::Record {
        event: RecordEvent::CustomerCreated {
            customer,
            name,
            language: None,
        },
    }
}
