//! Which keys there are, with what they mean; the file, the environment and `serve --help` follow this list.

use super::{Form, Key, key};

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
        "open links at once",
    ),
    key(
        "limits",
        "connections_per_address",
        Form::Number(1, 1_000_000),
        "of one address",
    ),
    key(
        "limits",
        "sign_in_attempts",
        Form::Number(1, 1_000),
        "wrong passwords before a wait",
    ),
    key(
        "limits",
        "sign_in_wait_s",
        Form::Number(1, 86_400),
        "how long that wait is",
    ),
    key(
        "limits",
        "token_hours",
        Form::Number(1, 8_760),
        "how long a sign-in lasts",
    ),
    key(
        "limits",
        "request_timeout_ms",
        Form::Number(100, 600_000),
        "a REST request's time",
    ),
    key(
        "customer",
        "framing_allowed_from",
        Form::List,
        "sites which may frame the page",
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
];
