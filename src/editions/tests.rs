use chrono::{Days, NaiveDate};

use super::*;
use crate::source::{FileId, SourceFile, Sources};

/// An edition of a handbook with one fact; its dates as the front matter has them, with a zone.
fn edition(name: &str, in_force: &str, until: Option<&str>, zone: &str) -> Edition {
    let until: String = until.map(|until| format!("until: {until}\n")).unwrap_or_default();
    let text = format!(
        "---\nhandbook: shop\ntitle: Shop\nedition: \"{name}\"\nin_force: {in_force}\n{until}time_zone: {zone}\n---\n\n\
         ## 1 Rules\n\n```rules\nfact only_{name} \"x\" text\nrecord intake\n  must have only_{name}\n```\n"
    );
    let mut sources = Sources::default();
    let file: FileId = sources.add(SourceFile::new(format!("{name}.handbook.md"), text));
    let compilation = crate::compile(&sources, file, None, &[]);
    compilation.edition.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics))
}

/// Editions in UTC of these names and dates.
fn editions(dates: &[(&str, &str, Option<&str>)]) -> Editions<Edition> {
    Editions::new(dates.iter().map(|(name, from, until)| edition(name, from, *until, "UTC")).collect()).unwrap()
}

fn noon(date: NaiveDate) -> Instant {
    Zone::UTC.start_of(date).plus(12 * 3600)
}

fn judge(editions: &Editions<Edition>, opened: &str) -> String {
    let ticket = format!(r#"{{"id":"T-1","opened_at":"{opened}"}}"#);
    match editions.read(ticket.as_bytes()) {
        Ok((edition, _)) => edition.edition().to_owned(),
        Err(Unjudged::NotInForce(why)) => why.to_string(),
        Err(Unjudged::Refused(refusal)) => format!("{:?}", refusal.violations),
    }
}

#[test]
fn there_is_always_one() {
    assert!(Editions::<Edition>::new(Vec::new()).is_none());
    let one = editions(&[("a", "2024-01-01", None)]);
    assert_eq!(one.only().map(Edition::edition), Some("a"));
    assert!(editions(&[("b", "2025-01-01", None), ("a", "2024-01-01", None)]).only().is_none());
}

#[test]
fn the_first_and_the_last_date_both_belong_to_an_edition() {
    let two = editions(&[("b", "2025-01-01", None), ("a", "2024-01-01", Some("2024-12-30"))]);
    assert_eq!(judge(&two, "2024-01-01T00:00:00Z"), "a");
    assert_eq!(judge(&two, "2024-12-30T23:59:59Z"), "a");
    assert_eq!(judge(&two, "2025-01-01T00:00:00Z"), "b");
    let all = "edition `a` judges from 2024-01-01 to 2024-12-30, edition `b` judges from 2025-01-01 on";
    assert_eq!(
        judge(&two, "2024-12-31T00:00:00Z"),
        format!(
            "no edition was in force when the ticket was opened, 2024-12-31T00:00:00+00:00: {all}; none judges on 2024-12-31"
        )
    );
    assert!(judge(&two, "2023-12-31T23:59:59Z").ends_with("; none judges up to 2023-12-31"));
    let closed = editions(&[("a", "2024-01-01", Some("2024-06-30")), ("b", "2025-01-01", Some("2025-12-31"))]);
    assert!(judge(&closed, "2024-09-01T00:00").ends_with("; none judges from 2024-07-01 to 2024-12-31"));
    assert!(judge(&closed, "2026-09-01T00:00").ends_with("; none judges from 2026-01-01 on"));
}

/// The obvious way: of all that are in force on the date, the one with the latest beginning.
#[test]
fn of_those_in_force_the_latest_judges() {
    let dates: [(&str, &str, Option<&str>); 4] = [
        ("a", "2024-01-01", None),
        ("b", "2024-01-10", Some("2024-01-20")),
        ("c", "2024-01-15", Some("2024-01-16")),
        ("d", "2024-01-30", Some("2024-02-02")),
    ];
    let date = |text: &str| crate::calendar::parse_date(text).unwrap();
    let mut shuffled = dates;
    for _ in 0..dates.len() {
        shuffled.rotate_left(1);
        let editions = editions(&shuffled);
        for day in 0..50 {
            let day = date("2023-12-25") + Days::new(day);
            let in_force = dates
                .iter()
                .filter(|(_, from, until)| date(from) <= day && until.is_none_or(|until| day <= date(until)));
            let expected = in_force.max_by_key(|(_, from, _)| date(from)).map(|(name, ..)| *name);
            assert_eq!(editions.judging(noon(day)).map(Edition::edition), expected, "{day}");
        }
    }
}

#[test]
fn the_current_edition_is_in_force_or_was_or_will_be() {
    let gap = editions(&[("a", "2024-01-01", Some("2024-01-10")), ("b", "2024-02-01", Some("2024-02-10"))]);
    let current = |text: &str| gap.current(noon(crate::calendar::parse_date(text).unwrap())).edition();
    for (day, expected) in [
        ("2023-06-01", "a"),
        ("2024-01-10", "a"),
        ("2024-01-11", "a"),
        ("2024-02-01", "b"),
        ("2024-02-11", "b"),
        ("2030-01-01", "b"),
    ] {
        assert_eq!(current(day), expected, "{day}");
    }
}

#[test]
fn the_date_of_an_opening_is_that_in_each_editions_own_zone() {
    let both = vec![
        edition("a", "2024-01-01", Some("2024-12-31"), "Asia/Shanghai"),
        edition("b", "2025-01-01", None, "America/New_York"),
    ];
    let both = Editions::new(both).unwrap();
    // Midnight in Shanghai is the end of the year before; in New York it is still that year for thirteen hours more.
    assert_eq!(judge(&both, "2024-12-31T23:59:59+08:00"), "a");
    assert!(judge(&both, "2025-01-01T00:00:00+08:00").starts_with("no edition"));
    assert_eq!(judge(&both, "2025-01-01T13:00:00+08:00"), "b");
    // Without an offset each edition reads its own civil time.
    assert_eq!(judge(&both, "2024-12-31T23:59"), "a");
    assert_eq!(judge(&both, "2025-01-01T00:00"), "b");
}

#[test]
fn a_ticket_is_read_by_the_edition_that_judges_it() {
    let two = editions(&[("a", "2024-01-01", Some("2024-12-31")), ("b", "2025-01-01", None)]);
    let ignored = |opened: &str| {
        let ticket = format!(r#"{{"id":"T-1","only_a":"x","only_b":"x","opened_at":"{opened}"}}"#);
        two.read(ticket.as_bytes()).map(|(_, ticket)| ticket.ignored.clone()).unwrap()
    };
    assert_eq!(ignored("2024-05-01T00:00"), ["only_b"]);
    assert_eq!(ignored("2025-05-01T00:00"), ["only_a"]);
}

#[test]
fn what_cannot_be_placed_is_read_by_the_newest_for_its_violations() {
    let two = editions(&[("a", "2024-01-01", Some("2024-12-30")), ("b", "2025-01-01", None)]);
    let codes_of = |json: &[u8]| match two.read(json) {
        Err(Unjudged::Refused(refusal)) => refusal.violations.iter().map(|one| one.code.id).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let codes = |json: &str| codes_of(json.as_bytes());
    assert_eq!(codes_of(b"{\"id\":\"\xff\",\"opened_at\":\"2024-12-31T10:00\"}"), ["R0101"]);
    assert_eq!(codes("{"), ["R0101"]);
    assert_eq!(codes("[]"), ["R0102"]);
    assert_eq!(codes("{}"), ["R0104", "R0104"]);
    assert_eq!(codes(r#"{"id":"T-1","opened_at":"soon","only_b":5}"#), ["R0105", "R0102"]);
    assert_eq!(codes(r#"{"id":"T-1","opened_at":"2024-12-31T10:00" oh"#), ["R0101"]);
    assert_eq!(codes(r#"{"id":"T-1","opened_at":"2025-12-31T10:00","opened_at":"2024-05-01T10:00"}"#), ["R0107"]);
}

/// What is said of dates, one line each: file, code, message and help.
fn said(dates: &[(&str, &str, Option<&str>)]) -> Vec<String> {
    said_of(&dates.iter().map(|(name, from, until)| edition(name, from, *until, "UTC")).collect::<Vec<Edition>>())
}

fn said_of(editions: &[Edition]) -> Vec<String> {
    let members: Vec<(FileId, &Edition)> =
        editions.iter().enumerate().map(|(index, edition)| (FileId(index as u32), edition)).collect();
    side_by_side(&members)
        .into_iter()
        .map(|found| {
            let text = &editions[found.span.file.0 as usize].source().text[found.span.range()];
            format!("{} at `{text}`: {}; {}", found.code.id, found.message, found.help.join("; "))
        })
        .collect()
}

#[test]
fn dates_that_meet_raise_nothing() {
    assert!(said(&[("a", "2024-01-01", None)]).is_empty());
    assert!(said(&[("b", "2025-01-01", None), ("a", "2024-01-01", Some("2024-12-31"))]).is_empty());
}

#[test]
fn an_overlap_says_what_to_write() {
    assert_eq!(
        said(&[("b", "2025-01-01", None), ("a", "2024-01-01", None)]),
        ["L0104 at `2024-01-01`: edition `a` has no last date, and edition `b` judges from 2025-01-01 on; \
          add `until: 2024-12-31` to the front matter of `a.handbook.md`"]
    );
    assert_eq!(
        said(&[("a", "2024-01-01", Some("2025-01-01")), ("b", "2025-01-01", None)]),
        ["L0104 at `2025-01-01`: edition `a` judges up to 2025-01-01, and edition `b` from 2025-01-01 on; \
          write `until: 2024-12-31` in the front matter of `a.handbook.md`"]
    );
}

#[test]
fn a_hole_says_its_dates_and_what_an_earlier_edition_covers_is_none() {
    let found = said(&[("a", "2024-01-01", Some("2024-12-01")), ("b", "2025-01-01", None)]);
    assert_eq!(
        found,
        ["L0105 at `2024-12-01`: tickets opened from 2024-12-02 to 2024-12-31 are judged by no edition of `shop`; \
          write `until: 2024-12-31` in the front matter of `a.handbook.md`, or `in_force: 2024-12-02` in that of \
          `b.handbook.md`"]
    );
    let season = [
        ("a", "2024-01-01", Some("2024-12-30")),
        ("b", "2024-06-01", Some("2024-06-30")),
        ("c", "2025-01-01", Some("2025-12-31")),
    ];
    let found = said(&season);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("L0104 at `2024-12-30`"), "{found:?}");
    assert!(found[1].starts_with("L0105 at `2024-12-30`: tickets opened on 2024-12-31"), "{found:?}");
}

#[test]
fn editions_in_different_zones_meet_at_an_instant_or_not_at_all() {
    let pair = |until: &str, zone: &str, next: &str| {
        vec![edition("a", "2024-01-01", Some(until), zone), edition("b", "2025-01-01", None, next)]
    };
    assert_eq!(
        said_of(&pair("2024-12-31", "America/Los_Angeles", "Asia/Shanghai")),
        ["L0104 at `2024-12-31`: edition `a` judges up to 2025-01-01T16:00:00+08:00, and edition `b` from \
          2025-01-01T00:00:00+08:00 on; one counts in America/Los_Angeles, the other in Asia/Shanghai: give both the \
          same `time_zone`"]
    );
    let hole = pair("2024-12-31", "Asia/Shanghai", "America/New_York");
    assert_eq!(
        said_of(&hole),
        ["L0105 at `2024-12-31`: tickets opened from 2024-12-31T11:00:00-05:00 on and before \
          2025-01-01T00:00:00-05:00 are judged by no edition of `shop`; one counts in Asia/Shanghai, the other in \
          America/New_York: give both the same `time_zone`"]
    );
    assert!(said_of(&pair("2024-12-31", "Asia/Shanghai", "Asia/Taipei")).is_empty());
    let longer = said_of(&pair("2024-12-30", "Asia/Shanghai", "America/New_York"));
    assert!(longer[0].ends_with("the same `time_zone`, and `until: 2024-12-31` to `a.handbook.md`"), "{longer:?}");

    let hole = Editions::new(hole).unwrap();
    let why = judge(&hole, "2025-01-01T01:00:00+08:00");
    let none = "; none judges from 2024-12-31T11:00:00-05:00 on and before 2025-01-01T00:00:00-05:00";
    assert!(why.ends_with(none) && why.contains("from 2025-01-01 on in America/New_York"), "{why}");
    assert!(judge(&hole, "2023-12-31T01:00:00+08:00").ends_with("; none judges before 2023-12-31T11:00:00-05:00"));
    // Without an offset each edition reads the same date.
    assert!(judge(&hole, "2023-12-31T01:00").ends_with("; none judges up to 2023-12-31"));
}

#[test]
fn editions_that_cannot_be_told_apart_are_found_before_their_dates() {
    let found = said(&[("a", "2024-01-01", None), ("a", "2025-01-01", None), ("b", "2025-01-01", None)]);
    let starts: Vec<&str> = found.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(starts, [r#"E0110 at `"a"`"#, r#"E0110 at `"a"`"#, "E0110 at `2025-01-01`", "E0110 at `2025-01-01`"]);
}
