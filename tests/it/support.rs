//! What the tests share: texts compiled and rendered, folders of fixtures walked, expected files compared.
//!
//! `UPDATE=1 cargo test` rewrites the expected files; the change is then read line by line.

use rulebook::diagnostic::Diagnostic;
use rulebook::diagnostic::render::{Format, render};
use rulebook::editions::side_by_side;
use rulebook::source::{FileId, SourceFile, Sources};
use rulebook::{Compilation, Edition, compile};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The front matter and heading of a handbook whose rules are all that matters.
pub const HEAD: &str = "---\nhandbook: service\ntitle: 客户服务规范\nedition: \"2025.1\"\nin_force: 2025-01-01\ntime_zone: Asia/Shanghai\n---\n\n## 1 Rules\n\n";

/// A whole handbook around some rules.
pub fn handbook_of(rules: &str) -> String {
    format!("{HEAD}```rules\n{}\n```\n", rules.trim_end())
}

/// A handbook compiled, with the texts its findings point into.
pub struct Compiled {
    pub sources: Sources,
    pub compilation: Compilation,
}

impl Compiled {
    /// Compiles a handbook, with its tests file where there is one. One that names a calendar has those that are
    /// shipped beside it.
    pub fn of(handbook: &str, tests: Option<&str>) -> Self {
        let front_matter = handbook.split("\n---").next().unwrap_or("");
        let names_one = front_matter.contains("\ncalendar:");
        Compiled::with(
            handbook,
            tests,
            &if names_one { calendars(&at("tests/fixtures/calendars")) } else { Vec::new() },
        )
    }

    /// Compiles the handbook of a fixture's folder, with its tests file and calendars where there are some.
    pub fn of_folder(folder: &Path) -> Self {
        let handbook = read(&folder.join("input.handbook.md"));
        let tests = folder.join("input.tests.yaml");
        let tests: Option<String> = tests.exists().then(|| read(&tests));
        match folder.join("calendars").exists() {
            true => Compiled::with(&handbook, tests.as_deref(), &calendars(&folder.join("calendars"))),
            false => Compiled::of(&handbook, tests.as_deref()),
        }
    }

    /// Compiles a handbook beside calendars, each the name of a file and its text.
    pub fn with(handbook: &str, tests: Option<&str>, calendars: &[(String, String)]) -> Self {
        let mut sources = Sources::default();
        let file: FileId = sources.add(SourceFile::new("input.handbook.md", handbook));
        let tests: Option<FileId> = tests.map(|text| sources.add(SourceFile::new("input.tests.yaml", text)));
        let add =
            |(name, text): &(String, String)| sources.add(SourceFile::new(format!("calendars/{name}"), text.as_str()));
        let calendars: Vec<FileId> = calendars.iter().map(add).collect();
        let compilation = compile(&sources, file, tests, &calendars);
        Compiled { sources, compilation }
    }

    /// Compiles the files of one directory, each a handbook with its name, and sees together those of one id. Its
    /// compilation has every finding and no edition.
    pub fn directory(handbooks: &[(String, String)]) -> Self {
        let mut sources = Sources::default();
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        let mut editions: Vec<(FileId, Edition)> = Vec::new();
        for (name, text) in handbooks {
            let file: FileId = sources.add(SourceFile::new(name, text));
            let compilation = compile(&sources, file, None, &[]);
            diagnostics.extend(compilation.diagnostics);
            editions.extend(compilation.edition.map(|edition| (file, edition)));
        }
        let ids: BTreeSet<&str> = editions.iter().map(|(_, edition)| edition.id()).collect();
        for id in ids {
            let same = editions.iter().filter(|(_, edition)| edition.id() == id);
            diagnostics.extend(side_by_side(&same.map(|(file, edition)| (*file, edition)).collect::<Vec<_>>()));
        }
        rulebook::diagnostic::sort(&mut diagnostics);
        Compiled { sources, compilation: Compilation { edition: None, diagnostics } }
    }

    /// What was found.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.compilation.diagnostics
    }

    /// The ids of what was found, in order.
    pub fn codes(&self) -> Vec<&'static str> {
        self.diagnostics().iter().map(|diagnostic| diagnostic.code.id).collect()
    }

    /// What `check` shows for people, without colours.
    pub fn shown(&self) -> String {
        self.rendered(Format::Human)
    }

    /// The findings in one of the forms there are.
    pub fn rendered(&self, format: Format) -> String {
        let mut out: Vec<u8> = Vec::new();
        render(&mut out, &self.sources, self.diagnostics(), format, false).unwrap();
        String::from_utf8(out).unwrap()
    }
}

/// The files of a folder of calendars, by name.
pub fn calendars(folder: &Path) -> Vec<(String, String)> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<(String, String)> =
        paths.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), read(&path))).collect();
    found.sort();
    found
}

/// A path inside the repository.
pub fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The text of a file of the repository.
pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every folder of a family of fixtures, in order.
pub fn fixtures(family: &str) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(at("tests/fixtures").join(family)).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty(), "no fixtures of {family}");
    folders
}

/// Compares a text with an expected file, or writes the file when `UPDATE` is set. Gives what differs.
pub fn compare(path: &Path, found: &str) -> Option<String> {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, found).unwrap();
        return None;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    (expected != found).then(|| format!("{} differs\n--- expected\n{expected}\n--- found\n{found}", path.display()))
}

/// Fails with everything that was gathered.
pub fn nothing_wrong(problems: &[String]) {
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}
