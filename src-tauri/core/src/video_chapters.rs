//! Chapters: GoPro cuts long recordings into files of up to 12 GB, and Mapillary takes each for itself. Here they are
//! told to be one recording, so that a list can show them together and in their order.
//!
//! The names are those of GoPro's support page "Camera File Naming Convention": `GX010042.MP4` is chapter 01 of
//! recording 0042, and so are `GH…` (AVC), `GS….360` and `GL….LRV`; cameras up to HERO5 call the first chapter
//! `GOPR0042.MP4` and the others `GP010042.MP4`; Fusion has `GPFR0042`/`GF010042` for its front lens and
//! `GPBK0042`/`GB010042` for the back.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::video::{Chapter, Video};

/// Kinds of files whose first chapter counts as 01 already.
const NUMBERED_FROM_ONE: [&str; 4] = ["GX", "GH", "GS", "GL"];

/// What the name of a file says: the recording and which chapter of it. `None` for other names.
pub fn chapter_of_name(path: &Path) -> Option<Chapter> {
    let stem = path.file_stem()?.to_str()?.to_ascii_uppercase();
    let number = stem.get(4..).filter(|number| is_number(number) && number.len() == 4)?;
    let kind = stem.get(..2)?;
    let middle = stem.get(2..4)?;
    let (kind, chapter) = match (kind, middle) {
        ("GO", "PR") => ("GP", 1),
        ("GP", "FR") => ("GF", 1),
        ("GP", "BK") => ("GB", 1),
        (kind, chapter) if is_number(chapter) => {
            let chapter: u32 = chapter.parse().ok()?;
            match kind {
                "GP" | "GF" | "GB" => (kind, chapter.checked_add(1)?),
                kind if NUMBERED_FROM_ONE.contains(&kind) && chapter > 0 => (kind, chapter),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Chapter {
        recording: format!("{kind}{number}"),
        number: chapter,
    })
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tells the chapters of each recording; a recording of one file is whole. Chapters lie in one folder.
pub fn tell_chapters<'a>(videos: impl Iterator<Item = &'a mut Video>) {
    let named: Vec<(&mut Video, Option<Chapter>)> = videos
        .map(|video| {
            let chapter = chapter_of_name(&video.path);
            (video, chapter)
        })
        .collect();
    let mut numbers: BTreeMap<(PathBuf, String), BTreeSet<u32>> = BTreeMap::new();
    for (video, chapter) in &named {
        if let Some(chapter) = chapter {
            let key = (video.folder().to_path_buf(), chapter.recording.clone());
            numbers.entry(key).or_default().insert(chapter.number);
        }
    }
    for (video, chapter) in named {
        video.chapter = chapter.filter(|chapter| {
            let key = (video.folder().to_path_buf(), chapter.recording.clone());
            chapter.number > 1 || numbers.get(&key).is_some_and(|numbers| numbers.len() > 1)
        });
    }
}

/// Sorts by folder and name, the chapters of a recording one after the other.
pub fn sort_videos(videos: &mut [Video]) {
    videos.sort_by_cached_key(|video| {
        let name = match &video.chapter {
            Some(chapter) => format!("{}{:04}", chapter.recording, chapter.number).into(),
            None => chapter_of_name(&video.path).map_or_else(
                || video.path.file_name().map(OsStr::to_os_string).unwrap_or_default(),
                |chapter| format!("{}{:04}", chapter.recording, chapter.number).into(),
            ),
        };
        (video.folder().to_path_buf(), name, video.path.clone())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video_checks::test_videos::video;

    fn told(name: &str) -> Option<(String, u32)> {
        chapter_of_name(Path::new(name)).map(|chapter| (chapter.recording, chapter.number))
    }

    #[test]
    fn every_naming_of_gopro_is_known() {
        for (name, recording, number) in [
            ("/card/GX010042.MP4", "GX0042", 1),
            ("GH120042.mp4", "GH0042", 12),
            ("gs020001.360", "GS0001", 2),
            ("GOPR0042.MP4", "GP0042", 1),
            ("GP010042.MP4", "GP0042", 2),
            ("GPFR0042.MP4", "GF0042", 1),
            ("GF010042.MP4", "GF0042", 2),
            ("GPBK0042.MP4", "GB0042", 1),
            ("GB010042.MP4", "GB0042", 2),
        ] {
            assert_eq!(told(name), Some((recording.into(), number)), "{name}");
        }
    }

    #[test]
    fn other_names_are_no_chapters() {
        for name in [
            "",
            "GX01004.MP4",
            "GX0100421.MP4",
            "GXAB0042.MP4",
            "GX000042.MP4",
            "GX01004a.MP4",
            "G0010042.MP4",
            "VID_2024.mp4",
            "GXé0042.MP4",
            "20240101_120000_NF.mp4",
        ] {
            assert_eq!(told(name), None, "{name}");
        }
    }

    #[test]
    fn chapters_come_in_their_order_and_only_cut_recordings_have_them() {
        let names = [
            "/a/GX010042.MP4",
            "/a/GX010043.MP4",
            "/a/GX020042.MP4",
            "/a/Z.MP4",
            "/b/GX010042.MP4",
            "/b/GX020050.MP4",
        ];
        let mut videos: Vec<Video> = names.into_iter().rev().map(video).collect();
        tell_chapters(videos.iter_mut());
        sort_videos(&mut videos);
        let told: Vec<(String, Option<u32>)> = videos
            .iter()
            .map(|video| {
                let number = video.chapter.as_ref().map(|chapter| chapter.number);
                (video.path.display().to_string(), number)
            })
            .collect();
        let expected = [
            ("/a/GX010042.MP4", Some(1)),
            ("/a/GX020042.MP4", Some(2)),
            ("/a/GX010043.MP4", None),
            ("/a/Z.MP4", None),
            ("/b/GX010042.MP4", None),
            ("/b/GX020050.MP4", Some(2)),
        ]
        .map(|(name, number)| (name.to_owned(), number));
        assert_eq!(told, expected);
    }
}
