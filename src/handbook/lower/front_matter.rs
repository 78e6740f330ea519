//! The front matter.

use super::super::Meta;
use crate::calendar::{DayEnd, Zone, parse_date};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::yaml;
use crate::source::{FileId, Sources, Span};
use crate::syntax::tree::{BlockKind, Tree};
use chrono::NaiveDate;
use serde_json::{Map, Value};

const REQUIRED: &[&str] = &["handbook", "title", "edition", "in_force"];
const KNOWN: &[&str] = &[
    "handbook",
    "title",
    "edition",
    "in_force",
    "until",
    "time_zone",
    "calendar",
    "days_end",
    "locale",
    "extends",
    "requirements",
];

/// Reads the front matter. `None`, with the reason reported, when it cannot name a handbook.
pub fn meta(sources: &Sources, tree: &Tree, file: FileId, diagnostics: &mut Vec<Diagnostic>) -> Option<Meta> {
    let Some(BlockKind::FrontMatter(span)) = tree.blocks.first().map(|block| &block.kind) else {
        let is_below = sources.file(file).text.trim_start().starts_with("---");
        diagnostics.push(
            Diagnostic::new(&codes::NO_FRONT_MATTER, Span::new(file, 0..0), "this file does not begin with front matter")
                .maybe_help(is_below.then(|| "move the front matter to the first line: nothing may stand above its `---`".to_owned()))
                .help("begin the file with lines like `---`, `handbook: my-handbook`, `title: …`, `edition: \"1\"`, `in_force: 2025-01-01`, `---`"),
        );
        return None;
    };
    let text: &str = sources.text(*span);
    let fields: Map<String, Value> = match yaml::parse(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(Value::Null) => Map::new(),
        Ok(_) => {
            diagnostics.push(
                Diagnostic::new(&codes::BAD_FRONT_MATTER, *span, "the front matter is no list of `key: value` lines")
                    .help("write one `key: value` a line"),
            );
            return None;
        }
        Err(error) => {
            diagnostics.push(unreadable(*span, text, &error));
            return None;
        }
    };
    let mut reader = FrontMatter { text, span: *span, outline: yaml::outline(text), fields: &fields, diagnostics };
    let meant: Vec<&str> = fields.keys().filter_map(|key| reader.check_key(key)).collect();
    // A misspelt key has been reported; it is not missing too.
    let missing: Vec<&str> =
        REQUIRED.iter().copied().filter(|key| !fields.contains_key(*key) && !meant.contains(key)).collect();
    if !missing.is_empty() {
        let shown: Vec<String> = missing.iter().map(|key| format!("`{key}`")).collect();
        let place = Span { end: span.start, ..*span };
        reader.diagnostics.push(
            Diagnostic::new(
                &codes::MISSING_FRONT_MATTER_KEY,
                place,
                format!("the front matter lacks {}", shown.join(", ")),
            )
            .help(format!("add a line such as `{}`", sample(missing[0]))),
        );
    }
    let id = reader.id();
    let title = reader.text_of("title");
    let edition = reader.text_of("edition");
    let in_force = reader.date_of("in_force");
    let until = reader.date_of("until");
    if let (Some(from), Some(until)) = (in_force, until)
        && until < from
    {
        let place = reader.place_of("until");
        reader.diagnostics.push(
            Diagnostic::new(&codes::BACKWARD_DATES, place, "the edition ends before it begins")
                .help("`until` is the last date on which the edition judges; it lies after `in_force`"),
        );
    }
    let zone = reader.zone();
    let calendar = reader.text_of("calendar");
    let day_end = reader.day_end();
    let locale = reader.text_of("locale");
    if fields.contains_key("extends") {
        let place = reader.place_of("extends");
        reader.diagnostics.push(
            Diagnostic::new(&codes::EXTENDS_NOT_EVALUATED, place, "this version does not evaluate `extends`")
                .help("write the shared rules into this handbook"),
        );
    }
    Some(Meta {
        id: id?,
        title: title?,
        edition: edition?,
        in_force: in_force?,
        until,
        zone: zone?,
        calendar,
        day_end,
        locale,
    })
}

/// Where the value of a key stands in a front matter that could be read; else the file's beginning.
pub fn place_of(sources: &Sources, tree: &Tree, file: FileId, key: &str) -> Span {
    let Some(BlockKind::FrontMatter(span)) = tree.blocks.first().map(|block| &block.kind) else {
        return Span::new(file, 0..0);
    };
    let outline = yaml::outline(sources.text(*span));
    let start = span.start as usize;
    let place = outline.place(&format!("/{key}")).map(|place| start + place.value.start..start + place.value.end);
    place.map_or(*span, |range| Span::new(file, range))
}

/// What the YAML parser says, in an author's words where they are known.
pub fn spoken(error: &yaml::YamlError) -> &str {
    if error.message.starts_with("mapping values are not allowed") {
        "a second `: ` stands in this line"
    } else if error.message.contains("while scanning a quoted scalar") {
        "a quote is never closed"
    } else if error.message.starts_with("did not find expected") {
        "this line is not indented like those around it, or a bracket or quote before it is never closed"
    } else {
        &error.message
    }
}

/// Front matter that is no YAML. What the parser says is put into an author's words where they are known.
fn unreadable(span: Span, text: &str, error: &yaml::YamlError) -> Diagnostic {
    let start = span.start as usize;
    let mut at = error.offset.min(text.len());
    let mut message = format!("the front matter cannot be read: {}", spoken(error));
    let mut help = "write one `key: value` a line; put a value with `:` or `#` into quotes";
    let wide = text
        .find('：')
        .filter(|wide| !text[text[..*wide].rfind('\n').map_or(0, |line| line + 1)..*wide].contains([':', '"', '#']));
    if let Some(wide) = wide.filter(|_| !error.is_refused) {
        at = wide;
        message = "`：` does not end a key".to_owned();
        help = "write `:` in half width, and a blank after it";
    } else if error.message.starts_with("mapping values are not allowed") {
        message = spoken(error).to_owned();
        help = "put the value into quotes: `title: \"规范: 第二版\"`";
    } else if error.message.contains("while scanning a quoted scalar") {
        let open = text.split_inclusive('\n').scan(0, |sum, line| {
            *sum += line.len();
            Some((*sum - line.len(), line))
        });
        let quote = open
            .filter(|(_, line)| line.matches('"').count() % 2 == 1)
            .find_map(|(from, line)| line.rfind('"').map(|column| from + column));
        at = quote.unwrap_or(at);
        message = "this quote is never closed".to_owned();
        help = "close it on the same line";
    }
    let code = if error.is_refused { &codes::UNSAFE_YAML } else { &codes::BAD_FRONT_MATTER };
    let width = text[at..].chars().next().filter(|letter| !letter.is_whitespace()).map_or(0, char::len_utf8);
    Diagnostic::new(code, Span::new(span.file, start + at..start + at + width), message).help(help)
}

struct FrontMatter<'a> {
    text: &'a str,
    span: Span,
    outline: yaml::Outline,
    fields: &'a Map<String, Value>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl FrontMatter<'_> {
    /// Reports a key that is none, and gives the one it was meant to be.
    fn check_key(&mut self, key: &str) -> Option<&'static str> {
        if KNOWN.contains(&key) {
            return None;
        }
        let meant: Option<&'static str> = nearest(key, KNOWN.iter().copied());
        let near = meant.map(|near| format!("did you mean `{near}`?"));
        let list = near.is_none().then(|| format!("the keys are `{}`", KNOWN.join("`, `")));
        let place = self.key_place(key);
        self.diagnostics.push(
            Diagnostic::new(&codes::UNKNOWN_FRONT_MATTER_KEY, place, format!("`{key}` is no key of the front matter"))
                .maybe_help(near)
                .maybe_help(list),
        );
        meant
    }

    fn key_place(&self, key: &str) -> Span {
        let place = self.outline.place(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
        place.and_then(|place| place.key.clone()).map_or(self.span, |range| self.at(range))
    }

    /// Where a key's value stands.
    fn place_of(&self, key: &str) -> Span {
        self.outline.place(&format!("/{key}")).map_or(self.span, |place| self.at(place.value.clone()))
    }

    fn at(&self, range: std::ops::Range<usize>) -> Span {
        let start = self.span.start as usize;
        Span::new(self.span.file, start + range.start..start + range.end)
    }

    fn wrong(&mut self, key: &str, message: String, help: String) {
        let place = self.place_of(key);
        self.diagnostics.push(Diagnostic::new(&codes::BAD_FRONT_MATTER, place, message).help(help));
    }

    /// Text of a key; a figure counts as the text it was written as. `None` for a key that is not there.
    fn text_of(&mut self, key: &str) -> Option<String> {
        match self.fields.get(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(_) => {
                let place = self.place_of(key);
                let start = (place.start - self.span.start) as usize;
                let end = (place.end - self.span.start) as usize;
                Some(self.text.get(start..end).unwrap_or("").to_owned())
            }
            _ => {
                self.wrong(key, format!("`{key}` is not text"), format!("write a line such as `{}`", sample(key)));
                None
            }
        }
    }

    fn id(&mut self) -> Option<String> {
        let id = self.text_of("handbook")?;
        let is_plain = id.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.'));
        if !is_plain {
            self.wrong(
                "handbook",
                format!("`{id}` is no id for a handbook"),
                "an id has letters, digits, `-`, `_` and `.` only; it stands in addresses".to_owned(),
            );
            return None;
        }
        Some(id)
    }

    fn date_of(&mut self, key: &str) -> Option<NaiveDate> {
        let text = self.text_of(key)?;
        match parse_date(&text) {
            Ok(date) => Some(date),
            Err(_) => {
                self.wrong(
                    key,
                    format!("`{text}` is no date"),
                    "a date is written like 2025-03-03, and is one that the calendar has".to_owned(),
                );
                None
            }
        }
    }

    fn day_end(&mut self) -> DayEnd {
        match self.text_of("days_end").as_deref() {
            None | Some("close") => DayEnd::Close,
            Some("same time of day") => DayEnd::SameTimeOfDay,
            Some(other) => {
                let help = "write `days_end: close`, the close of the last day, or `days_end: same time of day`";
                self.wrong("days_end", format!("`{other}` is no way in which a limit in days ends"), help.to_owned());
                DayEnd::Close
            }
        }
    }

    fn zone(&mut self) -> Option<Zone> {
        if !self.fields.contains_key("time_zone") {
            return Some(Zone::UTC);
        }
        let name = self.text_of("time_zone")?;
        let zone = Zone::parse(&name);
        if zone.is_none() {
            let near = nearest(&name, Zone::names()).unwrap_or("Asia/Shanghai");
            self.wrong(
                "time_zone",
                format!("there is no time zone `{name}`"),
                format!("write a name of the IANA database, such as `{near}`"),
            );
        }
        zone
    }
}

fn sample(key: &str) -> &'static str {
    match key {
        "handbook" => "handbook: ecommerce",
        "title" => "title: 客户服务规范",
        "edition" => "edition: \"2025.1\"",
        "in_force" => "in_force: 2025-01-01",
        "until" => "until: 2025-12-31",
        "time_zone" => "time_zone: Asia/Shanghai",
        "calendar" => "calendar: cn-office",
        "days_end" => "days_end: close",
        _ => "locale: zh-CN",
    }
}
