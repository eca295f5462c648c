//! The INI dialect of Python's `configparser`, in which mapillary_tools keeps its profiles.
//!
//! Full-line comments (`#`, `;`), `=` or `:` between name and value, indented continuation lines, a `[DEFAULT]` section
//! whose values stand in for missing ones, `%%` for a percent sign. Names of options keep their case. Errors tell the
//! line number and never the line: it may hold a token.

/// The section whose values all others fall back to.
const DEFAULT_SECTION: &str = "DEFAULT";

/// A line that is not INI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub(super) struct IniError {
    /// Line number, from 1.
    pub(super) line: usize,
    /// What is wrong.
    pub(super) reason: &'static str,
}

/// A parsed file, in its own order. No `Debug`: the values are secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Ini {
    sections: Vec<Section>,
}

#[derive(Clone, PartialEq, Eq)]
struct Section {
    name: String,
    /// As they stand in the file, percent signs doubled.
    options: Vec<(String, String)>,
}

impl Ini {
    /// Reads a text.
    pub(super) fn parse(text: &str) -> Result<Self, IniError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut ini = Self::default();
        let mut indent_of_option = None;
        for (index, line) in text.lines().enumerate() {
            let error = |reason| IniError {
                line: index + 1,
                reason,
            };
            let content = line.trim();
            if content.starts_with(['#', ';']) {
                continue;
            }
            let indent = line.len() - line.trim_start().len();
            let last_section = ini.sections.last_mut();
            if let Some(value) = indent_of_option
                .filter(|option_indent| content.is_empty() || indent > *option_indent)
                .and_then(|_| last_section?.options.last_mut().map(|(_, value)| value))
            {
                value.push('\n');
                value.push_str(content);
                continue;
            }
            if content.is_empty() {
                continue;
            }
            if let Some(name) = content
                .strip_prefix('[')
                .and_then(|rest| rest.rfind(']').map(|end| &rest[..end]))
            {
                if name.is_empty() {
                    return Err(error("the section has no name"));
                }
                if ini.section(name).is_some() {
                    return Err(error("the section stands there twice"));
                }
                ini.sections.push(Section {
                    name: name.to_owned(),
                    options: Vec::new(),
                });
                indent_of_option = None;
                continue;
            }
            let section = ini
                .sections
                .last_mut()
                .ok_or_else(|| error("it stands before any [section]"))?;
            let (name, value) = content
                .split_once(['=', ':'])
                .ok_or_else(|| error("there is no = in it"))?;
            let name = name.trim_end();
            if name.is_empty() {
                return Err(error("there is no name before the ="));
            }
            if section.options.iter().any(|(other, _)| other == name) {
                return Err(error("the name stands there twice"));
            }
            section.options.push((name.to_owned(), value.trim_start().to_owned()));
            indent_of_option = Some(indent);
        }
        for (_, value) in ini.sections.iter_mut().flat_map(|section| &mut section.options) {
            value.truncate(value.trim_end().len());
        }
        Ok(ini)
    }

    /// The text that reads back as this, in the form `configparser` itself writes.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        for section in &self.sections {
            text.extend(["[", &section.name, "]\n"]);
            for (name, value) in &section.options {
                text.extend([name, " = ", &value.replace('\n', "\n\t"), "\n"]);
            }
            text.push('\n');
        }
        text
    }

    /// The names of the sections, without the one that only holds defaults.
    pub(super) fn section_names(&self) -> impl Iterator<Item = &str> {
        self.sections
            .iter()
            .map(|section| section.name.as_str())
            .filter(|name| *name != DEFAULT_SECTION)
    }

    /// A value of a section or, failing that, of the defaults.
    pub(super) fn get(&self, section: &str, name: &str) -> Option<String> {
        let find = |section: &str| {
            self.section(section)?
                .options
                .iter()
                .find(|(other, _)| other == name)
                .map(|(_, value)| value.replace("%%", "%"))
        };
        find(section).or_else(|| find(DEFAULT_SECTION))
    }

    /// Sets a value, making the section where it is missing.
    pub(super) fn set(&mut self, section: &str, name: &str, value: &str) {
        let value = value.replace('%', "%%");
        let place = if let Some(place) = self.sections.iter().position(|other| other.name == section) {
            place
        } else {
            self.sections.push(Section {
                name: section.to_owned(),
                options: Vec::new(),
            });
            self.sections.len() - 1
        };
        let Some(section) = self.sections.get_mut(place) else {
            return;
        };
        match section.options.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = value,
            None => section.options.push((name.to_owned(), value)),
        }
    }

    /// Removes a value of a section; fine when there is none.
    pub(super) fn unset(&mut self, section: &str, name: &str) {
        for section in self.sections.iter_mut().filter(|other| other.name == section) {
            section.options.retain(|(other, _)| other != name);
        }
    }

    /// Removes a section and says whether it was there.
    pub(super) fn remove(&mut self, section: &str) -> bool {
        let before = self.sections.len();
        self.sections.retain(|other| other.name != section);
        self.sections.len() < before
    }

    fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Ini, IniError> {
        Ini::parse(text)
    }

    #[test]
    fn what_pythons_configparser_accepts_is_read_the_same_way() {
        let text = "\u{feff}# first\n[DEFAULT]\nshared = all\n\n[one]\n; comment\nKey = value ; not a comment\nkey: lower\n\
                    Empty =\nMany = a\n  b\n\n  c\n[two]]  after\r\nPercent = 50%%\r\n  Indented = x\n";
        let ini = parse(text).ok().unwrap();
        assert_eq!(ini.section_names().collect::<Vec<_>>(), ["one", "two]"]);
        assert_eq!(ini.get("one", "Key").as_deref(), Some("value ; not a comment"));
        assert_eq!(ini.get("one", "key").as_deref(), Some("lower"));
        assert_eq!(ini.get("one", "Empty").as_deref(), Some(""));
        assert_eq!(ini.get("one", "Many").as_deref(), Some("a\nb\n\nc"));
        assert_eq!(ini.get("one", "shared").as_deref(), Some("all"));
        assert_eq!(ini.get("two]", "Percent").as_deref(), Some("50%\nIndented = x"));
        assert_eq!(ini.get("three", "Key"), None);
    }

    #[test]
    fn a_line_that_is_not_ini_is_named_by_number_and_not_repeated() {
        for (text, line) in [
            ("canary = 1", 1),
            ("[a]\ncanary", 2),
            ("[a]\n= canary", 2),
            ("[a]\nx = 1\nx = canary", 3),
            ("[a]\n[canary]\n[canary]", 3),
            ("[]", 1),
        ] {
            let error = parse(text).err().unwrap();
            assert_eq!(error.line, line, "{text}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    fn values_are_set_replaced_and_removed_and_the_rest_stays() {
        let mut ini = parse("[one]\na = 1\nb = 2\n[other]\nc = 3\n").ok().unwrap();
        ini.set("one", "a", "9%");
        ini.set("new", "d", "4");
        ini.unset("one", "b");
        assert_eq!(ini.to_text(), "[one]\na = 9%%\n\n[other]\nc = 3\n\n[new]\nd = 4\n\n");
        assert!(ini.remove("one"));
        assert!(!ini.remove("one"));
        assert_eq!(ini.section_names().collect::<Vec<_>>(), ["other", "new"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "[\\[\\]=:;#%a \t\n\r]*") {
            if let Ok(ini) = parse(&text) {
                let again = parse(&ini.to_text());
                prop_assert!(again.is_ok_and(|again| again.section_names().eq(ini.section_names())));
            }
        }

        #[test]
        fn a_value_comes_back_as_it_was_set(value in "[!-~]([ -~]*[!-~])?") {
            let mut ini = Ini::default();
            ini.set("profile", "user_upload_token", &value);
            let back = parse(&ini.to_text()).ok().unwrap();
            prop_assert_eq!(back.get("profile", "user_upload_token"), Some(value));
        }
    }
}
