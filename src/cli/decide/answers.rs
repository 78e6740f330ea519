//! Answers in the form that was asked for.
//!
//! One answer goes out for each ticket, in the order of the tickets, as soon as it is there. In the JSON forms a
//! refused ticket has one too, so that answers and tickets can be laid side by side.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::page;
use super::refused::Refused;
use super::tickets::Place;
use crate::cli::arguments::DecideFormat;

/// Where the answers stand.
pub(super) struct Answers {
    format: DecideFormat,
    /// Several inputs were named, so that the JSON document is an array whatever they hold.
    is_array: bool,
    /// The array has been opened.
    is_open: bool,
    /// How many tickets were decided.
    pub(super) decided: usize,
    /// How many were refused.
    pub(super) refused: usize,
}

impl Answers {
    /// No answers yet.
    pub(super) fn new(format: DecideFormat, is_array: bool) -> Answers {
        Answers { format, is_array, is_open: false, decided: 0, refused: 0 }
    }

    /// Writes a decision.
    pub(super) fn decision(&mut self, out: &mut dyn Write, place: Place, decision: &impl Serialize) -> io::Result<()> {
        if self.format == DecideFormat::Human {
            if self.decided > 0 {
                writeln!(out)?;
            }
            page::write(out, &serde_json::to_value(decision)?)?;
        } else {
            self.json(out, place, decision)?;
        }
        self.decided += 1;
        Ok(())
    }

    /// Writes that a ticket was refused, for programs; people have been told.
    pub(super) fn refusal(&mut self, out: &mut dyn Write, place: Place, refused: &Refused<'_>) -> io::Result<()> {
        if self.format != DecideFormat::Human {
            let error: Value = refused.to_json();
            self.json(out, place, &error)?;
        }
        self.refused += 1;
        Ok(())
    }

    /// Ends the document. Where all inputs could be read and held no ticket, it is an empty array.
    pub(super) fn finish(&self, out: &mut dyn Write, all_read: bool) -> io::Result<()> {
        let nothing: bool = self.decided + self.refused == 0;
        match self.format {
            DecideFormat::Json if self.is_open => writeln!(out, "\n]"),
            DecideFormat::Json if nothing && all_read => writeln!(out, "[]"),
            _ => Ok(()),
        }
    }

    fn json(&mut self, out: &mut dyn Write, place: Place, answer: &impl Serialize) -> io::Result<()> {
        // In one piece, so that a line is never seen half written.
        let mut text: Vec<u8> = Vec::new();
        if self.format == DecideFormat::Ndjson {
            serde_json::to_writer(&mut text, answer)?;
            text.push(b'\n');
        } else if self.is_array || place != Place::Whole {
            let pretty: String = serde_json::to_string_pretty(answer)?;
            let before: &str = if self.is_open { ",\n  " } else { "[\n  " };
            text.extend(before.bytes());
            text.extend(pretty.replace('\n', "\n  ").bytes());
            self.is_open = true;
        } else {
            serde_json::to_writer_pretty(&mut text, answer)?;
            text.push(b'\n');
        }
        out.write_all(&text)
    }
}
