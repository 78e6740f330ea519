//! Text as it is compared: width, case, script and invisible characters do not count.
//!
//! NFKC, then case folding by way of upper and then lower case (so that ß meets SS and ς meets Σ), then Traditional to Simplified, then zero-width characters
//! out. A pattern's literals are folded after it is parsed, since NFKC would turn `（` into a bracket.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Traditional to Simplified, from OpenCC (Apache-2.0, see `data/opencc/`), with what it lacks.
static SIMPLIFIED: LazyLock<FxHashMap<char, char>> = LazyLock::new(|| {
    let table = include_str!("../../data/opencc/TSCharacters.txt");
    let mut map: FxHashMap<char, char> = FxHashMap::default();
    for line in table.lines() {
        let mut columns = line.split('\t');
        let from = columns.next().and_then(|column| column.chars().next());
        let to = columns.next().and_then(|column| column.chars().next());
        if let (Some(from), Some(to)) = (from, to) {
            map.insert(from, to);
        }
    }
    map.extend([('覆', '复'), ('瞭', '了'), ('妳', '你'), ('著', '着')]);
    map
});

/// The text as it is compared.
pub fn fold(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .filter(|letter| !is_invisible(*letter))
        .map(simplified)
        .collect()
}

fn simplified(letter: char) -> char {
    if letter.is_ascii() { letter } else { SIMPLIFIED.get(&letter).copied().unwrap_or(letter) }
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{00ad}' | '\u{fe00}'..='\u{fe0f}')
}

/// A compiled pattern takes no more bytes.
const LARGEST_PATTERN: usize = 8 << 20;

/// A pattern whose literals are folded, to be matched against folded text. `None` where it is not a pattern, or
/// would take more than 8 MiB.
pub fn pattern(written: &str) -> Option<regex::Regex> {
    let parsed = regex_syntax::parse(written).ok()?;
    let folded = fold_hir(parsed);
    regex::RegexBuilder::new(&folded.to_string()).size_limit(LARGEST_PATTERN).build().ok()
}

fn fold_hir(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Hir::literal(fold(text).into_bytes()),
            Err(_) => Hir::literal(literal.0),
        },
        HirKind::Class(Class::Unicode(mut class)) => {
            // A class of few characters stands for their folded forms too; a broad one has them already.
            const FEW: usize = 512;
            let listed: usize =
                class.iter().map(|range| (u32::from(range.end()) - u32::from(range.start())) as usize + 1).sum();
            if listed <= FEW {
                let letters: Vec<char> = class.iter().flat_map(|range| range.start()..=range.end()).collect();
                for letter in letters {
                    let mut folded = fold(letter.encode_utf8(&mut [0; 4])).chars().collect::<Vec<_>>().into_iter();
                    if let (Some(one), None) = (folded.next(), folded.next()) {
                        class.push(regex_syntax::hir::ClassUnicodeRange::new(one, one));
                    }
                }
            }
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(fold_hir(*repetition.sub));
            Hir::repetition(Repetition { min: repetition.min, max: repetition.max, greedy: repetition.greedy, sub })
        }
        HirKind::Capture(capture) => fold_hir(*capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(fold_hir).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.into_iter().map(fold_hir).collect()),
        HirKind::Empty => Hir::empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_script_and_invisible_characters_do_not_count() {
        for (a, b) in [
            ("謝謝", "谢谢"),
            ("ｔｈａｎｋ　ｙｏｕ", "Thank You"),
            ("！", "!"),
            ("退\u{200b}款", "退款"),
            ("回覆", "回复"),
            ("妳好", "你好"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for text in ["謝謝ＡＢＣ", "İstanbul ß ﬁ", "①㈱①", "Ǆ", "\u{fdfa}", "ﷺ"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }

    #[test]
    fn a_pattern_folds_its_literals_and_keeps_its_signs() {
        let holds = |written: &str, text: &str| pattern(written).is_some_and(|regex| regex.is_match(&fold(text)));
        assert!(holds("謝+", "谢谢"));
        assert!(holds("（退款）", "请(退款)"));
        assert!(holds("[謝感]激", "感激") && holds("[謝感]激", "谢激"));
        assert!(holds(r"\d{3}-\d{4}", "１２３-4567"));
        assert!(!holds("退货", "退款"));
        assert!(holds("^ORDER", "order 12"));
    }
}
