//! What the system asks of the process: SIGTERM and SIGINT to go, SIGHUP to load again.

use std::future::Future;
use std::io;
use std::sync::Arc;

use super::report::Trigger;
use super::state::App;

/// Resolves when the process is asked to go, and from then on as often as it is asked again.
pub(super) struct Leaving {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Leaving {
    /// Listens from now on; before, either signal ends the process at once.
    #[cfg(unix)]
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Leaving { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    #[cfg(unix)]
    pub(super) async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Leaving {})
    }

    #[cfg(not(unix))]
    pub(super) async fn asked(&mut self) {
        // An error says that there is no such signal, and then nobody ever asks.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Reloads on every SIGHUP. The signal is caught once this returns; the future runs until it is dropped.
#[cfg(unix)]
pub(super) fn reload_on_hangup(app: Arc<App>) -> io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        while hangup.recv().await.is_some() {
            app.reload(Trigger::Signal).await;
        }
    })
}

/// Elsewhere there is no SIGHUP.
#[cfg(not(unix))]
pub(super) fn reload_on_hangup(_: Arc<App>) -> io::Result<impl Future<Output = ()> + Send> {
    Ok(std::future::pending())
}
