//! What saving, breaking, moving and deleting files does to what is served.

use serde_json::json;

use super::*;
use crate::server::{Fate, Outcome};

pub(super) fn fates(report: &Report) -> Vec<(Option<&str>, Fate)> {
    report.handbooks.iter().map(|handbook| (handbook.id.as_deref(), handbook.outcome)).collect()
}

#[tokio::test]
async fn a_saved_edit_changes_the_next_answer() {
    let server = Server::shop().await;
    assert_eq!(server.tier().await, "high");
    server.write("shop", &handbook("shop", "2", "low"));
    let report = server.reload().await;
    assert_eq!((report.outcome, fates(&report)), (Outcome::Swapped, vec![(Some("shop"), Fate::Replaced)]));
    assert_eq!(server.tier().await, "low");
    let again = server.reload().await;
    assert_eq!((again.outcome, again.generation), (Outcome::Unchanged, report.generation));
}

#[tokio::test]
async fn a_calendar_is_a_part_of_what_rests_on_it() {
    let server = Server::empty();
    let on_calendar = handbook("shop", "1", "high").replace("in_force", "calendar: office\nin_force");
    server.write("shop", &on_calendar);
    server.write("other", &handbook("other", "1", "high"));
    let report = server.reload().await;
    assert_eq!(report.handbooks[1].diagnostics[0]["code"], "L1001");
    server.write_calendar("calendar: office\nhours: {mon: [\"09:00-18:00\"]}\n");
    let report = server.reload().await;
    assert_eq!(fates(&report), vec![(Some("other"), Fate::Unchanged), (Some("shop"), Fate::Replaced)]);
    assert_eq!(report.handbooks[1].diagnostics, Vec::<Value>::new());
    let checked = server.post("/v1/check", "text/markdown", on_calendar).await.json();
    assert_eq!(checked["summary"], json!({"errors": 0, "warnings": 0}));

    server.write_calendar("calendar: office\nhours: {mon: [\"09:00-25:00\"]}\n");
    let report = server.reload().await;
    assert_eq!(fates(&report), vec![(Some("other"), Fate::Unchanged), (Some("shop"), Fate::Refused)]);
    assert_eq!(report.handbooks[1].diagnostics[0]["code"], "E1004");
    assert_eq!(server.tier().await, "high");
    std::fs::write(server.directory.join("calendars/office.yaml"), b"\xff").unwrap();
    let report = server.reload().await;
    assert_eq!(fates(&report), vec![(Some("other"), Fate::Unchanged), (Some("shop"), Fate::Refused)]);
    assert!(report.handbooks[1].diagnostics.iter().any(|finding| finding["code"] == "E0108"));
}

#[tokio::test]
async fn a_broken_edit_changes_nothing_and_every_surface_says_so() {
    let server = Server::shop().await;
    server.write("shop", &broken("shop"));
    let answer = server.post("/v1/reload", "application/json", "").await;
    assert_eq!(answer.status, 200);
    let report = answer.json();
    assert_eq!(
        (&report["outcome"], &report["generation"], &report["trigger"]),
        (&json!("refused"), &json!(1), &json!("request"))
    );
    let refused = &report["handbooks"][0];
    assert_eq!((&refused["outcome"], &refused["edition"]), (&json!("refused"), &json!("1")));
    assert_eq!(refused["diagnostics"][0]["code"], "E0301");
    assert_eq!(server.tier().await, "high");

    let ready = server.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &ready.json()["status"]), (200, &json!("degraded")));
    assert!(ready.text.contains("E0301"), "{}", ready.text);
    assert!(server.get("/metrics").await.text.contains("rulebook_handbook_stale{handbook=\"shop\"} 1\n"));
    assert_eq!(server.get("/v1/handbooks/shop").await.json()["refused"][0]["diagnostics"][0]["code"], "E0301");
    assert_eq!(server.get("/v1/reloads").await.json()["reloads"][0]["outcome"], "refused");
    assert!(server.get("/").await.text.contains("E0301"));

    server.write("shop", &handbook("shop", "1", "high"));
    let report = server.reload().await;
    assert_eq!((report.outcome, fates(&report)), (Outcome::Swapped, vec![(Some("shop"), Fate::Restored)]));
    assert_eq!(server.get("/readyz").await.json()["status"], "ready");
}

#[tokio::test]
async fn a_broken_handbook_does_not_keep_the_others_from_reloading() {
    let server = Server::shop().await;
    server.write("other", &handbook("other", "1", "high"));
    server.reload().await;
    server.write("shop", &handbook("shop", "2", "low"));
    server.write("other", &broken("other"));
    let report = server.reload().await;
    assert_eq!(report.outcome, Outcome::Partial);
    assert_eq!(fates(&report), [(Some("other"), Fate::Refused), (Some("shop"), Fate::Replaced)]);
    assert_eq!(server.tier().await, "low");
    assert_eq!(server.get("/v1/handbooks/other").await.json()["edition"], "1");
}

#[tokio::test]
async fn a_handbook_that_is_renamed_and_broken_at_once_goes_on() {
    let server = Server::shop().await;
    fs::rename(server.path("shop"), server.path("store")).unwrap();
    server.write("store", &broken("shop"));
    let report = server.reload().await;
    assert_eq!(fates(&report), [(Some("shop"), Fate::Refused)]);
    assert_eq!(server.tier().await, "high");
}

#[tokio::test]
async fn a_handbook_whose_front_matter_is_gone_goes_on() {
    let server = Server::shop().await;
    server.write("shop", "half a senten");
    let report = server.reload().await;
    assert_eq!(fates(&report), [(Some("shop"), Fate::Refused)]);
    assert_eq!(server.tier().await, "high");
    fs::write(server.path("shop"), b"\xff\xfe").unwrap();
    let report = server.reload().await;
    assert_eq!(fates(&report), [(Some("shop"), Fate::Refused)]);
    assert_eq!(report.handbooks[0].diagnostics[0]["code"], "E0108");
    assert_eq!(server.tier().await, "high");
}

#[tokio::test]
async fn a_removed_handbook_goes_and_that_is_said() {
    let server = Server::shop().await;
    server.write("other", &handbook("other", "1", "high"));
    server.reload().await;
    fs::remove_file(server.path("other")).unwrap();
    let report = server.reload().await;
    assert_eq!(report.outcome, Outcome::Swapped);
    assert_eq!(fates(&report), [(Some("other"), Fate::Removed), (Some("shop"), Fate::Unchanged)]);
    server.get("/v1/handbooks/other").await.problem(404, "unknown-handbook");
}

#[tokio::test]
async fn an_empty_or_missing_directory_changes_nothing() {
    let server = Server::shop().await;
    fs::remove_file(server.path("shop")).unwrap();
    for _ in 0..2 {
        let report = server.reload().await;
        assert_eq!((report.outcome, report.handbooks.len()), (Outcome::Refused, 0));
        assert!(report.error.is_some());
        assert_eq!(server.tier().await, "high");
        assert_eq!(server.get("/readyz").await.json()["status"], "degraded");
        let _ = fs::remove_dir(&server.directory);
    }
    fs::create_dir_all(&server.directory).unwrap();
    server.write("shop", &handbook("shop", "1", "high"));
    assert_eq!(server.reload().await.outcome, Outcome::Unchanged);
    assert_eq!(server.get("/readyz").await.json()["status"], "ready");
}

#[tokio::test]
async fn two_files_of_one_edition_are_both_refused_and_the_last_good_goes_on() {
    let server = Server::shop().await;
    server.write("copy", &handbook("shop", "1", "low"));
    let report = server.reload().await;
    assert_eq!(report.outcome, Outcome::Refused);
    assert_eq!(fates(&report), [(Some("shop"), Fate::Refused), (Some("shop"), Fate::Refused)]);
    for handbook in &report.handbooks {
        assert_eq!(handbook.diagnostics[0]["code"], "E0110");
        assert_eq!(handbook.diagnostics[0]["start"], json!({"line": 4, "column": 10}));
    }
    assert_eq!(server.tier().await, "high");
    assert_eq!(server.get("/v1/handbooks/shop").await.json()["refused"].as_array().unwrap().len(), 2);
    fs::remove_file(server.path("shop")).unwrap();
    assert_eq!(server.reload().await.outcome, Outcome::Swapped);
    assert_eq!(server.tier().await, "low");
}

#[tokio::test]
async fn a_broken_file_that_never_was_good_is_told_beside_the_good_ones() {
    let server = Server::shop().await;
    server.write("new", &broken("new"));
    let report = server.reload().await;
    assert_eq!(fates(&report), [(Some("new"), Fate::Refused), (Some("shop"), Fate::Unchanged)]);
    let listing = server.get("/v1/handbooks").await.json();
    assert_eq!((&listing["refused"][0]["id"], &listing["handbooks"][0]["id"]), (&json!("new"), &json!("shop")));
    fs::remove_file(server.path("new")).unwrap();
    let report = server.reload().await;
    assert_eq!(fates(&report), [(Some("new"), Fate::Removed), (Some("shop"), Fate::Unchanged)]);
    assert_eq!(server.get("/readyz").await.json()["status"], "ready");
}

#[tokio::test]
async fn reports_are_kept_newest_first_and_only_so_many() {
    let server = Server::shop().await;
    for round in 0..101 {
        server.write("shop", &handbook("shop", &round.to_string(), "high"));
        // At the start nobody waits for a directory to settle.
        server.app.reload(Trigger::Start).await;
    }
    let reports = server.get("/v1/reloads").await.json()["reloads"].take();
    assert_eq!(reports.as_array().unwrap().len(), 100);
    assert_eq!(reports[0]["handbooks"][0]["edition"], "100");
}
