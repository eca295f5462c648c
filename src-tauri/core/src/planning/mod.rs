//! The quick half of making a plan: a pure function of what was read, the settings and the edits.
//!
//! It opens no file and asks no clock, so that it can run again after every edit.

mod resolve;
mod track;

use waypost_media::PositionSource;
use waypost_wire::LeftOutBy;

use crate::describe;
use crate::edit::Edits;
use crate::error::CoreError;
use crate::plan::{LeftOutCapture, Photo, Plan, Refusal, Video};
use crate::readings::{Capture, PhotoReading, Readings};
use crate::sequence::sequence;
use crate::settings::{NaiveTimeZone, SequenceSettings};
use crate::time_zone::{ZoneResolver, time_zone};
use crate::track_file::Gap;
use crate::video_checks::check_videos;

use resolve::{Fix, own_fix};
pub use track::first_photo;
use track::{first_at_ms, gap_warning, put_on_track, track_of, video_on_track};

/// What a plan is made with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanSettings {
    /// How captures become sequences.
    pub sequence: SequenceSettings,
    /// Zone of times that name none, unless the edits answer.
    pub naive_time_zone: NaiveTimeZone,
}

/// Makes the plan. Every capture is in exactly one place of it: in a sequence or among the videos, left out, or refused.
///
/// # Errors
/// [`CoreError::InvalidSetting`] for a time zone that does not exist.
pub fn plan(readings: &Readings, settings: &PlanSettings, edits: &Edits) -> Result<Plan, CoreError> {
    let zone = zone(settings, edits)?;
    let mut plan = Plan {
        file_count: readings.file_count(),
        ..Plan::default()
    };
    let mut refusals = Vec::new();
    let mut photos = Vec::new();
    let mut videos = Vec::new();
    for (capture_id, capture) in readings.numbered() {
        let resolved = match capture {
            Capture::Photo(reading) => resolved(readings, capture_id, reading, &zone, edits).map(|(photo, gap)| {
                if photo.marks.left_out.is_none() {
                    plan.warnings.extend(resolve::warning(reading));
                    plan.warnings.extend(gap.map(|gap| gap_warning(reading, gap)));
                }
                photos.push(photo);
            }),
            Capture::Video(video) => {
                if *edits.excluded.get(capture_id) {
                    plan.left_out.push(without_place(capture_id, capture));
                    Ok(())
                } else {
                    let own = Video {
                        capture_id,
                        ..(**video).clone()
                    };
                    let video = match track_of(readings, edits, capture_id) {
                        Some(on_track) => video_on_track(own, on_track),
                        None => Ok(own),
                    };
                    video.map(|video| videos.push(video))
                }
            }
            Capture::TracklessVideo(trackless) => match track_of(readings, edits, capture_id) {
                Some(on_track) if !*edits.excluded.get(capture_id) => {
                    let own = Video {
                        capture_id,
                        ..trackless.video.clone()
                    };
                    video_on_track(own, on_track).map(|video| videos.push(video))
                }
                _ => Err(trackless.refusal.clone()),
            },
            Capture::Refused(refusal) => Err(refusal.clone()),
        };
        if let Err(refusal) = resolved {
            if *edits.excluded.get(capture_id) {
                plan.left_out.push(without_place(capture_id, capture));
            } else {
                refusals.push(refusal);
            }
        }
    }

    track::suggest(readings, &photos, &mut refusals);
    let mut sequenced = sequence(photos, &settings.sequence);
    let is_overruled = |video: &Video, opinion| edits.overruled.get(video.capture_id).contains(opinion);
    let mut checked = check_videos(videos, &settings.sequence, is_overruled);
    plan.left_out.append(&mut sequenced.left_out);
    plan.refusals.extend(readings.refusals.iter().cloned());
    plan.refusals.append(&mut refusals);
    plan.refusals.append(&mut sequenced.refusals);
    plan.refusals.append(&mut checked.refusals);
    plan.warnings.append(&mut checked.warnings);
    plan.videos = checked.videos;
    for sequence in &mut sequenced.sequences {
        sequence.photos.retain(|photo| match describe::check(photo) {
            Ok(()) => true,
            Err(refusal) => {
                plan.refusals.push(refusal);
                false
            }
        });
    }
    sequenced.sequences.retain(|sequence| !sequence.photos.is_empty());
    plan.sequences = sequenced.sequences;
    Ok(plan)
}

/// The zone of times that name none: the person's answer, else the setting.
fn zone(settings: &PlanSettings, edits: &Edits) -> Result<ZoneResolver, CoreError> {
    if edits.time_zone.is_empty() {
        ZoneResolver::new(&settings.naive_time_zone)
    } else {
        ZoneResolver::new(&time_zone(&edits.time_zone)?)
    }
}

fn without_place(capture_id: u64, capture: &Capture) -> LeftOutCapture {
    LeftOutCapture {
        capture_id,
        path: capture.path().to_path_buf(),
        by: LeftOutBy::Person,
        place: None,
    }
}

/// A photo with all that the person supplied.
fn resolved(
    readings: &Readings,
    capture_id: u64,
    reading: &PhotoReading,
    zone: &ZoneResolver,
    edits: &Edits,
) -> Result<(Photo, Option<Gap>), Refusal> {
    let mut fix = own_fix(&reading.facts, zone);
    if *edits.from_twin.get(capture_id)
        && let Some(twin_id) = readings.twin_of(capture_id)
        && let Some(Capture::Photo(twin)) = readings.capture(twin_id)
    {
        fix = with_twin(fix, own_fix(&twin.facts, zone));
    }
    let mut gap = None;
    if let Some(on_track) = track_of(readings, edits, capture_id) {
        let captured_at_ms = fix
            .captured_at
            .map(|(captured_at_ms, _)| captured_at_ms.saturating_add(*edits.shift_ms.get(capture_id)));
        let first_at_ms = first_at_ms(readings, edits, zone, &on_track.1);
        (fix, gap) = put_on_track(reading, fix, captured_at_ms, on_track, first_at_ms)?;
    }
    Ok((resolve::photo(capture_id, reading, fix, zone, edits)?, gap))
}

/// What the photo lacks is taken from its twin; with the position also the moment, because the two belong together.
fn with_twin(own: Fix, twin: Fix) -> Fix {
    if own.position.is_some() {
        return own;
    }
    Fix {
        position: twin
            .position
            .map(|(lat_deg, lon_deg, altitude_m, _)| (lat_deg, lon_deg, altitude_m, PositionSource::Twin)),
        captured_at: twin.captured_at.or(own.captured_at),
        heading: own.heading.or(twin.heading),
    }
}
