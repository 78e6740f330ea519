//! Ladders: when each step is reached, what holds the ticket there, how often it was told again.

use super::Naive;
use rulebook::calendar::Amount;
use rulebook::handbook::{Ladder, Step};
use serde_json::{Value, json};

/// The instant at which a step is reached, and that at which it would have been but for opening hours.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reached {
    pub at: i64,
    pub due: i64,
}

impl Naive<'_> {
    /// When each step of a ladder is reached, past or to come, whether or not it is passed by.
    fn climb(&self, index: usize) -> &[Option<Reached>] {
        self.climbs[index].get_or_init(|| {
            let ladder = &self.handbook.ladders[index];
            let mut all: Vec<Option<Reached>> = Vec::new();
            for (position, step) in ladder.steps.iter().enumerate() {
                let due = match step.after {
                    None => self.grid.iter().copied().find(|at| self.comes(ladder, step, *at)),
                    Some(after) => all[position - 1].and_then(|before| self.due_after(ladder, position, before, after)),
                };
                let reached = due.and_then(|due| Some(Reached { due, at: self.in_hours(step, due)? }));
                reached.into_iter().for_each(|reached| self.want(reached.at));
                all.push(reached);
            }
            all
        })
    }

    fn comes(&self, ladder: &Ladder, step: &Step, at: i64) -> bool {
        self.applies(ladder.authority, at) && self.holds(&step.trigger, at)
    }

    /// When a step comes that counts from the one before.
    fn due_after(&self, ladder: &Ladder, position: usize, before: Reached, after: Amount) -> Option<i64> {
        let mut due = self.later(before.at, after)?;
        if ladder.steps[position - 1].until.is_some() {
            due = due.max(self.acknowledged(&ladder.steps[position - 1], before.at)?);
        }
        [due]
            .into_iter()
            .chain(self.grid.iter().copied().filter(|at| *at > due))
            .find(|at| self.applies(ladder.authority, *at))
    }

    /// When a step that was reached at an instant was acknowledged, where it has to be.
    fn acknowledged(&self, step: &Step, reached: i64) -> Option<i64> {
        self.first(step.until?, reached)
    }

    fn in_hours(&self, step: &Step, due: i64) -> Option<i64> {
        if step.within_working_hours { self.calendar.next_opening(due) } else { Some(due) }
    }

    /// What a ladder says at an instant.
    pub fn ladder_answer(&self, index: usize, at: i64) -> Option<Value> {
        let ladder = &self.handbook.ladders[index];
        if !self.applies(ladder.authority, at) {
            return None;
        }
        let all: Vec<(usize, Reached)> =
            self.climb(index).iter().enumerate().filter_map(|(step, reached)| Some((step, (*reached)?))).collect();
        // What would come after a higher step is passed by.
        let is_passed_by =
            |step: usize, reached: Reached| all.iter().any(|(other, higher)| *other > step && higher.at < reached.at);
        let kept = all.iter().filter(|(step, reached)| !is_passed_by(*step, *reached));
        let (reached, to_come): (Vec<_>, Vec<_>) = kept.copied().partition(|(_, reached)| reached.at <= at);
        let current = reached.last();
        // Of those that come at one instant the highest is where the ticket will stand.
        let next = to_come.iter().rfind(|(_, next)| next.at == to_come[0].1.at);
        let shown = |(step, reached): &(usize, Reached)| self.step(index, *step, *reached);
        let standing = current.map(shown).unwrap_or(Value::Null);
        let mut answer = json!({
            "id": ladder.name.id, "step": standing["step"], "role": standing["role"], "label": standing["label"],
            "since": standing["at"], "reached": reached.iter().map(shown).collect::<Vec<_>>(), "next": next.map(shown),
        });
        if let Some((step, reached)) = current {
            let step = &ladder.steps[*step];
            if step.until.is_some() && self.acknowledged(step, reached.at).is_none() {
                answer["held_until_acknowledged"] = json!(true);
            }
            if step.repeat.is_some() {
                answer["repeats"] = self.repeats(step, *reached, at);
            }
        }
        Some(self.cite(ladder.authority, ladder.authority, answer))
    }

    fn step(&self, index: usize, step: usize, reached: Reached) -> Value {
        let step = &self.handbook.ladders[index].steps[step];
        let mut why = String::new();
        for word in self.sources.text(step.why).split_whitespace() {
            if why.len() + word.len() > 300 {
                why.push_str("… ");
                break;
            }
            why.push_str(word);
            why.push(' ');
        }
        let mut shown = json!({
            "step": step.number, "role": step.role.id, "label": step.role.label, "at": self.format(Some(reached.at)),
            "why": why.trim_end(),
        });
        if reached.due != reached.at {
            shown["deferred_from"] = json!(self.format(Some(reached.due)));
        }
        shown
    }

    /// How often a step was told again by an instant, and when next.
    fn repeats(&self, step: &Step, reached: Reached, at: i64) -> Value {
        let repeat = step.repeat.unwrap();
        let acknowledged = self.acknowledged(step, reached.at);
        let (mut times, mut last, mut next): (i64, Option<i64>, Option<i64>) = (0, None, None);
        for nth in 1..=repeat.at_most.map_or(i64::MAX, i64::from) {
            let before = last.unwrap_or(reached.at);
            let Some(told) = self.so_much_later(before, repeat.every).and_then(|told| self.in_hours(step, told)) else {
                break;
            };
            if acknowledged.is_some_and(|acknowledged| acknowledged <= told) {
                break;
            }
            if told > at {
                self.want(told);
                next = Some(told);
                break;
            }
            (times, last) = (nth, Some(told));
        }
        json!({"times": times, "at_most": repeat.at_most, "last_at": self.format(last), "next_at": self.format(next)})
    }
}
