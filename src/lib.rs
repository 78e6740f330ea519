//! Rulebook: a customer-service handbook that people read and a server runs.
//!
//! [`compile`] is the whole way, as one short function: text → tree → handbook → graph → engine. Start reading
//! there.

pub mod calendar;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod graph;
pub mod handbook;
pub mod server;
pub mod source;
pub mod syntax;
pub mod wire;

mod edition;
pub mod editions;
mod measure;

pub use edition::{Compilation, Edition};
pub use editions::Editions;
pub use engine::{Decision, ExampleResult, ExpectationFailure, Refusal, Ticket, Violation};
pub use handbook::calendars::{Alone as LoneCalendar, check_all as check_calendars, of_file as read_calendar};
pub use measure::read_amount;

use diagnostic::Diagnostic;
use engine::Engine;
use source::{FileId, Sources};

/// Compiles one handbook with its tests file and the calendars beside it. Never fails: what is wrong is in the diagnostics, and there is an
/// edition exactly when none of them is an error.
pub fn compile(sources: &Sources, file: FileId, tests: Option<FileId>, calendars: &[FileId]) -> Compilation {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let tree = syntax::parse(file, &sources.file(file).text, &mut diagnostics);
    let handbook = handbook::lower(sources, &tree, file, tests, calendars, &mut diagnostics).handbook;
    let engine: Option<Engine> = handbook.filter(|_| !diagnostic::any_error(&diagnostics)).and_then(|handbook| {
        let graph = graph::build(&handbook, &mut diagnostics)?;
        let digest = edition::digest(sources, file, &handbook.calendar_files);
        Engine::new(handbook, graph, digest, sources, &mut diagnostics)
    });
    edition::compilation(engine, sources, file, diagnostics)
}
