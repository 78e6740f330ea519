//! How each deadline adds up, as tables a person can read.
//!
//! In: the deadlines of a decision's JSON with their ledgers. Out: for each clock its stretches, what counted of them,
//! why, and the running sum. Neighbours that did not count for the same reason are one line.

use std::io::{self, Write};

use serde_json::Value;

use super::page::{Page, items, named, text};
use crate::calendar::format_seconds;
use crate::cli::columns::{Cell, Table, paint, plain};
use crate::cli::outcome::{BOLD, DIM};

/// Writes a table for each clock that shows its ledger.
pub(super) fn write(out: &mut dyn Write, page: &Page<'_>) -> io::Result<()> {
    for deadline in items(&page.decision["deadlines"]) {
        let clocks: &[Value] = match deadline["clocks"].as_array() {
            Some(clocks) => clocks,
            None => std::slice::from_ref(deadline),
        };
        for clock in clocks.iter().filter(|clock| !items(&clock["ledger"]).is_empty()) {
            let message = clock["message"].as_u64().map(|message| format!(", message {message}")).unwrap_or_default();
            let title = format!("how {}{message} adds up to {}", named(deadline, "id"), text(clock, "within"));
            writeln!(out, "\n{}", paint(&plain(&title), BOLD))?;
            table(page, items(&clock["ledger"])).write(out, 0)?;
        }
    }
    Ok(())
}

fn table(page: &Page<'_>, rows: &[Value]) -> Table {
    let mut table = Table::new(&["from", "to", "counted", "sum", "why"]);
    let mut rest: &[Value] = rows;
    while let Some(first) = rest.first() {
        let same = |row: &&Value| row["counted"] == false && row["why"] == first["why"];
        let length: usize = if first["counted"] == false { rest.iter().take_while(same).count().max(1) } else { 1 };
        let last: &Value = &rest[length - 1];
        let style = if first["counted"] == false { DIM } else { anstyle::Style::new() };
        table.row(vec![
            Cell::styled(page.moment(text(first, "from")), style),
            Cell::styled(page.moment(text(last, "to")), style),
            Cell::styled(counted(first), style),
            Cell::styled(sum(last), style),
            Cell::styled(text(first, "why"), style),
        ]);
        rest = &rest[length..];
    }
    table
}

fn counted(row: &Value) -> String {
    match (row["counted"] == true, row["seconds"].as_i64(), row["days"].as_i64()) {
        (true, Some(seconds), _) => format_seconds(seconds),
        (true, None, Some(1)) => "1 day".to_owned(),
        (true, None, Some(days)) => format!("{days} days"),
        _ => "no".to_owned(),
    }
}

fn sum(row: &Value) -> String {
    match (row["sum_s"].as_i64(), row["sum_days"].as_i64()) {
        (Some(seconds), _) => format_seconds(seconds),
        (None, Some(1)) => "1 day".to_owned(),
        (None, Some(days)) => format!("{days} days"),
        _ => String::new(),
    }
}
