//! The quick half of making a plan: a pure function of what was read, the settings and the edits.
//!
//! It opens no file and asks no clock, so that it can run again after every edit.

mod resolve;

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
use crate::video_checks::check_videos;

use resolve::{Fix, own_fix};

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
            Capture::Photo(reading) => resolved(readings, capture_id, reading, &zone, edits).map(|photo| {
                if photo.marks.left_out.is_none() {
                    plan.warnings.extend(resolve::warning(reading));
                }
                photos.push(photo);
            }),
            Capture::Video(video) => {
                if *edits.excluded.get(capture_id) {
                    plan.left_out.push(without_place(capture_id, capture));
                } else {
                    videos.push(Video {
                        capture_id,
                        ..(**video).clone()
                    });
                }
                Ok(())
            }
            Capture::TracklessVideo(trackless) => Err(trackless.refusal.clone()),
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
) -> Result<Photo, Refusal> {
    let mut fix = own_fix(&reading.facts, zone);
    if *edits.from_twin.get(capture_id)
        && let Some(twin_id) = readings.twin_of(capture_id)
        && let Some(Capture::Photo(twin)) = readings.capture(twin_id)
    {
        fix = with_twin(fix, own_fix(&twin.facts, zone));
    }
    resolve::photo(capture_id, reading, fix, zone, edits)
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
