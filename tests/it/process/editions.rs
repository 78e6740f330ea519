//! Editions of one handbook in one directory, served by the real program while their files change.

use super::{Directory, Server, err, out, rulebook};
use serde_json::Value;
use std::fs;

const DECISIONS: &str = "/v1/handbooks/shop/decisions";

/// An edition that answers within `hours` and knows one fact, called after it.
fn edition(name: &str, dates: &str, hours: u32) -> String {
    format!(
        "---\nhandbook: shop\ntitle: 店铺\nedition: {name}\n{dates}\ntime_zone: Asia/Shanghai\n---\n\n\
         ## 1.1 答复\n\n```rules\nfact from_{name} text\nevent first_reply\n\n\
         deadline first_response\n  from opened until first_reply\n  within {hours}h when from_{name} is present\n  \
         within 48h otherwise\n```\n"
    )
}

fn old() -> String {
    edition("y24", "in_force: 2024-01-01\nuntil: 2024-12-30", 24)
}

fn new() -> String {
    edition("y25", "in_force: 2025-01-01", 8)
}

fn ticket(opened: &str) -> String {
    format!(r#"{{"id":"T-1","from_y24":"a","from_y25":"b","opened_at":"{opened}"}}"#)
}

/// `edition limit ignored` of a decision, or the code of a problem.
fn spoken(answer: &Value) -> String {
    match answer["code"].as_str().or(answer["error"]["code"].as_str()) {
        Some(code) => code.to_owned(),
        None => {
            let part = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap_or("?").to_owned();
            [part("/handbook/edition"), part("/deadlines/0/within"), part("/ignored_fields/0")].join(" ")
        }
    }
}

fn judged(server: &Server, query: &str, opened: &str) -> String {
    let answer = server.post(&format!("{DECISIONS}{query}"), "application/json", ticket(opened).as_bytes());
    if answer.status == 200 {
        let edition = answer.json()["handbook"]["edition"].as_str().unwrap().to_owned();
        assert!(answer.head.contains(&format!("rulebook-edition: {edition}\r\n")), "{}", answer.head);
    }
    spoken(&answer.json())
}

const LAST_DAY: &str = "2024-12-30T23:59:59+08:00";
const IN_THE_HOLE: &str = "2024-12-31T12:00:00+08:00";
const FIRST_DAY: &str = "2025-01-01T00:00:00+08:00";

#[test]
fn editions_serve_side_by_side_while_one_breaks_is_mended_and_goes() {
    let directory = Directory::new();
    let old_file = directory.write("shop-2024.handbook.md", &old());
    directory.write("shop-2025.handbook.md", &new());
    let server = Server::start(directory.path());
    let mut events = server.events();
    assert_eq!(judged(&server, "", LAST_DAY), "y24 24h from_y25");
    assert_eq!(judged(&server, "", IN_THE_HOLE), "R0201");
    assert_eq!(judged(&server, "", FIRST_DAY), "y25 8h from_y24");
    assert_eq!(judged(&server, "?edition=y24", FIRST_DAY), "y24 24h from_y25");
    assert_eq!(server.get("/v1/handbooks/shop").json()["editions"][0]["warnings"][0]["code"], "L0105");
    let lines = [FIRST_DAY, IN_THE_HOLE, LAST_DAY].map(ticket).join("\n");
    let stream = server.post(DECISIONS, "application/x-ndjson", lines.as_bytes());
    // The body comes in chunks, whose lengths stand between the lines.
    let answers: Vec<Value> = stream.body.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let answers: Vec<String> = answers.iter().filter(|answer| answer.is_object()).map(spoken).collect();
    assert_eq!(answers, ["y25 8h from_y24", "R0201", "y24 24h from_y25"]);

    // Broken, its last good text goes on, and the other serves as before.
    fs::write(&old_file, old().replace("from_y24 is", "from_y42 is")).unwrap();
    let report = events.reload("refused");
    assert_eq!(report["handbooks"][0]["outcome"], "refused", "{report}");
    assert_eq!(judged(&server, "", LAST_DAY), "y24 24h from_y25");
    assert_eq!(judged(&server, "", FIRST_DAY), "y25 8h from_y24");
    assert_eq!(server.get("/readyz").json()["status"], "degraded");

    // While it is broken, the other one reloads all the same.
    directory.write("shop-2025.handbook.md", &new().replace("8h", "6h"));
    events.reload("partial");
    assert_eq!(judged(&server, "", FIRST_DAY), "y25 6h from_y24");

    // Mended, it closes the hole.
    fs::write(&old_file, old().replace("2024-12-30", "2024-12-31")).unwrap();
    events.reload("swapped");
    assert_eq!(judged(&server, "", IN_THE_HOLE), "y24 24h from_y25");
    assert_eq!(server.get("/v1/handbooks/shop").json()["editions"][0]["warnings"], serde_json::json!([]));
    assert_eq!(server.get("/readyz").json()["status"], "ready");

    // A copy that nobody has edited yet changes nothing.
    let copy = directory.path().join("shop-2026.handbook.md");
    fs::rename(directory.write(".copy", &new()), &copy).unwrap();
    let report = events.reload("refused");
    assert_eq!(report["handbooks"][1]["diagnostics"][0]["code"], "E0110", "{report}");
    assert_eq!(judged(&server, "", FIRST_DAY), "y25 6h from_y24");
    fs::remove_file(copy).unwrap();
    events.reload("swapped");

    fs::remove_file(old_file).unwrap();
    events.reload("swapped");
    assert_eq!(judged(&server, "", LAST_DAY), "R0201");
    assert_eq!(judged(&server, "", FIRST_DAY), "y25 6h from_y24");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_directory_of_editions_decides_from_the_command_line() {
    let directory = Directory::new();
    directory.write("shop-2024.handbook.md", &old());
    directory.write("shop-2025.handbook.md", &new());
    let path = directory.path().to_str().unwrap();
    let lines = [LAST_DAY, IN_THE_HOLE, FIRST_DAY].map(ticket).join("\n");
    let decide = rulebook(&["decide", path, "--format", "ndjson"], &lines);
    assert_eq!(decide.status.code(), Some(1));
    let answers: Vec<Value> = out(&decide).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answers: Vec<String> = answers.iter().map(spoken).collect();
    assert_eq!(answers, ["y24 24h from_y25", "R0201", "y25 8h from_y24"]);
    assert!(err(&decide).contains("none judges on 2024-12-31"), "{}", err(&decide));
    let check = rulebook(&["check", path, "--deny", "warnings"], "");
    assert_eq!(check.status.code(), Some(1));
    assert!(out(&check).contains("warning[L0105]"), "{}", out(&check));
    assert_eq!(rulebook(&["graph", path], "").status.code(), Some(2));
    assert_eq!(rulebook(&["graph", path, "--edition", "y24"], "").status.code(), Some(0));
}
