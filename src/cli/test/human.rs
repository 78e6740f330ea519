//! Test results for people: a line for each, and for a failed one what was expected beside what came out.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::{Case, HandbookReport, Mismatch, Report};
use crate::cli::columns::{Cell, Table, paint, plain};
use crate::cli::outcome::{BOLD, DIM, ERROR};

const PASSED: Style = AnsiColor::Green.on_default();

/// Expected and got stand side by side up to this width together, and under one another past it.
const WIDEST: usize = 100;

/// Writes all results and a last line that counts them.
pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for handbook in &report.handbooks {
        write_handbook(out, handbook)?;
    }
    let (passed, failed) = (report.passed(), report.failed());
    let failures: String = format!("{failed} failed");
    let failures: String = if failed > 0 { paint(&failures, ERROR) } else { failures };
    writeln!(out, "{passed} passed, {failures}")
}

fn write_handbook(out: &mut dyn Write, handbook: &HandbookReport) -> io::Result<()> {
    let HandbookReport { file, id, edition, cases } = handbook;
    writeln!(out, "{}  {} {}", paint(&plain(file), BOLD), plain(id), plain(edition))?;
    if cases.is_empty() {
        writeln!(out, "  no tests")?;
    }
    for case in cases {
        write_case(out, case)?;
    }
    writeln!(out)
}

fn write_case(out: &mut dyn Write, case: &Case) -> io::Result<()> {
    let name: String = plain(&case.name);
    if case.failures.is_empty() {
        return writeln!(out, "  {}    {name}", paint("ok", PASSED));
    }
    let place: String = format!("{}:{}", plain(&case.file), case.line);
    writeln!(out, "  {}  {name}  {}", paint("FAIL", ERROR), paint(&place, DIM))?;
    let widths = |text: fn(&Mismatch) -> &str| case.failures.iter().map(|failure| text(failure).width()).max();
    let expected: usize = widths(|failure| &failure.expected).unwrap_or(0);
    let got: usize = widths(|failure| &failure.got).unwrap_or(0);
    if expected + got > WIDEST {
        return write_stacked(out, case);
    }
    let mut table = Table::new(&["expected", "got", "line"]);
    for failure in &case.failures {
        let line: String = if failure.line == case.line { String::new() } else { failure.line.to_string() };
        let expected = Cell::styled(&failure.expected, PASSED);
        table.row(vec![expected, Cell::styled(&failure.got, ERROR), Cell::styled(line, DIM)]);
    }
    table.write(out, 8)
}

fn write_stacked(out: &mut dyn Write, case: &Case) -> io::Result<()> {
    for failure in &case.failures {
        let place: String = format!("line {}", failure.line);
        writeln!(out, "        {}", paint(&place, DIM))?;
        writeln!(out, "        expected  {}", paint(&plain(&failure.expected), PASSED))?;
        writeln!(out, "        got       {}", paint(&plain(&failure.got), ERROR))?;
    }
    Ok(())
}
