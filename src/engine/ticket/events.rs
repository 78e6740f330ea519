//! What happened to a ticket and what was said: its events and its messages.

use super::json::{AnyScalar, Fields, Items, ObjectOf, Scalar};
use super::read::{Found, MOST_VIOLATIONS, Reading, clipped, status};
use crate::diagnostic::codes;
use crate::handbook::OPENED;
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use std::borrow::Cow;

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
        let blank = |index: usize| Named::new(self.reading, "/events", index, ["event", "at", "to"]);
        while let Some(fields) = items.next_element_seed(ObjectOf(blank(self.index)))? {
            event(self.reading, self.found, self.index, fields);
            self.index += 1;
        }
        Ok(())
    }
}

/// The ticket's messages. Their texts are for rules about conversations; here only their shape is checked.
pub struct Messages<'r, 's> {
    pub reading: &'r Reading<'s>,
    pub index: usize,
}

impl<'de> Items<'de> for Messages<'_, '_> {
    fn refuse(&mut self, found: &'static str) {
        self.reading.wrong_type("/messages".to_owned(), "a list", found);
    }

    fn items<A: SeqAccess<'de>>(&mut self, mut items: A) -> Result<(), A::Error> {
        let blank = |index: usize| Named::new(self.reading, "/messages", index, ["from", "text", "at"]);
        while let Some(fields) = items.next_element_seed(ObjectOf(blank(self.index)))? {
            message(self.reading, self.index, fields);
            self.index += 1;
        }
        Ok(())
    }
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

fn event(reading: &Reading, found: &mut Found, index: usize, mut fields: Named) {
    if !fields.is_object {
        return;
    }
    let (name, at) = (fields.required(0), fields.required(1));
    let at = at.and_then(|at| reading.instant(|| format!("/events/{index}/at"), &at));
    let Some(name) = name else { return };
    match name.as_ref() {
        "status" => {
            let Some(word) = fields.required(2) else { return };
            let status = status(reading, || format!("/events/{index}/to"), &word);
            found.statuses.extend(at.zip(status));
        }
        "fact" => {
            let help = Some("send the values the ticket has now as its fields".to_owned());
            let message = "this version does not evaluate the history of facts".to_owned();
            reading.violation(&codes::FACT_HISTORY_NOT_EVALUATED, format!("/events/{index}/event"), message, help);
        }
        known => match reading.schema.events.get(known) {
            Some(event) if *event != OPENED => found.events.extend(at.map(|at| (at, *event))),
            _ if found.ignored.len() < MOST_VIOLATIONS => found.ignored.push(format!("events.{}", clipped(known))),
            _ => {}
        },
    }
}

fn message(reading: &Reading, index: usize, mut fields: Named) {
    if !fields.is_object {
        return;
    }
    if let Some(from) = fields.required(0)
        && !matches!(from.as_ref(), "agent" | "customer" | "bot")
    {
        let help = Some("a message is from `agent`, `customer` or `bot`".to_owned());
        let message = format!("nobody called `{}` speaks in a ticket", clipped(&from));
        reading.violation(&codes::UNKNOWN_FIELD_VALUE, format!("/messages/{index}/from"), message, help);
    }
    fields.required(1);
    match fields.values[2].take() {
        None | Some(Scalar::Null) => {}
        Some(Scalar::Text(at)) => drop(reading.instant(|| format!("/messages/{index}/at"), &at)),
        Some(other) => reading.wrong_type(format!("/messages/{index}/at"), "an instant in quotes", other.spoken()),
    }
}
