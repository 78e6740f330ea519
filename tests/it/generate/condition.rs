//! Random conditions of every kind that this version evaluates, and the cells of tables.

use super::{Random, any_amount};

/// What a field, a status or a tier can be.
#[derive(Clone)]
pub enum Kind {
    Text,
    Number,
    /// A number from 0 to 100.
    Percent,
    YesNo,
    Time,
    /// Values with labels.
    OneOf(Vec<String>),
    ListOfText,
    ListOf(Vec<String>),
    /// Names without labels that a condition may quote.
    Named(Vec<String>),
}

/// The names a condition can use.
#[derive(Default)]
pub struct Scope {
    pub facts: Vec<(String, Kind)>,
    pub events: Vec<String>,
    pub statuses: Vec<String>,
    pub defines: Vec<String>,
    pub kinds: Vec<(String, Vec<String>)>,
    /// Deadlines, and whether they warn.
    pub clocks: Vec<(String, bool)>,
    pub has_scripts: bool,
    pub has_calendar: bool,
    /// Amounts of time are days.
    pub only_days: bool,
}

/// Where a condition stands.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    Any,
    /// A pause waits for no clock.
    Pause,
}

const TEXTS: &[&str] = &["退款", "退貨", "謝謝 ABC", "hello", "ＨＥＬＬＯ", "order 12-345", "投诉！", "我要退款,谢谢"];
const PARTS: &[&str] = &["退款", "退货", "謝", "Hello", "!", "12-3", "我要"];
/// The patterns that handbooks made here use; whoever checks them knows each by heart.
pub const PATTERNS: &[&str] = &["退款", r"\d{2}-\d{3}", "^HELLO", "谢+", "[退投]"];
const FIGURES: &[&str] = &["0", "1", "5", "5.5", "9.999999999", "10", "10.000000001", "99", "100"];
const WIDE_FIGURES: &[&str] = &["-3", "-0.5", "1000", "123456.789"];
const TIMES: &[&str] =
    &["2025-03-03T09:59:59", "2025-03-03T10:00", "2025-03-04T00:00:00+08:00", "2025-03-09", "2025-03-09T07:00:00Z"];

impl Scope {
    /// A field of some kind, declared.
    pub fn new_fact(&mut self, random: &mut Random) -> String {
        let number = self.facts.len();
        let name = match random.below(5) {
            0 => format!("customer.field{number}"),
            1 => format!("order.item.field{number}"),
            2 => format!("事项{number}"),
            _ => format!("field{number}"),
        };
        let values: Vec<String> = (0..random.between(2, 6)).map(|value| format!("value{value}")).collect();
        let listed = values.iter().map(|value| format!("{value} \"值{value}\"")).collect::<Vec<_>>().join(", ");
        let (kind, words) = match random.below(12) {
            0 | 1 => (Kind::Text, "text".to_owned()),
            2 => (Kind::Number, "number".to_owned()),
            3 => (Kind::Percent, "number 0 to 100 \"分\"".to_owned()),
            4 => (Kind::YesNo, "yes/no".to_owned()),
            5 => (Kind::Time, "time".to_owned()),
            6 => (Kind::ListOfText, "list of text".to_owned()),
            7 => (Kind::ListOf(values), format!("list of one of {listed}")),
            _ => (Kind::OneOf(values), format!("one of {listed}")),
        };
        self.facts.push((name.clone(), kind));
        format!("fact {name} \"字段{number}\" {words}\n")
    }

    /// One to three columns of a table.
    pub fn columns(&self, random: &mut Random) -> Vec<(String, Kind)> {
        let fits = |kind: &Kind| !matches!(kind, Kind::Time | Kind::ListOf(_) | Kind::ListOfText);
        let facts = self.facts.iter().filter(|(_, kind)| fits(kind)).cloned();
        let kinds = self.kinds.iter().map(|(name, tiers)| (name.clone(), Kind::Named(tiers.clone())));
        let status = ("status".to_owned(), Kind::Named(self.statuses.clone()));
        let mut all: Vec<(String, Kind)> = facts.chain(kinds).chain([status]).collect();
        random.shuffle(&mut all);
        all.truncate(random.between(1, 3));
        all
    }
}

/// A condition that nests no deeper than `depth`.
pub fn condition(random: &mut Random, scope: &Scope, depth: usize, mode: Mode) -> String {
    match random.below(10) {
        0 if depth > 0 => format!("not ({})", condition(random, scope, depth - 1, mode)),
        1 => format!("not {}", test(random, scope, mode)),
        2..=4 if depth > 0 => {
            let word = if random.chance(50) { " and " } else { " or " };
            let parts: Vec<String> = (0..random.between(2, 3)).map(|_| part(random, scope, depth - 1, mode)).collect();
            parts.join(word)
        }
        _ => test(random, scope, mode),
    }
}

/// A part of a join, in parentheses where it might be a join itself.
fn part(random: &mut Random, scope: &Scope, depth: usize, mode: Mode) -> String {
    if random.chance(60) { test(random, scope, mode) } else { format!("({})", condition(random, scope, depth, mode)) }
}

fn test(random: &mut Random, scope: &Scope, mode: Mode) -> String {
    let seconds = random.between(1, 40);
    let lasting = if mode == Mode::Any && random.chance(30) {
        format!(" for {}", any_amount(random, scope, seconds))
    } else {
        String::new()
    };
    match random.below(20) {
        0 | 1 => {
            let not = if random.chance(30) { "not " } else { "" };
            format!("status is {not}{}{lasting}", word(random, &scope.statuses, "状态"))
        }
        2 => format!("status in ({}, open)", random.pick(&scope.statuses)),
        3 => format!("{} happened", random.pick(&scope.events)),
        4 => format!("{} happened at least {} times", random.pick(&scope.events), random.between(1, 3)),
        5 if mode == Mode::Any => {
            let age = any_amount(random, scope, seconds * 2);
            // An age is never exactly so many days.
            let signs = if age.contains("day") || age.contains("month") { 4 } else { 6 };
            format!("age {} {age}", random.pick(&["<", "<=", ">=", ">", "=", "!="][..signs]))
        }
        6 if scope.has_calendar && random.chance(40) => "opened on a holiday".to_owned(),
        6 => format!(
            "opened between {} and {}",
            random.pick(&["00:00", "10:00", "18:30"]),
            random.pick(&["02:00", "09:00", "10:01", "24:00"])
        ),
        7 | 8 if !scope.defines.is_empty() => random.pick(&scope.defines).clone(),
        9..=11 if !scope.kinds.is_empty() => {
            let (name, tiers) = random.pick(&scope.kinds);
            let tier = word(random, tiers, "级");
            match random.below(4) {
                0 => format!("{name} at least {tier}"),
                1 => format!("{name} at most {tier}"),
                2 => format!("{name} is not {tier}"),
                _ => format!("{name} is {tier}"),
            }
        }
        12 | 13 if mode == Mode::Any && !scope.clocks.is_empty() => {
            let (name, warns) = random.pick(&scope.clocks);
            let states: &[&str] = if *warns { &["at risk", "met", "breached"] } else { &["met", "breached"] };
            format!("{name} {}{lasting}", random.pick(states))
        }
        14 if scope.has_scripts => {
            let numbers: Vec<&String> = scope
                .facts
                .iter()
                .filter(|(_, kind)| matches!(kind, Kind::Number | Kind::Percent))
                .map(|(name, _)| name)
                .collect();
            match (random.below(3), numbers.first()) {
                (0, Some(name)) => format!("script above({name}, 5)"),
                (1, _) => format!("script broken({})", random.pick(&scope.facts).0),
                _ => format!("script given({})", random.pick(&scope.facts).0),
            }
        }
        _ => {
            let (name, kind) = random.pick(&scope.facts);
            fact_test(random, scope, name, kind)
        }
    }
}

/// A name, sometimes by its label in quotes.
fn word(random: &mut Random, names: &[String], label: &str) -> String {
    let name = random.pick(names);
    if name != "open" && random.chance(30) { format!("\"{label}{name}\"") } else { name.clone() }
}

fn fact_test(random: &mut Random, scope: &Scope, name: &str, kind: &Kind) -> String {
    if random.chance(8) {
        return format!("{name} is {}", random.pick(&["present", "missing"]));
    }
    let not = if random.chance(30) { "not " } else { "" };
    match kind {
        Kind::OneOf(values) | Kind::Named(values) if random.chance(60) => {
            format!("{name} is {not}{}", word(random, values, "值"))
        }
        Kind::OneOf(values) | Kind::Named(values) => {
            format!("{name} {not}in ({}, {})", word(random, values, "值"), word(random, values, "值"))
        }
        Kind::YesNo => format!("{name} is {not}{}", random.pick(&["yes", "no", "是"])),
        Kind::Number | Kind::Percent => {
            let pool: Vec<&str> =
                if matches!(kind, Kind::Number) { [FIGURES, WIDE_FIGURES].concat() } else { FIGURES.to_vec() };
            match random.below(8) {
                0 => format!(
                    "{name} between {} and {}",
                    random.pick(&["0", "1", "5"]),
                    random.pick(&["5", "9.999999999", "100"])
                ),
                1 => format!("{name} is {not}{}", random.pick(&pool)),
                _ => format!("{name} {} {}", random.pick(&["<", "<=", "=", "!=", ">=", ">"]), random.pick(&pool)),
            }
        }
        Kind::Text => match random.below(4) {
            0 => format!("{name} is {not}\"{}\"", random.pick(TEXTS)),
            1 => format!("{name} {not}in (\"{}\", \"{}\")", random.pick(TEXTS), random.pick(TEXTS)),
            2 => format!("{name} contains \"{}\"", random.pick(PARTS)),
            _ => format!("{name} matches /{}/", random.pick(PATTERNS)),
        },
        Kind::Time => {
            let others: Vec<&str> = scope
                .facts
                .iter()
                .filter(|(_, kind)| matches!(kind, Kind::Time))
                .map(|(name, _)| name.as_str())
                .collect();
            let other = if random.chance(25) { random.pick(&others) } else { random.pick(TIMES) };
            format!("{name} {} {other}", random.pick(&["before", "after"]))
        }
        Kind::ListOfText => format!("{name} has any of (\"{}\", \"{}\")", random.pick(TEXTS), random.pick(TEXTS)),
        Kind::ListOf(values) if random.chance(50) => format!("{name} has {}", word(random, values, "值")),
        Kind::ListOf(values) => {
            format!("{name} has any of ({}, {})", word(random, values, "值"), word(random, values, "值"))
        }
    }
}

/// A cell of a table under a column of some kind.
pub fn cell(random: &mut Random, kind: &Kind) -> String {
    if random.chance(20) {
        return "-".to_owned();
    }
    match kind {
        Kind::OneOf(values) | Kind::Named(values) if random.chance(70) => random.pick(values).clone(),
        Kind::OneOf(values) | Kind::Named(values) => format!("{}, {}", random.pick(values), random.pick(values)),
        Kind::YesNo => (*random.pick(&["yes", "no"])).to_owned(),
        Kind::Number | Kind::Percent => match random.below(3) {
            0 => format!("{}..{}", random.pick(&["0", "1", "5"]), random.pick(&["5", "10", "99"])),
            1 => (*random.pick(FIGURES)).to_owned(),
            _ => format!("{} {}", random.pick(&["<", "<=", "=", ">=", ">", "!="]), random.pick(FIGURES)),
        },
        Kind::Text => format!("\"{}\"", random.pick(TEXTS)),
        Kind::Time | Kind::ListOf(_) | Kind::ListOfText => "-".to_owned(),
    }
}

/// A text, a figure and an instant as a ticket may hold them.
pub fn given(random: &mut Random) -> (&'static str, &'static str, &'static str) {
    let figure = if random.chance(20) { random.pick(WIDE_FIGURES) } else { random.pick(FIGURES) };
    (*random.pick(TEXTS), *figure, *random.pick(&TIMES[..3]))
}
