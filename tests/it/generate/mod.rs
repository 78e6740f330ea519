//! Random handbooks, as text in the language, and random tickets for them.
//!
//! Everything comes from a seed. A handbook made here compiles without errors; one that does not is a fault, here
//! or in the compiler. Limits are seconds or a few days, and calendars open for minutes only, so that whoever checks an
//! answer can afford to count them.

mod calendar;
mod condition;
mod deadline;
mod ladder;
mod ticket;

pub use condition::PATTERNS;
pub use ticket::{damage, spelled, ticket};

use condition::{Kind, Mode, Scope, cell, condition};

/// A small generator of chance: SplitMix64.
pub struct Random(u64);

impl Random {
    /// A generator that gives the same for the same seed.
    pub fn of(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    /// A number from one to another, both in.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True so many times of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Puts things into another order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

/// How large a handbook is to be.
#[derive(Clone, Copy)]
pub enum Size {
    /// One to four rules.
    Tiny,
    /// Up to fifteen.
    Middling,
    /// Up to sixty.
    Large,
    /// A few rules, one of them a table of three hundred rows.
    Table,
    /// A deadline or two, which count days and stand still again and again.
    Days,
}

/// A statement of a handbook in the making.
#[derive(Clone)]
struct Statement {
    text: String,
    is_exception: bool,
    is_trial: bool,
}

/// A handbook in the making: clauses with their statements, in the order of the text.
#[derive(Clone)]
pub struct Draft {
    zone: &'static str,
    /// The text of its calendar's file.
    calendar: Option<String>,
    has_same_time_of_day: bool,
    has_scripts: bool,
    clauses: Vec<(&'static str, Vec<Statement>)>,
}

const ZONES: &[&str] = &["Asia/Shanghai", "Asia/Shanghai", "UTC", "America/New_York", "Australia/Lord_Howe"];
const NUMBERS: &[&str] = &["1", "1.1", "第2章", "2.1", "§ 3.2", "第十二条"];
const SCRIPTS: &str = "fn above(a, b) { a != () && a > b }\nfn given(a) { a != () }\nfn broken(a) { throw \"no\" }\n";
/// Dates around the openings of tickets.
const DATES: &[&str] = &["2025-02-01", "2025-03-03", "2025-03-04", "2025-03-09", "2025-03-10", "2025-06-01"];

impl Draft {
    /// A handbook of a size.
    pub fn new(random: &mut Random, size: Size) -> Draft {
        let zone: &'static str = random.pick::<&'static str>(ZONES);
        let only_days: bool = matches!(size, Size::Days);
        let calendar: Option<String> = (only_days || random.chance(60)).then(|| calendar::text(random, zone));
        let has_same_time_of_day: bool = random.chance(15);
        let scope = Scope { has_calendar: calendar.is_some(), only_days, ..Scope::default() };
        let mut writer = Writer { random, scope, statements: Vec::new(), rules: 0 };
        writer.vocabulary(size);
        let rules = match size {
            Size::Tiny => writer.random.between(1, 4),
            Size::Middling => writer.random.between(5, 15),
            Size::Large => writer.random.between(16, 60),
            Size::Table => writer.random.between(2, 6),
            Size::Days => writer.random.between(1, 2),
        };
        let large = writer.random.below(rules);
        for rule in 0..rules {
            let rows: Option<usize> = (matches!(size, Size::Table) && rule == large).then_some(300);
            writer.rule(rows);
        }
        let has_scripts = writer.scope.has_scripts;
        let statements = writer.statements;
        let mut clauses: Vec<(&'static str, Vec<Statement>)> =
            NUMBERS.iter().map(|number| (*number, Vec::new())).collect();
        for statement in statements {
            let place = random.below(clauses.len());
            clauses[place].1.push(statement);
        }
        Draft { zone, calendar, has_same_time_of_day, has_scripts, clauses }
    }

    /// Its text.
    pub fn text(&self) -> String {
        let mut text = format!(
            "---\nhandbook: random\ntitle: 随机规范\nedition: \"1\"\nin_force: 2025-01-01\ntime_zone: {}\n",
            self.zone
        );
        if self.calendar.is_some() {
            text.push_str("calendar: office\n");
        }
        if self.has_same_time_of_day {
            text.push_str("days_end: same time of day\n");
        }
        text.push_str("---\n");
        for (number, statements) in &self.clauses {
            text.push_str(&format!("\n## {number} Clause\n\nProse.\n"));
            for fence in statements.chunks(3) {
                text.push_str("\n```rules\n");
                fence.iter().for_each(|statement| text.push_str(&statement.text));
                text.push_str("```\n");
            }
        }
        if self.has_scripts {
            text.push_str(&format!("\n```rhai\n{SCRIPTS}```\n"));
        }
        text
    }

    /// Its calendar's file: name and text.
    pub fn calendars(&self) -> Vec<(String, String)> {
        self.calendar.iter().map(|text| ("office.yaml".to_owned(), text.clone())).collect()
    }

    /// Everything it is made of, to look at.
    pub fn shown(&self) -> String {
        self.text() + self.calendar.as_deref().unwrap_or("")
    }

    /// The same statements in another order inside each clause. Exceptions keep theirs: it says which goes first.
    pub fn shuffled(&self, random: &mut Random) -> Draft {
        let mut other = self.clone();
        for (_, statements) in &mut other.clauses {
            let exceptions: Vec<Statement> =
                statements.iter().filter(|statement| statement.is_exception).cloned().collect();
            random.shuffle(statements);
            let places = statements.iter_mut().filter(|statement| statement.is_exception);
            places.zip(exceptions).for_each(|(place, exception)| *place = exception);
        }
        other
    }

    /// The same with so many more rules on every level that the engine looks rows up and does not walk them. They
    /// rest on a field `padding` of their own, and are called after it.
    pub fn padded(&self) -> Draft {
        let mut other = self.clone();
        let mut text = "fact padding \"填充\" one of value0, value1\n".to_owned();
        for level in 0..5 {
            let (head, cell) = match level {
                0 => (String::new(), ""),
                _ => (format!(" padding{} |", level - 1), " tier0 |"),
            };
            text.push_str(&format!(
                "classify padding{level}\n  tiers tier0, tier1\n  | padding |{head} tier |\n  |---|---|\n"
            ));
            text.push_str(&format!("  | value1 |{cell} tier1 |\n").repeat(30));
            text.push_str(&format!("  | value0 |{cell} tier0 |\n"));
        }
        other.clauses[0].1.push(Statement { text, is_exception: false, is_trial: false });
        other
    }

    /// The same with a pause more for one of its deadlines, and the name of that.
    pub fn with_pause(&self, random: &mut Random) -> Option<(Draft, String)> {
        let mut other = self.clone();
        let all = other.clauses.iter_mut().flat_map(|(_, statements)| statements);
        let mut deadlines: Vec<&mut Statement> = all.filter(|rule| rule.text.starts_with("deadline ")).collect();
        let count = deadlines.len();
        let statement = deadlines.get_mut(random.below(count))?;
        let name = statement.text.split(' ').nth(1)?.to_owned();
        let pause = random.pick(&[
            "status is open regardless of customer messages",
            "not (status is open) until customer message",
            "status is open",
        ]);
        statement.text.push_str(&format!("  pause while {pause}\n"));
        Some((other, name))
    }

    /// The same without the rules on trial. `None` when others rest on them, or there are none.
    pub fn without_trials(&self) -> Option<Draft> {
        let mut other = self.clone();
        for (_, statements) in &mut other.clauses {
            statements.retain(|statement| !statement.is_trial);
        }
        (other.text() != self.text()).then_some(other)
    }
}

/// Writes one handbook, statement by statement. A rule names only what was written before it: no cycles.
struct Writer<'r> {
    random: &'r mut Random,
    scope: Scope,
    statements: Vec<Statement>,
    rules: usize,
}

/// An amount of time in any unit that the handbook has: mostly so many seconds.
fn any_amount(random: &mut Random, scope: &Scope, seconds: usize) -> String {
    let has_calendar: bool = scope.has_calendar;
    match if scope.only_days { random.between(4, 10) } else { random.below(20) } {
        10 if scope.only_days => format!("{} calendar days", random.between(4, 7)),
        0..4 if has_calendar => format!("{seconds}s working"),
        4..8 if has_calendar => format!("{} working days", random.between(1, 2)),
        8 | 9 => format!("{} calendar days", random.between(1, 3)),
        10 if random.chance(20) => "1 month".to_owned(),
        _ => amount(random, seconds),
    }
}

/// Seconds as an author writes them.
fn amount(random: &mut Random, seconds: usize) -> String {
    match random.below(4) {
        0 if seconds >= 60 => format!("{}m{}s", seconds / 60, seconds % 60),
        1 => format!("{seconds} seconds"),
        _ => format!("{seconds}s"),
    }
}

impl Writer<'_> {
    fn push(&mut self, text: String) {
        self.statements.push(Statement { text, is_exception: false, is_trial: false });
    }

    fn vocabulary(&mut self, size: Size) {
        let facts = match size {
            Size::Tiny | Size::Days => self.random.between(1, 4),
            _ => self.random.between(3, 12),
        };
        for _ in 0..facts {
            let text = self.scope.new_fact(self.random);
            self.push(text);
        }
        let events: Vec<String> = (0..self.random.between(1, 4)).map(|event| format!("event{event}")).collect();
        for event in &events {
            self.push(format!("event {event} \"事件{event}\"\n"));
        }
        self.push("event acknowledged \"确认\"\n".to_owned());
        let mut statuses: Vec<String> =
            (0..self.random.between(1, 4)).map(|status| format!("status{status}")).collect();
        if self.random.chance(60) {
            statuses.push(self.random.pick(&["waiting_customer", "客户处理中"]).to_string());
        }
        self.push(format!(
            "status {}\n",
            statuses.iter().map(|name| format!("{name} \"状态{name}\"")).collect::<Vec<_>>().join(", ")
        ));
        self.scope.events =
            [vec!["opened".to_owned(), "reopened".to_owned()], events, vec!["acknowledged".to_owned()]].concat();
        self.scope.statuses = [vec!["open".to_owned()], statuses].concat();
        self.scope.has_scripts = self.random.chance(15);
    }

    fn rule(&mut self, table: Option<usize>) {
        self.rules += 1;
        let number = self.rules;
        let choice = if table.is_some() { self.random.below(55) } else { self.random.below(100) };
        match choice {
            _ if self.scope.only_days => self.deadline(&format!("clock{number}"), table),
            0..25 => self.classify(&format!("kind{number}"), table),
            25..45 => self.deadline(&format!("clock{number}"), table),
            45..55 => self.route(&format!("route{number}"), table),
            55..70 => self.ladder(&format!("ladder{number}")),
            70..80 => self.record(&format!("record{number}")),
            _ => {
                let name = if self.random.chance(50) { format!("sure{number}") } else { format!("定义{number}") };
                let when = condition(self.random, &self.scope, 3, Mode::Any);
                self.push(format!("define {name} \"定义\" when {when}\n"));
                self.scope.defines.push(name);
            }
        }
    }

    fn when(&mut self, depth: usize) -> String {
        condition(self.random, &self.scope, depth, Mode::Any)
    }

    /// The clauses any rule may have. Says whether the rule is on trial.
    fn common(&mut self, text: &mut String) -> bool {
        if self.random.chance(20) {
            let when = self.when(2);
            text.push_str(&format!("  when {when}\n"));
        }
        if self.random.chance(30) {
            text.push_str(&format!("  cites \"r-{}\"\n", self.random.below(9)));
        }
        if self.random.chance(10) {
            let from = self.random.below(DATES.len() - 1);
            let until = if self.random.chance(50) {
                format!(" until {}", DATES[self.random.between(from + 1, DATES.len() - 1)])
            } else {
                String::new()
            };
            text.push_str(&format!("  effective from {}{until}\n", DATES[from]));
        }
        let is_trial = self.random.chance(8);
        if is_trial {
            text.push_str("  trial\n");
        }
        is_trial
    }

    /// Rows, or a table, of outcomes; now and then with a last row for the rest.
    fn rows(&mut self, text: &mut String, word: &str, outcomes: &[String], table: Option<usize>) {
        let columns: Vec<(String, Kind)> = self.scope.columns(self.random);
        if !columns.is_empty() && (table.is_some() || self.random.chance(35)) {
            let rows = table.unwrap_or_else(|| self.random.between(1, 8));
            let heads: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            text.push_str(&format!("  | {} | {word} |\n  |{}\n", heads.join(" | "), "---|".repeat(heads.len() + 1)));
            for row in 0..rows {
                let mut cells: Vec<String> = columns.iter().map(|(_, kind)| cell(self.random, kind)).collect();
                // Only the last row may take every case.
                if cells.iter().all(|cell| cell == "-") && row + 1 < rows {
                    cells = columns
                        .iter()
                        .map(|(_, kind)| {
                            std::iter::repeat_with(|| cell(self.random, kind)).find(|cell| cell != "-").unwrap()
                        })
                        .collect();
                }
                text.push_str(&format!("  | {} | {} |\n", cells.join(" | "), outcomes[row % outcomes.len()]));
            }
            return;
        }
        for row in 0..self.random.between(outcomes.len().min(2), 5) {
            let when = self.when(3);
            text.push_str(&format!("  {word} {} when {when}\n", outcomes[row % outcomes.len()]));
        }
        if self.random.chance(65) {
            text.push_str(&format!("  {word} {} otherwise\n", self.random.pick(outcomes)));
        }
    }

    /// Exceptions to a rule that no later rule rests on yet, so that none rests on itself.
    fn exceptions(&mut self, name: &str, word: &str, outcomes: &[String]) {
        while self.random.chance(30) {
            let mut text = format!("exception to {name}\n");
            let is_trial = self.common(&mut text);
            let is_general = !text.contains("\n  when ") && !text.contains("\n  effective ");
            self.rows(&mut text, word, outcomes, None);
            if is_general {
                // A row for the rest would hide the rule.
                let when = self.when(1);
                text = text.replace(" otherwise\n", &format!(" when {when}\n"));
            }
            self.statements.push(Statement { text, is_exception: true, is_trial });
        }
    }

    fn classify(&mut self, name: &str, table: Option<usize>) {
        let tiers: Vec<String> = (0..self.random.between(2, 5)).map(|tier| format!("tier{tier}")).collect();
        let mut text = format!("classify {name} \"分类\"\n");
        let is_trial = self.common(&mut text);
        let listed: Vec<String> = tiers.iter().map(|tier| format!("{tier} \"级{tier}\"")).collect();
        text.push_str(&format!("  tiers {}\n", listed.join(", ")));
        self.rows(&mut text, "tier", &tiers, table);
        self.statements.push(Statement { text, is_exception: false, is_trial: false });
        self.exceptions(name, "tier", &tiers);
        self.scope.kinds.push((name.to_owned(), tiers));
        self.mark_trial(name, is_trial);
    }

    fn route(&mut self, name: &str, table: Option<usize>) {
        let queues: Vec<String> =
            (0..self.random.between(1, 4)).map(|queue| format!("desk{queue} \"组{queue}\"")).collect();
        let mut text = format!("route {name} \"受理组\"\n");
        let is_trial = self.common(&mut text);
        self.rows(&mut text, "to", &queues, table);
        self.statements.push(Statement { text, is_exception: false, is_trial });
        if !is_trial {
            self.exceptions(name, "to", &queues);
        }
    }

    fn record(&mut self, name: &str) {
        let mut text = format!("record {name} \"登记\"\n");
        let is_trial = self.common(&mut text);
        for _ in 0..self.random.between(1, 3) {
            let fields: Vec<String> =
                (0..self.random.between(1, 3)).map(|_| self.random.pick(&self.scope.facts).0.clone()).collect();
            let when = if self.random.chance(40) { format!(" when {}", self.when(2)) } else { String::new() };
            text.push_str(&format!("  must have {}{when}\n", fields.join(", ")));
        }
        self.statements.push(Statement { text, is_exception: false, is_trial });
    }

    /// A rule on trial that nothing names can be taken out; others may be named by what comes later.
    fn mark_trial(&mut self, name: &str, is_trial: bool) {
        if is_trial && self.random.chance(70) {
            self.scope.kinds.retain(|(kind, _)| kind != name);
            self.scope.clocks.retain(|(clock, _)| clock != name);
            let own = |statement: &&mut Statement| {
                statement.text.lines().next().is_some_and(|line| line.split(' ').any(|word| word == name))
            };
            self.statements.iter_mut().filter(own).for_each(|statement| statement.is_trial = true);
        }
    }
}
