//! Everything over HTTP: REST, the customer's page, health and metrics, and what every answer carries.

mod additions;
mod admin;
mod auth;
mod body;
mod check;
mod client;
mod configuration;
mod document;
pub(crate) mod edits;
mod figures;
pub(crate) mod hours;
mod imports;
mod line;
mod looking;
mod on_disk;
mod operation;
mod pages;
mod parameters;
mod passwords;
mod problem;
mod recordings;
mod records;
mod rest;
mod sign_in;
mod status;

pub(crate) use client::ClientAddress;
pub(crate) use sign_in::{Guard, PasswordChecks, RefusalNotes};

use crate::app::App;
use crate::config::PublicUrl;
use crate::gate::Connection;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use operation::Operation;
use problem::Problem;
use protocol::link::ErrorCode;
use std::sync::{Arc, OnceLock};

/// Every operation of REST.
fn operations() -> Vec<Operation> {
    let mut operations = sign_in::operations();
    operations.extend(auth::operations());
    operations.extend(passwords::operations());
    operations.extend(rest::operations());
    operations.extend(additions::operations());
    operations.extend(imports::operations());
    operations.extend(hours::operations());
    operations.extend(records::operations());
    operations.extend(recordings::operations());
    operations.extend(figures::operations());
    operations.extend(line::operations());
    operations.extend(configuration::operations());
    operations.extend(admin::operations());
    operations
}

/// The document, which also describes itself.
fn with_document(mut operations: Vec<Operation>) -> Vec<Operation> {
    let text = Arc::new(OnceLock::new());
    let kept: Arc<OnceLock<String>> = Arc::clone(&text);
    let itself = Operation::get("/v1/openapi.json", async move || {
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "max-age=300"),
        ];
        (headers, kept.get().cloned().unwrap_or_default())
    });
    operations.push(
        itself
            .named("readDocument", "This document")
            .open()
            .answers::<serde_json::Value>("OpenAPI 3.1."),
    );
    text.get_or_init(|| document::document(&operations).to_string());
    operations
}

/// The whole server as one service.
pub fn router(app: &App) -> Router {
    let mut own = Router::new()
        .route("/v1/link", get(crate::ws::upgrade))
        .route("/healthz", get(status::health))
        .route("/metrics", get(status::metrics))
        .route("/c/{organisation}/{queue}", get(pages::index))
        .route("/c/{organisation}/{queue}/check", get(check::check))
        .route("/c/assets/{*path}", get(pages::asset))
        .route("/embed.js", get(pages::embed));
    for operation in with_document(operations()) {
        own = own.route(operation.path, operation.into_handler());
    }
    // A proxy may cut the path off or leave it there.
    let config = app.inner.config.now();
    let public = config.public_url.as_ref();
    let path = public.map(PublicUrl::path).filter(|path| !path.is_empty());
    let router = match path {
        Some(path) => own.clone().nest(path, own),
        None => own,
    };
    router
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn_with_state(app.clone(), guard))
        .with_state(app.clone())
}

/// A bounded time for every answer, and the headers that every answer carries.
async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let within = app.inner.config.now().limits.request_timeout;
    let connection = request.extensions().get::<Arc<Connection>>().cloned();
    let in_progress = connection.map(|connection| connection.begins());
    let answer = tokio::time::timeout(within, next.run(request)).await;
    let mut response = answer.unwrap_or_else(|_| {
        let hint = "the request took too long; please try again";
        Problem::new(ErrorCode::TimedOut, hint).into_response()
    });
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), payment=()",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What is not meant to be kept says so; pages and assets have set their own.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    if app.inner.config.now().tls.is_some() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    match in_progress {
        Some(request) => request.answers(response),
        None => response,
    }
}
