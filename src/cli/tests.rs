use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anstream::adapter::strip_bytes;

use super::*;

const HANDBOOK: &str = r#"---
handbook: shop
title: 小店规范
edition: "2025.1"
in_force: 2025-01-01
time_zone: Asia/Shanghai
---

# 小店规范

## 1 受理

```rules
fact issue "问题" one of payment "支付", other "其他"
classify urgency "紧急程度"
  tier high "紧急" when issue is payment
  tier low "一般" otherwise

example "支付紧急"
  ticket {opened_at: 2025-03-03T10:00, issue: 支付}
  expect urgency is high
```
"#;

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A directory of its own, removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = Folder(std::env::temp_dir().join(format!("rulebook-cli-{}-{number}", std::process::id())));
        fs::create_dir_all(&folder.0).unwrap();
        for (name, text) in files {
            fs::write(folder.0.join(name), text).unwrap();
        }
        folder
    }

    /// Runs a line of words; those with a dot or `DIR` are paths under the folder.
    fn run(&self, line: &str, input: &str) -> Ran {
        let mut arguments: Vec<OsString> = vec![OsString::from("rulebook")];
        for word in line.split_whitespace() {
            arguments.push(match word {
                "DIR" => self.0.clone().into(),
                word if word.contains('.') && !word.starts_with('-') => self.0.join(word).into(),
                word => word.into(),
            });
        }
        let (mut out, mut err): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
        let exit: Exit = run_with(&arguments, input, &mut out, &mut err);
        Ran { exit, out: self.shown(&out), err: self.shown(&err) }
    }

    fn shown(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8(strip_bytes(bytes).into_vec()).unwrap();
        text.replace(&format!("{}/", self.0.display()), "").replace(&self.0.display().to_string(), "DIR")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a run gave, without colours and without the folder's name.
struct Ran {
    exit: Exit,
    out: String,
    err: String,
}

fn run_with(arguments: &[OsString], input: &str, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let mut input = Cursor::new(input.to_owned());
    let now = || Instant(1_740_970_800); // 2025-03-03T11:00:00+08:00
    run(arguments, &mut Edge { input: &mut input, input_is_terminal: false, out, err, now })
}

/// A run without answers, that ends so and says this.
#[track_caller]
fn refused(folder: &Folder, line: &str, input: &str, exit: Exit, message: &str) {
    let ran = folder.run(line, input);
    assert_eq!((ran.exit, ran.out.as_str()), (exit, ""), "{line}: {}", ran.err);
    assert!(ran.err.contains(message), "{line} says:\n{}", ran.err);
}

fn shop() -> Folder {
    Folder::new(&[
        ("shop.handbook.md", HANDBOOK),
        ("ticket.json", r#"{"id": "T-1", "opened_at": "2025-03-03T10:00", "issue": "支付"}"#),
    ])
}

#[test]
fn help_is_an_answer_and_every_command_shows_an_example() {
    let folder = Folder::new(&[]);
    for command in ["", "serve", "check", "decide", "test", "explain", "graph", "calendar", "completions"] {
        let ran = folder.run(&format!("{command} --help"), "");
        assert_eq!((ran.exit, ran.err.as_str()), (Exit::Clean, ""), "{command}");
        assert!(ran.out.contains("Examples:\n  rulebook "), "{command}:\n{}", ran.out);
    }
    let version = folder.run("--version", "").out;
    assert!(version.starts_with("rulebook ") && version.contains("IANA"), "{version}");
}

#[test]
fn wrong_usage_is_told_and_exits_with_2() {
    let folder = shop();
    let could_not = Exit::CouldNotRun;
    refused(&folder, "decied", "", could_not, "'decide'");
    refused(&folder, "check", "", could_not, "<PATH>");
    refused(&folder, "check DIR --format yaml", "", could_not, "human, json, sarif, github");
    refused(&folder, "serve DIR --poll-interval 2", "", could_not, "write `2s` for seconds");
    refused(&folder, "serve shop.handbook.md", "", could_not, "name the directory it stands in");
    refused(&folder, "check missing.handbook.md", "", could_not, "`missing.handbook.md` does not exist");
    refused(&folder, "check ticket.json", "", could_not, "not named like a handbook");
    refused(&folder, "decide ticket.json shop.handbook.md", "", could_not, "handbooks come first");
    refused(&folder, "decide DIR DIR", "", could_not, "`DIR` is a directory");
    refused(&folder, "decide DIR none.json", "", could_not, "`none.json` does not exist");
    refused(&folder, "decide DIR", "", could_not, "there is no ticket in `<stdin>`");
    refused(&folder, "decide DIR - --as-of yesterday", "", could_not, "Asia/Shanghai");
    refused(&folder, "test DIR --filter 没有", "", could_not, "no test has `没有` in its name");
}

#[test]
fn an_empty_directory_and_one_with_two_handbooks_are_told_apart() {
    let empty = Folder::new(&[]);
    refused(&empty, "decide DIR", "", Exit::CouldNotRun, "no handbook in `DIR`");
    refused(&empty, "check DIR", "", Exit::CouldNotRun, "no handbook in `DIR`");
    let other: String = HANDBOOK.replace("handbook: shop", "handbook: other");
    let two = Folder::new(&[("a.handbook.md", &other), ("b.handbook.md", HANDBOOK)]);
    for command in ["graph DIR", "decide DIR"] {
        refused(&two, command, "{}", Exit::CouldNotRun, "name its file, `a.handbook.md` or `b.handbook.md`");
    }
}

#[test]
fn a_broken_handbook_is_a_finding() {
    let folder = Folder::new(&[("shop.handbook.md", &HANDBOOK.replace("when issue", "when sevrity"))]);
    for command in ["decide DIR", "graph DIR"] {
        refused(&folder, command, "{}", Exit::Findings, "error[E0301]");
    }
    let tested = folder.run("test DIR", "");
    assert_eq!(tested.exit, Exit::Findings);
    assert!(tested.err.contains("were not run"), "{}", tested.err);
    let checked = folder.run("check DIR", "");
    assert_eq!((checked.exit, checked.err.as_str()), (Exit::Findings, ""));
    assert!(checked.out.contains("error[E0301]"), "{}", checked.out);
}

#[test]
fn a_clean_handbook_is_checked_in_silence() {
    let ran = shop().run("check DIR", "");
    assert_eq!(
        (ran.exit, ran.out.as_str(), ran.err.as_str()),
        (Exit::Clean, "", "1 handbook checked, nothing found\n")
    );
}

#[test]
fn two_files_of_one_handbook_are_a_finding_in_both() {
    let two = Folder::new(&[("a.handbook.md", HANDBOOK), ("b.handbook.md", HANDBOOK)]);
    let ran = two.run("check DIR --format json", "");
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let findings = report["diagnostics"].as_array().map_or(&[][..], Vec::as_slice);
    let seen: Vec<String> = findings.iter().map(|finding| format!("{} {}", finding["code"], finding["file"])).collect();
    assert_eq!(ran.exit, Exit::Findings);
    assert_eq!(seen, [r#""E0110" "a.handbook.md""#, r#""E0110" "b.handbook.md""#]);
    for command in ["decide DIR", "graph DIR"] {
        refused(&two, command, "{}", Exit::Findings, "error[E0110]");
    }
}

/// An edition of the shop with these dates, in which payment questions are of this tier.
fn edition(name: &str, in_force: &str, until: Option<&str>, tier: &str) -> String {
    let until: String = until.map(|until| format!("\nuntil: {until}")).unwrap_or_default();
    let text: String = HANDBOOK
        .replace("\"2025.1\"", name)
        .replace("2025-01-01", &format!("{in_force}{until}"))
        .replace("tier high \"紧急\"", &format!("tier {tier}"));
    let (rules, _) = text.split_once("\nexample").unwrap();
    format!("{rules}```\n")
}

/// Two editions with a day between them on which none judges.
fn two_editions() -> Folder {
    Folder::new(&[
        ("shop-2024.handbook.md", &edition("Y24", "2024-01-01", Some("2024-12-30"), "old")),
        ("shop-2025.handbook.md", &edition("Y25", "2025-01-01", None, "new")),
    ])
}

#[test]
fn each_ticket_is_decided_by_the_edition_in_force_at_its_opening() {
    let folder = two_editions();
    let input = r#"{"id": "A", "opened_at": "2024-12-30T23:59:59+08:00"}
{"id": "B", "opened_at": "2024-12-31T00:00:00+08:00"}
{"opened_at": "2024-12-31T16:00:00Z", "id": "C"}
{"id": "D"}
"#;
    let answers = |line: &str| {
        let ran = folder.run(line, input);
        let answers: Vec<serde_json::Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let given = |answer: &serde_json::Value| {
            let of = |pointer: &str| answer.pointer(pointer).and_then(serde_json::Value::as_str).map(str::to_owned);
            of("/error/code").or(of("/handbook/edition")).unwrap()
        };
        (answers.iter().map(given).collect::<Vec<String>>(), ran.err)
    };
    let (given, told) = answers("decide DIR --format ndjson");
    assert_eq!(given, ["Y24", "R0201", "Y25", "R0104"], "{told}");
    for words in ["`Y24` judges from 2024-01-01 to 2024-12-30", "none judges on 2024-12-31", "--edition Y25 decides"] {
        assert!(told.contains(words), "{words} in:\n{told}");
    }
    assert_eq!(answers("decide DIR --format ndjson --edition Y24").0, ["Y24", "Y24", "Y24", "R0104"]);
    assert_eq!(answers("decide shop-2025.handbook.md --format ndjson").0, ["R0201", "R0201", "Y25", "R0104"]);
    refused(&folder, "decide DIR --edition 1999", input, Exit::CouldNotRun, "there is edition `Y24`, edition `Y25`");
}

#[test]
fn an_instant_to_judge_at_is_not_guessed_between_two_zones() {
    let folder = Folder::new(&[
        (
            "a.handbook.md",
            &edition("a", "2024-01-01", Some("2024-12-31"), "old").replace("Asia/Shanghai", "Asia/Tokyo"),
        ),
        ("b.handbook.md", &edition("b", "2025-01-01", None, "new")),
        ("ticket.json", r#"{"id": "T-1", "opened_at": "2025-03-03T10:00"}"#),
    ]);
    refused(&folder, "decide DIR ticket.json --as-of 2025-03-03T12:00", "", Exit::CouldNotRun, "differ in their zone");
    let told = folder.run("decide DIR ticket.json --as-of 2025-03-03T12:00+08:00", "");
    assert!(told.out.starts_with("T-1  as of 2025-03-03T12:00:00+08:00\n"), "{}{}", told.out, told.err);
    let named = folder.run("decide DIR ticket.json --edition a --as-of 2025-03-03T12:00", "");
    assert!(named.out.starts_with("T-1  as of 2025-03-03T12:00:00+09:00\n"), "{}{}", named.out, named.err);
}

#[test]
fn a_graph_is_of_one_edition() {
    let folder = two_editions();
    refused(&folder, "graph DIR", "", Exit::CouldNotRun, "2 editions of `shop`");
    refused(&folder, "graph DIR", "", Exit::CouldNotRun, "--edition; there is edition `Y24`, edition `Y25`");
    refused(&folder, "graph DIR --edition Y26", "", Exit::CouldNotRun, "no edition `Y26`");
    assert!(folder.run("graph DIR --edition Y24 --format json", "").out.contains("old"));
    assert_eq!(folder.run("graph shop-2025.handbook.md", "").exit, Exit::Clean);
}

#[test]
fn check_sees_editions_together_unless_one_of_them_is_broken() {
    let folder = two_editions();
    let ran = folder.run("check DIR", "");
    assert_eq!(ran.exit, Exit::Clean);
    assert!(ran.out.contains("warning[L0105]") && ran.out.contains("1 warning"), "{}", ran.out);
    assert_eq!(folder.run("check DIR --deny warnings", "").exit, Exit::Findings);
    let alone = folder.run("check shop-2024.handbook.md", "");
    assert_eq!(alone.out, "");
    // In another directory it is another matter.
    fs::create_dir(folder.0.join("drafts")).unwrap();
    fs::copy(folder.0.join("shop-2024.handbook.md"), folder.0.join("drafts/shop.handbook.md")).unwrap();
    let apart = folder.run("check shop-2024.handbook.md drafts/shop.handbook.md", "");
    assert_eq!((apart.exit, apart.out.as_str()), (Exit::Clean, ""));
    // The broken one may be what fills the hole.
    fs::write(folder.0.join("shop-day.handbook.md"), HANDBOOK.replace("when issue", "when isue")).unwrap();
    let broken = folder.run("check DIR", "");
    assert!(broken.out.contains("error[E0301]") && !broken.out.contains("L0105"), "{}", broken.out);
    refused(&folder, "decide DIR", "{}", Exit::Findings, "`shop-day.handbook.md` has errors");
    let tested = folder.run("test DIR", "");
    assert!(tested.err.contains("`shop-day.handbook.md` were not run"), "{}", tested.err);
}

#[test]
fn one_ticket_gives_one_object_and_several_an_array() {
    let folder = shop();
    let one = folder.run("decide DIR ticket.json --format json", "");
    assert!(one.exit == Exit::Clean && one.out.starts_with("{\n  \"ticket\": \"T-1\""), "{}", one.out);
    for line in ["decide DIR ticket.json ticket.json --format json", "decide DIR ticket.json - --format json"] {
        let ran = folder.run(line, r#"{"id": "T-2", "opened_at": "2025-03-03T10:00"}"#);
        let answers: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(answers.as_array().map(Vec::len), Some(2), "{}", ran.out);
    }
    assert_eq!(folder.run("decide DIR --format json", "[]").out, "[]\n");
}

#[test]
fn a_bad_ticket_stands_in_no_others_way() {
    let input = "{\"id\": \"A\", \"opened_at\": \"2025-03-03T10:00\"}\n{\"id\": \"B\"}\n{oh\n\
                 {\"id\": \"D\", \"opened_at\": \"2024-03-03T10:00\"}\n";
    let folder = shop();
    let ran = folder.run("decide DIR --format ndjson", input);
    let first: Vec<&str> = ran.out.lines().map(|line| &line[..9]).collect();
    assert_eq!(ran.exit, Exit::Findings);
    assert_eq!(first, ["{\"ticket\"", "{\"error\":", "{\"error\":", "{\"error\":"]);
    for told in ["<stdin>:2 at /opened_at", "<stdin>:3", "error[R0201]", "<stdin>:4", "1 ticket decided, 3 refused"] {
        assert!(ran.err.contains(told), "{told} in:\n{}", ran.err);
    }
    let named = folder.run("decide DIR --format ndjson --edition=2025.1", input);
    assert!(named.out.ends_with('\n') && !named.err.contains("R0201"), "{}", named.err);
}

#[test]
fn the_instant_is_now_unless_one_is_given() {
    let folder = shop();
    let now = folder.run("decide DIR ticket.json", "");
    assert!(now.out.starts_with("T-1  as of 2025-03-03T11:00:00+08:00\n"), "{}", now.out);
    let then = folder.run("decide DIR ticket.json --as-of 2025-03-03T10:30", "");
    assert!(then.out.starts_with("T-1  as of 2025-03-03T10:30:00+08:00\n"), "{}", then.out);
}

#[test]
fn a_code_is_found_by_id_and_by_name() {
    let folder = Folder::new(&[]);
    let page = folder.run("explain e0301", "");
    assert!(page.exit == Exit::Clean && page.out.starts_with("# E0301"), "{}", page.out);
    assert_eq!(folder.run("explain unknown-name", "").out, page.out);
    refused(&folder, "explain unknown-nam", "", Exit::CouldNotRun, "a similar one exists: `E0301` unknown-name");
    refused(&folder, "explain 什么", "", Exit::CouldNotRun, "explain --list");
    let list = folder.run("explain --list", "");
    assert!(list.out.lines().count() > crate::diagnostic::codes::ALL.len(), "{}", list.out);
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = Folder::new(&[]).run(&format!("completions {shell}"), "");
        assert!(ran.exit == Exit::Clean && ran.out.contains("rulebook"), "{shell}");
    }
}

/// A stream whose reader has gone.
struct Closed(io::ErrorKind);

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_success_and_a_full_disk_is_not() {
    let folder = shop();
    let handbook: &Path = &folder.0;
    for command in ["decide", "graph", "test", "completions", "explain", "--help"] {
        let mut arguments: Vec<OsString> = vec!["rulebook".into(), command.into()];
        match command {
            "completions" => arguments.push("bash".into()),
            "explain" => arguments.push("--list".into()),
            "--help" => {}
            _ => arguments.push(handbook.into()),
        }
        let input = r#"{"id": "T-1", "opened_at": "2025-03-03T10:00"}"#;
        let mut err: Vec<u8> = Vec::new();
        let piped = run_with(&arguments, input, &mut Closed(io::ErrorKind::BrokenPipe), &mut err);
        assert_eq!((piped, err.len()), (Exit::Clean, 0), "{command}");
        let full = run_with(&arguments, input, &mut Closed(io::ErrorKind::StorageFull), &mut err);
        assert_eq!(full, Exit::CouldNotRun, "{command}");
        assert!(String::from_utf8_lossy(&err).contains("the answer cannot be written"), "{command}");
    }
}

#[test]
fn colours_are_asked_for_in_either_spelling() {
    let choice = |line: &str| color_choice(&line.split(' ').map(OsString::from).collect::<Vec<OsString>>());
    assert_eq!(choice("rulebook --color always check x"), ColorChoice::Always);
    assert_eq!(choice("rulebook check x --color=never"), ColorChoice::Never);
    assert_eq!(choice("rulebook check x"), ColorChoice::Auto);
    assert_eq!(choice("rulebook check -- --color=never"), ColorChoice::Auto);
}
