//! The words of a YAML text, without its meaning.
//!
//! Walks the text once to find what must be refused before a parser sees it (anchors, aliases, a second document,
//! control characters, brackets nested too deep) and to say where keys and values stand. It knows quotes,
//! comments, block scalars and plain text over several lines; whether the words make sense is the parser's
//! question.

use std::ops::Range;

use super::{MAX_YAML_DEPTH, YamlError};

/// One word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
    /// Bytes before it on its line.
    pub column: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The `-` of a list item.
    Dash,
    /// A scalar with a `:` after it.
    Key,
    /// Text, quoted or not, quotes included.
    Scalar,
    /// `[` or `{`.
    Open,
    /// `]` or `}`.
    Close,
    /// `,` between brackets.
    Comma,
}

pub(super) fn scan(text: &str) -> Result<Vec<Token>, YamlError> {
    refuse_control_characters(text)?;
    let start: usize = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: start,
        line_start: start,
        parent: -1,
        depth: 0,
        document: Document::NotStarted,
        tokens: Vec::new(),
    };
    scanner.run()?;
    Ok(scanner.tokens)
}

/// The parser refuses most of these too, but cannot say where. The line breaks that only YAML knows are among them,
/// since no editor shows a line ending there.
fn refuse_control_characters(text: &str) -> Result<(), YamlError> {
    let refused = |character: char| match character {
        '\t' | '\n' | '\r' => false,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => character.is_control(),
    };
    match text.char_indices().find(|(at, character)| refused(*character) && (*at, *character) != (0, '\u{feff}')) {
        Some((offset, character)) => {
            let message = format!("the character U+{:04X} may not stand in YAML", u32::from(character));
            Err(YamlError { offset, message, is_refused: true })
        }
        None => Ok(()),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Document {
    NotStarted,
    Started,
    Ended,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    line_start: usize,
    // The column of the key or dash that what comes next belongs to; -1 before the first.
    parent: isize,
    // Open brackets.
    depth: usize,
    document: Document,
    tokens: Vec<Token>,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), YamlError> {
        while let Some(byte) = self.peek(0) {
            if self.at_marker() {
                self.marker()?;
                continue;
            }
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.step(),
                b'#' => self.skip_line(),
                b'%' if self.at == self.line_start && self.document == Document::NotStarted => self.skip_line(),
                _ => self.word(byte)?,
            }
        }
        Ok(())
    }

    fn word(&mut self, byte: u8) -> Result<(), YamlError> {
        match self.document {
            Document::NotStarted => self.document = Document::Started,
            Document::Started => {}
            Document::Ended => return Err(self.second_document()),
        }
        let spaced: bool = self.peek(1).is_none_or(is_blank);
        match byte {
            b'&' => {
                Err(self
                    .refuse("anchors (`&name`) are not read: write the value where it is used, or put text in quotes"))
            }
            b'*' => Err(self.refuse("aliases (`*name`) are not read: write the value out, or put text in quotes")),
            b'\'' | b'"' => {
                self.quoted(byte);
                Ok(())
            }
            b'[' | b'{' if self.depth >= MAX_YAML_DEPTH => {
                Err(self.refuse(&format!("nested deeper than {MAX_YAML_DEPTH} levels")))
            }
            b'[' | b'{' => {
                self.depth += 1;
                self.sign(Kind::Open);
                Ok(())
            }
            b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                self.sign(Kind::Close);
                Ok(())
            }
            b',' if self.depth > 0 => {
                self.sign(Kind::Comma);
                Ok(())
            }
            b'-' if spaced && self.depth == 0 => {
                self.parent = self.column();
                self.sign(Kind::Dash);
                Ok(())
            }
            b'?' if self.depth > 0 || spaced => {
                self.parent = if self.depth == 0 { self.column() } else { self.parent };
                self.step();
                Ok(())
            }
            b':' if self.depth > 0 || spaced => {
                self.colon();
                Ok(())
            }
            b'!' => {
                self.tag();
                Ok(())
            }
            b'|' | b'>' if self.depth == 0 => {
                self.block();
                Ok(())
            }
            _ => {
                self.plain();
                Ok(())
            }
        }
    }

    /// A `:` makes a key of the scalar right before it.
    fn colon(&mut self) {
        let (at, depth) = (self.at, self.depth);
        self.step();
        let Some(last) = self.tokens.last_mut().filter(|token| token.kind == Kind::Scalar) else { return };
        let between: &[u8] = self.bytes.get(last.range.end..at).unwrap_or_default();
        if between.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
            last.kind = Kind::Key;
            if depth == 0 {
                self.parent = last.column as isize;
            }
        }
    }

    fn quoted(&mut self, quote: u8) {
        let (start, column) = (self.at, self.column());
        self.step();
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'\\', Some(_)) if quote == b'"' => self.step(),
                (b'\'', Some(b'\'')) if quote == b'\'' => self.step(),
                (end, _) if end == quote => {
                    self.step();
                    break;
                }
                _ => {}
            }
            self.step();
        }
        self.push(Kind::Scalar, start, self.at, column);
    }

    fn plain(&mut self) {
        let (start, column) = (self.at, self.column());
        let mut end: usize = start;
        while let Some(byte) = self.peek(0) {
            match byte {
                b':' if self.at > start && self.peek(1).is_none_or(|next| self.ends_word(next)) => break,
                b'#' if self.at > end => break,
                b',' | b'[' | b']' | b'{' | b'}' if self.depth > 0 => break,
                b'\n' | b'\r' => {
                    if !self.plain_goes_on() {
                        break;
                    }
                }
                b' ' | b'\t' => self.step(),
                _ => {
                    self.step();
                    end = self.at;
                }
            }
        }
        if end == start {
            // A lone sign that nothing above took, such as `:`; the parser will say what is wrong with it.
            self.step();
            end = self.at;
        }
        self.push(Kind::Scalar, start, end, column);
    }

    /// Whether a `:` before `next` stands after a key, rather than inside text such as `10:30`.
    fn ends_word(&self, next: u8) -> bool {
        is_blank(next) || (self.depth > 0 && is_flow_sign(next))
    }

    /// At a line break within plain text: moves to the next line with words if the text goes on there.
    fn plain_goes_on(&mut self) -> bool {
        let (at, line_start) = (self.at, self.line_start);
        while self.peek(0).is_some_and(is_blank) {
            self.step();
        }
        let deeper: bool = self.depth > 0 || self.column() > self.parent;
        let goes_on: bool = self.peek(0).is_some_and(|byte| byte != b'#') && deeper && !self.at_marker();
        if !goes_on {
            (self.at, self.line_start) = (at, line_start);
        }
        goes_on
    }

    /// `|` or `>` and the deeper lines under it.
    fn block(&mut self) {
        let (start, column) = (self.at, self.column());
        self.step();
        let mut given: Option<usize> = None;
        while let Some(byte @ (b'+' | b'-' | b'0'..=b'9')) = self.peek(0) {
            if byte.is_ascii_digit() {
                given = Some(usize::from(byte - b'0'));
            }
            self.step();
        }
        let mut end: usize = self.at;
        // The text stands deeper than what it belongs to, by as much as given or as its first line with words.
        let least: usize = usize::try_from(self.parent + 1).unwrap_or(0).max(1);
        let mut indent: Option<usize> = given.map(|given| usize::try_from(self.parent).unwrap_or(0) + given);
        self.skip_line();
        while self.peek(0).is_some() && !self.at_marker() {
            let (line, line_start) = (self.at, self.line_start);
            while self.peek(0) == Some(b' ') {
                self.step();
            }
            let column: usize = self.at - self.line_start;
            let blank: bool = self.peek(0).is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
            if !blank && column < *indent.get_or_insert(column.max(least)) {
                (self.at, self.line_start) = (line, line_start);
                break;
            }
            self.skip_line();
            if !blank {
                end = self.at;
            }
        }
        let written: &[u8] = self.bytes.get(start..end).unwrap_or_default();
        self.push(Kind::Scalar, start, start + written.trim_ascii_end().len(), column);
    }

    fn tag(&mut self) {
        while self.peek(0).is_some_and(|byte| !self.ends_word(byte)) {
            self.step();
        }
    }

    /// `---` or `...` at the start of a line.
    fn at_marker(&self) -> bool {
        self.at == self.line_start
            && matches!(self.bytes.get(self.at..self.at + 3), Some(b"---" | b"..."))
            && self.peek(3).is_none_or(is_blank)
    }

    fn marker(&mut self) -> Result<(), YamlError> {
        match (self.peek(0), self.document) {
            (Some(b'.'), _) => self.document = Document::Ended,
            (_, Document::NotStarted) => self.document = Document::Started,
            _ => return Err(self.second_document()),
        }
        self.parent = -1;
        self.step();
        self.step();
        self.step();
        Ok(())
    }

    fn second_document(&self) -> YamlError {
        self.refuse("a second document starts here: one text holds one document")
    }

    fn refuse(&self, message: &str) -> YamlError {
        YamlError { offset: self.at, message: message.to_string(), is_refused: true }
    }

    fn sign(&mut self, kind: Kind) {
        let (start, column) = (self.at, self.column());
        self.step();
        self.push(kind, start, self.at, column);
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize, column: isize) {
        self.tokens.push(Token { kind, range: start..end, column: usize::try_from(column).unwrap_or(0) });
    }

    fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|byte| !matches!(byte, b'\n' | b'\r')) {
            self.step();
        }
        if self.peek(0).is_some() {
            self.step();
        }
    }

    fn step(&mut self) {
        let line_break: bool = matches!(self.peek(0), Some(b'\n' | b'\r'));
        self.at += 1;
        if line_break {
            self.line_start = self.at;
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn column(&self) -> isize {
        (self.at - self.line_start) as isize
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_flow_sign(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}
