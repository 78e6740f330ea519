//! `POST /v1/check`: a handbook's text in, diagnostics out.
//!
//! Nothing is loaded by it. Only so many texts are compiled at once, so that checking never starves deciding.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::compiled::{report, unreadable};
use super::problem::{BAD_BODY, BAD_JSON, BUSY, Problem, Violation};
use super::query::Parameters;
use super::state::App;
use super::{body, guard};
use crate::diagnostic::Diagnostic;
use crate::source::load::{CalendarFolder, calendars_beside};
use crate::source::{FileId, SourceFile, Sources};

const JSON: &str = "application/json";
const ALL: &[&str] = &["text/markdown", "text/plain", JSON];

/// What messages call a text that came without a name.
const NAMELESS: &str = "handbook.md";

/// How long a check waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Checks a text and answers as `check --format json` does.
pub(super) async fn post(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    if let Err(problem) = Parameters::read(&parts.uri, &[]).and_then(|_| takes(&parts.headers)) {
        return Ok(body::refuse(problem, &parts.headers, body).await);
    }
    let body = body::read(&parts.headers, body, app.body_limit).await?;
    let candidate: Candidate = candidate(&parts.headers, &body)?;
    let Ok(Ok(permit)) = timeout(PATIENCE, app.checks.clone().acquire_owned()).await else {
        return Err(Problem::new(&BUSY, "other texts are being checked; try again in a moment"));
    };
    let ids = app.ids.clone();
    // The permit goes with the work: whoever hangs up does not make room while his text is still being checked.
    let checking = move || {
        let _permit = permit;
        check(candidate, &app.directory)
    };
    match spawn_blocking(checking).await {
        Ok(report) => Ok(Json(report).into_response()),
        Err(error) => Err(guard::broken(&ids.next(), error.into_panic().as_ref())),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Candidate {
    text: String,
    name: Option<String>,
}

fn takes(headers: &HeaderMap) -> Result<(), Problem> {
    body::plain(headers)?;
    match body::kind(headers) {
        Some(kind) if ALL.iter().any(|known| body::is(kind, known)) => Ok(()),
        _ => Err(body::unsupported(headers, ALL)),
    }
}

fn candidate(headers: &HeaderMap, body: &[u8]) -> Result<Candidate, Problem> {
    if body::kind(headers).is_some_and(|kind| body::is(kind, JSON)) {
        return serde_json::from_slice(body).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => {
                let violation = Violation {
                    pointer: String::new(),
                    code: None,
                    message: error.to_string(),
                    help: Some("write `{\"text\": \"…\", \"name\": \"…\"}`; the name may be left out".to_owned()),
                };
                Problem::new(&BAD_BODY, error.to_string()).violation(violation)
            }
            _ => Problem::new(&BAD_JSON, error.to_string()),
        });
    }
    match std::str::from_utf8(body) {
        Ok(text) => Ok(Candidate { text: text.to_owned(), name: None }),
        Err(error) => {
            let detail = format!("the text is not UTF-8: the first byte that is not is at {}", error.valid_up_to());
            Err(Problem::new(&BAD_BODY, detail))
        }
    }
}

/// Checks a text as if it stood in the directory that is served: its calendars are there.
fn check(candidate: Candidate, directory: &Path) -> Value {
    let mut sources = Sources::default();
    let text: &str = candidate.text.strip_prefix('\u{feff}').unwrap_or(&candidate.text);
    let name: String = candidate.name.unwrap_or_else(|| NAMELESS.to_owned());
    let handbook: FileId = sources.add(SourceFile::new(name, text));
    let folder: CalendarFolder = calendars_beside(&directory.join(NAMELESS));
    let calendars: Vec<FileId> = folder.add_to(&mut sources);
    let compilation = crate::compile(&sources, handbook, None, &calendars);
    let mut diagnostics: Vec<Diagnostic> = unreadable(&mut sources, &folder, &compilation);
    diagnostics.extend(compilation.diagnostics);
    report(&sources, &diagnostics)
}
