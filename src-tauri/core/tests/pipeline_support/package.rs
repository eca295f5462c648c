//! Parts made from a generated walk.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use waypost_core::error::CoreError;
use waypost_core::observe::Unobserved;
use waypost_core::package::{Measured, Part, SourcePhoto, core_error_of, source_photos};

use super::{plan_of, write_walk};

/// A folder with a walk of photos and the photos as they are sent.
pub struct Walk {
    /// The folder.
    pub folder: tempfile::TempDir,
    /// The photos.
    pub photos: Arc<[SourcePhoto]>,
}

/// A walk of `count` photos in one sequence.
pub fn walk(count: usize) -> Walk {
    let folder = tempfile::tempdir().unwrap();
    write_walk(folder.path(), count);
    let plan = plan_of(&[folder.path()]);
    assert_eq!((plan.sequences.len(), plan.photo_count()), (1, count));
    let photos = source_photos(&plan.sequences[0]).unwrap().into();
    Walk { folder, photos }
}

/// The bytes of a part from a place on.
pub fn read_all(part: &dyn Part, offset_bytes: u64) -> Result<Vec<u8>, CoreError> {
    let mut bytes = Vec::new();
    part.reader(offset_bytes)?
        .read_to_end(&mut bytes)
        .map_err(|error| core_error_of(error).unwrap())?;
    Ok(bytes)
}

/// The measure of a part.
pub fn measured(part: &dyn Part) -> Measured {
    part.measure(&Unobserved).unwrap()
}

/// MD5 of some bytes.
pub fn md5_hex(bytes: &[u8]) -> String {
    use md5::Digest;
    hex::encode(md5::Md5::digest(bytes))
}

/// Makes a file look changed.
pub fn touch(path: &Path) {
    let later = SystemTime::now() + Duration::from_secs(3);
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(later)
        .unwrap();
}
