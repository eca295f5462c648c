//! What edits say about one photo, in the form in which the steps of sequencing ask for it.
//!
//! The steps know photos only. Where a person overrules one of them, the photo carries the mark.

use serde::{Deserialize, Serialize};
use waypost_wire::LeftOutBy;

/// A check that is an opinion: a person may overrule it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Opinion {
    /// Same place and heading as the photo before.
    Duplicate = 1,
    /// Faster than any vehicle on a road.
    TooFast = 2,
    /// Jumps out of the track and back.
    ZigZag = 4,
    /// A video that stays where it is.
    StationaryVideo = 8,
}

impl Opinion {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Duplicate, Self::TooFast, Self::ZigZag, Self::StationaryVideo];

    /// The name of the finding.
    pub fn finding(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::TooFast => "too_fast",
            Self::ZigZag => "zig_zag",
            Self::StationaryVideo => "stationary_video",
        }
    }

    /// The check behind the code of a finding; `None` for findings that cannot be overruled.
    pub fn from_finding(code: &str) -> Option<Self> {
        // The same check on a video has a code of its own, because the sentence about it is another.
        let code = if code == "video_too_fast" { "too_fast" } else { code };
        // The same check has a code of its own where it refuses a video.
        let code = if code == "video_too_fast" {
            Self::TooFast.finding()
        } else {
            code
        };
        Self::ALL.into_iter().find(|opinion| opinion.finding() == code)
    }
}

/// A set of checks that were overruled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overruled(u8);

impl Overruled {
    /// The set with this check in it.
    #[must_use]
    pub fn with(self, opinion: Opinion) -> Self {
        Self(self.0 | opinion as u8)
    }

    /// The set without it.
    #[must_use]
    pub fn without(self, opinion: Opinion) -> Self {
        Self(self.0 & !(opinion as u8))
    }

    /// Whether the check was overruled.
    pub fn contains(self, opinion: Opinion) -> bool {
        self.0 & opinion as u8 != 0
    }
}

/// Where a sequence begins, in spite of the rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Border {
    /// As the rules say.
    #[default]
    ByRule,
    /// A sequence begins with this photo.
    Begins,
    /// It belongs to the photo before, whatever distance and time say.
    Joins,
}

/// What edits say about a photo. The default says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Marks {
    /// It stays at home.
    pub left_out: Option<LeftOutBy>,
    /// Where its sequence begins.
    pub border: Border,
    /// Checks that do not apply to it.
    pub overruled: Overruled,
    /// Its own heading is forgotten; it looks where the track goes.
    pub along_track: bool,
    /// Added to its heading, degrees clockwise.
    pub turn_deg: f64,
    /// Metres that stay at home at the start of its way.
    pub trim_start_m: f64,
    /// Metres that stay at home at the end of its way.
    pub trim_end_m: f64,
    /// It was taken by the back lens of a camera with two: another camera than the front one.
    pub is_back_lens: bool,
}
