//! One file of the directory, compiled.
//!
//! Text goes in; out comes the edition or why there is none, with the diagnostics in the forms the surfaces need. A
//! file that has not changed is not compiled again.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::diagnostic::render::{Format, render};
use crate::diagnostic::{Diagnostic, any_error, codes};
use crate::editions::claimed;
use crate::source::load::{CalendarFolder, HandbookFile, Loaded, TextFile};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::{Compilation, Edition};

/// What a file compiled to.
pub(super) struct Compiled {
    /// Equal for files that say the same under the same names.
    key: [u8; 32],
    pub(super) path: PathBuf,
    /// What messages call the file.
    pub(super) name: String,
    /// The handbook's id: the edition's, or what the text claims.
    pub(super) id: Option<String>,
    /// The edition's name: as it is, or as the text claims.
    pub(super) edition_name: Option<String>,
    /// None when anything is an error.
    pub(super) edition: Option<Arc<Edition>>,
    pub(super) findings: Findings,
}

/// Diagnostics, rendered.
#[derive(Clone, Default)]
pub(super) struct Findings {
    /// As `check --format json` gives them.
    pub(super) diagnostics: Vec<Value>,
    /// With frames, for people.
    pub(super) text: String,
    /// A line an error, for logs.
    pub(super) lines: Vec<String>,
}

impl Findings {
    pub(super) fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }
}

/// Compiles the files, each only if it is not in `before` as it is.
pub(super) fn compile_all(
    files: &Loaded,
    before: &BTreeMap<PathBuf, Arc<Compiled>>,
) -> BTreeMap<PathBuf, Arc<Compiled>> {
    let mut all: BTreeMap<PathBuf, Arc<Compiled>> = BTreeMap::new();
    let nothing = CalendarFolder::default();
    for file in &files.handbooks {
        let calendars: &CalendarFolder = files.calendars.get(file.calendars).unwrap_or(&nothing);
        let key: [u8; 32] = key_of(file, calendars);
        let compiled: Arc<Compiled> = match before.get(&file.handbook.path) {
            Some(known) if known.key == key => known.clone(),
            _ => Arc::new(compile(file, calendars, key)),
        };
        all.insert(file.handbook.path.clone(), compiled);
    }
    all
}

fn compile(file: &HandbookFile, folder: &CalendarFolder, key: [u8; 32]) -> Compiled {
    let mut sources = Sources::default();
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let handbook: FileId = add(&mut sources, &file.handbook, &mut diagnostics);
    let tests: Option<FileId> = file.tests.as_ref().map(|tests| add(&mut sources, tests, &mut diagnostics));
    let calendars: Vec<FileId> = folder.add_to(&mut sources);
    let text: &str = &sources.file(handbook).text;
    let (claimed_id, claimed_name) = (claimed(text, "handbook"), claimed(text, "edition"));
    let mut edition: Option<Edition> = None;
    if diagnostics.is_empty() {
        // One handbook that brings out a fault of ours must not keep the others from loading.
        match catch_unwind(AssertUnwindSafe(|| crate::compile(&sources, handbook, tests, &calendars))) {
            Ok(compilation) => {
                diagnostics = unreadable(&mut sources, folder, &compilation);
                diagnostics.extend(compilation.diagnostics);
                edition = compilation.edition;
            }
            Err(_) => {
                let message = "this handbook could not be compiled because of a fault in rulebook itself";
                diagnostics.push(Diagnostic::new(&codes::UNREADABLE_FILE, Span::new(handbook, 0..0), message));
            }
        }
    }
    Compiled {
        key,
        path: file.handbook.path.clone(),
        name: file.handbook.name.clone(),
        id: edition.as_ref().map(|edition| edition.id().to_owned()).or(claimed_id),
        edition_name: edition.as_ref().map(|edition| edition.edition().to_owned()).or(claimed_name),
        edition: edition.filter(|_| !any_error(&diagnostics)).map(Arc::new),
        findings: findings(&sources, &diagnostics),
    }
}

fn add(sources: &mut Sources, file: &TextFile, diagnostics: &mut Vec<Diagnostic>) -> FileId {
    match &file.text {
        Ok(text) => sources.add(SourceFile::new(file.name.clone(), text.clone())),
        Err(error) => {
            let id: FileId = sources.add(SourceFile::new(file.name.clone(), ""));
            diagnostics.push(Diagnostic::new(&codes::UNREADABLE_FILE, Span::new(id, 0..0), error.to_string()));
            id
        }
    }
}

/// Calendars that could not be read, for a handbook that looks for one which is not among the others.
pub(super) fn unreadable(sources: &mut Sources, folder: &CalendarFolder, compilation: &Compilation) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    if compilation.lacks_calendar() {
        for file in folder.files.iter().filter(|file| file.text.is_err()) {
            add(sources, file, &mut diagnostics);
        }
    }
    diagnostics
}

/// Finds what is wrong with editions of one handbook beside each other; for each of them, in their order, what
/// stands in its file.
pub(super) fn beside_each_other(
    editions: &[&Edition],
    find: fn(&[(FileId, &Edition)]) -> Vec<Diagnostic>,
) -> Vec<Findings> {
    // Nearly every handbook has one edition, and nothing beside it.
    if editions.len() < 2 {
        return editions.iter().map(|_| Findings::default()).collect();
    }
    let mut sources = Sources::default();
    let members: Vec<(FileId, &Edition)> = editions
        .iter()
        .map(|edition| (sources.add(SourceFile::new(&*edition.source().name, &*edition.source().text)), *edition))
        .collect();
    let found: Vec<Diagnostic> = find(&members);
    let of_one = |(file, _): &(FileId, &Edition)| {
        let of_it: Vec<Diagnostic> = found.iter().filter(|finding| finding.span.file == *file).cloned().collect();
        findings(&sources, &of_it)
    };
    members.iter().map(of_one).collect()
}

pub(super) fn findings(sources: &Sources, diagnostics: &[Diagnostic]) -> Findings {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    Findings {
        diagnostics: match report(sources, diagnostics).get_mut("diagnostics").map(Value::take) {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        },
        text: String::from_utf8_lossy(&rendered(sources, diagnostics, Format::Human)).into_owned(),
        lines: errors.map(|diagnostic| line(sources, diagnostic)).collect(),
    }
}

/// The document that `check --format json` gives.
pub(super) fn report(sources: &Sources, diagnostics: &[Diagnostic]) -> Value {
    serde_json::from_slice(&rendered(sources, diagnostics, Format::Json))
        .unwrap_or_else(|_| json!({"diagnostics": [], "summary": {"errors": 0, "warnings": 0}}))
}

fn rendered(sources: &Sources, diagnostics: &[Diagnostic], format: Format) -> Vec<u8> {
    let mut text: Vec<u8> = Vec::new();
    // Writing to memory does not fail.
    let _ = render(&mut text, sources, diagnostics, format, false);
    text
}

fn line(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let place = sources.position(diagnostic.span);
    let file: &str = &sources.file(diagnostic.span.file).name;
    format!("{file}:{}:{}: {}: {}", place.line, place.column, diagnostic.code.id, diagnostic.message)
}

/// What a handbook is compiled from: also the calendars beside it, where its text can name one.
fn key_of(file: &HandbookFile, calendars: &CalendarFolder) -> [u8; 32] {
    let mut digest = Sha256::new();
    let names_one: bool = file.handbook.text.as_ref().is_ok_and(|text| text.contains("calendar"));
    let calendars = calendars.files.iter().filter(|_| names_one);
    for part in [Some(&file.handbook), file.tests.as_ref()].into_iter().flatten().chain(calendars) {
        let (kind, text): (&str, String) = match &part.text {
            Ok(text) => ("text", text.clone()),
            Err(error) => ("error", error.to_string()),
        };
        for field in [kind, &part.name, &text] {
            digest.update((field.len() as u64).to_be_bytes());
            digest.update(field);
        }
    }
    digest.finalize().into()
}
