//! The naive evaluator's answers as the JSON of a decision.

use super::calendar::Calendar;
use super::ticket::Ticket;
use super::{Naive, ticket};
use rulebook::Edition;
use rulebook::calendar::Instant;
use rulebook::handbook::{AuthorityId, ClassifyId, Condition, Deadline, DeadlineId, FactId, Row};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Decides a ticket that fits, at an instant not before its opening. Findings of scripts are left out.
pub fn decide(edition: &Edition, json: &Value, as_of: Instant) -> Value {
    let handbook = edition.handbook();
    let plan = handbook.calendar.as_ref().map(|calendar| calendar.plan());
    let calendar = Calendar::new(plan, handbook.meta.zone, handbook.meta.day_end);
    let ticket = Ticket::read(handbook, json, as_of.0);
    let mut found: BTreeSet<i64> = ticket.instants().into_iter().chain([ticket.opened, as_of.0]).collect();
    loop {
        let last = found.last().copied().unwrap_or(as_of.0);
        let mut grid: BTreeSet<i64> = found.clone();
        if handbook.calendar.is_some() {
            grid.extend(calendar.edges(ticket.opened, last + 3 * 86_400));
        }
        let naive = Naive::new(handbook, edition.sources(), &calendar, &ticket, as_of.0, grid.clone());
        let mut decision = naive.answers(as_of.0);
        decision["ticket"] = json["id"].clone();
        decision["as_of"] = json!(naive.format(Some(as_of.0)));
        decision["handbook"] = json!({"id": edition.id(), "edition": edition.edition(), "digest": edition.digest()});
        decision["etiquette"] = json!([]);
        decision["retention"] = json!([]);
        decision["ignored_fields"] = json!(ticket::ignored(handbook, json));
        decision["next_change_at"] = json!(naive.format(naive.next_change()));
        let wanted: BTreeSet<i64> = naive.wanted.take();
        if wanted.is_subset(&grid) {
            return decision;
        }
        assert!(found.len() < 5000, "time goes on without end");
        found.extend(wanted);
    }
}

/// A decision's answers without the figures that run while nothing changes.
fn seen(mut answers: Value) -> Value {
    for deadline in answers["deadlines"].as_array_mut().unwrap() {
        still(deadline);
        deadline.get_mut("clocks").and_then(Value::as_array_mut).into_iter().flatten().for_each(still);
    }
    answers
}

fn still(clock: &mut Value) {
    let clock = clock.as_object_mut().unwrap();
    clock.retain(|key, _| !["elapsed_s", "remaining_s", "late_by", "late_by_s"].contains(&key.as_str()));
}

impl<'h> Naive<'h> {
    /// Everything a decision says at an instant, now or later.
    fn answers(&self, at: i64) -> Value {
        json!({
            "tiers": self.tiers(at),
            "routes": self.routes(at),
            "deadlines": self.deadlines(at),
            "escalations": (0..self.handbook.ladders.len()).filter_map(|index| self.ladder_answer(index, at)).collect::<Vec<_>>(),
            "records": self.records(at),
            "missing_facts": self.missing(at).into_iter().map(|fact| self.handbook.facts[fact.0].name.id.clone()).collect::<Vec<_>>(),
        })
    }

    /// The first instant after now at which anything but a running figure is different, if nothing more happens.
    fn next_change(&self) -> Option<i64> {
        let now = seen(self.answers(self.as_of));
        self.grid.iter().copied().find(|at| *at > self.as_of && seen(self.answers(*at)) != now)
    }

    pub fn format(&self, at: Option<i64>) -> Option<String> {
        at.map(|at| self.handbook.meta.zone.format(Instant(at)))
    }

    /// What an answer ends with: its clause, its requirements, whether its rule is on trial.
    pub fn cite(&self, own: AuthorityId, row: AuthorityId, answer: Value) -> Value {
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

    fn add_trial<T>(
        &self,
        own: AuthorityId,
        rows: &'h [Row<T>],
        at: i64,
        words: impl Fn(&T) -> String,
        answer: &mut Value,
    ) {
        if let Some(row) = self.trial_row(own, rows, at) {
            answer["on_trial"] =
                json!({"clause": self.handbook.clause_of(row.authority).number, "outcome": words(&row.outcome)});
        }
    }

    fn tier_answer(&self, index: usize, at: i64) -> Option<Value> {
        let rule = &self.handbook.classifies[index];
        let row = &rule.rows[self.tier_row(ClassifyId(index), at)?];
        let tier = &rule.tiers[row.outcome];
        let mut answer = self.cite(rule.authority, row.authority, json!({"tier": tier.id, "label": tier.label}));
        self.add_trial(rule.authority, &rule.rows, at, |tier| rule.tiers[*tier].id.clone(), &mut answer);
        Some(answer)
    }

    fn tiers(&self, at: i64) -> Map<String, Value> {
        let all = self.handbook.classifies.iter().enumerate();
        all.filter_map(|(index, rule)| Some((rule.name.id.clone(), self.tier_answer(index, at)?))).collect()
    }

    fn route_answer(&self, index: usize, at: i64) -> Option<Value> {
        let rule = &self.handbook.routes[index];
        let row = &rule.rows[self.rule_row(rule.authority, &rule.rows, at)?];
        let queue = &rule.queues[row.outcome];
        let mut answer = self.cite(rule.authority, row.authority, json!({"to": queue.id, "label": queue.label}));
        self.add_trial(rule.authority, &rule.rows, at, |queue| rule.queues[*queue].id.clone(), &mut answer);
        Some(answer)
    }

    fn routes(&self, at: i64) -> Map<String, Value> {
        let all = self.handbook.routes.iter().enumerate();
        all.filter_map(|(index, rule)| Some((rule.name.id.clone(), self.route_answer(index, at)?))).collect()
    }

    fn deadlines(&self, at: i64) -> Vec<Value> {
        let all = self.handbook.deadlines.iter().enumerate();
        all.filter_map(|(index, rule)| self.deadline_answer(index, rule, at)).collect()
    }

    fn deadline_answer(&self, index: usize, rule: &'h Deadline, at: i64) -> Option<Value> {
        let (mut answer, row) = self.clock_answer(index, at)?;
        answer["id"] = json!(rule.name.id);
        answer["label"] = json!(rule.name.label);
        let mut answer = self.cite(rule.authority, rule.rows[row].authority, answer);
        self.add_trial(rule.authority, &rule.rows, at, |limit| limit.to_string(), &mut answer);
        Some(answer)
    }

    /// The fields that a record lacks at an instant; nothing when it does not apply.
    fn lacks(&self, index: usize, at: i64) -> Option<Vec<FactId>> {
        let record = &self.handbook.records[index];
        let mut lacks: Vec<FactId> = Vec::new();
        for (fact, when) in &record.fields {
            if self.holds(when, at) && self.ticket.fact(*fact, at).is_none() && !lacks.contains(fact) {
                lacks.push(*fact);
            }
        }
        self.applies(record.authority, at).then_some(lacks)
    }

    fn records(&self, at: i64) -> Vec<Value> {
        let mut answers: Vec<Value> = Vec::new();
        for (index, record) in self.handbook.records.iter().enumerate() {
            if let Some(lacks) = self.lacks(index, at) {
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
            let is_running = has_answer && self.runs(DeadlineId(index)).iter().any(|run| run.start <= at);
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
}
