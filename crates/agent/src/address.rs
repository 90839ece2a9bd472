//! A server's address: which forms are taken, and when plain HTTP is.

use protocol::desktop::DesktopError;
use reqwest::Url;
use std::net::IpAddr;

/// `http` or `https`, a host, perhaps a port, and perhaps a path under which a proxy serves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    url: Url,
    is_this_machine: bool,
}

impl ServerAddress {
    /// Without a scheme it is HTTPS, on this machine HTTP.
    ///
    /// # Errors
    /// `BadAddress` when no server could be there; `Insecure` for plain HTTP beyond this machine unless it is allowed.
    pub fn parse(text: &str, is_plain_allowed: bool) -> Result<Self, DesktopError> {
        let text = text.trim().trim_end_matches('/');
        let bad = |why: &str| DesktopError::BadAddress {
            detail: format!("{text}: {why}"),
        };
        let has_scheme = text.contains("://");
        let full = if has_scheme {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let mut url = Url::parse(&full).map_err(|err| bad(&err.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("an address begins with https:// or http://"));
        }
        let is_more = url.query().is_some() || url.fragment().is_some();
        if !url.username().is_empty() || url.password().is_some() || is_more {
            return Err(bad("only the server's name, port and path belong here"));
        }
        if is_a_pages_path(&url) {
            return Err(bad(
                "this is the address of a page; the server's own ends before /c/",
            ));
        }
        let host = url.host_str().ok_or_else(|| bad("there is no host"))?;
        let is_this_machine = is_loopback(host);
        if is_this_machine && !has_scheme {
            url.set_scheme("http")
                .map_err(|()| bad("there is no host"))?;
        }
        if url.scheme() == "http" && !is_this_machine && !is_plain_allowed {
            let detail = format!("{text} would be reached without encryption: use https://");
            return Err(DesktopError::Insecure { detail });
        }
        Ok(Self {
            url,
            is_this_machine,
        })
    }

    /// `path` begins with a slash and is already encoded.
    #[must_use]
    pub fn http(&self, path: &str) -> String {
        format!("{}{path}", self.as_text())
    }

    /// Where the link is.
    #[must_use]
    pub fn link(&self) -> String {
        let scheme = if self.url.scheme() == "https" {
            "wss"
        } else {
            "ws"
        };
        let rest = self.as_text();
        let rest = rest.split_once("://").map_or("", |(_, rest)| rest);
        format!("{scheme}://{rest}/v1/link")
    }

    /// As a connection is opened to it; an IPv6 address stands in brackets.
    pub(crate) fn host_and_port(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default().unwrap_or(443);
        format!("{host}:{port}")
    }

    #[must_use]
    pub fn as_text(&self) -> String {
        self.url.as_str().trim_end_matches('/').to_owned()
    }

    /// Proxies are for other machines.
    #[must_use]
    pub fn is_this_machine(&self) -> bool {
        self.is_this_machine
    }
}

/// Of a page for customers, which is what people have at hand.
fn is_a_pages_path(url: &Url) -> bool {
    let parts: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    matches!(parts.as_slice(), [.., "c", _, _])
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_https_and_plain_http_stays_on_this_machine() {
        let parse = |text: &str| ServerAddress::parse(text, false);
        for (text, http, link) in [
            (
                "warm.example.com",
                "https://warm.example.com",
                "wss://warm.example.com/v1/link",
            ),
            (
                "https://a.b:8443/",
                "https://a.b:8443",
                "wss://a.b:8443/v1/link",
            ),
            (
                "127.0.0.1:8080",
                "http://127.0.0.1:8080",
                "ws://127.0.0.1:8080/v1/link",
            ),
            (
                "http://localhost:1",
                "http://localhost:1",
                "ws://localhost:1/v1/link",
            ),
            ("http://[::1]:9", "http://[::1]:9", "ws://[::1]:9/v1/link"),
            (
                "www.example.com/calls/",
                "https://www.example.com/calls",
                "wss://www.example.com/calls/v1/link",
            ),
        ] {
            let address = parse(text).unwrap();
            assert_eq!(
                (address.as_text().as_str(), address.link().as_str()),
                (http, link)
            );
        }
        for bad in [
            "",
            "ftp://a",
            "https://a/c/demo/support",
            "https://a/calls#x",
            "https://u@a",
            "a b",
            "https://a?x=1",
        ] {
            assert!(
                matches!(parse(bad), Err(DesktopError::BadAddress { .. })),
                "{bad:?}"
            );
        }
        for plain in ["http://10.0.0.1", "http://localhost.evil.com"] {
            assert!(
                matches!(parse(plain), Err(DesktopError::Insecure { .. })),
                "{plain}"
            );
            assert!(ServerAddress::parse(plain, true).is_ok());
        }
    }
}
