//! `rulebook test`: the examples of handbooks and the cases of the tests files beside them.
//!
//! The edition runs them; this file chooses which are reported, and the files beside it say in which form.

mod human;
mod json;
mod junit;

use super::Edge;
use super::arguments::{TestArguments, TestFormat};
use super::open::{Compiled, Opened, open_all, show};
use super::outcome::{Exit, Failure, complain};
use crate::diagnostic::Diagnostic;
use crate::source::{Position, Sources, Span};
use crate::{Edition, ExampleResult};

/// What came of all tests.
struct Report {
    handbooks: Vec<HandbookReport>,
}

/// What came of the tests of one handbook.
struct HandbookReport {
    /// The handbook's file, as messages call it.
    file: String,
    id: String,
    edition: String,
    cases: Vec<Case>,
}

/// One example or case.
struct Case {
    name: String,
    file: String,
    line: usize,
    /// Empty when it passed.
    failures: Vec<Mismatch>,
}

/// One expectation that was not met.
struct Mismatch {
    file: String,
    line: usize,
    expected: String,
    got: String,
}

impl Report {
    fn passed(&self) -> usize {
        self.cases().count() - self.failed()
    }

    fn failed(&self) -> usize {
        self.cases().filter(|case| !case.failures.is_empty()).count()
    }

    fn cases(&self) -> impl Iterator<Item = &Case> {
        self.handbooks.iter().flat_map(|handbook| &handbook.cases)
    }
}

/// Runs them and reports.
pub(super) fn test(arguments: &TestArguments, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    let opened: Opened = open_all(&arguments.paths, edge);
    let mut report = Report { handbooks: Vec::new() };
    let mut broken: usize = 0;
    for handbook in &opened.handbooks {
        match &handbook.compilation.edition {
            Some(edition) => {
                report.handbooks.push(run(edition, handbook, &opened.sources, arguments.filter.as_deref()))
            }
            None => {
                let errors = handbook.compilation.diagnostics.iter().filter(|finding| finding.is_error());
                let errors: Vec<Diagnostic> = errors.cloned().collect();
                show(&opened.sources, &errors, edge.err)?;
                let name: &str = &opened.sources.file(handbook.file).name;
                complain(edge.err, &format!("the tests of `{name}` were not run, because it has errors"), None);
                broken += 1;
            }
        }
    }
    if let Some(filter) = arguments.filter.as_deref().filter(|_| report.cases().count() == 0 && broken == 0) {
        return Err(Failure::unusable(format!("no test has `{filter}` in its name"))
            .help("without --filter, `rulebook test` shows the names of all"));
    }
    match arguments.format {
        TestFormat::Human => human::write(edge.out, &report)?,
        TestFormat::Json => json::write(edge.out, &report)?,
        TestFormat::Junit => junit::write(edge.out, &report)?,
    }
    Ok(match (opened.unreadable, broken + report.failed()) {
        (0, 0) => Exit::Clean,
        (0, _) => Exit::Findings,
        _ => Exit::CouldNotRun,
    })
}

fn run(edition: &Edition, handbook: &Compiled, sources: &Sources, filter: Option<&str>) -> HandbookReport {
    let filter: String = filter.unwrap_or("").to_lowercase();
    let results: Vec<ExampleResult> = edition.run_examples();
    let wanted = results.into_iter().filter(|result| result.name.to_lowercase().contains(&filter));
    HandbookReport {
        file: sources.file(handbook.file).name.clone(),
        id: edition.id().to_owned(),
        edition: edition.edition().to_owned(),
        cases: wanted.map(|result| case(result, sources)).collect(),
    }
}

fn case(result: ExampleResult, sources: &Sources) -> Case {
    let (file, line) = place(sources, result.span);
    let mut failures: Vec<Mismatch> = Vec::new();
    for violation in result.refusal.into_iter().flat_map(|refusal| refusal.violations) {
        let (file, line) = place(sources, result.ticket_span);
        let expected = String::from("a ticket that fits the handbook");
        failures.push(Mismatch { file, line, expected, got: format!("{} {}", violation.pointer, violation.message) });
    }
    for failure in result.failures {
        let (file, line) = place(sources, failure.span);
        let words: &str = sources.text(failure.span);
        // The author's own words, where the failure points at them and not at the whole case.
        let is_pointed: bool = failure.span != result.span && !words.is_empty() && !words.contains('\n');
        let expected: String = if is_pointed { words.to_owned() } else { failure.expected };
        failures.push(Mismatch { file, line, expected, got: failure.got });
    }
    Case { name: result.name, file, line, failures }
}

fn place(sources: &Sources, span: Span) -> (String, usize) {
    let Position { line, .. } = sources.position(span);
    (sources.file(span.file).name.clone(), line)
}

#[cfg(test)]
mod tests;
