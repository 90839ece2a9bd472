//! The customer's page and the embed script, from within the binary.

use crate::app::App;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use vocab::OrgSlug;

include!(concat!(env!("OUT_DIR"), "/customer_page.rs"));

/// Names of assets contain their content's hash.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// An embed script is asked for by other sites' pages: soon renewed, not asked for each time.
const SOON: &str = "public, max-age=300";

pub(crate) async fn index(
    State(app): State<App>,
    Path((organisation, queue)): Path<(String, String)>,
) -> Response {
    let slug = OrgSlug::new(organisation).ok();
    if slug.as_ref().is_some_and(|slug| app.is_unserved(slug)) {
        return plain_page(
            StatusCode::SERVICE_UNAVAILABLE,
            "Out of service",
            "Nobody can be reached here at the moment. Please try again later.",
        );
    }
    let engine = slug.and_then(|slug| app.engine(&slug));
    let is_known = engine.is_some_and(|engine| engine.directory().queue_by_slug(&queue).is_some());
    if !is_known {
        return plain_page(
            StatusCode::NOT_FOUND,
            "No such place",
            "There is nobody to talk to at this address. Please check the link you followed.",
        );
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
    let policy = content_policy(&app.inner.config.framing_allowed_from);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

pub(crate) async fn asset(Path(path): Path<String>) -> Response {
    let name = format!("assets/{path}");
    match file(&name) {
        Some(content) => answer(&name, content, FOREVER),
        None => super::problem::not_found().await,
    }
}

pub(crate) async fn embed() -> Response {
    let Some(content) = file("embed.js") else {
        return super::problem::not_found().await;
    };
    let mut response = answer("embed.js", content, SOON);
    // Other sites' pages load it; that is its purpose.
    response.headers_mut().insert(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
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

/// Scripts and connections of our own only; frames only where the operator allows them.
fn content_policy(framing_allowed_from: &[String]) -> String {
    let ancestors = if framing_allowed_from.is_empty() {
        "'none'".to_owned()
    } else {
        format!("'self' {}", framing_allowed_from.join(" "))
    };
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; media-src 'self' blob: data: mediastream:; connect-src 'self' ws: wss:; \
         object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
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
        assert!(content_policy(&[]).ends_with("frame-ancestors 'none'"));
        let allowed = content_policy(&["https://shop.example".to_owned()]);
        assert!(allowed.ends_with("frame-ancestors 'self' https://shop.example"));
    }
}
