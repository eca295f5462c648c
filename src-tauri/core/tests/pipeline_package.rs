//! The bytes that are sent: the same every time, from any place on, never of two states of a file.

mod pipeline_support;

use std::fs::{self, File, FileTimes};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use pipeline_support::package::{Walk, md5_hex, measured, read_all, touch, walk};
use pipeline_support::{plan_of, write_photo};
use waypost_core::error::CoreError;
use waypost_core::observe::{MeasureObserver, Unobserved};
use waypost_core::package::{
    Measured, Part, SourcePhoto, core_error_of, image_part, sequence_md5, source_photos, write_zip, zip_part,
};
use zip::{CompressionMethod, ZipArchive};

/// Writes other bytes of the same length under the same name and the same modification time.
fn exchange_in_secret(path: &Path) {
    let times = FileTimes::new().set_modified(fs::metadata(path).unwrap().modified().unwrap());
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() - 40;
    bytes[middle] ^= 0x55;
    fs::write(path, bytes).unwrap();
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_times(times)
        .unwrap();
}

#[test]
fn a_zip_holds_every_photo_in_order_stored_and_without_data_descriptors() {
    let walk = walk(4);
    let bytes = read_all(&zip_part(Arc::clone(&walk.photos)), 0).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(archive.len(), 4);
    for number in 0..4 {
        let mut entry = archive.by_index(number).unwrap();
        assert_eq!(entry.name().unwrap(), format!("{number}.jpg"));
        assert_eq!(entry.compression(), CompressionMethod::Stored);
        assert_eq!(entry.unix_mode().map(|mode| mode & 0o777), Some(0o600));
        assert_eq!(entry.last_modified().unwrap(), zip::DateTime::default());
        let header = usize::try_from(entry.header_start()).unwrap();
        let flags = u16::from_le_bytes(bytes[header + 6..header + 8].try_into().unwrap());
        assert_eq!(flags, 0, "sizes and CRC stand in front");
        let mut photo = Vec::new();
        entry.read_to_end(&mut photo).unwrap();
        assert_eq!(photo, read_all(&image_part(walk.photos[number].clone()), 0).unwrap());
    }
}

#[test]
fn the_comment_names_the_md5_of_the_originals_in_order() {
    let walk = walk(3);
    let bytes = read_all(&zip_part(Arc::clone(&walk.photos)), 0).unwrap();
    let archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let expected = sequence_md5(walk.photos.iter().map(|photo| md5_hex(&fs::read(&photo.path).unwrap())));
    assert_eq!(
        archive.comment(),
        format!(r#"{{"sequence_md5sum":"{expected}"}}"#).as_bytes()
    );
}

#[test]
fn a_sent_photo_differs_from_the_original_in_its_description_alone() {
    let walk = walk(1);
    let photo = &walk.photos[0];
    let original = fs::read(&photo.path).unwrap();
    let sent = read_all(&image_part(photo.clone()), 0).unwrap();
    assert_eq!(
        waypost_media::read_description(&mut Cursor::new(&sent)).unwrap(),
        Some(photo.description_json.clone())
    );
    let facts = |bytes: &[u8]| waypost_media::read_photo(&mut Cursor::new(bytes)).unwrap();
    assert_eq!(facts(&sent).position, facts(&original).position);
    // From the frame header of the picture on (the first one is that of the preview) nothing is different.
    let picture = |bytes: &[u8]| {
        let start = bytes.windows(2).rposition(|pair| pair == [0xFF, 0xC0]).unwrap();
        bytes[start..].to_vec()
    };
    assert!(picture(&sent) == picture(&original));
    assert!(picture(&sent).len() > 1000);
    assert_eq!(fs::read(&photo.path).unwrap(), original);
}

#[test]
fn the_same_photos_give_the_same_bytes_however_often_and_wherever_they_are_made() {
    let walk = walk(5);
    let first = read_all(&zip_part(Arc::clone(&walk.photos)), 0).unwrap();
    let part = zip_part(Arc::clone(&walk.photos));
    let measured = measured(&part);
    assert_eq!(read_all(&part, 0).unwrap(), first);
    assert_eq!(
        measured,
        Measured {
            md5_hex: md5_hex(&first),
            length_bytes: first.len() as u64
        }
    );
    let mut written = Vec::new();
    assert_eq!(write_zip(&walk.photos, &mut written, &Unobserved).unwrap(), measured);
    assert_eq!(written, first);
}

#[test]
fn a_zip_can_be_read_from_every_place_on() {
    let walk = walk(3);
    let part = zip_part(Arc::clone(&walk.photos));
    let whole = read_all(&part, 0).unwrap();
    let archive = ZipArchive::new(Cursor::new(&whole)).unwrap();
    let mut places = vec![0, 1, whole.len() - 1, whole.len(), whole.len() + 7];
    for number in 0..archive.len() {
        let mut archive = archive.clone();
        let entry = archive.by_index(number).unwrap();
        let (start, data) = (entry.header_start(), entry.data_start().unwrap());
        let end = data + entry.size();
        for place in [start, start + 20, data, data + 1, data + 999, end, end + 1] {
            places.extend([place.saturating_sub(1), place, place + 1].map(|place| usize::try_from(place).unwrap()));
        }
    }
    places.extend((0..whole.len()).step_by(701));
    for place in places {
        let tail = whole.get(place..).unwrap_or_default();
        assert!(
            read_all(&part, place as u64).unwrap() == tail,
            "from {place} of {}",
            whole.len()
        );
    }
    // The same without having measured before.
    let half = whole.len() / 2;
    assert!(read_all(&zip_part(walk.photos), half as u64).unwrap() == whole[half..]);
}

#[test]
fn a_photo_by_itself_can_be_read_from_every_place_on() {
    let walk = walk(1);
    let part = image_part(walk.photos[0].clone());
    let whole = read_all(&part, 0).unwrap();
    assert_eq!(
        measured(&part),
        Measured {
            md5_hex: md5_hex(&whole),
            length_bytes: whole.len() as u64
        }
    );
    for place in [0, 1, 2, 300, 2000, whole.len() - 1, whole.len(), whole.len() + 1] {
        assert!(
            read_all(&part, place as u64).unwrap() == whole.get(place..).unwrap_or_default(),
            "from {place}"
        );
    }
}

#[test]
fn small_reads_give_the_same_bytes_as_large_ones() {
    let walk = walk(2);
    let part = zip_part(walk.photos);
    let whole = read_all(&part, 0).unwrap();
    let mut reader = part.reader(0).unwrap();
    let mut bytes = Vec::new();
    let mut piece = [0; 7];
    loop {
        let count = reader.read(&mut piece).unwrap();
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&piece[..count]);
    }
    assert!(bytes == whole);
}

/// What a changed file may lead to, for every part it is in.
fn assert_changed(walk: &Walk, number: usize) {
    let changed = walk.photos[number].path.clone();
    let is_named = |error: CoreError| match error {
        CoreError::SourceChanged { path } => assert_eq!(path, changed),
        other => panic!("{other}"),
    };
    is_named(read_all(&zip_part(Arc::clone(&walk.photos)), 0).unwrap_err());
    is_named(zip_part(Arc::clone(&walk.photos)).measure(&Unobserved).unwrap_err());
    is_named(read_all(&image_part(walk.photos[number].clone()), 0).unwrap_err());
    is_named(write_zip(&walk.photos, &mut Vec::new(), &Unobserved).unwrap_err());
}

#[test]
fn a_photo_that_is_gone_touched_or_longer_is_named_and_never_sent() {
    let gone = walk(3);
    fs::remove_file(&gone.photos[1].path).unwrap();
    assert_changed(&gone, 1);
    let touched = walk(3);
    touch(&touched.photos[0].path);
    assert_changed(&touched, 0);
    let longer = walk(3);
    let mut bytes = fs::read(&longer.photos[2].path).unwrap();
    bytes.push(0);
    fs::write(&longer.photos[2].path, bytes).unwrap();
    assert_changed(&longer, 2);
}

#[test]
fn a_photo_that_changes_while_it_is_being_sent_ends_the_reading_before_its_last_byte() {
    let walk = walk(2);
    let part = zip_part(Arc::clone(&walk.photos));
    let whole = read_all(&part, 0).unwrap();
    let mut reader = part.reader(0).unwrap();
    let mut first = vec![0; 500];
    reader.read_exact(&mut first).unwrap();
    touch(&walk.photos[0].path);
    let mut rest = Vec::new();
    let error = core_error_of(reader.read_to_end(&mut rest).unwrap_err()).unwrap();
    assert_eq!(error.code(), "source_changed");
    assert!(first.len() + rest.len() < whole.len() / 2);
}

#[test]
fn other_bytes_of_the_same_size_and_time_are_noticed_once_the_part_was_measured() {
    let walk = walk(3);
    let zip = zip_part(Arc::clone(&walk.photos));
    let image = image_part(walk.photos[1].clone());
    let length_bytes = measured(&zip).length_bytes;
    measured(&image);
    exchange_in_secret(&walk.photos[1].path);
    assert_eq!(read_all(&zip, 0).unwrap_err().code(), "source_changed");
    assert_eq!(read_all(&zip, length_bytes / 2).unwrap_err().code(), "source_changed");
    assert_eq!(zip.measure(&Unobserved).unwrap_err().code(), "source_changed");
    assert_eq!(read_all(&image, 0).unwrap_err().code(), "source_changed");
    assert_eq!(image.measure(&Unobserved).unwrap_err().code(), "source_changed");
}

#[derive(Default)]
struct Counted {
    bytes: AtomicU64,
    stop_at: Option<u64>,
}

impl MeasureObserver for Counted {
    fn bytes(&self, count: u64) {
        self.bytes.fetch_add(count, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.stop_at
            .is_some_and(|stop_at| self.bytes.load(Ordering::Relaxed) >= stop_at)
    }
}

#[test]
fn measuring_reports_every_byte_and_stops_when_asked_to() {
    let walk = walk(3);
    for part in [
        &zip_part(Arc::clone(&walk.photos)) as &dyn Part,
        &image_part(walk.photos[0].clone()),
    ] {
        let counted = Counted::default();
        let measured = part.measure(&counted).unwrap();
        assert_eq!(counted.bytes.into_inner(), measured.length_bytes);
        for stop_at in [0, 1] {
            let stopping = Counted {
                stop_at: Some(stop_at),
                ..Counted::default()
            };
            assert_eq!(part.measure(&stopping).unwrap_err().code(), "stopped");
        }
    }
}

#[test]
fn what_is_kept_of_a_photo_survives_the_journal() {
    let walk = walk(1);
    let kept = serde_json::to_string(&walk.photos[0]).unwrap();
    assert_eq!(serde_json::from_str::<SourcePhoto>(&kept).unwrap(), walk.photos[0]);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(b"/card/\xff\xc3\x28.jpg"));
        let odd = SourcePhoto {
            path,
            ..walk.photos[0].clone()
        };
        let kept = serde_json::to_string(&odd).unwrap();
        assert_eq!(serde_json::from_str::<SourcePhoto>(&kept).unwrap(), odd);
    }
}

#[test]
fn a_full_exif_block_names_the_photo_that_takes_no_description() {
    let folder = tempfile::tempdir().unwrap();
    let path = write_photo(&folder.path().join("full.jpg"), |_| {});
    let plan = plan_of(&[folder.path()]);
    let mut photos = source_photos(&plan.sequences[0]).unwrap();
    photos[0].description_json = format!("{{\"x\":\"{}\"}}", "x".repeat(70_000));
    let error = zip_part(photos.clone().into()).measure(&Unobserved).unwrap_err();
    assert_eq!(error.code(), "description_does_not_fit");
    assert!(
        error
            .to_string()
            .contains(&path.file_name().unwrap().to_string_lossy().into_owned())
    );
    assert_eq!(
        image_part(photos.remove(0)).reader(0).err().unwrap().code(),
        "description_does_not_fit"
    );
}
