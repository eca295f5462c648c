//! Invented values: ids, keys, credentials. Nothing here is written into the source, so nobody's
//! token can be mistaken for one of ours.

use crate::error::SandboxError;

const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

fn text(alphabet: &[u8], length: usize) -> Result<String, SandboxError> {
    let mut bytes = vec![0_u8; length];
    getrandom::fill(&mut bytes).map_err(|error| SandboxError::Random {
        reason: error.to_string(),
    })?;
    Ok(bytes
        .iter()
        .filter_map(|byte| alphabet.get(usize::from(*byte) % alphabet.len()))
        .map(|byte| char::from(*byte))
        .collect())
}

/// `length` decimal digits that do not begin with 0.
pub(crate) fn digits(length: usize) -> Result<String, SandboxError> {
    Ok(format!(
        "{}{}",
        text(b"123456789", 1)?,
        text(DIGITS, length.saturating_sub(1))?
    ))
}

/// `length` lowercase hexadecimal digits.
pub(crate) fn hex(length: usize) -> Result<String, SandboxError> {
    text(HEX, length)
}

/// `length` characters that need no escaping in a URL.
pub(crate) fn url_safe(length: usize) -> Result<String, SandboxError> {
    text(URL_SAFE, length)
}
