//! Under which address people reach the server, where a proxy before it gives it another one.

use super::values::Values;
use super::{ConfigError, bad};
use crate::config::values::text;
use axum::http::Uri;
use std::net::IpAddr;

/// First parts of the server's own paths: a path in front of them could not be told from them.
const OWN: [&str; 5] = ["c", "v1", "embed.js", "healthz", "metrics"];

/// `https://www.example.com/calls`: an origin, and the path in front of the server's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    is_secure: bool,
    /// Host, and the port where it is not the usual one.
    authority: String,
    /// Empty at the root, otherwise `/calls`.
    path: String,
}

impl PublicUrl {
    pub(super) fn from_values(values: &Values) -> Result<Option<Self>, ConfigError> {
        let Some((given, place)) = text(values, "server", "public_url") else {
            return Ok(None);
        };
        Self::parse(given).map(Some).map_err(|why| bad(place, &why))
    }

    /// # Errors
    /// What is wrong with it, for the operator.
    fn parse(given: &str) -> Result<Self, String> {
        const FORM: &str = "expected an address such as https://www.example.com/calls";
        let uri: Uri = given.trim().parse().map_err(|_| FORM.to_owned())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(FORM.to_owned());
        };
        let host = authority.host();
        let is_secure = scheme == "https";
        if !matches!(scheme, "https" | "http") || !is_host(authority.as_str()) {
            return Err(FORM.to_owned());
        }
        if !is_secure && !is_loopback(host) {
            let why =
                "has to begin with https://, because browsers give the microphone to no other page";
            return Err(why.to_owned());
        }
        if uri.query().is_some() || given.contains('#') {
            return Err("only an address and a path belong here, without ? and #".to_owned());
        }
        let path = uri.path().trim_end_matches('/');
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        if !parts.iter().all(|part| is_path_part(part)) {
            let why = "the path may have letters, digits and - . _ ~ between single slashes";
            return Err(why.to_owned());
        }
        if let Some(first) = parts.first().filter(|first| OWN.contains(first)) {
            return Err(format!(
                "/{first} is an address of the server's own; choose another path"
            ));
        }
        Ok(Self {
            is_secure,
            authority: authority.as_str().to_ascii_lowercase(),
            path: path.to_owned(),
        })
    }

    /// As browsers name it: `https://www.example.com`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme("http"), self.authority)
    }

    /// The same for the link: `wss://www.example.com`.
    #[must_use]
    pub fn link_origin(&self) -> String {
        format!("{}://{}", self.scheme("ws"), self.authority)
    }

    /// In front of every path of the server's own; empty at the root.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole address, without a slash at its end.
    #[must_use]
    pub fn as_text(&self) -> String {
        format!("{}{}", self.origin(), self.path)
    }

    fn scheme(&self, plain: &str) -> String {
        let secure = if self.is_secure { "s" } else { "" };
        format!("{plain}{secure}")
    }
}

/// A host and perhaps a port, with nothing that could end a directive of a content policy.
pub(crate) fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte))
}

fn is_path_part(part: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !matches!(part, "" | "." | "..") && part.bytes().all(is_plain)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_an_origin_and_a_path() {
        for (given, origin, link, path) in [
            (
                "https://www.example.com/calls/",
                "https://www.example.com",
                "wss://www.example.com",
                "/calls",
            ),
            (
                "https://Calls.Example.com:8443",
                "https://calls.example.com:8443",
                "wss://calls.example.com:8443",
                "",
            ),
            (
                "http://127.0.0.1:8080/a/b",
                "http://127.0.0.1:8080",
                "ws://127.0.0.1:8080",
                "/a/b",
            ),
        ] {
            let url = PublicUrl::parse(given).expect(given);
            assert_eq!(
                (
                    url.origin().as_str(),
                    url.link_origin().as_str(),
                    url.path()
                ),
                (origin, link, path)
            );
        }
    }

    #[test]
    fn what_cannot_be_served_is_refused_with_a_sentence() {
        for (given, why) in [
            ("www.example.com/calls", "https://www.example.com/calls"),
            ("ftp://example.com", "expected an address"),
            ("https://ada@example.com", "expected an address"),
            ("http://www.example.com/calls", "microphone"),
            ("https://example.com/calls?x=1", "without ? and #"),
            ("https://example.com/calls#x", "without ? and #"),
            ("https://example.com/a//b", "single slashes"),
            ("https://example.com/a/../b", "single slashes"),
            ("https://example.com/c", "choose another path"),
            ("https://example.com/v1/calls", "choose another path"),
        ] {
            let refused = PublicUrl::parse(given).expect_err(given);
            assert!(refused.contains(why), "{given}: {refused}");
        }
    }
}
