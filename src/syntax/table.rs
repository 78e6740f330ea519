//! Tables in place of rows.

use super::condition::comparison;
use super::grammar::rules::Rule;
use super::layout::Line;
use super::literal::{Node, Reader};
use super::statement::read;
use super::tree::{Cell, CellTest, Name, Table, TableGives, TableOutcome, TableRow};
use crate::diagnostic::{Diagnostic, codes};
use std::ops::Range;

/// Reads the lines of a table. Rows that cannot be read are reported and left out; a table without a head that
/// says what it gives is `None`.
pub fn table(reader: &mut Reader, lines: &[Line]) -> Option<Table> {
    let (first, rest) = lines.split_first()?;
    wide_bar(reader, lines);
    let cells = split(reader.text, first.range.clone());
    let (heads, gives, gives_span) = head(reader, first, &cells)?;
    let mut table = Table { heads, gives, gives_span, rows: Vec::new() };
    for line in rest {
        let cells = split(reader.text, line.range.clone());
        if is_rule(reader.text, &cells) {
            continue;
        }
        if cells.len() != table.heads.len() + 1 {
            let (found, wanted) = (cells.len(), table.heads.len() + 1);
            reader.diagnostics.push(
                Diagnostic::new(
                    &codes::RAGGED_TABLE,
                    reader.span(line.range.clone()),
                    format!(
                        "this row has {found} {}, the table has {wanted} columns",
                        if found == 1 { "cell" } else { "cells" }
                    ),
                )
                .label(reader.span(first.range.clone()), "the columns")
                .help("write one cell for each column; `-` stands for any value"),
            );
            continue;
        }
        table.rows.extend(row(reader, line, cells, gives));
    }
    Some(table)
}

/// Bars in full width are reported once, and read as the narrow ones that they stand for.
fn wide_bar(reader: &mut Reader, lines: &[Line]) {
    let mut bars = lines.iter().flat_map(|line| bars(reader.text, line.range.clone()));
    let Some(wide) = bars.find(|bar| bar.len() > 1) else { return };
    let span = reader.span(wide);
    reader.diagnostics.push(
        Diagnostic::new(&codes::SYNTAX, span, "`｜` does not stand between the cells of a table")
            .help("write it in half width everywhere in the table: `|`"),
    );
}

fn head(
    reader: &mut Reader,
    line: &Line,
    cells: &[Range<usize>],
) -> Option<(Vec<Name>, TableGives, crate::source::Span)> {
    let mut heads: Vec<Name> = Vec::new();
    let mut gives = None;
    let last = cells.len().checked_sub(1)?;
    for (index, cell) in cells.iter().enumerate() {
        let node = read(reader, Rule::head_cell, cell.clone(), "the head of a column")?;
        let node = node.first()?;
        match node.rule() {
            Rule::kw_tier if index == last => gives = Some((TableGives::Tier, reader.place(&node))),
            Rule::kw_within if index == last => gives = Some((TableGives::Within, reader.place(&node))),
            Rule::kw_to if index == last => gives = Some((TableGives::To, reader.place(&node))),
            _ => heads.push(reader.name(&node)),
        }
    }
    match gives {
        Some((gives, span)) => Some((heads, gives, span)),
        None => {
            let span = cells.last().map_or(line.range.clone(), Clone::clone);
            reader.diagnostics.push(
                Diagnostic::new(
                    &codes::RAGGED_TABLE,
                    reader.span(span),
                    "the last column does not say what the table gives",
                )
                .help("head the last column `tier`, `within` or `to`"),
            );
            None
        }
    }
}

fn row(reader: &mut Reader, line: &Line, mut cells: Vec<Range<usize>>, gives: TableGives) -> Option<TableRow> {
    if let Some(empty) = cells.iter().find(|cell| cell.is_empty()) {
        reader.diagnostics.push(
            Diagnostic::new(&codes::RAGGED_TABLE, reader.span(empty.clone()), "this cell is empty")
                .help("write `-` for any value, or what the row asks for"),
        );
        return None;
    }
    let last = cells.pop()?;
    let mut tests: Vec<Cell> = Vec::new();
    let mut is_whole: bool = true;
    for cell in cells {
        match read(reader, Rule::test_cell, cell, "a cell") {
            Some(node) => tests.extend(test(reader, node)),
            None => is_whole = false,
        }
    }
    let outcome = match gives {
        TableGives::Within => read(reader, Rule::amount_cell, last, "an amount of time")
            .and_then(Node::first)
            .map(|node| TableOutcome::Within(reader.amount(node))),
        TableGives::Tier | TableGives::To => read(reader, Rule::target_cell, last, "a name")
            .and_then(Node::first)
            .map(|node| TableOutcome::Name(reader.declared(node))),
    };
    let outcome = outcome?;
    is_whole.then_some(TableRow { span: reader.span(line.range.clone()), cells: tests, outcome })
}

fn test(reader: &mut Reader, node: Node) -> Option<Cell> {
    let span = reader.place(&node);
    let kind = node.first()?;
    let rule = kind.rule();
    let parts: Vec<Node> = kind.parts().collect();
    let mut parts = parts.into_iter();
    let test = match rule {
        Rule::any_cell => CellTest::Any,
        Rule::compare_cell => {
            let sign = comparison(parts.next()?.words());
            CellTest::Compare(sign, reader.operand(parts.next()?))
        }
        Rule::range_cell => CellTest::Range(reader.figure(&parts.next()?), reader.figure(&parts.next()?)),
        _ => CellTest::Values(parts.map(|part| reader.value(part)).collect()),
    };
    Some(Cell { span, test })
}

/// The cells of a line, without the blanks around them. A bar in quotes is text.
fn split(text: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let mut cells: Vec<Range<usize>> = Vec::new();
    let mut start: usize = line.start;
    for bar in bars(text, line.clone()) {
        // The bar that begins the line ends no cell.
        if bar.start > line.start {
            cells.push(start..bar.start);
        }
        start = bar.end;
    }
    // Neither does one that ends it begin one.
    if start < line.end || cells.is_empty() {
        cells.push(start..line.end);
    }
    cells
        .into_iter()
        .map(|cell| {
            let words = &text[cell.clone()];
            let left = words.len() - words.trim_start().len();
            let length = words.trim().len();
            let start = cell.start + if length == 0 { 0 } else { left };
            start..start + length
        })
        .collect()
}

/// The bars of a line outside quotes, wide ones too.
fn bars(text: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut mate: Option<char> = None;
    for (at, letter) in text[line.clone()].char_indices() {
        match (mate, letter) {
            (Some(close), _) if close == letter => mate = None,
            (Some(_), _) => {}
            (None, '"') => mate = Some('"'),
            (None, '“') => mate = Some('”'),
            (None, '「') => mate = Some('」'),
            (None, '|' | '｜') => found.push(line.start + at..line.start + at + letter.len_utf8()),
            _ => {}
        }
    }
    found
}

/// The line `|---|:-:|` under the heads.
fn is_rule(text: &str, cells: &[Range<usize>]) -> bool {
    cells.iter().all(|cell| {
        let words = text[cell.clone()].trim_matches(':');
        words.len() > 1 && words.bytes().all(|byte| byte == b'-')
    })
}
