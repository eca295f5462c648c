//! A choice in the words of a command line.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use waypost_wire::{PictureSize, TakeOutSource};

use crate::error::CoreError;

/// Which sequences, as somebody typed it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words<'a> {
    /// Name of another account.
    pub creator: Option<&'a str>,
    /// First capture: a date or a time.
    pub since: Option<&'a str>,
    /// Last capture: a date, which means its end, or a time.
    pub until: Option<&'a str>,
    /// Number of an organisation.
    pub organization: Option<&'a str>,
    /// West, south, east, north in degrees, with commas.
    pub bbox: Option<&'a str>,
    /// Keys.
    pub sequences: &'a [String],
}

/// The source that the words name.
///
/// # Errors
/// [`CoreError::InvalidSetting`] for words that cannot be read.
pub fn source(words: &Words<'_>) -> Result<TakeOutSource, CoreError> {
    if !words.sequences.is_empty() {
        return Ok(TakeOutSource::Sequences {
            keys: words.sequences.to_vec(),
        });
    }
    if let (Some(organization), Some(bbox)) = (words.organization, words.bbox) {
        let sides: Option<Vec<f64>> = bbox.split(',').map(|side| side.trim().parse().ok()).collect();
        let Some([west_deg, south_deg, east_deg, north_deg]) = sides.and_then(|sides| <[f64; 4]>::try_from(sides).ok())
        else {
            return Err(invalid("bbox", bbox, "four numbers with commas: west,south,east,north"));
        };
        return Ok(TakeOutSource::Organization {
            organization_id: organization.to_owned(),
            west_deg,
            south_deg,
            east_deg,
            north_deg,
        });
    }
    if words.creator.is_none() && words.since.is_none() && words.until.is_none() {
        return Ok(TakeOutSource::Mine);
    }
    Ok(TakeOutSource::Window {
        username: words.creator.map(str::to_owned),
        from_ms: words.since.map(|text| moment("since", text, false)).transpose()?,
        until_ms: words.until.map(|text| moment("until", text, true)).transpose()?,
    })
}

/// The sizes that words name; `none` names no size.
///
/// # Errors
/// [`CoreError::InvalidSetting`] for a word that is no size.
pub fn sizes(words: &[String]) -> Result<Vec<PictureSize>, CoreError> {
    words
        .iter()
        .filter(|word| *word != "none")
        .map(|word| match word.as_str() {
            "256" => Ok(PictureSize::Px256),
            "1024" => Ok(PictureSize::Px1024),
            "2048" => Ok(PictureSize::Px2048),
            "original" => Ok(PictureSize::Original),
            other => Err(invalid("size", other, "256, 1024, 2048, original or none")),
        })
        .collect()
}

/// A moment, milliseconds since 1970 UTC. A date is its first moment in UTC, or its last.
fn moment(name: &str, text: &str, is_end: bool) -> Result<i64, CoreError> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.as_millisecond());
    }
    let wrong = || {
        invalid(
            name,
            text,
            "a date such as 2026-05-28, or a time such as 2026-05-28T10:00:00Z",
        )
    };
    let date: Date = text.parse().map_err(|_| wrong())?;
    let date = if is_end {
        date.checked_add(1.day()).map_err(|_| wrong())?
    } else {
        date
    };
    let at_ms = date
        .to_zoned(TimeZone::UTC)
        .map_err(|_| wrong())?
        .timestamp()
        .as_millisecond();
    Ok(if is_end { at_ms.saturating_sub(1) } else { at_ms })
}

fn invalid(name: &str, text: &str, wanted: &str) -> CoreError {
    CoreError::InvalidSetting {
        name: name.into(),
        reason: format!("{text} is not {wanted}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_the_whole_day_and_a_time_is_a_time() {
        let words = Words {
            since: Some("2026-05-28"),
            until: Some("2026-05-28"),
            ..Words::default()
        };
        let TakeOutSource::Window {
            from_ms,
            until_ms,
            username: None,
        } = source(&words).unwrap()
        else {
            panic!("a window")
        };
        assert_eq!(from_ms, Some(1_779_926_400_000));
        assert_eq!(until_ms.unwrap() - from_ms.unwrap(), 86_400_000 - 1);
        let words = Words {
            since: Some("2026-05-28T02:00:00+02:00"),
            ..Words::default()
        };
        assert!(matches!(
            source(&words).unwrap(),
            TakeOutSource::Window {
                from_ms: Some(1_779_926_400_000),
                ..
            }
        ));
        let words = Words {
            since: Some("last week"),
            ..Words::default()
        };
        assert_eq!(source(&words).unwrap_err().code(), "invalid_setting");
    }

    #[test]
    fn a_box_has_four_sides_and_nothing_said_is_everything_of_ones_own() {
        let words = Words {
            organization: Some("7"),
            bbox: Some("-1,-2,3,4"),
            ..Words::default()
        };
        assert!(matches!(
            source(&words).unwrap(),
            TakeOutSource::Organization {
                west_deg: -1.0,
                north_deg: 4.0,
                ..
            }
        ));
        let words = Words {
            organization: Some("7"),
            bbox: Some("1,2,3"),
            ..Words::default()
        };
        assert_eq!(source(&words).unwrap_err().code(), "invalid_setting");
        assert_eq!(source(&Words::default()).unwrap(), TakeOutSource::Mine);
        assert_eq!(sizes(&["none".into()]).unwrap(), []);
        assert_eq!(sizes(&["5".into()]).unwrap_err().code(), "invalid_setting");
    }
}
