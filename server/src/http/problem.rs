//! Refusals over REST: a code for programs, a sentence for people, a fitting status.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::configuration::Finding;
use protocol::link::ErrorCode;
use protocol::rest::ErrorBody;
use store::StoreError;

/// What a handler returns instead of an answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    body: ErrorBody,
    retry_after_s: Option<u64>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: ErrorCode, hint: impl Into<String>) -> Self {
        Self {
            status,
            body: ErrorBody {
                code,
                hint: hint.into(),
                findings: Vec::new(),
            },
            retry_after_s: None,
        }
    }

    /// What is wrong, in a sentence.
    pub(crate) fn hint(&self) -> &str {
        &self.body.hint
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    pub(crate) fn unauthorised() -> Self {
        let hint = "the sign-in has expired or was revoked; sign in again";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::TokenExpired, hint)
    }

    pub(crate) fn internal() -> Self {
        let hint = "something went wrong in the server; please try again";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, hint)
    }

    pub(crate) fn not_written() -> Self {
        let hint = "the server could not write; nothing was changed, please try again";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::StorageFailed,
            hint,
        )
    }

    /// The configuration as it would be cannot be taken.
    pub(crate) fn contradiction(hint: String, findings: Vec<Finding>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let mut problem = Self::new(status, ErrorCode::BadConfiguration, hint);
        problem.body.findings = findings;
        problem
    }

    /// The organisation is here and its store cannot be used until the operator has mended it.
    pub(crate) fn not_served() -> Self {
        let hint = "this organisation cannot be served at the moment; please try again later";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::StorageFailed,
            hint,
        )
        .retry_after(10)
    }

    pub(crate) fn bad_field(hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::BadField, hint)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(err: StoreError) -> Self {
        let said = err.to_string();
        match err {
            StoreError::Contradiction { findings } => return Self::contradiction(said, findings),
            StoreError::ChangedMeanwhile { .. } => {
                return Self::new(StatusCode::CONFLICT, ErrorCode::ChangedMeanwhile, said);
            }
            _ => {}
        }
        tracing::error!(err = said, "the store could not answer");
        let hint = "the server cannot read or write at the moment; please try again";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::StorageFailed,
            hint,
        )
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let hint = "the body is longer than 64 KiB";
            return Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                ErrorCode::FrameTooLarge,
                hint,
            );
        }
        // The rejection's own text may repeat what was sent, which may be a password.
        Self::bad_field("the body is no JSON of the documented form")
    }
}

impl From<QueryRejection> for Problem {
    fn from(_: QueryRejection) -> Self {
        Self::bad_field("the query is not of the documented form")
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::bad_field("the address is not of the documented form")
    }
}

pub(crate) async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "there is nothing at this address\n").into_response()
}

pub(crate) async fn method_not_allowed() -> Response {
    (
        StatusCode::METHOD_NOT_ALLOWED,
        "this address takes other methods\n",
    )
        .into_response()
}
