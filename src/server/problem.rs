//! What went wrong, as `application/problem+json` (RFC 9457).
//!
//! A [`Problem`] is one kind from the table below with what is particular to this case. Its `type` is a URN: stable,
//! absolute, and no address that somebody else could come to own. Which problem it is, the handlers decide.

use std::fmt::Display;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::Refusal;
use crate::diagnostic::codes;

/// A kind of problem. Names are part of the interface and never change.
#[derive(Debug)]
pub(super) struct Kind {
    name: &'static str,
    title: &'static str,
    status: StatusCode,
}

const fn kind(name: &'static str, title: &'static str, status: StatusCode) -> Kind {
    Kind { name, title, status }
}

pub(super) static BAD_JSON: Kind = kind("bad-json", "The body is not JSON", StatusCode::BAD_REQUEST);
pub(super) static BAD_PATH: Kind = kind("bad-path", "The path cannot be read", StatusCode::BAD_REQUEST);
pub(super) static BAD_QUERY: Kind = kind("bad-query", "A query parameter is wrong", StatusCode::BAD_REQUEST);
pub(super) static BODY_LOST: Kind = kind("body-lost", "The body did not arrive whole", StatusCode::BAD_REQUEST);
pub(super) static NOT_FOUND: Kind = kind("not-found", "Nothing is at this path", StatusCode::NOT_FOUND);
pub(super) static UNKNOWN_HANDBOOK: Kind =
    kind("unknown-handbook", "No such handbook is loaded", StatusCode::NOT_FOUND);
pub(super) static UNKNOWN_EDITION: Kind = kind("unknown-edition", "No such edition is loaded", StatusCode::NOT_FOUND);
pub(super) static UNKNOWN_CLAUSE: Kind =
    kind("unknown-clause", "The handbook has no such clause", StatusCode::NOT_FOUND);
pub(super) static METHOD_NOT_ALLOWED: Kind =
    kind("method-not-allowed", "The path does not take this method", StatusCode::METHOD_NOT_ALLOWED);
pub(super) static SLOW_BODY: Kind = kind("slow-body", "The body stopped arriving", StatusCode::REQUEST_TIMEOUT);
pub(super) static TOO_LARGE: Kind = kind("too-large", "The body is too large", StatusCode::PAYLOAD_TOO_LARGE);
pub(super) static MEDIA_TYPE: Kind =
    kind("unsupported-media-type", "The body is of a kind this path does not take", StatusCode::UNSUPPORTED_MEDIA_TYPE);
pub(super) static REFUSED_TICKET: Kind =
    kind("refused-ticket", "The ticket does not fit the handbook", StatusCode::UNPROCESSABLE_ENTITY);
pub(super) static NOT_IN_FORCE: Kind =
    kind("no-edition-in-force", "No edition judges a ticket opened then", StatusCode::UNPROCESSABLE_ENTITY);
pub(super) static BAD_BODY: Kind = kind("bad-body", "The body has the wrong shape", StatusCode::UNPROCESSABLE_ENTITY);
pub(super) static BUSY: Kind = kind("busy", "Too many checks at once", StatusCode::SERVICE_UNAVAILABLE);
pub(super) static INTERNAL: Kind = kind("internal", "The server failed", StatusCode::INTERNAL_SERVER_ERROR);

/// What happened, and where in the body.
#[derive(Debug)]
pub(super) struct Problem {
    kind: &'static Kind,
    detail: String,
    violations: Vec<Violation>,
    extra: Vec<(&'static str, Value)>,
}

/// One thing that is wrong with a body.
#[derive(Debug)]
pub(super) struct Violation {
    /// JSON pointer into the body.
    pub(super) pointer: String,
    pub(super) code: Option<&'static str>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Problem {
    pub(super) fn new(kind: &'static Kind, detail: impl Into<String>) -> Self {
        Problem { kind, detail: detail.into(), violations: Vec::new(), extra: Vec::new() }
    }

    /// A ticket that the handbook's reader refused.
    pub(super) fn refusal(refusal: Refusal) -> Self {
        let is_json: bool = refusal.violations.iter().all(|violation| violation.code != &codes::BAD_JSON);
        let mut problem = Problem::new(if is_json { &REFUSED_TICKET } else { &BAD_JSON }, "");
        problem.violations = refusal
            .violations
            .into_iter()
            .map(|violation| Violation {
                pointer: violation.pointer,
                code: Some(violation.code.id),
                message: violation.message,
                help: violation.help,
            })
            .collect();
        problem.detail = match problem.violations.as_slice() {
            [only] => only.message.clone(),
            several => format!("{} things are wrong with the ticket", several.len()),
        };
        problem
    }

    /// Something of ours broke; the log says what under `id`.
    pub(super) fn internal(id: &str) -> Self {
        Problem::new(&INTERNAL, format!("this is a fault of the server; its log says more under `{id}`"))
            .with("id", json!(id))
    }

    /// Adds a thing that is wrong with the body.
    pub(super) fn violation(mut self, violation: Violation) -> Self {
        self.violations.push(violation);
        self
    }

    /// Adds a member of its own.
    pub(super) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.extra.push((name, value));
        self
    }

    /// Names the known things, and the one that was most likely meant.
    pub(super) fn known<'a>(self, wanted: &str, known: impl Iterator<Item = &'a str> + Clone) -> Self {
        let nearest: Option<&str> = crate::diagnostic::nearest::nearest(wanted, known.clone());
        let names: Vec<&str> = known.collect();
        let problem = self.with("known", json!(names));
        match nearest {
            Some(nearest) => problem.with("nearest", json!(nearest)),
            None => problem,
        }
    }

    /// The same, of a body that stands at `prefix` in a larger one.
    pub(super) fn under(mut self, prefix: &str) -> Self {
        for violation in &mut self.violations {
            violation.pointer.insert_str(0, prefix);
        }
        self
    }

    /// The problem as the JSON object of the RFC.
    pub(super) fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("type".to_owned(), json!(format!("urn:rulebook:problem:{}", self.kind.name)));
        members.insert("title".to_owned(), json!(self.kind.title));
        members.insert("status".to_owned(), json!(self.kind.status.as_u16()));
        members.insert("detail".to_owned(), json!(self.detail));
        if let Some(first) = self.violations.first() {
            if let Some(code) = first.code {
                members.insert("code".to_owned(), json!(code));
            }
            members.insert("pointer".to_owned(), json!(first.pointer));
            members.insert("violations".to_owned(), self.violations.iter().map(Violation::to_json).collect());
        }
        for (name, value) in &self.extra {
            members.insert((*name).to_owned(), value.clone());
        }
        Value::Object(members)
    }
}

impl Violation {
    fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("pointer".to_owned(), json!(self.pointer));
        if let Some(code) = self.code {
            members.insert("code".to_owned(), json!(code));
        }
        members.insert("message".to_owned(), json!(self.message));
        if let Some(help) = &self.help {
            members.insert("help".to_owned(), json!(help));
        }
        Value::Object(members)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(format!("{}\n", self.to_json())));
        *response.status_mut() = self.kind.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

/// `a`, `b` and `c`, for a sentence.
pub(super) fn listed<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
