//! `status`: where every upload is. It asks Mapillary and sends nothing; beside a running Waypost it reads along.

use std::collections::BTreeSet;

use serde::Serialize;
use waypost_core::error::CoreError;
use waypost_core::submit::{Goal, has_arrived, is_over};
use waypost_core::upload::{Engine, TokenSource as _, Which, file_report_of, link_report_of, rows_of};
use waypost_wire::{FileReportRow, LinkReport, LinkWarning, StageState, UploadRow, UploadState};

use super::open_engine;
use crate::arguments::StatusCommand;
use crate::context::Context;
use crate::exit;
use crate::failure::{Ending, Failure};
use crate::output::{counted, in_one_line};
use crate::stop::Stop;
use crate::words::{ago, ask_words, contents, fate_words, words};

/// How long one answer is waited for, milliseconds. The service may be silent; then what is known is said, with its age.
const ANSWER_WAIT_MS: u64 = 15_000;

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    row: UploadRow,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<FileReportRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<LinkReport>,
}

/// Runs it.
pub async fn run(context: &Context, command: &StatusCommand, stop: &Stop) -> Ending {
    context.create_data_dir()?;
    let known = rows_of(&context.data_dir, context.clock.now_ms())?;
    if let Some(unknown) = command
        .upload_id
        .iter()
        .find(|wanted| !known.iter().any(|row| row.upload_id == **wanted))
    {
        return Err(CoreError::NoSuchUpload { upload_id: *unknown }.into());
    }
    let wanted: Vec<i64> = known
        .iter()
        .map(|row| row.upload_id)
        .filter(|id| command.upload_id.is_empty() || command.upload_id.contains(id))
        .collect();
    let has_questions = known
        .iter()
        .any(|row| wanted.contains(&row.upload_id) && has_question(row));
    if has_questions && !command.offline {
        match online(context, command, &wanted, stop).await {
            Ok(()) => {}
            Err(Failure(problem)) if problem.code == "stopped" => return Err(Failure(problem)),
            Err(Failure(problem)) if problem.code == "already_running" => context
                .output
                .say("another Waypost is running and asks Mapillary itself; this is what it last wrote down"),
            Err(Failure(problem)) => context
                .output
                .say(&format!("Mapillary could not be asked: {}", in_one_line(&problem))),
        }
    }
    let mut lines = Vec::new();
    for row in rows_of(&context.data_dir, context.clock.now_ms())? {
        if !wanted.contains(&row.upload_id) {
            continue;
        }
        let files = if command.files {
            Some(file_report_of(&context.data_dir, row.upload_id)?)
        } else {
            None
        };
        let report = if command.report {
            link_report_of(&context.data_dir, row.upload_id)?
        } else {
            None
        };
        lines.push(Line { row, files, report });
    }
    for line in &lines {
        say(context, line);
    }
    if lines.is_empty() {
        context.output.say("no uploads yet");
    }
    let all_arrived = lines.iter().all(|line| has_arrived(&line.row, Goal::Published));
    context.output.result_if_json(&lines);
    Ok(if command.wait && !all_arrived {
        exit::OTHER
    } else {
        exit::OK
    })
}

/// Whether Mapillary has something to say about it: it was taken and its end is not known.
fn has_question(row: &UploadRow) -> bool {
    row.cluster_id.is_some() && !is_over(row, Goal::Published)
}

async fn online(context: &Context, command: &StatusCommand, wanted: &[i64], stop: &Stop) -> Result<(), Failure> {
    let engine = open_engine(context, 0).await?;
    let asked = match check_sign_ins(context, &engine, wanted).await {
        Ok(()) => ask(context, &engine, command.wait, wanted, stop).await,
        Err(error) => Err(error),
    };
    engine.shutdown().await?;
    asked
}

/// Fails where no account that is needed can ask: waiting for an answer would be in vain.
async fn check_sign_ins(context: &Context, engine: &Engine, wanted: &[i64]) -> Result<(), Failure> {
    let endpoints = context.endpoints(false)?;
    let accounts = context.accounts(context.client(endpoints)?, None)?;
    let owners: BTreeSet<String> = engine
        .rows()
        .await?
        .into_iter()
        .filter(|row| wanted.contains(&row.upload_id) && has_question(row))
        .filter_map(|row| row.user_id)
        .collect();
    let mut failure = None;
    for owner in &owners {
        match accounts.token(Some(owner)).await {
            Ok(_) => return Ok(()),
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(()), |error| Err(error.into()))
}

/// Asks the service now, and with `--wait` until nothing moves any more.
async fn ask(context: &Context, engine: &Engine, wait: bool, wanted: &[i64], stop: &Stop) -> Result<(), Failure> {
    let asked_at_ms = context.clock.now_ms();
    engine.ask_now(Which::These(wanted.to_vec())).await?;
    // Without --wait one answer is enough; an upload that is not at Mapillary yet has none to wait for.
    let enough = move |row: &UploadRow| {
        let is_answered = row.asked_at_ms.is_some_and(|at_ms| at_ms >= asked_at_ms);
        !has_question(row) || (!wait && is_answered)
    };
    let limit_ms = if wait { u64::MAX / 2 } else { ANSWER_WAIT_MS };
    tokio::select! {
        rows = engine.wait_until(wanted, enough) => Ok(rows.map(|_| ())?),
        () = stop.wanted() => Err(CoreError::Stopped.into()),
        () = context.clock.sleep_ms(limit_ms) => {
            context.output.say("Mapillary gave no answer yet");
            Ok(())
        }
    }
}

fn say(context: &Context, line: &Line) {
    let row = &line.row;
    let now_ms = context.clock.now_ms();
    let since = |at_ms: i64| ago(now_ms.saturating_sub(at_ms));
    let age = match &row.fate {
        Some(fate) => match fate.known_at_ms {
            Some(at_ms) => format!(" (since {}, Mapillary said so {})", since(fate.since_ms), since(at_ms)),
            None => format!(" (since {}, Mapillary has not answered yet)", since(fate.since_ms)),
        },
        None => format!(" (since {})", since(row.since_ms)),
    };
    let said = row
        .fate
        .as_ref()
        .map_or_else(|| status_words(row), |fate| fate_words(fate, now_ms));
    context.output.say(&format!(
        "{} · {} · {} · {said}{age}",
        row.upload_id,
        row.title,
        contents(row),
    ));
    if let Some(words) = row.fate.as_ref().and_then(|fate| ask_words(fate, now_ms)) {
        context.output.say(&format!("    {words}"));
    }
    for stage in &row.stages {
        let state = match &stage.state {
            StageState::Unknown => "unknown",
            StageState::InProgress => "in progress",
            StageState::Finished => "finished",
            StageState::Failed => "failed",
            StageState::Other(word) => word,
        };
        context.output.detail(&format!("    {}: {state}", stage.name));
    }
    for link in &row.links {
        let images = counted(link.image_count, "image", "images");
        context.output.say(&format!("    {} ({images})", link.url));
    }
    if let Some(problem) = &row.problem {
        context.output.say(&format!("    {}", in_one_line(problem)));
    }
    if let Some(report) = &line.report {
        say_report(context, report);
    }
    for file in line.files.iter().flatten() {
        let outcome = serde_json::to_string(&file.outcome).unwrap_or_default();
        let message = file.message.as_deref().unwrap_or_default();
        let words = format!("    {} {} {message}", outcome.trim_matches('"'), file.path);
        context.output.say(words.trim_end());
    }
}

/// What was sent beside what Mapillary shows of it.
fn say_report(context: &Context, report: &LinkReport) {
    let say = |words: &str| context.output.say(&format!("    {words}"));
    let missing = report.missing.len() as u64;
    let extra = counted(report.extra.len() as u64, "image", "images");
    say(&format!(
        "{} matched, {} missing, {extra} beside them",
        report.matched, missing
    ));
    for sequence in &report.sequences {
        let others: Vec<String> = sequence.shared_with.iter().map(ToString::to_string).collect();
        let shared = if others.is_empty() {
            String::new()
        } else {
            format!(", together with upload {}", others.join(", "))
        };
        say(&format!(
            "sequence {}: {}{shared}",
            sequence.sequence_key,
            counted(sequence.matched, "image", "images")
        ));
    }
    for file in &report.missing {
        say(&format!("missing: {}", file.path));
    }
    for image in &report.extra {
        let camera = image.camera.as_deref().unwrap_or("camera not known");
        say(&format!("extra: image {} ({camera})", image.image_id));
    }
    for warning in &report.warnings {
        say(match warning {
            LinkWarning::OtherCamera => "another camera of this account took images at the same time and place",
            LinkWarning::OtherSource => {
                "the same time and place hold images of this account that were not sent with this upload"
            }
            LinkWarning::Duplicates => "Mapillary shows more than one image of the same moment: sent twice",
        });
    }
}

/// Nothing is under way while only `status` runs.
fn status_words(row: &UploadRow) -> String {
    match row.state {
        UploadState::Queued | UploadState::Preparing | UploadState::Sending | UploadState::Waiting => {
            format!(
                "not finished, {} of {} sent; the same upload command goes on",
                crate::output::bytes(row.sent_bytes),
                crate::output::bytes(row.total_bytes)
            )
        }
        UploadState::NeedsSignIn => "needs a sign-in".into(),
        UploadState::FinishUnknown => "nobody knows yet whether it was taken".into(),
        UploadState::SourceChanged => "not sent, its files have changed".into(),
        UploadState::Failed => "failed".into(),
        UploadState::Lost => "lost".into(),
        _ => words(row),
    }
}
