//! A ladder: when each step was reached and why, what holds the ticket there, and what time alone will bring.

use super::case::Case;
use super::decision::{EscalationAnswer, ReachedStep, Repeats};
use super::intervals::Intervals;
use crate::calendar::{Amount, Instant};
use crate::graph::UnitNode;
use crate::handbook::Step;

/// A step is told again no more often, also where the handbook sets no end.
const MOST_REPEATS: i64 = 10_000;

/// How far a ticket has escalated.
pub fn ladder<'e>(case: &mut Case<'e, '_>, unit: &'e UnitNode, index: usize) -> EscalationAnswer<'e> {
    let engine = case.engine;
    let ladder = &engine.handbook.ladders[index];
    let (opened, now) = (case.ticket.opened_at.0, case.as_of.0);
    let mut reached: Vec<ReachedStep<'e>> = Vec::new();
    let mut to_come: Vec<ReachedStep<'e>> = Vec::new();
    // A step is reached while the ladder applies, and not before.
    let applies: Option<Intervals> = case.moves(unit.when.0).then(|| case.intervals(unit.when.0));
    let mut before: Option<(i64, &Step)> = None;
    for row in &unit.rows {
        let step = &ladder.steps[row.outcome as usize];
        if engine.rests_on_facts[row.guard.0 as usize] {
            case.note_open(row.guard.0);
        }
        let first = match (step.after, &applies) {
            (Some(after), _) => before
                .and_then(|(at, before)| case.timed(at, before, after))
                .and_then(|at| applies.as_ref().map_or(Some(at), |applies| applies.first_from(at))),
            (None, Some(applies)) => case.intervals(row.guard.0).intersection(applies).first_from(opened),
            (None, None) if row.guard == crate::graph::Conditions::ALWAYS => Some(opened),
            (None, None) => case.first_time(row.guard.0),
        };
        let first = first.and_then(|first| Some((first, case.in_hours(step, first)?)));
        before = first.map(|(_, at)| (at, step));
        let Some((due, at)) = first else { continue };
        let answer = ReachedStep {
            step: step.number,
            role: &step.role.id,
            label: step.role.label.as_deref(),
            at: Instant(at),
            why: &engine.step_texts[index][row.outcome as usize],
            deferred_from: (due != at).then_some(Instant(due)),
        };
        if at <= now {
            // A ladder only goes up: a lower step whose time comes after a higher one was reached is passed by.
            reached.retain(|lower| lower.at <= answer.at);
            reached.push(answer);
        } else {
            to_come.push(answer);
        }
    }
    let current = reached.last().copied();
    to_come.retain(|step| current.is_none_or(|current| step.step > current.step));
    // Of two steps that come at one instant the higher is where the ticket will stand.
    let next = to_come.into_iter().min_by_key(|step| (step.at, std::cmp::Reverse(step.step)));
    let standing = current.and_then(|current| {
        ladder.steps.iter().find(|step| step.number == current.step).map(|step| (current.at.0, step))
    });
    let is_held = standing.is_some_and(|(at, step)| step.until.is_some() && case.acknowledged(at, step).is_none());
    let repeats = standing.and_then(|(at, step)| case.repeats(at, step));
    EscalationAnswer {
        id: &ladder.name.id,
        label: ladder.name.label.as_deref(),
        step: current,
        reached,
        next,
        is_held,
        repeats,
    }
}

impl Case<'_, '_> {
    /// When a timed step comes: so long after the step before was reached, and not before that was acknowledged where
    /// it has to be.
    fn timed(&self, at: i64, before: &Step, after: Amount) -> Option<i64> {
        let due: i64 = self.later(at, after)?;
        match before.until {
            None => Some(due),
            Some(_) => self.acknowledged(at, before).map(|acknowledged| due.max(acknowledged)),
        }
    }

    /// When a step that was reached at an instant was acknowledged.
    fn acknowledged(&self, at: i64, step: &Step) -> Option<i64> {
        self.first(step.until?, Instant(at)).map(|at| at.0)
    }

    /// The instant itself, or the next opening for a step that waits for one.
    fn in_hours(&self, step: &Step, at: i64) -> Option<i64> {
        match self.engine.handbook.calendar.as_deref() {
            Some(calendar) if step.within_working_hours => calendar.next_opening(Instant(at)).map(|at| at.0),
            _ => Some(at),
        }
    }

    /// How often the step the ticket stands on was told again.
    fn repeats(&self, at: i64, step: &Step) -> Option<Repeats> {
        let repeat = step.repeat?;
        let acknowledged: Option<i64> = self.acknowledged(at, step);
        // What comes at the instant of the acknowledgement comes too late to be told.
        let until: i64 = acknowledged.map_or(self.as_of.0, |acknowledged| acknowledged - 1);
        let most: i64 = repeat.at_most.map_or(MOST_REPEATS, i64::from).min(MOST_REPEATS);
        let next = |last: i64| self.in_hours(step, self.later(last, repeat.every)?);
        let (mut times, mut last): (i64, i64) = (0, at);
        while times < most
            && let Some(again) = next(last).filter(|again| *again <= until)
        {
            (times, last) = (times + 1, again);
        }
        let goes_on = acknowledged.is_none() && times < most;
        Some(Repeats {
            times,
            at_most: repeat.at_most,
            last_at: (times > 0).then_some(Instant(last)),
            next_at: goes_on.then(|| next(last)).flatten().map(Instant),
        })
    }
}
