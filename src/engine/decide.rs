//! Deciding one ticket: unit by unit, lower levels first, only the rows that the index leaves.

use super::case::{Case, Scratch};
use super::clock::Clock;
use super::decision::{
    Cited, DeadlineAnswer, Decision, EscalationAnswer, HandbookRef, OnTrial, ReachedStep, RecordAnswer, RouteAnswer,
    State, TierAnswer,
};
use super::index::EntryId;
use super::intervals::Intervals;
use super::ticket::{Ticket, Value};
use super::{Engine, Movement, trace};
use crate::calendar::{Instant, format_seconds};
use crate::graph::{RowNode, Unit, UnitNode};
use crate::handbook::FactId;

/// No more instants are tried for `next_change_at`.
const MOST_TRIES: usize = 1000;

/// Decides a ticket.
pub fn decide<'e>(
    engine: &'e Engine,
    ticket: &Ticket,
    as_of: Instant,
    explain: bool,
    scratch: &mut Scratch,
) -> Decision<'e> {
    let mut case = Case::new(engine, ticket, as_of, scratch);
    let mut decision = answers(&mut case);
    if explain {
        decision.trace = Some(trace::trace(&mut case));
    }
    decision.next_change_at = next_change(&mut case, &decision).map(Instant);
    decision
}

/// Everything but the trace and the next change.
fn answers<'e>(case: &mut Case<'e, '_>) -> Decision<'e> {
    let engine: &'e Engine = case.engine;
    let meta = &engine.handbook.meta;
    let mut decision = Decision {
        ticket: case.ticket.id().to_owned(),
        as_of: case.as_of,
        zone: meta.zone,
        handbook: HandbookRef { id: &meta.id, edition: &meta.edition, digest: &engine.digest },
        tiers: Vec::new(),
        routes: Vec::new(),
        deadlines: Vec::new(),
        escalations: Vec::new(),
        records: Vec::new(),
        missing_facts: Vec::new(),
        ignored_fields: case.ticket.ignored.clone(),
        findings: Vec::new(),
        next_change_at: None,
        trace: None,
    };
    let mut order = Order::default();
    let mut candidates: Vec<EntryId> = std::mem::take(&mut case.scratch.candidates);
    for level in 0..engine.index.levels() {
        engine.index.candidates(level, case, &mut candidates);
        let mut rest: &[EntryId] = &candidates;
        while let Some(first) = rest.first() {
            let unit = engine.index.entries[*first as usize].unit;
            let length = rest.partition_point(|entry| engine.index.entries[*entry as usize].unit == unit);
            let (entries, after) = rest.split_at(length);
            rest = after;
            decide_unit(case, unit as usize, entries, &mut decision, &mut order);
        }
        engine.index.open_entries(level, case, note_if_tried);
    }
    case.scratch.candidates = candidates;
    order.sort(&mut decision);
    let facts = engine.handbook.facts.iter().enumerate();
    decision.missing_facts =
        facts.filter(|(fact, _)| case.is_noted(FactId(*fact))).map(|(_, fact)| fact.name.id.as_str()).collect();
    decision.findings = std::mem::take(&mut case.findings);
    decision.findings.sort();
    decision
}

/// The positions of answers in the handbook, to put them back into its order.
#[derive(Default)]
struct Order {
    tiers: Vec<usize>,
    routes: Vec<usize>,
    deadlines: Vec<usize>,
    escalations: Vec<usize>,
    records: Vec<usize>,
}

impl Order {
    fn sort(self, decision: &mut Decision) {
        in_order(&self.tiers, &mut decision.tiers);
        in_order(&self.routes, &mut decision.routes);
        in_order(&self.deadlines, &mut decision.deadlines);
        in_order(&self.escalations, &mut decision.escalations);
        in_order(&self.records, &mut decision.records);
    }
}

fn in_order<T>(positions: &[usize], answers: &mut Vec<T>) {
    if positions.is_sorted() {
        return;
    }
    let mut pairs: Vec<(usize, T)> = positions.iter().copied().zip(answers.drain(..)).collect();
    pairs.sort_by_key(|(position, _)| *position);
    answers.extend(pairs.into_iter().map(|(_, answer)| answer));
}

fn decide_unit<'e>(
    case: &mut Case<'e, '_>,
    position: usize,
    entries: &[EntryId],
    decision: &mut Decision<'e>,
    order: &mut Order,
) {
    let engine: &'e Engine = case.engine;
    let unit: &'e UnitNode = &engine.graph.units[position];
    case.scratch.taken[position] = (case.stamp(), u32::MAX);
    case.is_trial = engine.handbook.authorities[unit.authority.0].trial;
    if engine.is_effective(unit.authority, case.ticket.opened_at) && case.verdict(unit.when.0).is_open() {
        let rows = entries.iter().map(|entry| engine.index.entries[*entry as usize].row);
        note_when(case, unit, rows);
    }
    if !applies(case, unit) {
        return;
    }
    let handbook = &engine.handbook;
    match unit.unit {
        Unit::Classify(index) => {
            let Some(row) = choose(case, position, entries) else { return };
            let classify = &handbook.classifies[index];
            let tier = &classify.tiers[row.outcome as usize];
            if !handbook.authorities[unit.authority.0].trial {
                case.set_tier(index, row.outcome as u32);
            }
            let on_trial = on_trial(case, unit, |row| classify.tiers[row.outcome as usize].id.clone());
            let answer = TierAnswer { id: &classify.name.id, tier: &tier.id, label: tier.label.as_deref(), on_trial };
            decision.tiers.push(cited(case, unit, row, answer));
            order.tiers.push(index);
        }
        Unit::Route(index) => {
            let Some(row) = choose(case, position, entries) else { return };
            let route = &handbook.routes[index];
            let queue = &route.queues[row.outcome as usize];
            let on_trial = on_trial(case, unit, |row| route.queues[row.outcome as usize].id.clone());
            let answer = RouteAnswer { id: &route.name.id, to: &queue.id, label: queue.label.as_deref(), on_trial };
            decision.routes.push(cited(case, unit, row, answer));
            order.routes.push(index);
        }
        Unit::Deadline(index) => {
            let Some(row) = choose(case, position, entries) else { return };
            let (answer, row) = deadline(case, unit, index, row);
            decision.deadlines.push(cited(case, unit, row, answer));
            order.deadlines.push(index);
        }
        Unit::Ladder(index) => {
            let answer = ladder(case, unit, index);
            decision.escalations.push(Cited::new(handbook, unit.authority, answer));
            order.escalations.push(index);
        }
        Unit::Record(index) => {
            let answer = record(case, unit, index);
            decision.records.push(Cited::new(handbook, unit.authority, answer));
            order.records.push(index);
        }
    }
}

fn cited<'e, T>(case: &Case<'e, '_>, unit: &UnitNode, row: &RowNode, answer: T) -> Cited<'e, T> {
    let is_trial = case.engine.handbook.authorities[unit.authority.0].trial;
    Cited::new(&case.engine.handbook, row.authority, answer).on_trial(is_trial)
}

/// Whether a unit applies: the ticket was opened while it is effective, and its `when` holds.
pub fn applies(case: &mut Case, unit: &UnitNode) -> bool {
    if !case.engine.is_effective(unit.authority, case.ticket.opened_at) {
        return false;
    }
    case.verdict(unit.when.0).holds()
}

/// Notes what the open `when` of a unit wants. It does not matter where no row could hold, whatever the facts are.
fn note_when(case: &mut Case, unit: &UnitNode, rows: impl IntoIterator<Item = u32>) {
    let matters = match unit.unit {
        Unit::Ladder(_) | Unit::Record(_) => true,
        Unit::Classify(_) | Unit::Deadline(_) | Unit::Route(_) => rows.into_iter().any(|row| {
            let row = &unit.rows[row as usize];
            is_tried(case, unit, row) && !case.verdict(row.guard.0).surely_fails()
        }),
    };
    if matters {
        case.note_open(unit.when.0);
    }
}

/// Whether a row is tried at all: a row of an exception counts only while that is effective and not on trial.
pub fn is_tried(case: &Case, unit: &UnitNode, row: &RowNode) -> bool {
    row.authority == unit.authority || case.engine.counts(row.authority, case.ticket.opened_at)
}

/// The first row that holds, among the candidates.
fn choose<'e>(case: &mut Case<'e, '_>, position: usize, entries: &[EntryId]) -> Option<&'e RowNode> {
    let engine: &'e Engine = case.engine;
    let unit: &'e UnitNode = &engine.graph.units[position];
    for entry in entries {
        let index = engine.index.entries[*entry as usize].row;
        let row = &unit.rows[index as usize];
        if !is_tried(case, unit, row) {
            continue;
        }
        let verdict = case.verdict(row.guard.0);
        if verdict.is_open() {
            case.note_open(row.guard.0);
        }
        if verdict.holds() {
            case.scratch.taken[position] = (case.stamp(), index);
            return Some(row);
        }
    }
    None
}

/// An entry that a missing fact kept out of the candidates: was it tried before a row was taken, and is it open?
fn note_if_tried(case: &mut Case, entry: EntryId) -> bool {
    let engine = case.engine;
    let entry = engine.index.entries[entry as usize];
    let unit = &engine.graph.units[entry.unit as usize];
    if !engine.is_effective(unit.authority, case.ticket.opened_at) {
        return true;
    }
    case.is_trial = engine.handbook.authorities[unit.authority.0].trial;
    if case.verdict(unit.when.0).is_open() {
        note_when(case, unit, [entry.row]);
    }
    if matches!(unit.unit, Unit::Ladder(_) | Unit::Record(_)) || !case.verdict(unit.when.0).holds() {
        return true;
    }
    let (stamp, taken) = case.scratch.taken[entry.unit as usize];
    let row = &unit.rows[entry.row as usize];
    if stamp == case.stamp() && entry.row > taken || !is_tried(case, unit, row) {
        return true;
    }
    if case.verdict(row.guard.0).is_open() {
        case.note_open(row.guard.0);
    }
    true
}

/// What an exception on trial would have given: the first row that holds when those on trial count too.
fn on_trial<'e>(
    case: &mut Case<'e, '_>,
    unit: &'e UnitNode,
    outcome: impl Fn(&RowNode) -> String,
) -> Option<OnTrial<'e>> {
    let engine: &'e Engine = case.engine;
    let is_trial =
        |row: &RowNode| row.authority != unit.authority && engine.handbook.authorities[row.authority.0].trial;
    if !unit.has_trial_rows {
        return None;
    }
    let opened = case.ticket.opened_at;
    for row in unit.rows.iter().filter(|row| engine.is_effective(row.authority, opened)) {
        if case.verdict(row.guard.0).holds() {
            let clause = &engine.handbook.clause_of(row.authority).number;
            return is_trial(row).then(|| OnTrial { clause, outcome: outcome(row) });
        }
    }
    None
}

/// The row that a deadline was settled by, where rows come and go.
pub fn settled_by(case: &mut Case, unit: &UnitNode) -> Option<usize> {
    match unit.unit {
        Unit::Deadline(index) if case.engine.moving_clocks[index] == Movement::Limit => {
            case.history(index, unit).settled_by(case.as_of.0)
        }
        _ => None,
    }
}

/// A clock, and the row that gives its limit: the one it was settled by, else the one that holds now.
fn deadline<'e>(
    case: &mut Case<'e, '_>,
    unit: &'e UnitNode,
    index: usize,
    row: &'e RowNode,
) -> (DeadlineAnswer<'e>, &'e RowNode) {
    let engine: &'e Engine = case.engine;
    let deadline = &engine.handbook.deadlines[index];
    let run = case.run(index, unit);
    if let (Some(pause), Some(_)) = (unit.pause.filter(|pause| engine.rests_on_facts[pause.0 as usize]), &run) {
        case.note_open(pause.0);
    }
    let row = settled_by(case, unit).map_or(row, |row| &unit.rows[row]);
    let clock = Clock::new(deadline, row.outcome, run, case.as_of);
    let on_trial = on_trial(case, unit, |row| format_seconds(row.outcome));
    let moves = clock.state != State::Paused;
    let answer = DeadlineAnswer {
        id: &deadline.name.id,
        label: deadline.name.label.as_deref(),
        state: clock.state,
        started_at: clock.start.map(Instant),
        due_at: clock.due.filter(|_| moves).map(Instant),
        warn_at: clock.warn.filter(|_| moves).map(Instant),
        ended_at: clock.end.map(Instant),
        elapsed_s: clock.elapsed,
        remaining_s: (clock.limit - clock.elapsed).max(0),
        late_by_s: clock.late_by(),
        within_s: clock.limit,
        on_trial,
    };
    if !engine.handbook.authorities[unit.authority.0].trial {
        case.set_clock(index, clock);
    }
    (answer, row)
}

fn ladder<'e>(case: &mut Case<'e, '_>, unit: &'e UnitNode, index: usize) -> EscalationAnswer<'e> {
    let engine: &'e Engine = case.engine;
    let ladder = &engine.handbook.ladders[index];
    let (opened, now) = (case.ticket.opened_at.0, case.as_of.0);
    let mut reached: Vec<ReachedStep<'e>> = Vec::new();
    let mut to_come: Vec<ReachedStep<'e>> = Vec::new();
    // A step is reached while the ladder applies, and not before.
    let applies: Option<Intervals> = engine.is_temporal[unit.when.0 as usize].then(|| case.intervals(unit.when.0));
    for row in &unit.rows {
        let step = &ladder.steps[row.outcome as usize];
        if engine.rests_on_facts[row.guard.0 as usize] {
            case.note_open(row.guard.0);
        }
        let first = match &applies {
            Some(applies) => case.intervals(row.guard.0).intersection(applies).first_from(opened),
            None if row.guard == crate::graph::Conditions::ALWAYS => Some(opened),
            None => case.first_time(row.guard.0),
        };
        let Some(at) = first else { continue };
        let step =
            ReachedStep { step: step.number, role: &step.role.id, label: step.role.label.as_deref(), at: Instant(at) };
        if at <= now {
            // A ladder only goes up: a lower step whose time comes after a higher one was reached is passed by.
            reached.retain(|lower| lower.at <= step.at);
            reached.push(step);
        } else {
            to_come.push(step);
        }
    }
    let current = reached.last().copied();
    to_come.retain(|step| current.is_none_or(|current| step.step > current.step));
    // Of two steps that come at one instant the higher is where the ticket will stand.
    let next = to_come.into_iter().min_by_key(|step| (step.at, std::cmp::Reverse(step.step)));
    EscalationAnswer { id: &ladder.name.id, label: ladder.name.label.as_deref(), step: current, reached, next }
}

fn record<'e>(case: &mut Case<'e, '_>, unit: &'e UnitNode, index: usize) -> RecordAnswer<'e> {
    let engine: &'e Engine = case.engine;
    let record = &engine.handbook.records[index];
    let mut missing: Vec<&'e str> = Vec::new();
    for row in &unit.rows {
        let fact = record.fields[row.outcome as usize].0;
        case.note_open(row.guard.0);
        let name: &'e str = &engine.handbook.facts[fact.0].name.id;
        if case.verdict(row.guard.0).holds() && *case.ticket.value(fact) == Value::Missing && !missing.contains(&name) {
            missing.push(name);
        }
    }
    RecordAnswer { id: &record.name.id, label: record.name.label.as_deref(), missing }
}

/// The first instant after now at which time alone changes an answer. Clocks and ladders say theirs; for every
/// other condition the decision is made again at the instant it changes, and compared.
fn next_change(case: &mut Case, decision: &Decision) -> Option<i64> {
    let now = case.as_of.0;
    let certain = certain_change(case, decision);
    let mut flips: Vec<i64> = std::mem::take(&mut case.flips);
    if flips.is_empty() {
        return certain;
    }
    let mut known: Option<Ticket> = None;
    let mut at: i64 = now;
    for _ in 0..MOST_TRIES {
        let flip = flips.iter().copied().filter(|flip| *flip > at).min();
        let flip = match (flip, certain) {
            (Some(flip), Some(certain)) if certain <= flip => return Some(certain),
            (Some(flip), _) => flip,
            (None, _) => return certain,
        };
        let mut scratch = Scratch::default();
        let known = known.get_or_insert_with(|| so_far(case.ticket, case.as_of));
        let mut later = Case::new(case.engine, known, Instant(flip), &mut scratch);
        if differs(decision, &answers(&mut later)) {
            return Some(flip);
        }
        flips.append(&mut later.flips);
        at = flip;
    }
    Some(at)
}

/// The ticket as it is known now: what happens later has not happened.
fn so_far<'t>(ticket: &Ticket<'t>, as_of: Instant) -> Ticket<'t> {
    let mut known = ticket.clone();
    known.events.retain(|(at, _)| *at <= as_of);
    known.statuses.retain(|(at, _)| *at <= as_of);
    known
}

/// Whether anything but running figures is different.
fn differs(now: &Decision, then: &Decision) -> bool {
    let clock = |answer: &Cited<DeadlineAnswer>| {
        (
            answer.value.id.to_owned(),
            answer.value.state,
            answer.value.within_s,
            answer.clause().to_owned(),
            answer.cites().to_owned(),
            answer.value.on_trial.as_ref().map(|trial| trial.outcome.clone()),
        )
    };
    let ladder =
        |answer: &Cited<EscalationAnswer>| (answer.value.id.to_owned(), answer.value.step.map(|step| step.step));
    now.tiers != then.tiers
        || now.routes != then.routes
        || now.records != then.records
        || now.missing_facts != then.missing_facts
        || !now.deadlines.iter().map(clock).eq(then.deadlines.iter().map(clock))
        || !now.escalations.iter().map(ladder).eq(then.escalations.iter().map(ladder))
}

fn certain_change(case: &Case, decision: &Decision) -> Option<i64> {
    let now = case.as_of.0;
    let clocks = decision.deadlines.iter().filter_map(|answer| {
        let answer = &answer.value;
        let runs = matches!(answer.state, State::Running | State::AtRisk);
        let instants = answer.warn_at.into_iter().chain(answer.due_at);
        instants.filter(|at| runs && at.0 > now).map(|at| at.0).min()
    });
    let ladders = decision.escalations.iter().filter_map(|answer| answer.value.next.map(|next| next.at.0));
    let opening = Some(case.ticket.opened_at.0).filter(|at| *at > now);
    clocks.chain(ladders).chain(opening).min()
}
