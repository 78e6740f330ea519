//! One ticket at one instant: what holds, what stays open for want of a fact, and what each clock says.
//!
//! A condition is evaluated at most once. Its verdict has two parts: whether it holds (a test on a fact that is
//! not there does not), and whether it would stay open if nothing were assumed of the facts that are not there.

use super::clock::Clock;
use super::course::Courses;
use super::decision::Finding;
use super::intervals::Intervals;
use super::past::Past;
use super::test::{Test, TestId};
use super::text;
use super::ticket::{Ticket, Value};
use super::{Engine, Movement};
use crate::calendar::Instant;
use crate::diagnostic::codes;
use crate::handbook::condition::TimeOperand;
use crate::handbook::{ClassifyId, DeadlineId, EventId, FactId, OPENED, StatusId};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a condition came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict(u32);

impl Verdict {
    const HOLDS: u32 = 1;
    const OPEN: u32 = 2;

    /// A verdict that no missing fact could change.
    pub fn settled(holds: bool) -> Verdict {
        Verdict(u32::from(holds))
    }

    /// A verdict for want of a fact.
    pub fn open(holds: bool) -> Verdict {
        Verdict(u32::from(holds) | Verdict::OPEN)
    }

    /// Whether the condition holds.
    pub fn holds(self) -> bool {
        self.0 & Verdict::HOLDS != 0
    }

    /// Whether a fact that is not there could have changed it.
    pub fn is_open(self) -> bool {
        self.0 & Verdict::OPEN != 0
    }

    /// It fails whatever the missing facts are.
    pub fn surely_fails(self) -> bool {
        self.0 == 0
    }

    /// It holds whatever the missing facts are.
    fn surely_holds(self) -> bool {
        self.0 == Verdict::HOLDS
    }
}

/// What is kept from one decision to the next so that nothing is allocated anew. A stamp says to which decision an
/// entry belongs, so that nothing is cleared either.
#[derive(Debug, Default)]
pub struct Scratch {
    stamp: u32,
    /// By condition: stamp, then verdict.
    verdicts: Vec<(u32, u32)>,
    /// By classification: stamp, then tier.
    tiers: Vec<(u32, u32)>,
    /// By deadline: stamp, then position in `clocks`.
    clock_slots: Vec<(u32, u32)>,
    clocks: Vec<Clock>,
    /// Courses of clocks that are not plain, by deadline; forgotten with each decision.
    courses: Vec<(usize, Arc<Courses>)>,
    /// By condition: stamp, once the facts it is open for have been noted.
    noted: Vec<u32>,
    /// By condition: when it holds, for those that are made of others.
    pub intervals: FxHashMap<TestId, Intervals>,
    /// By fact: stamp, when it was missing and mattered.
    open_facts: Vec<u32>,
    /// By fact: its folded text.
    folded: Vec<(u32, String)>,
    /// Units that may have an answer, and the rows that may be taken, as entries of the index.
    pub candidates: Vec<u32>,
    /// By unit: stamp, then the row taken (or the number of rows).
    pub taken: Vec<(u32, u32)>,
}

impl Scratch {
    fn begin(&mut self, engine: &Engine) {
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            *self = Scratch { stamp: 1, ..Scratch::default() };
        }
        grow(&mut self.verdicts, engine.tests.len());
        if self.noted.len() < engine.tests.len() {
            self.noted.resize(engine.tests.len(), 0);
        }
        self.intervals.clear();
        grow(&mut self.tiers, engine.handbook.classifies.len());
        grow(&mut self.clock_slots, engine.handbook.deadlines.len());
        grow(&mut self.taken, engine.graph.units.len());
        if self.open_facts.len() < engine.handbook.facts.len() {
            self.open_facts.resize(engine.handbook.facts.len(), 0);
        }
        if engine.compares_text && self.folded.len() < engine.handbook.facts.len() {
            self.folded.resize(engine.handbook.facts.len(), (0, String::new()));
        }
        self.clocks.clear();
        self.courses.clear();
        self.candidates.clear();
    }
}

fn grow(entries: &mut Vec<(u32, u32)>, length: usize) {
    if entries.len() < length {
        entries.resize(length, (0, 0));
    }
}

/// One ticket at one instant.
pub struct Case<'e, 'c> {
    /// The engine that decides.
    pub engine: &'e Engine,
    /// The ticket.
    pub ticket: &'c Ticket<'c>,
    /// The instant; what happened later has not happened.
    pub as_of: Instant,
    /// What is kept between decisions.
    pub scratch: &'c mut Scratch,
    /// Scripts that gave no answer.
    pub findings: Vec<Finding<'e>>,
    /// Instants after `as_of` at which some condition that was evaluated changes by time alone.
    pub flips: Vec<i64>,
    /// What is being decided is on trial: what it lacks is noted nowhere.
    pub is_trial: bool,
    /// The facts as they were before, where events tell.
    pub past: Vec<Past<'c>>,
    /// What evaluating those takes.
    pub scratch_of_past: Option<Box<Scratch>>,
    /// Deadlines are to show how they add up.
    pub explains: bool,
}

impl<'e, 'c> Case<'e, 'c> {
    /// The case of a ticket at an instant.
    pub fn new(engine: &'e Engine, ticket: &'c Ticket<'c>, as_of: Instant, scratch: &'c mut Scratch) -> Self {
        scratch.begin(engine);
        Case { past: Past::of(ticket, as_of), ..Case::resume(engine, ticket, as_of, scratch) }
    }

    /// The case that a scratch was last used for, with everything it came to.
    pub fn resume(engine: &'e Engine, ticket: &'c Ticket<'c>, as_of: Instant, scratch: &'c mut Scratch) -> Self {
        Case {
            engine,
            ticket,
            as_of,
            scratch,
            findings: Vec::new(),
            flips: Vec::new(),
            is_trial: false,
            past: Vec::new(),
            scratch_of_past: None,
            explains: false,
        }
    }

    /// Whether a condition can change by time, events or a fact's change.
    pub fn moves(&self, id: TestId) -> bool {
        self.engine.is_temporal[id as usize] || !self.past.is_empty()
    }

    /// What changes about a deadline with time, events, or a fact's change.
    pub fn movement(&self, deadline: usize) -> Movement {
        if self.past.is_empty() { self.engine.moving_clocks[deadline] } else { Movement::Limit }
    }

    /// The stamp of this decision.
    pub fn stamp(&self) -> u32 {
        self.scratch.stamp
    }

    /// What a condition comes to.
    pub fn verdict(&mut self, id: TestId) -> Verdict {
        let (stamp, known) = self.scratch.verdicts[id as usize];
        if stamp == self.scratch.stamp {
            return Verdict(known);
        }
        let verdict = self.evaluate(id);
        self.scratch.verdicts[id as usize] = (self.scratch.stamp, verdict.0);
        verdict
    }

    fn evaluate(&mut self, id: TestId) -> Verdict {
        let engine: &'e Engine = self.engine;
        match &engine.tests[id as usize] {
            Test::Always => Verdict::settled(true),
            Test::Never => Verdict::settled(false),
            Test::And(parts) => {
                let (mut holds, mut is_open) = (true, false);
                for part in parts {
                    let verdict = self.verdict(*part);
                    if verdict.surely_fails() {
                        return verdict;
                    }
                    holds &= verdict.holds();
                    is_open |= verdict.is_open();
                }
                if is_open { Verdict::open(holds) } else { Verdict::settled(holds) }
            }
            Test::Or(parts) => {
                let (mut holds, mut is_open) = (false, false);
                for part in parts {
                    let verdict = self.verdict(*part);
                    if verdict.surely_holds() {
                        return verdict;
                    }
                    holds |= verdict.holds();
                    is_open |= verdict.is_open();
                }
                if is_open { Verdict::open(holds) } else { Verdict::settled(holds) }
            }
            Test::Not(inner) => {
                let verdict = self.verdict(*inner);
                if verdict.is_open() { Verdict::open(!verdict.holds()) } else { Verdict::settled(!verdict.holds()) }
            }
            Test::Same(inner) => self.verdict(*inner),
            Test::Present(fact, present) => Verdict::settled((*self.ticket.value(*fact) != Value::Missing) == *present),
            Test::Value(fact, set) => match self.ticket.value(*fact) {
                Value::Position(position) => Verdict::settled(set.contains(*position)),
                _ => Verdict::open(false),
            },
            Test::Number(fact, test) => match self.ticket.value(*fact) {
                Value::Number(figure) => Verdict::settled(test.accepts(*figure)),
                _ => Verdict::open(false),
            },
            Test::Text(fact, texts, negated) => {
                self.text(*fact, |folded| texts.iter().any(|text| text == folded) != *negated)
            }
            Test::Contains(fact, part) => self.text(*fact, |folded| folded.contains(part.as_str())),
            Test::Matches(fact, pattern) => self.text(*fact, |folded| pattern.is_match(folded)),
            Test::Time(fact, before, other) => {
                let other: Option<Instant> = match other {
                    TimeOperand::At(at) => Some(*at),
                    TimeOperand::Fact(other) => self.time(*other),
                };
                match (self.time(*fact), other) {
                    (Some(at), Some(other)) => Verdict::settled(if *before { at < other } else { at > other }),
                    _ => Verdict::open(false),
                }
            }
            Test::Has(fact, set) => match self.ticket.value(*fact) {
                Value::Positions(positions) => {
                    Verdict::settled(positions.iter().any(|position| set.contains(*position)))
                }
                _ => Verdict::open(false),
            },
            Test::HasText(fact, wanted) => match self.ticket.value(*fact) {
                Value::Texts(texts) => Verdict::settled(texts.iter().any(|text| wanted.contains(&text::fold(text)))),
                _ => Verdict::open(false),
            },
            Test::Tier(classify, set) => Verdict::settled(self.tier(*classify).is_some_and(|tier| set.contains(tier))),
            Test::Status(statuses, lasting) if lasting.count == 0 => {
                Verdict::settled(statuses.contains(&self.status()))
            }
            Test::Happened(event, times) => Verdict::settled(self.count(*event) >= *times as usize),
            Test::Status(..) | Test::Awaiting(_) | Test::Clock(..) | Test::Age(..) => {
                let now = self.as_of.0;
                let when: Intervals = self.intervals(id);
                self.flips.extend(when.next_change(now));
                Verdict::settled(when.contains(now))
            }
            Test::OpenedBetween(from, until) => {
                let second = self.engine.handbook.meta.zone.second_of_day(self.ticket.opened_at);
                let inside =
                    if from < until { (*from..*until).contains(&second) } else { second >= *from || second < *until };
                Verdict::settled(inside)
            }
            Test::OpenedOnHoliday => {
                let calendar = engine.handbook.calendar.as_deref();
                let opened = self.ticket.opened_at;
                Verdict::settled(
                    calendar.is_some_and(|calendar| calendar.plan().holiday(calendar.date(opened)).is_some()),
                )
            }
            Test::Script(name, arguments) => {
                let Some(scripts) = &engine.scripts else { return Verdict::settled(false) };
                match scripts.call(&engine.handbook, name, arguments, self.ticket) {
                    Ok(answer) => Verdict::settled(answer),
                    Err(problem) => {
                        let text = engine.places[id as usize][0].text.as_str();
                        self.findings.push(Finding { code: codes::SCRIPT_FAILED.id, text, message: problem });
                        Verdict::settled(false)
                    }
                }
            }
        }
    }

    fn text(&mut self, fact: FactId, holds: impl Fn(&str) -> bool) -> Verdict {
        let Value::Text(text) = self.ticket.value(fact) else { return Verdict::open(false) };
        let slot = &mut self.scratch.folded[fact.0];
        if slot.0 != self.scratch.stamp {
            *slot = (self.scratch.stamp, text::fold(text));
        }
        Verdict::settled(holds(&slot.1))
    }

    fn time(&self, fact: FactId) -> Option<Instant> {
        match self.ticket.value(fact) {
            Value::Time(at) => Some(*at),
            _ => None,
        }
    }

    /// The tier a classification came to; nothing before it is decided, and for one on trial.
    pub fn tier(&self, classify: ClassifyId) -> Option<u32> {
        let (stamp, tier) = self.scratch.tiers[classify.0];
        (stamp == self.scratch.stamp).then_some(tier)
    }

    /// Records what a classification came to.
    pub fn set_tier(&mut self, classify: usize, tier: u32) {
        self.scratch.tiers[classify] = (self.scratch.stamp, tier);
    }

    /// The clock of a deadline that applies.
    pub fn clock(&self, deadline: DeadlineId) -> Option<&Clock> {
        let (stamp, slot) = self.scratch.clock_slots[deadline.0];
        if stamp == self.scratch.stamp { self.scratch.clocks.get(slot as usize) } else { None }
    }

    /// Records a deadline's clock.
    pub fn set_clock(&mut self, deadline: usize, clock: Clock) {
        self.scratch.clock_slots[deadline] = (self.scratch.stamp, self.scratch.clocks.len() as u32);
        self.scratch.clocks.push(clock);
    }

    /// The courses of a deadline's clocks, where they were asked for before.
    pub fn known_courses(&self, deadline: usize) -> Option<&Arc<Courses>> {
        self.scratch.courses.iter().find(|(index, _)| *index == deadline).map(|(_, courses)| courses)
    }

    /// Records the courses of a deadline's clocks.
    pub fn set_courses(&mut self, deadline: usize, courses: Arc<Courses>) {
        self.scratch.courses.push((deadline, courses));
    }

    /// The status as of now.
    pub fn status(&self) -> StatusId {
        let changes = self.ticket.statuses.iter().rev();
        changes.filter(|(at, _)| *at <= self.as_of).map(|(_, status)| *status).next().unwrap_or(self.ticket.status)
    }

    /// When an event first happened at or after an instant, if it has.
    pub fn first(&self, event: EventId, from: Instant) -> Option<Instant> {
        if event == OPENED {
            return Some(self.ticket.opened_at).filter(|at| *at <= self.as_of && *at >= from);
        }
        let mut happened = self.ticket.events.iter().filter(|(_, what)| *what == event);
        happened.find(|(at, _)| *at >= from && *at <= self.as_of).map(|(at, _)| *at)
    }

    /// The instants at which an event happened, up to now.
    pub fn happened(&self, event: EventId) -> impl Iterator<Item = Instant> {
        let opened = (event == OPENED).then_some(self.ticket.opened_at).filter(|at| *at <= self.as_of);
        let as_of = self.as_of;
        let events = self.ticket.events.iter().filter(move |(at, what)| *what == event && *at <= as_of);
        opened.into_iter().chain(events.map(|(at, _)| *at))
    }

    fn count(&self, event: EventId) -> usize {
        self.happened(event).count()
    }

    /// Notes the facts for want of which a condition is open.
    pub fn note_open(&mut self, id: TestId) {
        if self.is_trial || !self.verdict(id).is_open() || self.scratch.noted[id as usize] == self.scratch.stamp {
            return;
        }
        self.scratch.noted[id as usize] = self.scratch.stamp;
        let engine: &'e Engine = self.engine;
        match &engine.tests[id as usize] {
            Test::And(parts) | Test::Or(parts) => {
                for part in parts {
                    self.note_open(*part);
                }
            }
            Test::Not(inner) | Test::Same(inner) => self.note_open(*inner),
            Test::Time(fact, _, TimeOperand::Fact(other)) => {
                self.note_missing(*fact);
                self.note_missing(*other);
            }
            Test::Value(fact, _)
            | Test::Number(fact, _)
            | Test::Text(fact, ..)
            | Test::Contains(fact, _)
            | Test::Matches(fact, _)
            | Test::Time(fact, ..)
            | Test::Has(fact, _)
            | Test::HasText(fact, _) => self.note_missing(*fact),
            _ => {}
        }
    }

    fn note_missing(&mut self, fact: FactId) {
        if *self.ticket.value(fact) == Value::Missing {
            self.scratch.open_facts[fact.0] = self.scratch.stamp;
        }
    }

    /// Whether a fact was missing and mattered.
    pub fn is_noted(&self, fact: FactId) -> bool {
        self.scratch.open_facts[fact.0] == self.scratch.stamp
    }
}
