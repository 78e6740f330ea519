//! Rulebook: a customer-service handbook that people read and a server runs.

pub mod calendar;
pub mod diagnostic;
pub mod graph;
pub mod handbook;
pub mod source;
pub mod syntax;
