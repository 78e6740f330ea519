//! `rulebook calendar` as it is typed: months, counting, iCalendar files; and `rulebook check` of calendars.

use super::{Directory, err, out, rulebook};
use crate::support::at;
use serde_json::Value;
use std::path::Path;

fn office(arguments: &[&str]) -> std::process::Output {
    let file = at("policies/calendars/cn-office.yaml");
    let mut all: Vec<&str> = vec!["calendar", file.to_str().unwrap()];
    all.extend(arguments);
    rulebook(&all, "")
}

/// That a run ends so, with nothing on standard output and this on standard error.
#[track_caller]
fn refused(output: &std::process::Output, status: i32, message: &str) {
    assert_eq!((output.status.code(), out(output).as_str()), (Some(status), ""), "{}", err(output));
    assert!(err(output).contains(message), "{}", err(output));
}

#[test]
fn a_year_has_its_months_and_names() {
    let year = office(&["--year", "2024"]);
    assert_eq!(year.status.code(), Some(0), "{}", err(&year));
    let text = out(&year);
    for line in [
        "April 2024              May 2024                June 2024",
        " 1  2  3  4* 5* 6* 7+          1* 2* 3* 4* 5*                   1. 2.",
        "2024-02-10 to 02-17  Sat-Sat  春节        holiday      closed",
        "2024-05-11           Sat      劳动节调休  make-up day  09:00-12:00, 13:30-18:00",
        "251 dates open, 1882h30m of working time; 115 closed",
    ] {
        assert!(text.lines().any(|shown| shown == line), "no line `{line}` in\n{text}");
    }
    assert_eq!(office(&[]).status.code(), Some(0));
    assert!(out(&office(&["--month", "2027-01"])).contains("holidays are known until 2026-12-31"));
}

#[test]
fn a_month_is_data_too() {
    let month: Value = serde_json::from_str(&out(&office(&["--month", "2025-10", "--format", "json"]))).unwrap();
    assert_eq!((&month["open_dates"], &month["open_s"]), (&18.into(), &(135 * 3600).into()));
    assert_eq!(month["days"][10]["is"], "workday");
    assert_eq!(month["days"][10]["name"], "国庆调休");
    assert_eq!(month["days"][10]["hours"][1], "13:30-18:00");
    assert_eq!(month["days"].as_array().unwrap().len(), 31);
}

#[test]
fn special_hours_breaks_and_nights_are_told_apart() {
    let directory = Directory::new();
    let text = "calendar: night\nhours:\n  mon: [\"22:00-06:00\"]\nspecial_hours:\n  2025-03-05: [\"09:00-10:00\"]\nbreaks:\n  2025-03-10: [\"02:00-03:00\"]\n";
    let file = directory.write("calendars/night.yaml", text);
    let month = out(&rulebook(&["calendar", file.to_str().unwrap(), "--month", "2025-03"], ""));
    for part in [
        " 3     4.    5!",
        "10~",
        "! hours of its own   ~ open, with a break",
        "2025-03-05  Wed  hours of its own  09:00-10:00",
        "2025-03-10  Mon  break             22:00-02:00, 03:00-06:00 next day",
        "Mon      22:00-06:00\nTue-Sun  closed\n",
        // Five Mondays, the last of which goes on into April, less an hour, and one hour more.
        "6 dates open, 34h of working time; 25 closed",
    ] {
        assert!(month.contains(part), "no `{part}` in\n{month}");
    }
}

#[test]
fn counting_is_that_of_deadlines() {
    let counted = |arguments: &[&str]| -> Value {
        let mut all = arguments.to_vec();
        all.extend(["--format", "json"]);
        let output = office(&all);
        serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}", err(&output)))
    };
    for (amount, end) in [
        ("8 working hours", "2025-10-09T17:50:00+08:00"),
        ("3 working days", "2025-10-11T18:00:00+08:00"),
        ("3 calendar days", "2025-10-09T18:00:00+08:00"),
        ("24h", "2025-10-01T17:20:00+08:00"),
    ] {
        assert_eq!(counted(&["--from", "2025-09-30T17:20", "--add", amount])["to"], end, "{amount}");
    }
    let between = counted(&["--from", "2025-09-30T17:20", "--to", "2025-10-09T18:00"]);
    assert_eq!((&between["working_days"], &between["calendar_days"]), (&1.into(), &9.into()));
    assert_eq!((&between["working_s"], &between["provisional"]), (&29_400.into(), &false.into()));
    let late = counted(&["--from", "2026-12-31T17:20", "--add", "2 working days"]);
    assert_eq!((&late["to"], &late["provisional"]), (&"2027-01-04T18:00:00+08:00".into(), &true.into()));
}

#[test]
fn what_cannot_be_shown_or_counted_says_what_next() {
    refused(&office(&["--month", "2025-13"]), 2, "write the year and the month, such as `2025-10`");
    refused(&office(&["--month", "2025-10", "--year", "2025"]), 2, "cannot be used with");
    refused(&office(&["--from", "2025-10-01"]), 2, "--add <AMOUNT>|--to <INSTANT>");
    refused(&office(&["--add", "1h"]), 2, "--from");
    refused(&office(&["--from", "yesterday", "--add", "1h"]), 2, "it is read in Asia/Shanghai");
    refused(&office(&["--from", "2025-10-01", "--add", "-1h"]), 2, "`-1h` is no amount of time");
    refused(&office(&["--from", "2025-10-01", "--add", "3 days"]), 2, "write `3 working days`");
    refused(&office(&["--from", "2025-10-02", "--to", "2025-10-01"]), 2, "give the earlier instant to --from");
    let base = at("policies/calendars/cn-statutory.yaml");
    let base = base.to_str().unwrap();
    refused(&rulebook(&["calendar", base, "--from", "2025-10-01", "--add", "1 working day"], ""), 2, "never open");
    assert!(out(&rulebook(&["calendar", base, "--month", "2025-10"], "")).contains("no weekday has hours"));
    refused(&rulebook(&["calendar", "none.yaml"], ""), 2, "`none.yaml` does not exist");
    refused(&rulebook(&["calendar"], ""), 2, "<PATH>");
    let directory = Directory::new();
    let broken = directory.write("broken.yaml", "calendar: a\nhours: {mon: [\"9-5\"]}\n");
    refused(&rulebook(&["calendar", broken.to_str().unwrap()], ""), 1, "error[E1004]");
}

#[test]
fn the_ends_of_time_are_told() {
    let directory = Directory::new();
    let file = directory.write("w.yaml", "calendar: w\ntime_zone: Asia/Shanghai\nhours: {mon: [\"09:00-18:00\"]}\n");
    let count = |more: &[&str]| rulebook(&[&["calendar", file.to_str().unwrap()], more].concat(), "");
    let ends = "lies between 0001-01-02 and 9999-12-30";
    refused(&count(&["--from", "0001-01-01", "--add", "1h"]), 2, ends);
    refused(&count(&["--from", "2025-01-01", "--to", "9999-12-31T12:00Z"]), 2, ends);
    for amount in ["48h", "3 working days", "30 calendar days", "12 months", "100h working"] {
        let past = "lies past 9999-12-30, where instants end";
        refused(&count(&["--from", "9999-12-30", "--add", amount]), 2, past);
    }
    let last = count(&["--from", "9999-12-30", "--add", "1h"]);
    assert!(out(&last).contains("9999-12-30 01:00:00+08:00"), "{}{}", out(&last), err(&last));
}

#[test]
fn hours_that_the_clocks_skip_open_no_date() {
    let directory = Directory::new();
    let text = "calendar: w\ntime_zone: America/New_York\nhours: {sun: [\"02:00-03:00\"]}\n";
    let file = directory.write("w.yaml", text);
    let month = out(&rulebook(&["calendar", file.to_str().unwrap(), "--month", "2025-03"], ""));
    assert!(month.contains("4 dates open, 4h of working time; 27 closed"), "{month}");
    assert!(month.contains("  9.\n") || month.contains(" 9.\n"), "{month}");
    let apia = "calendar: apia\ntime_zone: Pacific/Apia\nhours: {fri: [\"09:00-10:00\"]}\n";
    let file = directory.write("apia.yaml", apia);
    let month = rulebook(&["calendar", file.to_str().unwrap(), "--month", "2011-12", "--format", "json"], "");
    let month: serde_json::Value = serde_json::from_slice(&month.stdout).unwrap();
    assert_eq!((&month["open_dates"], &month["open_s"]), (&4.into(), &14_400.into()));
    assert_eq!((&month["days"][29]["is"], month["days"][29]["hours"].as_array().unwrap().len()), (&"closed".into(), 0));
}

#[test]
fn what_a_calendar_does_not_say_is_told() {
    let directory = Directory::new();
    let one = "calendar: one\nspecial_hours: {2025-06-02: [\"09:00-10:00\"]}\n";
    let file = directory.write("calendars/one.yaml", one);
    let file = file.to_str().unwrap();
    let month = rulebook(&["calendar", file, "--month", "2025-06"], "");
    assert!(out(&month).contains("no weekday has hours: it is open only on dates"), "{}", out(&month));
    assert_eq!(err(&month), "note: `one` names no time zone: it is read in UTC here, and in its own by a handbook\n");
    let checked = rulebook(&["check", file], "");
    refused(&checked, 2, &format!("this is a calendar: `rulebook calendar {file}` shows it"));
    let folder = directory.write("calendars/w.yaml/x", "");
    directory.write("a.handbook.md", &handbook("a").replace("calendar: office\n", ""));
    let checked = rulebook(&["check", directory.path().to_str().unwrap()], "");
    let folder = folder.parent().unwrap().display().to_string();
    refused(&checked, 2, &format!("`{folder}` is a directory where a calendar's file should be"));
}

fn import(directory: &Directory, text: &str, more: &[&str]) -> std::process::Output {
    let file = directory.write("holidays.ics", text);
    let mut all: Vec<&str> = vec!["calendar", "--import", file.to_str().unwrap()];
    all.extend(more);
    rulebook(&all, "")
}

#[test]
fn an_icalendar_file_becomes_the_lists_of_a_calendar() {
    let directory = Directory::new();
    let event = |lines: &str| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.replace('\n', "\r\n"));
    let events: String = [
        "DTSTART;VALUE=DATE:20251002\nSUMMARY:国庆节",
        "DTSTART;VALUE=DATE:20251001\nSUMMARY:国庆节",
        "DTSTART;VALUE=DATE:20251011\nDTEND;VALUE=DATE:20251012\nSUMMARY:国庆节（班）",
        "DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY;COUNT=7\nSUMMARY:New Year: \\\"off\\\"",
        "DTSTART:20251103T090000\nSUMMARY:会议",
    ]
    .map(event)
    .concat();
    let output = import(
        &directory,
        &format!("BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n"),
        &["--since", "2025-01-01", "--until", "2026-12-31"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("\nworkdays: 1 (国庆节（班）)\n"), "{}", err(&output));
    assert!(err(&output).contains("yearly events come 5 times before 2025-01-01"), "{}", err(&output));
    assert!(err(&output).contains("holidays.ics:21: `20251103T090000` is no date"), "{}", err(&output));
    let lists = out(&output);
    assert!(lists.contains("  - {from: 2025-10-01, to: 2025-10-02, name: 国庆节}\n"), "{lists}");
    assert!(lists.contains("workdays:\n  - {date: 2025-10-11, name: 国庆节（班）}\n"), "{lists}");
    // What is written is what a calendar reads.
    let text = format!("calendar: read\nhours: {{mon: [\"09:00-18:00\"]}}\n{lists}");
    let file = directory.write("calendars/read.yaml", &text);
    let month = rulebook(&["calendar", file.to_str().unwrap(), "--month", "2025-10"], "");
    assert!(out(&month).contains("国庆节（班）  make-up day"), "{}{}", out(&month), err(&month));
}

#[test]
fn what_is_no_icalendar_file_is_refused() {
    let directory = Directory::new();
    refused(&import(&directory, "date,name\n", &[]), 2, "is no iCalendar file");
    refused(&import(&directory, "BEGIN:VCALENDAR\nEND:VCALENDAR\n", &[]), 2, "holds no event of whole days");
    refused(&rulebook(&["calendar", "--import", "none.ics"], ""), 2, "`none.ics` does not exist");
    let here = directory.path().to_str().unwrap();
    refused(&rulebook(&["calendar", "--import", here], ""), 2, "is a directory, and an iCalendar file is wanted here");
    let backward = ["--since", "2025-01-01", "--until", "2024-12-31"];
    refused(&import(&directory, "", &backward), 2, "--until 2024-12-31 lies before --since 2025-01-01");
    refused(&import(&directory, "", &["--until", "2000-12-31"]), 2, "give --since an earlier date");
}

#[test]
fn an_icalendar_file_is_read_from_standard_input() {
    let event = "BEGIN:VEVENT\nDTSTART:20251001\nSUMMARY:国庆节 不上班\nEND:VEVENT\n";
    let output = rulebook(&["calendar", "--import", "-"], &format!("BEGIN:VCALENDAR\n{event}END:VCALENDAR\n"));
    assert_eq!(out(&output), "holidays:\n  - {date: 2025-10-01, name: 国庆节 不上班}\n");
    assert_eq!(err(&output), "holidays: 1 (国庆节 不上班)\n");
}

fn handbook(id: &str) -> String {
    format!("---\nhandbook: {id}\ntitle: T\nedition: \"1\"\nin_force: 2025-01-01\ncalendar: office\n---\n\n## 1 A\n")
}

#[test]
fn a_mistake_in_a_calendar_is_found_once_whoever_uses_it() {
    let directory = Directory::new();
    directory.write("a.handbook.md", &handbook("a"));
    directory.write("b.handbook.md", &handbook("b"));
    directory.write("calendars/office.yaml", "calendar: office\nhours: {mon: [\"9-5\"]}\n");
    directory.write("calendars/unused.yaml", "calendar: unused\nextends: none\n");
    let check = |path: &Path| rulebook(&["check", path.to_str().unwrap(), "--format", "json"], "");
    let output = check(directory.path());
    let report: Value = serde_json::from_str(&out(&output)).unwrap();
    let found: Vec<&str> =
        report["diagnostics"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    assert_eq!((output.status.code(), found), (Some(1), vec!["E1004", "E1008"]));
    // Who asks for one handbook does not ask about what it does not use.
    let one: Value = serde_json::from_str(&out(&check(&directory.path().join("a.handbook.md")))).unwrap();
    assert_eq!(one["summary"]["errors"], 1, "{one}");
    directory.write("calendars/unused.yaml", "calendar: unused\n");
    directory.write("calendars/office.yaml", "calendar: office\nhours: {mon: [\"09:00-17:00\"]}\n");
    assert_eq!(check(directory.path()).status.code(), Some(0));
    std::fs::write(directory.path().join("calendars/bad.yaml"), b"\xff").unwrap();
    let output = check(directory.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("bad.yaml` is not UTF-8"), "{}", err(&output));
}
