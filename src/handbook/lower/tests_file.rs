//! The cases of a handbook's tests file, `NAME.tests.yaml`.

use super::super::Example;
use super::Lowering;
use super::front_matter::spoken;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span, yaml};
use crate::syntax;
use serde_json::{Map, Value};

const KEYS: &[&str] = &["name", "ticket", "at", "expect", "decision"];

/// Collects the cases of a tests file; what is wrong with it is reported on its own lines.
pub fn collect(lowering: &mut Lowering, file: FileId) {
    let text: &str = &lowering.sources.file(file).text;
    let value: Value = match yaml::parse(text) {
        Ok(value) => value,
        Err(error) => {
            let span = Span::new(file, error.offset..error.offset);
            let code = if error.is_refused { &codes::UNSAFE_YAML } else { &codes::BAD_TESTS_FILE };
            lowering.push(
                Diagnostic::new(code, span, format!("this tests file cannot be read: {}", spoken(&error)))
                    .help("put a text with `:` or `#` into quotes"),
            );
            return;
        }
    };
    let mut cases = Cases { lowering, file, outline: yaml::outline(text) };
    let Some(Value::Array(tests)) = value.get("tests") else {
        if !value.is_null() {
            cases.wrong(
                "",
                "a tests file is a list of cases under `tests`",
                "begin it with `tests:` and a list of cases",
            );
        }
        return;
    };
    if let Some(key) = value.as_object().into_iter().flat_map(Map::keys).find(|key| *key != "tests") {
        cases.wrong(&format!("/{key}"), &format!("`{key}` is no part of a tests file"), "the file holds `tests` only");
    }
    for (index, test) in tests.iter().enumerate() {
        let example = cases.case(&format!("/tests/{index}"), test);
        cases.lowering.examples.extend(example);
    }
}

struct Cases<'l, 'a> {
    lowering: &'l mut Lowering<'a>,
    file: FileId,
    outline: yaml::Outline,
}

impl Cases<'_, '_> {
    fn span(&self, pointer: &str) -> Span {
        let range = self.outline.place(pointer).map_or(0..0, |place| place.value.clone());
        Span::new(self.file, range)
    }

    /// The place of a pointer's key, or of its value where it has none.
    fn key_span(&self, pointer: &str) -> Span {
        let place = self.outline.place(pointer);
        place
            .and_then(|place| place.key.clone())
            .map_or_else(|| self.first_line(pointer), |range| Span::new(self.file, range))
    }

    /// A value's first line, so that a finding does not mark a whole case.
    fn first_line(&self, pointer: &str) -> Span {
        let span = self.span(pointer);
        let length = self.lowering.sources.text(span).lines().next().map_or(0, str::len);
        Span { end: span.start + length as u32, ..span }
    }

    fn wrong(&mut self, pointer: &str, message: &str, help: &str) {
        let span = self.key_span(pointer);
        self.lowering.push(Diagnostic::new(&codes::BAD_TESTS_FILE, span, message).help(help));
    }

    fn case(&mut self, pointer: &str, test: &Value) -> Option<Example> {
        let Value::Object(fields) = test else {
            self.wrong(
                pointer,
                "this case is no list of `key: value` lines",
                "write `name`, `ticket` and `expect` for each case",
            );
            return None;
        };
        for key in fields.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            let near = nearest(key, KEYS.iter().copied()).map_or_else(
                || format!("the keys are `{}`", KEYS.join("`, `")),
                |near| format!("did you mean `{near}`?"),
            );
            self.wrong(&format!("{pointer}/{key}"), &format!("`{key}` is no key of a case"), &near);
        }
        let Some(name) = fields.get("name").and_then(Value::as_str) else {
            self.wrong(pointer, "this case has no `name`", "say in a few words what it shows");
            return None;
        };
        let Some(ticket) = fields.get("ticket") else {
            self.wrong(pointer, "this case has no `ticket`", "add `ticket: {id: T-1, opened_at: 2025-03-03T10:00}`");
            return None;
        };
        if !fields.contains_key("expect") && !fields.contains_key("decision") {
            self.wrong(
                pointer,
                "this case expects nothing",
                "add `expect` with sentences, or `decision` with a part of the answer",
            );
        }
        let at = match fields.get("at") {
            None => None,
            Some(at) => match at.as_str().map(|text| self.lowering.zone.read(text)) {
                Some(Ok(at)) => Some(at),
                _ => {
                    self.wrong(&format!("{pointer}/at"), "`at` is no instant", "write it like `2025-03-03T10:30`");
                    None
                }
            },
        };
        let decision = fields.get("decision").cloned();
        let expectations = self.expectations(&format!("{pointer}/expect"), fields.get("expect"));
        Some(Example {
            name: name.to_owned(),
            span: self.span(&format!("{pointer}/name")),
            ticket_span: self.key_span(&format!("{pointer}/ticket")),
            ticket_pointer: format!("{pointer}/ticket"),
            ticket: self.lowering.ticket_json(ticket.clone()),
            at,
            expectations,
            decision,
            is_in_text: false,
        })
    }

    fn expectations(&mut self, pointer: &str, value: Option<&Value>) -> Vec<super::super::Expectation> {
        let mut expectations = Vec::new();
        let places: Vec<String> = match value {
            None => Vec::new(),
            Some(Value::String(_)) => vec![pointer.to_owned()],
            Some(Value::Array(items)) => (0..items.len()).map(|index| format!("{pointer}/{index}")).collect(),
            Some(_) => {
                self.wrong(pointer, "`expect` is no list of sentences", "write one sentence a line, each after `- `");
                Vec::new()
            }
        };
        let text: &str = &self.lowering.sources.file(self.file).text;
        for place in places {
            let span = self.sentence(&place);
            let found = syntax::parse_expectation(text, span, self.lowering.diagnostics);
            expectations.extend(found.and_then(|found| self.lowering.expectation(&found)));
        }
        expectations
    }

    /// A sentence's place without the quotes YAML may want around it.
    fn sentence(&self, pointer: &str) -> Span {
        let span = self.span(pointer);
        let words = self.lowering.sources.text(span);
        let is_quoted = words.len() >= 2 && words.starts_with(['"', '\'']) && words.ends_with(['"', '\'']);
        if is_quoted { Span { start: span.start + 1, end: span.end - 1, ..span } } else { span }
    }
}
