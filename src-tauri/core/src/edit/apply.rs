//! One change after another: an [`Edit`] of the window becomes a new state of the [`Edits`].

use std::collections::HashMap;

use waypost_wire::{Edit, Target};

use super::notes::checked_notes;
use super::{Edits, Layered, PrivacyZone, TrackUse, Trim};
use crate::error::CoreError;
use crate::marks::{Border, Opinion};
use crate::plan::{Photo, Plan};
use crate::readings::{Capture, Readings};
use crate::sequence::is_same_camera;
use crate::time_zone::{ZoneResolver, time_zone};

/// The widest privacy zone, metres. Wider can only be a slip: it would hide a city.
const MAX_ZONE_RADIUS_M: f64 = 50_000.0;
/// The longest trim, metres.
const MAX_TRIM_M: f64 = 1_000_000.0;
/// The largest correction of a clock, milliseconds: a hundred years.
const MAX_SHIFT_MS: i64 = 100 * 366 * 24 * 3_600_000;

/// The state after one more change. `plan` is the plan as it stands, made from the same readings and edits: its
/// sequences are those that the change may name.
///
/// # Errors
/// [`CoreError::InvalidSetting`] for a change that cannot be made, with the reason; [`CoreError::TransportRefused`].
pub fn apply(edits: &Edits, edit: &Edit, readings: &Readings, plan: &Plan) -> Result<Edits, CoreError> {
    let mut next = edits.clone();
    let whom = |target: &Target| Whom::of(target, readings, plan);
    match edit {
        Edit::Exclude { target, excluded } => set(&mut next.excluded, &whom(target)?, excluded),
        Edit::ShiftTime { target, shift_ms } => {
            if shift_ms.abs_diff(0) > MAX_SHIFT_MS.unsigned_abs() {
                return Err(invalid("time shift", "it is longer than a hundred years"));
            }
            set(&mut next.shift_ms, &whom(target)?, shift_ms);
        }
        Edit::TurnHeading { target, offset_deg } => {
            let offset_deg = number("heading offset", *offset_deg, f64::NEG_INFINITY, f64::INFINITY)?;
            set(&mut next.turn_deg, &whom(target)?, &offset_deg.rem_euclid(360.0));
        }
        Edit::HeadingFromTrack { target, along_track } => set(&mut next.along_track, &whom(target)?, along_track),
        Edit::SplitBefore { photo_id, split } => {
            set_border(&mut next, readings, *photo_id, Border::Begins, *split)?;
        }
        Edit::JoinBefore { photo_id, join } => {
            if *join {
                check_join(plan, *photo_id)?;
            }
            set_border(&mut next, readings, *photo_id, Border::Joins, *join)?;
        }
        Edit::AnswerTimeZone { zone } => {
            let zone = zone.trim();
            ZoneResolver::new(&time_zone(zone)?)?;
            zone.clone_into(&mut next.time_zone);
        }
        Edit::UseTrack {
            target,
            track_id,
            lookup_offset_ms,
            align_start,
        } => {
            let track = track_use(&mut next, readings, *track_id, *lookup_offset_ms, *align_start)?;
            set(&mut next.track, &whom(target)?, &track);
        }
        Edit::AddPrivacyZone {
            lat_deg,
            lon_deg,
            radius_m,
        } => {
            let zone = PrivacyZone::new(*lat_deg, *lon_deg, *radius_m)?;
            next.privacy_zones.insert_mut(next.next_zone_id, zone);
            next.next_zone_id += 1;
        }
        Edit::RemovePrivacyZone { zone_id } => {
            next.privacy_zones.remove_mut(zone_id);
        }
        Edit::Trim { target, start_m, end_m } => {
            let trim = Trim {
                start_m: number("trim at the start", *start_m, 0.0, MAX_TRIM_M)?,
                end_m: number("trim at the end", *end_m, 0.0, MAX_TRIM_M)?,
            };
            set(&mut next.trim, &whom(target)?, &trim);
        }
        Edit::IgnoreCheck { target, code, ignored } => {
            let opinion = Opinion::from_finding(code)
                .ok_or_else(|| invalid("check", &format!("\"{code}\" is no opinion that could be overruled")))?;
            change(&mut next.overruled, &whom(target)?, |overruled| {
                if *ignored {
                    overruled.with(opinion)
                } else {
                    overruled.without(opinion)
                }
            });
        }
        Edit::TakeFromTwin { target, take } => set(&mut next.from_twin, &whom(target)?, take),
        Edit::Describe { target, notes } => set(&mut next.notes, &whom(target)?, &checked_notes(notes)?),
    }
    Ok(next)
}

/// The captures that a target means.
enum Whom {
    All,
    These(Vec<u64>),
}

impl Whom {
    fn of(target: &Target, readings: &Readings, plan: &Plan) -> Result<Self, CoreError> {
        match target {
            Target::All => Ok(Self::All),
            Target::Captures(capture_ids) => Ok(Self::These(
                capture_ids
                    .iter()
                    .copied()
                    .filter(|capture_id| readings.capture(*capture_id).is_some())
                    .collect(),
            )),
            Target::Sequence(sequence_id) => {
                let ids: Vec<u64> = rows(plan)
                    .into_iter()
                    .filter(|(id, _)| id == sequence_id)
                    .flat_map(|(_, photos)| photos.into_iter().map(|photo| photo.capture_id))
                    .collect();
                if ids.is_empty() {
                    return Err(invalid("sequence", &format!("the plan has no sequence {sequence_id}")));
                }
                Ok(Self::These(ids))
            }
        }
    }
}

/// All photos of the plan's sequences, those that stay at home too, by sequence.
fn rows(plan: &Plan) -> Vec<(&str, Vec<&Photo>)> {
    let mut rows: HashMap<&str, Vec<&Photo>> = HashMap::new();
    for sequence in &plan.sequences {
        rows.entry(&sequence.id).or_default().extend(&sequence.photos);
    }
    for place in plan.left_out.iter().filter_map(|left_out| left_out.place.as_ref()) {
        rows.entry(&place.sequence_id).or_default().push(&place.photo);
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    // Names are numbers.
    rows.sort_by_key(|(id, _)| id.parse().unwrap_or(u64::MAX));
    for (_, photos) in &mut rows {
        photos.sort_by_key(|photo| photo.captured_at_ms);
    }
    rows
}

fn set<T: Clone + PartialEq>(values: &mut Layered<T>, whom: &Whom, value: &T) {
    match whom {
        Whom::All => values.set_all(value.clone()),
        Whom::These(ids) => ids.iter().for_each(|id| values.set(*id, value.clone())),
    }
}

fn change<T: Clone + PartialEq>(values: &mut Layered<T>, whom: &Whom, change: impl Fn(&T) -> T) {
    match whom {
        Whom::All => values.change_all(change),
        Whom::These(ids) => {
            for id in ids {
                let value = change(values.get(*id));
                values.set(*id, value);
            }
        }
    }
}

/// Sets a border at a photo, or takes back the one that was set; a border of the other kind stays.
fn set_border(
    next: &mut Edits,
    readings: &Readings,
    photo_id: u64,
    border: Border,
    wanted: bool,
) -> Result<(), CoreError> {
    if !matches!(readings.capture(photo_id), Some(Capture::Photo(_))) {
        return Err(invalid("photo", &format!("there is no photo number {photo_id}")));
    }
    if wanted {
        next.border.set(photo_id, border);
    } else if *next.border.get(photo_id) == border {
        next.border.set(photo_id, Border::ByRule);
    }
    Ok(())
}

/// Refuses to join what cannot be one sequence: photos of two cameras.
fn check_join(plan: &Plan, photo_id: u64) -> Result<(), CoreError> {
    let rows = rows(plan);
    let holds = |photos: &Vec<&Photo>| photos.iter().any(|photo| photo.capture_id == photo_id);
    let Some(number) = rows.iter().position(|(_, photos)| holds(photos)) else {
        // Refused or without a position: joined once it is neither.
        return Ok(());
    };
    let own = rows.get(number).and_then(|(_, photos)| photos.first());
    if own.is_some_and(|first| first.capture_id != photo_id) {
        return Ok(());
    }
    let earlier = rows.get(..number).unwrap_or_default();
    let fits = |(_, photos): &(&str, Vec<&Photo>)| {
        own.zip(photos.first())
            .is_some_and(|(own, other)| is_same_camera(own, other))
    };
    if earlier.is_empty() {
        return Err(invalid("join", "there is no sequence before this photo"));
    }
    if !earlier.iter().any(fits) {
        return Err(invalid(
            "join",
            "the sequences before are of another camera or picture size, and a sequence has one camera",
        ));
    }
    Ok(())
}

fn track_use(
    next: &mut Edits,
    readings: &Readings,
    track_id: Option<u32>,
    lookup_offset_ms: i64,
    align_start: bool,
) -> Result<Option<TrackUse>, CoreError> {
    let Some(track_id) = track_id else {
        return Ok(None);
    };
    if readings.track(track_id).is_none() {
        return Err(invalid("track", &format!("there is no track file number {track_id}")));
    }
    if lookup_offset_ms.abs_diff(0) > MAX_SHIFT_MS.unsigned_abs() {
        return Err(invalid("offset", "it is longer than a hundred years"));
    }
    let alignment = align_start.then_some(next.next_alignment);
    if align_start {
        next.next_alignment += 1;
    }
    Ok(Some(TrackUse {
        track_id,
        lookup_offset_ms,
        alignment,
    }))
}

impl PrivacyZone {
    /// A circle on Earth.
    ///
    /// # Errors
    /// [`CoreError::InvalidSetting`] for a middle that is not on Earth, or a radius that is not over 0 and up to 50 km.
    pub fn new(lat_deg: f64, lon_deg: f64, radius_m: f64) -> Result<Self, CoreError> {
        let zone = Self {
            lat_deg: number("latitude of the privacy zone", lat_deg, -90.0, 90.0)?,
            lon_deg: number("longitude of the privacy zone", lon_deg, -180.0, 180.0)?,
            radius_m: number("radius of the privacy zone", radius_m, 0.0, MAX_ZONE_RADIUS_M)?,
        };
        if zone.radius_m == 0.0 {
            return Err(invalid("radius of the privacy zone", "it is 0"));
        }
        Ok(zone)
    }
}

fn number(name: &str, value: f64, lowest: f64, highest: f64) -> Result<f64, CoreError> {
    if value.is_finite() && (lowest..=highest).contains(&value) {
        Ok(value)
    } else {
        Err(invalid(
            name,
            &format!("{value} is not a number from {lowest} to {highest}"),
        ))
    }
}

fn invalid(name: &str, reason: &str) -> CoreError {
    CoreError::InvalidSetting {
        name: name.into(),
        reason: reason.into(),
    }
}
