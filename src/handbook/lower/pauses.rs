//! Pauses: which statuses a customer's message ends, and what a pause may not rest on.

use super::super::{Atom, Condition, ConditionKind, DefineId, Named, StatusId};
use super::Lowering;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::tree::PauseEnd;

/// A pause has no more parts once the definitions it names are written out.
const MOST_PARTS: usize = 1_000;

/// A pause that waits for the customer ends with what the customer writes, unless the rule says otherwise. Definitions
/// are written out, since only here do they mean that.
pub fn awaiting(lowering: &mut Lowering, pause: Condition, end: Option<PauseEnd>) -> Condition {
    let span: Span = pause.span;
    let mut parts: usize = 0;
    let written = write_out(lowering, pause, end, &mut Vec::new(), &mut parts);
    if parts <= MOST_PARTS {
        return written;
    }
    let message = format!("this pause has more than {MOST_PARTS} parts with the definitions it names");
    lowering.push(
        Diagnostic::new(&codes::TOO_DEEP, span, message)
            .help("name the statuses and events that it is about themselves"),
    );
    Condition { span, kind: ConditionKind::Unknown }
}

fn write_out(
    lowering: &Lowering,
    mut pause: Condition,
    end: Option<PauseEnd>,
    within: &mut Vec<DefineId>,
    parts: &mut usize,
) -> Condition {
    *parts += 1;
    if *parts > MOST_PARTS {
        return pause;
    }
    let mut each = |inner: Vec<Condition>, within: &mut Vec<DefineId>| -> Vec<Condition> {
        inner.into_iter().map(|part| write_out(lowering, part, end, within, parts)).collect()
    };
    pause.kind = match pause.kind {
        ConditionKind::And(inner) => ConditionKind::And(each(inner, within)),
        ConditionKind::Or(inner) => ConditionKind::Or(each(inner, within)),
        ConditionKind::Not(inner) => ConditionKind::Not(Box::new(each(vec![*inner], within).swap_remove(0))),
        // One that rests on itself is reported with the graph.
        ConditionKind::Define(define) if !within.contains(&define) => {
            within.push(define);
            // Its name stands here, and what it says there.
            let written = each(vec![lowering.defines[define.0].condition.clone()], within);
            within.pop();
            ConditionKind::And(written)
        }
        ConditionKind::Atom(Atom::Status(statuses, lasting)) => {
            let ends = |status: &StatusId| match end {
                Some(PauseEnd::CustomerMessage) => true,
                Some(PauseEnd::Regardless) => false,
                None => waits_for_customer(&lowering.symbols.statuses[status.0]),
            };
            let (awaited, others): (Vec<StatusId>, Vec<StatusId>) = statuses.into_iter().partition(ends);
            let atoms = [
                (!awaited.is_empty()).then_some(Atom::Awaiting(awaited)),
                (!others.is_empty()).then_some(Atom::Status(others, lasting)),
            ];
            let span = pause.span;
            let mut parts: Vec<Condition> =
                atoms.into_iter().flatten().map(|atom| Condition { span, kind: ConditionKind::Atom(atom) }).collect();
            match parts.len() {
                1 => parts.swap_remove(0).kind,
                _ => ConditionKind::Or(parts),
            }
        }
        other => other,
    };
    pause
}

/// A status waits for the customer when its name or its label says so: `waiting_customer`, 等待客户.
fn waits_for_customer(status: &Named) -> bool {
    let label: &str = status.label.as_deref().unwrap_or("");
    status.id.split('_').any(|word| word == "customer")
        || ["客户", "顾客", "用户"].iter().any(|word| status.id.contains(word) || label.contains(word))
        || label.split(|letter: char| !letter.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("customer"))
}

/// A clock's pause is a question about events, so it may not itself ask about clocks or the age of the ticket. A definition
/// or a tier that it names may rest on them: what goes round in a circle is found with the graph.
pub fn check(lowering: &mut Lowering) {
    let mut wrong: Vec<Span> = Vec::new();
    for pause in lowering.deadlines.iter().filter_map(|deadline| deadline.pause.as_ref()) {
        pause.leaves(&mut |leaf| {
            let is_timed = match &leaf.kind {
                ConditionKind::Atom(Atom::Clock(..) | Atom::Age(..)) => true,
                ConditionKind::Atom(Atom::Status(_, lasting)) => lasting.count > 0,
                _ => false,
            };
            // What a definition says stands elsewhere.
            if is_timed && pause.span.start <= leaf.span.start && leaf.span.end <= pause.span.end {
                wrong.push(leaf.span);
            }
        });
    }
    for span in wrong {
        let message = "a pause cannot depend on a clock, or on how long something lasts";
        let help = "a pause rests on facts, tiers, statuses and events: `pause while status is waiting_customer`";
        lowering.push(Diagnostic::new(&codes::BAD_PAUSE, span, message).help(help));
    }
}
