//! The bodies of statements, and what every rule may say: its clauses that stand once, what it rests on.

use super::super::{AuthorityId, Condition, Named};
use super::clocks::{clock, late_warnings, warnings};
use super::exceptions::exception;
use super::rows::{Gives, rows};
use super::symbols::{Other, Subject};
use super::unevaluated::typed_only;
use super::{Lowering, Placed};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::tree::{ClauseKind, RuleKind, RuleStatement, Statement};

/// Fills in what `declare` laid out.
pub fn fill(lowering: &mut Lowering, placed: &[Placed]) {
    // `at risk` asks whether a clock warns, so warnings come before every condition.
    let rules: Vec<(&Placed, &RuleStatement)> =
        placed.iter().filter_map(|one| one.rule().map(|rule| (one, rule))).collect();
    for (_, rule) in &rules {
        warnings(lowering, rule);
    }
    for one in placed {
        if let Statement::Define(define) = one.statement {
            let condition = lowering.condition(&define.condition);
            let index = match lowering.symbols.subjects.get(&define.declared.name.text) {
                Some((Subject::Define(id), span)) if *span == define.declared.name.span => id.0,
                _ => continue,
            };
            lowering.defines[index].condition = condition;
        }
    }
    for (_, rule) in &rules {
        body(lowering, rule);
    }
    for (one, rule) in &rules {
        if rule.kind == RuleKind::Exception {
            exception(lowering, one, rule);
        }
    }
}

/// A rule's own position among those of its kind, if its declaration was taken.
pub fn own(lowering: &Lowering, rule: &RuleStatement) -> Option<Subject> {
    let (subject, span) = lowering.symbols.subjects.get(&rule.declared.name.text)?;
    (*span == rule.declared.name.span).then_some(*subject)
}

fn own_other(lowering: &Lowering, rule: &RuleStatement, kind: Other) -> Option<usize> {
    let (index, span) = lowering.symbols.others.get(&(kind, rule.declared.name.text.clone()))?;
    (*span == rule.declared.name.span).then_some(*index)
}

fn body(lowering: &mut Lowering, rule: &RuleStatement) {
    once(lowering, rule, "when", |kind| matches!(kind, ClauseKind::When(_)));
    once(lowering, rule, "effective from", |kind| matches!(kind, ClauseKind::Effective(..)));
    once(lowering, rule, "table", |kind| matches!(kind, ClauseKind::Table(_)));
    match (rule.kind, own(lowering, rule)) {
        (RuleKind::Classify, Some(Subject::Classify(id))) => {
            let authority = lowering.classifies[id.0].authority;
            fill_authority(lowering, rule, authority);
            once(lowering, rule, "tiers", |kind| matches!(kind, ClauseKind::Tiers(_)));
            let tiers: Vec<Named> = lowering.classifies[id.0].tiers.clone();
            let has_table = rule.clauses.iter().any(|clause| matches!(clause.kind, ClauseKind::Table(_)));
            if has_table && !rule.clauses.iter().any(|clause| matches!(clause.kind, ClauseKind::Tiers(_))) {
                missing(
                    lowering,
                    rule,
                    "`tiers` before its table",
                    "list the tiers first, severest first: `tiers high \"高\", low \"低\"`",
                );
            }
            let rows = rows(lowering, rule, authority, Gives::Tier(&tiers));
            needs_rows(
                lowering,
                rule,
                rows.is_empty(),
                "a tier",
                "add a row such as `tier routine \"常规\" otherwise`",
            );
            lowering.classifies[id.0].rows =
                rows.into_iter().filter_map(|row| row.outcome(|outcome| outcome.position)).collect();
        }
        (RuleKind::Deadline, Some(Subject::Deadline(id))) => {
            let authority = lowering.deadlines[id.0].authority;
            fill_authority(lowering, rule, authority);
            let has_start = clock(lowering, rule, id.0);
            let rows = rows(lowering, rule, authority, Gives::Within);
            if has_start {
                needs_rows(lowering, rule, rows.is_empty(), "a limit", "add a row such as `within 4h`");
            } else if rows.is_empty() && !has_row(rule) {
                missing(
                    lowering,
                    rule,
                    "a start, an end and a limit",
                    "add lines such as `from opened until first_reply` and `within 4h`",
                );
            } else {
                missing(lowering, rule, "a start and an end", "add a line such as `from opened until first_reply`");
            }
            late_warnings(lowering, rule, &rows);
            lowering.deadlines[id.0].rows =
                rows.into_iter().filter_map(|row| row.outcome(|outcome| outcome.limit)).collect();
        }
        (RuleKind::Route, Some(Subject::Route(id))) => {
            let authority = lowering.routes[id.0].authority;
            fill_authority(lowering, rule, authority);
            let mut queues: Vec<Named> = Vec::new();
            let found = rows(lowering, rule, authority, Gives::To(&mut queues));
            needs_rows(
                lowering,
                rule,
                found.is_empty(),
                "a destination",
                "add a row such as `to front_line \"一线客服\" otherwise`",
            );
            lowering.routes[id.0].rows =
                found.into_iter().filter_map(|row| row.outcome(|outcome| outcome.position)).collect();
            lowering.routes[id.0].queues = queues;
        }
        (RuleKind::Escalation, _) => {
            if let Some(index) = own_other(lowering, rule, Other::Ladder) {
                fill_authority(lowering, rule, lowering.ladders[index].authority);
                lowering.ladders[index].steps = super::ladders::steps(lowering, rule);
            }
        }
        (RuleKind::Record, _) => {
            if let Some(index) = own_other(lowering, rule, Other::Record) {
                fill_authority(lowering, rule, lowering.records[index].authority);
                lowering.records[index].fields = fields(lowering, rule);
            }
        }
        (RuleKind::Etiquette | RuleKind::Target | RuleKind::Retain, _) => typed_only(lowering, rule),
        _ => {}
    }
}

/// A second clause of a kind that a statement takes once.
pub fn once(lowering: &mut Lowering, rule: &RuleStatement, what: &str, is_it: impl Fn(&ClauseKind) -> bool) {
    let mut found = rule.clauses.iter().filter(|clause| is_it(&clause.kind));
    let Some(first) = found.next() else { return };
    for again in found {
        let diagnostic = Diagnostic::new(
            &codes::DUPLICATE_CLAUSE,
            again.span,
            format!("`{what}` stands in this rule a second time"),
        )
        .label(first.span, "the first time")
        .help("keep one of the two");
        lowering.push(diagnostic);
    }
}

pub fn missing(lowering: &mut Lowering, rule: &RuleStatement, what: &str, help: &str) {
    // Where a clause could not be read, that has been reported, and it may be the one that is missing.
    if rule.clauses.iter().any(|clause| clause.kind == ClauseKind::Junk) {
        return;
    }
    let name = &rule.declared.name;
    lowering
        .push(Diagnostic::new(&codes::MISSING_CLAUSE, name.span, format!("`{}` lacks {what}", name.text)).help(help));
}

fn needs_rows(lowering: &mut Lowering, rule: &RuleStatement, is_empty: bool, what: &str, help: &str) {
    if is_empty && !has_row(rule) {
        missing(lowering, rule, what, help);
    }
}

/// Whether a rule has rows at all, right or wrong ones.
pub fn has_row(rule: &RuleStatement) -> bool {
    rule.clauses.iter().any(|clause| {
        matches!(clause.kind, ClauseKind::Table(_) | ClauseKind::Tier(..) | ClauseKind::Within(..) | ClauseKind::To(..))
    })
}

pub fn fill_authority(lowering: &mut Lowering, rule: &RuleStatement, id: AuthorityId) {
    for clause in &rule.clauses {
        match &clause.kind {
            ClauseKind::Cites(texts) => {
                let cites = texts.iter().map(|text| text.text.clone());
                lowering.authorities[id.0].cites.extend(cites);
            }
            ClauseKind::Effective(from, until) => {
                if let Some(until) = until.filter(|until| until.date < from.date) {
                    let diagnostic =
                        Diagnostic::new(&codes::BACKWARD_DATES, until.span, "the rule ends before it begins")
                            .label(from.span, "it begins here")
                            .help("`until` is the last date on which the rule applies");
                    lowering.push(diagnostic);
                }
                lowering.authorities[id.0].effective = Some((from.date, until.map(|until| until.date)));
            }
            ClauseKind::Trial => lowering.authorities[id.0].trial = true,
            ClauseKind::When(condition) => {
                let when = lowering.condition(condition);
                lowering.authorities[id.0].when = Some(when);
            }
            _ => {}
        }
    }
}

fn fields(lowering: &mut Lowering, rule: &RuleStatement) -> Vec<(super::super::FactId, Condition)> {
    let mut fields = Vec::new();
    let mut is_said: bool = false;
    for clause in &rule.clauses {
        let ClauseKind::MustHave(names, when) = &clause.kind else { continue };
        is_said = true;
        let condition = match when {
            Some(condition) => lowering.condition(condition),
            None => Condition::always(clause.span),
        };
        for name in names {
            let fact = lowering.fact(name);
            fields.extend(fact.map(|fact| (fact, condition.clone())));
        }
    }
    if !is_said {
        missing(lowering, rule, "its fields", "add a line such as `must have customer.name, body`");
    }
    fields
}
