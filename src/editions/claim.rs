//! What the front matter of a text says of itself, also where the rest of it cannot be read.
//!
//! It ties a broken file to its handbook and to its edition: to what may go on in its place.

use std::ops::Range;

/// The value that the front matter of a text claims for a key; comments and quotes are not part of it.
pub fn claimed(text: &str, key: &str) -> Option<String> {
    for line in text.get(front_matter(text)?)?.lines() {
        if let Some(value) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(':')) {
            let value: &str = value.split(" #").next().unwrap_or("").trim().trim_matches(['"', '\'']);
            return (!value.is_empty()).then(|| value.to_owned());
        }
    }
    None
}

/// Where the front matter of a text stands, without its two `---`; to the end of the text where it is not closed.
pub(super) fn front_matter(text: &str) -> Option<Range<usize>> {
    let mut start: usize = 0;
    let mut end: usize = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let is_fence: bool = line.trim_end() == "---";
        match (index, is_fence) {
            (0, false) => return None,
            (0, true) => start = line.len(),
            (_, true) => return Some(start..end),
            (_, false) => {}
        }
        end += line.len();
    }
    (!text.is_empty()).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::claimed;

    #[test]
    fn a_claim_is_read_from_the_front_matter_alone() {
        for (text, expected) in [
            ("---\nhandbook: shop\n---\n", Some("shop")),
            ("---\ntitle: x\nhandbook: \"book\" # ours\n---\n", Some("book")),
            ("---\r\nhandbook: 'shop'\r\n---\r\n", Some("shop")),
            ("---\nhandbook: shop", Some("shop")),
            ("---\nhandbook:\n---\n", None),
            ("---\nhandbooks: shop\n---\n", None),
            ("---\ntitle: x\n---\nhandbook: shop\n", None),
            ("# no front matter\nhandbook: shop\n", None),
            ("", None),
        ] {
            assert_eq!(claimed(text, "handbook").as_deref(), expected, "{text:?}");
        }
    }
}
