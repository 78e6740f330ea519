//! A ticket's JSON as the naive evaluator reads it, and the tests on its fields.

use super::accepts;
use crate::generate::PATTERNS;
use rulebook::handbook::condition::{Argument, TimeOperand};
use rulebook::handbook::{Atom, Decimal, Fact, FactId, FactKind, Handbook, Named};
use serde_json::{Map, Value};

/// What a ticket gives for a field.
pub enum Given {
    /// A named value, by position; no is 0 and yes is 1.
    Word(u32),
    Figure(Decimal),
    Text(String),
    Time(i64),
    Words(Vec<u32>),
    Texts(Vec<String>),
}

/// Reads a field that fits; `None` where the ticket lacks it. Texts are folded at once.
pub fn read(handbook: &Handbook, ticket: &Value, fact: &Fact) -> Option<Given> {
    let value =
        fact.name.id.split('.').try_fold(ticket, |object, key| object.get(key)).filter(|value| !value.is_null())?;
    let text = || value.as_str().unwrap();
    let items = || value.as_array().unwrap().iter().map(|item| item.as_str().unwrap());
    match &fact.kind {
        FactKind::Text => Some(Given::Text(fold(text()))).filter(|_| !text().trim().is_empty()),
        FactKind::Number { .. } => Some(Given::Figure(Decimal::read(&value.to_string()).unwrap())),
        FactKind::YesNo => Some(Given::Word(u32::from(*value == true || *value == "yes" || *value == "是"))),
        FactKind::Time => Some(Given::Time(handbook.meta.zone.read(text()).unwrap().0)),
        FactKind::OneOf(values) => Some(Given::Word(position(values, text()))),
        // An empty list says as little as no list.
        FactKind::ListOf(_) | FactKind::ListOfText if items().next().is_none() => None,
        FactKind::ListOf(values) => Some(Given::Words(items().map(|item| position(values, item)).collect())),
        FactKind::ListOfText => Some(Given::Texts(items().map(fold).collect())),
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
        if name != "status" && (name == "opened" || !handbook.events.iter().any(|event| event.id == name)) {
            found.push(format!("events.{name}"));
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

/// A test on fields; `None` when the ticket lacks one of them.
pub fn test(facts: &[Option<Given>], atom: &Atom) -> Option<bool> {
    let value = |fact: &FactId| facts[fact.0].as_ref();
    Some(match atom {
        Atom::Present(fact, present) => value(fact).is_some() == *present,
        Atom::Value(fact, wanted) => matches!(value(fact)?, Given::Word(word) if wanted.contains(word)),
        Atom::Number(fact, wanted) => matches!(value(fact)?, Given::Figure(figure) if accepts(*wanted, *figure)),
        Atom::Text { fact, texts, negated } => {
            matches!(value(fact)?, Given::Text(text) if texts.iter().any(|wanted| fold(wanted) == *text) != *negated)
        }
        Atom::Contains(fact, part) => matches!(value(fact)?, Given::Text(text) if text.contains(&fold(part))),
        Atom::Matches(fact, pattern) => matches!(value(fact)?, Given::Text(text) if matches(pattern, text)),
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
            matches!(value(fact)?, Given::Texts(texts) if wanted.iter().any(|wanted| texts.contains(&fold(wanted))))
        }
        Atom::Script(name, arguments) => script(facts, name, arguments),
        other => panic!("{other:?} is no test on fields"),
    })
}

/// The scripts of the random handbooks, by heart.
fn script(facts: &[Option<Given>], name: &str, arguments: &[Argument]) -> bool {
    let first = match &arguments[0] {
        Argument::Fact(fact) => facts[fact.0].as_ref(),
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
