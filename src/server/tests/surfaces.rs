//! Listing, graph, source, check, health, metrics, events, the page; and paths that are none.

use serde_json::json;
use tokio_stream::StreamExt;

use super::*;
use crate::server::guard::{Guard, Guarded};
use crate::server::state::Event;

#[tokio::test]
async fn a_handbook_is_shown_from_every_side() {
    let server = Server::shop().await;
    let listing = server.get("/v1/handbooks").await.json();
    let shop = server.get("/v1/handbooks/shop").await.json();
    assert_eq!(listing["handbooks"][0], shop);
    assert_eq!(
        (&shop["edition"], &shop["stale"], &shop["in_force"]),
        (&json!("1"), &json!(false), &json!("2025-01-01"))
    );
    let source = server.get("/v1/handbooks/shop/source").await;
    assert_eq!(source.text, handbook("shop", "1", "high"));
    assert_eq!(source.header("content-type"), "text/markdown; charset=utf-8");
    assert_eq!(server.get("/v1/handbooks/shop/clauses/1.1").await.json()["number"], "1.1");
    let problem = server.get("/v1/handbooks/shop/clauses/9.9").await.problem(404, "unknown-clause");
    assert_eq!(problem["known"], json!(["1.1"]));
    assert_eq!(server.get("/v1/handbooks/shop/schema").await.header("content-type"), "application/schema+json");
    assert!(server.get("/v1/handbooks/shop/graph").await.json()["nodes"].is_array());
    assert!(server.get("/v1/handbooks/shop/graph?format=dot").await.text.starts_with("digraph"));
    assert!(!server.get("/v1/handbooks/shop/graph?format=mermaid").await.text.is_empty());
    server.get("/v1/handbooks/shop/graph?format=png").await.problem(400, "bad-query");
    server.get("/v1/handbooks/none").await.problem(404, "unknown-handbook");
    server.get("/v1/handbooks/%ff").await.problem(400, "bad-path");
}

#[tokio::test]
async fn paths_and_methods_that_are_none_are_problems_too() {
    let server = Server::shop().await;
    server.get("/v2").await.problem(404, "not-found");
    let answer = server.get("/v1/handbooks/shop/decisions").await;
    answer.problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), "POST");
    server.post("/healthz", "application/json", "{}").await.problem(405, "method-not-allowed");
}

#[tokio::test]
async fn a_text_is_checked_without_being_loaded() {
    let server = Server::shop().await;
    let good = server.post("/v1/check", "text/markdown", handbook("new", "1", "high")).await.json();
    assert_eq!(good["summary"]["errors"], 0, "{good}");
    let body = json!({"text": broken("new"), "name": "draft.md"}).to_string();
    let bad = server.post("/v1/check", "application/json", body).await.json();
    assert_eq!((&bad["diagnostics"][0]["code"], &bad["diagnostics"][0]["file"]), (&json!("E0301"), &json!("draft.md")));
    server.post("/v1/check", "application/json", "{").await.problem(400, "bad-json");
    server.post("/v1/check", "application/json", r#"{"txt": ""}"#).await.problem(422, "bad-body");
    server.post("/v1/check", "text/markdown", "\u{fffd}".as_bytes()[1..].to_vec()).await.problem(422, "bad-body");
    server.post("/v1/check", "image/png", "x").await.problem(415, "unsupported-media-type");
    server.post("/v1/check", "text/markdown", "x".repeat(5000)).await.problem(413, "too-large");
    assert_eq!(server.get("/v1/handbooks").await.json()["handbooks"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn it_is_ready_once_a_set_is_loaded() {
    let server = Server::empty();
    assert_eq!(server.get("/healthz").await.status, 200);
    assert_eq!(server.get("/readyz").await.status, 503);
    server.write("shop", &handbook("shop", "1", "high"));
    server.reload().await;
    let ready = server.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &ready.json()["status"]), (200, &json!("ready")));
}

#[tokio::test]
async fn metrics_count_requests_decisions_and_reloads() {
    let server = Server::shop().await;
    server.decide("", TICKET).await;
    server.decide("", "{").await;
    server.decide("", &format!("{{\"tickets\":[{TICKET},{TICKET}]}}")).await;
    let text = server.get("/metrics").await.text;
    let route = "route=\"/v1/handbooks/{id}/decisions\"";
    for line in [
        format!("rulebook_http_requests_total{{method=\"POST\",{route},status=\"200\"}} 2\n"),
        format!("rulebook_http_requests_total{{method=\"POST\",{route},status=\"400\"}} 1\n"),
        format!("rulebook_http_request_duration_seconds_count{{{route}}} 3\n"),
        "rulebook_decisions_total{handbook=\"shop\"} 3\n".to_owned(),
        "rulebook_reloads_total{outcome=\"swapped\"} 1\n".to_owned(),
        "rulebook_handbooks_loaded 1\n".to_owned(),
        "rulebook_handbook_stale{handbook=\"shop\"} 0\n".to_owned(),
        "rulebook_handbook_info{handbook=\"shop\",edition=\"1\",digest=\"sha256:".to_owned(),
    ] {
        assert!(text.contains(&line), "{line} is missing in\n{text}");
    }
}

#[tokio::test]
async fn the_page_shows_what_is_loaded_and_escapes_it() {
    let server = Server::shop().await;
    let page = server.get("/").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text.contains("A &lt;b&gt;small&lt;/b&gt; one"), "{}", page.text);
    assert!(!page.text.contains("<b>"), "{}", page.text);
}

#[tokio::test]
async fn listeners_hear_of_reloads_until_the_server_goes() {
    let server = Server::shop().await;
    let request = Request::get("/v1/events").body(Body::empty()).unwrap();
    let response = router(server.app.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    let mut next = async || events.next().await.map(|event| String::from_utf8(event.unwrap().to_vec()).unwrap());
    assert!(next().await.unwrap().contains("event: state\n"));
    server.write("shop", &handbook("shop", "2", "low"));
    server.reload().await;
    let event = next().await.unwrap();
    assert!(event.contains("event: reload\n") && event.contains("\"outcome\":\"swapped\""), "{event}");
    let _ = server.app.events.send(Event::Closing);
    assert_eq!(next().await, None);
}

#[tokio::test]
async fn a_panic_becomes_an_answer_with_an_id() {
    let server = Server::empty();
    let guard = Arc::new(Guard { route: server.app.metrics.route("/broken"), ids: server.app.ids.clone() });
    async fn broken() {
        panic!("on purpose");
    }
    let service = axum::Router::new().route("/broken", axum::routing::get(Guarded { handler: broken, guard }));
    let response = service.oneshot(Request::get("/broken").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 500);
    let problem: Value = serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap();
    assert_eq!(problem["type"], "urn:rulebook:problem:internal");
    assert!(problem["id"].as_str().unwrap().contains('-'));
}
