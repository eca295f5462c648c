//! A whole take-out: which sequences, then one after the other their data and pictures, then the names of the files.
//!
//! Data and pictures go side by side: while the pictures of one sequence come in, the data of the next are asked for.
//! Between them is a line that holds one sequence, so that neither runs away from the other.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;
use waypost_wire::{TakeOutChoice, TakeOutProblem, TakeOutProgress, TakeOutResult, TakeOutSource, TakeOutStage};

use super::ask::Asker;
use super::attribution::{ATTRIBUTION_FILE, data_attribution};
use super::choice::Choice;
use super::csv;
use super::data_file::{DataFile, Frame};
use super::dataset::Dataset;
use super::estimate::{count_all, of_counts};
use super::ledger::{Ledger, read};
use super::outputs::{Outputs, SEQUENCES, close, names};
use super::pictures::{Gallery, Wanted, take_pictures};
use super::report::Report;
use super::sequence::{Sequence, fields_for, read_sequence};
use super::space::{check_space, free_bytes};
use crate::error::CoreError;

/// How often it is told at least, milliseconds.
const TELL_ON_EVERY_MS: u64 = 500;

/// A take-out that did not come to its end.
#[derive(Debug)]
pub struct Interrupted {
    /// Why.
    pub error: CoreError,
    /// How far it was; nothing when there is nothing to continue.
    pub progress: Option<TakeOutProgress>,
}

/// Takes out into `folder`, or goes on there. `told` hears how far it is, at most five times a second.
///
/// # Errors
/// [`Interrupted`] with [`CoreError::TakeOutFolder`], [`CoreError::NotEnoughSpace`], [`CoreError::NothingToTakeOut`],
/// [`CoreError::Io`], [`CoreError::Stopped`], and what the sign-in and the service say. Called again, it goes on.
pub async fn take_out(
    asker: &Asker,
    choice: &Choice,
    folder: &Path,
    told: impl Fn(TakeOutProgress) + Send + Sync + 'static,
) -> Result<TakeOutResult, Interrupted> {
    let nothing_yet = |error| Interrupted { error, progress: None };
    let own_name = asker.username().await.map_err(nothing_yet)?;
    let opened = {
        let (folder, choice, own_name) = (folder.to_path_buf(), choice.clone(), own_name.clone());
        blocking(&TaskTracker::new(), move || {
            let mut all = names(&choice);
            all.push(SEQUENCES);
            Ledger::open(&folder, &choice.asked, &own_name, &all)
        })
        .await
        .map_err(nothing_yet)?
    };
    let report = Report::new(opened, Arc::clone(asker.clock()), Box::new(told));
    let ended = tokio::select! {
        ended = go(asker, choice, own_name, &report) => ended,
        () = tell_on(&report) => Err(CoreError::Stopped),
    };
    report.work().close();
    report.work().wait().await;
    match ended {
        Ok(()) => Ok(result(choice, &report)),
        Err(error) => Err(Interrupted {
            error,
            progress: Some(report.progress()),
        }),
    }
}

/// A take-out that lies in a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What was chosen.
    pub choice: TakeOutChoice,
    /// How far it is.
    pub progress: TakeOutProgress,
    /// Whether it came to its end.
    pub is_done: bool,
}

/// The take-out in a folder; nothing when there is none.
///
/// # Errors
/// [`CoreError::TakeOutFolder`] when its state cannot be read; [`CoreError::Io`].
pub fn take_out_in(folder: &Path) -> Result<Option<Found>, CoreError> {
    Ok(read(folder)?.map(|state| Found {
        choice: state.choice,
        progress: state.progress,
        is_done: state.is_done,
    }))
}

/// Tells what was kept back because it came too soon after the last telling, also while nothing moves. Never ends.
async fn tell_on(report: &Report) {
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(TELL_ON_EVERY_MS));
    loop {
        ticks.tick().await;
        report.tell(false);
    }
}

async fn go(asker: &Asker, choice: &Choice, own_name: String, report: &Report) -> Result<(), CoreError> {
    report.tell(true);
    if report.ledger().state.sequence_count.is_none() {
        list(asker, choice, report).await?;
    } else {
        let (folder, left) = {
            let ledger = report.ledger();
            let left = ledger.state.size_bytes.saturating_sub(ledger.state.kept_bytes);
            (ledger.folder().to_path_buf(), left)
        };
        // What is left is an estimate: a continued take-out is not stopped by it while it may well fit.
        check_space(&folder, left / 2, free_bytes(&folder))?;
    }
    report.stage(TakeOutStage::Taking);
    let is_closing = report.ledger().state.is_closing;
    if !is_closing {
        take(asker, choice, own_name, report).await?;
    }
    report.stage(TakeOutStage::Closing);
    let (own, choice) = (report.clone(), choice.clone());
    blocking(report.work(), move || finish(&choice, &own)).await
}

/// Finds the sequences, checks that everything will fit, and writes them down.
async fn list(asker: &Asker, choice: &Choice, report: &Report) -> Result<(), CoreError> {
    let counted = count_all(asker, choice, &|image_count| {
        report.ledger().state.progress.image_count = image_count;
        report.tell(false);
    })
    .await?;
    if counted.sequences.is_empty() {
        return Err(CoreError::NothingToTakeOut);
    }
    let organization = match &choice.asked.source {
        TakeOutSource::Organization { organization_id, .. } => organization_id.trim().to_owned(),
        _ => String::new(),
    };
    let size_bytes = of_counts(choice, &counted).size_bytes;
    let own = report.clone();
    blocking(report.work(), move || {
        let mut ledger = own.ledger();
        let folder = ledger.folder().to_path_buf();
        check_space(&folder, size_bytes, free_bytes(&folder))?;
        let mut sequences: Vec<(i64, String)> = counted.sequences.into_iter().map(|(key, at)| (at, key)).collect();
        // Oldest first, so that a continued and a repeated take-out come in the same order.
        sequences.sort_unstable();
        ledger.state.made.push(SEQUENCES.into());
        ledger.save()?;
        let frame = Frame::Csv(csv::line(["org_id", "seq_id"]));
        let mut file = DataFile::open(&folder, SEQUENCES, frame, 0)?;
        let rows: Vec<String> = sequences
            .iter()
            .map(|(_, key)| csv::line([organization.as_str(), key.as_str()]))
            .collect();
        file.rows(&rows)?;
        file.close()?;
        ledger.state.sequence_count = Some(sequences.len() as u64);
        ledger.state.progress.sequence_count = sequences.len() as u64;
        ledger.state.progress.image_count = 0;
        ledger.state.size_bytes = size_bytes;
        ledger.state.others = counted.others;
        ledger.save()
    })
    .await
}

/// Data and pictures, side by side.
async fn take(asker: &Asker, choice: &Choice, own_name: String, report: &Report) -> Result<(), CoreError> {
    let (folder, from) = {
        let ledger = report.ledger();
        (ledger.folder().to_path_buf(), ledger.state.pictures_done)
    };
    let (outputs, keys) = {
        let (folder, choice, own) = (folder.clone(), choice.clone(), report.clone());
        blocking(report.work(), move || {
            let outputs = Outputs::open(&folder, &choice, &own.ledger().state)?;
            let keys = Dataset::open(&folder.join(SEQUENCES), &["seq_id"])?
                .map(|row| Ok(row?.concat()))
                .collect::<Result<Vec<String>, CoreError>>()?;
            Ok((outputs, keys))
        })
        .await?
    };
    let gallery = Gallery {
        root: folder,
        sizes: choice.sizes.clone(),
        layout: choice.asked.layout,
        exif: choice.asked.exif,
        own_name,
    };
    let (sender, receiver) = mpsc::channel(1);
    tokio::try_join!(
        read_all(asker, choice, keys, from, outputs, sender, report),
        take_pictures(asker, gallery, receiver, report),
    )?;
    Ok(())
}

/// Reads sequence after sequence, writes its data, and hands it to those who want its pictures.
async fn read_all(
    asker: &Asker,
    choice: &Choice,
    keys: Vec<String>,
    from: u64,
    mut outputs: Outputs,
    pictures: mpsc::Sender<Wanted>,
    report: &Report,
) -> Result<(), CoreError> {
    let fields = fields_for(choice);
    for (place, key) in (0_u64..).zip(keys).skip(usize::try_from(from).unwrap_or(usize::MAX)) {
        let (own, written) = (report.clone(), report.ledger().state.data_done > place);
        let wants_detections = choice.asked.detections && !written;
        let sequence = read_sequence(asker, &key, &fields, wants_detections).await?;
        let (sequence, back) = blocking(report.work(), move || {
            if !written {
                write(&mut outputs, &sequence, &own)?;
            }
            Ok((sequence, outputs))
        })
        .await?;
        outputs = back;
        // The other side ends early only with an error of its own, which is the one to be told.
        if pictures.send(Wanted { place, sequence }).await.is_err() {
            return Err(CoreError::Stopped);
        }
    }
    Ok(())
}

fn write(outputs: &mut Outputs, sequence: &Sequence, report: &Report) -> Result<(), CoreError> {
    let lengths = outputs.append(sequence)?;
    {
        let mut ledger = report.ledger();
        let state = &mut ledger.state;
        state.lengths.extend(lengths);
        state.data_done += 1;
        state.progress.image_count += sequence.images.len() as u64;
        if sequence.ids.is_empty() {
            state.note(TakeOutProblem {
                sequence_key: sequence.key.clone(),
                image_id: String::new(),
                problem: CoreError::NothingToTakeOut.problem(),
            });
        }
        for image_id in &sequence.missing {
            let error = CoreError::ImageNotAvailable {
                image_id: image_id.clone(),
            };
            state.note(TakeOutProblem {
                sequence_key: sequence.key.clone(),
                image_id: image_id.clone(),
                problem: error.problem(),
            });
        }
        ledger.save()?;
    }
    report.tell(false);
    Ok(())
}

/// Gives the files their names. A kill in the middle is taken up where it was.
fn finish(choice: &Choice, report: &Report) -> Result<(), CoreError> {
    let mut ledger = report.ledger();
    let folder = ledger.folder().to_path_buf();
    if !ledger.state.is_closing {
        ledger.state.is_closing = true;
        for name in names(choice) {
            if !ledger.state.made.iter().any(|made| made == name) {
                ledger.state.made.push(name.into());
            }
        }
        ledger.save()?;
    }
    close(&folder, choice, &ledger.state)?;
    credit(&folder, &mut ledger)?;
    ledger.state.is_done = true;
    ledger.save()
}

/// Keeps the creators' names beside data about their images.
fn credit(folder: &Path, ledger: &mut Ledger) -> Result<(), CoreError> {
    let path = folder.join(ATTRIBUTION_FILE);
    let is_ours = ledger.state.made.iter().any(|made| made == ATTRIBUTION_FILE);
    if ledger.state.others.is_empty() || (path.exists() && !is_ours) {
        return Ok(());
    }
    if !is_ours {
        ledger.state.made.push(ATTRIBUTION_FILE.into());
        ledger.save()?;
    }
    std::fs::write(&path, data_attribution(&ledger.state.others)).map_err(|source| CoreError::Io { path, source })
}

fn result(choice: &Choice, report: &Report) -> TakeOutResult {
    let progress = report.progress();
    let ledger = report.ledger();
    let mut files = vec![SEQUENCES.to_owned()];
    files.extend(names(choice).into_iter().map(str::to_owned));
    if PathBuf::from(&progress.folder).join(ATTRIBUTION_FILE).exists() {
        files.push(ATTRIBUTION_FILE.into());
    }
    TakeOutResult {
        progress,
        files,
        problems: ledger.state.problems.clone(),
    }
}

/// Does what waits for the disk on a thread that may; `work` knows of it until it is over.
async fn blocking<T: Send + 'static>(
    work: &TaskTracker,
    act: impl FnOnce() -> Result<T, CoreError> + Send + 'static,
) -> Result<T, CoreError> {
    work.spawn_blocking(act).await.unwrap_or(Err(CoreError::Stopped))
}
