//! The document: front matter, headings, fences, prose.

use super::grammar::document::{DocumentParser, Rule};
use super::literal::Reader;
use super::statement;
use super::tree::{Block, BlockKind, ClauseNumber, Heading, Tree};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span};
use pest::Parser;
use pest::iterators::Pair;

/// How often reading starts afresh after a block that was never closed; past that, the rest is read as it stands.
const FRESH_STARTS: usize = 16;

/// Reads a whole file into blocks that leave out no byte.
pub fn parse(file: FileId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Tree {
    let mut document = Document { file, text, start: 0, blocks: Vec::new(), diagnostics };
    for _ in 0..FRESH_STARTS {
        if !document.read(true) {
            return Tree { blocks: document.blocks };
        }
    }
    document.read(false);
    Tree { blocks: document.blocks }
}

/// A document as far as it has been read.
struct Document<'a> {
    file: FileId,
    text: &'a str,
    /// Where the part that is being read starts; places in it are counted from there.
    start: usize,
    blocks: Vec<Block>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Document<'_> {
    /// Reads from `start` on. Where a block was never closed and `may_cut` allows, it moves `start` to the line that
    /// the block should have ended before, and says so.
    fn read(&mut self, may_cut: bool) -> bool {
        let text: &str = self.text;
        // The grammar has a fallback for every line, so the error branch is for a text beyond pest's own limits only.
        let pairs = match DocumentParser::parse(Rule::document, &text[self.start..]) {
            Ok(pairs) => pairs,
            Err(_) => {
                let rest = Span::new(self.file, self.start..text.len());
                self.diagnostics.push(Diagnostic::new(
                    &codes::SYNTAX,
                    Span { end: rest.start, ..rest },
                    "this text could not be read as a document",
                ));
                self.add(rest, BlockKind::Prose);
                return false;
            }
        };
        for pair in pairs.flat_map(Pair::into_inner) {
            let mut span = self.place(&pair);
            let (kind, cut) = match pair.as_rule() {
                Rule::front_matter => self.front_matter(pair, may_cut),
                Rule::heading => (self.heading(pair), None),
                Rule::fence => self.fence(pair, may_cut),
                Rule::EOI => continue,
                _ => (BlockKind::Prose, None),
            };
            span.end = cut.map_or(span.end, |cut| cut as u32);
            self.add(span, kind);
            if let Some(cut) = cut {
                self.start = cut;
                return true;
            }
        }
        false
    }

    /// Adds a block; prose beside prose is one block.
    fn add(&mut self, span: Span, kind: BlockKind) {
        if kind == BlockKind::Prose {
            self.suspect_prose(span);
        }
        match (self.blocks.last_mut(), &kind) {
            (Some(last), BlockKind::Prose) if last.kind == BlockKind::Prose => last.span = last.span.to(span),
            _ => self.blocks.push(Block { span, kind }),
        }
    }

    fn place(&self, pair: &Pair<Rule>) -> Span {
        Span::new(self.file, self.start + pair.as_span().start()..self.start + pair.as_span().end())
    }

    fn front_matter(&mut self, pair: Pair<Rule>, may_cut: bool) -> (BlockKind, Option<usize>) {
        let start = self.place(&pair).start as usize + pair.as_str().find("---").unwrap_or(0);
        let opening = Span::new(self.file, start..start + 3);
        let mut yaml: Span = opening.at_end();
        let mut cut = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::front_text => yaml = self.place(&part),
                Rule::unclosed => {
                    let first_after = |line: &str| {
                        line.trim().is_empty()
                            || line.starts_with("# ")
                            || line.starts_with("##")
                            || line.starts_with("```")
                    };
                    cut = line_that(self.text, yaml, first_after).filter(|_| may_cut);
                    yaml.end = cut.map_or(yaml.end, |cut| cut as u32);
                    self.diagnostics.push(
                        Diagnostic::new(&codes::BAD_FRONT_MATTER, opening, "the front matter is never closed")
                            .help("end it with a line of three hyphens, `---`"),
                    );
                }
                _ => {}
            }
        }
        (BlockKind::FrontMatter(yaml), cut)
    }

    fn heading(&self, pair: Pair<Rule>) -> BlockKind {
        let whole = self.place(&pair);
        let mut heading = Heading { level: 1, number: None, title: Span { start: whole.end, ..whole } };
        for part in pair.into_inner() {
            let place = self.place(&part);
            match part.as_rule() {
                Rule::hashes => {
                    heading.level = part.as_str().len();
                    heading.title = place.at_end();
                }
                Rule::clause_number => heading.number = clause_number(place, part),
                Rule::title => {
                    let shown = part.as_str().trim_end().trim_end_matches('#').trim_end();
                    let start = place.start as usize + (shown.len() - shown.trim_start().len());
                    heading.title = Span::new(self.file, start..start.max(place.start as usize + shown.len()));
                }
                _ => {}
            }
        }
        BlockKind::Heading(heading)
    }

    fn fence(&mut self, pair: Pair<Rule>, may_cut: bool) -> (BlockKind, Option<usize>) {
        let (file, text) = (self.file, self.text);
        let whole = self.place(&pair);
        let mut margin: usize = 0;
        let mut info: Span = whole;
        let mut body: Span = whole.at_end();
        let mut is_closed: bool = true;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::indent => margin = part.as_str().len(),
                Rule::info => info = self.place(&part),
                Rule::fence_text => body = self.place(&part),
                Rule::unclosed_fence => is_closed = false,
                _ => {}
            }
        }
        let word: &str = text[info.range()].split_whitespace().next().unwrap_or("");
        let language = Span { end: info.start + word.len() as u32, ..info };
        let mut cut = None;
        if matches!(word, "rules" | "rhai") {
            // A block that another one begins in was not closed before it, though a later mark seems to close it.
            let next_fence =
                line_that(text, body, |line| opens_fence(line) && (word == "rules" || line.starts_with("```rules")));
            if !is_closed || next_fence.is_some() {
                self.diagnostics.push(
                    Diagnostic::new(&codes::UNCLOSED_FENCE, language, format!("this `{word}` block is never closed"))
                        .help("end it with a line of three backticks"),
                );
                let up_to = Span { end: next_fence.map_or(body.end, |at| at as u32), ..body };
                cut = statement::end_of_rules(file, text, up_to)
                    .filter(|_| word == "rules")
                    .or(next_fence)
                    .filter(|_| may_cut);
                body.end = cut.map_or(body.end, |cut| cut as u32);
            }
        }
        let kind = match word {
            "rules" => BlockKind::Rules(statement::fence(
                &mut Reader { file, text, diagnostics: self.diagnostics },
                body,
                margin,
            )),
            "rhai" => BlockKind::Script(body),
            _ => {
                self.suspect_code(language, word, body, margin);
                BlockKind::Code(info)
            }
        };
        (kind, cut)
    }

    /// Code that may have been meant to run.
    fn suspect_code(&mut self, language: Span, word: &str, body: Span, margin: usize) {
        let near = nearest(word, ["rules", "rhai"]).filter(|_| !matches!(word, "rs" | "rust" | "ruby"));
        let meant = match word {
            "规则" | "规则块" => Some("rules"),
            "脚本" => Some("rhai"),
            _ => near,
        };
        if let Some(meant) = meant {
            self.diagnostics.push(
                Diagnostic::new(
                    &codes::MISSPELT_FENCE,
                    language,
                    format!("a block marked `{word}` is not read as rules"),
                )
                .help(format!("write `{meant}` if its lines are to run")),
            );
        } else if word.is_empty() && statement::reads_as_rules(self.file, self.text, body, margin) {
            let mark = Span { start: language.start.saturating_sub(3), ..language };
            self.diagnostics.push(
                Diagnostic::new(&codes::MISSPELT_FENCE, mark, "a block without a mark is not read as rules")
                    .help("write `rules` after the backticks if its lines are to run"),
            );
        }
    }

    /// Prose that may have been meant as a heading or a block of rules, which changes what the rules under it cite.
    fn suspect_prose(&mut self, span: Span) {
        let mut at = span.start as usize;
        for line in self.text[span.range()].split_inclusive('\n') {
            let words = line.trim_start();
            let start = at + (line.len() - words.len());
            at += line.len();
            if let Some(mark) = ["```rules", "~~~rules"].into_iter().find(|mark| words.starts_with(mark)) {
                let place = Span::new(self.file, start..start + mark.len());
                self.diagnostics.push(
                    Diagnostic::new(
                        &codes::MISSPELT_FENCE,
                        place,
                        "a block that is indented this far is not read as rules",
                    )
                    .help("move its mark to the first column if its lines are to run"),
                );
            }
            let title = words.trim_start_matches('#');
            let hashes = words.len() - title.len();
            let is_number = title.starts_with(['第', '§'])
                || hashes > 1 && title.starts_with(|letter: char| narrow(letter).is_ascii_digit());
            if (1..=6).contains(&hashes)
                && words.len() == line.len()
                && is_number
                && DocumentParser::parse(Rule::clause_number, title).is_ok()
            {
                let place = Span::new(self.file, start..start + hashes);
                self.diagnostics.push(
                    Diagnostic::new(
                        &codes::HEADING_WITHOUT_BLANK,
                        place,
                        "this line is no heading, since no blank follows its mark",
                    )
                    .help(format!(
                        "write `{} {}`, so that the rules under it cite it",
                        &words[..hashes],
                        title.trim_end()
                    )),
                );
            }
        }
    }
}

/// Whether a line opens a fence: a mark with a word after it, which no closing line has.
fn opens_fence(line: &str) -> bool {
    line.strip_prefix("```").is_some_and(|info| info.trim_start_matches('`').trim().starts_with(char::is_alphabetic))
}

/// Where the first line of a span starts of which `is_it` is true.
fn line_that(text: &str, span: Span, is_it: impl Fn(&str) -> bool) -> Option<usize> {
    let mut at = span.start as usize;
    for line in text[span.range()].split_inclusive('\n') {
        if is_it(line) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// The number at `place`.
fn clause_number(place: Span, pair: Pair<Rule>) -> Option<ClauseNumber> {
    let kind = pair.into_inner().next()?;
    let written: String = kind.as_str().chars().filter(|letter| !letter.is_whitespace()).map(narrow).collect();
    let text: String = match kind.as_rule() {
        Rule::chapter => written.char_indices().fold(String::new(), |sum, (at, letter)| match at {
            7 => format!("{sum} {letter}"),
            _ => format!("{sum}{letter}"),
        }),
        _ => written,
    };
    let text = text.trim_end_matches(['.', '、', '．', ':', '：']).to_owned();
    let shown = kind.as_str().trim_end().trim_end_matches(['.', '、', '．', ':', '：']);
    let span = Span { end: place.start + shown.len() as u32, ..place };
    let key = clause_key(&text);
    Some(ClauseNumber { span, text, key })
}

/// A full-width digit or dot in half width, so that a clause is cited in one spelling.
fn narrow(letter: char) -> char {
    match letter {
        '０'..='９' => char::from(b'0' + (u32::from(letter) - u32::from('０')) as u8),
        '．' => '.',
        _ => letter,
    }
}

/// The key under which a clause is found: equal for `第3章` and `第三章`, `Chapter 3` and `第3章`, `§ 4` and `§4`.
pub fn clause_key(number: &str) -> String {
    let tight: String = number.chars().filter(|letter| !letter.is_whitespace()).map(narrow).collect();
    let lower = tight.to_lowercase();
    if let Some(chapter) = lower.strip_prefix("chapter") {
        return format!("章{}", figures(chapter));
    }
    if let Some((level, figure)) = tight
        .strip_prefix('第')
        .and_then(|rest| rest.char_indices().next_back().map(|(at, level)| (level, &rest[..at])))
    {
        let level = match level {
            '編' => '编',
            '節' => '节',
            '條' => '条',
            '項' => '项',
            same => same,
        };
        return format!("{level}{}", figures(figure));
    }
    if !tight.is_empty() && tight.chars().all(|letter| HAN.contains(letter)) {
        return format!("、{}", figures(&tight));
    }
    tight.split('.').map(|part| part.trim_start_matches('0')).collect::<Vec<_>>().join(".")
}

const HAN: &str = "〇零一二三四五六七八九十百千";

/// A figure in Han or Arabic numerals as Arabic numerals without leading zeros.
pub fn figures(written: &str) -> String {
    if written.bytes().all(|byte| byte.is_ascii_digit()) {
        return written.trim_start_matches('0').to_owned();
    }
    let (mut sum, mut digit): (u64, u64) = (0, 0);
    for letter in written.chars() {
        let unit: u64 = match letter {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => {
                let value = HAN.chars().position(|known| known == letter).map_or(0, |at| at.saturating_sub(1) as u64);
                digit = digit.saturating_mul(10).saturating_add(value);
                continue;
            }
        };
        sum = sum.saturating_add(digit.max(1).saturating_mul(unit));
        digit = 0;
    }
    sum.saturating_add(digit).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, number: Option<&str>, title: &str) {
        let mut diagnostics = Vec::new();
        let tree = parse(FileId(0), line, &mut diagnostics);
        let BlockKind::Heading(heading) = &tree.blocks[0].kind else { panic!("{line} is a heading") };
        assert_eq!(heading.number.as_ref().map(|found| found.text.as_str()), number, "{line}");
        assert_eq!(&line[heading.title.range()], title, "{line}");
    }

    #[test]
    fn clause_numbers_are_read_in_every_spelling() {
        check("# 第3章 服务标准", Some("第3章"), "服务标准");
        check("## 3.1 响应时间\n", Some("3.1"), "响应时间");
        check("### 2.1.3 x", Some("2.1.3"), "x");
        check("## 第十二条 范围", Some("第十二条"), "范围");
        check("## 第十二条", Some("第十二条"), "");
        check("# Chapter 3: Standards", Some("Chapter 3"), "Standards");
        check("## § 4 Scope", Some("§4"), "Scope");
        check("## 一、总则", Some("一"), "总则");
        check("## 4. Scope ##", Some("4"), "Scope");
        check("# 总则", None, "总则");
        check("# 2025年总结", None, "2025年总结");
        check("# 一般规定", None, "一般规定");
        check("#", None, "");
    }

    #[test]
    fn clause_numbers_are_read_in_full_width_and_close_to_their_title() {
        check("### 3．1 响应时间", Some("3.1"), "响应时间");
        check("### ３.１ 响应时间", Some("3.1"), "响应时间");
        check("### ３．１响应时间", Some("3.1"), "响应时间");
        check("### 3.1响应时间", Some("3.1"), "响应时间");
        check("### 3.1.2、响应时间", Some("3.1.2"), "响应时间");
        check("### 3.1\u{3000}响应时间", Some("3.1"), "响应时间");
        check("# 第３章 服务标准", Some("第3章"), "服务标准");
        check("# ２０２５年总结", None, "２０２５年总结");
        check("# 3x", None, "3x");
        check("# 3.1x", None, "3.1x");
    }

    #[test]
    fn two_spellings_of_one_number_have_one_key() {
        assert_eq!(clause_key("第3章"), clause_key("第三章"));
        assert_eq!(clause_key("Chapter 3"), clause_key("第 3 章"));
        assert_eq!(clause_key("第一百二十条"), "条120");
        assert_eq!(clause_key("第十条"), "条10");
        assert_eq!(clause_key("３．１"), clause_key("3.1"));
        assert_ne!(clause_key("3.10"), clause_key("3.1"));
        assert_ne!(clause_key("第3章"), clause_key("3"));
    }

    #[test]
    fn every_byte_is_in_one_block() {
        for text in [
            "",
            "\n",
            "---\na: 1\n---\n# 1 x\ntext\n```rules\n```\nmore",
            "```rules\nnever closed",
            "---\nopen",
            "``` a`b\n###\n   ####### x\r\n~~~\n```\n~~~~\n",
            "\u{feff}---\n---\n",
        ] {
            let tree = parse(FileId(0), text, &mut Vec::new());
            let joined: String = tree.blocks.iter().map(|block| &text[block.span.range()]).collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn a_fence_closes_with_its_own_mark() {
        let text = "````rules\n```\n````\n# 1 after\n";
        let tree = parse(FileId(0), text, &mut Vec::new());
        assert!(matches!(tree.blocks[0].kind, BlockKind::Rules(_)));
        assert!(matches!(tree.blocks[1].kind, BlockKind::Heading(_)));
    }
}
