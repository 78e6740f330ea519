//! What the facts of a ticket were at each instant, where its events tell how they changed.
//!
//! Before its first change a fact has the value that the change came from, or else the one the ticket gives. Tickets
//! without such events, which is nearly all, pay nothing for this.

use super::case::{Case, Scratch};
use super::intervals::{FOREVER, Intervals};
use super::test::TestId;
use super::ticket::{Ticket, Value};
use crate::calendar::Instant;
use std::borrow::Cow;

/// What the facts were from an instant on.
#[derive(Debug)]
pub struct Past<'t> {
    from: i64,
    facts: Vec<Value<'t>>,
}

impl<'a> Ticket<'a> {
    /// The ticket with its facts as they were at an instant.
    pub fn known_at(&self, at: Instant) -> Cow<'_, Ticket<'a>> {
        if self.changes.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut known: Ticket<'a> = self.clone();
        // Only the first change of each fact says what it came from.
        for change in &self.changes {
            if let Some(from) = &change.from {
                known.facts[change.fact.0] = from.clone();
            }
        }
        for change in self.changes.iter().filter(|change| change.at <= at) {
            known.facts[change.fact.0] = change.to.clone();
        }
        Cow::Owned(known)
    }
}

impl<'t> Past<'t> {
    /// The facts from the opening on, change by change, up to `as_of`; nothing where no fact changed.
    pub fn of(ticket: &Ticket<'t>, as_of: Instant) -> Vec<Past<'t>> {
        if ticket.changes.is_empty() {
            return Vec::new();
        }
        let opened = ticket.opened_at;
        let mut facts: Vec<Value<'t>> = ticket.known_at(opened).facts.clone();
        let mut past: Vec<Past<'t>> = vec![Past { from: opened.0, facts: facts.clone() }];
        let mut changes = ticket.changes.iter().filter(|change| change.at > opened && change.at <= as_of).peekable();
        while let Some(change) = changes.next() {
            facts[change.fact.0] = change.to.clone();
            // Changes of one instant are one step.
            if changes.peek().is_none_or(|next| next.at > change.at) {
                past.push(Past { from: change.at.0, facts: facts.clone() });
            }
        }
        past
    }
}

impl Case<'_, '_> {
    /// When a condition that rests on facts alone holds.
    pub fn by_facts(&mut self, id: TestId) -> Intervals {
        let opened = self.ticket.opened_at.0;
        if self.past.is_empty() {
            return if self.verdict(id).holds() { Intervals::since(opened) } else { Intervals::none() };
        }
        let mut then: Ticket = Ticket::blank(self.ticket.opened_at, self.ticket.status);
        let mut scratch: Box<Scratch> = self.scratch_of_past.take().unwrap_or_default();
        let mut stretches: Vec<(i64, i64)> = Vec::new();
        let ends = self.past.iter().skip(1).map(|next| next.from).chain([FOREVER]);
        for (past, until) in self.past.iter().zip(ends) {
            then.facts.clone_from(&past.facts);
            if Case::new(self.engine, &then, self.as_of, &mut scratch).verdict(id).holds() {
                stretches.push((past.from.max(opened), until));
            }
        }
        self.scratch_of_past = Some(scratch);
        Intervals::of(stretches)
    }
}
