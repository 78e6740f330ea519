//! Handbooks named on the command line, read and compiled.
//!
//! Two ways in: every handbook that some paths lead to, for `check` and `test`, and the one that `decide` and `graph`
//! need, in all its editions. What is wrong with a path is told here; what is wrong in a handbook is shown here, too,
//! where a command cannot go on without it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Edge;
use super::outcome::{Failure, complain};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::render::{self, Format};
use crate::editions::{claimed, duplicates};
use crate::source::load::{
    CALENDARS_FOLDER, CalendarFolder, HandbookFile, LoadError, LoadErrorKind, Loaded, Tests, is_calendar_name, load,
};
use crate::source::{FileId, SourceFile, Sources};
use crate::{Compilation, Edition, Editions, compile};

/// Handbooks and what compiling them gave.
#[derive(Default)]
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
    let mut opened = Opened { unreadable: loaded.errors.len(), ..Opened::default() };
    for error in &loaded.errors {
        complain(edge.err, &error.to_string(), advice(error).as_deref());
    }
    for folder in &loaded.calendars {
        for error in folder.errors() {
            complain(edge.err, &error.to_string(), advice(error).as_deref());
            opened.unreadable += 1;
        }
        let files: Vec<FileId> = folder.add_to(&mut opened.sources);
        opened.calendars.push(Calendars { files, is_whole: folder.is_whole });
    }
    for file in loaded.handbooks {
        match opened.add(file) {
            Ok(()) => {}
            Err(error) => {
                complain(edge.err, &error.to_string(), advice(&error).as_deref());
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

impl Compiled {
    /// The handbook's id; where it has errors, what its text claims.
    pub(super) fn id(&self, sources: &Sources) -> Option<String> {
        match &self.compilation.edition {
            Some(edition) => Some(edition.id().to_owned()),
            None => claimed(&sources.file(self.file).text, "handbook"),
        }
    }
}

/// The editions of the one handbook a path leads to; nothing where there are errors, which have then been shown.
pub(super) fn open_one(path: &Path, edge: &mut Edge<'_>) -> Result<Option<Editions<Edition>>, Failure> {
    let mut loaded: Loaded = load(&[path.to_path_buf()], Tests::Skip);
    if let Some(error) = loaded.errors.pop() {
        return Err(failure(&error));
    }
    let mut opened = Opened::default();
    for folder in &loaded.calendars {
        let files: Vec<FileId> = folder.add_to(&mut opened.sources);
        opened.calendars.push(Calendars { files, is_whole: folder.is_whole });
    }
    for file in loaded.handbooks {
        opened.add(file).map_err(|error| failure(&error))?;
    }
    // A calendar that could not be read may be the one that is missing.
    let unreadable = loaded.calendars.iter().flat_map(CalendarFolder::errors).next();
    let lacks_one = opened.handbooks.iter().any(|one| one.compilation.lacks_calendar());
    if let Some(error) = unreadable.filter(|_| lacks_one) {
        return Err(failure(error));
    }
    let Opened { sources, handbooks, .. } = opened;
    is_one_handbook(path, &sources, &handbooks)?;
    let mut is_good: bool = true;
    for Compiled { file, compilation } in handbooks.iter().filter(|one| one.compilation.edition.is_none()) {
        show(&sources, &compilation.diagnostics, edge.err)?;
        let message = format!("`{}` has errors and decides nothing until they are mended", sources.file(*file).name);
        complain(edge.err, &message, None);
        is_good = false;
    }
    let good = handbooks.iter().filter_map(|one| Some((one.file, one.compilation.edition.as_ref()?)));
    let clashes: Vec<Diagnostic> = duplicates(&good.collect::<Vec<(FileId, &Edition)>>());
    if !clashes.is_empty() {
        show(&sources, &clashes, edge.err)?;
        is_good = false;
    }
    if !is_good {
        return Ok(None);
    }
    match Editions::new(handbooks.into_iter().filter_map(|one| one.compilation.edition).collect()) {
        Some(editions) => Ok(Some(editions)),
        None => Err(failure(&LoadError { path: path.to_path_buf(), kind: LoadErrorKind::NoHandbooks })),
    }
}

/// That all files are editions of one handbook, as far as their texts say.
fn is_one_handbook(path: &Path, sources: &Sources, handbooks: &[Compiled]) -> Result<(), Failure> {
    let ids: BTreeMap<String, FileId> = handbooks.iter().filter_map(|one| Some((one.id(sources)?, one.file))).collect();
    let files: Vec<&str> = ids.values().map(|file| sources.file(*file).name.as_str()).collect();
    let [first, second, ..] = files.as_slice() else { return Ok(()) };
    let message = format!("`{}` holds {} handbooks, and one is wanted here", path.display(), files.len());
    Err(Failure::unusable(message).help(format!("name its file, `{first}` or `{second}` for one")))
}

/// The edition of a name; without one, the only edition there is.
pub(super) fn one_edition<'e>(
    editions: &'e Editions<Edition>,
    path: &Path,
    name: Option<&str>,
) -> Result<&'e Edition, Failure> {
    match (name, editions.only()) {
        (Some(name), _) => named(editions, name),
        (None, Some(only)) => Ok(only),
        (None, None) => {
            let (id, number) = (editions.id(), editions.iter().count());
            let message = format!("`{}` holds {number} editions of `{id}`, and one is wanted here", path.display());
            Err(Failure::unusable(message).help(format!("name it with --edition; there is {}", names(editions))))
        }
    }
}

/// The edition of a name.
pub(super) fn named<'e>(editions: &'e Editions<Edition>, name: &str) -> Result<&'e Edition, Failure> {
    editions.named(name).ok_or_else(|| {
        Failure::unusable(format!("handbook `{}` has no edition `{name}` here", editions.id()))
            .help(format!("there is {}", names(editions)))
    })
}

fn names(editions: &Editions<Edition>) -> String {
    let names: Vec<String> = editions.names().map(|name| format!("edition `{name}`")).collect();
    names.join(", ")
}

/// Shows findings to people.
pub(super) fn show(sources: &Sources, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    render::render(out, sources, diagnostics, Format::Human, true)
}

pub(super) fn failure(error: &LoadError) -> Failure {
    let failure = Failure::unusable(error.to_string());
    match advice(error) {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// What to do about a path, where its message does not say it.
fn advice(error: &LoadError) -> Option<String> {
    let advice: &str = match &error.kind {
        LoadErrorKind::Missing => "look for a slip in the path; it starts from the directory you are in",
        LoadErrorKind::Unreadable(_) => "let this user read it (`ls -l` shows who may)",
        LoadErrorKind::NotAFile => "name a handbook's file, or the directory it stands in",
        LoadErrorKind::NotAFolder => "calendars stand in a directory named `calendars` beside the handbook",
        LoadErrorKind::FolderForCalendar => "give the directory a name that does not end like a calendar's, or move it",
        LoadErrorKind::NotAHandbookName if is_calendar(&error.path) => {
            let path = error.path.display();
            return Some(format!(
                "this is a calendar: `rulebook calendar {path}` shows it, and `rulebook check DIR` checks it with the \
                 handbooks beside `{CALENDARS_FOLDER}`"
            ));
        }
        LoadErrorKind::NotAHandbookName => "handbooks come first, and tickets after the handbook that decides them",
        LoadErrorKind::NoHandbooks => "a handbook is a file named like `shop.handbook.md`",
        LoadErrorKind::TooLarge => "split it into several handbooks",
        LoadErrorKind::NotUtf8 { .. } => "save it as UTF-8 (an editor calls this the encoding)",
    };
    Some(advice.to_owned())
}

/// Whether a path is that of a calendar: by its name, and that of its folder.
fn is_calendar(path: &Path) -> bool {
    let has_its_name = path.file_name().is_some_and(|name| is_calendar_name(&name.to_string_lossy()));
    let folder = path.canonicalize().ok().and_then(|path| Some(path.parent()?.file_name()?.to_owned()));
    has_its_name && folder.is_some_and(|folder| folder == CALENDARS_FOLDER)
}
