//! Rust sources without what is not code: comments, texts and tests are blanked out, byte for byte, so that places
//! stay where they are.
//!
//! No parser of the language: it knows what the walls ask for, and no more.

/// One file, cut into what is built and what only tests see.
#[derive(Debug)]
pub struct RustCode {
    /// Code outside tests, without comments and with empty texts.
    pub code: String,
    /// The same with its texts.
    pub code_with_texts: String,
    /// What stands below `#[cfg(test)]`, with its texts and comments.
    pub tests: String,
}

/// Cuts a file.
pub fn read(text: &str) -> RustCode {
    let (without_comments, code) = blank(text);
    let mut built = code.into_bytes();
    let mut built_with_texts = without_comments.into_bytes();
    let mut tests = vec![b' '; text.len()];
    for (start, end) in test_ranges(&built) {
        for at in start..end {
            let was = text.as_bytes()[at];
            tests[at] = was;
            if was != b'\n' {
                built[at] = b' ';
                built_with_texts[at] = b' ';
            }
        }
    }
    let string = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    RustCode {
        code: string(built),
        code_with_texts: string(built_with_texts),
        tests: string(tests),
    }
}

/// The text without comments, and the text without comments and texts, both of the same length.
fn blank(text: &str) -> (String, String) {
    let bytes = text.as_bytes();
    let mut without_comments = bytes.to_vec();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let (end, is_comment) = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => (line_end(bytes, at), true),
            b'/' if bytes[at..].starts_with(b"/*") => (block_comment_end(bytes, at), true),
            b'"' => (text_end(bytes, at), false),
            b'r' if !is_in_name(bytes, at) && raw_text_end(bytes, at).is_some() => {
                (raw_text_end(bytes, at).unwrap_or(at + 1), false)
            }
            b'\'' if letter_end(bytes, at) > at + 1 => (letter_end(bytes, at), false),
            _ => {
                at += 1;
                continue;
            }
        };
        for at in at..end.min(bytes.len()) {
            if bytes[at] != b'\n' {
                code[at] = b' ';
                if is_comment {
                    without_comments[at] = b' ';
                }
            }
        }
        at = end;
    }
    let string = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (string(without_comments), string(code))
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |length| at + length)
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

fn text_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of `r"…"`, `r#"…"#`, `br"…"`; `None` when no such text starts at the `r`.
fn raw_text_end(bytes: &[u8], start: usize) -> Option<usize> {
    let hashes = bytes[start + 1..].iter().take_while(|byte| **byte == b'#').count();
    let open = start + 1 + hashes;
    if bytes.get(open) != Some(&b'"') {
        return None;
    }
    let mut close = vec![b'"'];
    close.extend(std::iter::repeat_n(b'#', hashes));
    let rest = &bytes[open + 1..];
    let length = rest.windows(close.len()).position(|window| window == close.as_slice());
    Some(length.map_or(bytes.len(), |length| open + 1 + length + close.len()))
}

/// The end of a letter such as `'a'` or `'\n'`; one byte on for a lifetime.
fn letter_end(bytes: &[u8], start: usize) -> usize {
    if bytes.get(start + 1) == Some(&b'\\') {
        let rest = bytes.get(start + 3..).unwrap_or_default();
        return rest
            .iter()
            .position(|byte| *byte == b'\'')
            .map_or(bytes.len(), |length| start + 3 + length + 1);
    }
    // One letter of one to four bytes between the quotes; anything else is a lifetime.
    let first = bytes.get(start + 1).copied().unwrap_or_default();
    let close = start + 1 + first.leading_ones().max(1) as usize;
    if bytes.get(close) == Some(&b'\'') {
        close + 1
    } else {
        start + 1
    }
}

/// Whether the byte at `at` continues a name (then an `r` there starts no raw text). `b` may stand in front.
fn is_in_name(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| {
        at.checked_sub(back)
            .and_then(|at| bytes.get(at))
            .is_some_and(|byte| is_name(*byte))
    };
    match at.checked_sub(1).and_then(|at| bytes.get(at)) {
        Some(b'b' | b'c') => before(2),
        _ => before(1),
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Where items stand that only tests see, as `#[cfg(test)] mod tests { … }`.
fn test_ranges(code: &[u8]) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let rest = &code[at..];
        if rest.starts_with(b"#![cfg(test)]") {
            return vec![(0, code.len())];
        }
        if rest.starts_with(b"#[cfg(test)]") || rest.starts_with(b"#[cfg(all(test,") || rest.starts_with(b"#[test]") {
            let end = item_end(code, at + rest.iter().position(|byte| *byte == b']').unwrap_or(0) + 1);
            ranges.push((at, end));
            at = end;
        } else {
            at += 1;
        }
    }
    ranges
}

/// The end of the item that starts at `start`: after its `;`, or after the `}` that closes its body.
fn item_end(code: &[u8], start: usize) -> usize {
    let mut depth = 0;
    for (at, byte) in code.iter().enumerate().skip(start) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' => depth -= 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_no_code_and_places_stay() {
        let text = "let a = \"std::fs // no\"; // std::fs é\nlet b = r#\"std::\"fs\"#; /* std::fs /* */ */ let c = '\"'; x::y();\nfn f<'a>(q: &'a str) { br\"z\" }\n";
        let code = read(text);
        assert_eq!(code.code.len(), text.len());
        assert!(!code.code.contains("std"), "{}", code.code);
        assert!(code.code.contains("x::y();"), "{}", code.code);
        assert!(code.code.contains("fn f<'a>(q: &'a str)"), "{}", code.code);
        assert!(code.code_with_texts.contains("std::fs // no") && !code.code_with_texts.contains("é"));
    }

    #[test]
    fn what_only_tests_see_is_told_apart_wherever_it_stands() {
        let text = "#[cfg(test)]\nmod tests;\nfn built() { one::a(); }\n#[cfg(test)]\n#[allow(x)]\nmod t {\n fn f() { two::b(\"}\") }\n}\nfn also_built() { three::c(); }\n";
        let code = read(text);
        assert!(code.code.contains("one::a") && code.code.contains("three::c") && !code.code.contains("two::b"));
        assert!(code.tests.contains("two::b(\"}\")") && !code.tests.contains("one::a"));
        assert_eq!(code.code.lines().count(), text.lines().count());
    }

    #[test]
    fn a_file_for_tests_alone_is_no_code() {
        assert_eq!(read("#![cfg(test)]\nuse a::b;\n").code.trim(), "");
    }
}
