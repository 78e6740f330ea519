//! Tickets line by line, decisions line by line.
//!
//! Each line is answered as soon as it has come in, so that neither side ever holds the whole. A bad line gets an
//! error object with its number; empty lines are passed over. Whoever sends much reads while sending, because lines
//! wait to be read before more are taken in.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::body::{Body, Bytes};
use serde_json::{Value, json};
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use super::decide::Terms;
use super::guard;
use super::problem::{BODY_LOST, Problem, TOO_LARGE};

/// A line may have so many bytes.
const LONGEST_LINE: usize = 1024 * 1024;

/// Answers are sent on when they come to this much, and whenever no more lines are at hand.
const FULL: usize = 64 * 1024;

/// Pieces of answer that may wait for the reader.
const WAITING: usize = 4;

/// The answer to a body of lines, as it comes about.
pub(super) fn answer(terms: Terms, id: String, body: Body) -> Body {
    let (sender, receiver) = channel::<Result<Bytes, axum::Error>>(WAITING);
    tokio::spawn(async move {
        let lines = Lines { terms, id, number: 0, partial: Vec::new(), is_skipping: false, out: Vec::new() };
        // An error says that nobody reads any more.
        let _ = lines.run(body, sender).await;
    });
    Body::from_stream(ReceiverStream::new(receiver))
}

struct Lines {
    terms: Terms,
    id: String,
    /// The line being read, from 1; 0 before the first.
    number: u64,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    /// The line was too long, and the rest of it is thrown away.
    is_skipping: bool,
    out: Vec<u8>,
}

/// Nobody reads the answer.
struct Gone;

impl Lines {
    async fn run(mut self, body: Body, sender: Sender<Result<Bytes, axum::Error>>) -> Result<(), Gone> {
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk: Bytes = match chunk {
                Ok(chunk) => chunk,
                Err(error) => {
                    self.number += 1;
                    self.error(Problem::new(&BODY_LOST, format!("the body ended early: {error}")));
                    return self.send(&sender).await;
                }
            };
            for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
                self.take(piece);
                if self.out.len() >= FULL {
                    self.send(&sender).await?;
                }
            }
            self.send(&sender).await?;
        }
        // The last line may come without its end.
        if !self.partial.is_empty() {
            self.take(b"\n");
        }
        self.send(&sender).await
    }

    async fn send(&mut self, sender: &Sender<Result<Bytes, axum::Error>>) -> Result<(), Gone> {
        if self.out.is_empty() {
            return Ok(());
        }
        let out: Bytes = std::mem::take(&mut self.out).into();
        sender.send(Ok(out)).await.map_err(|_| Gone)
    }

    /// Takes a line, the end of one, or a piece without an end.
    fn take(&mut self, piece: &[u8]) {
        let is_end: bool = piece.ends_with(b"\n");
        match (self.is_skipping, self.partial.is_empty()) {
            (true, _) => self.is_skipping = !is_end,
            (false, true) if is_end => self.line(piece),
            (false, _) => {
                self.partial.extend_from_slice(piece);
                if is_end {
                    let line: Vec<u8> = std::mem::take(&mut self.partial);
                    self.line(&line);
                } else if self.partial.len() > LONGEST_LINE {
                    let line: Vec<u8> = std::mem::take(&mut self.partial);
                    self.line(&line);
                    self.is_skipping = true;
                }
            }
        }
    }

    fn line(&mut self, line: &[u8]) {
        self.number += 1;
        let line: &[u8] = match self.number {
            1 => line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line),
            _ => line,
        };
        let line: &[u8] = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        if line.len() > LONGEST_LINE {
            let detail = format!("a line may have {} MiB", LONGEST_LINE / (1024 * 1024));
            self.error(Problem::new(&TOO_LARGE, detail).with("limit_bytes", json!(LONGEST_LINE)));
            return;
        }
        let Lines { terms, id, number, out, .. } = self;
        let id = || format!("{id}/{number}");
        let before: usize = out.len();
        // A panic here would cut the stream short as if it had come to its end.
        match catch_unwind(AssertUnwindSafe(|| terms.decide(line, id, out))) {
            Ok(Ok(_)) => out.push(b'\n'),
            Ok(Err(problem)) => self.error(problem),
            Err(panic) => {
                out.truncate(before);
                let problem: Problem = guard::broken(&id(), panic.as_ref());
                self.error(problem);
            }
        }
    }

    fn error(&mut self, problem: Problem) {
        let problem: Value = problem.with("line", json!(self.number)).to_json();
        self.out.extend_from_slice(json!({"error": problem}).to_string().as_bytes());
        self.out.push(b'\n');
    }
}
