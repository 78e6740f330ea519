//! The language's words, as `grammar/keywords.pest` has them.
//!
//! That file is the one table of spellings; here it is only read for messages.

use super::grammar::rules::{Rule, RulesParser};
use pest::Parser;
use std::sync::LazyLock;

/// How the words begin a line of the grammar file.
const MARK: &str = "kw_";

static KEYWORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let grammar: &str = include_str!("../../grammar/keywords.pest");
    grammar
        .lines()
        .filter_map(|line| line.strip_prefix(MARK))
        .filter_map(|line| line.split_once(" = "))
        .map(|(rule, _)| spelling(rule))
        .collect()
});

/// Every keyword, by its English spelling: `exception to`, `yes/no`.
pub fn keywords() -> impl Iterator<Item = &'static str> {
    KEYWORDS.iter().map(String::as_str)
}

/// The words that cannot be declared as names because conditions are built from them.
pub fn is_reserved(name: &str) -> bool {
    RulesParser::parse(Rule::reserved, name).is_ok_and(|pairs| pairs.as_str().len() == name.len())
}

/// The English spelling of a keyword's rule, `kw_at_least` being `at least`; `None` for any other rule.
pub fn of_rule(rule: Rule) -> Option<String> {
    format!("{rule:?}").strip_prefix(MARK).map(spelling)
}

fn spelling(rule: &str) -> String {
    if rule == "yes_no" { "yes/no".to_owned() } else { rule.replace('_', " ") }
}

/// The statements' keywords.
pub fn statements() -> impl Iterator<Item = &'static str> {
    STATEMENTS.iter().copied()
}

static STATEMENTS: &[&str] = &[
    "fact",
    "event",
    "status",
    "define",
    "lexicon",
    "classify",
    "deadline",
    "escalation",
    "route",
    "record",
    "etiquette",
    "target",
    "retain",
    "exception to",
    "example",
];

/// Whether a word begins a clause of some statement, `from`, `tier`.
pub fn begins_clause(word: &str) -> bool {
    CLAUSES.contains(&word)
}

static CLAUSES: &[&str] = &[
    "when",
    "cites",
    "effective",
    "trial",
    "tier",
    "tiers",
    "from",
    "within",
    "pause",
    "warn",
    "on",
    "step",
    "to",
    "must",
    "ticket",
    "expect",
    "rule",
    "grade",
    "share",
    "mean",
    "percentile",
    "count",
    "per",
    "by",
    "for",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_read_in_its_own_spelling() {
        assert!(keywords().count() > 100);
        for word in keywords() {
            let rule = format!("kw_{}", word.replace([' ', '/'], "_"));
            let found = Rule::all_rules().iter().find(|known| format!("{known:?}") == rule).copied();
            assert!(found.is_some_and(|rule| RulesParser::parse(rule, word).is_ok()), "{word}");
            assert!(found.is_some_and(|rule| RulesParser::parse(rule, &format!("{word}x")).is_err()), "{word}x");
        }
    }

    #[test]
    fn statements_are_keywords() {
        for word in statements() {
            assert!(RulesParser::parse(Rule::statement_word, word).is_ok(), "{word}");
            assert!(keywords().any(|known| known == word), "{word}");
        }
    }

    #[test]
    fn reserved_words_are_whole_words() {
        assert!(is_reserved("when") && is_reserved("or"));
        assert!(!is_reserved("order") && !is_reserved("whenever") && !is_reserved("text"));
    }
}
