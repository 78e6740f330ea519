//! Documents taken apart: their fenced blocks, headings and links.

/// A fenced block: what stands after its mark, its text, and the line its mark stands on.
#[derive(Debug)]
pub struct Block {
    pub info: String,
    pub text: String,
    pub line: usize,
}

/// The fenced blocks of a document, in order. A fence inside a longer fence is text.
pub fn blocks(document: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<String> = None;
    for (index, line) in document.lines().enumerate() {
        let mark: String = line.chars().take_while(|letter| *letter == '`').collect();
        match &open {
            Some(wanted) if line == wanted => open = None,
            Some(_) => {
                if let Some(block) = blocks.last_mut() {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
            }
            None if mark.len() >= 3 => {
                blocks.push(Block { info: line[mark.len()..].to_owned(), text: String::new(), line: index + 1 });
                open = Some(mark);
            }
            None => {}
        }
    }
    blocks
}

/// A document without its fenced blocks, line for line.
pub fn prose(document: &str) -> Vec<(usize, &str)> {
    let mut prose: Vec<(usize, &str)> = Vec::new();
    let mut open: Option<String> = None;
    for (index, line) in document.lines().enumerate() {
        let mark: String = line.chars().take_while(|letter| *letter == '`').collect();
        match &open {
            Some(wanted) if line == wanted => open = None,
            Some(_) => {}
            None if mark.len() >= 3 => open = Some(mark),
            None => prose.push((index + 1, line)),
        }
    }
    prose
}

/// The targets of a document's links, each with its line.
pub fn links(document: &str) -> Vec<(usize, String)> {
    let mut links: Vec<(usize, String)> = Vec::new();
    for (number, line) in prose(document) {
        for piece in line.split("](").skip(1) {
            let target: &str = piece.split(')').next().unwrap_or("");
            links.push((number, target.to_owned()));
        }
    }
    links
}

/// The anchors of a document's headings, as viewers make them.
pub fn anchors(document: &str) -> Vec<String> {
    let headings = prose(document)
        .into_iter()
        .filter(|(_, line)| line.starts_with('#'))
        .map(|(_, line)| line.trim_start_matches('#').trim());
    headings
        .map(|heading| {
            let kept = heading
                .to_lowercase()
                .chars()
                .filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'))
                .collect::<String>();
            kept.replace(' ', "-")
        })
        .collect()
}
