//! `/healthz`, `/readyz`, `/metrics`: what machines ask.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::handbooks::written;
use super::state::{App, Loaded};

/// The process answers.
pub(super) async fn alive() -> Response {
    Json(json!({"status": "alive"})).into_response()
}

/// Whether there is a set to decide with. A refused file makes it `degraded`, still with 200: one bad edit must not
/// take every replica out of service.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Response {
    let loaded: Arc<Loaded> = app.loaded();
    let (code, status) = match (loaded.generation, loaded.is_current()) {
        (0, _) => (StatusCode::SERVICE_UNAVAILABLE, "starting"),
        (_, true) => (StatusCode::OK, "ready"),
        (_, false) => (StatusCode::OK, "degraded"),
    };
    (code, Json(readiness(&loaded, status))).into_response()
}

/// The Prometheus exposition.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let text: String = app.metrics.render(&app.loaded());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

fn readiness(loaded: &Loaded, status: &str) -> Value {
    let handbooks: Vec<Value> = loaded
        .editions()
        .map(|serving| json!({"id": serving.edition.id(), "edition": serving.edition.edition(), "stale": serving.is_stale()}))
        .collect();
    let refused: Vec<Value> = loaded
        .refused()
        .map(|refused| {
            let (path, at) = (refused.path.display().to_string(), written(refused.at));
            json!({"id": refused.id, "path": path, "at": at, "errors": refused.lines})
        })
        .collect();
    let (generation, trouble) = (loaded.generation, &loaded.trouble);
    json!({"status": status, "generation": generation, "handbooks": handbooks, "refused": refused, "error": trouble})
}
