//! A table's cells as the conditions of rows. A table means exactly what the same rows mean.

use super::super::{Condition, ConditionKind};
use super::Lowering;
use crate::syntax::tree::{Cell, CellTest, Name, Operand, Predicate, Table, TableRow, Value};

impl Lowering<'_> {
    /// Every row with its condition; a row of `-` only holds always.
    pub fn table<'t>(&mut self, table: &'t Table) -> Vec<(&'t TableRow, Condition)> {
        // Each head is looked up once, so that an unknown one is one finding and not one a row.
        let heads: Vec<Option<&Name>> = table
            .heads
            .iter()
            .map(|head| if head.text == "status" { Some(head) } else { self.subject(head).map(|_| head) })
            .collect();
        table.rows.iter().map(|row| (row, self.row(&heads, row))).collect()
    }

    fn row(&mut self, heads: &[Option<&Name>], row: &TableRow) -> Condition {
        let mut tests: Vec<Condition> = Vec::new();
        for (head, cell) in heads.iter().zip(&row.cells) {
            let Some(predicate) = predicate(cell) else { continue };
            let kind = match head {
                // The head's place would name the wrong line: a finding about a cell points at the cell.
                Some(head) => self.test(&Name { span: cell.span, text: head.text.clone() }, &predicate),
                None => None,
            };
            tests.push(Condition { span: cell.span, kind: kind.unwrap_or(ConditionKind::Unknown) });
        }
        match tests.len() {
            0 => Condition::always(row.span),
            1 => tests.remove(0),
            _ => Condition { span: row.span, kind: ConditionKind::And(tests) },
        }
    }
}

/// What a cell asks; nothing for `-`.
fn predicate(cell: &Cell) -> Option<Predicate> {
    match &cell.test {
        CellTest::Any => None,
        CellTest::Values(values) if values.len() == 1 => {
            Some(Predicate::Is { negated: false, value: values[0].clone(), lasting: None })
        }
        CellTest::Values(values) => Some(Predicate::In { negated: false, values: values.clone() }),
        CellTest::Compare(comparison, operand) => Some(Predicate::Compare(*comparison, operand.clone())),
        CellTest::Range(low, high) => {
            let end = |literal: &crate::syntax::tree::Literal| Operand::Value(Value::Number(literal.clone()));
            Some(Predicate::Between(end(low), end(high)))
        }
    }
}
