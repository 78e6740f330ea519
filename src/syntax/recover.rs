//! What the grammar could not read, as a finding an author can act on.
//!
//! pest says at which byte it stopped and which of its rules would have fitted there; here that becomes a
//! sentence in the words of the language.

use super::grammar::rules::Rule;
use super::hint::{COMMENT, Stop, hints, loanword};
use super::keyword;
use super::literal::Reader;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use pest::error::{Error, ErrorVariant, InputLocation};
use std::ops::Range;

/// How many alternatives a message lists.
const SHOWN: usize = 8;

/// Reports why a piece that starts at `base` could not be read. `whole` says what the piece was to be, `a clause
/// of a deadline`, for a message about its first word.
pub fn report(reader: &mut Reader, error: &Error<Rule>, base: usize, end: usize, whole: &str) {
    let at = base
        + match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        };
    let at = start_of_sign(reader.text, base, skip_blanks(reader.text, at.min(end), end));
    let (before, rest) = (&reader.text[base..at], &reader.text[at..end]);
    let found = word_at(reader.text, at, end);
    let span = reader.span(at..at + found.len());
    let mut expected: Vec<String> = expected(error);
    if is_list(reader.text, base, end) && expected.iter().any(|words| words == END) {
        expected.push("a comma".to_owned());
    }
    if word_at(reader.text, base, end) == "lexicon" && expected.iter().any(|words| words == "`from`") {
        expected.push("`:`".to_owned());
    }
    if let Some(diagnostic) = unclosed(reader, base, at, end, found, &expected) {
        reader.diagnostics.push(diagnostic);
        return;
    }
    if let Some(diagnostic) = unwanted_continuation(reader, base, at, end, found) {
        reader.diagnostics.push(diagnostic);
        return;
    }
    let diagnostic = if at == base {
        // Cells and expectations are read by themselves too, and are no clauses.
        let code = if whole.starts_with("a clause") { &codes::UNKNOWN_CLAUSE } else { &codes::SYNTAX };
        Diagnostic::new(code, span, format!("`{found}` does not begin {whole}"))
    } else if found.is_empty() {
        Diagnostic::new(&codes::SYNTAX, span, "this line ends too early")
    } else {
        Diagnostic::new(&codes::SYNTAX, span, format!("`{found}` does not fit here"))
    };
    let hint = hints(&Stop { found, before, rest, expected: &expected });
    let is_hinted = hint.is_some();
    let near = hint.or_else(|| {
        nearest(found, expected.iter().map(|words| words.trim_matches('`')))
            .map(|near| format!("did you mean `{near}`?"))
    });
    let list = match expected.len() {
        0 => None,
        _ if is_hinted => None,
        1 | 2 => Some(format!("what fits here is {}", expected.join(" or "))),
        count if count > SHOWN && near.is_some() => None,
        _ => expected
            .split_last()
            .map(|(last, others)| format!("what fits here is one of {} or {last}", others.join(", "))),
    };
    reader.diagnostics.push(diagnostic.maybe_help(near).maybe_help(list));
}

/// A clause that is read as a part of the one above it, since it is indented deeper or follows a comma; and a comma
/// that nothing follows.
fn unwanted_continuation(reader: &Reader, base: usize, at: usize, end: usize, found: &str) -> Option<Diagnostic> {
    // After a comma the first words of the next clause may pass for an item of the list: `tiers a, b,` and `tier a`.
    let line = base + reader.text[base..at].rfind('\n').map_or(0, |newline| newline + 1);
    let start = skip_blanks(reader.text, line, at);
    let first = word_at(reader.text, start, end);
    let follows_comma = reader.text[base..line].trim_end().ends_with([',', '，', '、']);
    let (at, found) =
        if follows_comma && keyword::begins_clause(first) && start < at { (start, first) } else { (at, found) };
    let before = reader.text[base..at].trim_end();
    let is_next_line = reader.text[base + before.len()..at].contains('\n');
    let begins = keyword::begins_clause(found) || keyword::statements().any(|word| word == found);
    if !(is_next_line && begins || found.is_empty()) {
        return None;
    }
    if let Some(comma) = before.chars().next_back().filter(|letter| matches!(letter, ',' | '，' | '、')) {
        let place = reader.span(base + before.len() - comma.len_utf8()..base + before.len());
        let message = match found {
            "" => format!("nothing follows this `{comma}`"),
            _ => format!("after this `{comma}` the next line is read as a part of this one"),
        };
        return Some(Diagnostic::new(&codes::SYNTAX, place, message).help(format!("leave the `{comma}` out")));
    }
    if found.is_empty() {
        return None;
    }
    let line = reader.text[at..end].lines().next().unwrap_or("").trim_end();
    let above = base + before.rfind('\n').map_or(0, |newline| newline + 1);
    let above = skip_blanks(reader.text, above, at);
    let diagnostic = Diagnostic::new(
        &codes::SYNTAX,
        reader.span(at..at + line.len()),
        "this line is indented deeper than those around it, and so continues the line above",
    )
    .label(reader.span(above..base + before.len()), "the line above");
    Some(match keyword::begins_clause(found) {
        true => diagnostic.help("begin it in the same column as the other clauses"),
        false => diagnostic.help("a statement begins in the first column of its block"),
    })
}

/// A bracket or pattern that is never closed, or a bracket that closes nothing: the mistake is there, and not where
/// the grammar stopped.
fn unclosed(
    reader: &Reader,
    base: usize,
    at: usize,
    end: usize,
    found: &str,
    expected: &[String],
) -> Option<Diagnostic> {
    let here = reader.span(at..at + found.len());
    if matches!(found, ")" | "）" | "}") && expected.iter().any(|words| words == END) {
        return Some(
            Diagnostic::new(&codes::SYNTAX, here, format!("`{found}` closes no bracket"))
                .help("take it out, or open a bracket before it"),
        );
    }
    if found == "{" && expected.iter().any(|words| words == TICKET) && !reader.text[at..end].contains('}') {
        return Some(Diagnostic::new(&codes::SYNTAX, here, "this `{` is never closed").help("end the ticket with `}`"));
    }
    if found == "/" && expected.iter().any(|words| words == PATTERN) {
        return Some(
            Diagnostic::new(&codes::SYNTAX, here, "this pattern is never closed")
                .help("end it with `/` on the same line"),
        );
    }
    let open = open_bracket(&reader.text[base..end]).filter(|_| found.is_empty())?;
    let sign = if reader.text[base + open..].starts_with('(') { "(" } else { "（" };
    let place = reader.span(base + open..base + open + sign.len());
    Some(
        Diagnostic::new(&codes::SYNTAX, place, format!("this `{sign}` is never closed"))
            .help("close it with `)` in the same clause"),
    )
}

/// The last round bracket that is opened and not closed, outside quotes.
fn open_bracket(words: &str) -> Option<usize> {
    let mut open: Vec<usize> = Vec::new();
    let mut mate: Option<char> = None;
    for (at, letter) in words.char_indices() {
        match (mate, letter) {
            (Some(close), _) if close == letter => mate = None,
            (Some(_), _) => {}
            (None, _) if quote_mate(letter).is_some() => mate = quote_mate(letter),
            (None, '(' | '（') => open.push(at),
            (None, ')' | '）') => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop()
}

/// Whether the piece is one of those that list things between commas.
fn is_list(text: &str, base: usize, end: usize) -> bool {
    matches!(
        word_at(text, base, end),
        "fact" | "event" | "status" | "lexicon" | "tiers" | "cites" | "must" | "expect" | "warn" | "by"
    )
}

/// Reports a first-column line that begins no statement.
pub fn unknown_statement(reader: &mut Reader, base: usize, end: usize) {
    let found = word_at(reader.text, base, end);
    let span: Span = reader.span(base..base + found.len());
    let near =
        loanword(found).or_else(|| nearest(found, keyword::statements())).map(|near| format!("did you mean `{near}`?"));
    let all: Vec<String> = keyword::statements().map(|word| format!("`{word}`")).collect();
    let list = near.is_none().then(|| format!("a statement begins with one of {}", all.join(", ")));
    reader.diagnostics.push(
        Diagnostic::new(&codes::UNKNOWN_STATEMENT, span, format!("`{found}` does not begin a statement"))
            .maybe_help(near)
            .maybe_help(list),
    );
}

/// Reports a line that is no rule at all: a comment of another language, or a sentence.
pub fn prose(reader: &mut Reader, line: Range<usize>) {
    let words = reader.text[line.clone()].trim_end();
    let span: Span = reader.span(line.start..line.start + words.len());
    let message = match ["//", "/*", "*/", "--", "<!--"].into_iter().find(|mark| words.starts_with(mark)) {
        Some(mark) => format!("`{mark}` does not begin a comment"),
        None => format!("`{words}` is no line of rules"),
    };
    reader.diagnostics.push(Diagnostic::new(&codes::UNKNOWN_STATEMENT, span, message).help(COMMENT));
}

/// Reports a clause that stands in the first column, where statements begin.
pub fn clause_in_first_column(reader: &mut Reader, line: Range<usize>) {
    let found = word_at(reader.text, line.start, line.end);
    let span: Span = reader.span(line.start..line.start + found.len());
    let message = match found {
        "|" | "｜" => "a table stands in the first column, where statements begin".to_owned(),
        word => format!("`{word}` stands in the first column, where statements begin"),
    };
    reader.diagnostics.push(
        Diagnostic::new(&codes::UNKNOWN_STATEMENT, span, message)
            .help("indent the clauses of a statement by two blanks"),
    );
}

/// What would have fitted, in the words of the language, sorted as the grammar lists it.
fn expected(error: &Error<Rule>) -> Vec<String> {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return Vec::new() };
    let mut words: Vec<String> = Vec::new();
    for rule in positives {
        for spoken in describe(*rule) {
            if !words.contains(&spoken) {
                words.push(spoken);
            }
        }
    }
    words
}

const END: &str = "the end of the line";
const TICKET: &str = "a ticket `{…}`";
const PATTERN: &str = "a pattern `/…/`";
const TABLE: &str = "a table";

/// A rule of the grammar in an author's words; nothing for what only holds the grammar together.
fn describe(rule: Rule) -> Vec<String> {
    if let Some(word) = keyword::of_rule(rule) {
        return vec![format!("`{word}`")];
    }
    let spoken: &[&str] = match rule {
        Rule::name | Rule::path | Rule::declared | Rule::names => &["a name"],
        Rule::string | Rule::label => &["text in quotes"],
        Rule::pattern => &[PATTERN],
        Rule::number | Rule::integer => &["a number"],
        Rule::percent | Rule::percent_figure => &["a percentage"],
        Rule::percent_sign => &["`%`"],
        Rule::date => &["a date"],
        Rule::instant => &["an instant"],
        Rule::clock_time => &["a time of day"],
        Rule::amount | Rule::compact => &["an amount of time"],
        Rule::amount_unit => &["`minutes`", "`hours`", "`days`", "`months`"],
        Rule::flow_map => &[TICKET],
        Rule::value | Rule::argument => &["a value"],
        Rule::operand => &["a figure"],
        Rule::condition | Rule::unary | Rule::test => &["a condition"],
        Rule::expectation => &["an expectation"],
        Rule::predicate => &["`is`", "`in`", "a comparison", "`between`", "`contains`", "`breached`", "`happened`"],
        Rule::comparison | Rule::compare_cell | Rule::compare_test => &["a comparison"],
        Rule::set => &["values in brackets"],
        Rule::guard => &["`when`", "`otherwise`"],
        Rule::lasting => &["`for`"],
        Rule::phrase => &["a phrase in quotes"],
        Rule::fact_type => &["`text`", "`number`", "`yes/no`", "`time`", "`list of`", "`one of`"],
        Rule::trigger => &["`at once`", "`when`", "`after`"],
        Rule::modifier => &["`until acknowledged`", "`repeat every`", "`within working hours`"],
        Rule::worth => &["points", "`red line`"],
        Rule::whose_message => &["`customer message`", "`agent message`"],
        Rule::who => &["`agent`", "`customer`", "`bot`", "`anyone`"],
        Rule::classify_clause => &["`tier`", "`tiers`", TABLE, "`when`", "`cites`", "`effective from`", "`trial`"],
        Rule::deadline_clause => &[
            "`from`",
            "`within`",
            TABLE,
            "`pause while`",
            "`warn at`",
            "`on change`",
            "`on reopen`",
            "`when`",
            "`cites`",
            "`effective from`",
            "`trial`",
        ],
        Rule::escalation_clause => &["`step`", "`when`", "`cites`", "`effective from`", "`trial`"],
        Rule::route_clause => &["`to`", TABLE, "`when`", "`cites`", "`effective from`", "`trial`"],
        Rule::record_clause => &["`must have`", "`when`", "`cites`", "`effective from`", "`trial`"],
        Rule::exception_clause => {
            &["`tier`", "`within`", "`to`", TABLE, "`when`", "`cites`", "`effective from`", "`trial`"]
        }
        Rule::example_clause => &["`ticket`", "`expect`"],
        Rule::etiquette_clause => &["`rule`", "`grade`", "`when`", "`cites`", "`effective from`", "`trial`"],
        Rule::scored_clause => &["`agent`", "`customer`", "`bot`", "`anyone`", "`when`", "`unless`", "`example`"],
        Rule::target_clause => {
            &["`share of`", "`mean of`", "`percentile`", "`count of`", "`per`", "`by`", "`when`", "`cites`"]
        }
        Rule::retain_clause => &["`for`", "`when`", "`cites`", "`effective from`", "`trial`"],
        Rule::test_cell | Rule::values_cell => &["`-`", "a value", "a comparison", "a range `5..10`"],
        Rule::head_cell => &["a name", "`tier`", "`within`", "`to`"],
        Rule::EOI => &[END],
        _ => &[],
    };
    spoken.iter().map(|words| (*words).to_owned()).collect()
}

fn skip_blanks(text: &str, at: usize, end: usize) -> usize {
    let rest = text.get(at..end).unwrap_or("");
    at + (rest.len() - rest.trim_start().len())
}

/// Where the comparison or the like begins of which `at` is a later sign: `==`, `&&`.
fn start_of_sign(text: &str, base: usize, at: usize) -> usize {
    let is_sign = |letter: char| "=<>!&|".contains(letter);
    if !text[at..].starts_with(is_sign) {
        return at;
    }
    at - text[base..at].chars().rev().take_while(|letter| is_sign(*letter)).count()
}

/// The name, figure, text in quotes, or run of signs at `at`; nothing at the end of the piece.
pub fn word_at(text: &str, at: usize, end: usize) -> &str {
    let rest = text.get(at..end).unwrap_or("");
    let Some(first) = rest.chars().next() else { return rest };
    let width = first.len_utf8();
    let length = match quote_mate(first) {
        Some(mate) => {
            let line = rest[width..].lines().next().unwrap_or("");
            line.find(mate).map_or(width, |close| width + close + mate.len_utf8())
        }
        None if rest.starts_with("//") || rest.starts_with("/*") => 2,
        None if "=<>!&".contains(first) => rest.find(|letter| !"=<>!&".contains(letter)).unwrap_or(rest.len()),
        None => rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(rest.len()).max(width),
    };
    &rest[..length]
}

fn quote_mate(quote: char) -> Option<char> {
    match quote {
        '"' => Some('"'),
        '“' => Some('”'),
        '「' => Some('」'),
        _ => None,
    }
}
