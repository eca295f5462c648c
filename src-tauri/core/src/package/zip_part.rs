//! A whole sequence as one zip.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::zip_layout::{PHOTOS_IN_MEMORY, ZIP_NAME, ZipLayout, make_zip};
use super::zip_reader::ZipReader;
use super::{Measured, Part};
use crate::error::CoreError;
use crate::observe::{MeasureObserver, Unobserved};
use crate::source_photo::SourcePhoto;

/// The zip of a sequence, made anew from the files whenever it is read.
pub struct ZipPart {
    photos: Arc<[SourcePhoto]>,
    layout: OnceLock<Arc<ZipLayout>>,
}

/// The zip of these photos, in this order.
pub fn zip_part(photos: Arc<[SourcePhoto]>) -> ZipPart {
    ZipPart {
        photos,
        layout: OnceLock::new(),
    }
}

impl ZipPart {
    /// Where everything is in the zip. Finding out costs a pass over all photos, once.
    fn layout(&self) -> Result<Arc<ZipLayout>, CoreError> {
        if let Some(layout) = self.layout.get() {
            return Ok(Arc::clone(layout));
        }
        let (layout, _) = make_zip(&self.photos, &Unobserved, &mut |_| Ok(()))?;
        Ok(Arc::clone(self.layout.get_or_init(|| Arc::new(layout))))
    }
}

impl Part for ZipPart {
    fn suffix(&self) -> &'static str {
        "zip"
    }

    fn name(&self) -> String {
        format!("zip of {} photos", self.photos.len())
    }

    fn measure(&self, observer: &dyn MeasureObserver) -> Result<Measured, CoreError> {
        let (layout, measured) = make_zip(&self.photos, observer, &mut |_| Ok(()))?;
        let known = self.layout.get_or_init(|| Arc::new(layout.clone()));
        match known
            .entries
            .iter()
            .zip(&layout.entries)
            .position(|(known, now)| known != now)
        {
            // Measured before, and something else now, though size and time are the same.
            Some(number) => Err(CoreError::SourceChanged {
                path: self
                    .photos
                    .get(number)
                    .map(|photo| photo.path.clone())
                    .unwrap_or_default(),
            }),
            None => Ok(measured),
        }
    }

    fn measuring_bytes(&self) -> u64 {
        let largest_bytes = self.photos.iter().map(|photo| photo.size_bytes).max();
        largest_bytes.unwrap_or(0).saturating_mul(PHOTOS_IN_MEMORY)
    }

    fn reader(&self, offset_bytes: u64) -> Result<Box<dyn Read + Send>, CoreError> {
        Ok(Box::new(ZipReader::new(
            Arc::clone(&self.photos),
            self.layout()?,
            offset_bytes,
        )))
    }
}

/// Writes the zip of the photos, and measures it on the way.
///
/// # Errors
/// Those of the photos, [`CoreError::Io`] where `out` cannot be written, [`CoreError::Stopped`].
pub fn write_zip(
    photos: &[SourcePhoto],
    out: &mut (dyn Write + Send),
    observer: &dyn MeasureObserver,
) -> Result<Measured, CoreError> {
    let (_, measured) = make_zip(photos, observer, &mut |bytes| {
        out.write_all(bytes).map_err(|source| CoreError::Io {
            path: PathBuf::from(ZIP_NAME),
            source,
        })
    })?;
    Ok(measured)
}

/// Writes the zip into `folder`, which is made if it is not there, as `mly_tools_<md5>.zip`; while it is being written
/// it has a hidden name with `.part` at its end. A zip of that name is left as it is: its content is the same.
///
/// # Errors
/// As [`write_zip`].
pub fn write_zip_file(
    photos: &[SourcePhoto],
    folder: &Path,
    observer: &dyn MeasureObserver,
) -> Result<PathBuf, CoreError> {
    let io_error = |path: &Path| {
        let path = path.to_path_buf();
        move |source: io::Error| CoreError::Io { path, source }
    };
    fs::create_dir_all(folder).map_err(io_error(folder))?;
    let unfinished = folder.join(format!(".mly_zip_{}.part", uuid::Uuid::new_v4().simple()));
    let written = (|| {
        let mut file = fs::File::create_new(&unfinished).map_err(io_error(&unfinished))?;
        let measured = write_zip(photos, &mut file, observer).map_err(|error| name_the_file(error, &unfinished))?;
        file.sync_all().map_err(io_error(&unfinished))?;
        let path = folder.join(format!("mly_tools_{}.zip", measured.md5_hex));
        if !path.exists() {
            fs::rename(&unfinished, &path).map_err(io_error(&path))?;
        }
        Ok(path)
    })();
    // Gone already if it was renamed; otherwise nobody needs it.
    let _ = fs::remove_file(&unfinished);
    written
}

/// A failed write does not know where it wrote to.
fn name_the_file(error: CoreError, path: &Path) -> CoreError {
    match error {
        CoreError::Io { path: named, source } if named == Path::new(ZIP_NAME) => CoreError::Io {
            path: path.to_path_buf(),
            source,
        },
        other => other,
    }
}
