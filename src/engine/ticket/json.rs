//! JSON read as it comes: objects by their fields, lists by their items, and anything else named for a message.
//!
//! serde stops at the first thing that does not fit; a ticket is to be told everything that is wrong with it. So
//! a reader here never fails on a wrong type: it is told what stands there, and reading goes on.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A key, borrowed where it has no escapes.
pub struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Cow<'de, str>;
    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a field's name")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }
    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// A scalar of any type; objects and lists are read over and named.
pub enum Scalar<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// True or false.
    YesNo(bool),
    /// Null.
    Null,
    /// Something else, as a message calls it.
    Other(&'static str),
}

pub struct AnyScalar;

impl<'de> DeserializeSeed<'de> for AnyScalar {
    type Value = Scalar<'de>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyScalar {
    type Value = Scalar<'de>;
    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a value")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::YesNo(value))
    }
    fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Other("a number"))
    }
    fn visit_u64<E>(self, _: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Other("a number"))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Other("a number"))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar<'de>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other("a list"))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Scalar<'de>, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other("an object"))
    }
}

impl Scalar<'_> {
    /// What it is called in a message.
    pub fn spoken(&self) -> &'static str {
        match self {
            Scalar::Text(_) => "text",
            Scalar::YesNo(_) => "true or false",
            Scalar::Null => "null",
            Scalar::Other(what) => what,
        }
    }
}

/// Something that reads the fields of a JSON object.
pub trait Fields<'de> {
    /// Reads the value of one field.
    fn field<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, fields: &mut A) -> Result<(), A::Error>;
    /// Says that there is no object here.
    fn refuse(&mut self, found: &'static str);
}

/// An object, read by its fields; anything else is refused.
pub struct ObjectOf<F>(pub F);

impl<'de, F: Fields<'de>> DeserializeSeed<'de> for ObjectOf<F> {
    type Value = F;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<F, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: Fields<'de>> Visitor<'de> for ObjectOf<F> {
    type Value = F;
    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<F, A::Error> {
        while let Some(key) = fields.next_key_seed(Key)? {
            self.0.field(key, &mut fields)?;
        }
        Ok(self.0)
    }
    fn visit_bool<E>(self, _: bool) -> Result<F, E> {
        Ok(self.refused("true or false"))
    }
    fn visit_unit<E>(self) -> Result<F, E> {
        Ok(self.refused("null"))
    }
    fn visit_i64<E>(self, _: i64) -> Result<F, E> {
        Ok(self.refused("a number"))
    }
    fn visit_u64<E>(self, _: u64) -> Result<F, E> {
        Ok(self.refused("a number"))
    }
    fn visit_f64<E>(self, _: f64) -> Result<F, E> {
        Ok(self.refused("a number"))
    }
    fn visit_str<E>(self, _: &str) -> Result<F, E> {
        Ok(self.refused("text"))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<F, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.refused("a list"))
    }
}

impl<'de, F: Fields<'de>> ObjectOf<F> {
    fn refused(mut self, found: &'static str) -> F {
        self.0.refuse(found);
        self.0
    }
}

/// Something that reads the items of a JSON list.
pub trait Items<'de> {
    /// Reads every item.
    fn items<A: SeqAccess<'de>>(&mut self, items: A) -> Result<(), A::Error>;
    /// Says that there is no list here.
    fn refuse(&mut self, found: &'static str);
}

/// A list, read by its items; anything else but null is refused.
pub struct ListOf<I>(pub I);

impl<'de, I: Items<'de>> DeserializeSeed<'de> for ListOf<I> {
    type Value = I;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<I, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, I: Items<'de>> Visitor<'de> for ListOf<I> {
    type Value = I;
    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, items: A) -> Result<I, A::Error> {
        self.0.items(items)?;
        Ok(self.0)
    }
    fn visit_unit<E>(self) -> Result<I, E> {
        Ok(self.0)
    }
    fn visit_bool<E>(self, _: bool) -> Result<I, E> {
        Ok(self.refused("true or false"))
    }
    fn visit_i64<E>(self, _: i64) -> Result<I, E> {
        Ok(self.refused("a number"))
    }
    fn visit_u64<E>(self, _: u64) -> Result<I, E> {
        Ok(self.refused("a number"))
    }
    fn visit_f64<E>(self, _: f64) -> Result<I, E> {
        Ok(self.refused("a number"))
    }
    fn visit_str<E>(self, _: &str) -> Result<I, E> {
        Ok(self.refused("text"))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<I, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.refused("an object"))
    }
}

impl<'de, I: Items<'de>> ListOf<I> {
    fn refused(mut self, found: &'static str) -> I {
        self.0.refuse(found);
        self.0
    }
}
