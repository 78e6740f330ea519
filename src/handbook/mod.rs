//! The handbook: names resolved, types known, every rule with the clause it stands in.
//!
//! Trees go in; out comes a [`Handbook`], and a finding for everything that does not fit. Whether one rule
//! weighs against another is the graph's question.

pub mod calendars;
pub mod condition;
pub mod decimal;
mod lower;

pub use condition::{Atom, Condition, ConditionKind};
pub use decimal::Decimal;
pub use lower::{Lowered, lower};

use crate::calendar::{Amount, Calendar, DayEnd, Instant, Zone};
use crate::source::{FileId, Span};
use crate::syntax::tree::{OnChange, OnReopen, Speaker};
use chrono::NaiveDate;
use std::sync::Arc;

/// A clause of the handbook, by position in [`Handbook::clauses`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClauseId(pub usize);
/// A fact, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub usize);
/// An event, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub usize);
/// A status, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusId(pub usize);
/// A defined condition, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefineId(pub usize);
/// A classification, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassifyId(pub usize);
/// A deadline, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeadlineId(pub usize);
/// A route, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteId(pub usize);
/// An authority, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuthorityId(pub usize);

/// The event every ticket begins with.
pub const OPENED: EventId = EventId(0);
/// The event of a ticket opened again.
pub const REOPENED: EventId = EventId(1);
/// The event that `until acknowledged` waits for, where the handbook declares it.
pub const ACKNOWLEDGED: &str = "acknowledged";
/// The status of a ticket that names none.
pub const OPEN: StatusId = StatusId(0);

/// A whole handbook.
#[derive(Clone, Debug)]
pub struct Handbook {
    /// What the front matter says.
    pub meta: Meta,
    /// The calendar it counts working time on: the one the front matter names.
    pub calendar: Option<Arc<Calendar>>,
    /// The files that calendar rests on, each with its id: its own, then what it extends.
    pub calendar_files: Vec<(String, FileId)>,
    /// The numbered clauses, in the order of the text.
    pub clauses: Vec<Clause>,
    /// What rules rest on, each with its clause.
    pub authorities: Vec<Authority>,
    /// The fields of a ticket.
    pub facts: Vec<Fact>,
    /// What can happen to a ticket; `opened` and `reopened` first.
    pub events: Vec<Named>,
    /// The states a ticket can be in; `open` first.
    pub statuses: Vec<Named>,
    /// Named conditions.
    pub defines: Vec<Define>,
    /// Classifications.
    pub classifies: Vec<Classify>,
    /// Deadlines.
    pub deadlines: Vec<Deadline>,
    /// Routes.
    pub routes: Vec<Route>,
    /// Escalation ladders.
    pub ladders: Vec<Ladder>,
    /// Records.
    pub records: Vec<Record>,
    /// Examples in the text, then the cases of the tests file.
    pub examples: Vec<Example>,
    /// The texts of the `rhai` fences.
    pub scripts: Vec<Span>,
}

impl Handbook {
    /// The clause a rule rests on.
    pub fn clause_of(&self, authority: AuthorityId) -> &Clause {
        &self.clauses[self.authorities[authority.0].clause.0]
    }

    /// The position of the clause that a place of the text stands in.
    pub fn clause_at(&self, span: Span) -> Option<usize> {
        clause_at(&self.clauses, span)
    }

    /// The clause of a number in any of its spellings.
    pub fn clause(&self, number: &str) -> Option<&Clause> {
        let key = crate::syntax::clause_key(number);
        self.clauses.iter().find(|clause| clause.key == key)
    }
}

/// The position of the last of `clauses`, which stand in the order of their text, that begins at or before a place.
pub fn clause_at(clauses: &[Clause], span: Span) -> Option<usize> {
    let begun = clauses.partition_point(|clause| clause.body.start <= span.start);
    let last = begun.checked_sub(1)?;
    (clauses[last].body.file == span.file).then_some(last)
}

/// What the front matter says.
#[derive(Clone, Debug, PartialEq)]
pub struct Meta {
    /// The handbook's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Which edition this file is.
    pub edition: String,
    /// The first date it judges.
    pub in_force: NaiveDate,
    /// The last date it judges.
    pub until: Option<NaiveDate>,
    /// The zone its instants are read and written in.
    pub zone: Zone,
    /// The calendar's id, for what counts working time.
    pub calendar: Option<String>,
    /// When in its last day a limit in days ends.
    pub day_end: DayEnd,
    /// The language of its labels, `zh-CN`.
    pub locale: Option<String>,
}

/// A numbered clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// As cited, `3.1`.
    pub number: String,
    /// Equal for every spelling of the number.
    pub key: String,
    /// The heading without its number.
    pub title: String,
    /// The heading's line.
    pub heading: Span,
    /// From the heading to the next numbered heading.
    pub body: Span,
}

/// What a rule or an exception rests on, and when it applies.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The clause it stands in.
    pub clause: ClauseId,
    /// The outside requirements it carries.
    pub cites: Vec<String>,
    /// The dates of opening it is meant for: the first, and the last.
    pub effective: Option<(NaiveDate, Option<NaiveDate>)>,
    /// It is evaluated and reported, and counts for nothing.
    pub trial: bool,
    /// When the whole rule applies.
    pub when: Option<Condition>,
    /// The statement.
    pub span: Span,
}

/// A name with its label and place.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The name.
    pub id: String,
    /// The label.
    pub label: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

/// A field of the ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its name, dotted where it lies inside an object.
    pub name: Named,
    /// What it holds.
    pub kind: FactKind,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum FactKind {
    /// Text.
    Text,
    /// An exact decimal.
    Number {
        /// Least and greatest value, both in.
        range: Option<(Decimal, Decimal)>,
        /// Its unit.
        unit: Option<String>,
    },
    /// Yes or no: value 0 is no, value 1 is yes.
    YesNo,
    /// An instant.
    Time,
    /// One of named values.
    OneOf(Vec<Named>),
    /// Texts.
    ListOfText,
    /// Named values.
    ListOf(Vec<Named>),
}

/// A named condition.
#[derive(Clone, Debug)]
pub struct Define {
    /// Its name.
    pub name: Named,
    /// What it stands for.
    pub condition: Condition,
}

/// One row: what follows when its guard holds and no row before it does.
#[derive(Clone, Debug)]
pub struct Row<T> {
    /// The clause it rests on: the rule's, or an exception's.
    pub authority: AuthorityId,
    /// When it is taken.
    pub guard: Condition,
    /// What follows.
    pub outcome: T,
    /// Its line.
    pub span: Span,
}

/// A classification.
#[derive(Clone, Debug)]
pub struct Classify {
    /// Its name.
    pub name: Named,
    /// What it rests on.
    pub authority: AuthorityId,
    /// Its tiers, severest first.
    pub tiers: Vec<Named>,
    /// Rows to a tier's position, exceptions first.
    pub rows: Vec<Row<usize>>,
}

/// A clock.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// Its name.
    pub name: Named,
    /// What it rests on.
    pub authority: AuthorityId,
    /// What starts it and what meets it.
    pub span: ClockSpan,
    /// Rows to a limit, exceptions first.
    pub rows: Vec<Row<Amount>>,
    /// Time does not count while this holds.
    pub pause: Option<Condition>,
    /// When it warns.
    pub warnings: Vec<Warn>,
    /// What a change of the row that gives the limit does to it.
    pub on_change: OnChange,
    /// What a reopening does to it.
    pub on_reopen: OnReopen,
}

/// What starts a clock and what meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSpan {
    /// From an event until an event: one clock a ticket.
    Events(EventId, EventId),
    /// From each message of the first until a message of the second: one clock a message.
    Messages(Speaker, Speaker),
}

/// When a clock warns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warn {
    /// At a share of the limit, in parts of a billion.
    Share(Decimal),
    /// So long before it is due.
    Before(Amount),
}

/// Where a ticket goes.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its name.
    pub name: Named,
    /// What it rests on.
    pub authority: AuthorityId,
    /// The queues it names.
    pub queues: Vec<Named>,
    /// Rows to a queue's position, exceptions first.
    pub rows: Vec<Row<usize>>,
}

/// An escalation ladder.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// Its name.
    pub name: Named,
    /// What it rests on.
    pub authority: AuthorityId,
    /// Its steps, lowest first.
    pub steps: Vec<Step>,
}

/// One step of a ladder.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number.
    pub number: u32,
    /// The role.
    pub role: Named,
    /// When a ticket comes here; `Always` for `at once`.
    pub trigger: Condition,
    /// It comes so long after the step before it was reached, in place of by a condition.
    pub after: Option<Amount>,
    /// Where the text says what moves a ticket here.
    pub why: Span,
    /// No step that comes by time alone comes before this event has happened on this step.
    pub until: Option<EventId>,
    /// It is told again.
    pub repeat: Option<Repeat>,
    /// It comes in opening hours only: outside them it waits for the next.
    pub within_working_hours: bool,
    /// Its line.
    pub span: Span,
}

/// How often a step is told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// How long after the last time.
    pub every: Amount,
    /// How many times; without end where nothing is said.
    pub at_most: Option<u32>,
}

/// The fields a ticket must carry.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name.
    pub name: Named,
    /// What it rests on.
    pub authority: AuthorityId,
    /// The fields, each with when it is asked for.
    pub fields: Vec<(FactId, Condition)>,
}

/// A ticket, and what must come out.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its title.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// Where its ticket stands.
    pub ticket_span: Span,
    /// The JSON pointer of its ticket in the tests file; empty for one in the text.
    pub ticket_pointer: String,
    /// The ticket as JSON.
    pub ticket: String,
    /// The instant it is decided at; the opening where none is given.
    pub at: Option<Instant>,
    /// What must hold.
    pub expectations: Vec<Expectation>,
    /// A part of the decision's JSON that must come out, from a tests file.
    pub decision: Option<serde_json::Value>,
    /// It stands in the handbook's text, not in the tests file.
    pub is_in_text: bool,
}

/// One thing an example expects.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Where it stands.
    pub span: Span,
    /// What.
    pub kind: ExpectationKind,
}

/// The kinds of expectations.
#[derive(Clone, Debug)]
pub enum ExpectationKind {
    /// The condition holds.
    Holds(Condition),
    /// The deadline is due then.
    Due(DeadlineId, Instant),
    /// The route goes to the queue of that position.
    Route(RouteId, usize),
    /// The ladder, by position, is at that step.
    Step(usize, u32),
}
