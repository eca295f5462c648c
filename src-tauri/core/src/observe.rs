//! How long work is watched and stopped: the small traits a window, a command line or a test implements.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use waypost_wire::PlanProgress;

/// Watches the way from paths to a plan.
pub trait ProcessObserver: Send + Sync {
    /// How far the reading is. Called for every file, from several threads: return at once.
    fn progress(&self, progress: PlanProgress);
    /// Whether the person wants it to stop; asked before every file.
    fn cancelled(&self) -> bool;
}

/// Watches bytes being measured.
pub trait MeasureObserver: Send + Sync {
    /// Whether [`original`](Self::original) is worth some work.
    fn wants_originals(&self) -> bool {
        false
    }
    /// The MD5 of an original as it lies on the disk, lowercase hex.
    fn original(&self, _path: &Path, _md5_hex: &str) {}
    /// So many bytes more were read.
    fn bytes(&self, count: u64);
    /// Whether it shall stop; asked at least once a mebibyte.
    fn cancelled(&self) -> bool;
}

/// Nobody watches, nothing stops it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl ProcessObserver for Unobserved {
    fn progress(&self, _progress: PlanProgress) {}

    fn cancelled(&self) -> bool {
        false
    }
}

impl MeasureObserver for Unobserved {
    fn bytes(&self, _count: u64) {}

    fn cancelled(&self) -> bool {
        false
    }
}

/// Adds up what scanning and reading report, and tells the observer.
pub struct ProgressCounter<'a> {
    observer: &'a dyn ProcessObserver,
    found: AtomicU64,
    read: AtomicU64,
    usable: AtomicU64,
    scan_complete: AtomicBool,
}

impl<'a> ProgressCounter<'a> {
    /// Starts at nothing found.
    pub fn new(observer: &'a dyn ProcessObserver) -> Self {
        Self {
            observer,
            found: AtomicU64::new(0),
            read: AtomicU64::new(0),
            usable: AtomicU64::new(0),
            scan_complete: AtomicBool::new(false),
        }
    }

    /// Whether the work shall stop.
    pub fn cancelled(&self) -> bool {
        self.observer.cancelled()
    }

    /// One file more was found.
    pub fn found_one(&self) {
        self.found.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    /// One file more was read.
    pub fn read_one(&self, usable: bool) {
        self.read.fetch_add(1, Ordering::Relaxed);
        if usable {
            self.usable.fetch_add(1, Ordering::Relaxed);
        }
        self.tell();
    }

    /// The list of files is complete: so many are on it.
    pub fn scan_is_complete(&self, file_count: u64) {
        self.found.store(file_count, Ordering::Relaxed);
        self.scan_complete.store(true, Ordering::Relaxed);
        self.tell();
    }

    fn tell(&self) {
        self.observer.progress(PlanProgress {
            found: self.found.load(Ordering::Relaxed),
            read: self.read.load(Ordering::Relaxed),
            usable: self.usable.load(Ordering::Relaxed),
            scan_complete: self.scan_complete.load(Ordering::Relaxed),
        });
    }
}
