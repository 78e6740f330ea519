//! `rulebook completions`: what a shell needs to complete our arguments.

use clap::CommandFactory;

use super::Edge;
use super::arguments::{Arguments, CompletionsArguments};
use super::outcome::{Exit, Failure};

/// Writes the script of the shell.
pub(super) fn completions(arguments: &CompletionsArguments, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    // By way of a buffer, because the generator panics where a closed pipe refuses its text.
    let mut script: Vec<u8> = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "rulebook", &mut script);
    edge.out.write_all(&script)?;
    Ok(Exit::Clean)
}
