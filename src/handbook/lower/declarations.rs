//! Every declaration: names taken, types read, ids given.

use super::super::{
    ClassifyId, ClockSpan, Condition, Deadline, DeadlineId, Decimal, Define, DefineId, EventId, Fact, FactId, FactKind,
    Ladder, Named, Record, Route, RouteId,
};
use super::symbols::{Other, Subject};
use super::{Authority, Classify, Lowering, Placed, named};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::is_reserved;
use crate::syntax::tree::{
    ClauseKind, Declared, FactStatement, FactType, Literal, OnChange, OnReopen, RuleKind, RuleStatement, Statement,
};

/// A fact lies no deeper inside a ticket.
const MOST_PARTS: usize = 8;

/// Takes the name of every statement and lays out its empty body, so that any rule may name any other.
pub fn declare(lowering: &mut Lowering, placed: &[Placed]) {
    for one in placed {
        match one.statement {
            Statement::Fact(fact) => facts(lowering, fact),
            Statement::Event(_, names) => names.iter().for_each(|declared| event(lowering, declared)),
            Statement::Status(_, names) => names.iter().for_each(|declared| status(lowering, declared)),
            Statement::Define(define) => {
                if lowering.declare(&define.declared, Subject::Define(DefineId(lowering.defines.len()))) {
                    lowering
                        .defines
                        .push(Define { name: named(&define.declared), condition: Condition::always(define.span) });
                }
            }
            Statement::Lexicon(lexicon) => {
                lowering.declare_other(&lexicon.declared, Other::Lexicon, 0);
                let diagnostic = Diagnostic::new(
                    &codes::ETIQUETTE_NOT_EVALUATED,
                    lexicon.declared.name.span,
                    "this version does not evaluate lexicons",
                )
                .help("leave the phrases to the prose for now; `contains \"…\"` tests a field for one phrase");
                lowering.push(diagnostic);
            }
            Statement::Rule(rule) => self::rule(lowering, one, rule),
            Statement::Junk(_) => {}
        }
    }
}

fn facts(lowering: &mut Lowering, statement: &FactStatement) {
    let kind = fact_kind(lowering, &statement.kind);
    for declared in &statement.names {
        let id = FactId(lowering.facts.len());
        if declared.name.text.split('.').count() > MOST_PARTS {
            let diagnostic = Diagnostic::new(
                &codes::SYNTAX,
                declared.name.span,
                format!("this name has more than {MOST_PARTS} parts"),
            )
            .help("objects of a ticket nest a few levels deep: `customer.address.city`");
            lowering.push(diagnostic);
            continue;
        }
        if !lowering.declare(declared, Subject::Fact(id)) {
            // Rules may ask for the values of this declaration, and not for those of the one that was taken.
            if let FactKind::OneOf(values) | FactKind::ListOf(values) = &kind {
                values.iter().for_each(|value| lowering.suspect_value(value));
            }
            continue;
        }
        let name = &declared.name;
        let clash = lowering
            .facts
            .iter()
            .find(|fact| is_inside(&fact.name.id, &name.text) || is_inside(&name.text, &fact.name.id));
        if let Some(clash) = clash {
            let (outer, inner) = if is_inside(&clash.name.id, &name.text) {
                (&clash.name.id, &name.text)
            } else {
                (&name.text, &clash.name.id)
            };
            let diagnostic = Diagnostic::new(
                &codes::DUPLICATE_NAME,
                name.span,
                format!("`{outer}` cannot be a field and hold the field `{inner}`"),
            )
            .label(clash.name.span, "declared here")
            .help("give one of the two another name");
            lowering.push(diagnostic);
        }
        lowering.facts.push(Fact { name: named(declared), kind: kind.clone() });
    }
}

fn is_inside(outer: &str, inner: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

fn fact_kind(lowering: &mut Lowering, kind: &FactType) -> FactKind {
    match kind {
        FactType::Text => FactKind::Text,
        FactType::YesNo => FactKind::YesNo,
        FactType::Time => FactKind::Time,
        FactType::ListOfText => FactKind::ListOfText,
        FactType::OneOf(values) => FactKind::OneOf(distinct(lowering, values, "value")),
        FactType::ListOf(values) => FactKind::ListOf(distinct(lowering, values, "value")),
        FactType::Number { range, unit } => {
            let range = range.as_ref().and_then(|(low, high)| number_range(lowering, low, high));
            FactKind::Number { range, unit: unit.as_ref().map(|unit| unit.text.clone()) }
        }
    }
}

fn number_range(lowering: &mut Lowering, low: &Literal, high: &Literal) -> Option<(Decimal, Decimal)> {
    let (least, most) = (lowering.figure(low)?, lowering.figure(high)?);
    if least > most {
        let diagnostic = Diagnostic::new(
            &codes::EMPTY_RANGE,
            low.span.to(high.span),
            format!("no number is between {} and {}", low.text, high.text),
        )
        .help("write the smaller figure first");
        lowering.push(diagnostic);
        return None;
    }
    Some((least, most))
}

/// Values or tiers of one list. A name, or a label, that stands for two of them is an error.
pub fn distinct(lowering: &mut Lowering, declared: &[Declared], what: &str) -> Vec<Named> {
    let mut values: Vec<Named> = Vec::new();
    for one in declared {
        let value = named(one);
        if is_reserved(&value.id) {
            continue;
        }
        let taken = values.iter().find_map(|known| clash(known, &value).map(|word| (word, known.span)));
        if let Some((word, place)) = taken {
            let diagnostic = Diagnostic::new(
                &codes::DUPLICATE_NAME,
                value.span,
                format!("`{word}` already stands for another {what} of this list"),
            )
            .label(place, "here first")
            .help("give each its own name and its own label; a ticket may use either");
            lowering.push(diagnostic);
            lowering.suspect_value(&value);
            continue;
        }
        values.push(value);
    }
    values
}

/// The word that would stand for both.
fn clash<'n>(known: &Named, value: &'n Named) -> Option<&'n str> {
    let mut words = std::iter::once(value.id.as_str()).chain(value.label.as_deref());
    words.find(|word| known.id == *word || known.label.as_deref() == Some(word))
}

fn event(lowering: &mut Lowering, declared: &Declared) {
    if lowering.declare(declared, Subject::Event(EventId(lowering.symbols.events.len()))) {
        lowering.symbols.events.push(named(declared));
    }
}

fn status(lowering: &mut Lowering, declared: &Declared) {
    if lowering.declare_other(declared, Other::Status, lowering.symbols.statuses.len()) {
        lowering.symbols.statuses.push(named(declared));
    }
}

fn rule(lowering: &mut Lowering, placed: &Placed, rule: &RuleStatement) {
    let name = named(&rule.declared);
    let span = rule.declared.name.span;
    match rule.kind {
        RuleKind::Classify => {
            if lowering.declare(&rule.declared, Subject::Classify(ClassifyId(lowering.classifies.len()))) {
                let authority = lowering.empty_authority(placed, rule, "the classification");
                let tiers = tiers(lowering, rule);
                lowering.classifies.push(Classify { name, authority, tiers, rows: Vec::new() });
            }
        }
        RuleKind::Deadline => {
            if lowering.declare(&rule.declared, Subject::Deadline(DeadlineId(lowering.deadlines.len()))) {
                let authority = lowering.empty_authority(placed, rule, "the deadline");
                lowering.deadlines.push(Deadline {
                    name,
                    authority,
                    span: ClockSpan::Events(super::super::OPENED, super::super::OPENED),
                    rows: Vec::new(),
                    pause: None,
                    warnings: Vec::new(),
                    on_change: OnChange::Carry,
                    on_reopen: OnReopen::StayClosed,
                });
            }
        }
        RuleKind::Route => {
            if lowering.declare(&rule.declared, Subject::Route(RouteId(lowering.routes.len()))) {
                let authority = lowering.empty_authority(placed, rule, "the route");
                lowering.routes.push(Route { name, authority, queues: Vec::new(), rows: Vec::new() });
            }
        }
        RuleKind::Escalation => {
            if lowering.declare_other(&rule.declared, Other::Ladder, lowering.ladders.len()) {
                let authority = lowering.empty_authority(placed, rule, "the escalation");
                lowering.ladders.push(Ladder { name, authority, steps: Vec::new() });
            }
        }
        RuleKind::Record => {
            if lowering.declare_other(&rule.declared, Other::Record, lowering.records.len()) {
                let authority = lowering.empty_authority(placed, rule, "the record");
                lowering.records.push(Record { name, authority, fields: Vec::new() });
            }
        }
        RuleKind::Etiquette => {
            lowering.declare_other(&rule.declared, Other::Etiquette, 0);
            not_evaluated(lowering, &codes::ETIQUETTE_NOT_EVALUATED, span, "scorecards");
        }
        RuleKind::Target => {
            lowering.declare_other(&rule.declared, Other::Target, 0);
            not_evaluated(lowering, &codes::TARGET_NOT_EVALUATED, span, "targets");
        }
        RuleKind::Retain => {
            lowering.declare_other(&rule.declared, Other::Retain, 0);
            not_evaluated(lowering, &codes::RETENTION_NOT_EVALUATED, span, "retention rules");
        }
        RuleKind::Exception | RuleKind::Example => {}
    }
}

fn not_evaluated(lowering: &mut Lowering, code: &'static crate::diagnostic::Code, span: Span, what: &str) {
    lowering.push(
        Diagnostic::new(code, span, format!("this version does not evaluate {what}"))
            .help("leave the rule to the prose for now, and take it out of the block"),
    );
}

/// The tiers of a classification: those of `tiers`, else those of its rows in their order.
fn tiers(lowering: &mut Lowering, rule: &RuleStatement) -> Vec<Named> {
    let listed = rule.clauses.iter().find_map(|clause| match &clause.kind {
        ClauseKind::Tiers(names) => Some(names.clone()),
        _ => None,
    });
    if let Some(names) = listed {
        return distinct(lowering, &names, "tier");
    }
    // A tier may have several rows; it is declared by the first.
    let mut names: Vec<Declared> = Vec::new();
    for clause in &rule.clauses {
        if let ClauseKind::Tier(declared, _) = &clause.kind
            && !names.iter().any(|known| known.name.text == declared.name.text)
        {
            names.push(declared.clone());
        }
    }
    distinct(lowering, &names, "tier")
}

impl Lowering<'_> {
    /// A figure as an exact decimal; reported when it cannot be kept.
    pub fn figure(&mut self, literal: &Literal) -> Option<Decimal> {
        match Decimal::read(literal.text.trim_end_matches(['%', '％'])) {
            Ok(figure) => Some(figure),
            Err(problem) => {
                self.push(
                    Diagnostic::new(
                        &codes::BAD_LITERAL,
                        literal.span,
                        format!("`{}` cannot be used: {problem}", literal.text),
                    )
                    .help("write a figure with fewer digits"),
                );
                None
            }
        }
    }

    /// A value whose declaration was refused: what asks for it stays quiet.
    fn suspect_value(&mut self, value: &Named) {
        self.symbols.suspects.insert(value.id.clone());
        self.symbols.suspects.extend(value.label.clone());
    }

    /// The place an authority will be filled in. Without a clause the finding stands, and the first clause serves.
    fn empty_authority(&mut self, placed: &Placed, rule: &RuleStatement, what: &str) -> super::AuthorityId {
        let clause = self.clause_or_report(placed.clause, rule, what).unwrap_or(super::ClauseId(0));
        self.authority(Authority {
            clause,
            cites: Vec::new(),
            effective: None,
            trial: false,
            when: None,
            span: rule.span,
        })
    }
}
