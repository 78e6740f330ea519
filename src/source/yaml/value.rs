//! From a YAML text to a JSON value, by way of `serde_yaml`.
//!
//! A visitor of our own, because the ordinary one would take the last of two equal keys without a word. The text
//! has been through `scan`; still, what it expands to is counted, so that no alias `scan` overlooked can make
//! much out of little.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{MAX_YAML_DEPTH, YamlError};

pub(super) fn read(text: &str) -> Result<Value, YamlError> {
    let reading = Reading { refusal: RefCell::new(None), left: Cell::new(text.len().saturating_mul(3) + 64) };
    let node = Node { reading: &reading, depth: 0 };
    node.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| {
        let offset: usize = error.location().map_or(text.len(), |location| location.index());
        let offset: usize = text.floor_char_boundary(offset);
        match reading.refusal.take() {
            // A key given twice is a slip; the rest of what is refused here is YAML that has no place in these files.
            Some(message) => YamlError { offset, is_refused: !message.starts_with("the key "), message },
            None => YamlError { offset, message: parser_message(&error, &text[offset..]), is_refused: false },
        }
    })
}

/// The parser's own sentence without its line numbers, or a better one where an author would not understand it.
fn parser_message(error: &serde_yaml::Error, rest: &str) -> String {
    let sentence: String = error.to_string();
    if sentence.starts_with("found character that cannot start any token") {
        return match rest.chars().next() {
            Some('\t') => String::from("a tab cannot indent a line: use spaces"),
            Some(character) => format!("`{character}` cannot start a value: put the value in quotes"),
            None => sentence,
        };
    }
    let without_place = |part: &str| {
        let end: Option<usize> = part.find(" at line ").or_else(|| part.find(" at position "));
        part[..end.unwrap_or(part.len())].to_string()
    };
    let parts: Vec<String> = sentence.split(", ").map(without_place).collect();
    parts.join(", ")
}

/// What is shared by all nodes of one text.
struct Reading {
    // Our own sentence, since the parser's error would wrap it in a path and a place.
    refusal: RefCell<Option<String>>,
    // Bytes and nodes that the text may still turn into.
    left: Cell<usize>,
}

impl Reading {
    fn refuse<E: Error>(&self, message: impl Into<String>) -> E {
        let message: String = message.into();
        *self.refusal.borrow_mut() = Some(message.clone());
        E::custom(message)
    }

    fn spend<E: Error>(&self, bytes: usize) -> Result<(), E> {
        match self.left.get().checked_sub(bytes + 1) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(self.refuse("holds more than is written in it: anchors and aliases are not read")),
        }
    }
}

#[derive(Clone, Copy)]
struct Node<'r> {
    reading: &'r Reading,
    depth: usize,
}

impl Node<'_> {
    fn inner<E: Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_YAML_DEPTH {
            return Err(self.reading.refuse(format!("nested deeper than {MAX_YAML_DEPTH} levels")));
        }
        Ok(Node { depth: self.depth + 1, ..self })
    }

    fn number<E: Error>(self, number: Option<Number>) -> Result<Value, E> {
        self.reading.spend(0)?;
        match number {
            Some(number) => Ok(Value::Number(number)),
            None => Err(self.reading.refuse("not a number that can be kept: put it in quotes to keep it as text")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.reading.spend(0)?;
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.reading.spend(0)?;
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.number(Some(Number::from(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.number(Some(Number::from(value)))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        self.number(u64::try_from(value).ok().map(Number::from))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        self.number(i64::try_from(value).ok().map(Number::from))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.number(Number::from_f64(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.reading.spend(value.len())?;
        Ok(Value::String(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.reading.spend(0)?;
        let inner: Self = self.inner()?;
        let mut list: Vec<Value> = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.reading.spend(0)?;
        let inner: Self = self.inner()?;
        let mut map: Map<String, Value> = Map::new();
        while let Some(key) = entries.next_key_seed(Key { reading: self.reading, before: &map })? {
            let value: Value = entries.next_value_seed(inner)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(self.reading.refuse("a tag (`!name`) has no meaning here: put text that starts with `!` in quotes"))
    }
}

/// A key of a map; refused on the spot, so that the place is the second key's own.
struct Key<'r> {
    reading: &'r Reading,
    before: &'r Map<String, Value>,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_> {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key that is text")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<String, E> {
        self.reading.spend(key.len())?;
        if self.before.contains_key(key) {
            return Err(self.reading.refuse(format!("the key `{key}` is given twice")));
        }
        Ok(key.to_string())
    }
}
