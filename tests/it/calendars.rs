//! Calendars: what ships agrees with the days that were published, what one takes over from another, and what an
//! edition's digest covers.

use crate::support::{Compiled, HEAD, at, calendars, read};
use chrono::{Datelike, NaiveDate};
use rulebook::calendar::{Calendar, DayEnd, DayKind, parse_date};
use rulebook::check_calendars;
use rulebook::source::load::{Tests, load};
use rulebook::source::{SourceFile, Sources};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The calendar `office` of these files.
fn office(files: &[(&str, &str)]) -> Arc<Calendar> {
    let compiled = beside(files);
    assert!(compiled.diagnostics().is_empty(), "{}", compiled.shown());
    compiled.compilation.edition.unwrap().handbook().calendar.clone().unwrap()
}

/// A handbook that names the calendar `office`, beside these files.
fn beside(files: &[(&str, &str)]) -> Compiled {
    let handbook = HEAD.replace("\n---\n\n", "\ncalendar: office\n---\n\n");
    let files: Vec<(String, String)> =
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Compiled::with(&handbook, None, &files)
}

fn date(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

/// Why a date is open or closed, and its hours in minutes.
fn day(calendar: &Calendar, text: &str) -> String {
    let day = calendar.plan().day(date(text));
    let hours: Vec<String> =
        day.hours.iter().map(|hours| format!("{}-{}", hours.from / 60, hours.until / 60)).collect();
    let kind = match day.kind {
        DayKind::Holiday(name) | DayKind::Workday(name) => name.to_owned(),
        other => format!("{other:?}"),
    };
    format!("{kind} {}", hours.join(",")).trim_end().to_owned()
}

#[test]
fn what_ships_agrees_with_every_day_that_was_published() {
    let text = read(&at("policies/ecommerce-2025.handbook.md"));
    let compiled = Compiled::with(&text, None, &calendars(&at("policies/calendars")));
    let edition = compiled.compilation.edition.as_ref().unwrap();
    let office = edition.handbook().calendar.as_ref().unwrap();
    assert_eq!((office.plan().id.as_str(), office.plan().zone.name()), ("cn-office", "Asia/Shanghai"));
    assert_eq!(office.plan().known_until, Some(date("2026-12-31")));
    let table = read(&at("tests/fixtures/cn-days/days.csv"));
    let listed: BTreeMap<NaiveDate, &str> =
        table.lines().skip(1).map(|line| (date(&line[..10]), line[11..].split(',').next().unwrap())).collect();
    assert_eq!(listed.len(), 108);
    let mut worked: BTreeMap<i32, u32> = BTreeMap::new();
    for day in date("2024-01-01").iter_days().take_while(|day| day.year() < 2027) {
        let is_worked = match listed.get(&day) {
            Some(kind) => *kind == "workday",
            None => day.weekday().num_days_from_monday() < 5,
        };
        assert_eq!(office.is_open_on(day), is_worked, "{day}");
        let kind = office.plan().day(day).kind;
        assert_eq!(matches!(kind, DayKind::Holiday(_)), listed.get(&day) == Some(&"holiday"), "{day}");
        *worked.entry(day.year()).or_default() += u32::from(is_worked);
    }
    assert_eq!(worked, BTreeMap::from([(2024, 251), (2025, 248), (2026, 248)]));
}

#[test]
fn the_fixtures_use_what_ships() {
    assert_eq!(calendars(&at("tests/fixtures/calendars")), calendars(&at("policies/calendars")));
}

#[test]
fn what_a_calendar_says_of_a_date_replaces_what_it_takes_over() {
    let base = "calendar: base\nhours:\n  mon: [\"09:00-17:00\"]\nholidays:\n  - {from: 2025-10-01, to: 2025-10-03, name: 国庆节}\nworkdays:\n  - {date: 2025-10-11, name: 国庆调休}\n  - {date: 2025-10-12, name: 国庆调休, hours: [\"10:00-11:00\"]}\nspecial_hours:\n  2025-12-31: [\"09:00-12:00\"]\nbreaks:\n  2025-11-03: [\"10:00-11:00\"]\n  2025-11-10: [\"10:00-11:00\"]\nknown_until: 2025-12-31\n";
    let own = "calendar: office\nextends: base\nholidays:\n  - {date: 2025-10-11, name: 年会}\n  - {date: 2025-12-31, name: 盘点}\nspecial_hours:\n  2025-10-02: [\"09:00-10:00\"]\nbreaks:\n  2025-11-10: [\"12:00-13:00\"]\n";
    let calendar = office(&[("base.yml", base), ("office.yaml", own)]);
    assert_eq!(day(&calendar, "2025-10-01"), "国庆节");
    assert_eq!(day(&calendar, "2025-10-02"), "Special 540-600");
    assert_eq!(day(&calendar, "2025-10-11"), "年会");
    assert_eq!(day(&calendar, "2025-10-12"), "国庆调休 600-660");
    assert_eq!(day(&calendar, "2025-12-31"), "盘点");
    assert_eq!(day(&calendar, "2025-11-03"), "Weekday 540-600,660-1020");
    assert_eq!(day(&calendar, "2025-11-10"), "Weekday 540-720,780-1020");
    // Without a zone in the chain it is the handbook's.
    assert_eq!(calendar.plan().zone.name(), "Asia/Shanghai");
    assert_eq!(calendar.plan().known_until, Some(date("2025-12-31")));
}

#[test]
fn hours_of_its_own_replace_the_week_as_a_whole() {
    let base = "calendar: base\ntime_zone: Asia/Tokyo\nhours:\n  mon: [\"09:00-17:00\"]\n  tue: [\"09:00-17:00\"]\n";
    let own =
        "calendar: office\nextends: base\nhours:\n  sat: [\"22:00-06:00\"]\nbreaks:\n  2025-03-08: [\"02:00-03:00\"]\n";
    let calendar = office(&[("a.yaml", base), ("b.yaml", own)]);
    assert_eq!(day(&calendar, "2025-03-03"), "Weekend");
    assert_eq!(day(&calendar, "2025-03-08"), "Weekday 1320-1560,1620-1800");
    assert_eq!(calendar.plan().zone.name(), "Asia/Tokyo");
}

#[test]
fn only_what_a_handbook_rests_on_is_reported_with_it() {
    let good = "calendar: office\nhours:\n  mon: [\"09:00-17:00\"]\n";
    let bad = "calendar: other\nhours:\n  mon: [\"25:00-17:00\"]\n";
    office(&[("office.yaml", good), ("other.yaml", bad)]);
    // Whose id cannot be read may be the one that is named.
    assert_eq!(beside(&[("broken.yaml", "calendar: [office")]).codes(), ["E1001"]);
    assert_eq!(beside(&[("broken.yaml", "calendar: office\nhours: {mon: [\n")]).codes(), ["E1001"]);
    assert_eq!(beside(&[("other.yaml", bad)]).codes(), ["L1001"]);
    assert_eq!(beside(&[]).codes(), ["L1001"]);
    assert_eq!(beside(&[("office.yaml", "calendar: &id office\n")]).codes(), ["E0109"]);
    assert_eq!(beside(&[("office.yaml", ""), ("b.yaml", "[]")]).codes(), ["E1003", "E1001"]);
}

#[test]
fn the_front_matter_says_when_a_limit_in_days_ends() {
    let with = |line: &str| Compiled::of(&HEAD.replace("\n---\n\n", &format!("\n{line}\n---\n\n")), None);
    for (line, expected) in [
        ("locale: zh-CN", DayEnd::Close),
        ("days_end: close", DayEnd::Close),
        ("days_end: same time of day", DayEnd::SameTimeOfDay),
    ] {
        let compiled = with(line);
        assert_eq!(compiled.compilation.edition.as_ref().unwrap().handbook().meta.day_end, expected, "{line}");
    }
    let wrong = with("days_end: midnight");
    assert_eq!(wrong.codes(), ["E0102"]);
    assert!(wrong.shown().contains("`days_end: same time of day`"), "{}", wrong.shown());
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_digest_covers_every_file_an_edition_rests_on() {
    let base = "calendar: base\nhours:\n  mon: [\"09:00-17:00\"]\n";
    let own = "calendar: office\nextends: base\n";
    let compiled = beside(&[("b.yaml", base), ("o.yaml", own), ("unused.yaml", "calendar: unused\n")]);
    let handbook = HEAD.replace("\n---\n\n", "\ncalendar: office\n---\n\n");
    let list =
        format!("{}  handbook\n{}  calendar:base\n{}  calendar:office\n", sha256(&handbook), sha256(base), sha256(own));
    assert_eq!(compiled.compilation.edition.unwrap().digest(), format!("sha256:{}", sha256(&list)));
    let alone = Compiled::of(HEAD, None);
    assert_eq!(alone.compilation.edition.unwrap().digest(), format!("sha256:{}", sha256(HEAD)));
}

#[test]
fn a_folder_of_calendars_is_read_once_for_all_handbooks_beside_it() {
    let loaded = load(&[at("policies"), at("policies/ecommerce-2025.handbook.md")], Tests::Read);
    assert_eq!(loaded.calendars.len(), 1);
    let names: Vec<&str> = loaded.calendars[0].files.iter().map(|file| file.name.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["cn-office.yaml", "cn-statutory.yaml"]);
}

/// What damage puts in the place of a character.
const DAMAGE: &[&str] =
    &["", "\n", " ", "\t", ":", "-", "[", "]", "{", "}", "\"", "#", "&", "9", "：", "\u{202e}", "\r\n"];

#[test]
fn damaged_calendars_are_reported_in_their_own_text_and_nothing_panics() {
    let text = "calendar: a\nextends: b\ntime_zone: Asia/Shanghai\nhours:\n  mon: [\"09:00-12:00\", \"22:00-06:00\"]\nholidays:\n  - {from: 2025-10-01, to: 2025-10-08, name: 国庆}\nworkdays:\n  - {date: 2025-10-11, name: 调休, hours: [\"09:00-18:00\"]}\nspecial_hours: {2025-12-31: [\"09:00-12:00\"]}\nbreaks:\n  2025-11-03: [\"10:00-11:00\"]\nknown_until: 2026-12-31\n";
    let base = "calendar: b\nextends: c\n";
    let mut texts: Vec<String> = Vec::new();
    for (at, letter) in text.char_indices() {
        texts.push(text[..at].to_owned());
        for damage in DAMAGE {
            texts.push(format!("{}{damage}{}", &text[..at], &text[at + letter.len_utf8()..]));
        }
    }
    for damaged in texts {
        let mut sources = Sources::default();
        let files = [damaged.as_str(), base, "calendar: c\n"].map(|text| sources.add(SourceFile::new("x.yaml", text)));
        for finding in check_calendars(&sources, &files) {
            let labels = finding.labels.iter().map(|label| label.span);
            for span in labels.chain([finding.span]) {
                assert!(sources.file(span.file).text.get(span.range()).is_some(), "{span:?} of {damaged:?}");
            }
        }
    }
}
