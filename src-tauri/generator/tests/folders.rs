//! Practice folders hold what they say, and never take the place of anything.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use exif::Tag;
use support::{angle, exif, segments, text};
use waypost_generator::{
    BadKind, PracticeFolder, PracticeOptions, WalkSpec, walk, write_photo_folder, write_practice_folder,
};

fn options() -> PracticeOptions {
    PracticeOptions {
        photos_per_sequence: 4,
        width_px: 64,
        height_px: 48,
        ..PracticeOptions::default()
    }
}

fn all_files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_files(&path));
        } else {
            found.insert(path);
        }
    }
    found
}

fn bad(folder: &PracticeFolder, kind: BadKind) -> Vec<u8> {
    let photo = folder
        .bad
        .iter()
        .find(|photo| photo.why == kind)
        .expect("one of each kind");
    fs::read(&photo.path).unwrap()
}

#[test]
fn every_file_of_a_practice_folder_is_named_in_its_description() {
    let place = tempfile::tempdir().unwrap();
    let folder = write_practice_folder(place.path(), &options()).unwrap();
    assert_eq!((folder.good.len(), folder.sequences), (8, 2));
    let mut named: BTreeSet<PathBuf> = folder.good.iter().chain(&folder.ignored).cloned().collect();
    named.extend(folder.bad.iter().map(|photo| photo.path.clone()));
    assert_eq!(named, all_files(place.path()));
    let kinds: BTreeSet<String> = folder.bad.iter().map(|photo| format!("{:?}", photo.why)).collect();
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    let folders: BTreeSet<_> = folder.good.iter().map(|path| path.parent().unwrap()).collect();
    assert_eq!(folders.len(), 2);
}

#[test]
fn good_photos_are_whole_and_placed_and_the_sequences_lie_apart() {
    let place = tempfile::tempdir().unwrap();
    let folder = write_practice_folder(place.path(), &options()).unwrap();
    let mut pictures = BTreeSet::new();
    let mut last_time = String::new();
    for path in &folder.good {
        let photo = fs::read(path).unwrap();
        assert!(photo.ends_with(&[0xFF, 0xD9]));
        let exif = exif(&photo);
        assert!(angle(&exif, Tag::GPSLatitude, Tag::GPSLatitudeRef).unwrap() > 52.0);
        let time = text(&exif, Tag::DateTimeOriginal).unwrap();
        assert!(time > last_time, "photos come in the order they were taken");
        last_time = time;
        pictures.insert(segments(&photo).1);
    }
    assert_eq!(pictures.len(), folder.good.len(), "each photo has its own picture");
    let lat_deg = |path: &PathBuf| {
        let exif = exif(&fs::read(path).unwrap());
        angle(&exif, Tag::GPSLatitude, Tag::GPSLatitudeRef).unwrap()
    };
    let apart = (lat_deg(&folder.good[3]) - lat_deg(&folder.good[4])).abs();
    // 0.0005° are 55 m, further than two photos of one walk are apart.
    assert!(
        (0.0005..0.005).contains(&apart),
        "the second sequence is elsewhere, and near enough for one picture: {apart}°"
    );
}

#[test]
fn bad_photos_are_bad_in_the_way_they_are_said_to_be() {
    let place = tempfile::tempdir().unwrap();
    let folder = write_practice_folder(place.path(), &options()).unwrap();

    let unplaced = exif(&bad(&folder, BadKind::NoPosition));
    assert_eq!(angle(&unplaced, Tag::GPSLatitude, Tag::GPSLatitudeRef), None);
    assert!(text(&unplaced, Tag::DateTimeOriginal).is_some());

    assert!(bad(&folder, BadKind::Empty).is_empty());

    let cut = bad(&folder, BadKind::TruncatedHeader);
    assert!(cut.starts_with(&[0xFF, 0xD8, 0xFF, 0xE1]));
    assert!(
        exif::Reader::new()
            .read_from_container(&mut std::io::Cursor::new(&cut))
            .is_err()
    );

    assert!(bad(&folder, BadKind::NotAJpeg).starts_with(b"This is"));

    let astray = exif(&bad(&folder, BadKind::NullIsland));
    assert_eq!(angle(&astray, Tag::GPSLatitude, Tag::GPSLatitudeRef), Some(0.0));
    assert_eq!(angle(&astray, Tag::GPSLongitude, Tag::GPSLongitudeRef), Some(0.0));

    let repeated = exif(&bad(&folder, BadKind::Duplicate));
    let last_good = exif(&fs::read(&folder.good[3]).unwrap());
    for (tag, reference) in [
        (Tag::GPSLatitude, Tag::GPSLatitudeRef),
        (Tag::GPSLongitude, Tag::GPSLongitudeRef),
    ] {
        assert_eq!(angle(&repeated, tag, reference), angle(&last_good, tag, reference));
    }
    assert!(text(&repeated, Tag::DateTimeOriginal) > text(&last_good, Tag::DateTimeOriginal));
}

#[test]
fn the_same_options_give_the_same_folder() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for place in [&one, &other] {
        write_practice_folder(place.path(), &options()).unwrap();
    }
    let content = |place: &tempfile::TempDir| -> Vec<(PathBuf, Vec<u8>)> {
        all_files(place.path())
            .into_iter()
            .map(|path| {
                (
                    path.strip_prefix(place.path()).unwrap().to_owned(),
                    fs::read(&path).unwrap(),
                )
            })
            .collect()
    };
    assert!(content(&one) == content(&other));
}

#[test]
fn an_existing_file_is_left_alone_and_nothing_is_written_beside_it() {
    let place = tempfile::tempdir().unwrap();
    let first = write_practice_folder(place.path(), &options()).unwrap();
    // The last file to be written is enough to stop the first.
    let kept = first.ignored.last().unwrap().clone();
    let other = tempfile::tempdir().unwrap();
    let in_the_way = other.path().join(kept.strip_prefix(place.path()).unwrap());
    fs::write(&in_the_way, "mine").unwrap();

    let error = write_practice_folder(other.path(), &options()).unwrap_err();
    assert_eq!(error.code(), "target_exists");
    assert!(error.to_string().contains("Get_started_with_GoPro.url"), "{error}");
    assert_eq!(fs::read(&in_the_way).unwrap(), b"mine");
    assert_eq!(all_files(other.path()).len(), 1);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("a file");
    fs::write(&file, "").unwrap();
    let error = write_practice_folder(&file, &options()).unwrap_err();
    assert_eq!(error.code(), "not_written");
    assert!(error.to_string().contains("a file"), "{error}");
}

#[test]
fn a_folder_of_photos_is_written_in_order_under_their_names() {
    let place = tempfile::tempdir().unwrap();
    let spec = WalkSpec {
        count: 9,
        width_px: 32,
        height_px: 24,
        ..WalkSpec::default()
    };
    let paths = write_photo_folder(&place.path().join("new/folder"), &walk(&spec)).unwrap();
    let names: Vec<_> = paths
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(names[0], "G0010001.JPG");
    assert_eq!(names[8], "G0010009.JPG");
    assert!(paths.iter().all(|path| fs::metadata(path).unwrap().len() > 1000));
    let again = write_photo_folder(&place.path().join("new/folder"), &walk(&spec)).unwrap_err();
    assert_eq!(again.code(), "target_exists");
}

#[test]
fn a_folder_without_good_photos_has_no_sequences() {
    let place = tempfile::tempdir().unwrap();
    let options = PracticeOptions {
        photos_per_sequence: 0,
        ..options()
    };
    let folder = write_practice_folder(place.path(), &options).unwrap();
    assert_eq!((folder.good.len(), folder.sequences), (0, 0));
    assert!(!folder.bad.iter().any(|photo| photo.why == BadKind::Duplicate));
}
