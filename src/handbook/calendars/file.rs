//! One calendar's file, read by itself.
//!
//! Whatever is wrong with it is kept beside what could be read, since it is only of interest where the calendar is.
//! What it takes over from others is not looked at here.

mod entries;

use super::super::lower::spoken;
use super::hours::{self, Wrong};
use crate::calendar::{DAY, Hours, Workday, Zone, parse_date};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Sources, Span, yaml};
use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const KEYS: &[&str] = &[
    "calendar",
    "title",
    "time_zone",
    "extends",
    "hours",
    "holidays",
    "workdays",
    "special_hours",
    "breaks",
    "known_until",
];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// So many findings of one file are kept.
const MOST_FINDINGS: usize = 200;

/// The longest range of dates.
const LONGEST_RANGE: i64 = 366;

/// The years that a calendar may speak of.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// A word of the file and where it stands.
#[derive(Clone, Debug)]
pub struct Word {
    pub text: String,
    pub span: Span,
}

/// Something said of a date, and where.
#[derive(Clone, Debug)]
pub struct Said<T> {
    pub what: T,
    pub span: Span,
}

/// What one file says.
#[derive(Debug)]
pub struct CalendarFile {
    pub file: FileId,
    /// Its id; also where the rest cannot be read, as far as a line says so.
    pub id: Option<Word>,
    pub title: Option<String>,
    pub zone: Option<Zone>,
    pub extends: Option<Word>,
    pub week: Option<[Vec<Hours>; 7]>,
    pub holidays: BTreeMap<NaiveDate, Said<String>>,
    pub workdays: BTreeMap<NaiveDate, Said<Workday>>,
    pub special_hours: BTreeMap<NaiveDate, Vec<Hours>>,
    pub breaks: BTreeMap<NaiveDate, Vec<Said<Hours>>>,
    pub known_until: Option<NaiveDate>,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
}

impl CalendarFile {
    /// Whether this is its id.
    pub fn has_id(&self, id: &str) -> bool {
        self.id.as_ref().is_some_and(|own| own.text == id)
    }
}

/// Reads a file. Never fails: what cannot be read is left out and reported.
pub fn read(sources: &Sources, file: FileId) -> CalendarFile {
    let text: &str = &sources.file(file).text;
    let mut calendar = CalendarFile {
        file,
        id: None,
        title: None,
        zone: None,
        extends: None,
        week: None,
        holidays: BTreeMap::new(),
        workdays: BTreeMap::new(),
        special_hours: BTreeMap::new(),
        breaks: BTreeMap::new(),
        known_until: None,
        findings: Vec::new(),
    };
    let fields: Map<String, Value> = match yaml::parse(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(Value::Null) => Map::new(),
        Ok(_) => {
            calendar.findings.push(
                Diagnostic::new(
                    &codes::BAD_CALENDAR,
                    first_line(file, text),
                    "a calendar is a list of `key: value` lines",
                )
                .help("begin it with a line such as `calendar: cn-office`"),
            );
            return calendar;
        }
        Err(error) => {
            let width =
                text[error.offset..].chars().next().filter(|one| !one.is_whitespace()).map_or(0, char::len_utf8);
            let span = Span::new(file, error.offset..error.offset + width);
            let code = if error.is_refused { &codes::UNSAFE_YAML } else { &codes::BAD_CALENDAR };
            calendar.findings.push(
                Diagnostic::new(code, span, format!("this calendar cannot be read: {}", spoken(&error)))
                    .help("write one `key: value` a line; put intervals and texts with `:` or `#` into quotes"),
            );
            calendar.id = claimed_id(file, text);
            return calendar;
        }
    };
    let reader = Reader { file, text, outline: yaml::outline(text), calendar };
    reader.read(&fields)
}

/// Whether this can be an id.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|one| one.is_alphanumeric() || matches!(one, '-' | '_' | '.'))
}

/// The id that a line claims where the file as a whole cannot be read.
fn claimed_id(file: FileId, text: &str) -> Option<Word> {
    let mut start: usize = 0;
    for line in text.split_inclusive('\n') {
        if let Some(value) = line.strip_prefix("calendar:") {
            let id: &str = value.split(" #").next().unwrap_or("").trim().trim_matches(['"', '\'']);
            let at: usize = start + "calendar:".len() + value.find(id)?;
            return is_plain(id).then(|| Word { text: id.to_owned(), span: Span::new(file, at..at + id.len()) });
        }
        start += line.len();
    }
    None
}

fn first_line(file: FileId, text: &str) -> Span {
    Span::new(file, 0..text.lines().next().map_or(0, str::len))
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    outline: yaml::Outline,
    calendar: CalendarFile,
}

impl Reader<'_> {
    fn read(mut self, fields: &Map<String, Value>) -> CalendarFile {
        let mut meant: Vec<&str> = Vec::new();
        for key in fields.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            meant.extend(self.unknown_key(&at("", key), key, KEYS, "a calendar"));
        }
        self.calendar.id = self.word(fields, "calendar");
        if !fields.contains_key("calendar") && !meant.contains(&"calendar") {
            self.push(
                Diagnostic::new(
                    &codes::MISSING_CALENDAR_KEY,
                    first_line(self.file, self.text),
                    "this calendar has no `calendar` key",
                )
                .help("add a line with its id, such as `calendar: cn-office`; a handbook names it by that"),
            );
        }
        if let Some(id) = self.calendar.id.take_if(|id| !is_plain(&id.text)) {
            self.wrong(
                "/calendar",
                format!("`{}` is no id for a calendar", id.text),
                "an id has letters, digits, `-`, `_` and `.` only",
            );
        }
        self.calendar.title = self.word(fields, "title").map(|title| title.text);
        self.calendar.extends = self.word(fields, "extends");
        self.zone(fields);
        if let Some(until) = self.word(fields, "known_until") {
            self.calendar.known_until = self.date(&until.text, until.span);
        }
        if let Some(hours) = fields.get("hours") {
            self.week(hours);
        }
        self.holidays(fields.get("holidays"));
        self.workdays(fields.get("workdays"));
        for (pointer, date, intervals) in self.by_date("special_hours", fields.get("special_hours")) {
            if let Some(hours) = self.intervals(&pointer, &intervals, true) {
                let hours = hours.into_iter().map(|one| one.what).collect();
                self.calendar.special_hours.insert(date, hours);
            }
        }
        for (pointer, date, intervals) in self.by_date("breaks", fields.get("breaks")) {
            if let Some(breaks) = self.intervals(&pointer, &intervals, false) {
                self.calendar.breaks.insert(date, breaks);
            }
        }
        self.calendar
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        if self.calendar.findings.len() < MOST_FINDINGS {
            self.calendar.findings.push(diagnostic);
        }
    }

    fn wrong(&mut self, pointer: &str, message: impl Into<String>, help: impl Into<String>) {
        let span = self.span(pointer);
        self.push(Diagnostic::new(&codes::BAD_CALENDAR, span, message).help(help));
    }

    /// Where a value stands, or its first line.
    fn span(&self, pointer: &str) -> Span {
        let Some(place) = self.outline.place(pointer) else { return first_line(self.file, self.text) };
        let words: &str = self.text.get(place.value.clone()).unwrap_or("");
        let length: usize = words.lines().next().map_or(0, str::len);
        Span::new(self.file, place.value.start..place.value.start + length)
    }

    fn key_span(&self, pointer: &str) -> Span {
        let key = self.outline.place(pointer).and_then(|place| place.key.clone());
        key.map_or_else(|| self.span(pointer), |range| Span::new(self.file, range))
    }

    /// Reports a key that is none, and gives the one it was meant to be.
    fn unknown_key(&mut self, pointer: &str, key: &str, known: &[&'static str], of: &str) -> Option<&'static str> {
        // `monday` is far from `mon` as typos go.
        let shortened = known.iter().copied().find(|day| day.len() == 3 && key.to_ascii_lowercase().starts_with(day));
        let meant: Option<&'static str> = nearest(key, known.iter().copied()).or(shortened);
        let help = match meant {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the keys are `{}`", known.join("`, `")),
        };
        let span = self.key_span(pointer);
        self.push(Diagnostic::new(&codes::UNKNOWN_CALENDAR_KEY, span, format!("`{key}` is no key of {of}")).help(help));
        meant
    }

    /// The text of a value; a figure counts as the text it was written as.
    fn text_of(&self, pointer: &str, value: &Value) -> Option<String> {
        match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(_) => {
                let place = self.outline.place(pointer)?;
                self.text.get(place.value.clone()).map(|words| words.trim_matches(['"', '\'']).to_owned())
            }
            _ => None,
        }
    }

    /// Text under a key of the whole.
    fn word(&mut self, fields: &Map<String, Value>, key: &str) -> Option<Word> {
        let pointer = at("", key);
        let value = fields.get(key)?;
        let Some(text) = self.text_of(&pointer, value) else {
            self.wrong(&pointer, format!("`{key}` is not text"), format!("write a line such as `{}`", sample(key)));
            return None;
        };
        Some(Word { text, span: self.span(&pointer) })
    }

    fn zone(&mut self, fields: &Map<String, Value>) {
        let Some(name) = self.word(fields, "time_zone") else { return };
        self.calendar.zone = Zone::parse(&name.text);
        if self.calendar.zone.is_none() {
            let near = nearest(&name.text, Zone::names()).unwrap_or("Asia/Shanghai");
            let help = format!("write a name of the IANA database, such as `{near}`");
            self.wrong("/time_zone", format!("there is no time zone `{}`", name.text), help);
        }
    }

    fn bad_date(&mut self, span: Span, message: String, help: &str) {
        self.push(Diagnostic::new(&codes::BAD_CALENDAR_DATE, span, message).help(help));
    }

    fn date(&mut self, text: &str, span: Span) -> Option<NaiveDate> {
        match parse_date(text) {
            Ok(date) if YEARS.contains(&date.year()) => return Some(date),
            Ok(_) => {
                let message = format!("{text} lies outside what a calendar covers");
                self.bad_date(span, message, "the years from 1900 to 2200 are covered");
            }
            Err(_) => {
                let help = "a date is written like 2025-10-01, and is one that the year has";
                self.bad_date(span, format!("`{text}` is no date"), help);
            }
        }
        None
    }

    fn week(&mut self, value: &Value) {
        let Value::Object(days) = value else {
            self.wrong(
                "/hours",
                "`hours` is no list of weekdays",
                "write `mon: [\"09:00-18:00\"]` and so on, indented, a line each",
            );
            return;
        };
        for key in days.keys().filter(|key| !WEEKDAYS.contains(&key.as_str())) {
            self.unknown_key(&at("/hours", key), key, &WEEKDAYS, "`hours`");
        }
        let mut week: [Vec<Said<Hours>>; 7] = Default::default();
        for (day, name) in week.iter_mut().zip(WEEKDAYS) {
            if let Some(intervals) = days.get(name) {
                *day = self.intervals(&at("/hours", name), intervals, true).unwrap_or_default();
            }
        }
        for day in 0..7 {
            let (today, tomorrow) = (&week[day], &week[(day + 1) % 7]);
            if let (Some(last), Some(first)) = (today.last(), tomorrow.first())
                && i64::from(last.what.until) - DAY > i64::from(first.what.from)
            {
                let diagnostic = Diagnostic::new(
                    &codes::OVERLAPPING_HOURS,
                    last.span,
                    "these hours run over midnight into those of the next day",
                )
                .label(first.span, "which begin before")
                .help("end the one where the other begins");
                self.push(diagnostic);
            }
        }
        self.calendar.week = Some(week.map(|day| day.into_iter().map(|one| one.what).collect()));
    }

    /// A list of intervals; `None` when it is no list.
    fn intervals(&mut self, pointer: &str, value: &Value, in_order: bool) -> Option<Vec<Said<Hours>>> {
        let Value::Array(items) = value else {
            self.wrong(
                pointer,
                "these hours are no list of intervals",
                "write `[\"09:00-12:00\", \"13:30-18:00\"]`, or `[]` for none",
            );
            return None;
        };
        let mut hours: Vec<Said<Hours>> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            let span = self.span(&pointer);
            let read: Result<Hours, Wrong> = match item {
                Value::String(text) => hours::interval(text),
                _ => Err(("this is no interval".to_owned(), "write `\"09:00-12:00\"`, in quotes")),
            };
            match read {
                Ok(what) => hours.push(Said { what, span }),
                Err((message, help)) => self.push(Diagnostic::new(&codes::BAD_HOURS, span, message).help(help)),
            }
        }
        let mut ordered: Vec<&Said<Hours>> = hours.iter().collect();
        if !in_order {
            ordered.sort_by_key(|one| one.what);
        }
        let clash = ordered.windows(2).find(|pair| pair[1].what.from < pair[0].what.until);
        if let Some([first, second]) = clash {
            let (message, label, help) = match second.what.until <= first.what.from {
                true => (
                    "this interval stands out of order",
                    "after this",
                    "order them by the clock; hours after midnight belong to the next day",
                ),
                false => (
                    "these hours overlap",
                    "with these",
                    "make one interval of the two, or end the one where the other begins",
                ),
            };
            let diagnostic =
                Diagnostic::new(&codes::OVERLAPPING_HOURS, second.span, message).label(first.span, label).help(help);
            self.push(diagnostic);
        }
        Some(hours)
    }

    /// The lists of intervals by date.
    fn by_date(&mut self, key: &str, value: Option<&Value>) -> Vec<(String, NaiveDate, Value)> {
        let pointer = at("", key);
        let dates = match value {
            None => return Vec::new(),
            Some(Value::Object(dates)) => dates,
            Some(_) => {
                self.wrong(
                    &pointer,
                    format!("`{key}` is no list of dates"),
                    "write `2025-12-31: [\"09:00-12:00\"]`, indented, a line each",
                );
                return Vec::new();
            }
        };
        let mut found: Vec<(String, NaiveDate, Value)> = Vec::new();
        for (text, intervals) in dates {
            let pointer = at(&pointer, text);
            let span = self.key_span(&pointer);
            if let Some(date) = self.date(text, span) {
                found.push((pointer, date, intervals.clone()));
            }
        }
        found
    }
}

/// The pointer of a key under another.
fn at(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn sample(key: &str) -> &'static str {
    match key {
        "calendar" => "calendar: cn-office",
        "title" => "title: 办公日历",
        "time_zone" => "time_zone: Asia/Shanghai",
        "extends" => "extends: cn-statutory",
        _ => "known_until: 2026-12-31",
    }
}
