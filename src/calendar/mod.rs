//! Instants, time zones, amounts of time, and business calendars.
//!
//! Reads and writes instants to the second, answers civil questions about them (which date, which time of day), and
//! counts working time and days. It knows nothing of policies, and it never asks what time it is: time is an argument.

mod amount;
mod business;
mod count;
mod index;
mod instant;
mod pauses;
mod plan;
mod story;

pub use amount::{Amount, Unit, format_seconds};
pub use business::Calendar;
pub use count::{DayEnd, LastDay, Pace};
pub use instant::{Instant, Zone, parse_date};
pub use pauses::{Paused, Pauses, Stretch};
pub use plan::{DAY, Day, DayKind, Hours, Plan, Workday, placed};
pub use story::{DateStretch, Why};
