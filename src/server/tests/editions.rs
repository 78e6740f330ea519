//! Several editions of one handbook: which judges, and what editing one of them does to the others.

use serde_json::json;

use super::reloading::fates;
use super::*;
use crate::server::{Fate, Outcome};

/// A server with an edition for 2024, one from February 2025 on, and nothing in between.
async fn two() -> Server {
    let server = Server::empty();
    server.write("y24", &edition("24", "2024-01-01", "until: 2024-12-31", "old"));
    server.write("y25", &edition("25", "2025-02-01", "", "new"));
    assert_eq!(server.reload().await.outcome, Outcome::Swapped);
    server
}

fn ticket(opened: &str) -> String {
    format!(r#"{{"id":"T-1","category":"x","opened_at":"{opened}"}}"#)
}

/// The edition that judges a ticket opened then, with the tier it gives; or the problem's code.
async fn judged(server: &Server, query: &str, opened: &str) -> String {
    let answer = server.decide(query, &ticket(opened)).await;
    let body = answer.json();
    if answer.status != 200 {
        return body["code"].as_str().unwrap_or("no code").to_owned();
    }
    assert_eq!(answer.header("rulebook-edition"), body["handbook"]["edition"].as_str().unwrap());
    assert_eq!(answer.header("rulebook-digest"), body["handbook"]["digest"].as_str().unwrap());
    format!("{} {}", answer.header("rulebook-edition"), body["tiers"]["urgency"]["tier"].as_str().unwrap())
}

fn codes(found: &Value) -> Vec<&str> {
    found.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_edition_in_force_at_the_opening_judges_unless_another_is_named() {
    let server = two().await;
    assert_eq!(judged(&server, "", "2024-12-31T23:59:59+08:00").await, "24 old");
    assert_eq!(judged(&server, "", "2024-12-31T16:00:00Z").await, "R0201");
    assert_eq!(judged(&server, "", "2025-01-31T23:59").await, "R0201");
    assert_eq!(judged(&server, "", "2025-02-01T00:00").await, "25 new");
    assert_eq!(judged(&server, "?edition=24", "2025-02-01T00:00").await, "24 old");
    assert_eq!(judged(&server, "?edition=25", "1999-02-01T00:00").await, "25 new");
    let unknown = server.decide("?edition=26", &ticket("2025-03-03T10:00")).await.problem(404, "unknown-edition");
    assert_eq!(unknown["known"], json!(["24", "25"]));
}

#[tokio::test]
async fn a_ticket_from_a_hole_is_told_what_there_is() {
    let server = two().await;
    let problem = server.decide("", &ticket("2025-01-15T10:00")).await.problem(422, "no-edition-in-force");
    assert_eq!((&problem["pointer"], &problem["known"]), (&json!("/opened_at"), &json!(["24", "25"])));
    assert_eq!(
        problem["detail"],
        "no edition was in force when the ticket was opened, 2025-01-15T10:00:00+08:00: edition `24` judges from \
         2024-01-01 to 2024-12-31, edition `25` judges from 2025-02-01 on; none judges from 2025-01-01 to 2025-01-31"
    );
    assert!(problem["violations"][0]["help"].as_str().unwrap().contains("`?edition=25`"), "{problem}");
}

#[tokio::test]
async fn in_lists_and_streams_each_ticket_has_its_own_edition() {
    let server = two().await;
    let tickets = ["2025-03-03T10:00", "2024-03-03T10:00", "2025-01-03T10:00", "soon", "2025-02-01T00:00"].map(ticket);
    let given = |answer: &Value| {
        let edition = answer["handbook"]["edition"].as_str();
        edition.or(answer["error"]["code"].as_str()).unwrap().to_owned()
    };
    let expected = ["25", "24", "R0201", "R0105", "25"];
    let list = server.decide("", &format!("{{\"tickets\":[{}]}}", tickets.join(","))).await;
    assert_eq!(list.json()["decisions"].as_array().unwrap().iter().map(given).collect::<Vec<_>>(), expected);
    let path = "/v1/handbooks/shop/decisions";
    let stream = server.post(path, "application/x-ndjson", tickets.join("\n")).await;
    let lines: Vec<Value> = stream.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(given).collect::<Vec<_>>(), expected);
    // No one edition judged them all.
    assert_eq!((list.header("rulebook-edition"), stream.header("rulebook-digest")), ("", ""));
    let named = server.post(&format!("{path}?edition=24"), "application/x-ndjson", tickets.join("\n")).await;
    assert_eq!(named.header("rulebook-edition"), "24");
}

#[tokio::test]
async fn an_instant_without_offset_is_not_guessed_between_two_zones() {
    let server = two().await;
    server.write("y24", &edition("24", "2024-01-01", "until: 2024-12-31", "old").replace("Shanghai", "Tokyo"));
    server.reload().await;
    let opened = ticket("2025-03-03T10:00");
    let problem = server.decide("?as_of=2025-03-03T10:00", &opened).await.problem(400, "bad-query");
    assert!(problem["help"].as_str().unwrap().contains("offset"), "{problem}");
    assert_eq!(server.decide("?as_of=2025-03-03T10:00%2B08:00", &opened).await.status, 200);
    assert_eq!(
        server.decide("?edition=24&as_of=2025-03-03T10:00", &opened).await.json()["as_of"],
        "2025-03-03T10:00:00+09:00"
    );
}

#[tokio::test]
async fn a_handbook_is_shown_as_its_edition_of_today_with_all_the_others() {
    let server = two().await;
    server.write("y99", &edition("99", "2999-01-01", "", "far"));
    server.reload().await;
    let shop = server.get("/v1/handbooks/shop").await.json();
    assert_eq!(
        (&shop["id"], &shop["edition"], &shop["in_force"]),
        (&json!("shop"), &json!("25"), &json!("2025-02-01"))
    );
    let editions = shop["editions"].as_array().unwrap();
    let names: Vec<&str> = editions.iter().map(|one| one["edition"].as_str().unwrap()).collect();
    assert_eq!(names, ["24", "25", "99"]);
    assert_eq!((&editions[0]["until"], &editions[0]["stale"]), (&json!("2024-12-31"), &json!(false)));
    assert_eq!((&editions[1]["digest"], codes(&editions[1]["warnings"])), (&shop["digest"], vec!["L0104"]));
    assert_eq!((codes(&editions[0]["warnings"]), codes(&editions[2]["warnings"])), (vec!["L0105"], vec![]));
    let listing = server.get("/v1/handbooks").await.json();
    assert_eq!((listing["handbooks"].as_array().unwrap().len(), &listing["handbooks"][0]), (1, &shop));
    let page = server.get("/").await.text;
    for words in ["<td>24<td>from 2024-01-01 to 2024-12-31<td>", "<td>25<td>from 2025-02-01 on<td>", "<td>99<td>"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let metrics = server.get("/metrics").await.text;
    for line in
        ["rulebook_handbooks_loaded 1\n", "{handbook=\"shop\",edition=\"24\"", "{handbook=\"shop\",edition=\"25\""]
    {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    assert_eq!(metrics.matches("rulebook_handbook_stale{").count(), 1);
}

#[tokio::test]
async fn every_side_of_a_handbook_is_shown_of_the_edition_asked_for() {
    let server = two().await;
    let path = "/v1/handbooks/shop";
    let text = |answer: Answer| answer.text;
    assert!(text(server.get(&format!("{path}/source")).await).contains("edition: \"25\""));
    assert!(text(server.get(&format!("{path}/source?edition=24")).await).contains("edition: \"24\""));
    assert!(text(server.get(&format!("{path}/graph?edition=24&format=dot")).await).contains("old"));
    assert!(text(server.get(&format!("{path}/graph?format=dot")).await).contains("new"));
    assert_eq!(server.get(&format!("{path}/clauses/1.1?edition=24")).await.json()["handbook"]["edition"], "24");
    assert_eq!(server.get(&format!("{path}/schema?edition=24")).await.status, 200);
    for side in ["source", "graph", "schema", "clauses/1.1"] {
        let problem = server.get(&format!("{path}/{side}?edition=2")).await.problem(404, "unknown-edition");
        assert_eq!(problem["known"], json!(["24", "25"]));
        server.get(&format!("{path}/{side}?editions=24")).await.problem(400, "bad-query");
    }
}

#[tokio::test]
async fn a_broken_edition_keeps_its_last_good_text_and_the_others_reload() {
    let server = two().await;
    server.write("y24", &edition("24", "2024-01-01", "", "old").replace("when category is", "when sevrity is"));
    server.write("y25", &edition("25", "2025-01-01", "", "newer"));
    let report = server.reload().await;
    assert_eq!(report.outcome, Outcome::Partial);
    assert_eq!(fates(&report), [(Some("shop"), Fate::Refused), (Some("shop"), Fate::Replaced)]);
    assert_eq!(
        (report.handbooks[0].edition.as_deref(), report.handbooks[1].edition.as_deref()),
        (Some("24"), Some("25"))
    );
    assert_eq!(judged(&server, "", "2024-06-01T10:00").await, "24 old");
    assert_eq!(judged(&server, "", "2025-01-01T10:00").await, "25 newer");
    let shop = server.get("/v1/handbooks/shop").await.json();
    let stale: Vec<bool> = shop["editions"].as_array().unwrap().iter().map(|one| one["stale"] == json!(true)).collect();
    assert_eq!(stale, [true, false]);
    assert_eq!(codes(&shop["editions"][0]["refused"][0]["diagnostics"]), ["E0301"]);
    assert!(server.get("/metrics").await.text.contains("rulebook_handbook_stale{handbook=\"shop\"} 1\n"));
    let ready = server.get("/readyz").await.json();
    assert_eq!(ready["status"], "degraded");
    assert_eq!(
        ready["handbooks"],
        json!([{"id": "shop", "edition": "24", "stale": true}, {"id": "shop", "edition": "25", "stale": false}])
    );
    assert!(server.get("/").await.text.contains("Edition 24 goes on."));
    server.write("y24", &edition("24", "2024-01-01", "until: 2024-12-31", "old"));
    assert_eq!(fates(&*server.reload().await), [(Some("shop"), Fate::Restored), (Some("shop"), Fate::Unchanged)]);
    assert_eq!(server.get("/readyz").await.json()["status"], "ready");
}

#[tokio::test]
async fn an_edition_that_is_renamed_and_broken_at_once_goes_on() {
    let server = two().await;
    fs::remove_file(server.path("y24")).unwrap();
    server.write("old", &edition("24", "2024-01-01", "", "old").replace("when category is", "when sevrity is"));
    assert_eq!(fates(&*server.reload().await), [(Some("shop"), Fate::Refused), (Some("shop"), Fate::Unchanged)]);
    assert_eq!(judged(&server, "", "2024-06-01T10:00").await, "24 old");
    assert_eq!(judged(&server, "", "2025-06-01T10:00").await, "25 new");
}

#[tokio::test]
async fn a_removed_file_takes_its_edition_along() {
    let server = two().await;
    fs::remove_file(server.path("y24")).unwrap();
    let report = server.reload().await;
    assert_eq!(report.outcome, Outcome::Swapped);
    assert_eq!(fates(&report), [(Some("shop"), Fate::Removed), (Some("shop"), Fate::Unchanged)]);
    assert_eq!(judged(&server, "", "2024-06-01T10:00").await, "R0201");
    assert_eq!(judged(&server, "", "2025-06-01T10:00").await, "25 new");
    assert!(server.get("/v1/handbooks/shop").await.json()["editions"].as_array().is_some_and(|all| all.len() == 1));
}

#[tokio::test]
async fn files_may_be_renamed_and_editions_move_between_them() {
    let server = two().await;
    let since = server.get("/v1/handbooks/shop").await.json()["editions"][0]["since"].take();
    // What was said in one file is now said in another, and the file says the next edition.
    fs::rename(server.path("y25"), server.path("y24-old")).unwrap();
    fs::rename(server.path("y24"), server.path("y25")).unwrap();
    fs::rename(server.path("y24-old"), server.path("y24")).unwrap();
    let report = server.reload().await;
    assert_eq!(fates(&report), [(Some("shop"), Fate::Unchanged), (Some("shop"), Fate::Unchanged)]);
    let shop = server.get("/v1/handbooks/shop").await.json();
    assert!(shop["editions"][0]["path"].as_str().unwrap().ends_with("y25.handbook.md"), "{shop}");
    assert_eq!(shop["editions"][0]["since"], since);
    // In place, an edition may take another name and other dates.
    server.write("y24", &edition("26", "2026-01-01", "", "newest"));
    let report = server.reload().await;
    assert_eq!(fates(&report), [(Some("shop"), Fate::Replaced), (Some("shop"), Fate::Unchanged)]);
    assert_eq!(judged(&server, "", "2026-06-01T10:00").await, "26 newest");
}

#[tokio::test]
async fn files_that_clash_serve_neither_and_what_served_goes_on() {
    let server = two().await;
    server.write("copy", &edition("25b", "2025-02-01", "", "copied"));
    let report = server.reload().await;
    assert_eq!(report.outcome, Outcome::Refused);
    let all: Vec<(&str, Fate)> = report.handbooks.iter().map(|one| (one.path.as_str(), one.outcome)).collect();
    let fate_of = |name: &str| all.iter().find(|(path, _)| path.ends_with(&format!("{name}.handbook.md"))).unwrap().1;
    assert_eq!((fate_of("copy"), fate_of("y24"), fate_of("y25")), (Fate::Refused, Fate::Unchanged, Fate::Refused));
    assert_eq!(report.handbooks[0].diagnostics[0]["code"], "E0110");
    assert_eq!(judged(&server, "", "2025-06-01T10:00").await, "25 new");
    // Nothing serves from the copy, so its refusal is not the edition's.
    let listing = server.get("/v1/handbooks").await.json();
    assert_eq!((listing["refused"].as_array().unwrap().len(), &listing["refused"][0]["id"]), (1, &json!("shop")));
    // With dates of its own it is an edition like the others.
    server.write("copy", &edition("25b", "2025-05-01", "", "copied"));
    assert_eq!(server.reload().await.outcome, Outcome::Swapped);
    assert_eq!(judged(&server, "", "2025-06-01T10:00").await, "25b copied");
    assert_eq!(server.get("/readyz").await.json()["status"], "ready");
}

#[tokio::test]
async fn a_good_file_takes_the_place_of_an_edition_whose_own_file_is_broken() {
    let server = two().await;
    server.write("y25", &edition("25", "2025-02-01", "", "new").replace("when category is", "when sevrity is"));
    server.write("mended", &edition("25c", "2025-02-01", "", "mended"));
    let report = server.reload().await;
    assert_eq!(report.outcome, Outcome::Partial);
    let fates: Vec<Fate> = report.handbooks.iter().map(|one| one.outcome).collect();
    assert_eq!(fates, [Fate::Replaced, Fate::Unchanged, Fate::Refused]);
    assert_eq!(judged(&server, "", "2025-06-01T10:00").await, "25c mended");
    assert_eq!(judged(&server, "", "2024-06-01T10:00").await, "24 old");
    assert_eq!(server.get("/v1/handbooks").await.json()["refused"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn warnings_about_dates_come_and_go_with_the_other_edition() {
    let server = two().await;
    let warnings = async || {
        let shop = server.get("/v1/handbooks/shop").await.json();
        codes(&shop["editions"][0]["warnings"]).join(" ")
    };
    assert_eq!(warnings().await, "L0105");
    server.write("y25", &edition("25", "2024-12-31", "", "new"));
    let report = server.reload().await;
    assert_eq!(codes(&json!(report.handbooks[0].diagnostics)), ["L0104"]);
    assert_eq!(warnings().await, "L0104");
    server.write("y25", &edition("25", "2025-01-01", "", "new"));
    server.reload().await;
    assert_eq!(warnings().await, "");
}
