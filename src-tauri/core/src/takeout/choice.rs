//! What was chosen, checked: nothing is asked of the service and no file is made for a choice that cannot be.

use waypost_mapillary::{BoundingBox, ImageSearch, MAX_PAGE_SIZE};
use waypost_wire::{PictureSize, TakeOutChoice, TakeOutSource};

use super::fields::{Field, TOOLSET_FIELDS};
use crate::error::CoreError;

/// Requests one listing may take: at the usual page size, twenty million images.
const MAX_LISTING_REQUESTS: u32 = 20_000;

/// Whose and which sequences.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// What this search finds, of the account that is signed in where it names none.
    Search(Box<ImageSearch>),
    /// These sequences, each once, in this order.
    Keys(Vec<String>),
}

/// A choice that can be carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// As it was chosen.
    pub asked: TakeOutChoice,
    /// Whose and which sequences.
    pub source: Source,
    /// Columns of the metadata.
    pub fields: Vec<Field>,
    /// Sizes of the pictures, each once, small ones first.
    pub sizes: Vec<PictureSize>,
}

impl Choice {
    /// Checks what was chosen.
    ///
    /// # Errors
    /// [`CoreError::InvalidSetting`] names what makes no sense; [`CoreError::Service`] a box that is none.
    pub fn check(asked: TakeOutChoice) -> Result<Self, CoreError> {
        let source = source(&asked.source)?;
        let fields = if asked.fields.is_empty() {
            TOOLSET_FIELDS.to_vec()
        } else {
            asked
                .fields
                .iter()
                .map(|name| Field::named(name))
                .collect::<Result<_, _>>()?
        };
        let mut sizes = asked.sizes.clone();
        sizes.sort_unstable();
        sizes.dedup();
        Ok(Self {
            asked,
            source,
            fields,
            sizes,
        })
    }
}

fn source(asked: &TakeOutSource) -> Result<Source, CoreError> {
    let search = ImageSearch {
        fields: ["sequence", "captured_at", "creator", "width", "height"]
            .map(str::to_owned)
            .to_vec(),
        max_requests: MAX_LISTING_REQUESTS,
        ..ImageSearch::default()
    };
    Ok(match asked {
        TakeOutSource::Mine => Source::Search(Box::new(search)),
        TakeOutSource::Window {
            username,
            from_ms,
            until_ms,
        } => {
            if let (Some(from), Some(until)) = (from_ms, until_ms)
                && from > until
            {
                return Err(invalid("time window", "it ends before it begins"));
            }
            Source::Search(Box::new(ImageSearch {
                creator_username: username
                    .as_deref()
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned),
                captured_from_ms: *from_ms,
                captured_until_ms: *until_ms,
                ..search
            }))
        }
        TakeOutSource::Organization {
            organization_id,
            west_deg,
            south_deg,
            east_deg,
            north_deg,
        } => {
            let organization_id = organization_id.trim();
            if organization_id.is_empty() || !organization_id.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(invalid("organization", "it is not a number"));
            }
            Source::Search(Box::new(ImageSearch {
                organization_id: Some(organization_id.to_owned()),
                bounding_box: Some(BoundingBox::new(*west_deg, *south_deg, *east_deg, *north_deg)?),
                // A box is not paged, so a full answer means that it has to be divided: as seldom as possible.
                page_size: MAX_PAGE_SIZE,
                ..search
            }))
        }
        TakeOutSource::Sequences { keys } => {
            let mut seen = std::collections::HashSet::new();
            let keys: Vec<String> = keys
                .iter()
                .map(|key| key.trim())
                .filter(|key| !key.is_empty() && seen.insert(*key))
                .map(str::to_owned)
                .collect();
            if keys.is_empty() {
                return Err(invalid("sequences", "there is no key"));
            }
            if let Some(key) = keys.iter().find(|key| !is_key(key)) {
                return Err(invalid("sequences", &format!("{key} is not a key of Mapillary")));
            }
            Source::Keys(keys)
        }
    })
}

/// Whether it may be a key of a sequence: letters, digits, `-` and `_`, 22 of them today.
pub(super) fn is_key(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn invalid(name: &str, reason: &str) -> CoreError {
    CoreError::InvalidSetting {
        name: name.into(),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(source: TakeOutSource, fields: &[&str]) -> TakeOutChoice {
        TakeOutChoice {
            source,
            csv: true,
            fields: fields.iter().map(|&field| field.to_owned()).collect(),
            geojson: false,
            json: false,
            detections: false,
            sizes: vec![PictureSize::Original, PictureSize::Px256, PictureSize::Original],
            layout: waypost_wire::TakeOutLayout::BySequence,
            exif: true,
        }
    }

    #[test]
    fn a_choice_without_a_field_list_takes_the_columns_of_the_toolset_and_each_size_once() {
        let checked = Choice::check(choice(TakeOutSource::Mine, &[])).unwrap();
        assert_eq!(checked.fields, TOOLSET_FIELDS);
        assert_eq!(checked.sizes, [PictureSize::Px256, PictureSize::Original]);
    }

    #[test]
    fn a_choice_that_cannot_be_carried_out_names_what_is_wrong() {
        let window = TakeOutSource::Window {
            username: None,
            from_ms: Some(2),
            until_ms: Some(1),
        };
        let organization = |id: &str, north_deg| TakeOutSource::Organization {
            organization_id: id.into(),
            west_deg: 1.0,
            south_deg: 1.0,
            east_deg: 1.1,
            north_deg,
        };
        for (source, fields, code) in [
            (window, vec![], "invalid_setting"),
            (organization("acme", 1.1), vec![], "invalid_setting"),
            (organization("7", 0.0), vec![], "invalid_input"),
            (
                TakeOutSource::Sequences { keys: vec![" ".into()] },
                vec![],
                "invalid_setting",
            ),
            (
                TakeOutSource::Sequences {
                    keys: vec!["../x".into()],
                },
                vec![],
                "invalid_setting",
            ),
            (TakeOutSource::Mine, vec!["no_such_field"], "invalid_setting"),
        ] {
            assert_eq!(
                Choice::check(choice(source.clone(), &fields)).unwrap_err().code(),
                code,
                "{source:?}"
            );
        }
    }
}
