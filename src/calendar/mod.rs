//! Instants, time zones and amounts of time.
//!
//! Reads and writes instants to the second, and answers civil questions about them (which date, which time of
//! day). It knows nothing of policies, and it never asks what time it is: time is an argument.

mod amount;
mod instant;

pub use amount::{Amount, Unit, format_seconds};
pub use instant::{Instant, Zone, parse_date};
