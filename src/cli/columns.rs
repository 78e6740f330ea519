//! Text in columns, for a terminal.
//!
//! Widths are those of the terminal's cells, in which a Chinese character takes two. Nothing that a terminal would
//! obey comes through: control characters, and those that turn the direction of writing, are shown by their number.

use std::io::{self, Write};

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::outcome::DIM;

/// What stands in one place of a table.
pub(super) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Text in a style.
    pub(super) fn styled(text: impl AsRef<str>, style: Style) -> Cell {
        Cell { text: plain(text.as_ref()), style }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell::styled(text, Style::new())
    }
}

/// Rows under a head. A column with nothing in it is left out.
pub(super) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table with these heads.
    pub(super) fn new(head: &[&'static str]) -> Table {
        Table { head: head.to_vec(), rows: Vec::new() }
    }

    /// Adds a row: a cell for each head.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.head.len(), "a cell for each head");
        self.rows.push(cells);
    }

    /// Whether it has no rows.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes head and rows, each line after `indent` spaces; nothing for a table without rows.
    pub(super) fn write(&self, out: &mut dyn Write, indent: usize) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let columns: Vec<Column> = self.columns();
        let head: Vec<Cell> = self.head.iter().map(|name| Cell::styled(name, DIM)).collect();
        for row in std::iter::once(&head).chain(&self.rows) {
            write_row(out, indent, &columns, row)?;
        }
        Ok(())
    }

    fn columns(&self) -> Vec<Column> {
        let mut columns: Vec<Column> = Vec::new();
        for (at, name) in self.head.iter().enumerate() {
            let widths = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.text.width());
            match widths.max() {
                Some(widest) if widest > 0 => columns.push(Column { at, width: widest.max(name.width()) }),
                _ => {}
            }
        }
        columns
    }
}

/// A column that is shown: which cell of a row, and how wide.
struct Column {
    at: usize,
    width: usize,
}

fn write_row(out: &mut dyn Write, indent: usize, columns: &[Column], row: &[Cell]) -> io::Result<()> {
    let mut line = String::new();
    // Spaces are held back until something follows them, so that no line ends in one.
    let mut spaces: usize = indent;
    for column in columns {
        let Some(cell) = row.get(column.at) else { continue };
        if !cell.text.is_empty() {
            line.push_str(&" ".repeat(spaces));
            line.push_str(&paint(&cell.text, cell.style));
            spaces = 0;
        }
        spaces += column.width.saturating_sub(cell.text.width()) + 2;
    }
    writeln!(out, "{line}")
}

/// The text in a style, and the style ended.
pub(super) fn paint(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// Text from outside in one line, with nothing in it that a terminal would obey.
pub(super) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => shown.push(' '),
            _ if letter.is_control() || turns_direction(letter) => shown.extend(letter.escape_unicode()),
            _ => shown.push(letter),
        }
    }
    shown
}

/// The marks by which a text can show itself in another order than it is written.
fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(table: &Table) -> String {
        let mut out: Vec<u8> = Vec::new();
        table.write(&mut out, 2).unwrap();
        anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
    }

    #[test]
    fn columns_align_under_chinese_text() {
        let mut table = Table::new(&["tier", "is", "clause"]);
        table.row(vec!["urgency".into(), "紧急 emergency".into(), "3.1".into()]);
        table.row(vec!["级".into(), "a".into(), "4".into()]);
        let expected =
            "  tier     is              clause\n  urgency  紧急 emergency  3.1\n  级       a               4\n";
        assert_eq!(written(&table), expected);
    }

    #[test]
    fn a_column_with_nothing_in_it_is_left_out() {
        let mut table = Table::new(&["a", "b", "c"]);
        table.row(vec!["1".into(), "".into(), "3".into()]);
        assert_eq!(written(&table), "  a  c\n  1  3\n");
        assert_eq!(written(&Table::new(&["a"])), "");
    }

    #[test]
    fn no_line_ends_in_a_space() {
        let mut table = Table::new(&["a", "b"]);
        table.row(vec!["1".into(), "2".into()]);
        table.row(vec!["long".into(), "".into()]);
        assert_eq!(written(&table), "  a     b\n  1     2\n  long\n");
    }

    #[test]
    fn text_cannot_command_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{202e}d"), "a\\u{1b}[2Jb c\\u{202e}d");
    }
}
