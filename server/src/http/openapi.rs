//! The OpenAPI document of REST: written by hand, held to the routes and to real bodies by tests.

use axum::http::header;
use axum::response::{IntoResponse, Response};

const DOCUMENT: &str = include_str!("openapi.json");

pub(crate) async fn document() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "max-age=300"),
    ];
    (headers, DOCUMENT).into_response()
}

#[cfg(test)]
mod tests {
    mod exchange_bodies;

    use super::*;
    use protocol::configuration::{Finding, ProblemCode, Severity};
    use protocol::link::ErrorCode;
    use protocol::record::{
        Attribute, AuditLine, AuditPage, CallerFacts, Consent, ConsentAnswer, ConsentKind,
        ConsentSource, CustomerExport, CustomerNote, CustomerNotes, EraseConfirmation, Erased,
        ExportedInteraction, FoundCustomer, Matched, MatchedPlace, NoteText, Preferences,
    };
    use protocol::rest::{
        CustomerPage, CustomerPatch, CustomerSummary, ErrorBody, Given, Happened, HappenedWhat,
        Identity, IdentityKind, InteractionDetail, InteractionNote, InteractionSummary,
        NewRecording, Outcome, RecordingEnd, RecordingPause, RecordingReceived, RecordingSummary,
        SignIn, SignedIn, Timeline,
    };
    use serde_json::{Map, Value};
    use std::collections::BTreeSet;
    use vocab::{CustomerId, EndedBy, InteractionId, MediumKind, Millis, OrgSlug, Role};

    fn parsed() -> Value {
        serde_json::from_str(DOCUMENT).unwrap()
    }

    #[test]
    fn the_document_has_exactly_the_routes_that_there_are() {
        let document = parsed();
        let mut documented = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                documented.insert((path.clone(), method.clone()));
            }
        }
        let routed: BTreeSet<_> = crate::http::documented_routes()
            .into_iter()
            .map(|(path, method)| (path.to_owned(), method.to_owned()))
            .collect();
        assert_eq!(documented, routed);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(map) => {
                    found.extend(
                        map.get("$ref")
                            .and_then(Value::as_str)
                            .map(ToOwned::to_owned),
                    );
                    map.values().for_each(|value| walk(value, found));
                }
                Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
                _ => {}
            }
        }
        let document = parsed();
        let mut found = Vec::new();
        walk(&document, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let pointer = reference.trim_start_matches('#');
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    /// Every field that the type writes is described, and every required one is written.
    fn check(document: &Value, name: &str, body: impl serde::Serialize) {
        let schema = &document["components"]["schemas"][name];
        let described = schema["properties"]
            .as_object()
            .unwrap_or_else(|| panic!("{name}"));
        let body = serde_json::to_value(body).unwrap();
        let written: &Map<String, Value> = body.as_object().unwrap();
        for field in written.keys() {
            assert!(
                described.contains_key(field),
                "{name}.{field} is not described"
            );
        }
        for field in described.keys() {
            assert!(written.contains_key(field), "{name}.{field} does not exist");
        }
        for field in schema["required"].as_array().unwrap() {
            assert!(
                written.contains_key(field.as_str().unwrap()),
                "{name}.{field} is missing"
            );
        }
    }

    fn text() -> vocab::Sensitive<String> {
        vocab::Sensitive::new("x".to_owned())
    }

    fn customer() -> CustomerSummary {
        CustomerSummary {
            customer: CustomerId(1),
            name: text(),
            identities: vec![],
            language: None,
            since: Millis(1),
            is_vip: false,
            labels: vec![],
            note: text(),
            interactions: 0,
            revision: 1,
            browsers: 0,
            attributes: vec![],
            consents: vec![],
            preferences: Preferences::default(),
        }
    }

    fn recording() -> RecordingSummary {
        RecordingSummary {
            recording: vocab::RecordingId(uuid::Uuid::nil()),
            agent: vocab::AgentId(1),
            agent_name: None,
            started_at: Millis(1),
            is_complete: true,
            duration_ms: 1,
            pauses: vec![RecordingPause {
                at_ms: 1,
                lasted_ms: 1,
            }],
        }
    }

    fn interaction() -> InteractionSummary {
        InteractionSummary {
            interaction: InteractionId(1),
            customer: CustomerId(1),
            medium: MediumKind::Voice,
            queue_name: String::new(),
            entered_at: Millis(1),
            answered_at: None,
            ended_at: None,
            outcome: Outcome::Open,
            agent_name: None,
            participants: vec![],
            topic: None,
            disposition: None,
            notes: vec![InteractionNote {
                agent: vocab::AgentId(1),
                agent_name: None,
                text: text(),
            }],
            stars: None,
            given: Given::default(),
            recordings: vec![recording()],
        }
    }

    #[test]
    fn bodies_about_recordings_have_the_fields_that_the_document_describes() {
        let document = parsed();
        let summary = recording();
        check(&document, "RecordingPause", summary.pauses[0]);
        let new = NewRecording {
            recording: summary.recording,
            interaction: InteractionId(1),
            started_at: Millis(1),
        };
        check(&document, "NewRecording", new);
        let received = RecordingReceived {
            received: 1,
            is_complete: false,
        };
        check(&document, "RecordingReceived", received);
        let end = RecordingEnd {
            bytes: 1,
            sha256: String::new(),
            duration_ms: 1,
            pauses: Vec::new(),
        };
        check(&document, "RecordingEnd", end);
        check(&document, "RecordingSummary", summary);
    }

    fn finding() -> Finding {
        Finding {
            severity: Severity::Fault,
            code: ProblemCode::Loop,
            subject: String::new(),
            other: None,
            number: None,
            text: String::new(),
        }
    }

    fn happened() -> Happened {
        Happened {
            at: Millis(1),
            what: HappenedWhat::Entered,
            agent_name: None,
            to_name: None,
            note: None,
            decision: Some(41),
        }
    }

    #[test]
    fn a_refusal_has_the_fields_that_the_document_describes() {
        let document = parsed();
        check(&document, "Finding", finding());
        check(
            &document,
            "ErrorBody",
            ErrorBody {
                code: ErrorCode::NotNow,
                hint: String::new(),
                findings: vec![finding()],
            },
        );
    }

    #[test]
    fn bodies_have_the_fields_that_the_document_describes() {
        let document = parsed();
        let (customer, summary) = (customer(), interaction());
        let happened = happened();
        let organisation = OrgSlug::new("demo").unwrap();
        check(
            &document,
            "SignIn",
            SignIn {
                organisation,
                user: String::new(),
                password: text(),
            },
        );
        check(
            &document,
            "SignedIn",
            SignedIn {
                token: text(),
                expires_at: Millis(1),
                name: String::new(),
                role: Role::Agent,
            },
        );
        check(
            &document,
            "Identity",
            Identity {
                phone: Some(protocol::rest::ShownPhone {
                    e164: text(),
                    text: text(),
                    extension: None,
                }),
                ..Identity::new(IdentityKind::Phone, "x")
            },
        );
        check(&document, "CustomerPatch", CustomerPatch::default());
        check(
            &document,
            "Outcome",
            Outcome::Answered {
                ended_by: EndedBy::Agent,
            },
        );
        check(&document, "CustomerSummary", &customer);
        let found = FoundCustomer {
            customer: customer.clone(),
            matched: None,
        };
        check(&document, "FoundCustomer", &found);
        let page = CustomerPage {
            customers: vec![found],
            has_more: false,
        };
        check(&document, "CustomerPage", page);
        check(&document, "InteractionSummary", &summary);
        let timeline = Timeline {
            interactions: vec![summary.clone()],
            has_more: false,
        };
        check(&document, "Timeline", timeline);
        check(&document, "Happened", &happened);
        let detail = InteractionDetail {
            summary,
            happened: vec![happened],
        };
        check(&document, "InteractionDetail", detail);
    }

    #[test]
    fn records_and_notes_have_the_fields_that_the_document_describes() {
        let document = parsed();
        let (kind, source) = (ConsentKind::Recording, ConsentSource::Written);
        let (is_given, at) = (true, Millis(1));
        let consent = Consent {
            kind,
            is_given,
            given_at: at,
            source,
        };
        check(&document, "Consent", consent);
        let answer = ConsentAnswer {
            kind,
            is_given,
            source,
        };
        check(&document, "ConsentAnswer", answer);
        check(&document, "Preferences", Preferences::default());
        check(&document, "InteractionNote", &interaction().notes[0]);
        let name = "Contract".to_owned();
        let value = text();
        check(&document, "Attribute", Attribute { name, value });
        let note = CustomerNote {
            note: vocab::NoteId(1),
            author: vocab::AgentId(1),
            author_name: String::new(),
            at,
            edited_at: None,
            text: text(),
        };
        check(&document, "CustomerNote", &note);
        let notes = vec![note];
        check(&document, "CustomerNotes", CustomerNotes { notes });
        check(&document, "NoteText", NoteText { text: text() });
        let matched = Matched {
            place: MatchedPlace::Topic,
            excerpt: text(),
            interaction: None,
            at: None,
        };
        check(&document, "Matched", matched);
    }

    #[test]
    fn exports_and_the_trail_have_the_fields_that_the_document_describes() {
        let document = parsed();
        let at = Millis(1);
        let facts = CallerFacts {
            device: None,
            place: None,
            language: None,
            page: None,
            recognised_by: protocol::work::RecognisedBy::Phone,
            given: Given::default(),
        };
        check(&document, "CallerFacts", &facts);
        let exported = ExportedInteraction {
            summary: interaction(),
            caller: Some(facts),
            media: None,
            happened: vec![],
        };
        check(&document, "ExportedInteraction", &exported);
        let export = CustomerExport {
            schema: protocol::record::EXPORT_SCHEMA.to_owned(),
            exported_at: at,
            organisation: String::new(),
            customer: customer(),
            browsers: vec![],
            consents: vec![],
            notes: vec![],
            interactions: vec![exported],
        };
        check(&document, "CustomerExport", &export);
        let schema = &document["components"]["schemas"]["CustomerExport"]["properties"]["schema"];
        assert_eq!(schema["const"], protocol::record::EXPORT_SCHEMA);
        check(
            &document,
            "EraseConfirmation",
            EraseConfirmation { name: text() },
        );
        check(&document, "Erased", Erased { interactions: 1 });
        let line = AuditLine {
            id: 1,
            at,
            who: String::new(),
            what: String::new(),
            subject: String::new(),
        };
        check(&document, "AuditLine", &line);
        let (lines, has_more) = (vec![line], false);
        check(&document, "AuditPage", AuditPage { lines, has_more });
        check(&document, "NamesBody", protocol::rest::NamesBody::default());
    }
}
