//! The way from this machine to the server: direct, or through the proxy that the environment (on Windows and macOS
//! also the system) names for it.
//!
//! The REST client follows the same rules by the same library, so that both go the same way or none does.

mod tunnel;

use crate::address::ServerAddress;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use protocol::desktop::DesktopError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::http::Uri;

/// A connection, whatever is below it.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// The proxy on the way to `server`: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, less what `NO_PROXY` excepts. None for
/// this machine, wherever a proxy for it would lead.
fn proxy_for(server: &ServerAddress) -> Option<Intercept> {
    if server.is_this_machine() {
        return None;
    }
    let destination: Uri = server.as_text().parse().ok()?;
    Matcher::from_system().intercept(&destination)
}

/// The proxy on the way to `server` in words, without its password.
pub(crate) fn proxy_name(server: &ServerAddress) -> Option<String> {
    proxy_for(server).map(|proxy| name(proxy.uri()))
}

fn name(proxy: &Uri) -> String {
    let scheme = proxy.scheme_str().unwrap_or("http");
    let host = proxy.host().unwrap_or_default();
    match proxy.port_u16() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// Connects to the server's port.
///
/// # Errors
/// `Unreachable` with what the network or the proxy said; `Insecure` when the proxy's own certificate is not trusted.
pub(crate) async fn connect(server: &ServerAddress) -> Result<Box<dyn Stream>, DesktopError> {
    let target = server.host_and_port();
    match proxy_for(server) {
        Some(proxy) => tunnel::through(&proxy, &target).await,
        None => {
            let stream = dial(&target)
                .await
                .map_err(|err| unreachable(&target, &err))?;
            Ok(Box::new(stream))
        }
    }
}

async fn dial(target: &str) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(target).await?;
    // Frames are small and each is waited for.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// What a proxy that wants a password is said to want.
pub(crate) fn unknown_to(proxy: &str) -> String {
    format!(
        "the proxy {proxy} wants to know who asks (407); put user and password into HTTPS_PROXY, \
         as in http://user:password@proxy:3128"
    )
}

fn unreachable(what: &str, why: &dyn std::fmt::Display) -> DesktopError {
    DesktopError::Unreachable {
        detail: format!("{what}: {why}"),
    }
}
