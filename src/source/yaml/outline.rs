//! Where in a YAML text each value stands.
//!
//! The parser gives values without places; this gives places without values, for diagnostics. A place is asked
//! for by JSON pointer. For a text that `parse` refuses, the answers are guesses or absent.

use std::ops::Range;

use super::MAX_YAML_DEPTH;
use super::scan::{Kind, Token, scan};

/// The places of one text.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    root: Option<Branch>,
}

/// Where one value stands, in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The key it stands under, quotes included; absent for the whole document and for items of a list.
    pub key: Option<Range<usize>>,
    /// The value from its first to its last word, quotes and brackets included, comments after it not; empty
    /// right after the key (or the dash) where no value is written.
    pub value: Range<usize>,
}

impl Outline {
    /// The place of a value by JSON pointer: `/handbook`, `/tests/0/expect/2`, the empty one for the whole. In
    /// a key, `~` is written `~0` and `/` is written `~1`.
    pub fn place(&self, pointer: &str) -> Option<&Place> {
        let mut branch: &Branch = self.root.as_ref()?;
        for step in pointer.split('/').skip(1) {
            let name: String = step.replace("~1", "/").replace("~0", "~");
            branch = branch.inside.iter().find(|inner| inner.name == name)?;
        }
        Some(&branch.place)
    }
}

/// Finds the places of a text; none where it cannot be read at all.
pub fn outline(text: &str) -> Outline {
    let tokens: Vec<Token> = scan(text).unwrap_or_default();
    let mut reader = Reader { text, tokens: &tokens, next: 0 };
    let root: Option<Branch> = (!tokens.is_empty()).then(|| reader.block(String::new(), None, 0, 0));
    Outline { root }
}

/// A value with what is inside it, under its key or its number in the list.
#[derive(Clone, Debug)]
struct Branch {
    name: String,
    place: Place,
    inside: Vec<Branch>,
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    next: usize,
}

impl<'a> Reader<'a> {
    /// A value of lines: what stands at column `least` or further right. `sign` is the key or dash before it.
    fn block(&mut self, name: String, sign: Option<&Token>, least: usize, depth: usize) -> Branch {
        let Some(first) = self.peek().filter(|token| token.column >= least && depth <= MAX_YAML_DEPTH) else {
            return self.nothing(name, sign);
        };
        let mut inside: Vec<Branch> = Vec::new();
        match first.kind {
            Kind::Dash => {
                while let Some(dash) = self.take(Kind::Dash, first.column) {
                    let item: String = inside.len().to_string();
                    inside.push(self.block(item, Some(dash), first.column + 1, depth + 1));
                }
            }
            Kind::Key => {
                while let Some(key) = self.take(Kind::Key, first.column) {
                    // A list may stand right under its key without being indented.
                    let list: bool =
                        self.peek().is_some_and(|next| next.kind == Kind::Dash && next.column == key.column);
                    let least: usize = if list { key.column } else { key.column + 1 };
                    inside.push(self.block(self.key_name(key), Some(key), least, depth + 1));
                }
            }
            Kind::Open => inside = self.flow(depth),
            Kind::Scalar | Kind::Close | Kind::Comma => self.next += 1,
        }
        self.branch(name, sign, first, inside)
    }

    /// What stands in brackets, the opening one being next.
    fn flow(&mut self, depth: usize) -> Vec<Branch> {
        let mut inside: Vec<Branch> = Vec::new();
        self.next += 1;
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Close => {
                    self.next += 1;
                    break;
                }
                Kind::Comma => self.next += 1,
                Kind::Key => {
                    self.next += 1;
                    inside.push(self.flow_value(self.key_name(token), Some(token), depth));
                }
                Kind::Dash | Kind::Scalar | Kind::Open => {
                    let item: String = inside.len().to_string();
                    inside.push(self.flow_value(item, None, depth));
                }
            }
        }
        inside
    }

    fn flow_value(&mut self, name: String, key: Option<&Token>, depth: usize) -> Branch {
        let Some(first) = self.peek().filter(|token| !matches!(token.kind, Kind::Close | Kind::Comma)) else {
            return self.nothing(name, key);
        };
        let mut inside: Vec<Branch> = Vec::new();
        match first.kind {
            Kind::Open if depth < MAX_YAML_DEPTH => inside = self.flow(depth + 1),
            _ => self.next += 1,
        }
        self.branch(name, key, first, inside)
    }

    /// The value that began with `first` and ended with the word just read.
    fn branch(&self, name: String, sign: Option<&Token>, first: &Token, inside: Vec<Branch>) -> Branch {
        let last: &Token = self.tokens.get(self.next.saturating_sub(1)).unwrap_or(first);
        let value = first.range.start..last.range.end.max(first.range.end);
        Branch { name, place: Place { key: key_range(sign), value }, inside }
    }

    fn nothing(&self, name: String, sign: Option<&Token>) -> Branch {
        let at: usize = sign.map_or(0, |sign| match sign.kind {
            Kind::Key => self.after_colon(sign),
            _ => sign.range.end,
        });
        Branch { name, place: Place { key: key_range(sign), value: at..at }, inside: Vec::new() }
    }

    fn after_colon(&self, key: &Token) -> usize {
        let rest: &str = self.text.get(key.range.end..).unwrap_or_default();
        key.range.end + rest.find(':').map_or(0, |at| at + 1)
    }

    /// A key without its quotes.
    fn key_name(&self, key: &Token) -> String {
        let written: &str = self.text.get(key.range.clone()).unwrap_or_default();
        let inner: &str = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
        match written.as_bytes() {
            [b'\'', .., b'\''] => inner.replace("''", "'"),
            // What JSON escapes, YAML escapes alike; the other escapes of YAML are rare in a key.
            [b'"', .., b'"'] => serde_json::from_str(written).unwrap_or_else(|_| inner.to_string()),
            _ => written.to_string(),
        }
    }

    fn take(&mut self, kind: Kind, column: usize) -> Option<&'a Token> {
        let token: &Token = self.peek().filter(|token| token.kind == kind && token.column == column)?;
        self.next += 1;
        Some(token)
    }

    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }
}

fn key_range(sign: Option<&Token>) -> Option<Range<usize>> {
    sign.filter(|sign| sign.kind == Kind::Key).map(|key| key.range.clone())
}
