//! What the person set, in a small file of the data folder, and how it reads as settings of the core.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use waypost_wire::{OrganizationRow, ScheduleRow, SettingsView};

use crate::desktop::{NORMAL_PERCENT, in_range};
use crate::error::CoreError;
use crate::private_file::write_private;
use crate::settings::{PackageKind, ReadSettings, SequenceSettings};
use crate::time_zone::{ZoneResolver, time_zone};
use crate::upload::{Bandwidth, Limit, Limits};

const FILE_NAME: &str = "settings.json";
/// Most uploads at once: more only make each slower.
const MOST_UPLOADS: u32 = 8;
/// Most images at once: mapillary_tools 0.14.1 went down from 64 to 4 because of the service's rate limits.
const MOST_IMAGE_WORKERS: u32 = 16;
const MINUTES_OF_A_DAY: u16 = 24 * 60;
/// A row for every hour; more can only be a mistake.
const MOST_SCHEDULE_ROWS: usize = 24;

/// The settings file. Absent fields take their defaults, so that an older file stays good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredSettings {
    /// `zip` or `images`.
    pub package: String,
    /// Uploads at once.
    pub parallel_uploads: u32,
    /// Images at once.
    pub image_workers: u32,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Organisation; empty for none.
    pub organization_id: String,
    /// Organisations that were checked, to pick from.
    pub organizations: Vec<OrganizationRow>,
    /// A larger step starts a new sequence, metres.
    pub cutoff_distance_m: f64,
    /// A longer pause starts a new sequence, seconds.
    pub cutoff_time_s: f64,
    /// Duplicates, metres.
    pub duplicate_distance_m: f64,
    /// Duplicates, degrees.
    pub duplicate_angle_deg: f64,
    /// Zone of naive times; empty asks.
    pub time_zone: String,
    /// Most bytes in a second; 0 for no limit.
    pub bandwidth_limit_bytes_per_s: u64,
    /// Hours with a limit of their own.
    pub schedule: Vec<ScheduleRow>,
    /// Whether the computer is kept from sleeping while something is sent.
    pub keep_awake: bool,
    /// `en`, `de`, `fr` or `system`.
    pub language: String,
    /// Whether the map may load streets.
    pub streets: bool,
    /// How large the window draws everything, percent.
    pub zoom_percent: u16,
    /// Whether the first-run sentences were read.
    pub first_run_done: bool,
}

impl Default for StoredSettings {
    fn default() -> Self {
        let sequence = SequenceSettings::default();
        Self {
            package: PackageKind::default().word().into(),
            parallel_uploads: 2,
            image_workers: 4,
            theme: "system".into(),
            organization_id: String::new(),
            organizations: Vec::new(),
            cutoff_distance_m: sequence.cutoff_distance_m,
            cutoff_time_s: sequence.cutoff_time_s,
            duplicate_distance_m: sequence.duplicate_distance_m,
            duplicate_angle_deg: sequence.duplicate_angle_deg,
            time_zone: String::new(),
            bandwidth_limit_bytes_per_s: 0,
            schedule: Vec::new(),
            keep_awake: true,
            language: "system".into(),
            streets: false,
            zoom_percent: NORMAL_PERCENT,
            first_run_done: false,
        }
    }
}

impl StoredSettings {
    /// Reads the file of a data folder; without one, the defaults.
    ///
    /// # Errors
    /// [`CoreError::Io`] for a file that cannot be read or is no settings file.
    pub fn load(data_dir: &Path) -> Result<Self, CoreError> {
        let path = file_of(data_dir);
        match std::fs::read(&path).and_then(|bytes| Ok(serde_json::from_slice(&bytes)?)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            other => other.map_err(|source| CoreError::Io { path, source }),
        }
    }

    /// Writes the file of a data folder, whole or not at all.
    ///
    /// # Errors
    /// [`CoreError::Io`].
    pub fn save(&self, data_dir: &Path) -> Result<(), CoreError> {
        let path = file_of(data_dir);
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| CoreError::Io {
            path: path.clone(),
            source: std::io::Error::other(error),
        })?;
        write_private(&path, &bytes)
    }

    /// Takes over what the window sent.
    ///
    /// # Errors
    /// [`CoreError::InvalidSetting`] names the first value that makes no sense; then nothing is taken over.
    pub fn accept(&mut self, view: &SettingsView) -> Result<(), CoreError> {
        PackageKind::of_photos(&view.package).ok_or_else(|| invalid("package", "it is neither zip nor images"))?;
        check_range("parallel uploads", view.parallel_uploads, MOST_UPLOADS)?;
        check_range("images at once", view.image_workers, MOST_IMAGE_WORKERS)?;
        if !matches!(view.theme.as_str(), "system" | "light" | "dark") {
            return Err(invalid("theme", "it is neither system, light nor dark"));
        }
        if !view.organization_id.chars().all(|letter| letter.is_ascii_digit()) {
            return Err(invalid("organisation", "its id is a number"));
        }
        for (name, value, lowest) in [
            ("distance between sequences", view.cutoff_distance_m, 0.0),
            ("pause between sequences", view.cutoff_time_s, 0.0),
            ("distance of duplicates", view.duplicate_distance_m, -1.0),
            ("angle of duplicates", view.duplicate_angle_deg, 0.0),
        ] {
            if !value.is_finite() || value < lowest {
                return Err(invalid(name, &format!("it must be a number from {lowest} up")));
            }
        }
        ZoneResolver::new(&time_zone(&view.time_zone)?)?;
        if !matches!(view.language.as_str(), "system" | "en" | "de" | "fr") {
            return Err(invalid("language", "it is neither system, en, de nor fr"));
        }
        if view.schedule.len() > MOST_SCHEDULE_ROWS {
            return Err(invalid(
                "schedule",
                &format!("it has more than {MOST_SCHEDULE_ROWS} rows"),
            ));
        }
        for row in &view.schedule {
            if row.from_minute >= MINUTES_OF_A_DAY || row.to_minute >= MINUTES_OF_A_DAY {
                return Err(invalid("schedule", "a day has 1440 minutes"));
            }
        }
        *self = Self {
            package: view.package.clone(),
            parallel_uploads: view.parallel_uploads,
            image_workers: view.image_workers,
            theme: view.theme.clone(),
            organization_id: view.organization_id.clone(),
            organizations: self.organizations.clone(),
            cutoff_distance_m: view.cutoff_distance_m,
            cutoff_time_s: view.cutoff_time_s,
            duplicate_distance_m: view.duplicate_distance_m,
            duplicate_angle_deg: view.duplicate_angle_deg,
            time_zone: view.time_zone.trim().to_owned(),
            bandwidth_limit_bytes_per_s: view.bandwidth_limit_bytes_per_s,
            schedule: view.schedule.clone(),
            keep_awake: view.keep_awake,
            language: view.language.clone(),
            streets: view.streets,
            zoom_percent: in_range(view.zoom_percent),
            first_run_done: self.first_run_done,
        };
        Ok(())
    }

    /// As the window shows it, without what is not kept in this file (app, data folder).
    pub fn view(&self) -> SettingsView {
        SettingsView {
            package: self.package.clone(),
            parallel_uploads: self.parallel_uploads,
            image_workers: self.image_workers,
            theme: self.theme.clone(),
            organization_id: self.organization_id.clone(),
            organizations: self.organizations.clone(),
            app_id: String::new(),
            redirect_uri: String::new(),
            app_secret_set: false,
            cutoff_distance_m: self.cutoff_distance_m,
            cutoff_time_s: self.cutoff_time_s,
            duplicate_distance_m: self.duplicate_distance_m,
            duplicate_angle_deg: self.duplicate_angle_deg,
            time_zone: self.time_zone.clone(),
            bandwidth_limit_bytes_per_s: self.bandwidth_limit_bytes_per_s,
            schedule: self.schedule.clone(),
            keep_awake: self.keep_awake,
            language: self.language.clone(),
            streets: self.streets,
            zoom_percent: in_range(self.zoom_percent),
            data_dir: String::new(),
        }
    }

    /// How sequences are packed.
    pub fn package_kind(&self) -> PackageKind {
        PackageKind::of_photos(&self.package).unwrap_or_default()
    }

    /// How captures become sequences.
    pub fn sequence_settings(&self) -> SequenceSettings {
        SequenceSettings {
            cutoff_distance_m: self.cutoff_distance_m,
            cutoff_time_s: self.cutoff_time_s,
            duplicate_distance_m: self.duplicate_distance_m,
            duplicate_angle_deg: self.duplicate_angle_deg,
            ..SequenceSettings::default()
        }
    }

    /// How much is sent at once, and when: the hours are those of this computer.
    pub fn limits(&self) -> Limits {
        Limits {
            parallel_uploads: self.parallel_uploads as usize,
            image_workers: self.image_workers as usize,
            bandwidth: Bandwidth {
                limit: Limit::of_setting(self.bandwidth_limit_bytes_per_s),
                schedule: self.schedule.clone(),
                zone: TimeZone::system(),
            },
        }
    }

    /// How files are read.
    ///
    /// # Errors
    /// [`CoreError::InvalidSetting`] for a zone that does not exist.
    pub fn read_settings(&self) -> Result<ReadSettings, CoreError> {
        Ok(ReadSettings {
            naive_time_zone: time_zone(&self.time_zone)?,
            ..ReadSettings::default()
        })
    }
}

fn invalid(name: &str, reason: &str) -> CoreError {
    CoreError::InvalidSetting {
        name: name.into(),
        reason: reason.into(),
    }
}

fn check_range(name: &str, value: u32, most: u32) -> Result<(), CoreError> {
    if (1..=most).contains(&value) {
        Ok(())
    } else {
        Err(invalid(name, &format!("it must be from 1 to {most}")))
    }
}

fn file_of(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::NaiveTimeZone;

    #[test]
    fn settings_come_back_as_they_were_kept_and_an_older_file_stays_good() {
        let folder = tempfile::tempdir().unwrap();
        let mut stored = StoredSettings::load(folder.path()).unwrap();
        assert_eq!(stored, StoredSettings::default());
        let mut wanted = stored.view();
        wanted.package = "images".into();
        wanted.cutoff_time_s = 30.0;
        wanted.time_zone = " Europe/Berlin ".into();
        stored.accept(&wanted).unwrap();
        stored.save(folder.path()).unwrap();
        let back = StoredSettings::load(folder.path()).unwrap();
        assert_eq!(back, stored);
        assert_eq!(back.package_kind(), PackageKind::Images);
        assert_eq!(
            back.read_settings().unwrap().naive_time_zone,
            NaiveTimeZone::Named("Europe/Berlin".into())
        );
        std::fs::write(folder.path().join(FILE_NAME), "{\"theme\":\"dark\"}").unwrap();
        let older = StoredSettings::load(folder.path()).unwrap();
        assert_eq!((older.theme.as_str(), older.parallel_uploads), ("dark", 2));
    }

    #[test]
    fn a_value_that_makes_no_sense_is_refused_by_name_and_changes_nothing() {
        let mut stored = StoredSettings::default();
        let wrong: [fn(&mut SettingsView); 10] = [
            |view| view.package = "tar".into(),
            |view| view.parallel_uploads = 0,
            |view| view.image_workers = 64,
            |view| view.theme = "pink".into(),
            |view| view.organization_id = "my club".into(),
            |view| view.cutoff_distance_m = f64::NAN,
            |view| view.duplicate_distance_m = -2.0,
            |view| view.time_zone = "Middle/Earth".into(),
            |view| view.language = "tlh".into(),
            |view| {
                view.schedule.push(ScheduleRow {
                    from_minute: 1440,
                    to_minute: 0,
                    limit_bytes_per_s: None,
                });
            },
        ];
        for spoil in wrong {
            let mut wanted = stored.view();
            spoil(&mut wanted);
            assert_eq!(
                stored.accept(&wanted).unwrap_err().code(),
                "invalid_setting",
                "{wanted:?}"
            );
            assert_eq!(stored, StoredSettings::default());
        }
    }
}
