//! What a handbook's tickets look like, laid out for reading them fast.

use crate::calendar::Zone;
use crate::handbook::{Decimal, EventId, Fact, FactId, FactKind, Handbook, Named};
use rustc_hash::FxHashMap;

/// Everything the reader needs to know of a handbook.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The zone of instants without an offset.
    pub zone: Zone,
    /// The ticket itself at 0, then every object inside it.
    pub objects: Vec<Object>,
    /// How each fact is read.
    pub kinds: Vec<FieldKind>,
    /// The name of each fact, as the handbook writes it.
    pub names: Vec<String>,
    /// The events that can be named.
    pub events: FxHashMap<String, EventId>,
    /// The statuses, by name and by label.
    pub statuses: Words,
}

/// An object: its fields by name.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// Its dotted path with a dot at the end; empty for the ticket.
    pub path: String,
    /// Its fields.
    pub fields: FxHashMap<String, Field>,
}

/// What a field of an object is.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    /// A fact.
    Fact(FactId),
    /// An object with facts in it.
    Object(usize),
}

/// How a fact is read.
#[derive(Clone, Debug)]
pub enum FieldKind {
    /// Text.
    Text,
    /// A figure between two others.
    Number(Option<(Decimal, Decimal)>),
    /// True or false, or yes or no in words.
    YesNo,
    /// An instant.
    Time,
    /// One of named values.
    OneOf(Words),
    /// A list of texts.
    ListOfText,
    /// A list of named values.
    ListOf(Words),
}

/// Named values: their positions by name and by label.
#[derive(Clone, Debug, Default)]
pub struct Words {
    positions: FxHashMap<String, u32>,
    /// Names and labels in the order of the handbook, for messages.
    pub spoken: Vec<String>,
}

impl Words {
    fn new(values: &[Named]) -> Self {
        let mut words = Words::default();
        for (position, value) in values.iter().enumerate() {
            words.positions.insert(value.id.clone(), position as u32);
            words.spoken.push(value.id.clone());
        }
        // A name wins over another value's label.
        for (position, value) in values.iter().enumerate() {
            if let Some(label) = &value.label
                && !words.positions.contains_key(label)
            {
                words.positions.insert(label.clone(), position as u32);
                words.spoken.push(label.clone());
            }
        }
        words
    }

    /// The position a word stands for.
    pub fn position(&self, word: &str) -> Option<u32> {
        self.positions.get(word).copied()
    }
}

impl Schema {
    /// The schema of a handbook.
    pub fn new(handbook: &Handbook) -> Self {
        let mut objects: Vec<Object> = vec![Object::default()];
        for (index, fact) in handbook.facts.iter().enumerate() {
            place(&mut objects, fact, FactId(index));
        }
        let kinds = handbook.facts.iter().map(|fact| kind(&fact.kind)).collect();
        let names = handbook.facts.iter().map(|fact| fact.name.id.clone()).collect();
        let events =
            handbook.events.iter().enumerate().map(|(index, event)| (event.id.clone(), EventId(index))).collect();
        Schema { zone: handbook.meta.zone, objects, kinds, names, events, statuses: Words::new(&handbook.statuses) }
    }
}

impl Schema {
    /// The fact of a name, dotted where it lies inside an object.
    pub fn fact(&self, name: &str) -> Option<FactId> {
        let mut object: usize = 0;
        let mut steps = name.split('.').peekable();
        while let Some(step) = steps.next() {
            match (self.objects[object].fields.get(step)?, steps.peek()) {
                (Field::Fact(fact), None) => return Some(*fact),
                (Field::Object(inner), Some(_)) => object = *inner,
                _ => return None,
            }
        }
        None
    }
}

fn place(objects: &mut Vec<Object>, fact: &Fact, id: FactId) {
    let mut object: usize = 0;
    let mut steps = fact.name.id.split('.').peekable();
    while let Some(step) = steps.next() {
        if steps.peek().is_none() {
            objects[object].fields.insert(step.to_owned(), Field::Fact(id));
            return;
        }
        object = match objects[object].fields.get(step) {
            Some(Field::Object(inner)) => *inner,
            _ => {
                let inner = objects.len();
                let path = format!("{}{step}.", objects[object].path);
                objects.push(Object { path, fields: FxHashMap::default() });
                objects[object].fields.insert(step.to_owned(), Field::Object(inner));
                inner
            }
        };
    }
}

fn kind(kind: &FactKind) -> FieldKind {
    match kind {
        FactKind::Text => FieldKind::Text,
        FactKind::Number { range, .. } => FieldKind::Number(*range),
        FactKind::YesNo => FieldKind::YesNo,
        FactKind::Time => FieldKind::Time,
        FactKind::OneOf(values) => FieldKind::OneOf(Words::new(values)),
        FactKind::ListOfText => FieldKind::ListOfText,
        FactKind::ListOf(values) => FieldKind::ListOf(Words::new(values)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    #[test]
    fn a_word_that_is_name_and_label_is_offered_once() {
        let named = |id: &str, label: &str| Named {
            id: id.to_owned(),
            label: Some(label.to_owned()),
            span: Span::new(FileId(0), 0..0),
        };
        let words = Words::new(&[named("vip", "vip"), named("gold", "贵宾"), named("silver", "贵宾")]);
        assert_eq!(words.spoken, ["vip", "gold", "silver", "贵宾"]);
        assert_eq!((words.position("vip"), words.position("贵宾")), (Some(0), Some(1)));
    }
}
