//! A ticket's JSON as the naive evaluator reads it, and the tests on its fields.

use super::accepts;
use crate::generate::PATTERNS;
use rulebook::handbook::condition::{Argument, TimeOperand};
use rulebook::handbook::{Atom, Decimal, EventId, Fact, FactId, FactKind, Handbook, Named, OPEN, OPENED, StatusId};
use rulebook::syntax::tree::Speaker;
use serde_json::{Map, Value};

/// What a ticket tells.
pub struct Ticket {
    pub opened: i64,
    /// What is known now to have happened, the opening included, by instant.
    pub events: Vec<(i64, EventId)>,
    pub statuses: Vec<(i64, StatusId)>,
    pub first_status: StatusId,
    /// What was said by now, in the order in which it was said.
    pub messages: Vec<Message>,
    /// Fields as the ticket gives them.
    facts: Vec<Option<Given>>,
    /// How they changed, also later than now.
    changes: Vec<Change>,
    as_of: i64,
}

pub struct Message {
    pub at: i64,
    pub from: Speaker,
    /// Its position in the ticket.
    pub position: usize,
}

struct Change {
    at: i64,
    fact: FactId,
    from: Option<Option<Given>>,
    to: Option<Given>,
}

/// What a ticket gives for a field. Of two values the greater counts where a field takes both at once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Given {
    /// A named value, by position; no is 0 and yes is 1.
    Word(u32),
    Figure(Decimal),
    Text(String),
    Time(i64),
    Words(Vec<u32>),
    Texts(Vec<String>),
}

impl Ticket {
    /// Reads a ticket that fits, as it is known at an instant.
    pub fn read(handbook: &Handbook, json: &Value, as_of: i64) -> Ticket {
        let instant = |value: &Value| handbook.meta.zone.read(value.as_str().unwrap()).unwrap().0;
        let status = |word: &Value| StatusId(position(&handbook.statuses, word.as_str().unwrap()) as usize);
        let opened = instant(&json["opened_at"]);
        let mut ticket = Ticket {
            opened,
            events: vec![(opened, OPENED)],
            statuses: Vec::new(),
            first_status: json.get("status").map_or(OPEN, status),
            messages: Vec::new(),
            facts: Vec::new(),
            changes: Vec::new(),
            as_of,
        };
        for fact in &handbook.facts {
            let place = fact.name.id.split('.').try_fold(json, |object, key| object.get(key));
            ticket.facts.push(place.and_then(|value| given(handbook, fact, value)));
        }
        // What the first change of status came from is what the ticket had before.
        let changes = json["events"].as_array().into_iter().flatten().filter(|event| event["event"] == "status");
        let from = |event: &Value| event.get("from").filter(|from| !from.is_null()).map(status);
        let first = changes.map(|event| (instant(&event["at"]), status(&event["to"]), from(event))).min();
        if let Some((_, _, Some(from))) = first {
            ticket.first_status = from;
        }
        for event in json["events"].as_array().into_iter().flatten() {
            let at = instant(&event["at"]);
            let known = handbook.events.iter().position(|known| event["event"] == known.id.as_str()).map(EventId);
            match known {
                _ if event["event"] == "fact" => {
                    let fact = handbook.facts.iter().position(|fact| event["name"] == fact.name.id.as_str());
                    let Some(fact) = fact else { continue };
                    let value = |value: &Value| given(handbook, &handbook.facts[fact], value);
                    let (from, to) = (event.get("from").map(value), value(&event["to"]));
                    ticket.changes.push(Change { at, fact: FactId(fact), from, to });
                }
                _ if at > as_of => {}
                _ if event["event"] == "status" => ticket.statuses.push((at, status(&event["to"]))),
                Some(known) if known != OPENED => ticket.events.push((at, known)),
                _ => {}
            }
        }
        for (position, message) in json["messages"].as_array().into_iter().flatten().enumerate() {
            let from = match message["from"].as_str() {
                Some("agent") => Speaker::Agent,
                Some("customer") => Speaker::Customer,
                _ => Speaker::Bot,
            };
            if message.get("at").is_some_and(|at| !at.is_null() && instant(at) <= as_of) {
                ticket.messages.push(Message { at: instant(&message["at"]).max(opened), from, position });
            }
        }
        // What was said at one instant, or before the opening, stays in order.
        let said = |message: &Message| instant(&json["messages"][message.position]["at"]);
        ticket.messages.sort_by_key(said);
        ticket
    }

    /// What a field was at an instant. What it will be is what it is now.
    pub fn fact(&self, fact: FactId, at: i64) -> Option<&Given> {
        let at = at.min(self.as_of);
        let changes = || self.changes.iter().filter(|change| change.fact == fact);
        if let Some(last) = changes().filter(|change| change.at <= at).max_by_key(|change| (change.at, &change.to)) {
            return last.to.as_ref();
        }
        let first = changes().map(|change| change.at).min();
        let told = changes().filter(|change| Some(change.at) == first && change.from.is_some());
        match told.min_by_key(|change| (&change.to, &change.from)) {
            Some(Change { from: Some(from), .. }) => from.as_ref(),
            _ => self.facts[fact.0].as_ref(),
        }
    }

    /// The instants at which anything is known to have happened.
    pub fn instants(&self) -> Vec<i64> {
        let events = self.events.iter().map(|(at, _)| *at);
        let statuses = self.statuses.iter().map(|(at, _)| *at);
        let messages = self.messages.iter().map(|message| message.at);
        let changes = self.changes.iter().map(|change| change.at).filter(|at| *at <= self.as_of);
        events.chain(statuses).chain(messages).chain(changes).collect()
    }
}

/// Reads a field that fits; `None` where it says nothing.
fn given(handbook: &Handbook, fact: &Fact, value: &Value) -> Option<Given> {
    if value.is_null() {
        return None;
    }
    let text = || value.as_str().unwrap();
    let items = || value.as_array().unwrap().iter().map(|item| item.as_str().unwrap());
    match &fact.kind {
        FactKind::Text => Some(Given::Text(text().to_owned())).filter(|_| !text().trim().is_empty()),
        FactKind::Number { .. } => Some(Given::Figure(Decimal::read(&value.to_string()).unwrap())),
        FactKind::YesNo => Some(Given::Word(u32::from(*value == true || *value == "yes" || *value == "是"))),
        FactKind::Time => Some(Given::Time(handbook.meta.zone.read(text()).unwrap().0)),
        FactKind::OneOf(values) => Some(Given::Word(position(values, text()))),
        // An empty list says as little as no list.
        FactKind::ListOf(_) | FactKind::ListOfText if items().next().is_none() => None,
        FactKind::ListOf(values) => {
            let mut words: Vec<u32> = items().map(|item| position(values, item)).collect();
            words.sort_unstable();
            words.dedup();
            Some(Given::Words(words))
        }
        FactKind::ListOfText => Some(Given::Texts(items().map(str::to_owned).collect())),
    }
}

/// The position of a value by its name or its label.
pub fn position(values: &[Named], word: &str) -> u32 {
    values.iter().position(|value| value.id == word || value.label.as_deref() == Some(word)).unwrap() as u32
}

/// Fields and events that the handbook does not declare.
pub fn ignored(handbook: &Handbook, ticket: &Value) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let built_in = ["id", "opened_at", "status", "events", "messages"];
    let fields: Map<String, Value> = ticket.as_object().unwrap().clone();
    unknown(
        handbook,
        "",
        &fields.into_iter().filter(|(key, _)| !built_in.contains(&key.as_str())).collect(),
        &mut found,
    );
    for event in ticket["events"].as_array().into_iter().flatten() {
        let name = event["event"].as_str().unwrap();
        // The opening is the ticket's own; nobody can report it as an event.
        let is_known = |known: &[Named]| known.iter().any(|known| known.id == name);
        match name {
            "status" => {}
            "fact" => {
                let fact = event["name"].as_str().unwrap();
                if !handbook.facts.iter().any(|known| known.name.id == fact) {
                    found.push(format!("events.fact.{fact}"));
                }
            }
            "opened" => found.push("events.opened".to_owned()),
            _ if !is_known(&handbook.events) => found.push(format!("events.{name}")),
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

fn unknown(handbook: &Handbook, path: &str, fields: &Map<String, Value>, found: &mut Vec<String>) {
    for (key, value) in fields {
        let name = format!("{path}{key}");
        let holds_facts = handbook.facts.iter().any(|fact| fact.name.id.starts_with(&format!("{name}.")));
        match value {
            Value::Object(inner) if holds_facts => unknown(handbook, &format!("{name}."), inner, found),
            _ if holds_facts || handbook.facts.iter().any(|fact| fact.name.id == name) => {}
            _ => found.push(name),
        }
    }
}

/// The fields a test cannot do without.
pub fn facts_of(atom: &Atom) -> Vec<FactId> {
    match atom {
        Atom::Time { fact, other: TimeOperand::Fact(other), .. } => vec![*fact, *other],
        Atom::Value(fact, _) | Atom::Number(fact, _) | Atom::Text { fact, .. } | Atom::Contains(fact, _) => vec![*fact],
        Atom::Matches(fact, _) | Atom::Time { fact, .. } | Atom::Has(fact, _) | Atom::HasText(fact, _) => vec![*fact],
        _ => Vec::new(),
    }
}

/// A test on fields as they were at an instant; `None` when the ticket lacked one of them.
pub fn test(ticket: &Ticket, at: i64, atom: &Atom) -> Option<bool> {
    let value = |fact: &FactId| ticket.fact(*fact, at);
    Some(match atom {
        Atom::Present(fact, present) => value(fact).is_some() == *present,
        Atom::Value(fact, wanted) => matches!(value(fact)?, Given::Word(word) if wanted.contains(word)),
        Atom::Number(fact, wanted) => matches!(value(fact)?, Given::Figure(figure) if accepts(*wanted, *figure)),
        Atom::Text { fact, texts, negated } => {
            matches!(value(fact)?, Given::Text(text) if texts.iter().any(|wanted| fold(wanted) == fold(text)) != *negated)
        }
        Atom::Contains(fact, part) => matches!(value(fact)?, Given::Text(text) if fold(text).contains(&fold(part))),
        Atom::Matches(fact, pattern) => matches!(value(fact)?, Given::Text(text) if matches(pattern, &fold(text))),
        Atom::Time { fact, before, other } => {
            let time = |fact: &FactId| match value(fact)? {
                Given::Time(at) => Some(*at),
                _ => None,
            };
            let (at, other) = match other {
                TimeOperand::At(other) => (time(fact)?, other.0),
                TimeOperand::Fact(other) => (time(fact)?, time(other)?),
            };
            if *before { at < other } else { at > other }
        }
        Atom::Has(fact, wanted) => {
            matches!(value(fact)?, Given::Words(words) if words.iter().any(|word| wanted.contains(word)))
        }
        Atom::HasText(fact, wanted) => {
            matches!(value(fact)?, Given::Texts(texts) if texts.iter().any(|text| wanted.iter().any(|wanted| fold(wanted) == fold(text))))
        }
        Atom::Script(name, arguments) => script(ticket, at, name, arguments),
        other => panic!("{other:?} is no test on fields"),
    })
}

/// The scripts of the random handbooks, by heart.
fn script(ticket: &Ticket, at: i64, name: &str, arguments: &[Argument]) -> bool {
    let first = match &arguments[0] {
        Argument::Fact(fact) => ticket.fact(*fact, at),
        other => panic!("no script is called with {other:?} first"),
    };
    match (name, first, arguments.get(1)) {
        ("given", first, None) => first.is_some(),
        ("above", Some(Given::Figure(figure)), Some(Argument::Number(limit))) => figure > limit,
        ("above", None, _) | ("broken", ..) => false,
        _ => panic!("there is no script `{name}` like this"),
    }
}

/// The patterns of the random handbooks, by heart.
fn matches(pattern: &str, text: &str) -> bool {
    let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
    match PATTERNS.iter().position(|known| *known == pattern) {
        Some(0) => text.contains("退款"),
        Some(1) => text.match_indices('-').any(|(at, _)| {
            at >= 2 && text.get(at - 2..at).is_some_and(digits) && text.get(at + 1..at + 4).is_some_and(digits)
        }),
        Some(2) => text.starts_with("hello"),
        Some(3) => text.contains('谢'),
        Some(4) => text.contains(['退', '投']),
        _ => panic!("nobody knows the pattern {pattern}"),
    }
}

/// Text as it is compared, for the letters that random handbooks and tickets use.
fn fold(text: &str) -> String {
    let letter = |letter: char| match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap().to_ascii_lowercase(),
        '貨' => '货',
        '謝' => '谢',
        other => other.to_ascii_lowercase(),
    };
    text.chars().map(letter).collect()
}
