//! Loading the directory again.
//!
//! A new set is read and compiled beside the running one and swapped in whole; one reload runs at a time, and it
//! runs to its end even if whoever asked for it has gone away. What it did is kept, logged and told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, spawn_blocking};
use tokio::time::sleep;

use super::compiled::{Compiled, compile_all};
use super::next::{Next, next};
use super::report::{Fate, Outcome, Report, Trigger};
use super::state::{App, Loaded, now};
use crate::calendar::Zone;
use crate::source::load::{self, CalendarFolder, Tests, load};

/// Between two looks at a directory that is being written to, and how many there are at most.
const SETTLE_PAUSE: Duration = Duration::from_millis(15);
const SETTLE_LOOKS: usize = 100;

/// What the last reload read.
#[derive(Default)]
pub(super) struct Cache {
    compiled: BTreeMap<PathBuf, Arc<Compiled>>,
    fingerprint: Option<String>,
}

impl App {
    /// Loads the directory and says what came of it.
    pub async fn reload(self: &Arc<App>, trigger: Trigger) -> Arc<Report> {
        let app: Arc<App> = self.clone();
        match tokio::spawn(async move { app.reload_to_the_end(trigger).await }).await {
            Ok(report) => report,
            Err(error) => self.failed(trigger, &error),
        }
    }

    /// Whether the directory says what the last reload read, as `fingerprint` has it.
    pub(super) async fn has_read(&self, fingerprint: &str) -> bool {
        self.cache.lock().await.fingerprint.as_deref() == Some(fingerprint)
    }

    async fn reload_to_the_end(self: Arc<App>, trigger: Trigger) -> Arc<Report> {
        let mut cache = self.cache.lock().await;
        let files: load::Loaded = match read(&self.directory, trigger).await {
            Ok(files) => files,
            Err(error) => return self.failed(trigger, &error),
        };
        cache.fingerprint = Some(files.fingerprint());
        // An empty directory is taken for a mount that is not there yet, never for the wish to serve nothing.
        if files.handbooks.is_empty() {
            let errors: Vec<String> = files.errors.iter().map(ToString::to_string).collect();
            return self.refuse_all(trigger, errors.join("; "));
        }
        let errors = files.calendars.iter().flat_map(CalendarFolder::errors);
        let unread_calendars: Vec<String> = errors.map(ToString::to_string).collect();
        let before = std::mem::take(&mut cache.compiled);
        let compiling = spawn_blocking(move || compile_all(&files, &before));
        match compiling.await {
            Ok(compiled) => cache.compiled = compiled,
            Err(error) => return self.failed(trigger, &error),
        }
        let next: Next = next(&self.loaded(), &cache.compiled, &self.metrics, now());
        self.take(trigger, next, unread_calendars)
    }

    /// Swaps the next set in and tells of it.
    fn take(&self, trigger: Trigger, next: Next, unread_calendars: Vec<String>) -> Arc<Report> {
        let is_changed: bool = next.handbooks.iter().any(|handbook| handbook.outcome.is_change());
        let outcome: Outcome = match (is_changed, next.refused.is_empty()) {
            (true, true) => Outcome::Swapped,
            (true, false) => Outcome::Partial,
            (false, true) => Outcome::Unchanged,
            (false, false) => Outcome::Refused,
        };
        let report = Arc::new(Report {
            generation: next.loaded.generation,
            at: Zone::UTC.format(now()),
            trigger,
            outcome,
            error: None,
            handbooks: next.handbooks,
            refused: next.refused,
            unread_calendars,
        });
        self.swap(next.loaded);
        self.tell(report)
    }

    /// Leaves everything as it is, and says why.
    fn refuse_all(&self, trigger: Trigger, error: String) -> Arc<Report> {
        let current: Arc<Loaded> = self.loaded();
        self.swap(Loaded {
            generation: current.generation,
            since: current.since,
            handbooks: current.handbooks.clone(),
            orphans: current.orphans.clone(),
            trouble: Some(error.clone()),
        });
        let report = Arc::new(Report {
            generation: current.generation,
            at: Zone::UTC.format(now()),
            trigger,
            outcome: Outcome::Refused,
            error: Some(error),
            handbooks: Vec::new(),
            refused: Vec::new(),
            unread_calendars: Vec::new(),
        });
        self.tell(report)
    }

    fn tell(&self, report: Arc<Report>) -> Arc<Report> {
        // Whether the first set is good enough to start with is not known here.
        if report.trigger != Trigger::Start {
            log(&report);
        }
        self.publish(report.clone());
        report
    }

    fn failed(&self, trigger: Trigger, error: &JoinError) -> Arc<Report> {
        self.refuse_all(trigger, format!("the reload broke off because of a fault in rulebook itself: {error}"))
    }
}

/// Reads the directory until it says the same twice, so that no half-written set is taken for a whole one.
async fn read(directory: &Path, trigger: Trigger) -> Result<load::Loaded, JoinError> {
    let look = || {
        let paths = vec![directory.to_path_buf()];
        spawn_blocking(move || load(&paths, Tests::Read))
    };
    let mut files: load::Loaded = look().await?;
    if trigger == Trigger::Start {
        return Ok(files);
    }
    for _ in 0..SETTLE_LOOKS {
        sleep(SETTLE_PAUSE).await;
        let again: load::Loaded = look().await?;
        if again == files {
            return Ok(again);
        }
        files = again;
    }
    tracing::warn!("the directory keeps changing; taking it as it is now");
    Ok(files)
}

/// Writes a report into the log.
pub(super) fn log(report: &Report) {
    let (generation, outcome, trigger) = (report.generation, report.outcome.word(), report.trigger.word());
    match &report.error {
        None => tracing::info!(generation, outcome, trigger, "reload"),
        Some(error) => tracing::error!(trigger, error, "reload refused; everything goes on as it was"),
    }
    for handbook in &report.handbooks {
        let (id, path) = (handbook.id.as_deref().unwrap_or("?"), &handbook.path);
        let (edition, digest) = (handbook.edition.as_deref(), handbook.digest.as_deref());
        match (handbook.outcome, edition) {
            (Fate::New, _) => tracing::info!(id, path, edition, digest, "handbook loaded"),
            (Fate::Replaced, _) => tracing::info!(id, path, edition, digest, "handbook replaced"),
            (Fate::Restored, _) => tracing::info!(id, path, edition, digest, "handbook is again what serves"),
            (Fate::Removed, _) => tracing::warn!(id, path, "handbook gone with its file"),
            (Fate::Refused, Some(_)) => {
                tracing::error!(id, path, edition, digest, "handbook refused; its last good edition goes on");
            }
            (Fate::Refused, None) => tracing::error!(id, path, "handbook refused; no edition of it serves"),
            (Fate::Unchanged, _) => {}
        }
    }
    for error in &report.unread_calendars {
        tracing::warn!(error, "a calendar is left out");
    }
    for line in report.refused.iter().flat_map(|refused| &refused.lines) {
        tracing::error!("{line}");
    }
}
