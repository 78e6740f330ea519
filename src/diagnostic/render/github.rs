//! Findings as GitHub workflow commands, which show up as annotations on a pull request.
//!
//! One line a finding: `::error file=…,line=…,col=…::message`. What GitHub would read as part of the command is
//! escaped the way its own toolkit does it.

use std::io::{self, Write};

use super::{Place, severity_word};
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

pub(super) fn render(out: &mut dyn Write, sources: &Sources, diagnostics: &[Diagnostic]) -> io::Result<()> {
    for diagnostic in diagnostics {
        let place = Place::of(sources, diagnostic.span);
        write!(out, "::{} ", severity_word(diagnostic.code.severity))?;
        write!(out, "file={},line={},", property(&place.file.name), place.start.line)?;
        // GitHub takes columns only where the annotation is on one line.
        if place.start.line == place.end.line {
            write!(out, "col={},endLine={},endColumn={},", place.start.column, place.end.line, place.end.column)?;
        } else {
            write!(out, "endLine={},", place.end.line)?;
        }
        let title = format!("{} {}", diagnostic.code.id, diagnostic.code.name);
        writeln!(out, "title={}::{}", property(&title), message(&body(diagnostic)))?;
    }
    Ok(())
}

fn body(diagnostic: &Diagnostic) -> String {
    let mut lines: Vec<String> = vec![diagnostic.message.clone()];
    if !diagnostic.note.is_empty() {
        lines.push(diagnostic.note.clone());
    }
    if let Some(clause) = &diagnostic.clause {
        lines.push(format!("in clause {} \"{}\"", clause.number, clause.title));
    }
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    lines.join("\n")
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
