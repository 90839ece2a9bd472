//! For those who run the server: is it well, and what does it count.

use super::auth::bearer;
use crate::app::App;
use crate::clock::WORTH_A_WORD_MS;
use crate::metrics::write_page;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;

pub(crate) async fn health(State(app): State<App>) -> Response {
    if app.is_healthy() {
        let engines = app.inner.organisations.all();
        let mut damaged = String::new();
        for engine in &engines {
            if let Some(damage) = engine.soundness.damage() {
                damaged.push_str(&format!(
                    "organisation {}: {damage}\n",
                    engine.organisation()
                ));
            }
        }
        if !damaged.is_empty() {
            return (StatusCode::SERVICE_UNAVAILABLE, damaged).into_response();
        }
        let mut text = "ok\n".to_owned();
        // It serves as well as ever: whoever watches it must not start it anew for this.
        for engine in engines {
            if engine.soundness.is_filling_search() {
                text.push_str(&format!(
                    "organisation {}: the search indexes are being made anew\n",
                    engine.organisation()
                ));
            }
            let hours = (engine.unwitnessed_ms() + WORTH_A_WORD_MS / 2) / WORTH_A_WORD_MS;
            if hours > 0 {
                text.push_str(&format!(
                    "organisation {}: deletion by age waits for {hours} hours that only the clock claims; see \
                     `warmline-server clock`\n",
                    engine.organisation()
                ));
            }
        }
        (StatusCode::OK, text).into_response()
    } else {
        let unserved = app.unserved();
        let not_served = unserved.iter().map(|organisation| {
            format!("organisation {organisation} is not served; see the log\n")
        });
        let mut text: String = not_served.collect();
        if text.is_empty() {
            text.push_str("the store cannot be written; see the log\n");
        }
        (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
    }
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

/// Open on loopback; from elsewhere with the configured token only.
pub(crate) async fn metrics(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let given = bearer(&headers);
    let is_allowed = match (&app.inner.config.now().metrics_token, given) {
        // Compared as digests, so that the time taken says nothing about the token.
        (Some(token), Some(given)) => {
            Sha256::digest(token.as_bytes()) == Sha256::digest(given.as_bytes())
        }
        (Some(_), None) => false,
        // A proxy on this machine, trusted or not, speaks from loopback for everybody.
        (None, _) => from.ip().is_loopback() && !is_forwarded(&headers),
    };
    if !is_allowed {
        let text = "set metrics.token in the server's configuration and send it as bearer token\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    let mut organisations = Vec::new();
    for engine in app.inner.organisations.all() {
        organisations.extend(engine.gauges().await);
    }
    let page = write_page(
        &app.inner.metrics,
        app.inner.gate.connections(),
        &organisations,
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], page).into_response()
}
