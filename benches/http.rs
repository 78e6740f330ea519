//! Requests a second over loopback, beside a bare axum handler that reads the same ticket and answers fixed JSON.
//!
//! `cargo bench --bench http` runs the two in turn, several rounds each, in one process with its clients, and prints
//! the ratio of the medians. The clients' own work is in both figures. It is bounded and stops by itself.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::post;
use rulebook::server::{App, Config, Trigger, router};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);
const TICKET: &str = r#"{"id":"T-1","opened_at":"2025-03-03T10:00:00+08:00","category":"支付","issue":"支付失败","customer":{"name":"李雷","contact":"13800000000","level":"普通"},"body":"付款失败"}"#;
const PATH: &str = "/v1/handbooks/small/decisions?as_of=2025-03-03T10:05:00%2B08:00";

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let directory = std::env::temp_dir().join(format!("rulebook-bench-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("small.handbook.md"), include_str!("small.handbook.md")).unwrap();
        let app: Arc<App> = App::new(&Config { dir: directory.clone(), ..Config::default() });
        app.reload(Trigger::Start).await;
        let ours = serve(router(app)).await;
        let answer = one_answer(&ours).await;
        let bare = serve(bare(answer)).await;
        let (mut our_rates, mut bare_rates): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            bare_rates.push(rate(&bare).await);
            our_rates.push(rate(&ours).await);
            println!("round {round}: bare {:.0}/s, rulebook {:.0}/s", bare_rates[round - 1], our_rates[round - 1]);
        }
        let (ours, bare) = (median(our_rates), median(bare_rates));
        println!("median: bare {bare:.0}/s, rulebook {ours:.0}/s, ratio {:.2}", ours / bare);
        std::fs::remove_dir_all(directory).unwrap();
    });
}

/// Reads the same body into JSON and answers with the same bytes, whatever it says.
fn bare(answer: String) -> Router {
    let handler = move |body: Bytes| async move {
        let ticket: serde_json::Value = serde_json::from_slice(&body).unwrap();
        std::hint::black_box(ticket);
        ([(CONTENT_TYPE, "application/json")], answer.clone()).into_response()
    };
    Router::new().route("/v1/handbooks/{id}/decisions", post(handler))
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

fn request() -> Vec<u8> {
    format!("POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{TICKET}", TICKET.len()).into_bytes()
}

/// Sends the request and reads the answer: its whole text in `buffer`, and where the body begins.
async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> usize {
    stream.write_all(request).await.unwrap();
    buffer.clear();
    loop {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "the connection was closed");
        let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end]).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| {
            line.to_lowercase().strip_prefix("content-length: ").map(|length| length.parse::<usize>().unwrap())
        });
        let whole = end + 4 + length.unwrap();
        while buffer.len() < whole {
            assert!(stream.read_buf(buffer).await.unwrap() > 0, "the connection was closed");
        }
        return end + 4;
    }
}

async fn one_answer(address: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut buffer: Vec<u8> = Vec::new();
    let start = exchange(&mut stream, &request(), &mut buffer).await;
    String::from_utf8(buffer[start..].to_vec()).unwrap()
}

/// Answers a second over all connections, each asking again as soon as it is answered.
async fn rate(address: &str) -> f64 {
    let is_over = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (address, is_over, count) = (address.to_owned(), is_over.clone(), count.clone());
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(&address).await.unwrap();
                stream.set_nodelay(true).unwrap();
                let request = request();
                let mut buffer: Vec<u8> = Vec::with_capacity(8192);
                while !is_over.load(Ordering::Relaxed) {
                    exchange(&mut stream, &request, &mut buffer).await;
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let started = Instant::now();
    tokio::time::sleep(ROUND).await;
    is_over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    count.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
