//! The naive evaluator's answers as the JSON of a decision.

use super::clock::State;
use super::{AHEAD, Naive, ticket};
use rulebook::Edition;
use rulebook::calendar::{Instant, format_seconds};
use rulebook::handbook::{
    AuthorityId, ClassifyId, Condition, Deadline, DeadlineId, EventId, FactId, Handbook, OPEN, OPENED, Row, StatusId,
};
use serde_json::{Map, Value, json};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Decides a ticket that fits, at an instant not before its opening. Findings of scripts are left out.
pub fn decide(edition: &Edition, json: &Value, as_of: Instant) -> Value {
    let handbook = edition.handbook();
    let zone = handbook.meta.zone;
    let naive = read(handbook, json, as_of);
    json!({
        "ticket": json["id"],
        "as_of": zone.format(as_of),
        "handbook": {"id": edition.id(), "edition": edition.edition(), "digest": edition.digest()},
        "tiers": naive.tiers(),
        "routes": naive.routes(),
        "deadlines": naive.deadlines(),
        "escalations": naive.ladders(),
        "records": naive.records(),
        "etiquette": [],
        "retention": [],
        "missing_facts": naive.missing(as_of.0).into_iter().map(|fact| handbook.facts[fact.0].name.id.clone()).collect::<Vec<_>>(),
        "ignored_fields": ticket::ignored(handbook, json),
        "next_change_at": naive.next_change().map(|at| zone.format(Instant(at))),
    })
}

fn read<'h>(handbook: &'h Handbook, json: &Value, as_of: Instant) -> Naive<'h> {
    let instant = |value: &Value| handbook.meta.zone.read(value.as_str().unwrap()).unwrap().0;
    let status = |word: &Value| StatusId(ticket::position(&handbook.statuses, word.as_str().unwrap()) as usize);
    let opened = instant(&json["opened_at"]);
    let mut events: Vec<(i64, EventId)> = vec![(opened, OPENED)];
    let mut statuses: Vec<(i64, StatusId)> = Vec::new();
    for event in json["events"].as_array().into_iter().flatten() {
        let at = instant(&event["at"]);
        let known = handbook.events.iter().position(|known| event["event"] == known.id.as_str()).map(EventId);
        match known {
            _ if at > as_of.0 => {}
            _ if event["event"] == "status" => statuses.push((at, status(&event["to"]))),
            Some(known) if known != OPENED => events.push((at, known)),
            _ => {}
        }
    }
    let facts = handbook.facts.iter().map(|fact| ticket::read(handbook, json, fact)).collect();
    let first_status = json.get("status").map_or(OPEN, status);
    let tiers = vec![OnceCell::new(); handbook.classifies.len()];
    let clocks = vec![OnceCell::new(); handbook.deadlines.len()];
    let opened_on = (handbook.meta.zone.date(Instant(opened)), handbook.meta.zone.second_of_day(Instant(opened)));
    Naive { handbook, opened, opened_on, as_of: as_of.0, facts, events, statuses, first_status, tiers, clocks }
}

/// What anybody can see of a decision without the figures that run.
#[derive(PartialEq)]
struct Seen<'h> {
    tiers: Vec<Option<SeenRow<'h, usize>>>,
    routes: Vec<Option<SeenRow<'h, usize>>>,
    deadlines: Vec<Option<(State, SeenRow<'h, i64>)>>,
    steps: Vec<Option<usize>>,
    records: Vec<Option<Vec<FactId>>>,
    missing: BTreeSet<FactId>,
}

/// What can be seen of a row that was taken, and of the one that would have been if trials counted.
#[derive(PartialEq)]
struct SeenRow<'h, T> {
    outcome: T,
    clause: &'h str,
    cites: &'h [String],
    on_trial: Option<(&'h str, T)>,
}

impl<'h> Naive<'h> {
    fn format(&self, at: Option<i64>) -> Option<String> {
        at.map(|at| self.handbook.meta.zone.format(Instant(at)))
    }

    /// What an answer ends with: its clause, its requirements, whether its rule is on trial.
    fn cite(&self, own: AuthorityId, row: AuthorityId, answer: Value) -> Value {
        let Value::Object(mut answer) = answer else { panic!("an answer is an object") };
        answer.insert("clause".to_owned(), json!(self.handbook.clause_of(row).number));
        answer.insert("cites".to_owned(), json!(self.handbook.authorities[row.0].cites));
        if self.is_trial(own) {
            answer.insert("trial".to_owned(), json!(true));
        }
        Value::Object(answer)
    }

    /// What an exception on trial would have given.
    fn trial_row<T>(&self, own: AuthorityId, rows: &'h [Row<T>], at: i64) -> Option<&'h Row<T>> {
        let row = self.taken(own, rows, at, true).map(|row| &rows[row]);
        row.filter(|row| row.authority != own && self.is_trial(row.authority))
    }

    fn add_trial<T>(&self, own: AuthorityId, rows: &'h [Row<T>], words: impl Fn(&T) -> String, answer: &mut Value) {
        if let Some(row) = self.trial_row(own, rows, self.as_of) {
            answer["on_trial"] =
                json!({"clause": self.handbook.clause_of(row.authority).number, "outcome": words(&row.outcome)});
        }
    }

    fn tier_answer(&self, index: usize) -> Option<Value> {
        let rule = &self.handbook.classifies[index];
        let row = &rule.rows[self.tier_row(ClassifyId(index), self.as_of)?];
        let tier = &rule.tiers[row.outcome];
        let mut answer = self.cite(rule.authority, row.authority, json!({"tier": tier.id, "label": tier.label}));
        self.add_trial(rule.authority, &rule.rows, |tier| rule.tiers[*tier].id.clone(), &mut answer);
        Some(answer)
    }

    fn tiers(&self) -> Map<String, Value> {
        let all = self.handbook.classifies.iter().enumerate();
        all.filter_map(|(index, rule)| Some((rule.name.id.clone(), self.tier_answer(index)?))).collect()
    }

    /// The row that a route takes at an instant.
    fn route_row(&self, index: usize, at: i64) -> Option<usize> {
        let rule = &self.handbook.routes[index];
        if self.applies(rule.authority, at) { self.taken(rule.authority, &rule.rows, at, false) } else { None }
    }

    fn route_answer(&self, index: usize) -> Option<Value> {
        let rule = &self.handbook.routes[index];
        let row = &rule.rows[self.route_row(index, self.as_of)?];
        let queue = &rule.queues[row.outcome];
        let mut answer = self.cite(rule.authority, row.authority, json!({"to": queue.id, "label": queue.label}));
        self.add_trial(rule.authority, &rule.rows, |queue| rule.queues[*queue].id.clone(), &mut answer);
        Some(answer)
    }

    fn routes(&self) -> Map<String, Value> {
        let all = self.handbook.routes.iter().enumerate();
        all.filter_map(|(index, rule)| Some((rule.name.id.clone(), self.route_answer(index)?))).collect()
    }

    fn deadlines(&self) -> Vec<Value> {
        self.handbook
            .deadlines
            .iter()
            .enumerate()
            .filter_map(|(index, rule)| self.deadline_answer(index, rule))
            .collect()
    }

    fn deadline_answer(&self, index: usize, rule: &'h Deadline) -> Option<Value> {
        let standing = self.clock(DeadlineId(index), self.as_of)?;
        let row = &rule.rows[standing.row];
        let limit = row.outcome;
        let state = match standing.state {
            State::Pending => "pending",
            State::Running => "running",
            State::AtRisk => "at_risk",
            State::Paused => "paused",
            State::Met => "met",
            State::Breached => "breached",
        };
        let answer = json!({"id": rule.name.id, "label": rule.name.label, "state": state, "within": format_seconds(limit), "within_s": limit});
        let mut answer = self.cite(rule.authority, row.authority, answer);
        self.add_trial(rule.authority, &rule.rows, |limit| format_seconds(*limit), &mut answer);
        let run = self.run(DeadlineId(index), self.as_of);
        let elapsed = run.as_ref().map_or(0, |run| run.elapsed(self.as_of));
        let moving = run.as_ref().filter(|_| standing.state != State::Paused);
        answer["started_at"] = json!(self.format(run.as_ref().map(|run| run.start)));
        answer["due_at"] = json!(self.format(moving.and_then(|run| run.reaches(limit))));
        answer["warn_at"] = json!(self.format(moving.and_then(|run| self.warning(DeadlineId(index), run, limit))));
        if let Some(end) = run.as_ref().and_then(|run| run.end) {
            answer["ended_at"] = json!(self.format(Some(end)));
        }
        answer["elapsed_s"] = json!(elapsed);
        answer["remaining_s"] = json!((limit - elapsed).max(0));
        if standing.state == State::Breached {
            answer["late_by"] = json!(format_seconds((elapsed - limit).max(0)));
            answer["late_by_s"] = json!((elapsed - limit).max(0));
        }
        Some(answer)
    }

    /// Every step a ladder comes to, past and future, with its instant: it goes up and never down.
    fn climb(&self, index: usize) -> Vec<(i64, usize)> {
        let ladder = &self.handbook.ladders[index];
        let mut reached: Vec<(i64, usize)> = Vec::new();
        for second in self.seconds() {
            for (position, step) in ladder.steps.iter().enumerate() {
                let is_higher = reached.last().is_none_or(|(_, last)| position > *last);
                if is_higher && self.applies(ladder.authority, second) && self.holds(&step.trigger, second) {
                    reached.push((second, position));
                }
            }
        }
        reached
    }

    fn ladders(&self) -> Vec<Value> {
        let mut answers: Vec<Value> = Vec::new();
        for (index, ladder) in self.handbook.ladders.iter().enumerate() {
            if !self.applies(ladder.authority, self.as_of) {
                continue;
            }
            let shown = |(at, position): &(i64, usize)| {
                let step = &ladder.steps[*position];
                json!({"step": step.number, "role": step.role.id, "label": step.role.label, "at": self.format(Some(*at))})
            };
            let all = self.climb(index);
            let (reached, to_come): (Vec<_>, Vec<_>) = all.into_iter().partition(|(at, _)| *at <= self.as_of);
            let current = reached.last().map(shown).unwrap_or(Value::Null);
            let next = to_come.iter().rfind(|(at, _)| *at == to_come[0].0);
            let answer = json!({
                "id": ladder.name.id, "step": current["step"], "role": current["role"], "label": current["label"], "since": current["at"],
                "reached": reached.iter().map(shown).collect::<Vec<_>>(), "next": next.map(shown),
            });
            answers.push(self.cite(ladder.authority, ladder.authority, answer));
        }
        answers
    }

    /// The fields that a record lacks at an instant; nothing when it does not apply.
    fn lacks(&self, index: usize, at: i64) -> Option<Vec<FactId>> {
        let record = &self.handbook.records[index];
        let mut lacks: Vec<FactId> = Vec::new();
        for (fact, when) in &record.fields {
            if self.holds(when, at) && self.facts[fact.0].is_none() && !lacks.contains(fact) {
                lacks.push(*fact);
            }
        }
        self.applies(record.authority, at).then_some(lacks)
    }

    fn records(&self) -> Vec<Value> {
        let mut answers: Vec<Value> = Vec::new();
        for (index, record) in self.handbook.records.iter().enumerate() {
            if let Some(lacks) = self.lacks(index, self.as_of) {
                let missing: Vec<&str> =
                    lacks.iter().map(|fact| self.handbook.facts[fact.0].name.id.as_str()).collect();
                let answer = json!({"id": record.name.id, "label": record.name.label, "missing": missing});
                answers.push(self.cite(record.authority, record.authority, answer));
            }
        }
        answers
    }

    /// The facts for want of which something that was tried stayed open. What is on trial asks nobody for anything.
    fn missing(&self, at: i64) -> BTreeSet<FactId> {
        let mut found: BTreeSet<FactId> = BTreeSet::new();
        for rule in &self.handbook.classifies {
            self.missing_in_rows(rule.authority, &rule.rows, at, &mut found);
        }
        for (index, rule) in self.handbook.deadlines.iter().enumerate() {
            let has_answer = self.missing_in_rows(rule.authority, &rule.rows, at, &mut found);
            let is_running = has_answer && self.start(DeadlineId(index), at).is_some();
            rule.pause.iter().filter(|_| is_running).for_each(|pause| self.wanted(pause, at, &mut found));
        }
        for rule in &self.handbook.routes {
            self.missing_in_rows(rule.authority, &rule.rows, at, &mut found);
        }
        for ladder in &self.handbook.ladders {
            if self.missing_in_rule(ladder.authority, at, &mut found) {
                ladder.steps.iter().for_each(|step| self.wanted(&step.trigger, at, &mut found));
            }
        }
        for record in &self.handbook.records {
            if self.missing_in_rule(record.authority, at, &mut found) {
                record.fields.iter().for_each(|(_, when)| self.wanted(when, at, &mut found));
            }
        }
        found
    }

    /// Gathers what a rule's own `when` wants; says whether the rule applies.
    fn missing_in_rule(&self, authority: AuthorityId, at: i64, found: &mut BTreeSet<FactId>) -> bool {
        if !self.is_effective(authority) || self.is_trial(authority) {
            return false;
        }
        self.handbook.authorities[authority.0].when.iter().for_each(|when| self.wanted(when, at, found));
        self.applies(authority, at)
    }

    /// What a row asks: its exception's `when` too.
    fn conditions<'a, T>(&'a self, own: AuthorityId, row: &'a Row<T>) -> Vec<&'a Condition> {
        let exception = Some(row.authority).filter(|authority| *authority != own);
        let when = exception.and_then(|authority| self.handbook.authorities[authority.0].when.as_ref());
        when.into_iter().chain([&row.guard]).collect()
    }

    /// The same for a rule with rows: those tried are those down to the one taken. Where no row could hold, whatever
    /// the facts are, what the rule wants does not matter. Says whether a row was taken.
    fn missing_in_rows<T>(&self, own: AuthorityId, rows: &[Row<T>], at: i64, found: &mut BTreeSet<FactId>) -> bool {
        let could_hold =
            |row: &&Row<T>| self.conditions(own, row).iter().all(|part| self.surely(part, at) != Some(false));
        let possible: Vec<&Row<T>> =
            rows.iter().filter(|row| self.is_tried(own, row, false)).filter(could_hold).collect();
        if possible.is_empty() || !self.missing_in_rule(own, at, found) {
            return false;
        }
        for row in possible {
            self.conditions(own, row).iter().for_each(|part| self.wanted(part, at, found));
            if self.conditions(own, row).iter().all(|part| self.holds(part, at)) {
                return true;
            }
        }
        false
    }

    fn seen_row<T: Copy>(&self, own: AuthorityId, rows: &'h [Row<T>], row: usize, at: i64) -> SeenRow<'h, T> {
        let clause = |row: &Row<T>| self.handbook.clause_of(row.authority).number.as_str();
        let cites = self.handbook.authorities[rows[row].authority.0].cites.as_slice();
        let on_trial = self.trial_row(own, rows, at).map(|row| (clause(row), row.outcome));
        SeenRow { outcome: rows[row].outcome, clause: clause(&rows[row]), cites, on_trial }
    }

    fn seen(&self, at: i64, climbs: &[Vec<(i64, usize)>]) -> Seen<'h> {
        let handbook = self.handbook;
        let tiers = handbook.classifies.iter().enumerate().map(|(index, rule)| {
            self.tier_row(ClassifyId(index), at).map(|row| self.seen_row(rule.authority, &rule.rows, row, at))
        });
        let routes = handbook.routes.iter().enumerate().map(|(index, rule)| {
            self.route_row(index, at).map(|row| self.seen_row(rule.authority, &rule.rows, row, at))
        });
        let deadlines = handbook.deadlines.iter().enumerate().map(|(index, rule)| {
            let standing = self.clock(DeadlineId(index), at)?;
            Some((standing.state, self.seen_row(rule.authority, &rule.rows, standing.row, at)))
        });
        let steps = handbook.ladders.iter().zip(climbs).map(|(ladder, climb)| {
            let step = climb.iter().rfind(|(when, _)| *when <= at).map_or(0, |(_, position)| position + 1);
            self.applies(ladder.authority, at).then_some(step)
        });
        Seen {
            tiers: tiers.collect(),
            routes: routes.collect(),
            deadlines: deadlines.collect(),
            steps: steps.collect(),
            records: (0..handbook.records.len()).map(|index| self.lacks(index, at)).collect(),
            missing: self.missing(at),
        }
    }

    /// The first second after now at which anything but a running figure is different, if nothing more happens.
    fn next_change(&self) -> Option<i64> {
        let climbs: Vec<Vec<(i64, usize)>> = (0..self.handbook.ladders.len()).map(|index| self.climb(index)).collect();
        let now = self.seen(self.as_of, &climbs);
        (self.as_of + 1..=self.as_of + AHEAD).find(|at| self.seen(*at, &climbs) != now)
    }
}
