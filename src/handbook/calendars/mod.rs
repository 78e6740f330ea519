//! Calendars: YAML files beside a handbook, each taking over what another says.
//!
//! In: the files and the id a handbook names. Out: the calendar with all it rests on, and a finding for everything
//! that does not fit. Only what a handbook's own calendar rests on is reported with it; [`check_all`] reports the rest.

mod chain;
mod file;
mod hours;

use crate::calendar::{Calendar, Plan, Zone};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, any_error, codes};
use crate::source::{FileId, Sources, Span};
use chain::id_place;
use file::CalendarFile;
use std::sync::Arc;

/// A calendar and the files it rests on.
#[derive(Debug)]
pub struct Rested {
    /// The calendar.
    pub calendar: Arc<Calendar>,
    /// Ids and files, the calendar's own first.
    pub files: Vec<(String, FileId)>,
}

/// The calendar that a handbook names; `None`, with the reason reported, where there is none that opens.
///
/// `place` is where it is named, `zone` that of a calendar which names none.
pub fn named(
    sources: &Sources,
    files: &[FileId],
    name: &str,
    place: Span,
    zone: Zone,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Rested> {
    let library = Library::read(sources, files);
    let Some(first) = library.find(name) else {
        library.missing(name, diagnostics, |help| {
            Diagnostic::new(&codes::UNKNOWN_CALENDAR, place, format!("there is no calendar `{name}`")).help(help)
        });
        return None;
    };
    let (chain, plan) = library.plan(first, zone, diagnostics)?;
    let files = chain.iter().map(|file| (file.id.as_ref().map(|id| id.text.clone()).unwrap_or_default(), file.file));
    let Some(calendar) = Calendar::new(plan.clone()) else {
        let help = match library.extending(name) {
            Some(other) => format!("name a calendar with hours that extends it, such as `{other}`"),
            None => "give it `hours`, a line for each weekday on which it is open".to_owned(),
        };
        diagnostics.push(
            Diagnostic::new(&codes::CALENDAR_NEVER_OPENS, place, format!("the calendar `{name}` is never open"))
                .label(id_place(first), "no weekday and no date of it has hours")
                .help(help),
        );
        return None;
    };
    if chain::has_week(&chain) || !plan.workdays.is_empty() {
        chain::check(&chain, &plan, diagnostics);
    }
    Some(Rested { calendar: Arc::new(calendar), files: files.collect() })
}

/// A calendar by itself, without a handbook.
#[derive(Debug)]
pub struct Alone {
    /// What it says, in UTC where it names no zone.
    pub plan: Plan,
    /// Whether it, or one that it rests on, names a zone; a handbook's own is taken otherwise.
    pub has_zone: bool,
}

/// The calendar of a file, with what it takes over from the others; `None` where one of them has an error. A calendar
/// that is never open has a plan all the same.
pub fn of_file(sources: &Sources, file: FileId, others: &[FileId], diagnostics: &mut Vec<Diagnostic>) -> Option<Alone> {
    let mut files: Vec<FileId> = vec![file];
    files.extend(others);
    let library = Library::read(sources, &files);
    let first = library.files.first()?;
    let (chain, plan) = library.plan(first, Zone::UTC, diagnostics)?;
    if chain::has_week(&chain) {
        chain::check(&chain, &plan, diagnostics);
    }
    let has_zone: bool = chain.iter().any(|file| file.zone.is_some());
    (!any_error(diagnostics)).then_some(Alone { plan, has_zone })
}

/// Everything that is wrong with the calendars of one folder, whether or not a handbook names them.
pub fn check_all(sources: &Sources, files: &[FileId]) -> Vec<Diagnostic> {
    let library = Library::read(sources, files);
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for file in &library.files {
        if file.id.is_none() {
            diagnostics.extend(file.findings.iter().cloned());
        } else if let Some((chain, plan)) = library.plan(file, Zone::UTC, &mut diagnostics)
            && chain::has_week(&chain)
        {
            chain::check(&chain, &plan, &mut diagnostics);
        }
    }
    crate::diagnostic::sort(&mut diagnostics);
    diagnostics
}

/// The calendars of one folder.
struct Library {
    files: Vec<CalendarFile>,
}

impl Library {
    fn read(sources: &Sources, files: &[FileId]) -> Library {
        Library { files: files.iter().map(|file| file::read(sources, *file)).collect() }
    }

    fn find(&self, id: &str) -> Option<&CalendarFile> {
        self.files.iter().find(|file| file.has_id(id))
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter_map(|file| file.id.as_ref()).map(|id| id.text.as_str())
    }

    /// The id of a calendar with hours that takes over another.
    fn extending(&self, id: &str) -> Option<&str> {
        let extends = |file: &&CalendarFile| file.extends.as_ref().is_some_and(|other| other.text == id);
        self.files.iter().filter(extends).find(|file| file.week.is_some())?.id.as_ref().map(|id| id.text.as_str())
    }

    /// Reports a calendar that is not there. A file without a readable id may be the one that was meant: then what is
    /// wrong with it is all there is to say.
    fn missing(&self, id: &str, diagnostics: &mut Vec<Diagnostic>, report: impl FnOnce(String) -> Diagnostic) {
        let mut nameless = self.files.iter().filter(|file| file.id.is_none()).peekable();
        if nameless.peek().is_some() {
            diagnostics.extend(nameless.flat_map(|file| file.findings.iter().cloned()));
            return;
        }
        let known: Vec<&str> = self.ids().collect();
        let help = match (nearest(id, known.iter().copied()), known.as_slice()) {
            (Some(near), _) => format!("a calendar with a similar name: `{near}`"),
            (None, []) => format!("put a file with the line `calendar: {id}` into `calendars/` beside the handbook"),
            (None, known) => format!("the calendars are `{}`", known.join("`, `")),
        };
        diagnostics.push(report(help));
    }

    /// A calendar with all it takes over, from itself on. `None`, with the reasons reported, where one has an error.
    fn plan(
        &self,
        first: &CalendarFile,
        zone: Zone,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<(Vec<&CalendarFile>, Plan)> {
        let mut found: Vec<Diagnostic> = Vec::new();
        let chain: Option<Vec<&CalendarFile>> = self.chain(first, &mut found);
        let plan = chain.filter(|_| !any_error(&found)).map(|chain| {
            let plan = chain::merged(&chain, zone);
            (chain, plan)
        });
        diagnostics.extend(found);
        plan
    }

    fn chain(&self, first: &CalendarFile, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<&CalendarFile>> {
        let mut chain: Vec<&CalendarFile> = Vec::new();
        let mut next: &CalendarFile = self.files.iter().find(|file| file.file == first.file)?;
        loop {
            diagnostics.extend(next.findings.iter().cloned());
            self.duplicates(next, diagnostics);
            chain.push(next);
            let Some(extends) = &next.extends else { return Some(chain) };
            let Some(base) = self.find(&extends.text) else {
                self.missing(&extends.text, diagnostics, |help| {
                    let message = format!("there is no calendar `{}` to extend", extends.text);
                    Diagnostic::new(&codes::UNKNOWN_EXTENDED_CALENDAR, extends.span, message).help(help)
                });
                return None;
            };
            if let Some(at) = chain.iter().position(|file| file.file == base.file) {
                diagnostics.extend(circle(&chain[at..]));
                return None;
            }
            next = base;
        }
    }

    /// Other files of the same id.
    fn duplicates(&self, file: &CalendarFile, diagnostics: &mut Vec<Diagnostic>) {
        let Some(id) = &file.id else { return };
        let mut same = self.files.iter().filter(|other| other.has_id(&id.text));
        let Some(first) = same.next() else { return };
        for other in same {
            let diagnostic = Diagnostic::new(
                &codes::DUPLICATE_CALENDAR,
                id_place(other),
                format!("another file holds a calendar `{}`, too", id.text),
            );
            diagnostics.push(
                diagnostic.label(id_place(first), "here").help("give one of them an id of its own, or remove its file"),
            );
        }
    }
}

/// The finding of calendars that extend each other in a circle: the same one from wherever it was entered.
fn circle(files: &[&CalendarFile]) -> Option<Diagnostic> {
    let start: usize = files.iter().enumerate().min_by_key(|(_, file)| file.file).map_or(0, |(at, _)| at);
    let mut around = files[start..].iter().chain(&files[..start]);
    let first = around.next()?;
    let extends = first.extends.as_ref()?;
    let mut path: Vec<&str> = first.id.iter().map(|id| id.text.as_str()).collect();
    let mut others: Vec<Span> = Vec::new();
    for file in around {
        path.extend(file.id.iter().map(|id| id.text.as_str()));
        others.extend(file.extends.as_ref().map(|extends| extends.span));
    }
    path.extend(path.first().copied());
    let message = match path.len() {
        2 => "this calendar extends itself".to_owned(),
        _ => format!("these calendars extend each other in a circle: {}", path.join(" → ")),
    };
    let diagnostic = Diagnostic::new(&codes::CALENDAR_CYCLE, extends.span, message);
    let diagnostic = others.into_iter().fold(diagnostic, |diagnostic, span| diagnostic.label(span, "and this"));
    Some(diagnostic.help("take one `extends` out; a calendar that others take over rests on none of them"))
}
