//! The tree of a handbook's text: what stands where, before any name is looked up.
//!
//! Every byte of the file lies in exactly one [`Block`]; comments and broken pieces are kept. Names and literals
//! carry their spans, so that the stages after this one can point at what they speak of.

use crate::calendar::Amount;
use crate::source::Span;
use chrono::NaiveDate;

/// A whole file.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// The blocks, in order, without a byte between them.
    pub blocks: Vec<Block>,
}

/// One stretch of the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// All of its bytes, line end included.
    pub span: Span,
    /// What it is.
    pub kind: BlockKind,
}

/// The kinds of stretches.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockKind {
    /// YAML between `---` lines: the text between them.
    FrontMatter(Span),
    /// A heading.
    Heading(Heading),
    /// Text, never parsed for meaning.
    Prose,
    /// An ordinary code fence, with its info string.
    Code(Span),
    /// A `rules` fence.
    Rules(RulesFence),
    /// A `rhai` fence: the text between its marks.
    Script(Span),
}

/// A heading, with its clause number if it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Heading {
    /// 1 for `#`, 6 for `######`.
    pub level: usize,
    /// The number in front of the title.
    pub number: Option<ClauseNumber>,
    /// The title without number.
    pub title: Span,
}

/// A clause's number as the heading spells it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClauseNumber {
    /// Where it stands.
    pub span: Span,
    /// How it is cited: `3.1`, `第3章`, `§4`.
    pub text: String,
    /// Equal for two spellings of one number, `第3章` and `第三章`.
    pub key: String,
}

/// What stands in a `rules` fence.
#[derive(Clone, Debug, PartialEq)]
pub struct RulesFence {
    /// The text between the marks.
    pub body: Span,
    /// The statements, in order; broken ones as [`Statement::Junk`].
    pub statements: Vec<Statement>,
    /// Every comment from its `#` to the end of its line.
    pub comments: Vec<Span>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `fact`
    Fact(FactStatement),
    /// `event`
    Event(Span, Vec<Declared>),
    /// `status`
    Status(Span, Vec<Declared>),
    /// `define`
    Define(DefineStatement),
    /// `lexicon`
    Lexicon(LexiconStatement),
    /// A statement of a first line and clauses.
    Rule(RuleStatement),
    /// What could not be read; it has been reported.
    Junk(Span),
}

/// A piece of text with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Where, quotes included.
    pub span: Span,
    /// The text itself.
    pub text: String,
}

/// A name, dotted where it is a path.
pub type Name = Text;

/// A name with its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    /// The name.
    pub name: Name,
    /// The label in quotes.
    pub label: Option<Text>,
}

/// `fact a "A", b "B" TYPE`
#[derive(Clone, Debug, PartialEq)]
pub struct FactStatement {
    /// The whole statement.
    pub span: Span,
    /// The fields it declares.
    pub names: Vec<Declared>,
    /// Their type.
    pub kind: FactType,
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum FactType {
    /// `text`
    Text,
    /// `number`, `number 0 to 100 "元"`
    Number {
        /// Least and greatest value.
        range: Option<(Literal, Literal)>,
        /// The unit.
        unit: Option<Text>,
    },
    /// `yes/no`
    YesNo,
    /// `time`
    Time,
    /// `one of …`
    OneOf(Vec<Declared>),
    /// `list of text`
    ListOfText,
    /// `list of one of …`
    ListOf(Vec<Declared>),
}

/// `define N "L" when COND`
#[derive(Clone, Debug, PartialEq)]
pub struct DefineStatement {
    /// The whole statement.
    pub span: Span,
    /// Its name.
    pub declared: Declared,
    /// What it stands for.
    pub condition: Condition,
}

/// `lexicon N "L": …`
#[derive(Clone, Debug, PartialEq)]
pub struct LexiconStatement {
    /// The whole statement.
    pub span: Span,
    /// Its name.
    pub declared: Declared,
    /// Phrases in line, or none when they are in a file.
    pub phrases: Vec<Phrase>,
    /// The file they are in.
    pub file: Option<Text>,
}

/// One entry of a lexicon.
#[derive(Clone, Debug, PartialEq)]
pub enum Phrase {
    /// A phrase with its exceptions.
    Text(Text, Vec<Text>),
    /// Another lexicon.
    Lexicon(Name),
}

/// Which statement a [`RuleStatement`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// `classify`
    Classify,
    /// `deadline`
    Deadline,
    /// `escalation`
    Escalation,
    /// `route`
    Route,
    /// `record`
    Record,
    /// `etiquette`
    Etiquette,
    /// `target`
    Target,
    /// `retain`
    Retain,
    /// `exception to`: the name is the rule's it changes
    Exception,
    /// `example`: the name is its title
    Example,
}

/// A statement of a first line and clauses.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleStatement {
    /// The whole statement.
    pub span: Span,
    /// Which it is.
    pub kind: RuleKind,
    /// Its name and label.
    pub declared: Declared,
    /// `out of` and `pass from` of a scorecard.
    pub scale: Option<(Literal, Option<Literal>)>,
    /// Its clauses, in order; broken ones as [`ClauseKind::Junk`].
    pub clauses: Vec<Clause>,
}

/// One clause of a statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Its lines.
    pub span: Span,
    /// What it says.
    pub kind: ClauseKind,
}

/// The kinds of clauses.
#[derive(Clone, Debug, PartialEq)]
pub enum ClauseKind {
    /// `when COND` over the whole rule
    When(Condition),
    /// `cites "…"`
    Cites(Vec<Text>),
    /// `effective from DATE [until DATE]`
    Effective(DateLiteral, Option<DateLiteral>),
    /// `trial`
    Trial,
    /// `tier N when …`
    Tier(Declared, Option<Guard>),
    /// `tiers a, b`
    Tiers(Vec<Declared>),
    /// `within D when …`
    Within(AmountLiteral, Option<Guard>),
    /// `to N when …`
    To(Declared, Option<Guard>),
    /// Rows as a table.
    Table(Table),
    /// `from A until B`
    From(Name, Name),
    /// `from each customer message until agent message`
    FromEach(Speaker, Speaker),
    /// `pause while COND`, and what a customer's message does to it where the rule says so
    Pause(Condition, Option<PauseEnd>),
    /// `warn at …`
    Warn(Vec<Warning>),
    /// `on change …`
    OnChange(OnChange),
    /// `on reopen …`
    OnReopen(OnReopen),
    /// `step N role …`
    Step(Step),
    /// `must have a, b when …`
    MustHave(Vec<Name>, Option<Condition>),
    /// A rule of a scorecard with its own clauses.
    Etiquette(EtiquetteRule),
    /// `grade N from X`; without figure, `otherwise`
    Grade(Declared, Option<Literal>),
    /// `share of COND at least 98%` and its like
    Measure(Measure),
    /// `per month`
    Per(Span),
    /// `by FACT`
    By(Vec<Name>),
    /// `for D from EVENT`
    Keep(AmountLiteral, Name),
    /// `ticket {…} [at INSTANT]`: the flow map's place
    Ticket(Span, Option<InstantLiteral>),
    /// `expect …`
    Expect(Vec<Expectation>),
    /// What could not be read; it has been reported.
    Junk,
}

/// What guards a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Guard {
    /// `when COND`
    When(Condition),
    /// `otherwise`
    Otherwise(Span),
}

/// A figure with its place: text as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// Where.
    pub span: Span,
    /// As written, `12.50`.
    pub text: String,
}

/// A date with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DateLiteral {
    /// Where.
    pub span: Span,
    /// Which.
    pub date: NaiveDate,
}

/// An instant as written; without an offset it waits for the handbook's zone.
#[derive(Clone, Debug, PartialEq)]
pub struct InstantLiteral {
    /// Where.
    pub span: Span,
    /// As written.
    pub text: String,
}

/// An amount of time with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AmountLiteral {
    /// Where.
    pub span: Span,
    /// How much; `None` when it was written wrongly and has been reported.
    pub amount: Option<Amount>,
}

/// Who speaks in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Speaker {
    /// Someone of the company.
    Agent,
    /// The customer.
    Customer,
    /// A program that answers for the company.
    Bot,
}

/// What a customer's message does to a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseEnd {
    /// `until customer message`: it ends the pause.
    CustomerMessage,
    /// `regardless of customer messages`: nothing.
    Regardless,
}

/// When a clock warns.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// `75%`
    Percent(Literal),
    /// `30m before due`
    Before(AmountLiteral),
}

/// What a change of tier does to a running clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChange {
    /// Start and used time stay.
    Carry,
    /// The clock starts again.
    Restart,
    /// The first limit stays.
    Pin,
}

/// What a reopening does to a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnReopen {
    /// It goes on.
    Continue,
    /// A new one starts.
    NewCycle,
    /// It stays closed.
    StayClosed,
}

/// A step of a ladder.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its number.
    pub number: Literal,
    /// The role, with its label.
    pub role: Declared,
    /// What moves a ticket here.
    pub trigger: Trigger,
    /// Where that stands.
    pub trigger_span: Span,
    /// `until acknowledged`: where it stands.
    pub until_acknowledged: Option<Span>,
    /// `repeat every D, at most N times`.
    pub repeat: Option<Repeat>,
    /// `within working hours`: where it stands.
    pub within_working_hours: Option<Span>,
}

/// How often a step is told again.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// Where it stands.
    pub span: Span,
    /// How long after the last time.
    pub every: AmountLiteral,
    /// How many times.
    pub at_most: Option<Literal>,
}

/// What moves a ticket to a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// `at once`
    AtOnce,
    /// `when COND`
    When(Condition),
    /// `after D`
    After(AmountLiteral),
}

/// A table in place of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What each column but the last tests.
    pub heads: Vec<Name>,
    /// What the last column gives.
    pub gives: TableGives,
    /// Where the last column's head stands.
    pub gives_span: Span,
    /// The rows that could be read.
    pub rows: Vec<TableRow>,
}

/// What a table's last column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableGives {
    /// `tier`
    Tier,
    /// `within`
    Within,
    /// `to`
    To,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// Its line.
    pub span: Span,
    /// One cell a column but the last.
    pub cells: Vec<Cell>,
    /// The last cell.
    pub outcome: TableOutcome,
}

/// The last cell of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum TableOutcome {
    /// A limit.
    Within(AmountLiteral),
    /// A tier or a queue.
    Name(Declared),
}

/// One cell that tests.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Where.
    pub span: Span,
    /// What it asks.
    pub test: CellTest,
}

/// What a cell asks.
#[derive(Clone, Debug, PartialEq)]
pub enum CellTest {
    /// `-`
    Any,
    /// `a, b`
    Values(Vec<Value>),
    /// `< 5`
    Compare(Comparison, Operand),
    /// `5..10`, both ends in
    Range(Literal, Literal),
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Where.
    pub span: Span,
    /// What it says.
    pub kind: ConditionKind,
}

/// The kinds of conditions.
#[derive(Clone, Debug, PartialEq)]
pub enum ConditionKind {
    /// All of them.
    And(Vec<Condition>),
    /// Any of them.
    Or(Vec<Condition>),
    /// Not so.
    Not(Box<Condition>),
    /// A test of something that has a name.
    Test(Name, Predicate),
    /// `script f(a, b)`
    Script(Name, Vec<Operand>),
    /// What could not be read; it has been reported.
    Junk,
}

/// What a test asks of its subject.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// Nothing: a defined condition's name.
    Holds,
    /// `is x`, `is not x`, with `for D`
    Is {
        /// `is not`
        negated: bool,
        /// What it is compared with.
        value: Value,
        /// `for D`
        lasting: Option<AmountLiteral>,
    },
    /// `is present`, `is missing`, and their negations
    Present(bool),
    /// `in (…)`, `not in (…)`
    In {
        /// `not in`
        negated: bool,
        /// The values.
        values: Vec<Value>,
    },
    /// `< 5`
    Compare(Comparison, Operand),
    /// `between X and Y`
    Between(Operand, Operand),
    /// `before X`
    Before(Operand),
    /// `after X`
    After(Operand),
    /// `contains any L`
    ContainsAny(Name),
    /// `contains "…"`
    Contains(Text),
    /// `matches /…/`: the pattern without its slashes
    Matches(Text),
    /// `has any of (…)`, `has x`
    HasAny(Vec<Value>),
    /// `at least x`
    AtLeast(Value),
    /// `at most x`
    AtMost(Value),
    /// `at risk`, `met`, `breached`, with `for D`
    State(ClockState, Option<AmountLiteral>),
    /// `happened [at least N times]`
    Happened(Option<Literal>),
    /// `on a holiday`
    Holiday,
}

/// A state of a clock that a condition can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClockState {
    /// The warning has passed, the limit has not.
    AtRisk,
    /// The event came in time.
    Met,
    /// It did not.
    Breached,
}

/// A comparison of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

/// What a value test compares with.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A name: a value's id, a tier, a status, `yes`.
    Name(Name),
    /// Text in quotes: a label, or text.
    Text(Text),
    /// A figure.
    Number(Literal),
    /// An instant.
    Instant(InstantLiteral),
    /// A date.
    Date(DateLiteral),
}

impl Value {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Value::Name(name) => name.span,
            Value::Text(text) => text.span,
            Value::Number(number) => number.span,
            Value::Instant(instant) => instant.span,
            Value::Date(date) => date.span,
        }
    }
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A value.
    Value(Value),
    /// A time of day in seconds since midnight, `18:00`; `24:00` is 86 400.
    TimeOfDay(Span, Option<u32>),
    /// An amount of time.
    Amount(AmountLiteral),
}

impl Operand {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Operand::Value(value) => value.span(),
            Operand::TimeOfDay(span, _) => *span,
            Operand::Amount(amount) => amount.span,
        }
    }
}

/// A rule of a scorecard.
#[derive(Clone, Debug, PartialEq)]
pub struct EtiquetteRule {
    /// Its name and label.
    pub declared: Declared,
    /// What it is worth.
    pub worth: Option<Worth>,
    /// Its clauses.
    pub clauses: Vec<EtiquetteClause>,
}

/// What a rule of a scorecard is worth.
#[derive(Clone, Debug, PartialEq)]
pub enum Worth {
    /// `10 points`
    Points(Literal),
    /// `5 points each, at most 15`
    Each(Literal, Option<Literal>),
    /// `red line caps at 59`
    Caps(Literal),
    /// `red line fails`
    Fails(Span),
}

/// A clause of a scorecard's rule.
#[derive(Clone, Debug, PartialEq)]
pub enum EtiquetteClause {
    /// `agent must say any of greeting in first turn`
    Duty {
        /// Its line.
        span: Span,
        /// `must not`, `should not`
        forbids: bool,
        /// `must`, not `should`
        counts: bool,
        /// The lexicons it names.
        lexicons: Vec<Name>,
        /// The pattern it names.
        pattern: Option<Text>,
    },
    /// `when …` over a conversation: lexicons it names, or a condition.
    When(Speech),
    /// `unless …`
    Unless(Speech),
    /// `example met "…"`
    Example(Span),
    /// What could not be read; it has been reported.
    Junk,
}

/// What a `when` or `unless` of a scorecard's rule asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Speech {
    /// Something said: the lexicons it names.
    Said(Vec<Name>),
    /// A condition over the ticket.
    Condition(Condition),
}

/// A figure that a body of tickets must reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// The condition it counts.
    pub condition: Option<Condition>,
    /// The name it averages.
    pub name: Option<Name>,
}

/// What an example expects.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: ExpectationKind,
}

/// The kinds of expectations.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectationKind {
    /// A condition holds.
    Condition(Condition),
    /// `NAME due INSTANT`
    Due(Name, InstantLiteral),
    /// `route N is X`
    Route(Name, Value),
    /// `NAME step N`
    Step(Name, Literal),
    /// `NAME score N`
    Score(Name, Literal),
}
