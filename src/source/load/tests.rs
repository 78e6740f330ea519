use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A directory of its own, removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = Folder(std::env::temp_dir().join(format!("rulebook-load-{}-{number}", std::process::id())));
        for (name, text) in files {
            folder.write(name, text);
        }
        fs::create_dir_all(&folder.0).unwrap();
        folder
    }

    fn write(&self, name: &str, text: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn load(&self, names: &[&str], tests: Tests) -> Loaded {
        let paths: Vec<PathBuf> = names.iter().map(|name| self.0.join(name)).collect();
        load(&paths, tests)
    }

    /// What loading gives, one line a file, without the directory's name.
    #[track_caller]
    fn check(&self, names: &[&str], expected: &[&str]) {
        let loaded = self.load(names, Tests::Read);
        let mut lines: Vec<String> = Vec::new();
        for HandbookFile { handbook, tests, .. } in &loaded.handbooks {
            lines.extend([Some(handbook), tests.as_ref()].into_iter().flatten().map(|file| match &file.text {
                Ok(text) => format!("{}: {text}", file.name),
                Err(error) => format!("error: {error}"),
            }));
        }
        for file in loaded.calendars.iter().flat_map(|folder| &folder.files) {
            lines.push(match &file.text {
                Ok(text) => format!("{}: {text}", file.name),
                Err(error) => format!("error: {error}"),
            });
        }
        lines.extend(loaded.errors.iter().map(|error| format!("error: {error}")));
        let root = format!("{}", self.0.display());
        let lines: Vec<String> =
            lines.iter().map(|line| line.replace(&format!("{root}/"), "").replace(&root, "DIR")).collect();
        assert_eq!(lines, expected);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_directory_gives_its_handbooks_by_name() {
    let folder = Folder::new(&[
        ("b.handbook.md", b"B"),
        ("a.handbook.md", b"A"),
        ("a.tests.yaml", b"tests: []"),
        ("客服.handbook.md", "客".as_bytes()),
        ("README.md", b"no"),
        (".hidden.handbook.md", b"no"),
        (".handbook.md", b"no"),
        ("deeper/c.handbook.md", b"no"),
        ("b.handbook.md~", b"no"),
    ]);
    folder.check(&[""], &["a.handbook.md: A", "a.tests.yaml: tests: []", "b.handbook.md: B", "客服.handbook.md: 客"]);
    assert_eq!(folder.load(&[""], Tests::Skip).handbooks[0].tests, None);
}

#[test]
fn a_file_gives_itself_and_only_once() {
    let folder = Folder::new(&[("a.handbook.md", b"A"), ("b.handbook.md", b"B")]);
    folder.check(&["b.handbook.md", ".", "./b.handbook.md"], &["b.handbook.md: B", "./a.handbook.md: A"]);
}

#[test]
fn a_mounted_config_map_reads_like_a_directory() {
    let folder = Folder::new(&[("..2025_01_01/a.handbook.md", b"A"), ("..2025_01_01/a.tests.yaml", b"T")]);
    symlink("..2025_01_01", folder.0.join("..data")).unwrap();
    symlink("..data/a.handbook.md", folder.0.join("a.handbook.md")).unwrap();
    symlink("..data/a.tests.yaml", folder.0.join("a.tests.yaml")).unwrap();
    symlink(".", folder.0.join("mount")).unwrap();
    folder.check(&[""], &["a.handbook.md: A", "a.tests.yaml: T"]);
    folder.check(&["mount"], &["mount/a.handbook.md: A", "mount/a.tests.yaml: T"]);

    let before = fingerprint(&folder.0);
    folder.write("..2025_02_02/a.handbook.md", b"A2");
    folder.write("..2025_02_02/a.tests.yaml", b"T");
    symlink("..2025_02_02", folder.0.join("..new")).unwrap();
    fs::rename(folder.0.join("..new"), folder.0.join("..data")).unwrap();
    folder.check(&[""], &["a.handbook.md: A2", "a.tests.yaml: T"]);
    assert_ne!(fingerprint(&folder.0), before);
}

#[test]
fn what_cannot_be_read_says_why() {
    let folder = Folder::new(&[
        ("ok.handbook.md", b"ok"),
        ("bytes.handbook.md", b"one\ntw\xffo"),
        ("notes.md", b""),
        ("empty/README.md", b""),
        ("folder.handbook.md/x", b""),
        ("large.handbook.md", &vec![b'x'; MAX_HANDBOOK_BYTES + 1]),
    ]);
    symlink("nowhere", folder.0.join("link.handbook.md")).unwrap();
    symlink("nowhere", folder.0.join("ok.tests.yaml")).unwrap();
    folder.check(
        &["ok.handbook.md", "absent.handbook.md", "notes.md", "empty", "link.handbook.md"],
        &[
            "ok.handbook.md: ok",
            "error: `ok.tests.yaml` does not exist",
            "error: `absent.handbook.md` does not exist",
            "error: `notes.md` is not named like a handbook: its name must end in `.handbook.md`",
            "error: no handbook in `empty`: looked for `*.handbook.md` directly in it",
            "error: `link.handbook.md` does not exist",
        ],
    );
    folder.check(
        &[""],
        &[
            "error: `bytes.handbook.md` is not UTF-8 text: byte 3 of line 2 is the first that is not",
            "error: `folder.handbook.md` is not a file",
            "error: `large.handbook.md` is larger than 16 MiB",
            "error: `link.handbook.md` does not exist",
            "ok.handbook.md: ok",
            "error: `ok.tests.yaml` does not exist",
        ],
    );
    folder.check(
        &["folder.handbook.md"],
        &["error: no handbook in `folder.handbook.md`: looked for `*.handbook.md` directly in it"],
    );
}

#[test]
fn a_byte_order_mark_is_taken_off() {
    let folder = Folder::new(&[
        ("a.handbook.md", b"\xef\xbb\xbf---\n"),
        ("b.handbook.md", b""),
        ("c.handbook.md", b"\xef\xbb\xbf\xff"),
    ]);
    folder.check(
        &[""],
        &[
            "a.handbook.md: ---\n",
            "b.handbook.md: ",
            "error: `c.handbook.md` is not UTF-8 text: byte 4 of line 1 is the first that is not",
        ],
    );
}

#[test]
fn the_fingerprint_follows_what_is_read() {
    let folder = Folder::new(&[("a.handbook.md", b"A")]);
    let first = fingerprint(&folder.0);
    assert_eq!(first.len(), 64);
    assert_eq!(fingerprint(&folder.0), first);
    assert_eq!(folder.load(&[""], Tests::Read).fingerprint().len(), 64);
    folder.write("README.md", b"not read");
    assert_eq!(fingerprint(&folder.0), first);
    folder.write("a.tests.yaml", b"tests: []");
    let second = fingerprint(&folder.0);
    assert_ne!(second, first);
    folder.write("b.handbook.md", b"\xff");
    assert_ne!(fingerprint(&folder.0), second);
}

#[test]
fn calendars_come_from_the_folder_beside_each_handbook() {
    let folder = Folder::new(&[
        ("a.handbook.md", b"A"),
        ("b.handbook.md", b"B"),
        ("calendars/two.yml", b"2"),
        ("calendars/one.yaml", b"1"),
        ("calendars/.hidden.yaml", b""),
        ("calendars/notes.txt", b""),
        ("calendars/bad.yaml", b"\xff"),
    ]);
    folder.check(
        &["", "b.handbook.md"],
        &[
            "a.handbook.md: A",
            "b.handbook.md: B",
            "error: `calendars/bad.yaml` is not UTF-8 text: byte 1 of line 1 is the first that is not",
            "calendars/one.yaml: 1",
            "calendars/two.yml: 2",
        ],
    );
}

#[test]
fn calendars_are_reached_through_links_and_a_wrong_one_is_told() {
    let folder = Folder::new(&[("..data/calendars/a.yaml", b"1"), ("..data/a.handbook.md", b"A")]);
    symlink("..data/a.handbook.md", folder.0.join("a.handbook.md")).unwrap();
    symlink("..data/calendars", folder.0.join("calendars")).unwrap();
    let before = fingerprint(&folder.0);
    folder.check(&[""], &["a.handbook.md: A", "calendars/a.yaml: 1"]);
    folder.write("..data/calendars/a.yaml", b"2");
    assert_ne!(fingerprint(&folder.0), before);
    fs::remove_file(folder.0.join("calendars")).unwrap();
    folder.check(&[""], &["a.handbook.md: A"]);
    folder.write("calendars", b"");
    folder.check(&[""], &["a.handbook.md: A", "error: `calendars` is not a directory"]);
}
