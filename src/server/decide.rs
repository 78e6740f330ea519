//! One ticket, decided and written as JSON: the part that single tickets, lists and streams share.
//!
//! Bytes of a ticket go in; the decision's bytes come out at the end of a buffer, or the problem with the ticket.

use std::sync::Arc;
use std::time::Instant as Stopwatch;

use serde_json::json;
use tracing::Level;

use super::problem::{INTERNAL, NOT_IN_FORCE, Problem, Violation};
use super::state::{Handbook, Serving, now};
use crate::calendar::Instant;
use crate::diagnostic::codes;
use crate::editions::{NotInForce, Unjudged};
use crate::{Decision, Ticket};

/// How the tickets of one request are decided.
#[derive(Clone)]
pub(super) struct Terms {
    pub(super) judges: Judges,
    /// None is now.
    pub(super) as_of: Option<Instant>,
    pub(super) explain: bool,
}

/// Which edition judges.
#[derive(Clone)]
pub(super) enum Judges {
    /// For each ticket the edition in force when it was opened.
    ByOpening(Arc<Handbook>),
    /// The one asked for by name, whatever it is given.
    Named(Arc<Serving>),
}

impl Judges {
    /// The one that judges, where it is the same for every ticket.
    pub(super) fn only(&self) -> Option<&Arc<Serving>> {
        match self {
            Judges::ByOpening(handbook) => handbook.only(),
            Judges::Named(serving) => Some(serving),
        }
    }

    fn read<'a>(&self, ticket: &'a [u8]) -> Result<(&Arc<Serving>, Ticket<'a>), Problem> {
        match self {
            Judges::ByOpening(handbook) => handbook.read(ticket).map_err(|unjudged| match unjudged {
                Unjudged::Refused(refusal) => Problem::refusal(refusal),
                Unjudged::NotInForce(why) => not_in_force(&why),
            }),
            Judges::Named(serving) => {
                serving.edition.read_ticket(ticket).map(|ticket| (serving, ticket)).map_err(Problem::refusal)
            }
        }
    }
}

impl Terms {
    /// The same with the clock read once, for an answer that speaks of one instant.
    pub(super) fn at_one_instant(self) -> Self {
        Terms { as_of: Some(self.as_of.unwrap_or_else(now)), ..self }
    }

    /// Appends the decision of a ticket to `out` and says which edition judged, or leaves `out` as it was. `id` is for
    /// the log.
    pub(super) fn decide(
        &self,
        ticket: &[u8],
        id: impl Fn() -> String,
        out: &mut Vec<u8>,
    ) -> Result<&Arc<Serving>, Problem> {
        let is_logged: bool = tracing::enabled!(target: "rulebook::decision", Level::INFO);
        let started: Option<Stopwatch> = is_logged.then(Stopwatch::now);
        let (serving, ticket) = self.judges.read(ticket)?;
        let decision: Decision = serving.edition.decide(&ticket, self.as_of.unwrap_or_else(now), self.explain);
        let before: usize = out.len();
        if let Err(error) = serde_json::to_writer(&mut *out, &decision) {
            out.truncate(before);
            return Err(Problem::new(&INTERNAL, format!("the decision could not be written: {error}")));
        }
        serving.decisions.increment(1);
        if let Some(started) = started {
            log(serving, &decision, &id(), started);
        }
        Ok(serving)
    }
}

fn not_in_force(why: &NotInForce) -> Problem {
    let message: String = why.to_string();
    let name: &str = why.nearest();
    let violation = Violation {
        pointer: "/opened_at".to_owned(),
        code: Some(codes::NO_EDITION_IN_FORCE.id),
        message: message.clone(),
        help: Some(format!("to have it judged all the same, ask for an edition by name: `?edition={name}`")),
    };
    let known: Vec<&str> = why.names().collect();
    Problem::new(&NOT_IN_FORCE, message).with("known", json!(known)).violation(violation)
}

/// One line a decision: names and numbers of the handbook's own, nothing of what the ticket says.
fn log(serving: &Serving, decision: &Decision, id: &str, started: Stopwatch) {
    let taken_us: u64 = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let tiers: Vec<String> =
        decision.tiers.iter().map(|tier| format!("{}={}", tier.value.id, tier.value.tier)).collect();
    let mut clauses: Vec<&str> = decision.tiers.iter().map(|tier| tier.clause()).collect();
    clauses.extend(decision.routes.iter().map(|route| route.clause()));
    clauses.extend(decision.deadlines.iter().map(|deadline| deadline.clause()));
    clauses.extend(decision.escalations.iter().map(|ladder| ladder.clause()));
    clauses.extend(decision.records.iter().map(|record| record.clause()));
    clauses.sort_unstable();
    clauses.dedup();
    let edition = &serving.edition;
    let digest: &str = edition.digest().strip_prefix("sha256:").and_then(|digits| digits.get(..12)).unwrap_or("");
    tracing::info!(
        target: "rulebook::decision",
        id,
        handbook = edition.id(),
        edition = edition.edition(),
        digest,
        tiers = tiers.join(" "),
        clauses = clauses.join(" "),
        taken_us,
        "decision"
    );
}
