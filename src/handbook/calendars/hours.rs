//! Intervals as a calendar writes them: `09:00-12:00`, `22:00-06:00`, `00:00-24:00`.

use crate::calendar::{DAY, Hours};

/// Why a text is no interval: what is wrong, and what to write.
pub type Wrong = (String, &'static str);

/// Reads an interval. One that ends before it starts runs over midnight. Blanks, full-width signs and other dashes
/// are read as what they stand for.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub fn interval(text: &str) -> Result<Hours, Wrong> {
    let plain: String = text.chars().map(narrow).collect();
    let Some((from, until)) = plain.split_once('-') else {
        return Err((format!("`{text}` is no interval"), "write an opening and a closing, such as `\"09:00-12:00\"`"));
    };
    if until.contains('-') {
        return Err((
            format!("`{text}` is not one interval"),
            "put each interval into quotes of its own, with a comma between",
        ));
    }
    let from: u32 = time(from)?;
    let until: u32 = time(until)?;
    let day: u32 = DAY as u32;
    if from == until {
        let help = "it ends where it starts; a whole day is `\"00:00-24:00\"`, and a closed one `[]`";
        return Err((format!("`{text}` is empty"), help));
    }
    if from >= day {
        return Err((format!("`{text}` starts at 24:00"), "24:00 only ends a day; the next one starts at 00:00"));
    }
    Ok(Hours { from, until: if until < from { until + day } else { until } })
}

fn time(text: &str) -> Result<u32, Wrong> {
    let text: &str = text.trim();
    let wrong = || (format!("`{text}` is no time of day"), "write hours and minutes, from `00:00` to `24:00`");
    let (hours, minutes) = text.split_once(':').ok_or_else(wrong)?;
    let is_written_well = matches!(hours.len(), 1 | 2) && minutes.len() == 2;
    let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok());
    match (number(hours).flatten(), number(minutes).flatten()) {
        (Some(hours), Some(minutes)) if is_written_well && minutes < 60 && hours * 60 + minutes <= 24 * 60 => {
            Ok(hours * 3600 + minutes * 60)
        }
        _ => Err(wrong()),
    }
}

/// The sign that a full-width one, or another dash, stands for.
fn narrow(letter: char) -> char {
    match letter {
        '：' => ':',
        '－' | '–' | '—' | '~' | '～' => '-',
        '０'..='９' => char::from_u32(letter as u32 - '０' as u32 + '0' as u32).unwrap_or(letter),
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(u32, u32)>) {
        let found = interval(text).ok().map(|hours| (hours.from / 60, hours.until / 60));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn intervals_are_read_in_the_ways_people_write_them() {
        for text in
            ["09:00-12:00", " 9:00 - 12:00 ", "09:00–12:00", "０９：００－１２：００", "09:00~12:00", "09:00～12:00"]
        {
            check(text, Some((540, 720)));
        }
        check("00:00-24:00", Some((0, 1440)));
        check("22:00-06:00", Some((1320, 1800)));
        check("18:00-00:00", Some((1080, 1440)));
    }

    #[test]
    fn what_is_no_interval_is_refused() {
        for text in ["", "09:00", "9-12", "09:00-09:00", "25:00-26:00", "24:00-06:00", "09:60-10:00", "09:00-24:01"] {
            check(text, None);
        }
        for text in ["00:00-00:00", "09:00-12:00, 13:00-18:00", "09:00-12:00-13:00", "+9:00-12:00", "09:0-12:00"] {
            check(text, None);
        }
    }
}
