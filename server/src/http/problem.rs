//! Refusals over REST: a code for programs, a sentence for people, a fitting status.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
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
    pub(crate) fn new(code: ErrorCode, hint: impl Into<String>) -> Self {
        Self {
            status: status_of(code),
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
        Self::new(ErrorCode::TokenExpired, hint)
    }

    pub(crate) fn internal() -> Self {
        let hint = "something went wrong in the server; please try again";
        Self::new(ErrorCode::Internal, hint)
    }

    pub(crate) fn not_written() -> Self {
        let hint = "the server could not write; nothing was changed, please try again";
        Self::new(ErrorCode::StorageFailed, hint)
    }

    /// The configuration as it would be cannot be taken.
    pub(crate) fn contradiction(hint: String, findings: Vec<Finding>) -> Self {
        let mut problem = Self::new(ErrorCode::BadConfiguration, hint);
        problem.body.findings = findings;
        problem
    }

    /// The organisation is here and its store cannot be used until the operator has mended it.
    pub(crate) fn not_served() -> Self {
        let hint = "this organisation cannot be served at the moment; please try again later";
        Self::new(ErrorCode::StorageFailed, hint).retry_after(10)
    }

    /// The form is right, and what it says cannot be: a telephone number that is none, a name that stands there twice.
    pub(crate) fn unfit(hint: impl Into<String>) -> Self {
        Self::new(ErrorCode::UnfitContent, hint)
    }

    pub(crate) fn bad_field(hint: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadField, hint)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, scheme);
        }
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
                return Self::new(ErrorCode::ChangedMeanwhile, said);
            }
            StoreError::LastAdministrator { .. } => {
                return Self::new(ErrorCode::LastAdministrator, said);
            }
            _ => {}
        }
        tracing::error!(err = said, "the store could not answer");
        let hint = "the server cannot read or write at the moment; please try again";
        Self::new(ErrorCode::StorageFailed, hint)
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

pub(crate) async fn not_found() -> Problem {
    let hint = "there is nothing at this address";
    Problem::new(ErrorCode::UnknownAddress, hint)
}

pub(crate) async fn method_not_allowed() -> Problem {
    let hint = "this address takes other methods; `Allow` lists them";
    Problem::new(ErrorCode::WrongMethod, hint)
}

/// The one status that goes with a code.
pub(super) fn status_of(code: ErrorCode) -> StatusCode {
    use ErrorCode as Code;
    match code {
        Code::BadFrame | Code::VersionMismatch | Code::HelloExpected | Code::BadField => {
            StatusCode::BAD_REQUEST
        }
        Code::TokenExpired | Code::WrongPassword => StatusCode::UNAUTHORIZED,
        Code::NotAllowed => StatusCode::FORBIDDEN,
        Code::UnknownOrganisation
        | Code::UnknownQueue
        | Code::UnknownInteraction
        | Code::UnknownCustomer
        | Code::UnknownImport
        | Code::UnknownUser
        | Code::UnknownChange
        | Code::UnknownDecision
        | Code::UnknownNote
        | Code::UnknownAddress => StatusCode::NOT_FOUND,
        Code::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        Code::TimedOut => StatusCode::REQUEST_TIMEOUT,
        Code::ChangedMeanwhile
        | Code::NotNow
        | Code::ColleagueNotFree
        | Code::QueueClosed
        | Code::QueueFull
        | Code::SignedInElsewhere
        | Code::RecordingDiffers
        | Code::LastAdministrator => StatusCode::CONFLICT,
        Code::FrameTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::WrongMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::BadConfiguration | Code::UnfitContent | Code::NotOggOpus | Code::WeakPassword => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Code::TooManyAttempts | Code::RateLimited | Code::TooManyLooks | Code::TooManyCalls => {
            StatusCode::TOO_MANY_REQUESTS
        }
        Code::ServerStopping | Code::ServerBusy | Code::StorageFailed => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A name that a client sent, fit to be repeated: short, and without control characters.
pub(super) fn shown(name: &str) -> String {
    const SHOWN_CHARS: usize = 60;
    let mut shown: String = name.chars().take(SHOWN_CHARS).collect();
    if shown.len() < name.len() {
        shown.push('…');
    }
    shown.retain(|c| !c.is_control());
    shown
}
