//! The JSON Schema of a handbook's tickets (draft 2020-12).

use crate::handbook::{FactKind, Handbook, Named};
use serde_json::{Map, Value, json};

/// What a ticket for this handbook looks like. Fields that are not in it are ignored and listed.
pub fn ticket_schema(handbook: &Handbook) -> Value {
    let mut properties: Map<String, Value> = Map::new();
    let instant = json!({"type": "string", "format": "date-time", "description": "RFC 3339; without an offset it is read in the handbook's zone"});
    let statuses = words(&handbook.statuses);
    properties.insert("id".to_owned(), json!({"type": "string"}));
    properties.insert("opened_at".to_owned(), instant.clone());
    properties.insert(
        "status".to_owned(),
        json!({"enum": statuses, "default": "open", "description": "the status before the first status event"}),
    );
    let events: Vec<&str> = handbook.events.iter().skip(1).map(|event| event.id.as_str()).collect();
    properties.insert(
        "events".to_owned(),
        json!({"type": "array", "items": {
            "type": "object",
            "required": ["event", "at"],
            "properties": {
                "event": {"type": "string", "examples": events, "description": "`status`, `fact`, or one of the handbook's events"},
                "name": {"type": "string", "description": "the field that changed, where `event` is `fact`"},
                "from": {"description": "what the field was before, where `event` is `fact`"},
                "to": {"description": "the new status, or what the field is since"},
                "at": instant.clone(),
            },
            "allOf": [
                {"if": {"properties": {"event": {"const": "status"}}}, "then": {"required": ["to"], "properties": {"to": {"enum": statuses}}}},
                {"if": {"properties": {"event": {"const": "fact"}}}, "then": {"required": ["name", "to"]}},
            ],
        }}),
    );
    properties.insert(
        "messages".to_owned(),
        json!({"type": "array", "items": {"type": "object", "required": ["from", "text"], "properties": {
            "from": {"enum": ["agent", "customer", "bot"]},
            "at": instant,
            "text": {"type": "string"},
        }}}),
    );
    for fact in &handbook.facts {
        place(&mut properties, &fact.name.id, property(&fact.name, &fact.kind));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("Ticket for {} {}", handbook.meta.title, handbook.meta.edition),
        "type": "object",
        "required": ["id", "opened_at"],
        "properties": properties,
    })
}

/// Puts a property where its dotted name says.
fn place(properties: &mut Map<String, Value>, path: &str, property: Value) {
    match path.split_once('.') {
        None => {
            properties.insert(path.to_owned(), property);
        }
        Some((object, rest)) => {
            let inner =
                properties.entry(object).or_insert_with(|| json!({"type": ["object", "null"], "properties": {}}));
            if let Some(inner) = inner.get_mut("properties").and_then(Value::as_object_mut) {
                place(inner, rest, property);
            }
        }
    }
}

fn property(name: &Named, kind: &FactKind) -> Value {
    let mut property = match kind {
        FactKind::Text => json!({"type": ["string", "null"]}),
        FactKind::YesNo => json!({"enum": [true, false, "yes", "no", "是", "否", null]}),
        FactKind::Time => json!({"type": ["string", "null"], "format": "date-time"}),
        FactKind::OneOf(values) => {
            let mut allowed: Vec<Value> = words(values).into_iter().map(Value::String).collect();
            allowed.push(Value::Null);
            json!({ "enum": allowed })
        }
        FactKind::ListOfText => json!({"type": ["array", "null"], "items": {"type": "string"}}),
        FactKind::ListOf(values) => json!({"type": ["array", "null"], "items": {"enum": words(values)}}),
        FactKind::Number { range, unit } => {
            let mut number = json!({"type": ["number", "null"]});
            if let Some((low, high)) = range {
                number["minimum"] = figure(&low.to_string());
                number["maximum"] = figure(&high.to_string());
            }
            if let Some(unit) = unit {
                number["x-unit"] = Value::String(unit.clone());
            }
            number
        }
    };
    if let Some(label) = &name.label {
        property["title"] = Value::String(label.clone());
    }
    property
}

fn figure(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// Names and labels; a ticket may use either.
fn words(values: &[Named]) -> Vec<String> {
    values.iter().flat_map(|value| std::iter::once(value.id.clone()).chain(value.label.clone())).collect()
}
