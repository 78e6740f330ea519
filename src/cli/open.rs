//! Handbooks named on the command line, read and compiled.
//!
//! Two ways in: every handbook that some paths lead to, for `check` and `test`, and the one that `decide` and `graph`
//! need. What is wrong with a path is told here; what is wrong in a handbook is shown here, too, where a command
//! cannot go on without it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Edge;
use super::outcome::{Failure, complain};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::render::{self, Format};
use crate::source::load::{CalendarFolder, HandbookFile, LoadError, LoadErrorKind, Loaded, Tests, load};
use crate::source::{FileId, SourceFile, Sources};
use crate::{Compilation, Edition, compile};

/// Handbooks and what compiling them gave.
pub(super) struct Opened {
    /// Every text that was read.
    pub(super) sources: Sources,
    /// The handbooks that could be read, in order.
    pub(super) handbooks: Vec<Compiled>,
    /// The folders of calendars beside them.
    pub(super) calendars: Vec<Calendars>,
    /// How many files or paths could not be read; each has been reported.
    pub(super) unreadable: usize,
}

/// The calendars of a folder that could be read.
pub(super) struct Calendars {
    pub(super) files: Vec<FileId>,
    /// Whether its directory was asked for, rather than a handbook in it.
    pub(super) is_whole: bool,
}

/// One handbook after compiling.
pub(super) struct Compiled {
    /// The handbook's file.
    pub(super) file: FileId,
    /// What came of it.
    pub(super) compilation: Compilation,
}

/// Reads and compiles every handbook that the paths lead to, each with the tests beside it.
pub(super) fn open_all(paths: &[PathBuf], edge: &mut Edge<'_>) -> Opened {
    let loaded: Loaded = load(paths, Tests::Read);
    let mut opened = Opened {
        sources: Sources::default(),
        handbooks: Vec::new(),
        calendars: Vec::new(),
        unreadable: loaded.errors.len(),
    };
    for error in &loaded.errors {
        complain(edge.err, &error.to_string(), advice(&error.kind));
    }
    for folder in &loaded.calendars {
        for error in folder.errors() {
            complain(edge.err, &error.to_string(), advice(&error.kind));
            opened.unreadable += 1;
        }
        let files: Vec<FileId> = folder.add_to(&mut opened.sources);
        opened.calendars.push(Calendars { files, is_whole: folder.is_whole });
    }
    for file in loaded.handbooks {
        match opened.add(file) {
            Ok(()) => {}
            Err(error) => {
                complain(edge.err, &error.to_string(), advice(&error.kind));
                opened.unreadable += 1;
            }
        }
    }
    opened
}

impl Opened {
    fn add(&mut self, file: HandbookFile) -> Result<(), LoadError> {
        let folder: usize = file.calendars;
        let text: String = file.handbook.text?;
        let tests: Option<(String, String)> = match file.tests {
            Some(tests) => Some((tests.name, tests.text?)),
            None => None,
        };
        let file: FileId = self.sources.add(SourceFile::new(file.handbook.name, text));
        let tests: Option<FileId> = tests.map(|(name, text)| self.sources.add(SourceFile::new(name, text)));
        let calendars: &[FileId] = self.calendars.get(folder).map_or(&[], |folder| &folder.files);
        let compilation: Compilation = compile(&self.sources, file, tests, calendars);
        self.handbooks.push(Compiled { file, compilation });
        Ok(())
    }
}

/// The one handbook a path leads to; nothing for one with errors, which have then been shown.
pub(super) fn open_one(path: &Path, edge: &mut Edge<'_>) -> Result<Option<Edition>, Failure> {
    let mut loaded: Loaded = load(&[path.to_path_buf()], Tests::Skip);
    if let Some(error) = loaded.errors.pop() {
        return Err(failure(&error));
    }
    let file: HandbookFile = match (loaded.handbooks.pop(), loaded.handbooks.pop()) {
        (Some(only), None) => only,
        (Some(last), Some(other)) => {
            let number: usize = loaded.handbooks.len() + 2;
            let message = format!("`{}` holds {number} handbooks, and one is wanted here", path.display());
            let help = format!("name its file, `{}` or `{}` for one", other.handbook.name, last.handbook.name);
            return Err(Failure::unusable(message).help(help));
        }
        (None, _) => return Err(failure(&LoadError { path: path.to_path_buf(), kind: LoadErrorKind::NoHandbooks })),
    };
    let text: String = file.handbook.text.map_err(|error| failure(&error))?;
    let mut sources = Sources::default();
    let id: FileId = sources.add(SourceFile::new(file.handbook.name, text));
    let folder: CalendarFolder = loaded.calendars.pop().unwrap_or_default();
    let calendars: Vec<FileId> = folder.add_to(&mut sources);
    let compilation: Compilation = compile(&sources, id, None, &calendars);
    if let Some(error) = folder.errors().next().filter(|_| compilation.lacks_calendar()) {
        return Err(failure(error));
    }
    let Compilation { edition, diagnostics } = compilation;
    let Some(edition) = edition else {
        show(&sources, &diagnostics, edge.err)?;
        let message = format!("`{}` has errors and decides nothing until they are mended", sources.file(id).name);
        complain(edge.err, &message, None);
        return Ok(None);
    };
    Ok(Some(edition))
}

/// Shows findings to people.
pub(super) fn show(sources: &Sources, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    render::render(out, sources, diagnostics, Format::Human, true)
}

pub(super) fn failure(error: &LoadError) -> Failure {
    let failure = Failure::unusable(error.to_string());
    match advice(&error.kind) {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// What to do about a path, where its message does not say it.
fn advice(kind: &LoadErrorKind) -> Option<&'static str> {
    match kind {
        LoadErrorKind::Missing => Some("look for a slip in the path; it starts from the directory you are in"),
        LoadErrorKind::Unreadable(_) => Some("let this user read it (`ls -l` shows who may)"),
        LoadErrorKind::NotAFile => Some("name a handbook's file, or the directory it stands in"),
        LoadErrorKind::NotAFolder => Some("calendars stand in a directory named `calendars` beside the handbook"),
        LoadErrorKind::NotAHandbookName => {
            Some("handbooks come first, and tickets after the handbook that decides them")
        }
        LoadErrorKind::NoHandbooks => Some("a handbook is a file named like `shop.handbook.md`"),
        LoadErrorKind::TooLarge => Some("split it into several handbooks"),
        LoadErrorKind::NotUtf8 { .. } => Some("save it as UTF-8 (an editor calls this the encoding)"),
    }
}
