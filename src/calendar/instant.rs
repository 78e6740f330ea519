//! Whole seconds on the time line, and the zones they are read in.
//!
//! RFC 3339 goes in and comes out. Fractions of a second are dropped and a leap second counts as the second
//! after it, so that two instants compare as integers.

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike};
use chrono_tz::Tz;

/// Seconds since 1970-01-01T00:00:00Z. From 0001-01-02 to 9999-12-30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

// A day inside the years 1 to 9999, so that no zone's offset leads out of them.
const FIRST: i64 = -62_135_510_400; // 0001-01-02T00:00:00Z
const LAST: i64 = 253_402_214_399; // 9999-12-30T23:59:59Z

impl Instant {
    /// The instant so many seconds later, held between 0001-01-02 and 9999-12-30.
    pub fn plus(self, seconds: i64) -> Instant {
        Instant(self.0.saturating_add(seconds).clamp(FIRST, LAST))
    }

    /// Whether it lies between 0001-01-02 and 9999-12-30; any other is written as the nearer of the two.
    pub fn is_writable(self) -> bool {
        (FIRST..=LAST).contains(&self.0)
    }

    /// Seconds from `earlier` to this instant, negative when it is the later one.
    pub fn since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// An IANA time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone(Tz::UTC);

    /// The zone of an IANA name, `Asia/Shanghai`.
    pub fn parse(name: &str) -> Option<Zone> {
        name.parse().ok().map(Zone)
    }

    /// Every name that `parse` knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// Its IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// RFC 3339 with this zone's offset, `2025-09-30T18:20:00+08:00`.
    pub fn format(self, at: Instant) -> String {
        self.shown(at).as_str().to_owned()
    }

    /// What `format` gives, without taking memory for it.
    pub fn shown(self, at: Instant) -> Shown {
        let seconds: i64 = at.0.clamp(FIRST, LAST);
        // Before about 1900 zones have offsets with seconds, which RFC 3339 cannot write: those are shown in UTC.
        let offset: i64 =
            Some(i64::from(self.offset_at(Instant(seconds)))).filter(|offset| offset % 60 == 0).unwrap_or(0);
        let local = DateTime::from_timestamp(seconds.saturating_add(offset), 0).unwrap_or_default();
        let distance: u32 = offset.unsigned_abs() as u32;
        let mut shown = Shown { bytes: *b"0000-00-00T00:00:00+00:00" };
        shown.put(0, 4, local.year().unsigned_abs());
        shown.put(5, 2, local.month());
        shown.put(8, 2, local.day());
        shown.put(11, 2, local.hour());
        shown.put(14, 2, local.minute());
        shown.put(17, 2, local.second());
        if offset < 0 {
            shown.bytes[19] = b'-';
        }
        shown.put(20, 2, distance / 3600);
        shown.put(23, 2, distance / 60 % 60);
        shown
    }

    /// Reads `2025-03-03T10:00:00+08:00`, or without offset in this zone, with or without seconds.
    ///
    /// Inside a gap of the zone the instant is the gap's end, in a fold the earlier one.
    ///
    /// # Errors
    /// A sentence that says what an instant looks like.
    pub fn read(self, text: &str) -> Result<Instant, String> {
        if let Some(at) = read_fast(text) {
            return Ok(at);
        }
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return within_years(at.timestamp().saturating_add(leap(at.nanosecond())));
        }
        // `%:z` reads an offset in figures only.
        for shape in ["%Y-%m-%dT%H:%MZ", "%Y-%m-%d %H:%M:%S%.fZ", "%Y-%m-%d %H:%MZ"] {
            if let Ok(civil) = NaiveDateTime::parse_from_str(text, shape) {
                return within_years(civil.and_utc().timestamp().saturating_add(leap(civil.nanosecond())));
            }
        }
        for shape in ["%Y-%m-%dT%H:%M%:z", "%Y-%m-%d %H:%M:%S%:z", "%Y-%m-%d %H:%M%:z"] {
            if let Ok(at) = DateTime::parse_from_str(text, shape) {
                return within_years(at.timestamp().saturating_add(leap(at.nanosecond())));
            }
        }
        for shape in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"] {
            if let Ok(civil) = NaiveDateTime::parse_from_str(text, shape) {
                return within_years(self.at_civil(civil).0.saturating_add(leap(civil.nanosecond())));
            }
        }
        Err("an instant is written like 2025-03-03T10:00:00+08:00".to_owned())
    }

    /// The instant of a civil date and time: a gap's end inside a gap, the earlier of two in a fold.
    pub fn at_civil(self, civil: NaiveDateTime) -> Instant {
        match self.0.from_local_datetime(&civil) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Instant(at.timestamp()),
            LocalResult::None => self.gap_end(civil),
        }
    }

    /// The first instant of a date.
    pub fn start_of(self, date: NaiveDate) -> Instant {
        self.at_civil(date.and_time(NaiveTime::MIN))
    }

    /// The civil date of an instant.
    pub fn date(self, at: Instant) -> NaiveDate {
        let civil: i64 = at.0.saturating_add(i64::from(self.offset_at(at)));
        DateTime::from_timestamp(civil, 0).map_or(NaiveDate::MIN, |local| local.date_naive())
    }

    /// Seconds since midnight on the civil clock, 0 to 86 399.
    pub fn second_of_day(self, at: Instant) -> u32 {
        let civil: i64 = at.0.saturating_add(i64::from(self.offset_at(at)));
        civil.rem_euclid(86_400) as u32
    }

    /// The instants after `from` and before `until` at which the zone's offset changes, ascending.
    ///
    /// Looked for four days apart: since 1970 no zone has changed its offset twice within less than six.
    pub fn transitions(self, from: i64, until: i64) -> Vec<i64> {
        let mut found: Vec<i64> = Vec::new();
        let mut at: i64 = from;
        let mut offset: i32 = self.offset_at(Instant(at));
        while at < until {
            let next: i64 = at.saturating_add(4 * 86_400).min(until);
            let after: i32 = self.offset_at(Instant(next));
            if after != offset {
                let (mut before, mut since) = (at, next);
                while since - before > 1 {
                    let middle: i64 = before.midpoint(since);
                    if self.offset_at(Instant(middle)) == offset {
                        before = middle;
                    } else {
                        since = middle;
                    }
                }
                found.push(since);
            }
            (at, offset) = (next, after);
        }
        found
    }

    fn offset_at(self, at: Instant) -> i32 {
        let Some(utc) = DateTime::from_timestamp(at.0.clamp(FIRST, LAST), 0) else { return 0 };
        self.0.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc()
    }

    /// The first instant whose civil time is past a gap that swallowed `civil`: found by halving the day around it.
    fn gap_end(self, civil: NaiveDateTime) -> Instant {
        let guess: i64 = civil.and_utc().timestamp();
        let (mut before, mut after) = (guess.saturating_sub(86_400 * 2), guess.saturating_add(86_400 * 2));
        let past = |at: i64| at.saturating_add(i64::from(self.offset_at(Instant(at)))) >= guess;
        while after.saturating_sub(before) > 1 {
            let middle: i64 = before.midpoint(after);
            if past(middle) {
                after = middle;
            } else {
                before = middle;
            }
        }
        Instant(after)
    }
}

/// Reads a date, `2025-03-03`.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn parse_date(text: &str) -> Result<NaiveDate, String> {
    let well_formed: bool = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(date) if well_formed && date.year() >= 1 => Ok(date),
        _ if well_formed => Err(format!("there is no date {text}")),
        _ => Err("a date is written like 2025-03-03".to_owned()),
    }
}

/// chrono keeps a leap second as a second whole second of nanoseconds.
fn leap(nanosecond: u32) -> i64 {
    i64::from(nanosecond >= 1_000_000_000)
}

fn within_years(seconds: i64) -> Result<Instant, String> {
    let at = Instant(seconds);
    match at.is_writable() {
        true => Ok(at),
        false => Err("an instant lies between 0001-01-02 and 9999-12-30".to_owned()),
    }
}

/// The common shape, `2025-03-03T10:00:00+08:00` or `…Z`, without chrono's general parser. Anything else is `None`.
fn read_fast(text: &str) -> Option<Instant> {
    let bytes: &[u8] = text.as_bytes();
    let shape: bool = matches!(bytes.len(), 20 | 25)
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes[10] == b'T'
        && bytes[13] == b':'
        && bytes[16] == b':';
    if !shape {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u32> {
        bytes[from..to]
            .iter()
            .try_fold(0u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    let date = NaiveDate::from_ymd_opt(number(0, 4)? as i32, number(5, 7)?, number(8, 10)?)?;
    let time = NaiveTime::from_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?;
    let offset: i64 = match bytes[19] {
        b'Z' if bytes.len() == 20 => 0,
        sign @ (b'+' | b'-') if bytes.len() == 25 && bytes[22] == b':' => {
            let (hours, minutes) = (number(20, 22)?, number(23, 25)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let distance: i64 = i64::from(hours) * 3600 + i64::from(minutes) * 60;
            if sign == b'+' { distance } else { -distance }
        }
        _ => return None,
    };
    within_years(date.and_time(time).and_utc().timestamp() - offset).ok()
}

/// An instant as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    bytes: [u8; 25],
}

impl Shown {
    /// The text.
    pub fn as_str(&self) -> &str {
        // Only digits are ever put over the ASCII it starts from.
        std::str::from_utf8(&self.bytes).unwrap_or("")
    }

    fn put(&mut self, at: usize, width: usize, value: u32) {
        let mut rest = value;
        for place in (at..at + width).rev() {
            self.bytes[place] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap_or(Zone::UTC)
    }

    fn check(zone_name: &str, text: &str, expected: &str) {
        let here = zone(zone_name);
        assert_eq!(here.read(text).map(|at| here.format(at)), Ok(expected.to_owned()), "{text} in {zone_name}");
    }

    #[test]
    fn an_offset_wins_over_the_zone() {
        check("Asia/Shanghai", "2025-03-03T02:00:00Z", "2025-03-03T10:00:00+08:00");
        check("Asia/Shanghai", "2025-03-03T02:00:00-01:30", "2025-03-03T11:30:00+08:00");
        check("Asia/Shanghai", "2025-03-03T02:00+00:00", "2025-03-03T10:00:00+08:00");
        check("Asia/Shanghai", "2025-03-03T02:00Z", "2025-03-03T10:00:00+08:00");
        check("Asia/Shanghai", "2025-03-03 02:00Z", "2025-03-03T10:00:00+08:00");
        check("Asia/Shanghai", "2025-03-03 02:00:07Z", "2025-03-03T10:00:07+08:00");
    }

    #[test]
    fn without_offset_the_zone_decides_and_seconds_may_be_left_out() {
        check("Asia/Shanghai", "2025-03-03T10:00", "2025-03-03T10:00:00+08:00");
        check("Asia/Shanghai", "2025-03-03 10:00:07", "2025-03-03T10:00:07+08:00");
    }

    #[test]
    fn a_gap_moves_to_its_end_and_a_fold_is_the_earlier() {
        check("America/Los_Angeles", "2025-03-09T02:30", "2025-03-09T03:00:00-07:00");
        check("America/Los_Angeles", "2025-11-02T01:30", "2025-11-02T01:30:00-07:00");
        check("Australia/Lord_Howe", "2025-10-05T02:10", "2025-10-05T02:30:00+11:00");
    }

    #[test]
    fn fractions_are_dropped_and_leap_seconds_are_the_next_second() {
        check("UTC", "2025-03-03T10:00:00.999Z", "2025-03-03T10:00:00+00:00");
        check("UTC", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00");
    }

    #[test]
    fn the_ends_of_time_are_shown_as_they_are_read() {
        check("Asia/Shanghai", "9999-12-30T23:59:59Z", "9999-12-31T07:59:59+08:00");
        check("Asia/Shanghai", "0001-01-02T00:00:00Z", "0001-01-02T00:00:00+00:00");
        assert!(Zone::UTC.read("9999-12-31T23:59:59Z").is_err());
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "now", "2025-02-30T10:00:00Z", "2025-03-03", "99999-01-01T00:00:00Z", "２０２５-03-03T10:00"]
        {
            assert!(Zone::UTC.read(text).is_err(), "{text}");
        }
        assert_eq!(parse_date("2025-02-30"), Err("there is no date 2025-02-30".to_owned()));
        assert!(parse_date("2025-2-3").is_err());
    }

    #[test]
    fn the_fast_way_and_the_general_way_agree() {
        for second in (0..4_000_000_000i64).step_by(86_399 * 7) {
            let text = zone("Asia/Kathmandu").format(Instant(second));
            assert_eq!(read_fast(&text), Some(Instant(second)));
            assert_eq!(DateTime::parse_from_rfc3339(&text).map(|at| at.timestamp()), Ok(second));
        }
    }
}
