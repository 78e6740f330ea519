//! `rulebook explain`: the page of a code, or the list of them all.

use std::io::Write;

use super::Edge;
use super::arguments::ExplainArguments;
use super::columns::{Cell, Table, paint};
use super::outcome::{BOLD, Exit, Failure};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Severity, codes};

/// Writes the page, or the list.
pub(super) fn explain(arguments: &ExplainArguments, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    match &arguments.code {
        Some(wanted) => match codes::find(wanted.trim()) {
            Some(code) => write_page(code, edge.out)?,
            None => return Err(unknown(wanted)),
        },
        None => write_list(edge.out)?,
    }
    Ok(Exit::Clean)
}

fn unknown(wanted: &str) -> Failure {
    let known = codes::ALL.iter().flat_map(|code| [code.id, code.name]);
    let failure = Failure::unusable(format!("there is no code `{wanted}`"));
    match nearest(wanted.trim(), known).and_then(codes::find) {
        Some(code) => failure.help(format!("a similar one exists: `{}` {}", code.id, code.name)),
        None => failure.help("`rulebook explain --list` lists them all"),
    }
}

/// The page is Markdown that reads well as it is; its headings stand out. A `#` inside a fence is a comment of ours.
fn write_page(code: &Code, out: &mut dyn Write) -> Result<(), Failure> {
    let mut in_fence = false;
    for line in code.page.trim_end().lines() {
        in_fence ^= line.trim_start().starts_with("```");
        if line.starts_with('#') && !in_fence {
            writeln!(out, "{}", paint(line, BOLD))?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn write_list(out: &mut dyn Write) -> Result<(), Failure> {
    let mut table = Table::new(&["code", "name", ""]);
    for code in codes::ALL {
        table.row(vec![Cell::styled(code.id, BOLD), code.name.into(), standing(code).into()]);
    }
    table.write(out, 0)?;
    Ok(())
}

/// Whom a finding of this kind stops.
fn standing(code: &Code) -> &'static str {
    match code.severity {
        _ if code.id.starts_with('R') => "about a ticket",
        Severity::Error => "error: the handbook does not load",
        Severity::Warning => "warning",
    }
}
