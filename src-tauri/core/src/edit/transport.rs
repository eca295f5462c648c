//! How captures were carried: the kinds that can be named, and those that Mapillary does not take.
//!
//! The kinds form a tree of two levels, written `land/bicycle`. Mapillary shows streets and what is seen from them:
//! what flew is refused with all its children, as the founding documents of Waypost ask (Mapillary reference, S2).

use crate::error::CoreError;

/// The kinds that are taken, each with its children.
const TAKEN: [(&str, &[&str]); 2] = [
    (
        "land",
        &[
            "bicycle",
            "bus",
            "car",
            "horse",
            "motorcycle",
            "rail",
            "running",
            "scooter",
            "ski",
            "sledge",
            "tractor",
            "truck",
            "walking",
            "wheelchair",
        ],
    ),
    (
        "water",
        &["boat", "canoe", "diving", "ferry", "kayak", "sailing", "ship", "sup"],
    ),
];

/// What flew; all its children too.
const REFUSED: &str = "air";

/// Every kind that is taken, parents before their children.
pub fn transports() -> impl Iterator<Item = String> {
    TAKEN.into_iter().flat_map(|(parent, children)| {
        let children = children.iter().map(move |child| format!("{parent}/{child}"));
        std::iter::once(parent.to_owned()).chain(children)
    })
}

/// The kind as it is kept: without spaces around it, in lower case; empty for none.
///
/// # Errors
/// [`CoreError::TransportRefused`] for what flew, [`CoreError::InvalidSetting`] for a kind that is not in the list.
pub fn checked_transport(text: &str) -> Result<String, CoreError> {
    let kind = text.trim().to_lowercase();
    if kind.is_empty() || transports().any(|known| known == kind) {
        return Ok(kind);
    }
    if kind.split('/').next() == Some(REFUSED) {
        return Err(CoreError::TransportRefused { transport: kind });
    }
    let known: Vec<String> = transports().collect();
    Err(CoreError::InvalidSetting {
        name: "transport".into(),
        reason: format!("\"{kind}\" is none of {}", known.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moved_on_land_or_water_is_taken() {
        for (text, kept) in [("", ""), (" Land/Bicycle ", "land/bicycle"), ("water", "water")] {
            assert_eq!(checked_transport(text).unwrap(), kept);
        }
    }

    #[test]
    fn what_flew_is_refused_with_all_its_children_under_its_own_code() {
        for text in ["air", "Air/Drone", "air/balloon", "air/what/ever"] {
            assert_eq!(
                checked_transport(text).unwrap_err().code(),
                "transport_refused",
                "{text}"
            );
        }
    }

    #[test]
    fn an_unknown_kind_is_refused_with_the_list() {
        let error = checked_transport("land/teleport").unwrap_err();
        assert_eq!(error.code(), "invalid_setting");
        assert!(error.to_string().contains("land/bicycle"), "{error}");
    }
}
