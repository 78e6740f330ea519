//! A decision as JSON.

use crate::calendar::{Amount, Instant, Zone, format_seconds};
use crate::engine::{
    Cited, ClockAnswer, DeadlineAnswer, Decision, EscalationAnswer, LedgerRow, OnTrial, ReachedStep, RecordAnswer,
    RouteAnswer, TierAnswer, TraceNode, TraceValue,
};
use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

/// An instant in the handbook's zone.
struct At(Zone, Instant);

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.shown(self.1);
        serializer.serialize_str(text.as_str())
    }
}

impl Serialize for Decision<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let zone = self.zone;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("ticket", &self.ticket)?;
        out.serialize_entry("as_of", &At(zone, self.as_of))?;
        out.serialize_entry(
            "handbook",
            &Handbook { id: self.handbook.id, edition: self.handbook.edition, digest: self.handbook.digest },
        )?;
        out.serialize_entry("tiers", &ById(&self.tiers))?;
        out.serialize_entry("routes", &ById(&self.routes))?;
        out.serialize_entry("deadlines", &InZone(zone, &self.deadlines))?;
        out.serialize_entry("escalations", &InZone(zone, &self.escalations))?;
        out.serialize_entry("records", &InZone(zone, &self.records))?;
        // No handbook of this version can ask for these two; they stand here for the readers of later ones.
        out.serialize_entry("etiquette", &[(); 0])?;
        out.serialize_entry("retention", &[(); 0])?;
        out.serialize_entry("missing_facts", &self.missing_facts)?;
        out.serialize_entry("ignored_fields", &self.ignored_fields)?;
        if !self.findings.is_empty() {
            let findings: Vec<Finding> = self
                .findings
                .iter()
                .map(|finding| Finding { code: finding.code, text: finding.text, message: &finding.message })
                .collect();
            out.serialize_entry("findings", &findings)?;
        }
        out.serialize_entry("next_change_at", &self.next_change_at.map(|at| At(zone, at)))?;
        if let Some(trace) = &self.trace {
            out.serialize_entry("trace", &Trace(trace))?;
        }
        out.end()
    }
}

#[derive(Serialize)]
struct Handbook<'e> {
    id: &'e str,
    edition: &'e str,
    digest: &'e str,
}

#[derive(Serialize)]
struct Finding<'e> {
    code: &'e str,
    text: &'e str,
    message: &'e str,
}

/// An answer that stands under its id.
trait Named<'e> {
    fn id(&self) -> &'e str;
}

impl<'e> Named<'e> for TierAnswer<'e> {
    fn id(&self) -> &'e str {
        self.id
    }
}

impl<'e> Named<'e> for RouteAnswer<'e> {
    fn id(&self) -> &'e str {
        self.id
    }
}

/// Answers as an object, each under its id.
struct ById<'a, 'e, T>(&'a [Cited<'e, T>]);

impl<'e, T: Named<'e>> Serialize for ById<'_, 'e, T>
where
    Cited<'e, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|answer| (answer.value.id(), answer)))
    }
}

/// Answers as a list, their instants in a zone.
struct InZone<'a, 'e, T>(Zone, &'a [Cited<'e, T>]);

/// One answer with the zone of its instants.
struct OneInZone<'a, 'e, T>(Zone, &'a Cited<'e, T>);

impl<'e, T> Serialize for InZone<'_, 'e, T>
where
    for<'b> OneInZone<'b, 'e, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(Some(self.1.len()))?;
        for answer in self.1 {
            out.serialize_element(&OneInZone(self.0, answer))?;
        }
        out.end()
    }
}

/// What every answer ends with: its clause, what it cites, whether it is on trial.
fn cite<M: SerializeStruct, T>(out: &mut M, answer: &Cited<'_, T>, on_trial: Option<&OnTrial>) -> Result<(), M::Error> {
    out.serialize_field("clause", answer.clause())?;
    out.serialize_field("cites", answer.cites())?;
    if answer.is_trial() {
        out.serialize_field("trial", &true)?;
    }
    if let Some(on_trial) = on_trial {
        out.serialize_field("on_trial", &OnTrialFields { clause: on_trial.clause, outcome: &on_trial.outcome })?;
    }
    Ok(())
}

#[derive(Serialize)]
struct OnTrialFields<'a> {
    clause: &'a str,
    outcome: &'a str,
}

impl Serialize for Cited<'_, TierAnswer<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Tier", 6)?;
        out.serialize_field("tier", self.value.tier)?;
        out.serialize_field("label", &self.value.label)?;
        cite(&mut out, self, self.value.on_trial.as_ref())?;
        out.end()
    }
}

impl Serialize for Cited<'_, RouteAnswer<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Route", 6)?;
        out.serialize_field("to", self.value.to)?;
        out.serialize_field("label", &self.value.label)?;
        cite(&mut out, self, self.value.on_trial.as_ref())?;
        out.end()
    }
}

impl Serialize for OneInZone<'_, '_, DeadlineAnswer<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let OneInZone(zone, cited) = self;
        let answer = &cited.value;
        let mut out = serializer.serialize_struct("Deadline", 24)?;
        out.serialize_field("id", answer.id)?;
        out.serialize_field("label", &answer.label)?;
        cite(&mut out, cited, answer.on_trial.as_ref())?;
        clock(&mut out, *zone, &answer.clock)?;
        if !answer.clocks.is_empty() {
            let clocks: Vec<ClockInZone> = answer.clocks.iter().map(|clock| ClockInZone(*zone, clock)).collect();
            out.serialize_field("clocks", &clocks)?;
        }
        out.end()
    }
}

/// A clock with the zone of its instants.
struct ClockInZone<'a>(Zone, &'a ClockAnswer);

impl Serialize for ClockInZone<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Clock", 16)?;
        clock(&mut out, self.0, self.1)?;
        out.end()
    }
}

fn clock<M: SerializeStruct>(out: &mut M, zone: Zone, clock: &ClockAnswer) -> Result<(), M::Error> {
    let at = |instant: Option<Instant>| instant.map(|instant| At(zone, instant));
    if let Some(message) = clock.message {
        out.serialize_field("message", &message)?;
    }
    out.serialize_field("state", clock.state.name())?;
    out.serialize_field("started_at", &at(clock.started_at))?;
    out.serialize_field("due_at", &at(clock.due_at))?;
    if clock.is_provisional {
        out.serialize_field("provisional", &true)?;
    }
    out.serialize_field("warn_at", &at(clock.warn_at))?;
    if !clock.warnings.is_empty() {
        let warnings: Vec<WarningFields> =
            clock.warnings.iter().map(|(at, passed)| WarningFields { at: At(zone, *at), passed: *passed }).collect();
        out.serialize_field("warnings", &warnings)?;
    }
    if clock.ended_at.is_some() {
        out.serialize_field("ended_at", &at(clock.ended_at))?;
    }
    out.serialize_field("elapsed_s", &clock.elapsed_s)?;
    out.serialize_field("remaining_s", &clock.remaining_s)?;
    if let Some(late) = clock.late_by_s {
        out.serialize_field("late_by", &format_seconds(late))?;
        out.serialize_field("late_by_s", &late)?;
    }
    if let Some(margin) = clock.margin_s {
        out.serialize_field("margin_s", &margin)?;
    }
    out.serialize_field("within", &Words(clock.within))?;
    out.serialize_field("within_s", &clock.within.seconds())?;
    if let Some(ledger) = &clock.ledger {
        let rows: Vec<LedgerFields> = ledger.iter().map(|row| ledger_fields(zone, row)).collect();
        out.serialize_field("ledger", &rows)?;
    }
    Ok(())
}

/// An amount as the language reads it back.
struct Words(Amount);

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Serialize)]
struct WarningFields {
    at: At,
    passed: bool,
}

#[derive(Serialize)]
struct LedgerFields<'a> {
    from: At,
    to: At,
    counted: bool,
    reason: &'a str,
    why: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sum_s: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sum_days: Option<i64>,
}

fn ledger_fields(zone: Zone, row: &LedgerRow) -> LedgerFields<'_> {
    let (seconds, days) = if row.in_days { (None, Some(row.amount)) } else { (Some(row.amount), None) };
    LedgerFields {
        from: At(zone, row.from),
        to: At(zone, row.to),
        counted: row.counted,
        reason: row.reason,
        why: &row.why,
        seconds,
        sum_s: seconds.map(|_| row.sum),
        days,
        sum_days: days.map(|_| row.sum),
    }
}

/// A step in the list of those reached.
#[derive(Serialize)]
struct StepFields<'a> {
    step: u32,
    role: &'a str,
    label: Option<&'a str>,
    at: At,
    why: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deferred_from: Option<At>,
}

/// How often a step was told again.
#[derive(Serialize)]
struct RepeatFields {
    times: i64,
    at_most: Option<u32>,
    last_at: Option<At>,
    next_at: Option<At>,
}

fn step<'a>(zone: Zone, step: &ReachedStep<'a>) -> StepFields<'a> {
    StepFields {
        step: step.step,
        role: step.role,
        label: step.label,
        at: At(zone, step.at),
        why: step.why,
        deferred_from: step.deferred_from.map(|from| At(zone, from)),
    }
}

impl Serialize for OneInZone<'_, '_, EscalationAnswer<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let OneInZone(zone, cited) = self;
        let answer = &cited.value;
        let mut out = serializer.serialize_struct("Escalation", 10)?;
        out.serialize_field("id", answer.id)?;
        cite(&mut out, cited, None)?;
        out.serialize_field("step", &answer.step.map(|step| step.step))?;
        out.serialize_field("role", &answer.step.map(|step| step.role))?;
        out.serialize_field("label", &answer.step.and_then(|step| step.label))?;
        out.serialize_field("since", &answer.step.map(|step| At(*zone, step.at)))?;
        out.serialize_field("reached", &answer.reached.iter().map(|reached| step(*zone, reached)).collect::<Vec<_>>())?;
        out.serialize_field("next", &answer.next.as_ref().map(|next| step(*zone, next)))?;
        if answer.is_held {
            out.serialize_field("held_until_acknowledged", &true)?;
        }
        if let Some(repeats) = answer.repeats {
            let at = |instant: Option<Instant>| instant.map(|instant| At(*zone, instant));
            let (last_at, next_at) = (at(repeats.last_at), at(repeats.next_at));
            let fields = RepeatFields { times: repeats.times, at_most: repeats.at_most, last_at, next_at };
            out.serialize_field("repeats", &fields)?;
        }
        out.end()
    }
}

impl Serialize for OneInZone<'_, '_, RecordAnswer<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let answer = &self.1.value;
        let mut out = serializer.serialize_struct("Record", 6)?;
        out.serialize_field("id", answer.id)?;
        out.serialize_field("label", &answer.label)?;
        cite(&mut out, self.1, None)?;
        out.serialize_field("missing", &answer.missing)?;
        out.end()
    }
}

struct Trace<'a, 'e>(&'a [TraceNode<'e>]);

#[derive(Serialize)]
struct TraceFields<'a> {
    node: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<&'a str>,
    line: u32,
    text: &'a str,
    value: TraceField<'a>,
    rests_on: &'a [&'a str],
}

#[derive(Serialize)]
#[serde(untagged)]
enum TraceField<'a> {
    Holds(bool),
    Words(&'a str),
    Nothing(()),
}

impl Serialize for Trace<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|node| TraceFields {
            node: node.node,
            clause: node.clause,
            line: node.line,
            text: node.text,
            value: match &node.value {
                TraceValue::Holds(holds) => TraceField::Holds(*holds),
                TraceValue::Name(name) => TraceField::Words(name),
                TraceValue::Words(words) => TraceField::Words(words),
                TraceValue::Nothing => TraceField::Nothing(()),
            },
            rests_on: &node.rests_on,
        }))
    }
}
