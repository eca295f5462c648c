//! What an edit changed about the plan, without what stayed: a plan of 10,000 photos takes the window's thread longer to
//! read than it may stand still.

use serde::{Deserialize, Serialize};

use crate::{PlanView, PointRow};

/// A plan told by its differences from the one that was told before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct PlanChange {
    /// The plan as it is now, without what follows below.
    pub plan: PlanView,
    /// The points of each sequence, in order; `points` of the sequences above is empty.
    pub points: Vec<Vec<PointRun>>,
    /// Videos whose way is as before; their `track` above is empty.
    pub kept_tracks: Vec<u64>,
    /// Findings, by their place above, whose files are those that the finding of the same code and the same `refused`
    /// had before; their `files` above is empty.
    pub kept_files: Vec<u32>,
}

/// Points that follow each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "kind")]
pub enum PointRun {
    /// So many points of the plan before, from this one on, sequence after sequence.
    Kept {
        /// The first of them.
        photo_id: u64,
        /// How many.
        count: u32,
    },
    /// Points that are new or changed.
    New {
        /// The points.
        rows: Vec<PointRow>,
    },
}
