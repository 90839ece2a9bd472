-- One organisation's whole store. Times are UTC milliseconds; closed lists are stored under their names on the wire.

CREATE TABLE organisation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Grows with every change of users, queues or assignments.
    revision INTEGER NOT NULL DEFAULT 1
) STRICT;

-- What happened, in order. `sum` chains each row to the one before it.
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    entry TEXT NOT NULL,
    sum BLOB NOT NULL
) STRICT;

-- Rows of a damaged end, kept aside for inspection.
CREATE TABLE journal_cut (
    cut INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at,
    entry,
    sum
);

CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY,
    center TEXT NOT NULL,
    sum BLOB NOT NULL
) STRICT;

CREATE TABLE done_commands (
    id BLOB PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX done_commands_by_time ON done_commands (at);

-- Projections of the journal: they can be built again from it.

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    language TEXT,
    since INTEGER NOT NULL,
    is_vip INTEGER NOT NULL DEFAULT 0,
    -- A JSON array of texts.
    labels TEXT NOT NULL DEFAULT '[]',
    note TEXT NOT NULL DEFAULT '',
    interactions INTEGER NOT NULL DEFAULT 0,
    last_contact_at INTEGER NOT NULL
) STRICT;
CREATE INDEX customers_by_contact ON customers (last_contact_at);

CREATE TABLE identities (
    kind TEXT NOT NULL,
    -- The form under which it is looked up.
    key TEXT NOT NULL,
    customer INTEGER NOT NULL REFERENCES customers (id),
    -- As it was given.
    value TEXT NOT NULL,
    PRIMARY KEY (kind, key, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_by_customer ON identities (customer);

-- Trigrams find parts of words and East Asian names alike; rowid is the customer.
CREATE VIRTUAL TABLE customer_search USING fts5 (
    name, rest, tokenize = 'trigram remove_diacritics 1'
);

CREATE TABLE interactions (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL,
    queue INTEGER NOT NULL,
    -- As the queue was called then.
    queue_name TEXT NOT NULL,
    medium TEXT NOT NULL,
    entered_at INTEGER NOT NULL,
    answered_at INTEGER,
    ended_at INTEGER,
    -- Present when it was answered and has ended.
    ended_by TEXT,
    -- Who answered it last.
    agent INTEGER,
    disposition TEXT,
    note TEXT NOT NULL DEFAULT '',
    stars INTEGER,
    topic TEXT,
    -- CallerDetails as JSON.
    caller TEXT,
    -- MediaReport as JSON.
    media TEXT
) STRICT;
CREATE INDEX interactions_by_customer ON interactions (customer, entered_at, id);
CREATE INDEX interactions_live ON interactions (agent) WHERE answered_at IS NOT NULL AND ended_at IS NULL;

CREATE TABLE happened (
    interaction INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    agent INTEGER,
    PRIMARY KEY (interaction, seq)
) STRICT, WITHOUT ROWID;

-- Accounts and settings.

CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX users_by_name ON users (user) WHERE removed_at IS NULL;

CREATE TABLE queues (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    priority INTEGER NOT NULL,
    ring_ms INTEGER NOT NULL,
    wrap_up_ms INTEGER NOT NULL,
    max_waiting INTEGER NOT NULL
) STRICT;

CREATE TABLE user_queues (
    user INTEGER NOT NULL REFERENCES users (id),
    queue INTEGER NOT NULL REFERENCES queues (id),
    PRIMARY KEY (user, queue)
) STRICT, WITHOUT ROWID;

CREATE TABLE dispositions (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;

CREATE TABLE tokens (
    hash BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_by_user ON tokens (user);

CREATE TABLE sign_ins (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    user TEXT NOT NULL,
    address TEXT NOT NULL,
    has_succeeded INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_ins_by_user ON sign_ins (user, at);
CREATE INDEX sign_ins_by_address ON sign_ins (address, at);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;
