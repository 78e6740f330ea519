//! Findings as text for people and for programs.
//!
//! In: diagnostics and the sources their spans point into. Out: one of four forms, written to whatever the
//! caller holds. Nothing here decides, sorts or drops a finding; spans that are off are moved to the nearest
//! place that exists, so that a mistake of ours still shows the author something.

mod github;
mod human;
mod json;
mod sarif;

use std::io::{self, Write};
use std::ops::Range;

use super::{Diagnostic, Severity};
use crate::source::{Position, SourceFile, Sources, Span};

/// What the findings are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Frames around the source lines, for a terminal.
    Human,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub workflow commands, one line a finding.
    Github,
}

/// Writes the findings in the order given. `color` asks for terminal colours and matters for people only.
pub fn render(
    out: &mut dyn Write,
    sources: &Sources,
    diagnostics: &[Diagnostic],
    format: Format,
    color: bool,
) -> io::Result<()> {
    match format {
        Format::Human => human::render(out, sources, diagnostics, color),
        Format::Json => json::render(out, sources, diagnostics),
        Format::Sarif => sarif::render(out, sources, diagnostics),
        Format::Github => github::render(out, sources, diagnostics),
    }
}

/// A span made safe to show: inside its file, on character boundaries, with its lines and columns.
struct Place<'a> {
    file: &'a SourceFile,
    range: Range<usize>,
    start: Position,
    end: Position,
}

impl<'a> Place<'a> {
    fn of(sources: &'a Sources, span: Span) -> Self {
        let file: &SourceFile = sources.file(span.file);
        let first: usize = file.text.floor_char_boundary(span.start as usize);
        let last: usize = file.text.ceil_char_boundary(span.end as usize).max(first);
        // Offsets in a file fit in 32 bits, as in every span.
        let (start, end) = (file.position(first as u32), file.position(last as u32));
        Place { file, range: first..last, start, end }
    }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// How many errors and how many warnings.
fn count(diagnostics: &[Diagnostic]) -> (usize, usize) {
    let errors: usize = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    (errors, diagnostics.len() - errors)
}

#[cfg(test)]
mod tests;
