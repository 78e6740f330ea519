//! Values of flags that clap cannot read by itself: durations and sizes.

use std::time::Duration;

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
    fn sizes_are_binary() {
        assert_eq!(size("10MiB"), Ok(10 * 1024 * 1024));
        assert_eq!(size("700"), Ok(700));
        for wrong in ["", "MiB", "10MB", "0", "18446744073709551615GiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
