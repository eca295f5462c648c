//! The description of one video: the fields of mapillary_tools 0.14.7 (protocol notes §3.2), with the same rules for
//! writing and reading.

use std::fs;
use std::path::PathBuf;

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use waypost_media::{TrackPoint, VideoKind};

use super::image_entry::{PathJson, optional, path, present_text};
use crate::plan::{Refusal, RefusalCode, Video};
use crate::read::modified_at_ms;
use crate::source_video::{DescribedPoint, SourceVideo, video_kind};

/// One entry of a description file about a video, as it is written.
pub(crate) struct VideoEntry<'a>(&'a Video);

impl<'a> VideoEntry<'a> {
    /// The entry of a video.
    pub(crate) fn of(video: &'a Video) -> Self {
        Self(video)
    }
}

impl Serialize for VideoEntry<'_> {
    /// Writes the fields in the order of their names, which is that of Python's `sort_keys`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(video) = self;
        let mut map = serializer.serialize_map(None)?;
        let named = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
        optional(&mut map, "MAPCameraUUID", named(&video.camera_uuid))?;
        optional(&mut map, "MAPDeviceMake", named(&video.make))?;
        optional(&mut map, "MAPDeviceModel", named(&video.model))?;
        map.serialize_entry("MAPGPSTrack", &Track(&video.track))?;
        map.serialize_entry("filename", &PathJson(video.resolved_path()))?;
        map.serialize_entry("filesize", &video.size_bytes)?;
        map.serialize_entry("filetype", video.kind.filetype())?;
        map.serialize_entry("md5sum", &None::<&str>)?;
        map.end()
    }
}

/// The points of a track, each as the array of a description.
struct Track<'a>(&'a [TrackPoint]);

impl Serialize for Track<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(DescribedPoint::of))
    }
}

/// One entry of a description file about a video, as it is read. No other field is allowed in one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DescribedVideo {
    #[serde(default, rename = "MAPCameraUUID", deserialize_with = "present_text")]
    _camera_uuid: Option<String>,
    #[serde(default, rename = "MAPDeviceMake", deserialize_with = "present_text")]
    make: Option<String>,
    #[serde(default, rename = "MAPDeviceModel", deserialize_with = "present_text")]
    model: Option<String>,
    #[serde(rename = "MAPGPSTrack")]
    track: Vec<DescribedPoint>,
    #[serde(rename = "filename", deserialize_with = "path")]
    path: PathBuf,
    #[serde(default, rename = "filesize")]
    _size_bytes: Option<Number>,
    filetype: String,
    #[serde(default, rename = "md5sum")]
    _md5_hex: Option<String>,
}

impl DescribedVideo {
    /// The video as it is now, or why it cannot be sent.
    pub(super) fn source_video(self) -> Result<SourceVideo, Refusal> {
        let filetype = video_kind(&self.filetype).unwrap_or(VideoKind::Plain);
        let refuse = |code, what: &str| Err(Refusal::of_video(self.path.clone(), filetype, code, what));
        if self.track.is_empty() {
            return refuse(RefusalCode::VideoTrackEmpty, "is described without a position");
        }
        match dunce::canonicalize(&self.path).and_then(|path| Ok((fs::metadata(&path)?, path))) {
            Ok((metadata, path)) if metadata.is_file() => Ok(SourceVideo {
                path,
                size_bytes: metadata.len(),
                modified_at_ms: modified_at_ms(&metadata),
                filetype,
                make: self.make,
                model: self.model,
                track: self.track,
            }),
            Ok(_) => refuse(RefusalCode::Unreadable, "is in the description but is no file"),
            Err(error) => refuse(
                RefusalCode::Unreadable,
                &format!("is in the description but cannot be opened ({error})"),
            ),
        }
    }
}
