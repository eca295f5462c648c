//! Reading the text of an HTTP header.

use reqwest::header::HeaderMap;

pub(crate) fn header_text<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
