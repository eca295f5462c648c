//! `.env` files: `NAME=value` lines, as developers keep them beside a project.
//!
//! The common ground of the tools that read such files: `#` comments, an optional `export`, single quotes (taken as
//! they are), double quotes (`\n`, `\t`, `\"`, `\\`, `\$`). Nothing is expanded and nothing is run.

use std::collections::BTreeMap;

/// A line that is none of the known forms. The text of the line is not repeated: it may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct DotEnvError {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: &'static str,
}

/// The variables of a `.env` text; the last of several equal names stands.
pub fn parse_dotenv(text: &str) -> Result<BTreeMap<String, String>, DotEnvError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut variables = BTreeMap::new();
    for (index, raw_line) in text.lines().enumerate() {
        let error = |reason| DotEnvError {
            line: index + 1,
            reason,
        };
        let line = raw_line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = match line.strip_prefix("export") {
            Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
            _ => line,
        };
        let (name, value) = line.split_once('=').ok_or_else(|| error("there is no = in it"))?;
        let name = name.trim_end();
        if !is_name(name) {
            return Err(error(
                "a name consists of letters, digits and _ and does not start with a digit",
            ));
        }
        variables.insert(name.to_owned(), value_of(value.trim_start()).map_err(error)?);
    }
    Ok(variables)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn value_of(text: &str) -> Result<String, &'static str> {
    if let Some(rest) = text.strip_prefix('\'') {
        let (value, after) = rest.split_once('\'').ok_or("the single quote is not closed")?;
        nothing_but_comment(after)?;
        return Ok(value.to_owned());
    }
    if let Some(rest) = text.strip_prefix('"') {
        return double_quoted(rest);
    }
    // Without quotes a comment needs a space before its #, so that a value may hold one.
    let end = text
        .match_indices('#')
        .find(|(at, _)| *at == 0 || text[..*at].ends_with([' ', '\t']))
        .map(|(at, _)| at);
    Ok(text[..end.unwrap_or(text.len())].trim_end().to_owned())
}

fn double_quoted(text: &str) -> Result<String, &'static str> {
    let mut value = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                nothing_but_comment(letters.as_str())?;
                return Ok(value);
            }
            '\\' => match letters.next() {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some(escaped @ ('"' | '\\' | '$')) => value.push(escaped),
                Some(other) => value.extend(['\\', other]),
                None => break,
            },
            other => value.push(other),
        }
    }
    Err("the double quote is not closed")
}

fn nothing_but_comment(rest: &str) -> Result<(), &'static str> {
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with('#') {
        Ok(())
    } else {
        Err("there is more text after the closing quote")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> Result<String, DotEnvError> {
        parse_dotenv(text).map(|variables| variables["A"].clone())
    }

    #[test]
    fn the_usual_forms_are_read() {
        for (line, expected) in [
            ("A=1", "1"),
            ("  A =  1  ", "1"),
            ("export A=1", "1"),
            ("A=", ""),
            ("A=one two # rest", "one two"),
            ("A=MLY|12|a#b", "MLY|12|a#b"),
            ("A=#rest", ""),
            ("A='a # \\n \"b\"' # rest", "a # \\n \"b\""),
            (r#"A="a\n\t\"\\\$\x' # b""#, "a\n\t\"\\$\\x' # b"),
            ("\u{feff}A=1\r\n# end\r\n", "1"),
            ("A=1\nA=2", "2"),
            ("A=x=y", "x=y"),
        ] {
            assert_eq!(value(line).as_deref(), Ok(expected), "{line}");
        }
    }

    #[test]
    fn a_bad_line_is_named_by_its_number_and_not_repeated() {
        for line in [
            "canary",
            "1A=canary",
            "A B=canary",
            "A='canary",
            "A=\"canary",
            "A=\"x\" canary",
            "=canary",
            "A=\"canary\\",
        ] {
            let error = parse_dotenv(&format!("# first\n{line}")).unwrap_err();
            assert_eq!(error.line, 2, "{line}");
            assert!(!error.to_string().contains("canary"), "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*") {
            let _answered = parse_dotenv(&text).is_ok();
        }

        #[test]
        fn a_quoted_value_comes_back_as_it_was(text in "[^\\r\\n\u{0}]*") {
            let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
            prop_assert_eq!(value(&format!("A=\"{quoted}\"")), Ok(text));
        }
    }
}
