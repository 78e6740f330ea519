//! `{"tickets": […]}`: a list of tickets in one body.
//!
//! Every ticket gets its decision or its problem, in order; one that is wrong does not keep the others waiting.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::decide::Terms;
use super::problem::{BAD_BODY, Problem, TOO_LARGE, Violation, listed};

/// More go as NDJSON, which nobody has to hold whole.
const MOST_TICKETS: usize = 10_000;

/// Whether the first name in the body is `tickets`, as it is in nearly every list.
pub(super) fn begins_like_one(body: &[u8]) -> bool {
    let inside = body.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    inside.is_some_and(|inside| inside.starts_with(b"\"tickets\""))
}

/// The tickets of a list. None when the body is something else: not JSON, or a ticket that has a field `tickets`.
pub(super) fn read(body: &[u8]) -> Option<Result<Vec<&RawValue>, Problem>> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
    let tickets: &RawValue = members.get("tickets")?;
    if members.contains_key("id") || members.contains_key("opened_at") {
        return None;
    }
    let others: Vec<&String> = members.keys().filter(|name| *name != "tickets").collect();
    if let [other, ..] = others.as_slice() {
        let message = format!("beside `tickets` stands {}, which means nothing here", listed(&others));
        let help = "`as_of`, `edition` and `explain` are query parameters";
        return Some(Err(wrong(&format!("/{}", other.replace('~', "~0").replace('/', "~1")), message, help)));
    }
    let Ok(list) = Vec::<&RawValue>::deserialize(tickets) else {
        return Some(Err(wrong("/tickets", "`tickets` is not a list".to_owned(), "write `{\"tickets\": [{…}, {…}]}`")));
    };
    if list.len() > MOST_TICKETS {
        let detail = format!("{} tickets in one list; it may have {MOST_TICKETS}, and NDJSON any number", list.len());
        return Some(Err(Problem::new(&TOO_LARGE, detail).with("limit_tickets", json!(MOST_TICKETS))));
    }
    Some(Ok(list))
}

/// Decides every ticket of a list.
pub(super) fn decide(terms: &Terms, tickets: &[&RawValue], id: &str) -> Vec<u8> {
    let mut out: Vec<u8> = b"{\"decisions\":[".to_vec();
    for (index, ticket) in tickets.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if let Err(problem) = terms.decide(ticket.get().as_bytes(), || format!("{id}/{index}"), &mut out) {
            let problem: Value = problem.under(&format!("/tickets/{index}")).to_json();
            out.extend_from_slice(json!({"error": problem}).to_string().as_bytes());
        }
    }
    out.extend_from_slice(b"]}\n");
    out
}

fn wrong(pointer: &str, message: String, help: &str) -> Problem {
    let violation =
        Violation { pointer: pointer.to_owned(), code: None, message: message.clone(), help: Some(help.to_owned()) };
    Problem::new(&BAD_BODY, message).violation(violation)
}
