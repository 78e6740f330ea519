//! Deciding one ticket: unit by unit, lower levels first, only the rows that the index leaves.

use super::case::{Case, Scratch};
use super::clock::Clock;
use super::decision::{
    Cited, ClockAnswer, DeadlineAnswer, Decision, EscalationAnswer, Finding, HandbookRef, LedgerRow, OnTrial,
    RecordAnswer, RouteAnswer, State, TierAnswer,
};
use super::index::EntryId;
use super::ticket::{Ticket, Value};
use super::{Engine, trace};
use crate::calendar::Instant;
use crate::diagnostic::codes;
use crate::graph::{RowNode, Unit, UnitNode};
use crate::handbook::{ClockSpan, FactId};

/// So many messages without an instant are told of.
const MOST_UNTIMED: usize = 10;

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
    let ticket: &Ticket = &ticket.known_at(as_of);
    let mut case = Case::new(engine, ticket, as_of, scratch);
    case.explains = explain;
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
    messages_without_time(case, &mut decision);
    decision.findings.sort();
    decision
}

/// A clock for each message cannot see a message without an instant.
fn messages_without_time<'e>(case: &Case<'e, '_>, decision: &mut Decision<'e>) {
    if case.ticket.untimed.is_empty() {
        return;
    }
    for deadline in &case.engine.handbook.deadlines {
        let answers = decision.deadlines.iter().any(|answer| answer.value.id == deadline.name.id);
        if matches!(deadline.span, ClockSpan::Messages(..)) && answers {
            for position in case.ticket.untimed.iter().take(MOST_UNTIMED) {
                decision.findings.push(Finding {
                    code: codes::MESSAGE_WITHOUT_TIME.id,
                    text: &deadline.name.id,
                    message: format!("`/messages/{position}` has no `at`, so this clock does not see it"),
                });
            }
        }
    }
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
            let answer = super::ladder::ladder(case, unit, index);
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

/// The clocks of a deadline, and the row that gives the first of them its limit.
fn deadline<'e>(
    case: &mut Case<'e, '_>,
    unit: &'e UnitNode,
    index: usize,
    row: &'e RowNode,
) -> (DeadlineAnswer<'e>, &'e RowNode) {
    let engine: &'e Engine = case.engine;
    let deadline = &engine.handbook.deadlines[index];
    let on_trial = on_trial(case, unit, |row| deadline.rows[row.outcome as usize].outcome.to_string());
    // Nearly every deadline has one clock, and takes no list for it.
    let (first, others) = if case.is_plain(index) {
        (case.plain_clock(index, unit, row), Vec::new())
    } else {
        case.clocks(index, unit, row)
    };
    if let Some(pause) = unit.pause.filter(|pause| first.start.is_some() && engine.rests_on_facts[pause.0 as usize]) {
        case.note_open(pause.0);
    }
    let clock = answer(case, index, unit, &first);
    let has_several = !others.is_empty() || clock.message.is_some();
    let mut clocks: Vec<ClockAnswer> = Vec::new();
    if has_several {
        clocks.push(clock.clone());
        clocks.extend(others.iter().map(|other| answer(case, index, unit, other)));
    }
    let row = &unit.rows[first.row];
    let id = &deadline.name.id;
    let answer = DeadlineAnswer { id, label: deadline.name.label.as_deref(), clock, clocks, on_trial };
    if !engine.handbook.authorities[unit.authority.0].trial {
        case.set_clock(index, first);
    }
    (answer, row)
}

/// What is told of a clock, with its ledger where an explanation was asked for.
fn answer(case: &mut Case, index: usize, unit: &UnitNode, clock: &Clock) -> ClockAnswer {
    let terms = case.engine.terms(index, clock.row);
    let ledger = case.explains.then(|| case.ledger(terms, clock, unit));
    clock_answer(clock, case.as_of, ledger)
}

fn clock_answer(clock: &Clock, as_of: Instant, ledger: Option<Vec<LedgerRow>>) -> ClockAnswer {
    let moves = clock.state != State::Paused;
    // What is over by then warns of nothing.
    let has_passed = |at: &i64| *at <= as_of.0 && clock.end.is_none_or(|end| *at < end);
    ClockAnswer {
        message: clock.run.as_ref().and_then(|run| run.message),
        state: clock.state,
        started_at: clock.start.map(Instant),
        due_at: clock.due.filter(|_| moves).map(Instant),
        warn_at: clock.warn.filter(|_| moves).map(Instant),
        warnings: clock.warnings.iter().filter(|_| moves).map(|at| (Instant(*at), has_passed(at))).collect(),
        ended_at: clock.end.map(Instant),
        elapsed_s: clock.elapsed,
        remaining_s: clock.left.map(|left| left.max(0)),
        late_by_s: clock.late_by(),
        margin_s: clock.margin(),
        within: clock.limit,
        is_provisional: clock.is_provisional && moves,
        ledger,
    }
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
    known.messages.retain(|message| message.at <= as_of);
    known.changes.retain(|change| change.at <= as_of);
    known
}

/// Whether anything but running figures is different.
fn differs(now: &Decision, then: &Decision) -> bool {
    let clock = |clock: &ClockAnswer| {
        let passed = clock.warnings.iter().filter(|(_, has_passed)| *has_passed).count();
        (clock.state, clock.within, clock.started_at, clock.due_at, clock.warn_at, clock.is_provisional, passed)
    };
    let deadline = |answer: &Cited<DeadlineAnswer>| {
        (
            answer.value.id.to_owned(),
            clock(&answer.value.clock),
            answer.value.clocks.iter().map(clock).collect::<Vec<_>>(),
            answer.clause().to_owned(),
            answer.cites().to_owned(),
            answer.value.on_trial.as_ref().map(|trial| (trial.clause.to_owned(), trial.outcome.clone())),
        )
    };
    let ladder = |answer: &Cited<EscalationAnswer>| {
        let repeats = answer.value.repeats.map(|repeats| repeats.times);
        (answer.value.id.to_owned(), answer.value.step.map(|step| step.step), repeats)
    };
    now.tiers != then.tiers
        || now.routes != then.routes
        || now.records != then.records
        || now.missing_facts != then.missing_facts
        || !now.deadlines.iter().map(deadline).eq(then.deadlines.iter().map(deadline))
        || !now.escalations.iter().map(ladder).eq(then.escalations.iter().map(ladder))
}

fn certain_change(case: &Case, decision: &Decision) -> Option<i64> {
    let now = case.as_of.0;
    let all = decision.deadlines.iter().flat_map(|answer| {
        let first = answer.value.clocks.is_empty().then_some(&answer.value.clock);
        first.into_iter().chain(&answer.value.clocks)
    });
    let clocks = all.filter_map(|clock| {
        let runs = matches!(clock.state, State::Running | State::AtRisk);
        let warnings = clock.warnings.iter().map(|(at, _)| *at);
        let instants = clock.warn_at.into_iter().chain(clock.due_at).chain(warnings);
        instants.filter(|at| runs && at.0 > now).map(|at| at.0).min()
    });
    let ladders = decision.escalations.iter().flat_map(|answer| {
        let repeat = answer.value.repeats.and_then(|repeats| repeats.next_at);
        answer.value.next.map(|next| next.at).into_iter().chain(repeat).map(|at| at.0)
    });
    let opening = Some(case.ticket.opened_at.0).filter(|at| *at > now);
    clocks.chain(ladders).chain(opening).min()
}
