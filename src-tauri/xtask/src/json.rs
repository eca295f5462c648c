//! Just enough JSON to read what `cargo metadata` and `package.json` say, so that xtask needs no dependency.

use std::collections::BTreeMap;

/// Deepest nesting that is followed.
const DEEPEST: usize = 64;

/// A JSON value. Numbers keep their text: nothing here calculates with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it is written.
    Number(String),
    /// A text.
    Text(String),
    /// `[…]`.
    List(Vec<Json>),
    /// `{…}`; of a name that comes twice, the last one.
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// Reads a whole document.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.skip_space();
        if reader.at == text.len() {
            Ok(value)
        } else {
            Err(reader.wrong("the end"))
        }
    }

    /// The member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// The text of a text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn wrong(&self, expected: &str) -> String {
        let near: String = self.rest().chars().take(20).collect();
        format!("JSON: {expected} expected at byte {}, near {near:?}", self.at)
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_ascii_start().len();
    }

    /// Takes `token` if it comes next, after white space.
    fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        let is_next = self.rest().starts_with(token);
        if is_next {
            self.at += token.len();
        }
        is_next
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) {
            Ok(())
        } else {
            Err(self.wrong(token))
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > DEEPEST {
            return Err(self.wrong("less nesting"));
        }
        self.skip_space();
        match self.rest().chars().next() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('"') => self.string().map(Json::Text),
            Some('-' | '0'..='9') => Ok(self.number()),
            _ if self.take("null") => Ok(Json::Null),
            _ if self.take("true") => Ok(Json::Bool(true)),
            _ if self.take("false") => Ok(Json::Bool(false)),
            _ => Err(self.wrong("a value")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, String> {
        self.expect("{")?;
        let mut members = BTreeMap::new();
        if self.take("}") {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            self.expect(":")?;
            members.insert(name, self.value(depth + 1)?);
            if !self.take(",") {
                self.expect("}")?;
                return Ok(Json::Object(members));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, String> {
        self.expect("[")?;
        let mut items = Vec::new();
        if self.take("]") {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if !self.take(",") {
                self.expect("]")?;
                return Ok(Json::List(items));
            }
        }
    }

    fn number(&mut self) -> Json {
        let digits: String = self
            .rest()
            .chars()
            .take_while(|letter| letter.is_ascii_digit() || "+-.eE".contains(*letter))
            .collect();
        self.at += digits.len();
        Json::Number(digits)
    }

    fn string(&mut self) -> Result<String, String> {
        self.expect("\"")?;
        let mut text = String::new();
        let mut letters = self.rest().char_indices();
        while let Some((offset, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at += offset + 1;
                    return Ok(text);
                }
                '\\' => match letters.next().map(|(_, escape)| escape) {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some('b') => text.push('\u{8}'),
                    Some('f') => text.push('\u{c}'),
                    Some('u') => {
                        let digits: String = letters.by_ref().take(4).map(|(_, digit)| digit).collect();
                        let code =
                            u32::from_str_radix(&digits, 16).map_err(|_| self.wrong("four hexadecimal digits"))?;
                        // Halves of a pair do not occur in names of packages and scripts.
                        text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    Some(other) => text.push(other),
                    None => break,
                },
                other => text.push(other),
            }
        }
        Err(self.wrong("the end of a text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_kind_are_read() {
        let json =
            Json::parse(r#" {"a": [1, -2.5e3, true, false, null], "b": {"c": "x\"\u00e9\n"}, "d": {}, "e": []} "#)
                .unwrap();
        assert_eq!(
            json.get("b").and_then(|b| b.get("c")).and_then(Json::text),
            Some("x\"é\n")
        );
        let items = json.get("a").unwrap().items();
        assert_eq!(items[1], Json::Number("-2.5e3".into()));
        assert_eq!(items[4], Json::Null);
        assert_eq!(json.get("d"), Some(&Json::Object(BTreeMap::new())));
        assert!(json.get("e").unwrap().items().is_empty());
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for text in [
            "",
            "{",
            "[1,",
            "{\"a\" 1}",
            "\"open",
            "\"\\u12\"",
            "nothing",
            "[] []",
            "{a: 1}",
        ] {
            let error = Json::parse(text).unwrap_err();
            assert!(error.starts_with("JSON: "), "{text}: {error}");
        }
        assert!(Json::parse(&"[".repeat(100_000)).is_err());
    }
}
