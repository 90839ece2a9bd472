//! What is erased is gone from the file itself, not only from the answers.

#![allow(clippy::unwrap_used, reason = "a test stops at a surprise")]

#[cfg(test)]
mod file;

use file::{File, entry, numbered};
use protocol::rest::{CustomerPatch, Identity, IdentityKind};
use protocol::work::RecognisedBy;
use store::{Batch, CallerDetails, Entry, JournalEntry, OrganisationStore, RecordEvent};
use vocab::{AgentId, CustomerId, InteractionId, MediumKind, Millis, QueueId, Sensitive};

const SECRETS: [&str; 9] = [
    "Quetzalcoatlus",
    "+86 138 0013 8000",
    "羽蛇翼龙的备注",
    "browser-of-quetzalcoatlus",
    "Flies over tomorrow",
    // As they are searched and compared.
    "quetzalcoatlus",
    "+8613800138000",
    "qzkd-as-typed",
    "\u{7fbd}\u{86c7}\u{7ffc}\u{9f99}\u{7684}",
];

fn text(value: &str) -> Sensitive<String> {
    Sensitive::new(value.to_owned())
}

fn append(file: &File, expected_seq: u64, entries: Vec<Entry>) {
    let entries = entries.into_iter().zip(expected_seq + 1..);
    let batch = Batch {
        expected_seq,
        entries: entries
            .map(|(entry, seq)| JournalEntry {
                seq,
                at: Millis(seq),
                entry,
            })
            .collect(),
        done: vec![],
        audit: vec![],
    };
    file.database.journal().unwrap().append(&batch).unwrap();
}

/// Which of the secrets stand somewhere in the database's files.
fn found(file: &File) -> Vec<&'static str> {
    let mut bytes = Vec::new();
    for one in std::fs::read_dir(file.folder.path()).unwrap() {
        bytes.extend(std::fs::read(one.unwrap().path()).unwrap());
    }
    SECRETS
        .into_iter()
        .filter(|secret| bytes.windows(secret.len()).any(|w| w == secret.as_bytes()))
        .collect()
}

fn record(event: RecordEvent) -> Entry {
    Entry::Record { event }
}

fn entered(interaction: InteractionId, customer: CustomerId) -> Entry {
    let what = acd::What::Entered {
        interaction,
        customer,
        queue: QueueId(1),
        medium: MediumKind::Voice,
        wishes: acd::Wishes::default(),
        key: None,
    };
    let at = Millis(1_204);
    Entry::Routing {
        event: acd::Event { at, what },
    }
}

fn from_browser(visitor: &str) -> CallerDetails {
    CallerDetails {
        given: protocol::rest::Given {
            phone: Some(text(SECRETS[7])),
            ..Default::default()
        },
        topic: None,
        device: None,
        place: None,
        language: None,
        page: None,
        recognised_by: RecognisedBy::Phone,
        visitor: Some(text(visitor)),
        recording_consent: None,
    }
}

#[test]
fn no_byte_of_an_erased_customer_is_left_in_the_files() {
    let file = File::with_entries(200);
    let customer = CustomerId(1_000);
    let identity = Identity::new(IdentityKind::Phone, SECRETS[1]);
    let patch = CustomerPatch {
        note: Some(text(SECRETS[2])),
        ..CustomerPatch::default()
    };
    let created = RecordEvent::CustomerCreated {
        customer,
        name: text(SECRETS[0]),
        language: None,
    };
    let interaction = InteractionId(1);
    let entries = vec![
        record(created),
        record(RecordEvent::IdentityAdded { customer, identity }),
        record(RecordEvent::CustomerPatched { customer, patch }),
        entered(interaction, customer),
        record(RecordEvent::CallerDetails {
            interaction,
            details: from_browser(SECRETS[3]),
        }),
        record(RecordEvent::NoteSaved {
            interaction,
            agent: AgentId(1),
            text: text(SECRETS[4]),
        }),
    ];
    append(&file, 200, entries);
    file.database
        .journal()
        .unwrap()
        .append(&numbered(207, 200))
        .unwrap();
    assert_eq!(found(&file), SECRETS, "the search of bytes can find them");
    let erased = record(RecordEvent::CustomerErased { customer });
    append(&file, 406, vec![erased]);
    assert_eq!(found(&file), [""; 0]);
    let recovered = file.database.journal().unwrap().load().unwrap();
    assert!(recovered.cut.is_none(), "{:?}", recovered.cut);
    assert_eq!(recovered.last_seq, 407);
    assert_eq!(
        recovered.last_customer, customer,
        "its number is not given again"
    );
    assert_eq!(file.entries()[0], entry(1));
}

#[test]
fn the_trail_cannot_be_changed_in_the_file() {
    let file = File::new();
    file.sql("INSERT INTO audit (at, who, what, subject) VALUES (5, 'anna', 'x', 'y')");
    let connection = rusqlite::Connection::open(file.path()).unwrap();
    for change in ["UPDATE audit SET who = 'noor'", "DELETE FROM audit"] {
        assert!(connection.execute_batch(change).is_err(), "{change}");
    }
    assert_eq!(file.count("audit"), 1);
}
