//! The two pest parsers, made from the files in `grammar/`.
//!
//! Everything that names pest is in this folder; the rest of the program sees the tree only.

#![allow(missing_docs, reason = "pest writes the rule enums")]

/// Reads a whole Markdown document; cannot fail.
pub mod document {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/document.pest"]
    pub struct DocumentParser;
}

/// Reads one piece of a `rules` fence.
pub mod rules {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/keywords.pest"]
    #[grammar = "../grammar/rules.pest"]
    pub struct RulesParser;
}
