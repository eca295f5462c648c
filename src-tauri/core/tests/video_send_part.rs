//! The bytes of a video as they are sent: the same every time, from any place on, never of two states of the file.

mod upload_support;

use std::fs::{self, File, FileTimes};
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use md5::{Digest, Md5};
use upload_support::video::{read_all, small, upload_of, video_at};
use waypost_core::error::CoreError;
use waypost_core::observe::{MeasureObserver, Unobserved};
use waypost_core::package::{Part, SourceVideo, core_error_of, session_key, video_part};
use waypost_generator::{GpsStream, VideoSpec};
use waypost_media::{TrackPoint, VideoKind, camm_mux, read_video};

/// Bytes that are checked and handed out together.
const BLOCK_BYTES: u64 = 1024 * 1024;

/// A video of three megabytes: blocks with index, pictures and positions.
fn large() -> VideoSpec {
    VideoSpec {
        duration_s: 3,
        frame_bytes: 100_000,
        ..small()
    }
}

fn video(spec: &VideoSpec) -> (tempfile::TempDir, SourceVideo) {
    let folder = tempfile::tempdir().unwrap();
    let video = video_at(&folder.path().join("GX010042.MP4"), spec);
    (folder, video)
}

fn md5_hex(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

fn is_changed(result: Result<Vec<u8>, CoreError>, video: &SourceVideo) -> bool {
    matches!(result, Err(CoreError::SourceChanged { path }) if path == video.path)
}

/// Writes another byte in place of the one at `offset`, and leaves size and time as they were.
fn exchange_in_secret(path: &Path, offset: u64) {
    let times = FileTimes::new().set_modified(fs::metadata(path).unwrap().modified().unwrap());
    let mut file = File::options().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(&[byte[0] ^ 0x55]).unwrap();
    file.set_times(times).unwrap();
}

#[test]
fn the_upload_is_the_planned_file_with_the_described_track() {
    for gps in [GpsStream::Gps5, GpsStream::Gps9] {
        let (_folder, video) = video(&VideoSpec { gps, ..large() });
        let upload = upload_of(&video);
        let track: Vec<TrackPoint> = video
            .track
            .iter()
            .map(waypost_core::source_video::DescribedPoint::track_point)
            .collect();
        let mut source = File::open(&video.path).unwrap();
        let layout = camm_mux(&mut source, &track, "GoPro", "HERO9 Black").unwrap();
        let mut planned = Vec::new();
        layout.reader(&mut source).read_to_end(&mut planned).unwrap();
        assert!(upload == planned);
        let facts = read_video(&mut Cursor::new(&upload)).unwrap();
        assert_eq!(facts.kind, VideoKind::Camm);
        assert_eq!(facts.track.len(), video.track.len());
        assert_eq!(facts.make.as_deref(), Some("GoPro"));
    }
}

#[test]
fn it_is_measured_as_it_is_read_and_named_after_its_bytes() {
    let (_folder, video) = video(&large());
    let part = video_part(video.clone());
    let measured = part.measure(&Unobserved).unwrap();
    let upload = upload_of(&video);
    assert_eq!(measured.length_bytes, upload.len() as u64);
    assert_eq!(measured.md5_hex, md5_hex(&upload));
    let key = session_key(&measured, part.suffix());
    assert_eq!(key, format!("mly_tools_{}.mp4", md5_hex(&upload)));
    assert_eq!(part.name(), "GX010042.MP4");
    assert_eq!(part.measure(&Unobserved).unwrap(), measured, "a second time");
}

#[test]
fn a_video_that_came_through_the_journal_or_a_description_has_the_same_bytes() {
    let (_folder, video) = video(&large());
    let kept: SourceVideo = serde_json::from_str(&serde_json::to_string(&video).unwrap()).unwrap();
    assert_eq!(kept, video);
    assert!(upload_of(&kept) == upload_of(&video));
}

#[test]
fn it_can_be_read_from_any_place_on() {
    let (_folder, video) = video(&large());
    let upload = upload_of(&video);
    let length = upload.len() as u64;
    let part = video_part(video);
    let places = [
        0,
        1,
        500,
        BLOCK_BYTES - 1,
        BLOCK_BYTES,
        BLOCK_BYTES + 1,
        2 * BLOCK_BYTES + 77,
    ];
    for place in places
        .into_iter()
        .chain([length - 100, length - 1, length, length + 5, u64::MAX])
    {
        let rest = usize::try_from(place)
            .ok()
            .and_then(|place| upload.get(place..))
            .unwrap_or_default();
        assert!(read_all(&part, place).unwrap() == rest, "from {place}");
    }
    // In pieces of an odd size, too.
    let mut reader = part.reader(3).unwrap();
    let (mut bytes, mut piece) = (Vec::new(), [0; 4_099]);
    loop {
        match reader.read(&mut piece).unwrap() {
            0 => break,
            count => bytes.extend_from_slice(&piece[..count]),
        }
    }
    assert!(bytes == upload[3..]);
}

#[test]
fn both_lenses_of_a_360_video_are_sent() {
    let (_folder, video) = video(&VideoSpec {
        video_tracks: 2,
        ..small()
    });
    let facts = read_video(&mut Cursor::new(upload_of(&video))).unwrap();
    assert_eq!((facts.video_tracks, facts.track.len()), (2, video.track.len()));
}

#[test]
fn a_video_that_has_changed_since_it_was_read_is_not_begun() {
    let changes: [fn(&Path); 3] = [
        |path| {
            let later = SystemTime::now() + Duration::from_secs(3);
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(later)
                .unwrap();
        },
        |path| fs::write(path, "short").unwrap(),
        |path| fs::remove_file(path).unwrap(),
    ];
    for change in changes {
        let (_folder, video) = video(&small());
        let part = video_part(video.clone());
        part.measure(&Unobserved).unwrap();
        change(&video.path);
        assert!(is_changed(read_all(&part, 0), &video), "measured before");
        assert!(
            is_changed(part.measure(&Unobserved).map(|_| Vec::new()), &video),
            "measured again"
        );
        assert!(
            is_changed(read_all(&video_part(video.clone()), 7), &video),
            "never measured"
        );
    }
}

#[test]
fn no_byte_of_a_block_leaves_that_is_not_the_one_that_was_measured() {
    let (_folder, video) = video(&large());
    let upload = upload_of(&video);
    let part = video_part(video.clone());
    part.measure(&Unobserved).unwrap();
    // Some picture in the second block.
    exchange_in_secret(&video.path, BLOCK_BYTES + BLOCK_BYTES / 2);
    let mut sent = Vec::new();
    let error = part.reader(0).unwrap().read_to_end(&mut sent).unwrap_err();
    assert!(matches!(core_error_of(error), Ok(CoreError::SourceChanged { .. })));
    assert!(sent == upload[..sent.len()], "what had left was the old video");
    assert!(sent.len() as u64 >= BLOCK_BYTES - 1 && (sent.len() as u64) < 2 * BLOCK_BYTES);
    assert!(
        is_changed(part.measure(&Unobserved).map(|_| Vec::new()), &video),
        "measured again"
    );
    // From behind the change on, nothing is wrong.
    assert!(read_all(&part, 2 * BLOCK_BYTES).unwrap() == upload[usize::try_from(2 * BLOCK_BYTES).unwrap()..]);
}

#[test]
fn a_video_that_changes_while_it_is_read_is_noticed_before_its_end() {
    let (_folder, video) = video(&large());
    let upload = upload_of(&video);
    let part = video_part(video.clone());
    part.measure(&Unobserved).unwrap();
    let changes: [fn(&Path); 3] = [
        // The same bytes under the same name, written anew: nobody knows what else happened.
        |path| {
            let later = SystemTime::now() + Duration::from_secs(5);
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(later)
                .unwrap();
        },
        |path| {
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_len(BLOCK_BYTES + 10)
                .unwrap();
        },
        |path| fs::rename(path, path.with_extension("old")).unwrap(),
    ];
    let original = fs::read(&video.path).unwrap();
    let times = FileTimes::new().set_modified(fs::metadata(&video.path).unwrap().modified().unwrap());
    for change in changes {
        let mut reader = part.reader(0).unwrap();
        let mut sent = vec![0; 1_000];
        reader.read_exact(&mut sent).unwrap();
        change(&video.path);
        let error = reader.read_to_end(&mut sent).unwrap_err();
        assert!(matches!(core_error_of(error), Ok(CoreError::SourceChanged { .. })));
        assert!(sent.len() < upload.len() && sent == upload[..sent.len()]);
        fs::write(&video.path, &original).unwrap();
        File::options()
            .write(true)
            .open(&video.path)
            .unwrap()
            .set_times(times)
            .unwrap();
        assert!(read_all(&part, 0).unwrap() == upload, "as it was");
    }
}

#[test]
fn what_cannot_be_repacked_says_why_and_which_file() {
    let (_folder, whole) = video(&small());
    // Every point lies before the start of the video.
    let mut before = whole.clone();
    for point in &mut before.track {
        point.time_ms = -1;
    }
    // A description can name any file.
    let other = whole.path.with_file_name("other.mp4");
    fs::write(&other, "this is no video, whatever its name says").unwrap();
    let metadata = fs::metadata(&other).unwrap();
    let modified = metadata
        .modified()
        .unwrap()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let no_video = SourceVideo {
        path: other,
        size_bytes: metadata.len(),
        modified_at_ms: i64::try_from(modified.as_millis()).unwrap(),
        ..whole
    };
    for video in [before, no_video] {
        let error = video_part(video.clone()).measure(&Unobserved).unwrap_err();
        assert_eq!(error.code(), "video_not_packable");
        let name = video.path.file_name().unwrap().to_str().unwrap();
        assert!(error.to_string().contains(name), "{error}");
        assert!(read_all(&video_part(video), 0).is_err());
    }
}

struct Counted {
    bytes: AtomicU64,
    stops_after: u64,
}

impl MeasureObserver for Counted {
    fn bytes(&self, count: u64) {
        self.bytes.fetch_add(count, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) >= self.stops_after
    }
}

#[test]
fn measuring_is_counted_and_can_be_stopped() {
    let (_folder, video) = video(&large());
    let part = video_part(video);
    let stopped = Counted {
        bytes: AtomicU64::new(0),
        stops_after: BLOCK_BYTES,
    };
    assert!(matches!(part.measure(&stopped), Err(CoreError::Stopped)));
    let whole = Counted {
        bytes: AtomicU64::new(0),
        stops_after: u64::MAX,
    };
    let measured = part.measure(&whole).unwrap();
    assert_eq!(whole.bytes.load(Ordering::Relaxed), measured.length_bytes);
}

#[derive(Default)]
struct Original(Mutex<Vec<(PathBuf, String)>>);

impl MeasureObserver for Original {
    fn wants_originals(&self) -> bool {
        true
    }

    fn original(&self, path: &Path, md5_hex: &str) {
        self.0.lock().unwrap().push((path.to_path_buf(), md5_hex.to_owned()));
    }

    fn bytes(&self, _count: u64) {}

    fn cancelled(&self) -> bool {
        false
    }
}

#[test]
fn the_md5_of_the_original_comes_with_that_of_what_is_sent() {
    for spec in [
        large(),
        VideoSpec {
            moov_first: true,
            ..large()
        },
        VideoSpec {
            video_tracks: 2,
            ..large()
        },
    ] {
        let (_folder, video) = video(&spec);
        let original = Original::default();
        let part = video_part(video.clone());
        let measured = part.measure(&original).unwrap();
        assert_eq!(measured.md5_hex, md5_hex(&upload_of(&video)));
        let expected = md5_hex(&fs::read(&video.path).unwrap());
        assert_eq!(original.0.into_inner().unwrap(), [(video.path, expected)]);
    }
}
