//! Which keys the configuration has: the file, the environment and `serve --help` all follow this table.

use super::{ConfigError, bad};

/// The form of a key's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Flag,
    /// A whole number within the range.
    Number(u64, u64),
    /// In the environment: separated by commas.
    List,
    /// In the file `[[section.name]]`; in the environment a TOML array of inline tables.
    Tables,
}

pub(super) struct Key {
    pub(super) section: &'static str,
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) meaning: &'static str,
}

const fn key(section: &'static str, name: &'static str, form: Form, meaning: &'static str) -> Key {
    Key {
        section,
        name,
        form,
        meaning,
    }
}

pub(super) const KEYS: &[Key] = &[
    key(
        "server",
        "listen",
        Form::Text,
        "address and port; port 0 takes a free one",
    ),
    key(
        "server",
        "allow_plain_http",
        Form::Flag,
        "serve beyond loopback without TLS",
    ),
    key(
        "server",
        "trusted_proxies",
        Form::List,
        "addresses or networks of proxies whose X-Forwarded-For is believed",
    ),
    key(
        "server",
        "public_url",
        Form::Text,
        "the address behind a proxy, with its path: https://www.example.com/calls",
    ),
    key(
        "server",
        "stop_grace_ms",
        Form::Number(0, 60_000),
        "time for links to close on a stop",
    ),
    key(
        "tls",
        "cert",
        Form::Text,
        "PEM file: the certificate and its chain",
    ),
    key("tls", "key", Form::Text, "PEM file: the private key"),
    key("log", "format", Form::Text, "`human` or `json`"),
    key(
        "log",
        "filter",
        Form::Text,
        "what to log; WARMLINE_LOG goes before it",
    ),
    key(
        "limits",
        "connections",
        Form::Number(1, 1_000_000),
        "open connections at once; fewer where the system allows fewer open files",
    ),
    key(
        "limits",
        "connections_per_address",
        Form::Number(1, 1_000_000),
        "open connections of one address (IPv6: of one /64, as everywhere below); where it is less than all, at most half of the room there is",
    ),
    key(
        "limits",
        "first_request_s",
        Form::Number(1, 600),
        "time for the TLS handshake, and for each request's headers",
    ),
    key(
        "limits",
        "idle_s",
        Form::Number(5, 86_400),
        "a connection without a request or progress is closed after this; a link has its own heartbeat",
    ),
    key(
        "limits",
        "request_timeout_ms",
        Form::Number(100, 600_000),
        "a REST request's time, its body included",
    ),
    key(
        "limits",
        "pages_per_address_minute",
        Form::Number(1, 1_000_000),
        "customers' pages of one address that open a link",
    ),
    key(
        "limits",
        "sign_in_attempts",
        Form::Number(1, 1_000),
        "wrong passwords for one account from one place before a wait",
    ),
    key(
        "limits",
        "sign_in_wait_s",
        Form::Number(1, 86_400),
        "in how long as many are allowed again",
    ),
    key(
        "limits",
        "sign_ins_per_address",
        Form::Number(1, 1_000_000),
        "the same over all accounts of one address, not counting those who signed in from there before",
    ),
    key(
        "limits",
        "sign_ins_at_once",
        Form::Number(1, 64),
        "passwords checked at once; each takes 19 MiB and a core",
    ),
    key(
        "limits",
        "sign_ins_waiting",
        Form::Number(1, 10_000),
        "sign-ins that wait for that",
    ),
    key(
        "limits",
        "token_hours",
        Form::Number(1, 8_760),
        "how long a sign-in lasts",
    ),
    key(
        "limits",
        "calls_minute",
        Form::Number(1, 1_000_000),
        "calls of an organisation in a minute",
    ),
    key(
        "limits",
        "calls_per_address_hour",
        Form::Number(1, 1_000_000),
        "calls of one address in an hour",
    ),
    key(
        "limits",
        "calls_per_visitor_hour",
        Form::Number(1, 1_000_000),
        "calls of one browser in an hour",
    ),
    key(
        "limits",
        "waiting_per_address",
        Form::Number(1, 1_000_000),
        "customers of one address who wait at the same time",
    ),
    key(
        "limits",
        "kept_places_per_address",
        Form::Number(1, 1_000_000),
        "kept places among them",
    ),
    key(
        "limits",
        "customers_minute",
        Form::Number(1, 1_000_000),
        "new customers' records of an organisation in a minute",
    ),
    key(
        "limits",
        "customers_per_address_hour",
        Form::Number(1, 1_000_000),
        "new customers' records by calls of one address in an hour",
    ),
    key(
        "customer",
        "framing_allowed_from",
        Form::List,
        "sites which may frame the page",
    ),
    key(
        "imports",
        "max_mb",
        Form::Number(1, 1_048_576),
        "longest file of customers that is taken, in MB",
    ),
    key(
        "imports",
        "keep_days",
        Form::Number(1, 3_650),
        "files of imports, with their refused rows, are removed after",
    ),
    key(
        "imports",
        "calendar_hosts",
        Form::List,
        "hosts on private addresses that calendars may be fetched from",
    ),
    key(
        "recordings",
        "keep_days",
        Form::Number(1, 36_500),
        "recordings older than this are removed",
    ),
    key(
        "retention",
        "interactions_days",
        Form::Number(1, 36_500),
        "what interactions were about is forgotten after",
    ),
    key(
        "retention",
        "customers_days",
        Form::Number(1, 36_500),
        "records without contact are erased after",
    ),
    key(
        "retention",
        "audit_days",
        Form::Number(1, 36_500),
        "the audit trail is forgotten after",
    ),
    key(
        "metrics",
        "token",
        Form::Text,
        "bearer token that /metrics asks beyond loopback",
    ),
    key(
        "ice",
        "policy",
        Form::Text,
        "`all`, or `relay`: media only through TURN",
    ),
    key(
        "ice",
        "credential_life_s",
        Form::Number(10, 604_800),
        "how long credentials made from a secret hold, a customer's at most two hours; renewed at half of it",
    ),
    key(
        "ice",
        "servers",
        Form::Tables,
        "STUN and TURN: urls, and secret or username and credential",
    ),
];

/// The environment variable that overrides the key.
pub(super) fn variable(key: &Key) -> String {
    format!("WARMLINE_{}_{}", key.section, key.name).to_ascii_uppercase()
}

pub(super) fn check(key: &Key, value: &toml::Value, place: &str) -> Result<(), ConfigError> {
    let is_good = match key.form {
        Form::Text => value.is_str(),
        Form::Flag => value.is_bool(),
        Form::Number(least, most) => value
            .as_integer()
            .and_then(|n| u64::try_from(n).ok())
            .is_some_and(|n| (least..=most).contains(&n)),
        Form::List => value
            .as_array()
            .is_some_and(|items| items.iter().all(toml::Value::is_str)),
        Form::Tables => value
            .as_array()
            .is_some_and(|items| items.iter().all(toml::Value::is_table)),
    };
    if is_good {
        return Ok(());
    }
    let expected = match key.form {
        Form::Text => "expected text in quotes".to_owned(),
        Form::Flag => "expected true or false".to_owned(),
        Form::Number(least, most) => format!("expected a whole number from {least} to {most}"),
        Form::List => "expected a list of texts".to_owned(),
        Form::Tables => {
            "expected tables, such as [{ urls = [\"stun:stun.example.com\"] }]".to_owned()
        }
    };
    Err(bad(place, &expected))
}

pub(super) fn is_section(section: &str) -> bool {
    KEYS.iter().any(|key| key.section == section)
}

pub(super) fn find(section: &str, name: &str) -> Option<&'static Key> {
    KEYS.iter()
        .find(|key| key.section == section && key.name == name)
}

pub(super) fn unknown(place: String) -> ConfigError {
    let known: Vec<String> = KEYS
        .iter()
        .map(|key| format!("{}.{}", key.section, key.name))
        .collect();
    ConfigError::Unknown {
        place,
        known: known.join(", "),
    }
}
