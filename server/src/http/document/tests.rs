//! What the document must be, whatever operations there are.

use super::*;
use std::collections::BTreeSet;

fn made() -> Value {
    document(&crate::http::operations())
}

fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap();
        methods.iter().map(move |(method, one)| (path, method, one))
    })
}

#[test]
fn every_reference_leads_somewhere_and_no_type_is_described_for_nothing() {
    let mut document = made();
    let mut found = BTreeSet::new();
    let mut note = |object: &mut Map<String, Value>| {
        let reference = object.get("$ref").and_then(Value::as_str);
        found.extend(reference.map(str::to_owned));
    };
    walk(&mut document, &mut note);
    for reference in &found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        assert!(found.contains(&format!("#{SCHEMAS}/{name}")), "{name}");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_its_parts_and_an_answer() {
    let document = made();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(!name.is_empty() && names.insert(name), "{method} {path}");
        assert_ne!(operation["summary"], "", "{method} {path}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{method} {path}"
        );
        let parts: BTreeSet<&str> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let parameters = operation["parameters"].as_array();
        let described: BTreeSet<&str> = parameters
            .into_iter()
            .flatten()
            .filter(|one| one["in"] == "path")
            .filter_map(|one| one["name"].as_str())
            .collect();
        assert_eq!(described, parts, "{method} {path}");
    }
}

#[test]
fn requests_are_closed_and_answers_are_open_to_newer_servers() {
    let document = made();
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["CustomerPatch"]["additionalProperties"], false);
    assert_eq!(schemas["IdentityGiven"]["additionalProperties"], false);
    assert_eq!(
        schemas["CustomerSummary"]["additionalProperties"],
        Value::Null
    );
}

#[test]
fn each_refusal_names_its_codes() {
    let document = made();
    let refusal = &document["paths"]["/v1/customers/{id}"]["get"]["responses"]["404"];
    let codes = &refusal["content"]["application/json"]["schema"]["allOf"][1];
    assert_eq!(
        codes["properties"]["code"]["enum"],
        json!(["unknown_customer"])
    );
}
