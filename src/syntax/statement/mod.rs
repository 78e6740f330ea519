//! The statements of a `rules` fence.
//!
//! Layout says which lines belong together; each such piece is read on its own, so that a broken one is reported
//! once and the rest is read all the same.

mod clause;
mod scorecard;

use super::condition;
use super::grammar::rules::{Rule, RulesParser};
use super::hint::is_prose;
use super::keyword;
use super::layout::{self, Line, Piece};
use super::literal::{Node, Reader};
use super::recover;
use super::tree::{
    Declared, DefineStatement, Expectation, FactStatement, FactType, LexiconStatement, Phrase, RuleKind, RuleStatement,
    RulesFence, Statement, Text,
};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span};
use pest::Parser;
use std::ops::Range;

/// Brackets may nest so deep; deeper ones are refused before the grammar sees them.
const DEEPEST: usize = 64;

/// No piece of a statement is longer: the grammar's work and memory grow with it.
const LONGEST: usize = 256 * 1024;

/// A file with so many mistakes is not read further.
const MOST_MISTAKES: usize = 1000;

/// Reads the body of a fence that is indented by `margin`.
pub fn fence(reader: &mut Reader, body: Span, margin: usize) -> RulesFence {
    let mut found = layout::lines(reader.words(body), body.start as usize, margin);
    let text: &str = reader.text;
    leave_prose_out(reader, &mut found.lines);
    indent_clauses(reader, &mut found.lines);
    let pieces = layout::statements(found.lines, |line| first_word(text, line.range.clone()).is_none());
    let mut statements: Vec<Statement> = Vec::new();
    for piece in pieces {
        let span = reader.span(piece.range());
        if reader.diagnostics.len() >= MOST_MISTAKES {
            let rest = Span { start: span.start, ..body };
            reader.diagnostics.push(
                Diagnostic::new(
                    &codes::SYNTAX,
                    Span { end: span.start, ..span },
                    format!("after {MOST_MISTAKES} mistakes this block is read no further"),
                )
                .help("mend those above first"),
            );
            statements.push(Statement::Junk(rest));
            break;
        }
        statements.push(statement(reader, &piece).unwrap_or(Statement::Junk(span)));
    }
    RulesFence { body, statements, comments: found.comments.into_iter().map(|range| reader.span(range)).collect() }
}

/// Comments of other languages and sentences are reported, once for a run of them, and the rest is read as if they
/// were not there.
fn leave_prose_out(reader: &mut Reader, lines: &mut Vec<Line>) {
    let mut follows_comma: bool = false;
    let mut is_run: bool = false;
    let mut open: isize = 0;
    lines.retain(|line| {
        let is_statement = first_word(reader.text, line.range.clone()).is_some();
        let is_inside = follows_comma || open > 0 && !is_statement;
        let is_prose = !is_inside && !is_statement && is_prose(&reader.text[line.range.clone()], line.indent == 0);
        open = if is_statement { line.opens } else { open + line.opens };
        if is_prose && !is_run {
            recover::prose(reader, line.range.clone());
        }
        is_run = is_prose;
        follows_comma = line.goes_on && !is_prose;
        !is_prose
    });
}

/// Clauses that stand in the first column under a statement that takes clauses are reported, once for a run of
/// them, and read as if they were indented.
fn indent_clauses(reader: &mut Reader, lines: &mut [Line]) {
    let mut indent: Option<usize> = None;
    let mut is_run: bool = false;
    let mut goes_on: bool = false;
    for index in 0..lines.len() {
        let line: Line = lines[index].clone();
        let follows_comma = std::mem::replace(&mut goes_on, line.goes_on);
        if line.indent > 0 {
            continue;
        }
        if let Some(word) = first_word(reader.text, line.range.clone()) {
            is_run = false;
            let takes_clauses =
                !matches!(word, Rule::kw_fact | Rule::kw_event | Rule::kw_status | Rule::kw_define | Rule::kw_lexicon);
            let below = lines[index + 1..].iter().map(|line| line.indent).find(|indent| *indent > 0);
            indent = takes_clauses.then(|| below.unwrap_or(2));
            continue;
        }
        let begins_clause =
            line.is_table || keyword::begins_clause(recover::word_at(reader.text, line.range.start, line.range.end));
        match indent.filter(|_| begins_clause && !follows_comma) {
            None => indent = None,
            Some(columns) => {
                if !is_run {
                    recover::clause_in_first_column(reader, line.range.clone());
                }
                is_run = true;
                lines[index].indent = columns;
            }
        }
    }
}

/// Reads one piece with an entry of the grammar; reports and gives `None` where it does not fit.
pub fn read<'i>(reader: &mut Reader<'i>, rule: Rule, range: Range<usize>, whole: &str) -> Option<Node<'i>> {
    let text: &'i str = reader.text;
    match RulesParser::parse(rule, &text[range.clone()]) {
        Ok(mut pairs) => pairs.next().map(|pair| Node::new(pair, range.start)),
        Err(error) => {
            recover::report(reader, &error, range.start, range.end, whole);
            None
        }
    }
}

/// Whether the lines of a piece are fit for the grammar: quotes closed, brackets not too deep.
fn is_sound(reader: &mut Reader, lines: &[&Line]) -> bool {
    let length = lines.iter().map(|line| line.range.len()).sum::<usize>();
    if let Some(first) = lines.first().filter(|_| length > LONGEST) {
        reader.diagnostics.push(
            Diagnostic::new(
                &codes::SYNTAX,
                reader.span(first.range.start..first.range.start),
                "this is too long to be read as one piece",
            )
            .help(format!("a clause may have {} KiB; split it", LONGEST / 1024)),
        );
        return false;
    }
    // Brackets may be opened on one line and closed on another, so what counts is how many are open at once.
    let mut open: isize = 0;
    for line in lines {
        if let Some(at) = line.unclosed_quote {
            let quote = reader.text[at..].chars().next().map_or(0, char::len_utf8);
            reader.diagnostics.push(
                Diagnostic::new(
                    &codes::UNCLOSED_QUOTE,
                    reader.span(at..at + quote),
                    "this quote has no mate on its line",
                )
                .help("quotes come in pairs: `\"…\"`, `“…”` or `「…」`"),
            );
            return false;
        }
        let deepest = open.saturating_add_unsigned(line.depth);
        open = (open + line.opens).max(0);
        if deepest.unsigned_abs() > DEEPEST {
            reader.diagnostics.push(
                Diagnostic::new(&codes::SYNTAX, reader.span(line.range.clone()), "brackets nest too deep here")
                    .help("give parts of the condition a name with `define`"),
            );
            return false;
        }
    }
    true
}

/// Where the rules of a block that was never closed seem to end: at a heading, or at a line of prose after a blank
/// line. `None` when they run to the end.
pub fn end_of_rules(file: FileId, text: &str, body: Span) -> Option<usize> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let reader = Reader { file, text, diagnostics: &mut diagnostics };
    let mut at: usize = body.start as usize;
    let mut after_blank: bool = false;
    for line in reader.words(body).split_inclusive('\n') {
        let start = at;
        at += line.len();
        let title = line.trim_start_matches('#');
        let is_heading = title.len() < line.len()
            && title.starts_with(' ')
            && (line.starts_with("##") || after_blank && !title.is_ascii());
        let begins = line.starts_with(|letter: char| !letter.is_whitespace() && letter != '#');
        let is_prose = after_blank && begins && !line.starts_with('|') && {
            let word = recover::word_at(text, start, at);
            first_word(text, start..at).is_none()
                && !keyword::begins_clause(word)
                && (!word.is_ascii() || line.trim_end().ends_with('.'))
        };
        if is_heading || is_prose {
            return Some(start);
        }
        after_blank = line.trim().is_empty();
    }
    None
}

/// Whether a text reads as the statements of a `rules` fence, whatever its fence is marked with.
pub fn reads_as_rules(file: FileId, text: &str, body: Span, margin: usize) -> bool {
    let mut found: Vec<Diagnostic> = Vec::new();
    let fence = fence(&mut Reader { file, text, diagnostics: &mut found }, body, margin);
    !fence.statements.is_empty() && found.is_empty()
}

fn first_word(text: &str, range: Range<usize>) -> Option<Rule> {
    let pair = RulesParser::parse(Rule::statement_word, &text[range]).ok()?.next()?;
    pair.into_inner().next().map(|word| word.as_rule())
}

fn statement(reader: &mut Reader, piece: &Piece) -> Option<Statement> {
    let head = piece.head_range();
    let first = piece.head.first()?;
    if first.indent > 0 {
        let word = recover::word_at(reader.text, head.start, head.end).len();
        reader.diagnostics.push(
            Diagnostic::new(
                &codes::UNKNOWN_STATEMENT,
                reader.span(head.start..head.start + word),
                "this line belongs to no statement",
            )
            .help("a statement begins in the first column of its block"),
        );
        return None;
    }
    let Some(word) = first_word(reader.text, head.clone()) else {
        recover::unknown_statement(reader, head.start, head.end);
        return None;
    };
    let flat: Option<Rule> = match word {
        Rule::kw_fact => Some(Rule::fact_statement),
        Rule::kw_event => Some(Rule::event_statement),
        Rule::kw_status => Some(Rule::status_statement),
        Rule::kw_define => Some(Rule::define_statement),
        Rule::kw_lexicon => Some(Rule::lexicon_statement),
        _ => None,
    };
    match flat {
        Some(rule) => {
            if !is_sound(reader, &piece.lines()) {
                return None;
            }
            let node = read(reader, rule, piece.range(), "this statement")?;
            flat_statement(reader, word, node)
        }
        None => rule_statement(reader, word, piece).map(Statement::Rule),
    }
}

fn flat_statement(reader: &mut Reader, word: Rule, node: Node) -> Option<Statement> {
    let span = reader.place(&node);
    let mut parts = node.parts();
    parts.next();
    match word {
        Rule::kw_fact => {
            let names = names(reader, parts.next()?);
            let kind = fact_type(reader, parts.next()?.first()?)?;
            Some(Statement::Fact(FactStatement { span, names, kind }))
        }
        Rule::kw_event => Some(Statement::Event(span, names(reader, parts.next()?))),
        Rule::kw_status => Some(Statement::Status(span, names(reader, parts.next()?))),
        Rule::kw_define => {
            let declared = reader.declared(parts.next()?);
            let condition = condition::condition(reader, parts.find(|part| part.rule() == Rule::condition)?);
            Some(Statement::Define(DefineStatement { span, declared, condition }))
        }
        _ => {
            let declared = reader.declared(parts.next()?);
            let (mut phrases, mut file): (Vec<Phrase>, Option<Text>) = (Vec::new(), None);
            for part in parts {
                match part.rule() {
                    Rule::phrase => phrases.extend(phrase(reader, part)),
                    Rule::string => file = Some(reader.quoted(part)),
                    _ => {}
                }
            }
            Some(Statement::Lexicon(LexiconStatement { span, declared, phrases, file }))
        }
    }
}

/// `a "A", b "B"`
fn names(reader: &mut Reader, node: Node) -> Vec<Declared> {
    node.parts().map(|part| reader.declared(part)).collect()
}

fn fact_type(reader: &mut Reader, node: Node) -> Option<FactType> {
    let rule = node.rule();
    let mut parts = node.parts();
    match rule {
        Rule::type_yes_no => Some(FactType::YesNo),
        Rule::type_text => Some(FactType::Text),
        Rule::type_time => Some(FactType::Time),
        Rule::type_one_of => Some(FactType::OneOf(names(reader, parts.nth(1)?))),
        Rule::type_number => {
            let (mut figures, mut unit) = (Vec::new(), None);
            for part in parts {
                match part.rule() {
                    Rule::number => figures.push(reader.figure(&part)),
                    Rule::label => unit = Some(reader.quoted(part)),
                    _ => {}
                }
            }
            let mut figures = figures.into_iter();
            Some(FactType::Number { range: figures.next().zip(figures.next()), unit })
        }
        _ => match fact_type(reader, parts.nth(1)?)? {
            FactType::OneOf(values) => Some(FactType::ListOf(values)),
            _ => Some(FactType::ListOfText),
        },
    }
}

fn phrase(reader: &mut Reader, node: Node) -> Option<Phrase> {
    let mut texts: Vec<Text> = Vec::new();
    for part in node.parts() {
        match part.rule() {
            Rule::path => return Some(Phrase::Lexicon(reader.name(&part))),
            Rule::string => texts.push(reader.quoted(part)),
            _ => {}
        }
    }
    (!texts.is_empty()).then(|| Phrase::Text(texts.remove(0), texts))
}

/// A statement of a first line and clauses.
fn rule_statement(reader: &mut Reader, word: Rule, piece: &Piece) -> Option<RuleStatement> {
    let (kind, header, clause_rule, spoken): (RuleKind, Rule, Rule, &str) = match word {
        Rule::kw_classify => {
            (RuleKind::Classify, Rule::classify_header, Rule::classify_clause, "a clause of `classify`")
        }
        Rule::kw_deadline => {
            (RuleKind::Deadline, Rule::deadline_header, Rule::deadline_clause, "a clause of `deadline`")
        }
        Rule::kw_escalation => {
            (RuleKind::Escalation, Rule::escalation_header, Rule::escalation_clause, "a clause of `escalation`")
        }
        Rule::kw_route => (RuleKind::Route, Rule::route_header, Rule::route_clause, "a clause of `route`"),
        Rule::kw_record => (RuleKind::Record, Rule::record_header, Rule::record_clause, "a clause of `record`"),
        Rule::kw_etiquette => {
            (RuleKind::Etiquette, Rule::etiquette_header, Rule::etiquette_clause, "a clause of `etiquette`")
        }
        Rule::kw_target => (RuleKind::Target, Rule::target_header, Rule::target_clause, "a clause of `target`"),
        Rule::kw_retain => (RuleKind::Retain, Rule::retain_header, Rule::retain_clause, "a clause of `retain`"),
        Rule::kw_exception_to => {
            (RuleKind::Exception, Rule::exception_header, Rule::exception_clause, "a clause of an exception")
        }
        _ => (RuleKind::Example, Rule::example_header, Rule::example_clause, "a clause of `example`"),
    };
    let head_lines: Vec<&Line> = piece.head.iter().collect();
    let header =
        if is_sound(reader, &head_lines) { read(reader, header, piece.head_range(), "this statement") } else { None };
    // A broken first line does not hide mistakes in the clauses under it.
    let clauses = piece.inner.iter().map(|inner| clause::clause(reader, clause_rule, inner, spoken)).collect();
    let node = header?;
    let mut declared: Option<Declared> = None;
    let mut figures = Vec::new();
    for part in node.parts() {
        match part.rule() {
            Rule::declared => declared = Some(reader.declared(part)),
            Rule::path => declared = Some(Declared { name: reader.name(&part), label: None }),
            Rule::string => declared = Some(Declared { name: reader.quoted(part), label: None }),
            Rule::integer | Rule::number => figures.push(reader.figure(&part)),
            _ => {}
        }
    }
    let mut figures = figures.into_iter();
    let scale = figures.next().map(|out_of| (out_of, figures.next()));
    Some(RuleStatement { span: reader.span(piece.range()), kind, declared: declared?, scale, clauses })
}

/// One expectation that stands alone, in a tests file.
pub fn lone_expectation(reader: &mut Reader, range: Range<usize>) -> Option<Expectation> {
    let lines = layout::lines(&reader.text[range.clone()], range.start, 0).lines;
    if !is_sound(reader, &lines.iter().collect::<Vec<_>>()) {
        return None;
    }
    let node = read(reader, Rule::expectation_statement, range, "an expectation")?;
    clause::expectation(reader, node.first()?)
}
