//! The organisation's side of the REST interface: configuration, figures, and why an agent was offered something.

use super::RestClient;
use protocol::configuration::{
    Change, ChangePage, ConfigurationPatch, ConfigurationState, Finding,
};
use protocol::decision::Decision;
use protocol::desktop::DesktopError;
use protocol::figures::FiguresNow;
use protocol::line::{QueueLine, RemoveFromLine, RemovedFromLine};
use protocol::rest::{NewPassword, OwnPassword};
use reqwest::Method;
use vocab::{InteractionId, Sensitive};

/// Changes of the configuration fetched at once.
const CHANGES: &str = "50";

impl RestClient {
    /// # Errors
    /// As every method here: see [`RestClient::sign_in`].
    pub async fn decision(&self, number: u64) -> Result<Decision, DesktopError> {
        let path = format!("/v1/decisions/{number}");
        self.ask(self.request(Method::GET, &path, &[])?).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn figures(&self) -> Result<FiguresNow, DesktopError> {
        self.ask(self.request(Method::GET, "/v1/figures", &[])?)
            .await
    }

    /// Who waits in a queue, by its code.
    ///
    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn line(&self, queue: &str) -> Result<QueueLine, DesktopError> {
        let path = format!("/v1/queues/{queue}/line");
        self.ask(self.request(Method::GET, &path, &[])?).await
    }

    /// Those of them who were taken out of the line.
    ///
    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn remove_from_line(
        &self,
        queue: &str,
        interactions: Vec<InteractionId>,
    ) -> Result<Vec<InteractionId>, DesktopError> {
        let path = format!("/v1/queues/{queue}/line/remove");
        let request = self.request(Method::POST, &path, &[])?;
        let RemovedFromLine { removed } = self
            .ask(request.json(&RemoveFromLine { interactions }))
            .await?;
        Ok(removed)
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn configuration(&self) -> Result<ConfigurationState, DesktopError> {
        self.ask(self.request(Method::GET, "/v1/configuration", &[])?)
            .await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn check_configuration(&self, change: &Change) -> Result<Vec<Finding>, DesktopError> {
        let request = self.request(Method::POST, "/v1/configuration/check", &[])?;
        self.ask(request.json(change)).await
    }

    /// # Errors
    /// `Contradiction` with everything that is wrong; otherwise see [`RestClient::sign_in`].
    pub async fn change_configuration(
        &self,
        patch: &ConfigurationPatch,
    ) -> Result<ConfigurationState, DesktopError> {
        let request = self.request(Method::PATCH, "/v1/configuration", &[])?;
        self.ask(request.json(patch)).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn configuration_changes(
        &self,
        before: Option<u64>,
    ) -> Result<ChangePage, DesktopError> {
        let before = before.map(|revision| revision.to_string());
        let mut pairs = vec![("limit", CHANGES)];
        pairs.extend(before.as_deref().map(|revision| ("before", revision)));
        self.ask(self.request(Method::GET, "/v1/configuration/changes", &pairs)?)
            .await
    }

    /// # Errors
    /// `Refused` with `changed_meanwhile` when something was changed again since; `Contradiction`.
    pub async fn undo_configuration(
        &self,
        revision: u64,
    ) -> Result<ConfigurationState, DesktopError> {
        let path = format!("/v1/configuration/changes/{revision}/undo");
        self.ask(self.request(Method::POST, &path, &[])?).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn set_password(
        &self,
        user: &str,
        password: Sensitive<String>,
    ) -> Result<(), DesktopError> {
        let path = format!("/v1/people/{user}/password");
        let request = self.request(Method::PUT, &path, &[])?;
        self.send(request.json(&NewPassword { password }))
            .await
            .map(drop)
    }

    /// One's own password.
    ///
    /// # Errors
    /// `WrongPassword` when `old` is not it, `WeakPassword` when `new` is easily guessed; otherwise see
    /// [`RestClient::sign_in`].
    pub async fn change_password(
        &self,
        old: Sensitive<String>,
        new: Sensitive<String>,
    ) -> Result<(), DesktopError> {
        let request = self.request(Method::PUT, "/v1/me/password", &[])?;
        self.send(request.json(&OwnPassword { old, new }))
            .await
            .map(drop)
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn zones(&self) -> Result<Vec<String>, DesktopError> {
        self.ask(self.request(Method::GET, "/v1/zones", &[])?).await
    }
}
