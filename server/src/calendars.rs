//! Fetches a calendar from an address that an administrator gave: within a time, up to a size, and not from this machine's
//! own network unless the operator named the host.

use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

const WITHIN: Duration = Duration::from_secs(10);

/// Holidays of all countries for many years are below it.
pub(crate) const CALENDAR_BYTES: usize = 2 * 1_024 * 1_024;

const REDIRECTS: u32 = 4;

#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("the address is not one of a calendar: it begins with https:// or webcal://")]
    BadAddress,
    #[error(
        "the address leads into a private network; an operator can allow the host by name with imports.calendar_hosts"
    )]
    Private,
    #[error("the host is not known")]
    UnknownHost,
    #[error("the calendar could not be fetched: {0}")]
    Failed(String),
    #[error("the address answered {0}")]
    Status(u16),
    #[error("the calendar is longer than 2 MB")]
    TooLong,
    #[error("the address did not answer within ten seconds")]
    TooSlow,
}

/// Whether the text is an address rather than a calendar.
pub(crate) fn is_address(text: &str) -> bool {
    let text = text.trim_start().to_ascii_lowercase();
    ["https:", "http:", "webcal:", "webcals:"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}

/// The bytes at the address. `allowed` are hosts that may be on private addresses and speak without TLS.
///
/// # Errors
/// [`FetchError`], to be told to whoever gave the address.
pub(crate) async fn fetch(address: &str, allowed: &[String]) -> Result<Vec<u8>, FetchError> {
    let fetched = tokio::time::timeout(WITHIN, follow(address, allowed));
    fetched.await.map_err(|_| FetchError::TooSlow)?
}

async fn follow(address: &str, allowed: &[String]) -> Result<Vec<u8>, FetchError> {
    let address = address.trim();
    let rest = address.split_once(':').map_or("", |(_, rest)| rest);
    let is_webcal = address.to_ascii_lowercase().starts_with("webcal");
    let address = if is_webcal {
        format!("https:{rest}")
    } else {
        address.to_owned()
    };
    let mut url = Url::parse(&address).map_err(|_| FetchError::BadAddress)?;
    for _ in 0..=REDIRECTS {
        let answer = ask(&url, allowed).await?;
        let status = answer.status();
        if status.is_redirection() {
            let to = answer
                .headers()
                .get("location")
                .and_then(|to| to.to_str().ok());
            url = to
                .and_then(|to| url.join(to).ok())
                .ok_or(FetchError::BadAddress)?;
            continue;
        }
        if !status.is_success() {
            return Err(FetchError::Status(status.as_u16()));
        }
        return body(answer).await;
    }
    Err(FetchError::Failed("it leads on and on".to_owned()))
}

async fn ask(url: &Url, allowed: &[String]) -> Result<reqwest::Response, FetchError> {
    let host = url
        .host_str()
        .ok_or(FetchError::BadAddress)?
        .to_ascii_lowercase();
    let is_allowed = allowed.contains(&host);
    match url.scheme() {
        "https" => {}
        "http" if is_allowed => {}
        _ => return Err(FetchError::BadAddress),
    }
    let port = url.port_or_known_default().unwrap_or(443);
    let named = host.trim_matches(['[', ']']).to_owned();
    let found = tokio::net::lookup_host((named, port)).await;
    let found: Vec<SocketAddr> = found.map_err(|_| FetchError::UnknownHost)?.collect();
    if found.is_empty() {
        return Err(FetchError::UnknownHost);
    }
    if !is_allowed && !found.iter().all(|address| is_public(address.ip())) {
        return Err(FetchError::Private);
    }
    // A second one is refused, and the first is used then.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The addresses that were looked at are the ones that are asked: a name may mean others a moment later.
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .timeout(WITHIN)
        .resolve_to_addrs(&host, &found)
        .user_agent(concat!("warmline/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(failed)?;
    client.get(url.clone()).send().await.map_err(failed)
}

/// Without the address: it may hold a secret.
fn failed(err: reqwest::Error) -> FetchError {
    let err = err.without_url();
    let mut said = err.to_string();
    let mut cause = std::error::Error::source(&err);
    while let Some(next) = cause {
        said = next.to_string();
        cause = next.source();
    }
    FetchError::Failed(said)
}

async fn body(mut answer: reqwest::Response) -> Result<Vec<u8>, FetchError> {
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(failed)? {
        if bytes.len() + piece.len() > CALENDAR_BYTES {
            return Err(FetchError::TooLong);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// On the open internet, as far as the registries of special addresses (RFC 6890) tell.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => match within(six) {
            Some(four) => is_public_v4(four),
            None => is_public_v6(six),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || matches!(
            (a, b, c),
            (0 | 224..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18 | 19, _)
        );
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    // Global unicast is 2000::/3; documentation is a part of it.
    (first & 0xE000) == 0x2000 && !(first == 0x2001 && address.segments()[1] == 0x0DB8)
}

/// The older kind of address that a newer one stands for: mapped, translated (64:ff9b::/96) or 6to4.
fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let four = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        [0, 0, 0, 0, 0, 0 | 0xFFFF, high, low] if high > 0 => Some(four(high, low)),
        [0x64, 0xFF9B, 0, 0, 0, 0, high, low] => Some(four(high, low)),
        [0x2002, high, low, ..] => Some(four(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_private_networks_are_told_from_those_of_the_internet() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            let address = private.parse().unwrap();
            assert!(!is_public(address), "{private}");
        }
        for public in [
            "1.1.1.1",
            "93.184.216.34",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "172.32.0.1",
        ] {
            let address = public.parse().unwrap();
            assert!(is_public(address), "{public}");
        }
    }
}
