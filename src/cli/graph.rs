//! `rulebook graph`: what rests on what, for a program that draws.

use super::Edge;
use super::arguments::{GraphArguments, GraphFormat};
use super::open::{one_edition, open_one};
use super::outcome::{Exit, Failure};
use crate::Edition;

/// Writes the handbook's rule graph.
pub(super) fn graph(arguments: &GraphArguments, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    let Some(editions) = open_one(&arguments.handbook, edge)? else { return Ok(Exit::Findings) };
    let edition: &Edition = one_edition(&editions, &arguments.handbook, arguments.edition.as_deref())?;
    let text: String = match arguments.format {
        GraphFormat::Dot => edition.to_dot(),
        GraphFormat::Mermaid => edition.to_mermaid(),
        GraphFormat::Json => format!("{:#}", edition.to_json()),
    };
    writeln!(edge.out, "{}", text.trim_end())?;
    Ok(Exit::Clean)
}
