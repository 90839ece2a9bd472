//! A hundred names of many scripts and the numbers of many countries, each with what must find it and what must not.

#![allow(clippy::unwrap_used, reason = "a test stops at a surprise")]

use protocol::configuration::Change;
use protocol::rest::{Given, Identity, IdentityKind};
use protocol::work::RecognisedBy;
use store::{
    Batch, CallerDetails, Entry, JournalEntry, Organisation, OrganisationStore, RecordEvent, Stamp,
};
use store_sqlite::Database;
use vocab::{CustomerId, InteractionId, MediumKind, Millis, OrgSlug, QueueId, Sensitive};

/// A name; what finds it, separated by ` | `; after it what does not.
const NAMES: &str = include_str!("data/names.tsv");

/// The telephone numbers that the core's tests read, as people of each country write them.
const NUMBERS: &str = include_str!("../../../core/text/tests/data/numbers.tsv");

struct File {
    _folder: tempfile::TempDir,
    database: Database,
    last: u64,
}

impl File {
    fn new(country: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let organisation = Organisation {
            slug: OrgSlug::new("demo").unwrap(),
            name: "Demo".to_owned(),
        };
        let database = Database::create(&folder.path().join("demo.db"), &organisation).unwrap();
        let file = Self {
            _folder: folder,
            database,
            last: 0,
        };
        file.move_to(country);
        file
    }

    fn move_to(&self, country: Option<&str>) {
        let mut accounts = self.database.accounts().unwrap();
        let (_, mut document) = accounts.configuration().unwrap();
        document.rules.country = country.map(ToOwned::to_owned);
        let change = Change {
            rules: Some(document.rules),
            ..Change::default()
        };
        let stamp = Stamp {
            at: Millis(1),
            by: "test",
        };
        accounts
            .change_configuration(stamp, None, None, &change)
            .unwrap();
    }

    fn append(&mut self, entries: Vec<Entry>) {
        let expected_seq = self.last;
        let numbered = (expected_seq + 1..).zip(entries);
        let entries: Vec<_> = numbered
            .map(|(seq, entry)| JournalEntry {
                seq,
                at: Millis(seq),
                entry,
            })
            .collect();
        self.last += entries.len() as u64;
        let batch = Batch {
            expected_seq,
            entries,
            done: vec![],
            audit: vec![],
        };
        self.database.journal().unwrap().append(&batch).unwrap();
    }

    fn add(&mut self, customer: u64, name: &str, phones: &[&str]) {
        let customer = CustomerId(customer);
        let created = RecordEvent::CustomerCreated {
            customer,
            name: Sensitive::new(name.to_owned()),
            language: None,
        };
        let phones = phones.iter().map(|phone| RecordEvent::IdentityAdded {
            customer,
            identity: Identity::new(IdentityKind::Phone, *phone),
        });
        let events = std::iter::once(created).chain(phones);
        self.append(events.map(|event| Entry::Record { event }).collect());
    }

    fn finds(&self, query: &str) -> Vec<u64> {
        let page = self.database.history().unwrap().search(query, 100).unwrap();
        let mut found: Vec<u64> = page
            .customers
            .iter()
            .map(|found| found.customer.customer.0)
            .collect();
        found.sort_unstable();
        found
    }

    fn who(&self, phone: &str, country: &str) -> Option<CustomerId> {
        let home = text::Country::of(country);
        let key = store::identity_key(IdentityKind::Phone, phone, home)?;
        let history = self.database.history().unwrap();
        history
            .find_customer_by_key(IdentityKind::Phone, &key)
            .unwrap()
    }
}

fn names() -> Vec<(&'static str, Vec<&'static str>, Vec<&'static str>)> {
    let queries = |cell: Option<&'static str>| {
        let cell = cell.unwrap_or_default();
        cell.split(" | ")
            .filter(|query| !query.is_empty())
            .collect()
    };
    let lines = NAMES.lines().filter(|line| !line.starts_with("# "));
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            let name = cells.next().unwrap();
            (name, queries(cells.next()), queries(cells.next()))
        })
        .collect()
}

#[test]
fn every_name_is_found_by_each_spelling_and_not_by_others() {
    let mut file = File::new(None);
    let names = names();
    assert!(names.len() >= 100, "{} names", names.len());
    for (number, (name, ..)) in (1..).zip(&names) {
        file.add(number, name, &[]);
    }
    let mut wrong = Vec::new();
    for (number, (name, finds, misses)) in (1..).zip(&names) {
        for query in finds.iter().chain([name]) {
            if !file.finds(query).contains(&number) {
                wrong.push(format!("“{query}” does not find {name}"));
            }
        }
        for query in misses {
            if file.finds(query).contains(&number) {
                wrong.push(format!("“{query}” finds {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_name_is_found_while_it_is_typed() {
    let mut file = File::new(None);
    file.add(1, "Siobhán O’Brien", &[]);
    file.add(2, "陳玉蘭", &[]);
    file.add(3, "Юлия Щукина", &[]);
    for (typed, who) in [
        ("Siobhan O'Brien", 1),
        ("chen yulan", 2),
        ("Yulia Shchukina", 3),
    ] {
        for end in 1..=typed.len() {
            let part = &typed[..end];
            assert!(file.finds(part).contains(&who), "{part}");
        }
    }
}

#[test]
fn every_spelling_of_a_number_finds_and_recognises_its_customer() {
    let mut file = File::new(Some("GB"));
    let rows: Vec<Vec<&str>> = NUMBERS
        .lines()
        .filter(|line| !line.starts_with('#') && !line.contains('‹'))
        .map(|line| line.split('\t').collect())
        .collect();
    let mut numbers: Vec<&str> = rows.iter().map(|row| row[2]).collect();
    numbers.dedup();
    for (number, e164) in (1..).zip(&numbers) {
        file.add(number, &format!("Customer {number}"), &[e164]);
    }
    for row in &rows {
        let at = numbers.iter().position(|e164| *e164 == row[2]).unwrap();
        let customer = at as u64 + 1;
        assert_eq!(
            file.who(row[1], row[0]),
            Some(CustomerId(customer)),
            "{row:?}"
        );
    }
    for (number, e164) in (1..).zip(&numbers) {
        let last = &e164[e164.len() - 6..];
        for query in [
            *e164,
            &e164[1..],
            last,
            &format!("{} {}", &last[..3], &last[3..]),
        ] {
            assert!(file.finds(query).contains(&number), "{query}");
        }
    }
    for query in [
        "020 7946 0958",
        "+44 (0)20 7946 0958",
        "(020) 7946-0958",
        "0958",
        "7946 0958",
        "020 7946 0958 ext 7",
        "０２０ ７９４６",
        "٠٢٠ ٧٩٤٦",
    ] {
        assert!(file.finds(query).contains(&1), "{query}");
    }
}

#[test]
fn keys_follow_the_organisation_s_country_and_words_have_none() {
    let mut file = File::new(None);
    file.add(1, "Anna", &["030 12345678", "after 5 pm please"]);
    file.add(2, "Bert", &["+49 30 12345678 x7"]);
    assert_eq!(
        file.who("+49 30 12345678", "DE"),
        Some(CustomerId(2)),
        "one alone is known"
    );
    let duplicates = |file: &File| {
        file.database
            .history()
            .unwrap()
            .duplicates(None, 10)
            .unwrap()
    };
    assert!(duplicates(&file).duplicates.is_empty());
    file.move_to(Some("DE"));
    let mut journal = file.database.journal().unwrap();
    while journal.tidy().unwrap() {}
    drop(journal);
    let found = duplicates(&file).duplicates;
    let shared: Vec<_> = found
        .iter()
        .map(|one| (one.shown.reveal().as_str(), one.records))
        .collect();
    assert_eq!(shared, [("030 12345678", 2)]);
    assert_eq!(file.finds("+49 30 12345678"), [1, 2]);
    let history = file.database.history().unwrap();
    let bert = history.customer(CustomerId(2)).unwrap().unwrap();
    let phone = bert.identities[0].phone.as_ref().unwrap();
    assert_eq!(
        (
            phone.text.reveal().as_str(),
            phone.extension.as_ref().unwrap().reveal().as_str()
        ),
        ("030 12345678", "7")
    );
    let anna = history.customer(CustomerId(1)).unwrap().unwrap();
    let words: Vec<_> = anna
        .identities
        .iter()
        .map(|one| (one.value.reveal().as_str(), one.phone.is_some()))
        .collect();
    assert_eq!(
        words,
        [("030 12345678", true), ("after 5 pm please", false)]
    );
    assert_eq!(file.finds("after please"), [1]);
    file.move_to(None);
    let mut journal = file.database.journal().unwrap();
    while journal.tidy().unwrap() {}
    assert!(
        duplicates(&file).duplicates.is_empty(),
        "nothing was merged"
    );
}

#[test]
fn what_a_caller_typed_is_found_though_it_is_on_nobody_s_record() {
    let mut file = File::new(Some("GB"));
    file.add(1, "Visitor 1", &[]);
    let interaction = InteractionId(1);
    let typed = |text: &str| Some(Sensitive::new(text.to_owned()));
    let details = CallerDetails {
        given: Given {
            name: typed("Đức Trần"),
            phone: typed("after 5 pm please, 020 7946 0958"),
            email: typed("duc at home"),
        },
        topic: None,
        device: None,
        place: None,
        language: None,
        page: None,
        recognised_by: RecognisedBy::Phone,
        visitor: None,
        recording_consent: None,
    };
    let what = acd::What::Entered {
        interaction,
        customer: CustomerId(1),
        queue: QueueId(1),
        medium: MediumKind::Voice,
        wishes: acd::Wishes::default(),
        key: None,
    };
    let event = acd::Event {
        at: Millis(3),
        what,
    };
    file.append(vec![
        Entry::Routing { event },
        Entry::Record {
            event: RecordEvent::CallerDetails {
                interaction,
                details,
            },
        },
    ]);
    for query in ["duc tran", "Đức", "after please", "7946 0958", "home duc"] {
        assert_eq!(file.finds(query), [1], "{query}");
    }
    assert_eq!(file.finds("tran home"), [1]);
    let page = file.database.history().unwrap().search("tran", 5).unwrap();
    let matched = page.customers[0].matched.as_ref().unwrap();
    assert_eq!(matched.place, protocol::record::MatchedPlace::Given);
    assert_eq!(matched.excerpt.reveal(), "Đức Trần");
}
