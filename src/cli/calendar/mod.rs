//! `rulebook calendar`: shows a calendar, counts with it, and reads iCalendar files.

mod count;
mod days;
mod ics;
mod import;
mod page;

use std::path::Path;

use chrono::{Datelike, Months, NaiveDate};

use super::Edge;
use super::arguments::{CalendarArguments, CalendarFormat};
use super::columns::plain;
use super::open::{failure, show};
use super::outcome::{Exit, Failure, complain, tell};
use crate::LoneCalendar;
use crate::calendar::{Calendar, Instant, Plan};
use crate::diagnostic::Diagnostic;
use crate::source::load::{CalendarFolder, TextFile, calendar_file};
use crate::source::{FileId, SourceFile, Sources};

/// Does what the arguments ask of a calendar.
pub(super) fn calendar(arguments: &CalendarArguments, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    let now: Instant = (edge.now)();
    if let Some(file) = &arguments.import {
        return import::import(file, arguments, now, edge);
    }
    let Some(path) = &arguments.path else {
        return Err(Failure::unusable("a calendar's file is wanted here").help("name it: `rulebook calendar FILE`"));
    };
    let Some(plan) = open(path, edge)? else { return Ok(Exit::Findings) };
    if let Some(from) = &arguments.from {
        return count::count(&plan, from, arguments, edge);
    }
    let today: NaiveDate = plan.zone.date(now);
    let (first, months) = match (arguments.year, arguments.month) {
        (Some(year), _) => (year, 12),
        (None, Some(month)) => (month, 1),
        (None, None) => (today.with_day(1).unwrap_or(today), 1),
    };
    let period = days::Period { first, end: first.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX) };
    let laid_out: Option<Calendar> =
        Calendar::spanning(plan.clone(), period.first.year(), period.end.year().saturating_add(1));
    let dates = days::Dates { plan: &plan, calendar: laid_out.as_ref() };
    match arguments.format {
        CalendarFormat::Human => page::write(dates, period, today, edge.out)?,
        CalendarFormat::Json => writeln!(edge.out, "{:#}", days::to_json(dates, period))?,
    }
    Ok(Exit::Clean)
}

/// The calendar of a file; nothing for one with errors, which have then been shown.
fn open(path: &Path, edge: &mut Edge<'_>) -> Result<Option<Plan>, Failure> {
    if path.is_dir() {
        let message = format!("`{}` is a directory, and a calendar's file is wanted here", path.display());
        return Err(Failure::unusable(message).help("name one of its files, `cn-office.yaml` for one"));
    }
    let (own, others): (TextFile, CalendarFolder) = calendar_file(path).map_err(|error| failure(&error))?;
    let mut sources = Sources::default();
    let text: String = own.text.map_err(|error| failure(&error))?;
    let file: FileId = sources.add(SourceFile::new(own.name, text));
    let beside: Vec<FileId> = others.add_to(&mut sources);
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let calendar: Option<LoneCalendar> = crate::read_calendar(&sources, file, &beside, &mut diagnostics);
    let Some(LoneCalendar { plan, has_zone }) = calendar else {
        for error in others.errors() {
            complain(edge.err, &error.to_string(), None);
        }
        crate::diagnostic::sort(&mut diagnostics);
        show(&sources, &diagnostics, edge.err)?;
        return Ok(None);
    };
    if !has_zone {
        let id: String = plain(&plan.id);
        tell(
            edge.err,
            &format!("note: `{id}` names no time zone: it is read in UTC here, and in its own by a handbook"),
        );
    }
    Ok(Some(plan))
}
