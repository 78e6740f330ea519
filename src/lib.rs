//! Rulebook: a customer-service handbook that people read and a server runs.

