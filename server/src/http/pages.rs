//! The customer's page and the embed script, from within the binary.

use crate::app::App;
use crate::config::{Config, is_host};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use std::net::{IpAddr, SocketAddr};
use vocab::OrgSlug;

include!(concat!(env!("OUT_DIR"), "/customer_page.rs"));

/// Names of assets contain their content's hash.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// An embed script is asked for by other sites' pages: soon renewed, not asked for each time.
const SOON: &str = "public, max-age=300";

/// Whether customers can be served at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    Ready,
    /// No organisation or queue has these names.
    Unknown,
    /// The organisation is here and its store has to be mended first.
    OutOfService,
}

pub(crate) fn standing(app: &App, organisation: String, queue: &str) -> Standing {
    let slug = OrgSlug::new(organisation).ok();
    if slug.as_ref().is_some_and(|slug| app.is_unserved(slug)) {
        return Standing::OutOfService;
    }
    let engine = slug.and_then(|slug| app.engine(&slug));
    match engine.is_some_and(|engine| engine.directory().queue_by_slug(queue).is_some()) {
        true => Standing::Ready,
        false => Standing::Unknown,
    }
}

pub(crate) async fn index(
    State(app): State<App>,
    Path((organisation, queue)): Path<(String, String)>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    match standing(&app, organisation, &queue) {
        Standing::Ready => {}
        Standing::OutOfService => {
            return plain_page(
                StatusCode::SERVICE_UNAVAILABLE,
                "Out of service",
                "Nobody can be reached here at the moment. Please try again later.",
            );
        }
        Standing::Unknown => {
            return plain_page(
                StatusCode::NOT_FOUND,
                "No such place",
                "There is nobody to talk to at this address. Please check the link you followed.",
            );
        }
    }
    let Some(page) = file("index.html") else {
        return plain_page(
            StatusCode::SERVICE_UNAVAILABLE,
            "The customer's page is not part of this server",
            "Build it with <code>npm ci &amp;&amp; npm run build --workspace customer</code> in \
             <code>ui</code>, then build the server again.",
        );
    };
    let mut response = answer("index.html", page, "no-cache");
    let config = app.inner.config.now();
    let host = host_asked(&config, from.ip(), &uri, &headers);
    let own = link_sources(&config, host.as_deref());
    let policy = content_policy(&own, &config.framing_allowed_from);
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // A site that isolates itself shows only frames that say this of themselves; all that the page loads is its own.
    for (name, value) in [
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    response
}

/// The host by which the browser knows this server, as far as the request tells: a proxy that is trusted says what it
/// was asked for.
fn host_asked(config: &Config, from: IpAddr, uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = said("x-forwarded-host").filter(|_| config.trusted_proxies.is_ours(from));
    let forwarded = forwarded
        .and_then(|hosts| hosts.split(',').next_back())
        .map(str::trim);
    let host = forwarded.or_else(|| said("host"));
    let host = host.or_else(|| uri.authority().map(|authority| authority.as_str()));
    host.filter(|host| is_host(host)).map(str::to_owned)
}

/// This server's own links, for browsers whose `'self'` leaves WebSockets out.
fn link_sources(config: &Config, host: Option<&str>) -> String {
    if let Some(public) = &config.public_url {
        return public.link_origin();
    }
    match host {
        None => String::new(),
        Some(host) if config.tls.is_some() => format!("wss://{host}"),
        // Plain here may be TLS at the proxy; on a page with TLS a browser opens no plain link.
        Some(host) => format!("ws://{host} wss://{host}"),
    }
}

pub(crate) async fn asset(Path(path): Path<String>) -> Response {
    let name = format!("assets/{path}");
    match file(&name) {
        Some(content) => answer(&name, content, FOREVER),
        None => super::problem::not_found().await.into_response(),
    }
}

pub(crate) async fn embed() -> Response {
    let Some(content) = file("embed.js") else {
        return super::problem::not_found().await.into_response();
    };
    let mut response = answer("embed.js", content, SOON);
    // Other sites' pages load it, also as a module and where they are isolated; that is its purpose.
    for (name, value) in [
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-allow-origin", "*"),
    ] {
        let headers = response.headers_mut();
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    response
}

fn file(name: &str) -> Option<&'static [u8]> {
    FILES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, content)| *content)
}

fn answer(name: &str, content: &'static [u8], cache: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type(name)),
        (header::CACHE_CONTROL, cache),
    ];
    (headers, content).into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("mp3") => "audio/mpeg",
        Some("wav") => "audio/wav",
        _ => "application/octet-stream",
    }
}

/// Scripts and connections of our own only, and no text that becomes a script; frames only where the operator allows
/// them.
fn content_policy(own_links: &str, framing_allowed_from: &[String]) -> String {
    let ancestors = if framing_allowed_from.is_empty() {
        "'none'".to_owned()
    } else {
        format!("'self' {}", framing_allowed_from.join(" "))
    };
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; media-src 'self' blob: data: mediastream:; \
         connect-src 'self' {own_links}; object-src 'none'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors {ancestors}"
    )
}

fn plain_page(status: StatusCode, title: &str, text: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <h1>{title}</h1><p>{text}</p></html>"
    );
    (status, Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framing_is_refused_unless_configured() {
        assert!(content_policy("", &[]).ends_with("frame-ancestors 'none'"));
        let allowed = content_policy("", &["https://shop.example".to_owned()]);
        assert!(allowed.ends_with("frame-ancestors 'self' https://shop.example"));
    }

    /// The host that the policy names, of a request with these headers from this neighbour.
    fn named(config: &Config, from: [u8; 4], said: &[(&'static str, &'static str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in said {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        let host = host_asked(
            config,
            from.into(),
            &Uri::from_static("/c/demo/support"),
            &headers,
        );
        link_sources(config, host.as_deref())
    }

    #[test]
    fn links_go_to_the_own_host_only() {
        let mut config = Config::default();
        let direct = [("host", "calls.example.com:8443")];
        let proxied = [
            ("host", "10.0.0.5:7480"),
            ("x-forwarded-host", "calls.example.com"),
        ];
        let hostile = [("host", "a.example; script-src *")];
        assert_eq!(
            named(&config, [10, 0, 0, 9], &direct),
            "ws://calls.example.com:8443 wss://calls.example.com:8443"
        );
        assert_eq!(named(&config, [10, 0, 0, 9], &hostile), "");
        assert!(named(&config, [10, 0, 0, 9], &proxied).contains("//10.0.0.5:7480"));
        let read = |values: &[(&str, &str)]| {
            let values = values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Config::read(None, values).unwrap()
        };
        config = read(&[("WARMLINE_SERVER_TRUSTED_PROXIES", "10.0.0.0/8")]);
        assert_eq!(
            named(&config, [10, 0, 0, 9], &proxied),
            "ws://calls.example.com wss://calls.example.com"
        );
        config = read(&[(
            "WARMLINE_SERVER_PUBLIC_URL",
            "https://www.example.com/calls",
        )]);
        assert_eq!(
            named(&config, [10, 0, 0, 9], &direct),
            "wss://www.example.com"
        );
        assert!(!content_policy("wss://www.example.com", &[]).contains("wss: "));
    }
}
