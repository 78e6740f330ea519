//! The ledger of a deadline: the stretches that counted, those that did not, why each, and the running sum.
//!
//! The sum over the stretches that count is the limit, to the second or to the day.

use super::case::Case;
use super::clock::{Clock, Run, Terms};
use super::decision::LedgerRow;
use crate::calendar::{Calendar, DayEnd, Instant, Stretch, Unit};
use crate::graph::{ConditionId, Node, UnitNode, facts_of};
use crate::handbook::Atom;

/// A ledger has no more rows; what would come after is one row.
const MOST_ROWS: usize = 1000;

impl Case<'_, '_> {
    /// The ledger of a clock, from its start to its due instant, or to now while there is none.
    pub fn ledger(&mut self, terms: Terms, clock: &Clock, unit: &UnitNode) -> Vec<LedgerRow> {
        let Some(run) = &clock.run else { return Vec::new() };
        let until: i64 = clock.due.unwrap_or(self.as_of.0);
        if until <= run.start {
            return Vec::new();
        }
        match (terms.limit.unit, terms.calendar) {
            (Unit::Elapsed | Unit::WorkingTime, _) | (_, None) => self.in_seconds(terms, run, until, unit),
            (_, Some(calendar)) => self.in_days(terms, calendar, run, until, unit),
        }
    }

    fn in_seconds(&mut self, terms: Terms, run: &Run, until: i64, unit: &UnitNode) -> Vec<LedgerRow> {
        let stretches: Vec<(Stretch, bool, &'static str, String)> = match (terms.limit.unit, terms.calendar) {
            (Unit::WorkingTime, Some(calendar)) => calendar
                .stretches(Instant(run.start), Instant(until), MOST_ROWS)
                .into_iter()
                .map(|(stretch, why)| (stretch, why.is_open(), why.id(), why.words()))
                .collect(),
            _ => vec![((run.start, until), true, "elapsed", "every hour counts".to_owned())],
        };
        let mut rows: Vec<LedgerRow> = Vec::new();
        let mut sum: i64 = 0;
        for (stretch, is_open, reason, why) in stretches {
            // A pause in closed hours costs nothing, and cuts nothing.
            let parts = if is_open { split(stretch, run) } else { vec![(stretch.0, stretch.1, None)] };
            for (from, until, pause) in parts {
                let seconds: i64 = until - from;
                let (counted, reason, why) = match pause {
                    Some(pause) => self.pause(unit, run, pause),
                    None => (is_open, reason, why.clone()),
                };
                sum += if counted { seconds } else { 0 };
                rows.push(LedgerRow {
                    from: Instant(from),
                    to: Instant(until),
                    counted,
                    reason,
                    why,
                    amount: seconds,
                    sum,
                    in_days: false,
                });
            }
        }
        rows.truncate(MOST_ROWS);
        let told: i64 = rows.last().map_or(run.start, |row| row.to.0);
        if told < until {
            let rest: i64 = terms.pace().between(told, until, run.stands_still());
            let sum: i64 = rows.last().map_or(0, |row| row.sum) + rest;
            rows.push(rest_row(told, until, rest, sum, false));
        }
        rows
    }

    fn in_days(&mut self, terms: Terms, calendar: &Calendar, run: &Run, until: i64, unit: &UnitNode) -> Vec<LedgerRow> {
        let last = calendar.last_day(Instant(run.start), terms.limit, run.stands_still(), terms.day_end);
        let only_open: bool = terms.limit.unit == Unit::WorkingDays;
        let mut rows: Vec<LedgerRow> = Vec::new();
        let mut sum: i64 = 0;
        // Due at midnight by the time of day, the last date has begun and no second of it has passed: it counts.
        let reach: i64 = until + i64::from(last.is_some() && terms.day_end == DayEnd::SameTimeOfDay);
        for (position, date) in calendar.dates(Instant(run.start), Instant(reach), MOST_ROWS).into_iter().enumerate() {
            let (from, to) = (date.stretch.0, date.stretch.1.min(until));
            let is_past = last.is_some_and(|last| calendar.date(Instant(from)) > last.counted);
            let pause = run.stands_still().just_before(date.close);
            let (counted, reason, why) = match (date.closed, pause) {
                _ if position == 0 => (false, "first_day", "the day of the start is not counted".to_owned()),
                (Some(closed), _) if is_past => {
                    (false, closed.id(), format!("{}; the last day cannot be closed", closed.words()))
                }
                (Some(closed), _) if only_open => (false, closed.id(), closed.words()),
                (_, Some(pause)) => self.pause(unit, run, pause),
                _ if is_past => (false, "last_day", "the last day moved here".to_owned()),
                (Some(closed), None) => (true, closed.id(), closed.words()),
                (None, None) => (true, date.open.id(), date.open.words()),
            };
            sum += i64::from(counted);
            rows.push(LedgerRow {
                from: Instant(from),
                to: Instant(to),
                counted,
                reason,
                why,
                amount: i64::from(counted),
                sum,
                in_days: true,
            });
        }
        let told: i64 = rows.last().map_or(run.start, |row| row.to.0);
        if rows.len() == MOST_ROWS && told < until {
            let whole: i64 = match (terms.limit.unit, last) {
                (Unit::Months, Some(last)) => (last.counted - calendar.date(Instant(run.start))).num_days(),
                _ => terms.limit.count,
            };
            rows.push(rest_row(told, until, whole - sum, whole, true));
        }
        rows
    }

    /// Why a clock stood still: the condition that held, and what brought it about.
    fn pause(&mut self, unit: &UnitNode, run: &Run, pause: Stretch) -> (bool, &'static str, String) {
        let zone = self.engine.handbook.meta.zone;
        if let Some((ended, _)) = run.gaps.iter().find(|gap| pause.0 >= gap.0 && pause.1 <= gap.1) {
            return (
                false,
                "closed_until_reopened",
                format!("over since {}, until reopened", zone.format(Instant(*ended))),
            );
        }
        let Some(id) = unit.pause else { return (false, "paused", "paused".to_owned()) };
        let parts: Vec<ConditionId> = match self.engine.graph.conditions.node(id) {
            Node::Or(parts) => parts.clone(),
            _ => vec![id],
        };
        let since = |case: &mut Self, part: &ConditionId| {
            let when = case.intervals(part.0);
            when.stretches().iter().find(|(from, until)| *from <= pause.0 && pause.0 < *until).map(|(from, _)| *from)
        };
        let found = parts.iter().find_map(|part| Some((*part, since(self, part)?)));
        let (part, since) = found.unwrap_or((id, pause.0));
        let condition = self.engine.places[part.0 as usize].first().map_or("", |place| place.text.as_str());
        let by = self.event_at(part, since).map_or(String::new(), |event| format!(", by {event}"));
        (false, "paused", format!("paused while {condition}{by}"))
    }

    /// What happened at an instant to bring a condition about, as a person names it.
    fn event_at(&self, id: ConditionId, at: i64) -> Option<String> {
        let handbook = &self.engine.handbook;
        let mut open: Vec<ConditionId> = vec![id];
        let mut seen: Vec<ConditionId> = Vec::new();
        let mut found: Option<String> = None;
        while let Some(id) = open.pop() {
            if found.is_some() || seen.contains(&id) || seen.len() > MOST_ROWS {
                break;
            }
            seen.push(id);
            match self.engine.graph.conditions.node(id) {
                Node::And(parts) | Node::Or(parts) => open.extend(parts),
                Node::Not(inner) | Node::Define(_, inner) => open.push(*inner),
                Node::Atom(Atom::Status(..) | Atom::Awaiting(_)) => {
                    let status = self.ticket.statuses.iter().rfind(|(when, _)| when.0 == at);
                    found = status.map(|(_, status)| format!("status {}", handbook.statuses[status.0].id));
                }
                Node::Atom(Atom::Happened(event, _)) => {
                    let happened = self.happened(*event).any(|when| when.0 == at);
                    found = happened.then(|| handbook.events[event.0].id.clone());
                }
                Node::Atom(atom) => {
                    let facts = facts_of(atom);
                    let mut changes = self.ticket.changes.iter().filter(|change| change.at.0 == at);
                    let change = changes.find(|change| facts.contains(&change.fact));
                    found = change.map(|change| format!("a change of {}", handbook.facts[change.fact.0].name.id));
                }
                Node::Always | Node::Never => {}
            }
        }
        found.map(|what| format!("{what} at {}", handbook.meta.zone.format(Instant(at))))
    }
}

/// A stretch cut where pauses begin and end; each part with the pause it lies in.
fn split((from, until): Stretch, run: &Run) -> Vec<(i64, i64, Option<Stretch>)> {
    let mut parts: Vec<(i64, i64, Option<Stretch>)> = Vec::new();
    let mut at: i64 = from;
    let gap_of = |begun: i64| run.gaps.iter().find(|(from, until)| *from <= begun && begun < *until);
    for (begun, over) in run.stands_still().stretches() {
        let mut begun: i64 = begun.max(from);
        let over: i64 = over.min(until);
        if begun >= over {
            continue;
        }
        parts.push((at, begun, None));
        // A pause may run into the time between the end and a reopening.
        while begun < over {
            let next = match gap_of(begun) {
                Some((_, end)) => (*end).min(over),
                None => run.gaps.iter().map(|(from, _)| *from).find(|from| *from > begun).unwrap_or(over).min(over),
            };
            parts.push((begun, next, Some((begun, next))));
            begun = next;
        }
        at = over;
    }
    parts.push((at, until, None));
    parts.retain(|(from, until, _)| from < until);
    parts
}

fn rest_row(from: i64, until: i64, amount: i64, sum: i64, in_days: bool) -> LedgerRow {
    LedgerRow {
        from: Instant(from),
        to: Instant(until),
        counted: true,
        reason: "rest",
        why: format!("what follows the first {MOST_ROWS} stretches, counted the same way"),
        amount,
        sum,
        in_days,
    }
}
