//! `POST /v1/handbooks/{id}/decisions`.
//!
//! Sorts the three forms of a body apart: one ticket, a list of tickets, a stream of lines. Which edition judges is
//! settled before the body is read, and stays so to the end.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::task::spawn_blocking;

use super::decide::Terms;
use super::problem::{Problem, UNKNOWN_EDITION};
use super::query::{Named, Parameters};
use super::state::{App, Serving};
use super::{batch, body, guard, ndjson};

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
    let serving: Arc<Serving> = app.loaded().handbook(&id)?.clone();
    let parameters = Parameters::read(&parts.uri, &["as_of", "edition", "explain"])?;
    let edition: Option<&str> = parameters.get("edition");
    if let Some(edition) = edition.filter(|edition| *edition != serving.edition.edition()) {
        return Err(unknown_edition(&serving, edition));
    }
    let is_edition_named: bool = edition.is_some();
    let as_of = parameters.instant("as_of", serving.edition.zone())?;
    let terms = Terms { as_of, explain: parameters.flag("explain")?, is_edition_named, serving };
    body::plain(&parts.headers)?;
    match body::kind(&parts.headers) {
        Some(kind) if body::is(kind, JSON) => Ok(Asked { terms, form: Form::Json }),
        Some(kind) if NDJSON.iter().any(|known| body::is(kind, known)) => Ok(Asked { terms, form: Form::Lines }),
        _ => Err(body::unsupported(&parts.headers, ALL)),
    }
}

fn unknown_edition(serving: &Serving, edition: &str) -> Problem {
    let loaded: &str = serving.edition.edition();
    let detail = format!("handbook `{}` is loaded in edition `{loaded}` only, not `{edition}`", serving.edition.id());
    Problem::new(&UNKNOWN_EDITION, detail).known(edition, [loaded].into_iter())
}

fn lines(app: &Arc<App>, terms: Terms, body: Body) -> Response {
    let id: String = app.ids.next();
    let serving: Arc<Serving> = terms.serving.clone();
    let answer: Body = ndjson::answer(terms, id.clone(), body);
    respond(answer, "application/x-ndjson", &serving, id)
}

async fn json(app: &Arc<App>, terms: Terms, headers: &HeaderMap, body: Body) -> Result<Response, Problem> {
    let bytes: Bytes = body::read(headers, body, app.body_limit).await?;
    let id: String = app.ids.next();
    let serving: Arc<Serving> = terms.serving.clone();
    let answer: Vec<u8> = match bytes.len() > LONG_BODY {
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
    Ok(respond(answer.into(), JSON, &serving, id))
}

fn one_or_many(terms: Terms, bytes: &[u8], id: &str) -> Result<Vec<u8>, Problem> {
    let terms: Terms = terms.at_one_instant();
    if batch::begins_like_one(bytes)
        && let Some(tickets) = batch::read(bytes)
    {
        return batch::decide(&terms, &tickets?, id);
    }
    let mut answer: Vec<u8> = Vec::with_capacity(USUAL_ANSWER);
    match terms.decide(bytes, || id.to_owned(), &mut answer) {
        Ok(()) => {
            answer.push(b'\n');
            Ok(answer)
        }
        // Only now is it worth a second look whether this was a ticket at all.
        Err(problem) => match batch::read(bytes) {
            Some(tickets) => batch::decide(&terms, &tickets?, id),
            None if bytes.trim_ascii_start().starts_with(b"[") => Err(problem
                .with("help", json!("a list of tickets is sent as `{\"tickets\": […]}`, or line by line as NDJSON"))),
            None => Err(problem),
        },
    }
}

fn respond(body: Body, content_type: &'static str, serving: &Serving, id: String) -> Response {
    let mut response = Response::new(body);
    let headers: &mut HeaderMap = response.headers_mut();
    headers.reserve(5);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(&RULEBOOK_EDITION, serving.headers.edition.clone());
    headers.insert(&RULEBOOK_DIGEST, serving.headers.digest.clone());
    // An id is made of hexadecimal digits and a hyphen.
    if let Ok(id) = HeaderValue::from_maybe_shared(Bytes::from(id)) {
        headers.insert(&RULEBOOK_DECISION_ID, id);
    }
    response
}
