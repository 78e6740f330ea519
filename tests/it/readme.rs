//! The quick start of the README: its commands stand there, its ticket comes out as shown, before and after each edit.

use crate::markdown::{Block, blocks};
use crate::support::{at, calendars, compare, nothing_wrong, read};
use rulebook::diagnostic::render::{Format, render};
use rulebook::source::{FileId, SourceFile, Sources};
use rulebook::{Compilation, compile};
use serde_json::Value;

const HANDBOOK: &str = "policies/ecommerce-2025.handbook.md";

fn readme() -> Vec<Block> {
    blocks(&read(&at("README.md")))
}

/// The shipped handbook, with edits made, compiled under its own name.
fn edited(edits: &[&Block]) -> (Sources, Compilation) {
    let mut text = read(&at(HANDBOOK));
    for edit in edits {
        let line = |sign: char| edit.text.lines().find_map(|line| line.strip_prefix(sign)).unwrap_or_default();
        let (old, new) = (line('-'), line('+'));
        assert!(!old.is_empty() && !new.is_empty(), "a line to take out and one to put in");
        assert_eq!(text.matches(old).count(), 1, "the line `{old}` stands in {HANDBOOK} once");
        text = text.replace(old, new);
    }
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(HANDBOOK, text));
    let calendars: Vec<FileId> = calendars(&at("policies/calendars"))
        .into_iter()
        .map(|(name, text)| sources.add(SourceFile::new(format!("policies/calendars/{name}"), text)))
        .collect();
    let compilation = compile(&sources, file, None, &calendars);
    (sources, compilation)
}

/// The instant and the ticket of a `curl` command.
fn request(command: &str) -> (String, String) {
    let part = |opener: &str| command.split(opener).nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
    (part("as_of=").replace("%2B", "+"), part("-d '").to_owned())
}

/// Where an answer is not what was shown. A shown object may leave out fields; `…` at the end of a text, its rest.
fn differences(path: &str, shown: &Value, found: &Value) -> Vec<String> {
    match (shown, found) {
        (Value::Object(shown), Value::Object(found)) => {
            let fields = shown.iter().flat_map(|(key, value)| {
                differences(&format!("{path}/{key}"), value, found.get(key).unwrap_or(&Value::Null))
            });
            fields.collect()
        }
        (Value::Array(shown), Value::Array(found)) if shown.len() == found.len() => {
            let items = shown.iter().zip(found).enumerate();
            items.flat_map(|(index, (shown, found))| differences(&format!("{path}/{index}"), shown, found)).collect()
        }
        (Value::String(shown), Value::String(found))
            if shown.strip_suffix('…').is_some_and(|start| found.starts_with(start)) =>
        {
            Vec::new()
        }
        _ if shown == found => Vec::new(),
        _ => vec![format!("{path}: the README shows {shown}, and {found} comes out")],
    }
}

#[test]
fn the_two_commands_stand_there() {
    let commands: Vec<Block> =
        readme().into_iter().filter(|block| matches!(block.info.as_str(), "console" | "sh")).collect();
    for command in ["cargo run --release -- serve policies", "cargo test"] {
        let stands =
            commands.iter().flat_map(|block| block.text.lines()).any(|line| line.trim_start_matches("$ ") == command);
        assert!(stands, "`{command}` is not in the README");
    }
}

/// Each `json` block is the answer to the `curl` before it, by the handbook with every `diff` before it made.
#[test]
fn answers_come_out_as_shown() {
    let mut problems: Vec<String> = Vec::new();
    let (mut edits, mut asked, mut answers): (Vec<&Block>, Option<(String, String)>, usize) = (Vec::new(), None, 0);
    let all = readme();
    for block in &all {
        match block.info.as_str() {
            "console" | "sh" if block.text.contains("curl ") && block.text.contains("-d '") => {
                asked = Some(request(&block.text))
            }
            "diff" => edits.push(block),
            "json" => {
                let (as_of, ticket) = asked.clone().expect("a request before its answer");
                let shown: Value =
                    serde_json::from_str(&block.text).unwrap_or_else(|error| panic!("line {}: {error}", block.line));
                let (_, compilation) = edited(&edits);
                let edition = compilation.edition.expect("an edit before an answer compiles");
                let ticket = edition.read_ticket(ticket.as_bytes()).unwrap();
                let decision = edition.decide(&ticket, edition.zone().read(&as_of).unwrap(), false);
                problems.extend(differences("", &shown, &serde_json::to_value(&decision).unwrap()));
                answers += 1;
            }
            _ => {}
        }
    }
    assert!(answers >= 2, "the README shows an answer before and after an edit");
    nothing_wrong(&problems);
}

/// The last `diff` breaks the handbook, and the `text` block after it is what `check` says. `UPDATE=1` writes it anew.
#[test]
fn the_broken_edit_is_refused_as_shown() {
    let all = readme();
    let edits: Vec<&Block> = all.iter().filter(|block| block.info == "diff").collect();
    let (sources, compilation) = edited(&edits);
    assert!(compilation.edition.is_none(), "the last edit breaks the handbook");
    let errors: Vec<_> = compilation.diagnostics.iter().filter(|finding| finding.is_error()).cloned().collect();
    let mut found: Vec<u8> = Vec::new();
    render(&mut found, &sources, &errors, Format::Human, false).unwrap();
    let found = String::from_utf8(found).unwrap();
    let shown = all
        .iter()
        .find(|block| block.info == "text" && block.text.starts_with("error["))
        .expect("a block with what `check` says");
    let wanted = read(&at("README.md")).replace(&shown.text, &found);
    nothing_wrong(&compare(&at("README.md"), &wanted).into_iter().collect::<Vec<_>>());
}

#[test]
fn the_excerpt_stands_in_the_handbook() {
    let excerpt = readme().into_iter().find(|block| block.info == "markdown").expect("an excerpt of a handbook");
    assert!(read(&at(HANDBOOK)).contains(&excerpt.text), "the README shows\n{}", excerpt.text);
}
