//! The quick half of making a plan: a pure function of what was read, the settings and the edits.
//!
//! It opens no file and asks no clock, so that it can run again after every edit.

mod resolve;
mod scene;
mod track;
mod videos;

use std::collections::{HashMap, HashSet};

use waypost_media::{Heading, HeadingReference, HeadingSource, PositionSource};
use waypost_wire::LeftOutBy;

use crate::describe;
use crate::edit::Edits;
use crate::error::CoreError;
use crate::plan::{LeftOutCapture, Photo, Plan, Refusal, Video};
use crate::readings::{Capture, PhotoReading, Readings};
use crate::sequence::sequence;
use crate::settings::{NaiveTimeZone, SequenceSettings};

use crate::track_file::Gap;
use crate::video_checks::check_videos;
use resolve::Fix;
use scene::Scene;
use videos::Edited;

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
    let scene = Scene::new(readings, settings, edits)?;
    let mut plan = Plan {
        file_count: readings.file_count(),
        ..Plan::default()
    };
    let mut refusals = Vec::new();
    let mut photos = Vec::new();
    let mut videos = Vec::new();
    let mut cut_videos = HashSet::new();
    for (capture_id, capture) in readings.numbered() {
        let resolved = match capture {
            Capture::Photo(reading) => resolved(&scene, capture_id, reading).map(|(photo, gap)| {
                if photo.marks.left_out.is_none() {
                    plan.warnings.extend(resolve::warning(reading));
                    plan.warnings.extend(gap.map(|gap| track::gap_warning(reading, gap)));
                }
                photos.push(photo);
            }),
            Capture::Video(_) | Capture::TracklessVideo(_) => {
                videos::edited(&scene, capture_id, capture).map(|edited| match edited {
                    Edited::LeftOut(by) => plan.left_out.push(without_place(capture_id, capture, by)),
                    Edited::Goes { video, is_cut } => {
                        cut_videos.extend(is_cut.then_some(capture_id));
                        videos.push(*video);
                    }
                })
            }
            Capture::Refused(refusal) => Err(refusal.clone()),
        };
        if let Err(refusal) = resolved {
            if *edits.excluded.get(capture_id) {
                let left_out = without_place(capture_id, capture, LeftOutBy::Person);
                plan.left_out.push(left_out);
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
    let cut = checked
        .videos
        .iter()
        .filter(|video| cut_videos.contains(&video.capture_id));
    plan.warnings.extend(cut.map(videos::frames_go));
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

/// Capture times by number, of all photos whose time is known, whatever else they lack; milliseconds since 1970 UTC.
///
/// # Errors
/// As [`plan`].
pub fn capture_times(
    readings: &Readings,
    settings: &PlanSettings,
    edits: &Edits,
) -> Result<HashMap<u64, i64>, CoreError> {
    Ok(Scene::new(readings, settings, edits)?.capture_times())
}

fn without_place(capture_id: u64, capture: &Capture, by: LeftOutBy) -> LeftOutCapture {
    LeftOutCapture {
        capture_id,
        path: capture.path().to_path_buf(),
        by,
        place: None,
    }
}

/// A photo with all that the person supplied, and the gap of its track in which it lies.
fn resolved(scene: &Scene<'_>, capture_id: u64, reading: &PhotoReading) -> Result<(Photo, Option<Gap>), Refusal> {
    let fix = scene.fix(capture_id, reading);
    let found = scene.on_track(capture_id, reading, &fix)?;
    // Position and heading are the track's as a whole, whatever the photo said; the capture time stays.
    let fix = found.map_or(fix, |found| Fix {
        position: Some((
            found.lat_deg,
            found.lon_deg,
            found.altitude_m,
            PositionSource::TrackFile,
        )),
        heading: found.heading_deg.map(|heading_deg| Heading {
            heading_deg,
            reference: HeadingReference::True,
            source: HeadingSource::TrackFile,
        }),
        ..fix
    });
    let photo = resolve::photo(capture_id, reading, fix, &scene.zone, scene.edits)?;
    Ok((photo, found.and_then(|found| found.gap)))
}
