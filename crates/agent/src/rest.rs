//! The server's REST interface, with every failure in the desktop's words.

mod exchange;
mod organisation;

use crate::address::ServerAddress;
use crate::way;
use protocol::desktop::DesktopError;
use protocol::link::ErrorCode;
use protocol::record::{CustomerNotes, EraseConfirmation, Erased, NoteText};
use protocol::rest::{
    CustomerPage, CustomerPatch, CustomerSummary, ErrorBody, InteractionDetail, NewRecording,
    RecordingEnd, RecordingReceived, RecordingSummary, SignIn, SignedIn, Timeline,
};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use std::error::Error;
use std::time::Duration;
use vocab::{CustomerId, InteractionId, NoteId, RecordingId, Sensitive};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Fetched of a recording in one request.
const PART_BYTES: u64 = 1_024 * 1_024;
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// A server with too many sign-ins at once is asked so many times, with this between two.
const SIGN_IN_TRIES: u32 = 4;
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// Cheap to clone.
#[derive(Clone)]
pub struct RestClient {
    http: reqwest::Client,
    server: ServerAddress,
    token: Option<Sensitive<String>>,
}

impl RestClient {
    /// # Errors
    /// `Local` when this machine's certificates cannot be read.
    pub fn new(server: ServerAddress) -> Result<Self, DesktopError> {
        crate::link::install_crypto();
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .user_agent(concat!("warmline/", env!("CARGO_PKG_VERSION")));
        if server.is_this_machine() {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|err| DesktopError::Local {
            detail: in_full(&err),
        })?;
        Ok(Self {
            http,
            server,
            token: None,
        })
    }

    #[must_use]
    pub fn with_token(mut self, token: Sensitive<String>) -> Self {
        self.token = Some(token);
        self
    }

    /// # Errors
    /// As every method here: `Refused` with the server's code, `Unreachable`, or `Insecure`.
    pub async fn sign_in(&self, sign_in: &SignIn) -> Result<SignedIn, DesktopError> {
        for _ in 1..SIGN_IN_TRIES {
            let request = self.request(Method::POST, "/v1/sign-in", &[])?;
            let said = self.ask(request.json(sign_in)).await;
            // Nothing was looked at: the same a moment later is no second attempt.
            let is_busy = matches!(
                said,
                Err(DesktopError::Refused {
                    code: ErrorCode::ServerBusy,
                    ..
                })
            );
            if !is_busy {
                return said;
            }
            tokio::time::sleep(BUSY_WAIT).await;
        }
        let request = self.request(Method::POST, "/v1/sign-in", &[])?;
        self.ask(request.json(sign_in)).await
    }

    /// # Errors
    /// The token stays valid until it expires; signing out locally is still right.
    pub async fn sign_out(&self) -> Result<(), DesktopError> {
        let request = self.request(Method::POST, "/v1/sign-out", &[])?;
        self.send(request).await.map(|_| ())
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn customers(&self, query: &str, limit: u32) -> Result<CustomerPage, DesktopError> {
        let limit = limit.to_string();
        let pairs = [("query", query), ("limit", limit.as_str())];
        self.ask(self.request(Method::GET, "/v1/customers", &pairs)?)
            .await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn customer(&self, customer: CustomerId) -> Result<CustomerSummary, DesktopError> {
        self.ask(self.request(Method::GET, &format!("/v1/customers/{customer}"), &[])?)
            .await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn edit_customer(
        &self,
        customer: CustomerId,
        patch: &CustomerPatch,
    ) -> Result<CustomerSummary, DesktopError> {
        let request = self.request(Method::PATCH, &format!("/v1/customers/{customer}"), &[])?;
        self.ask(request.json(patch)).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn notes(&self, customer: CustomerId) -> Result<CustomerNotes, DesktopError> {
        self.ask(self.request(Method::GET, &notes_of(customer), &[])?)
            .await
    }

    /// All notes, as they are after it.
    ///
    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn add_note(
        &self,
        customer: CustomerId,
        text: Sensitive<String>,
    ) -> Result<CustomerNotes, DesktopError> {
        let request = self.request(Method::POST, &notes_of(customer), &[])?;
        self.ask(request.json(&NoteText { text })).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn edit_note(
        &self,
        customer: CustomerId,
        note: NoteId,
        text: Sensitive<String>,
    ) -> Result<CustomerNotes, DesktopError> {
        let path = format!("{}/{note}", notes_of(customer));
        let request = self.request(Method::PATCH, &path, &[])?;
        self.ask(request.json(&NoteText { text })).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn remove_note(
        &self,
        customer: CustomerId,
        note: NoteId,
    ) -> Result<CustomerNotes, DesktopError> {
        let path = format!("{}/{note}", notes_of(customer));
        self.ask(self.request(Method::DELETE, &path, &[])?).await
    }

    /// Everything about a customer, as JSON.
    ///
    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn export(&self, customer: CustomerId) -> Result<serde_json::Value, DesktopError> {
        let path = format!("/v1/customers/{customer}/export");
        self.ask(self.request(Method::GET, &path, &[])?).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn erase(
        &self,
        customer: CustomerId,
        name: Sensitive<String>,
    ) -> Result<Erased, DesktopError> {
        let path = format!("/v1/customers/{customer}/erase");
        let request = self.request(Method::POST, &path, &[])?;
        self.ask(request.json(&EraseConfirmation { name })).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn timeline(
        &self,
        customer: CustomerId,
        before: Option<InteractionId>,
        limit: u32,
    ) -> Result<Timeline, DesktopError> {
        let limit = limit.to_string();
        let before = before.map(|id| id.to_string());
        let mut pairs = vec![("limit", limit.as_str())];
        pairs.extend(before.as_deref().map(|id| ("before", id)));
        let path = format!("/v1/customers/{customer}/timeline");
        self.ask(self.request(Method::GET, &path, &pairs)?).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn interaction(&self, id: InteractionId) -> Result<InteractionDetail, DesktopError> {
        self.ask(self.request(Method::GET, &format!("/v1/interactions/{id}"), &[])?)
            .await
    }

    /// Announces a recording and learns from where to send it.
    ///
    /// # Errors
    /// See [`RestClient::sign_in`]; `NotAllowed` without consent.
    pub async fn announce_recording(
        &self,
        new: &NewRecording,
    ) -> Result<RecordingReceived, DesktopError> {
        let request = self.request(Method::POST, "/v1/recordings", &[])?;
        self.ask(request.json(new)).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`]; `NotNow` when the server is at another place: announce again.
    pub async fn send_recording(
        &self,
        recording: RecordingId,
        offset: u64,
        piece: Vec<u8>,
    ) -> Result<RecordingReceived, DesktopError> {
        let path = format!("/v1/recordings/{recording}/data");
        let offset = offset.to_string();
        let request = self.request(Method::PUT, &path, &[("offset", offset.as_str())])?;
        self.ask(request.body(piece)).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`]; `RecordingDiffers` when what arrived is not what was sent: send it anew.
    pub async fn complete_recording(
        &self,
        recording: RecordingId,
        end: &RecordingEnd,
    ) -> Result<RecordingSummary, DesktopError> {
        let path = format!("/v1/recordings/{recording}/complete");
        let request = self.request(Method::POST, &path, &[])?;
        self.ask(request.json(end)).await
    }

    /// The length of a whole recording, and its bytes from `offset` on, at most 1 MiB.
    ///
    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn recording_part(
        &self,
        recording: RecordingId,
        offset: u64,
    ) -> Result<(u64, Vec<u8>), DesktopError> {
        let path = format!("/v1/recordings/{recording}");
        let last = offset.saturating_add(PART_BYTES - 1);
        let request = self
            .request(Method::GET, &path, &[])?
            .header("range", format!("bytes={offset}-{last}"));
        let answer = self.answer(request).await?;
        let total = answer.headers().get("content-range");
        let total = total
            .and_then(|range| range.to_str().ok()?.rsplit_once('/')?.1.parse().ok())
            .ok_or_else(|| DesktopError::Unreachable {
                detail: format!("{} sent no range", self.server.as_text()),
            })?;
        let bytes = answer.bytes().await.map_err(|err| self.explain(&err))?;
        Ok((total, bytes.to_vec()))
    }

    /// Whether a server answers there.
    ///
    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn healthz(&self) -> Result<(), DesktopError> {
        let request = self.request(Method::GET, "/healthz", &[])?;
        self.send(request).await.map(|_| ())
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> Result<RequestBuilder, DesktopError> {
        let mut url =
            Url::parse(&self.server.http(path)).map_err(|err| DesktopError::BadAddress {
                detail: err.to_string(),
            })?;
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        let request = self.http.request(method, url);
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token.reveal()),
            None => request,
        })
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, DesktopError> {
        let body = self.send(request).await?;
        serde_json::from_slice(&body).map_err(|err| {
            let hint = format!("the server's answer was not understood ({err}); is it newer?");
            DesktopError::Refused {
                code: ErrorCode::VersionMismatch,
                hint,
            }
        })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Vec<u8>, DesktopError> {
        let answer = self.answer(request).await?;
        let body = answer.bytes().await.map_err(|err| self.explain(&err))?;
        Ok(body.to_vec())
    }

    /// What the server says, unless it refuses.
    async fn answer(&self, request: RequestBuilder) -> Result<Response, DesktopError> {
        let answer = request.send().await.map_err(|err| self.explain(&err))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let body = answer.bytes().await.map_err(|err| self.explain(&err))?;
        Err(match serde_json::from_slice::<ErrorBody>(&body) {
            Ok(ErrorBody { findings, .. }) if !findings.is_empty() => {
                DesktopError::Contradiction { findings }
            }
            Ok(ErrorBody { code, hint, .. }) => DesktopError::Refused { code, hint },
            Err(_) => DesktopError::Unreachable {
                detail: format!("{} answered {status}", self.server.as_text()),
            },
        })
    }

    fn explain(&self, err: &reqwest::Error) -> DesktopError {
        let said = in_full(err);
        let server = self.server.as_text();
        let detail = match way::proxy_name(&self.server) {
            Some(proxy) if said.contains("proxy authorization required") => {
                format!("{server}: {}", way::unknown_to(&proxy))
            }
            Some(proxy) => format!("{server} through the proxy {proxy}: {said}"),
            None => format!("{server}: {said}"),
        };
        if said.to_lowercase().contains("certificate") {
            DesktopError::Insecure { detail }
        } else {
            DesktopError::Unreachable { detail }
        }
    }
}

fn notes_of(customer: CustomerId) -> String {
    format!("/v1/customers/{customer}/notes")
}

/// The error and its causes; the outermost alone says little. Addresses with their queries are left out.
fn in_full(err: &dyn Error) -> String {
    let mut said = Vec::new();
    let mut next = err.source();
    while let Some(cause) = next {
        said.push(cause.to_string());
        next = cause.source();
    }
    if said.is_empty() {
        "the request failed".to_owned()
    } else {
        said.join(": ")
    }
}
