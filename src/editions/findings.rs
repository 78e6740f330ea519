//! What is wrong with files that hold editions of one handbook, seen together.
//!
//! Each file has been found good by itself. In: the editions with the files they stand in. Out: those that cannot be
//! told apart, and the overlaps and holes between the dates of the others.

use chrono::NaiveDate;

use super::claim::front_matter;
use crate::Edition;
use crate::calendar::Instant;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span, yaml};

/// An edition and the file that its findings point into.
type Member<'a> = (FileId, &'a Edition);

/// Everything that is wrong with the editions of one handbook in one directory.
pub fn side_by_side(members: &[Member]) -> Vec<Diagnostic> {
    let duplicates: Vec<Diagnostic> = duplicates(members);
    // Dates say nothing certain while it is open which of two files counts.
    if duplicates.is_empty() { dates(members) } else { duplicates }
}

/// Findings in each of the files that hold the same edition, or editions of the same date.
pub fn duplicates(members: &[Member]) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = Vec::new();
    for member in members {
        let others = || members.iter().filter(|other| other.0 != member.0);
        let (id, name, date) = (member.1.id(), member.1.edition(), member.1.in_force());
        let same_name: Vec<&Member> = others().filter(|other| other.1.edition() == name).collect();
        if !same_name.is_empty() {
            let message = format!("edition `{name}` of handbook `{id}` stands in {} files", same_name.len() + 1);
            let help = "give each edition a name of its own, or take the copy out of the directory";
            findings.push(duplicate(member, "edition", message, &same_name).help(help));
        }
        let same_date: Vec<&Member> =
            others().filter(|other| other.1.edition() != name && other.1.in_force() == date).collect();
        if !same_date.is_empty() {
            let message = format!("another edition of handbook `{id}` is in force from {date} on, too");
            let help = "an edition is in force from a date of its own: write it here, or keep one of the files";
            findings.push(duplicate(member, "in_force", message, &same_date).help(help));
        }
    }
    findings
}

fn duplicate(member: &Member, key: &str, message: String, others: &[&Member]) -> Diagnostic {
    let mut finding = Diagnostic::new(&codes::DUPLICATE_EDITION, place(member, key), message);
    for other in others {
        finding = finding.label(place(other, key), "also here");
    }
    finding
}

/// Findings about the overlaps and holes between the dates of editions, each in the file whose end has to change.
pub fn dates(members: &[Member]) -> Vec<Diagnostic> {
    let mut members: Vec<Member> = members.to_vec();
    members.sort_by_key(|(_, edition)| edition.in_force());
    let mut findings: Vec<Diagnostic> = Vec::new();
    // Of the editions so far, the one that judges longest.
    let mut longest: Option<Member> = None;
    for pair in members.windows(2) {
        let [earlier, later] = pair else { continue };
        longest = Some(longest.filter(|longest| end(longest) > end(earlier)).unwrap_or(*earlier));
        if end(earlier) > begin(later) {
            findings.push(overlap(earlier, later));
        } else if let Some(before) = longest
            && end(&before) < begin(later)
        {
            findings.push(hole(&before, later));
        }
    }
    findings
}

/// The first instant that an edition judges.
fn begin((_, edition): &Member) -> Instant {
    edition.zone().start_of(edition.in_force())
}

/// The first instant that it judges no more. Editions that count in different zones meet at an instant or not at all.
fn end((_, edition): &Member) -> Instant {
    match edition.until().and_then(|until| until.succ_opt()) {
        Some(first) => edition.zone().start_of(first),
        None => Instant(i64::MAX),
    }
}

/// Whether the two count in different zones: then their dates do not tell when the one ends and the other begins.
fn is_mixed(earlier: &Member, later: &Member) -> bool {
    earlier.1.zone() != later.1.zone()
}

/// What to do about two that count in different zones.
fn one_zone(earlier: &Member, later: &Member) -> String {
    let last: NaiveDate = day_before(later.1.in_force());
    let (zone, next) = (earlier.1.zone().name(), later.1.zone().name());
    let mut help = format!("one counts in {zone}, the other in {next}: give both the same `time_zone`");
    if earlier.1.until() != Some(last) {
        help.push_str(&format!(", and `until: {last}` to `{}`", earlier.1.source().name));
    }
    help
}

fn overlap(earlier: &Member, later: &Member) -> Diagnostic {
    let (name, next, from) = (earlier.1.edition(), later.1.edition(), later.1.in_force());
    let last: NaiveDate = day_before(from);
    let file: &str = &earlier.1.source().name;
    let (key, message, help) = match earlier.1.until() {
        Some(_) if is_mixed(earlier, later) => {
            let shown = |at: Instant| later.1.zone().format(at);
            let (end, begin) = (shown(end(earlier)), shown(begin(later)));
            (
                "until",
                format!("edition `{name}` judges up to {end}, and edition `{next}` from {begin} on"),
                one_zone(earlier, later),
            )
        }
        Some(until) => (
            "until",
            format!("edition `{name}` judges up to {until}, and edition `{next}` from {from} on"),
            format!("write `until: {last}` in the front matter of `{file}`"),
        ),
        None => (
            "in_force",
            format!("edition `{name}` has no last date, and edition `{next}` judges from {from} on"),
            format!("add `until: {last}` to the front matter of `{file}`"),
        ),
    };
    Diagnostic::new(&codes::OVERLAPPING_EDITIONS, place(earlier, key), message)
        .label(place(later, "in_force"), "from here on, this edition judges")
        .help(help)
}

fn hole(before: &Member, later: &Member) -> Diagnostic {
    let (last, zone) = (day_before(later.1.in_force()), later.1.zone());
    let (when, help) = match before.1.until().and_then(|until| until.succ_opt()) {
        Some(first) if !is_mixed(before, later) => {
            let (file, next) = (&before.1.source().name, &later.1.source().name);
            let when: String = if first == last { format!("on {first}") } else { format!("from {first} to {last}") };
            let help = format!(
                "write `until: {last}` in the front matter of `{file}`, or `in_force: {first}` in that of `{next}`"
            );
            (when, help)
        }
        _ => {
            let (end, begin) = (zone.format(end(before)), zone.format(begin(later)));
            (format!("from {end} on and before {begin}"), one_zone(before, later))
        }
    };
    let message = format!("tickets opened {when} are judged by no edition of `{}`", later.1.id());
    Diagnostic::new(&codes::HOLE_BETWEEN_EDITIONS, place(before, "until"), message)
        .label(place(later, "in_force"), "the next edition judges from here on")
        .help(help)
}

/// A date has a day before it, but for the first there is.
fn day_before(date: NaiveDate) -> NaiveDate {
    date.pred_opt().unwrap_or(date)
}

/// Where the front matter gives a key its value.
fn place((file, edition): &Member, key: &str) -> Span {
    let text: &str = &edition.source().text;
    let found = front_matter(text).and_then(|front| {
        let place = yaml::outline(text.get(front.clone())?).place(&format!("/{key}"))?.value.clone();
        Some(front.start + place.start..front.start + place.end)
    });
    Span::new(*file, found.unwrap_or(0..0))
}
