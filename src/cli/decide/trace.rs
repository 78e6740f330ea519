//! What was tried for a decision, as an indented list.
//!
//! The trace names each node once, before what rests on it. Here it is turned over for reading: a rule, under it the
//! rows that were tried, under a row its condition, and under that what it looked at. What stands further up already
//! is named again without what is under it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde_json::Value;

use crate::cli::columns::{Cell, Table, paint};
use crate::cli::outcome::{BOLD, DIM};

/// Writes the rules in the order in which they were tried.
pub(super) fn write(out: &mut dyn Write, nodes: &[Value]) -> io::Result<()> {
    writeln!(out, "\n{}", paint("what was tried, in order", BOLD))?;
    let mut listing = Listing {
        nodes: nodes.iter().map(|node| (name(node), node)).collect(),
        shown: BTreeSet::new(),
        table: Table::new(&["value", "clause", "line", "tried"]),
    };
    for node in nodes.iter().filter(|node| is_rule(name(node))) {
        listing.add(node, 0);
    }
    listing.table.write(out, 0)
}

struct Listing<'a> {
    nodes: BTreeMap<&'a str, &'a Value>,
    shown: BTreeSet<&'a str>,
    table: Table,
}

impl<'a> Listing<'a> {
    /// Adds a node and what it rested on. Conditions nest as deep as a handbook may write them, which is not deep.
    fn add(&mut self, node: &'a Value, depth: usize) {
        let is_first: bool = self.shown.insert(name(node));
        let value = match &node["value"] {
            Value::Bool(true) => Cell::from("yes"),
            Value::Bool(false) => Cell::styled("no", DIM),
            Value::String(words) => Cell::styled(words, BOLD),
            _ => Cell::styled("-", DIM),
        };
        let line: String = node["line"].as_u64().map(|line| line.to_string()).unwrap_or_default();
        let text: String = format!("{}{}", "  ".repeat(depth), shown_text(node));
        let style = if depth == 0 { BOLD } else { anstyle::Style::new() };
        let clause: &str = node["clause"].as_str().unwrap_or("");
        self.table.row(vec![value, clause.into(), line.into(), Cell::styled(text, style)]);
        if is_first {
            for below in node["rests_on"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                // A rule that a condition asks about has a place of its own.
                if let Some(below) = self.nodes.get(below).filter(|_| !is_rule(below)) {
                    self.add(below, depth + 1);
                }
            }
        }
    }
}

fn name(node: &Value) -> &str {
    node["node"].as_str().unwrap_or("")
}

/// `deadline:first_response` is a rule; its rows have a `/` and a number, and the rest are what rows look at.
fn is_rule(name: &str) -> bool {
    let is_looked_at: bool = ["condition:", "define:", "fact:"].iter().any(|kind| name.starts_with(kind));
    !is_looked_at && !name.contains('/')
}

/// `deadline first_response` for a rule, its words in one line for anything else.
fn shown_text(node: &Value) -> String {
    if is_rule(name(node)) {
        return name(node).replacen(':', " ", 1);
    }
    let words: Vec<&str> = node["text"].as_str().unwrap_or("").split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_stands_over_its_rows_and_a_row_over_what_it_looked_at() {
        let nodes = [
            json!({"node": "fact:issue", "line": 12, "text": "issue", "value": "other", "rests_on": []}),
            json!({"node": "condition:1", "clause": "3.1", "line": 20, "text": "issue is\n  payment", "value": false,
                   "rests_on": ["fact:issue"]}),
            json!({"node": "classify:urgency/1", "clause": "3.1", "line": 20, "text": "tier high when issue is payment",
                   "value": false, "rests_on": ["condition:1"]}),
            json!({"node": "classify:urgency/2", "clause": "3.1", "line": 21, "text": "tier low otherwise", "value": true,
                   "rests_on": []}),
            json!({"node": "classify:urgency", "clause": "3.1", "line": 19, "text": "urgency", "value": "low",
                   "rests_on": ["classify:urgency/1", "classify:urgency/2"]}),
            json!({"node": "condition:2", "clause": "5", "line": 30, "text": "urgency is high", "value": false,
                   "rests_on": ["classify:urgency"]}),
            json!({"node": "record:intake", "clause": "5", "line": 29, "text": "intake", "value": null,
                   "rests_on": ["condition:2", "condition:1"]}),
        ];
        let mut out: Vec<u8> = Vec::new();
        write(&mut out, &nodes).unwrap();
        let expected = "
what was tried, in order
value  clause  line  tried
low    3.1     19    classify urgency
no     3.1     20      tier high when issue is payment
no     3.1     20        issue is payment
other          12          issue
yes    3.1     21      tier low otherwise
-      5       29    record intake
no     5       30      urgency is high
no     3.1     20      issue is payment
";
        assert_eq!(strip_str(&String::from_utf8(out).unwrap()).to_string(), expected);
    }
}
