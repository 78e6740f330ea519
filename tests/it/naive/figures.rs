//! The clocks of a deadline as the JSON of a decision.

use super::Naive;
use super::clock::{Standing, State};
use super::run::Run;
use rulebook::calendar::{Amount, Unit, format_seconds};
use rulebook::handbook::{ClockSpan, Deadline, DeadlineId};
use serde_json::{Map, Value, json};

impl Naive<'_> {
    /// What a deadline says at an instant, and the row it rests on; nothing while it does not apply.
    pub fn clock_answer(&self, index: usize, at: i64) -> Option<(Value, usize)> {
        let rule = &self.handbook.deadlines[index];
        let row = self.limit_row(DeadlineId(index), at)?;
        let standings = self.standings(DeadlineId(index), at).into_iter().map(Option::unwrap);
        let mut clocks: Vec<(&Run, &Standing)> = self.runs(DeadlineId(index)).iter().zip(standings).collect();
        match rule.span {
            ClockSpan::Events(..) => clocks.reverse(),
            ClockSpan::Messages(..) => {
                let is_late =
                    |(run, standing): &(&Run, &Standing)| run.end.is_some() && standing.state == State::Breached;
                let (mut open, answered): (Vec<_>, Vec<_>) = clocks.into_iter().partition(|(run, _)| run.end.is_none());
                open.sort_by_key(|(_, standing)| standing.start);
                let (mut late, mut rest): (Vec<_>, Vec<_>) = answered.into_iter().partition(is_late);
                for some in [&mut late, &mut rest] {
                    some.sort_by_key(|(_, standing)| standing.start);
                    some.reverse();
                }
                clocks = [open, late, rest].concat();
            }
        }
        let Some((_, first)) = clocks.first() else { return Some((pending(rule.rows[row].outcome), row)) };
        let shown: Vec<Value> = clocks.iter().map(|(run, standing)| self.shown(rule, run, standing, at)).collect();
        let mut answer = shown[0].clone();
        if shown.len() > 1 || matches!(rule.span, ClockSpan::Messages(..)) {
            answer["clocks"] = json!(shown);
        }
        Some((answer, first.row))
    }

    fn shown(&self, rule: &Deadline, run: &Run, standing: &Standing, at: i64) -> Value {
        let limit = rule.rows[standing.row].outcome;
        let until = run.end.map_or(at, |end| end.min(at));
        let elapsed = self.passed(run, standing.start, until, limit.unit);
        // Nobody asks how much will be left of a clock that goes on.
        let is_asked = at == self.as_of || run.end.is_some();
        let left = if is_asked { self.left(run, standing, limit, until) } else { None };
        let state = match standing.state {
            State::Running => "running",
            State::AtRisk => "at_risk",
            State::Paused => "paused",
            State::Met => "met",
            State::Breached => "breached",
        };
        let moves = standing.state != State::Paused;
        let mut answer: Map<String, Value> = Map::new();
        let mut put = |key: &str, value: Value| drop(answer.insert(key.to_owned(), value));
        if let Some(message) = run.message {
            put("message", json!(message));
        }
        put("state", json!(state));
        put("started_at", json!(self.format(Some(standing.start))));
        put("due_at", json!(self.format(standing.due.filter(|_| moves))));
        let is_open_ended = limit.unit == Unit::Elapsed || self.handbook.calendar.is_none();
        if moves && !is_open_ended && standing.due.is_some_and(|due| self.calendar.is_unknown(due - 1)) {
            put("provisional", json!(true));
        }
        put("warn_at", json!(self.format(standing.warnings.first().copied().filter(|_| moves))));
        if moves && rule.warnings.len() > 1 && !standing.warnings.is_empty() {
            let warning = |warning: &i64| json!({"at": self.format(Some(*warning)), "passed": *warning <= at && run.end.is_none_or(|end| *warning < end)});
            put("warnings", standing.warnings.iter().map(warning).collect());
        }
        if run.end.is_some() {
            put("ended_at", json!(self.format(run.end)));
        }
        put("elapsed_s", json!(elapsed));
        put("remaining_s", json!(left.map(|left| left.max(0))));
        let is_late = standing.state == State::Breached;
        if is_late {
            let late = left.map_or(0, |left| (-left).max(0));
            put("late_by", json!(format_seconds(late)));
            put("late_by_s", json!(late));
        }
        if let Some(left) = left.filter(|_| run.end.is_some()) {
            put("margin_s", json!(if is_late { left.min(0) } else { left.max(0) }));
        }
        put("within", json!(limit.to_string()));
        put("within_s", json!(limit.seconds()));
        Value::Object(answer)
    }

    /// Seconds of its own time that are left at an instant if the clock goes on from there, negative when it is late.
    fn left(&self, run: &Run, standing: &Standing, limit: Amount, at: i64) -> Option<i64> {
        if let Some(seconds) = limit.seconds() {
            return Some(seconds - self.passed(run, standing.start, at, limit.unit));
        }
        let mut resumed = run.clone();
        let now = self.place(at);
        for still in resumed.still[now..].iter_mut().take_while(|still| **still) {
            *still = false;
        }
        let due = self.due(&resumed, standing.start, limit)?;
        let ahead = self.passed(&resumed, at, due, limit.unit);
        Some(ahead - self.passed(&resumed, due, at, limit.unit))
    }
}

/// A clock that has not started.
fn pending(limit: Amount) -> Value {
    json!({
        "state": "pending", "started_at": null, "due_at": null, "warn_at": null, "elapsed_s": 0,
        "remaining_s": limit.seconds(), "within": limit.to_string(), "within_s": limit.seconds(),
    })
}
