//! Which names are taken, and by what.

use super::super::{ClassifyId, DeadlineId, DefineId, EventId, FactId, Named, RouteId, StatusId};
use super::Lowering;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::source::{FileId, Span};
use crate::syntax::tree::{Declared, Name};
use std::collections::{BTreeMap, BTreeSet};

/// What a name in a condition can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Fact(FactId),
    Event(EventId),
    Define(DefineId),
    Classify(ClassifyId),
    Deadline(DeadlineId),
    Route(RouteId),
}

impl Subject {
    /// What it is called in a message.
    pub fn spoken(self) -> &'static str {
        match self {
            Subject::Fact(_) => "a fact",
            Subject::Event(_) => "an event",
            Subject::Define(_) => "a defined condition",
            Subject::Classify(_) => "a classification",
            Subject::Deadline(_) => "a deadline",
            Subject::Route(_) => "a route",
        }
    }
}

/// Names outside conditions: each kind has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Other {
    Status,
    Lexicon,
    Ladder,
    Record,
    Etiquette,
    Target,
    Retain,
}

impl Other {
    /// What it is called in a message.
    pub fn spoken(self) -> &'static str {
        match self {
            Other::Status => "status",
            Other::Lexicon => "lexicon",
            Other::Ladder => "escalation",
            Other::Record => "record",
            Other::Etiquette => "scorecard",
            Other::Target => "target",
            Other::Retain => "retention rule",
        }
    }
}

/// Every declared name.
#[derive(Default)]
pub struct Symbols {
    /// Names that conditions can use.
    pub subjects: BTreeMap<String, (Subject, Span)>,
    /// The other names: position and place, by kind.
    pub others: BTreeMap<(Other, String), (usize, Span)>,
    /// Events, `opened` and `reopened` first.
    pub events: Vec<Named>,
    /// Statuses, `open` first.
    pub statuses: Vec<Named>,
    /// Words of statements that could not be read.
    pub suspects: BTreeSet<String>,
    /// A statement lacks its name, so an unknown name may be the one that is meant.
    pub lacks_name: bool,
    /// Unknown names already reported: by code and name, which finding.
    pub reported: BTreeMap<(&'static str, String), usize>,
    /// Subjects and others that something uses.
    pub used: BTreeSet<String>,
}

/// Names that a fact cannot take because every ticket has them.
const BUILT_IN_FACTS: &[&str] = &["id", "opened_at", "status", "events", "messages"];

impl Symbols {
    pub fn new() -> Self {
        let nowhere = Span::new(FileId(0), 0..0);
        let built_in = |id: &str| Named { id: id.to_owned(), label: None, span: nowhere };
        let mut symbols = Symbols {
            events: vec![built_in("opened"), built_in("reopened")],
            statuses: vec![built_in("open")],
            ..Symbols::default()
        };
        symbols.subjects.insert("opened".to_owned(), (Subject::Event(super::super::OPENED), nowhere));
        symbols.subjects.insert("reopened".to_owned(), (Subject::Event(super::super::REOPENED), nowhere));
        symbols.others.insert((Other::Status, "open".to_owned()), (0, nowhere));
        symbols
    }

    /// The status of a name.
    pub fn status(&self, name: &str) -> Option<StatusId> {
        let by_label = || self.statuses.iter().position(|status| status.label.as_deref() == Some(name));
        self.statuses.iter().position(|status| status.id == name).or_else(by_label).map(StatusId)
    }
}

impl Lowering<'_> {
    /// Takes a name that conditions can use. Reports a name that is built in, reserved, or taken.
    pub fn declare(&mut self, declared: &Declared, subject: Subject) -> bool {
        let name: &Name = &declared.name;
        let is_fact = matches!(subject, Subject::Fact(_));
        if BUILT_IN_FACTS.contains(&name.text.as_str()) && (is_fact || name.text == "status")
            || matches!(name.text.as_str(), "opened" | "reopened")
        {
            let diagnostic = Diagnostic::new(
                &codes::RESERVED_NAME,
                name.span,
                format!("`{}` is built in and cannot be declared", name.text),
            )
            .help("every ticket has it already; use it as it is, or choose another name");
            self.push(diagnostic);
            return false;
        }
        if let Some((taken, place)) = self.symbols.subjects.get(&name.text).copied() {
            let diagnostic = Diagnostic::new(
                &codes::DUPLICATE_NAME,
                name.span,
                format!("`{}` is already the name of {}", name.text, taken.spoken()),
            )
            .label(place, "declared here first")
            .help("give one of the two another name");
            self.push(diagnostic);
            return false;
        }
        self.symbols.subjects.insert(name.text.clone(), (subject, name.span));
        true
    }

    /// Takes a name of one of the other kinds, at position `index` of its list.
    pub fn declare_other(&mut self, declared: &Declared, kind: Other, index: usize) -> bool {
        let name: &Name = &declared.name;
        if kind == Other::Status && name.text == "open" {
            let diagnostic =
                Diagnostic::new(&codes::RESERVED_NAME, name.span, "`open` is built in and cannot be declared")
                    .help("every ticket starts with it; leave it out of the list");
            self.push(diagnostic);
            return false;
        }
        if let Some((_, place)) = self.symbols.others.get(&(kind, name.text.clone())).copied() {
            let diagnostic = Diagnostic::new(
                &codes::DUPLICATE_NAME,
                name.span,
                format!("there is already a {} `{}`", kind.spoken(), name.text),
            )
            .label(place, "declared here first")
            .help("give one of the two another name");
            self.push(diagnostic);
            return false;
        }
        self.symbols.others.insert((kind, name.text.clone()), (index, name.span));
        true
    }

    /// Finds one of the other names and reports it when unknown.
    pub fn find_other(&mut self, name: &Name, kind: Other) -> Option<usize> {
        self.symbols.used.insert(name.text.clone());
        if let Some((index, _)) = self.symbols.others.get(&(kind, name.text.clone())) {
            return Some(*index);
        }
        let known: Vec<String> =
            self.symbols.others.keys().filter(|(of, _)| *of == kind).map(|(_, name)| name.clone()).collect();
        self.unknown(&codes::UNKNOWN_NAME, name, kind.spoken(), &known);
        None
    }

    /// What a name of a condition stands for; reported when unknown.
    pub fn subject(&mut self, name: &Name) -> Option<Subject> {
        self.symbols.used.insert(name.text.clone());
        if let Some((subject, _)) = self.symbols.subjects.get(&name.text) {
            return Some(*subject);
        }
        let other = self.symbols.others.iter().find(|((kind, other), _)| *kind != Other::Status && *other == name.text);
        if let Some(((kind, _), (_, place))) = other.map(|(key, value)| (key.clone(), *value)) {
            let diagnostic = Diagnostic::new(
                &codes::WRONG_KIND_OF_NAME,
                name.span,
                format!("`{}` is the name of a rule that cannot be tested", name.text),
            )
            .label(place, format!("this {}", kind.spoken()))
            .help("conditions ask for facts, tiers, events, deadlines, definitions and the status");
            self.push(diagnostic);
            return None;
        }
        let mut known: Vec<String> = self.symbols.subjects.keys().cloned().collect();
        known.push("status".to_owned());
        self.unknown(&codes::UNKNOWN_NAME, name, "fact, tier, event, deadline or definition", &known);
        None
    }

    /// The name that a label belongs to: conditions take names only.
    fn named_by_label(&self, label: &str) -> Option<String> {
        let facts = self.facts.iter().map(|fact| &fact.name);
        let events = self.symbols.events.iter();
        let defines = self.defines.iter().map(|define| &define.name);
        let classifies = self.classifies.iter().map(|classify| &classify.name);
        let deadlines = self.deadlines.iter().map(|deadline| &deadline.name);
        let mut all = facts.chain(events).chain(defines).chain(classifies).chain(deadlines);
        all.find(|named| named.label.as_deref() == Some(label)).map(|named| named.id.clone())
    }

    /// The event of a name; reported when unknown or something else.
    pub fn event(&mut self, name: &Name) -> Option<EventId> {
        self.symbols.used.insert(name.text.clone());
        match self.symbols.subjects.get(&name.text).copied() {
            Some((Subject::Event(event), _)) => Some(event),
            Some((other, place)) => {
                let diagnostic = Diagnostic::new(
                    &codes::WRONG_KIND_OF_NAME,
                    name.span,
                    format!("`{}` is {}, not an event", name.text, other.spoken()),
                )
                .label(place, "declared here")
                .help("a clock runs from `opened` or an event until an event");
                self.push(diagnostic);
                None
            }
            None => {
                let known: Vec<String> = self.symbols.events.iter().map(|event| event.id.clone()).collect();
                self.unknown(&codes::UNKNOWN_NAME, name, "event", &known);
                None
            }
        }
    }

    /// The fact of a name; reported when unknown or something else.
    pub fn fact(&mut self, name: &Name) -> Option<FactId> {
        self.symbols.used.insert(name.text.clone());
        match self.symbols.subjects.get(&name.text).copied() {
            Some((Subject::Fact(fact), _)) => Some(fact),
            Some((other, place)) => {
                let diagnostic = Diagnostic::new(
                    &codes::WRONG_KIND_OF_NAME,
                    name.span,
                    format!("`{}` is {}, not a fact", name.text, other.spoken()),
                )
                .label(place, "declared here")
                .help("name a field of the ticket");
                self.push(diagnostic);
                None
            }
            None if BUILT_IN_FACTS.contains(&name.text.as_str()) => {
                let diagnostic = Diagnostic::new(
                    &codes::WRONG_KIND_OF_NAME,
                    name.span,
                    format!("`{}` is built in and cannot be named here", name.text),
                )
                .help("name a field that the handbook declares with `fact`");
                self.push(diagnostic);
                None
            }
            None => {
                let known: Vec<String> = self.facts.iter().map(|fact| fact.name.id.clone()).collect();
                self.unknown(&codes::UNKNOWN_NAME, name, "fact", &known);
                None
            }
        }
    }

    /// Reports a name nobody declared, once; its other places become labels. A name out of a broken statement
    /// stays quiet: that statement has been reported.
    pub fn unknown(&mut self, code: &'static Code, name: &Name, what: &str, known: &[String]) {
        if self.symbols.suspects.contains(&name.text) {
            return;
        }
        let key = (code.id, format!("{what} {}", name.text));
        if let Some(diagnostic) = self.symbols.reported.get(&key).and_then(|index| self.diagnostics.get_mut(*index)) {
            if diagnostic.labels.len() < 3 {
                diagnostic.labels.push(crate::diagnostic::Label { span: name.span, text: "and here".to_owned() });
            }
            return;
        }
        let is_early = self.symbols.reported.len() < super::MOST_SUGGESTIONS;
        let near = is_early.then(|| nearest(&name.text, known.iter().map(String::as_str)).map(str::to_owned)).flatten();
        let help = match (self.named_by_label(&name.text), &near) {
            (Some(named), _) => format!("`{}` is a label; write the name, `{named}`", name.text),
            (None, Some(near)) => format!("a name that is close: `{near}`"),
            (None, None) => listing(what, known),
        };
        if self.symbols.lacks_name && near.is_none() && code == &codes::UNKNOWN_NAME {
            return;
        }
        self.symbols.reported.insert(key, self.diagnostics.len());
        self.push(Diagnostic::new(code, name.span, format!("there is no {what} `{}`", name.text)).help(help));
    }
}

/// What is declared, for a message without a near name.
fn listing(what: &str, known: &[String]) -> String {
    const SHOWN: usize = 12;
    if known.is_empty() {
        return format!("no {what} is declared in this handbook");
    }
    let shown: Vec<String> = known.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if known.len() > SHOWN { format!(" and {} more", known.len() - SHOWN) } else { String::new() };
    format!("declared are {}{more}", shown.join(", "))
}
