//! `rulebook check`: what is wrong in handbooks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::Edge;
use super::arguments::{CheckArguments, CheckFormat, Deny};
use super::open::{Compiled, Opened, open_all};
use super::outcome::{Exit, Failure, counted, tell};
use crate::Edition;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::render::{self, Format};
use crate::editions;
use crate::source::{FileId, Span};

/// Writes every finding of every handbook.
pub(super) fn check(arguments: &CheckArguments, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    let opened: Opened = open_all(&arguments.paths, edge);
    let together: Vec<Diagnostic> = side_by_side(&opened);
    let mut findings: Vec<Diagnostic> = Vec::new();
    for handbook in &opened.handbooks {
        findings.extend(together.iter().filter(|finding| finding.span.file == handbook.file).cloned());
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

/// The handbooks of one id in one directory.
type Group = (PathBuf, String);

/// What is wrong with editions of one handbook that stand in one directory, which serves them together.
fn side_by_side(opened: &Opened) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<Group, Vec<&Compiled>> = BTreeMap::new();
    for handbook in &opened.handbooks {
        let path = Path::new(&opened.sources.file(handbook.file).name);
        if let (Some(directory), Some(id)) = (path.parent(), handbook.id(&opened.sources)) {
            // `./a` and `a` are one directory.
            let directory = directory.components().filter(|part| *part != Component::CurDir).collect();
            groups.entry((directory, id)).or_default().push(handbook);
        }
    }
    let mut findings: Vec<Diagnostic> = Vec::new();
    for handbooks in groups.into_values() {
        let editions: Vec<(FileId, &Edition)> = handbooks
            .iter()
            .filter_map(|handbook| Some((handbook.file, handbook.compilation.edition.as_ref()?)))
            .collect();
        // Where a file has errors, its dates are not known, and what looks like a hole may be its place.
        match editions.len() == handbooks.len() {
            true => findings.extend(editions::side_by_side(&editions)),
            false => findings.extend(editions::duplicates(&editions)),
        }
    }
    findings
}
