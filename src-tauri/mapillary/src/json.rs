//! Tolerant reading of single JSON values: the service answers ids now as text and now as numbers,
//! and leaves out whatever it does not have.

use jiff::Timestamp;
use serde_json::Value;

/// Numbers of seconds end here: in the year 5138.
const SECONDS_END: i64 = 100_000_000_000;

/// A text, or a number written as text; anything else, and the empty text, is nothing.
pub(crate) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number, also when it came as text or as a float without a fraction worth keeping.
pub(crate) fn integer(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| whole(text.parse::<f64>().ok()?))
        }
        _ => None,
    }
}

/// A whole number that is not negative.
pub(crate) fn unsigned(value: Option<&Value>) -> Option<u64> {
    integer(value).and_then(|number| u64::try_from(number).ok())
}

/// A finite number.
pub(crate) fn float(value: Option<&Value>) -> Option<f64> {
    let number = match value? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// A moment in milliseconds since 1970 UTC, from any of the forms seen: a number of milliseconds
/// or seconds, or a text such as `2021-05-01T10:00:00+0000`.
pub(crate) fn moment_ms(value: Option<&Value>) -> Option<i64> {
    if let Some(number) = integer(value) {
        // Below this a number of milliseconds would lie before March 1973.
        return Some(if (-SECONDS_END..SECONDS_END).contains(&number) {
            number * 1_000
        } else {
            number
        });
    }
    let text = value?.as_str()?.trim();
    let parsed = text.parse::<Timestamp>().ok();
    let parsed = parsed.or_else(|| {
        jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%z", text)
            .ok()?
            .to_timestamp()
            .ok()
    });
    parsed.map(Timestamp::as_millisecond)
}

/// A truth value.
pub(crate) fn boolean(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(truth) => Some(*truth),
        _ => None,
    }
}

/// Truncates to a whole number; values beyond the range become its ends.
#[expect(
    clippy::cast_possible_truncation,
    reason = "float to integer casts saturate, which is what is wanted"
)]
fn whole(number: f64) -> Option<i64> {
    number.is_finite().then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_are_read_from_texts_and_from_numbers() {
        assert_eq!(text(Some(&json!("17"))), Some("17".to_owned()));
        assert_eq!(
            text(Some(&json!(12_345_678_901_234_567_u64))),
            Some("12345678901234567".to_owned())
        );
        for nothing in [json!(null), json!(""), json!({}), json!([1]), json!(true)] {
            assert_eq!(text(Some(&nothing)), None, "{nothing}");
        }
        assert_eq!(text(None), None);
    }

    #[test]
    fn moments_are_read_from_every_form() {
        for (value, expected) in [
            (json!(1_600_000_000), Some(1_600_000_000_000)),
            (json!(1_600_000_000_123_i64), Some(1_600_000_000_123)),
            (json!("1600000000"), Some(1_600_000_000_000)),
            (json!("2021-05-01T10:00:00+0000"), Some(1_619_863_200_000)),
            (json!("2021-05-01T12:00:00+02:00"), Some(1_619_863_200_000)),
            (json!("2021-05-01T10:00:00.250Z"), Some(1_619_863_200_250)),
            (json!("yesterday"), None),
            (json!(null), None),
            (json!(i64::MIN), Some(i64::MIN)),
        ] {
            assert_eq!(moment_ms(Some(&value)), expected, "{value}");
        }
    }

    #[test]
    fn numbers_are_read_from_every_form_and_never_overflow() {
        for (value, expected) in [
            (json!(7), Some(7)),
            (json!("7"), Some(7)),
            (json!(" -7 "), Some(-7)),
            (json!(7.9), Some(7)),
            (json!(1e300), Some(i64::MAX)),
            (json!("1e300"), Some(i64::MAX)),
            (json!("inf"), None),
            (json!("NaN"), None),
            (json!("seven"), None),
            (json!([7]), None),
        ] {
            assert_eq!(integer(Some(&value)), expected, "{value}");
        }
        assert_eq!(unsigned(Some(&json!(-1))), None);
        assert_eq!(float(Some(&json!("inf"))), None);
        assert_eq!(float(Some(&json!("1.5"))), Some(1.5));
        assert_eq!(boolean(Some(&json!("true"))), None);
    }
}
