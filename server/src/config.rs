//! What an operator may set: a TOML file, every key of which an environment variable overrides.
//!
//! One table, [`KEYS`], says which keys there are; the file, the environment and `serve --help` all follow it.

mod keys;

use keys::KEYS;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::Retention;

/// The form of a key's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Flag,
    /// A whole number within the range.
    Number(u64, u64),
    /// In the environment: separated by commas.
    List,
}

struct Key {
    section: &'static str,
    name: &'static str,
    form: Form,
    meaning: &'static str,
}

const fn key(section: &'static str, name: &'static str, form: Form, meaning: &'static str) -> Key {
    Key {
        section,
        name,
        form,
        meaning,
    }
}

const DAY: Duration = Duration::from_secs(24 * 3_600);
const KEEP_RECORDINGS_DAYS: u32 = 180;

/// Everything `serve` runs by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub listen: SocketAddr,
    pub is_plain_http_allowed: bool,
    pub stop_grace: Duration,
    pub tls: Option<TlsFiles>,
    pub log_json: bool,
    pub log_filter: String,
    pub limits: Limits,
    /// Origins whose pages may show the customer's page in a frame.
    pub framing_allowed_from: Vec<String>,
    pub metrics_token: Option<String>,
    /// Recordings older than this are removed.
    pub keep_recordings: Duration,
    /// For organisations that set nothing of their own.
    pub retention: Retention,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub connections: u64,
    pub connections_per_address: u64,
    pub sign_in_attempts: u32,
    pub sign_in_wait: Duration,
    pub token_life: Duration,
    pub request_timeout: Duration,
}

/// Why the configuration cannot be used; each text names the key and where it was set.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{file}: {why}; give the path of a readable file to --config")]
    Unreadable { file: String, why: String },
    #[error("{file}: not TOML: {why}")]
    NotToml { file: String, why: String },
    #[error("{place}: unknown key; known are: {known}")]
    Unknown { place: String, known: String },
    #[error("{place}: {why}")]
    Bad { place: String, why: String },
}

/// A value and the place it came from, for messages.
#[derive(Clone, Debug)]
struct Set {
    value: toml::Value,
    place: String,
}

type Values = BTreeMap<(&'static str, &'static str), Set>;

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
        let (listen, place) = text(values, "server", "listen")
            .unwrap_or(("127.0.0.1:8787", "the default of server.listen"));
        let listen: SocketAddr = listen.parse().map_err(|_| {
            bad(
                place,
                "expected an address and a port, such as 0.0.0.0:8787",
            )
        })?;
        let log_json = match text(values, "log", "format") {
            None | Some(("human", _)) => false,
            Some(("json", _)) => true,
            Some((_, place)) => return Err(bad(place, "expected \"human\" or \"json\"")),
        };
        let days =
            |name| number(values, "retention", name).and_then(|days| u32::try_from(days).ok());
        let seconds = |section, name, default| {
            Duration::from_secs(number(values, section, name).unwrap_or(default))
        };
        Ok(Self {
            listen,
            is_plain_http_allowed: flag(values, "server", "allow_plain_http"),
            stop_grace: Duration::from_millis(
                number(values, "server", "stop_grace_ms").unwrap_or(2_000),
            ),
            tls,
            log_json,
            log_filter: text(values, "log", "filter")
                .map_or("info", |(text, _)| text)
                .to_owned(),
            limits: Limits {
                connections: number(values, "limits", "connections").unwrap_or(50_000),
                connections_per_address: number(values, "limits", "connections_per_address")
                    .unwrap_or(50_000),
                sign_in_attempts: number(values, "limits", "sign_in_attempts")
                    .and_then(|n| u32::try_from(n).ok())
                    .unwrap_or(5),
                sign_in_wait: seconds("limits", "sign_in_wait_s", 60),
                token_life: seconds("limits", "token_hours", 16) * 3_600,
                request_timeout: Duration::from_millis(
                    number(values, "limits", "request_timeout_ms").unwrap_or(15_000),
                ),
            },
            framing_allowed_from: origins(values)?,
            metrics_token: text(values, "metrics", "token").map(|(text, _)| text.to_owned()),
            keep_recordings: DAY
                * number(values, "recordings", "keep_days")
                    .and_then(|n| u32::try_from(n).ok())
                    .unwrap_or(KEEP_RECORDINGS_DAYS),
            retention: Retention {
                interactions_days: days("interactions_days"),
                customers_days: days("customers_days"),
                audit_days: days("audit_days"),
            },
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
            stop_grace: Duration::from_secs(2),
            tls: None,
            log_json: false,
            log_filter: "info".to_owned(),
            limits: Limits {
                connections: 50_000,
                connections_per_address: 50_000,
                sign_in_attempts: 5,
                sign_in_wait: Duration::from_secs(60),
                token_life: Duration::from_secs(16 * 3_600),
                request_timeout: Duration::from_secs(15),
            },
            framing_allowed_from: Vec::new(),
            metrics_token: None,
            keep_recordings: DAY * KEEP_RECORDINGS_DAYS,
            retention: Retention::default(),
        }
    }
}

fn variable(key: &Key) -> String {
    format!("WARMLINE_{}_{}", key.section, key.name).to_ascii_uppercase()
}

fn bad(place: &str, why: &str) -> ConfigError {
    ConfigError::Bad {
        place: place.to_owned(),
        why: why.to_owned(),
    }
}

fn read_file(file: &Path, values: &mut Values) -> Result<(), ConfigError> {
    let shown = file.display().to_string();
    let content = std::fs::read_to_string(file).map_err(|err| ConfigError::Unreadable {
        file: shown.clone(),
        why: err.to_string(),
    })?;
    let table: toml::Table =
        content
            .parse()
            .map_err(|err: toml::de::Error| ConfigError::NotToml {
                file: shown.clone(),
                why: err.to_string(),
            })?;
    for (section, content) in table {
        let Some(keys) = content.as_table().filter(|_| is_section(&section)) else {
            return Err(unknown(format!("{shown}: {section}")));
        };
        for (name, value) in keys {
            let place = format!("{shown}: {section}.{name}");
            let Some(key) = find(&section, name) else {
                return Err(unknown(place));
            };
            check(key, value, &place)?;
            values.insert(
                (key.section, key.name),
                Set {
                    value: value.clone(),
                    place,
                },
            );
        }
    }
    Ok(())
}

fn read_environment(
    variables: impl Iterator<Item = (String, String)>,
    values: &mut Values,
) -> Result<(), ConfigError> {
    let given: BTreeMap<String, String> = variables.collect();
    for key in KEYS {
        let place = variable(key);
        let Some(text) = given.get(&place) else {
            continue;
        };
        let value = match key.form {
            Form::Text => toml::Value::String(text.clone()),
            Form::Flag => toml::Value::Boolean(match text.as_str() {
                "true" | "1" => true,
                "false" | "0" => false,
                _ => return Err(bad(&place, "expected true or false")),
            }),
            Form::Number(..) => toml::Value::Integer(
                text.parse()
                    .map_err(|_| bad(&place, "expected a whole number"))?,
            ),
            Form::List => toml::Value::Array(
                text.split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(|item| toml::Value::String(item.to_owned()))
                    .collect(),
            ),
        };
        check(key, &value, &place)?;
        values.insert((key.section, key.name), Set { value, place });
    }
    Ok(())
}

fn check(key: &Key, value: &toml::Value, place: &str) -> Result<(), ConfigError> {
    let is_good = match key.form {
        Form::Text => value.is_str(),
        Form::Flag => value.is_bool(),
        Form::Number(least, most) => value
            .as_integer()
            .and_then(|n| u64::try_from(n).ok())
            .is_some_and(|n| (least..=most).contains(&n)),
        Form::List => value
            .as_array()
            .is_some_and(|items| items.iter().all(toml::Value::is_str)),
    };
    if is_good {
        return Ok(());
    }
    let expected = match key.form {
        Form::Text => "expected text in quotes".to_owned(),
        Form::Flag => "expected true or false".to_owned(),
        Form::Number(least, most) => format!("expected a whole number from {least} to {most}"),
        Form::List => "expected a list of texts".to_owned(),
    };
    Err(bad(place, &expected))
}

fn is_section(section: &str) -> bool {
    KEYS.iter().any(|key| key.section == section)
}

fn find(section: &str, name: &str) -> Option<&'static Key> {
    KEYS.iter()
        .find(|key| key.section == section && key.name == name)
}

fn unknown(place: String) -> ConfigError {
    let known: Vec<String> = KEYS
        .iter()
        .map(|key| format!("{}.{}", key.section, key.name))
        .collect();
    ConfigError::Unknown {
        place,
        known: known.join(", "),
    }
}

fn text<'a>(
    values: &'a Values,
    section: &'static str,
    name: &'static str,
) -> Option<(&'a str, &'a str)> {
    let set = values.get(&(section, name))?;
    Some((set.value.as_str()?, set.place.as_str()))
}

fn number(values: &Values, section: &'static str, name: &'static str) -> Option<u64> {
    values
        .get(&(section, name))?
        .value
        .as_integer()
        .and_then(|n| u64::try_from(n).ok())
}

fn flag(values: &Values, section: &'static str, name: &'static str) -> bool {
    values
        .get(&(section, name))
        .and_then(|set| set.value.as_bool())
        .unwrap_or(false)
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
