//! The entries of `holidays` and `workdays`: a date or several, with a name.

use super::{LONGEST_RANGE, Reader, Said, at};
use crate::calendar::{Hours, Workday};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use chrono::NaiveDate;
use serde_json::{Map, Value};

/// Some dates with a name.
struct Entry {
    pointer: String,
    from: NaiveDate,
    to: NaiveDate,
    name: String,
    hours: Option<Value>,
    span: Span,
}

impl Entry {
    fn dates(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let to = self.to;
        self.from.iter_days().take_while(move |date| *date <= to)
    }
}

impl Reader<'_> {
    pub(super) fn holidays(&mut self, value: Option<&Value>) {
        for entry in self.entries("holidays", value, &["date", "from", "to", "name"]) {
            let mut twice: Option<Span> = None;
            for date in entry.dates() {
                let said = Said { what: entry.name.clone(), span: entry.span };
                if let Some(before) =
                    self.calendar.holidays.insert(date, said).filter(|before| before.what != entry.name)
                {
                    twice = twice.or(Some(before.span));
                }
            }
            self.listed_twice(&entry, twice, "another name");
        }
    }

    pub(super) fn workdays(&mut self, value: Option<&Value>) {
        for mut entry in self.entries("workdays", value, &["date", "from", "to", "name", "hours"]) {
            let hours = match entry.hours.take() {
                None => None,
                Some(intervals) => {
                    let Some(hours) = self.intervals(&format!("{}/hours", entry.pointer), &intervals, true) else {
                        continue;
                    };
                    Some(hours.into_iter().map(|one| one.what).collect::<Vec<Hours>>())
                }
            };
            let workday = Workday { name: entry.name.clone(), hours };
            let mut twice: Option<Span> = None;
            for date in entry.dates() {
                let said = Said { what: workday.clone(), span: entry.span };
                if let Some(before) = self.calendar.workdays.insert(date, said).filter(|before| before.what != workday)
                {
                    twice = twice.or(Some(before.span));
                }
            }
            self.listed_twice(&entry, twice, "another name or other hours");
        }
    }

    fn listed_twice(&mut self, entry: &Entry, before: Option<Span>, with: &str) {
        let Some(before) = before else { return };
        let diagnostic = Diagnostic::new(
            &codes::DATE_LISTED_TWICE,
            entry.span,
            format!("a date of this line is listed before, with {with}"),
        )
        .label(before, "here; what stands later holds")
        .help("leave the date in one of the two");
        self.push(diagnostic);
    }

    /// The entries of `holidays` or `workdays` that name their dates.
    fn entries(&mut self, key: &str, value: Option<&Value>, known: &[&'static str]) -> Vec<Entry> {
        let items = match value {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                let help = "write one entry a line, each after `- `: `- {date: 2025-01-01, name: 元旦}`";
                self.wrong(&at("", key), format!("`{key}` is no list"), help);
                return Vec::new();
            }
        };
        let mut entries: Vec<Entry> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let pointer = format!("/{key}/{index}");
            match item {
                Value::Object(fields) => entries.extend(self.entry(pointer, fields, key, known)),
                _ => self.wrong(
                    &pointer,
                    format!("this entry of `{key}` is not a date with a name"),
                    "write `{date: 2025-01-01, name: 元旦}`",
                ),
            }
        }
        entries
    }

    fn entry(
        &mut self,
        pointer: String,
        fields: &Map<String, Value>,
        list: &str,
        known: &[&'static str],
    ) -> Option<Entry> {
        let mut meant: Vec<&str> = Vec::new();
        for key in fields.keys().filter(|key| !known.contains(&key.as_str())) {
            meant.extend(self.unknown_key(&at(&pointer, key), key, known, &format!("an entry of `{list}`")));
        }
        let is_given = |key: &str| fields.contains_key(key) || meant.contains(&key);
        let mut missing: Vec<(&str, &str)> = Vec::new();
        match (is_given("date"), is_given("from"), is_given("to")) {
            (false, false, false) => {
                missing.push(("date", "add `date: 2025-01-01`, or `from` and `to` for several days"))
            }
            (false, true, false) => missing.push(("to", "add `to`, the last day, or write `date` for a single one")),
            (false, false, true) => {
                missing.push(("from", "add `from`, the first day, or write `date` for a single one"))
            }
            _ => {}
        }
        if !is_given("name") {
            missing.push(("name", "say what the day is called, as people will read it"));
        }
        for (key, help) in missing {
            let span = self.span(&pointer);
            let message = format!("this entry of `{list}` has no `{key}`");
            self.push(Diagnostic::new(&codes::MISSING_CALENDAR_KEY, span, message).help(help));
        }
        if is_given("date") && (is_given("from") || is_given("to")) {
            self.wrong(
                &pointer,
                "this entry has both `date` and a range",
                "write `date` for one day, or `from` and `to` for several",
            );
            return None;
        }
        let name = match fields.get("name").map(|name| self.text_of(&at(&pointer, "name"), name)) {
            Some(Some(name)) => name,
            Some(None) => {
                self.wrong(
                    &at(&pointer, "name"),
                    "`name` is not text",
                    "say what the day is called, as people will read it",
                );
                return None;
            }
            None => return None,
        };
        let mut date = |key: &str| {
            let pointer = at(&pointer, key);
            let value = fields.get(key)?;
            let text = self.text_of(&pointer, value).unwrap_or_default();
            let span = self.span(&pointer);
            self.date(&text, span)
        };
        let (from, to) = match fields.contains_key("date") {
            true => date("date").map(|date| (date, date))?,
            false => {
                let (from, to) = (date("from"), date("to"));
                from.zip(to)?
            }
        };
        let span = self.span(&pointer);
        if to < from {
            self.bad_date(
                span,
                format!("the range ends on {to}, before it begins"),
                "`from` is the first day and `to` the last",
            );
            return None;
        }
        if (to - from).num_days() > LONGEST_RANGE {
            self.bad_date(span, "the range is longer than a year".to_owned(), "look for a slip in one of the years");
            return None;
        }
        Some(Entry { pointer, from, to, name, hours: fields.get("hours").cloned(), span })
    }
}
