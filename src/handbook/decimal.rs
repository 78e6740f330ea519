//! Exact decimals with nine places.
//!
//! Figures in handbooks and tickets are compared exactly; nothing here rounds. What has more than eighteen digits
//! before the point or nine after it is refused.

use std::fmt;

/// A figure, in parts of a billion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i128);

const PLACES: usize = 9;
const ONE: i128 = 1_000_000_000;
const DIGITS: usize = 18;

impl Decimal {
    /// The next figure above; there is none between.
    pub fn next(self) -> Decimal {
        Decimal(self.0.saturating_add(1))
    }

    /// The next figure below; there is none between.
    pub fn previous(self) -> Decimal {
        Decimal(self.0.saturating_sub(1))
    }

    /// A whole figure.
    pub fn whole(count: i64) -> Decimal {
        Decimal(i128::from(count).saturating_mul(ONE))
    }

    /// The figure as a whole number, when it is one that fits.
    pub fn to_whole(self) -> Option<i64> {
        (self.0 % ONE == 0).then(|| i64::try_from(self.0 / ONE).ok()).flatten()
    }

    /// This share of `seconds`, in whole seconds, halves rounded up.
    pub fn of(self, seconds: i64) -> i64 {
        let product = self.0.saturating_mul(i128::from(seconds)).saturating_add(ONE / 2);
        i64::try_from(product.div_euclid(ONE)).unwrap_or(i64::MAX)
    }

    /// This figure divided by a hundred, exactly where it has at most seven places.
    pub fn percent(self) -> Decimal {
        Decimal(self.0 / 100)
    }

    /// Reads `12`, `-0.50`, and JSON's `1.5e3`.
    ///
    /// # Errors
    /// A sentence that says what is wrong: not a figure, or too many digits to be kept exactly.
    pub fn read(text: &str) -> Result<Decimal, &'static str> {
        const NO_FIGURE: &str = "it is not a decimal number";
        const TOO_LONG: &str = "it has more digits than are kept exactly: 18 before the point and 9 after it";
        let (sign, digits): (i128, &str) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| NO_FIGURE)?),
            None => (digits, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let only_digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !only_digits || mantissa.ends_with('.') {
            return Err(NO_FIGURE);
        }
        if exponent == 0 && whole.len() <= DIGITS && fraction.len() <= PLACES {
            let mut value: i128 = 0;
            for byte in whole.bytes().chain(fraction.bytes()) {
                value = value * 10 + i128::from(byte - b'0');
            }
            return Ok(Decimal(sign * value * 10i128.pow((PLACES - fraction.len()) as u32)));
        }
        let all: String = [whole, fraction].concat();
        let all = all.trim_start_matches('0');
        // The figure is `all` × 10^scale; trailing zeros carry nothing.
        let kept = all.trim_end_matches('0');
        let scale: i64 = i64::from(exponent) - fraction.len() as i64 + (all.len() - kept.len()) as i64;
        if kept.is_empty() {
            return Ok(Decimal(0));
        }
        let places = scale + PLACES as i64;
        if places < 0 || kept.len() as i64 + scale > DIGITS as i64 || kept.len() > DIGITS + PLACES {
            return Err(TOO_LONG);
        }
        let value: i128 = kept.parse().map_err(|_| TOO_LONG)?;
        let power: u32 = u32::try_from(places).map_err(|_| TOO_LONG)?;
        10i128
            .checked_pow(power)
            .and_then(|factor| value.checked_mul(factor))
            .map(|value| Decimal(sign * value))
            .ok_or(TOO_LONG)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0.unsigned_abs() / ONE as u128, self.0.unsigned_abs() % ONE as u128);
        let sign = if self.0 < 0 { "-" } else { "" };
        let places = format!("{fraction:09}");
        match places.trim_end_matches('0') {
            "" => write!(out, "{sign}{whole}"),
            shown => write!(out, "{sign}{whole}.{shown}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn figures_are_read_exactly() {
        for (text, shown) in [
            ("0", "0"),
            ("-0", "0"),
            ("12", "12"),
            ("0.1", "0.1"),
            ("-0.50", "-0.5"),
            ("248.0", "248"),
            ("1e3", "1000"),
            ("1.5E2", "150"),
            ("25e-1", "2.5"),
            ("0.000000001", "0.000000001"),
            ("999999999999999999", "999999999999999999"),
            ("1000000000000000000e-3", "1000000000000000"),
        ] {
            assert_eq!(Decimal::read(text).map(|figure| figure.to_string()), Ok(shown.to_owned()), "{text}");
        }
        assert_ne!(Decimal::read("0.3"), Decimal::read("0.30000001"));
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "1e",
            "abc",
            "1_000",
            "0.0000000001",
            "1e18",
            "1e999999999",
            "1e-999999999",
            "+1",
            "１",
        ] {
            assert!(Decimal::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_share_rounds_to_the_second() {
        let three_quarters = Decimal::read("75").map(Decimal::percent);
        assert_eq!(three_quarters.map(|share| share.of(3600)), Ok(2700));
        assert_eq!(three_quarters.map(|share| share.of(1)), Ok(1));
    }
}
