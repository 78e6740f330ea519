//! The document's headings, and which of them each statement stands under.

use super::super::{Clause, ClauseId};
use super::{Lowering, Placed};
use crate::diagnostic::{Diagnostic, InClause, codes};
use crate::source::Span;
use crate::syntax::tree::{BlockKind, Heading, Tree};

/// Records every numbered clause and gives every statement the innermost one around it.
pub fn place<'t>(lowering: &mut Lowering, tree: &'t Tree) -> Vec<Placed<'t>> {
    let mut placed: Vec<Placed> = Vec::new();
    // The numbered headings around the place reached, outermost first, each with its level.
    let mut around: Vec<(usize, ClauseId)> = Vec::new();
    for block in &tree.blocks {
        match &block.kind {
            BlockKind::Heading(heading) => {
                around.retain(|(level, _)| *level < heading.level);
                if let Some(clause) = record(lowering, heading, block.span) {
                    around.push((heading.level, clause));
                }
                let innermost = around.last().map(|(_, clause)| &lowering.clauses[clause.0]);
                let shown = innermost.map(|clause| match &heading.number {
                    // A number that stands twice is one clause; a finding under the second heading names that heading.
                    Some(number) => {
                        InClause { number: number.text.clone(), title: lowering.sources.text(heading.title).to_owned() }
                    }
                    None => InClause { number: clause.number.clone(), title: clause.title.clone() },
                });
                lowering.headings.push((block.span, shown));
            }
            BlockKind::Rules(fence) => {
                let clause = around.last().map(|(_, clause)| *clause);
                placed.extend(fence.statements.iter().map(|statement| Placed { statement, clause }));
            }
            _ => {}
        }
    }
    if let (Some(last), Some(block)) = (lowering.clauses.last_mut(), tree.blocks.last()) {
        last.body.end = block.span.end;
    }
    placed
}

fn record(lowering: &mut Lowering, heading: &Heading, span: Span) -> Option<ClauseId> {
    let number = heading.number.as_ref()?;
    if let Some(last) = lowering.clauses.last_mut() {
        last.body.end = span.start;
    }
    if let Some(index) = lowering.clause_keys.get(&number.key).copied() {
        let first = &lowering.clauses[index];
        let diagnostic = Diagnostic::new(
            &codes::DUPLICATE_CLAUSE_NUMBER,
            number.span,
            format!("clause number `{}` stands here a second time", number.text),
        )
        .label(first.heading, "the first time")
        .help("give one of the two headings another number; answers cite it");
        lowering.push(diagnostic);
        return Some(ClauseId(index));
    }
    let title = lowering.sources.text(heading.title).to_owned();
    lowering.clause_keys.insert(number.key.clone(), lowering.clauses.len());
    lowering.clauses.push(Clause {
        number: number.text.clone(),
        key: number.key.clone(),
        title,
        heading: number.span.to(heading.title),
        body: span,
    });
    Some(ClauseId(lowering.clauses.len() - 1))
}

/// Tells every finding which clause it stands in.
pub fn name_clauses(lowering: &mut Lowering) {
    for diagnostic in lowering.diagnostics.iter_mut().filter(|diagnostic| diagnostic.clause.is_none()) {
        let is_above = |(heading, _): &&(Span, Option<InClause>)| {
            heading.file == diagnostic.span.file && heading.start <= diagnostic.span.start
        };
        diagnostic.clause = lowering.headings.iter().rfind(is_above).and_then(|(_, clause)| clause.clone());
    }
}

/// A line that is almost a heading has been explained where a rule under it lacks its clause.
pub fn merge_headings(lowering: &mut Lowering) {
    let without_clause =
        lowering.diagnostics.iter().filter(|diagnostic| diagnostic.code == &codes::RULE_WITHOUT_CLAUSE);
    let explained: Vec<Span> =
        without_clause.flat_map(|diagnostic| diagnostic.labels.iter().map(|label| label.span)).collect();
    lowering
        .diagnostics
        .retain(|diagnostic| diagnostic.code != &codes::HEADING_WITHOUT_BLANK || !explained.contains(&diagnostic.span));
}
