//! Decisions as a reader would check them: a small handbook, a case, and everything that comes out.

use crate::support::{Compiled, compare, fixtures, nothing_wrong, read};
use rulebook::diagnostic::any_error;
use serde_json::{Value, json};

#[test]
fn decisions_come_out_as_expected() {
    let mut problems: Vec<String> = Vec::new();
    for folder in fixtures("decisions") {
        let compiled = Compiled::of_folder(&folder);
        if any_error(compiled.diagnostics()) {
            problems.push(format!("{}\n{}", folder.display(), compiled.shown()));
            continue;
        }
        let edition = compiled.compilation.edition.as_ref().unwrap();
        let case: Value = serde_yaml::from_str(&read(&folder.join("case.yaml"))).unwrap();
        let as_of = edition.zone().read(case["as_of"].as_str().unwrap()).unwrap();
        let found = match edition.read_ticket(case["ticket"].to_string().as_bytes()) {
            Ok(ticket) => {
                // With `explain`, the case also shows how each clock adds up.
                let explain: bool = case["explain"].as_bool().unwrap_or(false);
                let mut decision = serde_json::to_value(edition.decide(&ticket, as_of, explain)).unwrap();
                decision.as_object_mut().unwrap().remove("trace");
                // The digest changes with every word of the handbook, and says nothing about this case.
                decision["handbook"].as_object_mut().unwrap().remove("digest");
                serde_yaml::to_string(&decision).unwrap()
            }
            Err(refusal) => {
                let refused = refusal.violations.iter().map(|violation| {
                    json!({
                        "pointer": violation.pointer,
                        "code": violation.code.id,
                        "message": violation.message,
                        "help": violation.help,
                    })
                });
                serde_yaml::to_string(&json!({ "refused": refused.collect::<Vec<_>>() })).unwrap()
            }
        };
        problems.extend(compare(&folder.join("expected.yaml"), &found));
    }
    nothing_wrong(&problems);
}

#[test]
fn an_edition_judges_from_its_first_day_to_its_last_in_its_own_zone() {
    let text = "---\nhandbook: h\ntitle: 规范\nedition: \"1\"\nin_force: 2025-01-01\nuntil: 2025-12-31\ntime_zone: Asia/Shanghai\n---\n";
    let compiled = Compiled::of(text, None);
    let edition = compiled.compilation.edition.as_ref().unwrap();
    for (opened, is_judged) in [
        ("2024-12-31T23:59:59+08:00", false),
        ("2024-12-31T16:00:00Z", true),
        ("2025-12-31T23:59:59+08:00", true),
        ("2025-12-31T16:00:00Z", false),
    ] {
        assert_eq!(edition.in_force_at(edition.zone().read(opened).unwrap()), is_judged, "{opened}");
    }
}
