//! Reading photos on the command line: options become settings, progress becomes a bar.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use waypost_core::app::time_zone;
use waypost_core::error::CoreError;
use waypost_core::observe::ProcessObserver;
use waypost_core::plan::Plan;
use waypost_core::process::process;
use waypost_core::settings::{ReadSettings, SequenceSettings};
use waypost_core::tuning::sequence_settings;
use waypost_wire::PlanProgress;

use crate::arguments::ProcessArguments;
use crate::context::Context;
use crate::stop::Stop;

/// Reads what was given and groups it.
pub async fn read_plan(
    context: &Context,
    paths: &[std::path::PathBuf],
    arguments: &ProcessArguments,
    stop: &Stop,
) -> Result<Plan, CoreError> {
    check(arguments)?;
    let read = read_settings(context, arguments)?;
    let sequence = settings_of(context, arguments)?;
    let bar = bar(context);
    let observer = Observer {
        bar: bar.clone(),
        stopped: stop.flag(),
    };
    let paths = paths.to_vec();
    let result =
        tokio::task::spawn_blocking(move || process(&paths, &read, &sequence, &observer)).await;
    bar.finish_and_clear();
    result.unwrap_or(Err(CoreError::Stopped))
}

fn unusable(name: &str, reason: &str) -> CoreError {
    CoreError::InvalidSetting {
        name: name.into(),
        reason: reason.into(),
    }
}

/// Refuses what mapillary_tools would do and Waypost does not.
fn check(arguments: &ProcessArguments) -> Result<(), CoreError> {
    if let Some(option) = arguments.overwrite_options().first() {
        return Err(unusable(
            option,
            "Waypost never changes an original; what it sends carries the corrected values",
        ));
    }
    if let Some(source) = arguments
        .geotag_source
        .iter()
        .find(|source| !matches!(source.as_str(), "native" | "exif"))
    {
        return Err(unusable(
            "--geotag_source",
            &format!("this version reads positions from the photos only, not from {source}"),
        ));
    }
    if arguments.geotag_source_path.is_some() {
        return Err(unusable(
            "--geotag_source_path",
            "this version reads positions from the photos only",
        ));
    }
    if let Some(kind) = arguments
        .filetypes
        .iter()
        .find(|kind| !matches!(kind.as_str(), "image" | "zip"))
    {
        return Err(unusable(
            "--filetypes",
            &format!("this version sends photos and zips, not {kind}"),
        ));
    }
    Ok(())
}

fn read_settings(
    context: &Context,
    arguments: &ProcessArguments,
) -> Result<ReadSettings, CoreError> {
    let zone = arguments
        .time_zone
        .clone()
        .or_else(|| context.variable("WAYPOST_TIME_ZONE"))
        .unwrap_or_default();
    Ok(ReadSettings {
        skip_subfolders: arguments.skip_subfolders,
        naive_time_zone: time_zone(&zone)?,
        reader_count: arguments
            .num_processes
            .map(|count| usize::try_from(count).unwrap_or(0).max(1)),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "an offset is a few hours or years, far below 2^63 ms"
)]
fn settings_of(
    context: &Context,
    arguments: &ProcessArguments,
) -> Result<SequenceSettings, CoreError> {
    let mut settings = sequence_settings(&|name| context.variable(name))?;
    let changes = [
        (&mut settings.cutoff_distance_m, arguments.cutoff_distance),
        (&mut settings.cutoff_time_s, arguments.cutoff_time),
        (
            &mut settings.duplicate_distance_m,
            arguments.duplicate_distance,
        ),
        (&mut settings.duplicate_angle_deg, arguments.duplicate_angle),
    ];
    for (setting, change) in changes {
        if let Some(value) = change {
            *setting = value;
        }
    }
    if arguments.skip_zigzag_check {
        settings.zigzag_check = false;
    }
    settings.interpolate_directions = arguments.interpolate_directions;
    settings.offset_angle_deg = arguments.offset_angle;
    settings.offset_time_ms = (arguments.offset_time * 1000.0).round() as i64;
    settings.device_make.clone_from(&arguments.device_make);
    settings.device_model.clone_from(&arguments.device_model);
    Ok(settings)
}

fn bar(context: &Context) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let target = if context.output.has_audience() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    bar.set_draw_target(target);
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {wide_bar} {pos} of {len} files, {eta} left")
    {
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
