//! Findings as SARIF 2.1.0, which code-scanning services read.
//!
//! Only the part of the standard that we fill in, as plain structs. Columns count code points, and the document
//! says so; the rules listed are those that were found, each with its page.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Place, severity_word};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Sources, Span};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Text<&'static str>,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text<String>,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<&'a str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation<'a>>,
}

/// The clause of the handbook, `4.2` and its title.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    name: &'a str,
    fully_qualified_name: &'a str,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Text<T> {
    text: T,
}

pub(super) fn render(out: &mut dyn Write, sources: &Sources, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let codes: BTreeMap<&str, &'static Code> =
        diagnostics.iter().map(|diagnostic| (diagnostic.code.id, diagnostic.code)).collect();
    let index: BTreeMap<&str, usize> = codes.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let driver = Driver {
        name: "rulebook",
        version: env!("CARGO_PKG_VERSION"),
        rules: codes.values().map(|code| rule(code)).collect(),
    };
    let results = diagnostics.iter().map(|diagnostic| Finding {
        rule_id: diagnostic.code.id,
        rule_index: index.get(diagnostic.code.id).copied().unwrap_or_default(),
        level: severity_word(diagnostic.code.severity),
        message: Text { text: full_message(diagnostic) },
        locations: [location(sources, diagnostic)],
        related_locations: related(sources, diagnostic),
    });
    let results: Vec<Finding> = results.collect();
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn rule(code: &'static Code) -> Rule {
    Rule {
        id: code.id,
        name: code.name,
        short_description: Text { text: code.name },
        help: Help { text: code.page, markdown: code.page },
        default_configuration: Configuration { level: severity_word(code.severity) },
    }
}

/// The message and, since readers of SARIF show nothing else, what to do about it.
fn full_message(diagnostic: &Diagnostic) -> String {
    let mut text: String = diagnostic.message.clone();
    if !diagnostic.note.is_empty() {
        text.push_str(": ");
        text.push_str(&diagnostic.note);
    }
    for help in &diagnostic.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    text
}

fn location<'a>(sources: &Sources, diagnostic: &'a Diagnostic) -> Location<'a> {
    let clause = diagnostic.clause.iter().map(|clause| LogicalLocation {
        name: &clause.title,
        fully_qualified_name: &clause.number,
        kind: "clause",
    });
    Location {
        id: None,
        physical_location: physical(sources, diagnostic.span),
        message: None,
        logical_locations: clause.collect(),
    }
}

fn related<'a>(sources: &Sources, diagnostic: &'a Diagnostic) -> Vec<Location<'a>> {
    let numbered = diagnostic.labels.iter().enumerate().map(|(at, label)| Location {
        id: Some(at + 1),
        physical_location: physical(sources, label.span),
        message: Some(Text { text: &label.text }),
        logical_locations: Vec::new(),
    });
    numbered.collect()
}

fn physical(sources: &Sources, span: Span) -> PhysicalLocation {
    let place = Place::of(sources, span);
    PhysicalLocation {
        artifact_location: Artifact { uri: uri(&place.file.name) },
        region: Region {
            start_line: place.start.line,
            start_column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
        },
    }
}

/// A path as a URI reference: relative as it was given, or `file:///…`.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
