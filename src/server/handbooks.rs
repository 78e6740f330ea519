//! `GET /v1/handbooks` and what is below it: what is loaded, and each handbook from every side.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::problem::{BAD_QUERY, Problem, UNKNOWN_CLAUSE};
use super::query::{Named, NoQuery, Parameters};
use super::state::{App, Handbook, Loaded, Refused, Serving, asked_for, now};
use crate::Edition;
use crate::calendar::{Instant, Zone};

/// All that is loaded, and what was refused.
pub(super) async fn list(State(app): State<Arc<App>>, _: NoQuery) -> Response {
    let loaded: Arc<Loaded> = app.loaded();
    let handbooks: Vec<Value> = loaded.handbooks.values().map(|handbook| shown(handbook)).collect();
    let refused: Vec<Value> = loaded.orphans.iter().map(|refused| refusal(refused)).collect();
    let since: Option<String> = loaded.since.map(written);
    let (generation, trouble) = (loaded.generation, &loaded.trouble);
    Json(
        json!({"generation": generation, "since": since, "handbooks": handbooks, "refused": refused, "error": trouble}),
    )
    .into_response()
}

/// One handbook.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Named(id): Named<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let loaded: Arc<Loaded> = app.loaded();
    Ok(Json(shown(loaded.handbook(&id)?)).into_response())
}

/// The rule graph as `json`, `dot` or `mermaid`.
pub(super) async fn graph(
    State(app): State<Arc<App>>,
    Named(id): Named<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let loaded: Arc<Loaded> = app.loaded();
    let parameters = Parameters::read(&uri, &["edition", "format"])?;
    let edition = &asked_for(loaded.handbook(&id)?, parameters.get("edition"))?.edition;
    match parameters.get("format").unwrap_or("json") {
        "json" => Ok(Json(edition.to_json()).into_response()),
        "dot" => Ok(text("text/vnd.graphviz; charset=utf-8", edition.to_dot())),
        "mermaid" => Ok(text("text/plain; charset=utf-8", edition.to_mermaid())),
        other => {
            let detail = format!("query parameter `format` is `json`, `dot` or `mermaid`, not `{other}`");
            Err(Problem::new(&BAD_QUERY, detail).known(other, ["json", "dot", "mermaid"].into_iter()))
        }
    }
}

/// The text, byte for byte.
pub(super) async fn source(
    State(app): State<Arc<App>>,
    Named(id): Named<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let loaded: Arc<Loaded> = app.loaded();
    let edition = one_edition(&loaded, &id, &uri)?;
    Ok(text("text/markdown; charset=utf-8", edition.source().text.clone()))
}

/// One clause with its rules.
pub(super) async fn clause(
    State(app): State<Arc<App>>,
    Named((id, number)): Named<(String, String)>,
    uri: Uri,
) -> Result<Response, Problem> {
    let loaded: Arc<Loaded> = app.loaded();
    let edition = one_edition(&loaded, &id, &uri)?;
    match edition.clause(&number) {
        Some(clause) => Ok(Json(clause).into_response()),
        None => {
            let known = edition.handbook().clauses.iter().map(|clause| clause.number.as_str());
            let detail = format!("edition `{}` of handbook `{id}` has no clause `{number}`", edition.edition());
            Err(Problem::new(&UNKNOWN_CLAUSE, detail).known(&number, known))
        }
    }
}

/// The JSON Schema of a ticket.
pub(super) async fn schema(
    State(app): State<Arc<App>>,
    Named(id): Named<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let loaded: Arc<Loaded> = app.loaded();
    let schema: Value = one_edition(&loaded, &id, &uri)?.ticket_schema();
    Ok(text("application/schema+json", schema.to_string()))
}

/// The edition that `?edition=` names, or the one in force today.
fn one_edition<'a>(loaded: &'a Loaded, id: &str, uri: &Uri) -> Result<&'a Edition, Problem> {
    let parameters = Parameters::read(uri, &["edition"])?;
    Ok(&asked_for(loaded.handbook(id)?, parameters.get("edition"))?.edition)
}

/// What was refused, as JSON.
pub(super) fn refusal(refused: &Refused) -> Value {
    json!({
        "id": refused.id,
        "path": refused.path.display().to_string(),
        "at": written(refused.at),
        "diagnostics": refused.diagnostics,
    })
}

/// An instant that is the server's own, and so in UTC.
pub(super) fn written(at: Instant) -> String {
    Zone::UTC.format(at)
}

/// A handbook as the edition in force today, with all its editions.
fn shown(handbook: &Handbook) -> Value {
    let editions: Vec<Value> = handbook.iter().map(|serving| Value::Object(shown_edition(serving))).collect();
    let mut shown: Map<String, Value> = Map::new();
    shown.insert("id".to_owned(), json!(handbook.id()));
    shown.extend(shown_edition(handbook.current(now())));
    shown.insert("editions".to_owned(), json!(editions));
    Value::Object(shown)
}

fn shown_edition(serving: &Serving) -> Map<String, Value> {
    let edition = &serving.edition;
    let refused: Vec<Value> = serving.refused.iter().map(|refused| refusal(refused)).collect();
    let warnings: Vec<&Value> = serving.warnings.iter().chain(&serving.date_warnings).collect();
    let members = [
        ("title", json!(edition.title())),
        ("edition", json!(edition.edition())),
        ("digest", json!(edition.digest())),
        ("in_force", json!(edition.in_force().to_string())),
        ("until", json!(edition.until().map(|until| until.to_string()))),
        ("time_zone", json!(edition.zone().name())),
        ("since", json!(written(serving.since))),
        ("path", json!(serving.path.display().to_string())),
        ("stale", json!(serving.is_stale())),
        ("warnings", json!(warnings)),
        ("refused", json!(refused)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn text(content_type: &'static str, text: String) -> Response {
    ([(CONTENT_TYPE, content_type)], text).into_response()
}
