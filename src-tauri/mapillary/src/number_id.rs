//! Ids of the service that become part of a path.

use crate::error::MapillaryError;

/// Checks that an id of the service is one: digits alone, so that it cannot name another path.
pub(crate) fn check_number(what: &'static str, id: &str) -> Result<(), MapillaryError> {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MapillaryError::InvalidInput {
            what,
            reason: "it is not a number".to_owned(),
        });
    }
    Ok(())
}
