//! Clocks: from which event until which, when they stand still, when they warn.

use super::super::{Condition, Decimal, EventId, Row, Warn};
use super::Lowering;
use super::bodies::{once, own};
use super::rows::Outcome;
use super::symbols::Subject;
use crate::calendar::format_seconds;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::tree::{ClauseKind, OnChange, OnReopen, RuleStatement, Warning};

pub fn warnings(lowering: &mut Lowering, rule: &RuleStatement) {
    let Some(Subject::Deadline(id)) = own(lowering, rule) else { return };
    for clause in &rule.clauses {
        let ClauseKind::Warn(warnings) = &clause.kind else { continue };
        for warning in warnings {
            let warn = match warning {
                Warning::Percent(literal) => {
                    let share = lowering.figure(literal);
                    if share.is_some_and(|share| share <= Decimal::whole(0) || share >= Decimal::whole(100)) {
                        let diagnostic = Diagnostic::new(
                            &codes::BAD_WARNING,
                            literal.span,
                            format!("a warning at `{}` warns of nothing", literal.text),
                        )
                        .help("write a share between 0% and 100%");
                        lowering.push(diagnostic);
                    }
                    share.map(|share| Warn::Share(share.percent()))
                }
                Warning::Before(amount) => lowering.elapsed(amount).map(Warn::Before),
            };
            // A warning that was written wrongly still is one: `at risk` asks for no more.
            lowering.deadlines[id.0].warnings.push(warn.unwrap_or(Warn::Before(0)));
        }
    }
}

/// A warning so long before the due instant that the clock has not begun, in any row.
pub fn late_warnings(lowering: &mut Lowering, rule: &RuleStatement, rows: &[Row<Outcome>]) {
    let Some(longest) = rows.iter().map(|row| row.outcome.seconds).max().flatten() else { return };
    for clause in &rule.clauses {
        let ClauseKind::Warn(warnings) = &clause.kind else { continue };
        for warning in warnings {
            let Warning::Before(literal) = warning else { continue };
            let before = literal
                .amount
                .filter(|amount| amount.unit == crate::calendar::Unit::Elapsed)
                .map(|amount| amount.count);
            if before.is_some_and(|before| before >= longest) {
                let words = lowering.sources.text(literal.span).to_owned();
                let diagnostic = Diagnostic::new(
                    &codes::BAD_WARNING,
                    literal.span,
                    format!("`{words} before due` lies before the clock starts"),
                )
                .help(format!(
                    "the longest limit is `{}`; warn a shorter time before it ends",
                    format_seconds(longest)
                ));
                lowering.push(diagnostic);
            }
        }
    }
}

/// Reads when a clock runs; gives whether it has a start.
pub fn clock(lowering: &mut Lowering, rule: &RuleStatement, index: usize) -> bool {
    once(lowering, rule, "from", |kind| matches!(kind, ClauseKind::From(..) | ClauseKind::FromEach));
    once(lowering, rule, "on change", |kind| matches!(kind, ClauseKind::OnChange(_)));
    once(lowering, rule, "on reopen", |kind| matches!(kind, ClauseKind::OnReopen(_)));
    let mut has_start: bool = false;
    for clause in &rule.clauses {
        match &clause.kind {
            ClauseKind::From(from, until) => {
                has_start = true;
                let (from, until): (Option<EventId>, Option<EventId>) = (lowering.event(from), lowering.event(until));
                lowering.deadlines[index].from = from.unwrap_or(super::super::OPENED);
                lowering.deadlines[index].until = until.unwrap_or(super::super::OPENED);
            }
            ClauseKind::FromEach => {
                has_start = true;
                let diagnostic = Diagnostic::new(
                    &codes::MESSAGE_CLOCK_NOT_EVALUATED,
                    clause.span,
                    "this version does not evaluate clocks for each message",
                )
                .help("run the clock from an event, `from opened until first_reply`");
                lowering.push(diagnostic);
            }
            ClauseKind::Pause(condition) => {
                let pause = lowering.condition(condition);
                lowering.check_pause(&pause);
                let both = match lowering.deadlines[index].pause.take() {
                    None => pause,
                    Some(first) => {
                        Condition { span: first.span, kind: super::super::ConditionKind::Or(vec![first, pause]) }
                    }
                };
                lowering.deadlines[index].pause = Some(both);
            }
            ClauseKind::OnChange(what) => {
                let word = match what {
                    OnChange::Carry => continue,
                    OnChange::Restart => "restart",
                    OnChange::Pin => "pin",
                };
                let diagnostic = Diagnostic::new(
                    &codes::ON_CHANGE_NOT_EVALUATED,
                    clause.span,
                    format!("this version does not evaluate `on change {word}`"),
                )
                .help("without the clause the new limit applies from the same start, as with `on change carry`");
                lowering.push(diagnostic);
            }
            ClauseKind::OnReopen(what) => {
                let word = match what {
                    OnReopen::StayClosed => continue,
                    OnReopen::Continue => "continue",
                    OnReopen::NewCycle => "new cycle",
                };
                let diagnostic = Diagnostic::new(
                    &codes::ON_REOPEN_NOT_EVALUATED,
                    clause.span,
                    format!("this version does not evaluate `on reopen {word}`"),
                )
                .help("without the clause the clock stays closed, as with `on reopen stay closed`");
                lowering.push(diagnostic);
            }
            _ => {}
        }
    }
    has_start
}
