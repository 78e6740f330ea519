//! The commands: what goes to which stream, and the exit status.

use super::{Directory, err, out, rulebook};
use crate::support::at;
use serde_json::Value;

const TICKET: &str = r#"{"id":"T-1","opened_at":"2025-03-03T10:00:00+08:00","category":"支付","issue":"支付失败","customer":{"name":"李雷","contact":"13800000000","level":"普通"},"body":"付款失败"}"#;

fn policies() -> String {
    at("policies").to_str().unwrap().to_owned()
}

#[test]
fn the_shipped_handbook_is_clean_and_passes_its_tests() {
    let policies = policies();
    let check = rulebook(&["check", &policies, "--deny", "warnings"], "");
    assert_eq!((check.status.code(), out(&check).as_str()), (Some(0), ""), "{}", err(&check));
    let test = rulebook(&["test", &policies], "");
    assert_eq!(test.status.code(), Some(0), "{}{}", out(&test), err(&test));
}

#[test]
fn a_ticket_from_standard_input_is_decided() {
    let decide = rulebook(&["decide", &policies(), "--as-of", "2025-03-03T10:05", "--format", "json"], TICKET);
    assert_eq!(decide.status.code(), Some(0), "{}", err(&decide));
    let answer: Value = serde_json::from_str(&out(&decide)).unwrap();
    assert_eq!(answer["tiers"]["urgency"]["tier"], "emergency");
    let due = |id: &str| {
        let found = answer["deadlines"].as_array().unwrap().iter().find(|deadline| deadline["id"] == id);
        found.unwrap_or_else(|| panic!("no deadline {id}"))["due_at"].clone()
    };
    assert_eq!(due("first_response"), "2025-03-03T11:00:00+08:00");
    assert_eq!(due("solution"), "2025-03-03T12:00:00+08:00");
    assert_eq!(answer["routes"]["desk"]["to"], "payments_desk");
    assert_eq!(answer["escalations"][0]["step"], 1);
    assert!(answer["handbook"]["digest"].as_str().unwrap().starts_with("sha256:"));
}

#[test]
fn one_bad_ticket_of_two_is_named_and_the_other_decided() {
    let lines = format!("{TICKET}\n{}\n", TICKET.replace("支付失败", "支付失拜"));
    let decide = rulebook(&["decide", &policies(), "--format", "ndjson"], &lines);
    assert_eq!(decide.status.code(), Some(1));
    let out = out(&decide);
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0]["ticket"], "T-1");
    assert!(answers[1]["error"].is_object(), "{}", answers[1]);
    assert!(err(&decide).contains("/issue") && err(&decide).contains("支付失败"), "{}", err(&decide));
}

#[test]
fn findings_are_one_and_wrong_usage_is_two() {
    let directory = Directory::new();
    let broken = directory.write("broken.handbook.md", "no front matter\n");
    let status = |arguments: &[&str]| rulebook(arguments, "").status.code();
    let policies = policies();
    let broken = broken.to_str().unwrap();
    assert_eq!(status(&["check", broken]), Some(1));
    assert_eq!(status(&["decide", broken]), Some(1));
    assert_eq!(status(&["graph", &policies, "--format", "json"]), Some(0));
    assert_eq!(status(&["explain", "E0301"]), Some(0));
    assert_eq!(status(&["--version"]), Some(0));
    for wrong in [
        &["check", "nowhere.handbook.md"][..],
        &["decide", &policies, "nowhere.json"],
        &["decide", &policies, "--as-of", "yesterday"],
        &["decide", &policies],
        &["explain", "E9999"],
        &["chekc", &policies],
        &["graph", &policies, "--format", "png"],
        &["serve"],
        &[],
    ] {
        let output = rulebook(wrong, "");
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", err(&output));
        assert!(!err(&output).is_empty() && out(&output).is_empty(), "{wrong:?}");
    }
}

#[test]
fn check_gives_the_same_findings_in_every_format() {
    let directory = Directory::new();
    let input = std::fs::read_to_string(at("tests/fixtures/diagnostics/ten-mistakes/input.handbook.md")).unwrap();
    let path = directory.write("ten.handbook.md", &input);
    let check = |format: &str| {
        let output = rulebook(&["check", path.to_str().unwrap(), "--format", format], "");
        assert_eq!(output.status.code(), Some(1), "{format}");
        out(&output)
    };
    let json: Value = serde_json::from_str(&check("json")).unwrap();
    let codes: Vec<String> = json["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10, "{codes:?}");
    let sarif: Value = serde_json::from_str(&check("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.iter().map(|found| found["ruleId"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), codes);
    let github = check("github");
    let human = check("human");
    for (line, code) in github.lines().zip(&codes) {
        assert!(line.starts_with("::error file=") && line.contains(code), "{line}");
    }
    let shown: Vec<&str> =
        human.lines().filter_map(|line| line.strip_prefix("error[")).filter_map(|line| line.get(..5)).collect();
    assert_eq!(shown, codes);
}
