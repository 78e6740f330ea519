//! Names, texts, figures, dates, amounts of time.

use super::grammar::rules::Rule;
use super::tree::{AmountLiteral, DateLiteral, Declared, InstantLiteral, Literal, Name, Operand, Text, Value};
use crate::calendar::{Amount, Unit, parse_date};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span};
use pest::iterators::Pair;
use std::ops::Range;

/// No limit in a handbook is longer: a hundred years.
const LONGEST_SECONDS: i64 = 100 * YEAR_SECONDS;
/// A year of the calendar on average, 365 days and six hours.
const YEAR_SECONDS: i64 = 31_557_600;

/// What every part of the parser needs: where it is, and where findings go.
pub struct Reader<'a> {
    /// The file.
    pub file: FileId,
    /// Its whole text.
    pub text: &'a str,
    /// What was found wrong.
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// The span of a range of the file.
    pub fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// The words under a span.
    pub fn words(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }
}

/// A pair of a piece together with the offset at which that piece starts in the file.
#[derive(Clone)]
pub struct Node<'i> {
    pair: Pair<'i, Rule>,
    base: usize,
}

impl<'i> Node<'i> {
    /// A pair of a piece that starts at `base`.
    pub fn new(pair: Pair<'i, Rule>, base: usize) -> Self {
        Node { pair, base }
    }

    /// Its rule.
    pub fn rule(&self) -> Rule {
        self.pair.as_rule()
    }

    /// Its words.
    pub fn words(&self) -> &'i str {
        self.pair.as_str()
    }

    /// Its bytes in the file, without the blanks that pest leaves at its end.
    pub fn range(&self) -> Range<usize> {
        let start = self.base + self.pair.as_span().start();
        start..start + self.words().trim_end().len()
    }

    /// Its parts.
    pub fn parts(self) -> impl Iterator<Item = Node<'i>> {
        let base = self.base;
        self.pair.into_inner().filter(|pair| pair.as_rule() != Rule::EOI).map(move |pair| Node { pair, base })
    }

    /// Its first part.
    pub fn first(self) -> Option<Node<'i>> {
        self.parts().next()
    }
}

impl Reader<'_> {
    /// Where a node stands.
    pub fn place(&self, node: &Node) -> Span {
        self.span(node.range())
    }

    /// A name or a path.
    pub fn name(&self, node: &Node) -> Name {
        Text { span: self.place(node), text: node.words().to_owned() }
    }

    /// Text in quotes, of any of the three kinds; or the label around it.
    pub fn quoted(&self, node: Node) -> Text {
        let span = self.place(&node);
        let mut inner: Node = node;
        while matches!(inner.rule(), Rule::label | Rule::string | Rule::pattern) {
            match inner.clone().first() {
                Some(part) => inner = part,
                None => break,
            }
        }
        Text { span, text: inner.words().to_owned() }
    }

    /// A figure as written.
    pub fn figure(&self, node: &Node) -> Literal {
        Literal { span: self.place(node), text: node.words().trim().to_owned() }
    }

    /// A name with its label.
    pub fn declared(&self, node: Node) -> Declared {
        let mut parts = node.clone().parts();
        let name = parts.next().map_or_else(|| self.name(&node), |part| self.name(&part));
        Declared { name, label: parts.next().map(|part| self.quoted(part)) }
    }

    /// A date. One that does not exist is reported and stands for the last day there is.
    pub fn date(&mut self, node: &Node) -> DateLiteral {
        let span = self.place(node);
        let date = parse_date(node.words()).unwrap_or_else(|_| {
            self.diagnostics.push(
                Diagnostic::new(&codes::BAD_LITERAL, span, format!("there is no date `{}`", node.words()))
                    .help("a date is written like 2025-03-03, and is one that the calendar has"),
            );
            chrono::NaiveDate::MAX
        });
        DateLiteral { span, date }
    }

    /// An instant as written, or a date that stands for its first instant.
    pub fn instant(&mut self, node: &Node) -> InstantLiteral {
        let span = self.place(node);
        let mut text = node.words().to_owned();
        if node.rule() == Rule::date {
            text.push_str("T00:00");
        }
        if let Err(problem) = crate::calendar::Zone::UTC.read(&text) {
            self.diagnostics.push(
                Diagnostic::new(&codes::BAD_LITERAL, span, format!("`{}` is no instant", node.words())).help(problem),
            );
        }
        InstantLiteral { span, text }
    }

    /// `18:00` in seconds since midnight.
    pub fn time_of_day(&mut self, node: &Node) -> Operand {
        let span = self.place(node);
        let (hours, minutes) = node.words().split_once([':', '：']).unwrap_or(("", ""));
        let seconds = match (hours.parse::<u32>(), minutes.parse::<u32>()) {
            (Ok(24), Ok(0)) => Some(86_400),
            (Ok(hours @ 0..24), Ok(minutes @ 0..60)) => Some(hours * 3600 + minutes * 60),
            _ => None,
        };
        if seconds.is_none() {
            self.diagnostics.push(
                Diagnostic::new(&codes::BAD_LITERAL, span, format!("`{}` is no time of day", node.words()))
                    .help("a time of day is written from 00:00 to 24:00"),
            );
        }
        Operand::TimeOfDay(span, seconds)
    }

    /// A value of a test.
    pub fn value(&mut self, node: Node) -> Value {
        let node = if node.rule() == Rule::value { node.clone().first().unwrap_or(node) } else { node };
        match node.rule() {
            Rule::instant => Value::Instant(self.instant(&node)),
            Rule::date => Value::Date(self.date(&node)),
            Rule::number => Value::Number(self.figure(&node)),
            Rule::string => Value::Text(self.quoted(node)),
            _ => Value::Name(self.name(&node)),
        }
    }

    /// One side of a comparison.
    pub fn operand(&mut self, node: Node) -> Operand {
        let node = if matches!(node.rule(), Rule::operand | Rule::argument) {
            node.clone().first().unwrap_or(node)
        } else {
            node
        };
        match node.rule() {
            Rule::clock_time => self.time_of_day(&node),
            Rule::amount => Operand::Amount(self.amount(node)),
            _ => Operand::Value(self.value(node)),
        }
    }

    /// An amount of time: `4h`, `1h30m working`, `3 working days`.
    pub fn amount(&mut self, node: Node) -> AmountLiteral {
        let span = self.place(&node);
        let mut count: Option<&str> = None;
        let mut is_working: bool = false;
        let mut is_calendar: bool = false;
        let mut unit: Option<Rule> = None;
        let mut compact: Option<&str> = None;
        for part in node.parts() {
            match part.rule() {
                Rule::compact => compact = Some(part.words()),
                Rule::integer => count = Some(part.words()),
                Rule::kw_working => is_working = true,
                Rule::kw_calendar => is_calendar = true,
                _ => unit = part.first().map(|inner| inner.rule()),
            }
        }
        let amount = match (compact, count, unit) {
            (Some(compact), _, _) => compact_seconds(compact).map(|seconds| (seconds, None)),
            (None, Some(count), Some(unit)) => {
                count.parse().map(|count| (count, Some(unit))).map_err(|_| Wrong::TooLong)
            }
            _ => Err(Wrong::Malformed),
        };
        let amount = amount.and_then(|(count, unit)| resolve(count, unit, is_working, is_calendar));
        match amount {
            Ok(amount) => AmountLiteral { span, amount: Some(amount) },
            Err(wrong) => {
                let words = self.words(span).to_owned();
                self.diagnostics.push(wrong.report(span, &words));
                AmountLiteral { span, amount: None }
            }
        }
    }
}

/// What can be wrong with an amount of time.
enum Wrong {
    BareDays(String),
    Fraction,
    Order,
    TooLong,
    Malformed,
    NotBoth,
}

impl Wrong {
    fn report(self, span: Span, words: &str) -> Diagnostic {
        match self {
            Wrong::BareDays(count) => {
                Diagnostic::new(&codes::BARE_DAYS, span, format!("`{words}` does not say which days are counted"))
                    .help(format!("write `{count} working days` for days on which the calendar is open"))
                    .help(format!("write `{count} calendar days` for days of any kind"))
            }
            Wrong::Fraction => Diagnostic::new(&codes::BAD_LITERAL, span, format!("`{words}` has a fraction"))
                .help("amounts of time are whole: write `1h30m` in place of `1.5h`"),
            Wrong::Order => Diagnostic::new(
                &codes::BAD_LITERAL,
                span,
                format!("`{words}` is not in the order hours, minutes, seconds"),
            )
            .help("write each unit once, the largest first: `1h30m`"),
            Wrong::TooLong => {
                Diagnostic::new(&codes::BAD_LITERAL, span, format!("`{words}` is longer than a hundred years"))
                    .help("write a shorter amount of time")
            }
            Wrong::Malformed => Diagnostic::new(&codes::BAD_LITERAL, span, format!("`{words}` is no amount of time"))
                .help("an amount of time is written like `4h`, `90m`, `8 working hours` or `3 working days`"),
            Wrong::NotBoth => Diagnostic::new(
                &codes::BAD_LITERAL,
                span,
                format!("`{words}` mixes a calendar with a unit it does not have"),
            )
            .help("`calendar` goes with days only; hours are `4h` or `4 working hours`"),
        }
    }
}

/// `1h30m` in seconds.
fn compact_seconds(words: &str) -> Result<i64, Wrong> {
    let mut total: i64 = 0;
    let mut last_unit: i64 = i64::MAX;
    let mut rest: &str = words;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_alphabetic()) {
        let (figure, letter) = (&rest[..at], &rest[at..at + 1]);
        let unit: i64 = match letter {
            "d" => return Err(Wrong::BareDays(figure.to_owned())),
            "h" => 3600,
            "m" => 60,
            _ => 1,
        };
        if figure.contains('.') {
            return Err(Wrong::Fraction);
        }
        if unit >= last_unit {
            return Err(Wrong::Order);
        }
        last_unit = unit;
        let part = figure.parse::<i64>().ok().and_then(|count| count.checked_mul(unit));
        total = part.and_then(|part| total.checked_add(part)).ok_or(Wrong::TooLong)?;
        rest = &rest[at + 1..];
    }
    Ok(total)
}

fn resolve(count: i64, unit: Option<Rule>, is_working: bool, is_calendar: bool) -> Result<Amount, Wrong> {
    let seconds: i64 = match unit {
        None | Some(Rule::kw_seconds) => 1,
        Some(Rule::kw_minutes) => 60,
        Some(Rule::kw_hours) => 3600,
        Some(Rule::kw_days) => 86_400,
        Some(Rule::kw_months) => YEAR_SECONDS / 12,
        _ => YEAR_SECONDS,
    };
    if count.checked_mul(seconds).is_none_or(|total| total > LONGEST_SECONDS) {
        return Err(Wrong::TooLong);
    }
    match (unit, is_working, is_calendar) {
        (Some(Rule::kw_days), true, _) => Ok(Amount { count, unit: Unit::WorkingDays }),
        (Some(Rule::kw_days), _, true) => Ok(Amount { count, unit: Unit::CalendarDays }),
        (Some(Rule::kw_days), false, false) => Err(Wrong::BareDays(count.to_string())),
        (Some(Rule::kw_months), false, _) => Ok(Amount { count, unit: Unit::Months }),
        (Some(Rule::kw_years), false, _) => Ok(Amount { count: count * 12, unit: Unit::Months }),
        (Some(Rule::kw_months | Rule::kw_years), true, _) | (_, _, true) => Err(Wrong::NotBoth),
        (_, true, _) => Ok(Amount { count: count * seconds, unit: Unit::WorkingTime }),
        (_, false, _) => Ok(Amount { count: count * seconds, unit: Unit::Elapsed }),
    }
}
