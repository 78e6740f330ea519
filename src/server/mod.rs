//! The HTTP server and hot reload.
//!
//! A directory of handbooks goes in; decisions come out over HTTP, and saving an edit changes the next answer. The
//! policy is the engine's business: what stands here converts, calls, and converts back. This is the edge: it reads
//! the clock, watches the disk, logs. Start reading in `routes`; `next` has the rule for edits that do not compile.

mod batch;
mod body;
mod check;
mod compiled;
mod decide;
mod decisions;
mod guard;
mod handbooks;
mod health;
mod lineage;
mod metrics;
mod ndjson;
mod next;
mod page;
mod problem;
mod query;
mod reload;
mod reloads;
mod report;
mod routes;
mod signals;
mod state;
mod watch;

#[cfg(test)]
mod tests;

pub use report::{Fate, HandbookReport, Outcome, Report, Trigger};
pub use routes::router;
pub use state::App;

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use self::signals::Leaving;
use self::state::Event;

/// How long requests under way may take once the server is asked to go.
const DRAIN: Duration = Duration::from_secs(30);

/// How often the histogram is folded.
const UPKEEP: Duration = Duration::from_secs(5);

/// What a server needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The directory of handbooks.
    pub dir: PathBuf,
    /// Where to listen; with port 0 the system gives one.
    pub listen: SocketAddr,
    /// Start with the good handbooks though others do not compile.
    pub keep_going: bool,
    /// How often to look for changes that nobody told of; zero is never.
    pub poll_interval: Duration,
    /// How many bytes a body may have; NDJSON is not limited as a whole.
    pub body_limit: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            dir: PathBuf::from("."),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            keep_going: false,
            poll_interval: Duration::from_secs(2),
            body_limit: 8 * 1024 * 1024,
        }
    }
}

/// Why the server did not start, or stopped.
#[derive(Debug)]
pub enum ServeError {
    /// The directory is missing, empty or unreadable.
    Directory(String),
    /// Handbooks do not compile: their diagnostics, rendered for people.
    Handbooks(String),
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// Something else that the system refused.
    Io(io::Error),
}

impl Display for ServeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServeError::Directory(why) => formatter.write_str(why),
            ServeError::Handbooks(text) => formatter.write_str(text.trim_end()),
            ServeError::Listen(address, error) if error.kind() == io::ErrorKind::AddrInUse => {
                let port: u16 = address.port();
                write!(
                    formatter,
                    "{address} is in use: another program listens on port {port}; choose another with `--listen`"
                )
            }
            ServeError::Listen(address, error) => write!(formatter, "cannot listen on {address}: {error}"),
            ServeError::Io(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ServeError {}

impl From<io::Error> for ServeError {
    fn from(error: io::Error) -> Self {
        ServeError::Io(error)
    }
}

/// Serves until the process is asked to go. The first line on `out` says where.
///
/// # Errors
/// What kept it from starting; once it serves, it ends well.
pub fn serve(config: &Config, out: &mut dyn Write) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(run(config, out));
    // A compilation that still runs is not waited for.
    runtime.shutdown_background();
    served
}

async fn run(config: &Config, out: &mut dyn Write) -> Result<(), ServeError> {
    let app: Arc<App> = App::new(config);
    start(&app, config.keep_going).await?;
    let listen_error = |error| ServeError::Listen(config.listen, error);
    let listener = TcpListener::bind(config.listen).await.map_err(listen_error)?;
    let address: SocketAddr = listener.local_addr()?;
    let mut leaving = Leaving::listen()?;
    let mut beside: JoinSet<()> = JoinSet::new();
    beside.spawn(signals::reload_on_hangup(app.clone())?);
    beside.spawn(watch::watch(app.clone(), config.poll_interval));
    beside.spawn(keep_up(app.clone()));
    // Whoever started the process may wait for this line.
    writeln!(out, "listening on http://{address}")?;
    out.flush()?;
    tracing::info!(%address, directory = %config.dir.display(), "listening");
    // A small answer goes out at once, whatever comes after it.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let until = async {
        // The sender is dropped only together with all of this.
        let _ = gone.await;
    };
    let server = tokio::spawn(axum::serve(listener, router(app.clone())).with_graceful_shutdown(until).into_future());
    leaving.asked().await;
    tracing::info!("asked to go; finishing what is under way");
    beside.abort_all();
    // An error says that nobody listens.
    let _ = app.events.send(Event::Closing);
    let _ = go.send(());
    tokio::select! {
        // The accept loop itself does not fail.
        _ = server => tracing::info!("all requests are answered; bye"),
        () = tokio::time::sleep(DRAIN) => tracing::warn!("some requests took too long and are cut off; bye"),
        () = leaving.asked() => tracing::warn!("asked again; cutting off what is under way"),
    }
    Ok(())
}

/// Loads the first set, or says why not to start.
async fn start(app: &Arc<App>, keep_going: bool) -> Result<(), ServeError> {
    let report: Arc<Report> = app.reload(Trigger::Start).await;
    if let Some(error) = &report.error {
        return Err(ServeError::Directory(error.clone()));
    }
    let is_any_good: bool = !app.loaded().handbooks.is_empty();
    let may_start: bool = report.refused.is_empty() || (keep_going && is_any_good);
    if !may_start {
        let mut text: String = report.refused.iter().map(|refused| format!("{}\n", refused.text)).collect();
        if is_any_good {
            text.push_str("not started; to go on with the good handbooks, give `--keep-going`");
        } else {
            text.push_str("not started: no handbook is good");
        }
        return Err(ServeError::Handbooks(text));
    }
    reload::log(&report);
    Ok(())
}

async fn keep_up(app: Arc<App>) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        app.metrics.upkeep();
    }
}
