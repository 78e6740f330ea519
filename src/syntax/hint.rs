//! What an author may have meant by a word that does not fit.
//!
//! In: the word where the grammar stopped, and the words around it. Out: sentences that say what to write. Nothing
//! is decided here: the finding stands with or without them.

use super::document::figures;
use super::keyword;
use unicode_normalization::UnicodeNormalization;

/// Where the grammar stopped.
pub struct Stop<'a> {
    /// What stands there: a name, a figure, text in quotes, or signs.
    pub found: &'a str,
    /// The piece up to there.
    pub before: &'a str,
    /// The piece from there on.
    pub rest: &'a str,
    /// What would have fitted, as messages say it.
    pub expected: &'a [String],
}

impl Stop<'_> {
    fn expects(&self, words: &str) -> bool {
        self.expected.iter().any(|known| known == words)
    }

    /// Whether a word or a figure would have fitted.
    fn takes(&self, word: &str) -> bool {
        let is_figure = word.starts_with(|letter: char| letter.is_ascii_digit());
        self.expected.iter().any(|known| {
            known.trim_matches('`').split(' ').next() == Some(word)
                || is_figure
                    && matches!(
                        known.as_str(),
                        "a figure"
                            | "a number"
                            | "a percentage"
                            | "an amount of time"
                            | "a date"
                            | "an instant"
                            | "a value"
                    )
        })
    }
}

/// What to write instead, where that is plain.
pub fn hints(stop: &Stop) -> Option<String> {
    let Stop { found, before, expected, .. } = *stop;
    if found == "in" && stop.expects("`missing`") {
        return Some("`in` stands without `is`: `A in (x, y)` or `A not in (x, y)`".to_owned());
    }
    if matches!(found, "present" | "missing") && stop.expects("`is`") {
        return Some(format!("write `is {found}`"));
    }
    if found == "otherwise" && stop.expects("`cites`") {
        return Some("`otherwise` stands at the end of its row: `to front_line otherwise`".to_owned());
    }
    if found.starts_with("//") || found.starts_with("/*") {
        return Some(COMMENT.to_owned());
    }
    if matches!(found, "==" | "===") {
        let operand = stop.rest[found.len()..].trim_start();
        let is_figure = operand.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-');
        return Some(format!("did you mean `{}`?", if is_figure { "=" } else { "is" }));
    }
    if let Some(meant) = loanword(found) {
        return Some(format!("did you mean `{meant}`?"));
    }
    if let Some(meant) = amount(found, before).filter(|meant| meant != found) {
        return Some(format!("write `{meant}`"));
    }
    if stop.expects("an amount of time")
        && let Some(meant) = chinese_amount(found)
    {
        return Some(format!("write `{meant}`"));
    }
    if stop.expects("`%`") && !found.starts_with(char::is_alphanumeric) {
        let figure = last_figure(before);
        if !figure.is_empty() {
            return Some(format!("write `{figure}%`"));
        }
    }
    let is_digits = !found.is_empty() && found.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits && stop.rest[found.len()..].starts_with([':', '：']) && ends_in_date(before) {
        return Some("a date and a time of day make one instant: `2025-03-03T10:30`".to_owned());
    }
    if is_digits && stop.expects("an instant") {
        return Some("an instant is written like `2025-03-03T10:30`".to_owned());
    }
    if found == ","
        && before.ends_with(|letter: char| letter.is_ascii_digit())
        && stop.rest[1..].starts_with(|letter: char| letter.is_ascii_digit())
    {
        return Some("a figure has no commas: `10000`".to_owned());
    }
    if found == "-"
        && stop.expects("an amount of time")
        && stop.rest[1..].starts_with(|letter: char| letter.is_ascii_digit())
    {
        return Some("no amount of time is negative: leave the `-` out".to_owned());
    }
    if found == "."
        && before.ends_with(|letter: char| letter.is_ascii_digit())
        && stop.rest[1..].starts_with(|letter: char| letter.is_ascii_digit())
    {
        return Some("a figure is whole here; a part of an hour is written in minutes: `1h30m`".to_owned());
    }
    let ends_line = stop.rest[found.len()..].lines().next().is_none_or(|line| line.trim().is_empty());
    let is_sign = matches!(found, "," | "，" | "、" | ";" | "；" | "。" | ".");
    if is_sign && !ends_line && stop.expects("`and`") {
        return Some("conditions are joined by `and` or `or`".to_owned());
    }
    if is_sign && (ends_line || !stop.expects("a comma")) {
        return Some(format!("leave the `{found}` out"));
    }
    if matches!(found, ";" | "；") {
        return Some("write `,`".to_owned());
    }
    if matches!(found, ":" | "：") {
        return Some(format!("leave the `{found}` out"));
    }
    if stop.expects("a date") && found.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Some("a date is written like `2025-03-03`".to_owned());
    }
    let is_figure = stop.expects("a figure") || stop.expects("a number");
    let digits: usize = found.bytes().take_while(u8::is_ascii_digit).count();
    if is_figure && digits > 0 && digits < found.len() {
        return Some(format!("a figure stands without its unit: `{}`", &found[..digits]));
    }
    let narrow: String = found.nfkc().collect();
    if narrow != found && narrow.is_ascii() && stop.takes(&narrow) {
        return Some(format!("write it in half width: `{narrow}`"));
    }
    if found == "-"
        && let Some(name) = hyphenated(before, stop.rest)
    {
        return Some(format!("a name has letters, digits and `_`: `{name}`"));
    }
    if found.starts_with(['‘', '’', '\'', '『', '《', '`']) {
        return Some("text stands in `\"…\"`, `“…”` or `「…」`".to_owned());
    }
    if found.starts_with(['"', '“', '「']) && (stop.expects("a name") || stop.expects("a condition")) {
        return Some("a name stands without quotes; only its label, which follows it, has them".to_owned());
    }
    if stop.expects("a name") && keyword::is_reserved(found) {
        return Some(format!("a name is missing before `{found}`, which is a word of conditions and cannot be one"));
    }
    if matches!(found, "and" | "or") && expected.iter().any(|words| words == "`cites`") {
        return Some("a line that goes on with the one before is indented deeper than it".to_owned());
    }
    None
}

/// Words from elsewhere, and the language's own for each.
pub fn loanword(found: &str) -> Option<&'static str> {
    let lower = found.to_lowercase();
    LOANWORDS.iter().find(|(word, _)| *word == lower).map(|(_, meant)| *meant)
}

static LOANWORDS: &[(&str, &str)] = &[
    ("if", "when"),
    ("where", "when"),
    ("else", "otherwise"),
    ("default", "otherwise"),
    ("equals", "is"),
    ("exists", "is present"),
    ("immediately", "at once"),
    ("==", "="),
    ("=>", ">="),
    ("=<", "<="),
    ("<>", "!="),
    ("≥", ">="),
    ("≤", "<="),
    ("≠", "!="),
    ("＞", ">"),
    ("＜", "<"),
    ("＝", "="),
    ("&", "and"),
    ("&&", "and"),
    ("|", "or"),
    ("||", "or"),
    ("!", "not"),
    ("boolean", "yes/no"),
    ("bool", "yes/no"),
    ("enum", "one of"),
    ("string", "text"),
    ("int", "number"),
    ("integer", "number"),
    ("decimal", "number"),
    ("float", "number"),
    ("date", "time"),
    ("datetime", "time"),
    ("timestamp", "time"),
    ("array", "list of"),
    ("sla", "deadline"),
    ("字段", "fact"),
    ("事实", "fact"),
    ("事件", "event"),
    ("状态", "status"),
    ("定义", "define"),
    ("词库", "lexicon"),
    ("分类", "classify"),
    ("分级", "classify"),
    ("时限", "deadline"),
    ("期限", "deadline"),
    ("升级", "escalation"),
    ("分派", "route"),
    ("派单", "route"),
    ("记录", "record"),
    ("登记", "record"),
    ("例外", "exception to"),
    ("示例", "example"),
    ("例子", "example"),
    ("当", "when"),
    ("若", "when"),
    ("如果", "when"),
    ("其余", "otherwise"),
    ("否则", "otherwise"),
    ("是", "is"),
    ("为", "is"),
    ("等于", "is"),
    ("不是", "is not"),
    ("属于", "in"),
    ("且", "and"),
    ("并且", "and"),
    ("和", "and"),
    ("或", "or"),
    ("或者", "or"),
    ("非", "not"),
    ("不", "not"),
    ("文本", "text"),
    ("数字", "number"),
    ("时间", "time"),
    ("是否", "yes/no"),
    ("等级", "tier"),
    ("限时", "within"),
    ("转", "to"),
    ("从", "from"),
    ("至", "until"),
    ("直到", "until"),
    ("步骤", "step"),
    ("必须有", "must have"),
    ("引用", "cites"),
    ("依据", "cites"),
    ("试行", "trial"),
    ("暂停", "pause while"),
    ("预警", "warn at"),
    ("立即", "at once"),
    ("工单", "ticket"),
    ("超时", "breached"),
    ("包含", "contains"),
    ("匹配", "matches"),
    ("缺失", "is missing"),
    ("存在", "is present"),
];

/// `4小时`, or `h` after a figure and a blank, as the language writes it.
fn amount(found: &str, before: &str) -> Option<String> {
    let digits: usize = found.bytes().take_while(u8::is_ascii_digit).count();
    let unit: &str = &found[digits..];
    let figure: &str = if digits > 0 { &found[..digits] } else { last_figure(before) };
    if figure.is_empty() {
        return None;
    }
    match unit {
        "h" | "hr" | "hrs" | "小时" | "个小时" | "小时内" => Some(format!("{figure}h")),
        "m" | "min" | "mins" | "分" | "分钟" | "分钟内" => Some(format!("{figure}m")),
        "s" | "sec" | "secs" | "秒" | "秒钟" | "秒内" => Some(format!("{figure}s")),
        "个工作日" | "工作日" | "个工作日内" => Some(format!("{figure} working days")),
        "天" | "日" | "个自然日" | "自然日" | "天内" | "日内" => {
            Some(format!("{figure} working days` or `{figure} calendar days"))
        }
        "点" | "时" | "点钟" => Some(format!("{figure}:00")),
        "个月" | "月" => Some(format!("{figure} months")),
        _ => None,
    }
}

/// The figure that words end in; nothing where they end in something else.
fn last_figure(words: &str) -> &str {
    let words = words.trim_end();
    &words[words.trim_end_matches(|letter: char| letter.is_ascii_digit()).len()..]
}

/// `半小时`, `三天`, `一个半小时`, as the language writes them.
fn chinese_amount(found: &str) -> Option<String> {
    let words = ["之内", "以内", "内"].iter().find_map(|end| found.strip_suffix(end)).unwrap_or(found);
    let unit_at = words.find(|letter: char| !"半〇零一二两三四五六七八九十百千".contains(letter))?;
    let (figure, unit) = words.split_at(unit_at);
    let count = |figure: &str| Some(figures(&figure.replace('两', "二"))).filter(|_| !figure.is_empty());
    match (figure, unit) {
        ("半", "小时" | "个小时" | "个钟头") => Some("30m".to_owned()),
        ("半", "分钟") => Some("30s".to_owned()),
        (_, "个半小时" | "个半钟头") => count(figure).map(|count| format!("{count}h30m")),
        (_, "刻钟") if figure == "一" => Some("15m".to_owned()),
        (_, "周" | "个星期" | "星期") if figure == "一" => {
            Some("5 working days` or `7 calendar days".to_owned())
        }
        _ if figure.contains('半') => None,
        _ => amount(&format!("{}{unit}", count(figure)?), ""),
    }
}

/// What to say of words that are not for the engine.
pub const COMMENT: &str = "a comment begins with `#`; prose stands outside the block";

/// Whether a line is a comment as other languages write it, a sentence, or a list in Markdown.
pub fn is_prose(line: &str, is_first_column: bool) -> bool {
    if ["//", "/*", "*/", "--", "<!--"].iter().any(|mark| line.starts_with(mark)) {
        return true;
    }
    if ["* ", "- ", "> "].iter().any(|mark| line.starts_with(mark)) {
        return is_first_column;
    }
    if !line.starts_with(|letter: char| ('\u{3400}'..='\u{9fff}').contains(&letter)) {
        return false;
    }
    let is_quoting = line.contains(['"', '“', '”', '「']);
    let ends = line.ends_with(['。', '！', '？', '；', '：']);
    let has_words = line.contains(|letter: char| letter.is_ascii_alphanumeric());
    ends && !is_quoting || is_first_column && !is_quoting && !has_words && loanword(line).is_none()
}

/// Whether the words before end in a date, `2025-03-03`.
fn ends_in_date(before: &str) -> bool {
    let last = before.split_whitespace().next_back().unwrap_or("");
    last.len() == 10 && last.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// `first-response` as one name.
fn hyphenated(before: &str, rest: &str) -> Option<String> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, letter)| is_part(*letter))
        .last()
        .map_or(before.len(), |(at, _)| at);
    let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
    let (left, right) = (&before[start..], &rest[..end]);
    let starts_well = left.starts_with(|letter: char| letter.is_alphabetic());
    (starts_well && right.len() > 1).then(|| format!("{left}{right}").replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, found: &str, rest: &str, expected: &[&str], hint: Option<&str>) {
        let expected: Vec<String> = expected.iter().map(|words| (*words).to_owned()).collect();
        assert_eq!(hints(&Stop { found, before, rest, expected: &expected }).as_deref(), hint, "{found}");
    }

    #[test]
    fn words_from_elsewhere_are_known() {
        check("to x ", "当", "当 c", &["`when`"], Some("did you mean `when`?"));
        check("n ", "≥", "≥ 5", &["`is`"], Some("did you mean `>=`?"));
        check("to x ", "wibble", "wibble", &["`when`"], None);
    }

    #[test]
    fn an_amount_is_written_out() {
        check("within ", "4小时", "4小时", &["an amount of time"], Some("write `4h`"));
        check("within 1 ", "h", "h", &["`hours`"], Some("write `1h`"));
        check(
            "d due 2025-03-03 ",
            "11",
            "11:00",
            &["a comma"],
            Some("a date and a time of day make one instant: `2025-03-03T10:30`"),
        );
        check("n > 10", ",", ",000", &["`and`"], Some("a figure has no commas: `10000`"));
        check("n > ", "5元", "5元", &["a figure"], Some("a figure stands without its unit: `5`"));
    }

    #[test]
    fn an_amount_in_chinese_numerals_is_written_out() {
        for (found, meant) in [
            ("半小时", "write `30m`"),
            ("一小时", "write `1h`"),
            ("两个小时内", "write `2h`"),
            ("一个半小时", "write `1h30m`"),
            ("十五分钟", "write `15m`"),
            ("三天", "write `3 working days` or `3 calendar days`"),
            ("三个工作日", "write `3 working days`"),
        ] {
            check("within ", found, found, &["an amount of time"], Some(meant));
        }
        check("within ", "小时", "小时", &["an amount of time"], None);
    }

    #[test]
    fn a_stray_sign_is_left_out_and_a_wide_word_is_narrowed_where_it_fits() {
        check("until b", "，", "，", &["the end of the line"], Some("leave the `，` out"));
        check("must have a", "，", "，\n", &["a comma"], Some("leave the `，` out"));
        check("must have a", "；", "； b", &["a comma"], Some("write `,`"));
        check("a is b ", "ａｎｄ", "ａｎｄ c", &["`and`"], Some("write it in half width: `and`"));
        check("a is b ", "ａｎｄ", "ａｎｄ c", &["the end of the line"], None);
    }

    #[test]
    fn a_sentence_is_no_statement() {
        assert!(is_prose("// x", false) && is_prose("贵宾优先处理。", false) && is_prose("贵宾优先处理", true));
        assert!(!is_prose("贵宾优先处理", false) && !is_prose("定级 urgency", true) && !is_prose("分类", true));
        assert!(!is_prose("ｆａｃｔ 甲", true) && !is_prose("）", true) && !is_prose("｜甲｜", true));
        assert!(!is_prose("分类 \"紧急程度\"", true) && !is_prose("tier key", false));
    }

    #[test]
    fn a_hyphen_in_a_name_is_seen() {
        check(
            "deadline first",
            "-",
            "-response \"x\"",
            &["the end of the line"],
            Some("a name has letters, digits and `_`: `first_response`"),
        );
        check("n > ", "-", "- 5", &["a figure"], None);
    }
}
