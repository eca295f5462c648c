//! Real photos of many cameras take a description. What is read of them is compared with other tools in `agreement`.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use waypost_media::{Flaw, MediaError, SpliceMethod, splice_description};

use crate::read;
use crate::splice::{described, description, lasting, other_fields};

/// Every photo of the samples with its name.
fn photos(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let folders = folders.filter(|path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("photos-"))
    });
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let photos: Vec<_> = files
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    assert!(photos.len() > 400, "{} photos", photos.len());
    photos
}

#[test]
fn real_photos_take_a_description_and_lose_nothing() {
    let text = r#"{"MAPCaptureTime":"2018_06_08_20_24_11_000","MAPFilename":"a.jpg"}"#;
    let Some(folder) = crate::samples::folder() else { return };
    let mut methods = BTreeMap::<String, usize>::new();
    for (file, bytes) in photos(&folder) {
        let spliced = match splice_description(&mut Cursor::new(&bytes), text) {
            Ok(spliced) => spliced,
            Err(MediaError::HeaderTruncated { .. } | MediaError::NotAJpeg { .. }) => {
                assert!(read(&bytes).is_err(), "{file}");
                *methods.entry("refused".to_owned()).or_default() += 1;
                continue;
            }
            Err(error) => panic!("{file}: {error}"),
        };
        *methods.entry(format!("{:?}", spliced.method)).or_default() += 1;
        let new = described(&bytes, &spliced);
        assert_eq!(description(&new).as_deref(), Some(text), "{file}");
        assert_eq!(lasting(&new), lasting(&bytes), "{file}");
        let kept = usize::try_from(spliced.replaced_length_bytes).unwrap();
        assert_eq!(new[spliced.bytes.len()..], bytes[kept..], "{file}");
        if spliced.method == SpliceMethod::Created {
            continue;
        }
        let fields = |photo: &[u8]| {
            let mut fields = other_fields(photo);
            fields.retain(|field| field.starts_with("primary"));
            fields
        };
        let (old_fields, new_fields) = (fields(&bytes), fields(&new));
        for field in &old_fields {
            assert!(new_fields.contains(field), "{file} lost {field}");
        }
        let old_thumbnail = read(&bytes).unwrap().thumbnail;
        if spliced.method == SpliceMethod::Appended && old_thumbnail.is_some() {
            assert_eq!(read(&new).unwrap().thumbnail, old_thumbnail, "{file}");
        }
        // A damaged block can point behind its end, and finds bytes there now.
        if !read(&bytes).unwrap().flaws.contains(&Flaw::ExifDamaged) {
            assert_eq!(new_fields.len(), old_fields.len(), "{file}");
        }
    }
    println!("{methods:?}");
}
