//! How often and where the service is asked, with units and reasons.

/// How often and where the service is asked what became of an upload.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowSettings {
    /// From finish to the first question, milliseconds.
    pub first_wait_ms: u64,
    /// Every further wait is this many times the one before.
    pub wait_factor: f64,
    /// Longest wait between two questions, milliseconds.
    pub longest_wait_ms: u64,
    /// After this long without being published an upload is called overdue, milliseconds. No failure.
    pub overdue_after_ms: u64,
    /// After this long without an answer what was known is called unknown, milliseconds.
    pub stale_after_ms: u64,
    /// After this long nothing is asked any more unless the person does, milliseconds.
    pub give_up_after_ms: u64,
    /// In so many answers in a row an upload that was listed must be missing before it is called lost.
    pub lost_after_misses: u32,
    /// Waits before each look for a finish that was not answered, milliseconds.
    pub settle_waits_ms: Vec<u64>,
    /// Start of the addresses that open an image; `?pKey=…&focus=photo` is added.
    pub viewer: String,
}

impl FollowSettings {
    /// The pace for the real service: processing takes hours to days there, the feed's limit is unknown and shared, and
    /// a question costs about a second (`mapillary-api` notes §2.7, §3.1).
    pub fn service() -> Self {
        const MINUTE_MS: u64 = 60_000;
        const HOUR_MS: u64 = 60 * MINUTE_MS;
        Self {
            first_wait_ms: MINUTE_MS,
            wait_factor: 1.6,
            longest_wait_ms: HOUR_MS,
            // The founding documents call an upload late after three days.
            overdue_after_ms: 72 * HOUR_MS,
            // Six of the longest pauses; recovery from Mapillary's limits is known to take about five hours.
            stale_after_ms: 6 * HOUR_MS,
            // Mapillary's own uploader says "up to a week"; twice that, and the feed hides failed entries after it.
            give_up_after_ms: 14 * 24 * HOUR_MS,
            lost_after_misses: 3,
            settle_waits_ms: vec![3_000, 10_000, 30_000, 90_000],
            viewer: MAPILLARY_VIEWER.into(),
        }
    }

    /// The pace for practice: stages last seconds and the server is this computer.
    pub fn practice(viewer: impl Into<String>) -> Self {
        Self {
            first_wait_ms: 200,
            wait_factor: 1.2,
            longest_wait_ms: 1_000,
            settle_waits_ms: vec![100, 300, 1_000],
            viewer: viewer.into(),
            ..Self::service()
        }
    }
}

/// The page of Mapillary that shows images (API notes §2.9).
pub const MAPILLARY_VIEWER: &str = "https://www.mapillary.com/app/";
