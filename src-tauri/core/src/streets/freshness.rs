//! How long a tile stays good, and how long a server wants to be left alone: what its headers say, within bounds.

use std::time::{Duration, SystemTime};

use reqwest::header::{CACHE_CONTROL, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};

/// How long a tile is good whose server does not say, milliseconds: seven days, as the tile policy asks.
pub(super) const UNSAID_MS: i64 = 7 * 24 * 3_600_000;
/// No tile is good for longer without being asked about, milliseconds: 30 days.
const LONGEST_MS: i64 = 30 * 24 * 3_600_000;

/// What a server says about keeping its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeping {
    /// It is good for so many milliseconds.
    For(i64),
    /// It is not to be kept.
    Not,
}

/// What the headers of an answer say, received at `now_ms`, milliseconds since 1970 UTC.
pub(super) fn keeping(headers: &HeaderMap, now_ms: i64) -> Keeping {
    let control = text(headers, &CACHE_CONTROL).unwrap_or_default().to_ascii_lowercase();
    let mut directives = control.split(',').map(str::trim);
    if directives.clone().any(|directive| directive == "no-store") {
        return Keeping::Not;
    }
    if directives.clone().any(|directive| directive == "no-cache") {
        return Keeping::For(0);
    }
    let max_age_s = directives.find_map(|directive| directive.strip_prefix("max-age=")?.trim().parse::<i64>().ok());
    let said_ms = max_age_s.map(|seconds| seconds.saturating_mul(1_000)).or_else(|| {
        let expires_ms = date_ms(text(headers, &EXPIRES)?)?;
        Some(expires_ms.saturating_sub(now_ms))
    });
    Keeping::For(said_ms.unwrap_or(UNSAID_MS).clamp(0, LONGEST_MS))
}

/// How long the server wants not to be asked, milliseconds, where it says so.
pub(super) fn retry_after_ms(headers: &HeaderMap, now_ms: i64) -> Option<i64> {
    let value = text(headers, &RETRY_AFTER)?.trim();
    match value.parse::<i64>() {
        Ok(seconds) => Some(seconds.saturating_mul(1_000).max(0)),
        Err(_) => Some(date_ms(value)?.saturating_sub(now_ms).max(0)),
    }
}

fn text<'headers>(headers: &'headers HeaderMap, name: &HeaderName) -> Option<&'headers str> {
    headers.get(name)?.to_str().ok()
}

fn date_ms(value: &str) -> Option<i64> {
    let date = httpdate::parse_http_date(value).ok()?;
    let since: Duration = date.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    const NOW_MS: i64 = 1_781_454_000_000; // 2026-06-14T16:20:00Z

    fn of(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_tile_is_good_as_long_as_its_server_says_within_a_month() {
        for (name, value, keeping_ms) in [
            (CACHE_CONTROL, "max-age=86400", 86_400_000),
            (CACHE_CONTROL, "public, Max-Age=60, stale-while-revalidate=5", 60_000),
            (CACHE_CONTROL, "max-age=0", 0),
            (CACHE_CONTROL, "no-cache", 0),
            (CACHE_CONTROL, "max-age=99999999999999999", LONGEST_MS),
            (CACHE_CONTROL, "max-age=soon", UNSAID_MS),
            (EXPIRES, "Sun, 14 Jun 2026 17:20:00 GMT", 3_600_000),
            (EXPIRES, "Thu, 01 Jan 1970 00:00:00 GMT", 0),
            (EXPIRES, "0", UNSAID_MS),
        ] {
            let said = keeping(&of(name, value), NOW_MS);
            assert_eq!(said, Keeping::For(keeping_ms), "{value}");
        }
        assert_eq!(keeping(&HeaderMap::new(), NOW_MS), Keeping::For(UNSAID_MS));
        assert_eq!(keeping(&of(CACHE_CONTROL, "private, no-store"), NOW_MS), Keeping::Not);
    }

    #[test]
    fn a_wait_is_said_in_seconds_or_as_a_date() {
        let said = |value| retry_after_ms(&of(RETRY_AFTER, value), NOW_MS);
        assert_eq!(said("120"), Some(120_000));
        assert_eq!(said("Sun, 14 Jun 2026 16:21:00 GMT"), Some(60_000));
        assert_eq!(said("-5"), Some(0));
        assert_eq!(said("later"), None);
    }
}
