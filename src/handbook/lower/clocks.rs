//! Clocks: from which event until which, when they stand still, when they warn.

use super::super::{ClockSpan, Condition, ConditionKind, Decimal, EventId, OPENED, Row, Warn};
use super::Lowering;
use super::bodies::{once, own};
use super::rows::Outcome;
use super::symbols::Subject;
use crate::calendar::Amount;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::tree::{ClauseKind, RuleStatement, Warning};

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
                Warning::Before(literal) => {
                    let before = lowering.amount(literal);
                    if before.is_some_and(|before| before.count == 0) {
                        let words = lowering.sources.text(literal.span).to_owned();
                        let diagnostic = Diagnostic::new(
                            &codes::BAD_WARNING,
                            literal.span,
                            format!("a warning at `{words} before due` warns of nothing"),
                        )
                        .help("warn some time before it ends");
                        lowering.push(diagnostic);
                    }
                    before.map(Warn::Before)
                }
            };
            // A warning that was written wrongly still is one: `at risk` asks for no more.
            lowering.deadlines[id.0].warnings.push(warn.unwrap_or(Warn::Before(Amount::elapsed(0))));
        }
    }
}

/// A warning so long before the due instant that the clock has not begun, in any row.
pub fn late_warnings(lowering: &mut Lowering, rule: &RuleStatement, rows: &[Row<Outcome>]) {
    let limits: Vec<Amount> = rows.iter().filter_map(|row| row.outcome.limit).collect();
    for clause in &rule.clauses {
        let ClauseKind::Warn(warnings) = &clause.kind else { continue };
        for warning in warnings {
            let Warning::Before(literal) = warning else { continue };
            let Some(before) = literal.amount else { continue };
            // Amounts of two kinds cannot be compared without an instant to count from.
            let longest = limits.iter().filter(|limit| limit.unit == before.unit).map(|limit| limit.count).max();
            let comparable = limits.iter().all(|limit| limit.unit == before.unit);
            let Some(longest) = longest.filter(|longest| comparable && before.count >= *longest) else { continue };
            let words = lowering.sources.text(literal.span).to_owned();
            let longest = Amount { count: longest, unit: before.unit };
            let diagnostic = Diagnostic::new(
                &codes::BAD_WARNING,
                literal.span,
                format!("`{words} before due` lies before the clock starts"),
            )
            .help(format!("the longest limit is `{longest}`; warn a shorter time before it ends"));
            lowering.push(diagnostic);
        }
    }
}

/// Reads when a clock runs; gives whether it has a start.
pub fn clock(lowering: &mut Lowering, rule: &RuleStatement, index: usize) -> bool {
    once(lowering, rule, "from", |kind| matches!(kind, ClauseKind::From(..) | ClauseKind::FromEach(..)));
    once(lowering, rule, "on change", |kind| matches!(kind, ClauseKind::OnChange(_)));
    once(lowering, rule, "on reopen", |kind| matches!(kind, ClauseKind::OnReopen(_)));
    let mut has_start: bool = false;
    for clause in &rule.clauses {
        match &clause.kind {
            ClauseKind::From(from, until) => {
                has_start = true;
                let (from, until): (Option<EventId>, Option<EventId>) = (lowering.event(from), lowering.event(until));
                lowering.deadlines[index].span = ClockSpan::Events(from.unwrap_or(OPENED), until.unwrap_or(OPENED));
            }
            ClauseKind::FromEach(from, until) => {
                has_start = true;
                lowering.deadlines[index].span = ClockSpan::Messages(*from, *until);
                if from == until {
                    let diagnostic = Diagnostic::new(
                        &codes::BAD_MESSAGE_CLOCK,
                        clause.span,
                        "a message is answered by the other side, not by its own",
                    )
                    .help("write `from each customer message until agent message`");
                    lowering.push(diagnostic);
                }
            }
            ClauseKind::Pause(condition, end) => {
                let pause = lowering.condition(condition);
                let pause = super::pauses::awaiting(lowering, pause, *end);
                let both = match lowering.deadlines[index].pause.take() {
                    None => pause,
                    Some(first) => Condition { span: first.span, kind: ConditionKind::Or(vec![first, pause]) },
                };
                lowering.deadlines[index].pause = Some(both);
            }
            ClauseKind::OnChange(what) => lowering.deadlines[index].on_change = *what,
            ClauseKind::OnReopen(what) => lowering.deadlines[index].on_reopen = *what,
            _ => {}
        }
    }
    let reopened = rule.clauses.iter().find(|clause| matches!(clause.kind, ClauseKind::OnReopen(_)));
    if let (ClockSpan::Messages(..), Some(clause)) = (lowering.deadlines[index].span, reopened) {
        let message = "a clock for each message is not touched by a reopening";
        let diagnostic = Diagnostic::new(&codes::BAD_MESSAGE_CLOCK, clause.span, message)
            .help("leave the clause out: the next message starts the next clock");
        lowering.push(diagnostic);
    }
    has_start
}
