//! Amounts of time as a handbook writes them, and seconds as a person reads them.

use std::fmt::{self, Display, Formatter};

/// What an amount counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Seconds that pass whatever the clock on the wall says.
    Elapsed,
    /// Seconds inside the calendar's hours.
    WorkingTime,
    /// Dates on which the calendar is open.
    WorkingDays,
    /// Dates, by articles 200 to 204 of the PRC Civil Code.
    CalendarDays,
    /// Months, by the same articles.
    Months,
}

/// So many of a unit: seconds for the first two, else days or months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    /// How many.
    pub count: i64,
    /// Of what.
    pub unit: Unit,
}

impl Amount {
    /// So many elapsed seconds.
    pub fn elapsed(seconds: i64) -> Amount {
        Amount { count: seconds, unit: Unit::Elapsed }
    }

    /// The amount in seconds, when it is elapsed or working time.
    pub fn seconds(self) -> Option<i64> {
        matches!(self.unit, Unit::Elapsed | Unit::WorkingTime).then_some(self.count)
    }

    /// Whether it is counted in dates.
    pub fn is_in_days(self) -> bool {
        self.seconds().is_none()
    }
}

impl Display for Amount {
    /// As the language reads it back: `1h30m`, `8h working`, `3 working days`, `1 month`.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let count: i64 = self.count;
        let s: &str = if count == 1 { "" } else { "s" };
        match self.unit {
            Unit::Elapsed => formatter.write_str(&format_seconds(count)),
            Unit::WorkingTime => write!(formatter, "{} working", format_seconds(count)),
            Unit::WorkingDays => write!(formatter, "{count} working day{s}"),
            Unit::CalendarDays => write!(formatter, "{count} calendar day{s}"),
            Unit::Months => write!(formatter, "{count} month{s}"),
        }
    }
}

/// Seconds in the shortest form the language reads back: `1h`, `1h30m`, `45s`, `0s`; negative ones with a sign.
pub fn format_seconds(seconds: i64) -> String {
    let total: u64 = seconds.unsigned_abs();
    let mut text = String::new();
    if seconds < 0 {
        text.push('-');
    }
    for (size, unit) in [(3600, 'h'), (60, 'm'), (1, 's')] {
        let count: u64 = match size {
            3600 => total / 3600,
            60 => total / 60 % 60,
            _ => total % 60,
        };
        if count > 0 {
            text.push_str(&count.to_string());
            text.push(unit);
        }
    }
    if total == 0 {
        text.push_str("0s");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::format_seconds;

    #[test]
    fn seconds_read_like_a_handbook() {
        for (seconds, text) in
            [(0, "0s"), (3600, "1h"), (5400, "1h30m"), (86_400, "24h"), (61, "1m1s"), (-90, "-1m30s")]
        {
            assert_eq!(format_seconds(seconds), text);
        }
    }
}
