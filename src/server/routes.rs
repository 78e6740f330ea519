//! Every path, in one list.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{Method, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};

use super::guard::{Guard, Guarded};
use super::problem::{METHOD_NOT_ALLOWED, NOT_FOUND, Problem};
use super::state::App;
use super::{body, check, decisions, handbooks, health, page, reloads};

/// The whole service, apart from any listener.
pub fn router(app: Arc<App>) -> Router {
    let routes = Routes { router: Router::new(), app: app.clone() }
        .get("/", page::page)
        .get("/healthz", health::alive)
        .get("/readyz", health::ready)
        .get("/metrics", health::metrics)
        .get("/v1/handbooks", handbooks::list)
        .get("/v1/handbooks/{id}", handbooks::one)
        .get("/v1/handbooks/{id}/graph", handbooks::graph)
        .get("/v1/handbooks/{id}/source", handbooks::source)
        .get("/v1/handbooks/{id}/clauses/{clause}", handbooks::clause)
        .get("/v1/handbooks/{id}/schema", handbooks::schema)
        .post("/v1/handbooks/{id}/decisions", decisions::post)
        .post("/v1/check", check::post)
        .post("/v1/reload", reloads::reload)
        .get("/v1/reloads", reloads::list)
        .get("/v1/events", reloads::events);
    let handler = Guarded { handler: not_found, guard: routes.guard("(none)") };
    routes.router.fallback(handler).with_state(app)
}

/// The paths so far; every handler gets its guard on the way in.
struct Routes {
    router: Router<Arc<App>>,
    app: Arc<App>,
}

impl Routes {
    fn get<T: 'static, H: Handler<T, Arc<App>, Future: Unpin>>(self, path: &'static str, handler: H) -> Self {
        let guard: Arc<Guard> = self.guard(path);
        self.add(path, get(Guarded { handler, guard: guard.clone() }), guard)
    }

    fn post<T: 'static, H: Handler<T, Arc<App>, Future: Unpin>>(self, path: &'static str, handler: H) -> Self {
        let guard: Arc<Guard> = self.guard(path);
        self.add(path, post(Guarded { handler, guard: guard.clone() }), guard)
    }

    fn add(self, path: &'static str, methods: MethodRouter<Arc<App>>, guard: Arc<Guard>) -> Self {
        let methods = methods.fallback(Guarded { handler: method_not_allowed, guard });
        Routes { router: self.router.route(path, methods), ..self }
    }

    fn guard(&self, path: &'static str) -> Arc<Guard> {
        Arc::new(Guard { route: self.app.metrics.route(path), ids: self.app.ids.clone() })
    }
}

async fn not_found(uri: Uri, request: Request) -> Response {
    let problem = Problem::new(&NOT_FOUND, format!("nothing is at `{}`; `/` says what is loaded", uri.path()));
    let (parts, body) = request.into_parts();
    body::refuse(problem, &parts.headers, body).await
}

async fn method_not_allowed(method: Method, uri: Uri, request: Request) -> Response {
    let detail = format!("`{}` does not take {method}; the header `allow` says what it takes", uri.path());
    let (parts, body) = request.into_parts();
    body::refuse(Problem::new(&METHOD_NOT_ALLOWED, detail), &parts.headers, body).await
}
