//! `rulebook decide`: tickets in, answers out.
//!
//! Reads the tickets of each input in turn, has the handbook decide them one by one, and keeps count of what was
//! refused: a bad ticket never stands in another's way.

mod answers;
mod lines;
mod page;
mod refused;
mod tickets;
mod trace;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use self::answers::Answers;
use self::refused::{Reason, Refused};
use self::tickets::{Content, Pace, Place, ReadError};
use super::Edge;
use super::arguments::{DecideArguments, DecideFormat};
use super::open::open_one;
use super::outcome::{Exit, Failure, counted, tell};
use crate::calendar::Instant;
use crate::diagnostic::codes;
use crate::{Decision, Edition, Ticket};

/// Decides every ticket of every input.
pub(super) fn decide(arguments: &DecideArguments, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    let Some(edition) = open_one(&arguments.handbook, edge)? else { return Ok(Exit::Findings) };
    let question: Question = question(arguments, &edition)?;
    let standard_input: [PathBuf; 1] = [PathBuf::from("-")];
    let inputs: &[PathBuf] = if arguments.tickets.is_empty() { &standard_input } else { &arguments.tickets };

    let mut answers = Answers::new(arguments.format, inputs.len() > 1);
    let mut unreadable: usize = 0;
    for input in inputs {
        match decide_input(input, &question, &mut answers, edge) {
            Ok(()) => {}
            Err(output @ Failure::Output(_)) => return Err(output),
            Err(failure) => {
                failure.report(edge.err);
                unreadable += 1;
            }
        }
    }
    answers.finish(edge.out, unreadable == 0)?;
    if answers.refused > 0 && answers.decided + answers.refused > 1 {
        let (decided, refused) = (counted(answers.decided, "ticket"), answers.refused);
        tell(edge.err, &format!("{decided} decided, {refused} refused"));
    }
    Ok(match (unreadable, answers.refused) {
        (0, 0) => Exit::Clean,
        (0, _) => Exit::Findings,
        _ => Exit::CouldNotRun,
    })
}

/// What is asked about every ticket.
struct Question<'e> {
    edition: &'e Edition,
    /// The instant to judge at; without one, that of deciding.
    as_of: Option<Instant>,
    /// The edition was asked for by name, so its dates do not matter.
    is_named: bool,
    explain: bool,
    pace: Pace,
}

impl<'e> Question<'e> {
    /// Decides one ticket, or says why not.
    fn answer(&self, content: Content<'_>, at: Instant) -> Result<Decision<'e>, Vec<Reason>> {
        let json: &[u8] = match content {
            Content::Ticket(json) => json,
            Content::Broken(why) => return Err(vec![Reason::new(&codes::BAD_JSON, "", why)]),
        };
        let ticket: Ticket = match self.edition.read_ticket(json) {
            Ok(ticket) => ticket,
            Err(refusal) => return Err(refusal.violations.into_iter().map(Reason::from).collect()),
        };
        if !self.is_named && !self.edition.in_force_at(ticket.opened_at()) {
            return Err(vec![not_in_force(self.edition, ticket.opened_at())]);
        }
        Ok(self.edition.decide(&ticket, at, self.explain))
    }
}

fn question<'e>(arguments: &DecideArguments, edition: &'e Edition) -> Result<Question<'e>, Failure> {
    let as_of: Option<Instant> = match &arguments.as_of {
        None => None,
        Some(text) => Some(edition.zone().read(text).map_err(|wanted| {
            Failure::unusable(format!("--as-of cannot be read from `{text}`: {wanted}"))
                .help(format!("without an offset it is read in {}, and seconds may be left out", edition.zone().name()))
        })?),
    };
    if let Some(wanted) = arguments.edition.as_deref().filter(|wanted| *wanted != edition.edition()) {
        let message = format!("handbook `{}` has no edition `{wanted}` here", edition.id());
        return Err(Failure::unusable(message).help(format!("there is edition `{}`", edition.edition())));
    }
    let pace: Pace = match arguments.format {
        // The other end may wait for an answer before it asks on; and here one ticket and a line look the same.
        DecideFormat::Ndjson => Pace::LineByLine,
        DecideFormat::Human | DecideFormat::Json => Pace::LookAhead,
    };
    Ok(Question { edition, as_of, is_named: arguments.edition.is_some(), explain: arguments.explain, pace })
}

fn decide_input(
    path: &Path,
    question: &Question<'_>,
    answers: &mut Answers,
    edge: &mut Edge<'_>,
) -> Result<(), Failure> {
    let mut file: BufReader<File>;
    let (name, input): (String, &mut dyn BufRead) = if path == OsStr::new("-") {
        if edge.input_is_terminal {
            tell(edge.err, "reading tickets from the terminal; Ctrl-D ends them");
        }
        (String::from("<stdin>"), &mut *edge.input)
    } else {
        file = open(path)?;
        (path.display().to_string(), &mut file)
    };
    let (out, err, now) = (&mut *edge.out, &mut *edge.err, edge.now);
    let begun: Instant = now();
    let read: Result<(), ReadError<io::Error>> = tickets::each(input, question.pace, |place, content| {
        // Lines may come for hours; what comes in one piece is judged at one instant.
        let current: Instant = if matches!(place, Place::Line(_)) { now() } else { begun };
        match question.answer(content, question.as_of.unwrap_or(current)) {
            Ok(decision) => answers.decision(out, place, &decision),
            Err(reasons) => {
                let refused = Refused::new(&name, place, reasons);
                refused.tell(err);
                answers.refusal(out, place, &refused)
            }
        }
    });
    read.map_err(|error| match error {
        ReadError::Stopped(error) => Failure::Output(error),
        ReadError::Empty => Failure::unusable(format!("there is no ticket in `{name}`"))
            .help(r#"a ticket is JSON and has at least `{"id": "T-1", "opened_at": "2025-03-03T10:00:00+08:00"}`"#),
        ReadError::Unreadable(error) => unreadable(&name, &error),
    })
}

fn open(path: &Path) -> Result<BufReader<File>, Failure> {
    let name = path.display();
    if path.is_dir() {
        let failure = Failure::unusable(format!("`{name}` is a directory, and a file of tickets is wanted"));
        return Err(failure.help(format!("name the files in it: `{}`", path.join("*.json").display())));
    }
    File::open(path).map(BufReader::new).map_err(|error| unreadable(&name.to_string(), &error))
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::NotFound => Failure::unusable(format!("`{name}` does not exist"))
            .help("tickets are read from files, or from standard input with `-`"),
        kind => Failure::unusable(format!("`{name}` cannot be read: {kind}")),
    }
}

fn not_in_force(edition: &Edition, opened: Instant) -> Reason {
    let until: String = edition.until().map(|date| format!(" until {date}")).unwrap_or_default();
    let opened: String = edition.zone().format(opened);
    let (name, from) = (edition.edition(), edition.in_force());
    let message = format!("no edition was in force when the ticket was opened, {opened}");
    Reason::new(&codes::NO_EDITION_IN_FORCE, "/opened_at", message)
        .help(format!("edition `{name}` is in force from {from}{until}; --edition {name} decides by it all the same"))
}
