//! `library`: the table over everything that was sent or published, its notes, and whether files may be deleted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use waypost_core::edit::checked_notes;
use waypost_core::error::CoreError;
use waypost_core::journal::{ImportTotals, Journal};
use waypost_core::library::evidence::safe_to_delete_folder;
use waypost_core::library::import::{Import, ImportAccount};
use waypost_core::library::peer_records::take_over;
use waypost_core::library::words::{LibraryWish, query_of, reason_words, verdict_words};
use waypost_core::peer_history::PeerHistory;
use waypost_core::practice::follow_of;
use waypost_core::upload::TokenSource as _;
use waypost_wire::{LibraryPage, LibraryQuery, LibraryRow, SafeVerdict, SequenceNotes};

use super::open_engine;
use crate::arguments::LibraryCommand;
use crate::context::Context;
use crate::exit;
use crate::failure::{Ending, Failure};
use crate::output::counted;
use crate::stop::Stop;

/// Runs it.
pub async fn run(context: &Context, command: &LibraryCommand, stop: &Stop) -> Ending {
    context.create_data_dir()?;
    if let Some(folder) = &command.safe_to_delete {
        return safe_to_delete(context, folder);
    }
    if let Some(line_id) = command.note {
        return note(context, command, line_id).await;
    }
    let query = query_of(&LibraryWish {
        words: &command.words,
        states: &command.state,
        tags: &command.tag,
        account: command.account.as_deref(),
        organization_id: command.organization.as_deref(),
        since: command.since.as_deref(),
        before: command.before.as_deref(),
        sort: &command.sort,
        ascending: command.ascending,
        limit: command.limit,
        offset: command.offset,
    })?;
    if command.import || command.import_all {
        import(context, command.import_all, stop).await?;
    }
    if let Some(folder) = &command.import_history {
        take_over_history(context, folder.first().map(PathBuf::as_path)).await?;
    }
    let page = page(context, &query)?;
    for row in &page.rows {
        say(context, row);
    }
    context.output.say(&format!(
        "{} of {}, {}",
        page.line_count,
        counted(page.total_count, "sequence", "sequences"),
        counted(page.image_count, "image", "images")
    ));
    context.output.result_if_json(&page);
    Ok(exit::OK)
}

fn page(context: &Context, query: &LibraryQuery) -> Result<LibraryPage, CoreError> {
    match Journal::open_read_only(&context.data_dir)? {
        Some(journal) => journal.library_page(query),
        None => Ok(LibraryPage::default()),
    }
}

fn safe_to_delete(context: &Context, folder: &Path) -> Ending {
    let Some(journal) = Journal::open_read_only(&context.data_dir)? else {
        return Err(Failure::refused(
            "--safe-to-delete",
            "nothing was ever sent from this computer",
            "Send the photos first.",
        ));
    };
    let answer = safe_to_delete_folder(&journal, folder)?;
    context.output.say(verdict_words(answer.verdict));
    for reason in &answer.reasons {
        context.output.say(&format!("  {}", reason_words(reason)));
    }
    for file in &answer.files {
        context.output.say(&format!("    {} {}", file.why, file.path));
    }
    context
        .output
        .say("  What comes back from Mapillary is blurred: the originals are kept nowhere else.");
    context.output.result_if_json(&answer);
    Ok(if answer.verdict == SafeVerdict::Safe {
        exit::OK
    } else {
        exit::OTHER
    })
}

async fn note(context: &Context, command: &LibraryCommand, line_id: i64) -> Ending {
    let engine = open_engine(context, 0).await?;
    let row = write_notes(&engine.journal(), command, line_id);
    engine.shutdown().await?;
    let row = row?;
    say(context, &row);
    context.output.result_if_json(&row);
    Ok(exit::OK)
}

/// Notes that are not named stay as they are.
fn write_notes(journal: &Journal, command: &LibraryCommand, line_id: i64) -> Result<LibraryRow, CoreError> {
    let before = journal.library_row(line_id)?.notes;
    let tags = |text: &String| text.split(',').map(str::to_owned).collect();
    let notes = SequenceNotes {
        name: command.name.clone().unwrap_or(before.name),
        description: command.description.clone().unwrap_or(before.description),
        transport: command.transport.clone().unwrap_or(before.transport),
        tags: command.tags.as_ref().map_or(before.tags, tags),
    };
    journal.set_notes(line_id, &checked_notes(&notes)?)
}

async fn import(context: &Context, all: bool, stop: &Stop) -> Result<(), Failure> {
    let engine = open_engine(context, 0).await?;
    let endpoints = context.endpoints(false)?;
    let viewer = follow_of(&endpoints).viewer;
    let client = context.client(endpoints)?;
    let accounts = context.accounts(client.clone(), None)?;
    let read = async {
        let (tokens, clock) = (Arc::new(accounts), Arc::clone(&context.clock));
        let import = Import::of_current(client, tokens, clock, engine.journal(), viewer).await?;
        let told = |totals: ImportTotals| {
            context.output.detail(&format!(
                "{} of {} spans of time, {}",
                totals.spans_done,
                totals.spans_total,
                counted(totals.image_count, "image", "images")
            ));
        };
        tokio::select! {
            totals = import.run(all, &told) => totals,
            () = stop.wanted() => Err(CoreError::Stopped),
        }
    }
    .await;
    engine.shutdown().await?;
    let totals = read?;
    context.output.say(&format!(
        "{} read from the account, {} not known before",
        counted(totals.image_count, "image", "images"),
        counted(totals.new_count, "sequence", "sequences")
    ));
    Ok(())
}

/// Takes over what mapillary_tools has sent; it is followed from the next start on, by `status` for example.
async fn take_over_history(context: &Context, folder: Option<&Path>) -> Result<(), Failure> {
    let found = folder.map_or_else(
        || PeerHistory::of_mapillary_tools(&context.environment),
        |folder| Some(PeerHistory::at(folder.to_path_buf())),
    );
    let Some(history) = found else {
        return Err(Failure::refused(
            "--import-history",
            "there is no upload history of mapillary_tools",
            "Name its folder.",
        ));
    };
    let client = context.client(context.endpoints(false)?)?;
    let active = context.accounts(client, None)?.token(None).await?;
    let account = ImportAccount {
        user_id: active.user_id,
        username: active.username,
    };
    let engine = open_engine(context, 0).await?;
    let taken = take_over(&engine.journal(), &history, &account, context.clock.now_ms());
    engine.shutdown().await?;
    let taken = taken?;
    context.output.say(&format!(
        "{} of mapillary_tools: {} new in the library, {} known, {} of another account, {} never finished",
        counted(taken.counts.record_count, "record", "records"),
        taken.counts.new_count,
        taken.counts.known_count,
        taken.counts.other_account_count,
        taken.counts.unfinished_count
    ));
    Ok(())
}

fn say(context: &Context, row: &LibraryRow) {
    let name = if row.notes.name.is_empty() {
        &row.title
    } else {
        &row.notes.name
    };
    let captured = row
        .first_captured_at_ms
        .and_then(|at_ms| jiff::Timestamp::from_millisecond(at_ms).ok())
        .map_or_else(
            || "capture time unknown".into(),
            |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        );
    let place = if row.place.is_empty() {
        "place unknown"
    } else {
        &row.place
    };
    let state = serde_json::to_string(&row.state).unwrap_or_default();
    let images = match row.visible_count {
        Some(visible) if row.image_count > 0 => format!("{visible} of {} images visible", row.image_count),
        _ => counted(row.image_count, "image", "images"),
    };
    context.output.say(&format!(
        "{} · {name} · {place} · {captured} · {images} · {}{}",
        row.line_id,
        state.trim_matches('"'),
        if row.overdue { ", overdue" } else { "" }
    ));
    let notes = [
        row.notes.description.clone(),
        row.notes.transport.clone(),
        row.notes.tags.join(", "),
    ];
    for note in notes.iter().filter(|note| !note.is_empty()) {
        context.output.say(&format!("    {note}"));
    }
    for link in &row.links {
        context.output.say(&format!("    {}", link.url));
    }
}
