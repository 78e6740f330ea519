//! Every finding of the front half as an author sees it: a small broken handbook, and what `check` says.

use crate::support::{Compiled, compare, fixtures, nothing_wrong, read};
use rulebook::diagnostic::codes;
use std::fs;
use std::path::Path;

/// The handbook of a folder with its tests, or all handbooks of a folder that has several.
fn compiled(folder: &Path) -> Compiled {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".handbook.md"));
    names.sort();
    if names.len() == 1 {
        return Compiled::of_folder(folder);
    }
    let files: Vec<(String, String)> = names.into_iter().map(|name| (name.clone(), read(&folder.join(name)))).collect();
    Compiled::directory(&files)
}

#[test]
fn findings_read_as_expected() {
    let mut problems: Vec<String> = Vec::new();
    for folder in fixtures("diagnostics") {
        let compiled = compiled(&folder);
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
        let compiled = compiled(&folder);
        if compiled.codes().is_empty() || compiled.codes().iter().any(|found| *found != code.id) {
            problems.push(format!("{name} raises {:?}", compiled.codes()));
        }
    }
    nothing_wrong(&problems);
}
