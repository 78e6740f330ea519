//! When a ticket was opened, before it is known which edition reads it.
//!
//! A look at the bytes that stops at the first `opened_at`. Whether they are a ticket is for the edition to say.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

/// The text of a ticket's `opened_at`; `None` when it has none, or none that is text.
pub(super) fn opened_at(json: &[u8]) -> Option<String> {
    let mut found: Option<String> = None;
    // It is an error by its nature to stop before the end; what counts is what was found until then.
    let _: Result<(), serde_json::Error> =
        (&mut serde_json::Deserializer::from_slice(json)).deserialize_map(Opening { found: &mut found });
    found
}

struct Opening<'f> {
    found: &'f mut Option<String>,
}

impl<'de> Visitor<'de> for Opening<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a ticket")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(is_opening) = fields.next_key_seed(IsOpening)? {
            if is_opening {
                *self.found = Some(fields.next_value()?);
                return Ok(());
            }
            let _: IgnoredAny = fields.next_value()?;
        }
        Ok(())
    }
}

/// Whether a key is `opened_at`, with or without escapes.
struct IsOpening;

impl<'de> DeserializeSeed<'de> for IsOpening {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsOpening {
    type Value = bool;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a field's name")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == "opened_at")
    }
}

#[cfg(test)]
mod tests {
    use super::opened_at;

    #[test]
    fn the_first_opening_of_the_ticket_itself_is_found_wherever_it_stands() {
        let deep = format!("{}{}", "[".repeat(1500), "]".repeat(1500));
        for (json, expected) in [
            (r#"{"id":"1","opened_at":"2025"}"#, Some("2025")),
            (r#" { "opened_at" : "2025" , oh"#, Some("2025")),
            (r#"{"opened\u005fat":"20\u003225"}"#, Some("20225")),
            (r#"{"a":{"opened_at":"2024"},"b":[{"opened_at":"2024"}],"opened_at":"2025"}"#, Some("2025")),
            (r#"{"opened_at":"2025","opened_at":"2026"}"#, Some("2025")),
            (&format!(r#"{{"deep":{deep},"opened_at":"2025"}}"#), Some("2025")),
            (r#"{"opened_at":5}"#, None),
            (r#"{"opened_at":null}"#, None),
            (r#"{"id":"1"}"#, None),
            (r#"["opened_at","2025"]"#, None),
            (r#"{"id" "opened_at":"2025"}"#, None),
            ("", None),
        ] {
            assert_eq!(opened_at(json.as_bytes()).as_deref(), expected, "{json}");
        }
    }
}
