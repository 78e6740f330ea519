//! `rulebook serve`: the log, and the server.

use anstream::{AutoStream, ColorChoice};
use tracing_subscriber::EnvFilter;

use super::Edge;
use super::arguments::{LogForm, ServeArguments};
use super::outcome::{Exit, Failure, tell};
use crate::server::{self, Config, ServeError};

/// Serves until it is told to stop.
pub(super) fn serve(arguments: &ServeArguments, edge: &mut Edge<'_>) -> Result<Exit, Failure> {
    if arguments.dir.is_file() {
        let message = format!("`{}` is a file, and `serve` wants a directory", arguments.dir.display());
        return Err(Failure::unusable(message).help("name the directory it stands in"));
    }
    start_log(arguments.log)?;
    let config = Config {
        dir: arguments.dir.clone(),
        listen: arguments.listen,
        keep_going: arguments.keep_going,
        poll_interval: arguments.poll_interval,
        body_limit: arguments.body_limit,
    };
    match server::serve(&config, edge.out) {
        Ok(()) => Ok(Exit::Clean),
        Err(ServeError::Handbooks(findings)) => {
            tell(edge.err, findings.trim_end());
            Ok(Exit::Findings)
        }
        Err(ServeError::Io(error)) => Err(Failure::Output(error)),
        Err(error @ (ServeError::Directory(_) | ServeError::Listen(..))) => Err(Failure::unusable(error.to_string())),
    }
}

/// Log lines go to standard error, from all threads; `RUST_LOG` chooses which.
fn start_log(form: LogForm) -> Result<(), Failure> {
    let filter: EnvFilter = match std::env::var("RUST_LOG") {
        Ok(wanted) if !wanted.is_empty() => EnvFilter::try_new(&wanted).map_err(|error| {
            Failure::unusable(format!("RUST_LOG cannot be read: {error}")).help("write RUST_LOG=info")
        })?,
        _ => EnvFilter::new("info"),
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match form {
        LogForm::Text => {
            let is_plain: bool = AutoStream::choice(&std::io::stderr()) == ColorChoice::Never;
            log.with_ansi(!is_plain).try_init()
        }
        LogForm::Json => log.json().try_init(),
    };
    started.map_err(|error| Failure::unusable(format!("the log cannot be started: {error}")))
}
