//! What the file and the environment gave, each value with the place it came from.

use super::keys::{Form, KEYS, check, find, is_section, unknown, variable};
use super::{ConfigError, bad};
use crate::text_files;
use std::collections::BTreeMap;
use std::path::Path;

/// A value and the place it came from, for messages.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) value: toml::Value,
    pub(super) place: String,
}

pub(super) type Values = BTreeMap<(&'static str, &'static str), Set>;

pub(super) fn read_file(file: &Path, values: &mut Values) -> Result<(), ConfigError> {
    let shown = file.display().to_string();
    let content = text_files::read_file(file).map_err(|err| ConfigError::Unreadable {
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

pub(super) fn read_environment(
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
            Form::Tables => tables(text).map_err(|why| bad(&place, &why))?,
        };
        check(key, &value, &place)?;
        values.insert((key.section, key.name), Set { value, place });
    }
    Ok(())
}

/// A list of tables as the file would have it on one line.
fn tables(text: &str) -> Result<toml::Value, String> {
    let line = format!("list = {text}");
    let read: Result<toml::Table, toml::de::Error> = line.parse();
    read.ok()
        .and_then(|mut table| table.remove("list"))
        .ok_or_else(|| "not a TOML array of inline tables".to_owned())
}

pub(super) fn text<'a>(
    values: &'a Values,
    section: &'static str,
    name: &'static str,
) -> Option<(&'a str, &'a str)> {
    let set = values.get(&(section, name))?;
    Some((set.value.as_str()?, set.place.as_str()))
}

pub(super) fn number(values: &Values, section: &'static str, name: &'static str) -> Option<u64> {
    values
        .get(&(section, name))?
        .value
        .as_integer()
        .and_then(|n| u64::try_from(n).ok())
}

pub(super) fn flag(values: &Values, section: &'static str, name: &'static str) -> bool {
    values
        .get(&(section, name))
        .and_then(|set| set.value.as_bool())
        .unwrap_or(false)
}

/// Of a list all texts in lower case; none when it is not set.
pub(super) fn texts(values: &Values, section: &'static str, name: &'static str) -> Vec<String> {
    let set = values
        .get(&(section, name))
        .and_then(|set| set.value.as_array());
    let texts = set.into_iter().flatten().filter_map(toml::Value::as_str);
    texts.map(str::to_lowercase).collect()
}
