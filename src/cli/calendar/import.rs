//! `rulebook calendar --import`: an iCalendar file as the lists of a calendar.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use chrono::{Datelike, Days, NaiveDate};

use super::ics::{self, Event, Horizon};
use crate::calendar::{Instant, Zone};
use crate::cli::Edge;
use crate::cli::arguments::CalendarArguments;
use crate::cli::columns::plain;
use crate::cli::outcome::{Exit, Failure, complain, counted, tell};

/// Longer files are refused.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// So many names of a kind are told.
const MOST_NAMED: usize = 8;

/// So many letters of a name are told.
const MOST_LETTERS: usize = 40;

/// Writes the events of a file as `holidays` and `workdays`, and tells which are which and what was not taken.
pub(super) fn import(
    path: &Path,
    arguments: &CalendarArguments,
    now: Instant,
    edge: &mut Edge<'_>,
) -> Result<Exit, Failure> {
    let horizon: Horizon = horizon(arguments, now)?;
    let (name, bytes) = match path == Path::new("-") {
        true => ("standard input".to_owned(), bytes("standard input", edge.input)?),
        false => (path.display().to_string(), file(path)?),
    };
    let read = ics::read(&bytes, horizon);
    if !read.is_calendar {
        return Err(Failure::unusable(format!("`{name}` is no iCalendar file: it has no line `BEGIN:VCALENDAR`"))
            .help("export the calendar as `.ics` from the program that keeps it"));
    }
    for (line, problem) in &read.problems {
        complain(edge.err, &format!("{name}:{line}: {}", plain(problem)), None);
    }
    let is_work = |event: &&Event| is_make_up(&event.summary);
    let workdays: Vec<Event> = ranges(read.events.iter().filter(is_work));
    let holidays: Vec<Event> = ranges(read.events.iter().filter(|event| !is_work(event)));
    if workdays.is_empty() && holidays.is_empty() && read.problems.is_empty() && read.left_out == 0 {
        return Err(Failure::unusable(format!("`{name}` holds no event of whole days"))
            .help("holidays are events with a date and no time of day"));
    }
    write_list(edge.out, "holidays", &holidays)?;
    write_list(edge.out, "workdays", &workdays)?;
    tell_kind(edge.err, "holidays", &holidays);
    tell_kind(edge.err, "workdays", &workdays);
    if read.left_out > 0 {
        let number: String = counted(read.left_out, "time");
        tell(
            edge.err,
            &format!("left out: yearly events come {number} before {}; --since DATE takes them, too", horizon.first),
        );
    }
    Ok(if read.problems.is_empty() { Exit::Clean } else { Exit::Findings })
}

/// The dates between which yearly events are written out: this year and the next, unless the arguments say otherwise.
fn horizon(arguments: &CalendarArguments, now: Instant) -> Result<Horizon, Failure> {
    let this_year: NaiveDate = Zone::UTC.date(now).with_ordinal(1).unwrap_or_default();
    let first: NaiveDate = arguments.since.unwrap_or(this_year);
    let year: i32 = this_year.year().max(first.year());
    let next: NaiveDate = NaiveDate::from_ymd_opt(year + 1, 12, 31).unwrap_or(NaiveDate::MAX);
    match (arguments.until, arguments.since) {
        (Some(until), Some(since)) if until < since => {
            Err(Failure::unusable(format!("--until {until} lies before --since {since}"))
                .help("give the earlier date to --since"))
        }
        (Some(until), None) if until < first => Err(Failure::unusable(format!(
            "--until {until} lies before {first}, from which on yearly events are written out"
        ))
        .help("give --since an earlier date")),
        (until, _) => Ok(Horizon { first, last: until.unwrap_or(next) }),
    }
}

/// Whether an event is a make-up working day, by its name: `国庆节（班）`, `Make-up working day`.
fn is_make_up(summary: &str) -> bool {
    is_make_up_in_chinese(summary) || is_make_up_in_english(&summary.to_lowercase())
}

fn is_make_up_in_chinese(summary: &str) -> bool {
    // Words with a sign of the others in them that say neither.
    const NEITHER: [&str; 7] = ["调休", "調休", "补休", "双休日", "休息日", "公休日", "下班"];
    const OFF: [char; 6] = ['不', '无', '無', '免', '休', '停'];
    let mut text: String = summary.to_owned();
    for word in NEITHER {
        text = text.replace(word, "");
    }
    match text.split_once('班') {
        Some((before, _)) => !before.contains(OFF),
        None => false,
    }
}

fn is_make_up_in_english(summary: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| summary.contains(word));
    has(&["make-up", "makeup", "make up", "adjusted", "compensatory", "substitute"])
        && has(&["working day", "workday", "work day"])
        && !has(&["non-work", "nonwork", "non work", "no work", "not a work", "not work"])
}

/// A line with the number of events of a kind, and their names.
fn tell_kind(err: &mut dyn Write, kind: &str, events: &[Event]) {
    let mut names: Vec<String> = Vec::new();
    for event in events {
        let name: String = short(&plain(&event.summary));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return;
    }
    let more: String = match names.len().checked_sub(MOST_NAMED) {
        Some(more @ 1..) => format!(", and {more} more"),
        _ => String::new(),
    };
    names.truncate(MOST_NAMED);
    tell(err, &format!("{kind}: {} ({}{more})", events.len(), names.join(", ")));
}

/// The beginning of a name that is long.
fn short(name: &str) -> String {
    match name.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: io::Error| {
        let message = match error.kind() {
            io::ErrorKind::NotFound => format!("`{}` does not exist", path.display()),
            kind => format!("`{}` cannot be read: {kind}", path.display()),
        };
        Failure::unusable(message).help("look for a slip in the path; it starts from the directory you are in")
    };
    if path.is_dir() {
        let message = format!("`{}` is a directory, and an iCalendar file is wanted here", path.display());
        return Err(Failure::unusable(message).help("name one of its files"));
    }
    bytes(&path.display().to_string(), &mut File::open(path).map_err(unreadable)?)
}

fn bytes<R: Read + ?Sized>(name: &str, from: &mut R) -> Result<Vec<u8>, Failure> {
    let mut bytes: Vec<u8> = Vec::new();
    from.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::unusable(format!("`{name}` cannot be read: {}", error.kind())))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::unusable(format!("`{name}` is larger than {} MiB", MAX_BYTES >> 20)));
    }
    Ok(bytes)
}

/// By date, with days in a row of one name put together: many programs keep an event a day.
fn ranges<'e>(events: impl Iterator<Item = &'e Event>) -> Vec<Event> {
    let mut sorted: Vec<&Event> = events.collect();
    sorted.sort_by_key(|event| (event.first, event.last));
    let mut ranges: Vec<Event> = Vec::new();
    for event in sorted {
        match ranges.last_mut() {
            Some(last)
                if last.summary == event.summary
                    && event.first <= last.last + Days::new(1)
                    && (event.last - last.first).num_days() <= 366 =>
            {
                last.last = last.last.max(event.last);
            }
            _ => ranges.push(event.clone()),
        }
    }
    ranges
}

fn write_list(out: &mut dyn Write, key: &str, events: &[Event]) -> io::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    writeln!(out, "{key}:")?;
    for event in events {
        let name: String = quoted(&event.summary);
        match event.first == event.last {
            true => writeln!(out, "  - {{date: {}, name: {name}}}", event.first)?,
            false => writeln!(out, "  - {{from: {}, to: {}, name: {name}}}", event.first, event.last)?,
        }
    }
    Ok(())
}

/// A name as YAML reads it back.
fn quoted(name: &str) -> String {
    let name: String = plain(name);
    let is_word = |letter: char| letter.is_alphabetic() || matches!(letter, '、' | '·' | '（' | '）' | ' ');
    let begins_well: bool = name.chars().next().is_some_and(|letter| letter.is_alphabetic() && !letter.is_ascii());
    if begins_well && name.chars().all(is_word) {
        return name;
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::is_make_up;

    #[test]
    fn make_up_days_are_told_from_days_off_by_their_names() {
        for name in [
            "国庆节（班）",
            "春节补班",
            "国庆节调休上班",
            "双休日上班",
            "補行上班",
            "Make-up working day",
            "Working day (make-up) for Spring Festival",
            "Adjusted Working Day",
            "Substitute working day",
        ] {
            assert!(is_make_up(name), "{name}");
        }
        for name in [
            "国庆节",
            "国庆节 不上班",
            "无需上班",
            "國慶 無須上班",
            "免上班",
            "国庆节（休）",
            "休班",
            "国庆节（休），11日上班",
            "停班停课",
            "提前下班",
            "New Year",
            "Adjusted non-working day",
            "Substitute bank holiday",
            "Working day off",
        ] {
            assert!(!is_make_up(name), "{name}");
        }
    }
}
