//! Clocks whose limit changes with time, or that come and go with it: how each stood at every instant.
//!
//! At each instant the limit is that of the row which holds then, so a change of tier gives a running clock its new
//! limit. A clock that has been met or breached keeps the row it was settled by: what is done is not undone.

use super::case::Case;
use super::clock::Run;
use super::intervals::Intervals;
use crate::graph::UnitNode;
use crate::syntax::tree::ClockState;

/// How a clock stood, and will stand if nothing more happens.
#[derive(Clone, Debug, Default)]
pub struct History {
    met: Intervals,
    breached: Intervals,
    at_risk: Intervals,
    /// When it was settled, and by which row.
    settled: Option<(i64, usize)>,
}

impl History {
    /// When the clock is in a state that conditions ask for.
    pub fn in_state(&self, state: ClockState) -> &Intervals {
        match state {
            ClockState::Met => &self.met,
            ClockState::Breached => &self.breached,
            ClockState::AtRisk => &self.at_risk,
        }
    }

    /// The row it was settled by, if it was by an instant.
    pub fn settled_by(&self, at: i64) -> Option<usize> {
        self.settled.filter(|(settled, _)| *settled <= at).map(|(_, row)| row)
    }
}

impl Case<'_, '_> {
    /// The history of a deadline's clock.
    pub fn history(&mut self, deadline: usize, unit: &UnitNode) -> History {
        if let Some(known) = self.known_history(deadline) {
            return known.clone();
        }
        let history = match self.run(deadline, unit) {
            Some(run) => self.unfold(deadline, unit, &run),
            None => History::default(),
        };
        self.set_history(deadline, history.clone());
        history
    }

    fn unfold(&mut self, index: usize, unit: &UnitNode, run: &Run) -> History {
        let deadline = &self.engine.handbook.deadlines[index];
        let mut stretches: Vec<(i64, i64, usize)> = Vec::new();
        self.taken_rows(unit, |row, taken| {
            stretches.extend(taken.stretches().iter().map(|(from, until)| (*from, *until, row)));
        });
        stretches.sort_unstable();
        let mut history = History::default();
        let mut is_met: bool = false;
        let mut settled: Vec<(i64, i64)> = Vec::new();
        let mut at_risk: Vec<(i64, i64)> = Vec::new();
        for (from, until, row) in stretches {
            let from = from.max(run.start);
            if from >= until {
                continue;
            }
            if history.settled.is_some() {
                settled.push((from, until));
                continue;
            }
            let limit = unit.rows[row].outcome;
            let due = run.after(limit);
            let comes_in_time = run.end.is_some_and(|end| due.is_none_or(|due| end <= due));
            let over = if comes_in_time { run.end } else { due };
            let over = over.map_or(until, |over| over.max(from));
            at_risk.extend(run.warning(deadline, limit).map(|warning| (warning.max(from), over.min(until))));
            if over < until {
                is_met = comes_in_time;
                history.settled = Some((over, row));
                settled.push((over, until));
            }
        }
        let settled = Intervals::of(settled);
        (history.met, history.breached) =
            if is_met { (settled, Intervals::none()) } else { (Intervals::none(), settled) };
        history.at_risk = Intervals::of(at_risk).intersection(&run.running());
        history
    }
}
