//! The library in words: what a command line asks becomes a query, and the answer about deleting becomes sentences.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use waypost_wire::{LibraryColumn, LibraryQuery, SafeReason, SafeVerdict, UploadState};

use crate::error::CoreError;

/// What was asked for, as it was written.
#[derive(Clone, Copy, Debug)]
pub struct LibraryWish<'a> {
    /// Words to be found.
    pub words: &'a [String],
    /// Words of states.
    pub states: &'a [String],
    /// Tags.
    pub tags: &'a [String],
    /// Mapillary's user id or the account's name.
    pub account: Option<&'a str>,
    /// Mapillary's number of the organisation.
    pub organization_id: Option<&'a str>,
    /// First day, `YYYY-MM-DD`, UTC.
    pub since: Option<&'a str>,
    /// The day after the last, `YYYY-MM-DD`, UTC.
    pub before: Option<&'a str>,
    /// Word of a column.
    pub sort: &'a str,
    /// Smallest first.
    pub ascending: bool,
    /// Most lines.
    pub limit: u32,
    /// Lines to leave out.
    pub offset: u64,
}

/// The query behind a wish.
///
/// # Errors
/// [`CoreError::InvalidSetting`] for a state, a column or a day that is none.
pub fn query_of(wish: &LibraryWish<'_>) -> Result<LibraryQuery, CoreError> {
    let states = wish.states.iter().map(|word| value_of::<UploadState>("--state", word));
    let mut words = wish.words.to_vec();
    let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let user_id = wish.account.filter(is_number).map(str::to_owned);
    // A name is part of what is searched.
    words.extend(wish.account.filter(|text| !is_number(text)).map(str::to_owned));
    Ok(LibraryQuery {
        text: words.join(" "),
        states: states.collect::<Result<_, _>>()?,
        user_id,
        organization_id: wish.organization_id.map(str::to_owned),
        captured_from_ms: wish.since.map(|day| start_of("--since", day)).transpose()?,
        captured_until_ms: wish.before.map(|day| start_of("--before", day)).transpose()?,
        tags: wish.tags.to_vec(),
        sort: value_of::<LibraryColumn>("--sort", wish.sort)?,
        descending: !wish.ascending,
        limit: wish.limit,
        offset: wish.offset,
        ..LibraryQuery::default()
    })
}

fn value_of<T: serde::de::DeserializeOwned>(name: &str, word: &str) -> Result<T, CoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|error| CoreError::InvalidSetting {
        name: name.into(),
        reason: error.to_string(),
    })
}

fn start_of(name: &str, day: &str) -> Result<i64, CoreError> {
    let start = day.parse::<Date>().and_then(|day| day.to_zoned(TimeZone::UTC));
    start
        .map(|start| start.timestamp().as_millisecond())
        .map_err(|error| CoreError::InvalidSetting {
            name: name.into(),
            reason: error.to_string(),
        })
}

/// The answer in one sentence.
pub fn verdict_words(verdict: SafeVerdict) -> &'static str {
    match verdict {
        SafeVerdict::Safe => "Yes: every file was sent, is still what was sent, and its image was seen at Mapillary.",
        SafeVerdict::NotSafe => "No: something of it is not at Mapillary.",
        SafeVerdict::NotKnown => "Not known: keep the files for now.",
    }
}

/// A reason in a sentence.
pub fn reason_words(reason: &SafeReason) -> String {
    let files = |count: &u64| {
        if *count == 1 {
            "1 file".to_owned()
        } else {
            format!("{count} files")
        }
    };
    match reason {
        SafeReason::AllSeen { file_count } => format!("{}: seen at Mapillary", files(file_count)),
        SafeReason::NotTaken { file_count } => format!("{}: Mapillary has not taken the upload", files(file_count)),
        SafeReason::NotSeenYet { file_count } => format!("{}: being processed, not seen yet", files(file_count)),
        SafeReason::NotSeen { file_count } => format!("{}: sent, and not seen at Mapillary", files(file_count)),
        SafeReason::NeverSent { file_count } => format!("{}: refused or left out, never sent", files(file_count)),
        SafeReason::ChangedSince { file_count } => format!("{}: changed since it was sent", files(file_count)),
        SafeReason::CannotBeRead { file_count } => format!("{}: cannot be read now", files(file_count)),
        SafeReason::VideoNotKept { file_count } => {
            format!(
                "{}: a video; Mapillary keeps images of its choice, not the video",
                files(file_count)
            )
        }
        SafeReason::ReadyZip => "a zip made elsewhere: its photos were not followed one by one".into(),
        SafeReason::NeverAsked => "Mapillary was not asked about all of it".into(),
        SafeReason::NotKnown { file_count } => format!("{}: in no upload of this computer", files(file_count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> LibraryWish<'static> {
        LibraryWish {
            words: &[],
            states: &[],
            tags: &[],
            account: None,
            organization_id: None,
            since: None,
            before: None,
            sort: "captured",
            ascending: false,
            limit: 200,
            offset: 0,
        }
    }

    #[test]
    fn a_plain_wish_is_the_query_that_the_window_begins_with() {
        assert_eq!(query_of(&wish()).unwrap(), LibraryQuery::default());
    }

    #[test]
    fn a_number_is_an_account_and_a_name_a_word_that_is_searched() {
        let by_number = LibraryWish {
            account: Some("77"),
            ..wish()
        };
        assert_eq!(query_of(&by_number).unwrap().user_id.as_deref(), Some("77"));
        let by_name = LibraryWish {
            account: Some("ann"),
            ..wish()
        };
        assert_eq!(query_of(&by_name).unwrap().text, "ann");
    }

    #[test]
    fn a_state_a_column_or_a_day_that_is_none_is_named() {
        let states = ["flying".to_owned()];
        for wrong in [
            LibraryWish {
                states: &states,
                ..wish()
            },
            LibraryWish {
                sort: "colour",
                ..wish()
            },
            LibraryWish {
                since: Some("yesterday"),
                ..wish()
            },
        ] {
            assert_eq!(query_of(&wrong).unwrap_err().code(), "invalid_setting");
        }
    }
}
