//! Small pictures for the window: the preview inside the photo where there is one, else the photo made small.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

/// Longer side of a picture made from a whole photo, pixels.
const LONGER_SIDE_PX: u32 = 320;
/// Largest embedded preview that is looked at, bytes. EXIF cannot hold more than one segment of 64 KiB.
const MAX_PREVIEW_BYTES: u64 = 64 * 1024;
/// Memory one decoded photo may take, bytes: enough for a 5760 × 2880 panorama of a GoPro MAX in colour.
const MAX_DECODED_BYTES: u64 = 128 * 1024 * 1024;

/// A JPEG of the photo at `path`, about the size of a stamp; `None` when the file cannot be shown. Blocking.
pub fn picture(path: &Path) -> Option<Vec<u8>> {
    let mut file = BufReader::new(File::open(path).ok()?);
    if let Some(preview) = preview(&mut file) {
        return Some(preview);
    }
    file.seek(SeekFrom::Start(0)).ok()?;
    small_jpeg(file)
}

fn preview(file: &mut BufReader<File>) -> Option<Vec<u8>> {
    let facts = waypost_media::read_photo(file).ok()?;
    let thumbnail = facts
        .thumbnail
        .filter(|thumbnail| (1..=MAX_PREVIEW_BYTES).contains(&thumbnail.length_bytes))?;
    file.seek(SeekFrom::Start(thumbnail.offset_bytes)).ok()?;
    let mut bytes = vec![0; usize::try_from(thumbnail.length_bytes).ok()?];
    file.read_exact(&mut bytes).ok()?;
    let is_jpeg = bytes.starts_with(&[0xFF, 0xD8]) && bytes.len() > 4;
    is_jpeg.then_some(bytes)
}

/// A JPEG made small and written anew, the right way up; `None` where it is none. Blocking.
pub(super) fn small_jpeg(photo: impl BufRead + Seek) -> Option<Vec<u8>> {
    let mut reader = ImageReader::with_format(photo, image::ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut photo = DynamicImage::from_decoder(decoder)
        .ok()?
        .thumbnail(LONGER_SIDE_PX, LONGER_SIDE_PX);
    photo.apply_orientation(orientation);
    let mut bytes = Vec::new();
    photo
        .into_rgb8()
        .write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Jpeg)
        .ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use waypost_generator::{PhotoSpec, photo_bytes};

    fn written(spec: &PhotoSpec) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("G0010001.JPG");
        std::fs::write(&path, photo_bytes(spec).unwrap()).unwrap();
        (folder, path)
    }

    #[test]
    fn the_preview_of_the_camera_is_shown_as_it_is() {
        let (_folder, path) = written(&PhotoSpec::default());
        let bytes = picture(&path).unwrap();
        let whole = std::fs::read(&path).unwrap();
        assert!(
            whole.windows(bytes.len()).any(|window| window == bytes),
            "the embedded bytes"
        );
        assert!(image::load_from_memory(&bytes).unwrap().width() <= 160);
    }

    #[test]
    fn a_photo_without_a_preview_is_made_small() {
        let (_folder, path) = written(&PhotoSpec {
            write_thumbnail: false,
            ..PhotoSpec::default()
        });
        let small = image::load_from_memory(&picture(&path).unwrap()).unwrap();
        assert_eq!(small.width().max(small.height()), LONGER_SIDE_PX);
    }

    #[test]
    fn what_is_no_picture_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jpg");
        assert_eq!(picture(&path), None);
        std::fs::write(&path, b"not a picture").unwrap();
        assert_eq!(picture(&path), None);
    }
}
