//! Recordings of more than 4 GiB, without a disk: a file that is mostly a hole.

use std::io::{self, Read, Seek, SeekFrom};

use waypost_generator::{VideoSpec, gopro_video_bytes, video_points};
use waypost_media::{Segment, VideoKind, camm_mux, read_video};

use crate::builder::{at, boxed, boxes, kinds, tracks, unchanged, with_tracks};
use crate::{assert_near, read};

/// Where the hole is, and how long: 4.7 GB.
const HOLE_BYTES: u64 = 4_700_000_000;

/// Bytes, a hole of zeros, bytes; counts what is read.
struct Sparse {
    front: Vec<u8>,
    back: Vec<u8>,
    position: u64,
    bytes_read: u64,
    hole_bytes_read: u64,
}

impl Sparse {
    fn length(&self) -> u64 {
        self.front.len() as u64 + HOLE_BYTES + self.back.len() as u64
    }
}

impl Read for Sparse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let hole_start = self.front.len() as u64;
        let hole_end = hole_start + HOLE_BYTES;
        let count = if self.position < hole_start {
            let mut rest = &self.front[usize::try_from(self.position).unwrap()..];
            rest.read(buffer)?
        } else if self.position < hole_end {
            let left = usize::try_from(hole_end - self.position).unwrap_or(usize::MAX);
            let count = left.min(buffer.len());
            buffer[..count].fill(0);
            self.hole_bytes_read += count as u64;
            count
        } else {
            let at = usize::try_from(self.position - hole_end).unwrap();
            let mut rest = self.back.get(at..).unwrap_or_default();
            rest.read(buffer)?
        };
        self.position += count as u64;
        self.bytes_read += count as u64;
        Ok(count)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(offset) => offset,
            SeekFrom::End(by) => self.length().checked_add_signed(by).unwrap(),
            SeekFrom::Current(by) => self.position.checked_add_signed(by).unwrap(),
        };
        Ok(self.position)
    }
}

fn spec() -> VideoSpec {
    VideoSpec {
        large_mdat: true,
        ..VideoSpec::default()
    }
}

/// A generated video whose media data begin with the hole. All samples lie behind 4 GiB, or all
/// but the pictures, which then fill the hole.
fn sparse(pictures_in_hole: bool) -> Sparse {
    let file = gopro_video_bytes(&spec()).unwrap();
    let parts = boxes(&file);
    assert_eq!(parts[1].0, *b"mdat");
    let ftyp = boxed(*b"ftyp", parts[0].1);
    let data = parts[1].1;
    let moved = with_tracks_moved(&file, pictures_in_hole);
    let moov = boxed(*b"moov", at(&moved, &[b"moov"]).unwrap());
    let size = 16 + HOLE_BYTES + data.len() as u64;
    let front = [&ftyp[..], &1_u32.to_be_bytes(), b"mdat", &size.to_be_bytes()].concat();
    Sparse {
        front,
        back: [data, &moov].concat(),
        position: 0,
        bytes_read: 0,
        hole_bytes_read: 0,
    }
}

/// Moves every chunk behind the hole; or stretches the pictures over it, 4 MB each.
fn with_tracks_moved(file: &[u8], pictures_in_hole: bool) -> Vec<u8> {
    with_tracks(file, |track| {
        let offsets = at(track, &[b"mdia", b"minf", b"stbl", b"co64"]).unwrap();
        let mut moved = offsets.to_vec();
        let is_video = kinds(track).0 == b"vide";
        for (index, entry) in moved[8..].chunks_exact_mut(8).enumerate() {
            let offset = u64::from_be_bytes((&*entry).try_into().unwrap());
            let new = if is_video && pictures_in_hole {
                // 12 chunks of 30 pictures.
                48 + index as u64 * HOLE_BYTES / 12
            } else {
                offset + HOLE_BYTES
            };
            entry.copy_from_slice(&new.to_be_bytes());
        }
        let track = crate::builder::replaced(track, offsets, &moved);
        if !(is_video && pictures_in_hole) {
            return unchanged(&track);
        }
        let sizes = at(&track, &[b"mdia", b"minf", b"stbl", b"stsz"]).unwrap();
        let mut large = sizes.to_vec();
        let picture_bytes = u32::try_from(HOLE_BYTES / 360).unwrap();
        if u32::from_be_bytes(large[4..8].try_into().unwrap()) == 0 {
            for entry in large[12..].chunks_exact_mut(4) {
                entry.copy_from_slice(&picture_bytes.to_be_bytes());
            }
        } else {
            large[4..8].copy_from_slice(&picture_bytes.to_be_bytes());
        }
        let sizes = boxed(*b"stsz", sizes);
        unchanged(&crate::builder::replaced(&track, &sizes, &boxed(*b"stsz", &large)))
    })
}

#[test]
fn telemetry_behind_4_gib_is_read_without_reading_the_pictures() {
    let mut file = sparse(false);
    let facts = read_video(&mut file).unwrap();
    assert_eq!(facts.kind, VideoKind::GoPro);
    let written = video_points(&spec());
    assert_eq!(facts.track.len(), written.len());
    assert_near(facts.track[50].lat_deg, written[50].lat_deg, 1e-9, "place");
    assert_eq!(file.hole_bytes_read, 0, "no byte of the pictures is read");
    assert!(file.bytes_read < 200_000, "{} bytes read", file.bytes_read);
}

#[test]
fn the_upload_of_more_than_4_gib_has_64_bit_sizes_and_is_planned_from_the_index_alone() {
    let mut file = sparse(true);
    let facts = read_video(&mut file).unwrap();
    file.bytes_read = 0;
    let layout = camm_mux(&mut file, &facts.track, "GoPro", "HERO9 Black").unwrap();
    assert_eq!(file.hole_bytes_read, 0, "no byte of the pictures is read");
    assert!(file.bytes_read < 200_000, "{} bytes read", file.bytes_read);
    assert!(layout.length_bytes() > HOLE_BYTES - 1000);

    let Segment::Bytes(front) = &layout.segments()[0] else {
        panic!("the index comes first");
    };
    let size = layout.length_bytes() - (front.len() as u64 - 16);
    let header = [&1_u32.to_be_bytes()[..], b"mdat", &size.to_be_bytes()].concat();
    assert_eq!(front[front.len() - 16..], header);

    // The positions are where the index says, behind all pictures.
    let index = &front[..front.len() - 16];
    let camm = tracks(index)[1];
    let offset = &at(camm, &[b"mdia", b"minf", b"stbl", b"co64"]).unwrap()[8..16];
    let offset = u64::from_be_bytes(offset.try_into().unwrap());
    let (segment, inside) = layout.segment_at(offset).unwrap();
    assert_eq!(inside, 0);
    assert!(matches!(segment, Segment::Bytes(_)));
    assert!(offset > u64::from(u32::MAX));

    let mut reader = layout.reader(&mut file);
    reader.seek(SeekFrom::Start(offset)).unwrap();
    let mut samples = Vec::new();
    reader.read_to_end(&mut samples).unwrap();
    assert_eq!(samples.len(), facts.track.len() * 60);
    // And the whole upload can be read as a video again.
    let back = read_video(&mut layout.reader(&mut file)).unwrap();
    assert_eq!(back.track.len(), facts.track.len());
    assert!(read(&samples).is_err());
}
