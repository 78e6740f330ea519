//! A ticket as the engine reads it: the fields the handbook declares, its events, its status.
//!
//! Everything wrong with a ticket is found in one reading, each with its JSON pointer.

mod events;
mod json;
mod read;
mod schema;

pub use read::read;
pub use schema::Schema;

use crate::calendar::Instant;
use crate::diagnostic::Code;
use crate::handbook::{Decimal, EventId, FactId, StatusId};
use crate::syntax::tree::Speaker;
use std::borrow::Cow;

/// A ticket that fits its handbook.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket<'a> {
    /// Its id.
    pub id: Cow<'a, str>,
    /// When it was opened.
    pub opened_at: Instant,
    /// The status it had before the first status event.
    pub status: StatusId,
    /// The value of each fact, by position.
    pub facts: Vec<Value<'a>>,
    /// What happened, by instant; `opened` is not among them.
    pub events: Vec<(Instant, EventId)>,
    /// Changes of status, by instant.
    pub statuses: Vec<(Instant, StatusId)>,
    /// Messages whose instant is known, by instant; those of one instant as the ticket has them.
    pub messages: Vec<Message>,
    /// Positions of messages without an instant.
    pub untimed: Vec<usize>,
    /// Changes of facts, by instant.
    pub changes: Vec<Change<'a>>,
    /// Fields and events that the handbook does not know, sorted.
    pub ignored: Vec<String>,
}

impl Ticket<'_> {
    /// A ticket with nothing but its opening.
    pub fn blank(opened_at: Instant, status: StatusId) -> Ticket<'static> {
        Ticket {
            id: Cow::Borrowed(""),
            opened_at,
            status,
            facts: Vec::new(),
            events: Vec::new(),
            statuses: Vec::new(),
            messages: Vec::new(),
            untimed: Vec::new(),
            changes: Vec::new(),
            ignored: Vec::new(),
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it was opened.
    pub fn opened_at(&self) -> Instant {
        self.opened_at
    }

    /// The value of a fact.
    pub fn value(&self, fact: FactId) -> &Value<'_> {
        &self.facts[fact.0]
    }
}

/// A message whose instant is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// When it was sent.
    pub at: Instant,
    /// Who sent it.
    pub from: Speaker,
    /// Its position in the ticket.
    pub position: usize,
}

/// A field took another value.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<'a> {
    /// When.
    pub at: Instant,
    /// Which field.
    pub fact: FactId,
    /// What it had before, with the first change of a field.
    pub from: Option<Value<'a>>,
    /// What it has since.
    pub to: Value<'a>,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value<'a> {
    /// Not there, or null, or blank text, or an empty list.
    Missing,
    /// One of named values, by position; no is 0 and yes is 1.
    Position(u32),
    /// A figure.
    Number(Decimal),
    /// Text.
    Text(Cow<'a, str>),
    /// An instant.
    Time(Instant),
    /// Named values, by position, in order.
    Positions(Vec<u32>),
    /// Texts.
    Texts(Vec<Cow<'a, str>>),
}

/// Why a ticket was not decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Everything that is wrong with it, in the order it was found; never empty.
    pub violations: Vec<Violation>,
}

/// One thing that is wrong with a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// What kind of thing.
    pub code: &'static Code,
    /// A JSON pointer to it, empty for the whole ticket.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}
