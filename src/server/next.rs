//! The set that serves next.
//!
//! In: the set that serves and what the directory compiled to. Out: the next set and what became of every file.
//! Here stands the rule that a file which fails keeps its last good edition going.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::compiled::{Compiled, Findings, beside_each_other};
use super::lineage::{Good, Lineage};
use super::metrics::Metrics;
use super::report::{Fate, HandbookReport};
use super::state::{AnswerHeaders, Handbook, Loaded, Refused, Serving};
use crate::calendar::Instant;
use crate::editions::{dates, duplicates};
use crate::{Edition, Editions};

/// The next set, and what became of each file on the way to it.
pub(super) struct Next {
    pub(super) loaded: Loaded,
    pub(super) handbooks: Vec<HandbookReport>,
    pub(super) refused: Vec<Arc<Refused>>,
}

/// Works out what serves after `current`.
pub(super) fn next(current: &Loaded, files: &BTreeMap<PathBuf, Arc<Compiled>>, metrics: &Metrics, at: Instant) -> Next {
    let (good, bad) = sorted(files);
    let bad_files: Vec<&Arc<Compiled>> = bad.iter().map(|(file, _)| *file).collect();
    let lineage = Lineage::of(current, &good, &bad_files);
    let mut next = Next { loaded: Loaded::default(), handbooks: Vec::new(), refused: Vec::new() };
    let mut serving: Vec<Serving> = Vec::new();
    for ((file, edition), before) in good.into_iter().zip(lineage.good) {
        let (fate, one) = serve(before, file, edition, metrics, at);
        next.handbooks.push(report_of(fate, Some(edition.id()), file, Some(&one), &file.findings));
        serving.push(one);
    }
    for ((file, findings), kept) in bad.iter().zip(lineage.bad) {
        let refused: Arc<Refused> = refused(current, file, findings, kept, at);
        let going_on: Option<&Serving> = kept.map(|kept| &**kept);
        next.handbooks.push(report_of(Fate::Refused, refused.id.as_deref(), file, going_on, findings));
        match kept {
            Some(kept) => go_on(&mut serving, kept, refused.clone()),
            None => next.loaded.orphans.push(refused.clone()),
        }
        next.refused.push(refused);
    }
    for gone in lineage.gone {
        next.handbooks.push(removed(Some(gone.edition.id().to_owned()), &gone.path));
    }
    for orphan in &current.orphans {
        if !files.contains_key(&orphan.path) {
            next.handbooks.push(removed(orphan.id.clone(), &orphan.path));
        }
    }
    next.loaded.handbooks = side_by_side(serving, &mut next.handbooks);
    next.handbooks.sort_by(|a, b| (&a.path, &a.id).cmp(&(&b.path, &b.id)));
    let is_changed: bool = next.handbooks.iter().any(|handbook| handbook.outcome.is_change());
    next.loaded.generation = current.generation + u64::from(is_changed || current.generation == 0);
    next.loaded.since = if is_changed { Some(at) } else { current.since.or(Some(at)) };
    next
}

type Bad<'a> = Vec<(&'a Arc<Compiled>, Findings)>;

/// The files that may serve, and those that may not, with the reason.
fn sorted(files: &BTreeMap<PathBuf, Arc<Compiled>>) -> (Vec<Good<'_>>, Bad<'_>) {
    let mut bad: Bad = Vec::new();
    let mut by_id: BTreeMap<&str, Vec<Good>> = BTreeMap::new();
    for file in files.values() {
        match &file.edition {
            Some(edition) => by_id.entry(edition.id()).or_default().push((file, edition)),
            None => bad.push((file, file.findings.clone())),
        }
    }
    let mut good: Vec<Good> = Vec::new();
    for claimants in by_id.into_values() {
        let editions: Vec<&Edition> = claimants.iter().map(|(_, edition)| &***edition).collect();
        for ((file, edition), clash) in claimants.iter().zip(beside_each_other(&editions, duplicates)) {
            match clash.is_empty() {
                true => good.push((file, edition)),
                false => bad.push((file, clash)),
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
        date_warnings: Vec::new(),
        refused: Vec::new(),
        headers: AnswerHeaders::new(edition),
        decisions: metrics.decisions(edition.id()),
    };
    (fate, serving)
}

/// What is to be told of a file that does not load.
fn refused(
    current: &Loaded,
    file: &Compiled,
    findings: &Findings,
    kept: Option<&Arc<Serving>>,
    at: Instant,
) -> Arc<Refused> {
    let id: Option<&str> = kept.map(|kept| kept.edition.id()).or(file.id.as_deref());
    Arc::new(Refused {
        id: id.map(str::to_owned),
        path: file.path.clone(),
        at: refused_since(current, file, findings).unwrap_or(at),
        diagnostics: findings.diagnostics.clone(),
        text: findings.text.clone(),
        lines: findings.lines.clone(),
    })
}

/// Lets the last good edition of a refused file go on.
fn go_on(serving: &mut Vec<Serving>, kept: &Arc<Serving>, refused: Arc<Refused>) {
    // Two files may claim to be the same edition.
    match serving.iter_mut().find(|one| Arc::ptr_eq(&one.edition, &kept.edition)) {
        Some(one) => one.refused.push(refused),
        None => serving.push(Serving { refused: vec![refused], date_warnings: Vec::new(), ..Serving::clone(kept) }),
    }
}

/// Puts the editions of each handbook together, with what is to be said of their dates. A report has that, too.
fn side_by_side(serving: Vec<Serving>, reports: &mut [HandbookReport]) -> BTreeMap<String, Arc<Handbook>> {
    let mut by_id: BTreeMap<String, Vec<Serving>> = BTreeMap::new();
    for one in serving {
        by_id.entry(one.edition.id().to_owned()).or_default().push(one);
    }
    let mut handbooks: BTreeMap<String, Arc<Handbook>> = BTreeMap::new();
    for (id, mut several) in by_id {
        let editions: Vec<&Edition> = several.iter().map(|one| &*one.edition).collect();
        let found: Vec<Findings> = beside_each_other(&editions, dates);
        for (one, found) in several.iter_mut().zip(found) {
            let path: String = one.path.display().to_string();
            for report in reports.iter_mut().filter(|report| report.path == path && !one.is_stale()) {
                report.diagnostics.extend(found.diagnostics.iter().cloned());
            }
            one.date_warnings = found.diagnostics;
        }
        if let Some(editions) = Editions::new(several.into_iter().map(Arc::new).collect()) {
            handbooks.insert(id, Arc::new(editions));
        }
    }
    handbooks
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
