//! A month or a year as people read a calendar: weeks from Monday, a sign after each day that is not an ordinary one,
//! and the names below.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use chrono::{Datelike, Months, NaiveDate};

use super::days::{Dates, Listed, Look, Period, Sum, listed, sum};
use crate::calendar::{Hours, Plan, format_seconds};
use crate::cli::columns::{Cell, Table, paint, plain};
use crate::cli::outcome::{BOLD, DIM, counted};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The looks that have a sign, and what the legend says of each.
const SIGNS: [(Look, char, &str); 5] = [
    (Look::Closed, '.', "closed"),
    (Look::Holiday, '*', "holiday, closed"),
    (Look::Workday, '+', "make-up day"),
    (Look::Special, '!', "hours of its own"),
    (Look::Break, '~', "open, with a break"),
];

/// Writes a month, or the twelve of a year.
pub(super) fn write(dates: Dates<'_>, period: Period, today: NaiveDate, out: &mut dyn Write) -> io::Result<()> {
    let plan: &Plan = dates.plan;
    let title: String = plan.title.as_deref().map(|title| format!(" {}", plain(title))).unwrap_or_default();
    writeln!(out, "{BOLD}{}{BOLD:#}{title}, {}", plain(&plan.id), plan.zone.name())?;
    let is_month: bool = period.end <= period.first + Months::new(1);
    let mut months: Vec<Vec<Line>> = Vec::new();
    let mut first: NaiveDate = period.first;
    while first < period.end {
        months.push(month(dates, first, today, if is_month { Spacing::Wide } else { Spacing::Narrow }));
        first = first + Months::new(1);
    }
    for beside in months.chunks(3) {
        writeln!(out)?;
        write_beside(beside, out)?;
    }
    writeln!(out)?;
    write_legend(dates, period, today, out)?;
    let listed: Vec<Listed> = listed(dates, period);
    if !listed.is_empty() {
        writeln!(out)?;
        table(&listed).write(out, 0)?;
    }
    writeln!(out)?;
    match (plan.week.iter().all(Vec::is_empty), dates.calendar.is_some()) {
        (true, true) => writeln!(out, "no weekday has hours: it is open only on dates that have hours of their own")?,
        (true, false) => writeln!(out, "no weekday has hours: a calendar that extends this one gives them")?,
        (false, _) => write_week(plan, out)?,
    }
    let Sum { open, closed, seconds } = sum(dates, period);
    writeln!(out, "{} open, {} of working time; {closed} closed", counted(open, "date"), format_seconds(seconds))?;
    match plan.known_until {
        Some(until) if until < period.last() => {
            writeln!(out, "holidays are known until {until}; after it, only weekdays are")
        }
        _ => Ok(()),
    }
}

/// A line with its width in cells.
struct Line {
    shown: String,
    width: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Wide,
    Narrow,
}

impl Spacing {
    /// Cells between two days.
    fn gap(self) -> usize {
        match self {
            Spacing::Wide => 3,
            Spacing::Narrow => 0,
        }
    }
}

fn month(dates: Dates<'_>, first: NaiveDate, today: NaiveDate, spacing: Spacing) -> Vec<Line> {
    let end: NaiveDate = first + Months::new(1);
    let heading = format!("{} {}", MONTHS[first.month0() as usize], first.year());
    let mut lines: Vec<Line> = vec![Line { width: heading.len(), shown: paint(&heading, BOLD) }];
    let mut head = Row::new(spacing);
    for weekday in WEEKDAYS {
        let name: &str = if spacing == Spacing::Wide { weekday } else { &weekday[..2] };
        head.cell(name, DIM);
    }
    lines.push(head.line);
    let mut week = Row::new(spacing);
    for _ in 0..first.weekday().num_days_from_monday() {
        week.cell("", Style::new());
    }
    for date in first.iter_days().take_while(|date| *date < end) {
        if date.weekday().num_days_from_monday() == 0 && date != first {
            lines.push(std::mem::replace(&mut week, Row::new(spacing)).line);
        }
        let look: Look = dates.look(date);
        let sign: char = sign(look).unwrap_or(' ');
        let style: Style = if date == today { style(look).bold().underline() } else { style(look) };
        week.cell(&format!("{:>2}{sign}", date.day()), style);
    }
    lines.push(week.line);
    lines
}

/// The days of a week, one after another.
struct Row {
    spacing: Spacing,
    line: Line,
    /// Where the next day stands.
    column: usize,
}

impl Row {
    fn new(spacing: Spacing) -> Row {
        Row { spacing, line: Line { shown: String::new(), width: 0 }, column: 0 }
    }

    fn cell(&mut self, text: &str, style: Style) {
        let text: &str = text.trim_end();
        if !text.is_empty() {
            self.line.shown.push_str(&" ".repeat(self.column - self.line.width));
            self.line.shown.push_str(&paint(text, style));
            self.line.width = self.column + text.len();
        }
        self.column += 3 + self.spacing.gap();
    }
}

/// Months side by side, three at most.
fn write_beside(months: &[Vec<Line>], out: &mut dyn Write) -> io::Result<()> {
    const WIDTH: usize = 24;
    let height: usize = months.iter().map(Vec::len).max().unwrap_or(0);
    for row in 0..height {
        let mut shown = String::new();
        let mut width: usize = 0;
        for (index, line) in months.iter().map(|month| month.get(row)).enumerate() {
            let Some(line) = line.filter(|line| line.width > 0) else { continue };
            shown.push_str(&" ".repeat((index * WIDTH).saturating_sub(width)));
            shown.push_str(&line.shown);
            width = index * WIDTH + line.width;
        }
        writeln!(out, "{shown}")?;
    }
    Ok(())
}

fn sign(look: Look) -> Option<char> {
    SIGNS.iter().find(|(known, _, _)| *known == look).map(|(_, sign, _)| *sign)
}

fn style(look: Look) -> Style {
    match look {
        Look::Open => Style::new(),
        Look::Closed => DIM,
        Look::Holiday => AnsiColor::Red.on_default(),
        Look::Workday => AnsiColor::Green.on_default(),
        Look::Special | Look::Break => AnsiColor::Cyan.on_default(),
    }
}

/// Only the signs that stand above.
fn write_legend(dates: Dates<'_>, period: Period, today: NaiveDate, out: &mut dyn Write) -> io::Result<()> {
    let seen: Vec<Look> = period.dates().map(|date| dates.look(date)).collect();
    let mut parts: Vec<String> = vec!["no sign: open".to_owned()];
    for (look, sign, meaning) in SIGNS.iter().filter(|(look, _, _)| seen.contains(look)) {
        parts.push(format!("{} {meaning}", paint(&sign.to_string(), style(*look))));
    }
    writeln!(out, "{}", parts.join("   "))?;
    match period.dates().any(|date| date == today) {
        true => writeln!(out, "today is {}, {today}", WEEKDAYS[today.weekday().num_days_from_monday() as usize]),
        false => Ok(()),
    }
}

fn table(listed: &[Listed]) -> Table {
    let mut table = Table::new(&["dates", "", "name", "", "open"]);
    let weekday = |date: NaiveDate| WEEKDAYS[date.weekday().num_days_from_monday() as usize];
    for one in listed {
        let (dates, weekdays) = match one.first == one.last {
            true => (one.first.to_string(), weekday(one.first).to_owned()),
            false => {
                let dates = format!("{} to {}", one.first, one.last.format("%m-%d"));
                (dates, format!("{}-{}", weekday(one.first), weekday(one.last)))
            }
        };
        let what: &str = match one.look {
            Look::Holiday => "holiday",
            Look::Workday if one.has_break => "make-up day, with a break",
            Look::Workday => "make-up day",
            Look::Special if one.has_break => "hours of its own, with a break",
            Look::Special => "hours of its own",
            _ => "break",
        };
        let name = Cell::styled(&one.name, style(one.look));
        table.row(vec![dates.into(), weekdays.into(), name, what.into(), hours(&one.hours).into()]);
    }
    table
}

fn hours(hours: &[Hours]) -> String {
    match hours {
        [] => "closed".to_owned(),
        hours => hours.iter().map(Hours::to_string).collect::<Vec<String>>().join(", "),
    }
}

/// The hours of the week, weekdays in a row with equal ones together.
fn write_week(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for day in 0..7 {
        match groups.last_mut() {
            Some((first, last)) if plan.week[*first] == plan.week[day] => *last = day,
            _ => groups.push((day, day)),
        }
    }
    let names: Vec<String> = groups
        .iter()
        .map(|(first, last)| match first == last {
            true => WEEKDAYS[*first].to_owned(),
            false => format!("{}-{}", WEEKDAYS[*first], WEEKDAYS[*last]),
        })
        .collect();
    let width: usize = names.iter().map(String::len).max().unwrap_or(0);
    for ((first, _), name) in groups.iter().zip(&names) {
        writeln!(out, "{name:<width$}  {}", hours(&plan.week[*first]))?;
    }
    Ok(())
}
