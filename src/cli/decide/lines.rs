//! The lines of an input, one at a time.
//!
//! Blank lines are passed over and counted. However long a line is, no more than a limit of it is kept, and the next
//! one is found all the same.

use std::io::{self, BufRead};

use serde_json::value::RawValue;

/// A line, or a document that is not lines, may not be longer. Tests get by with less, to be quick.
pub(super) const MAX_BYTES: usize = if cfg!(test) { 1 } else { 256 } * 1024 * 1024;

/// The lines of an input that are not blank.
pub(super) struct Lines<'a> {
    input: &'a mut dyn BufRead,
    /// The number of the line read last.
    number: usize,
    /// That line was cut, and its end is still to be passed over.
    is_inside: bool,
}

/// One line without the blanks around it.
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: usize,
    /// Its bytes.
    pub(super) text: Vec<u8>,
    /// It is longer than a line may be, and only its beginning is here.
    pub(super) is_cut: bool,
}

impl Line {
    /// Whether it is a JSON value by itself.
    pub(super) fn is_complete(&self) -> bool {
        !self.is_cut && is_value(&self.text)
    }
}

impl<'a> Lines<'a> {
    /// The lines from here on, after so many that were read already.
    pub(super) fn after(number: usize, input: &'a mut dyn BufRead) -> Self {
        Lines { input, number, is_inside: false }
    }

    /// The next line that is not blank.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        while self.is_inside {
            self.is_inside = self.take(&mut Vec::new(), 0)? == Taken::Part;
        }
        loop {
            let mut text: Vec<u8> = Vec::new();
            let mut taken: Taken = Taken::Part;
            while taken == Taken::Part && text.len() <= MAX_BYTES {
                taken = self.take(&mut text, MAX_BYTES + 1)?;
            }
            if text.is_empty() {
                return Ok(None);
            }
            self.number += 1;
            self.is_inside = taken == Taken::Part;
            let is_cut: bool = text.len() > MAX_BYTES;
            if self.number == 1 && text.starts_with(b"\xef\xbb\xbf") {
                text.drain(..3);
            }
            text.truncate(text.trim_ascii_end().len());
            text.drain(..text.len() - text.trim_ascii_start().len());
            if !text.is_empty() {
                return Ok(Some(Line { number: self.number, text, is_cut }));
            }
        }
    }

    /// Takes what is at hand of the line, and keeps of it what makes `text` no longer than `limit`.
    fn take(&mut self, text: &mut Vec<u8>, limit: usize) -> io::Result<Taken> {
        loop {
            let buffer: &[u8] = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let end: Option<usize> = buffer.iter().position(|byte| *byte == b'\n');
            let length: usize = end.map_or(buffer.len(), |at| at + 1);
            text.extend_from_slice(&buffer[..length.min(limit.saturating_sub(text.len()))]);
            self.input.consume(length);
            return Ok(if end.is_some() || length == 0 { Taken::End } else { Taken::Part });
        }
    }

    /// Appends all that is left after a line break; false when it is longer than a document may be.
    pub(super) fn rest(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        text.push(b'\n');
        let room: u64 = MAX_BYTES.saturating_sub(text.len()) as u64 + 1;
        let mut limited = io::Read::take(&mut *self.input, room);
        io::Read::read_to_end(&mut limited, text)?;
        Ok(text.len() <= MAX_BYTES)
    }
}

/// How far a line has been taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    /// More of it may follow.
    Part,
    /// Its end, or that of the input, has come.
    End,
}

/// Whether a text is one JSON value and no more.
pub(super) fn is_value(text: &[u8]) -> bool {
    let value: Result<&RawValue, serde_json::Error> = serde_json::from_slice(text);
    value.is_ok()
}
