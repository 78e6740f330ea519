//! Tickets in, decisions or problems out.

use axum::body::Body;
use serde_json::{Value, json};
use tokio_stream::StreamExt;

use super::*;

#[tokio::test]
async fn a_ticket_gets_its_decision_with_edition_and_digest() {
    let server = Server::shop().await;
    let answer = server.decide("?as_of=2025-03-03T11:00", TICKET).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let decision = answer.json();
    assert_eq!(decision["ticket"], "T-1");
    assert_eq!(decision["tiers"]["urgency"]["tier"], "high");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("rulebook-edition"), "1");
    assert_eq!(answer.header("rulebook-digest"), decision["handbook"]["digest"].as_str().unwrap());
    let again = server.decide("?as_of=2025-03-03T03:00:00Z", TICKET).await;
    assert_eq!(again.text, answer.text, "the same ticket and instant give the same bytes");
    assert_ne!(again.header("rulebook-decision-id"), answer.header("rulebook-decision-id"));
}

#[tokio::test]
async fn a_refused_ticket_says_everything_that_is_wrong_with_it() {
    let server = Server::shop().await;
    let problem = server.decide("", r#"{"category": 5}"#).await.problem(422, "refused-ticket");
    let pointers: Vec<&str> =
        problem["violations"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers.len(), 3, "{problem}");
    assert!(pointers.contains(&"/category"), "{problem}");
    assert_eq!(problem["pointer"], problem["violations"][0]["pointer"]);
    assert_eq!(problem["code"], problem["violations"][0]["code"]);
}

#[tokio::test]
async fn what_is_not_json_is_another_matter_than_a_wrong_ticket() {
    let server = Server::shop().await;
    assert_eq!(server.decide("", "{").await.problem(400, "bad-json")["code"], "R0101");
    server.decide("", "").await.problem(400, "bad-json");
    server.decide("", "5").await.problem(422, "refused-ticket");
    let problem = server.decide("", &format!("[{TICKET}]")).await.problem(422, "refused-ticket");
    assert!(problem["help"].as_str().unwrap().contains("tickets"), "{problem}");
}

#[tokio::test]
async fn nesting_without_end_is_refused_where_a_field_is_read_and_passed_over_elsewhere() {
    let server = Server::shop().await;
    let deep = format!("{}{}", "[".repeat(1500), "]".repeat(1500));
    let ticket = |field: &str| format!(r#"{{"id":"T-1","opened_at":"2025-03-03T10:00","{field}":{deep}}}"#);
    assert_eq!(server.decide("", &ticket("category")).await.problem(422, "refused-ticket")["pointer"], "/category");
    assert_eq!(server.decide("", &ticket("other")).await.json()["ignored_fields"], json!(["other"]));
}

#[tokio::test]
async fn in_a_list_one_bad_ticket_does_not_matter_to_the_others() {
    let server = Server::shop().await;
    for body in [
        format!(r#"{{"tickets": [{TICKET}, {{"id":"T-2","opened_at":"2025-03-03T10:00","category":1}}, {TICKET}]}}"#),
        format!(
            " {{ \"tickets\":[{TICKET},{{\"id\":\"T-2\",\"opened_at\":\"2025-03-03T10:00\",\"category\":1}},{TICKET}]}}"
        ),
    ] {
        let answer = server.decide("", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let decisions: Value = answer.json()["decisions"].take();
        assert_eq!(decisions[0], decisions[2]);
        assert_eq!(decisions[0]["ticket"], "T-1");
        assert_eq!(decisions[1]["error"]["pointer"], "/tickets/1/category");
        assert_eq!(decisions[1]["error"]["status"], 422);
    }
    assert_eq!(server.decide("", r#"{"tickets": []}"#).await.json(), json!({"decisions": []}));
}

#[tokio::test]
async fn a_list_in_a_wrong_shape_is_refused_and_a_ticket_may_have_a_field_of_that_name() {
    let server = Server::shop().await;
    assert_eq!(server.decide("", r#"{"tickets": 5}"#).await.problem(422, "bad-body")["pointer"], "/tickets");
    let problem = server.decide("", r#"{"as/of": "x", "tickets": []}"#).await.problem(422, "bad-body");
    assert_eq!(problem["pointer"], "/as~1of");
    let ticket = r#"{"tickets": ["a"], "id": "T-1", "opened_at": "2025-03-03T10:00", "category": "x"}"#;
    assert_eq!(server.decide("", ticket).await.json()["ticket"], "T-1");
}

#[tokio::test]
async fn a_ticket_from_before_the_edition_is_judged_only_if_the_edition_is_named() {
    let server = Server::shop().await;
    let old = r#"{"id":"T-1","opened_at":"2024-12-31T23:59","category":"x"}"#;
    let problem = server.decide("", old).await.problem(422, "no-edition-in-force");
    assert_eq!((&problem["code"], &problem["pointer"]), (&json!("R0201"), &json!("/opened_at")));
    assert_eq!(server.decide("?edition=1", old).await.status, 200);
    assert_eq!(server.decide("?edition=2", old).await.problem(404, "unknown-edition")["known"], json!(["1"]));
}

#[tokio::test]
async fn parameters_nobody_knows_are_refused_by_name() {
    let server = Server::shop().await;
    let problem = server.decide("?asof=2025-03-03", TICKET).await.problem(400, "bad-query");
    assert_eq!(problem["known"], json!(["as_of", "edition", "explain"]));
    assert!(problem["detail"].as_str().unwrap().contains("`asof`"), "{problem}");
    for query in ["?as_of=noon", "?explain=yes", "?explain=true&explain=true", "?as_of="] {
        server.decide(query, TICKET).await.problem(400, "bad-query");
    }
    for path in ["/v1/handbooks?x=1", "/v1/handbooks/shop?x=1", "/v1/reloads?x=1"] {
        server.get(path).await.problem(400, "bad-query");
    }
}

#[tokio::test]
async fn an_unknown_handbook_gets_the_nearest_name() {
    let server = Server::shop().await;
    let problem = server.post("/v1/handbooks/shpo/decisions", "application/json", TICKET).await;
    assert_eq!(problem.problem(404, "unknown-handbook")["nearest"], "shop");
}

#[tokio::test]
async fn bodies_of_other_kinds_and_sizes_are_refused() {
    let server = Server::shop().await;
    let path = "/v1/handbooks/shop/decisions";
    server.post(path, "application/x-www-form-urlencoded", TICKET).await.problem(415, "unsupported-media-type");
    let request = Request::post(path).body(Body::from(TICKET)).unwrap();
    server.send(request).await.problem(415, "unsupported-media-type");
    assert_eq!(server.post(path, "Application/JSON; charset=utf-8", TICKET).await.status, 200);
    let large = server.post(path, "application/json", "x".repeat(5000)).await.problem(413, "too-large");
    assert_eq!(large["limit_bytes"], 4096);
    let pieces = tokio_stream::iter(vec!["x".repeat(3000); 3]).map(Ok::<_, std::io::Error>);
    server.post(path, "application/json", Body::from_stream(pieces)).await.problem(413, "too-large");
}

#[tokio::test]
async fn a_body_in_pieces_is_one_body() {
    let server = Server::shop().await;
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> = TICKET.bytes().map(|byte| Ok(vec![byte])).collect();
    let body = Body::from_stream(tokio_stream::iter(pieces));
    let answer = server.post("/v1/handbooks/shop/decisions", "application/json", body).await;
    assert_eq!(answer.json()["ticket"], "T-1");
}

async fn lines(server: &Server, body: Body) -> Vec<Value> {
    let answer = server.post("/v1/handbooks/shop/decisions", "application/x-ndjson", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn lines_are_answered_in_order_and_a_bad_one_by_its_number() {
    let server = Server::shop().await;
    let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(2 * 1024 * 1024));
    let body = format!("\u{feff}{TICKET}\r\n\n{{\n{long}\n{{\"id\":\"T-2\"}}\n{TICKET}");
    for size in [1 << 30, 7, 100_000] {
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            body.as_bytes().chunks(size).map(|piece| Ok(piece.to_vec())).collect();
        let answers = lines(&server, Body::from_stream(tokio_stream::iter(pieces))).await;
        assert_eq!(answers.len(), 5, "in pieces of {size}");
        assert_eq!(answers[0]["ticket"], "T-1");
        let errors: Vec<(u64, &str)> = answers[1..4]
            .iter()
            .map(|answer| &answer["error"])
            .map(|error| (error["line"].as_u64().unwrap(), error["type"].as_str().unwrap()))
            .collect();
        let kinds = ["bad-json", "too-large", "refused-ticket"].map(|kind| format!("urn:rulebook:problem:{kind}"));
        assert_eq!(errors, [(3, kinds[0].as_str()), (4, kinds[1].as_str()), (5, kinds[2].as_str())]);
        assert_eq!(answers[4]["ticket"], "T-1");
    }
    assert!(lines(&server, Body::empty()).await.is_empty());
}

#[tokio::test]
async fn a_stream_keeps_the_set_it_began_with() {
    let server = Server::shop().await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<String, std::io::Error>>(1);
    let body = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver));
    let request = Request::post("/v1/handbooks/shop/decisions").header("content-type", "application/x-ndjson");
    let response = router(server.app.clone()).oneshot(request.body(body).unwrap()).await.unwrap();
    let mut answers = response.into_body().into_data_stream();
    let line = format!("{TICKET}\n");
    sender.send(Ok(line.clone())).await.unwrap();
    let first = answers.next().await.unwrap().unwrap();
    server.write("shop", &handbook("shop", "2", "low"));
    server.reload().await;
    assert_eq!(server.tier().await, "low");
    sender.send(Ok(line)).await.unwrap();
    let second = answers.next().await.unwrap().unwrap();
    drop(sender);
    assert!(answers.next().await.is_none());
    for answer in [first, second] {
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(
            (&answer["handbook"]["edition"], &answer["tiers"]["urgency"]["tier"]),
            (&json!("1"), &json!("high"))
        );
    }
}
