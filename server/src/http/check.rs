//! What keeps the customer's page from working where it stands: asked by the launcher on somebody's site when the page
//! does not come up in its frame, and by the page when no link comes to be.

use super::pages::{Standing, standing};
use crate::app::App;
use crate::ws::Seen;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering;
use std::time::Instant;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// The name of a try to open a link that failed.
    #[serde(default)]
    r#try: String,
    /// The one before failed in the same way: it is not a server that was just started.
    #[serde(default)]
    again: bool,
}

#[derive(Debug, Serialize)]
struct Found {
    page: Standing,
    /// Whether the site that asks may show the page in a frame; absent when no site asks.
    is_framing_allowed: Option<bool>,
    /// What the server saw of the failed try.
    link: Seen,
}

pub(crate) async fn check(
    State(app): State<App>,
    Path((organisation, queue)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok());
    let found = Found {
        page: standing(&app, organisation, &queue),
        is_framing_allowed: origin.map(|origin| may_frame(&app, origin)),
        link: link_seen(&app, &asked),
    };
    // Other sites' launchers ask, and what they learn stands in the page's own headers.
    let open = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (open, Json(found)).into_response()
}

fn may_frame(app: &App, origin: &str) -> bool {
    let config = app.inner.config.now();
    let allowed = &config.framing_allowed_from;
    let is_own = config
        .public_url
        .as_ref()
        .is_some_and(|url| !allowed.is_empty() && url.origin() == origin);
    let is_allowed = is_own || allowed.iter().any(|source| covers(source, origin));
    if !is_allowed {
        let metrics = &app.inner.metrics;
        metrics.framings_refused.fetch_add(1, Ordering::Relaxed);
        if app.inner.framing_told.is_time(Instant::now()) {
            tracing::warn!(
                site = origin,
                "a site wants to show the customer's page and may not; if it is yours, add it to \
                 customer.framing_allowed_from"
            );
        }
    }
    is_allowed
}

fn link_seen(app: &App, asked: &Asked) -> Seen {
    let lost = &app.inner.lost_tries;
    let seen = lost.seen(&asked.r#try);
    if seen != Seen::Nothing || !asked.again {
        return seen;
    }
    let metrics = &app.inner.metrics;
    metrics.links_blocked.fetch_add(1, Ordering::Relaxed);
    if lost.blocked_told.is_time(Instant::now()) {
        tracing::warn!(
            "a customer's page reaches this server by HTTP, and its WebSocket does not arrive here at all: a proxy \
             before this server or a firewall on the customer's side keeps it"
        );
    }
    Seen::Nothing
}

/// As a content policy matches a source of hosts: `https://*.example.com` covers every name below, a port `*` every
/// port, and plain HTTP its secure form.
fn covers(source: &str, origin: &str) -> bool {
    let (Some((wanted, source)), Some((scheme, host))) =
        (source.split_once("://"), origin.split_once("://"))
    else {
        return false;
    };
    let is_scheme = wanted == scheme || wanted == "http" && scheme == "https";
    let (source, source_port) = apart(source);
    let (host, port) = apart(host);
    let is_port = source_port == Some("*") || source_port == port;
    let is_host = match source.strip_prefix("*.") {
        Some(parent) => host
            .to_ascii_lowercase()
            .strip_suffix(&parent.to_ascii_lowercase())
            .is_some_and(|below| below.ends_with('.')),
        None => source == "*" || source.eq_ignore_ascii_case(host),
    };
    is_scheme && is_port && is_host
}

/// Host and port; an address of IPv6 keeps its colons.
fn apart(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        Some(_) | None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_covers_what_a_content_policy_covers() {
        for (source, origin) in [
            ("https://shop.example", "https://shop.example"),
            ("https://*.shop.example", "https://www.shop.example"),
            ("http://shop.example", "https://shop.example"),
            ("http://127.0.0.1:*", "http://127.0.0.1:8080"),
            ("https://[::1]:8443", "https://[::1]:8443"),
        ] {
            assert!(covers(source, origin), "{source} {origin}");
        }
        for (source, origin) in [
            ("https://shop.example", "http://shop.example"),
            ("https://shop.example", "https://shop.example:8443"),
            ("https://*.shop.example", "https://shop.example"),
            ("https://*.shop.example", "https://evilshop.example"),
            ("https://shop.example", "https://shop.example.evil.com"),
            ("https://shop.example", "null"),
        ] {
            assert!(!covers(source, origin), "{source} {origin}");
        }
    }
}
