//! Amounts of time as somebody types them outside a handbook.
//!
//! They are read by way of a deadline, so that they are exactly the amounts of the language.

use crate::calendar::Amount;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::FileId;
use crate::syntax;
use crate::syntax::tree::{BlockKind, ClauseKind, Statement, Tree};

/// Reads an amount: `4h`, `90m working`, `3 working days`.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub fn read_amount(text: &str) -> Result<Amount, (String, String)> {
    strictly(text).map_err(|(message, help)| match rewritten(text) {
        Some(better) => (message, format!("write {better}")),
        None => (message, help),
    })
}

fn strictly(text: &str) -> Result<Amount, (String, String)> {
    let wrong = || {
        let help = "an amount of time is written like `4h`, `90m working`, `8 working hours` or `3 working days`";
        (format!("`{text}` is no amount of time"), help.to_owned())
    };
    let text: &str = text.trim();
    if text.is_empty() || text.contains(|letter: char| letter.is_control() || matches!(letter, '#' | '`')) {
        return Err(wrong());
    }
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let handbook = format!("```rules\ndeadline amount\n  from opened until reopened\n  within {text}\n```\n");
    let tree: Tree = syntax::parse(FileId(0), &handbook, &mut diagnostics);
    match (limit(&tree), diagnostics.first()) {
        (Some(amount), None) => Ok(amount),
        // What is wrong with an amount as such is said better there.
        (_, Some(found)) if found.code == &codes::BARE_DAYS || found.code == &codes::BAD_LITERAL => {
            Err((found.message.clone(), found.help.join("; ")))
        }
        // So is what to write in its place.
        (_, Some(found)) if found.help.first().is_some_and(|help| help.starts_with("write `")) => {
            Err((wrong().0, found.help.join("; ")))
        }
        _ => Err(wrong()),
    }
}

/// What an amount in other words or letters is in those of the language.
fn rewritten(text: &str) -> Option<String> {
    // Longer words stand before those they contain.
    const WORDS: [(&str, &str); 18] = [
        ("个星期", " weeks"),
        ("星期", " weeks"),
        ("周", " weeks"),
        ("个工作日", " working days"),
        ("工作日", " working days"),
        ("个自然日", " calendar days"),
        ("自然日", " calendar days"),
        ("个月", " months"),
        ("個月", " months"),
        ("个工作小时", " working hours"),
        ("工作小时", " working hours"),
        ("个小时", "h"),
        ("小时", "h"),
        ("分钟", "m"),
        ("business", "working"),
        ("weekdays", "working days"),
        ("minutes", "m"),
        ("mins", "m"),
    ];
    let mut words: String = text.trim().to_lowercase();
    for (word, ours) in WORDS {
        words = words.replace(word, ours);
    }
    let mut joined = String::new();
    for word in words.split_whitespace() {
        // `1h 30m` is one figure, `3 working days` are three words.
        let goes_on: bool = word.starts_with(|letter: char| letter.is_ascii_digit()) || matches!(word, "h" | "m");
        if !joined.is_empty() && !goes_on {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    if let Some((count, "week" | "weeks")) = joined.split_once(' ') {
        let weeks: u32 = count.parse().ok().filter(|weeks| (1..=1000).contains(weeks))?;
        return Some(format!("`{} calendar days`, or `{} working days` for five a week", weeks * 7, weeks * 5));
    }
    [joined.clone(), joined.trim_end_matches('s').to_owned()]
        .iter()
        .find_map(|joined| strictly(joined).ok())
        .map(|amount| format!("`{amount}`"))
}

/// The amount of the one limit, if it has no condition.
fn limit(tree: &Tree) -> Option<Amount> {
    let fences = tree.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Rules(fence) => Some(fence),
        _ => None,
    });
    let mut statements = fences.flat_map(|fence| &fence.statements);
    let (Some(Statement::Rule(rule)), None) = (statements.next(), statements.next()) else { return None };
    match rule.clauses.as_slice() {
        [_, clause] => match &clause.kind {
            ClauseKind::Within(literal, None) => literal.amount,
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::read_amount;

    #[test]
    fn amounts_are_those_of_the_language() {
        for (text, shown) in [
            ("4h", "4h"),
            ("90m working", "1h30m working"),
            ("8 working hours", "8h working"),
            ("3 working days", "3 working days"),
            ("1 month", "1 month"),
        ] {
            assert_eq!(read_amount(text).map(|amount| amount.to_string()), Ok(shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_to_write() {
        for text in
            ["", "-3h", "soon", "4h when urgency is high", "4h otherwise", "4h\n  within 5h", "3 working days, 4h"]
        {
            assert!(read_amount(text).is_err(), "{text}");
        }
        for text in ["3 days", "3个工作日"] {
            let (message, help) = read_amount(text).unwrap_err();
            assert!(message.contains(text) && help.contains("3 working days"), "{message}; {help}");
        }
        for (text, better) in [
            ("1个月", "write `1 month`"),
            ("1h 30m", "write `1h30m`"),
            ("1H 30M Working", "write `1h30m working`"),
            ("3 Working Days", "write `3 working days`"),
            ("3 business days", "write `3 working days`"),
            ("2小时", "write `2h`"),
            ("2 weeks", "write `14 calendar days`, or `10 working days` for five a week"),
            ("2周", "write `14 calendar days`, or `10 working days` for five a week"),
        ] {
            assert_eq!(read_amount(text).unwrap_err().1, better, "{text}");
        }
    }
}
