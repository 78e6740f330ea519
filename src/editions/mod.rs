//! The editions of one handbook, and which of them judges a ticket.
//!
//! In: editions with one id, and the bytes of a ticket. Out: the ticket as the edition in force at its opening reads
//! it, or why no edition judges it. What is wrong with the dates of several is for `findings` to say.

mod claim;
mod findings;
mod not_in_force;
mod opening;

pub use self::claim::claimed;
pub use self::findings::{dates, duplicates, side_by_side};
pub use self::not_in_force::NotInForce;

use std::iter::once;

use crate::calendar::{Instant, Zone};
use crate::diagnostic::codes;
use crate::{Edition, Refusal, Ticket};

/// The editions of one handbook in the order of their `in_force`. There is always one.
#[derive(Clone, Debug)]
pub struct Editions<E> {
    earlier: Vec<E>,
    newest: E,
}

/// Why a ticket has no edition that judges it.
#[derive(Clone, Debug, PartialEq)]
pub enum Unjudged {
    /// It does not fit the edition that would judge it.
    Refused(Refusal),
    /// No edition was in force when it was opened.
    NotInForce(NotInForce),
}

impl AsRef<Edition> for Edition {
    fn as_ref(&self) -> &Edition {
        self
    }
}

impl<E: AsRef<Edition>> Editions<E> {
    /// Puts editions of one handbook into their order; `None` when there are none.
    pub fn new(mut editions: Vec<E>) -> Option<Self> {
        editions.sort_by_key(|edition| edition.as_ref().in_force());
        let newest: E = editions.pop()?;
        debug_assert!(editions.iter().all(|edition| edition.as_ref().id() == newest.as_ref().id()), "one handbook");
        Some(Editions { earlier: editions, newest })
    }

    /// All of them, the earliest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &E> + Clone {
        self.earlier.iter().chain(once(&self.newest))
    }

    /// The handbook's id.
    pub fn id(&self) -> &str {
        self.newest.as_ref().id()
    }

    /// The one that comes into force last.
    pub fn newest(&self) -> &E {
        &self.newest
    }

    /// The only one, where there are no others.
    pub fn only(&self) -> Option<&E> {
        self.earlier.is_empty().then_some(&self.newest)
    }

    /// The edition of that name.
    pub fn named(&self, name: &str) -> Option<&E> {
        self.iter().find(|edition| edition.as_ref().edition() == name)
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.iter().map(|edition| edition.as_ref().edition())
    }

    /// The edition that judges a ticket opened then: of those in force, the one that came into force last.
    pub fn judging(&self, opened: Instant) -> Option<&E> {
        self.judging_read(|_| Some(opened))
    }

    /// The edition that stands for the handbook at an instant: the one in force; without one, the last that was; before
    /// all of them, the first.
    pub fn current(&self, now: Instant) -> &E {
        let has_begun = |edition: &&E| edition.as_ref().in_force() <= edition.as_ref().zone().date(now);
        let past = || self.iter().rev().find(has_begun);
        self.judging(now).or_else(past).unwrap_or_else(|| self.earlier.first().unwrap_or(&self.newest))
    }

    /// Reads a ticket by the edition that judges it. A ticket whose opening cannot be read is read by the newest, for
    /// everything that is wrong with it.
    ///
    /// # Errors
    /// Every violation of the ticket, or that no edition was in force when it was opened.
    pub fn read<'a>(&self, json: &'a [u8]) -> Result<(&E, Ticket<'a>), Unjudged> {
        let judge: &E = match self.only() {
            Some(only) => only,
            None => self.judging_ticket(json)?,
        };
        let ticket: Ticket = judge.as_ref().read_ticket(json).map_err(Unjudged::Refused)?;
        let opened: Instant = ticket.opened_at();
        match judge.as_ref().in_force_at(opened) {
            true => Ok((judge, ticket)),
            false => Err(Unjudged::NotInForce(NotInForce::new(self, |_| Some(opened)))),
        }
    }

    /// The edition that judges a ticket, by a look at its `opened_at` alone: the editions may declare other facts.
    fn judging_ticket(&self, json: &[u8]) -> Result<&E, Unjudged> {
        let Some(text) = opening::opened_at(json) else { return Ok(&self.newest) };
        // An instant without an offset is another one in each edition's zone.
        let opened = |zone: Zone| zone.read(&text).ok();
        if opened(self.newest.as_ref().zone()).is_none() {
            return Ok(&self.newest);
        }
        if let Some(judge) = self.judging_read(opened) {
            return Ok(judge);
        }
        // No more than this has been read of it, and it may be no JSON further on.
        match self.newest.as_ref().read_ticket(json) {
            Err(refusal) if refusal.violations.iter().any(|violation| violation.code == &codes::BAD_JSON) => {
                Err(Unjudged::Refused(refusal))
            }
            _ => Err(Unjudged::NotInForce(NotInForce::new(self, opened))),
        }
    }

    fn judging_read(&self, opened: impl Fn(Zone) -> Option<Instant>) -> Option<&E> {
        self.iter().rev().find(|edition| {
            let edition: &Edition = edition.as_ref();
            opened(edition.zone()).is_some_and(|opened| edition.in_force_at(opened))
        })
    }
}

#[cfg(test)]
mod tests;
