//! The whole-day events of an iCalendar file (RFC 5545).
//!
//! Bytes go in; out come the days with their names, and a sentence with its line for everything that is not taken.
//! Times of day, alarms and whatever else a calendar program keeps are passed over.

use chrono::{Datelike, Days, NaiveDate};

use crate::calendar::parse_date;

/// An event of whole days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    pub(super) summary: String,
    /// The line on which it begins.
    pub(super) line: usize,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) events: Vec<Event>,
    /// What was not taken, with the line.
    pub(super) problems: Vec<(usize, String)>,
    /// Whether it is an iCalendar file at all.
    pub(super) is_calendar: bool,
    /// How often an event that repeats every year came before the horizon.
    pub(super) left_out: usize,
}

/// The dates between which an event that repeats is written out, both included.
#[derive(Clone, Copy)]
pub(super) struct Horizon {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
}

/// A line with its folds undone, `NAME;PARAMETERS:VALUE`, without the parameters.
struct ContentLine {
    number: usize,
    name: String,
    value: String,
}

/// Reads a file. Lines that are not UTF-8 or no content lines are told, and the others read.
pub(super) fn read(bytes: &[u8], horizon: Horizon) -> Read {
    let mut read = Read::default();
    let mut open: Vec<String> = Vec::new();
    let mut event: Option<Draft> = None;
    for (number, bytes) in unfolded(bytes) {
        let line: ContentLine = match content_line(number, &bytes) {
            Ok(line) => line,
            Err(problem) => {
                read.problems.push((number, problem));
                continue;
            }
        };
        let component: String = line.value.trim().to_ascii_uppercase();
        match line.name.as_str() {
            "BEGIN" => {
                read.is_calendar |= component == "VCALENDAR";
                if component == "VEVENT" {
                    event = Some(Draft { line: number, lines: Vec::new() });
                }
                open.push(component);
            }
            "END" => {
                if open.pop().as_ref() != Some(&component) {
                    read.problems.push((number, format!("`END:{component}` closes nothing that is open")));
                }
                if component == "VEVENT"
                    && let Some(event) = event.take()
                {
                    match event.finish(horizon) {
                        Ok((events, left_out)) => {
                            read.events.extend(events);
                            read.left_out += left_out;
                        }
                        Err(problem) => read.problems.push(problem),
                    }
                }
            }
            // Alarms stand inside events and have a summary of their own.
            _ if open.last().is_some_and(|component| component == "VEVENT") => {
                if let Some(event) = &mut event {
                    event.lines.push(line);
                }
            }
            _ => {}
        }
    }
    if let Some(event) = event {
        read.problems.push((event.line, "this event is never closed by `END:VEVENT`".to_owned()));
    }
    read
}

/// The lines, each with the number of its first: one that begins with a blank goes on with the one before. Undone in
/// bytes, since a fold may stand inside a character.
fn unfolded(bytes: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let bytes: &[u8] = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines: Vec<(usize, Vec<u8>)> = Vec::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line: &[u8] = line.strip_suffix(b"\r").unwrap_or(line);
        match (line, lines.last_mut()) {
            ([b' ' | b'\t', rest @ ..], Some((_, last))) => last.extend(rest),
            ([], _) => {}
            _ => lines.push((index + 1, line.to_vec())),
        }
    }
    lines
}

fn content_line(number: usize, bytes: &[u8]) -> Result<ContentLine, String> {
    let text: &str = std::str::from_utf8(bytes).map_err(|_| "this line is not UTF-8 text".to_owned())?;
    let mut is_quoted: bool = false;
    let colon = text.char_indices().find(|(_, letter)| {
        is_quoted ^= *letter == '"';
        *letter == ':' && !is_quoted
    });
    let Some((colon, _)) = colon else { return Err("this line has no `:` between a name and a value".to_owned()) };
    let (head, value) = (&text[..colon], &text[colon + 1..]);
    // What a parameter could say of a date, its value shows as well.
    let name: &str = head.split(';').next().unwrap_or("");
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(format!("`{name}` is no name of a property"));
    }
    Ok(ContentLine { number, name: name.to_ascii_uppercase(), value: value.to_owned() })
}

/// An event while its lines are read.
struct Draft {
    line: usize,
    lines: Vec<ContentLine>,
}

impl Draft {
    fn property(&self, name: &str) -> Option<&ContentLine> {
        self.lines.iter().find(|line| line.name == name)
    }

    /// The event, or each of its years with the number of those before the horizon; the problem with its line
    /// otherwise.
    fn finish(&self, horizon: Horizon) -> Result<(Vec<Event>, usize), (usize, String)> {
        if self.property("STATUS").is_some_and(|status| status.value.trim().eq_ignore_ascii_case("CANCELLED")) {
            return Ok((Vec::new(), 0));
        }
        let wrong = |problem: &str| (self.line, problem.to_owned());
        let start: &ContentLine = self.property("DTSTART").ok_or_else(|| wrong("this event has no DTSTART"))?;
        let first: NaiveDate = date(start)?;
        let last: NaiveDate = self.last(first)?;
        let summary: String = self.property("SUMMARY").map(|line| unescaped(&line.value)).unwrap_or_default();
        if summary.is_empty() {
            return Err(wrong("this event has no SUMMARY to name its days by"));
        }
        for name in ["RDATE", "RECURRENCE-ID"] {
            if let Some(line) = self.property(name) {
                return Err((line.number, format!("{name} is not read: write the dates as events of their own")));
            }
        }
        let length: u64 = u64::try_from((last - first).num_days()).unwrap_or(0);
        let mut starts: Vec<NaiveDate> = match self.property("RRULE") {
            None => vec![first],
            Some(rule) => yearly(rule, first, horizon.last)?,
        };
        for line in self.lines.iter().filter(|line| line.name == "EXDATE") {
            for value in line.value.split(',') {
                let excepted: NaiveDate = whole_day(value).ok_or_else(|| (line.number, not_whole(value)))?;
                starts.retain(|start| *start != excepted);
            }
        }
        let mut events: Vec<Event> = starts
            .into_iter()
            .map(|start| Event {
                first: start,
                last: start + Days::new(length),
                summary: summary.clone(),
                line: self.line,
            })
            .collect();
        let all: usize = events.len();
        if self.property("RRULE").is_some() {
            events.retain(|event| event.last >= horizon.first);
        }
        let left_out: usize = all - events.len();
        Ok((events, left_out))
    }

    /// The last date: DTEND is the first that is out again, and without it and DURATION an event is one day long.
    fn last(&self, first: NaiveDate) -> Result<NaiveDate, (usize, String)> {
        let (number, days) = match (self.property("DTEND"), self.property("DURATION")) {
            (Some(end), _) => (end.number, (date(end)? - first).num_days()),
            (None, Some(duration)) => {
                let days = whole_days(&duration.value);
                (
                    duration.number,
                    days.ok_or_else(|| (duration.number, format!("`{}` is no number of days", duration.value)))?,
                )
            }
            (None, None) => (self.line, 1),
        };
        match days {
            // Some programs end an event of one day on that day.
            0 => Ok(first),
            1..=366 => Ok(first + Days::new(days.unsigned_abs() - 1)),
            367.. => Err((number, "this event is longer than a year".to_owned())),
            _ => Err((number, "this event ends before it begins".to_owned())),
        }
    }
}

fn date(line: &ContentLine) -> Result<NaiveDate, (usize, String)> {
    whole_day(&line.value).ok_or_else(|| (line.number, not_whole(&line.value)))
}

fn not_whole(value: &str) -> String {
    match written_day(value) {
        Some(_) => format!("`{value}` lies outside of the years 1900 to 2200, which calendars cover"),
        None => format!("`{value}` is no date: only whole days are taken"),
    }
}

/// A date in the years that calendars cover.
fn whole_day(value: &str) -> Option<NaiveDate> {
    written_day(value).filter(|date| (1900..=2200).contains(&date.year()))
}

/// `20251001`, and midnight of a zone, by which some programs mean the same.
fn written_day(value: &str) -> Option<NaiveDate> {
    let value: &str = value.trim();
    let digits: &str = value.strip_suffix("T000000").unwrap_or(value);
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    parse_date(&format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..])).ok()
}

/// `P8D`, `P1W`, `PT24H`: a length of whole days.
fn whole_days(value: &str) -> Option<i64> {
    let rest: &str = value.trim().trim_start_matches('+').strip_prefix('P')?;
    let (figure, unit): (&str, i64) = match rest.strip_prefix('T') {
        Some(time) => (time.strip_suffix('H')?, 0),
        None if rest.ends_with('W') => (rest.strip_suffix('W')?, 7),
        None => (rest.strip_suffix('D')?, 1),
    };
    let count: i64 = figure.parse::<u32>().ok()?.into();
    match unit {
        0 => (count % 24 == 0).then_some(count / 24),
        unit => Some(count * unit),
    }
}

/// The first dates of an event that repeats every year, up to a last one. Other rules are refused.
fn yearly(rule: &ContentLine, first: NaiveDate, until: NaiveDate) -> Result<Vec<NaiveDate>, (usize, String)> {
    let refused = || {
        (rule.number, format!("`RRULE:{}` is not read: only events that repeat each year on one date are", rule.value))
    };
    let (mut interval, mut count, mut last): (i32, u32, NaiveDate) = (1, u32::MAX, until);
    let mut is_yearly: bool = false;
    for part in rule.value.trim().split(';').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').ok_or_else(refused)?;
        let number = || value.parse::<u32>().ok().filter(|number| *number > 0).ok_or_else(refused);
        match key.to_ascii_uppercase().as_str() {
            "FREQ" => is_yearly = value.eq_ignore_ascii_case("YEARLY"),
            "INTERVAL" => interval = i32::try_from(number()?).map_err(|_| refused())?,
            "COUNT" => count = number()?,
            "UNTIL" => last = last.min(value.get(..8).and_then(written_day).ok_or_else(refused)?),
            "BYMONTH" if number()? == first.month() => {}
            "BYMONTHDAY" if number()? == first.day() => {}
            "WKST" => {}
            _ => return Err(refused()),
        }
    }
    if !is_yearly {
        return Err(refused());
    }
    let mut dates: Vec<NaiveDate> = Vec::new();
    let mut year: i32 = first.year();
    while count > 0 && year <= last.year() {
        // A year without a 29 February is passed over, and not counted.
        if let Some(date) = first.with_year(year).filter(|date| *date <= last) {
            count -= 1;
            dates.push(date);
        }
        year = year.saturating_add(interval);
    }
    Ok(dates)
}

/// A text with its escapes undone, in one line.
fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => text.push(' '),
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    /// Reads an event of these lines; what comes out in short.
    fn event(lines: &str) -> Result<Vec<String>, String> {
        let horizon = Horizon { first: day("2025-01-01"), last: day("2026-12-31") };
        let text = format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            lines.replace('\n', "\r\n")
        );
        let read = read(text.as_bytes(), horizon);
        assert!(read.is_calendar);
        match read.problems.as_slice() {
            [] => Ok(read
                .events
                .iter()
                .map(|event| format!("{} {} {}", event.first, event.last, event.summary))
                .collect()),
            [(line, problem), ..] => Err(format!("{line}: {problem}")),
        }
    }

    fn check(lines: &str, expected: &[&str]) {
        assert_eq!(
            event(lines).as_deref(),
            Ok(expected.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>().as_slice()),
            "{lines}"
        );
    }

    #[test]
    fn an_end_is_out_and_a_missing_one_means_one_day() {
        check(
            "DTSTART;VALUE=DATE:20251001\nDTEND;VALUE=DATE:20251009\nSUMMARY:国庆节",
            &["2025-10-01 2025-10-08 国庆节"],
        );
        check("DTSTART;VALUE=DATE:20250101\nSUMMARY:元旦", &["2025-01-01 2025-01-01 元旦"]);
        check("DTSTART:20250101\nDTEND:20250101\nSUMMARY:元旦", &["2025-01-01 2025-01-01 元旦"]);
        check("DTSTART;VALUE=DATE:20251001\nDURATION:P8D\nSUMMARY:国庆节", &["2025-10-01 2025-10-08 国庆节"]);
        check("DTSTART;VALUE=DATE:20251001\nDURATION:P1W\nSUMMARY:国庆节", &["2025-10-01 2025-10-07 国庆节"]);
        check(
            "DTSTART;TZID=\"Asia:Shanghai\":20251001T000000\nDTEND;TZID=x:20251002T000000\nSUMMARY:a",
            &["2025-10-01 2025-10-01 a"],
        );
    }

    #[test]
    fn folds_and_escapes_are_undone() {
        check(
            "DTSTART;VALUE=DATE:20251001\nSUMMARY:国庆\n 节\\, 中\n\t秋\\;\\\\\\n节",
            &["2025-10-01 2025-10-01 国庆节, 中秋;\\ 节"],
        );
        let horizon = Horizon { first: day("2025-01-01"), last: day("2026-12-31") };
        let mut bytes = b"BEGIN:VEVENT\r\nDTSTART:20251001\r\nSUMMARY:".to_vec();
        bytes.extend(&"国".as_bytes()[..1]);
        bytes.extend(b"\r\n ");
        bytes.extend(&"国".as_bytes()[1..]);
        bytes.extend(b"\r\nEND:VEVENT");
        assert_eq!(read(&bytes, horizon).events[0].summary, "国");
    }

    #[test]
    fn yearly_events_are_written_out_and_other_rules_refused() {
        let new_year = "DTSTART;VALUE=DATE:20200101\nSUMMARY:元旦\n";
        check(&format!("{new_year}RRULE:FREQ=YEARLY"), &["2025-01-01 2025-01-01 元旦", "2026-01-01 2026-01-01 元旦"]);
        check(
            &format!("{new_year}RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1;UNTIL=20250601T000000Z"),
            &["2025-01-01 2025-01-01 元旦"],
        );
        check(
            &format!("{new_year}RRULE:FREQ=YEARLY;UNTIL=99991231"),
            &["2025-01-01 2025-01-01 元旦", "2026-01-01 2026-01-01 元旦"],
        );
        check(
            "DTSTART:20231231\nDTEND:20240102\nSUMMARY:元旦\nRRULE:FREQ=YEARLY;COUNT=2",
            &["2024-12-31 2025-01-01 元旦"],
        );
        check(&format!("{new_year}RRULE:FREQ=YEARLY;COUNT=6"), &["2025-01-01 2025-01-01 元旦"]);
        check(&format!("{new_year}RRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20250101"), &["2026-01-01 2026-01-01 元旦"]);
        for rule in ["FREQ=WEEKLY", "FREQ=YEARLY;BYDAY=1MO", "FREQ=YEARLY;BYMONTH=2", "INTERVAL=0;FREQ=YEARLY", "x"] {
            assert!(event(&format!("{new_year}RRULE:{rule}")).unwrap_err().starts_with("5: "), "{rule}");
        }
    }

    #[test]
    fn what_is_not_taken_says_its_line() {
        for (lines, problem) in [
            ("SUMMARY:a", "2: this event has no DTSTART"),
            ("DTSTART:20250101", "2: this event has no SUMMARY to name its days by"),
            ("SUMMARY:a\nDTSTART:20250101T090000", "4: `20250101T090000` is no date: only whole days are taken"),
            (
                "DTSTART:00010101\nSUMMARY:a",
                "3: `00010101` lies outside of the years 1900 to 2200, which calendars cover",
            ),
            ("DTSTART:20250230\nSUMMARY:a", "3: `20250230` is no date: only whole days are taken"),
            ("DTSTART:20250102\nDTEND:20250101\nSUMMARY:a", "4: this event ends before it begins"),
            ("DTSTART:20250101\nDTEND:20270101\nSUMMARY:a", "4: this event is longer than a year"),
            ("DTSTART:20250101\nSUMMARY:a\nnonsense", "5: this line has no `:` between a name and a value"),
            ("DTSTART:20250101\nDURATION:PT8H\nSUMMARY:a", "4: `PT8H` is no number of days"),
        ] {
            assert_eq!(event(lines), Err(problem.to_owned()));
        }
        check("DTSTART:20250101\nSTATUS:CANCELLED\nSUMMARY:a", &[]);
        check("BEGIN:VALARM\nSUMMARY:b\nEND:VALARM\nDTSTART:20250101\nSUMMARY:a", &["2025-01-01 2025-01-01 a"]);
    }
}
