//! Which module may name which, which outside crate has which address, and what stays out of the core.
//!
//! The tables are exact: a new edge is a design decision, made here and said in the commit.

use crate::support::at;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each folder of `src` names of the others.
const EDGES: &[(&str, &[&str])] = &[
    ("calendar", &[]),
    ("source", &[]),
    ("diagnostic", &["source"]),
    ("syntax", &["calendar", "diagnostic", "source"]),
    ("handbook", &["calendar", "diagnostic", "source", "syntax"]),
    ("graph", &["diagnostic", "handbook", "source"]),
    ("engine", &["calendar", "diagnostic", "graph", "handbook", "source", "syntax"]),
    ("wire", &["calendar", "engine", "graph", "handbook", "source"]),
    ("editions", &["calendar", "diagnostic", "source"]),
    ("cli", &["calendar", "diagnostic", "editions", "server", "source"]),
    ("server", &["calendar", "diagnostic", "editions", "source"]),
];

/// The one folder or file that names an outside crate.
const ADDRESSES: &[(&str, &str)] = &[
    ("pest", "src/syntax"),
    ("pest_derive", "src/syntax"),
    ("rhai", "src/engine/script.rs"),
    ("axum", "src/server"),
    ("tokio", "src/server"),
    ("notify", "src/server/watch.rs"),
    ("clap", "src/cli"),
    ("serde_yaml", "src/source/yaml"),
    ("annotate_snippets", "src/diagnostic/render"),
    ("strsim", "src/diagnostic/nearest.rs"),
    ("regex_syntax", "src/engine/text.rs"),
    ("chrono_tz", "src/calendar"),
];

/// What only the edge may do, and the files below it that may do one of them.
const EDGE_ONLY: &[(&str, &[&str])] = &[
    ("std::fs", &["src/source/load.rs", "src/source/load/calendars.rs"]),
    ("std::env", &[]),
    ("SystemTime", &[]),
    ("std::time", &["src/engine/script.rs"]),
    ("println!", &[]),
    ("tracing::", &[]),
    ("RandomState", &[]),
];

#[test]
fn modules_name_only_what_the_table_allows() {
    let known: Vec<&str> = EDGES.iter().map(|(module, _)| *module).collect();
    for (module, allowed) in EDGES {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        for (_, text) in sources(&at("src").join(module)) {
            found.extend(known.iter().filter(|other| *other != module && text.contains(&format!("crate::{other}"))));
        }
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert_eq!(found, allowed, "what src/{module} names of the other folders");
    }
}

#[test]
fn outside_crates_have_one_address() {
    for (krate, address) in ADDRESSES {
        let mut is_used: bool = false;
        for (path, text) in sources(&at("src")) {
            let names = |start: &str| {
                text.lines()
                    .any(|line| line.contains(&format!("{start}{krate}::")) && !line.trim_start().starts_with("//"))
            };
            let is_named = names("use ") || names(" ") || names("(") || names("&") || names("<") || names("[");
            let is_at_home = path.starts_with(address);
            is_used |= is_named && is_at_home;
            // Each of these has its reason: the runtime is the server's, the database version is shown by `--version`, and a pattern is checked where it is written.
            let is_excused = (*krate == "tokio" && path == "src/cli/serve.rs")
                || (*krate == "chrono_tz" && path == "src/cli/arguments.rs")
                || (*krate == "regex_syntax" && path == "src/handbook/lower/fact_tests.rs");
            assert!(!is_named || is_at_home || is_excused, "{path} names `{krate}`, whose address is {address}");
        }
        assert!(is_used, "`{krate}` is not used at its address {address}");
    }
}

#[test]
fn the_core_reads_no_clock_file_or_environment() {
    let core = ["calendar", "diagnostic", "editions", "engine", "graph", "handbook", "source", "syntax", "wire"];
    for module in core {
        for (path, text) in sources(&at("src").join(module)) {
            for (what, excused) in EDGE_ONLY {
                let is_named = text.lines().any(|line| line.contains(what) && !line.trim_start().starts_with("//"));
                assert!(!is_named || excused.contains(&path.as_str()), "{path} names `{what}`");
            }
        }
    }
}

#[test]
fn no_path_of_a_machine_is_in_the_sources() {
    for (path, text) in sources(&at("src")) {
        for home in ["/home/", "/Users/"] {
            assert!(!text.contains(home), "{path} has `{home}`");
        }
    }
}

/// Every Rust file under a folder but its tests: the path from the top, and the text up to its own tests.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let is_tests = path.file_stem().is_some_and(|name| name == "tests");
            match path.is_dir() {
                _ if is_tests => {}
                true => folders.push(path),
                false => {
                    let text = fs::read_to_string(&path).unwrap();
                    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("").to_owned();
                    found.push((path.strip_prefix(at("")).unwrap().display().to_string(), text));
                }
            }
        }
    }
    found.sort();
    found
}
