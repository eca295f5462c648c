//! Track files and privacy zones of an edited plan, in rows.

use waypost_wire::{Edit, FixKind, FixRow, LeftOutBy, PrivacyZoneRow, Target, TrackFileRow};

use super::Editing;
use crate::path_text::printable_name;
use crate::plan::Plan;
use crate::track_file::suggest_offset;

/// A row for each track file that was added.
pub(super) fn track_rows(plan: &Plan, editing: &Editing<'_>) -> Vec<TrackFileRow> {
    let times_ms = editing.capture_times().unwrap_or_default();
    let placed: std::collections::HashSet<u64> = plan
        .sequences
        .iter()
        .flat_map(|sequence| sequence.photos.iter().map(|photo| photo.capture_id))
        .collect();
    // What has no place yet is what a track is added for; without such captures, all of them.
    let mut without_place: Vec<u64> = times_ms.keys().filter(|id| !placed.contains(id)).copied().collect();
    without_place.sort_unstable();
    let asked_for: Vec<i64> = if without_place.is_empty() {
        times_ms.values().copied().collect()
    } else {
        without_place
            .iter()
            .filter_map(|id| times_ms.get(id).copied())
            .collect()
    };
    let target = if without_place.is_empty() {
        Target::All
    } else {
        Target::Captures(without_place)
    };
    let ids = || editing.readings.numbered().map(|(id, _)| id);
    editing
        .readings
        .tracks()
        .map(|(track_id, track)| {
            let used_by = ids()
                .filter(|id| {
                    editing
                        .edits
                        .track
                        .get(*id)
                        .is_some_and(|chosen| chosen.track_id == track_id)
                })
                .count() as u64;
            let suggested_offset_ms = suggest_offset(&asked_for, track).map(|suggested| suggested.offset_ms);
            TrackFileRow {
                track_id,
                file_name: printable_name(track.path()),
                point_count: track.points().len() as u64,
                first_at_ms: whole_ms(track.first_at_ms()),
                last_at_ms: whole_ms(track.last_at_ms()),
                used_by,
                suggested_offset_ms,
                offer: (used_by == 0 && !asked_for.is_empty()).then(|| offer(track_id, &target, suggested_offset_ms)),
                offer_count: asked_for.len() as u64,
            }
        })
        .collect()
}

/// The one press that uses a track file.
fn offer(track_id: u32, target: &Target, suggested_offset_ms: Option<i64>) -> FixRow {
    FixRow {
        kind: if suggested_offset_ms.is_some() {
            FixKind::UseTrackWithOffset
        } else {
            FixKind::UseTrack
        },
        edit: Edit::UseTrack {
            target: target.clone(),
            track_id: Some(track_id),
            lookup_offset_ms: suggested_offset_ms.unwrap_or(0),
            align_start: false,
        },
    }
}

/// A row for each circle.
pub(super) fn zone_rows(plan: &Plan, editing: &Editing<'_>) -> Vec<PrivacyZoneRow> {
    let inside: Vec<u32> = plan
        .left_out
        .iter()
        .filter(|left_out| left_out.by == LeftOutBy::PrivacyZone)
        .filter_map(|left_out| left_out.place.as_ref())
        .filter_map(|place| editing.edits.zone_around(place.photo.lat_deg, place.photo.lon_deg))
        .collect();
    editing
        .edits
        .privacy_zones
        .iter()
        .map(|(zone_id, zone)| PrivacyZoneRow {
            zone_id: *zone_id,
            lat_deg: zone.lat_deg,
            lon_deg: zone.lon_deg,
            radius_m: zone.radius_m,
            left_out: inside.iter().filter(|inside| *inside == zone_id).count() as u64,
        })
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "a time beyond 2^63 ms stays at that end")]
fn whole_ms(milliseconds: f64) -> i64 {
    milliseconds.round() as i64
}
