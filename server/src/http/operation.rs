//! One operation of REST: its handler, and all that the OpenAPI document says of it, in one place.
//!
//! Each module lists the operations of its handlers; the router, the document and the check of parameters are made of
//! that list, so that none of them can say something else.

use super::parameters;
use crate::app::App;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use protocol::link::ErrorCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::collections::BTreeSet;

/// A type's JSON Schema.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
}

/// What is asked for beside the body.
#[derive(Clone, Copy)]
pub(super) enum Parameters {
    /// One by its name.
    One {
        name: &'static str,
        place: Place,
        schema: SchemaOf,
    },
    /// Each field of a type is a parameter of the query.
    Fields(SchemaOf),
}

/// What a body holds.
#[derive(Clone, Copy)]
pub(super) struct Content {
    pub(super) media_type: &'static str,
    pub(super) schema: SchemaOf,
    /// Longest body, in bytes.
    pub(super) most_bytes: usize,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) what: &'static str,
    pub(super) content: Option<(&'static str, SchemaOf)>,
}

/// See the module.
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) is_open: bool,
    pub(super) parameters: Vec<Parameters>,
    pub(super) body: Option<Content>,
    pub(super) answers: Vec<Answer>,
    pub(super) refusals: BTreeSet<ErrorCode>,
    handler: MethodRouter<App>,
}

/// Longest body of a request, in bytes: the longest note in the widest letters, with room.
const BODY_BYTES: usize = 64 * 1_024;

const JSON: &str = "application/json";

macro_rules! methods {
    ($($method:ident)*) => {
        $(
            pub(super) fn $method<H, T>(path: &'static str, handler: H) -> Self
            where
                H: Handler<T, App>,
                T: 'static,
            {
                Self::new(stringify!($method), path, routing::$method(handler))
            }
        )*
    };
}

impl Operation {
    methods!(get post put patch delete);

    /// What every operation for accounts may answer with; see [`Self::open`].
    fn new(method: &'static str, path: &'static str, handler: MethodRouter<App>) -> Self {
        let refusals = [
            ErrorCode::BadField,
            ErrorCode::TokenExpired,
            ErrorCode::TimedOut,
            ErrorCode::Internal,
            ErrorCode::StorageFailed,
        ];
        Self {
            method,
            path,
            id: "",
            summary: "",
            is_open: false,
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
            refusals: refusals.into(),
            handler,
        }
    }

    pub(super) fn named(mut self, id: &'static str, summary: &'static str) -> Self {
        (self.id, self.summary) = (id, summary);
        self
    }

    /// For everybody, without a token.
    pub(super) fn open(mut self) -> Self {
        self.is_open = true;
        self.refusals.remove(&ErrorCode::TokenExpired);
        self
    }

    /// A part of the path, as `{id}`.
    pub(super) fn part<T: JsonSchema>(self, name: &'static str) -> Self {
        self.parameter::<T>(name, Place::Path)
    }

    pub(super) fn header<T: JsonSchema>(self, name: &'static str) -> Self {
        self.parameter::<T>(name, Place::Header)
    }

    fn parameter<T: JsonSchema>(mut self, name: &'static str, place: Place) -> Self {
        let schema = schema_of::<T>;
        self.parameters.push(Parameters::One {
            name,
            place,
            schema,
        });
        self
    }

    /// Each field of the type is a parameter of the query.
    pub(super) fn query<T: JsonSchema>(mut self) -> Self {
        self.parameters.push(Parameters::Fields(schema_of::<T>));
        self
    }

    /// Takes a JSON object.
    pub(super) fn body<T: JsonSchema>(self) -> Self {
        self.long_body::<T>(BODY_BYTES)
    }

    pub(super) fn long_body<T: JsonSchema>(self, most_bytes: usize) -> Self {
        self.takes(Content {
            media_type: JSON,
            schema: schema_of::<T>,
            most_bytes,
        })
        .refuses(&[ErrorCode::WrongMediaType])
    }

    /// Takes bytes as they are, whatever they are called.
    pub(super) fn bytes(self, media_type: &'static str, most_bytes: usize) -> Self {
        self.takes(Content {
            media_type,
            schema: any_bytes,
            most_bytes,
        })
    }

    fn takes(mut self, content: Content) -> Self {
        self.body = Some(content);
        self.refuses(&[ErrorCode::FrameTooLarge])
    }

    pub(super) fn answers<T: JsonSchema>(self, what: &'static str) -> Self {
        self.answer(200, what, Some((JSON, schema_of::<T>)))
    }

    /// Answers with what was made.
    pub(super) fn creates<T: JsonSchema>(self, what: &'static str) -> Self {
        self.answer(201, what, Some((JSON, schema_of::<T>)))
    }

    /// Done, and nothing to say.
    pub(super) fn done(self, what: &'static str) -> Self {
        self.answer(204, what, None)
    }

    pub(super) fn answers_bytes(
        self,
        status: u16,
        media_type: &'static str,
        what: &'static str,
    ) -> Self {
        self.answer(status, what, Some((media_type, any_bytes)))
    }

    pub(super) fn answer(
        mut self,
        status: u16,
        what: &'static str,
        content: Option<(&'static str, SchemaOf)>,
    ) -> Self {
        self.answers.push(Answer {
            status,
            what,
            content,
        });
        self
    }

    /// Codes beside those that all operations have.
    pub(super) fn refuses(mut self, codes: &[ErrorCode]) -> Self {
        self.refusals.extend(codes);
        self
    }

    /// The handler behind the check of its parameters, with the limit of its body.
    pub(super) fn into_handler(self) -> MethodRouter<App> {
        let most_bytes = self.body.map_or(BODY_BYTES, |content| content.most_bytes);
        let limit = axum::extract::DefaultBodyLimit::max(most_bytes);
        let rules = parameters::Rules::of(&self.parameters);
        let checked = axum::middleware::from_fn_with_state(rules, parameters::hold);
        self.handler.route_layer(limit).route_layer(checked)
    }
}

fn any_bytes(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({ "type": "string", "format": "binary" })
}
