//! STUN and TURN: which servers, who may use them, and the credentials that a participant gets.
//!
//! A `secret` is what coturn calls `static-auth-secret`: user names carry the time at which they end, and the password
//! is an HMAC of the name, so that nothing has to be stored and nothing given away lasts.

use super::values::{Values, number, text};
use super::{ConfigError, bad};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use protocol::link::{Ice, IcePolicy, IceServer as Granted};
use std::time::Duration;
use vocab::{Millis, Sensitive};

/// Long enough for a shift; renewed at half of it, so that a call begun now has as much left.
const CREDENTIAL_LIFE: Duration = Duration::from_secs(12 * 3_600);

/// A customer has one conversation and is a stranger: longer than most, and little use to whoever only wants a relay.
const CUSTOMER_CREDENTIAL_LIFE: Duration = Duration::from_secs(2 * 3_600);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceSettings {
    pub servers: Vec<IceServer>,
    pub policy: IcePolicy,
    pub credential_life: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceServer {
    pub urls: Vec<String>,
    pub access: Access,
}

/// How a participant may use a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// STUN asks nobody who they are.
    Open,
    /// The same name and password for everybody, for ever.
    Static {
        username: String,
        credential: Sensitive<String>,
    },
    /// Shared with the TURN server; participants get credentials that end.
    Secret(Sensitive<String>),
}

impl Default for IceSettings {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            policy: IcePolicy::All,
            credential_life: CREDENTIAL_LIFE,
        }
    }
}

impl IceSettings {
    pub(super) fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let default = Self::default();
        let mut servers = Vec::new();
        if let Some(set) = values.get(&("ice", "servers")) {
            for (at, item) in set.value.as_array().into_iter().flatten().enumerate() {
                let place = format!("{}[{at}]", set.place);
                servers.push(server(item, &place)?);
            }
        }
        let policy = match text(values, "ice", "policy") {
            None | Some(("all", _)) => IcePolicy::All,
            Some(("relay", place)) => {
                // Desktops speak TURN over UDP only, and one that finds no relay would never connect.
                if !servers.iter().any(IceServer::is_relay_by_udp) {
                    return Err(bad(
                        place,
                        "\"relay\" needs a TURN server over UDP in ice.servers, \
                         such as turn:turn.example.com:3478",
                    ));
                }
                IcePolicy::Relay
            }
            Some((_, place)) => return Err(bad(place, "expected \"all\" or \"relay\"")),
        };
        Ok(Self {
            servers,
            policy,
            credential_life: number(values, "ice", "credential_life_s")
                .map_or(default.credential_life, Duration::from_secs),
        })
    }

    /// How long a customer's credentials hold, where an agent's hold for `credential_life`.
    #[must_use]
    pub fn customer_life(&self) -> Duration {
        self.credential_life.min(CUSTOMER_CREDENTIAL_LIFE)
    }

    /// What somebody gets who has nobody to talk with yet: the servers that ask nobody who they are.
    #[must_use]
    pub fn without_credentials(&self) -> Ice {
        let is_open = |server: &&IceServer| server.access == Access::Open;
        let servers = self.servers.iter().filter(is_open).map(|server| Granted {
            urls: server.urls.clone(),
            username: None,
            credential: None,
        });
        Ice {
            servers: servers.collect(),
            policy: self.policy,
        }
    }

    /// What one participant gets for `life`. `who` tells users of the relay apart in its log, and names nobody.
    #[must_use]
    pub fn grant(&self, now: Millis, who: u64, life: Duration) -> Ice {
        let ends_s = now.0 / 1_000 + life.as_secs();
        let servers = self.servers.iter().map(|server| {
            let (username, credential) = match &server.access {
                Access::Open => (None, None),
                Access::Static {
                    username,
                    credential,
                } => (Some(username.clone()), Some(credential.clone())),
                Access::Secret(secret) => {
                    let username = format!("{ends_s}:{who}");
                    let credential = password(secret.reveal(), &username);
                    (Some(username), Some(credential))
                }
            };
            Granted {
                urls: server.urls.clone(),
                username,
                credential,
            }
        });
        Ice {
            servers: servers.collect(),
            policy: self.policy,
        }
    }

    /// How long a grant for `life` stands before the next; none when it never ends.
    #[must_use]
    pub fn renew_after(&self, life: Duration) -> Option<Duration> {
        let is_ending = |server: &IceServer| matches!(server.access, Access::Secret(_));
        self.servers.iter().any(is_ending).then_some(life / 2)
    }
}

impl IceServer {
    fn is_relay_by_udp(&self) -> bool {
        self.urls
            .iter()
            .any(|url| url.starts_with("turn:") && !url.ends_with("?transport=tcp"))
    }
}

/// The scheme of draft-uberti-behave-turn-rest, as coturn's `use-auth-secret` has it.
fn password(secret: &str, username: &str) -> Sensitive<String> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let tag = ring::hmac::sign(&key, username.as_bytes());
    Sensitive::new(STANDARD.encode(tag.as_ref()))
}

fn server(item: &toml::Value, place: &str) -> Result<IceServer, ConfigError> {
    let table = item
        .as_table()
        .ok_or_else(|| bad(place, "expected a table"))?;
    for key in table.keys() {
        if !["urls", "secret", "username", "credential"].contains(&key.as_str()) {
            let why = "unknown key; known are: urls, secret, username, credential";
            return Err(bad(&format!("{place}.{key}"), why));
        }
    }
    let word = |key: &str| match table.get(key) {
        None => Ok(None),
        Some(toml::Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(bad(
            &format!("{place}.{key}"),
            "expected text in quotes, not empty",
        )),
    };
    let urls = urls(table.get("urls"), place)?;
    let needs_access = urls.iter().any(|url| !url.starts_with("stun:"));
    let hidden = Sensitive::new;
    let access = match (word("secret")?, word("username")?, word("credential")?) {
        (None, None, None) if needs_access => {
            return Err(bad(
                place,
                "a TURN server needs `secret`, or `username` and `credential`",
            ));
        }
        (None, None, None) => Access::Open,
        _ if !needs_access => {
            return Err(bad(
                place,
                "a STUN server takes no secret, username or credential; remove them",
            ));
        }
        (Some(secret), None, None) => Access::Secret(hidden(secret)),
        (None, Some(username), Some(credential)) => Access::Static {
            username,
            credential: hidden(credential),
        },
        _ => {
            return Err(bad(
                place,
                "set either `secret`, or `username` and `credential` together",
            ));
        }
    };
    Ok(IceServer { urls, access })
}

fn urls(value: Option<&toml::Value>, place: &str) -> Result<Vec<String>, ConfigError> {
    let place = format!("{place}.urls");
    let items = value.and_then(toml::Value::as_array);
    let Some(items) = items.filter(|items| !items.is_empty()) else {
        return Err(bad(
            &place,
            "expected a list such as [\"turn:turn.example.com:3478\"]",
        ));
    };
    items
        .iter()
        .map(|item| {
            let url = item.as_str().unwrap_or_default();
            if is_url(url) {
                Ok(url.to_owned())
            } else {
                let why = format!(
                    "{item} is no stun:HOST:PORT, turn:HOST:PORT or turns:HOST:PORT, \
                     with ?transport=udp or ?transport=tcp after a TURN server's"
                );
                Err(bad(&place, &why))
            }
        })
        .collect()
}

/// RFC 7064 and RFC 7065, as far as peer connections go: one address that none of them takes would end every call.
fn is_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else {
        return false;
    };
    let (address, query) = match rest.split_once('?') {
        Some((address, query)) => (address, Some(query)),
        None => (rest, None),
    };
    let is_query_good = matches!(
        (scheme, query),
        ("stun" | "turn" | "turns", None)
            | ("turn" | "turns", Some("transport=tcp"))
            | ("turn", Some("transport=udp"))
    );
    let (host, port) = match address.rsplit_once(':') {
        // The colons of an IPv6 address stand within brackets.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (address, None),
    };
    let is_host_good = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        }
    };
    let is_port_good = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port != 0));
    is_query_good && is_host_good && is_port_good
}
