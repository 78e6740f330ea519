//! A decision as a page for people.
//!
//! In: the decision's JSON, as every caller gets it. Out: its parts under one another, each a small table; parts with
//! nothing in them are left out.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use super::{ledger, trace};
use crate::calendar::format_seconds;
use crate::cli::columns::{Cell, Table, paint, plain};
use crate::cli::outcome::{BOLD, DIM};

/// Writes the page.
pub(super) fn write(out: &mut dyn Write, decision: &Value) -> io::Result<()> {
    let page = Page::of(decision);
    let handbook: &Value = &decision["handbook"];
    writeln!(out, "{}  as of {}", paint(&plain(text(decision, "ticket")), BOLD), plain(text(decision, "as_of")))?;
    let (id, edition) = (text(handbook, "id"), text(handbook, "edition"));
    writeln!(out, "by {} {}, {}", plain(id), plain(edition), plain(text(handbook, "digest")))?;
    let tables = [page.tiers(), page.deadlines(), page.routes(), page.ladders(), page.records(), page.findings()];
    for table in tables.iter().filter(|table| !table.is_empty()) {
        writeln!(out)?;
        table.write(out, 0)?;
    }
    write_rest(out, &page)?;
    ledger::write(out, &page)?;
    match decision["trace"].as_array() {
        Some(nodes) => trace::write(out, nodes),
        None => Ok(()),
    }
}

/// What is no table: a line each, where there is something to say.
fn write_rest(out: &mut dyn Write, page: &Page<'_>) -> io::Result<()> {
    let next_change: String = page.decision["next_change_at"].as_str().map(|at| page.moment(at)).unwrap_or_default();
    let parts: [(&str, String); 3] = [
        ("missing facts ", listed(&page.decision["missing_facts"])),
        ("ignored fields", listed(&page.decision["ignored_fields"])),
        ("next change   ", next_change),
    ];
    if parts.iter().any(|(_, text)| !text.is_empty()) {
        writeln!(out)?;
    }
    for (name, text) in parts.iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(out, "{}  {}", paint(name, DIM), plain(text))?;
    }
    Ok(())
}

/// The decision with the offset that its instants share.
pub(super) struct Page<'a> {
    pub(super) decision: &'a Value,
    offset: &'a str,
}

impl<'a> Page<'a> {
    fn of(decision: &'a Value) -> Self {
        Page { decision, offset: text(decision, "as_of").get(19..).unwrap_or("") }
    }

    fn tiers(&self) -> Table {
        let mut table = Table::new(&["classification", "tier", "clause", "on trial"]);
        for (id, answer) in entries(&self.decision["tiers"]) {
            table.row(vec![
                id.into(),
                named(answer, "tier").into(),
                text(answer, "clause").into(),
                on_trial(answer).into(),
            ]);
        }
        table
    }

    fn routes(&self) -> Table {
        let mut table = Table::new(&["route", "to", "clause", "on trial"]);
        for (id, answer) in entries(&self.decision["routes"]) {
            table.row(vec![
                id.into(),
                named(answer, "to").into(),
                text(answer, "clause").into(),
                on_trial(answer).into(),
            ]);
        }
        table
    }

    fn deadlines(&self) -> Table {
        let mut table =
            Table::new(&["deadline", "state", "due", "remaining", "warning", "within", "clause", "on trial"]);
        for answer in items(&self.decision["deadlines"]) {
            let clocks: &[Value] = items(&answer["clocks"]);
            let mut name: String = named(answer, "id");
            if clocks.len() > 1 && !answer["message"].is_null() {
                name.push_str(&format!(", {}", self.clock_name(answer)));
            }
            table.row(self.clock(answer, &name, text(answer, "clause"), &on_trial(answer)));
            // The first is the one that the deadline shows.
            for clock in clocks.iter().skip(1) {
                table.row(self.clock(clock, &format!("  {}", self.clock_name(clock)), "", ""));
            }
        }
        table
    }

    /// The row of a deadline, or of one of its clocks.
    fn clock(&self, clock: &Value, name: &str, clause: &str, on_trial: &str) -> Vec<Cell> {
        let state: &str = text(clock, "state");
        vec![
            name.into(),
            Cell::styled(state.replace('_', " "), state_style(state)),
            due(self, clock).into(),
            remaining(clock).into(),
            self.warning(clock).into(),
            text(clock, "within").into(),
            clause.into(),
            on_trial.into(),
        ]
    }

    /// What tells a clock from the others of its deadline.
    fn clock_name(&self, clock: &Value) -> String {
        match clock["message"].as_u64() {
            Some(message) => format!("message {message}"),
            None => format!("cycle of {}", self.moment(text(clock, "started_at"))),
        }
    }

    /// When it warns; of several warnings the next to come, and how many have passed.
    fn warning(&self, clock: &Value) -> String {
        let warnings: &[Value] = items(&clock["warnings"]);
        let passed: usize = warnings.iter().filter(|warning| warning["passed"] == true).count();
        let next: Option<&Value> = warnings.iter().find(|warning| warning["passed"] == false).or(warnings.last());
        match next.map(|warning| self.moment(text(warning, "at"))) {
            Some(at) if passed > 0 => format!("{at} ({passed} of {} passed)", warnings.len()),
            Some(at) => at,
            None => self.moment(text(clock, "warn_at")),
        }
    }

    fn ladders(&self) -> Table {
        let mut table = Table::new(&["ladder", "step", "role", "since", "why", "next", "clause", "on trial"]);
        for answer in items(&self.decision["escalations"]) {
            let next: String = match (answer["next"]["step"].as_u64(), answer["next"]["at"].as_str()) {
                (Some(step), Some(at)) => format!("step {step}, {}", self.moment(at)),
                _ => String::new(),
            };
            table.row(vec![
                text(answer, "id").into(),
                answer["step"].as_u64().map_or(String::from("none yet"), |step| step.to_string()).into(),
                named(answer, "role").into(),
                self.moment(text(answer, "since")).into(),
                why(answer).into(),
                next.into(),
                text(answer, "clause").into(),
                on_trial(answer).into(),
            ]);
        }
        table
    }

    fn records(&self) -> Table {
        let mut table = Table::new(&["record", "missing", "clause", "on trial"]);
        for answer in items(&self.decision["records"]) {
            let missing: String = match listed(&answer["missing"]) {
                names if names.is_empty() => String::from("nothing"),
                names => names,
            };
            table.row(vec![
                named(answer, "id").into(),
                missing.into(),
                text(answer, "clause").into(),
                on_trial(answer).into(),
            ]);
        }
        table
    }

    fn findings(&self) -> Table {
        let mut table = Table::new(&["finding", "about", "message"]);
        for finding in items(&self.decision["findings"]) {
            let (code, about, message) = (text(finding, "code"), text(finding, "text"), text(finding, "message"));
            table.row(vec![code.into(), about.into(), message.into()]);
        }
        table
    }

    /// `2025-03-03 11:00` for an instant at the page's own offset; any other stays as it is.
    pub(super) fn moment(&self, instant: &str) -> String {
        match (instant.get(..10), instant.get(11..19), instant.get(19..)) {
            (Some(date), Some(time), Some(offset)) if offset == self.offset => {
                format!("{date} {}", time.strip_suffix(":00").unwrap_or(time))
            }
            _ => instant.to_owned(),
        }
    }
}

/// When a deadline is due; with a mark where the calendar does not know that far.
fn due(page: &Page<'_>, deadline: &Value) -> String {
    let due: String = page.moment(text(deadline, "due_at"));
    if deadline["provisional"] == true { format!("{due} (provisional)") } else { due }
}

/// What brought the ticket to its step, how often it was told again, and whether it is held there.
fn why(ladder: &Value) -> String {
    let Some(step) = items(&ladder["reached"]).last() else { return String::new() };
    let mut why: String = text(step, "why").to_owned();
    match ladder["repeats"]["times"].as_u64() {
        None | Some(0) => {}
        Some(1) => why.push_str(", told again once"),
        Some(times) => why.push_str(&format!(", told again {times} times")),
    }
    if ladder["held_until_acknowledged"] == true {
        why.push_str(", held until acknowledged");
    }
    why
}

fn remaining(deadline: &Value) -> String {
    let seconds = |key: &str| deadline[key].as_i64().map(format_seconds).unwrap_or_default();
    match text(deadline, "state") {
        "breached" => format!("late by {}", seconds("late_by_s")),
        "met" => String::new(),
        _ => seconds("remaining_s"),
    }
}

fn state_style(state: &str) -> Style {
    match state {
        "met" => AnsiColor::Green.on_default(),
        "at_risk" => AnsiColor::Yellow.on_default().bold(),
        "breached" => AnsiColor::Red.on_default().bold(),
        "paused" => AnsiColor::Blue.on_default(),
        _ => Style::new(),
    }
}

/// `紧急 (emergency)`, or the id alone where it has no label.
pub(super) fn named(answer: &Value, key: &str) -> String {
    let id: &str = text(answer, key);
    match answer["label"].as_str() {
        Some(label) if label != id => format!("{label} ({id})"),
        _ => id.to_owned(),
    }
}

/// What of an answer is on trial: all of it, or what an exception would have made of it.
fn on_trial(answer: &Value) -> String {
    match (answer["trial"] == true, &answer["on_trial"]) {
        (true, _) => String::from("yes"),
        (false, Value::Object(_)) => {
            let exception: &Value = &answer["on_trial"];
            format!("{} by {}", text(exception, "outcome"), text(exception, "clause"))
        }
        (false, _) => String::new(),
    }
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn listed(names: &Value) -> String {
    let names: Vec<&str> = items(names).iter().filter_map(Value::as_str).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests;
