//! Handbooks and calendars from the disk.
//!
//! The only place below the edge that reads files. In: the paths a user gave, each a handbook or a directory of
//! them. Out: their texts, each with its tests file and the calendars beside it, or why one could not be read. It
//! opens what a name leads to, through links, so that a ConfigMap mount reads like any directory; what the texts
//! mean is left to others.

mod calendars;

pub use calendars::{CALENDARS_FOLDER, CalendarFolder, calendar_file, calendars_beside, is_calendar_name};

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::{self, Display};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Longer files are refused, and not read past this.
pub const MAX_HANDBOOK_BYTES: usize = 16 * 1024 * 1024;

/// How a handbook's file name ends.
pub const HANDBOOK_SUFFIX: &str = ".handbook.md";

/// How the name of the tests beside it ends.
pub const TESTS_SUFFIX: &str = ".tests.yaml";

/// Whether the tests beside a handbook are read too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tests {
    /// Read `NAME.tests.yaml` beside `NAME.handbook.md` where there is one.
    Read,
    /// Leave it.
    Skip,
}

/// What the paths led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The handbooks: paths in the order given, a directory's by name, each file once.
    pub handbooks: Vec<HandbookFile>,
    /// The folders of calendars beside them, each read once.
    pub calendars: Vec<CalendarFolder>,
    /// What is wrong with the paths themselves.
    pub errors: Vec<LoadError>,
}

/// A handbook and the tests beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandbookFile {
    /// The handbook.
    pub handbook: TextFile,
    /// Its tests, where there are some and they were asked for.
    pub tests: Option<TextFile>,
    /// The calendars beside it: a position in [`Loaded::calendars`].
    pub calendars: usize,
}

/// One file: where it is and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// Where it is.
    pub path: PathBuf,
    /// What messages call it: the path as the user gave it.
    pub name: String,
    /// What it says, without a byte-order mark at the start.
    pub text: Result<String, LoadError>,
}

/// Why a path gave no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The path as the user gave it, or one found under it.
    pub path: PathBuf,
    /// What is wrong.
    pub kind: LoadErrorKind,
}

/// What can be wrong with a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadErrorKind {
    /// Nothing is there, or a link that leads nowhere.
    Missing,
    /// The system refuses, and says why.
    Unreadable(String),
    /// Neither a file nor a directory (a pipe, say), or a directory where a file should be.
    NotAFile,
    /// A directory among the calendars, named like one of their files.
    FolderForCalendar,
    /// Something other than a directory, where the calendars' belongs.
    NotAFolder,
    /// The file's name does not end as a handbook's does.
    NotAHandbookName,
    /// No handbook stands in the directory.
    NoHandbooks,
    /// More than [`MAX_HANDBOOK_BYTES`].
    TooLarge,
    /// The first byte that is not UTF-8: its offset in the file, its line from 1, and its place in the line from 1.
    NotUtf8 {
        /// Offset in the file, a byte-order mark included.
        offset: usize,
        /// Line, from 1.
        line: usize,
        /// Byte within the line, from 1.
        byte: usize,
    },
}

impl Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            LoadErrorKind::Missing => write!(formatter, "`{path}` does not exist"),
            LoadErrorKind::Unreadable(why) => write!(formatter, "`{path}` cannot be read: {why}"),
            LoadErrorKind::NotAFile => write!(formatter, "`{path}` is not a file"),
            LoadErrorKind::FolderForCalendar => {
                write!(formatter, "`{path}` is a directory where a calendar's file should be")
            }
            LoadErrorKind::NotAFolder => write!(formatter, "`{path}` is not a directory"),
            LoadErrorKind::NotAHandbookName => {
                write!(formatter, "`{path}` is not named like a handbook: its name must end in `{HANDBOOK_SUFFIX}`")
            }
            LoadErrorKind::NoHandbooks => {
                write!(formatter, "no handbook in `{path}`: looked for `*{HANDBOOK_SUFFIX}` directly in it")
            }
            LoadErrorKind::TooLarge => {
                write!(formatter, "`{path}` is larger than {} MiB", MAX_HANDBOOK_BYTES / (1024 * 1024))
            }
            LoadErrorKind::NotUtf8 { line, byte, .. } => {
                write!(formatter, "`{path}` is not UTF-8 text: byte {byte} of line {line} is the first that is not")
            }
        }
    }
}

impl std::error::Error for LoadError {}

/// Reads every handbook that the paths lead to.
///
/// A directory gives the `*.handbook.md` directly in it, a file itself; with each handbook come the calendars in the
/// folder `calendars` beside it. In a directory, names that begin with a dot are passed over, and with them the
/// `..data` of a ConfigMap, whose files are reached by their own links.
pub fn load(paths: &[PathBuf], tests: Tests) -> Loaded {
    let mut loaded = Loaded::default();
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for path in paths {
        let found: Vec<PathBuf> = match find(path) {
            Ok(found) => found,
            Err(kind) => {
                loaded.errors.push(LoadError { path: path.clone(), kind });
                continue;
            }
        };
        let is_whole: bool = path.is_dir();
        for path in found {
            let identity: PathBuf = identity(&path);
            let calendars: usize = *folders.entry(identity.with_file_name(CALENDARS_FOLDER)).or_insert_with(|| {
                loaded.calendars.push(calendars_beside(&path));
                loaded.calendars.len() - 1
            });
            if let Some(folder) = loaded.calendars.get_mut(calendars) {
                folder.is_whole |= is_whole;
            }
            if seen.insert(identity) {
                let tests: Option<TextFile> = match tests {
                    Tests::Read => tests_of(&path).map(read),
                    Tests::Skip => None,
                };
                loaded.handbooks.push(HandbookFile { handbook: read(path), tests, calendars });
            }
        }
    }
    loaded
}

/// A digest of all that [`load`] reads in a directory, tests and calendars included. Read until two in a row agree, and no
/// half-written set is taken for a whole one.
pub fn fingerprint(directory: &Path) -> String {
    load(&[directory.to_path_buf()], Tests::Read).fingerprint()
}

impl Loaded {
    /// A digest of names, texts and failures; [`fingerprint`] without reading again.
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        // Lengths first, so that no text can pass for two.
        let mut add = |part: &str| {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        };
        let calendars = self.calendars.iter().flat_map(|folder| folder.files.iter().map(Some));
        let handbooks = self.handbooks.iter().flat_map(|file| [Some(&file.handbook), file.tests.as_ref()]);
        for file in handbooks.chain(calendars) {
            match file {
                None => add("absent"),
                Some(TextFile { name, text: Ok(text), .. }) => ["text", name, text].into_iter().for_each(&mut add),
                Some(TextFile { name, text: Err(error), .. }) => {
                    ["error", name, &error.to_string()].into_iter().for_each(&mut add);
                }
            }
        }
        for error in &self.errors {
            add(&error.to_string());
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The handbooks that one path leads to.
fn find(path: &Path) -> Result<Vec<PathBuf>, LoadErrorKind> {
    let metadata = fs::metadata(path).map_err(|error| failure(&error))?;
    if metadata.is_dir() {
        let mut found: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(path).map_err(|error| failure(&error))? {
            let name: OsString = entry.map_err(|error| failure(&error))?.file_name();
            if stem(&name.to_string_lossy()).is_some() {
                found.push(path.join(name));
            }
        }
        found.sort();
        return if found.is_empty() { Err(LoadErrorKind::NoHandbooks) } else { Ok(found) };
    }
    match path.file_name().map(|name| name.to_string_lossy()) {
        Some(name) if stem(&name).is_some() => Ok(vec![path.to_path_buf()]),
        _ => Err(LoadErrorKind::NotAHandbookName),
    }
}

/// `ecommerce` of `ecommerce.handbook.md`; nothing for a hidden file or another name.
fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(HANDBOOK_SUFFIX).filter(|stem| !stem.is_empty() && !stem.starts_with('.'))
}

/// One file under two spellings of its path is one; two names of one file are two.
fn identity(path: &Path) -> PathBuf {
    let folder: Option<PathBuf> = path.parent().and_then(|folder| {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::canonicalize(folder).ok()
    });
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

fn tests_of(handbook: &Path) -> Option<PathBuf> {
    let name = handbook.file_name()?.to_string_lossy().into_owned();
    let tests: PathBuf = handbook.with_file_name(format!("{}{TESTS_SUFFIX}", stem(&name)?));
    // A link that leads nowhere is a failure to report, not an absent file.
    fs::symlink_metadata(&tests).is_ok().then_some(tests)
}

fn read(path: PathBuf) -> TextFile {
    let text = read_text(&path).map_err(|kind| LoadError { path: path.clone(), kind });
    TextFile { name: path.display().to_string(), path, text }
}

fn read_text(path: &Path) -> Result<String, LoadErrorKind> {
    // Asked before opening, because opening a pipe waits for someone to write to it.
    if !fs::metadata(path).map_err(|error| failure(&error))?.is_file() {
        return Err(LoadErrorKind::NotAFile);
    }
    let file: File = File::open(path).map_err(|error| failure(&error))?;
    let mut bytes: Vec<u8> = Vec::new();
    file.take(MAX_HANDBOOK_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| failure(&error))?;
    if bytes.len() > MAX_HANDBOOK_BYTES {
        return Err(LoadErrorKind::TooLarge);
    }
    let text: String = String::from_utf8(bytes).map_err(|error| {
        let offset: usize = error.utf8_error().valid_up_to();
        let before: &[u8] = &error.as_bytes()[..offset];
        let line: usize = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let line_start: usize = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        LoadErrorKind::NotUtf8 { offset, line, byte: offset - line_start + 1 }
    })?;
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Ok(rest.to_string()),
        None => Ok(text),
    }
}

fn failure(error: &io::Error) -> LoadErrorKind {
    match error.kind() {
        io::ErrorKind::NotFound => LoadErrorKind::Missing,
        kind => LoadErrorKind::Unreadable(kind.to_string()),
    }
}

#[cfg(test)]
mod tests;
