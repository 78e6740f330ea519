//! Ladders: their steps, what moves a ticket up, and how a step is held and told again.

use super::super::{ACKNOWLEDGED, Condition, EventId, Repeat, Step};
use super::bodies::missing;
use super::symbols::Subject;
use super::{Lowering, named};
use crate::calendar::Amount;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::tree::{self, ClauseKind, RuleStatement, Trigger};

/// The steps of a ladder, lowest first.
pub fn steps(lowering: &mut Lowering, rule: &RuleStatement) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut last: u32 = 0;
    let mut is_reported: bool = false;
    // A step that could not be read has been reported, and may be the one that is missing here.
    let has_junk = rule.clauses.iter().any(|clause| clause.kind == ClauseKind::Junk);
    for clause in &rule.clauses {
        let ClauseKind::Step(step) = &clause.kind else { continue };
        let expected = last.saturating_add(1);
        let number = step.number.text.parse::<u32>().unwrap_or(0);
        last = number;
        // Where one number is wrong, those after it may be wrong for the same reason.
        if number != expected && !has_junk && !is_reported {
            is_reported = true;
            let diagnostic = Diagnostic::new(
                &codes::BAD_STEPS,
                step.number.span,
                format!("this is step {expected} of the ladder, not step {}", step.number.text),
            )
            .help("number the steps 1, 2, 3 … from the lowest up");
            lowering.push(diagnostic);
        }
        if let (Trigger::After(amount), true, false) = (&step.trigger, steps.is_empty(), has_junk) {
            let words = lowering.sources.text(amount.span).to_owned();
            let diagnostic = Diagnostic::new(
                &codes::BAD_STEPS,
                step.trigger_span,
                format!("`after {words}` counts from the step before, and there is none"),
            )
            .help("let the first step come `at once`, or `when` a condition holds");
            lowering.push(diagnostic);
        }
        steps.push(lowering.step(step, number, clause.span));
    }
    if steps.is_empty() {
        missing(lowering, rule, "a step", "add a row such as `step 1 agent \"客服专员\" at once`");
    }
    steps
}

impl Lowering<'_> {
    fn step(&mut self, step: &tree::Step, number: u32, span: Span) -> Step {
        let (trigger, after) = match &step.trigger {
            Trigger::AtOnce => (Condition::always(span), None),
            Trigger::When(condition) => (self.condition(condition), None),
            Trigger::After(amount) => (Condition::always(span), self.amount(amount)),
        };
        if let Some(place) = step.within_working_hours {
            self.needs_calendar(place, "within working hours");
        }
        Step {
            number,
            role: named(&step.role),
            trigger,
            after,
            why: step.trigger_span,
            until: step.until_acknowledged.and_then(|place| self.acknowledged(place)),
            repeat: step.repeat.as_ref().and_then(|repeat| self.repeat(repeat)),
            within_working_hours: step.within_working_hours.is_some(),
            span,
        }
    }

    /// The event that `until acknowledged` waits for: one that the handbook declares under that name.
    fn acknowledged(&mut self, place: Span) -> Option<EventId> {
        self.symbols.used.insert(ACKNOWLEDGED.to_owned());
        match self.symbols.subjects.get(ACKNOWLEDGED) {
            Some((Subject::Event(event), _)) => Some(*event),
            _ => {
                let message = "`until acknowledged` waits for an event `acknowledged`, and there is none";
                let diagnostic = Diagnostic::new(&codes::NO_ACKNOWLEDGED_EVENT, place, message).help(
                    "declare it: `event acknowledged \"确认\"`; tickets then carry it when someone has taken over",
                );
                self.push(diagnostic);
                None
            }
        }
    }

    fn repeat(&mut self, repeat: &tree::Repeat) -> Option<Repeat> {
        let every: Amount = self.amount(&repeat.every)?;
        if every.count == 0 {
            let words = self.sources.text(repeat.every.span).to_owned();
            let message = format!("a step told again every `{words}` would be told without end at one instant");
            self.push(
                Diagnostic::new(&codes::BAD_LITERAL, repeat.every.span, message)
                    .help("write a time longer than nothing"),
            );
            return None;
        }
        let Some(literal) = &repeat.at_most else { return Some(Repeat { every, at_most: None }) };
        match literal.text.parse::<u32>() {
            Ok(times) if times > 0 => Some(Repeat { every, at_most: Some(times) }),
            _ => {
                let message = format!("`{}` is no count of times", literal.text);
                let diagnostic =
                    Diagnostic::new(&codes::BAD_LITERAL, literal.span, message).help("write a whole number from 1 up");
                self.push(diagnostic);
                None
            }
        }
    }
}
