//! Script conditions: functions in `rhai` fences, called in a sandbox.
//!
//! A script sees the arguments it is given and nothing else: no files, clock, network, modules or chance. It is
//! bounded in operations, depth, sizes and time; one that errs or runs past a bound makes its condition false
//! and a finding.

use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::handbook::condition::Argument;
use crate::handbook::{Atom, Decimal, FactId, FactKind, Handbook};
use crate::source::{Sources, Span};
use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicStringPackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{AST, Array, Dynamic, Engine, ImmutableString, Scope};
use std::time::{Duration, Instant as Moment};

use super::ticket::{Ticket, Value};

const MOST_OPERATIONS: u64 = 10_000;
const MOST_ITEMS: usize = 256;
const LONGEST_TEXT: usize = 4096;
const DEEPEST: usize = 16;
/// Operations bound a script first; this is for a single operation that takes long by itself. The only clock
/// below the edge: it can turn an answer that would never come into a finding, and no answer into another.
const LONGEST: Duration = Duration::from_millis(50);

/// The functions of one handbook, ready to be called from any thread.
pub struct Scripts {
    engine: Engine,
    ast: AST,
}

impl std::fmt::Debug for Scripts {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Scripts")
    }
}

impl Scripts {
    /// Compiles the `rhai` fences of a handbook. What is wrong is reported on its line; `None` where there is no
    /// script, or a broken one.
    pub fn compile(handbook: &Handbook, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Option<Scripts> {
        if handbook.scripts.is_empty() {
            return None;
        }
        let engine = sandbox();
        let mut whole = AST::empty();
        for span in &handbook.scripts {
            match engine.compile(sources.text(*span)) {
                Ok(ast) => {
                    if has_statements(&ast) {
                        diagnostics.push(
                            Diagnostic::new(
                                &codes::BAD_SCRIPT,
                                first_line(sources, *span),
                                "a script block has statements outside functions",
                            )
                            .help("a script block defines functions only, `fn name(a) { … }`; conditions call them"),
                        );
                    }
                    whole += ast;
                }
                Err(error) => {
                    let place = place(sources, *span, error.position());
                    diagnostics.push(
                        Diagnostic::new(
                            &codes::BAD_SCRIPT,
                            place,
                            format!("this script cannot be read: {}", error.err_type()),
                        )
                        .help("functions are written `fn name(a) { a > 3 }`"),
                    );
                    return None;
                }
            }
        }
        Some(Scripts { engine, ast: whole })
    }

    /// Calls a function with the values of a ticket.
    ///
    /// # Errors
    /// A sentence that says why there is no answer.
    pub fn call(
        &self,
        handbook: &Handbook,
        name: &str,
        arguments: &[Argument],
        ticket: &Ticket,
    ) -> Result<bool, String> {
        let mut given: Vec<Dynamic> = Vec::with_capacity(arguments.len());
        for argument in arguments {
            given.push(match argument {
                Argument::Fact(fact) => value(handbook, *fact, ticket.value(*fact))?,
                Argument::Number(figure) => number(*figure)?,
                Argument::Text(text) => Dynamic::from(ImmutableString::from(text.as_str())),
                Argument::YesNo(answer) => Dynamic::from_bool(*answer),
            });
        }
        STARTED.with(|started| started.set(Some(Moment::now())));
        let answer: Result<Dynamic, _> = self.engine.call_fn(&mut Scope::new(), &self.ast, name, given);
        match answer {
            Ok(answer) => answer.as_bool().map_err(|kind| format!("it answered {kind}, not true or false")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Whether there is a function of that name and number of parameters, and every name there is.
    fn find(&self, name: &str) -> (Vec<usize>, Vec<String>) {
        let functions = || self.ast.iter_functions();
        let counts =
            functions().filter(|function| function.name == name).map(|function| function.params.len()).collect();
        (counts, functions().map(|function| function.name.to_owned()).collect())
    }
}

thread_local! {
    static STARTED: std::cell::Cell<Option<Moment>> = const { std::cell::Cell::new(None) };
}

fn sandbox() -> Engine {
    let mut engine = Engine::new_raw();
    // The packages one by one: the core package has `sleep`, which no limit stops.
    ArithmeticPackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicStringPackage::new().register_into_engine(&mut engine);
    MoreStringPackage::new().register_into_engine(&mut engine);
    BasicArrayPackage::new().register_into_engine(&mut engine);
    engine.disable_symbol("eval").disable_symbol("print").disable_symbol("debug");
    engine.set_max_operations(MOST_OPERATIONS);
    engine.set_max_call_levels(DEEPEST);
    engine.set_max_expr_depths(64, 32);
    engine.set_max_array_size(MOST_ITEMS);
    engine.set_max_string_size(LONGEST_TEXT);
    engine.set_max_map_size(MOST_ITEMS);
    engine.set_max_variables(64);
    engine.set_max_functions(256);
    engine.on_progress(|_| {
        let started = STARTED.with(std::cell::Cell::get);
        let is_late = started.is_some_and(|started| started.elapsed() > LONGEST);
        is_late.then(|| Dynamic::from("the script ran too long"))
    });
    engine
}

/// Reports calls of functions that no script defines, or with the wrong number of arguments.
pub fn check_calls<'h>(
    scripts: Option<&Scripts>,
    atoms: impl Iterator<Item = (&'h Atom, Span)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (atom, span) in atoms {
        let Atom::Script(name, arguments) = atom else { continue };
        let (counts, names) = scripts.map(|scripts| scripts.find(name)).unwrap_or_default();
        let given = arguments.len();
        if counts.contains(&given) {
            continue;
        }
        let diagnostic = match counts.first() {
            Some(wanted) => Diagnostic::new(
                &codes::UNKNOWN_SCRIPT_FUNCTION,
                span,
                format!("`{name}` takes {wanted} arguments, not {given}"),
            )
            .help("give as many as its `fn` line names"),
            None => {
                let near = nearest(name, names.iter().map(String::as_str))
                    .map(|near| format!("a function that is close: `{near}`"));
                let help =
                    near.unwrap_or_else(|| format!("define it in a block marked `rhai`: `fn {name}(a) {{ … }}`"));
                Diagnostic::new(
                    &codes::UNKNOWN_SCRIPT_FUNCTION,
                    span,
                    format!("no script defines the function `{name}`"),
                )
                .help(help)
            }
        };
        diagnostics.push(diagnostic);
    }
}

/// A field as a script sees it: `()` when it is missing, named values by their names, times as seconds since 1970.
fn value(handbook: &Handbook, fact: FactId, value: &Value) -> Result<Dynamic, String> {
    let named = |position: u32| match &handbook.facts[fact.0].kind {
        FactKind::OneOf(values) | FactKind::ListOf(values) => values
            .get(position as usize)
            .map_or(Dynamic::UNIT, |value| Dynamic::from(ImmutableString::from(value.id.as_str()))),
        _ => Dynamic::from_bool(position == 1),
    };
    let text = |text: &str| {
        let is_short = text.len() <= LONGEST_TEXT;
        is_short
            .then(|| Dynamic::from(ImmutableString::from(text)))
            .ok_or_else(|| format!("a text is longer than {LONGEST_TEXT} bytes"))
    };
    let list = |items: Vec<Dynamic>| {
        let is_short = items.len() <= MOST_ITEMS;
        let array: Array = items;
        is_short.then(|| Dynamic::from_array(array)).ok_or_else(|| format!("a list has more than {MOST_ITEMS} items"))
    };
    match value {
        Value::Missing => Ok(Dynamic::UNIT),
        Value::Position(position) => Ok(named(*position)),
        Value::Number(figure) => number(*figure),
        Value::Text(found) => text(found),
        Value::Time(at) => Ok(Dynamic::from_int(at.0)),
        Value::Positions(positions) => list(positions.iter().map(|position| named(*position)).collect()),
        Value::Texts(texts) => list(texts.iter().map(|found| text(found)).collect::<Result<Vec<Dynamic>, String>>()?),
    }
}

fn number(figure: Decimal) -> Result<Dynamic, String> {
    match figure.to_whole() {
        Some(whole) => Ok(Dynamic::from_int(whole)),
        None => figure
            .to_string()
            .parse()
            .map(Dynamic::from_decimal)
            .map_err(|_| format!("{figure} has too many digits for a script")),
    }
}

/// Whether anything is left of a script without its functions. rhai keeps its statements to itself, so what it
/// shows of the rest is held against what it shows of nothing.
fn has_statements(ast: &AST) -> bool {
    let shown = |mut ast: AST| format!("{:?}", ast.clear_functions());
    shown(ast.clone()) != shown(AST::empty())
}

fn first_line(sources: &Sources, span: Span) -> Span {
    let length = sources.text(span).lines().next().map_or(0, str::len) as u32;
    Span { end: span.start + length, ..span }
}

/// A script's line and column as a place in the handbook.
fn place(sources: &Sources, span: Span, at: rhai::Position) -> Span {
    let text: &str = sources.text(span);
    let line = at.line().unwrap_or(1);
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest: &str = text.get(start..).unwrap_or("").lines().next().unwrap_or("");
    let column = at.position().unwrap_or(1).saturating_sub(1);
    let from = rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
    let width = rest[from..].chars().next().map_or(0, char::len_utf8);
    let begin = span.start as usize + start + from;
    Span::new(span.file, begin..begin + width)
}
