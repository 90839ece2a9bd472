//! How long searches take in an organisation of 100,000 customers with three interactions each.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops at a surprise and says its figures"
)]

use acd::{Event, What};
use protocol::rest::{CustomerPatch, Identity, IdentityKind};
use protocol::work::RecognisedBy;
use std::time::Instant;
use store::{
    Batch, CallerDetails, Entry, JournalEntry, Organisation, OrganisationStore, RecordEvent,
};
use store_sqlite::Database;
use vocab::{AgentId, CustomerId, InteractionId, MediumKind, Millis, OrgSlug, QueueId, Sensitive};

const CUSTOMERS: u64 = 100_000;
const QUERIES: [&str; 14] = [
    "陈",
    "玉兰",
    "网速",
    "路由器放在",
    "chen yu",
    "le",
    "o",
    "router",
    "broadband",
    "138 0013",
    "13800099999",
    "customer",
    "张 宽带",
    "nobody here",
];

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = Organisation {
        slug: OrgSlug::new("demo").unwrap(),
        name: "Demo".to_owned(),
    };
    let database = Database::create(&folder.path().join("demo.db"), &organisation).unwrap();
    let mut journal = database.journal().unwrap();
    let (mut seq, began) = (0, Instant::now());
    for first in (1..=CUSTOMERS).step_by(2_000) {
        let events: Vec<Entry> = (first..first + 2_000).flat_map(customer).collect();
        let count = events.len() as u64;
        let entries = events.into_iter().zip(seq + 1..);
        let batch = Batch {
            expected_seq: seq,
            entries: entries
                .map(|(entry, seq)| JournalEntry {
                    seq,
                    at: Millis(seq),
                    entry,
                })
                .collect(),
            done: vec![],
            audit: vec![],
            snapshot: None,
        };
        journal.append(&batch).unwrap();
        seq += count;
    }
    println!("filled in {} s", began.elapsed().as_secs());
    let history = database.history().unwrap();
    for query in QUERIES {
        let mut took: Vec<f64> = (0..7)
            .map(|_| {
                let began = Instant::now();
                history.search(query, 50).unwrap();
                began.elapsed().as_secs_f64() * 1_000.0
            })
            .collect();
        took.sort_by(f64::total_cmp);
        let found = history.search(query, 50).unwrap();
        println!(
            "{query:12}\t{:.1} ms median, {:.1} ms worst, {}{} found",
            took[3],
            took[6],
            found.customers.len(),
            if found.has_more { "+" } else { "" }
        );
    }
}

/// A record and three calls.
fn customer(number: u64) -> Vec<Entry> {
    let customer = CustomerId(number);
    let family = ["陈", "张", "王", "Chen", "Lee", "O'Brien", "Customer"];
    let given = ["玉兰", "建国", "静怡", "Yulan", "Zoë", "Ann"];
    let pick =
        |of: &[&str], by: u64| of[usize::try_from(number / by).unwrap() % of.len()].to_owned();
    let name = format!("{} {} {number}", pick(&family, 1), pick(&given, 7));
    let identity = Identity {
        kind: IdentityKind::Phone,
        value: Sensitive::new(format!(
            "+86 138 {:04} {:04}",
            number / 10_000,
            number % 10_000
        )),
    };
    let patch = CustomerPatch {
        labels: Some(vec![pick(
            &["Broadband 500M", "Mobile ×2", "宽带 1000M"],
            3,
        )]),
        ..CustomerPatch::default()
    };
    let record = |event| Entry::Record { event };
    let mut entries = vec![
        record(RecordEvent::CustomerCreated {
            customer,
            name: Sensitive::new(name),
            language: None,
        }),
        record(RecordEvent::IdentityAdded { customer, identity }),
        record(RecordEvent::CustomerPatched { customer, patch }),
    ];
    for call in 0..3 {
        let interaction = InteractionId(number * 3 + call);
        let about = (number * 7 + call) % 5;
        let (topic, note) = [
            ("晚上网速很慢", "路由器放在电视柜里，建议移到客厅中央"),
            (
                "Router lights are red",
                "Replacement sent by courier, arrives tomorrow",
            ),
            ("账单金额不对", "已解释明细，并开通亚洲漫游包"),
            (
                "Bill is higher than last month",
                "Explained the charge, added the Europe pass",
            ),
            ("Moving house", "Move booked for the 1st between 8 and 12"),
        ][usize::try_from(about).unwrap()];
        let at = Millis(number * 10 + call);
        let routed = |what| Entry::Routing {
            event: Event { at, what },
        };
        let (queue, medium) = (QueueId(1), MediumKind::Voice);
        let entered = What::Entered {
            interaction,
            customer,
            queue,
            medium,
        };
        entries.push(routed(entered));
        let details = CallerDetails {
            topic: Some(Sensitive::new(topic.to_owned())),
            device: None,
            place: None,
            language: None,
            page: None,
            recognised_by: RecognisedBy::Phone,
            visitor: None,
            recording_consent: None,
        };
        entries.push(record(RecordEvent::CallerDetails {
            interaction,
            details,
        }));
        let agent = AgentId(1);
        let text = Sensitive::new(note.to_owned());
        entries.push(record(RecordEvent::NoteSaved {
            interaction,
            agent,
            text,
        }));
    }
    entries
}
