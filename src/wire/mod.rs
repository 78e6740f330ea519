//! Our types as JSON: decisions, tickets' schema, clauses.
//!
//! The shapes are a contract that other programs rely on; fields may be added, never renamed. Nothing is computed
//! here.

mod clause;
mod decision;
mod schema;

pub use clause::clause;
pub use schema::ticket_schema;
