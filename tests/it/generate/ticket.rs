//! Random tickets for a handbook, the same ticket in other spellings, and damaged ones.

use super::Random;
use super::condition::given;
use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use rulebook::calendar::{Instant, Plan};
use rulebook::handbook::{Deadline, Decimal, FactKind, Handbook, Named};
use serde_json::{Map, Value, json};

/// Instants worth opening a ticket at.
pub const OPENINGS: &[&str] = &[
    "2025-03-03T10:00:00+08:00",
    "2025-03-03T23:59:30+08:00",
    "2025-03-09T06:59:40Z",
    "2025-04-05T14:59:50Z",
    "2025-03-10T02:00:00Z",
];

/// A ticket that fits a handbook, its named values by id.
pub fn ticket(random: &mut Random, handbook: &Handbook) -> Value {
    let zone = handbook.meta.zone;
    let plan = handbook.calendar.as_ref().map(|calendar| calendar.plan());
    let opened = match plan {
        Some(plan) if random.chance(60) => near_opening(random, plan),
        _ => zone.read(random.pick::<&str>(OPENINGS)).unwrap(),
    };
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
    let counts_days = |deadline: &Deadline| deadline.rows.iter().all(|row| row.outcome.is_in_days());
    let is_long = random.chance(if handbook.deadlines.iter().all(counts_days) { 80 } else { 25 });
    let life = Life { opened, plan, is_long };
    let most = if is_long { 16 } else { 8 };
    let mut events: Vec<Value> = (0..random.below(most)).map(|_| event(random, handbook, &life)).collect();
    random.shuffle(&mut events);
    if !events.is_empty() {
        fields.insert("events".to_owned(), Value::Array(events));
    }
    let messages: Vec<Value> =
        (0..random.below(7).saturating_sub(1)).map(|_| message(random, handbook, &life)).collect();
    if !messages.is_empty() {
        fields.insert("messages".to_owned(), Value::Array(messages));
    }
    Value::Object(fields)
}

/// An instant a little before or after a calendar opens.
fn near_opening(random: &mut Random, plan: &Plan) -> Instant {
    let date = NaiveDate::from_ymd_opt(2025, 3, 2).unwrap() + Days::new(random.below(9) as u64);
    let hours = &plan.week[date.weekday().num_days_from_monday() as usize];
    let from = i64::from(hours.first().map_or(0, |hours| hours.from)) - 30 + random.below(180) as i64;
    plan.zone.at_civil(date.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::seconds(from))
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

/// When things happen to a ticket.
struct Life<'p> {
    opened: Instant,
    plan: Option<&'p Plan>,
    /// It takes days, and things happen around openings and closings.
    is_long: bool,
}

impl Life<'_> {
    /// An instant after the opening, mostly within two minutes, at which some things come together.
    fn moment(&self, random: &mut Random) -> Instant {
        let days = match random.below(100) {
            _ if self.is_long => random.below(9) as u64,
            0..15 => random.between(1, 3) as u64,
            _ => 0,
        };
        let soon = 5 * random.below(20) as i64 + i64::from(random.chance(30));
        match self.plan.filter(|_| self.is_long && random.chance(60)) {
            Some(plan) => near_edge(random, plan, plan.zone.date(self.opened) + Days::new(days)).max(self.opened),
            None => self.opened.plus(soon + 86_400 * days as i64),
        }
    }
}

/// An instant at, or a second beside, an opening or a closing of a weekday.
fn near_edge(random: &mut Random, plan: &Plan, date: NaiveDate) -> Instant {
    let hours = &plan.week[date.weekday().num_days_from_monday() as usize];
    let edges: Vec<u32> = hours.iter().flat_map(|hours| [hours.from, hours.until]).chain([86_400]).collect();
    let second = i64::from(*random.pick(&edges)) + random.below(3) as i64 - 1;
    plan.zone.at_civil(date.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::seconds(second))
}

fn event(random: &mut Random, handbook: &Handbook, life: &Life) -> Value {
    let at = handbook.meta.zone.format(life.moment(random));
    match random.below(20) {
        // What goes on for days waits for someone again and again.
        _ if life.is_long && random.chance(50) => {
            json!({"event": "status", "to": random.pick(&handbook.statuses).id, "at": at})
        }
        0 => json!({"event": "unheard_of", "at": at}),
        1..=6 => json!({"event": "status", "to": random.pick(&handbook.statuses).id, "at": at}),
        7 => json!({"event": "reopened", "at": at}),
        8 if random.chance(20) => json!({"event": "fact", "name": "nobody_asked", "to": 1, "at": at}),
        8..=11 => {
            let fact = random.pick(&handbook.facts);
            let mut event = json!({"event": "fact", "name": fact.name.id, "to": value(random, &fact.kind), "at": at});
            if random.chance(15) {
                event["to"] = Value::Null;
            }
            if random.chance(50) {
                event["from"] = value(random, &fact.kind);
            }
            event
        }
        _ => json!({"event": random.pick(&handbook.events).id, "at": at, "by": "someone"}),
    }
}

fn message(random: &mut Random, handbook: &Handbook, life: &Life) -> Value {
    let from = random.pick(&["customer", "customer", "agent", "agent", "bot"]);
    let mut message = json!({"from": from, "text": "好的"});
    if random.chance(95) {
        let at = if random.chance(8) { life.opened.plus(-5) } else { life.moment(random) };
        message["at"] = json!(handbook.meta.zone.format(at));
    }
    message
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
        let fact =
            handbook.facts.iter().find(|fact| event["event"] == "fact" && event["name"] == fact.name.id.as_str());
        let known: &[Named] = match fact.map(|fact| &fact.kind) {
            Some(FactKind::OneOf(values) | FactKind::ListOf(values)) => values,
            Some(_) => continue,
            None => &handbook.statuses,
        };
        for key in ["from", "to"] {
            match event.get_mut(key) {
                Some(Value::Array(items)) => items.iter_mut().for_each(|item| relabel(item, known)),
                Some(value) => relabel(value, known),
                None => {}
            }
        }
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
