//! What can be typed after `rulebook`, and its help.
//!
//! Only shapes and words: what a command does is in the file named after it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use chrono::NaiveDate;
use clap::{ArgGroup, Args, ColorChoice, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::values;

/// Runs a customer-service handbook: one Markdown file that people read and this program obeys.
///
/// A handbook says in its `rules` blocks how tickets are classified, by when each must be answered, where it goes, who
/// is called in and what has to be on record. Every answer names the clause it rests on.
#[derive(Debug, Parser)]
#[command(name = "rulebook", version = version(), after_help = AFTER_HELP, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,

    /// When to use colours; `auto` looks at the terminal and at NO_COLOR.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
}

const AFTER_HELP: &str = "\
Examples:
  rulebook check policies                        find mistakes
  rulebook decide shop.handbook.md ticket.json   decide one ticket
  rulebook serve policies                        answer over HTTP

Exit status: 0 all well; 1 findings (mistakes in a handbook, refused tickets,
failed tests); 2 wrong usage or unreadable input. Answers go to standard output,
messages to standard error.";

/// The program's version and that of its time zones.
fn version() -> &'static str {
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} (IANA time zones {})", env!("CARGO_PKG_VERSION"), chrono_tz::IANA_TZDB_VERSION));
    &VERSION
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Serve(ServeArguments),
    Check(CheckArguments),
    Decide(DecideArguments),
    Test(TestArguments),
    Explain(ExplainArguments),
    Graph(GraphArguments),
    Calendar(CalendarArguments),
    Completions(CompletionsArguments),
}

/// Answer over HTTP, and follow the handbooks as they are edited.
///
/// Loads every NAME.handbook.md in DIR. Saving one changes the next answer without a restart; saving a broken one
/// changes nothing, and the log, /readyz and /v1/reloads say why. SIGHUP reloads too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulebook serve policies
  rulebook serve policies --listen 127.0.0.1:0   a free port; the first line says which

  curl -s localhost:8080/v1/handbooks
  curl -s localhost:8080/v1/handbooks/ecommerce/decisions \\
    -H 'content-type: application/json' -d @ticket.json")]
pub(super) struct ServeArguments {
    /// The directory with the handbooks.
    pub(super) dir: PathBuf,
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(super) listen: SocketAddr,
    /// Start with the good handbooks although others have mistakes.
    #[arg(long)]
    pub(super) keep_going: bool,
    /// How often to look for changes that the system did not announce (500ms, 2s, 5m; 0s is never).
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = values::duration)]
    pub(super) poll_interval: Duration,
    /// Larger request bodies are refused (512KiB, 8MiB); NDJSON may be as long as it likes.
    #[arg(long, value_name = "SIZE", default_value = "8MiB", value_parser = values::size)]
    pub(super) body_limit: usize,
    /// The form of the log, which goes to standard error; RUST_LOG chooses what it holds (RUST_LOG=warn).
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub(super) log: LogForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogForm {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Find the mistakes in handbooks, all in one run.
///
/// Each finding has a code, its place, and what to do about it; `rulebook explain CODE` says more. Errors keep a
/// handbook from loading, warnings do not.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulebook check policies                         every handbook in a directory
  rulebook check shop.handbook.md --format json   for programs
  rulebook check policies --format github --deny warnings

Exit status: 1 with an error, or with --deny warnings a warning; else 0.")]
pub(super) struct CheckArguments {
    /// Handbooks, or directories of them.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The form of the findings.
    #[arg(long, value_name = "FORM", default_value = "human")]
    pub(super) format: CheckFormat,
    /// Also exit with 1 for these.
    #[arg(long, value_name = "WHAT")]
    pub(super) deny: Option<Deny>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// Frames around the lines that matter.
    Human,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Deny {
    /// Warnings count like errors.
    Warnings,
}

/// Decide tickets: tiers, deadlines, routes, ladder steps, missing records.
///
/// Tickets come from files, from standard input with `-` or without any. Each input is one JSON ticket, a JSON
/// array, {"tickets": [...]}, or one ticket a line (NDJSON), which is read and answered line by line. A bad ticket is
/// reported with its place, and the others are decided all the same.
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  rulebook decide shop.handbook.md ticket.json --explain
  rulebook decide policies ticket.json --as-of 2025-03-03T10:30
  rulebook decide policies --format ndjson < tickets.ndjson > decisions.ndjson
  echo '{"id": "T-1", "opened_at": "2025-03-03T10:00"}' | rulebook decide policies

A ticket has `id` and `opened_at`; all else is what the handbook declares as
`fact`. An instant without an offset is read in the handbook's time zone. Of
several editions, the one in force when the ticket was opened decides it. In the
JSON forms every ticket gives one answer, a refused one {"error": ...}.

Exit status: 1 when a ticket was refused or the handbook has errors; 2 when an
input could not be read; else 0."#)]
pub(super) struct DecideArguments {
    /// The handbook, or a directory that holds just one, in one edition or several.
    pub(super) handbook: PathBuf,
    /// Files of tickets; `-` is standard input.
    #[arg(value_name = "TICKET")]
    pub(super) tickets: Vec<PathBuf>,
    /// Decide as things stood at this instant instead of now; later events have not happened.
    #[arg(long, value_name = "INSTANT")]
    pub(super) as_of: Option<String>,
    /// Decide by this edition instead of the one in force when the ticket was opened.
    #[arg(long, value_name = "EDITION")]
    pub(super) edition: Option<String>,
    /// Show what was tried, in order, with clause, line and value.
    #[arg(long)]
    pub(super) explain: bool,
    /// The form of the answers.
    #[arg(long, value_name = "FORM", default_value = "human")]
    pub(super) format: DecideFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DecideFormat {
    /// A page a ticket.
    Human,
    /// A JSON document: one decision, or an array when several tickets were given.
    Json,
    /// One decision a line, in the order of the tickets.
    Ndjson,
}

/// Run the examples in handbooks and the cases in the tests files beside them.
///
/// A handbook's `example` statements are run, and the cases of NAME.tests.yaml beside NAME.handbook.md. What fails is
/// shown with what was expected and what came out.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulebook test policies
  rulebook test shop.handbook.md --filter VIP      only those with VIP in their name
  rulebook test policies --format junit > tests.xml

Exit status: 1 when one failed or a handbook has errors.")]
pub(super) struct TestArguments {
    /// Handbooks, or directories of them.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The form of the results.
    #[arg(long, value_name = "FORM", default_value = "human")]
    pub(super) format: TestFormat,
    /// Run only those whose name contains this; case does not matter.
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TestFormat {
    /// A line for each, more for the failed.
    Human,
    /// One JSON document.
    Json,
    /// JUnit's XML, for build servers.
    Junit,
}

/// Say what a code means, why it matters, and what to write instead.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "\
Examples:
  rulebook explain E0301
  rulebook explain unknown-name
  rulebook explain --list"
)]
pub(super) struct ExplainArguments {
    /// The code of a finding, or its name.
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    pub(super) code: Option<String>,
    /// List every code.
    #[arg(long)]
    pub(super) list: bool,
}

/// Draw what rests on what: facts, conditions, tiers, clocks, routes, steps, records.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulebook graph shop.handbook.md | dot -Tsvg > rules.svg    needs Graphviz
  rulebook graph shop.handbook.md --format mermaid           for Markdown viewers")]
pub(super) struct GraphArguments {
    /// The handbook, or a directory that holds just one.
    pub(super) handbook: PathBuf,
    /// Which edition, where there are several.
    #[arg(long, value_name = "EDITION")]
    pub(super) edition: Option<String>,
    /// The form of the graph.
    #[arg(long, value_name = "FORM", default_value = "dot")]
    pub(super) format: GraphFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// Graphviz.
    Dot,
    /// Mermaid, which many Markdown viewers draw.
    Mermaid,
    /// Nodes and edges as JSON.
    Json,
}

/// Show a calendar, count with it, or make one from an iCalendar file.
///
/// PATH is one file of a `calendars` directory; those beside it serve what it extends. Without more it shows the present
/// month.
#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("end").args(["add", "to"]).requires("from")),
    after_help = r#"Examples:
  rulebook calendar policies/calendars/cn-office.yaml --month 2025-10
  rulebook calendar policies/calendars/cn-office.yaml --year 2025
  rulebook calendar policies/calendars/cn-office.yaml --from 2025-09-30T17:20 --add "3 working days"
  rulebook calendar policies/calendars/cn-office.yaml --from 2025-09-30 --to 2025-10-09T10:00
  rulebook calendar --import holidays.ics

An instant without an offset is read in the calendar's time zone; a date stands
for its first instant. The first day is not counted.

Exit status: 1 when the calendar has errors or a line of an iCalendar file could
not be taken; 2 when a file could not be read; else 0."#
)]
pub(super) struct CalendarArguments {
    /// The calendar's file.
    #[arg(required_unless_present = "import")]
    pub(super) path: Option<PathBuf>,
    /// Show this month: 2025-10.
    #[arg(long, value_name = "MONTH", value_parser = values::month, conflicts_with_all = ["year", "from"])]
    pub(super) month: Option<NaiveDate>,
    /// Show this year, with its holidays and make-up days by name.
    #[arg(long, value_name = "YEAR", value_parser = values::year, conflicts_with = "from")]
    pub(super) year: Option<NaiveDate>,
    /// Count from this instant: 2025-09-30T17:20.
    #[arg(long, value_name = "INSTANT", requires = "end")]
    pub(super) from: Option<String>,
    /// The instant an amount of time later: "8 working hours", "3 working days", 24h.
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub(super) add: Option<String>,
    /// How much lies between the two instants.
    #[arg(long, value_name = "INSTANT")]
    pub(super) to: Option<String>,
    /// Read the whole-day events of an iCalendar file (`-` is standard input), and write them as `holidays` and
    /// `workdays`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "month", "year", "from", "format"])]
    pub(super) import: Option<PathBuf>,
    /// Write out an event that repeats every year from this date on; without it, from the first of January of this
    /// year. Other events are always written.
    #[arg(long, value_name = "DATE", value_parser = values::date, requires = "import")]
    pub(super) since: Option<NaiveDate>,
    /// Write out an event that repeats every year up to this date; without it, to the end of the next year.
    #[arg(long, value_name = "DATE", value_parser = values::date, requires = "import")]
    pub(super) until: Option<NaiveDate>,
    /// The form of the answer.
    #[arg(long, value_name = "FORM", default_value = "human")]
    pub(super) format: CalendarFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CalendarFormat {
    /// For people.
    Human,
    /// One JSON document.
    Json,
}

/// Write the completions of a shell.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rulebook completions bash > ~/.local/share/bash-completion/completions/rulebook
  rulebook completions zsh > ~/.zfunc/_rulebook
  rulebook completions fish > ~/.config/fish/completions/rulebook.fish")]
pub(super) struct CompletionsArguments {
    /// Which shell.
    pub(super) shell: Shell,
}
