//! Step 11 and what comes after it: numbers, and the values the person set.

use super::aside::Row;
use crate::plan::{LeftOutCapture, LeftOutPlace, Photo, Sequence};
use crate::settings::SequenceSettings;

/// Numbers the sequences "0", "1", … in their order and applies camera name, time and heading offsets. A row of which
/// everything stays at home has its number too and is no sequence.
pub fn finalise(rows: Vec<Row>, settings: &SequenceSettings) -> (Vec<Sequence>, Vec<LeftOutCapture>) {
    let mut sequences = Vec::with_capacity(rows.len());
    let mut left_out = Vec::new();
    for (index, row) in rows.into_iter().enumerate() {
        let id = index.to_string();
        let applied = |mut photo: Photo| {
            apply(&mut photo, settings);
            photo
        };
        left_out.extend(row.left_out.into_iter().map(applied).filter_map(|photo| {
            Some(LeftOutCapture {
                capture_id: photo.capture_id,
                path: photo.path.clone(),
                by: photo.marks.left_out?,
                place: Some(LeftOutPlace {
                    sequence_id: id.clone(),
                    photo,
                }),
            })
        }));
        if !row.kept.is_empty() {
            sequences.push(Sequence {
                id,
                photos: row.kept.into_iter().map(applied).collect(),
            });
        }
    }
    (sequences, left_out)
}

fn apply(photo: &mut Photo, settings: &SequenceSettings) {
    if settings.device_make.is_some() {
        photo.make.clone_from(&settings.device_make);
    }
    if settings.device_model.is_some() {
        photo.model.clone_from(&settings.device_model);
    }
    photo.captured_at_ms = photo.captured_at_ms.saturating_add(settings.offset_time_ms);
    photo.heading_deg = photo
        .heading_deg
        .map(|heading_deg| (heading_deg + settings.offset_angle_deg + photo.marks.turn_deg).rem_euclid(360.0));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::photo;

    fn one(settings: &SequenceSettings, change: fn(&mut Photo)) -> Photo {
        let mut photo = photo(1, 0.0, 0.0);
        change(&mut photo);
        finalise(vec![Row::of(vec![photo])], settings)
            .0
            .remove(0)
            .photos
            .remove(0)
    }

    #[test]
    fn sequences_are_numbered_in_their_order() {
        let rows = vec![Row::of(vec![photo(1, 0.0, 0.0)]); 3];
        let (sequences, _) = finalise(rows, &SequenceSettings::default());
        let ids: Vec<&str> = sequences.iter().map(|sequence| sequence.id.as_str()).collect();
        assert_eq!(ids, ["0", "1", "2"]);
    }

    #[test]
    fn the_camera_can_be_named_anew() {
        let settings = SequenceSettings {
            device_make: Some("Maker".into()),
            device_model: Some("Model".into()),
            ..SequenceSettings::default()
        };
        let photo = one(&settings, |photo| photo.model = None);
        assert_eq!(
            (photo.make.as_deref(), photo.model.as_deref()),
            (Some("Maker"), Some("Model"))
        );
    }

    #[test]
    fn the_time_offset_moves_both_ways() {
        let settings = SequenceSettings {
            offset_time_ms: -3_600_500,
            ..SequenceSettings::default()
        };
        assert_eq!(one(&settings, |_| {}).captured_at_ms, 1_700_000_000_000 - 3_600_500);
    }

    #[test]
    fn the_heading_offset_stays_on_the_compass() {
        let settings = SequenceSettings {
            offset_angle_deg: -90.0,
            ..SequenceSettings::default()
        };
        assert_eq!(
            one(&settings, |photo| photo.heading_deg = Some(45.0)).heading_deg,
            Some(315.0)
        );
        let settings = SequenceSettings {
            offset_angle_deg: 400.0,
            ..SequenceSettings::default()
        };
        assert_eq!(
            one(&settings, |photo| photo.heading_deg = Some(0.0)).heading_deg,
            Some(40.0)
        );
    }

    #[test]
    fn an_unknown_heading_stays_unknown() {
        let settings = SequenceSettings {
            offset_angle_deg: 90.0,
            ..SequenceSettings::default()
        };
        assert_eq!(one(&settings, |_| {}).heading_deg, None);
    }
}
