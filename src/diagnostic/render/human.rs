//! Findings for a terminal.
//!
//! Each is a frame around the lines that matter, then the clause it stands in, what to do, and where to read
//! more; a last line counts them. `annotate-snippets` draws the frame. This file gives it only the lines near
//! the marks, so that a large handbook with many findings stays quick.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Message, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use super::{Place, count};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Position, SourceFile, Sources, Span};

/// Labels at most this many lines away from the mistake share its frame; a longer mark shows its first line.
const NEAR_LINES: usize = 30;

/// Bytes of one line that are handed to the frame; it shows what fits around the marks.
const MAX_LINE_BYTES: usize = 10_000;

pub(super) fn render(
    out: &mut dyn Write,
    sources: &Sources,
    diagnostics: &[Diagnostic],
    color: bool,
) -> io::Result<()> {
    let renderer: Renderer = if color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    let renderer: Renderer = renderer.decor_style(DecorStyle::Ascii);
    for diagnostic in diagnostics {
        writeln!(out, "{}\n", renderer.render(&[group(sources, diagnostic)]))?;
    }
    match summary(diagnostics) {
        Some(line) => writeln!(out, "{line}"),
        None => Ok(()),
    }
}

/// `2 errors, 1 warning`; nothing to say when there are none.
fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let counted = |number: usize, word: &str| match number {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{number} {word}s")),
    };
    let (errors, warnings) = count(diagnostics);
    let parts: Vec<String> = counted(errors, "error").into_iter().chain(counted(warnings, "warning")).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn group<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Group<'a> {
    let level = match diagnostic.code.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(one_line(&diagnostic.message)).id(diagnostic.code.id);
    let mut elements: Vec<Element> = Vec::new();
    for excerpt in excerpts(sources, diagnostic) {
        elements.push(excerpt.into_element());
    }
    for message in footer(diagnostic) {
        elements.push(message.into());
    }
    title.elements(elements)
}

fn footer(diagnostic: &Diagnostic) -> Vec<Message<'_>> {
    let mut messages: Vec<Message> = Vec::new();
    if let Some(clause) = &diagnostic.clause {
        let text = one_line(&format!("in clause {} \"{}\"", clause.number, clause.title));
        messages.push(Level::NOTE.no_name().message(text));
    }
    for help in &diagnostic.help {
        messages.push(Level::HELP.message(normalize_untrusted_str(help)));
    }
    let more = format!("rulebook explain {}", diagnostic.code.id);
    messages.push(Level::INFO.with_name("more").message(more));
    messages
}

/// A run of lines of one file and the marks on it.
struct Excerpt<'a> {
    file: &'a SourceFile,
    /// First and last line shown, both from 1 and both included.
    lines: Range<usize>,
    marks: Vec<Mark<'a>>,
}

/// A place to underline, in byte offsets of its file.
struct Mark<'a> {
    range: Range<usize>,
    kind: AnnotationKind,
    text: &'a str,
}

/// The mistake with the labels near it first, then every label that is far away or in another file.
fn excerpts<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Vec<Excerpt<'a>> {
    let main: Excerpt = excerpt(sources, diagnostic.span, AnnotationKind::Primary, &diagnostic.note);
    let main_lines: Range<usize> = main.lines.clone();
    let mut all: Vec<Excerpt> = vec![main];
    for label in &diagnostic.labels {
        let mut other: Excerpt = excerpt(sources, label.span, AnnotationKind::Context, &label.text);
        let near = label.span.file == diagnostic.span.file
            && other.lines.start + NEAR_LINES >= main_lines.start
            && other.lines.end <= main_lines.end + NEAR_LINES;
        match all.first_mut().filter(|_| near) {
            Some(main) => {
                main.lines = main.lines.start.min(other.lines.start)..main.lines.end.max(other.lines.end);
                main.marks.append(&mut other.marks);
            }
            None => all.push(other),
        }
    }
    all
}

fn excerpt<'a>(sources: &'a Sources, span: Span, kind: AnnotationKind, text: &'a str) -> Excerpt<'a> {
    let Place { file, mut range, start, end } = Place::of(sources, span);
    let mut last_line: usize = end.line;
    // A mark that takes in a line break ends on the line before it, not in front of the next line's text.
    if end.line > start.line && end.column == 1 {
        last_line = end.line - 1;
    }
    if last_line > start.line + NEAR_LINES {
        last_line = start.line;
    }
    range.end = range.end.min(line_range(file, last_line).end).max(range.start);
    Excerpt { file, lines: start.line..last_line, marks: vec![Mark { range, kind, text }] }
}

impl<'a> Excerpt<'a> {
    fn into_element(self) -> Element<'a> {
        let mut source = String::new();
        let mut lines: Vec<ShownLine> = Vec::new();
        for line in self.lines.start..=self.lines.end {
            let whole: Range<usize> = line_range(self.file, line);
            let limit: usize = self.file.text.floor_char_boundary(whole.start.saturating_add(MAX_LINE_BYTES));
            let kept = whole.start..whole.end.min(limit);
            lines.push(ShownLine { cut: kept != whole, kept: kept.clone(), at: source.len() });
            source.push_str(&self.file.text[kept]);
            source.push('\n');
        }
        let mut annotations: Vec<Annotation> = Vec::new();
        for mark in &self.marks {
            let line: usize = lines.partition_point(|line| line.kept.start <= mark.range.start).saturating_sub(1);
            if lines.get(line).is_some_and(|line| line.cut && mark.range.start > line.kept.end) {
                return self.without_source();
            }
            let label: Option<String> = (!mark.text.is_empty()).then(|| one_line(mark.text));
            annotations
                .push(mark.kind.span(moved(&lines, mark.range.start)..moved(&lines, mark.range.end)).label(label));
        }
        let snippet = Snippet::source(source).path(one_line(&self.file.name)).line_start(self.lines.start);
        snippet.annotations(annotations).into()
    }

    /// Only file, line and column: the frame counts columns on the text it is given, and a mark is past the part
    /// of its line that we give.
    fn without_source(&self) -> Element<'a> {
        let offset: usize = self.marks.first().map_or(0, |mark| mark.range.start);
        let position: Position = self.file.position(offset as u32);
        Origin::path(one_line(&self.file.name)).line(position.line).char_column(position.column).into()
    }
}

/// A line as handed to the frame: the bytes of the file that were kept, and where they stand in the excerpt.
struct ShownLine {
    kept: Range<usize>,
    cut: bool,
    at: usize,
}

/// Where a byte of the file stands in the excerpt; one that is not in it stands at the end of its line.
fn moved(lines: &[ShownLine], offset: usize) -> usize {
    let line: usize = lines.partition_point(|line| line.kept.start <= offset).saturating_sub(1);
    lines.get(line).map_or(0, |line| line.at + offset.min(line.kept.end).saturating_sub(line.kept.start))
}

/// The bytes of a line (from 1) without its line break.
fn line_range(file: &SourceFile, line: usize) -> Range<usize> {
    let start: usize = file.line_start(line);
    let text: &str = &file.text[start..file.line_start(line + 1)];
    let text: &str = text.strip_suffix('\n').unwrap_or(text);
    let text: &str = text.strip_suffix('\r').unwrap_or(text);
    start..start + text.len()
}

/// Text from outside in one line, with nothing in it that a terminal would obey.
fn one_line(text: &str) -> String {
    normalize_untrusted_str(&text.replace(['\r', '\n'], " "))
}
