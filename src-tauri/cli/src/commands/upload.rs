//! `upload`: send what was described before, by Waypost or mapillary_tools, or zips made before.

use std::path::{Path, PathBuf};

use waypost_core::app::title;
use waypost_core::describe::{DescriptionPlace, read_description};
use waypost_core::error::CoreError;
use waypost_core::package::{Part as _, SourcePhoto, file_part};
use waypost_core::plan::Refusal;
use waypost_core::settings::PackageKind;
use waypost_core::upload::{NewUpload, UploadSource, ZipFile};

use super::process::place;
use crate::arguments::UploadCommand;
use crate::context::Context;
use crate::report::{RunReport, say_refusals};
use crate::sending::Sender;
use crate::stop::Stop;

/// Runs it.
pub async fn run(context: &Context, command: &UploadCommand, stop: &Stop) -> Result<u8, CoreError> {
    let sender = Sender::open(context, &command.upload).await?;
    let (uploads, refusals) = wanted(context, command, sender.package())?;
    let mut report = RunReport {
        ended_at_ms: context.clock.now_ms(),
        ..RunReport::default()
    };
    let code = sender
        .send_and_report(context, uploads, &mut report, stop)
        .await?;
    for line in report.lines() {
        context.output.say(&line);
    }
    say_refusals(context, &refusals);
    context.output.result_if_json(&report);
    report.keep(context);
    sender.close(context).await?;
    Ok(code)
}

/// The uploads below the given paths, and what cannot be sent.
fn wanted(
    context: &Context,
    command: &UploadCommand,
    package: PackageKind,
) -> Result<(Vec<NewUpload>, Vec<Refusal>), CoreError> {
    let mut zips = Vec::new();
    for path in &command.import_path {
        zips_below(path, &mut zips)?;
    }
    zips.sort();
    let mut uploads = Vec::new();
    for zip in zips {
        uploads.push(zip_upload(&zip)?);
    }
    let place = place(context, command.desc_path.as_deref(), &command.import_path);
    // A folder of zips needs no description; mapillary_tools asks for an empty one all the same.
    let missing = matches!(&place, DescriptionPlace::File(path) if !path.exists());
    if !uploads.is_empty() && missing && command.desc_path.is_none() {
        return Ok((uploads, Vec::new()));
    }
    let described = read_description(&place)?;
    let given: Vec<PathBuf> = command
        .import_path
        .iter()
        .filter_map(|path| path.canonicalize().ok())
        .collect();
    for (number, sequence) in described.sequences.into_iter().enumerate() {
        let photos: Vec<SourcePhoto> = sequence
            .photos
            .into_iter()
            .filter(|photo| given.iter().any(|folder| photo.path.starts_with(folder)))
            .collect();
        let Some(first) = photos.first() else {
            continue;
        };
        let folder = first
            .path
            .parent()
            .map(Path::to_path_buf)
            .unwrap_or_default();
        uploads.push(NewUpload {
            title: title(&folder, &sequence.id.unwrap_or_else(|| number.to_string())),
            user_id: None,
            organization_id: None,
            package,
            source: UploadSource::Photos(photos),
            left_out: Vec::new(),
            fresh_key: false,
            finish: true,
        });
    }
    Ok((uploads, described.refusals))
}

fn zips_below(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), CoreError> {
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => CoreError::PathNotFound {
            path: path.to_path_buf(),
        },
        _ => CoreError::Io {
            path: path.to_path_buf(),
            source,
        },
    };
    let path = path.canonicalize().map_err(failed)?;
    let is_zip = |path: &Path| {
        path.extension()
            .is_some_and(|suffix| suffix.eq_ignore_ascii_case("zip"))
    };
    if path.is_dir() {
        for entry in std::fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?.path();
            if entry.is_file() && is_zip(&entry) {
                found.push(entry);
            }
        }
    } else if is_zip(&path) {
        found.push(path);
    }
    Ok(())
}

fn zip_upload(path: &Path) -> Result<NewUpload, CoreError> {
    let part = file_part(path)?;
    let size_bytes = std::fs::metadata(path)
        .map_err(|source| CoreError::Io {
            path: path.to_path_buf(),
            source,
        })?
        .len();
    Ok(NewUpload {
        title: part.name(),
        user_id: None,
        organization_id: None,
        package: PackageKind::Zip,
        source: UploadSource::ZipFile(ZipFile {
            path: path.to_path_buf(),
            image_count: part.image_count(),
            size_bytes,
            first_captured_at_ms: 0,
            last_captured_at_ms: 0,
        }),
        left_out: Vec::new(),
        fresh_key: false,
        finish: true,
    })
}
