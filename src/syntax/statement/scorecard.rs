//! The rules of a scorecard, each with clauses of its own.

use super::{is_sound, read};
use crate::syntax::condition::condition;
use crate::syntax::grammar::rules::Rule;
use crate::syntax::layout::Piece;
use crate::syntax::literal::{Node, Reader};
use crate::syntax::tree::{ClauseKind, EtiquetteClause, EtiquetteRule, Name, Speech, Text, Worth};

/// Reads a rule from its first line and the pieces under it; or a clause that only looked like one.
pub fn rule(reader: &mut Reader, node: Node, inner: &[Piece]) -> Option<ClauseKind> {
    let (mut declared, mut worth_of) = (None, None);
    for part in node.parts() {
        match part.rule() {
            Rule::declared => declared = Some(reader.declared(part)),
            Rule::worth => worth_of = worth(reader, part),
            _ => {}
        }
    }
    let clauses = inner.iter().map(|piece| scored_clause(reader, piece).unwrap_or(EtiquetteClause::Junk)).collect();
    Some(ClauseKind::Etiquette(EtiquetteRule { declared: declared?, worth: worth_of, clauses }))
}

fn worth(reader: &mut Reader, node: Node) -> Option<Worth> {
    let span = reader.place(&node);
    let parts: Vec<Node> = node.parts().collect();
    let mut figures = parts
        .iter()
        .filter(|part| part.rule() == Rule::number)
        .map(|part| reader.figure(part))
        .collect::<Vec<_>>()
        .into_iter();
    let has = |rule: Rule| parts.iter().any(|part| part.rule() == rule);
    if has(Rule::kw_fails) {
        Some(Worth::Fails(span))
    } else if has(Rule::kw_caps_at) {
        figures.next().map(Worth::Caps)
    } else if has(Rule::kw_points_each) {
        let each = figures.next()?;
        Some(Worth::Each(each, figures.next()))
    } else {
        figures.next().map(Worth::Points)
    }
}

fn scored_clause(reader: &mut Reader, piece: &Piece) -> Option<EtiquetteClause> {
    if !is_sound(reader, &piece.lines()) {
        return None;
    }
    let node = read(reader, Rule::scored_clause, piece.range(), "a clause of a scorecard's rule")?.first()?;
    let span = reader.place(&node);
    match node.rule() {
        Rule::speech_example_clause => Some(EtiquetteClause::Example(span)),
        Rule::when_speech_clause => speech(reader, node).map(EtiquetteClause::When),
        Rule::unless_clause => speech(reader, node).map(EtiquetteClause::Unless),
        _ => {
            let all = descendants(node);
            let modal = all.iter().find(|part| part.rule() == Rule::duty).cloned()?.first()?.rule();
            Some(EtiquetteClause::Duty {
                span,
                forbids: matches!(modal, Rule::kw_must_not | Rule::kw_should_not),
                counts: matches!(modal, Rule::kw_must | Rule::kw_must_not),
                lexicons: lexicons(reader, &all),
                pattern: all
                    .iter()
                    .find(|part| part.rule() == Rule::pattern)
                    .map(|part| -> Text { reader.quoted(part.clone()) }),
            })
        }
    }
}

fn speech(reader: &mut Reader, node: Node) -> Option<Speech> {
    let part = node.parts().nth(1)?;
    match part.rule() {
        Rule::condition => Some(Speech::Condition(condition(reader, part))),
        _ => Some(Speech::Said(lexicons(reader, &descendants(part)))),
    }
}

/// The lexicons a duty or an utterance names.
fn lexicons(reader: &Reader, nodes: &[Node]) -> Vec<Name> {
    nodes.iter().filter(|part| part.rule() == Rule::path).map(|part| reader.name(part)).collect()
}

/// A node with everything under it, in order.
fn descendants(node: Node) -> Vec<Node> {
    let mut all: Vec<Node> = vec![node.clone()];
    for part in node.parts() {
        all.extend(descendants(part));
    }
    all
}
