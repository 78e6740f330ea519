//! The command line.
//!
//! In: the arguments, the streams and the clock that `main` hands over. Out: answers on the one stream, messages on
//! the other, and how it went. Each subcommand has a file; none holds policy logic.

mod arguments;
mod calendar;
mod check;
mod columns;
mod completions;
mod decide;
mod explain;
mod graph;
mod open;
mod outcome;
mod serve;
mod test;
mod values;

use std::ffi::OsString;
use std::io::{BufRead, Write};

use anstream::ColorChoice;
use clap::Parser;

use self::arguments::{Arguments, Command};
pub use self::outcome::Exit;
use self::outcome::Failure;
use crate::calendar::Instant;

/// What a command touches of the world around it.
///
/// Colours are always written; the streams that `main` gives take them out where nobody would see them.
pub struct Edge<'a> {
    /// Where tickets come from when no file is named.
    pub input: &'a mut dyn BufRead,
    /// Whether somebody would have to type them.
    pub input_is_terminal: bool,
    /// Where answers go.
    pub out: &'a mut dyn Write,
    /// Where messages go.
    pub err: &'a mut dyn Write,
    /// The clock, for whoever names no instant.
    pub now: fn() -> Instant,
}

/// Whether `--color` among the arguments asks for colours; without it the terminal and `NO_COLOR` say.
///
/// The streams are made before the arguments are read, so that a wrong argument is reported in the same colours.
pub fn color_choice(arguments: &[OsString]) -> ColorChoice {
    let mut words = arguments.iter().filter_map(|argument| argument.to_str()).take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        let wanted: Option<&str> = match word {
            "--color" => words.next(),
            _ => word.strip_prefix("--color="),
        };
        match wanted {
            Some("always") => return ColorChoice::Always,
            Some("never") => return ColorChoice::Never,
            _ => {}
        }
    }
    ColorChoice::Auto
}

/// Does what the arguments ask for. The first is the program's name, as in `std::env::args_os`.
pub fn run(arguments: &[OsString], edge: &mut Edge<'_>) -> Exit {
    let result: Result<Exit, Failure> = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => perform(&arguments.command, edge),
        Err(reply) => show(&reply, edge),
    };
    let flushed: Result<Exit, Failure> =
        result.and_then(|exit| edge.out.flush().map(|()| exit).map_err(Failure::Output));
    match flushed {
        Ok(exit) => exit,
        Err(failure) => failure.report(edge.err),
    }
}

fn perform(command: &Command, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Serve(arguments) => serve::serve(arguments, edge),
        Command::Check(arguments) => check::check(arguments, edge),
        Command::Decide(arguments) => decide::decide(arguments, edge),
        Command::Test(arguments) => test::test(arguments, edge),
        Command::Explain(arguments) => explain::explain(arguments, edge),
        Command::Graph(arguments) => graph::graph(arguments, edge),
        Command::Calendar(arguments) => calendar::calendar(arguments, edge),
        Command::Completions(arguments) => completions::completions(arguments, edge),
    }
}

/// What clap answers by itself: help and version are answers, anything else is wrong usage.
fn show(reply: &clap::Error, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    let text = reply.render();
    if reply.use_stderr() {
        return Err(Failure::Usage(text.ansi().to_string()));
    }
    write!(edge.out, "{}", text.ansi())?;
    Ok(Exit::Clean)
}

#[cfg(test)]
mod tests;
