//! Which account is meant, and when its token is to be renewed: decisions without any asking.

use waypost_mapillary::oauth;
use waypost_wire::TokenPlace;

use super::entry::Entry;
use crate::error::CoreError;

/// Which of `entries`, given in the order of their places, may be meant.
pub(super) fn choose(
    entries: Vec<Entry>,
    user_id: Option<&str>,
    profile: Option<&str>,
) -> Result<Vec<Entry>, CoreError> {
    if let Some(user_id) = user_id {
        // Tokens that came without a user may be the wanted one's.
        let (known, unknown): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .filter(|entry| entry.user_id.as_deref().is_none_or(|known| known == user_id))
            .partition(|entry| entry.user_id.is_some());
        let found = [known, unknown].concat();
        return if found.is_empty() {
            Err(CoreError::NotSignedIn)
        } else {
            Ok(found)
        };
    }
    let first = |entries: Vec<Entry>, wanted: &dyn Fn(&Entry) -> bool| entries.into_iter().find(|entry| wanted(entry));
    if entries.iter().any(|entry| entry.place == TokenPlace::Environment) {
        return Ok(first(entries, &|entry| entry.place == TokenPlace::Environment)
            .into_iter()
            .collect());
    }
    if let Some(profile) = profile {
        return match first(entries, &|entry| entry.profile == profile) {
            Some(entry) => Ok(vec![entry]),
            None => Err(CoreError::NoSuchProfile {
                name: profile.to_owned(),
            }),
        };
    }
    let mut names: Vec<&str> = entries.iter().map(|entry| entry.profile.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    match names.len() {
        0 => Err(CoreError::NotSignedIn),
        1 => Ok(entries.into_iter().take(1).collect()),
        _ => {
            let names = names.join(", ");
            let default = first(entries, &|entry| entry.is_default);
            default
                .map(|entry| vec![entry])
                .ok_or(CoreError::SeveralProfiles { names })
        }
    }
}

/// When a token given at `start_ms` for `lifetime_s` ends.
pub(super) fn end_ms(start_ms: i64, lifetime_s: Option<u64>) -> Option<i64> {
    let lifetime_ms = i64::try_from(lifetime_s?).ok()?.checked_mul(1000)?;
    start_ms.checked_add(lifetime_ms)
}

/// From when on the token of an account is to be renewed; `None` when its end is not known.
pub(super) fn renewal_at_ms(entry: &Entry) -> Option<i64> {
    let end_ms = entry.expires_at_ms?;
    let lifetime_s = u64::try_from(end_ms.checked_sub(entry.obtained_at_ms)?).ok()? / 1000;
    let lead_ms = i64::try_from(oauth::refresh_lead_time_s(lifetime_s))
        .ok()?
        .checked_mul(1000)?;
    end_ms.checked_sub(lead_ms)
}

#[cfg(test)]
#[path = "choice_tests.rs"]
mod tests;
