//! `POST /v1/handbooks/{id}/decisions`.
//!
//! Sorts the three forms of a body apart: one ticket, a list of tickets, a stream of lines. Which editions there are
//! to judge is settled before the body is read, and stays so to the end; each ticket finds its own among them.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::task::spawn_blocking;

use super::decide::{Judges, Terms};
use super::problem::{BAD_QUERY, Problem};
use super::query::{Named, Parameters};
use super::state::{App, Handbook, Serving, asked_for};
use super::{batch, body, guard, ndjson};
use crate::calendar::{Instant, Zone};

static RULEBOOK_EDITION: HeaderName = HeaderName::from_static("rulebook-edition");
static RULEBOOK_DIGEST: HeaderName = HeaderName::from_static("rulebook-digest");
static RULEBOOK_DECISION_ID: HeaderName = HeaderName::from_static("rulebook-decision-id");

const JSON: &str = "application/json";
const NDJSON: &[&str] = &["application/x-ndjson", "application/ndjson", "application/jsonl"];
const ALL: &[&str] = &[JSON, "application/x-ndjson", "application/ndjson", "application/jsonl"];

/// Longer bodies are worked through beside the threads that answer requests.
const LONG_BODY: usize = 64 * 1024;

/// What most decisions fit into.
const USUAL_ANSWER: usize = 4096;

/// Decides the tickets of a body.
pub(super) async fn post(State(app): State<Arc<App>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    match asked(&app, &mut parts).await {
        Err(problem) => body::refuse(problem, &parts.headers, body).await,
        Ok(Asked { terms, form: Form::Lines }) => lines(&app, terms, body),
        Ok(Asked { terms, form: Form::Json }) => match json(&app, terms, &parts.headers, body).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(),
        },
    }
}

struct Asked {
    terms: Terms,
    form: Form,
}

enum Form {
    Json,
    Lines,
}

async fn asked(app: &Arc<App>, parts: &mut Parts) -> Result<Asked, Problem> {
    let Named(id): Named<String> = Named::from_request_parts(parts, app).await?;
    let handbook: Arc<Handbook> = app.loaded().handbook(&id)?.clone();
    let parameters = Parameters::read(&parts.uri, &["as_of", "edition", "explain"])?;
    let judges: Judges = match parameters.get("edition") {
        Some(name) => Judges::Named(asked_for(&handbook, Some(name))?.clone()),
        None => Judges::ByOpening(handbook),
    };
    let terms = Terms { as_of: as_of(&parameters, &judges)?, explain: parameters.flag("explain")?, judges };
    body::plain(&parts.headers)?;
    match body::kind(&parts.headers) {
        Some(kind) if body::is(kind, JSON) => Ok(Asked { terms, form: Form::Json }),
        Some(kind) if NDJSON.iter().any(|known| body::is(kind, known)) => Ok(Asked { terms, form: Form::Lines }),
        _ => Err(body::unsupported(&parts.headers, ALL)),
    }
}

/// The instant asked for. Without an offset it is one instant only where all editions that may judge have one zone.
fn as_of(parameters: &Parameters, judges: &Judges) -> Result<Option<Instant>, Problem> {
    let handbook: &Handbook = match judges {
        Judges::Named(serving) => return parameters.instant("as_of", serving.edition.zone()),
        Judges::ByOpening(handbook) => handbook,
    };
    let newest: Zone = handbook.newest().edition.zone();
    let as_of: Option<Instant> = parameters.instant("as_of", newest)?;
    for edition in handbook.iter().map(|serving| &serving.edition).filter(|edition| edition.zone() != newest) {
        if parameters.instant("as_of", edition.zone())? != as_of {
            let detail = "query parameter `as_of` has no offset, and the editions of the handbook differ in their zone";
            return Err(Problem::new(&BAD_QUERY, detail)
                .with("help", json!("write it with an offset: `as_of=2025-03-03T10:00:00%2B08:00`")));
        }
    }
    Ok(as_of)
}

fn lines(app: &Arc<App>, terms: Terms, body: Body) -> Response {
    let id: String = app.ids.next();
    let judge: Option<Arc<Serving>> = terms.judges.only().cloned();
    let answer: Body = ndjson::answer(terms, id.clone(), body);
    respond(answer, "application/x-ndjson", judge.as_deref(), id)
}

async fn json(app: &Arc<App>, terms: Terms, headers: &HeaderMap, body: Body) -> Result<Response, Problem> {
    let bytes: Bytes = body::read(headers, body, app.body_limit).await?;
    let id: String = app.ids.next();
    let answer: Answer = match bytes.len() > LONG_BODY {
        false => one_or_many(terms, &bytes, &id)?,
        true => {
            let id: String = id.clone();
            let long = spawn_blocking(move || one_or_many(terms, &bytes, &id));
            match long.await {
                Ok(answer) => answer?,
                Err(error) => return Err(guard::broken(&app.ids.next(), error.into_panic().as_ref())),
            }
        }
    };
    Ok(respond(answer.text.into(), JSON, answer.judge.as_deref(), id))
}

/// The body of an answer, and the edition that judged all of it, if one did.
struct Answer {
    text: Vec<u8>,
    judge: Option<Arc<Serving>>,
}

fn one_or_many(terms: Terms, bytes: &[u8], id: &str) -> Result<Answer, Problem> {
    let terms: Terms = terms.at_one_instant();
    let many = |tickets: Vec<&RawValue>| Answer {
        text: batch::decide(&terms, &tickets, id),
        judge: terms.judges.only().cloned(),
    };
    if batch::begins_like_one(bytes)
        && let Some(tickets) = batch::read(bytes)
    {
        return Ok(many(tickets?));
    }
    let mut text: Vec<u8> = Vec::with_capacity(USUAL_ANSWER);
    match terms.decide(bytes, || id.to_owned(), &mut text) {
        Ok(judge) => {
            text.push(b'\n');
            Ok(Answer { text, judge: Some(judge.clone()) })
        }
        // Only now is it worth a second look whether this was a ticket at all.
        Err(problem) => match batch::read(bytes) {
            Some(tickets) => Ok(many(tickets?)),
            None if bytes.trim_ascii_start().starts_with(b"[") => Err(problem
                .with("help", json!("a list of tickets is sent as `{\"tickets\": […]}`, or line by line as NDJSON"))),
            None => Err(problem),
        },
    }
}

fn respond(body: Body, content_type: &'static str, judge: Option<&Serving>, id: String) -> Response {
    let mut response = Response::new(body);
    let headers: &mut HeaderMap = response.headers_mut();
    headers.reserve(5);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(judge) = judge {
        headers.insert(&RULEBOOK_EDITION, judge.headers.edition.clone());
        headers.insert(&RULEBOOK_DIGEST, judge.headers.digest.clone());
    }
    // An id is made of hexadecimal digits and a hyphen.
    if let Ok(id) = HeaderValue::from_maybe_shared(Bytes::from(id)) {
        headers.insert(&RULEBOOK_DECISION_ID, id);
    }
    response
}
