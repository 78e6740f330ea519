//! The program: hands the command line its arguments, streams and clock.

use std::ffi::OsString;
use std::io::{IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anstream::AutoStream;
use rulebook::calendar::Instant;
use rulebook::cli::{self, Edge};

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    cli::color_choice(&arguments).write_global();
    let mut edge = Edge {
        input: &mut stdin().lock(),
        input_is_terminal: stdin().is_terminal(),
        out: &mut AutoStream::auto(stdout()).lock(),
        err: &mut AutoStream::auto(stderr()),
        now,
    };
    cli::run(&arguments, &mut edge).into()
}

fn now() -> Instant {
    let seconds = |elapsed: std::time::Duration| i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => Instant(seconds(since)),
        Err(before) => Instant(-seconds(before.duration())),
    }
}
