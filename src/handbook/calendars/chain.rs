//! What a calendar says together with those it extends.
//!
//! A chain is the calendar that was asked for, then the one it extends, and so on. Each says what it says of a date
//! instead of the ones after it.

use super::file::{CalendarFile, Said};
use crate::calendar::{Hours, Plan, Workday, Zone, placed};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The chain as one calendar. `zone` is that of a chain which names none.
pub fn merged(chain: &[&CalendarFile], zone: Zone) -> Plan {
    let first = |found: fn(&CalendarFile) -> Option<NaiveDate>| chain.iter().find_map(|file| found(file));
    let mut plan = Plan {
        id: chain.iter().find_map(|file| file.id.as_ref()).map(|id| id.text.clone()).unwrap_or_default(),
        title: chain.first().and_then(|file| file.title.clone()),
        zone: chain.iter().find_map(|file| file.zone).unwrap_or(zone),
        week: chain.iter().find_map(|file| file.week.clone()).unwrap_or_default(),
        holidays: BTreeMap::new(),
        workdays: BTreeMap::new(),
        special_hours: BTreeMap::new(),
        breaks: BTreeMap::new(),
        known_until: first(|file| file.known_until),
    };
    for file in chain.iter().rev() {
        let dates = file.holidays.keys().chain(file.workdays.keys()).chain(file.special_hours.keys());
        for date in dates {
            plan.holidays.remove(date);
            plan.workdays.remove(date);
            plan.special_hours.remove(date);
        }
        plan.holidays.extend(file.holidays.iter().map(|(date, said)| (*date, said.what.clone())));
        plan.workdays.extend(file.workdays.iter().map(|(date, said)| (*date, said.what.clone())));
        plan.special_hours.extend(file.special_hours.iter().map(|(date, hours)| (*date, hours.clone())));
        let breaks = file.breaks.iter().map(|(date, cuts)| (*date, cuts.iter().map(|cut| cut.what).collect()));
        plan.breaks.extend::<BTreeMap<NaiveDate, Vec<Hours>>>(breaks.collect());
    }
    plan
}

/// Whether any of the chain says which hours a week has. One without is there to be extended.
pub fn has_week(chain: &[&CalendarFile]) -> bool {
    chain.iter().any(|file| file.week.is_some())
}

/// What only the whole chain can show.
pub fn check(chain: &[&CalendarFile], plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    workdays_without_hours(chain, plan, diagnostics);
    breaks_that_cut_nothing(chain, plan, diagnostics);
}

/// Make-up days that take the hours of a Monday which has none: one finding for all of them.
fn workdays_without_hours(chain: &[&CalendarFile], plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    if !plan.week[0].is_empty() {
        return;
    }
    let takes_monday = |date: &NaiveDate| {
        plan.workdays.get(date).is_some_and(|day| day.hours.is_none()) && !plan.special_hours.contains_key(date)
    };
    let without: Vec<&NaiveDate> = plan.workdays.keys().filter(|date| takes_monday(date)).collect();
    let Some(date) = without.first() else { return };
    let Some(said) = chain.iter().find_map(|file: &&CalendarFile| file.workdays.get(date)) else { return };
    let Said::<Workday> { what, span } = said;
    let others: String = match without.len() {
        1 => String::new(),
        2 => "; another day is like it".to_owned(),
        several => format!("; {} more days are like it", several - 1),
    };
    diagnostics.push(
        Diagnostic::new(
            &codes::WORKDAY_WITHOUT_HOURS,
            *span,
            format!("`{}` on {date} has no hours, and neither has a Monday of `{}`{others}", what.name, plan.id),
        )
        .help("add `hours: [\"09:00-18:00\"]` to it, or give Mondays hours"),
    );
}

/// Breaks of the calendar itself; those it takes over may be meant for others.
fn breaks_that_cut_nothing(chain: &[&CalendarFile], plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    for (date, cuts) in chain.first().into_iter().flat_map(|file| &file.breaks) {
        let whole: &[Hours] = plan.day(*date).whole;
        for Said { what, span } in cuts {
            let cut: Hours = placed(*what, whole);
            if whole.iter().any(|hours| cut.from < hours.until && hours.from < cut.until) {
                continue;
            }
            let help = match whole {
                [] => format!("{date} is closed anyhow; look for a slip in the date"),
                hours => {
                    format!("{date} is open {}", hours.iter().map(Hours::to_string).collect::<Vec<_>>().join(", "))
                }
            };
            let message = format!("this break cuts nothing out of the hours of {date}");
            diagnostics.push(Diagnostic::new(&codes::BREAK_CUTS_NOTHING, *span, message).help(help));
        }
    }
}

/// The place of a calendar's id, or of its file's beginning.
pub fn id_place(file: &CalendarFile) -> Span {
    file.id.as_ref().map_or(Span::new(file.file, 0..0), |id| id.span)
}
