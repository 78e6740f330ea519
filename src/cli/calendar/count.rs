//! Counting on a calendar: the instant an amount later, or what lies between two instants.

use std::io;

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

use super::days::{Dates, Listed, Look, Period, listed};
use crate::calendar::{Amount, Calendar, DayEnd, Instant, Paused, Plan, Unit, format_seconds, parse_date};
use crate::cli::Edge;
use crate::cli::arguments::{CalendarArguments, CalendarFormat};
use crate::cli::columns::plain;
use crate::cli::outcome::{DIM, Exit, Failure, counted};

/// So many holidays and make-up days on the way are named.
const MOST_NAMED: usize = 12;

/// Answers `--from` with `--add` or `--to`.
pub(super) fn count(
    plan: &Plan,
    from: &str,
    arguments: &CalendarArguments,
    edge: &mut Edge<'_>,
) -> Result<Exit, Failure> {
    let start: Instant = instant(plan, "--from", from)?;
    let calendar: Calendar = Calendar::new(plan.clone()).ok_or_else(|| {
        Failure::unusable(format!("the calendar `{}` is never open, so nothing can be counted on it", plan.id))
            .help("name a calendar with hours that extends it")
    })?;
    let answer: Answer = match (&arguments.add, &arguments.to) {
        (Some(add), _) => {
            let amount: Amount =
                crate::read_amount(add).map_err(|(message, help)| Failure::unusable(message).help(help))?;
            let end: Instant = end(&calendar, start, amount)?;
            Answer { calendar: &calendar, start, end, added: Some(amount) }
        }
        (None, Some(to)) => {
            let end: Instant = instant(plan, "--to", to)?;
            if end < start {
                let message = format!("--to {to} lies before --from {from}");
                return Err(Failure::unusable(message).help("give the earlier instant to --from"));
            }
            Answer { calendar: &calendar, start, end, added: None }
        }
        (None, None) => return Err(Failure::unusable("--from wants --add or --to beside it")),
    };
    match arguments.format {
        CalendarFormat::Human => answer.write(edge.out)?,
        CalendarFormat::Json => writeln!(edge.out, "{:#}", answer.to_json())?,
    }
    Ok(Exit::Clean)
}

/// The instant an amount later, if there is a year to write it with.
fn end(calendar: &Calendar, start: Instant, amount: Amount) -> Result<Instant, Failure> {
    let end: Option<Instant> = calendar.end_of(start, amount, Paused::none(), DayEnd::Close);
    let never = || {
        Failure::unusable(format!("{amount} after that instant never comes"))
            .help("the calendar does not open often enough; look at its hours")
    };
    match end {
        Some(end) if end.is_writable() => Ok(end),
        // Months past all years have no end to give.
        None if amount.unit != Unit::Months => Err(never()),
        _ => Err(Failure::unusable(format!("{amount} after that instant lies past 9999-12-30, where instants end"))
            .help("count from an earlier instant, or add less")),
    }
}

/// Reads an instant, or a date that stands for its first instant.
fn instant(plan: &Plan, flag: &str, text: &str) -> Result<Instant, Failure> {
    let read = match parse_date(text) {
        Ok(_) => plan.zone.read(&format!("{text}T00:00")),
        Err(_) => plan.zone.read(text),
    };
    read.map_err(|wanted| {
        Failure::unusable(format!("{flag} cannot be read from `{text}`: {wanted}"))
            .help(format!("without an offset it is read in {}, and seconds may be left out", plan.zone.name()))
    })
}

/// Two instants, and what led from the one to the other.
struct Answer<'c> {
    calendar: &'c Calendar,
    start: Instant,
    end: Instant,
    added: Option<Amount>,
}

impl Answer<'_> {
    fn days(&self, unit: Unit) -> i64 {
        self.calendar.days_between(self.start, self.end, unit)
    }

    fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let mut rows: Vec<(&str, String)> = Vec::new();
        let mut row = |name: &'static str, value: String| rows.push((name, value));
        row("from", self.shown(self.start));
        if let Some(amount) = self.added {
            row("add", amount.to_string());
        }
        row("to", self.shown(self.end));
        row("elapsed", elapsed(self.end.since(self.start)));
        row("working time", format_seconds(self.calendar.open_between(self.start, self.end)));
        row("working days", self.days(Unit::WorkingDays).to_string());
        row("calendar days", self.days(Unit::CalendarDays).to_string());
        let (named, more) = self.on_the_way();
        for (index, one) in named.iter().enumerate() {
            row(if index == 0 { "on the way" } else { "" }, one.clone());
        }
        if more > 0 {
            row("", format!("and {more} more"));
        }
        if !self.is_known() {
            let until = self.calendar.plan().known_until.map(|date| date.to_string()).unwrap_or_default();
            row("provisional", format!("holidays are known until {until}"));
        }
        for (name, value) in rows {
            writeln!(out, "{DIM}{name:<13}{DIM:#}  {}", plain(&value))?;
        }
        Ok(())
    }

    fn to_json(&self) -> Value {
        let zone = self.calendar.plan().zone;
        json!({
            "calendar": self.calendar.plan().id,
            "from": zone.format(self.start),
            "add": self.added.map(|amount| amount.to_string()),
            "to": zone.format(self.end),
            "elapsed_s": self.end.since(self.start),
            "working_s": self.calendar.open_between(self.start, self.end),
            "working_days": self.days(Unit::WorkingDays),
            "calendar_days": self.days(Unit::CalendarDays),
            "provisional": !self.is_known(),
        })
    }

    fn is_known(&self) -> bool {
        self.calendar.knows(self.end)
    }

    /// The instant with its weekday.
    fn shown(&self, at: Instant) -> String {
        let weekday = self.calendar.date(at).weekday();
        let text: String = self.calendar.plan().zone.format(at);
        format!("{} {}", text.replace('T', " "), weekday)
    }

    /// The holidays and make-up days from the one instant to the other, and how many are not named.
    fn on_the_way(&self) -> (Vec<String>, usize) {
        let plan: &Plan = self.calendar.plan();
        let Some((first, last)) = plan.listed() else { return (Vec::new(), 0) };
        let from: NaiveDate = self.calendar.date(self.start).max(first);
        let until: NaiveDate = self.calendar.date(self.end).min(last);
        if until < from {
            return (Vec::new(), 0);
        }
        let dates = Dates { plan, calendar: Some(self.calendar) };
        let found: Vec<Listed> = listed(dates, Period { first: from, end: until.succ_opt().unwrap_or(until) });
        let shown = found.iter().map(|one| {
            let dates = match one.first == one.last {
                true => one.first.to_string(),
                false => format!("{} to {}", one.first, one.last.format("%m-%d")),
            };
            let what: &str = match one.look {
                Look::Holiday => "closed",
                Look::Workday => "make-up day",
                Look::Special => "hours of its own",
                _ => "with a break",
            };
            format!("{dates} {}{}{what}", one.name, if one.name.is_empty() { "" } else { ", " })
        });
        (shown.take(MOST_NAMED).collect(), found.len().saturating_sub(MOST_NAMED))
    }
}

/// Seconds as they are, with the whole days they make.
fn elapsed(seconds: i64) -> String {
    match seconds / 86_400 {
        0 => format_seconds(seconds),
        days => {
            let rest: i64 = seconds % 86_400;
            let rest: String = if rest == 0 { String::new() } else { format!(" and {}", format_seconds(rest)) };
            format!("{} ({}{rest})", format_seconds(seconds), counted(usize::try_from(days).unwrap_or(0), "day"))
        }
    }
}
