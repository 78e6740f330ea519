//! Decisions as a reader would check them: a small handbook, a case, and everything that comes out.

use crate::support::{Compiled, compare, fixtures, nothing_wrong, read};
use rulebook::diagnostic::any_error;
use serde_json::Value;

#[test]
fn decisions_come_out_as_expected() {
    let mut problems: Vec<String> = Vec::new();
    for folder in fixtures("decisions") {
        let compiled = Compiled::of(&read(&folder.join("input.handbook.md")), None);
        if any_error(compiled.diagnostics()) {
            problems.push(format!("{}\n{}", folder.display(), compiled.shown()));
            continue;
        }
        let edition = compiled.compilation.edition.as_ref().unwrap();
        let case: Value = serde_yaml::from_str(&read(&folder.join("case.yaml"))).unwrap();
        let as_of = edition.zone().read(case["as_of"].as_str().unwrap()).unwrap();
        let found = match edition.read_ticket(case["ticket"].to_string().as_bytes()) {
            Ok(ticket) => {
                let mut decision = serde_json::to_value(edition.decide(&ticket, as_of, false)).unwrap();
                // The digest changes with every word of the handbook, and says nothing about this case.
                decision["handbook"].as_object_mut().unwrap().remove("digest");
                serde_yaml::to_string(&decision).unwrap()
            }
            Err(refusal) => format!("{refusal:#?}"),
        };
        problems.extend(compare(&folder.join("expected.yaml"), &found));
    }
    nothing_wrong(&problems);
}
