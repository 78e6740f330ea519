use anstream::adapter::strip_str;

use super::*;

fn report() -> Report {
    let mismatch = |expected: &str, got: &str| Mismatch {
        file: String::from("shop.tests.yaml"),
        line: 9,
        expected: expected.to_owned(),
        got: got.to_owned(),
    };
    let case = |name: &str, failures: Vec<Mismatch>| Case {
        name: name.to_owned(),
        file: String::from("shop.tests.yaml"),
        line: 7,
        failures,
    };
    let failures =
        vec![mismatch("首次响应 due 10:30", "due 11:00"), mismatch("urgency is <key>", "urgency is \"low\"")];
    let cases = vec![case("支付紧急", Vec::new()), case("VIP 半小时", failures)];
    let id = String::from("shop");
    Report {
        handbooks: vec![HandbookReport { file: String::from("shop.handbook.md"), id, edition: "1".into(), cases }],
    }
}

fn written(write: fn(&mut dyn std::io::Write, &Report) -> std::io::Result<()>) -> String {
    let mut out: Vec<u8> = Vec::new();
    write(&mut out, &report()).unwrap();
    strip_str(&String::from_utf8(out).unwrap()).to_string()
}

#[test]
fn people_see_expected_beside_got() {
    let expected = "\
shop.handbook.md  shop 1
  ok    支付紧急
  FAIL  VIP 半小时  shop.tests.yaml:7
        expected            got               line
        首次响应 due 10:30  due 11:00         9
        urgency is <key>    urgency is \"low\"  9

1 passed, 1 failed
";
    assert_eq!(written(human::write), expected);
}

#[test]
fn programs_get_the_same_as_json_and_as_junit() {
    let json: serde_json::Value = serde_json::from_str(&written(json::write)).unwrap();
    assert_eq!(json["summary"], serde_json::json!({ "passed": 1, "failed": 1 }));
    assert_eq!(json["handbooks"][0]["tests"][1]["failures"][0]["got"], "due 11:00");
    let xml = written(junit::write);
    assert!(xml.contains(r#"<testsuites name="rulebook" tests="2" failures="1">"#), "{xml}");
    assert!(xml.contains(r#"message="expected urgency is &lt;key&gt;, got urgency is &quot;low&quot;""#), "{xml}");
}
