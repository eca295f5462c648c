//! The generator's photos, made by code that knows nothing of this reader.

use std::io::Cursor;

use waypost_generator::{PhotoSpec, WalkSpec, photo_bytes, walk};
use waypost_media::{
    Flaw, HeadingReference, HeadingSource, PositionSource, SpliceMethod, TimeReading, TimeSource, splice_description,
};

use crate::facts;
use crate::splice::{described, description, lasting, other_fields};

#[test]
fn every_photo_of_a_walk_is_read_as_it_was_made() {
    for spec in walk(&WalkSpec::default()) {
        let facts = facts(&photo_bytes(&spec).unwrap());
        let position = facts.position.unwrap();
        assert!((position.lat_deg - spec.lat_deg.unwrap()).abs() < 1e-6);
        assert!((position.lon_deg - spec.lon_deg.unwrap()).abs() < 1e-6);
        assert_eq!(position.source, PositionSource::Exif);
        let altitude_m = position.altitude_m.unwrap();
        assert!((altitude_m - spec.altitude_m.unwrap()).abs() < 1e-3);
        let heading = facts.heading.unwrap();
        assert!((heading.heading_deg - spec.heading_deg.unwrap()).abs() < 1e-3);
        assert_eq!(heading.reference, HeadingReference::True);
        assert_eq!(heading.source, HeadingSource::ImgDirection);
        let unix_ms = spec.captured_at_ms.unwrap();
        let source = TimeSource::GpsTime;
        assert_eq!(facts.time, Some(TimeReading::Utc { unix_ms, source }));
        assert_eq!(facts.make.as_ref(), Some(&spec.make));
        assert_eq!(facts.model.as_ref(), Some(&spec.model));
        assert_eq!(facts.width_px, Some(u32::from(spec.width_px)));
        assert_eq!(facts.height_px, Some(u32::from(spec.height_px)));
        assert!(facts.has_end);
        assert!(facts.thumbnail.is_some());
        assert_eq!(facts.flaws, []);
    }
}

#[test]
fn what_a_generated_photo_leaves_out_is_not_found() {
    let spec = PhotoSpec {
        lat_deg: None,
        lon_deg: None,
        altitude_m: None,
        heading_deg: None,
        captured_at_ms: None,
        serial: None,
        write_thumbnail: false,
        ..PhotoSpec::default()
    };
    let facts = facts(&photo_bytes(&spec).unwrap());
    assert_eq!(facts.position, None);
    assert_eq!(facts.time, None);
    assert_eq!(facts.heading, None);
    assert_eq!(facts.camera_uuid, None);
    assert_eq!(facts.thumbnail, None);
    assert_eq!(facts.flaws, []);
}

#[test]
fn local_times_are_moments_only_with_their_offset() {
    let time = |write_offset_tag| {
        let spec = PhotoSpec {
            write_gps_time: false,
            write_offset_tag,
            ..PhotoSpec::default()
        };
        facts(&photo_bytes(&spec).unwrap()).time.unwrap()
    };
    let captured_at_ms = PhotoSpec::default().captured_at_ms.unwrap();
    assert_eq!(
        time(true),
        TimeReading::Utc {
            unix_ms: captured_at_ms,
            source: TimeSource::DateTimeOriginal
        }
    );
    assert_eq!(
        time(false),
        TimeReading::Naive {
            local_ms: captured_at_ms + 120 * 60_000,
            source: TimeSource::DateTimeOriginal
        }
    );
}

#[test]
fn a_generated_photo_takes_a_description_and_loses_nothing() {
    let text = r#"{"MAPCaptureTime":"2018_06_08_20_24_11_000","MAPLatitude":52.5}"#;
    let photo = photo_bytes(&PhotoSpec::default()).unwrap();
    let spliced = splice_description(&mut Cursor::new(&photo), text).unwrap();
    assert_eq!(spliced.method, SpliceMethod::Appended);
    let new = described(&photo, &spliced);
    assert_eq!(description(&new).as_deref(), Some(text));
    assert_eq!(other_fields(&new), other_fields(&photo));
    assert_eq!(lasting(&new), lasting(&photo));
}

#[test]
fn a_generated_photo_cut_anywhere_has_an_answer() {
    let photo = photo_bytes(&PhotoSpec::default()).unwrap();
    let mut answers = [0_u32; 3];
    for length in (0..photo.len()).step_by(97) {
        match crate::read(&photo[..length]) {
            Err(error) => {
                let code = error.code();
                assert!(matches!(code, "empty_file" | "header_truncated"), "{code}");
                answers[0] += 1;
            }
            Ok(facts) if facts.flaws.contains(&Flaw::PictureMissing) => answers[1] += 1,
            Ok(facts) => {
                assert!(!facts.has_end, "{length}");
                assert!(facts.position.is_some());
                answers[2] += 1;
            }
        }
    }
    assert!(answers[0] > 0 && answers[2] > 0, "{answers:?}");
}
