//! `rulebook decide`: tickets in, answers out.
//!
//! Reads the tickets of each input in turn, has the handbook decide them one by one, each by the edition in force at
//! its opening, and keeps count of what was refused: a bad ticket never stands in another's way.

mod answers;
mod ledger;
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
use super::open::{named, open_one};
use super::outcome::{Exit, Failure, counted, tell};
use crate::calendar::{Instant, Zone};
use crate::diagnostic::codes;
use crate::editions::{NotInForce, Unjudged};
use crate::{Decision, Edition, Editions, Ticket};

/// Decides every ticket of every input.
pub(super) fn decide(arguments: &DecideArguments, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    let Some(editions) = open_one(&arguments.handbook, edge)? else { return Ok(Exit::Findings) };
    let question: Question = question(arguments, &editions)?;
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
    editions: &'e Editions<Edition>,
    /// The edition asked for by name, whose dates do not matter then.
    named: Option<&'e Edition>,
    /// The instant to judge at; without one, that of deciding.
    as_of: Option<Instant>,
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
        let (edition, ticket) = self.read(json)?;
        Ok(edition.decide(&ticket, at, self.explain))
    }

    fn read<'a>(&self, json: &'a [u8]) -> Result<(&'e Edition, Ticket<'a>), Vec<Reason>> {
        let read: Result<(&Edition, Ticket), Unjudged> = match self.named {
            Some(edition) => edition.read_ticket(json).map(|ticket| (edition, ticket)).map_err(Unjudged::Refused),
            None => self.editions.read(json),
        };
        read.map_err(|unjudged| match unjudged {
            Unjudged::Refused(refusal) => refusal.violations.into_iter().map(Reason::from).collect(),
            Unjudged::NotInForce(why) => vec![not_in_force(&why)],
        })
    }
}

fn question<'e>(arguments: &DecideArguments, editions: &'e Editions<Edition>) -> Result<Question<'e>, Failure> {
    let named: Option<&Edition> = match arguments.edition.as_deref() {
        Some(name) => Some(named(editions, name)?),
        None => None,
    };
    let as_of: Option<Instant> = match &arguments.as_of {
        Some(text) => Some(as_of(text, editions, named)?),
        None => None,
    };
    let pace: Pace = match arguments.format {
        // The other end may wait for an answer before it asks on; and here one ticket and a line look the same.
        DecideFormat::Ndjson => Pace::LineByLine,
        DecideFormat::Human | DecideFormat::Json => Pace::LookAhead,
    };
    Ok(Question { editions, named, as_of, explain: arguments.explain, pace })
}

/// The instant asked for. Without an offset it is one instant only where all editions that may judge have one zone.
fn as_of(text: &str, editions: &Editions<Edition>, named: Option<&Edition>) -> Result<Instant, Failure> {
    let zone: Zone = named.unwrap_or(editions.newest()).zone();
    let as_of: Instant = zone.read(text).map_err(|wanted| {
        Failure::unusable(format!("--as-of cannot be read from `{text}`: {wanted}"))
            .help(format!("without an offset it is read in {}, and seconds may be left out", zone.name()))
    })?;
    if named.is_none() && editions.iter().any(|edition| edition.zone().read(text) != Ok(as_of)) {
        let message = format!("--as-of `{text}` has no offset, and the editions of the handbook differ in their zone");
        return Err(Failure::unusable(message).help(format!("write it with an offset: `{}`", zone.format(as_of))));
    }
    Ok(as_of)
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

fn not_in_force(why: &NotInForce) -> Reason {
    Reason::new(&codes::NO_EDITION_IN_FORCE, "/opened_at", why.to_string())
        .help(format!("--edition {} decides by that edition all the same", why.nearest()))
}
