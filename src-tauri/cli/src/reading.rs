//! Reading photos and videos on the command line: options become settings, progress becomes a bar.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use waypost_core::app::time_zone;
use waypost_core::error::CoreError;
use waypost_core::observe::ProcessObserver;
use waypost_core::plan::Plan;
use waypost_core::process::process;
use waypost_core::settings::{ReadSettings, SequenceSettings, TrackSettings};
use waypost_core::source_video::video_kind;
use waypost_core::tuning::{noise_limits, sequence_settings};
use waypost_wire::PlanProgress;

use crate::arguments::ProcessArguments;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::bars;
use crate::stop::Stop;

/// Reads what was given and groups it.
pub async fn read_plan(
    context: &Context,
    paths: &[std::path::PathBuf],
    arguments: &ProcessArguments,
    stop: &Stop,
) -> Result<Plan, Failure> {
    check(context, arguments)?;
    let read = read_settings(context, arguments)?;
    let sequence = settings_of(context, arguments)?;
    let bar = bars().add(new_bar());
    let observer = Observer {
        bar: bar.clone(),
        stopped: stop.flag(),
    };
    let paths = paths.to_vec();
    let result = tokio::task::spawn_blocking(move || process(&paths, &read, &sequence, &observer)).await;
    bar.finish_and_clear();
    bars().remove(&bar);
    Ok(result.unwrap_or(Err(CoreError::Stopped))?)
}

const LEAVE_OUT: &str = "Leave the option out, or use mapillary_tools for this.";

/// Refuses what mapillary_tools would do and Waypost does not.
pub fn check(context: &Context, arguments: &ProcessArguments) -> Result<(), Failure> {
    if let Some((option, reason)) = arguments.foreign.refused() {
        return Err(Failure::refused(option, reason, LEAVE_OUT));
    }
    check_sources(context, arguments)?;
    for kind in &arguments.filetypes {
        if !matches!(kind.trim(), "image" | "zip") && video_kind(kind.trim()).is_none() {
            let reason = format!("\"{kind}\" is not a kind of file; image, zip, video, gopro, camm and blackvue are");
            return Err(Failure::refused("--filetypes", &reason, "Correct the value."));
        }
    }
    Ok(())
}

/// Refuses sources of positions that are not known, and options that do not fit to the source.
fn check_sources(context: &Context, arguments: &ProcessArguments) -> Result<(), Failure> {
    const OPTION: &str = "--geotag_source";
    let sources: Vec<&str> = arguments.geotag_source.iter().map(|source| source.trim()).collect();
    let reads_photos = sources.iter().any(|source| matches!(*source, "native" | "exif"));
    for source in &sources {
        match *source {
            "native" | "exif" => {}
            "gpx" | "nmea" if sources.len() == 1 => {}
            "gpx" | "nmea" => {
                let reason = "positions come either from the photos or from one track, not from several sources";
                return Err(Failure::refused(OPTION, reason, "Name one source."));
            }
            // The tool's own default is `native,exiftool_runtime`.
            "exiftool_runtime" | "exiftool" if reads_photos => context
                .output
                .detail("exiftool is not asked: Waypost reads the files itself"),
            other => {
                let reason = format!(
                    "positions come from the photos themselves (native) or a track (gpx, nmea), not from {other}"
                );
                return Err(Failure::refused(OPTION, &reason, LEAVE_OUT));
            }
        }
    }
    let wants_track = !reads_photos;
    if wants_track && arguments.geotag_source_path.is_none() {
        let reason = "the track file is not named";
        return Err(Failure::refused(OPTION, reason, "Add --geotag_source_path FILE."));
    }
    let offset_s = arguments.interpolation_offset_time;
    if !offset_s.is_finite() {
        let reason = format!("{offset_s} cannot be used");
        return Err(Failure::refused(
            "--interpolation_offset_time",
            &reason,
            "Correct the value.",
        ));
    }
    [
        (arguments.geotag_source_path.is_some(), "--geotag_source_path"),
        (
            arguments.interpolation_use_gpx_start_time,
            "--interpolation_use_gpx_start_time",
        ),
        (offset_s != 0.0, "--interpolation_offset_time"),
    ]
    .into_iter()
    .find(|(is_given, _)| *is_given && !wants_track)
    .map_or(Ok(()), |(_, option)| {
        let reason = "positions come from the photos themselves, not from a track";
        Err(Failure::refused(
            option,
            reason,
            "Add --geotag_source gpx, or leave the option out.",
        ))
    })
}

/// The track that positions are taken from.
fn track_settings(arguments: &ProcessArguments) -> Option<TrackSettings> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a number beyond 2^63 ms stays at that end"
    )]
    let lookup_offset_ms = (arguments.interpolation_offset_time * 1000.0).round() as i64;
    Some(TrackSettings {
        path: arguments.geotag_source_path.clone()?,
        lookup_offset_ms,
        align_start: arguments.interpolation_use_gpx_start_time,
    })
}

/// Whether zips are to be looked at.
pub fn wants_zips(arguments: &ProcessArguments) -> bool {
    arguments.filetypes.is_empty() || arguments.filetypes.iter().any(|kind| kind.trim() == "zip")
}

fn read_settings(context: &Context, arguments: &ProcessArguments) -> Result<ReadSettings, CoreError> {
    let zone = arguments
        .time_zone
        .clone()
        .or_else(|| context.variable("WAYPOST_TIME_ZONE"))
        .unwrap_or_default();
    let is_chosen = !arguments.filetypes.is_empty();
    let has_images = arguments.filetypes.iter().any(|kind| kind.trim() == "image");
    let video_kinds: Vec<_> = arguments
        .filetypes
        .iter()
        .filter_map(|kind| video_kind(kind.trim()))
        .collect();
    Ok(ReadSettings {
        skip_subfolders: arguments.skip_subfolders,
        skip_photos: is_chosen && !has_images,
        skip_videos: is_chosen && video_kinds.is_empty(),
        video_kinds,
        noise_limits: noise_limits(&|name| context.variable(name))?,
        naive_time_zone: time_zone(&zone)?,
        track: track_settings(arguments),
        reader_count: arguments
            .num_processes
            .map(|count| usize::try_from(count).unwrap_or(0).max(1)),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a number beyond 2^63 ms stays at that end"
)]
fn settings_of(context: &Context, arguments: &ProcessArguments) -> Result<SequenceSettings, CoreError> {
    let mut settings = sequence_settings(&|name| context.variable(name))?;
    let changes = [
        (
            "--cutoff_distance",
            &mut settings.cutoff_distance_m,
            arguments.cutoff_distance,
        ),
        ("--cutoff_time", &mut settings.cutoff_time_s, arguments.cutoff_time),
        (
            "--duplicate_distance",
            &mut settings.duplicate_distance_m,
            arguments.duplicate_distance,
        ),
        (
            "--duplicate_angle",
            &mut settings.duplicate_angle_deg,
            arguments.duplicate_angle,
        ),
    ];
    for (name, setting, change) in changes {
        if let Some(value) = change {
            *setting = checked(name, value, value.is_nan())?;
        }
    }
    settings.too_fast_refuses_all = context.is_peer_name;
    if arguments.skip_zigzag_check {
        settings.zigzag_check = false;
    }
    let (angle, time) = (arguments.offset_angle, arguments.offset_time);
    settings.interpolate_directions = arguments.interpolate_directions;
    settings.offset_angle_deg = checked("--offset_angle", angle, !angle.is_finite())?;
    let offset_ms = checked("--offset_time", time, !time.is_finite())? * 1000.0;
    settings.offset_time_ms = offset_ms.round() as i64;
    settings.device_make.clone_from(&arguments.device_make);
    settings.device_model.clone_from(&arguments.device_model);
    Ok(settings)
}

fn checked(name: &str, value: f64, is_wrong: bool) -> Result<f64, CoreError> {
    if is_wrong {
        return Err(CoreError::InvalidSetting {
            name: name.into(),
            reason: format!("{value} cannot be used"),
        });
    }
    Ok(value)
}

fn new_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos} of {len} files, {eta} left") {
        bar.set_style(style);
    }
    bar.set_message("reading");
    bar
}

struct Observer {
    bar: ProgressBar,
    stopped: Arc<AtomicBool>,
}

impl ProcessObserver for Observer {
    fn progress(&self, progress: PlanProgress) {
        self.bar.set_length(progress.found);
        self.bar.set_position(progress.read);
    }

    fn cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}
