//! Rows: what follows, and when. Written one by one or as a table, they mean the same.

use super::super::{AuthorityId, Condition, Named, Row};
use super::{Lowering, named};
use crate::calendar::Amount;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::tree::{Clause, ClauseKind, Declared, Guard, RuleKind, RuleStatement, TableGives, TableOutcome};

/// What the rows of a statement give.
pub enum Gives<'a> {
    Tier(&'a [Named]),
    Within,
    To(&'a mut Vec<Named>),
}

/// A row's outcome before it is known whether it was written rightly.
pub struct Outcome {
    pub position: Option<usize>,
    pub limit: Option<Amount>,
}

impl Row<Outcome> {
    /// The row with the outcome that `pick` finds; none where it was written wrongly.
    pub fn outcome<T>(self, pick: impl Fn(&Outcome) -> Option<T>) -> Option<Row<T>> {
        let outcome = pick(&self.outcome)?;
        Some(Row { authority: self.authority, guard: self.guard, outcome, span: self.span })
    }
}

/// The rows of a statement, from rows or from a table.
pub fn rows(
    lowering: &mut Lowering,
    rule: &RuleStatement,
    authority: AuthorityId,
    mut gives: Gives,
) -> Vec<Row<Outcome>> {
    let mut found: Vec<Row<Outcome>> = Vec::new();
    let mut first_row: Option<Span> = None;
    let mut first_table: Option<Span> = None;
    for clause in &rule.clauses {
        let row = match &clause.kind {
            ClauseKind::Tier(declared, guard) => plain_row(
                lowering,
                rule,
                clause,
                guard,
                authority,
                &mut gives,
                TableOutcome::Name(declared.clone()),
                TableGives::Tier,
            ),
            ClauseKind::Within(amount, guard) => plain_row(
                lowering,
                rule,
                clause,
                guard,
                authority,
                &mut gives,
                TableOutcome::Within(*amount),
                TableGives::Within,
            ),
            ClauseKind::To(declared, guard) => plain_row(
                lowering,
                rule,
                clause,
                guard,
                authority,
                &mut gives,
                TableOutcome::Name(declared.clone()),
                TableGives::To,
            ),
            ClauseKind::Table(table) => {
                first_table.get_or_insert(clause.span);
                if !fits(&gives, table.gives) {
                    wrong_outcome(lowering, rule, table.gives_span, &gives);
                    continue;
                }
                for (row, guard) in lowering.table(table) {
                    let outcome = outcome(lowering, &row.outcome, &mut gives);
                    found.push(Row { authority, guard, outcome, span: row.span });
                }
                continue;
            }
            _ => continue,
        };
        first_row.get_or_insert(clause.span);
        found.extend(row);
    }
    if let (Some(row), Some(table)) = (first_row, first_table) {
        let diagnostic = Diagnostic::new(&codes::ROWS_AND_TABLE, row.max(table), "this rule has rows and a table")
            .label(row.min(table), "the other form")
            .help("write all of them as rows, or all of them in the table");
        lowering.push(diagnostic);
    }
    after_otherwise(lowering, &found);
    found
}

#[expect(
    clippy::too_many_arguments,
    reason = "one place reads three forms of row that share everything but their outcome"
)]
fn plain_row(
    lowering: &mut Lowering,
    rule: &RuleStatement,
    clause: &Clause,
    guard: &Option<Guard>,
    authority: AuthorityId,
    gives: &mut Gives,
    given: TableOutcome,
    form: TableGives,
) -> Option<Row<Outcome>> {
    if !fits(gives, form) {
        wrong_outcome(lowering, rule, clause.span, gives);
        return None;
    }
    let outcome = outcome(lowering, &given, gives);
    let guard = match guard {
        Some(Guard::When(condition)) => lowering.condition(condition),
        Some(Guard::Otherwise(span)) => Condition::always(*span),
        None => Condition::always(clause.span),
    };
    Some(Row { authority, guard, outcome, span: clause.span })
}

fn fits(gives: &Gives, form: TableGives) -> bool {
    matches!(
        (gives, form),
        (Gives::Tier(_), TableGives::Tier) | (Gives::Within, TableGives::Within) | (Gives::To(_), TableGives::To)
    )
}

/// Only an exception, or a table, can have rows of the wrong form: the grammar keeps the others apart.
fn wrong_outcome(lowering: &mut Lowering, rule: &RuleStatement, span: Span, gives: &Gives) {
    let (what, row) = match gives {
        Gives::Tier(_) => ("a classification", "tier"),
        Gives::Within => ("a deadline", "within"),
        Gives::To(_) => ("a route", "to"),
    };
    let code = if rule.kind == RuleKind::Exception { &codes::BAD_EXCEPTION } else { &codes::RAGGED_TABLE };
    lowering.push(
        Diagnostic::new(code, span, format!("the rows of {what} say `{row}`")).help(format!("write `{row}` here")),
    );
}

fn outcome(lowering: &mut Lowering, given: &TableOutcome, gives: &mut Gives) -> Outcome {
    match (given, gives) {
        (TableOutcome::Within(amount), _) => Outcome { position: None, limit: lowering.limit(amount) },
        (TableOutcome::Name(declared), Gives::Tier(tiers)) => {
            Outcome { position: lowering.tier_of(&declared.name, tiers), limit: None }
        }
        (TableOutcome::Name(declared), Gives::To(queues)) => {
            Outcome { position: Some(queue(lowering, declared, queues)), limit: None }
        }
        (TableOutcome::Name(_), Gives::Within) => Outcome { position: None, limit: None },
    }
}

/// The position of a destination, taken when it is new. Its label may stand in any one of its rows.
fn queue(lowering: &mut Lowering, declared: &Declared, queues: &mut Vec<Named>) -> usize {
    let Some(index) = queues.iter().position(|queue| queue.id == declared.name.text) else {
        queues.push(named(declared));
        return queues.len() - 1;
    };
    match (&queues[index].label, &declared.label) {
        (Some(first), Some(label)) if *first != label.text => {
            let diagnostic = Diagnostic::new(
                &codes::DUPLICATE_NAME,
                label.span,
                format!("`{}` has another label already", declared.name.text),
            )
            .label(queues[index].span, "labelled here first")
            .help(format!("write `\"{first}\"` here too, or leave the label out"));
            lowering.push(diagnostic);
        }
        (None, Some(label)) => queues[index].label = Some(label.text.clone()),
        _ => {}
    }
    index
}

fn after_otherwise(lowering: &mut Lowering, rows: &[Row<Outcome>]) {
    let Some(last) = rows.iter().position(|row| row.guard.is_always()) else { return };
    if let Some(next) = rows.get(last + 1) {
        let diagnostic = Diagnostic::new(&codes::ROW_AFTER_OTHERWISE, next.span, "this row is never reached")
            .label(rows[last].span, "this row takes every case that is left")
            .help("move the row without a condition to the end");
        lowering.push(diagnostic);
    }
}
