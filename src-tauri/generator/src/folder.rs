//! Folders as they come from a camera's card: two sequences, and among them what goes wrong.

use std::path::{Path, PathBuf};

use crate::disk::{refuse_existing, write_new, write_photos};
use crate::{DEFAULT_START_MS, GeneratorError, PhotoSpec, VideoSpec, WalkSpec, gopro_video_bytes, photo_bytes, walk};

/// What to put into a practice folder. Start from [`PracticeOptions::default`].
#[derive(Debug, Clone, PartialEq)]
pub struct PracticeOptions {
    /// Good photos in each of the two sequences, at most 9,000.
    pub photos_per_sequence: usize,
    /// Decides the walks and the streets.
    pub seed: u64,
    /// When the first photo is taken, in milliseconds since 1970 UTC. The second sequence begins
    /// half an hour after the first one's end.
    pub start_ms: i64,
    /// Time from photo to photo in milliseconds.
    pub interval_ms: i64,
    /// Width of each photo in pixels.
    pub width_px: u16,
    /// Height of each photo in pixels.
    pub height_px: u16,
    /// See [`PhotoSpec::padding_bytes`].
    pub padding_bytes: usize,
}

impl Default for PracticeOptions {
    /// Two sequences of 24 photos, 640 x 480.
    fn default() -> Self {
        Self {
            photos_per_sequence: 24,
            seed: 7,
            start_ms: DEFAULT_START_MS,
            interval_ms: 2_000,
            width_px: 640,
            height_px: 480,
            padding_bytes: 0,
        }
    }
}

/// What is wrong with a photo that must be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BadKind {
    /// A complete photo without a position: the receiver had none yet.
    NoPosition,
    /// A file of zero bytes: the battery died while the photo was saved.
    Empty,
    /// A file that ends inside its EXIF block: a copy was cut off.
    TruncatedHeader,
    /// Text under the name of a photo.
    NotAJpeg,
    /// A photo at 0° N 0° E: the receiver made its position up.
    NullIsland,
    /// A photo at the place and with the heading of the one before: the person stood still.
    Duplicate,
}

/// A photo that must be refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPhoto {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: BadKind,
}

/// What [`write_practice_folder`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeFolder {
    /// The folder to read: the one that holds `DCIM`.
    pub root: PathBuf,
    /// The photos that can be sent, in the order they were taken.
    pub good: Vec<PathBuf>,
    /// The photos that must be refused.
    pub bad: Vec<BadPhoto>,
    /// Files that are no photos and must be passed over in silence.
    pub ignored: Vec<PathBuf>,
    /// How many sequences the good photos make.
    pub sequences: usize,
}

/// Writes a folder to practise with: `DCIM/100GOPRO` and `DCIM/101GOPRO` with a walk each, bad
/// photos of every [`BadKind`] among them, and files that a camera leaves beside its photos.
///
/// Nothing is overwritten: when one file of the folder exists already, the error is
/// `target_exists` and nothing has been written. Other errors: `not_written`, and those of
/// [`photo_bytes`].
pub fn write_practice_folder(root: &Path, options: &PracticeOptions) -> Result<PracticeFolder, GeneratorError> {
    let plan = plan_practice_folder(root, options);
    let targets = plan.photos.iter().map(|(path, _)| path);
    refuse_existing(targets.chain(plan.others.iter().map(|(path, _)| path)))?;
    write_photos(&plan.photos)?;
    for (path, content) in plan.others {
        write_new(&path, &content.bytes()?)?;
    }
    Ok(plan.folder)
}

/// Content that is no whole photo.
enum Content {
    Text(&'static str),
    Empty,
    CutPhoto(Box<PhotoSpec>),
    Photo(Box<PhotoSpec>),
    Video(Box<VideoSpec>),
}

impl Content {
    fn bytes(self) -> Result<Vec<u8>, GeneratorError> {
        Ok(match self {
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Empty => Vec::new(),
            Self::CutPhoto(spec) => {
                // Behind the first entries of the EXIF block, before any value that matters.
                let mut bytes = photo_bytes(&spec)?;
                bytes.truncate(120);
                bytes
            }
            Self::Photo(spec) => photo_bytes(&spec)?,
            Self::Video(spec) => gopro_video_bytes(&spec)?,
        })
    }
}

struct Plan {
    folder: PracticeFolder,
    photos: Vec<(PathBuf, PhotoSpec)>,
    others: Vec<(PathBuf, Content)>,
}

fn plan_practice_folder(root: &Path, options: &PracticeOptions) -> Plan {
    let mut plan = Plan {
        folder: PracticeFolder {
            root: root.to_path_buf(),
            good: Vec::new(),
            bad: Vec::new(),
            ignored: Vec::new(),
            sequences: 0,
        },
        photos: Vec::new(),
        others: Vec::new(),
    };
    let count = i64::try_from(options.photos_per_sequence).unwrap_or(i64::MAX);
    let half_an_hour_ms = 1_800_000;
    let second_start_ms = options
        .interval_ms
        .saturating_mul(count)
        .saturating_add(half_an_hour_ms)
        .saturating_add(options.start_ms);
    // Two streets of a park in Berlin, around the corner from each other, so that one picture shows both tracks.
    let walks = [
        ("100GOPRO", 1, options.start_ms, 52.514_5, 13.350_1),
        ("101GOPRO", 10_001, second_start_ms, 52.515_2, 13.352_0),
    ];
    for (index, (folder_name, first_number, start_ms, lat_deg, lon_deg)) in walks.into_iter().enumerate() {
        let mut spec = WalkSpec {
            start_lat_deg: lat_deg,
            start_lon_deg: lon_deg,
            start_ms,
            interval_ms: options.interval_ms,
            seed: options.seed.wrapping_mul(2).wrapping_add(index as u64),
            first_number,
            folder_name: folder_name.to_owned(),
            width_px: options.width_px,
            height_px: options.height_px,
            padding_bytes: options.padding_bytes,
            // Three more, which turn bad below.
            count: options.photos_per_sequence.saturating_add(3),
            ..WalkSpec::default()
        };
        spec.count = spec.count.min(9_003);
        let folder = root.join("DCIM").join(folder_name);
        let mut photos = walk(&spec);
        let spare = photos.split_off(photos.len() - 3);
        if !photos.is_empty() {
            plan.folder.sequences += 1;
        }
        plan.folder
            .good
            .extend(photos.iter().map(|photo| folder.join(&photo.file_name)));
        let last = photos.last().cloned();
        plan.photos
            .extend(photos.into_iter().map(|photo| (folder.join(&photo.file_name), photo)));
        if index == 0 {
            plan.add_first_spares(&folder, last, spare);
        } else {
            plan.add_second_spares(&folder, spare);
        }
    }
    plan.add_ignored(root);
    plan
}

impl Plan {
    fn add_bad(&mut self, folder: &Path, why: BadKind, file_name: &str, content: Content) {
        let path = folder.join(file_name);
        self.folder.bad.push(BadPhoto {
            path: path.clone(),
            why,
        });
        self.others.push((path, content));
    }

    fn add_first_spares(&mut self, folder: &Path, last: Option<PhotoSpec>, spare: Vec<PhotoSpec>) {
        let mut spare = spare.into_iter();
        // The duplicate follows the photo that it repeats, without another in between.
        if let (Some(photo), Some(last)) = (spare.next(), last) {
            let repeated = PhotoSpec {
                lat_deg: last.lat_deg,
                lon_deg: last.lon_deg,
                altitude_m: last.altitude_m,
                heading_deg: last.heading_deg,
                ..photo
            };
            let name = repeated.file_name.clone();
            self.add_bad(folder, BadKind::Duplicate, &name, Content::Photo(Box::new(repeated)));
        }
        if let Some(photo) = spare.next() {
            let name = photo.file_name.clone();
            self.add_bad(
                folder,
                BadKind::NoPosition,
                &name,
                Content::Photo(Box::new(without_fix(photo))),
            );
        }
        if let Some(photo) = spare.next() {
            self.add_bad(folder, BadKind::Empty, &photo.file_name, Content::Empty);
        }
    }

    fn add_second_spares(&mut self, folder: &Path, spare: Vec<PhotoSpec>) {
        let mut spare = spare.into_iter();
        if let Some(photo) = spare.next() {
            let name = photo.file_name.clone();
            let astray = PhotoSpec {
                lat_deg: Some(0.0),
                lon_deg: Some(0.0),
                ..photo
            };
            self.add_bad(folder, BadKind::NullIsland, &name, Content::Photo(Box::new(astray)));
        }
        if let Some(photo) = spare.next() {
            let name = photo.file_name.clone();
            self.add_bad(
                folder,
                BadKind::TruncatedHeader,
                &name,
                Content::CutPhoto(Box::new(photo)),
            );
        }
        if let Some(photo) = spare.next() {
            let text = "This is a note that somebody saved under the name of a photo.\n";
            self.add_bad(folder, BadKind::NotAJpeg, &photo.file_name, Content::Text(text));
        }
    }

    /// What cameras, their software and operating systems leave beside the photos.
    fn add_ignored(&mut self, root: &Path) {
        let first = root.join("DCIM").join("100GOPRO");
        let small = PhotoSpec {
            width_px: 160,
            height_px: 120,
            write_thumbnail: false,
            ..PhotoSpec::default()
        };
        let preview = VideoSpec {
            duration_s: 2,
            ..VideoSpec::default()
        };
        let link = "[InternetShortcut]\r\nURL=https://gopro.com/\r\n";
        for (path, content) in [
            (first.join(".hidden.JPG"), Content::Photo(Box::new(small.clone()))),
            (first.join("GX010042.THM"), Content::Photo(Box::new(small))),
            (first.join("GL010042.LRV"), Content::Video(Box::new(preview))),
            (root.join("Get_started_with_GoPro.url"), Content::Text(link)),
        ] {
            self.folder.ignored.push(path.clone());
            self.others.push((path, content));
        }
    }
}

/// The photo as it is before the receiver has found its place.
fn without_fix(photo: PhotoSpec) -> PhotoSpec {
    PhotoSpec {
        lat_deg: None,
        lon_deg: None,
        altitude_m: None,
        heading_deg: None,
        write_gps_time: false,
        ..photo
    }
}
