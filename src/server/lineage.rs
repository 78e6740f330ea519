//! Which of the editions that serve a file continues.
//!
//! In: what serves, and the files as they are now, good and bad. Out: for each file the edition that it is a new text
//! of. A file is known by the edition it names and by its path; what a bad one names is what its front matter claims.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::compiled::Compiled;
use super::state::{Loaded, Serving};
use crate::Edition;

/// A file that may serve, with its edition.
pub(super) type Good<'a> = (&'a Arc<Compiled>, &'a Arc<Edition>);

/// What each file continues, in the order of the files.
pub(super) struct Lineage<'a> {
    /// What a good file takes the place of.
    pub(super) good: Vec<Option<&'a Arc<Serving>>>,
    /// The last good edition of a bad file, which goes on.
    pub(super) bad: Vec<Option<&'a Arc<Serving>>>,
    /// What no file continues.
    pub(super) gone: Vec<&'a Arc<Serving>>,
}

impl<'a> Lineage<'a> {
    /// Ties the files to what serves now.
    pub(super) fn of(current: &'a Loaded, good: &[Good], bad: &[&Arc<Compiled>]) -> Self {
        let good_files: Vec<&Compiled> = good.iter().map(|(file, _)| &***file).collect();
        let bad_files: Vec<&Compiled> = bad.iter().map(|file| &***file).collect();
        let paths: BTreeSet<&Path> = good_files.iter().chain(&bad_files).map(|file| file.path.as_path()).collect();
        let serving: Vec<&Arc<Serving>> = current.editions().collect();
        let replaced = tie(&serving, &good_files, &paths, &[Sign::Name, Sign::Place, Sign::Date]);
        // No two editions come into force on one date, and a good file goes first.
        let is_open = |one: &Arc<Serving>| {
            let same_date =
                |(_, edition): &Good| edition.id() == one.edition.id() && edition.in_force() == one.edition.in_force();
            !is_among(&replaced, one) && !good.iter().any(same_date)
        };
        let open: Vec<&Arc<Serving>> = serving.iter().copied().filter(|one| is_open(one)).collect();
        let kept = tie(&open, &bad_files, &paths, &[Sign::Place, Sign::Name, Sign::Renamed, Sign::Path]);
        let is_gone = |one: &&Arc<Serving>| !is_among(&replaced, one) && !is_among(&kept, one);
        let gone: Vec<&Arc<Serving>> = serving.iter().copied().filter(is_gone).collect();
        Lineage { good: replaced, bad: kept, gone }
    }
}

/// What ties a file to an edition that serves.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    /// It stands where the edition came from, and names the handbook.
    Place,
    /// It names the handbook and the edition.
    Name,
    /// It is good, and an edition of the handbook in force from the same date.
    Date,
    /// It names the handbook, and the edition's own file has gone: it was renamed and broken at once.
    Renamed,
    /// It stands where the edition came from.
    Path,
}

impl Sign {
    fn ties(self, one: &Serving, file: &Compiled, paths: &BTreeSet<&Path>) -> bool {
        let is_handbook: bool = file.id.as_deref() == Some(one.edition.id());
        match self {
            Sign::Place => is_handbook && one.path == file.path,
            Sign::Name => is_handbook && file.edition_name.as_deref() == Some(one.edition.edition()),
            Sign::Date => {
                let in_force = file.edition.as_ref().map(|edition| edition.in_force());
                is_handbook && in_force == Some(one.edition.in_force())
            }
            Sign::Renamed => is_handbook && !paths.contains(one.path.as_path()),
            Sign::Path => one.path == file.path,
        }
    }
}

/// Ties files to editions, by one sign after the other, so that no file takes by a weak sign what is another's by a
/// strong one. Several files may name one edition; by the other signs each has its own.
fn tie<'a>(
    serving: &[&'a Arc<Serving>],
    files: &[&Compiled],
    paths: &BTreeSet<&Path>,
    signs: &[Sign],
) -> Vec<Option<&'a Arc<Serving>>> {
    let mut tied: Vec<Option<&Arc<Serving>>> = vec![None; files.len()];
    for sign in signs {
        for (index, file) in files.iter().enumerate() {
            if tied[index].is_none() {
                let is_it = |one: &&&Arc<Serving>| {
                    sign.ties(one, file, paths) && (*sign == Sign::Name || !is_among(&tied, one))
                };
                tied[index] = serving.iter().find(is_it).copied();
            }
        }
    }
    tied
}

fn is_among(tied: &[Option<&Arc<Serving>>], one: &Arc<Serving>) -> bool {
    tied.iter().flatten().any(|other| Arc::ptr_eq(other, one))
}
