//! What a person can change in a plan before it is sent, and what the changed plan says about it.
//!
//! Every change is an [`Edit`], can be undone, and is applied to what was read, never to a file. Photos and videos are
//! named by their number in the reading, which no edit changes; sequences by their name in the plan as it stands.

use serde::{Deserialize, Serialize};

/// Which captures an edit is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", tag = "kind", content = "data")]
pub enum Target {
    /// Everything that was read.
    All,
    /// All photos of a sequence of the plan as it stands.
    Sequence(String),
    /// These photos or videos, by number.
    Captures(Vec<u64>),
}

/// How the captures of a sequence were carried. Mapillary takes what moved on the ground or on water; `air` and its
/// children are refused with the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct SequenceNotes {
    /// Own name; empty for none.
    pub name: String,
    /// Own words; empty for none.
    pub description: String,
    /// Kind of transport, such as `land/bicycle`; empty when not said. The list is core's.
    pub transport: String,
    /// Own tags.
    pub tags: Vec<String>,
}

/// One change. Setting a value anew replaces the earlier one; 0, empty and `false` take it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "edit")]
pub enum Edit {
    /// Leave captures out, or take them back.
    Exclude {
        /// Which.
        target: Target,
        /// Out (`true`) or back in.
        excluded: bool,
    },
    /// Correct the camera's clock.
    ShiftTime {
        /// Which.
        target: Target,
        /// Added to the capture time, milliseconds.
        shift_ms: i64,
    },
    /// Turn the headings, for cameras that look to the side or back.
    TurnHeading {
        /// Which.
        target: Target,
        /// Added to the heading, degrees clockwise.
        offset_deg: f64,
    },
    /// Forget the camera's headings and point each photo along the track.
    HeadingFromTrack {
        /// Which.
        target: Target,
        /// Whether to.
        along_track: bool,
    },
    /// Begin a new sequence at this photo, or no longer.
    SplitBefore {
        /// The photo that becomes the first.
        photo_id: u64,
        /// Whether to.
        split: bool,
    },
    /// Keep this photo in the sequence of the one before it, whatever distance and time say, or no longer. The limits of
    /// the service (photos, bytes, pixels) still cut.
    JoinBefore {
        /// The first photo of the later sequence.
        photo_id: u64,
        /// Whether to.
        join: bool,
    },
    /// The zone of capture times that name none.
    AnswerTimeZone {
        /// Name of the IANA database or `+05:30`; empty asks again.
        zone: String,
    },
    /// Take positions from a track file that was added.
    UseTrack {
        /// Which captures.
        target: Target,
        /// The track; `null` goes back to the captures' own positions.
        track_id: Option<u32>,
        /// Added to the capture time for the look-up alone, milliseconds.
        lookup_offset_ms: i64,
        /// Let the first capture meet the first point, whatever the clocks say.
        align_start: bool,
    },
    /// Keep captures inside a circle at home.
    AddPrivacyZone {
        /// Latitude of the middle, degrees.
        lat_deg: f64,
        /// Longitude of the middle, degrees.
        lon_deg: f64,
        /// Radius, metres.
        radius_m: f64,
    },
    /// Take a circle away.
    RemovePrivacyZone {
        /// Its number.
        zone_id: u32,
    },
    /// Leave the beginning and the end of a sequence's way at home.
    Trim {
        /// Which captures; each sequence or video among them is trimmed.
        target: Target,
        /// Metres from the start.
        start_m: f64,
        /// Metres to the end.
        end_m: f64,
    },
    /// Send captures that a check refused, all the same. Only for checks that are opinions: `duplicate`, `too_fast`,
    /// `zig_zag`, `stationary_video`.
    IgnoreCheck {
        /// Which.
        target: Target,
        /// Code of the finding.
        code: String,
        /// Whether to.
        ignored: bool,
    },
    /// Take the missing position and heading from the twin of the same shot (front lens of a Fusion).
    TakeFromTwin {
        /// Which.
        target: Target,
        /// Whether to.
        take: bool,
    },
    /// What a person says about the photos' sequence.
    Describe {
        /// Which.
        target: Target,
        /// The notes.
        notes: SequenceNotes,
    },
}

/// What was changed about the captures of a sequence or about a video, so that it can be seen and changed again. Where
/// its captures differ, the first one's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct AppliedEdits {
    /// Added to the capture time, milliseconds.
    pub shift_ms: i64,
    /// Added to the heading, degrees clockwise.
    pub offset_deg: f64,
    /// Whether headings point along the track.
    pub along_track: bool,
    /// The track file that positions come from.
    pub track_id: Option<u32>,
    /// Added to the capture time for that look-up alone, milliseconds.
    pub lookup_offset_ms: i64,
    /// Whether the first capture meets the first point of the track file.
    pub align_start: bool,
    /// Metres from the start that stay at home.
    pub trim_start_m: f64,
    /// Metres to the end that stay at home.
    pub trim_end_m: f64,
}

/// What a fix of a finding does, for its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum FixKind {
    /// Leave the files out.
    Exclude,
    /// Send them all the same.
    SendAnyway,
    /// Shift the capture time by the amount in the edit.
    ShiftTime,
    /// Take the position from an added track.
    UseTrack,
    /// The same, with the suggested offset.
    UseTrackWithOffset,
    /// Split the sequence there.
    Split,
    /// Take the position from the twin photo.
    TakeFromTwin,
    /// Answer the time zone with the suggestion in the edit.
    AnswerTimeZone,
}

/// A fix for a finding, ready to be applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct FixRow {
    /// What it does.
    pub kind: FixKind,
    /// What to apply.
    pub edit: Edit,
}

/// What an edit would do, before it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct EditPreview {
    /// Photos and videos that would be sent now.
    pub ready_before: u64,
    /// … and with the edit.
    pub ready_after: u64,
    /// Sequences and videos now.
    pub sequences_before: u64,
    /// … and with the edit.
    pub sequences_after: u64,
    /// Files refused now.
    pub refused_before: u64,
    /// … and with the edit.
    pub refused_after: u64,
}

/// The one question about capture times without a zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct ZoneQuestion {
    /// Files whose time names no zone.
    pub file_count: u64,
    /// One of them.
    pub example_file: String,
    /// What its clock says, as if it were UTC, milliseconds since 1970.
    pub example_local_ms: i64,
    /// The zone at their position, where a position is known.
    pub suggested_zone: Option<String>,
    /// The answer so far; empty for none.
    pub answer: String,
}

/// A GPX or NMEA file that was added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct TrackFileRow {
    /// Its number.
    pub track_id: u32,
    /// File name, made printable.
    pub file_name: String,
    /// Points with time and position.
    pub point_count: u64,
    /// First time, milliseconds since 1970 UTC.
    pub first_at_ms: i64,
    /// Last time, milliseconds since 1970 UTC.
    pub last_at_ms: i64,
    /// Captures that take their position from it.
    pub used_by: u64,
    /// Offset for the look-up that would make the times overlap, milliseconds; `null` when they do.
    pub suggested_offset_ms: Option<i64>,
    /// Gives the positions of this file to the captures that have none, else to all; `null` while it is used, or where
    /// no capture has a time to look up.
    pub offer: Option<FixRow>,
    /// How many captures that concerns.
    pub offer_count: u64,
}

/// A circle whose captures stay at home.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct PrivacyZoneRow {
    /// Its number.
    pub zone_id: u32,
    /// Latitude of the middle, degrees.
    pub lat_deg: f64,
    /// Longitude of the middle, degrees.
    pub lon_deg: f64,
    /// Radius, metres.
    pub radius_m: f64,
    /// Captures that stay at home because of it.
    pub left_out: u64,
}
