use proptest::prelude::*;

use super::*;
use crate::diagnostic::{InClause, codes};
use crate::source::FileId;

const HANDBOOK: &str = "# Incidents\n\n```rules\n\tdeadline 首次响应 \"首次响应\"\n  when 紧极 is critical\n```\n";

fn rendered(sources: &Sources, diagnostics: &[Diagnostic], format: Format, color: bool) -> String {
    let mut out: Vec<u8> = Vec::new();
    render(&mut out, sources, diagnostics, format, color).unwrap();
    String::from_utf8(out).unwrap()
}

fn sources(files: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::default();
    for (name, text) in files {
        sources.add(SourceFile::new(*name, *text));
    }
    sources
}

/// The span of the first `words` in a file.
fn span(sources: &Sources, file: u32, words: &str) -> Span {
    let file = FileId(file);
    let start = sources.file(file).text.find(words).unwrap();
    Span::new(file, start..start + words.len())
}

fn example(sources: &Sources) -> Vec<Diagnostic> {
    let mut unknown = Diagnostic::new(&codes::UNKNOWN_NAME, span(sources, 0, "紧极"), "`紧极` is not defined")
        .label(span(sources, 0, "首次响应"), "in this deadline")
        .label(span(sources, 1, "紧急"), "declared here")
        .note("no such fact")
        .help("a fact with a similar name exists: `紧急`")
        .help("or declare it");
    unknown.clause = Some(InClause { number: String::from("4.2"), title: String::from("Classifying incidents") });
    let unused = Diagnostic::new(&codes::UNUSED_NAME, span(sources, 1, "fact"), "the fact is never used");
    vec![unknown, unused]
}

fn example_sources() -> Sources {
    sources(&[("policies/a.handbook.md", HANDBOOK), ("客服 手册.md", "fact 紧急 yes/no\n")])
}

#[test]
fn people_see_frames_with_carets_under_wide_text() {
    let sources = example_sources();
    let text = rendered(&sources, &example(&sources), Format::Human, false);
    let expected = r#"error[E0301]: `紧极` is not defined
 --> policies/a.handbook.md:5:8
  |
4 |     deadline 首次响应 "首次响应"
  |              -------- in this deadline
5 |   when 紧极 is critical
  |        ^^^^ no such fact
  |
 ::: 客服 手册.md:1:6
  |
1 | fact 紧急 yes/no
  |      ---- declared here
  |
  = in clause 4.2 "Classifying incidents"
  = help: a fact with a similar name exists: `紧急`
  = help: or declare it
  = more: rulebook explain E0301

warning[L0301]: the fact is never used
 --> 客服 手册.md:1:1
  |
1 | fact 紧急 yes/no
  | ^^^^
  |
  = more: rulebook explain L0301

1 error, 1 warning
"#;
    assert_eq!(text, expected);
}

#[test]
fn nothing_is_said_of_no_findings() {
    let sources = example_sources();
    assert_eq!(rendered(&sources, &[], Format::Human, false), "");
    assert_eq!(rendered(&sources, &[], Format::Github, false), "");
    let json = rendered(&sources, &[], Format::Json, false);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json, serde_json::json!({"diagnostics": [], "summary": {"errors": 0, "warnings": 0}}));
}

#[test]
fn colour_is_only_added() {
    let sources = example_sources();
    let plain = rendered(&sources, &example(&sources), Format::Human, false);
    let coloured = rendered(&sources, &example(&sources), Format::Human, true);
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
    let mut stripped = String::new();
    let mut inside = false;
    for character in coloured.chars() {
        match character {
            '\u{1b}' => inside = true,
            'm' if inside => inside = false,
            _ if inside => {}
            _ => stripped.push(character),
        }
    }
    assert_eq!(stripped, plain);
}

#[test]
fn programs_get_one_json_document() {
    let sources = example_sources();
    let json = rendered(&sources, &example(&sources), Format::Json, false);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["summary"], serde_json::json!({"errors": 1, "warnings": 1}));
    let keys: Vec<&String> = json["diagnostics"][0].as_object().unwrap().keys().collect();
    let expected =
        ["code", "name", "severity", "message", "note", "file", "span", "start", "end", "clause", "labels", "help"];
    assert_eq!(keys, expected);
    assert_eq!(
        json["diagnostics"][1],
        serde_json::json!({
            "code": "L0301", "name": "unused-name", "severity": "warning",
            "message": "the fact is never used", "note": "", "file": "客服 手册.md",
            "span": {"start": 0, "end": 4}, "start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 5},
            "clause": null, "labels": [], "help": [],
        })
    );
    assert_eq!(json["diagnostics"][0]["clause"]["number"], "4.2");
    assert_eq!(json["diagnostics"][0]["labels"][1]["start"], serde_json::json!({"line": 1, "column": 6}));
}

#[test]
fn code_scanning_gets_sarif() {
    let sources = example_sources();
    let sarif = rendered(&sources, &example(&sources), Format::Sarif, false);
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!((&sarif["version"], &run["columnKind"]), (&"2.1.0".into(), &"unicodeCodePoints".into()));
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "E0301");
    assert_eq!(run["tool"]["driver"]["rules"][0]["help"]["markdown"], codes::UNKNOWN_NAME.page);
    let first = &run["results"][0];
    assert_eq!((&first["ruleIndex"], &first["level"]), (&0.into(), &"error".into()));
    assert_eq!(
        first["locations"][0]["physicalLocation"],
        serde_json::json!({
            "artifactLocation": {"uri": "policies/a.handbook.md"},
            "region": {"startLine": 5, "startColumn": 8, "endLine": 5, "endColumn": 10},
        })
    );
    assert_eq!(first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "4.2");
    assert_eq!(first["relatedLocations"][1]["message"]["text"], "declared here");
    let uri = &first["relatedLocations"][1]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "%E5%AE%A2%E6%9C%8D%20%E6%89%8B%E5%86%8C.md");
}

#[test]
fn github_gets_escaped_commands() {
    let sources = sources(&[("a,b:c%.md", "one\ntwo\n")]);
    let name = span(&sources, 0, "wo");
    let lines = span(&sources, 0, "e\nt");
    let found = [
        Diagnostic::new(&codes::UNKNOWN_NAME, name, "100% wrong:\nquite").help("do, say"),
        Diagnostic::new(&codes::UNUSED_NAME, lines, "unused"),
    ];
    assert_eq!(
        rendered(&sources, &found, Format::Github, false),
        "::error file=a%2Cb%3Ac%25.md,line=2,col=2,endLine=2,endColumn=4,title=E0301 unknown-name::100%25 wrong:%0Aquite%0Ahelp: do, say\n\
         ::warning file=a%2Cb%3Ac%25.md,line=1,endLine=2,title=L0301 unused-name::unused\n"
    );
}

/// The frame alone, without `more` and the count.
fn frame(text: &str, range: Range<usize>) -> String {
    let sources = sources(&[("f", text)]);
    let found = [Diagnostic::new(&codes::SYNTAX, Span::new(FileId(0), range), "m")];
    let all = rendered(&sources, &found, Format::Human, false);
    all.split("  |\n  = more").next().unwrap().split_once('\n').unwrap().1.to_string()
}

#[test]
fn odd_places_are_shown_as_well_as_can_be() {
    assert_eq!(frame("", 0..0), " --> f:1:1\n  |\n1 |\n  | ^\n");
    assert_eq!(frame("ab\n", 3..3), " --> f:2:1\n  |\n2 |\n  | ^\n");
    assert_eq!(frame("ab", 2..2), " --> f:1:3\n  |\n1 | ab\n  |   ^\n");
    assert_eq!(frame("ab", 90..99), " --> f:1:3\n  |\n1 | ab\n  |   ^\n");
    assert_eq!(frame("支付\r\nab\r\n", 3..6), " --> f:1:2\n  |\n1 | 支付\n  |   ^^\n");
    assert_eq!(frame("支付\r\nab\r\n", 3..8), " --> f:1:2\n  |\n1 | 支付\n  |   ^^\n");
    assert_eq!(frame("支付", 1..2), " --> f:1:1\n  |\n1 | 支付\n  | ^^\n");
    assert_eq!(frame("a\tb\tc", 4..5), " --> f:1:5\n  |\n1 | a    b    c\n  |           ^\n");
    assert_eq!(frame("e\u{301}x", 3..4), " --> f:1:3\n  |\n1 | e\u{301}x\n  |  ^\n");
    assert_eq!(frame("a\u{1b}[31mb", 6..7), " --> f:1:7\n  |\n1 | a␛[31mb\n  |       ^\n");
}

#[test]
fn a_long_span_shows_its_ends() {
    assert_eq!(
        frame("one\ntwo\nthree\n", 1..10),
        " --> f:1:2\n  |\n1 |   one\n  |  __^\n2 | | two\n3 | | three\n  | |__^\n"
    );
    let many = "line\n".repeat(1000);
    assert_eq!(frame(&many, 1..4000), " --> f:1:2\n  |\n1 | line\n  |  ^^^\n");
}

#[test]
fn a_long_line_is_clipped_around_the_mark() {
    let text = format!("{}旧词{}", "前".repeat(500), "后".repeat(500));
    let shown = frame(&text, 1500..1506);
    assert!(shown.starts_with(" --> f:1:501\n"), "{shown}");
    assert!(shown.contains("旧词") && shown.contains("..."), "{shown}");
    assert!(shown.len() < 1500, "{shown}");
    let text = format!("{}x", "y".repeat(1_000_000));
    assert!(frame(&text, 1_000_000..1_000_001).starts_with("--> f:1:1000001\n = more"));
    assert!(frame(&text, 5..900_000).len() < 1500);
}

fn texts() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "a",
        "bcd ",
        "支付",
        "，",
        "\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "e\u{301}",
        "👩‍👩‍👧",
        "\u{200b}",
        "\u{1b}[1m",
        "\u{202e}",
        "ｶﾞ",
        "\u{0}",
        "\u{2028}",
        "longer words in a row that go on and on until the line is wider than a terminal ",
        "长长的一行字长长的一行字长长的一行字",
    ]);
    prop::collection::vec(parts, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_span_panics(
        first in texts(),
        second in texts(),
        spans in prop::collection::vec((0..2u32, 0..400u32, 0..400u32), 1..5),
        words in texts(),
    ) {
        let sources = sources(&[("first", first.as_str()), ("second", second.as_str())]);
        let spans: Vec<Span> = spans
            .into_iter()
            .map(|(file, one, other)| Span { file: FileId(file), start: one.min(other), end: one.max(other) })
            .collect();
        let mut found = Diagnostic::new(&codes::SYNTAX, spans[0], words.clone()).note(words.clone()).help(words.clone());
        for span in &spans[1..] {
            found = found.label(*span, words.clone());
        }
        let found = [found];
        for format in [Format::Human, Format::Json, Format::Sarif, Format::Github] {
            let text = rendered(&sources, &found, format, false);
            prop_assert!(format == Format::Human || !text.contains('\r'));
            prop_assert!(format == Format::Github || !text.contains('\u{1b}'), "{:?}", text);
            prop_assert_eq!(&text, &rendered(&sources, &found, format, false));
        }
        let _ = rendered(&sources, &found, Format::Human, true);
    }
}
