//! Test results as one JSON document. Fields may be added here, never renamed.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Case, HandbookReport, Mismatch, Report};

/// Writes the document.
pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let handbooks: Vec<Value> = report.handbooks.iter().map(handbook).collect();
    let summary: Value = json!({ "passed": report.passed(), "failed": report.failed() });
    writeln!(out, "{:#}", json!({ "handbooks": handbooks, "summary": summary }))
}

fn handbook(report: &HandbookReport) -> Value {
    let HandbookReport { file, id, edition, cases } = report;
    let cases: Vec<Value> = cases.iter().map(case).collect();
    json!({ "file": file, "handbook": id, "edition": edition, "tests": cases })
}

fn case(case: &Case) -> Value {
    let failures: Vec<Value> = case.failures.iter().map(mismatch).collect();
    json!({
        "name": case.name, "file": case.file, "line": case.line,
        "passed": failures.is_empty(), "failures": failures,
    })
}

fn mismatch(failure: &Mismatch) -> Value {
    json!({ "file": failure.file, "line": failure.line, "expected": failure.expected, "got": failure.got })
}
