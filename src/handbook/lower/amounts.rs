//! Amounts of time, and what they need: a calendar for working time, hours and days.

use super::Lowering;
use crate::calendar::{Amount, Calendar, Plan, Unit};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use crate::syntax::tree::AmountLiteral;
use std::sync::Arc;

impl Lowering<'_> {
    /// A limit of a clock, which is longer than nothing.
    pub fn limit(&mut self, literal: &AmountLiteral) -> Option<Amount> {
        let amount: Amount = self.amount(literal)?;
        if amount.count == 0 {
            let words = self.sources.text(literal.span).to_owned();
            self.push(
                Diagnostic::new(&codes::BAD_LITERAL, literal.span, format!("a limit of `{words}` is missed at once"))
                    .help("write a limit longer than nothing"),
            );
            return None;
        }
        Some(amount)
    }

    /// An amount of time. Working time and working days need a calendar; other days do without one, and then no day is
    /// closed.
    pub fn amount(&mut self, literal: &AmountLiteral) -> Option<Amount> {
        let amount: Amount = literal.amount?;
        match amount.unit {
            Unit::Elapsed => {}
            Unit::WorkingTime | Unit::WorkingDays => {
                let words = self.sources.text(literal.span).to_owned();
                self.needs_calendar(literal.span, &words);
            }
            Unit::CalendarDays | Unit::Months => {
                if self.calendar.is_none() && self.days.is_none() {
                    self.days = Calendar::new(Plan::always(self.zone)).map(Arc::new);
                }
                first(&mut self.days_at, literal.span);
            }
        }
        Some(amount)
    }

    /// Notes what cannot be counted without a calendar.
    pub fn needs_calendar(&mut self, place: Span, words: &str) {
        if first(&mut self.calendar_needed_at, place) {
            self.calendar_needed_for = words.to_owned();
        }
    }

    /// Reports, once for a handbook and at the first place that asks for it, that there is no calendar to count on.
    pub fn report_calendar(&mut self) {
        if self.calendar.is_some() {
            return;
        }
        let words = self.calendar_needed_for.clone();
        match (self.calendar_needed_at, self.calendar_name.clone()) {
            (Some(place), None) => {
                let message = format!("`{words}` needs a calendar, and this handbook names none");
                let help = "add a line such as `calendar: cn-office` to the front matter; the calendar stands in `calendars/cn-office.yaml`";
                self.push(Diagnostic::new(&codes::NEEDS_CALENDAR, place, message).help(help));
            }
            // That the calendar is not there has been said as advice; now that something needs it, it is an error. A
            // calendar that is there and has errors has been reported with them.
            (Some(place), Some(name)) => {
                let missing = self.diagnostics.iter().position(|known| known.code == &codes::UNKNOWN_CALENDAR);
                let Some(missing) = missing.map(|index| self.diagnostics.remove(index)) else { return };
                let message = format!("`{words}` needs the calendar `{name}`, and there is none");
                let mut diagnostic =
                    Diagnostic::new(&codes::NEEDS_CALENDAR, place, message).label(missing.span, "it is named here");
                diagnostic.help = missing.help;
                self.push(diagnostic);
            }
            // One that is named and missing has been reported.
            (None, Some(_)) => {}
            (None, None) => self.report_days(),
        }
    }

    /// Days of any kind without a calendar: they end at midnight, and none of them is a holiday.
    fn report_days(&mut self) {
        let Some(place) = self.days_at else { return };
        let words = self.sources.text(place).to_owned();
        let message = format!("`{words}` may end on a weekend or a holiday, since this handbook names no calendar");
        let help = "add a line such as `calendar: cn-office` to the front matter; a last day that is closed then moves to the next open one";
        self.push(Diagnostic::new(&codes::DAYS_WITHOUT_CALENDAR, place, message).help(help));
    }
}

/// Keeps the first of several places; gives whether this is the first so far.
fn first(kept: &mut Option<Span>, place: Span) -> bool {
    let is_first = kept.is_none_or(|kept| (place.file, place.start) < (kept.file, kept.start));
    if is_first {
        *kept = Some(place);
    }
    is_first
}
