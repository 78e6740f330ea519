//! Test results as JUnit's XML: a suite for each handbook.

use std::io::{self, Write};

use super::{Case, HandbookReport, Report};

/// Writes the document.
pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let (failed, all) = (report.failed(), report.cases().count());
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="rulebook" tests="{all}" failures="{failed}">"#)?;
    for handbook in &report.handbooks {
        write_suite(out, handbook)?;
    }
    writeln!(out, "</testsuites>")
}

fn write_suite(out: &mut dyn Write, handbook: &HandbookReport) -> io::Result<()> {
    let HandbookReport { file, id, edition, cases } = handbook;
    let failed: usize = cases.iter().filter(|case| !case.failures.is_empty()).count();
    let (name, file) = (xml(&format!("{id} {edition}")), xml(file));
    writeln!(out, r#"  <testsuite name="{name}" file="{file}" tests="{}" failures="{failed}">"#, cases.len())?;
    for case in cases {
        write_case(out, case, &xml(id))?;
    }
    writeln!(out, "  </testsuite>")
}

fn write_case(out: &mut dyn Write, case: &Case, class: &str) -> io::Result<()> {
    let (name, file, line) = (xml(&case.name), xml(&case.file), case.line);
    let attributes = format!(r#"classname="{class}" name="{name}" file="{file}" line="{line}""#);
    if case.failures.is_empty() {
        return writeln!(out, "    <testcase {attributes}/>");
    }
    writeln!(out, "    <testcase {attributes}>")?;
    for failure in &case.failures {
        let (expected, got) = (xml(&failure.expected), xml(&failure.got));
        writeln!(out, r#"      <failure message="expected {expected}, got {got}">{file}:{}</failure>"#, failure.line)?;
    }
    writeln!(out, "    </testcase>")
}

/// Text as XML can hold it: what XML has no way to write becomes the replacement character.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ if letter.is_control() => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}
