//! Values of flags that clap cannot read by itself: durations, sizes, dates.

use std::time::Duration;

use chrono::{Datelike, NaiveDate};

use crate::calendar::parse_date;

/// `500ms`, `2s`, `5m`, `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text).ok_or("a duration is written like `500ms`, `2s`, `5m`")?;
    let milliseconds: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "" => return Err(format!("`{text}` has no unit: write `{text}s` for seconds")),
        _ => return Err(format!("`{unit}` is no unit of time here: `ms`, `s`, `m` and `h` are")),
    };
    match number.checked_mul(milliseconds) {
        Some(total) => Ok(Duration::from_millis(total)),
        None => Err(String::from("it is longer than can be counted")),
    }
}

/// `512KiB`, `10MiB`, `1GiB`, or bytes.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let (number, unit) = split(text).ok_or("a size is written like `512KiB`, `10MiB`")?;
    let bytes: u64 = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(format!("`{unit}` is no unit of size here: `B`, `KiB`, `MiB` and `GiB` are")),
    };
    match number.checked_mul(bytes).and_then(|total| usize::try_from(total).ok()) {
        Some(0) => Err(String::from("it must be larger than nothing")),
        Some(total) => Ok(total),
        None => Err(String::from("it is larger than can be counted")),
    }
}

/// `2025-10`: the first day of that month.
pub(super) fn month(text: &str) -> Result<NaiveDate, String> {
    let wrong = || format!("`{text}` is no month: write the year and the month, such as `2025-10`");
    let (year, month) = text.split_once('-').ok_or_else(wrong)?;
    let is_written_well = year.len() == 4 && matches!(month.len(), 1 | 2);
    let date = parse_date(&format!("{year}-{month:0>2}-01")).ok().filter(|_| is_written_well).ok_or_else(wrong)?;
    covered(date)
}

/// `2025`: the first day of that year.
pub(super) fn year(text: &str) -> Result<NaiveDate, String> {
    let date = parse_date(&format!("{text}-01-01"));
    covered(date.map_err(|_| format!("`{text}` is no year: write four figures, such as `2025`"))?)
}

/// `2025-10-01`.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    parse_date(text).and_then(covered)
}

fn covered(date: NaiveDate) -> Result<NaiveDate, String> {
    match date.year() {
        1900..=2200 => Ok(date),
        _ => Err("calendars cover the years from 1900 to 2200".to_owned()),
    }
}

/// The digits at the start, and the rest.
fn split(text: &str) -> Option<(u64, &str)> {
    let end: usize = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    digits.parse().ok().map(|number| (number, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3600)));
        assert_eq!(duration("2"), Err("`2` has no unit: write `2s` for seconds".to_owned()));
        for wrong in ["", "s", "-2s", "2d", "99999999999999999999s", "9999999999999999999h", "２s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn months_and_years_are_ones_that_calendars_cover() {
        assert_eq!(month("2025-10"), Ok(parse_date("2025-10-01").unwrap()));
        assert_eq!(month("2025-1"), Ok(parse_date("2025-01-01").unwrap()));
        assert_eq!(year("2025"), Ok(parse_date("2025-01-01").unwrap()));
        for wrong in ["2025", "2025-13", "2025-00", "10-2025", "2025-001", "3000-01", "二月", ""] {
            assert!(month(wrong).is_err(), "{wrong}");
        }
        for wrong in ["25", "1899", "2201", "20255", "year", ""] {
            assert!(year(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_binary() {
        assert_eq!(size("10MiB"), Ok(10 * 1024 * 1024));
        assert_eq!(size("700"), Ok(700));
        for wrong in ["", "MiB", "10MB", "0", "18446744073709551615GiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
