//! Exceptions: rows of a later clause that go before those of the rule they name.

use super::super::{Authority, AuthorityId, Row};
use super::bodies::{fill_authority, has_row, once};
use super::rows::{Gives, rows};
use super::symbols::{Other, Subject};
use super::{Lowering, Placed};
use crate::calendar::Amount;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::tree::{ClauseKind, Guard, Name, RuleStatement};

/// Rows that go before those of another rule.
pub fn exception(lowering: &mut Lowering, placed: &Placed, rule: &RuleStatement) {
    let name: &Name = &rule.declared.name;
    once(lowering, rule, "when", |kind| matches!(kind, ClauseKind::When(_)));
    let others = [Other::Ladder, Other::Record, Other::Etiquette, Other::Target, Other::Retain];
    let other = others.into_iter().find(|kind| lowering.symbols.others.contains_key(&(*kind, name.text.clone())));
    if let Some(other) = other.filter(|_| !lowering.symbols.subjects.contains_key(&name.text)) {
        // What its clauses say cannot be a clause of an exception either; that has been reported where it stands.
        if !rule.clauses.iter().any(|clause| clause.kind == ClauseKind::Junk) {
            let article = if other == Other::Ladder { "an" } else { "a" };
            let diagnostic = Diagnostic::new(
                &codes::BAD_EXCEPTION,
                name.span,
                format!("`{}` is {article} {}, and takes no exceptions", name.text, other.spoken()),
            )
            .help("an exception goes to a classification, a deadline or a route");
            lowering.push(diagnostic);
        }
        return;
    }
    let Some(subject) = lowering.subject(name) else { return };
    let clause = lowering.clause_or_report(placed.clause, rule, "the exception to").unwrap_or(super::ClauseId(0));
    let authority = lowering.authority(Authority {
        clause,
        cites: Vec::new(),
        effective: None,
        trial: false,
        when: None,
        span: rule.span,
    });
    fill_authority(lowering, rule, authority);
    let is_empty = match subject {
        Subject::Classify(id) => {
            let tiers = lowering.classifies[id.0].tiers.clone();
            let found = rows(lowering, rule, authority, Gives::Tier(&tiers));
            let rows: Vec<Row<usize>> =
                found.into_iter().filter_map(|row| row.outcome(|outcome| outcome.position)).collect();
            let is_empty = rows.is_empty();
            put_before(&mut lowering.classifies[id.0].rows, rows, authority);
            is_empty
        }
        Subject::Deadline(id) => {
            let found = rows(lowering, rule, authority, Gives::Within);
            let rows: Vec<Row<Amount>> =
                found.into_iter().filter_map(|row| row.outcome(|outcome| outcome.limit)).collect();
            let is_empty = rows.is_empty();
            put_before(&mut lowering.deadlines[id.0].rows, rows, authority);
            is_empty
        }
        Subject::Route(id) => {
            let mut queues = std::mem::take(&mut lowering.routes[id.0].queues);
            let found = rows(lowering, rule, authority, Gives::To(&mut queues));
            lowering.routes[id.0].queues = queues;
            let rows: Vec<Row<usize>> =
                found.into_iter().filter_map(|row| row.outcome(|outcome| outcome.position)).collect();
            let is_empty = rows.is_empty();
            put_before(&mut lowering.routes[id.0].rows, rows, authority);
            is_empty
        }
        other => {
            let diagnostic = Diagnostic::new(
                &codes::BAD_EXCEPTION,
                name.span,
                format!("`{}` is {}, and has no rows", name.text, other.spoken()),
            )
            .help("an exception goes to a classification, a deadline or a route");
            lowering.push(diagnostic);
            return;
        }
    };
    if is_empty && !has_row(rule) {
        let row = match subject {
            Subject::Classify(_) => "tier key",
            Subject::Route(_) => "to vip_desk",
            _ => "within 30m",
        };
        if !rule.clauses.iter().any(|clause| clause.kind == ClauseKind::Junk) {
            let diagnostic = Diagnostic::new(
                &codes::MISSING_CLAUSE,
                name.span,
                format!("the exception to `{}` lacks a row", name.text),
            )
            .help(format!("add a row such as `{row} when customer.level is vip`"));
            lowering.push(diagnostic);
        }
    }
    always_applies(lowering, rule, authority);
}

/// An exception that holds for every ticket is no exception: it hides the rule it names.
fn always_applies(lowering: &mut Lowering, rule: &RuleStatement, authority: AuthorityId) {
    let found = &lowering.authorities[authority.0];
    // One on trial hides nothing.
    if found.when.is_some() || found.effective.is_some() || found.trial {
        return;
    }
    let unguarded = rule.clauses.iter().find(|clause| {
        matches!(
            &clause.kind,
            ClauseKind::Tier(_, None | Some(Guard::Otherwise(_)))
                | ClauseKind::Within(_, None | Some(Guard::Otherwise(_)))
                | ClauseKind::To(_, None | Some(Guard::Otherwise(_)))
        )
    });
    if let Some(clause) = unguarded {
        let diagnostic = Diagnostic::new(
            &codes::BAD_EXCEPTION,
            clause.span,
            "this row holds for every ticket, so the rule itself is never reached",
        )
        .label(rule.declared.name.span, "the rule it hides")
        .help("add `when …` to the row, or to the exception");
        lowering.push(diagnostic);
    }
}

/// Exceptions stand before the rule's own rows, in the order of the text.
fn put_before<T>(rows: &mut Vec<Row<T>>, exceptions: Vec<Row<T>>, authority: AuthorityId) {
    // Exceptions get their authorities after every rule has, so the rule's own rows are those of the lowest one.
    let own = rows.iter().map(|row| row.authority).min().unwrap_or(authority);
    let at = rows.iter().position(|row| row.authority == own).unwrap_or(rows.len());
    rows.splice(at..at, exceptions);
}
