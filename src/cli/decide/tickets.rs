//! Tickets out of a file or a pipe.
//!
//! Says by the content which form it has: one JSON ticket, an array, `{"tickets": […]}`, several documents one after
//! the other, or one ticket a line (NDJSON). Hands out the bytes of each ticket with its place; lines are handed out
//! as they come, all else once it is read. Whether the bytes are a ticket is for the handbook to say.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Cursor};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::lines::{Line, Lines, MAX_BYTES, is_value};

/// Where in its input a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is all there is.
    Whole,
    /// In a list, counted from 0.
    Index(usize),
    /// On a line, counted from 1.
    Line(usize),
}

/// What stands there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    /// The bytes of one value.
    Ticket(&'a [u8]),
    /// Nothing that can be told apart: why.
    Broken(String),
}

/// Why an input gave no tickets, or no more.
#[derive(Debug)]
pub(super) enum ReadError<E> {
    /// There is nothing in it.
    Empty,
    /// The system refuses, and says why.
    Unreadable(io::Error),
    /// Whoever was handed a ticket gave up.
    Stopped(E),
}

/// How tickets that stand on lines are handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Each before the next is waited for. One ticket on one line is then a line, not the whole.
    LineByLine,
    /// The first once it is known whether another follows.
    LookAhead,
}

/// Hands out every ticket of the input, in order.
pub(super) fn each<E>(
    input: &mut dyn BufRead,
    pace: Pace,
    mut take: impl FnMut(Place, Content<'_>) -> Result<(), E>,
) -> Result<(), ReadError<E>> {
    let mut lines = Lines::after(0, input);
    let Some(first) = lines.next().map_err(ReadError::Unreadable)? else { return Err(ReadError::Empty) };
    if !first.is_complete() {
        let mut text: Vec<u8> = first.text;
        let fits: bool = !first.is_cut && lines.rest(&mut text).map_err(ReadError::Unreadable)?;
        if !fits {
            return take(Place::Whole, Content::Broken(too_long())).map_err(ReadError::Stopped);
        }
        if !is_lines(&text) {
            return document(&text, take).map_err(ReadError::Stopped);
        }
        // Lines after all, of which the first is broken.
        let mut text = Cursor::new(text);
        return each_line(Vec::new(), Lines::after(first.number - 1, &mut text), take);
    }
    if pace == Pace::LineByLine && first.text.starts_with(b"{") && wrapped(&first.text).is_none() {
        return each_line(vec![first], lines, take);
    }
    match lines.next().map_err(ReadError::Unreadable)? {
        None => document(&first.text, take).map_err(ReadError::Stopped),
        Some(second) => each_line(vec![first, second], lines, take),
    }
}

fn each_line<E>(
    read_already: Vec<Line>,
    mut lines: Lines<'_>,
    mut take: impl FnMut(Place, Content<'_>) -> Result<(), E>,
) -> Result<(), ReadError<E>> {
    let mut hand_out = |line: &Line| {
        let content = if line.is_cut { Content::Broken(too_long()) } else { Content::Ticket(&line.text) };
        take(Place::Line(line.number), content).map_err(ReadError::Stopped)
    };
    for line in &read_already {
        hand_out(line)?;
    }
    while let Some(line) = lines.next().map_err(ReadError::Unreadable)? {
        hand_out(&line)?;
    }
    Ok(())
}

fn too_long() -> String {
    format!(
        "longer than {} MiB; many tickets are read as a stream when each stands on a line of its own",
        MAX_BYTES >> 20
    )
}

/// Whether a text whose first line is not a value by itself is lines all the same: not a document, and at least half
/// of its lines are values.
fn is_lines(text: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    if values.all(|value| value.is_ok()) {
        return false;
    }
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (mut complete, mut all) = (0usize, 0usize);
    for line in lines {
        all += 1;
        complete += usize::from(line.starts_with(b"{") && is_value(line));
    }
    complete * 2 >= all
}

/// Hands out what a text that is no lines holds. A text that is not JSON goes out whole, so that the ticket's reader
/// says what is wrong with it.
fn document<E>(text: &[u8], mut take: impl FnMut(Place, Content<'_>) -> Result<(), E>) -> Result<(), E> {
    let mut tickets: Vec<&RawValue> = Vec::new();
    let broken: Option<String> = match text.first() {
        Some(b'[') => list(text, &mut tickets).err(),
        _ => match wrapped(text) {
            Some(list_text) => list(list_text.get().as_bytes(), &mut tickets).err(),
            None if is_value(text) => return take(Place::Whole, Content::Ticket(text)),
            None => match sequence(text, &mut tickets) {
                Err(_) if tickets.is_empty() => return take(Place::Whole, Content::Ticket(text)),
                ended => ended.err(),
            },
        },
    };
    let count: usize = tickets.len();
    for (index, ticket) in tickets.into_iter().enumerate() {
        take(Place::Index(index), Content::Ticket(ticket.get().as_bytes()))?;
    }
    match broken {
        Some(why) => take(Place::Index(count), Content::Broken(why)),
        None => Ok(()),
    }
}

/// The list of `{"tickets": […]}`. An object with `id` or `opened_at` is a ticket, whatever else it holds.
fn wrapped(text: &[u8]) -> Option<&RawValue> {
    let object: BTreeMap<String, &RawValue> = serde_json::from_slice(text).ok()?;
    let tickets: &RawValue = object.get("tickets")?;
    let is_ticket: bool = object.contains_key("id") || object.contains_key("opened_at");
    (tickets.get().starts_with('[') && !is_ticket).then_some(tickets)
}

/// Values one after the other, those before a mistake included.
fn sequence<'a>(text: &'a [u8], tickets: &mut Vec<&'a RawValue>) -> Result<(), String> {
    for value in serde_json::Deserializer::from_slice(text).into_iter() {
        tickets.push(value.map_err(|error: serde_json::Error| error.to_string())?);
    }
    Ok(())
}

/// The items of an array, those before a mistake included.
fn list<'a>(text: &'a [u8], tickets: &mut Vec<&'a RawValue>) -> Result<(), String> {
    let mut array = serde_json::Deserializer::from_slice(text);
    let result = Items(tickets).deserialize(&mut array).and_then(|()| array.end());
    result.map_err(|error| format!("the list ends in something that is not JSON: {error}"))
}

/// Collects items as they are read, where a plain `Vec` would be lost with the first mistake.
struct Items<'v, 'a>(&'v mut Vec<&'a RawValue>);

impl<'a> DeserializeSeed<'a> for Items<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for Items<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of tickets")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Raw<'a>>()? {
            self.0.push(item.0);
        }
        Ok(())
    }
}

/// A borrowed value, for which `next_element` cannot be asked directly.
struct Raw<'a>(&'a RawValue);

impl<'a> Deserialize<'a> for Raw<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        <&'a RawValue>::deserialize(deserializer).map(Raw)
    }
}

#[cfg(test)]
mod tests;
