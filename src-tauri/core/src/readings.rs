//! The expensive half of making a plan, done once: every file is found and read, and what it says is kept.
//!
//! Nothing is decided here that a person could change: a photo that lacks its zone, its time or its position is kept
//! with what it does say. [`crate::planning`] makes a plan of it, as often as it is asked.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::CoreError;
use crate::observe::{ProcessObserver, ProgressCounter};
use crate::plan::Refusal;
use crate::read::read;
pub use crate::read::{Capture, PhotoReading};
use crate::scan::{CandidateKind, scan};
use crate::settings::{NaiveTimeZone, ReadSettings};
use crate::track_file::Track;

/// Everything that was read. The number of a capture is its place in the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readings {
    /// What became of each file that was looked at, in the order of the paths.
    pub captures: Vec<Capture>,
    /// What was found and not looked at, with the reason.
    pub refusals: Vec<Refusal>,
    /// Track files that lay beside the captures, by path. None of them was opened.
    pub track_files: Vec<PathBuf>,
    /// Track files that were added, by number.
    tracks: Vec<Track>,
    /// The front lens's photo of the same shot, for those of the back lens.
    twins: HashMap<u64, u64>,
}

impl Readings {
    /// Gathers what was read.
    pub fn new(captures: Vec<Capture>, refusals: Vec<Refusal>) -> Self {
        let twins = twins(&captures);
        Self {
            captures,
            refusals,
            track_files: Vec::new(),
            tracks: Vec::new(),
            twins,
        }
    }

    /// The capture with this number.
    pub fn capture(&self, capture_id: u64) -> Option<&Capture> {
        self.captures.get(usize::try_from(capture_id).ok()?)
    }

    /// The captures with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (u64, &Capture)> {
        (0..).zip(&self.captures)
    }

    /// Adds a track file, unless it is there already, and returns its number.
    pub fn add_track(&mut self, track: Track) -> u32 {
        let known = self.tracks.iter().position(|known| known.path() == track.path());
        let number = known.unwrap_or_else(|| {
            self.tracks.push(track);
            self.tracks.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// The track file with this number.
    pub fn track(&self, track_id: u32) -> Option<&Track> {
        self.tracks.get(usize::try_from(track_id).ok()?)
    }

    /// The track files with their numbers.
    pub fn tracks(&self) -> impl Iterator<Item = (u32, &Track)> {
        (0..).zip(&self.tracks)
    }

    /// The photo of the same shot by the front lens of a camera with two lenses.
    pub fn twin_of(&self, capture_id: u64) -> Option<u64> {
        self.twins.get(&capture_id).copied()
    }

    /// Files that were found.
    pub fn file_count(&self) -> u64 {
        (self.captures.len() + self.refusals.len()) as u64
    }

    /// The captures by their files.
    pub fn by_path(&self) -> HashMap<&Path, u64> {
        self.numbered().map(|(id, capture)| (capture.path(), id)).collect()
    }
}

/// Finds and reads everything below `paths`.
///
/// # Errors
/// [`CoreError::PathNotFound`] and [`CoreError::Io`] for a given path, [`CoreError::InvalidSetting`],
/// [`CoreError::Stopped`].
pub fn readings(
    paths: &[PathBuf],
    settings: &ReadSettings,
    observer: &dyn ProcessObserver,
) -> Result<Readings, CoreError> {
    let progress = ProgressCounter::new(observer);
    let mut found = scan(paths, settings.skip_subfolders, &progress)?;
    found.candidates.retain(|candidate| match candidate.kind {
        CandidateKind::Photo | CandidateKind::OtherPicture => !settings.skip_photos,
        CandidateKind::Video => !settings.skip_videos,
    });
    progress.scan_is_complete((found.candidates.len() + found.refusals.len()) as u64);
    let zone_is_known = settings.naive_time_zone != NaiveTimeZone::Ask;
    let captures = read(&found.candidates, settings, &progress, &|capture| {
        is_usable(capture, zone_is_known)
    })?;
    Ok(Readings {
        track_files: found.track_files,
        ..Readings::new(captures, found.refusals)
    })
}

/// Whether a capture has everything that is needed, as it is.
fn is_usable(capture: &Capture, zone_is_known: bool) -> bool {
    use waypost_media::TimeReading;
    match capture {
        Capture::Photo(photo) => {
            let has_time = match photo.facts.time {
                Some(TimeReading::Utc { .. }) => true,
                Some(TimeReading::Naive { .. }) => zone_is_known,
                None => false,
            };
            has_time && photo.facts.position.is_some() && photo.no_room.is_none()
        }
        Capture::Video(_) => true,
        Capture::TracklessVideo(_) | Capture::Refused(_) => false,
    }
}

/// Pairs the photos of GoPro's Fusion: `GB075169.JPG` of the back lens and `GF075169.JPG` of the front lens are one
/// shot. The twin is in the same folder, else in a folder beside it, and only one photo may come into question.
fn twins(captures: &[Capture]) -> HashMap<u64, u64> {
    let mut fronts: HashMap<String, Vec<(u64, &Path)>> = HashMap::new();
    let mut backs = Vec::new();
    for (id, capture) in (0..).zip(captures) {
        let Capture::Photo(photo) = capture else { continue };
        match lens_and_shot(&photo.path) {
            Some((Lens::Front, shot)) => fronts.entry(shot).or_default().push((id, photo.path.as_path())),
            Some((Lens::Back, shot)) => backs.push((id, photo.path.as_path(), shot)),
            None => {}
        }
    }
    let twin = |(id, path, shot): (u64, &Path, String)| {
        let fronts = fronts.get(&shot)?;
        let folder = path.parent();
        let only = |fits: &dyn Fn(&Path) -> bool| {
            let mut found = fronts.iter().filter(|(_, front)| fits(front));
            match (found.next(), found.next()) {
                (Some((front, _)), None) => Some(*front),
                _ => None,
            }
        };
        only(&|front| front.parent() == folder)
            .or_else(|| only(&|front| front.parent().and_then(Path::parent) == folder.and_then(Path::parent)))
            .map(|front| (id, front))
    };
    backs.into_iter().filter_map(twin).collect()
}

enum Lens {
    Front,
    Back,
}

/// The lens and the number of the shot, from a name like `GF075169.JPG`.
fn lens_and_shot(path: &Path) -> Option<(Lens, String)> {
    let stem = path.file_stem().and_then(OsStr::to_str)?.to_ascii_uppercase();
    let (lens, shot) = stem.split_at_checked(2)?;
    let lens = match lens {
        "GF" => Lens::Front,
        "GB" => Lens::Back,
        _ => return None,
    };
    let is_number = shot.len() >= 4 && shot.chars().all(|letter| letter.is_ascii_digit());
    is_number.then(|| (lens, shot.to_owned()))
}
