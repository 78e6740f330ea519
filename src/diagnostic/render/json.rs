//! Findings as one JSON document, for programs.
//!
//! Spans are byte offsets into the text; lines and columns count from 1, columns in characters. Fields may be
//! added here, never renamed.

use std::io::{self, Write};

use serde::Serialize;

use super::{Place, count, severity_word};
use crate::diagnostic::Diagnostic;
use crate::source::{Position, Sources};

#[derive(Serialize)]
struct Report<'a> {
    diagnostics: Vec<Finding<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: &'a str,
    note: &'a str,
    #[serde(flatten)]
    location: Location<'a>,
    clause: Option<Clause<'a>>,
    labels: Vec<Label<'a>>,
    help: &'a [String],
}

#[derive(Serialize)]
struct Label<'a> {
    text: &'a str,
    #[serde(flatten)]
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    file: &'a str,
    span: Bytes,
    start: LineColumn,
    end: LineColumn,
}

#[derive(Serialize)]
struct Bytes {
    start: usize,
    end: usize,
}

#[derive(Serialize)]
struct LineColumn {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Clause<'a> {
    number: &'a str,
    title: &'a str,
}

pub(super) fn render(out: &mut dyn Write, sources: &Sources, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let (errors, warnings) = count(diagnostics);
    let report = Report {
        diagnostics: diagnostics.iter().map(|diagnostic| finding(sources, diagnostic)).collect(),
        summary: Summary { errors, warnings },
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn finding<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Finding<'a> {
    let labels = diagnostic.labels.iter();
    Finding {
        code: diagnostic.code.id,
        name: diagnostic.code.name,
        severity: severity_word(diagnostic.code.severity),
        message: &diagnostic.message,
        note: &diagnostic.note,
        location: location(Place::of(sources, diagnostic.span)),
        clause: diagnostic.clause.as_ref().map(|clause| Clause { number: &clause.number, title: &clause.title }),
        labels: labels
            .map(|label| Label { text: &label.text, location: location(Place::of(sources, label.span)) })
            .collect(),
        help: &diagnostic.help,
    }
}

fn location(place: Place<'_>) -> Location<'_> {
    let written = |position: Position| LineColumn { line: position.line, column: position.column };
    Location {
        file: &place.file.name,
        span: Bytes { start: place.range.start, end: place.range.end },
        start: written(place.start),
        end: written(place.end),
    }
}
