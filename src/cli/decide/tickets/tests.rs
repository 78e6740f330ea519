use std::cell::Cell;
use std::io::{BufReader, Read};

use super::*;

/// Every ticket as `place content`, broken ones as `place !`.
fn check(input: &str, expected: &[&str]) {
    let mut found: Vec<String> = Vec::new();
    let result: Result<(), ReadError<()>> =
        each(&mut Cursor::new(input.as_bytes()), Pace::LookAhead, |place, content| {
            let place: String = match place {
                Place::Whole => String::from("whole"),
                Place::Index(index) => format!("[{index}]"),
                Place::Line(line) => format!(":{line}"),
            };
            let content: String = match content {
                Content::Ticket(text) => String::from_utf8_lossy(text).into_owned(),
                Content::Broken(_) => String::from("!"),
            };
            found.push(format!("{place} {content}"));
            Ok(())
        });
    assert!(result.is_ok(), "{input}");
    assert_eq!(found, expected, "{input}");
}

#[test]
fn one_ticket_is_whole() {
    check(r#"{"id":1}"#, &[r#"whole {"id":1}"#]);
    check("\u{feff}\n\n {\"id\":1}\n\n", &[r#"whole {"id":1}"#]);
    check("{\n  \"id\": 1\n}\n", &["whole {\n  \"id\": 1\n}\n"]);
}

#[test]
fn lists_are_counted_from_0() {
    check("[1, {\"a\": [2]}]", &["[0] 1", "[1] {\"a\": [2]}"]);
    check("[\n1,\n2\n]\n", &["[0] 1", "[1] 2"]);
    check("[]", &[]);
    check(r#"{"tickets": [1, 2]}"#, &["[0] 1", "[1] 2"]);
    check("{\"tickets\": [\n{},\n{}\n]}", &["[0] {}", "[1] {}"]);
    check("{\n\"id\": 1\n}\n{\n\"id\": 2\n}", &["[0] {\n\"id\": 1\n}", "[1] {\n\"id\": 2\n}"]);
}

#[test]
fn an_object_opened_at_some_time_is_a_ticket() {
    check(r#"{"opened_at": 1, "tickets": []}"#, &[r#"whole {"opened_at": 1, "tickets": []}"#]);
    check(r#"{"tickets": "two"}"#, &[r#"whole {"tickets": "two"}"#]);
}

#[test]
fn lines_keep_their_numbers_and_a_broken_one_hides_no_other() {
    check("{\"a\":1}\r\n\n{\"a\":2}\n", &[":1 {\"a\":1}", ":3 {\"a\":2}"]);
    check("{}\n{\"a\": \n{}", &[":1 {}", ":2 {\"a\":", ":3 {}"]);
    check("\n{\"a\": \"\n{}\n{}", &[":2 {\"a\": \"", ":3 {}", ":4 {}"]);
    check("not a ticket\n{}", &[":1 not a ticket", ":2 {}"]);
}

/// A pipe whose writer waits for the first answer before it writes more.
struct Lockstep<'a> {
    lines: Vec<&'static [u8]>,
    answered: &'a Cell<usize>,
}

impl Read for Lockstep<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(line) = self.lines.pop() else { return Ok(0) };
        assert_eq!(self.answered.get(), 2 - self.lines.len() - 1, "asked for more before answering");
        buffer[..line.len()].copy_from_slice(line);
        Ok(line.len())
    }
}

#[test]
fn line_by_line_nothing_is_waited_for() {
    let answered: Cell<usize> = Cell::new(0);
    let lines: Vec<&[u8]> = vec![b"{\"a\": 2}\n", b"{\"a\": 1}\n"];
    let mut input = BufReader::new(Lockstep { lines, answered: &answered });
    let result: Result<(), ReadError<()>> = each(&mut input, Pace::LineByLine, |_, _| {
        answered.set(answered.get() + 1);
        Ok(())
    });
    assert!(result.is_ok());
    assert_eq!(answered.get(), 2);
}

#[test]
fn a_list_that_breaks_off_keeps_what_came_before() {
    check("[{}, {\"a\": 1}, {\"b\"", &["[0] {}", "[1] {\"a\": 1}", "[2] !"]);
    check("[{}] x", &["[0] {}", "[1] !"]);
}

#[test]
fn what_is_not_json_goes_out_whole() {
    check("hello", &["whole hello\n"]);
    check("{\n\"id\": 1,\n\"a\": }\n", &["whole {\n\"id\": 1,\n\"a\": }\n"]);
}

#[test]
fn an_input_with_nothing_in_it_is_empty() {
    for input in ["", "\n \n", "\u{feff}"] {
        let result: Result<(), ReadError<()>> =
            each(&mut Cursor::new(input.as_bytes()), Pace::LookAhead, |_, _| Ok(()));
        assert!(matches!(result, Err(ReadError::Empty)), "{input:?}");
    }
}

#[test]
fn a_hundred_thousand_levels_are_handed_out_like_any_other() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let mut count = 0;
    let result: Result<(), ReadError<()>> = each(&mut Cursor::new(deep.as_bytes()), Pace::LookAhead, |_, _| {
        count += 1;
        Ok(())
    });
    assert!(result.is_ok());
    assert_eq!(count, 1);
}

#[test]
fn a_line_too_long_is_cut_and_the_next_one_found() {
    let long = vec![b' '; MAX_BYTES];
    let mut input =
        Cursor::new(b"{}\n{\"a\": 1".to_vec()).chain(Cursor::new(long)).chain(Cursor::new(b"}\n{}".to_vec()));
    let mut found: Vec<(Place, bool)> = Vec::new();
    let result: Result<(), ReadError<()>> = each(&mut input, Pace::LookAhead, |place, content| {
        found.push((place, matches!(content, Content::Ticket(_))));
        Ok(())
    });
    assert!(result.is_ok());
    assert_eq!(found, [(Place::Line(1), true), (Place::Line(2), false), (Place::Line(3), true)]);
}

#[test]
fn an_endless_line_comes_to_an_end() {
    let mut broken: usize = 0;
    let result: Result<(), ReadError<()>> =
        each(&mut BufReader::new(io::repeat(b'x')), Pace::LookAhead, |place, content| {
            broken += usize::from((place, matches!(content, Content::Broken(_))) == (Place::Whole, true));
            Ok(())
        });
    assert!(result.is_ok());
    assert_eq!(broken, 1);
}
