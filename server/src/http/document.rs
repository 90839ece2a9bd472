//! The OpenAPI document: made of the operations and of the types that they take and give.
//!
//! What is taken is described apart from what is given, because the two differ: a field may be left out of a request
//! and always stands in an answer, and a request has no fields but these.

use super::operation::{Answer, Content, Operation, Parameters, Place, SchemaOf};
use super::problem::status_of;
use protocol::link::ErrorCode;
use protocol::rest::ErrorBody;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Where types are described.
const SCHEMAS: &str = "/components/schemas";

/// What the names of types in requests end with where an answer has a type of the same name.
const GIVEN: &str = "Given";

/// Makes schemas and remembers the types that they name.
struct Schemas {
    taken: SchemaGenerator,
    given: SchemaGenerator,
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = SCHEMAS.into();
        settings.meta_schema = None;
    })
}

impl Schemas {
    fn new() -> Self {
        Self {
            taken: settings().for_deserialize().into_generator(),
            given: settings().for_serialize().into_generator(),
        }
    }

    fn taken(&mut self, schema: SchemaOf) -> Value {
        schema(&mut self.taken).to_value()
    }

    fn given(&mut self, schema: SchemaOf) -> Value {
        schema(&mut self.given).to_value()
    }

    /// All types by their names; `paths` is led to the right ones.
    fn into_components(mut self, paths: &mut Value) -> Map<String, Value> {
        let mut all = self.given.take_definitions(true);
        let taken = self.taken.take_definitions(true);
        let names: Vec<String> = taken.keys().cloned().collect();
        // Closed lists and numbers are the same on both ways.
        let is_same = |name: &str| {
            all.get(name).is_none_or(|there| {
                let is_plain = there["properties"].is_null() && !there.to_string().contains("$ref");
                is_plain && taken.get(name) == Some(there)
            })
        };
        let renamed = |name: &str| match is_same(name) {
            true => name.to_owned(),
            false => format!("{name}{GIVEN}"),
        };
        let names: BTreeMap<String, String> = names
            .into_iter()
            .map(|name| (format!("#{SCHEMAS}/{name}"), renamed(&name)))
            .collect();
        let lead = |value: &mut Value| walk(value, &mut |object| rename(object, &names));
        each_body_and_parameter(paths, lead);
        for (name, mut schema) in taken {
            lead(&mut schema);
            walk(&mut schema, &mut close);
            let name = names.get(&format!("#{SCHEMAS}/{name}")).cloned();
            all.insert(name.unwrap_or_default(), schema);
        }
        all
    }
}

/// Every object in a value, the outermost first.
fn walk(value: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            object.values_mut().for_each(|inner| walk(inner, visit));
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| walk(inner, visit)),
        _ => {}
    }
}

fn rename(object: &mut Map<String, Value>, names: &BTreeMap<String, String>) {
    if let Some(Value::String(reference)) = object.get_mut("$ref")
        && let Some(name) = names.get(reference)
    {
        *reference = format!("#{SCHEMAS}/{name}");
    }
}

/// A request has no fields but those that are described: the server refuses others by name.
fn close(object: &mut Map<String, Value>) {
    if object.get("properties").is_some_and(Value::is_object) {
        object
            .entry("additionalProperties")
            .or_insert(Value::Bool(false));
    }
}

/// The formats `uint32` and such are Rust's own; others know the range.
fn plain_numbers(object: &mut Map<String, Value>) {
    let most: u64 = match object.get("format").and_then(Value::as_str) {
        Some("uint8") => u8::MAX.into(),
        Some("uint16") => u16::MAX.into(),
        Some("uint32") => u32::MAX.into(),
        Some("uint64" | "uint") => u64::MAX,
        _ => return,
    };
    object.remove("format");
    object.entry("maximum").or_insert(json!(most));
}

fn each_body_and_parameter(paths: &mut Value, mut visit: impl FnMut(&mut Value)) {
    let operations = paths
        .as_object_mut()
        .into_iter()
        .flat_map(|paths| paths.values_mut())
        .filter_map(Value::as_object_mut)
        .flat_map(|path| path.values_mut());
    for operation in operations {
        for part in ["requestBody", "parameters"] {
            operation.get_mut(part).into_iter().for_each(&mut visit);
        }
    }
}

/// The whole document.
pub(super) fn document(operations: &[Operation]) -> Value {
    let mut schemas = Schemas::new();
    let codes = Codes::new(&mut schemas);
    let mut paths = Map::new();
    for operation in operations {
        let path = paths
            .entry(operation.path)
            .or_insert_with(|| Value::Object(Map::new()));
        path[operation.method] = describe(operation, &mut schemas, &codes);
    }
    let mut paths = Value::Object(paths);
    let mut components = Value::Object(schemas.into_components(&mut paths));
    walk(&mut components, &mut plain_numbers);
    walk(&mut paths, &mut plain_numbers);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Warmline",
            "version": "1",
            "description": "Sign-in, customers, history, recordings, figures and the configuration. A refusal carries a \
                code for programs and a hint for people. Query parameters and fields that are not described are refused.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "The token of POST /v1/sign-in." },
            },
        },
    })
}

fn describe(operation: &Operation, schemas: &mut Schemas, codes: &Codes) -> Value {
    let mut responses = Map::new();
    for answer in &operation.answers {
        let mut described = describe_answer(answer, schemas);
        let one = responses
            .entry(answer.status.to_string())
            .or_insert(Value::Null);
        // The same in another form: both forms stand there.
        if let (Some(there), Some(more)) = (
            one["content"].as_object(),
            described.get_mut("content").and_then(Value::as_object_mut),
        ) {
            more.extend(there.clone());
        }
        *one = described;
    }
    let mut refusals: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in &operation.refusals {
        let status = status_of(*code).as_u16();
        refusals.entry(status).or_default().push(*code);
    }
    for (status, of_status) in refusals {
        responses.insert(status.to_string(), codes.refusal(&of_status));
    }
    let parameters: Vec<Value> = operation
        .parameters
        .iter()
        .flat_map(|parameter| describe_parameters(*parameter, &mut schemas.taken))
        .collect();
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "responses": responses,
    });
    if !operation.is_open {
        described["security"] = json!([{ "bearer": [] }]);
    }
    if !parameters.is_empty() {
        described["parameters"] = Value::Array(parameters);
    }
    if let Some(Content {
        media_type, schema, ..
    }) = operation.body
    {
        let content = json!({ media_type: { "schema": schemas.taken(schema) } });
        described["requestBody"] = json!({ "required": true, "content": content });
    }
    described
}

fn describe_answer(answer: &Answer, schemas: &mut Schemas) -> Value {
    let mut described = json!({ "description": answer.what });
    if let Some((media_type, schema)) = answer.content {
        described["content"] = json!({ media_type: { "schema": schemas.given(schema) } });
    }
    described
}

/// A parameter each, as OpenAPI has them.
pub(super) fn describe_parameters(
    parameters: Parameters,
    generator: &mut SchemaGenerator,
) -> Vec<Value> {
    match parameters {
        Parameters::One {
            name,
            place,
            schema,
        } => {
            let place_name = match place {
                Place::Path => "path",
                Place::Query => "query",
                Place::Header => "header",
            };
            let schema = schema(generator).to_value();
            let is_required = place == Place::Path;
            vec![
                json!({ "name": name, "in": place_name, "required": is_required, "schema": schema }),
            ]
        }
        Parameters::Fields(schema) => {
            let mut apart = generator.settings().clone();
            apart.inline_subschemas = true;
            let of_type = schema(&mut apart.into_generator()).to_value();
            let required = of_type["required"].as_array().cloned().unwrap_or_default();
            let fields = of_type["properties"].as_object().cloned();
            let one = |(name, mut schema): (String, Value)| {
                // In a query a parameter is there or not there; there is no null.
                if let Some(types) = schema["type"].as_array() {
                    let first = types.iter().find(|one| *one != "null").cloned();
                    schema["type"] = first.unwrap_or_default();
                }
                let is_required = required.contains(&Value::String(name.clone()));
                let description = schema.as_object_mut().and_then(|o| o.remove("description"));
                let mut one = json!({
                    "name": name, "in": "query", "required": is_required, "schema": schema,
                });
                if let Some(description) = description {
                    one["description"] = description;
                }
                one
            };
            fields.unwrap_or_default().into_iter().map(one).collect()
        }
    }
}

/// What refusals are described with.
struct Codes {
    body: Value,
    /// By code: what it means.
    meanings: BTreeMap<String, String>,
}

impl Codes {
    fn new(schemas: &mut Schemas) -> Self {
        let body = schemas.given.subschema_for::<ErrorBody>().to_value();
        let codes = ErrorCode::json_schema(&mut settings().for_serialize().into_generator());
        let described = codes.get("oneOf").and_then(Value::as_array);
        let meanings = described.into_iter().flatten().filter_map(|one| {
            let meaning = one["description"].as_str()?.replace('\n', " ");
            Some((one["const"].as_str()?.to_owned(), meaning))
        });
        Self {
            body,
            meanings: meanings.collect(),
        }
    }

    fn refusal(&self, codes: &[ErrorCode]) -> Value {
        let names: Vec<String> = codes
            .iter()
            .filter_map(|code| serde_json::to_value(code).ok()?.as_str().map(str::to_owned))
            .collect();
        let meaning = |name: &String| match self.meanings.get(name) {
            Some(meaning) => format!("`{name}`: {meaning}"),
            None => format!("`{name}`"),
        };
        let meanings: Vec<String> = names.iter().map(meaning).collect();
        let schema = json!({
            "allOf": [
                self.body,
                { "type": "object", "properties": { "code": { "enum": names } } },
            ],
        });
        json!({
            "description": meanings.join("\n\n"),
            "content": { "application/json": { "schema": schema } },
        })
    }
}

#[cfg(test)]
mod tests;
