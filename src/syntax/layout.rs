//! Which lines of a `rules` fence belong together.
//!
//! A statement starts in the fence's first column, a clause takes one indented line, and a line continues its
//! clause when it is indented deeper or follows a trailing comma. The lines of a table are one clause. What the
//! words mean is left to the grammar.

use std::ops::Range;

/// A line without its comment and blanks: where its words start and end, as offsets into the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The bytes from its first word to its last.
    pub range: Range<usize>,
    /// How far it is indented, in columns; 0 is the fence's own.
    pub indent: usize,
    /// It is a line of a table.
    pub is_table: bool,
    /// It begins with a closing bracket, so it ends what stands before it.
    pub closes: bool,
    /// It ends in a comma, so the next line goes on with it.
    pub goes_on: bool,
    /// A quote that the line opens and does not close.
    pub unclosed_quote: Option<usize>,
    /// How deep its brackets nest at the deepest.
    pub depth: usize,
    /// How many brackets it opens and does not close; below zero when it closes more.
    pub opens: isize,
}

/// The lines of a fence, and its comments.
#[derive(Debug, Default, PartialEq)]
pub struct Lines {
    /// Lines that hold words.
    pub lines: Vec<Line>,
    /// Comments, `#` to the end of the line.
    pub comments: Vec<Range<usize>>,
}

/// Lines that make one piece: a first line with what continues it, and the pieces under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// The first line and what continues it.
    pub head: Vec<Line>,
    /// Lines indented deeper, grouped the same way.
    pub inner: Vec<Piece>,
}

impl Piece {
    /// The bytes of the head alone.
    pub fn head_range(&self) -> Range<usize> {
        cover(&self.head)
    }

    /// The bytes of the head and everything under it.
    pub fn range(&self) -> Range<usize> {
        let head = cover(&self.head);
        self.inner.last().map_or(head.clone(), |last| head.start..last.range().end.max(head.end))
    }

    /// Every line of it, in order.
    pub fn lines(&self) -> Vec<&Line> {
        self.head.iter().chain(self.inner.iter().flat_map(Piece::lines)).collect()
    }

    /// Whether it is a table.
    pub fn is_table(&self) -> bool {
        self.head.first().is_some_and(|line| line.is_table)
    }
}

fn cover(lines: &[Line]) -> Range<usize> {
    let start = lines.first().map_or(0, |line| line.range.start);
    start..lines.last().map_or(start, |line| line.range.end)
}

/// Splits the text of a fence, which starts at `offset` of the file, into lines. `margin` is the fence's indent.
pub fn lines(body: &str, offset: usize, margin: usize) -> Lines {
    let mut found = Lines::default();
    let mut at: usize = offset;
    for whole in body.split_inclusive('\n') {
        let line = scan(whole.trim_end_matches(['\n', '\r']), at, margin, &mut found.comments);
        found.lines.extend(line);
        at += whole.len();
    }
    found
}

/// Groups lines into statements. Lines before the first one in the first column make pieces of their own.
pub fn statements(lines: Vec<Line>, continues: impl Fn(&Line) -> bool) -> Vec<Piece> {
    let mut groups: Vec<Vec<Line>> = Vec::new();
    let mut comma: bool = false;
    for line in lines {
        let starts = line.indent == 0 && !(comma && continues(&line));
        comma = line.goes_on;
        match groups.last_mut() {
            Some(group) if !starts => group.push(line),
            _ => groups.push(vec![line]),
        }
    }
    groups.into_iter().map(group).collect()
}

/// The first line is the head; lines after a comma go on with it; deeper lines are its inner pieces.
fn group(lines: Vec<Line>) -> Piece {
    let mut rest = lines.into_iter().peekable();
    let mut head: Vec<Line> = Vec::new();
    while let Some(line) = rest.peek() {
        let belongs = match head.last() {
            None => true,
            Some(last) if last.is_table => line.is_table,
            Some(last) => last.goes_on && !line.is_table,
        };
        if !belongs {
            break;
        }
        head.extend(rest.next());
    }
    let mut inner: Vec<Vec<Line>> = Vec::new();
    for line in rest {
        let belongs = match inner.last() {
            None => false,
            Some(group) => {
                let first = &group[0];
                let last = &group[group.len() - 1];
                if line.is_table {
                    last.is_table
                } else {
                    !first.is_table && (last.goes_on || line.closes || line.indent > first.indent)
                }
            }
        };
        match inner.last_mut() {
            Some(group) if belongs => group.push(line),
            _ => inner.push(vec![line]),
        }
    }
    Piece { head, inner: inner.into_iter().map(group).collect() }
}

/// One line: finds its comment, its words, its indent. Quotes, patterns and flow maps hide a `#`.
fn scan(text: &str, offset: usize, margin: usize, comments: &mut Vec<Range<usize>>) -> Option<Line> {
    let mut end: usize = text.len();
    let mut mate: Option<(char, usize)> = None;
    let mut before = ' ';
    let (mut depth, mut deepest): (isize, isize) = (0, 0);
    let mut chars = text.char_indices();
    while let Some((at, letter)) = chars.next() {
        match (mate, letter) {
            (Some(('/', _)), '\\') => {
                chars.next();
            }
            (Some((close, _)), _) if close == letter => mate = None,
            (Some(_), _) => {}
            (None, '"') => mate = Some(('"', at)),
            (None, '“') => mate = Some(('”', at)),
            (None, '「') => mate = Some(('」', at)),
            (None, '/') if opens_pattern(&text[..at]) => mate = Some(('/', at)),
            (None, '(' | '（' | '{' | '[') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (None, ')' | '）' | '}' | ']') => depth -= 1,
            (None, '#') if before.is_whitespace() || at == 0 => {
                comments.push(offset + at..offset + text.len());
                end = at;
                break;
            }
            _ => {}
        }
        before = letter;
    }
    let words = text[..end].trim_end();
    let start = words.len() - words.trim_start().len();
    if start == words.len() {
        return None;
    }
    let columns: usize = words[..start]
        .chars()
        .map(|blank| match blank {
            '\t' => 4,
            '\u{3000}' => 2,
            _ => 1,
        })
        .sum();
    Some(Line {
        range: offset + start..offset + words.len(),
        indent: columns.saturating_sub(margin),
        is_table: words[start..].starts_with(['|', '｜']),
        closes: words[start..].starts_with(['}', ')', '）', ']']),
        goes_on: words.ends_with([',', '，', '、']),
        unclosed_quote: mate
            .filter(|(close, _)| *close != '/')
            .map(|(close, at)| offset + if close == '"' { lacks_its_mate(text, at) } else { at }),
        depth: deepest.unsigned_abs(),
        opens: depth,
    })
}

/// Of an odd number of plain quotes, the one that most likely lacks its mate: after it comes one that stands where
/// quotes open. `last` is the odd one by counting alone.
fn lacks_its_mate(text: &str, last: usize) -> usize {
    let mut open: Option<usize> = None;
    for (at, _) in text.match_indices('"') {
        let before = text[..at].chars().next_back();
        let after = text[at + 1..].chars().next();
        let opens = before.is_none_or(|letter| letter.is_whitespace() || "(（,，、:：".contains(letter))
            && after.is_some_and(|letter| !letter.is_whitespace() && !")），,、".contains(letter));
        match open {
            Some(first) if opens => return first,
            Some(_) => open = None,
            None => open = Some(at),
        }
    }
    last
}

/// A slash begins a pattern after `match` and `matches` and nowhere else (`yes/no` has one too).
fn opens_pattern(before: &str) -> bool {
    let word = before.trim_end();
    word.len() < before.len() && (word.ends_with("match") || word.ends_with("matches"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(piece: &Piece, body: &str, depth: usize, out: &mut String) {
        let head: Vec<&str> = piece.head.iter().map(|line| &body[line.range.clone()]).collect();
        out.push_str(&format!("{}{}\n", "  ".repeat(depth), head.join(" + ")));
        for inner in &piece.inner {
            outline(inner, body, depth + 1, out);
        }
    }

    fn check(body: &str, expected: &str) {
        let mut out = String::new();
        for piece in statements(lines(body, 0, 0).lines, |_| false) {
            outline(&piece, body, 0, &mut out);
        }
        assert_eq!(out.trim_end(), expected);
    }

    #[test]
    fn clauses_take_one_indented_line_and_deeper_lines_continue_them() {
        check(
            "deadline a\n  from opened until b\n  within 2h when x\n    and y\n  cites \"1\",\n  \"2\"\nroute c",
            "deadline a\n  from opened until b\n  within 2h when x\n    and y\n  cites \"1\", + \"2\"\nroute c",
        );
    }

    #[test]
    fn a_table_is_one_piece() {
        check(
            "deadline a\n  | u | within |\n  |---|---|\n    | k | 1h |\n  warn at 75%",
            "deadline a\n  | u | within | + |---|---| + | k | 1h |\n  warn at 75%",
        );
    }

    #[test]
    fn a_comment_is_no_part_of_a_line_and_quotes_hide_it() {
        let found = lines("fact a text # why\nlexicon b: \"#1\" #2\n# alone\n  x matches /a#b\\/#/ # end", 0, 0);
        assert_eq!(found.comments, vec![12..17, 34..36, 37..44, 66..71]);
        assert_eq!(found.lines.len(), 3);
    }

    #[test]
    fn an_unclosed_quote_is_found() {
        assert_eq!(lines("a \"b", 0, 0).lines[0].unclosed_quote, Some(2));
        assert_eq!(lines("a “b\"", 0, 0).lines[0].unclosed_quote, Some(2));
        assert_eq!(lines("a 'b", 0, 0).lines[0].unclosed_quote, None);
        assert_eq!(lines("a \"b, c \"d\"", 0, 0).lines[0].unclosed_quote, Some(2));
        assert_eq!(lines("a b\", c \"d\"", 0, 0).lines[0].unclosed_quote, Some(3));
    }
}
