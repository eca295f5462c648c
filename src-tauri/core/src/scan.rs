//! Paths to candidates: which files below the given paths are looked at.
//!
//! Folders are walked with their links resolved and each only once, so that a loop of links ends; hidden names are
//! skipped, and so is what neither is nor pretends to be a picture or a video. A file that was named itself is always
//! taken: the person meant it.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::CoreError;
use crate::observe::ProgressCounter;
use crate::plan::{Refusal, RefusalCode};

/// Suffixes of photos that are read. `.36p` is GoPro's name for the JPEG of a 360° camera.
const PHOTO_SUFFIXES: [&str; 4] = ["jpg", "jpeg", "jpe", "36p"];
/// Suffixes of pictures that Mapillary does not take, which deserve an answer instead of silence.
const OTHER_PICTURE_SUFFIXES: [&str; 10] = ["tif", "tiff", "heic", "heif", "webp", "png", "gpr", "dng", "pgm", "pnm"];
/// Suffixes of videos (the list of mapillary_tools 0.14.7).
const VIDEO_SUFFIXES: [&str; 14] = [
    "mp4", "avi", "tavi", "dv", "m2t", "m2ts", "m4v", "mqv", "mts", "ts", "mov", "qt", "mkv", "360",
];

/// What a file seems to be, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateKind {
    /// A JPEG, or a file that was named itself.
    Photo,
    /// A picture in another format.
    OtherPicture,
    /// A video.
    Video,
}

/// A file to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Absolute path; the links of its folder are resolved, a link that the file itself is, is not: the name and
    /// the folder that the person sees decide.
    pub path: PathBuf,
    /// Where the file itself is, if `path` is a link.
    pub link_target: Option<PathBuf>,
    /// What it seems to be.
    pub kind: CandidateKind,
}

impl Candidate {
    fn resolved(&self) -> &Path {
        self.link_target.as_deref().unwrap_or(&self.path)
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    /// The files to read, by path, each once.
    pub candidates: Vec<Candidate>,
    /// What could not be looked at: folders without permission, links to nothing.
    pub refusals: Vec<Refusal>,
    /// GPX and NMEA files in the folders, by path: no captures, but their positions can be offered.
    pub track_files: Vec<PathBuf>,
}

/// Finds the files below `paths`.
///
/// # Errors
/// [`CoreError::PathNotFound`] for a given path that does not exist, [`CoreError::Io`] for one that cannot be looked
/// at, [`CoreError::Stopped`].
pub fn scan(paths: &[PathBuf], skip_subfolders: bool, progress: &ProgressCounter<'_>) -> Result<Scan, CoreError> {
    let mut walk = Walk {
        skip_subfolders,
        progress,
        visited: HashSet::new(),
        found: Scan::default(),
    };
    for path in paths {
        walk.given_path(path)?;
    }
    let mut found = walk.found;
    keep_each_file_once(&mut found.candidates);
    found.refusals.sort_by(|a, b| a.path.cmp(&b.path));
    found.refusals.dedup_by(|a, b| a.path == b.path);
    found.track_files.sort();
    found.track_files.dedup();
    progress.scan_is_complete((found.candidates.len() + found.refusals.len()) as u64);
    Ok(found)
}

struct Walk<'a> {
    skip_subfolders: bool,
    progress: &'a ProgressCounter<'a>,
    visited: HashSet<PathBuf>,
    found: Scan,
}

impl Walk<'_> {
    fn given_path(&mut self, path: &Path) -> Result<(), CoreError> {
        let cannot = |source: io::Error| {
            if source.kind() == io::ErrorKind::NotFound {
                CoreError::PathNotFound {
                    path: path.to_path_buf(),
                }
            } else {
                CoreError::Io {
                    path: path.to_path_buf(),
                    source,
                }
            }
        };
        let resolved = dunce::canonicalize(path).map_err(cannot)?;
        let metadata = fs::metadata(&resolved).map_err(cannot)?;
        if metadata.is_dir() {
            return self.folder(resolved);
        }
        // The name as given, in its folder with the links resolved.
        let named = match (path.file_name(), path.parent().map(parent_or_here)) {
            (Some(name), Some(parent)) => dunce::canonicalize(parent).map_err(cannot)?.join(name),
            _ => resolved.clone(),
        };
        if metadata.is_file() {
            let kind = kind_by_suffix(&named).unwrap_or(CandidateKind::Photo);
            self.take(named, resolved, kind);
        } else {
            self.refuse(named, "is not a regular file");
        }
        Ok(())
    }

    fn folder(&mut self, top: PathBuf) -> Result<(), CoreError> {
        let mut waiting = vec![top];
        while let Some(folder) = waiting.pop() {
            if !self.visited.insert(folder.clone()) {
                continue;
            }
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.refuse(folder, &format!("cannot be opened ({error})"));
                    continue;
                }
            };
            for entry in entries {
                if self.progress.cancelled() {
                    return Err(CoreError::Stopped);
                }
                match entry {
                    Ok(entry) => self.entry(&folder, &entry, &mut waiting),
                    Err(error) => {
                        self.refuse(folder.clone(), &format!("cannot be read to its end ({error})"));
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn entry(&mut self, folder: &Path, entry: &fs::DirEntry, waiting: &mut Vec<PathBuf>) {
        let name = entry.file_name();
        if is_hidden(&name, entry) {
            return;
        }
        let path = folder.join(&name);
        let kind = kind_by_suffix(&path);
        let Ok(file_type) = entry.file_type() else {
            if kind.is_some() {
                self.refuse(path, "cannot be looked at");
            }
            return;
        };
        if file_type.is_symlink() {
            self.link(path, kind, waiting);
        } else if file_type.is_dir() {
            if !self.skip_subfolders {
                waiting.push(path);
            }
        } else if is_track_file(&path) {
            if file_type.is_file() {
                self.found.track_files.push(path);
            }
        } else if let Some(kind) = kind {
            if file_type.is_file() {
                self.take(path.clone(), path, kind);
            } else {
                self.refuse(path, "is not a regular file");
            }
        }
    }

    fn link(&mut self, path: PathBuf, kind: Option<CandidateKind>, waiting: &mut Vec<PathBuf>) {
        let target = dunce::canonicalize(&path).and_then(|target| Ok((fs::metadata(&target)?, target)));
        match (target, kind) {
            (Ok((metadata, target)), _) if metadata.is_dir() => {
                if !self.skip_subfolders {
                    waiting.push(target);
                }
            }
            (Ok((metadata, target)), Some(kind)) if metadata.is_file() => {
                self.take(path, target, kind);
            }
            (Ok(_), Some(_)) => self.refuse(path, "is not a regular file"),
            (Err(_), Some(_)) => self.refuse(path, "is a link to a file that does not exist"),
            (_, None) => {}
        }
    }

    fn take(&mut self, path: PathBuf, resolved: PathBuf, kind: CandidateKind) {
        let link_target = (resolved != path).then_some(resolved);
        self.found.candidates.push(Candidate {
            path,
            link_target,
            kind,
        });
        self.progress.found_one();
    }

    fn refuse(&mut self, path: PathBuf, what: &str) {
        self.found
            .refusals
            .push(Refusal::of(path, RefusalCode::Unreadable, what));
        self.progress.found_one();
    }
}

/// Sorts by path and drops every second way to the same file; the file itself is preferred to a link to it.
fn keep_each_file_once(candidates: &mut Vec<Candidate>) {
    candidates.sort_by(|a, b| {
        a.resolved()
            .cmp(b.resolved())
            .then_with(|| a.link_target.is_some().cmp(&b.link_target.is_some()))
            .then_with(|| a.path.cmp(&b.path))
    });
    candidates.dedup_by(|later, kept| later.resolved() == kept.resolved());
    if candidates.iter().any(|candidate| candidate.link_target.is_some()) {
        candidates.sort_by(|a, b| a.path.cmp(&b.path));
    }
}

/// A bare file name has the parent "", which means the working folder.
fn parent_or_here(parent: &Path) -> &Path {
    if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    }
}

/// Whether a file is a track by its name.
pub fn is_track_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|suffix| suffix.eq_ignore_ascii_case("gpx") || suffix.eq_ignore_ascii_case("nmea"))
}

fn kind_by_suffix(path: &Path) -> Option<CandidateKind> {
    let suffix = path.extension()?.to_str()?;
    let is_one_of = |list: &[&str]| list.iter().any(|known| suffix.eq_ignore_ascii_case(known));
    if is_one_of(&PHOTO_SUFFIXES) {
        Some(CandidateKind::Photo)
    } else if is_one_of(&OTHER_PICTURE_SUFFIXES) {
        Some(CandidateKind::OtherPicture)
    } else if is_one_of(&VIDEO_SUFFIXES) {
        Some(CandidateKind::Video)
    } else {
        None
    }
}

/// A leading dot hides on every system (macOS writes its `._` companions on foreign disks); Windows has an attribute
/// besides.
fn is_hidden(name: &OsStr, entry: &fs::DirEntry) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.') || has_hidden_attribute(entry)
}

#[cfg(windows)]
fn has_hidden_attribute(entry: &fs::DirEntry) -> bool {
    use std::os::windows::fs::MetadataExt;
    const FILE_ATTRIBUTE_HIDDEN: u32 = 0x2;
    entry
        .metadata()
        .is_ok_and(|metadata| metadata.file_attributes() & FILE_ATTRIBUTE_HIDDEN != 0)
}

#[cfg(not(windows))]
fn has_hidden_attribute(_entry: &fs::DirEntry) -> bool {
    false
}
