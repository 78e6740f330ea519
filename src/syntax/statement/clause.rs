//! The clauses of a statement.

use super::{is_sound, names, read, scorecard};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::condition::condition;
use crate::syntax::grammar::rules::Rule;
use crate::syntax::layout::{Line, Piece};
use crate::syntax::literal::{Node, Reader};
use crate::syntax::table::table;
use crate::syntax::tree::{
    Clause, ClauseKind, Declared, Expectation, ExpectationKind, Guard, Measure, OnChange, OnReopen, PauseEnd, Repeat,
    Speaker, Step, Trigger, Warning,
};

/// Reads one clause; a broken one is junk.
pub fn clause(reader: &mut Reader, entry: Rule, piece: &Piece, spoken: &str) -> Clause {
    let span = reader.span(piece.range());
    if piece.is_table() {
        let mut lines: Vec<Line> = piece.head.clone();
        lines.extend(piece.inner.iter().flat_map(Piece::lines).cloned());
        let takes_table = matches!(
            entry,
            Rule::classify_clause | Rule::deadline_clause | Rule::route_clause | Rule::exception_clause
        );
        if takes_table && is_sound(reader, &lines.iter().collect::<Vec<_>>()) {
            return Clause { span, kind: table(reader, &lines).map_or(ClauseKind::Junk, ClauseKind::Table) };
        }
        if takes_table {
            return Clause { span, kind: ClauseKind::Junk };
        }
    }
    // Only a rule of a scorecard has clauses of its own; everywhere else deeper lines continue the clause.
    let is_scored = entry == Rule::etiquette_clause && reader.words(span).starts_with("rule");
    let lines: Vec<&Line> = if is_scored { piece.head.iter().collect() } else { piece.lines() };
    if !is_sound(reader, &lines) {
        return Clause { span, kind: ClauseKind::Junk };
    }
    let range = if is_scored { piece.head_range() } else { piece.range() };
    let kind = read(reader, entry, range, spoken)
        .and_then(Node::first)
        .and_then(|node| if is_scored { scorecard::rule(reader, node, &piece.inner) } else { kind(reader, node) });
    Clause { span, kind: kind.unwrap_or(ClauseKind::Junk) }
}

fn kind(reader: &mut Reader, node: Node) -> Option<ClauseKind> {
    let rule = node.rule();
    let parts: Vec<Node> = node.parts().collect();
    let words = parts.iter().filter(|part| part.rule() == Rule::string).cloned();
    match rule {
        Rule::cites_clause => Some(ClauseKind::Cites(words.map(|part| reader.quoted(part)).collect())),
        Rule::effective_clause => {
            let mut dates = parts.iter().filter(|part| part.rule() == Rule::date);
            let from = reader.date(dates.next()?);
            Some(ClauseKind::Effective(from, dates.next().map(|part| reader.date(part))))
        }
        Rule::trial_clause => Some(ClauseKind::Trial),
        Rule::when_clause => Some(ClauseKind::When(only_condition(reader, parts)?)),
        Rule::tier_clause | Rule::to_clause => {
            let (declared, guard) = declared_row(reader, parts)?;
            Some(if rule == Rule::tier_clause {
                ClauseKind::Tier(declared, guard)
            } else {
                ClauseKind::To(declared, guard)
            })
        }
        Rule::tiers_clause => Some(ClauseKind::Tiers(names(reader, parts.into_iter().nth(1)?))),
        Rule::within_clause => {
            let mut amount = None;
            let mut row_guard = None;
            for part in parts {
                match part.rule() {
                    Rule::amount => amount = Some(reader.amount(part)),
                    Rule::guard => row_guard = guard(reader, part),
                    _ => {}
                }
            }
            Some(ClauseKind::Within(amount?, row_guard))
        }
        Rule::from_each_clause => {
            let speakers: Vec<Speaker> = parts
                .iter()
                .filter(|part| part.rule() == Rule::whose_message)
                .filter_map(|part| part.clone().first())
                .map(|whose| match whose.rule() {
                    Rule::kw_customer_message => Speaker::Customer,
                    _ => Speaker::Agent,
                })
                .collect();
            Some(ClauseKind::FromEach(*speakers.first()?, *speakers.get(1)?))
        }
        Rule::from_clause => {
            let mut paths = parts.iter().filter(|part| part.rule() == Rule::path);
            let from = reader.name(paths.next()?);
            Some(ClauseKind::From(from, reader.name(paths.next()?)))
        }
        Rule::pause_clause => {
            let end = parts.iter().find(|part| part.rule() == Rule::pause_end).cloned().and_then(Node::first);
            let end = end.map(|end| match end.rule() {
                Rule::kw_until => PauseEnd::CustomerMessage,
                _ => PauseEnd::Regardless,
            });
            Some(ClauseKind::Pause(only_condition(reader, parts)?, end))
        }
        Rule::warn_clause => {
            let warnings =
                parts.into_iter().filter(|part| part.rule() == Rule::warning).filter_map(|part| warning(reader, part));
            Some(ClauseKind::Warn(warnings.collect()))
        }
        Rule::on_change_clause => Some(ClauseKind::OnChange(match parts.get(1)?.rule() {
            Rule::kw_carry => OnChange::Carry,
            Rule::kw_restart => OnChange::Restart,
            _ => OnChange::Pin,
        })),
        Rule::on_reopen_clause => Some(ClauseKind::OnReopen(match parts.get(1)?.rule() {
            Rule::kw_continue => OnReopen::Continue,
            Rule::kw_new_cycle => OnReopen::NewCycle,
            _ => OnReopen::StayClosed,
        })),
        Rule::step_clause => step(reader, parts).map(ClauseKind::Step),
        Rule::must_have_clause => {
            let fields = parts.iter().filter(|part| part.rule() == Rule::path).map(|part| reader.name(part)).collect();
            Some(ClauseKind::MustHave(fields, only_condition(reader, parts)))
        }
        Rule::grade_clause => {
            let declared =
                parts.iter().find(|part| part.rule() == Rule::declared).cloned().map(|part| reader.declared(part))?;
            let from = parts.iter().find(|part| part.rule() == Rule::number).map(|part| reader.figure(part));
            Some(ClauseKind::Grade(declared, from))
        }
        Rule::measure_clause => measure(reader, parts).map(ClauseKind::Measure),
        Rule::per_clause => Some(ClauseKind::Per(reader.place(parts.get(1)?))),
        Rule::by_clause => Some(ClauseKind::By(parts.iter().skip(1).map(|part| reader.name(part)).collect())),
        Rule::keep_clause => {
            let amount =
                parts.iter().find(|part| part.rule() == Rule::amount).cloned().map(|part| reader.amount(part))?;
            let event = parts.iter().find(|part| part.rule() == Rule::path).map(|part| reader.name(part))?;
            Some(ClauseKind::Keep(amount, event))
        }
        Rule::ticket_clause => {
            let map = parts.iter().find(|part| part.rule() == Rule::flow_map).map(|part| reader.place(part))?;
            let at = parts.iter().find(|part| matches!(part.rule(), Rule::instant | Rule::date)).cloned();
            Some(ClauseKind::Ticket(map, at.map(|part| reader.instant(&part))))
        }
        Rule::expect_clause => {
            let found = parts
                .into_iter()
                .filter(|part| part.rule() == Rule::expectation)
                .filter_map(|part| expectation(reader, part));
            Some(ClauseKind::Expect(found.collect()))
        }
        _ => None,
    }
}

fn only_condition(reader: &mut Reader, parts: Vec<Node>) -> Option<crate::syntax::tree::Condition> {
    parts.into_iter().find(|part| part.rule() == Rule::condition).map(|part| condition(reader, part))
}

/// `when COND` or `otherwise` after a row.
fn guard(reader: &mut Reader, node: Node) -> Option<Guard> {
    let span: Span = reader.place(&node);
    let parts: Vec<Node> = node.parts().collect();
    match parts.iter().any(|part| part.rule() == Rule::kw_otherwise) {
        true => Some(Guard::Otherwise(span)),
        false => only_condition(reader, parts).map(Guard::When),
    }
}

fn declared_row(reader: &mut Reader, parts: Vec<Node>) -> Option<(Declared, Option<Guard>)> {
    let (mut declared, mut row_guard) = (None, None);
    for part in parts {
        match part.rule() {
            Rule::declared => declared = Some(reader.declared(part)),
            Rule::guard => row_guard = guard(reader, part),
            _ => {}
        }
    }
    Some((declared?, row_guard))
}

fn warning(reader: &mut Reader, node: Node) -> Option<Warning> {
    let part = node.first()?;
    match part.rule() {
        Rule::percent => Some(Warning::Percent(reader.figure(&part))),
        _ => Some(Warning::Before(reader.amount(part))),
    }
}

fn step(reader: &mut Reader, parts: Vec<Node>) -> Option<Step> {
    let (mut number, mut role, mut moved) = (None, None, None);
    let (mut until_acknowledged, mut repeat, mut within_working_hours) = (None, None, None);
    for part in parts {
        match part.rule() {
            Rule::integer => number = Some(reader.figure(&part)),
            Rule::declared => role = Some(reader.declared(part)),
            Rule::trigger => moved = Some((reader.place(&part), trigger(reader, part)?)),
            Rule::modifier => {
                let span = reader.place(&part);
                let inner = part.first()?;
                // Said twice, the first time counts; saying it twice says no more.
                match inner.rule() {
                    Rule::kw_until_acknowledged => until_acknowledged = until_acknowledged.or(Some(span)),
                    Rule::kw_within_working_hours => within_working_hours = within_working_hours.or(Some(span)),
                    _ => {
                        let again: Repeat = repeating(reader, inner)?;
                        match &repeat {
                            None => repeat = Some(again),
                            Some(first) => reader.diagnostics.push(repeated_twice(first, &again)),
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let (trigger_span, trigger) = moved?;
    Some(Step { number: number?, role: role?, trigger, trigger_span, until_acknowledged, repeat, within_working_hours })
}

fn repeated_twice(first: &Repeat, again: &Repeat) -> Diagnostic {
    Diagnostic::new(&codes::DUPLICATE_CLAUSE, again.span, "`repeat every` stands in this step a second time")
        .label(first.span, "the first time")
        .help("keep one of the two")
}

fn repeating(reader: &mut Reader, node: Node) -> Option<Repeat> {
    let span = reader.place(&node);
    let (mut every, mut at_most) = (None, None);
    for part in node.parts() {
        match part.rule() {
            Rule::amount => every = Some(reader.amount(part)),
            Rule::integer => at_most = Some(reader.figure(&part)),
            _ => {}
        }
    }
    Some(Repeat { span, every: every?, at_most })
}

fn trigger(reader: &mut Reader, node: Node) -> Option<Trigger> {
    let parts: Vec<Node> = node.parts().collect();
    match parts.first()?.rule() {
        Rule::kw_at_once => Some(Trigger::AtOnce),
        Rule::kw_after => Some(Trigger::After(reader.amount(parts.into_iter().nth(1)?))),
        _ => only_condition(reader, parts).map(Trigger::When),
    }
}

fn measure(reader: &mut Reader, parts: Vec<Node>) -> Option<Measure> {
    let inner: Vec<Node> = parts.into_iter().find(|part| part.rule() == Rule::measure)?.parts().collect();
    let name = inner.iter().find(|part| part.rule() == Rule::path).map(|part| reader.name(part));
    Some(Measure { condition: only_condition(reader, inner), name })
}

/// One thing an example expects.
pub fn expectation(reader: &mut Reader, node: Node) -> Option<Expectation> {
    let span = reader.place(&node);
    let inner = node.first()?;
    let rule = inner.rule();
    if rule == Rule::condition {
        return Some(Expectation { span, kind: ExpectationKind::Condition(condition(reader, inner)) });
    }
    let parts: Vec<Node> = inner.parts().collect();
    let name = parts.iter().find(|part| part.rule() == Rule::path).map(|part| reader.name(part))?;
    let last = parts.into_iter().next_back()?;
    let kind = match rule {
        Rule::expect_due => ExpectationKind::Due(name, reader.instant(&last)),
        Rule::expect_route => ExpectationKind::Route(name, reader.value(last)),
        Rule::expect_step => ExpectationKind::Step(name, reader.figure(&last)),
        _ => ExpectationKind::Score(name, reader.figure(&last)),
    };
    Some(Expectation { span, kind })
}
