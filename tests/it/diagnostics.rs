//! Every finding of the front half as an author sees it: a small broken handbook, and what `check` says.

use crate::support::{Compiled, compare, fixtures, nothing_wrong};
use rulebook::diagnostic::codes;

#[test]
fn findings_read_as_expected() {
    let mut problems: Vec<String> = Vec::new();
    for folder in fixtures("diagnostics") {
        let compiled = Compiled::of_folder(&folder);
        problems.extend(compare(&folder.join("expected.txt"), &compiled.shown()));
    }
    nothing_wrong(&problems);
}

#[test]
fn a_fixture_named_after_a_code_raises_it_and_nothing_else() {
    let mut problems: Vec<String> = Vec::new();
    for folder in fixtures("diagnostics") {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let Some(code) = codes::ALL.iter().find(|code| name.starts_with(code.id)) else { continue };
        if name != format!("{}-{}", code.id, code.name) {
            problems.push(format!("{name} is not called after {} {}", code.id, code.name));
        }
        let compiled = Compiled::of_folder(&folder);
        if compiled.codes().is_empty() || compiled.codes().iter().any(|found| *found != code.id) {
            problems.push(format!("{name} raises {:?}", compiled.codes()));
        }
    }
    nothing_wrong(&problems);
}
