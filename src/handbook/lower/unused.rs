//! Advice about what is declared and never used, and about choices that can stay open.

use super::super::{Atom, AuthorityId, Condition, ConditionKind};
use super::Lowering;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;

/// Reports names that nothing uses. A fact counts as used when a record asks for it.
pub fn report(lowering: &mut Lowering) {
    if crate::diagnostic::any_error(lowering.diagnostics) {
        // What is broken may be the use that seems to be missing.
        return;
    }
    let mut unused: Vec<(Span, String, &str)> = Vec::new();
    let symbols = &lowering.symbols;
    let is_used = |name: &str| symbols.used.contains(name);
    for fact in &lowering.facts {
        if !is_used(&fact.name.id) {
            unused.push((fact.name.span, fact.name.id.clone(), "fact"));
        }
    }
    for event in symbols.events.iter().skip(2) {
        if !is_used(&event.id) {
            unused.push((event.span, event.id.clone(), "event"));
        }
    }
    for status in symbols.statuses.iter().skip(1) {
        if !is_used(&format!("status {}", status.id)) {
            unused.push((status.span, status.id.clone(), "status"));
        }
    }
    for define in &lowering.defines {
        if !is_used(&define.name.id) {
            unused.push((define.name.span, define.name.id.clone(), "definition"));
        }
    }
    for (span, name, what) in unused {
        lowering.push(
            Diagnostic::new(&codes::UNUSED_NAME, span, format!("no rule uses the {what} `{name}`"))
                .help("use it in a rule, or take it out"),
        );
    }
    open_choices(lowering);
    resting_on_trials(lowering);
}

/// A classification or a route without a last row may leave a ticket without an answer.
fn open_choices(lowering: &mut Lowering) {
    let mut open: Vec<(Span, String)> = Vec::new();
    for classify in &lowering.classifies {
        if !classify.rows.last().is_some_and(|row| row.guard.is_always()) {
            open.push((classify.name.span, classify.name.id.clone()));
        }
    }
    for route in &lowering.routes {
        if !route.rows.last().is_some_and(|row| row.guard.is_always()) {
            open.push((route.name.span, route.name.id.clone()));
        }
    }
    for (span, name) in open {
        lowering.push(
            Diagnostic::new(
                &codes::NO_OTHERWISE,
                span,
                format!("`{name}` says nothing for the cases that no row covers"),
            )
            .help("end it with an `otherwise` row"),
        );
    }
}

/// A condition on a rule that is on trial is false until the trial ends.
fn resting_on_trials(lowering: &mut Lowering) {
    let is_trial = |authority: AuthorityId| lowering.authorities[authority.0].trial;
    let mut found: Vec<(Span, Span, String)> = Vec::new();
    let mut look = |condition: &Condition| {
        condition.leaves(&mut |leaf| {
            let name = match &leaf.kind {
                ConditionKind::Atom(Atom::Tier(classify, _)) => Some(&lowering.classifies[classify.0])
                    .filter(|rule| is_trial(rule.authority))
                    .map(|rule| &rule.name),
                ConditionKind::Atom(Atom::Clock(deadline, ..)) => {
                    Some(&lowering.deadlines[deadline.0]).filter(|rule| is_trial(rule.authority)).map(|rule| &rule.name)
                }
                _ => None,
            };
            found.extend(name.map(|name| (leaf.span, name.span, name.id.clone())));
        });
    };
    for authority in &lowering.authorities {
        authority.when.iter().for_each(&mut look);
    }
    lowering.defines.iter().for_each(|define| look(&define.condition));
    lowering.classifies.iter().flat_map(|rule| &rule.rows).for_each(|row| look(&row.guard));
    lowering.deadlines.iter().flat_map(|rule| &rule.rows).for_each(|row| look(&row.guard));
    lowering.routes.iter().flat_map(|rule| &rule.rows).for_each(|row| look(&row.guard));
    lowering.ladders.iter().flat_map(|rule| &rule.steps).for_each(|step| look(&step.trigger));
    for (span, place, name) in found {
        lowering.push(
            Diagnostic::new(&codes::RESTS_ON_TRIAL, span, format!("`{name}` is on trial, so this is never true"))
                .label(place, "the rule on trial")
                .help("end the trial first, or leave the condition out"),
        );
    }
}
