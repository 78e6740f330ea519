//! What happened to a ticket and what was said: its events and its messages.

use super::json::{AnyScalar, Fields, Items, ObjectOf, Scalar};
use super::read::{FactValue, Found, Reading, clipped, status};
use super::{Change, Message, Value};
use crate::calendar::Instant;
use crate::diagnostic::codes;
use crate::handbook::OPENED;
use crate::syntax::tree::Speaker;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A ticket has no more events, and no more messages.
const MOST_ITEMS: usize = 10_000;

/// Its events tell of no more changes of facts.
const MOST_CHANGES: usize = 1_000;

/// The ticket's events.
pub struct Events<'r, 's, 'a> {
    pub reading: &'r Reading<'s>,
    pub found: &'r mut Found<'a>,
    pub index: usize,
}

impl<'de> Items<'de> for Events<'_, '_, 'de> {
    fn refuse(&mut self, found: &'static str) {
        self.reading.wrong_type("/events".to_owned(), "a list", found);
    }

    fn items<A: SeqAccess<'de>>(&mut self, mut items: A) -> Result<(), A::Error> {
        let blank = |index: usize| EventFields {
            named: Named::new(self.reading, "/events", index, ["event", "at", "name"]),
            to: None,
            from: None,
        };
        while let Some(fields) = items.next_element_seed(ObjectOf(blank(self.index)))? {
            event(self.reading, self.found, self.index, fields);
            self.index += 1;
            if self.index == MOST_ITEMS {
                return the_rest(self.reading, "/events", items);
            }
        }
        Ok(())
    }
}

/// The ticket's messages: who wrote, and when. Their texts are for rules about conversations.
pub struct Messages<'r, 's, 'a> {
    pub reading: &'r Reading<'s>,
    pub found: &'r mut Found<'a>,
    pub index: usize,
}

impl<'de> Items<'de> for Messages<'_, '_, 'de> {
    fn refuse(&mut self, found: &'static str) {
        self.reading.wrong_type("/messages".to_owned(), "a list", found);
    }

    fn items<A: SeqAccess<'de>>(&mut self, mut items: A) -> Result<(), A::Error> {
        let blank = |index: usize| Named::new(self.reading, "/messages", index, ["from", "text", "at"]);
        while let Some(fields) = items.next_element_seed(ObjectOf(blank(self.index)))? {
            message(self.reading, self.found, self.index, fields);
            self.index += 1;
            if self.index == MOST_ITEMS {
                return the_rest(self.reading, "/messages", items);
            }
        }
        Ok(())
    }
}

/// Reads over what is too many, and says so.
fn the_rest<'de, A: SeqAccess<'de>>(reading: &Reading, list: &str, mut items: A) -> Result<(), A::Error> {
    let mut more: usize = 0;
    while items.next_element::<IgnoredAny>()?.is_some() {
        more += 1;
    }
    if more > 0 {
        let message = format!("there are {} items here, and a ticket may have {MOST_ITEMS}", MOST_ITEMS + more);
        let help = Some("send what matters for the rules, the latest first of all".to_owned());
        reading.violation(&codes::TOO_MANY_ITEMS, list.to_owned(), message, help);
    }
    Ok(())
}

/// Three fields of an item, by name: an event's or a message's. What else an item holds is the caller's own.
struct Named<'r, 's, 'de> {
    reading: &'r Reading<'s>,
    list: &'static str,
    index: usize,
    names: [&'static str; 3],
    values: [Option<Scalar<'de>>; 3],
    is_object: bool,
}

impl<'r, 's> Named<'r, 's, '_> {
    fn new(reading: &'r Reading<'s>, list: &'static str, index: usize, names: [&'static str; 3]) -> Self {
        Named { reading, list, index, names, values: [None, None, None], is_object: true }
    }

    fn pointer(&self, place: usize) -> String {
        format!("{}/{}/{}", self.list, self.index, self.names[place])
    }
}

impl<'de> Named<'_, '_, 'de> {
    /// A text that must be there.
    fn required(&mut self, place: usize) -> Option<Cow<'de, str>> {
        let name = self.names[place];
        match self.values[place].take() {
            Some(Scalar::Text(text)) => Some(text),
            None | Some(Scalar::Null) => {
                let help = Some(format!("add `\"{name}\": \"…\"`"));
                self.reading.violation(
                    &codes::MISSING_FIELD,
                    self.pointer(place),
                    format!("`{name}` is missing here"),
                    help,
                );
                None
            }
            Some(other) => {
                self.reading.wrong_type(self.pointer(place), "text", other.spoken());
                None
            }
        }
    }
}

impl<'de> Fields<'de> for Named<'_, '_, 'de> {
    fn refuse(&mut self, found: &'static str) {
        self.is_object = false;
        self.reading.wrong_type(format!("{}/{}", self.list, self.index), "an object", found);
    }

    fn field<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, fields: &mut A) -> Result<(), A::Error> {
        let Some(place) = self.names.iter().position(|name| *name == key) else {
            fields.next_value::<IgnoredAny>()?;
            return Ok(());
        };
        let value = fields.next_value_seed(AnyScalar)?;
        if self.values[place].replace(value).is_some() {
            let message = format!("`{key}` stands here twice");
            self.reading.violation(&codes::GIVEN_TWICE, self.pointer(place), message, Some("send it once".to_owned()));
        }
        Ok(())
    }
}

/// The fields of an event. What a fact came from and went to is read once it is known which fact it is.
struct EventFields<'r, 's, 'de> {
    named: Named<'r, 's, 'de>,
    to: Option<&'de RawValue>,
    from: Option<&'de RawValue>,
}

impl<'de> Fields<'de> for EventFields<'_, '_, 'de> {
    fn refuse(&mut self, found: &'static str) {
        self.named.refuse(found);
    }

    fn field<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, fields: &mut A) -> Result<(), A::Error> {
        let place = match key.as_ref() {
            "to" => &mut self.to,
            "from" => &mut self.from,
            _ => return self.named.field(key, fields),
        };
        if place.replace(fields.next_value()?).is_some() {
            let message = format!("`{key}` stands here twice");
            let pointer = format!("/events/{}/{key}", self.named.index);
            self.named.reading.violation(&codes::GIVEN_TWICE, pointer, message, Some("send it once".to_owned()));
        }
        Ok(())
    }
}

fn event<'de>(reading: &Reading, found: &mut Found<'de>, index: usize, mut fields: EventFields<'_, '_, 'de>) {
    if !fields.named.is_object {
        return;
    }
    let (name, at) = (fields.named.required(0), fields.named.required(1));
    let at = at.and_then(|at| reading.instant(|| format!("/events/{index}/at"), &at));
    let Some(name) = name else { return };
    match name.as_ref() {
        "status" => {
            let Some(word) = target(reading, index, fields.to) else { return };
            let to = status(reading, || format!("/events/{index}/to"), &word);
            let from = fields.from.filter(|from| from.get() != "null");
            let from = from.and_then(|from| word_of(reading, format!("/events/{index}/from"), from));
            let from = from.and_then(|word| status(reading, || format!("/events/{index}/from"), &word));
            found.note_event(at, index);
            if let (Some(at), Some(to)) = (at, to) {
                found.note_status(at, to, from);
            }
        }
        "fact" => fact_event(reading, found, index, at, fields),
        known => match reading.schema.events.get(known) {
            Some(event) if *event != OPENED => {
                found.note_event(at, index);
                found.events.extend(at.map(|at| (at, *event)));
            }
            _ => found.ignore(format!("events.{}", clipped(known))),
        },
    }
}

/// The word a status event leads to.
fn target<'de>(reading: &Reading, index: usize, to: Option<&'de RawValue>) -> Option<Cow<'de, str>> {
    let pointer = format!("/events/{index}/to");
    match to.filter(|to| to.get() != "null") {
        Some(to) => word_of(reading, pointer, to),
        None => {
            let help = Some("add `\"to\": \"…\"`".to_owned());
            reading.violation(&codes::MISSING_FIELD, pointer, "`to` is missing here".to_owned(), help);
            None
        }
    }
}

/// A word in quotes.
fn word_of<'de>(reading: &Reading, pointer: String, raw: &'de RawValue) -> Option<Cow<'de, str>> {
    match AnyScalar.deserialize(&mut serde_json::Deserializer::from_str(raw.get())) {
        Ok(Scalar::Text(text)) => Some(text),
        Ok(other) => {
            reading.wrong_type(pointer, "text", other.spoken());
            None
        }
        Err(_) => None,
    }
}

/// `{"event": "fact", "name": "category", "from": "order", "to": "payment", "at": "…"}`: a field took another value.
fn fact_event<'de>(
    reading: &Reading,
    found: &mut Found<'de>,
    index: usize,
    at: Option<Instant>,
    mut fields: EventFields<'_, '_, 'de>,
) {
    let Some(name) = fields.named.required(2) else { return };
    let Some(fact) = reading.schema.fact(&name) else {
        found.ignore(format!("events.fact.{}", clipped(&name)));
        return;
    };
    let Some(to) = fields.to else {
        let help = Some("add `\"to\": …` with the value the field has since, or null where it has none".to_owned());
        reading.violation(
            &codes::MISSING_FIELD,
            format!("/events/{index}/to"),
            "`to` is missing here".to_owned(),
            help,
        );
        return;
    };
    let read = |key: &str, raw: &'de RawValue| {
        let pointer = Some(format!("/events/{index}/{key}"));
        let seed = FactValue { reading, fact, pointer };
        seed.deserialize(&mut serde_json::Deserializer::from_str(raw.get())).unwrap_or(Value::Missing)
    };
    let to = read("to", to);
    let from = fields.from.map(|from| read("from", from));
    found.note_event(at, index);
    found.changes.extend(at.map(|at| Change { at, fact, from, to }));
    if found.changes.len() > MOST_CHANGES {
        found.changes.truncate(MOST_CHANGES);
        let message = format!("this is one change of a fact too many: a ticket may have {MOST_CHANGES}");
        let help = Some("send the latest changes".to_owned());
        reading.violation(&codes::TOO_MANY_ITEMS, format!("/events/{index}"), message, help);
    }
}

fn message(reading: &Reading, found: &mut Found, index: usize, mut fields: Named) {
    if !fields.is_object {
        return;
    }
    let from = fields.required(0);
    let speaker = match from.as_deref() {
        Some("agent") => Some(Speaker::Agent),
        Some("customer") => Some(Speaker::Customer),
        Some("bot") => Some(Speaker::Bot),
        Some(other) => {
            let help = Some("a message is from `agent`, `customer` or `bot`".to_owned());
            let message = format!("nobody called `{}` speaks in a ticket", clipped(other));
            reading.violation(&codes::UNKNOWN_FIELD_VALUE, format!("/messages/{index}/from"), message, help);
            None
        }
        None => None,
    };
    fields.required(1);
    let at = match fields.values[2].take() {
        None | Some(Scalar::Null) => {
            found.untimed.push(index);
            return;
        }
        Some(Scalar::Text(at)) => reading.instant(|| format!("/messages/{index}/at"), &at),
        Some(other) => {
            reading.wrong_type(format!("/messages/{index}/at"), "an instant in quotes", other.spoken());
            None
        }
    };
    found.messages.extend(at.zip(speaker).map(|(at, from)| Message { at, from, position: index }));
}
