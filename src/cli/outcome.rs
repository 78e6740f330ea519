//! How a command ends.
//!
//! An [`Exit`] is what a script sees. A [`Failure`] is why a command could not do its work at all; it is reported in
//! one place, so that every command speaks alike.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

/// The bold red of `error:`.
pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// The bold cyan of `help:`.
pub(super) const HELP: Style = AnsiColor::Cyan.on_default().bold();
/// Headings and names.
pub(super) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(super) const DIM: Style = Style::new().dimmed();

/// What a script sees of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All well: 0.
    Clean,
    /// Errors, refused tickets, failed tests: 1.
    Findings,
    /// Wrong usage or unreadable input: 2.
    CouldNotRun,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        match exit {
            Exit::Clean => ExitCode::SUCCESS,
            Exit::Findings => ExitCode::from(1),
            Exit::CouldNotRun => ExitCode::from(2),
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) enum Failure {
    /// The answer could not be written.
    Output(io::Error),
    /// The arguments are wrong; clap has said how.
    Usage(String),
    /// What was asked for cannot be done, and what to do instead.
    Unusable {
        /// What is wrong: one sentence, lower case, no full stop.
        message: String,
        /// What to do next.
        help: Option<String>,
    },
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}

impl Failure {
    /// Something that cannot be done, with no more to say about it.
    pub(super) fn unusable(message: impl Into<String>) -> Failure {
        Failure::Unusable { message: message.into(), help: None }
    }

    /// Says what to do next.
    pub(super) fn help(self, text: impl Into<String>) -> Failure {
        match self {
            Failure::Unusable { message, .. } => Failure::Unusable { message, help: Some(text.into()) },
            other => other,
        }
    }

    /// Says what went wrong, once. A reader who closed the pipe (`| head`) has seen enough, which is no failure.
    pub(super) fn report(self, err: &mut dyn Write) -> Exit {
        match self {
            Failure::Output(error) if error.kind() == ErrorKind::BrokenPipe => return Exit::Clean,
            Failure::Output(error) => complain(err, &format!("the answer cannot be written: {error}"), None),
            Failure::Usage(text) => tell(err, text.trim_end()),
            Failure::Unusable { message, help } => complain(err, &message, help.as_deref()),
        }
        Exit::CouldNotRun
    }
}

/// An error message with what to do about it.
pub(super) fn complain(err: &mut dyn Write, message: &str, help: Option<&str>) {
    tell(err, &format!("{ERROR}error:{ERROR:#} {message}"));
    if let Some(help) = help {
        tell(err, &format!("{HELP}  = help:{HELP:#} {help}"));
    }
}

/// One line for whoever watches. With nowhere left to say it, a message is lost and the work goes on.
pub(super) fn tell(err: &mut dyn Write, line: &str) {
    let _: io::Result<()> = writeln!(err, "{line}");
}

/// `1 handbook`, `3 handbooks`.
pub(super) fn counted(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
