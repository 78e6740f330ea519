//! Trees into a handbook.
//!
//! First every declaration, then every body, so that a rule may name what stands after it. After an unknown name
//! the node is `Unknown` and what touches it stays quiet: one mistake, one message.

mod amounts;
mod bodies;
mod clauses;
mod clocks;
mod conditions;
mod declarations;
mod examples;
mod exceptions;
mod fact_tests;
mod front_matter;
mod headings;
mod ladders;
mod pauses;
mod rows;
mod symbols;
mod table;
mod tests_file;
mod unevaluated;
mod unused;

use super::calendars::{self, Rested};
use super::{
    Authority, AuthorityId, Classify, Clause, ClauseId, Deadline, Define, Fact, Handbook, Ladder, Meta, Named, Record,
    Route,
};
use crate::calendar::{Calendar, Zone};
use crate::diagnostic::{Diagnostic, InClause, codes};
use crate::source::{FileId, Sources, Span};
use crate::syntax::tree::{BlockKind, RuleStatement, Statement, Tree};
use std::collections::BTreeMap;
use std::sync::Arc;
use symbols::Symbols;

pub(super) use front_matter::spoken;

/// No more findings are kept.
const MOST_FINDINGS: usize = 2000;

/// So many unknown names get a suggestion; finding one compares every name there is.
const MOST_SUGGESTIONS: usize = 100;

/// What lowering gives: a handbook, which holds `Unknown` parts where errors were found.
pub struct Lowered {
    /// The handbook; `None` when the front matter is too broken to name it.
    pub handbook: Option<Handbook>,
}

/// Turns a tree into a handbook. `tests` is the tests file's id, when there is one, `calendars` those beside it.
pub fn lower(
    sources: &Sources,
    tree: &Tree,
    file: FileId,
    tests: Option<FileId>,
    calendars: &[FileId],
    diagnostics: &mut Vec<Diagnostic>,
) -> Lowered {
    let meta: Option<Meta> = front_matter::meta(sources, tree, file, diagnostics);
    let zone: Zone = meta.as_ref().map_or(Zone::UTC, |meta| meta.zone);
    let rested: Option<Rested> = meta.as_ref().and_then(|meta| meta.calendar.as_deref()).and_then(|name| {
        let place = front_matter::place_of(sources, tree, file, "calendar");
        calendars::named(sources, calendars, name, place, zone, diagnostics)
    });
    let (calendar, calendar_files) = rested.map_or((None, Vec::new()), |rested| (Some(rested.calendar), rested.files));
    let mut lowering = Lowering {
        sources,
        zone,
        calendar,
        days: None,
        calendar_name: meta.as_ref().and_then(|meta| meta.calendar.clone()),
        calendar_needed_at: None,
        calendar_needed_for: String::new(),
        days_at: None,
        diagnostics,
        symbols: Symbols::new(),
        clauses: Vec::new(),
        clause_keys: BTreeMap::new(),
        headings: Vec::new(),
        without_clause: BTreeMap::new(),
        authorities: Vec::new(),
        facts: Vec::new(),
        defines: Vec::new(),
        classifies: Vec::new(),
        deadlines: Vec::new(),
        routes: Vec::new(),
        ladders: Vec::new(),
        records: Vec::new(),
        examples: Vec::new(),
    };
    let placed: Vec<Placed> = clauses::place(&mut lowering, tree);
    headings::unnumbered(&mut lowering, tree);
    lowering.suspect_names_in_junk(&placed);
    declarations::declare(&mut lowering, &placed);
    bodies::fill(&mut lowering, &placed);
    pauses::check(&mut lowering);
    examples::collect(&mut lowering, &placed);
    if let Some(tests) = tests {
        tests_file::collect(&mut lowering, tests);
    }
    lowering.report_calendar();
    unused::report(&mut lowering);
    clauses::name_clauses(&mut lowering);
    clauses::merge_headings(&mut lowering);
    let Lowering {
        calendar,
        days,
        symbols,
        clauses,
        authorities,
        facts,
        defines,
        classifies,
        deadlines,
        routes,
        ladders,
        records,
        examples,
        ..
    } = lowering;
    let scripts: Vec<Span> = tree
        .blocks
        .iter()
        .filter_map(|block| match block.kind {
            BlockKind::Script(span) => Some(span),
            _ => None,
        })
        .collect();
    let handbook = meta.map(|meta| Handbook {
        meta,
        calendar: calendar.or(days),
        calendar_files,
        clauses,
        authorities,
        facts,
        events: symbols.events,
        statuses: symbols.statuses,
        defines,
        classifies,
        deadlines,
        routes,
        ladders,
        records,
        examples,
        scripts,
    });
    Lowered { handbook }
}

/// A statement with the numbered clause it stands in.
struct Placed<'t> {
    statement: &'t Statement,
    clause: Option<ClauseId>,
}

impl<'t> Placed<'t> {
    /// The statement of a first line and clauses, if it is one.
    fn rule(&self) -> Option<&'t RuleStatement> {
        match self.statement {
            Statement::Rule(rule) => Some(rule),
            _ => None,
        }
    }
}

/// Everything the passes share.
struct Lowering<'a> {
    sources: &'a Sources,
    zone: Zone,
    /// The calendar that working time is counted on.
    calendar: Option<Arc<Calendar>>,
    /// In its place for other days, where the front matter names none.
    days: Option<Arc<Calendar>>,
    /// The one that the front matter names.
    calendar_name: Option<String>,
    /// The first place that cannot do without a calendar, and what it asks for.
    calendar_needed_at: Option<Span>,
    calendar_needed_for: String,
    /// The first place that counts days of any kind.
    days_at: Option<Span>,
    diagnostics: &'a mut Vec<Diagnostic>,
    symbols: Symbols,
    clauses: Vec<Clause>,
    /// The position of each clause by the key of its number.
    clause_keys: BTreeMap<String, usize>,
    /// Every heading, and the clause that what stands under it is in.
    headings: Vec<(Span, Option<InClause>)>,
    /// Findings about rules without a clause, by the start of their heading.
    without_clause: BTreeMap<u32, usize>,
    authorities: Vec<Authority>,
    facts: Vec<Fact>,
    defines: Vec<Define>,
    classifies: Vec<Classify>,
    deadlines: Vec<Deadline>,
    routes: Vec<Route>,
    ladders: Vec<Ladder>,
    records: Vec<Record>,
    examples: Vec<super::Example>,
}

impl Lowering<'_> {
    /// Notes a finding; a handbook with thousands of them has shown what is wrong.
    fn push(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_FINDINGS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// The clause of a rule. A rule outside every numbered clause is an error, since no answer could cite it.
    fn clause_or_report(&mut self, clause: Option<ClauseId>, rule: &RuleStatement, what: &str) -> Option<ClauseId> {
        if clause.is_none() {
            self.report_without_clause(rule, what);
        }
        clause
    }

    /// One finding for all the rules under one heading: it is the heading that lacks its number.
    fn report_without_clause(&mut self, rule: &RuleStatement, what: &str) {
        let name = &rule.declared.name;
        let heading: u32 = self
            .headings
            .iter()
            .rfind(|(heading, _)| heading.start <= name.span.start)
            .map_or(0, |(heading, _)| heading.start);
        if let Some(diagnostic) = self.without_clause.get(&heading).and_then(|index| self.diagnostics.get_mut(*index)) {
            if diagnostic.labels.len() < 4 {
                diagnostic.labels.push(crate::diagnostic::Label { span: name.span, text: "nor does this".to_owned() });
            }
            return;
        }
        let mut diagnostic = Diagnostic::new(
            &codes::RULE_WITHOUT_CLAUSE,
            name.span,
            format!("{what} `{}` stands under no numbered heading", name.text),
        );
        let is_almost = |other: &&Diagnostic| {
            other.code == &codes::HEADING_WITHOUT_BLANK && (heading..name.span.start).contains(&other.span.start)
        };
        match self.diagnostics.iter().rfind(is_almost).map(|other| (other.span, other.help.clone())) {
            Some((mark, help)) => {
                diagnostic = help
                    .into_iter()
                    .fold(diagnostic.label(mark, "no heading, since no blank follows"), Diagnostic::help)
            }
            None => {
                diagnostic =
                    diagnostic.help("put it under a heading with a number, `### 3.1 …`; answers cite that number")
            }
        }
        self.without_clause.insert(heading, self.diagnostics.len());
        self.push(diagnostic);
    }

    fn authority(&mut self, authority: Authority) -> AuthorityId {
        self.authorities.push(authority);
        AuthorityId(self.authorities.len() - 1)
    }

    /// Every word of what could not be read may have been a declaration: names from there stay quiet.
    fn suspect_names_in_junk(&mut self, placed: &[Placed]) {
        for one in placed {
            match one.statement {
                Statement::Junk(span) => {
                    self.suspect(*span);
                    self.symbols.lacks_name |= lacks_name(self.sources.text(*span));
                }
                Statement::Rule(rule) => {
                    for clause in &rule.clauses {
                        if clause.kind == crate::syntax::tree::ClauseKind::Junk {
                            self.suspect(clause.span);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn suspect(&mut self, span: Span) {
        let text: &str = self.sources.text(span);
        for word in text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '.')) {
            if !word.is_empty() {
                self.symbols.suspects.insert(word.to_owned());
            }
        }
        // `first-response` may stand for `first_response` elsewhere.
        for word in text.split_whitespace().filter(|word| word.contains('-')) {
            self.symbols.suspects.insert(word.replace('-', "_"));
        }
    }
}

/// Whether a statement that could not be read has a label where its name belongs: `classify "紧急程度"`.
fn lacks_name(statement: &str) -> bool {
    let declares = ["fact", "event", "define", "classify", "deadline", "escalation", "route", "record"];
    let rest = declares.iter().find_map(|word| statement.strip_prefix(word));
    rest.is_some_and(|rest| rest.trim_start().starts_with(['"', '“', '「']))
}

fn named(declared: &crate::syntax::tree::Declared) -> Named {
    Named {
        id: declared.name.text.clone(),
        label: declared.label.as_ref().map(|label| label.text.clone()),
        span: declared.name.span,
    }
}
