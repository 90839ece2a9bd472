//! Cases about the journal: order, atomicity, recovery, repeated commands.

use super::Case;
use super::script::Script;
use crate::{
    Batch, COMMANDS_KEPT_MS, CommandOwner, DoneCommand, Entry, OrganisationStore, RecordEvent,
    StoreError,
};
use acd::Center;
use vocab::{AgentId, CommandId, CustomerId, Millis, Sensitive};

const ANNA: CommandOwner = CommandOwner::Agent(AgentId(1));

pub(super) const CASES: &[Case] = &[
    ("an empty journal recovers to nothing", empty),
    ("what was appended is read back in order", read_back),
    (
        "snapshot and tail give the same engine as all events",
        snapshot_and_tail,
    ),
    ("the engine is told as it was before any entry", as_it_was),
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
    assert_eq!((recovered.snapshot_seq, recovered.cut), (0, None));
    assert_eq!(recovered.center, Center::new());
    assert_eq!(store.past().unwrap().entries(0, 10).unwrap(), []);
}

fn read_back(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 7, "Chen Yulan");
    script.anna_is_ready(2_000);
    script.whole_call(3_000, chen);

    let recovered = store.journal().unwrap().load().unwrap();
    assert_eq!(
        (recovered.last_seq, recovered.last_customer),
        (script.seq, CustomerId(7))
    );
    assert_eq!(recovered.center, script.center);
    let past = store.past().unwrap();
    assert_eq!(past.entries(0, 1_000).unwrap(), script.written);
    assert_eq!(past.entries(2, 3).unwrap(), script.written[2..5]);
    assert_eq!(past.entries(script.seq, 3).unwrap(), []);
}

fn snapshot_and_tail(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let chen = script.customer(1_500, 1, "Chen Yulan");
    script.anna_is_ready(2_000);
    script.whole_call(3_000, chen);
    let past = store.past().unwrap();
    script
        .journal
        .keep_snapshot(&past.snapshot().unwrap())
        .unwrap();
    let seq = script.seq;
    script.enters(20_000, chen);

    let recovered = store.journal().unwrap().load().unwrap();
    assert_eq!(recovered.snapshot_seq, seq);
    assert_eq!(recovered.center, script.center);
}

fn as_it_was(store: &dyn OrganisationStore) {
    let mut script = Script::new(store);
    let past = store.past().unwrap();
    let chen = script.customer(1_500, 1, "Chen Yulan");
    script.anna_is_ready(2_000);
    let mut was = vec![(script.seq + 1, script.center.clone())];
    script.whole_call(3_000, chen);
    was.push((script.seq + 1, script.center.clone()));
    let snapshot = past.snapshot().unwrap();
    assert_eq!(snapshot.seq, script.seq);
    script.journal.keep_snapshot(&snapshot).unwrap();
    script.enters(20_000, chen);
    was.push((script.seq + 1, script.center.clone()));

    for (seq, center) in was {
        assert_eq!(past.center_before(seq).unwrap(), center, "before {seq}");
    }
    // Between two entries of one decision it is the engine half way.
    let mut center = Center::new();
    for entry in &script.written {
        assert_eq!(past.center_before(entry.seq).unwrap(), center);
        if let Entry::Routing { event } = &entry.entry {
            center.apply(event);
        }
    }
    let beyond = past.center_before(script.seq + 2);
    assert!(
        matches!(beyond, Err(StoreError::Unknown { .. })),
        "{beyond:?}"
    );
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
            owner: ANNA,
            id,
            at: Millis(5_000),
        }],
        ..script.batch(5_000, vec![customer_created(1), customer_created(1)])
    };
    assert!(script.journal.append(&batch).is_err());
    assert!(!script.journal.is_done(ANNA, id).unwrap());
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
        owner: ANNA,
        id: CommandId(uuid::Uuid::from_u128(1)),
        at: Millis(10_000),
    };
    let second = DoneCommand {
        owner: ANNA,
        id: CommandId(uuid::Uuid::from_u128(2)),
        at: Millis(20_000),
    };
    // A visitor happened on the same id.
    let third_partys = DoneCommand {
        owner: CommandOwner::Visitor([7; 16]),
        id: second.id,
        at: Millis(21_000),
    };
    let batch = Batch {
        audit: Vec::new(),
        done: vec![first, second, third_partys],
        ..script.batch(20_000, Vec::new())
    };
    script.journal.append(&batch).unwrap();
    // The same again is no error: the server may not have seen that it was kept.
    script.journal.append(&batch).unwrap();
    assert!(script.journal.is_done(ANNA, first.id).unwrap());
    for other in [
        CommandOwner::Agent(AgentId(2)),
        CommandOwner::Visitor([0; 16]),
    ] {
        let theirs = script.journal.is_done(other, first.id).unwrap();
        assert!(!theirs, "an id is its owner's own");
    }
    let recovered = store.journal().unwrap().load().unwrap();
    assert_eq!(recovered.done, [first, second, third_partys]);

    let third = DoneCommand {
        owner: ANNA,
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
        !script.journal.is_done(ANNA, first.id).unwrap(),
        "older than a day"
    );
    assert!(script.journal.is_done(ANNA, second.id).unwrap());
    assert!(
        !script
            .journal
            .is_done(ANNA, CommandId(uuid::Uuid::from_u128(4)))
            .unwrap()
    );
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
