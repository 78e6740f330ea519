use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[track_caller]
fn check(text: &str, expected: Value) {
    assert_eq!(parse(text), Ok(expected), "of {text:?}");
}

/// `‸` in the text marks where the error must point; it is taken out before reading.
#[track_caller]
fn refused(marked: &str, part: &str) {
    let offset = marked.find('‸').expect("a mark");
    let text = marked.replace('‸', "");
    let error = parse(&text).expect_err(&text);
    assert!(error.message.contains(part), "{:?} does not say {part:?}", error.message);
    assert_eq!(error.offset, offset, "{} of {text:?}", error.message);
}

#[test]
fn plain_yaml_becomes_json() {
    check("", Value::Null);
    check("# only a comment\n", Value::Null);
    check("---\na: 1\n...\n", json!({"a": 1}));
    check("b: 1\na: [x, 'y', \"z\\n\"]\n", json!({"b": 1, "a": ["x", "y", "z\n"]}));
    check(
        "t:\n- name: 一\n  at: 2025-03-03T10:00\n- {类别: 支付}\n",
        json!({"t": [{"name": "一", "at": "2025-03-03T10:00"}, {"类别": "支付"}]}),
    );
    check("a: |\n  one\n   two\nb: >\n  x\n  y\n", json!({"a": "one\n two\n", "b": "x y\n"}));
    check("\u{feff}a: 1\r\nb: ~\r\n", json!({"a": 1, "b": null}));
}

#[test]
fn maps_keep_their_order() {
    let value = parse("z: 1\na: 2\nm: 3\n").unwrap();
    assert_eq!(value.to_string(), r#"{"z":1,"a":2,"m":3}"#);
}

#[test]
fn keys_are_text_as_written() {
    check("1: a\n2025-12-31: b\ntrue: c\n1.0: d\n", json!({"1": "a", "2025-12-31": "b", "true": "c", "1.0": "d"}));
}

#[test]
fn numbers_stay_exact_or_are_refused() {
    check(
        "[9007199254740993, -9223372036854775808, 18446744073709551615]",
        json!([9007199254740993i64, i64::MIN, u64::MAX]),
    );
    check("[0.1, 1e3, 007]", json!([0.1, 1000.0, "007"]));
    refused("a: ‸18446744073709551616", "not a number that can be kept");
    refused("a: ‸.nan", "not a number");
}

#[test]
fn anchors_and_aliases_are_refused_where_they_stand() {
    refused("a: ‸&x 1\nb: *x\n", "anchors");
    refused("a: 1\nb: ‸*x\n", "aliases");
    refused("- ‸&x [1]\n", "anchors");
    refused("{a: [1, ‸*x]}", "aliases");
    refused("a: |\n  text &x\nb: ‸&x 1\n", "anchors");
    refused("a: !!str ‸&x 1\n", "anchors");
    refused("‸&x a: 1\n", "anchors");
    refused("{?‸&x a: 1}", "anchors");
    refused("a: 'it''s'\nb: ‸*x", "aliases");
    refused("a: \"\\\"\"\nb: ‸*x", "aliases");
}

#[test]
fn signs_inside_text_are_text() {
    check("a: x & y * z\n", json!({"a": "x & y * z"}));
    check("a: '&x *y'\n", json!({"a": "&x *y"}));
    check("a: \"&x\n  *y\"\n", json!({"a": "&x *y"}));
    check("a: b # &x *y\n", json!({"a": "b"}));
    check("# &x\na: b\n", json!({"a": "b"}));
    check("a: |\n  &x\n  *y\n\n  # --- z\nb: 1\n", json!({"a": "&x\n*y\n\n# --- z\n", "b": 1}));
    check("a: >-\n  - &x\nb: 1\n", json!({"a": "- &x", "b": 1}));
    check("a: |2\n    &x\nb: 1\n", json!({"a": "  &x\n", "b": 1}));
    check("- |\n &x\n- b\n", json!(["&x\n", "b"]));
    check("a: one\n  &two\n  *three\n", json!({"a": "one &two *three"}));
    check("a: R&D\nb: 10:30\nc: a*b\n", json!({"a": "R&D", "b": "10:30", "c": "a*b"}));
    check("{a: x&y, b: \"&\"}", json!({"a": "x&y", "b": "&"}));
    check("a: http://x/?q=1&y=2#z\n", json!({"a": "http://x/?q=1&y=2#z"}));
}

#[test]
fn errors_point_at_the_place() {
    refused("a: 1\nb: 2\n‸a: 3\n", "the key `a` is given twice");
    refused("类别: 1\n名: 2\nx:\n  类别: 1\n  ‸'类别': 3\n", "the key `类别` is given twice");
    refused("{1: a, ‸'1': b}", "given twice");
    refused("a: 1\n---\nb: 2\n".replacen("---", "‸---", 1).as_str(), "");
    refused("---\na: 1\n‸---\nb: 2\n", "second document");
    refused("a: 1\n...\n‸b: 2\n", "second document");
    refused("a: ‸!thing 1\n", "tag");
    refused("a: 名\n\u{20}\u{20}b\n‸\u{7}", "U+0007");
    refused("a: x‸\u{2028}b", "U+2028");
    refused("a:\n‸\tb: 1\n", "tab");
    refused("a: ‸@x\n", "`@` cannot start");
    refused("支付: ‸`x`\n", "`");
    refused("‸? [a, b]\n: c\n".replacen("‸? ", "? ‸", 1).as_str(), "a key that is text");
    refused("a: [1, 2\n‸", "");
    refused("a: \"open\n‸", "");
    refused("支付: 一\n 二: ‸三: 四\n".replace(" 二: ‸三: 四", " 二‸: 三: 四").as_str(), "mapping values");
}

#[test]
fn what_is_too_long_or_too_deep_is_refused() {
    let long = "x".repeat(MAX_YAML_BYTES);
    assert!(parse(&long).is_ok());
    assert_eq!(parse(&format!("{long}名")).unwrap_err().offset, MAX_YAML_BYTES);
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(parse(&deep(MAX_YAML_DEPTH)).is_ok());
    assert_eq!(parse(&deep(MAX_YAML_DEPTH + 1)).unwrap_err().offset, MAX_YAML_DEPTH);
    let dashes = "- ".repeat(MAX_YAML_DEPTH + 1);
    assert!(parse(&dashes).unwrap_err().message.contains("nested deeper"));
}

#[test]
fn hostile_texts_are_quick() {
    let many = |part: &str| part.repeat(MAX_YAML_BYTES / part.len());
    let scalar = "x".repeat(100_000);
    for text in [
        many("["),
        many("{a: "),
        many("- "),
        many("? "),
        many("a: "),
        many("a:\n "),
        many("'"),
        many("\""),
        many("|\n"),
        many(" \n"),
        many("!a "),
        many("[],"),
        many("a\n"),
        many("\t"),
        format!("[{}", many("a, ")),
        format!("{scalar}: [{}]", "1, ".repeat(200_000)),
        format!("a: {scalar}\nb:{}", "\n - *a".repeat(20_000)),
    ] {
        let started = Instant::now();
        let _ = parse(&text);
        let _ = outline(&text);
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}… took {:?}", &text[..20], started.elapsed());
    }
}

/// What the outline says stands at a pointer, as `key=value`.
fn shown(text: &str, pointer: &str) -> Option<String> {
    let outline = outline(text);
    let place = outline.place(pointer)?;
    let key = place.key.clone().map_or("", |key| &text[key]);
    Some(format!("{key}={}", &text[place.value.clone()]))
}

#[track_caller]
fn stands(text: &str, pointer: &str, expected: &str) {
    assert_eq!(shown(text, pointer).as_deref(), Some(expected), "{pointer} of {text:?}");
}

#[test]
fn the_outline_finds_front_matter() {
    let text = "# front\nhandbook: ecommerce   # the id\n\"title\": \"客服: 手册\"\n'edition' : 2025.10\ntime_zone:\nempty: # none\nin_force: 2025-01-01";
    stands(text, "/handbook", "handbook=ecommerce");
    stands(text, "/title", "\"title\"=\"客服: 手册\"");
    stands(text, "/edition", "'edition'=2025.10");
    stands(text, "/time_zone", "time_zone=");
    stands(text, "/empty", "empty=");
    stands(text, "/in_force", "in_force=2025-01-01");
    assert_eq!(shown(text, "/absent"), None);
    assert_eq!(outline(text).place("/time_zone").unwrap().value.start, text.find("time_zone:").unwrap() + 10);
    assert_eq!(shown("", ""), None);
}

#[test]
fn the_outline_finds_what_is_inside() {
    let text = "tests:\n- name: 一\n  ticket: {id: T-1, list: [a, {b: c}], \"d\":e}\n  note: |\n    one: two\n\n    - three\n  expect:\n    - urgency is emergency # why\n    - >\n      folded\n      text\n- \n- name: two\n  more:\n    words on\n    two lines\n";
    stands(text, "/tests/0/name", "name=一");
    stands(text, "/tests/0/ticket", "ticket={id: T-1, list: [a, {b: c}], \"d\":e}");
    stands(text, "/tests/0/ticket/list/1/b", "b=c");
    stands(text, "/tests/0/ticket/d", "\"d\"=e");
    stands(text, "/tests/0/note", "note=|\n    one: two\n\n    - three");
    stands(text, "/tests/0/expect/0", "=urgency is emergency");
    stands(text, "/tests/0/expect/1", "=>\n      folded\n      text");
    stands(text, "/tests/1", "=");
    stands(text, "/tests/2/name", "name=two");
    stands(text, "/tests/2/more", "more=words on\n    two lines");
    stands("a/b:\n  c~d: 1\n", "/a~1b/c~0d", "c~d=1");
    stands("{a: 1, b: , c}", "/b", "b=");
    stands("[1, [2, 3]]", "", "=[1, [2, 3]]");
}

/// Texts in which the signs of YAML are common.
fn yaml_like() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "a", "b", "支付", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", " ", "\t", "[", "]", "{", "}", ", ", "'", "\"",
        "\\", "#", " # ", "|", ">", "&x ", "*x", "!t ", "? ", "---", "...", "%", "\r\n", "1", "0.5", "~", "\u{feff}",
        "\u{2028}", "e\u{301}", "<<",
    ]);
    prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
}

/// Every value that was read has a place, and what stands there, read alone, is that value.
fn every_value_has_its_place(value: &Value, pointer: &str, places: &Outline, text: &str) -> Result<(), TestCaseError> {
    let Some(place) = places.place(pointer) else {
        return Err(TestCaseError::fail(format!("no place for {pointer:?} in {text:?}")));
    };
    prop_assert!(text.get(place.value.clone()).is_some());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                every_value_has_its_place(item, &format!("{pointer}/{index}"), places, text)?;
            }
        }
        Value::Object(entries) => {
            for (key, inner) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                every_value_has_its_place(inner, &format!("{pointer}/{key}"), places, text)?;
            }
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
    Ok(())
}

/// Plain values with keys that need no quotes.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~\n支付&*#:|>'\"]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z支付/~]{1,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in prop_oneof![yaml_like(), any::<String>()]) {
        let _ = outline(&text);
        if let Err(error) = parse(&text) {
            prop_assert!(text.is_char_boundary(error.offset), "{error} of {text:?}");
            prop_assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn an_anchor_never_gets_through(text in yaml_like()) {
        // The parser alone must see no reference in what was let through.
        if parse(&text).is_ok() {
            let expanded: serde_yaml::Value = serde_yaml::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
            let written = serde_yaml::to_string(&expanded).unwrap_or_default();
            prop_assert!(written.len() <= text.len() * 8 + 64, "{text:?}");
        }
    }

    #[test]
    fn what_was_written_is_read_and_has_its_place(value in values()) {
        let text = serde_yaml::to_string(&value).unwrap();
        prop_assert_eq!(parse(&text), Ok(value.clone()), "of {:?}", text);
        every_value_has_its_place(&value, "", &outline(&text), &text)?;
        let json = value.to_string();
        prop_assert_eq!(parse(&json), Ok(value.clone()), "of {:?}", json);
        every_value_has_its_place(&value, "", &outline(&json), &json)?;
    }
}
