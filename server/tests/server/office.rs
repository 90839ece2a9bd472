//! Somebody signed in over REST, as administrators and supervisors work.

use crate::place::{Place, http, sign_in};
use protocol::configuration::{Change, ConfigurationPatch, ConfigurationState};
use protocol::rest::ErrorBody;
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) struct Office<'a> {
    pub(crate) place: &'a Place,
    pub(crate) token: String,
}

impl<'a> Office<'a> {
    pub(crate) async fn of(place: &'a Place, user: &str) -> Self {
        let signed_in = sign_in(&place.server.url, user).await;
        let token = signed_in.token.reveal().clone();
        Self { place, token }
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> (StatusCode, String) {
        let url = format!("{}{path}", self.place.server.url);
        let request = http().request(method.clone(), url).bearer_auth(&self.token);
        let request = match method {
            Method::GET => request,
            _ => request.json(body),
        };
        let answer = request.send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let (status, body) = self.ask(Method::GET, path, &()).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    pub(crate) async fn change(&self, change: Change) -> Result<ConfigurationState, ErrorBody> {
        let patch = ConfigurationPatch {
            if_revision: None,
            change,
        };
        let (status, body) = self.ask(Method::PATCH, "/v1/configuration", &patch).await;
        if status == StatusCode::OK {
            Ok(serde_json::from_str(&body).unwrap())
        } else {
            Err(serde_json::from_str(&body).unwrap())
        }
    }
}
