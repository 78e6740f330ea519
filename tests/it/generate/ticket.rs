//! Random tickets for a handbook, the same ticket in other spellings, and damaged ones.

use super::Random;
use super::condition::given;
use rulebook::calendar::Instant;
use rulebook::handbook::{Decimal, FactKind, Handbook, Named};
use serde_json::{Map, Value, json};

const OPENINGS: &[&str] = &[
    "2025-03-03T10:00:00+08:00",
    "2025-03-03T23:59:30+08:00",
    "2025-03-09T06:59:40Z",
    "2025-04-05T14:59:50Z",
    "2025-03-10T02:00:00Z",
];

/// A ticket that fits a handbook, its named values by id.
pub fn ticket(random: &mut Random, handbook: &Handbook) -> Value {
    let zone = handbook.meta.zone;
    let opened = zone.read(random.pick::<&str>(OPENINGS)).unwrap();
    let mut fields: Map<String, Value> = Map::new();
    fields.insert("id".to_owned(), json!(format!("T-{}", random.below(100))));
    fields.insert("opened_at".to_owned(), json!(zone.format(opened)));
    if random.chance(40) {
        fields.insert("status".to_owned(), json!(random.pick(&handbook.statuses).id));
    }
    for fact in &handbook.facts {
        let value = match random.below(12) {
            0 | 1 => continue,
            2 => Value::Null,
            _ => value(random, &fact.kind),
        };
        place(&mut fields, &fact.name.id, value);
    }
    if random.chance(20) {
        fields.insert("nobody_asked".to_owned(), json!({"a": [1, 2, "x"]}));
    }
    if let Some(Value::Object(customer)) = fields.get_mut("customer").filter(|_| random.chance(20)) {
        customer.insert("nick".to_owned(), json!(1));
    }
    let mut events: Vec<Value> = (0..random.below(8)).map(|_| event(random, handbook, opened)).collect();
    random.shuffle(&mut events);
    if !events.is_empty() {
        fields.insert("events".to_owned(), Value::Array(events));
    }
    Value::Object(fields)
}

/// Puts a value where a dotted name says.
fn place(fields: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => drop(fields.insert(name.to_owned(), value)),
        Some((outer, inner)) => {
            let object = fields.entry(outer.to_owned()).or_insert_with(|| json!({}));
            if let Value::Object(object) = object {
                place(object, inner, value);
            }
        }
    }
}

fn value(random: &mut Random, kind: &FactKind) -> Value {
    let (text, figure, time) = given(random);
    match kind {
        FactKind::Text if random.chance(10) => json!("  "),
        FactKind::Text => json!(text),
        FactKind::Number { range: Some((low, high)), .. }
            if !(*low..=*high).contains(&Decimal::read(figure).unwrap()) =>
        {
            json!(42)
        }
        FactKind::Number { .. } => serde_json::from_str(figure).unwrap(),
        FactKind::YesNo => random.pick(&[json!(true), json!(false), json!("yes"), json!("否")]).clone(),
        FactKind::Time => json!(time),
        FactKind::OneOf(values) => json!(random.pick(values).id),
        FactKind::ListOf(values) => (0..random.below(3)).map(|_| json!(random.pick(values).id)).collect(),
        FactKind::ListOfText => (0..random.below(3)).map(|_| json!(given(random).0)).collect(),
    }
}

fn event(random: &mut Random, handbook: &Handbook, opened: Instant) -> Value {
    // Every few seconds, so that some come together.
    let after = if random.chance(4) { -5 } else { 5 * random.below(20) as i64 + i64::from(random.chance(30)) };
    let at = handbook.meta.zone.format(opened.plus(after));
    match random.below(10) {
        0 => json!({"event": "unheard_of", "at": at}),
        1..=4 => json!({"event": "status", "to": random.pick(&handbook.statuses).id, "at": at}),
        _ => json!({"event": random.pick(&handbook.events).id, "at": at, "by": "someone"}),
    }
}

/// The same ticket with every named value by its label, where it has one.
pub fn spelled(ticket: &Value, handbook: &Handbook) -> Value {
    let mut other = ticket.clone();
    for fact in &handbook.facts {
        let pointer = format!("/{}", fact.name.id.replace('.', "/"));
        match (&fact.kind, other.pointer_mut(&pointer)) {
            (FactKind::OneOf(values), Some(value)) => relabel(value, values),
            (FactKind::ListOf(values), Some(Value::Array(items))) => {
                items.iter_mut().for_each(|item| relabel(item, values))
            }
            _ => {}
        }
    }
    other.get_mut("status").into_iter().for_each(|status| relabel(status, &handbook.statuses));
    for event in other.get_mut("events").and_then(Value::as_array_mut).into_iter().flatten() {
        event.get_mut("to").into_iter().for_each(|status| relabel(status, &handbook.statuses));
    }
    other
}

fn relabel(value: &mut Value, known: &[Named]) {
    let label = known.iter().find(|named| value.as_str() == Some(&named.id)).and_then(|named| named.label.clone());
    if let Some(label) = label {
        *value = Value::String(label);
    }
}

/// A ticket's text with something wrong with it: bytes changed, cut out or doubled, or a value of another type.
pub fn damage(random: &mut Random, ticket: &Value) -> Vec<u8> {
    let mut bytes: Vec<u8> = ticket.to_string().into_bytes();
    if random.chance(40) {
        const OTHER: &[&str] = &[
            "null",
            "[]",
            "{}",
            "1e999",
            "-0",
            "true",
            "\"\\ud800\"",
            "[[[[1]]]]",
            "\"2025-02-30T00:00:00Z\"",
            "0.00000000001",
        ];
        let mut other = ticket.clone();
        let fields = other.as_object_mut().unwrap();
        let key = fields.keys().nth(random.below(fields.len())).unwrap().clone();
        fields.insert(key, json!("@"));
        return other.to_string().replace("\"@\"", random.pick::<&str>(OTHER)).into_bytes();
    }
    for _ in 0..random.between(1, 4) {
        let at = random.below(bytes.len());
        let length = random.below(bytes.len() - at).min(12);
        match random.below(4) {
            0 => bytes[at] = random.below(256) as u8,
            1 => bytes[at] = *random.pick(b"\"{}[],:\\-0eE. \n"),
            2 => drop(bytes.drain(at..at + length)),
            _ => {
                let again = bytes[at..at + length].to_vec();
                bytes.splice(at..at, again);
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}
