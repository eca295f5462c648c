//! `settle`: what a person decides about an upload that asks for it.

use waypost_core::submit::{Goal, has_arrived, is_over};
use waypost_core::upload::Engine;
use waypost_wire::{UploadRow, UploadState};

use super::open_engine;
use crate::arguments::SettleCommand;
use crate::board::Board;
use crate::context::Context;
use crate::exit;
use crate::failure::{Ending, Failure, for_terminal};
use crate::stop::Stop;
use crate::words::words;

/// Runs it.
pub async fn run(context: &Context, command: &SettleCommand, stop: &Stop) -> Ending {
    context.create_data_dir()?;
    let engine = open_engine(context, 1).await?;
    let settled = settle(context, command, &engine, stop).await;
    engine.shutdown().await?;
    let row = settled?;
    context
        .output
        .say(&format!("{} · {}: {}", row.upload_id, row.title, words(&row)));
    context.output.result_if_json(&row);
    let decision = &command.decision;
    if decision.give_up || has_arrived(&row, Goal::Taken) {
        return Ok(exit::OK);
    }
    Ok(row.problem.map_or(exit::OTHER, |problem| {
        context.output.say_problem(&for_terminal(problem.clone()));
        exit::of_code(&problem.code).max(exit::OTHER)
    }))
}

async fn settle(
    context: &Context,
    command: &SettleCommand,
    engine: &Engine,
    stop: &Stop,
) -> Result<UploadRow, Failure> {
    let (id, decision) = (command.upload_id, &command.decision);
    if decision.finish_again {
        // It is looked for first: finishing what was taken would make a second one.
        let has_looked = |row: &UploadRow| row.state != UploadState::FinishUnknown || is_over(row, Goal::Taken);
        let only = [id];
        tokio::select! {
            rows = engine.wait_until(&only, has_looked) => {
                if let Some(row) = rows?.pop().filter(|row| has_arrived(row, Goal::Taken)) {
                    return Ok(row);
                }
            }
            () = stop.wanted() => return Ok(engine.row(id).await?),
        }
    }
    if decision.taken {
        engine.mark_taken(id).await?;
    } else if decision.finish_again {
        engine.retry_finish(id).await?;
    } else if decision.give_up {
        engine.cancel(id).await?;
    } else {
        engine.retry(id).await?;
    }
    let board = Board::new(context);
    let mut events = engine.events();
    let shown = async {
        while let Ok(event) = events.recv().await {
            board.show(&event, &[id]);
        }
        std::future::pending::<()>().await;
    };
    let only = [id];
    tokio::select! {
        () = shown => Ok(engine.row(id).await?),
        rows = engine.wait_until(&only, |row| is_over(row, Goal::Taken)) => {
            match rows?.pop() {
                Some(row) => Ok(row),
                None => Ok(engine.row(id).await?),
            }
        }
        () = stop.wanted() => Ok(engine.row(id).await?),
    }
}
