//! Conditions: every name resolved, every test typed.

use super::super::condition::{Argument, NumberTest};
use super::super::{Atom, ClassifyId, Condition, ConditionKind, DeadlineId, Decimal, FactKind, Named, StatusId};
use super::Lowering;
use super::symbols::Subject;
use crate::calendar::{Amount, Instant};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::tree::{
    self, AmountLiteral, ClockState, Comparison, InstantLiteral, Name, Operand, Predicate, Text, Value,
};

impl Lowering<'_> {
    /// A condition with its names resolved; `Unknown` where something was wrong and has been reported.
    pub fn condition(&mut self, condition: &tree::Condition) -> Condition {
        let kind = match &condition.kind {
            tree::ConditionKind::And(parts) => {
                ConditionKind::And(parts.iter().map(|part| self.condition(part)).collect())
            }
            tree::ConditionKind::Or(parts) => {
                ConditionKind::Or(parts.iter().map(|part| self.condition(part)).collect())
            }
            tree::ConditionKind::Not(inner) => ConditionKind::Not(Box::new(self.condition(inner))),
            tree::ConditionKind::Test(subject, predicate) => {
                self.test(subject, predicate).unwrap_or(ConditionKind::Unknown)
            }
            tree::ConditionKind::Script(name, arguments) => {
                self.script(name, arguments).unwrap_or(ConditionKind::Unknown)
            }
            tree::ConditionKind::Junk => ConditionKind::Unknown,
        };
        Condition { span: condition.span, kind }
    }

    /// One test. `None` once what is wrong has been reported.
    pub fn test(&mut self, subject: &Name, predicate: &Predicate) -> Option<ConditionKind> {
        let is_declared = self.symbols.subjects.contains_key(&subject.text);
        match (subject.text.as_str(), predicate) {
            ("status", _) => self.status_test(subject, predicate).map(ConditionKind::Atom),
            ("opened", Predicate::Between(from, until)) => self.opened_between(from, until).map(ConditionKind::Atom),
            ("opened", Predicate::Holiday) => {
                self.needs_calendar(subject.span, "opened on a holiday");
                Some(ConditionKind::Atom(Atom::OpenedOnHoliday))
            }
            ("age", Predicate::Compare(comparison, Operand::Amount(amount))) => {
                self.age(*comparison, amount).map(ConditionKind::Atom)
            }
            ("age", _) if !is_declared => {
                self.push(
                    Diagnostic::new(&codes::TYPE_MISMATCH, subject.span, "`age` is compared with an amount of time")
                        .help("write `age > 8h` or `age <= 30m`"),
                );
                None
            }
            (_, Predicate::Holds) if !is_declared && self.value_by_itself(subject) => None,
            ("id" | "opened_at" | "events" | "messages", _) if !is_declared => {
                self.push(
                    Diagnostic::new(
                        &codes::WRONG_KIND_OF_NAME,
                        subject.span,
                        format!("`{}` is built in and cannot be tested", subject.text),
                    )
                    .help("test `age > 8h`, `opened between 18:00 and 09:00`, or `EVENT happened`"),
                );
                None
            }
            _ => match self.subject(subject)? {
                Subject::Fact(fact) => self.fact_test(fact, subject, predicate).map(ConditionKind::Atom),
                Subject::Define(define) => match predicate {
                    Predicate::Holds => Some(ConditionKind::Define(define)),
                    _ => self.mismatch(subject, "a defined condition", "stands alone or after `not`"),
                },
                Subject::Classify(classify) => self.tier_test(classify, subject, predicate).map(ConditionKind::Atom),
                Subject::Deadline(deadline) => self.clock_test(deadline, subject, predicate).map(ConditionKind::Atom),
                Subject::Event(event) => match predicate {
                    Predicate::Happened(times) => {
                        let times = match times {
                            None => 1,
                            Some(literal) => self.count(literal)?,
                        };
                        Some(ConditionKind::Atom(Atom::Happened(event, times)))
                    }
                    _ if subject.text == "opened" => self.mismatch(
                        subject,
                        "an event",
                        "is tested with `happened`; the time of day it came is `opened between 18:00 and 24:00`",
                    ),
                    _ => self.mismatch(subject, "an event", "is tested with `happened` or `happened at least 2 times`"),
                },
                Subject::Route(_) => {
                    self.mismatch(subject, "a route", "cannot be tested; test what sends the ticket there")
                }
            },
        }
    }

    /// `a or b` after `x is`: reports a value that stands where a condition should. `false` when it is none.
    fn value_by_itself(&mut self, word: &Name) -> bool {
        let of_facts = self.facts.iter().filter_map(|fact| match &fact.kind {
            FactKind::OneOf(values) | FactKind::ListOf(values) => Some((&fact.name.id, values)),
            _ => None,
        });
        let of_tiers = self.classifies.iter().map(|classify| (&classify.name.id, &classify.tiers));
        let found = of_facts.chain(of_tiers).find(|(_, values)| position_of(&word.text, values).is_some());
        let is_status = || self.symbols.status(&word.text).is_some();
        let owner = found.map(|(owner, _)| owner.clone()).or_else(|| is_status().then(|| "status".to_owned()));
        let Some(owner) = owner else { return false };
        self.push(
            Diagnostic::new(
                &codes::WRONG_KIND_OF_NAME,
                word.span,
                format!("`{}` is a value of `{owner}`, not a condition", word.text),
            )
            .help(format!("write `{owner} is {}`, or `{owner} in (x, y)` for any of several", word.text)),
        );
        true
    }

    fn count(&mut self, literal: &tree::Literal) -> Option<u32> {
        match literal.text.parse::<u32>() {
            Ok(times) if times > 0 => Some(times),
            _ => {
                self.push(
                    Diagnostic::new(
                        &codes::BAD_LITERAL,
                        literal.span,
                        format!("`{}` is no count of times", literal.text),
                    )
                    .help("write a whole number from 1 up"),
                );
                None
            }
        }
    }

    /// Reports a test that does not fit its subject.
    pub fn mismatch<T>(&mut self, subject: &Name, what: &str, fits: &str) -> Option<T> {
        self.push(
            Diagnostic::new(
                &codes::TYPE_MISMATCH,
                subject.span,
                format!("`{}` is {what} and cannot be tested like this", subject.text),
            )
            .help(format!("{what} {fits}")),
        );
        None
    }

    fn status_test(&mut self, subject: &Name, predicate: &Predicate) -> Option<Atom> {
        let (values, negated, lasting): (Vec<&Value>, bool, Option<&AmountLiteral>) = match predicate {
            Predicate::Is { negated, value, lasting } => (vec![value], *negated, lasting.as_ref()),
            Predicate::In { negated, values } => (values.iter().collect(), *negated, None),
            _ => {
                self.push(
                    Diagnostic::new(&codes::TYPE_MISMATCH, subject.span, "the status cannot be tested like this")
                        .help("the status is tested with `is`, `is not` or `in (…)`"),
                );
                return None;
            }
        };
        let mut wanted: Vec<StatusId> = Vec::new();
        for value in values {
            wanted.push(self.status(value)?);
        }
        let lasting = self.lasting(lasting)?;
        let mut chosen: Vec<StatusId> = (0..self.symbols.statuses.len())
            .map(StatusId)
            .filter(|status| wanted.contains(status) != negated)
            .collect();
        chosen.sort();
        Some(Atom::Status(chosen, lasting))
    }

    fn status(&mut self, value: &Value) -> Option<StatusId> {
        let word: &Text = match value {
            Value::Name(name) => name,
            Value::Text(text) => text,
            other => return self.not_a_name(other.span(), "a status"),
        };
        self.symbols.used.insert(format!("status {}", word.text));
        let found = self.symbols.status(&word.text);
        if let Some(status) = found {
            let id = self.symbols.statuses[status.0].id.clone();
            self.symbols.used.insert(format!("status {id}"));
        } else {
            let known: Vec<String> = self.symbols.statuses.iter().map(|status| status.id.clone()).collect();
            self.unknown(&codes::UNKNOWN_NAME, word, "status", &known);
        }
        found
    }

    fn not_a_name<T>(&mut self, span: Span, what: &str) -> Option<T> {
        let words = self.sources.text(span).to_owned();
        self.push(
            Diagnostic::new(&codes::TYPE_MISMATCH, span, format!("`{words}` is not {what}"))
                .help("write its name, or its label in quotes"),
        );
        None
    }

    /// `for D`; nothing said is no time at all.
    fn lasting(&mut self, amount: Option<&AmountLiteral>) -> Option<Amount> {
        match amount {
            None => Some(Amount::elapsed(0)),
            Some(amount) => self.amount(amount),
        }
    }

    fn opened_between(&mut self, from: &Operand, until: &Operand) -> Option<Atom> {
        let mut ends: Vec<u32> = Vec::new();
        for end in [from, until] {
            match end {
                Operand::TimeOfDay(_, seconds) => ends.push((*seconds)?),
                other => {
                    let words = self.sources.text(other.span()).to_owned();
                    self.push(
                        Diagnostic::new(&codes::TYPE_MISMATCH, other.span(), format!("`{words}` is no time of day"))
                            .help("write times of day, `opened between 18:00 and 09:00`"),
                    );
                    return None;
                }
            }
        }
        if ends[0] == ends[1] {
            self.push(
                Diagnostic::new(&codes::EMPTY_RANGE, from.span().to(until.span()), "the two times of day are the same")
                    .help("leave the condition out to mean the whole day"),
            );
            return None;
        }
        Some(Atom::OpenedBetween(ends[0], ends[1]))
    }

    fn age(&mut self, comparison: Comparison, amount: &AmountLiteral) -> Option<Atom> {
        let limit: Amount = self.amount(amount)?;
        if limit.is_in_days() && matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            let words = self.sources.text(amount.span).to_owned();
            self.push(
                Diagnostic::new(&codes::TYPE_MISMATCH, amount.span, format!("an age is never exactly `{words}`"))
                    .help("compare with `<`, `<=`, `>=` or `>`"),
            );
            return None;
        }
        Some(Atom::Age(comparison, limit))
    }

    fn tier_test(&mut self, classify: ClassifyId, subject: &Name, predicate: &Predicate) -> Option<Atom> {
        let tiers: Vec<Named> = self.classifies[classify.0].tiers.clone();
        let chosen: Vec<usize> = match predicate {
            Predicate::Is { lasting: Some(amount), .. } => {
                self.push(
                    Diagnostic::new(&codes::TYPE_MISMATCH, amount.span, "a tier has no length of time")
                        .help("`for` goes with a status and with the state of a deadline"),
                );
                return None;
            }
            Predicate::Is { negated, value, .. } => {
                self.chosen(std::slice::from_ref(value), *negated, &tiers, "tier")?
            }
            Predicate::In { negated, values } => self.chosen(values, *negated, &tiers, "tier")?,
            Predicate::AtLeast(value) => {
                let limit = self.position(value, &tiers, "tier")?;
                (0..=limit).collect()
            }
            Predicate::AtMost(value) => {
                let limit = self.position(value, &tiers, "tier")?;
                (limit..tiers.len()).collect()
            }
            _ => {
                return self.mismatch(
                    subject,
                    "a classification",
                    "is tested with `is`, `in (…)`, `at least` or `at most` one of its tiers",
                );
            }
        };
        Some(Atom::Tier(classify, positions(chosen)))
    }

    fn clock_test(&mut self, deadline: DeadlineId, subject: &Name, predicate: &Predicate) -> Option<Atom> {
        let Predicate::State(state, lasting) = predicate else {
            return self.mismatch(subject, "a deadline", "is tested with `at risk`, `met` or `breached`");
        };
        let clock = &self.deadlines[deadline.0];
        if *state == ClockState::AtRisk && clock.warnings.is_empty() {
            let place = clock.name.span;
            self.push(
                Diagnostic::new(
                    &codes::AT_RISK_WITHOUT_WARNING,
                    subject.span,
                    format!("`{}` has no warning, so it is never at risk", subject.text),
                )
                .label(place, "this deadline")
                .help("add `warn at 75%` to the deadline"),
            );
            return None;
        }
        let lasting = self.lasting(lasting.as_ref())?;
        Some(Atom::Clock(deadline, *state, lasting))
    }

    /// An instant in the handbook's zone. What cannot be read was reported with the syntax.
    pub fn instant(&mut self, literal: &InstantLiteral) -> Option<Instant> {
        self.zone.read(&literal.text).ok()
    }

    /// The positions chosen by values, or all the others.
    pub fn chosen(&mut self, wanted: &[Value], negated: bool, known: &[Named], what: &str) -> Option<Vec<usize>> {
        let mut positions: Vec<usize> = Vec::new();
        let mut is_whole: bool = true;
        for value in wanted {
            match self.position(value, known, what) {
                Some(position) => positions.push(position),
                None => is_whole = false,
            }
        }
        is_whole.then(|| (0..known.len()).filter(|position| positions.contains(position) != negated).collect())
    }

    /// The position of a value by id or by label.
    pub fn position(&mut self, value: &Value, known: &[Named], what: &str) -> Option<usize> {
        let word: &Text = match value {
            Value::Name(name) => name,
            Value::Text(text) => text,
            other => return self.not_a_name(other.span(), &format!("a {what}")),
        };
        let found = position_of(&word.text, known);
        if found.is_none() {
            let words: Vec<String> =
                known.iter().flat_map(|value| std::iter::once(value.id.clone()).chain(value.label.clone())).collect();
            let ids: Vec<String> = known.iter().map(|value| value.id.clone()).collect();
            let suspects = words.is_empty() || self.symbols.suspects.contains(&word.text);
            if !suspects {
                let asks_for_absence =
                    what == "value" && matches!(word.text.as_str(), "empty" | "null" | "none" | "blank" | "空" | "无");
                let near = match asks_for_absence {
                    true => Some(
                        "`is missing` asks for tickets without the field, `is present` for those with it".to_owned(),
                    ),
                    false => nearest(&word.text, words.iter().map(String::as_str))
                        .map(|near| format!("a {what} that is close: `{near}`")),
                };
                let list = near.is_none().then(|| format!("the {what}s are {}", shown(&ids)));
                let mut diagnostic = Diagnostic::new(
                    &codes::UNKNOWN_VALUE,
                    word.span,
                    format!("there is no {what} `{}` here", word.text),
                );
                if let Some(first) = known.first() {
                    diagnostic = if first.span == word.span || first.id == "no" {
                        diagnostic
                    } else {
                        diagnostic.label(first.span, format!("the {what}s are declared here"))
                    };
                }
                self.push(diagnostic.maybe_help(near).maybe_help(list));
            }
        }
        found
    }

    /// The position of a tier's name in a row.
    pub fn tier_of(&mut self, name: &Name, tiers: &[Named]) -> Option<usize> {
        self.position(&Value::Name(name.clone()), tiers, "tier")
    }

    fn script(&mut self, name: &Name, arguments: &[Operand]) -> Option<ConditionKind> {
        let mut given: Vec<Argument> = Vec::new();
        for argument in arguments {
            given.push(match argument {
                Operand::Value(Value::Name(name))
                    if !self.symbols.subjects.contains_key(&name.text)
                        && matches!(name.text.as_str(), "yes" | "no") =>
                {
                    Argument::YesNo(name.text == "yes")
                }
                Operand::Value(Value::Name(name)) => Argument::Fact(self.fact(name)?),
                Operand::Value(Value::Number(literal)) => Argument::Number(self.figure(literal)?),
                Operand::Value(Value::Text(text)) => Argument::Text(text.text.clone()),
                other => return self.not_a_name(other.span(), "a fact, a number, text, `yes` or `no`"),
            });
        }
        Some(ConditionKind::Atom(Atom::Script(name.text.clone(), given)))
    }
}

/// The position of a word among values: by id, else by label.
pub fn position_of(word: &str, known: &[Named]) -> Option<usize> {
    let by_label = || known.iter().position(|value| value.label.as_deref() == Some(word));
    known.iter().position(|value| value.id == word).or_else(by_label)
}

fn shown(ids: &[String]) -> String {
    let shown: Vec<String> = ids.iter().take(12).map(|id| format!("`{id}`")).collect();
    let more = if ids.len() > 12 { format!(" and {} more", ids.len() - 12) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Positions as an atom keeps them.
pub fn positions(chosen: Vec<usize>) -> Vec<u32> {
    chosen.into_iter().map(|position| position as u32).collect()
}

/// The figures a comparison accepts; `next` and `previous` are the nearest other figures.
pub fn number_test(comparison: Comparison, figure: Decimal, next: Decimal, previous: Decimal) -> NumberTest {
    match comparison {
        Comparison::Less => NumberTest::Within(None, Some(previous)),
        Comparison::AtMost => NumberTest::Within(None, Some(figure)),
        Comparison::Equal => NumberTest::Within(Some(figure), Some(figure)),
        Comparison::NotEqual => NumberTest::Not(figure),
        Comparison::AtLeast => NumberTest::Within(Some(figure), None),
        Comparison::More => NumberTest::Within(Some(next), None),
    }
}
