//! The container in all the shapes that cameras and editors give it.

use waypost_generator::{VideoSpec, gopro_video_bytes, video_points};
use waypost_media::{RemovalReason, TrackPoint, VideoFacts, VideoKind};

use crate::builder::{at, boxed, boxed_to_end, boxed_wide, boxes, edit_list, kinds, replaced, unchanged, with_tracks};
use crate::{assert_near, mux, read, whole};

fn spec() -> VideoSpec {
    VideoSpec {
        duration_s: 4,
        ..VideoSpec::default()
    }
}

fn video() -> Vec<u8> {
    gopro_video_bytes(&spec()).unwrap()
}

/// The points are all there, with the places and times of the specification.
fn assert_all_points(facts: &VideoFacts) {
    let written = video_points(&spec());
    assert_eq!(facts.track.len(), written.len());
    for (read, written) in facts.track.iter().zip(written) {
        assert_near(read.time_ms, written.video_ms, 1e-6, "time");
        assert_near(read.lat_deg, written.lat_deg, 1e-9, "latitude");
    }
}

#[test]
fn the_media_data_may_go_on_to_the_end_of_the_file() {
    let file = gopro_video_bytes(&VideoSpec {
        moov_first: true,
        ..spec()
    })
    .unwrap();
    let last = boxes(&file).pop().unwrap();
    assert_eq!(last.0, *b"mdat");
    let before = file.len() - last.1.len() - 8;
    let open = [&file[..before], &boxed_to_end(*b"mdat", last.1)].concat();
    assert_all_points(&read(&open).unwrap());
}

#[test]
fn the_index_and_each_box_in_it_may_have_64_bit_sizes() {
    let file = video();
    let mut wide = Vec::new();
    for (kind, content) in boxes(&file) {
        if &kind == b"moov" {
            let inside: Vec<u8> = boxes(content)
                .into_iter()
                .flat_map(|(kind, content)| {
                    if &kind == b"trak" {
                        let parts: Vec<u8> = boxes(content)
                            .into_iter()
                            .flat_map(|(kind, content)| boxed_wide(kind, content))
                            .collect();
                        boxed_wide(kind, &parts)
                    } else {
                        boxed_wide(kind, content)
                    }
                })
                .collect();
            wide.extend(boxed_wide(kind, &inside));
        } else {
            wide.extend(boxed(kind, content));
        }
    }
    let facts = read(&wide).unwrap();
    assert_all_points(&facts);
    let upload = whole(&mux(&wide, &facts.track).unwrap(), &wide);
    assert_eq!(read(&upload).unwrap().track.len(), facts.track.len());
}

#[test]
fn the_index_may_be_the_box_that_goes_on_to_the_end() {
    let file = video();
    let moov = at(&file, &[b"moov"]).unwrap();
    let before = file.len() - moov.len() - 8;
    let open = [&file[..before], &boxed_to_end(*b"moov", moov)].concat();
    assert_all_points(&read(&open).unwrap());
}

#[test]
fn a_damaged_sound_track_does_not_hide_the_telemetry() {
    for damage in [&b"mdhd"[..], b"hdlr", b"minf", b"stbl", b"stsz", b"stsc"] {
        let broken = with_tracks(&video(), |track| {
            if kinds(track).0 == b"soun" {
                vec![boxed(*b"trak", &replaced(track, damage, b"\0\0\0\0"))]
            } else {
                unchanged(track)
            }
        });
        assert_all_points(&read(&broken).unwrap());
    }
    let no_units = with_tracks(&video(), |track| {
        let mut track = track.to_vec();
        if kinds(&track).0 == b"soun" {
            let header = at(&track, &[b"mdia", b"mdhd"]).unwrap().to_vec();
            let mut zero = header.clone();
            zero[12..16].fill(0);
            track = replaced(&track, &header, &zero);
        }
        unchanged(&track)
    });
    assert_all_points(&read(&no_units).unwrap());
}

#[test]
fn another_track_with_the_handler_of_telemetry_is_passed_over() {
    // GoPro writes two `meta` tracks; only the format of the samples tells them apart.
    let file = with_tracks(&video(), |track| {
        if kinds(track).1 == b"gpmd" {
            let other = replaced(track, b"gpmd", b"fdsc");
            [vec![boxed(*b"trak", &other)], unchanged(track)].concat()
        } else {
            unchanged(track)
        }
    });
    assert_all_points(&read(&file).unwrap());
}

#[test]
fn tables_that_count_too_much_are_read_as_far_as_they_go() {
    for table in [b"stsz", b"stts", b"stsc", b"stco"] {
        let file = with_tracks(&video(), |track| {
            if kinds(track).1 != b"gpmd" {
                return unchanged(track);
            }
            let content = at(track, &[b"mdia", b"minf", b"stbl", table]).unwrap();
            let mut huge = content.to_vec();
            let count_at = if table == b"stsz" { 8 } else { 4 };
            huge[count_at..count_at + 4].copy_from_slice(&0x7fff_ffff_u32.to_be_bytes());
            unchanged(&replaced(track, &boxed(*table, content), &boxed(*table, &huge)))
        });
        assert_all_points(&read(&file).unwrap());
    }
}

#[test]
fn an_edit_list_moves_the_track_with_the_video() {
    let delayed = with_tracks(&video(), |track| {
        if kinds(track).1 == b"gpmd" {
            // The movie counts milliseconds in generated files.
            let edits = edit_list(&[(500, -1), (4000, 0)]);
            vec![boxed(*b"trak", &[track, &edits].concat())]
        } else {
            unchanged(track)
        }
    });
    let plain = read(&video()).unwrap();
    let facts = read(&delayed).unwrap();
    assert_eq!(facts.track.len(), plain.track.len());
    for (moved, point) in facts.track.iter().zip(&plain.track) {
        assert_near(moved.time_ms, point.time_ms + 500.0, 1e-6, "time");
    }
}

#[test]
fn points_of_the_part_that_was_trimmed_away_are_told_apart() {
    let trimmed = with_tracks(&video(), |track| {
        if kinds(track).1 == b"gpmd" {
            let edits = edit_list(&[(2000, 1000)]);
            vec![boxed(*b"trak", &[track, &edits].concat())]
        } else {
            unchanged(track)
        }
    });
    let facts = read(&trimmed).unwrap();
    // 18 points a second; the one at the very end is within the rounding.
    assert!((36..=37).contains(&facts.track.len()));
    assert_near(facts.track[0].time_ms, 0.0, 1e-6, "start");
    assert_eq!(facts.track.len() + facts.removed.len(), 72);
    assert!(facts.removed.iter().all(|(_, reason)| *reason == RemovalReason::CutOut));
}

#[test]
fn a_wrong_length_behind_which_nothing_is_missing_is_no_cut() {
    let file = gopro_video_bytes(&VideoSpec {
        moov_first: true,
        ..spec()
    })
    .unwrap();
    let length = u32::try_from(boxes(&file).pop().unwrap().1.len() + 8).unwrap();
    let start = file.len() - length as usize;
    let mut longer = file.clone();
    longer[start..start + 4].copy_from_slice(&(length + 7).to_be_bytes());
    assert_all_points(&read(&longer).unwrap());
}

#[test]
fn compact_tables_of_sizes_are_read() {
    let sizes = |track: &[u8]| -> Vec<u32> {
        let table = at(track, &[b"mdia", b"minf", b"stbl", b"stsz"]).unwrap();
        let words = table[12..].chunks_exact(4);
        words.map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect()
    };
    let file = with_tracks(&video(), |track| {
        if kinds(track).1 != b"gpmd" {
            return unchanged(track);
        }
        let fields: Vec<u8> = sizes(track)
            .into_iter()
            .flat_map(|size| u16::try_from(size).unwrap().to_be_bytes())
            .collect();
        let count = u32::try_from(fields.len() / 2).unwrap().to_be_bytes();
        let table = [&[0, 0, 0, 0, 0, 0, 0, 16], &count[..], &fields].concat();
        // As long as the table it stands for, so that the boxes around it stay as they are.
        let old = boxed(*b"stsz", at(track, &[b"mdia", b"minf", b"stbl", b"stsz"]).unwrap());
        let mut new = boxed(*b"stz2", &table);
        new.extend(boxed(*b"free", &vec![0; old.len() - new.len() - 8]));
        unchanged(&replaced(track, &old, &new))
    });
    let facts = read(&file).unwrap();
    assert_all_points(&facts);
    let upload = whole(&mux(&file, &facts.track).unwrap(), &file);
    assert_eq!(read(&upload).unwrap().track.len(), facts.track.len());
}

#[test]
fn a_video_without_telemetry_is_plain() {
    let plain = with_tracks(&video(), |track| {
        if kinds(track).0 == b"vide" {
            unchanged(track)
        } else {
            vec![]
        }
    });
    let facts = read(&plain).unwrap();
    assert_eq!((facts.kind, facts.video_tracks), (VideoKind::Plain, 1));
    assert_eq!(facts.track, []);
    assert_eq!(facts.kind.filetype(), "video");
    let empty_payloads = replaced(&video(), b"DEVC", b"ABCD");
    assert_eq!(read(&empty_payloads).unwrap().kind, VideoKind::Plain);
}

#[test]
fn camm_of_other_writers_is_read() {
    // Type 5 among sensor samples (type 2, 16 bytes), names in QuickTime's text.
    let source = video();
    let track: Vec<TrackPoint> = (0..20_u32)
        .map(|index| TrackPoint::new(f64::from(index) * 100.0, 50.0, f64::from(index) * 1e-4))
        .collect();
    let upload = whole(&mux(&source, &track).unwrap(), &source);
    let name = |kind: [u8; 4], name: &[u8]| {
        let length = u16::try_from(name.len()).unwrap();
        boxed(kind, &[&length.to_be_bytes()[..], &[0x55, 0xc4], name].concat())
    };
    let names = [
        name(*b"\xa9mak", b"Arashi Vision\0"),
        name(*b"\xa9mod", b"Insta360 Titan"),
    ]
    .concat();
    let old_names = at(&upload, &[b"moov", b"udta"]).unwrap();
    // The names are longer than those that are there, so the index goes behind the media data.
    let mut moved = Vec::new();
    for (kind, content) in boxes(&upload) {
        if &kind == b"moov" {
            moved.extend(boxed(*b"free", content));
        } else {
            moved.extend(boxed(kind, content));
        }
    }
    let moov = at(&upload, &[b"moov"]).unwrap();
    let without = &moov[..moov.len() - old_names.len() - 8];
    moved.extend(boxed(*b"moov", &[without, &boxed(*b"udta", &names)].concat()));
    let facts = read(&moved).unwrap();
    assert_eq!(facts.kind, VideoKind::Camm);
    assert_eq!(facts.make.as_deref(), Some("Arashi Vision"));
    assert_eq!(facts.model.as_deref(), Some("Insta360 Titan"));
    assert_eq!(facts.track.len(), 20);
}

#[test]
fn blackvue_text_is_found_in_its_box() {
    let text = b"[1484010000000]$GNRMC,001031.00,A,4404.13993,N,12118.86023,W,0.146,,100117,,,A*7B\n\
        [1484010001000]$GNRMC,001032.00,A,4404.14993,N,12118.86023,W,0.146,,100117,,,A\n";
    let free = boxed(
        *b"free",
        &[
            boxed(*b"cprt", b" Pittasoft Co., Ltd.;DR900S-1CH;1.008;English;1;"),
            boxed(*b"gps ", text),
        ]
        .concat(),
    );
    let plain = with_tracks(&video(), |track| {
        if kinds(track).0 == b"vide" {
            unchanged(track)
        } else {
            vec![]
        }
    });
    let facts = read(&[plain, free].concat()).unwrap();
    assert_eq!(facts.kind, VideoKind::BlackVue);
    assert_eq!(facts.make.as_deref(), Some("BlackVue"));
    assert_eq!(facts.model.as_deref(), Some("DR900S-1CH"));
    assert_eq!(facts.track.len(), 2);
    assert_near(facts.track[1].time_ms, 1000.0, 1e-9, "time");
}

#[test]
fn a_time_lapse_is_recognised() {
    // The receiver's clock runs fifteen times as fast as the video.
    let file = with_tracks(&video(), |track| {
        if kinds(track).1 != b"gpmd" {
            return unchanged(track);
        }
        let header = at(track, &[b"mdia", b"mdhd"]).unwrap();
        let mut faster = header.to_vec();
        faster[12..16].copy_from_slice(&15_000_u32.to_be_bytes());
        unchanged(&replaced(track, header, &faster))
    });
    let facts = read(&file).unwrap();
    assert_near(facts.time_lapse_factor.unwrap(), 15.0, 0.1, "factor");
    assert!(facts.is_time_lapse());
}

#[test]
fn each_file_that_is_no_whole_video_has_its_own_answer() {
    let file = video();
    let code = |bytes: &[u8]| read(bytes).unwrap_err().code();
    assert_eq!(code(b""), "empty_file");
    assert_eq!(code(b"\xff\xd8\xff\xe1 a photo with the wrong name"), "not_a_video");
    assert_eq!(code(&boxed(*b"ftyp", b"isom")), "video_index_missing");
    assert_eq!(code(&file[..file.len() / 3]), "video_index_missing");
    assert_eq!(code(&file[..file.len() - 1]), "video_cut_off");
    let in_front = gopro_video_bytes(&VideoSpec {
        moov_first: true,
        ..spec()
    })
    .unwrap();
    assert_eq!(code(&in_front[..in_front.len() * 2 / 3]), "video_cut_off");
    let crowded = with_tracks(&file, |track| {
        if kinds(track).1 != b"gpmd" {
            return unchanged(track);
        }
        let table = boxed(*b"stsz", at(track, &[b"mdia", b"minf", b"stbl", b"stsz"]).unwrap());
        let media = at(track, &[b"mdia"]).unwrap();
        // A box that claims more than a table may have, in a track that is stretched to hold it.
        let huge = 17_u32 * 1024 * 1024;
        let mut grown = replaced(media, &table[..8], &[&huge.to_be_bytes()[..], b"stsz"].concat());
        grown.extend(vec![0; huge as usize]);
        for name in [b"minf", b"stbl"] {
            let start = grown.windows(4).position(|found| found == name).unwrap() - 4;
            grown[start..start + 4].copy_from_slice(&(huge + 4_000).to_be_bytes());
        }
        let header = boxed(*b"tkhd", at(track, &[b"tkhd"]).unwrap());
        vec![boxed(*b"trak", &[header, boxed(*b"mdia", &grown)].concat())]
    });
    assert_eq!(code(&crowded), "video_too_large");
}
