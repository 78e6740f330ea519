//! An edition: one handbook, compiled, with its text.

use crate::calendar::{Instant, Zone};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{self, Diagnostic, InClause, codes};
use crate::engine::{Decision, Engine, ExampleResult, Refusal, Ticket};
use crate::graph::Graph;
use crate::handbook::Handbook;
use crate::source::{FileId, SourceFile, Sources, Span, yaml};
use chrono::NaiveDate;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What compiling a handbook gives.
#[derive(Debug)]
pub struct Compilation {
    /// The edition; `None` exactly when something is an error.
    pub edition: Option<Edition>,
    /// Everything found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compilation {
    /// Whether a calendar was looked for and not among those given.
    pub fn lacks_calendar(&self) -> bool {
        let is_one = |code| code == &codes::UNKNOWN_CALENDAR || code == &codes::UNKNOWN_EXTENDED_CALENDAR;
        self.diagnostics.iter().any(|diagnostic| is_one(diagnostic.code))
    }
}

/// One handbook that can decide. Immutable, and shared between threads.
#[derive(Debug)]
pub struct Edition {
    engine: Engine,
    sources: Sources,
    file: FileId,
}

impl Edition {
    /// The handbook's id.
    pub fn id(&self) -> &str {
        &self.handbook().meta.id
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.handbook().meta.title
    }

    /// Which edition it is.
    pub fn edition(&self) -> &str {
        &self.handbook().meta.edition
    }

    /// The digest of everything it rests on, `sha256:…`.
    pub fn digest(&self) -> &str {
        self.engine.digest()
    }

    /// The zone its instants are read and written in.
    pub fn zone(&self) -> Zone {
        self.handbook().meta.zone
    }

    /// The first date it judges.
    pub fn in_force(&self) -> NaiveDate {
        self.handbook().meta.in_force
    }

    /// The last date it judges.
    pub fn until(&self) -> Option<NaiveDate> {
        self.handbook().meta.until
    }

    /// Whether a ticket opened then is judged by it.
    pub fn in_force_at(&self, opened: Instant) -> bool {
        let date = self.zone().date(opened);
        self.in_force() <= date && self.until().is_none_or(|until| date <= until)
    }

    /// The handbook.
    pub fn handbook(&self) -> &Handbook {
        self.engine.handbook()
    }

    /// The rule graph.
    pub fn graph(&self) -> &Graph {
        self.engine.graph()
    }

    /// The handbook's text.
    pub fn source(&self) -> &SourceFile {
        self.sources.file(self.file)
    }

    /// The files its places are in.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Reads a ticket from JSON.
    ///
    /// # Errors
    /// Every violation, each with its JSON pointer.
    pub fn read_ticket<'a>(&self, json: &'a [u8]) -> Result<Ticket<'a>, Refusal> {
        self.engine.read_ticket(json)
    }

    /// Decides a ticket as of an instant; with `explain`, also says what was tried.
    pub fn decide<'e>(&'e self, ticket: &Ticket, as_of: Instant, explain: bool) -> Decision<'e> {
        self.engine.decide(ticket, as_of, explain)
    }

    /// Runs the examples of the text and the cases of the tests file.
    pub fn run_examples(&self) -> Vec<ExampleResult> {
        self.engine.run_examples()
    }

    /// The graph as `dot`.
    pub fn to_dot(&self) -> String {
        self.graph().to_dot(self.handbook(), &self.sources)
    }

    /// The graph as `mermaid`.
    pub fn to_mermaid(&self) -> String {
        self.graph().to_mermaid(self.handbook(), &self.sources)
    }

    /// The graph as data.
    pub fn to_json(&self) -> Value {
        self.graph().to_json(self.handbook(), &self.sources)
    }

    /// The JSON Schema of its tickets.
    pub fn ticket_schema(&self) -> Value {
        crate::wire::ticket_schema(self.handbook())
    }

    /// One clause with its rules, by its number in any spelling.
    pub fn clause(&self, number: &str) -> Option<Value> {
        crate::wire::clause(&self.engine, self.source(), number)
    }
}

/// The digest of the files a handbook rests on: that of its text where it is the only one, else that of a list with a
/// line for each file, the handbook first, then the calendars by id.
pub(crate) fn digest(sources: &Sources, file: FileId, calendars: &[(String, FileId)]) -> String {
    let own: String = sha256(&sources.file(file).text);
    if calendars.is_empty() {
        return format!("sha256:{own}");
    }
    let mut list = format!("{own}  handbook\n");
    let by_id: BTreeMap<&String, &FileId> = calendars.iter().map(|(id, file)| (id, file)).collect();
    for (id, file) in by_id {
        let _ = writeln!(list, "{}  calendar:{id}", sha256(&sources.file(*file).text));
    }
    format!("sha256:{}", sha256(&list))
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts an engine, if there is one, and the findings together.
pub(crate) fn compilation(
    engine: Option<Engine>,
    sources: &Sources,
    file: FileId,
    mut diagnostics: Vec<Diagnostic>,
) -> Compilation {
    let edition = engine.map(|engine| Edition { engine, sources: sources.clone(), file });
    if let Some(edition) = &edition {
        for example in edition.run_examples() {
            diagnostics.extend(finding(edition, &example));
            diagnostics.extend(example.ignored.iter().filter_map(|field| unknown_field(edition, &example, field)));
        }
    }
    diagnostic::sort(&mut diagnostics);
    let edition = edition.filter(|_| !diagnostic::any_error(&diagnostics));
    Compilation { edition, diagnostics }
}

/// An example whose ticket does not fit, or that comes out otherwise.
fn finding(edition: &Edition, example: &ExampleResult) -> Option<Diagnostic> {
    let mut diagnostic = match (&example.refusal, example.failures.first()) {
        (Some(refusal), _) => {
            let violation = refusal.violations.first()?;
            let (place, pointer) = match field_place(edition, example, &violation.pointer) {
                Some(place) => (place, String::new()),
                None if violation.pointer.is_empty() => (example.ticket_span, String::new()),
                None => (example.ticket_span, format!("{}: ", violation.pointer)),
            };
            Diagnostic::new(
                &codes::BAD_TICKET,
                place,
                format!("this ticket does not fit the handbook: {pointer}{}", violation.message),
            )
            .maybe_help(violation.help.clone())
        }
        (None, Some(failure)) => Diagnostic::new(
            &codes::FAILED_EXAMPLE,
            failure.span,
            format!("the example `{}` comes out otherwise", example.name),
        )
        .note(failure.got.clone())
        .help("correct the rule, or what the example expects; `rulebook test` shows all of it"),
        (None, None) => return None,
    };
    diagnostic.clause = in_clause(edition, diagnostic.span);
    Some(diagnostic)
}

fn in_clause(edition: &Edition, span: Span) -> Option<InClause> {
    let found = &edition.handbook().clauses[edition.handbook().clause_at(span)?];
    Some(InClause { number: found.number.clone(), title: found.title.clone() })
}

/// A field of an example's ticket that no rule knows, where it looks like one they know; any other is left alone,
/// since tickets carry what other systems need.
fn unknown_field(edition: &Edition, example: &ExampleResult, field: &str) -> Option<Diagnostic> {
    let built_in = ["id", "opened_at", "status", "events", "messages"];
    let facts = edition.handbook().facts.iter().map(|fact| fact.name.id.as_str());
    let help = match field.split_once([':', '：']) {
        Some((name, value)) => format!("write `{}: {}`, with a blank after the colon", name.trim(), value.trim()),
        None => format!("a field that is close: `{}`", nearest(field, facts.chain(built_in))?),
    };
    let escaped = field.replace('~', "~0").replace('/', "~1");
    // A dot in a field's name cannot be told from one between an object and its field; most are the latter.
    let place = key_place(edition, example, &format!("/{}", escaped.replace('.', "/")))
        .or_else(|| key_place(edition, example, &format!("/{escaped}")))
        .or_else(|| {
            let at = edition.sources.text(example.ticket_span).find(field)?;
            let start = example.ticket_span.start as usize + at;
            Some(Span::new(example.ticket_span.file, start..start + field.len()))
        })
        .unwrap_or(example.ticket_span);
    let mut diagnostic =
        Diagnostic::new(&codes::UNKNOWN_TICKET_FIELD, place, format!("no rule knows the field `{field}`")).help(help);
    diagnostic.clause = in_clause(edition, place);
    Some(diagnostic)
}

/// Where the field of an example's ticket stands that a JSON pointer names.
fn field_place(edition: &Edition, example: &ExampleResult, pointer: &str) -> Option<Span> {
    let span = example.ticket_span;
    let (place, start) = ticket_place(edition, example, pointer)?;
    let range = place.value;
    (!pointer.is_empty()).then(|| Span::new(span.file, start + range.start..start + range.end))
}

/// Where the name of such a field stands.
fn key_place(edition: &Edition, example: &ExampleResult, pointer: &str) -> Option<Span> {
    let (place, start) = ticket_place(edition, example, pointer)?;
    let range = place.key?;
    Some(Span::new(example.ticket_span.file, start + range.start..start + range.end))
}

/// The place of a part of an example's ticket, and where the text that it is counted from begins.
fn ticket_place(edition: &Edition, example: &ExampleResult, pointer: &str) -> Option<(yaml::Place, usize)> {
    let span = example.ticket_span;
    // A flow map in the text is YAML by itself; in a tests file the ticket is a part of the whole file.
    let (text, start) = match example.is_in_text {
        true => (edition.sources.text(span), span.start as usize),
        false => (edition.sources.file(span.file).text.as_str(), 0),
    };
    let outline = yaml::outline(text);
    let place = outline.place(&format!("{}{pointer}", example.ticket_pointer))?;
    Some((place.clone(), start))
}
