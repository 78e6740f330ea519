//! Advice about headings that look as if they lack their number.
//!
//! In: the document. Out: a finding where the rules under such a heading cite a clause further up. A rule that can
//! cite no clause at all is an error, which is reported elsewhere.

use super::Lowering;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::tree::{BlockKind, Heading, RuleKind, RuleStatement, RulesFence, Statement, Tree};
use std::collections::BTreeSet;

/// Reports headings without a number, with rules right under them, where other headings of their level have one.
pub fn unnumbered(lowering: &mut Lowering, tree: &Tree) {
    let numbered = tree.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Heading(heading) if heading.number.is_some() => Some(heading.level),
        _ => None,
    });
    let levels: BTreeSet<usize> = numbered.collect();
    // The numbered headings around the place reached, and the heading right above it until it has been looked at.
    let mut around: Vec<&Heading> = Vec::new();
    let mut above: Option<&Heading> = None;
    for block in &tree.blocks {
        match &block.kind {
            BlockKind::Heading(heading) => {
                around.retain(|outer| outer.level < heading.level);
                above = Some(heading).filter(|heading| heading.number.is_none() && levels.contains(&heading.level));
                if heading.number.is_some() {
                    around.push(heading);
                }
            }
            BlockKind::Rules(fence) => {
                let Some((rule, heading)) = first_citing(fence).zip(above) else { continue };
                above = None;
                if let Some(cited) = around.last() {
                    report(lowering, heading, rule, cited);
                }
            }
            _ => {}
        }
    }
}

/// The first rule whose answers cite a clause.
fn first_citing(fence: &RulesFence) -> Option<&RuleStatement> {
    fence.statements.iter().find_map(|statement| match statement {
        Statement::Rule(rule) if rule.kind != RuleKind::Example => Some(rule),
        _ => None,
    })
}

fn report(lowering: &mut Lowering, heading: &Heading, rule: &RuleStatement, cited: &Heading) {
    let Some(number) = &cited.number else { return };
    let title = lowering.sources.text(heading.title);
    let diagnostic = Diagnostic::new(
        &codes::UNNUMBERED_HEADING,
        heading.title,
        format!("the heading `{title}` has no number, so answers of the rules under it cite clause {}", number.text),
    )
    .label(number.span.to(cited.title), "the clause they cite")
    .label(rule.declared.name.span, "the first of the rules")
    .help("give the heading a number, as others of its level have one");
    lowering.push(diagnostic);
}
