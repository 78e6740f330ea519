//! What stands around every handler: the answer is counted and timed, and a panic becomes a 500 with an id.
//!
//! A guard is part of the handler rather than a layer over the route, because every layer costs each request two
//! allocations.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::response::{IntoResponse, Response};

use super::metrics::RouteMetrics;
use super::problem::Problem;
use super::state::AnswerIds;

/// What the guards of one route share.
pub(super) struct Guard {
    pub(super) route: RouteMetrics,
    pub(super) ids: Arc<AnswerIds>,
}

/// A handler with its guard.
#[derive(Clone)]
pub(super) struct Guarded<H> {
    pub(super) handler: H,
    pub(super) guard: Arc<Guard>,
}

/// A request under way.
pub(super) struct UnderWay<F> {
    inner: F,
    guard: Arc<Guard>,
    method: Method,
    started: Instant,
}

impl<H, T, S> Handler<T, S> for Guarded<H>
where
    H: Handler<T, S>,
    // The future of a function is boxed already.
    H::Future: Unpin,
    T: 'static,
    S: 'static,
{
    type Future = UnderWay<H::Future>;

    fn call(self, request: Request, state: S) -> Self::Future {
        let started = Instant::now();
        let method: Method = request.method().clone();
        UnderWay { inner: self.handler.call(request, state), guard: self.guard, method, started }
    }
}

impl<F: Future<Output = Response> + Unpin> Future for UnderWay<F> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let this: &mut Self = self.get_mut();
        // After a panic the future is never polled again, so that nobody sees what it left half done.
        let response: Response = match catch_unwind(AssertUnwindSafe(|| Pin::new(&mut this.inner).poll(context))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(response)) => response,
            Err(panic) => broken(&this.guard.ids.next(), panic.as_ref()).into_response(),
        };
        this.guard.route.answered(&this.method, response.status().as_u16(), this.started.elapsed());
        Poll::Ready(response)
    }
}

/// Logs a panic under `id` and makes a problem of it.
pub(super) fn broken(id: &str, panic: &(dyn Any + Send)) -> Problem {
    let message: &str = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "no message",
    };
    tracing::error!(id, message, "a request panicked");
    Problem::internal(id)
}
