//! The paths (`a::b::c`) that Rust code names, `use` trees unfolded. Give it code without comments and texts.

/// A path that the code names.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Line of the file, from 1.
    pub line: usize,
    /// Its parts: `["std", "fs", "File"]`; `*` at the end of a glob import.
    pub parts: Vec<String>,
    /// The name it gets by `as`.
    pub alias: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Name(String),
    Separator,
    Other(char),
}

fn tokens(code: &str) -> Vec<(usize, Token)> {
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let length = rest
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .map(char::len_utf8)
                .sum();
            let (token, length) = if length > 0 {
                (Some(Token::Name(rest[..length].to_owned())), length)
            } else if rest.starts_with("::") {
                (Some(Token::Separator), 2)
            } else if first.is_whitespace() {
                (None, first.len_utf8())
            } else {
                (Some(Token::Other(first)), first.len_utf8())
            };
            found.extend(token.map(|token| (index + 1, token)));
            rest = &rest[length..];
        }
    }
    found
}

/// All paths that the code names, single names included, with `use` trees unfolded.
pub fn paths(code: &str) -> Vec<Named> {
    let tokens = tokens(code);
    let mut reader = PathReader {
        tokens: &tokens,
        at: 0,
        found: Vec::new(),
    };
    while reader.at < tokens.len() {
        match &tokens[reader.at].1 {
            Token::Name(name) if name == "use" => {
                reader.at += 1;
                reader.tree(&[]);
            }
            Token::Name(_) => reader.plain(),
            _ => reader.at += 1,
        }
    }
    reader.found
}

struct PathReader<'a> {
    tokens: &'a [(usize, Token)],
    at: usize,
    found: Vec<Named>,
}

impl PathReader<'_> {
    fn token(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn push(&mut self, parts: Vec<String>, alias: Option<String>) {
        let before = self.at.saturating_sub(1);
        let line = self.tokens.get(before).map_or(0, |(line, _)| *line);
        if !parts.is_empty() {
            self.found.push(Named { line, parts, alias });
        }
    }

    /// `a::b::c` in code.
    fn plain(&mut self) {
        let mut parts = Vec::new();
        while let Some(Token::Name(name)) = self.token() {
            parts.push(name.clone());
            self.at += 1;
            let more = matches!(self.token(), Some(Token::Separator))
                && matches!(self.tokens.get(self.at + 1), Some((_, Token::Name(_))));
            if !more {
                break;
            }
            self.at += 1;
        }
        self.push(parts, None);
    }

    /// What stands after `use`, below the parts in front of it.
    fn tree(&mut self, front: &[String]) {
        let mut parts = front.to_vec();
        loop {
            match self.token().cloned() {
                Some(Token::Name(name)) if name == "as" => {
                    self.at += 1;
                    if let Some(Token::Name(alias)) = self.token().cloned() {
                        self.at += 1;
                        self.push(parts, Some(alias));
                        return;
                    }
                }
                Some(Token::Name(name)) => {
                    // `{self}` is the path in front.
                    if name != "self" || parts.is_empty() {
                        parts.push(name);
                    }
                    self.at += 1;
                }
                Some(Token::Separator) => self.at += 1,
                Some(Token::Other('*')) => {
                    parts.push("*".into());
                    self.at += 1;
                }
                Some(Token::Other('{')) => {
                    self.at += 1;
                    self.group(&parts);
                    return;
                }
                _ => {
                    self.push(parts, None);
                    return;
                }
            }
        }
    }

    fn group(&mut self, front: &[String]) {
        while let Some(token) = self.token() {
            match token {
                Token::Other('}') => {
                    self.at += 1;
                    return;
                }
                Token::Other(',') => self.at += 1,
                Token::Name(_) | Token::Separator | Token::Other('*' | '{') => self.tree(front),
                Token::Other(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(code: &str) -> Vec<String> {
        paths(code).into_iter().map(|path| path.parts.join("::")).collect()
    }

    #[test]
    fn imports_are_unfolded_over_lines_and_groups() {
        let code = "pub use std::{\n    fs::{self, File as Handle},\n    io,\n};\nuse crate::a::*;\nfn f() { super::b::C::<D>::new(time::Instant::now()) }\n";
        let found = named(code);
        for path in [
            "std::fs",
            "std::fs::File",
            "std::io",
            "crate::a::*",
            "super::b::C",
            "time::Instant::now",
        ] {
            assert!(found.iter().any(|name| name == path), "{path} is not in {found:?}");
        }
        let handle = paths(code).into_iter().find(|path| path.alias.is_some()).unwrap();
        assert_eq!((handle.line, handle.alias.as_deref()), (2, Some("Handle")));
    }
}
