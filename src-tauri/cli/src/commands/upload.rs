//! `upload`: send what was described before, by Waypost or mapillary_tools, or zips made before.

use std::path::{Path, PathBuf};

use waypost_core::app::{Destination, title, video_upload};
use waypost_core::describe::{DescriptionPlace, read_description};
use waypost_core::error::CoreError;
use waypost_core::package::SourcePhoto;
use waypost_core::settings::PackageKind;
use waypost_core::upload::{NewUpload, UploadSource};
use waypost_wire::SequenceNotes;

use super::process::{judge, place};
use crate::arguments::UploadCommand;
use crate::context::Context;
use crate::exit;
use crate::failure::{Ending, Failure};
use crate::report::RunReport;
use crate::sending::Sender;
use crate::stop::Stop;
use crate::zips::zip_uploads;

/// Runs it.
pub async fn run(context: &Context, command: &UploadCommand, stop: &Stop) -> Ending {
    let mut report = RunReport::default();
    let zips = zip_uploads(&command.import_path, true, &mut report)?;
    let described = description(context, command, !zips.uploads.is_empty())?;
    let sender = Sender::prepare(context, &command.upload).await?;
    let mut uploads = Vec::new();
    if let Some(place) = described {
        uploads = described_uploads(command, &place, sender.package(), &mut report)?;
    }
    uploads.extend(zips.uploads);
    if uploads.is_empty() {
        context
            .output
            .say("nothing to send: no described photo or video and no zip is below the given paths");
    }
    // What cannot be sent does not hold up the rest; it is the exit code's business at the end.
    let refused = judge(&mut report, false);
    let problem = report.problem.take();
    let import_path = match command.import_path.as_slice() {
        [only] => Some(only.as_path()),
        _ => None,
    };
    let code = sender
        .send_and_report(context, uploads, import_path, &mut report, stop)
        .await?;
    if report.problem.is_none() {
        report.problem = problem.map(|problem| waypost_wire::Problem {
            action: "The rest was sent; describe these anew with `waypost process`.".into(),
            ..problem
        });
    }
    report.tell(context);
    Ok(if code == exit::OK { refused } else { code })
}

/// Where the description is; `None` where zips need none.
fn description(
    context: &Context,
    command: &UploadCommand,
    has_zips: bool,
) -> Result<Option<DescriptionPlace>, Failure> {
    let place = place(context, command.desc_path.as_deref(), &command.import_path);
    match &place {
        // A folder of zips needs no description; mapillary_tools asks for an empty one all the same.
        DescriptionPlace::File(path) if !path.exists() && has_zips && command.desc_path.is_none() => Ok(None),
        DescriptionPlace::File(path) if !path.exists() => Err(Failure::with_action(
            &CoreError::PathNotFound { path: path.clone() },
            "Describe the photos first with `waypost process`, or do both with `waypost process_and_upload`.".into(),
        )),
        DescriptionPlace::StandardStream if command.desc_path.is_none() && has_zips => Ok(None),
        DescriptionPlace::StandardStream if command.desc_path.is_none() => Err(Failure::refused(
            "--desc_path",
            "it is needed where several paths or a single file are given",
            "Say where the description is; `-` is standard input.",
        )),
        _ => Ok(Some(place)),
    }
}

/// The uploads that a description asks for, of photos and videos below the given paths.
fn described_uploads(
    command: &UploadCommand,
    place: &DescriptionPlace,
    package: PackageKind,
    report: &mut RunReport,
) -> Result<Vec<NewUpload>, CoreError> {
    let described = read_description(place)?;
    let given: Vec<PathBuf> = command
        .import_path
        .iter()
        .filter_map(|path| path.canonicalize().ok())
        .collect();
    let is_given = |path: &Path| given.iter().any(|folder| path.starts_with(folder));
    let mut uploads = Vec::new();
    for (number, sequence) in described.sequences.into_iter().enumerate() {
        let photos: Vec<SourcePhoto> = sequence
            .photos
            .into_iter()
            .filter(|photo| is_given(&photo.path))
            .collect();
        let Some(first) = photos.first() else {
            continue;
        };
        let folder = first.path.parent().map(Path::to_path_buf).unwrap_or_default();
        uploads.push(NewUpload {
            title: title(&folder, &sequence.id.unwrap_or_else(|| number.to_string())),
            user_id: None,
            organization_id: None,
            package,
            source: UploadSource::Photos(photos),
            left_out: Vec::new(),
            notes: SequenceNotes::default(),
            fresh_key: false,
            finish: true,
        });
    }
    let videos = described.videos.into_iter().filter(|video| is_given(&video.path));
    uploads.extend(videos.map(|video| video_upload(video, &Destination::default())));
    report.add_refusals(
        described
            .refusals
            .into_iter()
            .filter(|refusal| is_given(&refusal.path) || !refusal.path.exists())
            .collect(),
    );
    Ok(uploads)
}
