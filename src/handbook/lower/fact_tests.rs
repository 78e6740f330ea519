//! Tests on the fields of a ticket, each kind of field with its own.

use super::super::condition::{NumberTest, TimeOperand};
use super::super::{Atom, Decimal, FactId, FactKind, Named};
use super::Lowering;
use super::conditions::{number_test, positions};
use super::symbols::Other;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::tree::{Name, Operand, Predicate, Text, Value};

impl Lowering<'_> {
    pub fn fact_test(&mut self, fact: FactId, subject: &Name, predicate: &Predicate) -> Option<Atom> {
        if let Predicate::Present(present) = predicate {
            return Some(Atom::Present(fact, *present));
        }
        if let Predicate::Is { lasting: Some(amount), .. } = predicate {
            self.push(
                Diagnostic::new(&codes::TYPE_MISMATCH, amount.span, "a field has no length of time")
                    .help("`for` goes with a status and with the state of a deadline"),
            );
            return None;
        }
        let kind: FactKind = self.facts[fact.0].kind.clone();
        match &kind {
            FactKind::OneOf(values) => self.value_test(fact, subject, predicate, values),
            FactKind::YesNo => self.value_test(fact, subject, predicate, &yes_no(subject.span)),
            FactKind::Number { range, .. } => self.number_fact_test(fact, subject, predicate, *range),
            FactKind::Text => self.text_test(fact, subject, predicate),
            FactKind::Time => self.time_test(fact, subject, predicate),
            FactKind::ListOf(values) => match predicate {
                Predicate::HasAny(wanted) => {
                    let chosen = self.chosen(wanted, false, values, "value")?;
                    Some(Atom::Has(fact, positions(chosen)))
                }
                _ => self.mismatch(subject, "a list", "is tested with `has x` or `has any of (x, y)`"),
            },
            FactKind::ListOfText => match predicate {
                Predicate::HasAny(wanted) => Some(Atom::HasText(fact, self.texts(wanted)?)),
                _ => self.mismatch(subject, "a list", "is tested with `has \"x\"` or `has any of (\"x\", \"y\")`"),
            },
        }
    }

    fn value_test(&mut self, fact: FactId, subject: &Name, predicate: &Predicate, values: &[Named]) -> Option<Atom> {
        let chosen = match predicate {
            Predicate::Is { negated, value, .. } => {
                self.chosen(std::slice::from_ref(value), *negated, values, "value")?
            }
            Predicate::In { negated, values: wanted } => self.chosen(wanted, *negated, values, "value")?,
            Predicate::Holds => {
                return self.mismatch(subject, "a field", "needs a test, such as `is yes` or `is` one of its values");
            }
            _ => {
                return self.mismatch(
                    subject,
                    "a field with named values",
                    "is tested with `is`, `is not`, `in (…)` or `is missing`",
                );
            }
        };
        Some(Atom::Value(fact, positions(chosen)))
    }

    fn number_fact_test(
        &mut self,
        fact: FactId,
        subject: &Name,
        predicate: &Predicate,
        range: Option<(Decimal, Decimal)>,
    ) -> Option<Atom> {
        let test = match predicate {
            Predicate::Compare(comparison, operand) => {
                let figure = self.number_operand(operand, range)?;
                number_test(*comparison, figure, figure.next(), figure.previous())
            }
            Predicate::Is { negated, value, .. } => {
                let figure = self.number_operand(&Operand::Value(value.clone()), range)?;
                if *negated { NumberTest::Not(figure) } else { NumberTest::Within(Some(figure), Some(figure)) }
            }
            Predicate::Between(low, high) => {
                let (least, most) = (self.number_operand(low, range)?, self.number_operand(high, range)?);
                if least > most {
                    self.push(
                        Diagnostic::new(
                            &codes::EMPTY_RANGE,
                            low.span().to(high.span()),
                            "no number is between these two",
                        )
                        .help("write the smaller figure first"),
                    );
                    return None;
                }
                NumberTest::Within(Some(least), Some(most))
            }
            _ => {
                return self.mismatch(
                    subject,
                    "a number",
                    "is tested with `<`, `<=`, `=`, `!=`, `>=`, `>` or `between 1 and 5`",
                );
            }
        };
        Some(Atom::Number(fact, test))
    }

    fn number_operand(&mut self, operand: &Operand, range: Option<(Decimal, Decimal)>) -> Option<Decimal> {
        let Operand::Value(Value::Number(literal)) = operand else {
            let words = self.sources.text(operand.span()).to_owned();
            self.push(
                Diagnostic::new(&codes::TYPE_MISMATCH, operand.span(), format!("`{words}` is not a number"))
                    .help("a number is compared with a number, without quotes or unit"),
            );
            return None;
        };
        let figure = self.figure(literal)?;
        if let Some((low, high)) = range.filter(|(low, high)| figure < *low || figure > *high) {
            self.push(
                Diagnostic::new(
                    &codes::UNKNOWN_VALUE,
                    literal.span,
                    format!("`{}` lies outside {low} to {high}", literal.text),
                )
                .help("the fact is declared with that range; change the figure or the range"),
            );
            return None;
        }
        Some(figure)
    }

    fn text_test(&mut self, fact: FactId, subject: &Name, predicate: &Predicate) -> Option<Atom> {
        match predicate {
            Predicate::Is { negated, value, .. } => {
                Some(Atom::Text { fact, texts: self.texts(std::slice::from_ref(value))?, negated: *negated })
            }
            Predicate::In { negated, values } => {
                Some(Atom::Text { fact, texts: self.texts(values)?, negated: *negated })
            }
            Predicate::Contains(text) if text.text.trim().is_empty() => {
                self.push(
                    Diagnostic::new(&codes::BAD_PATTERN, text.span, "every text contains this")
                        .help("write the words to look for"),
                );
                None
            }
            Predicate::Contains(text) => Some(Atom::Contains(fact, text.text.clone())),
            Predicate::Matches(pattern) => self.pattern(pattern).map(|pattern| Atom::Matches(fact, pattern)),
            Predicate::ContainsAny(lexicon) => {
                // The lexicon's own declaration says that this version does not evaluate it.
                self.find_other(lexicon, Other::Lexicon);
                None
            }
            _ => self.mismatch(subject, "text", "is tested with `is \"…\"`, `contains \"…\"` or `matches /…/`"),
        }
    }

    fn texts(&mut self, values: &[Value]) -> Option<Vec<String>> {
        let mut texts: Vec<String> = Vec::new();
        for value in values {
            match value {
                Value::Text(text) => texts.push(text.text.clone()),
                other => {
                    let words = self.sources.text(other.span()).to_owned();
                    self.push(
                        Diagnostic::new(
                            &codes::TYPE_MISMATCH,
                            other.span(),
                            format!("`{words}` is not text in quotes"),
                        )
                        .help(format!("write `\"{words}\"`")),
                    );
                    return None;
                }
            }
        }
        Some(texts)
    }

    /// A pattern that compiles, in linear time and bounded size; reported when it does not.
    pub fn pattern(&mut self, pattern: &Text) -> Option<String> {
        match regex_syntax::parse(&pattern.text) {
            Ok(parsed) if parsed.properties().minimum_len() == Some(0) => {
                self.push(
                    Diagnostic::new(
                        &codes::BAD_PATTERN,
                        pattern.span,
                        "this pattern matches every text, since it matches nothing at all",
                    )
                    .help("write at least one letter that must be there"),
                );
                None
            }
            Ok(_) => Some(pattern.text.clone()),
            Err(error) => {
                let shown = error.to_string();
                let problem = shown.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
                self.push(
                    Diagnostic::new(
                        &codes::BAD_PATTERN,
                        pattern.span,
                        format!("this pattern cannot be read: {problem}"),
                    )
                    .help("letters stand for themselves; put `\\` before a sign that is to stand for itself"),
                );
                None
            }
        }
    }

    fn time_test(&mut self, fact: FactId, subject: &Name, predicate: &Predicate) -> Option<Atom> {
        let (before, operand) = match predicate {
            Predicate::Before(operand) => (true, operand),
            Predicate::After(operand) => (false, operand),
            _ => {
                return self.mismatch(
                    subject,
                    "a time",
                    "is tested with `before` or `after` an instant or another time",
                );
            }
        };
        let other = match operand {
            Operand::Value(Value::Instant(instant)) => TimeOperand::At(self.instant(instant)?),
            Operand::Value(Value::Date(date)) => TimeOperand::At(self.zone.start_of(date.date)),
            Operand::Value(Value::Name(name)) => {
                let other = self.fact(name)?;
                if self.facts[other.0].kind != FactKind::Time {
                    return self.mismatch(name, "no time", "cannot be compared with a time");
                }
                TimeOperand::Fact(other)
            }
            other => {
                let words = self.sources.text(other.span()).to_owned();
                self.push(
                    Diagnostic::new(&codes::TYPE_MISMATCH, other.span(), format!("`{words}` is no instant"))
                        .help("write an instant, `2025-03-03T10:00`, a date, or the name of another time"),
                );
                return None;
            }
        };
        Some(Atom::Time { fact, before, other })
    }
}

fn yes_no(span: Span) -> Vec<Named> {
    [("no", "否"), ("yes", "是")]
        .map(|(id, label)| Named { id: id.to_owned(), label: Some(label.to_owned()), span })
        .to_vec()
}
