//! `status`: where every upload is. Beside a running Waypost it reads along without disturbing.

use std::sync::Arc;

use serde::Serialize;
use waypost_core::error::CoreError;
use waypost_core::submit::{Goal, has_arrived, is_over};
use waypost_core::upload::{Engine, EngineConfig, HttpTransport, Which, file_report_of, rows_of};
use waypost_wire::{FileReportRow, UploadRow};

use crate::arguments::StatusCommand;
use crate::context::Context;
use crate::exit;
use crate::sending::words;
use crate::stop::Stop;

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    row: UploadRow,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<FileReportRow>>,
}

/// Runs it.
pub async fn run(context: &Context, command: &StatusCommand, stop: &Stop) -> Result<u8, CoreError> {
    context.create_data_dir()?;
    let lines = if command.offline {
        offline(context, command)?
    } else {
        match online(context, command, stop).await {
            Err(CoreError::AlreadyRunning { .. }) => {
                context.output.say("another Waypost is running and asks Mapillary itself; this is what it wrote down last");
                offline(context, command)?
            }
            other => other?,
        }
    };
    for line in &lines {
        say(context, line);
    }
    if lines.is_empty() {
        context.output.say("no uploads yet");
    }
    let all_arrived = lines
        .iter()
        .all(|line| has_arrived(&line.row, Goal::Published));
    context.output.result_if_json(&lines);
    Ok(if command.wait && !all_arrived {
        exit::OTHER
    } else {
        exit::OK
    })
}

fn is_wanted(command: &StatusCommand, upload_id: i64) -> bool {
    command.upload_id.is_empty() || command.upload_id.contains(&upload_id)
}

fn offline(context: &Context, command: &StatusCommand) -> Result<Vec<Line>, CoreError> {
    let mut lines = Vec::new();
    for row in rows_of(&context.data_dir)?
        .into_iter()
        .filter(|row| is_wanted(command, row.upload_id))
    {
        let files = match command.files {
            true => Some(file_report_of(&context.data_dir, row.upload_id)?),
            false => None,
        };
        lines.push(Line { row, files });
    }
    Ok(lines)
}

async fn online(
    context: &Context,
    command: &StatusCommand,
    stop: &Stop,
) -> Result<Vec<Line>, CoreError> {
    let endpoints = context.endpoints(false)?;
    let follow = context.follow(&endpoints);
    let client = context.client(endpoints)?;
    let accounts = context.accounts(client.clone(), None)?;
    let config = EngineConfig {
        follow,
        ..EngineConfig::new(&context.data_dir)
    };
    let transport = Arc::new(HttpTransport::new(client.clone()));
    let engine = Engine::open(
        config,
        transport,
        Arc::new(accounts),
        Arc::clone(&context.clock),
        Some(client),
    )
    .await?;
    let rows = engine.rows().await?;
    let wanted: Vec<i64> = rows
        .iter()
        .map(|row| row.upload_id)
        .filter(|upload_id| is_wanted(command, *upload_id))
        .collect();
    let result = ask(&engine, command, context, &wanted, stop).await;
    let mut lines = Vec::new();
    for upload_id in wanted {
        let files = match command.files {
            true => Some(engine.file_report(upload_id).await?),
            false => None,
        };
        lines.push(Line {
            row: engine.row(upload_id).await?,
            files,
        });
    }
    engine.shutdown().await?;
    result.map(|()| lines)
}

/// Asks the service now, and with `--wait` until nothing moves any more.
async fn ask(
    engine: &Engine,
    command: &StatusCommand,
    context: &Context,
    wanted: &[i64],
    stop: &Stop,
) -> Result<(), CoreError> {
    let asked_at_ms = context.clock.now_ms();
    engine.ask_now(Which::These(wanted.to_vec())).await?;
    let wait = command.wait;
    // Without --wait one answer is enough; an upload that is not at Mapillary yet has none to wait for.
    let enough = move |row: &UploadRow| {
        let is_answered = row.asked_at_ms.is_some_and(|at_ms| at_ms >= asked_at_ms);
        let has_question = row.cluster_id.is_some() && !is_over(row, Goal::Published);
        if wait {
            is_over(row, Goal::Published)
        } else {
            is_answered || !has_question
        }
    };
    tokio::select! {
        rows = engine.wait_until(wanted, enough) => rows.map(|_| ()),
        () = stop.wanted() => Err(CoreError::Stopped),
        // The service may be silent; then what is known is said, with its age.
        () = context.clock.sleep_ms(if wait { u64::MAX / 2 } else { 15_000 }) => Ok(()),
    }
}

fn say(context: &Context, line: &Line) {
    let row = &line.row;
    let age = row.asked_at_ms.map_or_else(String::new, |at_ms| {
        let seconds = context.clock.now_ms().saturating_sub(at_ms).max(0) / 1000;
        format!(" (asked {seconds} s ago)")
    });
    let overdue = if row.overdue { ", overdue" } else { "" };
    context.output.say(&format!(
        "{} · {} · {} · {}{overdue}{age}",
        row.upload_id,
        row.title,
        crate::output::counted(row.image_count, "image", "images"),
        words(row)
    ));
    for stage in &row.stages {
        context
            .output
            .detail(&format!("    {}: {:?}", stage.name, stage.state));
    }
    for link in &row.links {
        context.output.say(&format!(
            "    {} ({})",
            link.url,
            crate::output::counted(link.image_count, "image", "images")
        ));
    }
    if let Some(problem) = &row.problem {
        context
            .output
            .say(&format!("    {} {}", problem.message, problem.action));
    }
    for file in line.files.iter().flatten() {
        let outcome = serde_json::to_string(&file.outcome).unwrap_or_default();
        let message = file.message.as_deref().unwrap_or_default();
        context.output.say(&format!(
            "    {} {} {message}",
            outcome.trim_matches('"'),
            file.path
        ));
    }
}
