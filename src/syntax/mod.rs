//! Text into a tree.
//!
//! Parsing never fails: a broken statement or clause is reported and kept as junk, and the next one is read.
//! Nothing is looked up here.

mod condition;
mod document;
mod grammar;
mod hint;
mod keyword;
mod layout;
mod literal;
mod recover;
mod statement;
mod table;
pub mod tree;

pub use document::clause_key;
pub use keyword::{is_reserved, keywords};
pub use tree::Tree;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// Reads a handbook's text. Every byte of it is in one block of the tree; what was wrong is in `diagnostics`.
pub fn parse(file: FileId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Tree {
    document::parse(file, text, diagnostics)
}

/// Reads one expectation of a tests file, `urgency is key`. `text` is the whole file, `span` the sentence in it.
pub fn parse_expectation(text: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<tree::Expectation> {
    let mut reader = literal::Reader { file: span.file, text, diagnostics };
    statement::lone_expectation(&mut reader, span.range())
}
