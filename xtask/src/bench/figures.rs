//! Numbers out of JSON, and what each should reach.

use serde_json::Value;

/// One measured number; its name ends in its unit.
#[derive(Debug, PartialEq)]
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) value: f64,
}

/// What a figure whose name holds `name` should stay at or below.
pub(super) struct Target {
    pub(super) name: &'static str,
    pub(super) at_most: f64,
}

const fn target(name: &'static str, at_most: f64) -> Target {
    Target { name, at_most }
}

pub(super) const TARGETS: [Target; 8] = [
    target("mouth_to_ear_ms", 80.0),
    target("clicked_to_ringing_painted_ms", 150.0),
    target("answered_to_speech_both_ways_ms", 400.0),
    target("call_cpu_percent", 12.0),
    target("first_paint_ms", 1000.0),
    target("idle_memory_mb", 250.0),
    target("memory_per_connection_kb", 30.0),
    target("command_to_event_p99_ms", 20.0),
];

impl Target {
    pub(super) fn in_words(&self) -> String {
        format!("≤ {}", self.at_most)
    }
}

/// Every number in `value`, named by its way there. Lists are raw measurements, for the file only, unless they
/// hold the objects that a program printed one a line.
pub(super) fn of(name: &str, value: &Value) -> Vec<Figure> {
    let mut figures = Vec::new();
    match value {
        Value::Array(items) => {
            for item in items.iter().filter(|item| item.is_object()) {
                gather(name, item, &mut figures);
            }
        }
        other => gather(name, other, &mut figures),
    }
    figures
}

fn gather(name: &str, value: &Value, figures: &mut Vec<Figure>) {
    match value {
        Value::Number(number) => {
            let value = number.as_f64().unwrap_or(f64::NAN);
            figures.push(Figure {
                name: name.to_owned(),
                value,
            });
        }
        Value::Object(fields) => {
            // A figure may also bring its own name: {"name": "…", "value": 1.5}.
            if let (Some(own), Some(value)) = (fields.get("name"), fields.get("value"))
                && let (Some(own), Some(value)) = (own.as_str(), value.as_f64())
            {
                figures.push(Figure {
                    name: format!("{name}.{own}"),
                    value,
                });
                return;
            }
            for (field, value) in fields {
                gather(&format!("{name}.{field}"), value, figures);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => {}
    }
}

/// The middle one; of an even number the upper of the two.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(value: &Value, expect: &[(&str, f64)]) {
        let found: Vec<(String, f64)> = of("media", value)
            .into_iter()
            .map(|figure| (figure.name, figure.value))
            .collect();
        let expect: Vec<(String, f64)> = expect
            .iter()
            .map(|(name, value)| ((*name).to_owned(), *value))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn numbers_are_named_by_their_way() {
        check(
            &json!({"a": {"b_ms": 1}, "c": "text", "raw": [1, 2]}),
            &[("media.a.b_ms", 1.0)],
        );
        check(
            &json!([{"name": "x_ms", "value": 2.5}]),
            &[("media.x_ms", 2.5)],
        );
    }

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut []), None);
    }
}
