//! Everything over HTTP: REST, the customer's page, health and metrics, and what every answer carries.

mod additions;
mod admin;
mod auth;
mod check;
mod client;
mod configuration;
pub(crate) mod edits;
mod figures;
pub(crate) mod hours;
mod imports;
mod openapi;
mod pages;
mod problem;
mod recordings;
mod records;
mod rest;
mod status;

pub(crate) use auth::SignInLimiter;
pub(crate) use client::ClientAddress;

use crate::app::App;
use crate::config::PublicUrl;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, patch, post, put};

/// Longest body of a request, in bytes: the longest note in the widest letters, with room.
const BODY_BYTES: usize = 64 * 1_024;

/// One address of the server: how it is documented and who answers.
struct Route {
    path: &'static str,
    /// In lower case, as the document names them; empty when the address is not part of REST.
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "tests compare it with the document")
    )]
    methods: &'static [&'static str],
    handler: fn() -> MethodRouter<App>,
}

const fn route(
    path: &'static str,
    methods: &'static [&'static str],
    handler: fn() -> MethodRouter<App>,
) -> Route {
    Route {
        path,
        methods,
        handler,
    }
}

/// Every address; the router is made of it and the OpenAPI document is tested against it.
const ROUTES: &[Route] = &[
    route("/v1/sign-in", &["post"], || post(auth::sign_in)),
    route("/v1/sign-out", &["post"], || post(auth::sign_out)),
    route("/v1/customers", &["get", "post"], || {
        get(rest::search).post(additions::create)
    }),
    route("/v1/customers/duplicates", &["get"], || {
        get(rest::duplicates)
    }),
    route("/v1/customers/alike", &["post"], || post(additions::alike)),
    route("/v1/customers/file", &["get"], || {
        get(imports::customers_file)
    }),
    route("/v1/imports", &["get", "post"], || {
        get(imports::list).post(imports::begin)
    }),
    route("/v1/imports/{id}", &["get", "delete"], || {
        get(imports::import).delete(imports::remove)
    }),
    route("/v1/imports/{id}/data", &["put"], || {
        put(imports::put_piece).layer(DefaultBodyLimit::max(imports::PIECE_BYTES))
    }),
    route("/v1/imports/{id}/preview", &["post"], || {
        post(imports::preview)
    }),
    route("/v1/imports/{id}/check", &["post"], || post(imports::check)),
    route("/v1/imports/{id}/start", &["post"], || post(imports::run)),
    route("/v1/imports/{id}/stop", &["post"], || post(imports::stop)),
    route("/v1/imports/{id}/refused", &["get"], || {
        get(imports::refused)
    }),
    route("/v1/imports/{id}/undo", &["post"], || post(imports::undo)),
    route("/v1/hours/calendar", &["post"], || {
        post(hours::calendar).layer(DefaultBodyLimit::max(hours::CALENDAR_BODY_BYTES))
    }),
    route("/v1/hours/notation", &["post"], || post(hours::notation)),
    route("/v1/customers/{id}", &["get", "patch"], || {
        get(rest::customer).patch(rest::patch)
    }),
    route("/v1/customers/{id}/timeline", &["get"], || {
        get(rest::timeline)
    }),
    route("/v1/customers/{id}/notes", &["get", "post"], || {
        get(records::notes).post(records::add_note)
    }),
    route(
        "/v1/customers/{id}/notes/{note}",
        &["patch", "delete"],
        || patch(records::edit_note).delete(records::remove_note),
    ),
    route("/v1/customers/{id}/export", &["get"], || {
        get(records::export)
    }),
    route("/v1/customers/{id}/erase", &["post"], || {
        post(records::erase)
    }),
    route("/v1/audit", &["get"], || get(admin::audit)),
    route("/v1/names", &["get", "put"], || {
        get(admin::names).put(admin::set_names)
    }),
    route("/v1/configuration", &["get", "patch"], || {
        get(configuration::configuration)
            .patch(configuration::change)
            .layer(DefaultBodyLimit::max(configuration::DOCUMENT_BYTES))
    }),
    route("/v1/configuration/check", &["post"], || {
        post(configuration::check).layer(DefaultBodyLimit::max(configuration::DOCUMENT_BYTES))
    }),
    route("/v1/configuration/changes", &["get"], || {
        get(configuration::changes)
    }),
    route(
        "/v1/configuration/changes/{revision}/undo",
        &["post"],
        || post(configuration::undo),
    ),
    route("/v1/people/{user}/password", &["put"], || {
        put(configuration::set_password)
    }),
    route("/v1/people/{user}/state", &["post"], || {
        post(configuration::force_state)
    }),
    route("/v1/zones", &["get"], || get(configuration::zones)),
    route("/v1/decisions/{number}", &["get"], || {
        get(figures::decision)
    }),
    route("/v1/figures", &["get"], || get(figures::figures)),
    route("/v1/figures/agents/{user}", &["get"], || {
        get(figures::agent_intervals)
    }),
    route("/v1/figures/queues/{queue}", &["get"], || {
        get(figures::intervals)
    }),
    route("/v1/interactions/{id}", &["get"], || get(rest::interaction)),
    route("/v1/recordings", &["post"], || post(recordings::announce)),
    route("/v1/recordings/{id}", &["get", "delete"], || {
        get(recordings::listen).delete(recordings::remove)
    }),
    route("/v1/recordings/{id}/data", &["put"], || {
        put(recordings::put_piece).layer(DefaultBodyLimit::max(recordings::PIECE_BYTES))
    }),
    route("/v1/recordings/{id}/complete", &["post"], || {
        post(recordings::complete)
    }),
    route("/v1/openapi.json", &["get"], || get(openapi::document)),
    route("/v1/link", &[], || get(crate::ws::upgrade)),
    route("/healthz", &[], || get(status::health)),
    route("/metrics", &[], || get(status::metrics)),
    route("/c/{organisation}/{queue}", &[], || get(pages::index)),
    route("/c/{organisation}/{queue}/check", &[], || get(check::check)),
    route("/c/assets/{*path}", &[], || get(pages::asset)),
    route("/embed.js", &[], || get(pages::embed)),
];

/// The whole server as one service.
pub fn router(app: &App) -> Router {
    let mut own = Router::new();
    for route in ROUTES {
        own = own.route(route.path, (route.handler)());
    }
    // A proxy may cut the path off or leave it there.
    let public = app.inner.config.public_url.as_ref();
    let path = public.map(PublicUrl::path).filter(|path| !path.is_empty());
    let router = match path {
        Some(path) => own.clone().nest(path, own),
        None => own,
    };
    router
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn_with_state(app.clone(), guard))
        .with_state(app.clone())
}

/// A bounded time for every answer, and the headers that every answer carries.
async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let within = app.inner.config.limits.request_timeout;
    let answer = tokio::time::timeout(within, next.run(request)).await;
    let mut response = answer.unwrap_or_else(|_| {
        (StatusCode::REQUEST_TIMEOUT, "the request took too long\n").into_response()
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
    if app.inner.config.tls.is_some() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

#[cfg(test)]
pub(crate) fn documented_routes() -> Vec<(&'static str, &'static str)> {
    ROUTES
        .iter()
        .flat_map(|route| route.methods.iter().map(|method| (route.path, *method)))
        .collect()
}
