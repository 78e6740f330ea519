//! Calendars from the disk: the YAML files of the folder `calendars` beside a handbook.

use super::{LoadError, LoadErrorKind, TextFile, failure, read};
use crate::source::{FileId, SourceFile, Sources};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder beside a handbook that its calendars stand in.
pub const CALENDARS_FOLDER: &str = "calendars";

/// How the name of a calendar's file ends.
const SUFFIXES: &[&str] = &[".yaml", ".yml"];

/// The calendars of one folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarFolder {
    /// Its files by name. A folder that is there and cannot be listed is one file that cannot be read.
    pub files: Vec<TextFile>,
    /// Whether the directory it stands in was asked for as a whole, rather than a handbook in it.
    pub is_whole: bool,
}

impl CalendarFolder {
    /// Adds every file that could be read, and gives their ids.
    pub fn add_to(&self, sources: &mut Sources) -> Vec<FileId> {
        let readable = self.files.iter().filter_map(|file| Some((&file.name, file.text.as_ref().ok()?)));
        readable.map(|(name, text)| sources.add(SourceFile::new(name.clone(), text.clone()))).collect()
    }

    /// Why others could not.
    pub fn errors(&self) -> impl Iterator<Item = &LoadError> {
        self.files.iter().filter_map(|file| file.text.as_ref().err())
    }
}

/// The calendars beside a handbook's file; none where there is no folder of them.
pub fn calendars_beside(handbook: &Path) -> CalendarFolder {
    let folder: PathBuf = handbook.with_file_name(CALENDARS_FOLDER);
    // A link that leads nowhere is a failure to report, not an absent folder.
    if fs::symlink_metadata(&folder).is_err() {
        return CalendarFolder::default();
    }
    match names(&folder) {
        Ok(names) => CalendarFolder {
            files: names.into_iter().map(|name| read_one(folder.join(name))).collect(),
            is_whole: false,
        },
        Err(kind) => {
            let error = LoadError { path: folder.clone(), kind };
            CalendarFolder {
                files: vec![TextFile { name: folder.display().to_string(), path: folder, text: Err(error) }],
                is_whole: false,
            }
        }
    }
}

/// One calendar's file, and the others of its folder.
///
/// # Errors
/// Why the file could not be read.
pub fn calendar_file(path: &Path) -> Result<(TextFile, CalendarFolder), LoadError> {
    let own: TextFile = read(path.to_path_buf());
    if let Err(error) = &own.text {
        return Err(error.clone());
    }
    let folder: &Path = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let others =
        names(folder).unwrap_or_default().into_iter().filter(|name| Some(name.as_os_str()) != path.file_name());
    let files = others.map(|name| read_one(path.with_file_name(name))).collect();
    Ok((own, CalendarFolder { files, is_whole: false }))
}

/// Whether a file of this name is a calendar's: hidden ones are none.
pub fn is_calendar_name(name: &str) -> bool {
    !name.starts_with('.') && SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

fn read_one(path: PathBuf) -> TextFile {
    let is_folder: bool = path.is_dir();
    let mut file: TextFile = read(path);
    if let Err(error) = &mut file.text
        && is_folder
    {
        error.kind = LoadErrorKind::FolderForCalendar;
    }
    file
}

fn names(folder: &Path) -> Result<Vec<OsString>, LoadErrorKind> {
    if !fs::metadata(folder).map_err(|error| failure(&error))?.is_dir() {
        return Err(LoadErrorKind::NotAFolder);
    }
    let mut names: Vec<OsString> = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failure(&error))? {
        let name: OsString = entry.map_err(|error| failure(&error))?.file_name();
        if is_calendar_name(&name.to_string_lossy()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
