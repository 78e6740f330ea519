//! `rulebook check`: what is wrong in handbooks.

use std::collections::BTreeSet;
use std::path::Path;

use super::Edge;
use super::arguments::{CheckArguments, CheckFormat, Deny};
use super::open::{Compiled, Opened, open_all};
use super::outcome::{Exit, Failure, counted, tell};
use crate::Edition;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::render::{self, Format};
use crate::source::{FileId, Sources, Span};

/// Writes every finding of every handbook.
pub(super) fn check(arguments: &CheckArguments, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    let opened: Opened = open_all(&arguments.paths, edge);
    let mut findings: Vec<Diagnostic> = Vec::new();
    for handbook in &opened.handbooks {
        findings.extend(editions_side_by_side(&opened, handbook));
        findings.extend(handbook.compilation.diagnostics.iter().cloned());
    }
    for folder in opened.calendars.iter().filter(|folder| folder.is_whole) {
        findings.extend(crate::check_calendars(&opened.sources, &folder.files));
    }
    let findings: Vec<Diagnostic> = once(findings);
    let format: Format = match arguments.format {
        CheckFormat::Human => Format::Human,
        CheckFormat::Json => Format::Json,
        CheckFormat::Sarif => Format::Sarif,
        CheckFormat::Github => Format::Github,
    };
    render::render(edge.out, &opened.sources, &findings, format, true)?;
    let checked: usize = opened.handbooks.len();
    if findings.is_empty() && checked > 0 && format == Format::Human {
        tell(edge.err, &format!("{} checked, nothing found", counted(checked, "handbook")));
    }
    Ok(verdict(&opened, &findings, arguments.deny))
}

/// The findings without repeats: handbooks that rest on one calendar each report what is wrong with it.
fn once(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut seen: BTreeSet<(Span, &str, String)> = BTreeSet::new();
    for finding in findings {
        if seen.insert((finding.span, finding.code.id, finding.message.clone())) {
            kept.push(finding);
        }
    }
    kept
}

fn verdict(opened: &Opened, findings: &[Diagnostic], deny: Option<Deny>) -> Exit {
    let denied = |finding: &Diagnostic| finding.is_error() || deny == Some(Deny::Warnings);
    if opened.unreadable > 0 {
        Exit::CouldNotRun
    } else if findings.iter().any(denied) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

/// The finding of a handbook whose id another file of its directory has, too: together they would not be served.
fn editions_side_by_side(opened: &Opened, handbook: &Compiled) -> Option<Diagnostic> {
    let identity = |handbook: &Compiled| {
        let edition: &Edition = handbook.compilation.edition.as_ref()?;
        let path = Path::new(&opened.sources.file(handbook.file).name);
        Some((path.parent()?.to_path_buf(), edition.id().to_owned()))
    };
    let (directory, id) = identity(handbook)?;
    let same = |other: &&Compiled| identity(other).is_some_and(|other| other == (directory.clone(), id.clone()));
    let files: Vec<&Compiled> = opened.handbooks.iter().filter(same).collect();
    if files.len() < 2 {
        return None;
    }
    let places: Vec<Span> = files.iter().map(|file| id_place(&opened.sources, file.file, &id)).collect();
    crate::same_id(&id, &places).into_iter().find(|finding| finding.span.file == handbook.file)
}

/// Where the front matter says the id.
fn id_place(sources: &Sources, file: FileId, id: &str) -> Span {
    let text: &str = &sources.file(file).text;
    let key: usize = text.find("\nhandbook:").map_or(0, |at| at + "\nhandbook:".len());
    match text[key..].find(id) {
        Some(at) => Span::new(file, key + at..key + at + id.len()),
        None => Span::new(file, 0..0),
    }
}
