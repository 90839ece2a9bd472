//! What an operator may set: a TOML file, every key of which an environment variable overrides.
//!
//! One table, `keys::KEYS`, says which keys there are; the file, the environment and `serve --help` all follow it.

mod ice;
mod keys;
mod limits;
mod live;
mod proxies;
mod public_url;
mod values;

pub use crate::limits::Rate;
pub use ice::{Access, IceServer, IceSettings};
pub use limits::Limits;
pub(crate) use live::LiveConfig;
pub use proxies::Proxies;
pub use public_url::PublicUrl;
pub(crate) use public_url::is_host;

use keys::{KEYS, variable};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::Retention;
use values::{Values, flag, number, read_environment, read_file, text, texts};

const DAY: Duration = Duration::from_secs(24 * 3_600);
const KEEP_RECORDINGS_DAYS: u32 = 180;
const MB: u64 = 1_024 * 1_024;
/// Some five million customers.
const IMPORT_MB: u64 = 1_024;
const KEEP_IMPORTS_DAYS: u32 = 30;

/// Everything `serve` runs by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub listen: SocketAddr,
    pub is_plain_http_allowed: bool,
    pub trusted_proxies: Proxies,
    /// Where people reach the server, when a proxy gives it another address or a path.
    pub public_url: Option<PublicUrl>,
    pub stop_grace: Duration,
    pub tls: Option<TlsFiles>,
    pub log_json: bool,
    pub log_filter: String,
    pub limits: Limits,
    /// Origins whose pages may show the customer's page in a frame.
    pub framing_allowed_from: Vec<String>,
    pub metrics_token: Option<String>,
    /// Longest file of customers that is taken.
    pub import_bytes: u64,
    /// Files of imports are removed after this many days.
    pub keep_imports_days: u32,
    /// Hosts on private addresses that calendars may be fetched from, and without TLS.
    pub calendar_hosts: Vec<String>,
    /// Recordings older than this are removed.
    pub keep_recordings: Duration,
    /// For organisations that set nothing of their own.
    pub retention: Retention,
    pub ice: IceSettings,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Why the configuration cannot be used; each text names the key and where it was set.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{file}: {why} (--config takes a TOML file)")]
    Unreadable { file: String, why: String },
    #[error("{file}: not TOML: {why}")]
    NotToml { file: String, why: String },
    #[error("{place}: unknown key; known are: {known}")]
    Unknown { place: String, known: String },
    #[error("{place}: {why}")]
    Bad { place: String, why: String },
}

impl Config {
    /// Reads `file` (when given), then lets `variables` (the process's environment) override it.
    ///
    /// # Errors
    /// [`ConfigError`] naming file or variable and key; the operator mends it and starts again.
    pub fn read(
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut values = Values::new();
        if let Some(file) = file {
            read_file(file, &mut values)?;
        }
        read_environment(variables, &mut values)?;
        Self::from_values(&values)
    }

    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let tls = match (text(values, "tls", "cert"), text(values, "tls", "key")) {
            (Some((cert, _)), Some((key, _))) => Some(TlsFiles {
                cert: cert.into(),
                key: key.into(),
            }),
            (None, None) => None,
            (Some((_, place)), None) | (None, Some((_, place))) => {
                return Err(bad(place, "tls.cert and tls.key belong together; set both"));
            }
        };
        let default = Self::default();
        let listen = match text(values, "server", "listen") {
            None => default.listen,
            Some((listen, place)) => listen.parse().map_err(|_| {
                bad(
                    place,
                    "expected an address and a port, such as 0.0.0.0:8787",
                )
            })?,
        };
        let log_json = match text(values, "log", "format") {
            None | Some(("human", _)) => false,
            Some(("json", _)) => true,
            Some((_, place)) => return Err(bad(place, "expected \"human\" or \"json\"")),
        };
        let days =
            |name| number(values, "retention", name).and_then(|days| u32::try_from(days).ok());
        Ok(Self {
            listen,
            is_plain_http_allowed: flag(values, "server", "allow_plain_http"),
            trusted_proxies: Proxies::from_values(values)?,
            public_url: PublicUrl::from_values(values)?,
            stop_grace: number(values, "server", "stop_grace_ms")
                .map_or(default.stop_grace, Duration::from_millis),
            tls,
            log_json,
            log_filter: text(values, "log", "filter")
                .map_or(default.log_filter, |(text, _)| text.to_owned()),
            limits: Limits::from_values(values, default.limits),
            framing_allowed_from: origins(values)?,
            metrics_token: text(values, "metrics", "token").map(|(text, _)| text.to_owned()),
            import_bytes: number(values, "imports", "max_mb")
                .map_or(default.import_bytes, |mb| mb * MB),
            keep_imports_days: number(values, "imports", "keep_days")
                .and_then(|days| u32::try_from(days).ok())
                .unwrap_or(default.keep_imports_days),
            calendar_hosts: texts(values, "imports", "calendar_hosts"),
            keep_recordings: number(values, "recordings", "keep_days")
                .and_then(|n| u32::try_from(n).ok())
                .map_or(default.keep_recordings, |days| DAY * days),
            retention: Retention {
                interactions_days: days("interactions_days"),
                customers_days: days("customers_days"),
                audit_days: days("audit_days"),
            },
            ice: IceSettings::from_values(values)?,
        })
    }

    /// The keys with their meaning, for `serve --help`.
    #[must_use]
    pub fn describe_keys() -> String {
        let mut out = String::from("Keys of the configuration file, each also by environment:\n");
        for key in KEYS {
            let line = format!(
                "  [{}] {:<24} {} ({})\n",
                key.section,
                key.name,
                key.meaning,
                variable(key)
            );
            out.push_str(&line);
        }
        out
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            is_plain_http_allowed: false,
            trusted_proxies: Proxies::default(),
            public_url: None,
            stop_grace: Duration::from_secs(2),
            tls: None,
            log_json: false,
            log_filter: "info".to_owned(),
            limits: Limits::default(),
            framing_allowed_from: Vec::new(),
            metrics_token: None,
            import_bytes: IMPORT_MB * MB,
            keep_imports_days: KEEP_IMPORTS_DAYS,
            calendar_hosts: Vec::new(),
            keep_recordings: DAY * KEEP_RECORDINGS_DAYS,
            retention: Retention::default(),
            ice: IceSettings::default(),
        }
    }
}

fn bad(place: &str, why: &str) -> ConfigError {
    ConfigError::Bad {
        place: place.to_owned(),
        why: why.to_owned(),
    }
}

/// Origins go into a response header, so that only what an origin may contain gets through.
fn origins(values: &Values) -> Result<Vec<String>, ConfigError> {
    let Some(set) = values.get(&("customer", "framing_allowed_from")) else {
        return Ok(Vec::new());
    };
    let items = set
        .value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str);
    items
        .map(|item| {
            let rest = item
                .strip_prefix("https://")
                .or_else(|| item.strip_prefix("http://"));
            let is_good = rest.is_some_and(|rest| {
                !rest.is_empty()
                    && rest
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"-._:*[]".contains(&b))
            });
            if is_good {
                Ok(item.to_owned())
            } else {
                Err(bad(
                    &set.place,
                    "expected origins such as https://www.example.com",
                ))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
