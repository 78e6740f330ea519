//! The page of every code: its sections, an example that raises the code, and what to write instead.

use crate::support::{Compiled, HEAD, handbook_of, nothing_wrong};
use rulebook::diagnostic::{Code, codes};

/// The sections of a page, in order.
const SECTIONS: &[&str] = &["What it means", "Why it matters", "Example", "Instead", "When it is right to allow it"];

/// Codes that no text by itself can raise, and why.
const WITHOUT_BLOCK: &[(&str, &str)] = &[
    ("E0108", "it is about the bytes of a file, and a page is text"),
    ("E0602", "it takes some two hundred definitions, each resting on the one before"),
    ("R0110", "it takes a ticket of ten thousand events"),
];

/// The handbook beside the tests files and the tickets of the pages.
const BESIDE: &str = r#"---
handbook: service
title: 客户服务规范
edition: "2025.1"
in_force: 2025-01-01
time_zone: Asia/Shanghai
---

## 1 受理

```rhai
fn overpaid(paid, total) { paid / total > 1 }
```

```rules
fact category "问题类别" one of payment "支付", order "订单"
fact amount "金额" number 0 to 100000 "元"
fact paid "已付", total "应付" number
event resolved "解决"

classify urgency "紧急程度"
  tier emergency "紧急" when category is payment or amount >= 50000
  tier routine "常规" otherwise

route desk "受理组"
  to refunds "退款组" when paid is present and total is present and script overpaid(paid, total)
  to front_line "一线客服" otherwise

deadline closure "办结"
  from opened until resolved
  within 48h

deadline answer "逐条答复"
  from each customer message until agent message
  within 5m
```
"#;

/// A page taken apart: its title, its summary, and its sections by heading.
struct Page {
    title: String,
    summary: String,
    sections: Vec<(String, String)>,
}

impl Page {
    fn of(code: &Code) -> Self {
        let mut page = Page { title: String::new(), summary: String::new(), sections: Vec::new() };
        let mut fence: Option<String> = None;
        for line in code.page.lines() {
            let mark: String = line.chars().take_while(|letter| *letter == '`').collect();
            match &fence {
                None if mark.len() >= 3 => fence = Some(mark),
                Some(open) if line == open => fence = None,
                _ => {}
            }
            match (line.strip_prefix("# "), line.strip_prefix("## "), page.sections.last_mut()) {
                (Some(title), _, None) if fence.is_none() => page.title = title.to_owned(),
                (_, Some(heading), _) if fence.is_none() => page.sections.push((heading.to_owned(), String::new())),
                (_, _, Some((_, text))) => text.push_str(&format!("{line}\n")),
                (_, _, None) => page.summary.push_str(&format!("{line}\n")),
            }
        }
        page
    }

    fn section(&self, heading: &str) -> &str {
        self.sections.iter().find(|(known, _)| known == heading).map_or("", |(_, text)| text.trim())
    }
}

/// The one fenced block of a section: its mark and its text.
fn block(section: &str) -> Option<(String, String)> {
    let mut lines = section.lines().skip_while(|line| !line.starts_with("```"));
    let open = lines.next()?;
    let mark: String = open.chars().take_while(|letter| *letter == '`').collect();
    let body: Vec<&str> = lines.by_ref().take_while(|line| *line != mark).collect();
    let is_only = !lines.any(|line| line.starts_with("```"));
    is_only.then(|| (open.trim_start_matches('`').to_owned(), format!("{}\n", body.join("\n"))))
}

/// The ids of what a ticket raises before the handbook beside it: violations, or findings of its decision.
fn raised_by_ticket(json: &str) -> (Vec<&'static str>, String) {
    let compiled = Compiled::of(BESIDE, None);
    let edition = compiled.compilation.edition.as_ref().unwrap_or_else(|| panic!("{}", compiled.shown()));
    match edition.read_ticket(json.as_bytes()) {
        Err(refusal) => {
            (refusal.violations.iter().map(|violation| violation.code.id).collect(), format!("{refusal:?}"))
        }
        Ok(ticket) if !edition.in_force_at(ticket.opened_at()) => (vec!["R0201"], String::new()),
        Ok(ticket) => {
            let decision = edition.decide(&ticket, ticket.opened_at(), false);
            (decision.findings.iter().map(|finding| finding.code).collect(), format!("{:?}", decision.findings))
        }
    }
}

/// The calendars of a block: one, or several, each after a line with the name of its file.
fn files(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("# calendars/"), files.last_mut()) {
            (Some(name), _) => files.push((name.to_owned(), String::new())),
            (None, Some((_, text))) => text.push_str(&format!("{line}\n")),
            (None, None) => files.push(("office.yaml".to_owned(), format!("{line}\n"))),
        }
    }
    files
}

/// The files of a directory, each after a line `==> NAME <==`.
fn directory_of(text: &str) -> Vec<(String, String)> {
    let parts = text.split("==> ").skip(1).filter_map(|part| part.split_once(" <==\n"));
    parts.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// The ids of what a block raises, with what a reader would see.
fn raised(mark: &str, text: &str) -> (Vec<&'static str>, String) {
    let compiled = match mark {
        "json" => return raised_by_ticket(text),
        "rules" => Compiled::of(&handbook_of(text), None),
        "handbook" => Compiled::of(text, None),
        "handbooks" => Compiled::directory(&directory_of(text)),
        "tests" => Compiled::of(BESIDE, Some(text)),
        "calendar" => Compiled::with(&HEAD.replace("\n---\n\n", "\ncalendar: office\n---\n\n"), None, &files(text)),
        other => panic!("a page has a block marked `{other}`"),
    };
    (compiled.codes(), compiled.shown())
}

#[test]
fn every_page_has_its_title_summary_and_sections() {
    let mut problems: Vec<String> = Vec::new();
    for code in codes::ALL {
        let page = Page::of(code);
        let headings: Vec<&str> = page.sections.iter().map(|(heading, _)| heading.as_str()).collect();
        if page.title != format!("{} {}", code.id, code.name) {
            problems.push(format!("{}: the title is `{}`", code.id, page.title));
        }
        if headings != SECTIONS {
            problems.push(format!("{}: the sections are {headings:?}", code.id));
        }
        let summary = page.summary.trim();
        if summary.is_empty() || summary.contains('\n') || !summary.ends_with('.') {
            problems.push(format!("{}: the summary is not one paragraph: `{summary}`", code.id));
        }
        if let Some((heading, _)) = page.sections.iter().find(|(_, text)| text.trim().is_empty()) {
            problems.push(format!("{}: `{heading}` is empty", code.id));
        }
    }
    nothing_wrong(&problems);
}

#[test]
fn every_example_raises_its_code_and_the_replacement_nothing() {
    let mut problems: Vec<String> = Vec::new();
    for code in codes::ALL {
        let page = Page::of(code);
        let (example, instead) = (block(page.section("Example")), block(page.section("Instead")));
        let is_exception = WITHOUT_BLOCK.iter().any(|(id, _)| *id == code.id);
        let (Some(example), Some(instead)) = (example, instead) else {
            if !is_exception {
                problems.push(format!("{}: `Example` and `Instead` hold one block each", code.id));
            }
            continue;
        };
        if is_exception {
            problems.push(format!("{} has its blocks and needs no exception", code.id));
        }
        for (heading, (mark, text), expected) in [("Example", example, vec![code.id]), ("Instead", instead, Vec::new())]
        {
            let (found, shown) = raised(&mark, &text);
            let mut found: Vec<&str> = found;
            // A directory may have the finding in each of its files.
            if mark == "handbooks" {
                found.dedup();
            }
            if found != expected {
                problems.push(format!("{}: `{heading}` raises {found:?}\n{shown}", code.id));
            }
        }
    }
    nothing_wrong(&problems);
}
