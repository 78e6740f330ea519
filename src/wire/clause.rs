//! One clause of a handbook as JSON: its number, title, text, and the rules that stand in it.

use crate::engine::Engine;
use crate::graph::{authority_of, unit_name};
use crate::handbook::{AuthorityId, Clause, Handbook};
use crate::source::{SourceFile, Span};
use serde_json::{Value, json};

/// The clause of a number in any of its spellings. `file` is the handbook's text.
pub fn clause(engine: &Engine, file: &SourceFile, number: &str) -> Option<Value> {
    let handbook = engine.handbook();
    let clause = handbook.clause(number)?;
    let text = |span: Span| file.text.get(span.range()).unwrap_or("");
    let mut rules: Vec<Value> = Vec::new();
    for unit in &engine.graph().units {
        let name = unit_name(handbook, unit.unit);
        let (kind, id) = name.split_once(':').unwrap_or(("", &name));
        let authority = authority_of(handbook, unit.unit);
        if is_in(handbook, authority, clause) {
            rules.push(rule(handbook, authority, kind, id, text, file));
        }
        let mut seen: Vec<AuthorityId> = vec![authority];
        for row in &unit.rows {
            if !seen.contains(&row.authority) && is_in(handbook, row.authority, clause) {
                rules.push(rule(handbook, row.authority, "exception", id, text, file));
            }
            seen.push(row.authority);
        }
    }
    rules.sort_by_key(|rule| rule["line"].as_u64());
    Some(json!({
        "handbook": {"id": handbook.meta.id, "edition": handbook.meta.edition, "digest": engine.digest()},
        "number": clause.number,
        "title": clause.title,
        "line": file.position(clause.heading.start).line,
        "text": text(clause.body),
        "rules": rules,
    }))
}

fn is_in(handbook: &Handbook, authority: AuthorityId, clause: &Clause) -> bool {
    handbook.clause_of(authority).key == clause.key
}

fn rule<'f>(
    handbook: &Handbook,
    authority: AuthorityId,
    kind: &str,
    id: &str,
    text: impl Fn(Span) -> &'f str,
    file: &SourceFile,
) -> Value {
    let found = &handbook.authorities[authority.0];
    json!({
        "kind": kind,
        "id": id,
        "cites": found.cites,
        "trial": found.trial,
        "line": file.position(found.span.start).line,
        "text": text(found.span),
    })
}
