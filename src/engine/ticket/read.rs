//! Reading a ticket's JSON: only the fields the handbook names, every violation in one pass.

use super::events::{Events, Messages};
use super::json::{AnyScalar, Fields, Items, ListOf, ObjectOf, Scalar};
use super::schema::{Field, FieldKind, Schema, Words};
use super::{Change, Message, Refusal, Ticket, Value, Violation};
use crate::calendar::Instant;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, codes};
use crate::handbook::{Decimal, FactId, OPEN, StatusId};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::RefCell;

/// A reading stops listing after so many violations.
pub const MOST_VIOLATIONS: usize = 100;

/// Reads one ticket.
///
/// # Errors
/// Every violation found, when there is one.
pub fn read<'a>(schema: &Schema, json: &'a [u8]) -> Result<Ticket<'a>, Refusal> {
    let text: &'a str = match std::str::from_utf8(json) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("the ticket is not UTF-8 from byte {} on", error.valid_up_to());
            return Err(refuse(&codes::BAD_JSON, String::new(), message, Some("send JSON in UTF-8".to_owned())));
        }
    };
    let reading = Reading { schema, violations: RefCell::new(Vec::new()) };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut found = Found::new(schema);
    let outcome =
        (&mut deserializer).deserialize_any(ObjectOf(TicketFields { reading: &reading, found: &mut found })).map(drop);
    if let Err(error) = outcome.and_then(|()| deserializer.end()) {
        let message = format!("the ticket is no JSON: {error}");
        return Err(refuse(&codes::BAD_JSON, String::new(), message, Some("send one JSON object".to_owned())));
    }
    found.ticket(reading)
}

fn refuse(code: &'static Code, pointer: String, message: String, help: Option<String>) -> Refusal {
    Refusal { violations: vec![Violation { code, pointer, message, help }] }
}

/// What every visitor shares.
pub struct Reading<'s> {
    pub schema: &'s Schema,
    violations: RefCell<Vec<Violation>>,
}

impl Reading<'_> {
    /// Notes a violation.
    pub fn violation(&self, code: &'static Code, pointer: String, message: String, help: Option<String>) {
        let mut violations = self.violations.borrow_mut();
        if violations.len() < MOST_VIOLATIONS {
            violations.push(Violation { code, pointer, message, help });
        }
    }

    /// Notes a value of the wrong type.
    pub fn wrong_type(&self, pointer: String, wanted: &str, found: &str) {
        let must_be_there = matches!(pointer.as_str(), "" | "/id" | "/opened_at")
            || pointer.starts_with("/events/")
            || pointer.starts_with("/messages/");
        let help = if must_be_there {
            format!("send {wanted} here")
        } else {
            format!("send {wanted} here, or leave the field out")
        };
        self.violation(&codes::WRONG_TYPE, pointer, format!("this is {found}, not {wanted}"), Some(help));
    }

    /// Reads an instant, or notes that it is none.
    pub fn instant(&self, pointer: impl Fn() -> String, text: &str) -> Option<Instant> {
        match self.schema.zone.read(text) {
            Ok(at) => Some(at),
            Err(problem) => {
                self.violation(
                    &codes::BAD_INSTANT,
                    pointer(),
                    format!("`{}` is no instant", clipped(text)),
                    Some(problem),
                );
                None
            }
        }
    }

    fn word(&self, pointer: impl Fn() -> String, words: &Words, word: &str) -> Option<u32> {
        let found = words.position(word);
        if found.is_none() {
            let help = match nearest(word, words.spoken.iter().map(String::as_str)) {
                Some(near) => format!("a value that is close: `{near}`"),
                None => {
                    let shown: Vec<&str> = words.spoken.iter().take(20).map(String::as_str).collect();
                    format!("the values are `{}`", shown.join("`, `"))
                }
            };
            self.violation(
                &codes::UNKNOWN_FIELD_VALUE,
                pointer(),
                format!("there is no value `{}` for this field", clipped(word)),
                Some(help),
            );
        }
        found
    }
}

/// A caller's text, short enough for a message.
pub fn clipped(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// `customer.level` as `/customer/level`.
fn fact_pointer(schema: &Schema, fact: FactId) -> String {
    format!("/{}", schema.names[fact.0].replace('.', "/"))
}

/// What has been found so far.
pub struct Found<'a> {
    id: Option<Cow<'a, str>>,
    opened_at: Option<Instant>,
    status: Option<StatusId>,
    /// Built-in fields seen, so that a second one is noticed: id, opened_at, status, events, messages.
    seen: [bool; 5],
    seen_facts: Vec<bool>,
    facts: Vec<Value<'a>>,
    pub events: Vec<(Instant, crate::handbook::EventId)>,
    pub statuses: Vec<(Instant, StatusId)>,
    pub messages: Vec<Message>,
    pub untimed: Vec<usize>,
    pub changes: Vec<Change<'a>>,
    ignored: Vec<String>,
    /// The first change of status: when, to which, and from which where it says.
    first_status: Option<(Instant, StatusId, Option<StatusId>)>,
    /// The earliest event, with its position.
    first_event: Option<(Instant, usize)>,
}

impl<'a> Found<'a> {
    fn new(schema: &Schema) -> Self {
        Found {
            id: None,
            opened_at: None,
            status: None,
            seen: [false; 5],
            seen_facts: vec![false; schema.kinds.len()],
            facts: vec![Value::Missing; schema.kinds.len()],
            events: Vec::new(),
            statuses: Vec::new(),
            messages: Vec::new(),
            untimed: Vec::new(),
            changes: Vec::new(),
            ignored: Vec::new(),
            first_status: None,
            first_event: None,
        }
    }

    /// Notes a change of status. What the first comes from is what the ticket had before.
    pub fn note_status(&mut self, at: Instant, to: StatusId, from: Option<StatusId>) {
        self.statuses.push((at, to));
        let first = |known: &(Instant, StatusId, Option<StatusId>)| (at, to, from) < *known;
        if self.first_status.as_ref().is_none_or(first) {
            self.first_status = Some((at, to, from));
        }
    }

    /// Notes a field or an event that the handbook does not know.
    pub fn ignore(&mut self, name: String) {
        if self.ignored.len() < MOST_VIOLATIONS {
            self.ignored.push(name);
        }
    }

    /// Notes when an event was, so that none lies before the opening.
    pub fn note_event(&mut self, at: Option<Instant>, index: usize) {
        let this = at.map(|at| (at, index));
        self.first_event = self.first_event.into_iter().chain(this).min();
    }

    fn ticket(mut self, reading: Reading) -> Result<Ticket<'a>, Refusal> {
        let is_object = !reading.violations.borrow().iter().any(|violation| violation.pointer.is_empty());
        if is_object && !self.seen[0] {
            reading.violation(
                &codes::MISSING_FIELD,
                "/id".to_owned(),
                "the ticket has no `id`".to_owned(),
                Some("add `\"id\": \"T-1\"`".to_owned()),
            );
        }
        if is_object && !self.seen[1] {
            let help = Some("add `\"opened_at\": \"2025-03-03T10:00:00+08:00\"`".to_owned());
            reading.violation(
                &codes::MISSING_FIELD,
                "/opened_at".to_owned(),
                "the ticket has no `opened_at`".to_owned(),
                help,
            );
        }
        if let (Some(opened), Some((at, index))) = (self.opened_at, self.first_event)
            && at < opened
        {
            let zone = reading.schema.zone;
            reading.violation(
                &codes::EVENT_BEFORE_OPENING,
                format!("/events/{index}/at"),
                format!("this event is at {}, and the ticket was opened at {}", zone.format(at), zone.format(opened)),
                Some("correct one of the two: a ticket begins with its opening".to_owned()),
            );
        }
        let violations = reading.violations.into_inner();
        match (self.id, self.opened_at) {
            (Some(id), Some(opened_at)) if violations.is_empty() => {
                // Events come in any order; those of one instant stand as the handbook declares them.
                self.events.sort_unstable();
                self.statuses.sort_unstable();
                // Messages of one instant stay as they were said.
                self.messages.sort_by_key(|message| message.at);
                self.changes = settled(self.changes, &self.facts);
                self.ignored.sort_unstable();
                self.ignored.dedup();
                let came_from = self.first_status.and_then(|(.., from)| from);
                let status = came_from.or(self.status).unwrap_or(OPEN);
                Ok(Ticket {
                    id,
                    opened_at,
                    status,
                    facts: self.facts,
                    events: self.events,
                    statuses: self.statuses,
                    messages: self.messages,
                    untimed: self.untimed,
                    changes: self.changes,
                    ignored: self.ignored,
                })
            }
            _ => Err(Refusal { violations }),
        }
    }
}

/// Changes by instant, the greatest value of an instant last. What a field had before its first change stands with that
/// change alone: what it came from where that is said, else what the ticket gives.
fn settled<'a>(mut changes: Vec<Change<'a>>, facts: &[Value<'a>]) -> Vec<Change<'a>> {
    changes.sort_by(|a, b| (a.at, a.fact, &a.to, &a.from).cmp(&(b.at, b.fact, &b.to, &b.from)));
    for first in 0..changes.len() {
        let Change { at, fact, .. } = changes[first];
        if changes[..first].iter().any(|change| change.fact == fact) {
            changes[first].from = None;
            continue;
        }
        let at_once = changes[first..].iter().filter(|change| change.at == at && change.fact == fact);
        let told = at_once.filter_map(|change| change.from.clone()).next();
        changes[first].from = Some(told.unwrap_or_else(|| facts[fact.0].clone()));
    }
    changes
}

/// The ticket itself.
struct TicketFields<'r, 's, 'a> {
    reading: &'r Reading<'s>,
    found: &'r mut Found<'a>,
}

impl<'de> Fields<'de> for TicketFields<'_, '_, 'de> {
    fn refuse(&mut self, found: &'static str) {
        self.reading.wrong_type(String::new(), "a JSON object", found);
    }

    fn field<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, fields: &mut A) -> Result<(), A::Error> {
        let TicketFields { reading, found } = self;
        let built_in = match key.as_ref() {
            "id" => 0,
            "opened_at" => 1,
            "status" => 2,
            "events" => 3,
            "messages" => 4,
            _ => return field(reading, found, 0, &key, fields),
        };
        if std::mem::replace(&mut found.seen[built_in], true) {
            reading.violation(
                &codes::GIVEN_TWICE,
                format!("/{key}"),
                format!("`{key}` stands in the ticket twice"),
                Some("send it once".to_owned()),
            );
            fields.next_value::<IgnoredAny>()?;
            return Ok(());
        }
        match built_in {
            0 => match fields.next_value_seed(AnyScalar)? {
                Scalar::Text(id) => found.id = Some(id),
                other => reading.wrong_type("/id".to_owned(), "text", other.spoken()),
            },
            1 => match fields.next_value_seed(AnyScalar)? {
                Scalar::Text(text) => found.opened_at = reading.instant(|| "/opened_at".to_owned(), &text),
                other => reading.wrong_type("/opened_at".to_owned(), "an instant in quotes", other.spoken()),
            },
            2 => match fields.next_value_seed(AnyScalar)? {
                Scalar::Text(word) => found.status = status(reading, || "/status".to_owned(), &word),
                Scalar::Null => {}
                other => reading.wrong_type("/status".to_owned(), "text", other.spoken()),
            },
            3 => fields.next_value_seed(ListOf(Events { reading, found, index: 0 })).map(drop)?,
            _ => fields.next_value_seed(ListOf(Messages { reading, found, index: 0 })).map(drop)?,
        }
        Ok(())
    }
}

pub fn status(reading: &Reading, pointer: impl Fn() -> String, word: &str) -> Option<StatusId> {
    reading.word(pointer, &reading.schema.statuses, word).map(|position| StatusId(position as usize))
}

/// A field of an object: a fact, an object of facts, or one that nobody declared.
fn field<'de, A: MapAccess<'de>>(
    reading: &Reading,
    found: &mut Found<'de>,
    object: usize,
    key: &str,
    fields: &mut A,
) -> Result<(), A::Error> {
    let schema = reading.schema;
    match schema.objects[object].fields.get(key) {
        Some(Field::Fact(fact)) => {
            if std::mem::replace(&mut found.seen_facts[fact.0], true) {
                let pointer = fact_pointer(schema, *fact);
                reading.violation(
                    &codes::GIVEN_TWICE,
                    pointer,
                    format!("`{key}` stands in the ticket twice"),
                    Some("send it once".to_owned()),
                );
                fields.next_value::<IgnoredAny>()?;
                return Ok(());
            }
            found.facts[fact.0] = fields.next_value_seed(FactValue { reading, fact: *fact, pointer: None })?;
            Ok(())
        }
        Some(Field::Object(inner)) => {
            fields.next_value_seed(ObjectOf(Inner { reading, found, object: *inner })).map(drop)
        }
        None => {
            fields.next_value::<IgnoredAny>()?;
            found.ignore(format!("{}{}", schema.objects[object].path, clipped(key)));
            Ok(())
        }
    }
}

/// An object of facts inside the ticket.
struct Inner<'r, 's, 'a> {
    reading: &'r Reading<'s>,
    found: &'r mut Found<'a>,
    object: usize,
}

impl<'de> Fields<'de> for Inner<'_, '_, 'de> {
    fn refuse(&mut self, found: &'static str) {
        if found != "null" {
            let path = self.reading.schema.objects[self.object].path.trim_end_matches('.').replace('.', "/");
            self.reading.wrong_type(format!("/{path}"), "an object", found);
        }
    }

    fn field<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, fields: &mut A) -> Result<(), A::Error> {
        field(self.reading, self.found, self.object, &key, fields)
    }
}

/// The value of a field, read as its fact declares it.
pub struct FactValue<'r, 's> {
    pub reading: &'r Reading<'s>,
    pub fact: FactId,
    /// Where it stands, where that is not the fact's own place.
    pub pointer: Option<String>,
}

impl<'de> DeserializeSeed<'de> for FactValue<'_, '_> {
    type Value = Value<'de>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value<'de>, D::Error> {
        value(self.reading, self.fact, || self.pointer.clone(), deserializer)
    }
}

fn value<'de, D: Deserializer<'de>>(
    reading: &Reading,
    fact: FactId,
    elsewhere: impl Fn() -> Option<String>,
    deserializer: D,
) -> Result<Value<'de>, D::Error> {
    let schema = reading.schema;
    let pointer = || elsewhere().unwrap_or_else(|| fact_pointer(schema, fact));
    let kind: &FieldKind = &schema.kinds[fact.0];
    let wanted: &str = match kind {
        FieldKind::Number(range) => {
            let raw: &'de RawValue = serde::Deserialize::deserialize(deserializer)?;
            return Ok(number(reading, pointer, raw.get(), *range));
        }
        FieldKind::ListOf(words) => {
            let mut positions: Vec<u32> = Vec::new();
            let texts = ListOf(Texts { reading, pointer: &pointer, texts: None }).deserialize(deserializer)?.texts;
            let Some(texts) = texts else { return Ok(Value::Missing) };
            for (index, word) in texts {
                positions.extend(reading.word(|| format!("{}/{index}", pointer()), words, &word));
            }
            positions.sort_unstable();
            positions.dedup();
            return Ok(if positions.is_empty() { Value::Missing } else { Value::Positions(positions) });
        }
        FieldKind::ListOfText => {
            let texts = ListOf(Texts { reading, pointer: &pointer, texts: None }).deserialize(deserializer)?.texts;
            let texts: Vec<Cow<'de, str>> = texts.into_iter().flatten().map(|(_, text)| text).collect();
            return Ok(if texts.is_empty() { Value::Missing } else { Value::Texts(texts) });
        }
        FieldKind::Text | FieldKind::OneOf(_) => "text",
        FieldKind::YesNo => "true or false",
        FieldKind::Time => "an instant in quotes",
    };
    let scalar = AnyScalar.deserialize(deserializer)?;
    Ok(match (kind, scalar) {
        (_, Scalar::Null) => Value::Missing,
        (FieldKind::Text, Scalar::Text(text)) => {
            if text.trim().is_empty() {
                Value::Missing
            } else {
                Value::Text(text)
            }
        }
        (FieldKind::OneOf(words), Scalar::Text(word)) => {
            reading.word(pointer, words, &word).map_or(Value::Missing, Value::Position)
        }
        (FieldKind::YesNo, Scalar::YesNo(answer)) => Value::Position(u32::from(answer)),
        (FieldKind::YesNo, Scalar::Text(word)) => match word.as_ref() {
            "yes" | "是" => Value::Position(1),
            "no" | "否" => Value::Position(0),
            _ => {
                let help = Some("send true or false, or one of `yes`, `no`, `是`, `否`".to_owned());
                reading.violation(
                    &codes::UNKNOWN_FIELD_VALUE,
                    pointer(),
                    format!("`{}` is neither yes nor no", clipped(&word)),
                    help,
                );
                Value::Missing
            }
        },
        (FieldKind::Time, Scalar::Text(text)) => reading.instant(pointer, &text).map_or(Value::Missing, Value::Time),
        (_, other) => {
            reading.wrong_type(pointer(), wanted, other.spoken());
            Value::Missing
        }
    })
}

fn number<'de>(
    reading: &Reading,
    pointer: impl Fn() -> String,
    raw: &str,
    range: Option<(Decimal, Decimal)>,
) -> Value<'de> {
    if raw == "null" {
        return Value::Missing;
    }
    if !raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        reading.wrong_type(pointer(), "a number", spoken_first(raw));
        return Value::Missing;
    }
    match Decimal::read(raw) {
        Err(problem) => {
            reading.violation(
                &codes::WRONG_TYPE,
                pointer(),
                format!("`{}` cannot be used: {problem}", clipped(raw)),
                Some("send a number with fewer digits".to_owned()),
            );
            Value::Missing
        }
        Ok(figure) => match range.filter(|(low, high)| figure < *low || figure > *high) {
            Some((low, high)) => {
                let help = Some(format!("send a number from {low} to {high}"));
                reading.violation(
                    &codes::UNKNOWN_FIELD_VALUE,
                    pointer(),
                    format!("{figure} lies outside {low} to {high}"),
                    help,
                );
                Value::Missing
            }
            None => Value::Number(figure),
        },
    }
}

fn spoken_first(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'"') => "text",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        _ => "null",
    }
}

/// The texts of a list, each with its position.
struct Texts<'r, 's, 'de, P> {
    reading: &'r Reading<'s>,
    pointer: P,
    texts: Option<Vec<(usize, Cow<'de, str>)>>,
}

impl<'de, P: Fn() -> String> Items<'de> for Texts<'_, '_, 'de, P> {
    fn refuse(&mut self, found: &'static str) {
        self.reading.wrong_type((self.pointer)(), "a list", found);
    }

    fn items<A: SeqAccess<'de>>(&mut self, mut items: A) -> Result<(), A::Error> {
        let texts = self.texts.insert(Vec::new());
        let mut index: usize = 0;
        while let Some(item) = items.next_element_seed(AnyScalar)? {
            match item {
                Scalar::Text(text) => texts.push((index, text)),
                other => self.reading.wrong_type(format!("{}/{index}", (self.pointer)()), "text", other.spoken()),
            }
            index += 1;
        }
        Ok(())
    }
}
