//! `POST /v1/reload`, `GET /v1/reloads`, `GET /v1/events`: asking for a reload, and hearing of them.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt};

use super::query::NoQuery;
use super::report::{Report, Trigger};
use super::state::{App, Event, Loaded};

/// Reloads, and answers with the report once it is done.
///
/// The status is 200 whatever came of it: the reload was carried out, and the report's `outcome` says whether
/// anything was refused.
pub(super) async fn reload(State(app): State<Arc<App>>, _: NoQuery) -> Response {
    let report: Arc<Report> = app.reload(Trigger::Request).await;
    Json(&*report).into_response()
}

/// What the last reloads did, newest first.
pub(super) async fn list(State(app): State<Arc<App>>, _: NoQuery) -> Response {
    let reports: Vec<Arc<Report>> = app.reports();
    let reports: Vec<&Report> = reports.iter().map(|report| &**report).collect();
    Json(json!({"reloads": reports})).into_response()
}

/// Server-sent events: `state` at once, then `reload` with each report. The stream ends when the server goes down.
pub(super) async fn events(State(app): State<Arc<App>>, _: NoQuery) -> Response {
    // Subscribed before the state is read, so that no reload falls in between.
    let receiver = app.events.subscribe();
    let first = tokio_stream::once(Ok(state(&app.loaded())));
    Sse::new(first.chain(told(BroadcastStream::new(receiver)))).keep_alive(KeepAlive::default()).into_response()
}

fn told(events: BroadcastStream<Event>) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    events.map_while(|event| match event {
        Ok(Event::Reloaded(report)) => Some(Ok(reloaded(&report))),
        Ok(Event::Closing) => None,
        Err(BroadcastStreamRecvError::Lagged(count)) => {
            Some(Ok(sse::Event::default().event("missed").data(json!({"events": count}).to_string())))
        }
    })
}

fn state(loaded: &Loaded) -> sse::Event {
    let state =
        json!({"generation": loaded.generation, "status": if loaded.is_current() { "ready" } else { "degraded" }});
    sse::Event::default().event("state").id(loaded.generation.to_string()).data(state.to_string())
}

fn reloaded(report: &Report) -> sse::Event {
    // A report consists of names and numbers, and always becomes JSON.
    let data: String = serde_json::to_string(report).unwrap_or_default();
    sse::Event::default().event("reload").id(report.generation.to_string()).data(data)
}
