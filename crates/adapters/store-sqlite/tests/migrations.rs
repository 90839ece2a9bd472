//! A file that an older program wrote is brought up to date with what its journal says.

#![allow(clippy::unwrap_used, reason = "a test stops at a surprise")]

use acd::{Event, What};
use protocol::configuration::QueueSettings;
use store::{Batch, Entry, JournalEntry, Organisation, OrganisationStore, RecordEvent};
use store_sqlite::Database;
use vocab::{
    AgentId, CustomerId, EndedBy, InteractionId, MediumKind, Millis, OrgSlug, QueueId,
    RecordingPolicy, Sensitive,
};

const CHEN: CustomerId = CustomerId(1);
const CALL: InteractionId = InteractionId(1);
const ANNA: AgentId = AgentId(1);
const NOOR: AgentId = AgentId(2);

fn routing(what: What) -> Entry {
    let at = Millis(1_000);
    Entry::Routing {
        event: Event { at, what },
    }
}

fn record(event: RecordEvent) -> Entry {
    Entry::Record { event }
}

/// Chen's call, of which Anna asked Noor.
fn file_with_a_call(then: Vec<Entry>) -> (tempfile::TempDir, Database) {
    let created = RecordEvent::CustomerCreated {
        customer: CHEN,
        name: Sensitive::new("Chen Yulan".to_owned()),
        language: None,
    };
    let entered = What::Entered {
        interaction: CALL,
        customer: CHEN,
        queue: QueueId(1),
        medium: MediumKind::Voice,
        wishes: acd::Wishes::default(),
        key: None,
    };
    let asked = What::ConsultAsked {
        interaction: CALL,
        agent: ANNA,
        colleague: NOOR,
        deadline: Millis(2_000),
    };
    let entries = [record(created), routing(entered), routing(asked)];
    let entries = (1..).zip(entries.into_iter().chain(then));
    let batch = Batch {
        expected_seq: 0,
        entries: entries
            .map(|(seq, entry)| JournalEntry {
                seq,
                at: Millis(seq),
                entry,
            })
            .collect(),
        done: vec![],
        audit: vec![],
    };
    let folder = tempfile::tempdir().unwrap();
    let organisation = Organisation {
        slug: OrgSlug::new("demo").unwrap(),
        name: "Demo".to_owned(),
    };
    let database = Database::create(&folder.path().join("demo.db"), &organisation).unwrap();
    database.journal().unwrap().append(&batch).unwrap();
    (folder, database)
}

/// What the eleventh version and those after it brought, taken away again.
const BEFORE_CONFIGURATION: &str = "
    ALTER TABLE queues ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE queues ADD COLUMN ring_ms INTEGER NOT NULL DEFAULT 20000;
    ALTER TABLE queues ADD COLUMN wrap_up_ms INTEGER NOT NULL DEFAULT 60000;
    ALTER TABLE queues ADD COLUMN max_waiting INTEGER NOT NULL DEFAULT 500;
    ALTER TABLE queues ADD COLUMN is_closed INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE queues ADD COLUMN opening TEXT;
    ALTER TABLE queues ADD COLUMN callback_keeps_ms INTEGER NOT NULL DEFAULT 7200000;
    ALTER TABLE queues ADD COLUMN recording TEXT NOT NULL DEFAULT 'off';
    ALTER TABLE queues DROP COLUMN settings; ALTER TABLE queues DROP COLUMN removed_at;
    ALTER TABLE users DROP COLUMN routing; ALTER TABLE organisation DROP COLUMN rules;
    DROP TABLE skills; DROP TABLE sites; DROP TABLE schedules; DROP TABLE configuration_changes;
    DROP TABLE imports; DROP TABLE import_updates; DROP TABLE to_index;
    DROP INDEX customers_by_import; ALTER TABLE customers DROP COLUMN import;";

/// The search indexes from before the nineteenth version.
const BEFORE_WORDS: &str = "
    DROP TABLE customer_search; DROP TABLE customer_search_texts; DROP TABLE interaction_search; DROP TABLE interaction_search_texts;
    CREATE VIRTUAL TABLE customer_search USING fts5 (name, rest, tokenize = 'trigram remove_diacritics 1');
    CREATE VIRTUAL TABLE customer_grams USING fts5 (name, rest, detail = 'column', tokenize = 'unicode61 remove_diacritics 2');
    CREATE VIRTUAL TABLE interaction_search USING fts5 (words, tokenize = 'trigram remove_diacritics 1');
    CREATE VIRTUAL TABLE interaction_grams USING fts5 (words, detail = 'none', tokenize = 'unicode61 remove_diacritics 2');";

/// What the eighteenth version brought, taken away again.
const BEFORE_PLACES: &str = "
    DROP TABLE known_places;
    CREATE TABLE sign_ins (id INTEGER PRIMARY KEY, at INTEGER, user TEXT, address TEXT, has_succeeded INTEGER, steady INTEGER);
    CREATE INDEX sign_ins_by_user ON sign_ins (user, steady);
    CREATE INDEX sign_ins_by_address ON sign_ins (address, steady);";

/// What the thirteenth version brought, taken away again.
const BEFORE_CLOCK: &str = "
    DROP TABLE clock_steps; DROP TABLE clock_confirmed; DROP TABLE clock; DROP TABLE search_refill;
    DROP INDEX interactions_by_customer; DROP INDEX interactions_by_visitor; DROP INDEX interactions_not_over;
    CREATE INDEX interactions_by_customer ON interactions (customer, entered_at, id);
    CREATE INDEX interactions_by_visitor ON interactions (visitor, entered_at, id) WHERE visitor IS NOT NULL;
    DROP INDEX sign_ins_by_user; DROP INDEX sign_ins_by_address; ALTER TABLE sign_ins DROP COLUMN steady;
    CREATE INDEX sign_ins_by_user ON sign_ins (user, at);
    CREATE INDEX sign_ins_by_address ON sign_ins (address, at);";

/// What the fifteenth version brought, taken away again.
const BEFORE_IDENTITIES: &str = "
    DROP TABLE identities_to_renew; DROP INDEX customers_by_name; ALTER TABLE customers DROP COLUMN name_key;
    DROP TABLE identities;
    CREATE TABLE identities (kind TEXT NOT NULL, key TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customers (id),
        value TEXT NOT NULL, PRIMARY KEY (kind, key, customer)) STRICT, WITHOUT ROWID;
    CREATE INDEX identities_by_customer ON identities (customer);";
/// What the sixteenth version brought, taken away again.
const BEFORE_LOOKS: &str =
    "ALTER TABLE audit DROP COLUMN address; ALTER TABLE organisation DROP COLUMN audit_key;";

/// The file as an older program left it, opened anew.
fn older(database: &Database, statements: &str) -> Database {
    rusqlite::Connection::open(database.path())
        .unwrap()
        .execute_batch(&format!(
            "{BEFORE_WORDS} {BEFORE_PLACES} {BEFORE_LOOKS} {BEFORE_IDENTITIES} {BEFORE_CLOCK} {BEFORE_CONFIGURATION} {statements}"
        ))
        .unwrap();
    Database::open(database.path()).unwrap()
}

#[test]
fn who_was_asked_before_the_colleagues_column_took_part_all_the_same() {
    let (_folder, database) = file_with_a_call(vec![]);
    // The later versions go with the seventh, so that all are brought again.
    let without = "ALTER TABLE interactions DROP COLUMN is_over; DROP TABLE snapshots; CREATE TABLE snapshots (seq INTEGER PRIMARY KEY, center TEXT, sum BLOB);
         ALTER TABLE happened DROP COLUMN colleague;
         ALTER TABLE interactions ADD COLUMN note TEXT NOT NULL DEFAULT '';
         DROP TABLE interaction_notes; DROP TABLE notes_shared; PRAGMA user_version = 6";
    let history = older(&database, without).history().unwrap();
    assert_eq!(history.took_part(CALL, NOOR).unwrap(), Some(CHEN));
    assert_eq!(history.took_part(CALL, AgentId(3)).unwrap(), None);
}

#[test]
fn a_note_from_before_belongs_to_whoever_wrote_it_last_and_is_found() {
    let saved = |agent, text: &str| {
        let text = Sensitive::new(text.to_owned());
        let interaction = CALL;
        record(RecordEvent::NoteSaved {
            interaction,
            agent,
            text,
        })
    };
    let (_folder, database) = file_with_a_call(vec![
        saved(ANNA, "Card 4111, wants"),
        saved(NOOR, "Wants a router"),
        routing(What::Ended {
            interaction: CALL,
            agent: ANNA,
            by: EndedBy::Customer,
            wrap_up_deadline: None,
        }),
        record(RecordEvent::Rated {
            interaction: CALL,
            stars: 5,
        }),
    ]);
    let without = "ALTER TABLE interactions DROP COLUMN is_over; DROP TABLE snapshots; CREATE TABLE snapshots (seq INTEGER PRIMARY KEY, center TEXT, sum BLOB);
         ALTER TABLE interactions ADD COLUMN note TEXT NOT NULL DEFAULT '';
         UPDATE interactions SET note = 'Wants a router';
         DROP TABLE interaction_notes; DROP TABLE notes_shared; DELETE FROM interaction_search; DELETE FROM interaction_grams;
         PRAGMA user_version = 7";
    let database = older(&database, without);
    let is_as_it_was = |database: &Database| {
        let history = database.history().unwrap();
        let told = history.interaction(CALL).unwrap().unwrap().summary;
        let notes = told.notes.iter();
        let notes: Vec<_> = notes.map(|n| (n.agent, n.text.reveal().as_str())).collect();
        assert_eq!(notes, [(NOOR, "Wants a router")]);
        assert_eq!(history.search("router", 5).unwrap().customers.len(), 1);
    };
    is_as_it_was(&database);
    // Folded once more, what was replaced then stays replaced.
    rusqlite::Connection::open(database.path())
        .unwrap()
        .execute_batch("UPDATE journal SET sum = x'00' WHERE seq = 7")
        .unwrap();
    assert!(database.journal().unwrap().load().unwrap().cut.is_some());
    is_as_it_was(&database);
}

#[test]
fn numbers_from_before_are_compared_as_new_ones_and_equal_ones_are_told_and_not_merged() {
    let (_folder, database) = file_with_a_call(vec![]);
    let rows = "UPDATE organisation SET rules = '{\"zone\":\"Europe/London\"}';
        INSERT INTO customers (id, name, since, last_contact_at) VALUES (2, 'Łukasz Müller', 1, 1), (3, 'Anna', 1, 1);
        INSERT INTO identities (kind, key, customer, value) VALUES
            ('phone', '442079460958', 1, '+44 20 7946 0958'), ('phone', '4402079460958', 2, '+44 (0)20 7946 0958'),
            ('phone', '0207946095812', 3, '020 7946 0958 x12'), ('phone', '5', 3, 'after 5 pm please'),
            ('email', 'anna at home', 3, 'anna at home'), ('visitor', 'browser', 3, 'browser');
        PRAGMA user_version = 14";
    rusqlite::Connection::open(database.path())
        .unwrap()
        .execute_batch(&format!(
            "{BEFORE_WORDS} {BEFORE_PLACES} {BEFORE_LOOKS} {BEFORE_IDENTITIES} {rows}"
        ))
        .unwrap();
    let history = Database::open(database.path()).unwrap().history().unwrap();
    let page = history.duplicates(None, 10).unwrap();
    assert_eq!(page.duplicates.len(), 1);
    assert_eq!(page.duplicates[0].shown.reveal(), "020 7946 0958");
    assert_eq!(page.duplicates[0].records, 3);
    let anna = history.customer(CustomerId(3)).unwrap().unwrap();
    let typed: Vec<_> = anna
        .identities
        .iter()
        .map(|one| one.value.reveal().as_str())
        .collect();
    assert_eq!(
        typed,
        ["020 7946 0958 x12", "after 5 pm please", "anna at home"]
    );
    let number = anna.identities[0].phone.as_ref().unwrap();
    assert_eq!(number.extension.as_ref().unwrap().reveal(), "12");
    assert_eq!(anna.browsers, 1);
    for (query, finds) in [
        ("lukasz mueller", 1),
        ("7946 0958", 3),
        ("(0)20 7946 0958", 3),
    ] {
        assert_eq!(
            history.search(query, 10).unwrap().customers.len(),
            finds,
            "{query}"
        );
    }
    let named = history.find_customers_by_name(&store::name_key("Muller, LUKASZ"), 5);
    assert_eq!(named.unwrap(), [CustomerId(2)]);
}

#[test]
fn indexes_that_are_built_anew_are_those_that_the_migrations_make() {
    let (_folder, database) = file_with_a_call(vec![]);
    let made = || {
        let connection = rusqlite::Connection::open(database.path()).unwrap();
        let tables = "SELECT replace(replace(sql, ' ', ''), char(10), '') FROM sqlite_schema
             WHERE sql LIKE 'CREATE VIRTUAL%'
             UNION ALL SELECT 'customer_search ' || k || v FROM customer_search_config
             UNION ALL SELECT 'interaction_search ' || k || v FROM interaction_search_config
             ORDER BY 1";
        let mut query = connection.prepare(tables).unwrap();
        let rows = query.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<Vec<String>, _>>().unwrap()
    };
    let migrated = made();
    database.cut_before(3).unwrap();
    assert_eq!(made(), migrated);
    assert!(migrated.len() > 2 * 3, "{migrated:?}");
}

#[test]
fn a_file_of_the_first_program_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    for version in [
        include_str!("../migrations/0001_first.sql"),
        include_str!("../migrations/0002_queue_callback.sql"),
        include_str!("../migrations/0003_handovers.sql"),
        include_str!("../migrations/0004_recordings.sql"),
    ] {
        connection.execute_batch(version).unwrap();
    }
    let rows =
        "INSERT INTO customers (id, name, since, last_contact_at) VALUES (1, 'Chen Yulan', 1, 1);
         INSERT INTO interactions (id, customer, queue, queue_name, medium, entered_at, agent, note)
         VALUES (1, 1, 1, 'Support', 'voice', 1, 2, 'Wants a router');
         PRAGMA user_version = 4";
    connection.execute_batch(rows).unwrap();
    drop(connection);
    let history = Database::open(&path).unwrap().history().unwrap();
    let told = history.interaction(CALL).unwrap().unwrap().summary;
    assert_eq!(told.notes[0].agent, NOOR, "the interaction's agent");
    assert_eq!(history.search("router", 5).unwrap().customers.len(), 1);
    assert_eq!(history.search("yulan", 5).unwrap().customers.len(), 1);
}

#[test]
fn a_queue_from_before_the_configuration_keeps_its_settings() {
    let (_folder, database) = file_with_a_call(vec![]);
    let before = "INSERT INTO queues (slug, name, priority, ring_ms, is_closed, opening, recording)
         VALUES ('sales', 'Sales', 3, 7000, 1, 'Mon–Fri 9–18', 'ask'); PRAGMA user_version = 10";
    let accounts = older(&database, before).accounts().unwrap();
    let settings = accounts.queue_by_slug("sales").unwrap().unwrap().settings;
    let expected = QueueSettings {
        priority: 3,
        ring_ms: 7_000,
        is_closed: true,
        opening: Some("Mon–Fri 9–18".to_owned()),
        recording: RecordingPolicy::Ask,
        ..QueueSettings::named("sales", "Sales")
    };
    assert_eq!(settings, expected);
}
