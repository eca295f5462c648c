//! Zips that were made before, by Waypost or mapillary_tools, below the given paths.

use std::path::{Path, PathBuf};

use waypost_core::error::CoreError;
use waypost_core::package::{Part as _, file_part};
use waypost_core::settings::PackageKind;
use waypost_core::upload::{NewUpload, UploadSource, ZipFile};
use waypost_wire::SequenceNotes;

use crate::exit;
use crate::failure::for_terminal;
use crate::report::RunReport;

/// The zips that can be sent.
pub struct Zips {
    /// An upload for each, by path.
    pub uploads: Vec<NewUpload>,
    /// Not [`exit::OK`] when one cannot be sent; it is in the report.
    pub exit_code: u8,
}

/// Finds them. Hidden files and folders are passed over, each zip counts once.
pub fn zip_uploads(paths: &[PathBuf], recurse: bool, report: &mut RunReport) -> Result<Zips, CoreError> {
    let mut found = Vec::new();
    for path in paths {
        let failed = |source| cannot_look(path, source);
        let path = path.canonicalize().map_err(failed)?;
        if path.is_dir() {
            below(&path, recurse, &mut found)?;
        } else if is_zip(&path) {
            found.push(path);
        }
    }
    found.sort();
    found.dedup();
    let mut zips = Zips {
        uploads: Vec::new(),
        exit_code: exit::OK,
    };
    for path in found {
        match upload_of(&path) {
            Ok(upload) => zips.uploads.push(upload),
            Err(error) => {
                let problem = for_terminal(error.problem());
                report.add_unusable(&path, &problem);
                zips.exit_code = exit::of_code(&problem.code).max(exit::OTHER);
            }
        }
    }
    Ok(zips)
}

fn cannot_look(path: &Path, source: std::io::Error) -> CoreError {
    let path = path.to_path_buf();
    match source.kind() {
        std::io::ErrorKind::NotFound => CoreError::PathNotFound { path },
        _ => CoreError::Io { path, source },
    }
}

fn below(folder: &Path, recurse: bool, found: &mut Vec<PathBuf>) -> Result<(), CoreError> {
    let failed = |source| cannot_look(folder, source);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        // Folders behind links are not entered: that could go round in circles.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            if recurse {
                below(&path, recurse, found)?;
            }
        } else if is_zip(&path) && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn is_zip(path: &Path) -> bool {
    path.extension()
        .is_some_and(|suffix| suffix.eq_ignore_ascii_case("zip"))
}

fn upload_of(path: &Path) -> Result<NewUpload, CoreError> {
    let part = file_part(path)?;
    let size_bytes = std::fs::metadata(path)
        .map_err(|source| cannot_look(path, source))?
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
        notes: SequenceNotes::default(),
        fresh_key: false,
        finish: true,
    })
}
