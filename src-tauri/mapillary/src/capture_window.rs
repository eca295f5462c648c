//! Time windows as the searches take them: ISO 8601 in whole seconds, a little wider than asked.

use jiff::Timestamp;

use crate::error::MapillaryError;

/// What a window is widened by at each end, in milliseconds: whether its ends belong to it is not
/// documented, and it is written in whole seconds.
const MARGIN_MS: i64 = 1_000;

/// The beginning and the end of a window given in milliseconds since 1970 UTC, widened to whole
/// seconds on both sides.
///
/// Returns [`MapillaryError::InvalidInput`] for a window outside the calendar.
pub(crate) fn iso_seconds_around(
    from_ms: Option<i64>,
    until_ms: Option<i64>,
) -> Result<(Option<String>, Option<String>), MapillaryError> {
    let from = from_ms.map(|from| iso(from.saturating_sub(MARGIN_MS).div_euclid(1_000)));
    let until = until_ms.map(|until| iso(until.saturating_add(MARGIN_MS + 999).div_euclid(1_000)));
    Ok((from.transpose()?, until.transpose()?))
}

/// A time in ISO 8601 with whole seconds, as the documentation's example has it.
fn iso(second: i64) -> Result<String, MapillaryError> {
    Timestamp::from_second(second)
        .map(|time| time.to_string())
        .map_err(|_| MapillaryError::InvalidInput {
            what: "search",
            reason: "its time window lies outside the calendar".to_owned(),
        })
}
