use anstream::adapter::strip_str;
use serde_json::json;

use super::*;

#[test]
fn a_page_shows_every_part_in_columns() {
    let decision: Value = json!({
        "ticket": "T-1", "as_of": "2025-03-03T10:45:00+08:00",
        "handbook": {"id": "shop", "edition": "1", "digest": "sha256:0"},
        "tiers": {"urgency": {"tier": "emergency", "label": "紧急", "clause": "3.1",
                                "on_trial": {"clause": "3.2", "outcome": "key"}},
                  "stage": {"tier": "open", "label": "open", "clause": "1.2", "trial": true}},
        "routes": {"desk": {"to": "payments_desk", "label": "支付组", "clause": "5.2"}},
        "deadlines": [
            {"id": "first", "label": "首次响应", "clause": "3.1", "state": "at_risk", "within": "1h", "remaining_s": 900,
             "due_at": "2025-03-03T11:00:00+08:00", "warn_at": "2025-03-03T10:45:30+08:00"},
            {"id": "solution", "label": null, "clause": "3.2", "state": "breached", "within": "10m", "late_by_s": 2100,
             "due_at": "2025-03-03T02:10:00+00:00", "warn_at": null}],
        "escalations": [{"id": "ladder", "clause": "5.2", "step": 2, "role": "supervisor", "label": "客服经理",
                         "since": "2025-03-03T10:45:00+08:00", "reached": [], "next": null}],
        "records": [{"id": "intake", "clause": "2.1", "missing": ["body", "contact"]}],
        "missing_facts": ["level"], "ignored_fields": [], "next_change_at": "2025-03-03T11:00:00+08:00",
    });
    let mut out: Vec<u8> = Vec::new();
    write(&mut out, &decision).unwrap();
    let expected = "\
T-1  as of 2025-03-03T10:45:00+08:00
by shop 1, sha256:0

classification  tier              clause  on trial
urgency         紧急 (emergency)  3.1     key by 3.2
stage           open              1.2     yes

deadline          state     due                        remaining    warning              within  clause
首次响应 (first)  at risk   2025-03-03 11:00           15m          2025-03-03 10:45:30  1h      3.1
solution          breached  2025-03-03T02:10:00+00:00  late by 35m                       10m     3.2

route  to                      clause
desk   支付组 (payments_desk)  5.2

ladder  step  role                   since             clause
ladder  2     客服经理 (supervisor)  2025-03-03 10:45  5.2

record  missing        clause
intake  body, contact  2.1

missing facts   level
next change     2025-03-03 11:00
";
    assert_eq!(strip_str(&String::from_utf8(out).unwrap()).to_string(), expected);
}

#[test]
fn every_clock_of_a_deadline_has_a_row_and_several_warnings_tell_the_next() {
    let warnings = |first: bool, second: bool| json!([{"at": "2025-03-03T10:30:00+08:00", "passed": first}, {"at": "2025-03-03T10:50:00+08:00", "passed": second}]);
    let clock = |message: Value, state: &str, warnings: Value| {
        json!({"message": message, "state": state, "within": "1h", "remaining_s": 900, "warnings": warnings,
               "started_at": "2025-03-03T10:00:00+08:00", "due_at": "2025-03-03T11:00:00+08:00"})
    };
    let mut reply = clock(json!(2), "at_risk", warnings(true, false));
    reply["clocks"] = json!([reply.clone(), clock(json!(0), "met", warnings(true, true))]);
    (reply["id"], reply["clause"]) = (json!("reply"), json!("3.1"));
    let mut again = clock(Value::Null, "running", warnings(false, false));
    again["clocks"] = json!([again.clone(), clock(Value::Null, "met", Value::Null)]);
    (again["id"], again["clause"]) = (json!("again"), json!("3.2"));
    let decision: Value = json!({
        "ticket": "T-1", "as_of": "2025-03-03T10:45:00+08:00", "handbook": {}, "deadlines": [reply, again],
        "escalations": [{"id": "ladder", "clause": "5.2", "step": 1, "reached": [{"why": "at once"}],
                         "repeats": {"times": 1}}],
    });
    let mut out: Vec<u8> = Vec::new();
    write(&mut out, &decision).unwrap();
    let page = strip_str(&String::from_utf8(out).unwrap()).to_string();
    let expected = "\
deadline                     state    due               remaining  warning                           within  clause
reply, message 2             at risk  2025-03-03 11:00  15m        2025-03-03 10:50 (1 of 2 passed)  1h      3.1
  message 0                  met      2025-03-03 11:00             2025-03-03 10:50 (2 of 2 passed)  1h
again                        running  2025-03-03 11:00  15m        2025-03-03 10:30                  1h      3.2
  cycle of 2025-03-03 10:00  met      2025-03-03 11:00                                               1h
";
    assert!(page.contains(expected), "{page}");
    assert!(page.contains("at once, told again once"), "{page}");
}
