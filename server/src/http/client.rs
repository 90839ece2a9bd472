//! Where a request comes from, also through a proxy.

use crate::app::App;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use std::net::{IpAddr, SocketAddr};

/// The client's own address: limits are kept by it.
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = <ConnectInfo<SocketAddr> as FromRequestParts<App>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let ConnectInfo(from) = ConnectInfo::<SocketAddr>::from_request_parts(parts, app).await?;
        let said = parts.headers.get_all("x-forwarded-for").iter();
        let said: Vec<&str> = said.filter_map(|value| value.to_str().ok()).collect();
        let config = app.inner.config.now();
        let client = config.trusted_proxies.client(from.ip(), said.into_iter());
        Ok(Self(client))
    }
}
