//! What Prometheus sees.
//!
//! Counters and the histogram live in the exporter, their handles fetched once; what is loaded is written from the
//! set that serves at the moment of the scrape, so that no edition of yesterday lingers.

use std::fmt::Write;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http::Method;
use metrics::{Counter, Histogram, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::state::Loaded;

const SECONDS: &[f64] = &[0.000_01, 0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];
const ABOUT: Metadata<'static> = Metadata::new("rulebook", Level::INFO, None);

/// The counters of one server.
pub(super) struct Metrics {
    recorder: Arc<PrometheusRecorder>,
    handle: PrometheusHandle,
}

impl Metrics {
    pub(super) fn new() -> Self {
        // Setting buckets fails on an empty list only; without buckets the histogram would be a summary.
        let builder = PrometheusBuilder::new().set_buckets(SECONDS).unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        for (name, meaning) in [
            ("rulebook_http_requests_total", "Requests answered."),
            ("rulebook_decisions_total", "Tickets decided."),
            ("rulebook_reloads_total", "Reloads, by what came of them."),
        ] {
            recorder.describe_counter(name.into(), None, meaning.into());
        }
        let meaning = "Time from a request's head to its answer's head.";
        recorder.describe_histogram("rulebook_http_request_duration_seconds".into(), None, meaning.into());
        Metrics { handle: recorder.handle(), recorder: Arc::new(recorder) }
    }

    /// The handles of one route.
    pub(super) fn route(&self, route: &'static str) -> RouteMetrics {
        let key = Key::from_parts("rulebook_http_request_duration_seconds", vec![Label::new("route", route)]);
        RouteMetrics {
            route,
            duration: self.recorder.register_histogram(&key, &ABOUT),
            requests: Default::default(),
            recorder: self.recorder.clone(),
        }
    }

    /// The counter of a handbook's decisions.
    pub(super) fn decisions(&self, handbook: &str) -> Counter {
        let labels = vec![Label::new("handbook", handbook.to_owned())];
        self.recorder.register_counter(&Key::from_parts("rulebook_decisions_total", labels), &ABOUT)
    }

    /// Counts a reload.
    pub(super) fn reloaded(&self, outcome: &'static str) {
        let labels = vec![Label::new("outcome", outcome)];
        self.recorder.register_counter(&Key::from_parts("rulebook_reloads_total", labels), &ABOUT).increment(1);
    }

    /// Folds what the histogram has gathered; without it, memory grows with the requests between two scrapes.
    pub(super) fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// The whole exposition.
    pub(super) fn render(&self, loaded: &Loaded) -> String {
        let mut text: String = self.handle.render();
        write_build(&mut text);
        write_loaded(&mut text, loaded);
        text
    }
}

/// Methods and statuses that have a counter of their own; the others share the last of each.
const METHODS: [Method; 3] = [Method::GET, Method::HEAD, Method::POST];
const STATUSES: [u16; 10] = [200, 400, 404, 405, 408, 413, 415, 422, 500, 503];

/// The handles of one route, each counter made when it is first needed.
pub(super) struct RouteMetrics {
    route: &'static str,
    duration: Histogram,
    requests: [[OnceLock<Counter>; STATUSES.len() + 1]; METHODS.len() + 1],
    recorder: Arc<PrometheusRecorder>,
}

impl RouteMetrics {
    /// Counts an answer.
    pub(super) fn answered(&self, method: &Method, status: u16, taken: Duration) {
        let method_at: usize = METHODS.iter().position(|known| known == method).unwrap_or(METHODS.len());
        let status_at: usize = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len());
        let counter: &Counter = self.requests[method_at][status_at].get_or_init(|| {
            let method: &'static str = ["GET", "HEAD", "POST", "other"][method_at];
            let status: String = STATUSES.get(status_at).map_or("other".to_owned(), u16::to_string);
            let labels =
                vec![Label::new("method", method), Label::new("route", self.route), Label::new("status", status)];
            self.recorder.register_counter(&Key::from_parts("rulebook_http_requests_total", labels), &ABOUT)
        });
        counter.increment(1);
        self.duration.record(taken.as_secs_f64());
    }
}

fn write_build(text: &mut String) {
    let version: &str = env!("CARGO_PKG_VERSION");
    head(text, "rulebook_build_info", "The program that runs.");
    line(text, "rulebook_build_info", &[("version", version)], 1);
}

fn write_loaded(text: &mut String, loaded: &Loaded) {
    head(text, "rulebook_handbooks_loaded", "Handbooks that serve.");
    line(text, "rulebook_handbooks_loaded", &[], loaded.handbooks.len() as u64);
    head(text, "rulebook_handbooks_refused", "Files that were refused, their last good edition serving or not.");
    line(text, "rulebook_handbooks_refused", &[], loaded.refused().count() as u64);
    head(
        text,
        "rulebook_directory_readable",
        "0 when the last reload could not read the directory, or found it empty.",
    );
    line(text, "rulebook_directory_readable", &[], u64::from(loaded.trouble.is_none()));
    head(text, "rulebook_generation", "Sets that have been swapped in since the start.");
    line(text, "rulebook_generation", &[], loaded.generation);
    head(text, "rulebook_handbook_info", "The editions that serve.");
    for serving in loaded.editions() {
        let edition = &serving.edition;
        let labels = [("handbook", edition.id()), ("edition", edition.edition()), ("digest", edition.digest())];
        line(text, "rulebook_handbook_info", &labels, 1);
    }
    head(
        text,
        "rulebook_handbook_stale",
        "1 when a file says something else than the edition of it that serves, because it was refused.",
    );
    for (id, handbook) in &loaded.handbooks {
        let is_stale: bool = handbook.iter().any(|serving| serving.is_stale());
        line(text, "rulebook_handbook_stale", &[("handbook", id)], u64::from(is_stale));
    }
}

fn head(text: &mut String, name: &str, meaning: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "# HELP {name} {meaning}\n# TYPE {name} gauge");
}

fn line(text: &mut String, name: &str, labels: &[(&str, &str)], value: u64) {
    let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    let labels: String = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
    let _ = writeln!(text, "{name}{labels} {value}");
}
