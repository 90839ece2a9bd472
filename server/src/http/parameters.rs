//! Holds the parameters of a request to what the document says of them: names, types, ranges and lengths.
//!
//! It stands before every operation, so that a handler meets only parameters of the documented form. What is not
//! documented is refused by name: a misspelt `limt` would otherwise be ignored.

use super::document::describe_parameters;
use super::operation::{Parameters, Place};
use super::problem::{Problem, shown};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The parameters of one operation.
#[derive(Clone)]
pub(super) struct Rules(Arc<Vec<Rule>>);

struct Rule {
    name: String,
    place: Place,
    is_required: bool,
    form: Form,
}

enum Form {
    Whole { least: i128, most: i128 },
    Text { least: usize, most: usize },
    OneOf(Vec<String>),
}

impl Rules {
    pub(super) fn of(parameters: &[Parameters]) -> Self {
        let mut generator = SchemaSettings::draft2020_12()
            .with(|settings| settings.inline_subschemas = true)
            .into_generator();
        let described = parameters
            .iter()
            .flat_map(|one| describe_parameters(*one, &mut generator));
        Self(Arc::new(described.filter_map(|one| rule(&one)).collect()))
    }

    fn check<'a>(
        &self,
        path: impl Iterator<Item = (&'a str, &'a str)>,
        query: &str,
    ) -> Result<(), Problem> {
        for (name, value) in path {
            if let Some(rule) = self.find(Place::Path, name) {
                rule.form.check(name, value)?;
            }
        }
        let mut seen = BTreeSet::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(name), Some(value)) = (decoded(name), decoded(value)) else {
                return Err(Problem::bad_field(
                    "the query is not UTF-8, percent-encoded",
                ));
            };
            let Some(rule) = self.find(Place::Query, &name) else {
                let hint = format!("{}: there is no such parameter here", shown(&name));
                return Err(Problem::bad_field(hint));
            };
            if !seen.insert(rule.name.as_str()) {
                return Err(Problem::bad_field(format!("{name}: stands there twice")));
            }
            rule.form.check(&name, &value)?;
        }
        let missing = |rule: &&Rule| {
            rule.place == Place::Query && rule.is_required && !seen.contains(rule.name.as_str())
        };
        match self.0.iter().find(missing) {
            Some(rule) => Err(Problem::bad_field(format!("{}: is missing", rule.name))),
            None => Ok(()),
        }
    }

    fn find(&self, place: Place, name: &str) -> Option<&Rule> {
        let fits = |rule: &&Rule| rule.place == place && rule.name == name;
        self.0.iter().find(fits)
    }
}

/// Refuses what does not fit before the handler sees it.
pub(super) async fn hold(
    State(rules): State<Rules>,
    path: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let path = path.map_err(|_| Problem::bad_field("the address is not UTF-8"))?;
    rules.check(path.iter(), request.uri().query().unwrap_or_default())?;
    Ok(next.run(request).await)
}

fn rule(described: &Value) -> Option<Rule> {
    let schema = &described["schema"];
    let place = match described["in"].as_str()? {
        "path" => Place::Path,
        "query" => Place::Query,
        _ => Place::Header,
    };
    Some(Rule {
        name: described["name"].as_str()?.to_owned(),
        place,
        is_required: described["required"] == true,
        form: form(schema),
    })
}

fn form(schema: &Value) -> Form {
    let bound = |name: &str| {
        let value = &schema[name];
        let whole = value.as_i64().map(i128::from);
        whole.or(value.as_u64().map(i128::from))
    };
    let length = |name: &str| schema[name].as_u64().and_then(|n| usize::try_from(n).ok());
    if let Some(words) = schema["enum"].as_array() {
        let words = words.iter().filter_map(Value::as_str);
        return Form::OneOf(words.map(str::to_owned).collect());
    }
    if schema["type"] == "boolean" {
        return Form::OneOf(vec!["true".to_owned(), "false".to_owned()]);
    }
    if schema["type"] == "integer" {
        return Form::Whole {
            least: bound("minimum").unwrap_or(i64::MIN.into()),
            most: bound("maximum").unwrap_or_else(|| most_of(schema["format"].as_str())),
        };
    }
    Form::Text {
        least: length("minLength").unwrap_or(0),
        most: length("maxLength").unwrap_or(usize::MAX),
    }
}

/// As the document says it once Rust's own formats are taken out.
fn most_of(format: Option<&str>) -> i128 {
    match format {
        Some("uint32") => u32::MAX.into(),
        Some("uint64") => u64::MAX.into(),
        _ => i64::MAX.into(),
    }
}

impl Form {
    fn check(&self, name: &str, value: &str) -> Result<(), Problem> {
        let (is_good, expected) = match self {
            Self::Whole { least, most } => (
                whole(value).is_some_and(|n| (*least..=*most).contains(&n)),
                format!("expected a whole number from {least} to {most}"),
            ),
            Self::Text { least, most } => (
                (*least..=*most).contains(&value.chars().count()),
                format!("expected {least} to {most} characters"),
            ),
            Self::OneOf(words) => (
                words.iter().any(|word| word == value),
                format!("expected one of {}", words.join(", ")),
            ),
        };
        if is_good {
            Ok(())
        } else {
            Err(Problem::bad_field(format!("{name}: {expected}")))
        }
    }
}

/// In digits as JSON has them: neither `+5` nor `007`.
fn whole(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = digits == "0" || !digits.starts_with('0');
    let are_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (is_plain && are_digits)
        .then(|| text.parse().ok())
        .flatten()
}

/// Nothing when the bytes are no text.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(['%', '+']) {
        return Some(text.into());
    }
    let hex = |b: u8| char::from(b).to_digit(16);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (*first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, tail @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                let value = hex(*high)? * 16 + hex(*low)?;
                bytes.push(u8::try_from(value).ok()?);
                rest = tail;
            }
            (other, _) => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;
    use schemars::{JsonSchema, Schema, SchemaGenerator};

    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "only its schema is asked for")]
    struct Asked {
        #[schemars(length(max = 5))]
        query: String,
        #[schemars(range(min = 1, max = 100))]
        limit: Option<u32>,
        before: Option<u64>,
        deep: Option<bool>,
    }

    fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn check(path: &[(&str, &str)], query: &str) -> bool {
        let id = Parameters::One {
            name: "id",
            place: Place::Path,
            schema: schema::<u32>,
        };
        let rules = Rules::of(&[id, Parameters::Fields(schema::<Asked>)]);
        let refused = rules.check(path.iter().copied(), query);
        refused
            .map_err(|problem| assert_eq!(problem.into_response().status(), 400))
            .is_ok()
    }

    #[test]
    fn documented_parameters_pass_and_nothing_else_does() {
        for good in [
            "query=",
            "query=a+b%20c",
            "query=%E9%99%88&limit=1&before=18446744073709551615",
            "limit=100&query=x&deep=true",
        ] {
            assert!(check(&[("id", "4294967295")], good), "{good}");
        }
        for bad in [
            "",
            "limit=5",
            "query=x&limit=0",
            "query=x&limit=101",
            "query=x&limit=+5",
            "query=x&limit=05",
            "query=x&limit=",
            "query=abcdef",
            "query=x&query=y",
            "query=x&limt=5",
            "query=%FF",
            "query=x&deep=yes",
            "query=x&before=18446744073709551616",
        ] {
            assert!(!check(&[("id", "1")], bad), "{bad}");
        }
        for bad in ["-1", "4294967296", "x", "1.0", ""] {
            assert!(!check(&[("id", bad)], "query=x"), "{bad}");
        }
    }
}
