//! What the server serves at one moment, and what all requests share.
//!
//! A [`Loaded`] never changes: a reload makes another and swaps it in whole. A request takes one and keeps it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use axum::http::HeaderValue;
use metrics::Counter;
use serde_json::Value;
use tokio::sync::{Semaphore, broadcast};

use super::Config;
use super::metrics::Metrics;
use super::problem::{Problem, UNKNOWN_EDITION, UNKNOWN_HANDBOOK, listed};
use super::reload::Cache;
use super::report::Report;
use crate::calendar::Instant;
use crate::{Edition, Editions};

/// How many reports are kept, and how many events may wait for a slow listener.
const REPORTS_KEPT: usize = 100;
const EVENTS_WAITING: usize = 64;

/// How many texts are checked at once.
const CHECKS_AT_ONCE: usize = 2;

/// The handbooks that serve, as one.
#[derive(Default)]
pub struct Loaded {
    /// How many sets have been swapped in since the start; 0 before the first.
    pub(super) generation: u64,
    /// Since when this set serves.
    pub(super) since: Option<Instant>,
    /// By id.
    pub(super) handbooks: BTreeMap<String, Arc<Handbook>>,
    /// Files that were refused and have no edition serving.
    pub(super) orphans: Vec<Arc<Refused>>,
    /// What is wrong with the directory itself, if the last reload could not read it.
    pub(super) trouble: Option<String>,
}

/// A handbook that serves, in one edition or several.
pub(super) type Handbook = Editions<Arc<Serving>>;

/// An edition that serves.
#[derive(Clone)]
pub(super) struct Serving {
    pub(super) edition: Arc<Edition>,
    /// The file it came from.
    pub(super) path: PathBuf,
    pub(super) since: Instant,
    /// What its text and its tests raise.
    pub(super) warnings: Arc<Vec<Value>>,
    /// What its dates raise beside those of the other editions.
    pub(super) date_warnings: Vec<Value>,
    /// Refusals of what its file says now; empty when it says what serves.
    pub(super) refused: Vec<Arc<Refused>>,
    pub(super) headers: AnswerHeaders,
    pub(super) decisions: Counter,
}

/// What the head of an answer says of the handbook.
#[derive(Clone)]
pub(super) struct AnswerHeaders {
    pub(super) edition: HeaderValue,
    pub(super) digest: HeaderValue,
}

/// A file that did not load.
pub(super) struct Refused {
    /// The handbook's id, as far as the text says.
    pub(super) id: Option<String>,
    pub(super) path: PathBuf,
    pub(super) at: Instant,
    pub(super) diagnostics: Vec<Value>,
    /// For people: the diagnostics with their frames.
    pub(super) text: String,
    /// For people: a line an error.
    pub(super) lines: Vec<String>,
}

impl Loaded {
    /// The handbook of an id, or the problem that there is none.
    pub(super) fn handbook(&self, id: &str) -> Result<&Arc<Handbook>, Problem> {
        self.handbooks.get(id).ok_or_else(|| {
            let known = self.handbooks.keys().map(String::as_str);
            let detail = format!("no handbook `{id}` is loaded; there is {}", listed(known.clone()));
            Problem::new(&UNKNOWN_HANDBOOK, detail).known(id, known)
        })
    }

    /// Every edition that serves, by handbook and date.
    pub(super) fn editions(&self) -> impl Iterator<Item = &Arc<Serving>> + Clone {
        self.handbooks.values().flat_map(|handbook| handbook.iter())
    }

    /// Every refusal in effect.
    pub(super) fn refused(&self) -> impl Iterator<Item = &Arc<Refused>> {
        self.editions().flat_map(|serving| &serving.refused).chain(&self.orphans)
    }

    /// Whether everything in the directory serves as it stands there.
    pub(super) fn is_current(&self) -> bool {
        self.trouble.is_none() && self.refused().next().is_none()
    }
}

impl Serving {
    /// Whether its file says something that was refused.
    pub(super) fn is_stale(&self) -> bool {
        !self.refused.is_empty()
    }
}

impl AsRef<Edition> for Arc<Serving> {
    fn as_ref(&self) -> &Edition {
        &self.edition
    }
}

/// The edition of a handbook that was asked for by name; without a name, the one in force today.
pub(super) fn asked_for<'a>(handbook: &'a Handbook, name: Option<&str>) -> Result<&'a Arc<Serving>, Problem> {
    match name {
        Some(name) => handbook.named(name).ok_or_else(|| unknown_edition(handbook, name)),
        None => Ok(handbook.current(now())),
    }
}

fn unknown_edition(handbook: &Handbook, name: &str) -> Problem {
    let detail = format!("handbook `{}` has no edition `{name}`; there is {}", handbook.id(), listed(handbook.names()));
    Problem::new(&UNKNOWN_EDITION, detail).known(name, handbook.names())
}

impl AnswerHeaders {
    pub(super) fn new(edition: &Edition) -> Self {
        AnswerHeaders { edition: header(edition.edition()), digest: header(edition.digest()) }
    }
}

/// Text as it is, in UTF-8; what a header cannot hold becomes a `?`.
fn header(text: &str) -> HeaderValue {
    let printable: String = text.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect();
    HeaderValue::from_bytes(printable.as_bytes()).unwrap_or(HeaderValue::from_static("?"))
}

/// What all requests share.
pub struct App {
    pub(super) directory: PathBuf,
    pub(super) body_limit: usize,
    pub(super) metrics: Metrics,
    pub(super) ids: Arc<AnswerIds>,
    pub(super) checks: Arc<Semaphore>,
    pub(super) events: broadcast::Sender<Event>,
    /// Held by the one reload that runs.
    pub(super) cache: tokio::sync::Mutex<Cache>,
    loaded: ArcSwap<Loaded>,
    reports: Mutex<VecDeque<Arc<Report>>>,
}

/// What listeners are told.
#[derive(Clone)]
pub(super) enum Event {
    Reloaded(Arc<Report>),
    /// The server is going down.
    Closing,
}

impl App {
    /// A server's state with nothing loaded yet.
    pub fn new(config: &Config) -> Arc<App> {
        Arc::new(App {
            directory: config.dir.clone(),
            body_limit: config.body_limit,
            metrics: Metrics::new(),
            ids: Arc::new(AnswerIds::new()),
            checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
            events: broadcast::Sender::new(EVENTS_WAITING),
            cache: tokio::sync::Mutex::default(),
            loaded: ArcSwap::default(),
            reports: Mutex::default(),
        })
    }

    /// The set that serves now. A request asks once.
    pub(super) fn loaded(&self) -> Arc<Loaded> {
        self.loaded.load_full()
    }

    /// Lets a set serve from now on.
    pub(super) fn swap(&self, loaded: Loaded) {
        self.loaded.store(Arc::new(loaded));
    }

    /// Keeps a report and tells the listeners.
    pub(super) fn publish(&self, report: Arc<Report>) {
        self.metrics.reloaded(report.outcome.word());
        {
            let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
            reports.truncate(REPORTS_KEPT - 1);
            reports.push_front(report.clone());
        }
        // An error says that nobody listens.
        let _ = self.events.send(Event::Reloaded(report));
    }

    /// The reports kept, newest first.
    pub(super) fn reports(&self) -> Vec<Arc<Report>> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Gives every answer a name that no other answer has, of this run or another.
pub(super) struct AnswerIds {
    run: String,
    next: AtomicU64,
}

impl AnswerIds {
    fn new() -> Self {
        // Every `RandomState` starts from keys that the system drew.
        let run: u64 = RandomState::new().build_hasher().finish();
        AnswerIds { run: format!("{run:016x}-"), next: AtomicU64::new(1) }
    }

    pub(super) fn next(&self) -> String {
        let mut id = String::with_capacity(self.run.len() + 16);
        id.push_str(&self.run);
        // Writing to a string does not fail.
        let _ = write!(id, "{:x}", self.next.fetch_add(1, Ordering::Relaxed));
        id
    }
}

/// The only clock: now, in whole seconds.
pub(super) fn now() -> Instant {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Instant(i64::try_from(seconds).unwrap_or(i64::MAX))
}
