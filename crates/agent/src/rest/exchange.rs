//! The REST interface's side of customers' files: new records, imports, files of all customers, read hours.

use super::RestClient;
use protocol::desktop::DesktopError;
use protocol::exchange::{
    Alike, AlikeCustomers, CalendarQuestion, CustomerFormat, Import, ImportOptions, ImportPage,
    ImportPreview, NewCustomer, NewImport, NotationQuestion, ReadHours,
};
use protocol::rest::CustomerSummary;
use reqwest::{Method, Response};
use std::time::Duration;
use vocab::ImportId;

/// A file of millions of customers takes its time.
const FILE_TIMEOUT: Duration = Duration::from_secs(2 * 3_600);

impl RestClient {
    /// # Errors
    /// As every method here: see [`RestClient::sign_in`].
    pub async fn create_customer(
        &self,
        new: &NewCustomer,
    ) -> Result<CustomerSummary, DesktopError> {
        let request = self.request(Method::POST, "/v1/customers", &[])?;
        self.ask(request.json(new)).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn alike(&self, alike: &Alike) -> Result<AlikeCustomers, DesktopError> {
        let request = self.request(Method::POST, "/v1/customers/alike", &[])?;
        self.ask(request.json(alike)).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn imports(&self) -> Result<ImportPage, DesktopError> {
        self.ask(self.request(Method::GET, "/v1/imports", &[])?)
            .await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn begin_import(&self, new: &NewImport) -> Result<Import, DesktopError> {
        let request = self.request(Method::POST, "/v1/imports", &[])?;
        self.ask(request.json(new)).await
    }

    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn import(&self, import: ImportId) -> Result<Import, DesktopError> {
        self.ask(self.request(Method::GET, &of(import, ""), &[])?)
            .await
    }

    /// # Errors
    /// `NotNow` when the server is at another place; [`RestClient::import`] tells where.
    pub async fn send_import(
        &self,
        import: ImportId,
        offset: u64,
        piece: Vec<u8>,
    ) -> Result<Import, DesktopError> {
        let offset = offset.to_string();
        let pairs = [("offset", offset.as_str())];
        let request = self.request(Method::PUT, &of(import, "/data"), &pairs)?;
        self.ask(request.body(piece)).await
    }

    /// # Errors
    /// `BadField` when the file cannot be read so.
    pub async fn preview_import(
        &self,
        import: ImportId,
        options: &ImportOptions,
    ) -> Result<ImportPreview, DesktopError> {
        let request = self.request(Method::POST, &of(import, "/preview"), &[])?;
        self.ask(request.json(options)).await
    }

    /// `what` is `check` or `start`.
    ///
    /// # Errors
    /// `BadField` when the file cannot be read so; `NotNow` when another import is at work.
    pub async fn work_on_import(
        &self,
        import: ImportId,
        what: &str,
        options: &ImportOptions,
    ) -> Result<Import, DesktopError> {
        let request = self.request(Method::POST, &of(import, &format!("/{what}")), &[])?;
        self.ask(request.json(options)).await
    }

    /// `what` is `stop` or `undo`.
    ///
    /// # Errors
    /// `NotNow` when it is not at that point.
    pub async fn tell_import(&self, import: ImportId, what: &str) -> Result<Import, DesktopError> {
        self.ask(self.request(Method::POST, &of(import, &format!("/{what}")), &[])?)
            .await
    }

    /// # Errors
    /// `NotNow` while it is at work.
    pub async fn remove_import(&self, import: ImportId) -> Result<(), DesktopError> {
        let request = self.request(Method::DELETE, &of(import, ""), &[])?;
        self.send(request).await.map(drop)
    }

    /// The rows that were refused, as they come.
    ///
    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn refused_rows(&self, import: ImportId) -> Result<Response, DesktopError> {
        let request = self.request(Method::GET, &of(import, "/refused"), &[])?;
        self.answer(request.timeout(FILE_TIMEOUT)).await
    }

    /// All customers, as they come.
    ///
    /// # Errors
    /// See [`RestClient::sign_in`].
    pub async fn customers_file(&self, format: CustomerFormat) -> Result<Response, DesktopError> {
        let name = match format {
            CustomerFormat::Csv => "csv",
            CustomerFormat::Vcard => "vcard",
        };
        let request = self.request(Method::GET, "/v1/customers/file", &[("format", name)])?;
        self.answer(request.timeout(FILE_TIMEOUT)).await
    }

    /// # Errors
    /// `BadField` when it cannot be read or fetched.
    pub async fn read_calendar(
        &self,
        question: &CalendarQuestion,
    ) -> Result<ReadHours, DesktopError> {
        let request = self.request(Method::POST, "/v1/hours/calendar", &[])?;
        self.ask(request.json(question)).await
    }

    /// # Errors
    /// `BadField` when it is not understood.
    pub async fn read_notation(
        &self,
        question: &NotationQuestion,
    ) -> Result<ReadHours, DesktopError> {
        let request = self.request(Method::POST, "/v1/hours/notation", &[])?;
        self.ask(request.json(question)).await
    }
}

fn of(import: ImportId, what: &str) -> String {
    format!("/v1/imports/{import}{what}")
}
