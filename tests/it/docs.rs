//! The documents: what they show compiles, what they name exists, what exists is named, and links lead somewhere.

use crate::markdown::{Block, anchors, blocks, links};
use crate::support::{Compiled, HEAD, at, compare, nothing_wrong, read};
use rulebook::calendar::Instant;
use rulebook::check_calendars;
use rulebook::cli::{Edge, Exit, run};
use rulebook::diagnostic::codes;
use rulebook::source::{FileId, SourceFile, Sources};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Every document that is written for readers.
fn documents() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(at).to_vec();
    found.extend(fs::read_dir(at("docs")).unwrap().map(|entry| entry.unwrap().path()));
    found.sort();
    found
}

fn spoken(path: &Path, line: usize) -> String {
    format!("{}:{line}", path.strip_prefix(at("")).unwrap_or(path).display())
}

/// What the program says to these arguments.
fn said(arguments: &[&str]) -> (Exit, String) {
    let arguments: Vec<OsString> =
        std::iter::once("rulebook").chain(arguments.iter().copied()).map(OsString::from).collect();
    let (mut out, mut err): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
    let mut edge = Edge {
        input: &mut std::io::empty(),
        input_is_terminal: false,
        out: &mut out,
        err: &mut err,
        now: || Instant(0),
    };
    let exit = run(&arguments, &mut edge);
    let text = anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string();
    (exit, text)
}

/// Compiles a block of rules after the first one of its document, which declares what the others use, and the
/// script functions of the document. The shipped calendar stands beside it.
fn compiled(first: Option<&Block>, scripts: &[&Block], block: &Block) -> Compiled {
    let mut text = HEAD.replace("\n---\n\n", "\ncalendar: cn-office\n---\n\n");
    for rules in first.into_iter().chain([block]) {
        text.push_str(&format!("```rules\n{}```\n\n", rules.text));
    }
    for script in scripts {
        text.push_str(&format!("```rhai\n{}```\n\n", script.text));
    }
    Compiled::of(&text, None)
}

/// A block marked `rules` compiles; one marked `rules E0703` has that error and no other.
#[test]
fn rules_in_the_documents_compile() {
    let mut problems: Vec<String> = Vec::new();
    for path in documents() {
        let blocks = blocks(&read(&path));
        let rules: Vec<&Block> = blocks.iter().filter(|block| block.info.starts_with("rules")).collect();
        let scripts: Vec<&Block> = blocks.iter().filter(|block| block.info == "rhai").collect();
        for (index, block) in rules.iter().enumerate() {
            let first: Option<&Block> = rules.first().copied().filter(|_| index > 0);
            let compiled = compiled(first, &scripts, block);
            let errors = compiled.diagnostics().iter().filter(|finding| finding.is_error());
            let mut found: Vec<&str> = errors.map(|finding| finding.code.id).collect();
            found.dedup();
            let wanted: Vec<&str> = block.info.split(' ').skip(1).collect();
            let fails_its_example = compiled.codes().contains(&"L0901");
            if found != wanted || fails_its_example {
                problems.push(format!(
                    "{} raises {found:?}, not {wanted:?}\n{}",
                    spoken(&path, block.line),
                    compiled.shown()
                ));
            }
        }
    }
    nothing_wrong(&problems);
}

/// The table lists every deadline and escalation of the sources once, and each that a rule carries is cited by it.
#[test]
fn every_deadline_and_escalation_of_the_sources_is_accounted_for() {
    let list = read(&at("tests/fixtures/inventory/deadlines-and-escalations.csv"));
    let wanted: BTreeSet<(String, String)> = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .map(|(id, kind)| (id.into(), kind.into()))
        .collect();
    assert_eq!(wanted.iter().filter(|(_, kind)| kind == "deadline").count(), 64);
    assert_eq!(wanted.iter().filter(|(_, kind)| kind == "escalation").count(), 14);

    let document = read(&at("docs/deadlines-and-escalations.md"));
    let blocks = blocks(&document);
    let rules: Vec<&str> =
        blocks.iter().filter(|block| block.info == "rules").flat_map(|block| block.text.split("\n\n")).collect();
    let cites = |rule: &str, id: &str| {
        rule.lines().any(|line| line.starts_with("  cites ") && line.contains(&format!("\"{id}\"")))
    };
    let mut problems: Vec<String> = Vec::new();
    let mut listed: Vec<(String, String)> = Vec::new();
    for line in document.lines().filter(|line| line.starts_with("| 00")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, kind, asks, carried] = cells[..] else {
            problems.push(format!("{line}: not four cells"));
            continue;
        };
        listed.push((id.to_owned(), kind.to_owned()));
        let citing: Vec<&&str> = rules.iter().filter(|rule| cites(rule, id)).collect();
        let name: Option<&str> = carried.strip_prefix('`').and_then(|rest| rest.split('`').next());
        match name {
            // The first name of the cell is that of the rule, and no other rule cites the entry.
            Some(name) => {
                let header = if kind == "deadline" { "deadline" } else { "escalation" };
                let is_of_it = |rule: &str| rule.lines().any(|line| line.starts_with(&format!("{header} {name} ")));
                if citing.len() != 1 || !is_of_it(citing[0]) {
                    problems.push(format!("{id}: `{name}` does not cite it, or not alone"));
                }
            }
            None if !carried.starts_with("no: ") || !citing.is_empty() => {
                problems.push(format!("{id}: `{carried}` names no rule and gives no reason"));
            }
            None => {}
        }
        if asks.is_empty() {
            problems.push(format!("{id}: nothing is said of it"));
        }
    }
    let once: BTreeSet<(String, String)> = listed.iter().cloned().collect();
    if once.len() != listed.len() {
        problems.push("an entry stands there twice".to_owned());
    }
    problems.extend(once.symmetric_difference(&wanted).map(|(id, kind)| format!("{id} {kind}: missing, or too much")));
    nothing_wrong(&problems);
}

/// A whole handbook in a document has no findings, and the tests file shown with it passes.
#[test]
fn handbooks_in_the_documents_compile() {
    let mut problems: Vec<String> = Vec::new();
    for path in documents() {
        let blocks = blocks(&read(&path));
        let handbooks: Vec<&Block> = blocks.iter().filter(|block| block.text.starts_with("---\nhandbook:")).collect();
        let tests = blocks.iter().find(|block| block.text.starts_with("tests:"));
        for handbook in handbooks {
            let compiled = Compiled::of(&handbook.text, tests.map(|tests| tests.text.as_str()));
            if !compiled.diagnostics().is_empty() {
                problems.push(format!("{}\n{}", spoken(&path, handbook.line), compiled.shown()));
            }
        }
    }
    nothing_wrong(&problems);
}

/// The calendars of a document stand together in one folder, and nothing is wrong with them.
#[test]
fn calendars_in_the_documents_are_read() {
    let mut problems: Vec<String> = Vec::new();
    let mut seen: usize = 0;
    for path in documents() {
        let mut sources = Sources::default();
        let blocks = blocks(&read(&path));
        let calendars = blocks.iter().filter(|block| block.text.starts_with("calendar:"));
        let files: Vec<FileId> =
            calendars.map(|block| sources.add(SourceFile::new(spoken(&path, block.line), &*block.text))).collect();
        seen += files.len();
        problems.extend(
            check_calendars(&sources, &files)
                .iter()
                .map(|finding| format!("{}: {}", sources.file(finding.span.file).name, finding.message)),
        );
    }
    assert!(seen > 1, "the documents show calendars");
    nothing_wrong(&problems);
}

#[test]
fn json_in_the_documents_is_json() {
    let mut problems: Vec<String> = Vec::new();
    for path in documents() {
        for block in blocks(&read(&path)).iter().filter(|block| block.info == "json") {
            if let Err(error) = serde_json::from_str::<serde_json::Value>(&block.text) {
                problems.push(format!("{}: {error}", spoken(&path, block.line)));
            }
        }
    }
    nothing_wrong(&problems);
}

#[test]
fn relative_links_lead_somewhere() {
    let mut problems: Vec<String> = Vec::new();
    for path in documents() {
        let text = read(&path);
        for (line, target) in links(&text).into_iter().filter(|(_, target)| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let wanted: PathBuf = if file.is_empty() { path.clone() } else { path.with_file_name(file) };
            if !wanted.exists() {
                problems.push(format!("{}: `{target}` does not exist", spoken(&path, line)));
            } else if !anchor.is_empty() && !anchors(&read(&wanted)).iter().any(|known| known == anchor) {
                problems.push(format!("{}: `{target}` has no such heading", spoken(&path, line)));
            }
        }
    }
    nothing_wrong(&problems);
}

/// The table of `docs/diagnostics.md` between its two comments; `UPDATE=1` writes it anew.
#[test]
fn the_index_lists_every_code() {
    const BEGIN: &str = "<!-- codes: written by `UPDATE=1 cargo test` -->\n";
    const END: &str = "<!-- end of codes -->\n";
    let path = at("docs/diagnostics.md");
    let text = read(&path);
    let (before, rest) = text.split_once(BEGIN).expect("the comment before the table");
    let (_, after) = rest.split_once(END).expect("the comment after the table");
    let mut table = String::from("\n| code | name | means |\n|---|---|---|\n");
    for code in codes::ALL {
        let page = format!("../src/diagnostic/pages/{}-{}.md", code.id, code.name);
        let summary = code.page.lines().nth(2).unwrap_or("");
        table.push_str(&format!("| [{}]({page}) | `{}` | {summary} |\n", code.id, code.name));
    }
    let found = format!("{before}{BEGIN}{table}\n{END}{after}");
    nothing_wrong(&compare(&path, &found).into_iter().collect::<Vec<_>>());
}

/// Words in quotes right after `opener` in a source file.
fn quoted_after(source: &str, opener: &str) -> Vec<String> {
    read(&at(source)).split(opener).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn the_http_document_names_every_path_problem_and_metric() {
    let text = read(&at("docs/http.md"));
    let mut wanted: Vec<String> = quoted_after("src/server/routes.rs", ".get(\"");
    wanted.extend(quoted_after("src/server/routes.rs", ".post(\""));
    wanted.extend(quoted_after("src/server/problem.rs", "kind(\""));
    wanted.extend(quoted_after("src/server/metrics.rs", "\"rulebook_").iter().map(|rest| format!("rulebook_{rest}")));
    assert!(wanted.len() > 40, "{wanted:?}");
    let problems: Vec<String> = wanted
        .into_iter()
        .filter(|name| !text.contains(&format!("`{name}`")) && !text.contains(&format!(" {name}`")))
        .collect();
    nothing_wrong(&problems);
}

#[test]
fn the_language_document_names_every_keyword_and_front_matter_key() {
    let text = read(&at("docs/language.md"));
    let grammar = read(&at("grammar/rules.pest"));
    let words = read(&at("grammar/keywords.pest"));
    let keywords = words
        .lines()
        .filter_map(|line| line.strip_prefix("kw_")?.split(' ').next())
        .filter(|name| grammar.contains(&format!("kw_{name}")));
    let mut problems: Vec<String> = Vec::new();
    for keyword in keywords {
        let spelling = if keyword == "yes_no" { "yes/no".to_owned() } else { keyword.replace('_', " ") };
        if !text.contains(&spelling) {
            problems.push(format!("the keyword `{spelling}` is not in docs/language.md"));
        }
    }
    for key in [
        "handbook",
        "title",
        "edition",
        "in_force",
        "until",
        "time_zone",
        "calendar",
        "days_end",
        "locale",
        "extends",
        "requirements",
    ] {
        if !text.contains(&format!("`{key}`")) {
            problems.push(format!("the key `{key}` is not in docs/language.md"));
        }
    }
    nothing_wrong(&problems);
}

#[test]
fn the_command_line_document_names_every_command_and_option() {
    let text = read(&at("docs/command-line.md"));
    let (exit, help) = said(&["--help"]);
    assert_eq!(exit, Exit::Clean);
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<String> = listed.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    assert!(commands.len() > 5, "{help}");
    let mut problems: Vec<String> = Vec::new();
    for command in commands.iter().filter(|command| *command != "help") {
        if !text.contains(&format!("## rulebook {command}")) {
            problems.push(format!("`{command}` has no heading"));
        }
        let (_, help) = said(&[command, "--help"]);
        for option in help.split_whitespace().filter(|word| word.starts_with("--")) {
            let option = option.trim_end_matches([',', '.', ';', ':']);
            if !text.contains(option) {
                problems.push(format!("{command}: `{option}` is not there"));
            }
        }
    }
    nothing_wrong(&problems);
}

/// The blocks that show a calendar's answers are what comes out.
#[test]
fn the_calendar_is_shown_as_it_comes_out() {
    let text = read(&at("docs/command-line.md"));
    let file = at("policies/calendars/cn-office.yaml");
    let file = file.to_str().unwrap();
    for arguments in [
        &["calendar", file, "--month", "2025-10"][..],
        &["calendar", file, "--from", "2025-09-30T17:20", "--add", "3 working days"],
    ] {
        let (exit, out) = said(arguments);
        assert_eq!(exit, Exit::Clean);
        assert!(text.contains(&format!("```text\n{out}```")), "not in docs/command-line.md:\n{out}");
    }
}

/// Every `rulebook WORD` that a document shows is a command there is.
#[test]
fn commands_in_the_documents_exist() {
    let mut problems: Vec<String> = Vec::new();
    for path in documents() {
        for block in blocks(&read(&path)).iter().filter(|block| matches!(block.info.as_str(), "console" | "sh")) {
            for line in block.text.lines() {
                let after =
                    line.trim_start_matches("$ ").strip_prefix("rulebook ").or_else(|| line.split(" -- ").nth(1));
                let Some(command) =
                    after.and_then(|rest| rest.split_whitespace().next()).filter(|word| !word.starts_with('-'))
                else {
                    continue;
                };
                if said(&[command, "--help"]).0 != Exit::Clean {
                    problems.push(format!("{}: there is no `rulebook {command}`", spoken(&path, block.line)));
                }
            }
        }
    }
    nothing_wrong(&problems);
}
