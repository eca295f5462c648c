//! Readings without files: photos that say when and where they were taken, and what is asked of plans made of them.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::needless_pass_by_value, reason = "edits are written where they are applied")]
#![allow(clippy::cast_possible_truncation, reason = "tests use small times")]

use std::path::Path;

use waypost_core::edit::{Edits, apply};
use waypost_core::error::CoreError;
use waypost_core::plan::Plan;
use waypost_core::plan_view::{Editing, edited_view};
use waypost_core::planning::{PlanSettings, plan};
use waypost_core::readings::{Capture, PhotoReading, Readings};
use waypost_core::track_file::Track;
use waypost_media::{PhotoFacts, Position, PositionSource, TimeReading, TimeSource};
use waypost_wire::{Edit, FindingRow, FixKind, PlanView, Target};

/// When the first photo was taken, milliseconds since 1970 UTC: 2024-07-01T12:00:00Z.
pub const START_MS: i64 = 1_719_835_200_000;
/// Metres of a degree of latitude near 50° N.
pub const DEGREE_M: f64 = 111_229.0;

/// A photo `north_m` metres north of 50° N 10° E, `at_s` seconds after the start.
pub fn photo(name: &str, at_s: f64, north_m: f64) -> Capture {
    changed(name, at_s, north_m, |_| {})
}

/// The same with other facts.
pub fn changed(name: &str, at_s: f64, north_m: f64, change: impl FnOnce(&mut PhotoFacts)) -> Capture {
    let mut facts = PhotoFacts {
        position: Some(Position {
            lat_deg: 50.0 + north_m / DEGREE_M,
            lon_deg: 10.0,
            altitude_m: None,
            source: PositionSource::Exif,
        }),
        time: Some(TimeReading::Utc {
            unix_ms: at_ms(at_s),
            source: TimeSource::GpsTime,
        }),
        make: Some("GoPro".into()),
        model: Some("HERO11 Black".into()),
        has_end: true,
        ..PhotoFacts::default()
    };
    change(&mut facts);
    Capture::Photo(Box::new(PhotoReading {
        path: format!("/card/{name}").into(),
        link_target: None,
        size_bytes: 1_000,
        modified_at_ms: 0,
        facts,
        no_room: None,
    }))
}

/// A moment, milliseconds since 1970 UTC.
pub fn at_ms(at_s: f64) -> i64 {
    START_MS + (at_s * 1000.0).round() as i64
}

/// A walk of `count` photos, ten metres and five seconds apart, numbered from 0.
pub fn walk(count: usize) -> Vec<Capture> {
    (0..count)
        .map(|number| photo(&format!("a/{number:04}.jpg"), number as f64 * 5.0, number as f64 * 10.0))
        .collect()
}

/// A GPX track along the walk: a point every ten seconds, 50 m east of the photos, for 1,000 seconds.
pub fn track(first_at_s: f64) -> Track {
    let points: Vec<String> = (0..=100)
        .map(|number| {
            let at_s = f64::from(number) * 10.0;
            let moment = jiff::Timestamp::from_millisecond(at_ms(first_at_s + at_s)).unwrap();
            let lat_deg = 50.0 + at_s * 2.0 / DEGREE_M;
            format!("<trkpt lat=\"{lat_deg}\" lon=\"10.0007\"><time>{moment}</time></trkpt>")
        })
        .collect();
    let text = format!(
        "<gpx version=\"1.1\"><trk><trkseg>{}</trkseg></trk></gpx>",
        points.concat()
    );
    Track::from_bytes(Path::new("/card/track.gpx"), text.as_bytes()).unwrap()
}

/// Readings and edits as they stand, with the plan.
pub struct Desk {
    pub readings: Readings,
    pub settings: PlanSettings,
    pub edits: Edits,
    pub plan: Plan,
}

impl Desk {
    pub fn with(captures: Vec<Capture>) -> Self {
        Self::of(Readings::new(captures, Vec::new()))
    }

    pub fn of(readings: Readings) -> Self {
        let settings = PlanSettings::default();
        let edits = Edits::default();
        let plan = plan(&readings, &settings, &edits).unwrap();
        Self {
            readings,
            settings,
            edits,
            plan,
        }
    }

    pub fn try_edit(&mut self, edit: &Edit) -> Result<(), CoreError> {
        self.edits = apply(&self.edits, edit, &self.readings, &self.plan)?;
        self.plan = plan(&self.readings, &self.settings, &self.edits)?;
        Ok(())
    }

    pub fn edit(&mut self, edit: Edit) {
        self.try_edit(&edit).unwrap();
    }

    pub fn view(&self) -> PlanView {
        edited_view(
            &self.plan,
            &Editing {
                readings: &self.readings,
                settings: &self.settings,
                edits: &self.edits,
            },
        )
    }

    /// Numbers of the photos that would be sent, by sequence.
    pub fn sent(&self) -> Vec<Vec<u64>> {
        let ids = |sequence: &waypost_core::plan::Sequence| -> Vec<u64> {
            sequence.photos.iter().map(|photo| photo.capture_id).collect()
        };
        self.plan.sequences.iter().map(ids).collect()
    }

    /// Codes of the refusals.
    pub fn refused(&self) -> Vec<&'static str> {
        self.plan.refusals.iter().map(|refusal| refusal.code.code()).collect()
    }

    pub fn finding(&self, code: &str) -> FindingRow {
        let found = self.view().findings.into_iter().find(|row| row.code == code);
        found.unwrap_or_else(|| panic!("no finding {code}: {:?}", self.refused()))
    }

    /// Applies the fix of this kind that the finding offers.
    pub fn fix(&mut self, code: &str, kind: FixKind) {
        let fixes = self.finding(code).fixes;
        let fix = fixes.iter().find(|fix| fix.kind == kind);
        let edit = fix.unwrap_or_else(|| panic!("no {kind:?} in {fixes:?}")).edit.clone();
        self.edit(edit);
    }
}

pub fn captures(ids: impl IntoIterator<Item = u64>) -> Target {
    Target::Captures(ids.into_iter().collect())
}
