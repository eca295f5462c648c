//! Keeps secrets out of error texts: a server, or a proxy before it, may echo what it was sent.

use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

/// Longest text taken over from a server, in characters: enough for any message meant for people,
/// too short for a whole web page.
const MAX_TEXT_CHARS: usize = 400;

/// What stands in the place of a secret.
const MASK: &str = "[secret]";

/// The secrets of one call, to be blotted out of everything the answer contains.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redactor {
    secrets: Vec<SecretString>,
}

impl Redactor {
    pub(crate) fn new(secrets: &[&SecretString]) -> Self {
        Self {
            secrets: secrets
                .iter()
                .filter(|secret| !secret.expose_secret().is_empty())
                .map(|secret| (*secret).clone())
                .collect(),
        }
    }

    /// `text` without secrets (plain or percent-encoded), without control characters, of bounded
    /// length.
    pub(crate) fn clean(&self, text: &str) -> String {
        let mut cleaned = text.to_owned();
        for secret in &self.secrets {
            let plain = secret.expose_secret();
            cleaned = cleaned.replace(plain, MASK);
            let encoded: String = form_urlencoded::byte_serialize(plain.as_bytes()).collect();
            cleaned = cleaned.replace(&encoded, MASK);
        }
        let mut printable: String = cleaned
            .chars()
            .map(|character| if character.is_control() { ' ' } else { character })
            .collect::<String>()
            .trim()
            .to_owned();
        if let Some((end, _)) = printable.char_indices().nth(MAX_TEXT_CHARS) {
            printable.truncate(end);
            printable.push('…');
        }
        printable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_blotted_out_plain_and_percent_encoded() {
        let redactor = Redactor::new(&[&SecretString::from("MLY|1|can ary")]);
        let cleaned = redactor.clean("a MLY|1|can ary b MLY%7C1%7Ccan+ary c");
        assert_eq!(cleaned, "a [secret] b [secret] c");
    }

    #[test]
    fn a_text_is_shortened_and_loses_its_control_characters() {
        let redactor = Redactor::default();
        assert_eq!(redactor.clean("one\r\ntwo\u{1b}[31m"), "one  two [31m");
        let long = redactor.clean(&"ä".repeat(5_000));
        assert_eq!(long.chars().count(), MAX_TEXT_CHARS + 1);
    }

    #[test]
    fn a_secret_cut_by_the_length_limit_leaves_no_part_behind() {
        let redactor = Redactor::new(&[&SecretString::from("canary-token")]);
        let text = format!("{}canary-token", "x".repeat(MAX_TEXT_CHARS - 3));
        assert!(!redactor.clean(&text).contains("can"));
    }

    #[test]
    fn an_empty_secret_changes_nothing() {
        let redactor = Redactor::new(&[&SecretString::from("")]);
        assert_eq!(redactor.clean("text"), "text");
    }
}
