//! Generated videos as they are sent, and what arrived of them.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::time::UNIX_EPOCH;

use waypost_core::error::CoreError;
use waypost_core::package::{Part, SourceVideo, core_error_of, video_part};
use waypost_core::settings::PackageKind;
use waypost_core::source_video::DescribedPoint;
use waypost_core::upload::{NewUpload, UploadSource};
use waypost_generator::{VideoSpec, write_gopro_video};
use waypost_media::read_video;

use super::World;

/// A video of some kilobytes and two seconds.
pub fn small() -> VideoSpec {
    VideoSpec {
        width_px: 64,
        height_px: 48,
        frames_per_second: 10,
        duration_s: 2,
        frame_bytes: 1_000,
        ..VideoSpec::default()
    }
}

/// What is kept of the video at `path`, as reading it tells.
pub fn source_video(path: &Path) -> SourceVideo {
    let mut file = File::open(path).unwrap();
    let facts = read_video(&mut file).unwrap();
    let metadata = file.metadata().unwrap();
    let modified = metadata.modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
    SourceVideo {
        path: path.to_path_buf(),
        size_bytes: metadata.len(),
        modified_at_ms: i64::try_from(modified.as_millis()).unwrap(),
        filetype: facts.kind,
        make: facts.make,
        model: facts.model,
        track: facts.track.iter().map(DescribedPoint::of).collect(),
    }
}

/// Writes a video and reads it.
pub fn video_at(path: &Path, spec: &VideoSpec) -> SourceVideo {
    write_gopro_video(path, spec).unwrap();
    source_video(path)
}

pub fn new_video_upload(video: &SourceVideo) -> NewUpload {
    NewUpload {
        title: "walk · GX010042.MP4".into(),
        user_id: None,
        organization_id: None,
        package: PackageKind::Video,
        source: UploadSource::Video(Box::new(video.clone())),
        left_out: Vec::new(),
        notes: waypost_wire::SequenceNotes::default(),
        fresh_key: false,
        finish: true,
    }
}

/// The bytes of a part from a place on.
pub fn read_all(part: &dyn Part, offset_bytes: u64) -> Result<Vec<u8>, CoreError> {
    let mut bytes = Vec::new();
    part.reader(offset_bytes)?
        .read_to_end(&mut bytes)
        .map_err(|error| core_error_of(error).unwrap())?;
    Ok(bytes)
}

/// The bytes that are sent for a video.
pub fn upload_of(video: &SourceVideo) -> Vec<u8> {
    read_all(&video_part(video.clone()), 0).unwrap()
}

impl World {
    /// A small video on the person's disk.
    pub fn video(&self, name: &str) -> SourceVideo {
        video_at(&self.folder.path().join(name), &small())
    }

    /// Sees that this video arrived, once, with every byte and every position, and that the service found nothing to
    /// complain of.
    pub fn assert_video_arrived_once(&self, video: &SourceVideo, at: &str) {
        let snapshot = self.snapshot();
        assert_eq!(snapshot.violations, Vec::<String>::new(), "{at}");
        self.assert_one_cluster_of_video(video, at);
    }

    /// Sees that this video arrived, once, with every byte and every position.
    pub fn assert_one_cluster_of_video(&self, video: &SourceVideo, at: &str) {
        let snapshot = self.snapshot();
        assert_eq!(snapshot.clusters.len(), 1, "{at}: lost or doubled");
        let cluster = &snapshot.clusters[0];
        assert_eq!(cluster.file_type, "mly_camm_video", "{at}");
        let upload = upload_of(video);
        // The key promises the MD5, and practice compares it; the length says that nothing is behind it.
        let session = snapshot
            .sessions
            .iter()
            .find(|session| session.key == cluster.session_key)
            .unwrap();
        assert_eq!(session.length, upload.len() as u64, "{at}");
        let sent = read_video(&mut Cursor::new(&upload)).unwrap();
        assert_eq!(sent.track.len(), video.track.len(), "{at}");
        assert_eq!(cluster.video.as_ref().unwrap().points, video.track.len(), "{at}");
    }
}
