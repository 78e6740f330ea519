//! Findings that an author can act on.
//!
//! A [`Diagnostic`] is data: a code, a place, a sentence, what to do. Passes push them and carry on; the
//! renderers turn them into text, JSON, SARIF or annotations. What is wrong is decided elsewhere.

pub mod codes;
pub mod nearest;
pub mod render;

use crate::source::Span;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Advice: the handbook loads all the same.
    Warning,
    /// The handbook does not load.
    Error,
}

/// A kind of finding, with its stable id and its page. Ids are never reused or moved.
#[derive(Debug)]
pub struct Code {
    /// `E0301`: `E` stops loading, `L` advises, `R` refuses a ticket or marks a finding while deciding.
    pub id: &'static str,
    /// `unknown-name`: reads well after "allow".
    pub name: &'static str,
    /// How much findings of this kind weigh.
    pub severity: Severity,
    /// The page that `rulebook explain` shows, Markdown.
    pub page: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

/// A second place that matters, with a few words on why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// Why it matters, in a few words.
    pub text: String,
}

/// The clause of the handbook a finding stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InClause {
    /// The clause's number as cited, `3.1`.
    pub number: String,
    /// The heading's text without its number.
    pub title: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind it is.
    pub code: &'static Code,
    /// The narrowest place of the mistake.
    pub span: Span,
    /// What is wrong: one sentence, lower case, no full stop, the author's words in backticks.
    pub message: String,
    /// What stands right under the frame, at the mistake itself; often empty.
    pub note: String,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// The clause it stands in; filled in once the headings are known.
    pub clause: Option<InClause>,
    /// What to do, as statements.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A finding of kind `code` at `span`.
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            span,
            message: clipped(message.into()),
            note: String::new(),
            labels: Vec::new(),
            clause: None,
            help: Vec::new(),
        }
    }

    /// Adds the other place that matters.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds what to do about it, where there is something to say.
    #[must_use]
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.help.extend(text);
        self
    }

    /// Words that stand at the caret.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = text.into();
        self
    }

    /// Whether it keeps the handbook from loading.
    pub fn is_error(&self) -> bool {
        self.code.severity == Severity::Error
    }
}

/// So many characters of the author's words are quoted in a message.
const LONGEST_QUOTE: usize = 60;

/// A message in which no words in backticks are longer than a reader needs to find them.
fn clipped(message: String) -> String {
    if message.chars().count() <= LONGEST_QUOTE {
        return message;
    }
    let parts = message.split('`').enumerate().map(|(index, part)| {
        let is_quoted = index % 2 == 1;
        match part.char_indices().nth(LONGEST_QUOTE) {
            Some((end, _)) if is_quoted => format!("{}…", &part[..end]),
            _ => part.to_owned(),
        }
    });
    parts.collect::<Vec<String>>().join("`")
}

/// Whether any of them keeps the handbook from loading.
pub fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

/// Puts findings into the order of their places and drops exact repeats.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| (a.span, a.code.id, &a.message).cmp(&(b.span, b.code.id, &b.message)));
    diagnostics.dedup();
}
