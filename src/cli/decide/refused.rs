//! A ticket that was not decided, and every reason why.
//!
//! Told to people on the one stream and written for programs on the other; both name the place, and the pointer into
//! the ticket.

use std::io::Write;

use serde_json::{Value, json};

use super::tickets::Place;
use crate::Violation;
use crate::cli::columns::plain;
use crate::cli::outcome::{BOLD, ERROR, HELP, tell};
use crate::diagnostic::Code;

/// One thing that is wrong with a ticket.
pub(super) struct Reason {
    code: &'static Code,
    pointer: String,
    message: String,
    help: Option<String>,
}

impl Reason {
    /// A reason of kind `code`, at a JSON pointer into the ticket.
    pub(super) fn new(code: &'static Code, pointer: &str, message: String) -> Reason {
        Reason { code, pointer: pointer.to_owned(), message, help: None }
    }

    /// Says what to do about it.
    pub(super) fn help(self, text: String) -> Reason {
        Reason { help: Some(text), ..self }
    }
}

impl From<Violation> for Reason {
    fn from(violation: Violation) -> Reason {
        let Violation { code, pointer, message, help } = violation;
        Reason { code, pointer, message, help }
    }
}

/// A ticket, by its place, and what is wrong with it.
pub(super) struct Refused<'a> {
    source: &'a str,
    place: Place,
    reasons: Vec<Reason>,
}

impl<'a> Refused<'a> {
    /// The ticket at `place` of the input called `source`.
    pub(super) fn new(source: &'a str, place: Place, reasons: Vec<Reason>) -> Self {
        Refused { source, place, reasons }
    }

    /// Tells every reason.
    pub(super) fn tell(&self, err: &mut dyn Write) {
        let place: String = match self.place {
            Place::Whole => self.source.to_owned(),
            Place::Index(index) => format!("{}[{index}]", self.source),
            Place::Line(line) => format!("{}:{line}", self.source),
        };
        for reason in &self.reasons {
            let Reason { code, pointer, message, help } = reason;
            tell(err, &format!("{ERROR}error[{}]{ERROR:#}{BOLD}: {}{BOLD:#}", code.id, plain(message)));
            let at: String = if pointer.is_empty() { String::new() } else { format!(" at {}", plain(pointer)) };
            tell(err, &format!("  --> {}{at}", plain(&place)));
            if let Some(help) = help {
                tell(err, &format!("{HELP}  = help:{HELP:#} {}", plain(help)));
            }
            tell(err, &format!("{HELP}  = more:{HELP:#} rulebook explain {}", code.id));
        }
    }

    /// `{"error": …}`, which stands where the decision would. Its members are named as in the server's problems.
    pub(super) fn to_json(&self) -> Value {
        let detail: String = match self.reasons.as_slice() {
            [only] => only.message.clone(),
            several => format!("{} things are wrong with the ticket", several.len()),
        };
        let mut error = json!({ "detail": detail });
        if let Some(first) = self.reasons.first() {
            error["code"] = json!(first.code.id);
            error["pointer"] = json!(first.pointer);
        }
        error["violations"] = self.reasons.iter().map(violation).collect();
        error["source"] = json!(self.source);
        match self.place {
            Place::Whole => {}
            Place::Index(index) => error["index"] = json!(index),
            Place::Line(line) => error["line"] = json!(line),
        }
        json!({ "error": error })
    }
}

fn violation(reason: &Reason) -> Value {
    let Reason { code, pointer, message, help } = reason;
    let mut violation = json!({ "pointer": pointer, "code": code.id, "message": message });
    if let Some(help) = help {
        violation["help"] = json!(help);
    }
    violation
}
