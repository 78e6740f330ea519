//! Noticing that the directory changed.
//!
//! What the system tells is only a poke: after it there is quiet for a moment, then a look, and a reload if what is
//! there is not what was read last. A slow poll looks as well, because some mounts tell nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use super::report::Trigger;
use super::state::App;
use crate::source::load::{CALENDARS_FOLDER, HANDBOOK_SUFFIX, TESTS_SUFFIX, fingerprint, is_calendar_name};

/// How long it must be quiet after a poke, and how long at most quiet is waited for.
const QUIET: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(2);

/// How often places are looked at anew while they keep changing.
const MOST_RENEWALS: usize = 5;

/// Where nobody polls, the watched places are still looked over from time to time.
const LOOK_OVER: Duration = Duration::from_secs(60);

/// Reloads whenever the directory changes. Runs until it is dropped.
pub(super) async fn watch(app: Arc<App>, poll: Duration) {
    let poke = Arc::new(Notify::new());
    // The system tells of absolute paths, whatever path it was given.
    let directory: PathBuf = std::path::absolute(&app.directory).unwrap_or_else(|_| app.directory.clone());
    let mut watched = Watched { poke: poke.clone(), places: BTreeMap::new(), watcher: None, has_warned: false };
    // What changed between the first load and now, nobody has told of.
    let mut trigger: Trigger = Trigger::Watch;
    loop {
        // A folder that has only now appeared is watched before it is read, so that nothing in it is missed.
        watched.renew(&directory);
        let looked_at: PathBuf = app.directory.clone();
        match spawn_blocking(move || fingerprint(&looked_at)).await {
            Ok(fingerprint) if app.has_read(&fingerprint).await => {}
            // Something is different, or could not be looked at, which the reload will tell.
            _ => {
                app.reload(trigger).await;
            }
        }
        let pause: Duration = if poll.is_zero() { LOOK_OVER } else { poll };
        trigger = loop {
            match timeout(pause, poke.notified()).await {
                Ok(()) => {
                    wait_for_quiet(&poke).await;
                    break Trigger::Watch;
                }
                Err(_) if poll.is_zero() => watched.renew(&directory),
                Err(_) => break Trigger::Poll,
            }
        };
    }
}

async fn wait_for_quiet(poke: &Notify) {
    let deadline = Instant::now() + PATIENCE;
    // A reload runs in the end even under an editor that saves without pause.
    while Instant::now() < deadline && timeout(QUIET, poke.notified()).await.is_ok() {
        sleep(Duration::from_millis(1)).await;
    }
}

/// The places that are watched.
struct Watched {
    poke: Arc<Notify>,
    places: BTreeMap<PathBuf, Identity>,
    watcher: Option<RecommendedWatcher>,
    /// It is said once that watching does not work.
    has_warned: bool,
}

/// Tells a directory from another one that took its name.
type Identity = Option<(u64, u64)>;

impl Watched {
    /// Watches the places that matter now, if they are not those watched already.
    fn renew(&mut self, directory: &Path) {
        // Looked at again once they are watched: what appeared in between has been told of to nobody.
        for _ in 0..MOST_RENEWALS {
            let places: BTreeMap<PathBuf, Identity> =
                places(directory).into_iter().map(|place| (place.clone(), identity(&place))).collect();
            if places == self.places {
                return;
            }
            self.places = places;
            self.restart(directory);
        }
    }

    fn restart(&mut self, directory: &Path) {
        // The old one goes first: there are only so many.
        self.watcher = None;
        match self.start(directory) {
            Ok(watcher) => self.watcher = Some(watcher),
            Err(error) if !self.has_warned => {
                self.has_warned = true;
                tracing::warn!(%error, "the directory cannot be watched; changes are found by polling");
            }
            Err(_) => {}
        }
    }

    fn start(&self, directory: &Path) -> notify::Result<RecommendedWatcher> {
        let poke: Arc<Notify> = self.poke.clone();
        let link: Option<PathBuf> = parent_of_link(directory).map(|_| directory.to_path_buf());
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| !is_of_interest(&event, link.as_deref())) {
                return;
            }
            poke.notify_one();
        })?;
        for place in self.places.keys() {
            // A place that vanished in between is found again by the next renewal.
            if let Err(error) = watcher.watch(place, RecursiveMode::NonRecursive)
                && place == directory
            {
                return Err(error);
            }
        }
        Ok(watcher)
    }
}

/// The directory itself, the one that holds it if it is a link, the folder of its calendars, and the places that links
/// in the two lead to.
fn places(directory: &Path) -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = vec![directory.to_path_buf()];
    places.extend(parent_of_link(directory));
    places.extend(targets(directory, |name| name.ends_with(HANDBOOK_SUFFIX) || name.ends_with(TESTS_SUFFIX)));
    let calendars: PathBuf = directory.join(CALENDARS_FOLDER);
    if calendars.is_dir() {
        places.extend(targets(&calendars, is_calendar_name));
        // Where the folder is a link, the one it leads to may itself be moved.
        places.extend(parent_of_target(&calendars));
        places.push(calendars);
    }
    places
}

/// Where those of a directory's files are whose names matter and which are links.
fn targets(directory: &Path, is_ours: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = Vec::new();
    let Ok(entries) = fs::read_dir(directory) else { return places };
    for entry in entries.flatten() {
        let is_ours: bool = is_ours(&entry.file_name().to_string_lossy());
        let is_link: bool = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if is_ours && is_link {
            places.extend(parent_of_target(&entry.path()));
        }
    }
    places
}

/// The directory that holds what a link leads to; nothing for what is no link.
fn parent_of_target(path: &Path) -> Option<PathBuf> {
    let is_link: bool = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    fs::canonicalize(path).ok().filter(|_| is_link)?.parent().map(Path::to_path_buf)
}

fn parent_of_link(directory: &Path) -> Option<PathBuf> {
    match fs::symlink_metadata(directory) {
        Ok(metadata) if metadata.is_symlink() => directory.parent().map(Path::to_path_buf),
        _ => None,
    }
}

/// Reading a file is an event too, also when we read it. Beside a link to the
/// directory, nothing matters.
fn is_of_interest(event: &Event, link: Option<&Path>) -> bool {
    let is_change: bool = match event.kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        _ => true,
    };
    let is_near = |path: &PathBuf| match link {
        Some(link) if path.parent() == link.parent() => path == link,
        _ => true,
    };
    is_change && (event.paths.is_empty() || event.paths.iter().any(is_near))
}

#[cfg(unix)]
fn identity(place: &Path) -> Identity {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(place).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(place: &Path) -> Identity {
    fs::metadata(place).ok().map(|_| (0, 0))
}
