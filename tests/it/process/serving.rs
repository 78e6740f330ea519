//! Serving: edits of every kind while requests run, signals, bad directories, bad bodies.

use super::{Directory, Server, post, rulebook};
use crate::process::{err, out};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const TICKET: &[u8] = br#"{"id":"T-1","opened_at":"2025-03-03T10:00:00+08:00","category":"payment"}"#;
const DECISIONS: &str = "/v1/handbooks/shop/decisions?as_of=2025-03-03T10:00:00%2B08:00";

/// A handbook whose one limit is `hours`, which also stands in its edition and its clause's title.
fn handbook(hours: u32) -> String {
    format!(
        "---\nhandbook: shop\ntitle: 店铺\nedition: \"{hours}\"\nin_force: 2025-01-01\ntime_zone: Asia/Shanghai\n---\n\n\
         ## 1.1 {hours} 小时内答复\n\n```rules\nfact category one of payment, other\nevent first_reply\n\n\
         deadline first_response\n  from opened until first_reply\n  within {hours}h when category is payment\n  within 48h otherwise\n```\n"
    )
}

fn broken() -> String {
    handbook(9).replace("category is payment", "categori is payment")
}

/// The limit an answer was decided under, held against the edition it names: a mixed answer would differ.
fn limit(body: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(body).unwrap();
    let within = answer["deadlines"][0]["within"].as_str().unwrap().to_owned();
    assert_eq!(format!("{}h", answer["handbook"]["edition"].as_str().unwrap()), within, "one answer, one edition");
    within
}

fn decided(server: &Server) -> String {
    let answer = server.post(DECISIONS, "application/json", TICKET);
    assert_eq!(answer.status, 200, "{}", answer.body);
    limit(&answer.body)
}

#[test]
fn a_saved_edit_changes_the_next_answer() {
    let directory = Directory::new();
    let path = directory.write("shop.handbook.md", &handbook(1));
    let server = Server::start(directory.path());
    let mut events = server.events();
    assert_eq!(decided(&server), "1h");
    // In place, as a plain editor saves.
    fs::write(&path, handbook(2)).unwrap();
    events.reload("swapped");
    assert_eq!(decided(&server), "2h");
    // Written beside it and renamed over, as careful editors do.
    let beside = directory.write(".shop.swp", &handbook(3));
    fs::rename(beside, &path).unwrap();
    events.reload("swapped");
    assert_eq!(decided(&server), "3h");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_swapped_symlink_changes_the_next_answer() {
    // As Kubernetes mounts a ConfigMap: files are links into `..data`, which is a link that is swapped.
    let directory = Directory::new();
    directory.write("..2025_1/shop.handbook.md", &handbook(1));
    symlink("..2025_1", directory.path().join("..data")).unwrap();
    symlink("..data/shop.handbook.md", directory.path().join("shop.handbook.md")).unwrap();
    let server = Server::start(directory.path());
    let mut events = server.events();
    assert_eq!(decided(&server), "1h");
    directory.write("..2025_2/shop.handbook.md", &handbook(2));
    symlink("..2025_2", directory.path().join("..data_tmp")).unwrap();
    fs::rename(directory.path().join("..data_tmp"), directory.path().join("..data")).unwrap();
    events.reload("swapped");
    assert_eq!(decided(&server), "2h");
}

/// A calendar that opens at an hour of Mondays.
fn calendar(hour: u32) -> String {
    format!("calendar: office\nhours:\n  mon: [\"{hour:02}:00-18:00\"]\n")
}

#[test]
fn a_calendar_that_appears_or_changes_is_noticed() {
    let directory = Directory::new();
    directory.write("shop.handbook.md", &handbook(1).replace("in_force", "calendar: office\nin_force"));
    let server = Server::start_with(directory.path(), &["--poll-interval", "1h"]);
    let mut events = server.events();
    directory.write("calendars/office.yaml", &calendar(9));
    let first = events.reload("swapped")["handbooks"][0]["digest"].clone();
    directory.write("calendars/office.yaml", &calendar(8));
    assert_ne!(events.reload("swapped")["handbooks"][0]["digest"], first);
}

#[test]
fn a_calendar_that_cannot_be_read_is_in_the_log() {
    let directory = Directory::new();
    directory.write("shop.handbook.md", &handbook(1));
    directory.write("calendars/office.yaml/x", "");
    // A port that is taken: it loads, and does not stay.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = rulebook(&["serve", directory.path().to_str().unwrap(), "--listen", &address], "");
    assert!(err(&output).contains("office.yaml` is a directory where a calendar's file should be"), "{}", err(&output));
}

#[test]
fn calendars_behind_a_swapped_symlink_are_noticed() {
    let directory = Directory::new();
    directory.write("shop.handbook.md", &handbook(1).replace("in_force", "calendar: office\nin_force"));
    directory.write("..2025_1/calendars/office.yaml", &calendar(9));
    symlink("..2025_1", directory.path().join("..data")).unwrap();
    symlink("..data/calendars", directory.path().join("calendars")).unwrap();
    let server = Server::start_with(directory.path(), &["--poll-interval", "1h"]);
    let mut events = server.events();
    directory.write("..2025_2/calendars/office.yaml", &calendar(8));
    symlink("..2025_2", directory.path().join("..data_tmp")).unwrap();
    fs::rename(directory.path().join("..data_tmp"), directory.path().join("..data")).unwrap();
    events.reload("swapped");
    directory.write("..2025_2/calendars/office.yaml", &calendar(7));
    events.reload("swapped");
}

#[test]
fn edits_good_and_broken_lose_and_mix_nothing_under_a_steady_stream() {
    let directory = Directory::new();
    let path = directory.write("shop.handbook.md", &handbook(1));
    let server = Server::start(directory.path());
    let mut events = server.events();
    let is_over = Arc::new(AtomicBool::new(false));
    let clients: Vec<thread::JoinHandle<(usize, BTreeSet<String>)>> = (0..4)
        .map(|_| {
            let (address, is_over) = (server.address().to_owned(), is_over.clone());
            thread::spawn(move || {
                let (mut count, mut limits) = (0, BTreeSet::new());
                while !is_over.load(Ordering::Relaxed) {
                    let answer = post(&address, DECISIONS, "application/json", TICKET);
                    assert_eq!(answer.status, 200, "{}", answer.body);
                    limits.insert(limit(&answer.body));
                    count += 1;
                }
                (count, limits)
            })
        })
        .collect();
    for hours in 2..6 {
        fs::write(&path, broken()).unwrap();
        let report = events.reload("refused");
        assert_eq!(report["handbooks"][0]["diagnostics"][0]["code"], "E0301", "{report}");
        fs::write(&path, handbook(hours)).unwrap();
        events.reload("swapped");
    }
    is_over.store(true, Ordering::Relaxed);
    for client in clients {
        let (count, limits) = client.join().unwrap();
        assert!(count > 0);
        assert!(limits.iter().all(|limit| ["1h", "2h", "3h", "4h", "5h"].contains(&limit.as_str())), "{limits:?}");
    }
    assert_eq!(decided(&server), "5h");
}

#[test]
fn a_broken_edit_is_said_on_every_surface_and_a_good_one_ends_it() {
    let directory = Directory::new();
    let path = directory.write("shop.handbook.md", &handbook(1));
    let server = Server::start_with(directory.path(), &["--poll-interval", "1h"]);
    assert_eq!(server.get("/readyz").json()["status"], "ready");
    fs::write(&path, broken()).unwrap();
    let report = server.post("/v1/reload", "application/json", b"");
    assert_eq!(report.status, 200);
    // The watcher may have been first; then there is nothing new to refuse, and the report says it again.
    assert_eq!(report.json()["outcome"], "refused", "{}", report.body);
    assert_eq!(decided(&server), "1h");
    let ready = server.get("/readyz");
    assert_eq!((ready.status, ready.json()["status"].as_str()), (200, Some("degraded")));
    assert!(server.get("/metrics").body.contains("rulebook_handbook_stale{handbook=\"shop\"} 1"));
    assert!(server.get("/v1/reloads").body.contains("E0301"));
    assert!(server.get("/").body.contains("E0301"));
    fs::write(&path, handbook(2)).unwrap();
    server.post("/v1/reload", "application/json", b"");
    assert_eq!(decided(&server), "2h");
    assert_eq!(server.get("/readyz").json()["status"], "ready");
}

#[test]
fn a_signal_reloads() {
    let directory = Directory::new();
    let path = directory.write("shop.handbook.md", &handbook(1));
    let server = Server::start(directory.path());
    let mut events = server.events();
    fs::write(&path, handbook(2)).unwrap();
    server.signal("HUP");
    // The watcher may be first; whichever it was, the edit is in, and the signal is reported too.
    let mut triggers = BTreeSet::new();
    while !triggers.contains("signal") {
        let (_, report) = events.next();
        triggers.insert(report["trigger"].as_str().unwrap().to_owned());
    }
    assert_eq!(decided(&server), "2h");
}

#[test]
fn a_thousand_saves_in_a_row_end_with_the_last() {
    let directory = Directory::new();
    let path = directory.write("shop.handbook.md", &handbook(1));
    let server = Server::start(directory.path());
    let mut events = server.events();
    for save in 0..1000 {
        let text = if save % 3 == 0 { broken() } else { handbook(1 + save % 40) };
        fs::write(&path, text).unwrap();
    }
    fs::write(&path, handbook(77)).unwrap();
    while decided(&server) != "77h" {
        events.next();
    }
}

#[test]
fn what_cannot_be_served_is_refused_at_the_start() {
    let directory = Directory::new();
    let start = |arguments: &[&str]| rulebook(&[&["serve"], arguments].concat(), "");
    let path = directory.path().to_str().unwrap();
    let empty = start(&[path, "--listen", "127.0.0.1:0"]);
    assert_eq!(empty.status.code(), Some(2));
    assert!(err(&empty).contains(".handbook.md"), "{}", err(&empty));
    let missing = format!("{path}/nowhere");
    let missing = start(&[&missing, "--listen", "127.0.0.1:0"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(err(&missing).contains("nowhere"), "{}", err(&missing));
    directory.write("shop.handbook.md", &broken());
    let refused = start(&[path, "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("error[E0301]") && err(&refused).contains("shop.handbook.md:17"),
        "{}",
        err(&refused)
    );
    assert_eq!(out(&refused), "");
}

#[test]
fn asked_to_it_goes_on_with_the_good_ones() {
    let directory = Directory::new();
    directory.write("shop.handbook.md", &handbook(1));
    directory.write("other.handbook.md", &broken().replace("handbook: shop", "handbook: other"));
    let server = Server::start_with(directory.path(), &["--keep-going"]);
    assert_eq!(decided(&server), "1h");
    assert_eq!(server.get("/readyz").json()["status"], "degraded");
}

#[test]
fn a_port_in_use_is_said() {
    let directory = Directory::new();
    directory.write("shop.handbook.md", &handbook(1));
    let server = Server::start(directory.path());
    let second = rulebook(&["serve", directory.path().to_str().unwrap(), "--listen", server.address()], "");
    assert_eq!(second.status.code(), Some(2));
    assert!(err(&second).contains(server.address()), "{}", err(&second));
}

#[test]
fn a_body_of_fifty_megabytes_is_answered() {
    let directory = Directory::new();
    directory.write("shop.handbook.md", &handbook(1));
    let server = Server::start(directory.path());
    let body = vec![b' '; 50 * 1024 * 1024];
    let answer = server.post(DECISIONS, "application/json", &body);
    assert_eq!(answer.status, 413, "{}", answer.body);
    assert!(answer.head.contains("application/problem+json"), "{}", answer.head);
    assert!(answer.json()["limit_bytes"].is_u64(), "{}", answer.body);
    assert_eq!(decided(&server), "1h");
}
