//! That no edition judges a ticket: which editions there are, and the hole its opening falls into.

use std::fmt::{self, Display};

use chrono::NaiveDate;

use super::Editions;
use crate::Edition;
use crate::calendar::{Instant, Zone};

/// No edition was in force when a ticket was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct NotInForce {
    /// When it was opened, in the zone of the newest edition.
    opened: String,
    /// The editions there are, the earliest first.
    editions: Vec<Term>,
    /// What no edition judges, around the opening.
    hole: Hole,
    /// The edition that lies nearest: the next one, or else the last.
    nearest: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    name: String,
    from: NaiveDate,
    until: Option<NaiveDate>,
    /// The zone of these dates, where the editions count in several.
    zone: Option<Zone>,
}

/// Between what is judged before an opening and what is judged after it.
#[derive(Clone, Debug, PartialEq)]
enum Hole {
    /// The dates, the last included: where the editions count in one zone, or the opening has no offset and each reads
    /// the same date of it.
    Dates { first: Option<NaiveDate>, last: Option<NaiveDate> },
    /// The instants in the zone of the newest, the end not included: dates of several zones make no range.
    Instants { first: Option<String>, end: Option<String> },
}

impl NotInForce {
    /// Of a ticket opened then, as each zone reads it.
    pub(super) fn new<E: AsRef<Edition>>(
        editions: &Editions<E>,
        opened: impl Fn(Zone) -> Option<Instant>,
    ) -> NotInForce {
        let zone: Zone = editions.newest().as_ref().zone();
        let all = || editions.iter().map(AsRef::as_ref);
        let is_mixed: bool = all().any(|edition| edition.zone() != zone);
        let is_one_instant: bool = all().all(|edition| opened(edition.zone()) == opened(zone));
        let is_ahead = |edition: &Edition| {
            let date: Option<NaiveDate> = opened(edition.zone()).map(|at| edition.zone().date(at));
            date.is_some_and(|date| date < edition.in_force())
        };
        let past = || all().filter(|edition| !is_ahead(edition));
        let next: Option<&Edition> = all().find(|edition| is_ahead(edition));
        let hole: Hole = match is_mixed && is_one_instant {
            true => {
                let ends = past().filter_map(|edition| Some(edition.zone().start_of(edition.until()?.succ_opt()?)));
                let begins = all().filter(|edition| is_ahead(edition));
                let begins = begins.map(|edition| edition.zone().start_of(edition.in_force()));
                Hole::Instants {
                    first: ends.max().map(|at| zone.format(at)),
                    end: begins.min().map(|at| zone.format(at)),
                }
            }
            false => Hole::Dates {
                first: past().filter_map(Edition::until).max().and_then(|date| date.succ_opt()),
                last: next.and_then(|edition| edition.in_force().pred_opt()),
            },
        };
        let term = |edition: &Edition| Term {
            name: edition.edition().to_owned(),
            from: edition.in_force(),
            until: edition.until(),
            zone: is_mixed.then(|| edition.zone()),
        };
        NotInForce {
            opened: opened(zone).map(|at| zone.format(at)).unwrap_or_default(),
            editions: all().map(term).collect(),
            hole,
            nearest: next.unwrap_or(editions.newest().as_ref()).edition().to_owned(),
        }
    }

    /// The names of the editions there are.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.editions.iter().map(|term| term.name.as_str())
    }

    /// The edition to ask for by name, if the ticket is to be judged all the same.
    pub fn nearest(&self) -> &str {
        &self.nearest
    }
}

/// One sentence: when it was opened, what there is, and what is missing.
impl Display for NotInForce {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "no edition was in force when the ticket was opened, {}", self.opened)?;
        for (index, Term { name, from, until, zone }) in self.editions.iter().enumerate() {
            let sign: &str = if index == 0 { ": " } else { ", " };
            match until {
                Some(until) => write!(out, "{sign}edition `{name}` judges from {from} to {until}")?,
                None => write!(out, "{sign}edition `{name}` judges from {from} on")?,
            }
            if let Some(zone) = zone {
                write!(out, " in {}", zone.name())?;
            }
        }
        match &self.hole {
            Hole::Dates { first: Some(first), last: Some(last) } if first == last => {
                write!(out, "; none judges on {first}")
            }
            Hole::Dates { first: Some(first), last: Some(last) } => write!(out, "; none judges from {first} to {last}"),
            Hole::Dates { first: Some(first), last: None } => write!(out, "; none judges from {first} on"),
            Hole::Dates { first: None, last: Some(last) } => write!(out, "; none judges up to {last}"),
            Hole::Instants { first: Some(first), end: Some(end) } => {
                write!(out, "; none judges from {first} on and before {end}")
            }
            Hole::Instants { first: Some(first), end: None } => write!(out, "; none judges from {first} on"),
            Hole::Instants { first: None, end: Some(end) } => write!(out, "; none judges before {end}"),
            Hole::Dates { first: None, last: None } | Hole::Instants { first: None, end: None } => Ok(()),
        }
    }
}
