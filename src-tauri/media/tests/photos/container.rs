//! Finding the metadata in whole, odd, damaged and cut files.

use std::io::{Cursor, Read, Seek, SeekFrom};

use waypost_media::{FileKind, Flaw, MediaError, limits, read_photo};

use crate::builder::{Tiff, Value, ascii, gps_position, jpeg, picture, segment, xmp, xmp_segment};
use crate::{facts, read};

fn located() -> Tiff {
    Tiff {
        gps: gps_position(52.5, 13.25),
        ..Tiff::default()
    }
}

#[test]
fn exif_is_found_behind_other_segments() {
    let photo = jpeg(&[
        segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        xmp_segment(xmp("", "").as_bytes()),
        segment(0xe2, &vec![7; 60_000]),
        segment(0xed, b"Photoshop 3.0\0"),
        segment(0xe1, b"http://ns.adobe.com/xmp/extension/\0 and more"),
        segment(0xfe, b"a comment"),
        vec![0xff, 0xff, 0xff],
        located().segment(),
    ]);
    let facts = facts(&photo);
    assert!(facts.position.is_some());
    assert_eq!(facts.flaws, []);
    assert!(facts.has_end);
}

#[test]
fn an_unreadable_exif_segment_does_not_hide_a_good_one() {
    let photo = jpeg(&[segment(0xe1, b"Exif\0\0garbage"), located().segment()]);
    assert!(facts(&photo).position.is_some());
    let alone = jpeg(&[segment(0xe1, b"Exif\0\0garbage")]);
    assert_eq!(facts(&alone).flaws, [Flaw::ExifDamaged]);
}

#[test]
fn damage_between_segments_is_stepped_over() {
    let photo = jpeg(&[vec![0x00, 0x41, 0x42, 0xff, 0x00, 0x43], located().segment()]);
    let facts = facts(&photo);
    assert!(facts.position.is_some());
    assert_eq!(facts.flaws, [Flaw::HeaderDamaged]);
}

#[test]
fn a_file_of_another_kind_is_named() {
    assert_eq!(read(b""), Err(MediaError::EmptyFile));
    assert_eq!(read(b"\0\0\0\x18ftypheicrest"), Err(MediaError::HeicNotSupported));
    let not_a_jpeg = |looks_like| Err(MediaError::NotAJpeg { looks_like });
    assert_eq!(read(b"II*\0and so on"), not_a_jpeg(FileKind::TiffOrRaw));
    assert_eq!(read(b"hello"), not_a_jpeg(FileKind::Unknown));
    assert_eq!(read(b"\xff"), not_a_jpeg(FileKind::Unknown));
}

#[test]
fn a_photo_cut_in_its_header_is_an_error_until_its_exif_is_complete() {
    let photo = located().photo();
    let exif_end = 2 + located().segment().len();
    for length in 2..exif_end {
        assert_eq!(
            read(&photo[..length]),
            Err(MediaError::HeaderTruncated {
                length_bytes: length as u64
            })
        );
    }
    let first_frame_byte = exif_end + segment(0xdb, &[0; 65]).len() + 2;
    for length in exif_end..first_frame_byte {
        let facts = facts(&photo[..length]);
        assert!(facts.position.is_some());
        assert_eq!(facts.flaws, [Flaw::PictureMissing]);
        assert!(!facts.has_end);
    }
}

#[test]
fn a_photo_cut_in_its_picture_keeps_its_position_and_lacks_its_end() {
    let photo = located().photo();
    let start = photo.len() - 12;
    for length in start..photo.len() {
        let facts = facts(&photo[..length]);
        assert!(facts.position.is_some());
        assert!(!facts.has_end, "{length}");
        assert_eq!(facts.flaws, []);
    }
    assert!(facts(&photo).has_end);
}

#[test]
fn a_photo_filled_up_with_zeros_lacks_its_end() {
    let mut photo = located().photo();
    photo.truncate(photo.len() - 4);
    photo.extend(vec![0; 200_000]);
    assert!(!facts(&photo).has_end);
}

#[test]
fn padding_trailers_and_motion_photos_do_not_hide_the_end() {
    let photo = located().photo();
    let padded = [photo.clone(), vec![0; 300]].concat();
    assert!(facts(&padded).has_end);
    let long_padding = [photo.clone(), vec![0; 40_000]].concat();
    assert!(facts(&long_padding).has_end);
    let samsung = [photo.clone(), vec![1; 100_000], b"SEFT".to_vec()].concat();
    assert!(facts(&samsung).has_end);

    let video = vec![1; 100_000];
    let old_style = xmp(r#"GCamera:MicroVideoOffset="100000""#, "");
    let new_style = xmp(
        "",
        r#"<Container:Directory xmlns:Container="http://ns.google.com/photos/1.0/container/"
            xmlns:Item="http://ns.google.com/photos/1.0/container/item/"><rdf:Seq>
            <rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary"/></rdf:li>
            <rdf:li rdf:parseType="Resource"><Container:Item Item:Length="60000"/></rdf:li>
            <rdf:li rdf:parseType="Resource"><Container:Item Item:Length="40000"/></rdf:li>
            </rdf:Seq></Container:Directory>"#,
    );
    for packet in [old_style, new_style] {
        let segments = [located().segment(), xmp_segment(packet.as_bytes())];
        let motion = [jpeg(&segments), video.clone()].concat();
        assert!(facts(&motion).has_end);
    }
    assert!(facts(&[photo, video].concat()).has_end, "a maker's own appendix");
}

#[test]
fn an_end_far_in_front_of_the_files_end_is_found() {
    let photo = located().photo();
    // Up to the end of a disk's cluster; another whole picture (MPF); one that is cut off.
    let zeros = [photo.clone(), vec![0; 1_000_000]].concat();
    let large = jpeg(&[vec![0xff, 0xe2, 0xff, 0xfe], vec![7; 65_532], vec![9; 300_000]]);
    let pair = [photo.clone(), large.clone()].concat();
    let half_pair = [photo.as_slice(), &large[..200_000]].concat();
    for file in [zeros, pair, half_pair] {
        assert!(facts(&file).has_end, "{} bytes", file.len());
    }
    // A marker across the border of two reads.
    let step = usize::try_from(limits::END_SEARCH_STEP_BYTES).unwrap();
    for behind in [step - 2, step - 1, step, step + 1] {
        assert!(facts(&[photo.clone(), vec![0; behind]].concat()).has_end, "{behind}");
    }
    // No end at all, and a picture's start and its zeros behind it.
    let cut = &photo[..photo.len() - 2];
    for behind in [vec![0; 1_000_000], [vec![0; 70_000], vec![0xff, 0xd8, 1, 2]].concat()] {
        assert!(!facts(&[cut, &behind].concat()).has_end);
    }
}

#[test]
fn a_header_of_endless_segments_ends() {
    let many = usize::try_from(limits::MAX_HEADER_SEGMENTS).unwrap() + 1;
    let photo = [&[0xff, 0xd8], segment(0xfe, b"x").repeat(many).as_slice()].concat();
    assert_eq!(read(&photo).unwrap_err().code(), "header_too_long");
}

#[test]
fn directories_that_point_to_each_other_end() {
    // Every entry of the first directory leads to an EXIF directory as large as itself, each of
    // whose entries leads to another one: 4,000 to the third power visits.
    let count = 4_000_u32;
    let mut block = b"MM\0*\0\0\0\x08".to_vec();
    let mut directory = u16::try_from(count).unwrap().to_be_bytes().to_vec();
    for number in 0..count {
        let tag: u16 = if number % 2 == 0 { 0x8769 } else { 0xa005 };
        directory.extend(tag.to_be_bytes());
        directory.extend([0, 4, 0, 0, 0, 1, 0, 0, 0, 8]);
    }
    block.extend(directory);
    block.extend([0, 0, 0, 8]);
    let photo = jpeg(&[segment(0xe1, &[b"Exif\0\0", block.as_slice()].concat())]);
    assert_eq!(read(&photo).unwrap_err().code(), "exif_too_large");
    let error = waypost_media::splice_description(&mut Cursor::new(&photo), "{}").unwrap_err();
    assert_eq!(error.code(), "exif_too_large");
}

#[test]
fn a_damaged_directory_gives_what_it_still_holds() {
    let mut tiff = located();
    tiff.first = vec![
        (0x010f, ascii("GoPro")),
        // A value that lies far behind the block.
        (
            0x0110,
            Value::Raw {
                kind: 2,
                count: 500,
                word: 60_000,
            },
        ),
    ];
    let facts = facts(&tiff.photo());
    assert_eq!(facts.make.as_deref(), Some("GoPro"));
    assert_eq!(facts.model, None);
    assert!(facts.position.is_some());
    assert_eq!(facts.flaws, [Flaw::ExifDamaged]);
}

/// Counts what is read, and fails behind a certain place.
struct Watched {
    inner: Cursor<Vec<u8>>,
    bytes_read: usize,
    fail_from: u64,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.inner.position() >= self.fail_from {
            return Err(std::io::Error::other("the card is gone"));
        }
        let count = self.inner.read(buffer)?;
        self.bytes_read += count;
        Ok(count)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn the_picture_is_not_read() {
    let mut photo = located().photo();
    let end = photo.split_off(photo.len() - 2);
    photo.extend(vec![0x55; 20_000_000]);
    photo.extend(end);
    let mut reader = Watched {
        inner: Cursor::new(photo),
        bytes_read: 0,
        fail_from: u64::MAX,
    };
    assert!(read_photo(&mut reader).unwrap().has_end);
    assert!(
        reader.bytes_read <= 2 * limits::HEADER_BUFFER_BYTES,
        "{}",
        reader.bytes_read
    );
}

#[test]
fn segments_that_say_nothing_are_stepped_over_unread() {
    let icc = segment(0xe2, &vec![7; 65_533]).repeat(40);
    let mut reader = Watched {
        inner: Cursor::new(jpeg(&[icc, located().segment()])),
        bytes_read: 0,
        fail_from: u64::MAX,
    };
    assert!(read_photo(&mut reader).unwrap().position.is_some());
    assert!(
        reader.bytes_read < 45 * limits::HEADER_BUFFER_BYTES,
        "{}",
        reader.bytes_read
    );
}

#[test]
fn a_reader_that_fails_is_told_in_its_own_words() {
    for fail_from in [0, 5] {
        let mut reader = Watched {
            inner: Cursor::new([jpeg(&[vec![0xff; 9_000]]), picture()].concat()),
            bytes_read: 0,
            fail_from,
        };
        let error = read_photo(&mut reader).unwrap_err();
        assert_eq!(error.code(), "io");
        assert!(error.to_string().contains("the card is gone"));
    }
}
