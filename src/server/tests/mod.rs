//! The router, called as a client would, over directories that live for one test.

mod decisions;
mod editions;
mod reloading;
mod surfaces;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

use super::{App, Config, Report, Trigger, router};

/// A handbook with one classification that always gives `tier`.
fn handbook(id: &str, edition: &str, tier: &str) -> String {
    format!(
        "---\nhandbook: {id}\ntitle: A <b>small</b> one\nedition: \"{edition}\"\nin_force: 2025-01-01\n\
         time_zone: Asia/Shanghai\n---\n\n# A small one\n\n## 1.1 Urgency\n\nHow soon.\n\n```rules\n\
         fact category \"Category\" text\n\nclassify urgency \"Urgency\"\n  tier {tier} \"Tier\" when category is present\n  \
         tier none \"None\" otherwise\n```\n"
    )
}

/// An edition of the shop that judges on these dates, `until` with its key where there is one.
fn edition(name: &str, in_force: &str, until: &str, tier: &str) -> String {
    handbook("shop", name, tier).replace("2025-01-01", format!("{in_force}\n{until}").trim_end())
}

/// The same with a name that nothing declares.
fn broken(id: &str) -> String {
    handbook(id, "9", "high").replace("when category is", "when sevrity is")
}

const TICKET: &str = r#"{"id":"T-1","opened_at":"2025-03-03T10:00","category":"x"}"#;

struct Server {
    directory: PathBuf,
    app: Arc<App>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Server {
    fn empty() -> Server {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("rulebook-server-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).unwrap();
        let app = App::new(&Config { dir: directory.clone(), body_limit: 4096, ..Config::default() });
        Server { directory, app }
    }

    /// A server with the handbook `shop`, edition 1, tier `high`.
    async fn shop() -> Server {
        let server = Server::empty();
        server.write("shop", &handbook("shop", "1", "high"));
        server.reload().await;
        server
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.handbook.md"))
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn write_calendar(&self, text: &str) {
        let folder = self.directory.join("calendars");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("office.yaml"), text).unwrap();
    }

    async fn reload(&self) -> Arc<Report> {
        self.app.reload(Trigger::Request).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = router(self.app.clone()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, content_type: &str, body: impl Into<Body>) -> Answer {
        self.send(Request::post(path).header("content-type", content_type).body(body.into()).unwrap()).await
    }

    /// Posts to the shop's decisions, `query` with its question mark.
    async fn decide(&self, query: &str, body: &str) -> Answer {
        let path = format!("/v1/handbooks/shop/decisions{query}");
        self.post(&path, "application/json", body.to_owned()).await
    }

    /// The tier that the shop gives now.
    async fn tier(&self) -> String {
        self.decide("", TICKET).await.json()["tiers"]["urgency"]["tier"].as_str().unwrap_or("no tier").to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// That it is a problem of this kind, and the problem.
    fn problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:rulebook:problem:{kind}"));
        assert_eq!(problem["status"], status);
        problem
    }
}
