//! Measures finding customers among very many, as one types and at once, with every folding; prints JSON. Build with
//! `--release`; Linux only, because memory is read from `/proc`.
//!
//! `bench_search [customers [file]]`; two million unless given. A file that is there is searched as it is, and one that
//! is not is filled and kept.

use anyhow::Context;
use protocol::configuration::Change;
use protocol::rest::{CustomerPatch, Identity, IdentityKind};
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;
use store::{
    Batch, Entry, History, JournalEntry, Organisation, OrganisationStore, RecordEvent, Stamp,
};
use store_sqlite::Database;
use vocab::{CustomerId, Millis, OrgSlug, Sensitive};

const CUSTOMERS: u64 = 2_000_000;

/// Records of one transaction while the store is filled.
const AT_ONCE: u64 = 5_000;

/// People who search; each types a name, a number or an address letter by letter.
const SEARCHES: u64 = 300;

/// Rows that a screen asks for.
const ROWS: u32 = 20;

const FAMILY: [&str; 40] = [
    "Müller",
    "Schmidt",
    "Smith",
    "Jones",
    "O’Brien",
    "Martin",
    "Lefèvre",
    "García",
    "Nuñez",
    "Rossi",
    "Silva",
    "Conceição",
    "Łukasik",
    "Żak",
    "Novák",
    "Čapek",
    "Kovács",
    "Őri",
    "Yılmaz",
    "Çağlar",
    "Иванов",
    "Шевченко",
    "Петрова",
    "Щукина",
    "Παπαδόπουλος",
    "Γεωργίου",
    "محمد",
    "الحسن",
    "חיים",
    "陈",
    "王",
    "李",
    "張",
    "欧阳",
    "たなか",
    "김",
    "Nguyễn",
    "Trần",
    "शर्मा",
    "Hansen",
];
const GIVEN: [&str; 40] = [
    "Anna",
    "Siobhán",
    "Jürgen",
    "François",
    "José",
    "João",
    "Giulia",
    "Wójciech",
    "Jiří",
    "Béla",
    "Işık",
    "Søren",
    "Åsa",
    "Þórður",
    "Юлия",
    "Дмитрий",
    "Ольга",
    "Григорій",
    "Ελένη",
    "Γιώργος",
    "فاطمة",
    "علي",
    "خالد",
    "דניאל",
    "玉兰",
    "伟",
    "小龙",
    "學友",
    "娜",
    "はなこ",
    "민수",
    "Đức",
    "Minh",
    "राहुल",
    "Mary",
    "John",
    "Peter",
    "Zoë",
    "Kwame",
    "Noor",
];

/// Numbers drawn one after the other, the same in every run.
struct Chance(u64);

impl Chance {
    fn draw(&mut self, below: u64) -> u64 {
        // SplitMix64 (Steele, Lea and Flood, 2014).
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = self.draw(of.len() as u64);
        usize::try_from(at)
            .ok()
            .and_then(|at| of.get(at))
            .copied()
            .unwrap_or_default()
    }

    /// An invented word, so that names are as many as people's are.
    fn word(&mut self, syllables: u64) -> String {
        const PARTS: [&str; 24] = [
            "ma", "ri", "ke", "lo", "ta", "san", "der", "vil", "bor", "new", "har", "ton", "ber",
            "gue", "chi", "ren", "po", "shu", "dal", "mos", "fen", "ga", "wel", "ny",
        ];
        (0..syllables).map(|_| self.one(&PARTS)).collect()
    }
}

struct Person {
    name: String,
    phone: String,
    mail: String,
}

/// Half of them have names that many share.
fn person(number: u64) -> Person {
    let mut chance = Chance(number.wrapping_mul(0x1000_0001));
    let family = chance.one(&FAMILY);
    let is_wide = family.chars().all(text::is_wide);
    let name = if is_wide {
        let second = chance.draw(5_000);
        let third = char::from_u32(0x4E00 + u32::try_from(second).unwrap_or(0)).unwrap_or('玉');
        format!(
            "{family}{third}{}",
            GIVEN[usize::try_from(24 + chance.draw(5)).unwrap_or(24)]
        )
    } else if chance.draw(2) == 0 {
        format!("{} {family}", chance.one(&GIVEN))
    } else {
        let first = chance.one(&GIVEN).to_owned();
        let syllables = 2 + chance.draw(2);
        format!("{first} {}", chance.word(syllables))
    };
    let phone = match chance.draw(3) {
        0 => format!("+49 151 {:08}", chance.draw(100_000_000)),
        1 => format!("07700 9{:05}", chance.draw(100_000)),
        _ => format!(
            "+86 138 {:04} {:04}",
            chance.draw(10_000),
            chance.draw(10_000)
        ),
    };
    let mail = format!("{}{number}@{}.example", chance.word(2), chance.word(1));
    Person { name, phone, mail }
}

fn main() -> anyhow::Result<()> {
    let given = std::env::args().nth(1).map(|given| given.parse());
    let customers: u64 = given.transpose()?.unwrap_or(CUSTOMERS);
    // Beside this program, which is on a disk: a temporary folder may be memory.
    let here = std::env::current_exe()?;
    let folder = tempfile::tempdir_in(here.parent().context("no parent")?)?;
    let organisation = Organisation {
        slug: OrgSlug::new("demo")?,
        name: "Bench".to_owned(),
    };
    let file = std::env::args()
        .nth(2)
        .map_or_else(|| folder.path().join("demo.sqlite"), PathBuf::from);
    let began = Instant::now();
    let database = if file.exists() {
        Database::open(&file)?
    } else {
        let database = Database::create(&file, &organisation)?;
        in_britain(&database)?;
        fill(&database, customers)?;
        database
    };
    let filled_s = began.elapsed().as_secs_f64();
    let history = database.history()?;
    let mut typing = Vec::new();
    let mut slowest = (0.0, 0);
    for search in 0..SEARCHES {
        for query in typed(search, customers) {
            let took = timed(history.as_ref(), &query)?;
            if took > slowest.0 {
                slowest = (took, query.chars().count());
            }
            typing.push(took);
        }
    }
    let mut whole = Vec::new();
    let mut missed = 0_u32;
    for search in 0..SEARCHES {
        let number = Chance(search).draw(customers) + 1;
        let person = person(number);
        whole.push(timed(history.as_ref(), &person.mail)?);
        let found = history.search(&person.mail, ROWS)?;
        let is_there = found
            .customers
            .iter()
            .any(|one| one.customer.customer.0 == number);
        missed += u32::from(!is_there);
    }
    anyhow::ensure!(
        missed == 0,
        "{missed} customers were not found by their addresses"
    );
    let report = serde_json::json!({
        "customers": customers,
        "filled_s": filled_s,
        "file_mb": std::fs::metadata(database.path())?.len() / 1_048_576,
        "typing": percentiles(&mut typing),
        "whole": percentiles(&mut whole),
        "slowest_letters": slowest.1,
        "peak_memory_mb": peak_memory_mb()?,
    });
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

fn in_britain(database: &Database) -> anyhow::Result<()> {
    let mut accounts = database.accounts()?;
    let (_, mut document) = accounts.configuration()?;
    document.rules.country = Some("GB".to_owned());
    let change = Change {
        rules: Some(document.rules),
        ..Change::default()
    };
    let stamp = Stamp {
        at: Millis(1),
        by: "bench",
    };
    accounts.change_configuration(stamp, None, None, &change)?;
    Ok(())
}

fn fill(database: &Database, customers: u64) -> anyhow::Result<()> {
    let mut journal = database.journal()?;
    let mut seq = 0;
    let mut number = 0;
    while number < customers {
        let until = (number + AT_ONCE).min(customers);
        let expected_seq = seq;
        let mut entries = Vec::new();
        while number < until {
            number += 1;
            for event in events(number) {
                seq += 1;
                let entry = Entry::Record { event };
                let at = Millis(seq);
                entries.push(JournalEntry { seq, at, entry });
            }
        }
        journal.append(&Batch {
            expected_seq,
            entries,
            done: Vec::new(),
            audit: Vec::new(),
        })?;
        while journal.tidy()? {}
    }
    Ok(())
}

fn events(number: u64) -> Vec<RecordEvent> {
    let customer = CustomerId(number);
    let person = person(number);
    let mut events = vec![RecordEvent::CustomerCreated {
        customer,
        name: Sensitive::new(person.name),
        language: None,
    }];
    for (kind, value) in [
        (IdentityKind::Phone, person.phone),
        (IdentityKind::Email, person.mail),
    ] {
        let identity = Identity::new(kind, value);
        events.push(RecordEvent::IdentityAdded { customer, identity });
    }
    let patch = CustomerPatch {
        labels: Some(vec!["Broadband 500M".to_owned()]),
        ..CustomerPatch::default()
    };
    if number.is_multiple_of(10) {
        events.push(RecordEvent::CustomerPatched { customer, patch });
    }
    events
}

/// What stands in the field after each letter.
fn typed(search: u64, customers: u64) -> Vec<String> {
    let mut chance = Chance(search.wrapping_add(77));
    let person = person(chance.draw(customers) + 1);
    let whole = match search % 4 {
        0 => person.name,
        // An agent whose keyboard types neither accents nor Chinese characters.
        1 => text::spellings(&person.name)
            .first()
            .cloned()
            .unwrap_or(text::fold(&person.name)),
        2 => person.phone,
        _ => person.mail,
    };
    let letters: Vec<char> = whole.chars().take(24).collect();
    (1..=letters.len())
        .filter_map(|end| letters.get(..end).map(String::from_iter))
        .collect()
}

fn timed(history: &dyn History, query: &str) -> anyhow::Result<f64> {
    let began = Instant::now();
    history.search(query, ROWS)?;
    Ok(began.elapsed().as_secs_f64() * 1e3)
}

fn percentiles(values: &mut [f64]) -> serde_json::Value {
    values.sort_by(f64::total_cmp);
    let at = |hundredths: usize| {
        let place = (values.len() * hundredths / 100).min(values.len().saturating_sub(1));
        values.get(place).copied()
    };
    serde_json::json!({"p50": at(50), "p95": at(95), "p99": at(99), "max": at(100), "n": values.len()})
}

fn peak_memory_mb() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.split_whitespace().next());
    Ok(kb.context("no VmHWM")?.parse::<u64>()? / 1_024)
}
