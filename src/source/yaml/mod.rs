//! YAML from the operator's disk, as JSON values.
//!
//! The one place that knows `serde_yaml`. It takes the plain part of YAML: one document, no anchors, aliases or
//! tags, no key twice, and refuses the rest with a byte offset. [`outline`] says where in the text each value
//! stands. What the values mean is the business of those who asked.

mod outline;
mod scan;
mod value;

use std::fmt::{self, Display};

pub use outline::{Outline, Place, outline};
use serde_json::Value;

/// Longer texts are refused.
pub const MAX_YAML_BYTES: usize = 1024 * 1024;

/// Lists and maps inside one another deeper than this are refused.
pub const MAX_YAML_DEPTH: usize = 64;

/// Why a text was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// A byte offset into the text, on a character boundary; the text's length when the end came too soon.
    pub offset: usize,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// It is a part of YAML that is refused, such as an anchor, rather than a slip of the pen.
    pub is_refused: bool,
}

impl Display for YamlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (at byte {})", self.message, self.offset)
    }
}

impl std::error::Error for YamlError {}

/// Reads one document. An empty text is `null`; keys are text as written (`1:` is the key `"1"`), and maps keep
/// their order.
///
/// A number is an integer of 64 bits or a double: `2025.10` comes out as `2025.1`. Where the digits matter, take
/// them from the text by way of [`outline`].
pub fn parse(text: &str) -> Result<Value, YamlError> {
    if text.len() > MAX_YAML_BYTES {
        let offset = text.floor_char_boundary(MAX_YAML_BYTES);
        return Err(YamlError {
            offset,
            message: String::from("longer than the 1 MiB that a YAML text may be"),
            is_refused: true,
        });
    }
    scan::scan(text)?;
    let body: &str = text.strip_prefix('\u{feff}').unwrap_or(text);
    value::read(body).map_err(|error| {
        let offset = text.floor_char_boundary(error.offset + (text.len() - body.len()));
        YamlError { offset, ..error }
    })
}

#[cfg(test)]
mod tests;
