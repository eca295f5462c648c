//! What the person can set, with units.

use serde::{Deserialize, Serialize};

/// What the person can set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// `zip` or `images`.
    pub package: String,
    /// Uploads at once, 1 to 8.
    pub parallel_uploads: u32,
    /// Images at once in `images`, 1 to 16.
    pub image_workers: u32,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Id of the organisation uploads go to; empty for none.
    pub organization_id: String,
    /// Organisations that were checked before, to pick from.
    pub organizations: Vec<OrganizationRow>,
    /// App id; empty for the built-in one.
    pub app_id: String,
    /// Redirect URI registered for that app; empty for the built-in one.
    pub redirect_uri: String,
    /// Whether a secret of an own app is kept in the keychain. The secret itself never comes back.
    pub app_secret_set: bool,
    /// A larger step starts a new sequence, metres.
    pub cutoff_distance_m: f64,
    /// A longer pause starts a new sequence, seconds.
    pub cutoff_time_s: f64,
    /// Photos this close are duplicates, metres; -1 keeps all.
    pub duplicate_distance_m: f64,
    /// … if their headings differ by no more than this, degrees.
    pub duplicate_angle_deg: f64,
    /// Zone of capture times that name none; empty asks.
    pub time_zone: String,
    /// Most bytes sent in a second, all uploads together; 0 sends as fast as the line allows.
    pub bandwidth_limit_bytes_per_s: u64,
    /// Hours of the day with a limit of their own. Outside of them [`bandwidth_limit_bytes_per_s`] holds.
    ///
    /// [`bandwidth_limit_bytes_per_s`]: Self::bandwidth_limit_bytes_per_s
    pub schedule: Vec<ScheduleRow>,
    /// Whether the computer is kept from sleeping while something is sent.
    pub keep_awake: bool,
    /// `en`, `de`, `fr` or `system`.
    pub language: String,
    /// Whether the map may load streets, from tile.openstreetmap.org; in practice from the practice server.
    pub streets: bool,
    /// How large the window draws everything, percent, 50 to 250.
    pub zoom_percent: u16,
    /// The data folder, to be shown.
    pub data_dir: String,
}

/// An organisation of Mapillary that this account may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct OrganizationRow {
    /// Mapillary's number of it.
    pub organization_id: String,
    /// Its name; the short name where it has no other.
    pub name: String,
}

/// Hours of the day, in the computer's own zone, with a limit of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct ScheduleRow {
    /// First minute of the day, 0 to 1439.
    pub from_minute: u16,
    /// Minute at which it ends, 0 to 1439; not after the first goes over midnight, the same is the whole day.
    pub to_minute: u16,
    /// Most bytes in a second; 0 sends nothing in these hours, `null` as fast as the line allows.
    pub limit_bytes_per_s: Option<u64>,
}

/// Larger or smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum ZoomChange {
    /// One step larger.
    In,
    /// One step smaller.
    Out,
    /// As designed.
    Reset,
}
