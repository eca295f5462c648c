//! `take-out` and `export`: images and what is known of them, back home.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use waypost_core::takeout::fields::{Field, TOOLSET_FIELDS};
use waypost_core::takeout::{
    Asker, Choice, chosen, detections_of_images, estimate, free_bytes, images_of_sequences, metadata_of_images,
    take_out,
};
use waypost_wire::{TakeOutEstimate, TakeOutProgress};

use crate::arguments::{ExportCommand, TakeOutCommand};
use crate::context::Context;
use crate::exit;
use crate::failure::{Ending, Failure};
use crate::output::{bytes, counted, in_one_line};
use crate::stop::Stop;

/// Runs `take-out`.
pub async fn run(context: &Context, command: &TakeOutCommand, stop: &Stop) -> Ending {
    let which = &command.which;
    let source = chosen::source(&chosen::Words {
        creator: which.creator.as_deref(),
        since: which.since.as_deref(),
        until: which.until.as_deref(),
        organization: which.organization.as_deref(),
        bbox: which.bbox.as_deref(),
        sequences: &which.sequences,
    })?;
    let has = |kind: &str| command.data.iter().any(|asked| asked == kind);
    let choice = Choice::check(waypost_wire::TakeOutChoice {
        source,
        csv: has("csv"),
        fields: command.fields.clone(),
        geojson: has("geojson"),
        json: has("json"),
        detections: has("detections"),
        sizes: chosen::sizes(&command.sizes)?,
        layout: if command.by_day {
            waypost_wire::TakeOutLayout::ByDay
        } else {
            waypost_wire::TakeOutLayout::BySequence
        },
        exif: !command.no_exif,
    })?;
    let asker = asker(context, command.user_name.as_deref(), stop)?;
    if command.dry_run {
        let estimate = TakeOutEstimate {
            free_bytes: free_bytes(&command.folder),
            ..estimate(&asker, &choice, |_| {}).await?
        };
        context.output.result(&estimate, &estimate_words(&estimate));
        return Ok(exit::OK);
    }
    let output = context.output;
    let told = move |progress: TakeOutProgress| output.detail(&progress_words(&progress));
    let result = match take_out(&asker, &choice, &command.folder, told).await {
        Ok(result) => result,
        Err(ended) => {
            if let Some(progress) = &ended.progress {
                context.output.say(&progress_words(progress));
                context.output.say("the same command goes on where it stopped");
            }
            return Err(ended.error.into());
        }
    };
    context.output.say(&progress_words(&result.progress));
    for problem in &result.problems {
        context.output.say(&format!(
            "{} {}: {}",
            problem.sequence_key,
            problem.image_id,
            in_one_line(&problem.problem)
        ));
    }
    context.output.result_if_json(&result);
    Ok(if result.progress.problem_count == 0 {
        exit::OK
    } else {
        exit::OTHER
    })
}

/// Runs `export`.
pub async fn export(context: &Context, command: &ExportCommand, stop: &Stop) -> Ending {
    let fields = command
        .fields
        .iter()
        .map(|name| Field::named(name))
        .collect::<Result<Vec<_>, _>>()?;
    let asker = asker(context, command.user_name.as_deref(), stop)?;
    let counts = match command.stage.as_str() {
        "images" => images_of_sequences(&asker, &command.from, &command.to).await?,
        "detections" => detections_of_images(&asker, &command.from, &command.to).await?,
        _ => {
            let fields = if fields.is_empty() { TOOLSET_FIELDS } else { &fields };
            metadata_of_images(&asker, &command.from, &command.to, fields).await?
        }
    };
    context.output.result(
        &serde_json::json!({"rows": counts.rows, "missing": counts.missing, "file": command.to}),
        &format!(
            "wrote {} to {}; {} could not be had",
            counted(counts.rows, "row", "rows"),
            command.to.display(),
            counts.missing
        ),
    );
    Ok(exit::OK)
}

fn asker(context: &Context, user_name: Option<&str>, stop: &Stop) -> Result<Asker, Failure> {
    context.create_data_dir()?;
    let client = context.client(context.endpoints(false)?)?;
    let accounts = context.accounts(client.clone(), user_name)?;
    let cancel = CancellationToken::new();
    let (wish, canceller) = (stop.clone(), cancel.clone());
    tokio::spawn(async move {
        wish.wanted().await;
        canceller.cancel();
    });
    Ok(Asker::new(
        client,
        Arc::new(accounts),
        Arc::clone(&context.clock),
        cancel,
    ))
}

fn progress_words(progress: &TakeOutProgress) -> String {
    format!(
        "{} of {}, {}, {} ({} were there), {} downloaded, {}",
        progress.done_sequence_count,
        counted(progress.sequence_count, "sequence", "sequences"),
        counted(progress.image_count, "image", "images"),
        counted(progress.picture_count, "picture", "pictures"),
        progress.already_there_count,
        bytes(progress.downloaded_bytes),
        counted(progress.problem_count, "problem", "problems"),
    )
}

fn estimate_words(estimate: &TakeOutEstimate) -> String {
    let mut words = format!(
        "{}, {}, {}: about {}",
        counted(estimate.sequence_count, "sequence", "sequences"),
        counted(estimate.image_count, "image", "images"),
        counted(estimate.picture_count, "picture", "pictures"),
        bytes(estimate.size_bytes)
    );
    if let Some(free) = estimate.free_bytes {
        words = format!("{words}, {} free", bytes(free));
    }
    for time in &estimate.times {
        let duration = Duration::from_secs(time.duration_s);
        words = format!("{words}\n  at {} Mbit/s: {duration:?}", time.line_mbit_per_s);
    }
    words
}
