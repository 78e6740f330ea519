//! What a person can see of Rulebook: text in, text out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers fail as tests do; the lint spares test functions only")]

mod almanac;
mod architecture;
mod calendars;
mod damage;
mod decisions;
mod diagnostics;
mod docs;
mod generate;
mod laws;
mod limits;
mod markdown;
mod naive;
mod pages;
mod process;
mod readme;
mod support;
