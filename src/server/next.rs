//! The set that serves next.
//!
//! In: the set that serves and what the directory compiled to. Out: the next set and what became of every handbook.
//! Here stands the rule that a handbook which fails keeps its last good edition.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::compiled::{Compiled, Findings, same_id};
use super::metrics::Metrics;
use super::report::{Fate, HandbookReport};
use super::state::{AnswerHeaders, Loaded, Refused, Serving};
use crate::Edition;
use crate::calendar::Instant;

/// The next set, and what became of each handbook on the way to it.
pub(super) struct Next {
    pub(super) loaded: Loaded,
    pub(super) handbooks: Vec<HandbookReport>,
    pub(super) refused: Vec<Arc<Refused>>,
}

/// Works out what serves after `current`.
pub(super) fn next(current: &Loaded, files: &BTreeMap<PathBuf, Arc<Compiled>>, metrics: &Metrics, at: Instant) -> Next {
    let (good, bad) = sorted(files);
    let mut next = Next { loaded: Loaded::default(), handbooks: Vec::new(), refused: Vec::new() };
    for (id, (file, edition)) in &good {
        let before: Option<&Arc<Serving>> = current.handbooks.get(id);
        let (fate, serving) = serve(before, file, edition, metrics, at);
        next.handbooks.push(report_of(fate, Some(id), file, Some(&serving), &file.findings));
        next.loaded.handbooks.insert(id.clone(), Arc::new(serving));
    }
    for (file, findings) in &bad {
        refuse(&mut next, current, file, findings, at);
    }
    for (id, serving) in &current.handbooks {
        if !next.loaded.handbooks.contains_key(id) {
            next.handbooks.push(removed(Some(id.clone()), &serving.path));
        }
    }
    for orphan in &current.orphans {
        if !files.contains_key(&orphan.path) {
            next.handbooks.push(removed(orphan.id.clone(), &orphan.path));
        }
    }
    next.handbooks.sort_by(|a, b| (&a.path, &a.id).cmp(&(&b.path, &b.id)));
    let is_changed: bool = next.handbooks.iter().any(|handbook| handbook.outcome.is_change());
    next.loaded.generation = current.generation + u64::from(is_changed || current.generation == 0);
    next.loaded.since = if is_changed { Some(at) } else { current.since.or(Some(at)) };
    next
}

type File<'a> = (&'a Arc<Compiled>, &'a Arc<Edition>);
type Good<'a> = BTreeMap<String, File<'a>>;
type Bad<'a> = Vec<(&'a Arc<Compiled>, Findings)>;

/// The files that may serve, one an id, and those that may not, with the reason.
fn sorted(files: &BTreeMap<PathBuf, Arc<Compiled>>) -> (Good<'_>, Bad<'_>) {
    let mut bad: Bad = Vec::new();
    let mut by_id: BTreeMap<&str, Vec<File>> = BTreeMap::new();
    for file in files.values() {
        match &file.edition {
            Some(edition) => by_id.entry(edition.id()).or_default().push((file, edition)),
            None => bad.push((file, file.findings.clone())),
        }
    }
    let mut good: Good = BTreeMap::new();
    for (id, claimants) in by_id {
        match claimants.as_slice() {
            [only] => {
                good.insert(id.to_owned(), *only);
            }
            several => {
                let files: Vec<Arc<Compiled>> = several.iter().map(|(file, _)| (*file).clone()).collect();
                bad.extend(several.iter().map(|(file, _)| *file).zip(same_id(id, &files)));
            }
        }
    }
    (good, bad)
}

fn serve(
    before: Option<&Arc<Serving>>,
    file: &Compiled,
    edition: &Arc<Edition>,
    metrics: &Metrics,
    at: Instant,
) -> (Fate, Serving) {
    let (fate, since) = match before {
        None => (Fate::New, at),
        Some(before) if before.edition.digest() != edition.digest() => (Fate::Replaced, at),
        Some(before) if before.is_stale() => (Fate::Restored, before.since),
        Some(before) => (Fate::Unchanged, before.since),
    };
    let serving = Serving {
        edition: edition.clone(),
        path: file.path.clone(),
        since,
        warnings: Arc::new(file.findings.diagnostics.clone()),
        refused: Vec::new(),
        headers: AnswerHeaders::new(edition),
        decisions: metrics.decisions(edition.id()),
    };
    (fate, serving)
}

/// Notes a file that does not load, and lets the last good edition of its handbook go on.
fn refuse(next: &mut Next, current: &Loaded, file: &Compiled, findings: &Findings, at: Instant) {
    let kept: Option<&str> = last_good(&next.loaded, current, file);
    let id: Option<&str> = kept.or(file.id.as_deref());
    let refused = Arc::new(Refused {
        id: id.map(str::to_owned),
        path: file.path.clone(),
        at: refused_since(current, file, findings).unwrap_or(at),
        diagnostics: findings.diagnostics.clone(),
        text: findings.text.clone(),
        lines: findings.lines.clone(),
    });
    next.refused.push(refused.clone());
    match kept.and_then(|id| current.handbooks.get(id).map(|serving| (id, serving))) {
        None => {
            next.handbooks.push(report_of(Fate::Refused, id, file, None, findings));
            next.loaded.orphans.push(refused);
        }
        Some((id, serving)) => {
            next.handbooks.push(report_of(Fate::Refused, Some(id), file, Some(serving), findings));
            let entry = next.loaded.handbooks.entry(id.to_owned());
            let entry = entry.or_insert_with(|| Arc::new(Serving { refused: Vec::new(), ..Serving::clone(serving) }));
            Arc::make_mut(entry).refused.push(refused);
        }
    }
}

/// The handbook that a refused file belongs to and whose last good edition goes on: the one it claims to be, or
/// else the one that came from this file. None when another file serves it by now.
fn last_good<'a>(next: &Loaded, current: &'a Loaded, file: &Compiled) -> Option<&'a str> {
    let claimed = file.id.as_ref().and_then(|id| current.handbooks.get_key_value(id));
    let same_path = || current.handbooks.iter().find(|(_, serving)| serving.path == file.path);
    let (id, _) = claimed.or_else(same_path)?;
    match next.handbooks.get(id) {
        // Another file of the same handbook was refused as well.
        Some(serving) if serving.is_stale() => Some(id),
        Some(_) => None,
        None => Some(id),
    }
}

/// Since when this file has been refused for the same reasons.
fn refused_since(current: &Loaded, file: &Compiled, findings: &Findings) -> Option<Instant> {
    let same = current.refused().find(|known| known.path == file.path && known.diagnostics == findings.diagnostics);
    same.map(|known| known.at)
}

fn removed(id: Option<String>, path: &Path) -> HandbookReport {
    HandbookReport {
        id,
        path: path.display().to_string(),
        outcome: Fate::Removed,
        edition: None,
        digest: None,
        diagnostics: Vec::new(),
    }
}

fn report_of(
    fate: Fate,
    id: Option<&str>,
    file: &Compiled,
    serving: Option<&Serving>,
    findings: &Findings,
) -> HandbookReport {
    HandbookReport {
        id: id.map(str::to_owned),
        path: file.name.clone(),
        outcome: fate,
        edition: serving.map(|serving| serving.edition.edition().to_owned()),
        digest: serving.map(|serving| serving.edition.digest().to_owned()),
        diagnostics: findings.diagnostics.clone(),
    }
}
