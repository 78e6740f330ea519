//! A decision as JSON.

use crate::calendar::{Instant, Zone, format_seconds};
use crate::engine::{
    Cited, DeadlineAnswer, Decision, EscalationAnswer, OnTrial, ReachedStep, RecordAnswer, RouteAnswer, TierAnswer,
    TraceNode, TraceValue,
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
        let at = |instant: Option<Instant>| instant.map(|instant| At(*zone, instant));
        let mut out = serializer.serialize_struct("Deadline", 16)?;
        out.serialize_field("id", answer.id)?;
        out.serialize_field("label", &answer.label)?;
        cite(&mut out, cited, answer.on_trial.as_ref())?;
        out.serialize_field("state", answer.state.name())?;
        out.serialize_field("started_at", &at(answer.started_at))?;
        out.serialize_field("due_at", &at(answer.due_at))?;
        out.serialize_field("warn_at", &at(answer.warn_at))?;
        if answer.ended_at.is_some() {
            out.serialize_field("ended_at", &at(answer.ended_at))?;
        }
        out.serialize_field("elapsed_s", &answer.elapsed_s)?;
        out.serialize_field("remaining_s", &answer.remaining_s)?;
        if let Some(late) = answer.late_by_s {
            out.serialize_field("late_by", &format_seconds(late))?;
            out.serialize_field("late_by_s", &late)?;
        }
        out.serialize_field("within", &format_seconds(answer.within_s))?;
        out.serialize_field("within_s", &answer.within_s)?;
        out.end()
    }
}

/// A step in the list of those reached.
#[derive(Serialize)]
struct StepFields<'a> {
    step: u32,
    role: &'a str,
    label: Option<&'a str>,
    at: At,
}

fn step<'a>(zone: Zone, step: &ReachedStep<'a>) -> StepFields<'a> {
    StepFields { step: step.step, role: step.role, label: step.label, at: At(zone, step.at) }
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
