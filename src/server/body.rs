//! Bodies that arrive: what they are, how long they may be, and what becomes of those nobody wants.
//!
//! A body that is refused is read to its end all the same, within limits: a connection closed on a client that is
//! still sending takes the answer with it.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::time::timeout;
use tokio_stream::{Stream, StreamExt};

use super::problem::{BODY_LOST, MEDIA_TYPE, Problem, SLOW_BODY, TOO_LARGE};

/// How long a body may pause.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of an unwanted body is read, and for how long at most.
const DRAIN_BYTES: usize = 128 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// The whole body, when it is at most `limit` bytes.
pub(super) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
    if declared_length(headers).is_some_and(|length| length > limit as u64) {
        drain(headers, body).await;
        return Err(too_large(limit));
    }
    let length: Option<u64> = body.size_hint().exact();
    let mut chunks = body.into_data_stream();
    let mut first = Bytes::new();
    let mut rest: Vec<u8> = Vec::new();
    while length != Some((first.len() + rest.len()) as u64) {
        let Some(chunk) = next(&mut chunks).await? else { break };
        if first.len() + rest.len() + chunk.len() > limit {
            discard(chunks).await;
            return Err(too_large(limit));
        }
        // A body mostly comes in one piece, which then need not be copied.
        match first.is_empty() {
            true => first = chunk,
            false => rest.extend_from_slice(&chunk),
        }
    }
    match rest.is_empty() {
        true => Ok(first),
        false => Ok([first.as_ref(), &rest].concat().into()),
    }
}

/// The next piece of a body; None at its end.
async fn next(chunks: &mut BodyDataStream) -> Result<Option<Bytes>, Problem> {
    // What is there already needs no timer.
    let at_hand = poll_fn(|context| Poll::Ready(Pin::new(&mut *chunks).poll_next(context))).await;
    let chunk = match at_hand {
        Poll::Ready(chunk) => chunk,
        Poll::Pending => timeout(PATIENCE, chunks.next()).await.map_err(|_| {
            let detail = format!("nothing arrived for {} seconds", PATIENCE.as_secs());
            Problem::new(&SLOW_BODY, detail)
        })?,
    };
    chunk.transpose().map_err(|error| Problem::new(&BODY_LOST, error.to_string()))
}

/// Answers with a problem, after the body has been let in and thrown away.
pub(super) async fn refuse(problem: Problem, headers: &HeaderMap, body: Body) -> Response {
    drain(headers, body).await;
    problem.into_response()
}

/// The content type without its parameters.
pub(super) fn kind(headers: &HeaderMap) -> Option<&str> {
    text(headers, CONTENT_TYPE)?.split(';').next().map(str::trim)
}

/// Whether two content types are one.
pub(super) fn is(kind: &str, known: &str) -> bool {
    kind.eq_ignore_ascii_case(known)
}

/// The problem of a body that is none of `types`.
pub(super) fn unsupported(headers: &HeaderMap, types: &[&str]) -> Problem {
    let detail = match text(headers, CONTENT_TYPE) {
        Some(given) => format!("the content type is `{given}`; send one of those in `known`"),
        None => "the request names no content type; send one of those in `known`".to_owned(),
    };
    Problem::new(&MEDIA_TYPE, detail).with("known", json!(types))
}

/// Refuses compressed bodies, which would otherwise read as garbage.
pub(super) fn plain(headers: &HeaderMap) -> Result<(), Problem> {
    match text(headers, CONTENT_ENCODING) {
        None => Ok(()),
        Some(coding) if coding.eq_ignore_ascii_case("identity") => Ok(()),
        Some(coding) => {
            let detail = format!("the content coding is `{coding}`; bodies are taken uncompressed only");
            Err(Problem::new(&MEDIA_TYPE, detail))
        }
    }
}

fn too_large(limit: usize) -> Problem {
    let detail = match limit % (1024 * 1024) {
        0 => format!("a body may have {} MiB", limit / (1024 * 1024)),
        _ => format!("a body may have {limit} bytes"),
    };
    let detail = format!("{detail}; more tickets at once go as NDJSON, line by line, without a limit on the whole");
    Problem::new(&TOO_LARGE, detail).with("limit_bytes", json!(limit))
}

async fn drain(headers: &HeaderMap, body: Body) {
    // Who asks before sending has sent nothing yet, and takes the answer for a no.
    let asks_first: bool = text(headers, EXPECT).is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
    let is_hopeless: bool = declared_length(headers).is_some_and(|length| length > DRAIN_BYTES as u64);
    if !asks_first && !is_hopeless {
        discard(body.into_data_stream()).await;
    }
}

async fn discard(mut chunks: BodyDataStream) {
    let all = async {
        let mut seen: usize = 0;
        while let Some(Ok(chunk)) = chunks.next().await {
            seen += chunk.len();
            if seen > DRAIN_BYTES {
                break;
            }
        }
    };
    // Whether it came to its end or ran out of time, the answer follows.
    let _ = timeout(DRAIN_TIME, all).await;
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    text(headers, CONTENT_LENGTH)?.parse().ok()
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
