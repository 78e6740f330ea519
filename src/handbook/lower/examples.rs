//! The examples in a handbook's text.

use super::super::{Example, Expectation, ExpectationKind, RouteId};
use super::front_matter::spoken;
use super::symbols::{Other, Subject};
use super::{Lowering, Placed};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Span, yaml};
use crate::syntax::tree::{self, ClauseKind, InstantLiteral, RuleKind, RuleStatement};
use serde_json::Value;

/// Collects the examples of the text.
pub fn collect(lowering: &mut Lowering, placed: &[Placed]) {
    for rule in placed.iter().filter_map(Placed::rule).filter(|rule| rule.kind == RuleKind::Example) {
        let example = lowering.example(rule);
        lowering.examples.extend(example);
    }
}

/// A sign that does not do its work in a ticket.
struct WrongSign<'a> {
    at: usize,
    text: &'a str,
    /// The field whose name stands before a colon; none for a comma.
    field: &'a str,
}

/// The full-width commas before a field of a flow map, and the colons after its name that are full-width or lack
/// their blank. The same signs within a value are a part of it.
fn wrong_signs(map: &str) -> Vec<WrongSign<'_>> {
    let mut found: Vec<WrongSign> = Vec::new();
    let mut quote: Option<char> = None;
    for (at, letter) in map.char_indices() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '{' | ',' | '，' | '、') => {
                let sign = &map[at..at + letter.len_utf8()];
                let rest = map[at + sign.len()..].trim_start();
                let name_end = rest
                    .find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '.' | '-')))
                    .unwrap_or(rest.len());
                let (field, after) = rest.split_at(name_end);
                let colon_at = map.len() - after.trim_start().len();
                let colon = map[colon_at..].chars().next().filter(|colon| matches!(colon, ':' | '：'));
                let Some(colon) = colon.filter(|_| !field.is_empty()) else { continue };
                if letter.len_utf8() > 1 {
                    found.push(WrongSign { at, text: sign, field: "" });
                }
                let value = &map[colon_at + colon.len_utf8()..];
                if colon == '：' || !value.starts_with(char::is_whitespace) {
                    found.push(WrongSign { at: colon_at, text: &map[colon_at..colon_at + colon.len_utf8()], field });
                }
            }
            _ => {}
        }
    }
    found
}

impl Lowering<'_> {
    fn example(&mut self, rule: &RuleStatement) -> Option<Example> {
        let name = &rule.declared.name;
        let mut ticket: Option<(Span, &Option<InstantLiteral>)> = None;
        let mut expectations: Vec<Expectation> = Vec::new();
        let mut expects: bool = false;
        for clause in &rule.clauses {
            match &clause.kind {
                ClauseKind::Ticket(map, at) => ticket = Some((*map, at)),
                ClauseKind::Expect(found) => {
                    expects = true;
                    expectations.extend(found.iter().filter_map(|one| self.expectation(one)));
                }
                ClauseKind::Junk => expects = true,
                _ => {}
            }
        }
        let is_junk = rule.clauses.iter().any(|clause| clause.kind == ClauseKind::Junk);
        if !is_junk && (ticket.is_none() || !expects) {
            let (what, help) = match ticket {
                None => ("its ticket", "add a line such as `ticket {opened_at: 2025-03-03T10:00, category: payment}`"),
                Some(_) => ("what it expects", "add a line such as `expect urgency is key`"),
            };
            self.push(
                Diagnostic::new(&codes::MISSING_CLAUSE, name.span, format!("the example lacks {what}")).help(help),
            );
        }
        let (map, at) = ticket?;
        let ticket = self.ticket(map)?;
        let at = match at {
            Some(literal) => Some(self.instant(literal)?),
            None => None,
        };
        Some(Example {
            name: name.text.clone(),
            span: name.span,
            ticket_span: map,
            ticket_pointer: String::new(),
            ticket,
            at,
            expectations,
            decision: None,
            is_in_text: true,
        })
    }

    /// A flow map as JSON.
    fn ticket(&mut self, map: Span) -> Option<String> {
        let words: &str = self.sources.text(map);
        let signs = wrong_signs(words);
        let has_instant = !signs.iter().any(|sign| sign.field == "opened_at");
        let is_whole = has_instant && signs.iter().all(|sign| sign.text != "，" && sign.text != "、");
        // A field with a wrong colon and nothing else is read as a name without a value, which is advice.
        if let Some(first) = signs.first().filter(|_| !is_whole || yaml::parse(words).is_err()) {
            let place = map.start as usize + first.at;
            let mut names: Vec<&str> = signs.iter().map(|sign| sign.text).collect();
            names.sort_unstable();
            names.dedup();
            let message = match names.as_slice() {
                [":"] => "a blank is missing after this `:`".to_owned(),
                _ => {
                    let wide: Vec<String> =
                        names.iter().filter(|name| **name != ":").map(|name| format!("`{name}`")).collect();
                    format!(
                        "{} stand{} between the fields of this ticket",
                        wide.join(" and "),
                        if wide.len() == 1 { "s" } else { "" }
                    )
                }
            };
            self.push(
                Diagnostic::new(&codes::BAD_TICKET, Span::new(map.file, place..place + first.text.len()), message)
                    .help("write `, ` between two fields and `: ` after the name of each"),
            );
            return None;
        }
        match yaml::parse(self.sources.text(map)) {
            Ok(value) => Some(self.ticket_json(value)),
            Err(error) => {
                let at = map.start as usize + error.offset;
                let code = if error.is_refused { &codes::UNSAFE_YAML } else { &codes::BAD_TICKET };
                self.push(
                    Diagnostic::new(
                        code,
                        Span::new(map.file, at..at),
                        format!("this ticket cannot be read: {}", spoken(&error)),
                    )
                    .help("write it like `{opened_at: 2025-03-03T10:00, category: payment, customer: {level: vip}}`"),
                );
                None
            }
        }
    }

    /// A ticket's value as JSON text; an absent id is filled in.
    pub fn ticket_json(&self, mut value: Value) -> String {
        if let Value::Object(fields) = &mut value {
            fields.entry("id").or_insert_with(|| Value::String("example".to_owned()));
        }
        value.to_string()
    }

    /// One expectation with its names resolved; `None` once what is wrong has been reported.
    pub fn expectation(&mut self, expectation: &tree::Expectation) -> Option<Expectation> {
        let span = expectation.span;
        let kind = match &expectation.kind {
            tree::ExpectationKind::Condition(condition) => ExpectationKind::Holds(self.condition(condition)),
            tree::ExpectationKind::Due(name, at) => match self.subject(name)? {
                Subject::Deadline(deadline) => ExpectationKind::Due(deadline, self.instant(at)?),
                other => return self.wrong_kind(name, other.spoken(), "a deadline"),
            },
            tree::ExpectationKind::Route(name, value) => {
                let route = self.route(name)?;
                let queues = self.routes[route.0].queues.clone();
                ExpectationKind::Route(route, self.position(value, &queues, "destination")?)
            }
            tree::ExpectationKind::Step(name, number) => {
                let ladder = self.find_other(name, Other::Ladder)?;
                ExpectationKind::Step(ladder, number.text.parse().unwrap_or(u32::MAX))
            }
            tree::ExpectationKind::Score(name, _) => {
                self.find_other(name, Other::Etiquette)?;
                self.push(
                    Diagnostic::new(&codes::ETIQUETTE_NOT_EVALUATED, span, "this version does not evaluate scorecards")
                        .help("leave the score out of the example"),
                );
                return None;
            }
        };
        Some(Expectation { span, kind })
    }

    fn route(&mut self, name: &tree::Name) -> Option<RouteId> {
        match self.symbols.subjects.get(&name.text).copied() {
            Some((Subject::Route(route), _)) => Some(route),
            Some((other, _)) => self.wrong_kind(name, other.spoken(), "a route"),
            None => {
                let known: Vec<String> = self.routes.iter().map(|route| route.name.id.clone()).collect();
                self.unknown(&codes::UNKNOWN_NAME, name, "route", &known);
                None
            }
        }
    }

    fn wrong_kind<T>(&mut self, name: &tree::Name, found: &str, wanted: &str) -> Option<T> {
        self.push(
            Diagnostic::new(&codes::WRONG_KIND_OF_NAME, name.span, format!("`{}` is {found}, not {wanted}", name.text))
                .help(format!("name {wanted} here")),
        );
        None
    }
}
