//! The one way in which REST takes JSON: an object of the documented fields and nothing else.
//!
//! Serde by itself takes an array for a struct, and leaves out fields that it does not know. Both are refused here, at
//! any depth and for every type, by name: what was read is written again and compared with what was sent. A type that is
//! taken therefore writes every field that it reads (no `skip_serializing_if`, no `alias`).

use super::problem::{Problem, shown};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use protocol::link::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Write;

/// A request's body.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Serialize> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let hint = "send the body as `content-type: application/json`, in UTF-8";
            return Err(Problem::new(ErrorCode::WrongMediaType, hint));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(Problem::from)?;
        read(&bytes).map(Self).map_err(Problem::bad_field)
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            let hint = "the body is longer than this address takes";
            return Self::new(ErrorCode::FrameTooLarge, hint);
        }
        Self::bad_field("the body did not arrive whole")
    }
}

/// `application/json` and its kinds; another charset than UTF-8 is none of them (RFC 8259, 8.1).
fn is_json(headers: &HeaderMap) -> bool {
    let said = headers.get(header::CONTENT_TYPE);
    let Some(said) = said.and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = said.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_kind = essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim_matches('"').to_ascii_lowercase();
        name.eq_ignore_ascii_case("charset").then_some(value)
    });
    is_kind && charset.is_none_or(|charset| charset == "utf-8" || charset == "utf8")
}

/// # Errors
/// A sentence that names the field; it repeats no value, which may be a password.
fn read<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, String> {
    let mut sent: Value = serde_json::from_slice(bytes).map_err(|err| {
        let (line, column) = (err.line(), err.column());
        format!("the body is no JSON, from line {line}, column {column} on")
    })?;
    if !sent.is_object() {
        return Err("the body must be a JSON object".to_owned());
    }
    let body: Result<T, _> = if has_whole_fractions(&mut sent) {
        serde_path_to_error::deserialize(&sent)
    } else {
        // From the bytes: a field that stands there twice has vanished from the value.
        serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(bytes))
    };
    let body = body.map_err(|err| explain(&err.path().to_string(), &err.inner().to_string()))?;
    let taken = serde_json::to_value(&body).map_err(|_| "the body cannot be taken".to_owned())?;
    compare(&sent, &taken, &mut String::new())?;
    Ok(body)
}

/// `5.0` is a whole number in JSON Schema; serde takes it for none. Writes such as `5`, and says whether there were any.
fn has_whole_fractions(value: &mut Value) -> bool {
    /// The first that is more than a `u64` holds.
    const BEYOND: f64 = 18_446_744_073_709_551_616.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            let is_whole = |f: &f64| f.fract() == 0.0 && (0.0..BEYOND).contains(f);
            let Some(whole) = number.as_f64().filter(is_whole) else {
                return false;
            };
            *value = Value::from(whole as u64);
            true
        }
        Value::Array(items) => all_of(items.iter_mut()),
        Value::Object(fields) => all_of(fields.values_mut()),
        _ => false,
    }
}

/// [`has_whole_fractions`] of every one, also behind the first that has some.
fn all_of<'a>(values: impl Iterator<Item = &'a mut Value>) -> bool {
    values.map(has_whole_fractions).filter(|has| *has).count() > 0
}

/// Serde's error in our words. Of its text only what was expected is kept.
fn explain(path: &str, said: &str) -> String {
    let place = match path {
        "." | "" | "?" => String::new(),
        path => shown(path),
    };
    let within = |name: &str| match place.as_str() {
        "" => shown(name),
        place => format!("{place}.{}", shown(name)),
    };
    let said = said.rsplit_once(" at line ").map_or(said, |(text, _)| text);
    let quoted = said.split('`').nth(1).unwrap_or_default();
    if said.starts_with("missing field") {
        return format!("{}: is missing", within(quoted));
    }
    if said.starts_with("duplicate field") {
        return format!("{}: stands there twice", within(quoted));
    }
    if said.starts_with("unknown field") {
        // The path of an unknown field ends with its name.
        return format!(
            "{}: there is no such field",
            if place.is_empty() {
                shown(quoted)
            } else {
                place
            }
        );
    }
    let expected = said
        .rsplit_once(", expected ")
        .map(|(_, expected)| expected);
    match expected {
        Some(expected) => format!("{place}: expected {expected}"),
        // A type's own word about its form.
        None => format!("{place}: {said}"),
    }
}

/// Whether all that was sent was taken.
fn compare(sent: &Value, taken: &Value, place: &mut String) -> Result<(), String> {
    match (sent, taken) {
        (Value::Object(sent), Value::Object(taken)) => {
            for (name, sent) in sent {
                let length = place.len();
                let dot = if place.is_empty() { "" } else { "." };
                // Writing to a `String` cannot fail.
                let _ = write!(place, "{dot}{}", shown(name));
                match taken.get(name) {
                    None => return Err(format!("{place}: there is no such field")),
                    Some(taken) => compare(sent, taken, place)?,
                }
                place.truncate(length);
            }
            Ok(())
        }
        (Value::Array(sent), Value::Array(taken)) if sent.len() == taken.len() => {
            for (number, (sent, taken)) in sent.iter().zip(taken).enumerate() {
                let length = place.len();
                let _ = write!(place, "[{number}]");
                compare(sent, taken, place)?;
                place.truncate(length);
            }
            Ok(())
        }
        (Value::Array(_), Value::Object(_)) => Err(format!("{place}: expected an object")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::configuration::ConfigurationPatch;
    use protocol::rest::{CustomerPatch, ForcedState, SignIn};

    fn refused<T: DeserializeOwned + Serialize>(body: &str) -> String {
        read::<T>(body.as_bytes()).err().unwrap_or_default()
    }

    #[test]
    fn a_body_is_an_object_of_the_documented_fields() {
        let good = r#"{"organisation":"demo","user":"anna","password":"secret"}"#;
        assert!(read::<SignIn>(good.as_bytes()).is_ok());
        assert!(read::<CustomerPatch>(b"{}").is_ok());
        assert!(read::<CustomerPatch>(br#"{"name":null}"#).is_ok());
        for array in [
            r#"["demo","anna","secret"]"#,
            "[1]",
            "[]",
            "null",
            "\"x\"",
            "7",
        ] {
            assert_eq!(refused::<SignIn>(array), "the body must be a JSON object");
        }
        for (body, name) in [
            (r#"{"nme":"x"}"#, "nme: there is no such field"),
            (
                r#"{"identities":[{"kind":"phone","value":"112","x":1}]}"#,
                "identities[0].x: there",
            ),
            (
                r#"{"identities":[["phone","112"]]}"#,
                "identities[0]: expected an object",
            ),
            (
                r#"{"preferences":["voice","morning",null]}"#,
                "preferences: expected an object",
            ),
            (r#"{"is_vip":"yes"}"#, "is_vip: expected a boolean"),
            (r#"{"name":"a","name":"b"}"#, "name: stands there twice"),
            (
                r#"{"identities":[{"kind":"phone"}]}"#,
                "identities[0].value: is missing",
            ),
            (
                r#"{"identities":[{"kind":"pigeon","value":"x"}]}"#,
                "identities[0].kind: expected one of",
            ),
        ] {
            let said = refused::<CustomerPatch>(body);
            assert!(said.starts_with(name), "{body}: {said}");
        }
        let said = refused::<ConfigurationPatch>(r#"{"change":{"quues":[]}}"#);
        assert!(said.contains("quues: there is no such field"), "{said}");
    }

    #[test]
    fn a_field_beside_a_tag_is_not_overlooked() {
        assert!(read::<ForcedState>(br#"{"state":{"type":"ready"}}"#).is_ok());
        let said = refused::<ForcedState>(r#"{"state":{"type":"ready","reason":"break"}}"#);
        assert_eq!(said, "state.reason: there is no such field");
    }

    #[test]
    fn a_whole_number_may_have_a_point() {
        let patch: CustomerPatch = read(br#"{"if_revision":5.0}"#).unwrap();
        assert_eq!(patch.if_revision, Some(5));
        for bad in ["5.5", "-1.0", "4294967296.0", "1e300"] {
            let said = refused::<CustomerPatch>(&format!(r#"{{"if_revision":{bad}}}"#));
            assert!(said.starts_with("if_revision: expected"), "{bad}: {said}");
        }
    }

    #[test]
    fn no_value_that_was_sent_comes_back() {
        for body in [
            r#"{"organisation":"demo","user":"anna","password":5417}"#,
            r#"{"organisation":"demo","user":"anna","password":["5417"]}"#,
            r#"{"organisation":"5417, expected nothing","user":"anna","password":"5417"}"#,
            r#"{"organisation":"demo","user":"anna","password":"5417""#,
        ] {
            let said = refused::<SignIn>(body);
            assert!(!said.is_empty() && !said.contains("5417"), "{said}");
        }
    }

    #[test]
    fn json_is_called_json_and_is_utf_8() {
        let said = |value: &'static str| {
            let value = header::HeaderValue::from_static(value);
            is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, value)]))
        };
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/merge-patch+json",
        ] {
            assert!(said(good), "{good}");
        }
        for bad in [
            "text/plain",
            "application/json; charset=utf-16",
            "application/jsonp",
            "",
        ] {
            assert!(!said(bad), "{bad}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
