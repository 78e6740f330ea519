//! Every code there is, in one list.
//!
//! To add one: take the next free id of its range, write `pages/ID-name.md`, add a fixture. Ids are never reused
//! or moved: E0702, E0704 to E0707 and R0108 were used once and are not given again. Ranges: 01 document, 02 syntax,
//! 03 names, 04 types, 05 structure, 06 graph, 07 needs something or is not evaluated yet, 08 scripts, 09 tests,
//! 10 calendars; `E` stops loading, `L` advises, `R` speaks of a ticket.

use super::{Code, Severity};

/// The code of an id (`E0301`) or a name (`unknown-name`), in any case.
pub fn find(id_or_name: &str) -> Option<&'static Code> {
    ALL.iter()
        .copied()
        .find(|code| code.id.eq_ignore_ascii_case(id_or_name) || code.name.eq_ignore_ascii_case(id_or_name))
}

/// See `pages/E0101-no-front-matter.md`.
pub static NO_FRONT_MATTER: Code = Code {
    id: "E0101",
    name: "no-front-matter",
    severity: Severity::Error,
    page: include_str!("pages/E0101-no-front-matter.md"),
};

/// See `pages/E0102-bad-front-matter.md`.
pub static BAD_FRONT_MATTER: Code = Code {
    id: "E0102",
    name: "bad-front-matter",
    severity: Severity::Error,
    page: include_str!("pages/E0102-bad-front-matter.md"),
};

/// See `pages/E0103-unknown-front-matter-key.md`.
pub static UNKNOWN_FRONT_MATTER_KEY: Code = Code {
    id: "E0103",
    name: "unknown-front-matter-key",
    severity: Severity::Error,
    page: include_str!("pages/E0103-unknown-front-matter-key.md"),
};

/// See `pages/E0104-missing-front-matter-key.md`.
pub static MISSING_FRONT_MATTER_KEY: Code = Code {
    id: "E0104",
    name: "missing-front-matter-key",
    severity: Severity::Error,
    page: include_str!("pages/E0104-missing-front-matter-key.md"),
};

/// See `pages/E0105-duplicate-clause-number.md`.
pub static DUPLICATE_CLAUSE_NUMBER: Code = Code {
    id: "E0105",
    name: "duplicate-clause-number",
    severity: Severity::Error,
    page: include_str!("pages/E0105-duplicate-clause-number.md"),
};

/// See `pages/E0106-rule-without-clause.md`.
pub static RULE_WITHOUT_CLAUSE: Code = Code {
    id: "E0106",
    name: "rule-without-clause",
    severity: Severity::Error,
    page: include_str!("pages/E0106-rule-without-clause.md"),
};

/// See `pages/E0107-unclosed-fence.md`.
pub static UNCLOSED_FENCE: Code = Code {
    id: "E0107",
    name: "unclosed-fence",
    severity: Severity::Error,
    page: include_str!("pages/E0107-unclosed-fence.md"),
};

/// See `pages/E0108-unreadable-file.md`.
pub static UNREADABLE_FILE: Code = Code {
    id: "E0108",
    name: "unreadable-file",
    severity: Severity::Error,
    page: include_str!("pages/E0108-unreadable-file.md"),
};

/// See `pages/E0109-unsafe-yaml.md`.
pub static UNSAFE_YAML: Code = Code {
    id: "E0109",
    name: "unsafe-yaml",
    severity: Severity::Error,
    page: include_str!("pages/E0109-unsafe-yaml.md"),
};

/// See `pages/E0110-duplicate-edition.md`.
pub static DUPLICATE_EDITION: Code = Code {
    id: "E0110",
    name: "duplicate-edition",
    severity: Severity::Error,
    page: include_str!("pages/E0110-duplicate-edition.md"),
};

/// See `pages/E0201-unknown-statement.md`.
pub static UNKNOWN_STATEMENT: Code = Code {
    id: "E0201",
    name: "unknown-statement",
    severity: Severity::Error,
    page: include_str!("pages/E0201-unknown-statement.md"),
};

/// See `pages/E0202-unknown-clause.md`.
pub static UNKNOWN_CLAUSE: Code = Code {
    id: "E0202",
    name: "unknown-clause",
    severity: Severity::Error,
    page: include_str!("pages/E0202-unknown-clause.md"),
};

/// See `pages/E0203-syntax.md`.
pub static SYNTAX: Code =
    Code { id: "E0203", name: "syntax", severity: Severity::Error, page: include_str!("pages/E0203-syntax.md") };

/// See `pages/E0204-unclosed-quote.md`.
pub static UNCLOSED_QUOTE: Code = Code {
    id: "E0204",
    name: "unclosed-quote",
    severity: Severity::Error,
    page: include_str!("pages/E0204-unclosed-quote.md"),
};

/// See `pages/E0205-bare-days.md`.
pub static BARE_DAYS: Code =
    Code { id: "E0205", name: "bare-days", severity: Severity::Error, page: include_str!("pages/E0205-bare-days.md") };

/// See `pages/E0206-mixed-and-or.md`.
pub static MIXED_AND_OR: Code = Code {
    id: "E0206",
    name: "mixed-and-or",
    severity: Severity::Error,
    page: include_str!("pages/E0206-mixed-and-or.md"),
};

/// See `pages/E0207-bad-literal.md`.
pub static BAD_LITERAL: Code = Code {
    id: "E0207",
    name: "bad-literal",
    severity: Severity::Error,
    page: include_str!("pages/E0207-bad-literal.md"),
};

/// See `pages/E0208-ragged-table.md`.
pub static RAGGED_TABLE: Code = Code {
    id: "E0208",
    name: "ragged-table",
    severity: Severity::Error,
    page: include_str!("pages/E0208-ragged-table.md"),
};

/// See `pages/E0301-unknown-name.md`.
pub static UNKNOWN_NAME: Code = Code {
    id: "E0301",
    name: "unknown-name",
    severity: Severity::Error,
    page: include_str!("pages/E0301-unknown-name.md"),
};

/// See `pages/E0302-duplicate-name.md`.
pub static DUPLICATE_NAME: Code = Code {
    id: "E0302",
    name: "duplicate-name",
    severity: Severity::Error,
    page: include_str!("pages/E0302-duplicate-name.md"),
};

/// See `pages/E0303-reserved-name.md`.
pub static RESERVED_NAME: Code = Code {
    id: "E0303",
    name: "reserved-name",
    severity: Severity::Error,
    page: include_str!("pages/E0303-reserved-name.md"),
};

/// See `pages/E0304-unknown-value.md`.
pub static UNKNOWN_VALUE: Code = Code {
    id: "E0304",
    name: "unknown-value",
    severity: Severity::Error,
    page: include_str!("pages/E0304-unknown-value.md"),
};

/// See `pages/E0305-wrong-kind-of-name.md`.
pub static WRONG_KIND_OF_NAME: Code = Code {
    id: "E0305",
    name: "wrong-kind-of-name",
    severity: Severity::Error,
    page: include_str!("pages/E0305-wrong-kind-of-name.md"),
};

/// See `pages/E0306-duplicate-clause.md`.
pub static DUPLICATE_CLAUSE: Code = Code {
    id: "E0306",
    name: "duplicate-clause",
    severity: Severity::Error,
    page: include_str!("pages/E0306-duplicate-clause.md"),
};

/// See `pages/E0401-type-mismatch.md`.
pub static TYPE_MISMATCH: Code = Code {
    id: "E0401",
    name: "type-mismatch",
    severity: Severity::Error,
    page: include_str!("pages/E0401-type-mismatch.md"),
};

/// See `pages/E0402-empty-range.md`.
pub static EMPTY_RANGE: Code = Code {
    id: "E0402",
    name: "empty-range",
    severity: Severity::Error,
    page: include_str!("pages/E0402-empty-range.md"),
};

/// See `pages/E0403-bad-pattern.md`.
pub static BAD_PATTERN: Code = Code {
    id: "E0403",
    name: "bad-pattern",
    severity: Severity::Error,
    page: include_str!("pages/E0403-bad-pattern.md"),
};

/// See `pages/E0404-at-risk-without-warning.md`.
pub static AT_RISK_WITHOUT_WARNING: Code = Code {
    id: "E0404",
    name: "at-risk-without-warning",
    severity: Severity::Error,
    page: include_str!("pages/E0404-at-risk-without-warning.md"),
};

/// See `pages/E0405-bad-ticket.md`.
pub static BAD_TICKET: Code = Code {
    id: "E0405",
    name: "bad-ticket",
    severity: Severity::Error,
    page: include_str!("pages/E0405-bad-ticket.md"),
};

/// See `pages/E0406-bad-pause.md`.
pub static BAD_PAUSE: Code =
    Code { id: "E0406", name: "bad-pause", severity: Severity::Error, page: include_str!("pages/E0406-bad-pause.md") };

/// See `pages/E0501-missing-clause.md`.
pub static MISSING_CLAUSE: Code = Code {
    id: "E0501",
    name: "missing-clause",
    severity: Severity::Error,
    page: include_str!("pages/E0501-missing-clause.md"),
};

/// See `pages/E0502-rows-and-table.md`.
pub static ROWS_AND_TABLE: Code = Code {
    id: "E0502",
    name: "rows-and-table",
    severity: Severity::Error,
    page: include_str!("pages/E0502-rows-and-table.md"),
};

/// See `pages/E0503-row-after-otherwise.md`.
pub static ROW_AFTER_OTHERWISE: Code = Code {
    id: "E0503",
    name: "row-after-otherwise",
    severity: Severity::Error,
    page: include_str!("pages/E0503-row-after-otherwise.md"),
};

/// See `pages/E0504-bad-exception.md`.
pub static BAD_EXCEPTION: Code = Code {
    id: "E0504",
    name: "bad-exception",
    severity: Severity::Error,
    page: include_str!("pages/E0504-bad-exception.md"),
};

/// See `pages/E0505-bad-steps.md`.
pub static BAD_STEPS: Code =
    Code { id: "E0505", name: "bad-steps", severity: Severity::Error, page: include_str!("pages/E0505-bad-steps.md") };

/// See `pages/E0506-backward-dates.md`.
pub static BACKWARD_DATES: Code = Code {
    id: "E0506",
    name: "backward-dates",
    severity: Severity::Error,
    page: include_str!("pages/E0506-backward-dates.md"),
};

/// See `pages/E0507-bad-warning.md`.
pub static BAD_WARNING: Code = Code {
    id: "E0507",
    name: "bad-warning",
    severity: Severity::Error,
    page: include_str!("pages/E0507-bad-warning.md"),
};

/// See `pages/E0508-bad-message-clock.md`.
pub static BAD_MESSAGE_CLOCK: Code = Code {
    id: "E0508",
    name: "bad-message-clock",
    severity: Severity::Error,
    page: include_str!("pages/E0508-bad-message-clock.md"),
};

/// See `pages/E0509-no-acknowledged-event.md`.
pub static NO_ACKNOWLEDGED_EVENT: Code = Code {
    id: "E0509",
    name: "no-acknowledged-event",
    severity: Severity::Error,
    page: include_str!("pages/E0509-no-acknowledged-event.md"),
};

/// See `pages/E0601-cycle.md`.
pub static CYCLE: Code =
    Code { id: "E0601", name: "cycle", severity: Severity::Error, page: include_str!("pages/E0601-cycle.md") };

/// See `pages/E0602-too-deep.md`.
pub static TOO_DEEP: Code =
    Code { id: "E0602", name: "too-deep", severity: Severity::Error, page: include_str!("pages/E0602-too-deep.md") };

/// See `pages/E0701-needs-calendar.md`.
pub static NEEDS_CALENDAR: Code = Code {
    id: "E0701",
    name: "needs-calendar",
    severity: Severity::Error,
    page: include_str!("pages/E0701-needs-calendar.md"),
};

/// See `pages/E0703-etiquette-not-evaluated.md`.
pub static ETIQUETTE_NOT_EVALUATED: Code = Code {
    id: "E0703",
    name: "etiquette-not-evaluated",
    severity: Severity::Error,
    page: include_str!("pages/E0703-etiquette-not-evaluated.md"),
};

/// See `pages/E0708-target-not-evaluated.md`.
pub static TARGET_NOT_EVALUATED: Code = Code {
    id: "E0708",
    name: "target-not-evaluated",
    severity: Severity::Error,
    page: include_str!("pages/E0708-target-not-evaluated.md"),
};

/// See `pages/E0709-retention-not-evaluated.md`.
pub static RETENTION_NOT_EVALUATED: Code = Code {
    id: "E0709",
    name: "retention-not-evaluated",
    severity: Severity::Error,
    page: include_str!("pages/E0709-retention-not-evaluated.md"),
};

/// See `pages/E0710-extends-not-evaluated.md`.
pub static EXTENDS_NOT_EVALUATED: Code = Code {
    id: "E0710",
    name: "extends-not-evaluated",
    severity: Severity::Error,
    page: include_str!("pages/E0710-extends-not-evaluated.md"),
};

/// See `pages/E0801-bad-script.md`.
pub static BAD_SCRIPT: Code = Code {
    id: "E0801",
    name: "bad-script",
    severity: Severity::Error,
    page: include_str!("pages/E0801-bad-script.md"),
};

/// See `pages/E0802-unknown-script-function.md`.
pub static UNKNOWN_SCRIPT_FUNCTION: Code = Code {
    id: "E0802",
    name: "unknown-script-function",
    severity: Severity::Error,
    page: include_str!("pages/E0802-unknown-script-function.md"),
};

/// See `pages/E0901-bad-tests-file.md`.
pub static BAD_TESTS_FILE: Code = Code {
    id: "E0901",
    name: "bad-tests-file",
    severity: Severity::Error,
    page: include_str!("pages/E0901-bad-tests-file.md"),
};

/// See `pages/E1001-bad-calendar.md`.
pub static BAD_CALENDAR: Code = Code {
    id: "E1001",
    name: "bad-calendar",
    severity: Severity::Error,
    page: include_str!("pages/E1001-bad-calendar.md"),
};

/// See `pages/E1002-unknown-calendar-key.md`.
pub static UNKNOWN_CALENDAR_KEY: Code = Code {
    id: "E1002",
    name: "unknown-calendar-key",
    severity: Severity::Error,
    page: include_str!("pages/E1002-unknown-calendar-key.md"),
};

/// See `pages/E1003-missing-calendar-key.md`.
pub static MISSING_CALENDAR_KEY: Code = Code {
    id: "E1003",
    name: "missing-calendar-key",
    severity: Severity::Error,
    page: include_str!("pages/E1003-missing-calendar-key.md"),
};

/// See `pages/E1004-bad-hours.md`.
pub static BAD_HOURS: Code =
    Code { id: "E1004", name: "bad-hours", severity: Severity::Error, page: include_str!("pages/E1004-bad-hours.md") };

/// See `pages/E1005-overlapping-hours.md`.
pub static OVERLAPPING_HOURS: Code = Code {
    id: "E1005",
    name: "overlapping-hours",
    severity: Severity::Error,
    page: include_str!("pages/E1005-overlapping-hours.md"),
};

/// See `pages/E1006-bad-calendar-date.md`.
pub static BAD_CALENDAR_DATE: Code = Code {
    id: "E1006",
    name: "bad-calendar-date",
    severity: Severity::Error,
    page: include_str!("pages/E1006-bad-calendar-date.md"),
};

/// See `pages/E1007-calendar-cycle.md`.
pub static CALENDAR_CYCLE: Code = Code {
    id: "E1007",
    name: "calendar-cycle",
    severity: Severity::Error,
    page: include_str!("pages/E1007-calendar-cycle.md"),
};

/// See `pages/E1008-unknown-extended-calendar.md`.
pub static UNKNOWN_EXTENDED_CALENDAR: Code = Code {
    id: "E1008",
    name: "unknown-extended-calendar",
    severity: Severity::Error,
    page: include_str!("pages/E1008-unknown-extended-calendar.md"),
};

/// See `pages/E1009-calendar-never-opens.md`.
pub static CALENDAR_NEVER_OPENS: Code = Code {
    id: "E1009",
    name: "calendar-never-opens",
    severity: Severity::Error,
    page: include_str!("pages/E1009-calendar-never-opens.md"),
};

/// See `pages/E1010-duplicate-calendar.md`.
pub static DUPLICATE_CALENDAR: Code = Code {
    id: "E1010",
    name: "duplicate-calendar",
    severity: Severity::Error,
    page: include_str!("pages/E1010-duplicate-calendar.md"),
};

/// See `pages/E1011-workday-without-hours.md`.
pub static WORKDAY_WITHOUT_HOURS: Code = Code {
    id: "E1011",
    name: "workday-without-hours",
    severity: Severity::Error,
    page: include_str!("pages/E1011-workday-without-hours.md"),
};

/// See `pages/L0101-misspelt-fence.md`.
pub static MISSPELT_FENCE: Code = Code {
    id: "L0101",
    name: "misspelt-fence",
    severity: Severity::Warning,
    page: include_str!("pages/L0101-misspelt-fence.md"),
};

/// See `pages/L0102-heading-without-blank.md`.
pub static HEADING_WITHOUT_BLANK: Code = Code {
    id: "L0102",
    name: "heading-without-blank",
    severity: Severity::Warning,
    page: include_str!("pages/L0102-heading-without-blank.md"),
};

/// See `pages/L0103-unnumbered-heading.md`.
pub static UNNUMBERED_HEADING: Code = Code {
    id: "L0103",
    name: "unnumbered-heading",
    severity: Severity::Warning,
    page: include_str!("pages/L0103-unnumbered-heading.md"),
};

/// See `pages/L0104-overlapping-editions.md`.
pub static OVERLAPPING_EDITIONS: Code = Code {
    id: "L0104",
    name: "overlapping-editions",
    severity: Severity::Warning,
    page: include_str!("pages/L0104-overlapping-editions.md"),
};

/// See `pages/L0105-hole-between-editions.md`.
pub static HOLE_BETWEEN_EDITIONS: Code = Code {
    id: "L0105",
    name: "hole-between-editions",
    severity: Severity::Warning,
    page: include_str!("pages/L0105-hole-between-editions.md"),
};

/// See `pages/L0301-unused-name.md`.
pub static UNUSED_NAME: Code = Code {
    id: "L0301",
    name: "unused-name",
    severity: Severity::Warning,
    page: include_str!("pages/L0301-unused-name.md"),
};

/// See `pages/L0501-rests-on-trial.md`.
pub static RESTS_ON_TRIAL: Code = Code {
    id: "L0501",
    name: "rests-on-trial",
    severity: Severity::Warning,
    page: include_str!("pages/L0501-rests-on-trial.md"),
};

/// See `pages/L0502-no-otherwise.md`.
pub static NO_OTHERWISE: Code = Code {
    id: "L0502",
    name: "no-otherwise",
    severity: Severity::Warning,
    page: include_str!("pages/L0502-no-otherwise.md"),
};

/// See `pages/L0503-days-without-calendar.md`.
pub static DAYS_WITHOUT_CALENDAR: Code = Code {
    id: "L0503",
    name: "days-without-calendar",
    severity: Severity::Warning,
    page: include_str!("pages/L0503-days-without-calendar.md"),
};

/// See `pages/L0901-failed-example.md`.
pub static FAILED_EXAMPLE: Code = Code {
    id: "L0901",
    name: "failed-example",
    severity: Severity::Warning,
    page: include_str!("pages/L0901-failed-example.md"),
};

/// See `pages/L0902-unknown-ticket-field.md`.
pub static UNKNOWN_TICKET_FIELD: Code = Code {
    id: "L0902",
    name: "unknown-ticket-field",
    severity: Severity::Warning,
    page: include_str!("pages/L0902-unknown-ticket-field.md"),
};

/// See `pages/L1001-unknown-calendar.md`.
pub static UNKNOWN_CALENDAR: Code = Code {
    id: "L1001",
    name: "unknown-calendar",
    severity: Severity::Warning,
    page: include_str!("pages/L1001-unknown-calendar.md"),
};

/// See `pages/L1002-date-listed-twice.md`.
pub static DATE_LISTED_TWICE: Code = Code {
    id: "L1002",
    name: "date-listed-twice",
    severity: Severity::Warning,
    page: include_str!("pages/L1002-date-listed-twice.md"),
};

/// See `pages/L1003-break-cuts-nothing.md`.
pub static BREAK_CUTS_NOTHING: Code = Code {
    id: "L1003",
    name: "break-cuts-nothing",
    severity: Severity::Warning,
    page: include_str!("pages/L1003-break-cuts-nothing.md"),
};

/// See `pages/R0101-bad-json.md`.
pub static BAD_JSON: Code =
    Code { id: "R0101", name: "bad-json", severity: Severity::Error, page: include_str!("pages/R0101-bad-json.md") };

/// See `pages/R0102-wrong-type.md`.
pub static WRONG_TYPE: Code = Code {
    id: "R0102",
    name: "wrong-type",
    severity: Severity::Error,
    page: include_str!("pages/R0102-wrong-type.md"),
};

/// See `pages/R0103-unknown-field-value.md`.
pub static UNKNOWN_FIELD_VALUE: Code = Code {
    id: "R0103",
    name: "unknown-field-value",
    severity: Severity::Error,
    page: include_str!("pages/R0103-unknown-field-value.md"),
};

/// See `pages/R0104-missing-field.md`.
pub static MISSING_FIELD: Code = Code {
    id: "R0104",
    name: "missing-field",
    severity: Severity::Error,
    page: include_str!("pages/R0104-missing-field.md"),
};

/// See `pages/R0105-bad-instant.md`.
pub static BAD_INSTANT: Code = Code {
    id: "R0105",
    name: "bad-instant",
    severity: Severity::Error,
    page: include_str!("pages/R0105-bad-instant.md"),
};

/// See `pages/R0107-given-twice.md`.
pub static GIVEN_TWICE: Code = Code {
    id: "R0107",
    name: "given-twice",
    severity: Severity::Error,
    page: include_str!("pages/R0107-given-twice.md"),
};

/// See `pages/R0109-event-before-opening.md`.
pub static EVENT_BEFORE_OPENING: Code = Code {
    id: "R0109",
    name: "event-before-opening",
    severity: Severity::Error,
    page: include_str!("pages/R0109-event-before-opening.md"),
};

/// See `pages/R0110-too-many-items.md`.
pub static TOO_MANY_ITEMS: Code = Code {
    id: "R0110",
    name: "too-many-items",
    severity: Severity::Error,
    page: include_str!("pages/R0110-too-many-items.md"),
};

/// See `pages/R0201-no-edition-in-force.md`.
pub static NO_EDITION_IN_FORCE: Code = Code {
    id: "R0201",
    name: "no-edition-in-force",
    severity: Severity::Error,
    page: include_str!("pages/R0201-no-edition-in-force.md"),
};

/// See `pages/R0301-script-failed.md`.
pub static SCRIPT_FAILED: Code = Code {
    id: "R0301",
    name: "script-failed",
    severity: Severity::Error,
    page: include_str!("pages/R0301-script-failed.md"),
};

/// See `pages/R0302-message-without-time.md`.
pub static MESSAGE_WITHOUT_TIME: Code = Code {
    id: "R0302",
    name: "message-without-time",
    severity: Severity::Warning,
    page: include_str!("pages/R0302-message-without-time.md"),
};

/// All of them, by id.
pub static ALL: &[&Code] = &[
    &NO_FRONT_MATTER,
    &BAD_FRONT_MATTER,
    &UNKNOWN_FRONT_MATTER_KEY,
    &MISSING_FRONT_MATTER_KEY,
    &DUPLICATE_CLAUSE_NUMBER,
    &RULE_WITHOUT_CLAUSE,
    &UNCLOSED_FENCE,
    &UNREADABLE_FILE,
    &UNSAFE_YAML,
    &DUPLICATE_EDITION,
    &UNKNOWN_STATEMENT,
    &UNKNOWN_CLAUSE,
    &SYNTAX,
    &UNCLOSED_QUOTE,
    &BARE_DAYS,
    &MIXED_AND_OR,
    &BAD_LITERAL,
    &RAGGED_TABLE,
    &UNKNOWN_NAME,
    &DUPLICATE_NAME,
    &RESERVED_NAME,
    &UNKNOWN_VALUE,
    &WRONG_KIND_OF_NAME,
    &DUPLICATE_CLAUSE,
    &TYPE_MISMATCH,
    &EMPTY_RANGE,
    &BAD_PATTERN,
    &AT_RISK_WITHOUT_WARNING,
    &BAD_TICKET,
    &BAD_PAUSE,
    &MISSING_CLAUSE,
    &ROWS_AND_TABLE,
    &ROW_AFTER_OTHERWISE,
    &BAD_EXCEPTION,
    &BAD_STEPS,
    &BACKWARD_DATES,
    &BAD_WARNING,
    &BAD_MESSAGE_CLOCK,
    &NO_ACKNOWLEDGED_EVENT,
    &CYCLE,
    &TOO_DEEP,
    &NEEDS_CALENDAR,
    &ETIQUETTE_NOT_EVALUATED,
    &TARGET_NOT_EVALUATED,
    &RETENTION_NOT_EVALUATED,
    &EXTENDS_NOT_EVALUATED,
    &BAD_SCRIPT,
    &UNKNOWN_SCRIPT_FUNCTION,
    &BAD_TESTS_FILE,
    &BAD_CALENDAR,
    &UNKNOWN_CALENDAR_KEY,
    &MISSING_CALENDAR_KEY,
    &BAD_HOURS,
    &OVERLAPPING_HOURS,
    &BAD_CALENDAR_DATE,
    &CALENDAR_CYCLE,
    &UNKNOWN_EXTENDED_CALENDAR,
    &CALENDAR_NEVER_OPENS,
    &DUPLICATE_CALENDAR,
    &WORKDAY_WITHOUT_HOURS,
    &MISSPELT_FENCE,
    &HEADING_WITHOUT_BLANK,
    &UNNUMBERED_HEADING,
    &OVERLAPPING_EDITIONS,
    &HOLE_BETWEEN_EDITIONS,
    &UNUSED_NAME,
    &RESTS_ON_TRIAL,
    &NO_OTHERWISE,
    &DAYS_WITHOUT_CALENDAR,
    &FAILED_EXAMPLE,
    &UNKNOWN_TICKET_FIELD,
    &UNKNOWN_CALENDAR,
    &DATE_LISTED_TWICE,
    &BREAK_CUTS_NOTHING,
    &BAD_JSON,
    &WRONG_TYPE,
    &UNKNOWN_FIELD_VALUE,
    &MISSING_FIELD,
    &BAD_INSTANT,
    &GIVEN_TWICE,
    &EVENT_BEFORE_OPENING,
    &TOO_MANY_ITEMS,
    &NO_EDITION_IN_FORCE,
    &SCRIPT_FAILED,
    &MESSAGE_WITHOUT_TIME,
];
