//! Videos without positions of their own that take their way from a GPX file, beside the real mapillary_tools 0.14.7
//! where it is installed.

mod pipeline_support;

use std::fs;
use std::path::{Path, PathBuf};

use pipeline_support::description;
use pipeline_support::peer::{peer_description, peer_program};
use waypost_core::observe::Unobserved;
use waypost_core::plan::{Plan, RefusalCode};
use waypost_core::process::process;
use waypost_core::settings::{ReadSettings, SequenceSettings, TrackSettings};
use waypost_generator::{VideoSpec, gopro_video_bytes};
use waypost_media::VideoKind;

/// Length of the videos, seconds.
const VIDEO_S: u32 = 20;
/// Points of the track, one a second: it goes on when the video has ended.
const TRACK_POINTS: i64 = 60;
const START_MS: i64 = 1_718_442_000_000;

/// A folder with a video whose telemetry nobody knows, and a track beside it.
struct World {
    _scratch: tempfile::TempDir,
    videos: PathBuf,
    track: PathBuf,
}

impl World {
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        let (videos, track) = (root.join("videos"), root.join("way.gpx"));
        fs::create_dir(&videos).unwrap();
        let mut plain = gopro_video_bytes(&VideoSpec {
            duration_s: VIDEO_S,
            frames_per_second: 2,
            ..VideoSpec::default()
        })
        .unwrap();
        for at in 0..plain.len() - 4 {
            if &plain[at..at + 4] == b"gpmd" {
                plain[at..at + 4].copy_from_slice(b"xxxx");
            }
        }
        fs::write(videos.join("plain.mp4"), plain).unwrap();
        let points: Vec<String> = (0..TRACK_POINTS)
            .map(|second| {
                let time = jiff::Timestamp::from_millisecond(START_MS + second * 1000).unwrap();
                let lat_deg = 52.5 + second as f64 * 1e-4;
                format!(r#"<trkpt lat="{lat_deg:.6}" lon="13.4"><ele>30</ele><time>{time}</time></trkpt>"#)
            })
            .collect();
        fs::write(
            &track,
            format!(
                r#"<gpx version="1.1" creator="t"><trk><trkseg>{}</trkseg></trk></gpx>"#,
                points.concat()
            ),
        )
        .unwrap();
        Self {
            _scratch: scratch,
            videos,
            track,
        }
    }

    fn plan(&self, track: Option<TrackSettings>) -> Plan {
        let settings = ReadSettings {
            track,
            ..ReadSettings::default()
        };
        let paths = [self.videos.clone()];
        process(&paths, &settings, &SequenceSettings::default(), &Unobserved).unwrap()
    }

    fn settings(&self) -> TrackSettings {
        TrackSettings {
            path: self.track.clone(),
            align_start: true,
            ..TrackSettings::default()
        }
    }
}

#[test]
fn a_video_without_positions_is_refused_until_a_track_file_gives_it_its_way() {
    let world = World::new();
    let refused = world.plan(None);
    assert!(refused.videos.is_empty());
    assert_eq!(refused.refusals[0].code, RefusalCode::VideoWithoutTrack);
    assert!(refused.refusals[0].message.contains("plain.mp4"));

    let plan = world.plan(Some(world.settings()));
    assert_eq!(plan.refusals, []);
    let video = &plan.videos[0];
    assert_eq!(video.kind, VideoKind::Plain);
    assert_eq!(video.track_file.as_deref(), Some(world.track.as_path()));
    assert_eq!(video.started_at_ms(), Some(START_MS));
    // From its first picture to its last, although the track goes on.
    let (first, last) = (video.track.first().unwrap(), video.track.last().unwrap());
    assert!(first.time_ms.abs() < 1.0, "{first:?}");
    let end_ms = f64::from(VIDEO_S) * 1000.0;
    assert!((last.time_ms - end_ms).abs() < 1.0, "{last:?}");
    assert!((last.lat_deg - 52.502).abs() < 1e-7, "{last:?}");
}

#[test]
fn a_look_up_offset_moves_the_way_and_one_past_the_track_is_refused_with_both_times() {
    let world = World::new();
    let shifted = world.plan(Some(TrackSettings {
        lookup_offset_ms: 10_000,
        ..world.settings()
    }));
    let first = shifted.videos[0].track.first().unwrap();
    assert!((first.lat_deg - 52.501).abs() < 1e-7, "{first:?}");

    let outside = world.plan(Some(TrackSettings {
        lookup_offset_ms: 3_600_000,
        ..world.settings()
    }));
    assert!(outside.videos.is_empty());
    let refusal = &outside.refusals[0];
    assert_eq!(refusal.code, RefusalCode::OutsideTrack, "{refusal:?}");
    assert!(refusal.message.contains("plain.mp4"), "{refusal:?}");
}

#[test]
fn mapillary_tools_gives_the_video_the_same_points_as_far_as_the_video_shows_them() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let world = World::new();
    let options = [
        "--geotag_source",
        "gpx",
        "--geotag_source_path",
        world.track.to_str().unwrap(),
        "--filetypes",
        "video",
    ];
    let theirs = peer_description(&program, Path::new(&world.videos), "America/New_York", &options);
    let ours = description(&world.plan(Some(world.settings())));
    assert_eq!((theirs.len(), ours.len()), (1, 1));
    assert_eq!(theirs[0]["filetype"], ours[0]["filetype"]);
    let (theirs, ours) = (
        theirs[0]["MAPGPSTrack"].as_array().unwrap(),
        ours[0]["MAPGPSTrack"].as_array().unwrap(),
    );
    // They write the whole file's track, also what the video no longer shows (docs/differences.md).
    assert_eq!(i64::try_from(theirs.len()).unwrap(), TRACK_POINTS);
    assert_eq!(u32::try_from(ours.len()).unwrap(), VIDEO_S + 1);
    for (their, our) in theirs.iter().zip(ours) {
        assert_eq!(their, our);
    }
}
