//! The known name that an author most likely meant.
//!
//! In: the name as written and the names that exist. Out: at most one of them, close enough that suggesting it
//! is never absurd. Which names are worth comparing is the caller's question.

use std::cmp::Reverse;

use unicode_normalization::UnicodeNormalization;
use unicode_width::UnicodeWidthStr;

/// Names longer than this are compared for equality only, so that text from outside costs little.
const MAX_CHARS: usize = 64;

/// The known name nearest to `wanted`: one a typo or two away, or else one that holds it or that it begins with.
///
/// Case and full-width forms do not matter. Of equally near names the first is taken.
///
/// `sevrity` finds `severity`; `支负` finds `支付`; `响应` finds `首次响应`; `desk` finds nothing in `urgency`.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: String = folded(wanted);
    let mut best: Option<(Nearness, &'a str)> = None;
    for name in known {
        let Some(nearness) = nearness(&wanted, &folded(name)) else { continue };
        if best.as_ref().is_none_or(|(so_far, _)| nearness < *so_far) {
            best = Some((nearness, name));
        }
    }
    best.map(|(_, name)| name)
}

/// How a known name resembles the wanted one; the smaller is the nearer.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// This many characters were added, dropped, replaced or swapped with their neighbour.
    Typos(usize),
    /// One is a part of the other; the longer the common part, the nearer, then the shorter the rest.
    Part { common: Reverse<usize>, rest: usize },
}

fn nearness(wanted: &str, name: &str) -> Option<Nearness> {
    if wanted == name {
        return Some(Nearness::Typos(0));
    }
    let (wanted_chars, name_chars) = (wanted.chars().count(), name.chars().count());
    if wanted_chars.max(name_chars) > MAX_CHARS {
        return None;
    }
    let allowed: usize = allowed_typos(wanted_chars, name_chars);
    if wanted_chars.abs_diff(name_chars) <= allowed {
        let typos: usize = strsim::damerau_levenshtein(wanted, name);
        if typos <= allowed {
            return Some(Nearness::Typos(typos));
        }
    }
    let (shorter, longer) = if name.contains(wanted) {
        (wanted, name)
    } else if wanted.starts_with(name) {
        (name, wanted)
    } else {
        return None;
    };
    // Widths rather than characters: two Chinese characters say as much as four letters.
    let (common, whole) = (shorter.width(), longer.width());
    let long_enough = common >= 4 && common * 3 >= whole;
    long_enough.then_some(Nearness::Part { common: Reverse(common), rest: whole.saturating_sub(common) })
}

/// How many typos two names of these lengths may be apart and still be the same word misspelt.
fn allowed_typos(wanted: usize, name: usize) -> usize {
    match wanted.max(name) {
        0 | 1 => 0,
        // In a name of two characters, one changed leaves half the name; one lost could be any other word.
        2 => usize::from(wanted == name),
        3..=5 => 1,
        6..=11 => 2,
        12..=15 => 3,
        _ => 4,
    }
}

fn folded(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &str, known: &[&str], expected: Option<&str>) {
        assert_eq!(nearest(wanted, known.iter().copied()), expected, "nearest to {wanted:?} of {known:?}");
    }

    #[test]
    fn one_typo_is_always_found() {
        check("sevrity", &["urgency", "severity"], Some("severity"));
        check("severty", &["severity"], Some("severity"));
        check("urgecny", &["urgency"], Some("urgency"));
        check("vop", &["vip"], Some("vip"));
        check("on", &["no"], Some("no"));
        check("frist_respons", &["first_response", "handling"], Some("first_response"));
    }

    #[test]
    fn one_wrong_chinese_character_is_found() {
        check("支负", &["退款", "支付"], Some("支付"));
        check("首次响映", &["首次响应", "处理"], Some("首次响应"));
        check("客户等极", &["客户等级"], Some("客户等级"));
        check("响应首次时限", &["首次响应时限"], None);
    }

    #[test]
    fn unlike_names_are_not_suggested() {
        check("desk", &["urgency", "tier"], None);
        check("a", &["b", "c"], None);
        check("款", &["退款"], None);
        check("支付", &["投诉", "退货"], None);
        check("ab", &["abc", "xy"], Some("abc"));
        check("order", &["text", "open"], None);
        check("", &["a", "ab", "abc"], None);
        check("anything", &[], None);
    }

    #[test]
    fn a_part_of_a_name_finds_the_whole() {
        check("响应", &["支付", "首次响应"], Some("首次响应"));
        check("category_name", &["category"], Some("category"));
        check("payments", &["payments_desk"], Some("payments_desk"));
        check("pay", &["repayment_desk"], None);
        check("text", &["context_of_the_conversation"], None);
    }

    #[test]
    fn a_typo_beats_a_part_and_the_first_beats_the_next() {
        check("urgent", &["urgent_tickets", "urgenty"], Some("urgenty"));
        check("tiar", &["tier", "tiar1", "liar"], Some("tier"));
        check("支付", &["支付组", "支付宝"], Some("支付组"));
    }

    #[test]
    fn case_and_width_do_not_matter() {
        check("VIP", &["vop", "vip"], Some("vip"));
        check("ＶＩＰ", &["vip"], Some("vip"));
        check("Category", &["category"], Some("category"));
    }

    #[test]
    fn a_very_long_name_is_only_compared_whole() {
        let long = "长".repeat(100_000);
        let other = "短".repeat(100_000);
        check(&long, &[&other], None);
        check(&long, &[&long], Some(&long));
    }
}
