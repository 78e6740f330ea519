//! One file of the directory, compiled.
//!
//! Text goes in; out comes the edition or why there is none, with the diagnostics in the forms the surfaces need. A
//! file that has not changed is not compiled again.

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::diagnostic::render::{Format, render};
use crate::diagnostic::{Diagnostic, any_error, codes};
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
    let claimed: Option<String> = claimed_id(&sources.file(handbook).text).map(|(_, id)| id);
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
        id: edition.as_ref().map(|edition| edition.id().to_owned()).or(claimed),
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

/// The findings of files that all hold one handbook, each with a finding that names the others.
pub(super) fn same_id(id: &str, files: &[Arc<Compiled>]) -> Vec<Findings> {
    let mut sources = Sources::default();
    let places: Vec<Span> = files.iter().map(|file| id_place(&mut sources, file)).collect();
    crate::same_id(id, &places).into_iter().map(|diagnostic| findings(&sources, &[diagnostic])).collect()
}

fn id_place(sources: &mut Sources, file: &Compiled) -> Span {
    let text: &str = file.edition.as_ref().map_or("", |edition| &edition.source().text);
    let range: Range<usize> = claimed_id(text).map_or(0..0, |(range, _)| range);
    Span::new(sources.add(SourceFile::new(file.name.clone(), text)), range)
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

/// The id that the front matter of a text claims, and where, even when nothing else of it can be read.
///
/// It ties a broken file to the handbook whose last good edition is to go on, also when the file was renamed.
fn claimed_id(text: &str) -> Option<(Range<usize>, String)> {
    let mut start: usize = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let shown: &str = line.trim_end();
        let is_fence: bool = shown == "---";
        if is_fence != (index == 0) {
            return None;
        }
        if let Some(value) = shown.strip_prefix("handbook:") {
            let id: &str = value.split(" #").next().unwrap_or("").trim().trim_matches(['"', '\'']);
            let at: usize = start + "handbook:".len() + value.find(id)?;
            return (!id.is_empty()).then(|| (at..at + id.len(), id.to_owned()));
        }
        start += line.len();
    }
    None
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

#[cfg(test)]
mod tests {
    use super::claimed_id;

    #[test]
    fn the_claimed_id_is_found_with_its_place() {
        for (text, expected) in [
            ("---\nhandbook: shop\n---\n", Some((14..18, "shop"))),
            ("---\ntitle: x\nhandbook: \"book\" # ours\n---\n", Some((24..28, "book"))),
            ("---\nhandbook:\n---\n", None),
            ("---\ntitle: x\n---\nhandbook: shop\n", None),
            ("# no front matter\nhandbook: shop\n", None),
            ("", None),
        ] {
            assert_eq!(claimed_id(text), expected.map(|(range, id)| (range, id.to_owned())), "{text:?}");
        }
    }
}
