//! What comes out: answers, each with the clause it rests on.

use crate::calendar::{Amount, Instant, Zone};
use crate::handbook::{AuthorityId, Handbook};

/// An answer with what it rests on. It cannot be built without a clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Cited<'e, T> {
    /// The answer.
    pub value: T,
    clause: &'e str,
    cites: &'e [String],
    is_trial: bool,
}

impl<'e, T> Cited<'e, T> {
    /// An answer that rests on an authority of a handbook.
    pub fn new(handbook: &'e Handbook, authority: AuthorityId, value: T) -> Self {
        let found = &handbook.authorities[authority.0];
        Cited { value, clause: &handbook.clauses[found.clause.0].number, cites: &found.cites, is_trial: found.trial }
    }

    /// The same answer, of a rule that is on trial.
    #[must_use]
    pub fn on_trial(mut self, is_trial: bool) -> Self {
        self.is_trial |= is_trial;
        self
    }

    /// The number of the clause.
    pub fn clause(&self) -> &'e str {
        self.clause
    }

    /// The outside requirements the clause's rule carries.
    pub fn cites(&self) -> &'e [String] {
        self.cites
    }

    /// It is reported and counts for nothing.
    pub fn is_trial(&self) -> bool {
        self.is_trial
    }
}

/// A whole decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<'e> {
    /// The ticket's id.
    pub ticket: String,
    /// The instant it was decided for.
    pub as_of: Instant,
    /// The zone its instants are written in.
    pub zone: Zone,
    /// Which handbook decided.
    pub handbook: HandbookRef<'e>,
    /// Tiers, in the order of the handbook.
    pub tiers: Vec<Cited<'e, TierAnswer<'e>>>,
    /// Routes, in the order of the handbook.
    pub routes: Vec<Cited<'e, RouteAnswer<'e>>>,
    /// Deadlines that apply, in the order of the handbook.
    pub deadlines: Vec<Cited<'e, DeadlineAnswer<'e>>>,
    /// Ladders that apply, in the order of the handbook.
    pub escalations: Vec<Cited<'e, EscalationAnswer<'e>>>,
    /// Records that apply, in the order of the handbook.
    pub records: Vec<Cited<'e, RecordAnswer<'e>>>,
    /// Facts for want of which a row that was tried stayed undecided, in the order of the handbook.
    pub missing_facts: Vec<&'e str>,
    /// Fields and events of the ticket that the handbook does not declare, sorted.
    pub ignored_fields: Vec<String>,
    /// Scripts that gave no answer.
    pub findings: Vec<Finding<'e>>,
    /// The first instant at which the mere passing of time changes an answer.
    pub next_change_at: Option<Instant>,
    /// What was tried, in order, where an explanation was asked for.
    pub trace: Option<Vec<TraceNode<'e>>>,
}

/// Which handbook decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HandbookRef<'e> {
    /// Its id.
    pub id: &'e str,
    /// Its edition.
    pub edition: &'e str,
    /// The digest of everything it rests on.
    pub digest: &'e str,
}

/// What an exception on trial would have given.
#[derive(Clone, Debug, PartialEq)]
pub struct OnTrial<'e> {
    /// The exception's clause.
    pub clause: &'e str,
    /// The tier, limit or queue.
    pub outcome: String,
}

/// A tier.
#[derive(Clone, Debug, PartialEq)]
pub struct TierAnswer<'e> {
    /// The classification.
    pub id: &'e str,
    /// Its tier.
    pub tier: &'e str,
    /// The tier's label.
    pub label: Option<&'e str>,
    /// What an exception on trial would have given.
    pub on_trial: Option<OnTrial<'e>>,
}

/// Where the ticket goes.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteAnswer<'e> {
    /// The route.
    pub id: &'e str,
    /// The queue.
    pub to: &'e str,
    /// The queue's label.
    pub label: Option<&'e str>,
    /// What an exception on trial would have given.
    pub on_trial: Option<OnTrial<'e>>,
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The event that starts it has not happened.
    Pending,
    /// It runs.
    Running,
    /// It runs, and its warning has passed.
    AtRisk,
    /// It stands still.
    Paused,
    /// Its event came in time.
    Met,
    /// It did not.
    Breached,
}

impl State {
    /// The state's name in the JSON.
    pub fn name(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Running => "running",
            State::AtRisk => "at_risk",
            State::Paused => "paused",
            State::Met => "met",
            State::Breached => "breached",
        }
    }
}

/// A deadline.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadlineAnswer<'e> {
    /// The deadline.
    pub id: &'e str,
    /// Its label.
    pub label: Option<&'e str>,
    /// Its clock: the last cycle's, or that of the oldest message without an answer.
    pub clock: ClockAnswer,
    /// All its clocks, that one first, where it has several.
    pub clocks: Vec<ClockAnswer>,
    /// What an exception on trial would have given.
    pub on_trial: Option<OnTrial<'e>>,
}

/// One clock of a deadline.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockAnswer {
    /// The position of the message it runs for.
    pub message: Option<usize>,
    /// How it stands.
    pub state: State,
    /// When it started.
    pub started_at: Option<Instant>,
    /// When it is due; nothing while it waits or stands still.
    pub due_at: Option<Instant>,
    /// When it first warns.
    pub warn_at: Option<Instant>,
    /// Its warnings, each with whether it has passed, where there are several.
    pub warnings: Vec<(Instant, bool)>,
    /// When the event came that ended it.
    pub ended_at: Option<Instant>,
    /// Seconds of its own time that have passed.
    pub elapsed_s: i64,
    /// Seconds of its own time that are left, never below zero; unknown for days before the start.
    pub remaining_s: Option<i64>,
    /// Seconds of its own time past the limit, where it is breached.
    pub late_by_s: Option<i64>,
    /// Seconds of its own time from its event to its due instant, negative where it came late; nothing before its event.
    pub margin_s: Option<i64>,
    /// The limit.
    pub within: Amount,
    /// It is due past what the calendar knows.
    pub is_provisional: bool,
    /// How it adds up, where an explanation was asked for.
    pub ledger: Option<Vec<LedgerRow>>,
}

/// One stretch of a ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    /// Its beginning.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
    /// Whether it counted.
    pub counted: bool,
    /// Why, for programs.
    pub reason: &'static str,
    /// Why, for people.
    pub why: String,
    /// Its seconds; or 1 for a date that counted.
    pub amount: i64,
    /// What has counted up to its end.
    pub sum: i64,
    /// The figures are days, not seconds.
    pub in_days: bool,
}

/// How far a ticket has escalated.
#[derive(Clone, Debug, PartialEq)]
pub struct EscalationAnswer<'e> {
    /// The ladder.
    pub id: &'e str,
    /// Its label.
    pub label: Option<&'e str>,
    /// The step it stands on; nothing before the first.
    pub step: Option<ReachedStep<'e>>,
    /// The steps it came by, lowest first.
    pub reached: Vec<ReachedStep<'e>>,
    /// The next step that time alone will bring.
    pub next: Option<ReachedStep<'e>>,
    /// The step it stands on waits to be acknowledged: no later step comes by time alone before.
    pub is_held: bool,
    /// How often the step it stands on was told again.
    pub repeats: Option<Repeats>,
}

/// How often a step was told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// So many times by now.
    pub times: i64,
    /// So many times at most.
    pub at_most: Option<u32>,
    /// The last time.
    pub last_at: Option<Instant>,
    /// The next time.
    pub next_at: Option<Instant>,
}

/// A step with the instant it is reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReachedStep<'e> {
    /// Its number.
    pub step: u32,
    /// The role.
    pub role: &'e str,
    /// The role's label.
    pub label: Option<&'e str>,
    /// When it is reached.
    pub at: Instant,
    /// What brings it, as written.
    pub why: &'e str,
    /// Since when it waited for opening hours, where it did.
    pub deferred_from: Option<Instant>,
}

/// What a record lacks.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordAnswer<'e> {
    /// The record.
    pub id: &'e str,
    /// Its label.
    pub label: Option<&'e str>,
    /// The fields it lacks, in the order of the handbook.
    pub missing: Vec<&'e str>,
}

/// A script that gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding<'e> {
    /// The code.
    pub code: &'static str,
    /// The condition, as written.
    pub text: &'e str,
    /// Why.
    pub message: String,
}

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceNode<'e> {
    /// The node of the rule graph.
    pub node: &'e str,
    /// The clause it stands in.
    pub clause: Option<&'e str>,
    /// Its line in the handbook.
    pub line: u32,
    /// As written.
    pub text: &'e str,
    /// What came out.
    pub value: TraceValue<'e>,
    /// The nodes it rested on.
    pub rests_on: Vec<&'e str>,
}

/// What came out of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum TraceValue<'e> {
    /// It holds, or not.
    Holds(bool),
    /// A name: a tier, a queue.
    Name(&'e str),
    /// A limit, a step, a count, in words.
    Words(String),
    /// Nothing: not there, or no answer.
    Nothing,
}
