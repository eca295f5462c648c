//! Whether the service has taken an upload whose finish was never answered: a pure function over what the feed lists.
//!
//! Certain is only what fits in everything that is known. What fits in part makes the answer doubtful, and then the
//! person decides: a second finish could make a second upload, and a wrong link could lose one.

use waypost_mapillary::FeedNode;

/// The clocks of this computer and the service may differ by so much, seconds.
const CLOCK_SLACK_S: i64 = 300;

/// The capture time of an entry may lie so far outside the window, seconds.
const CAPTURE_SLACK_S: i64 = 2;

/// What is known of the upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// When finish was about to be sent, milliseconds since 1970 UTC.
    pub finish_sent_at_ms: i64,
    /// First and last capture, milliseconds since 1970 UTC; `None` when unknown.
    pub captured_ms: Option<(i64, i64)>,
    /// Images in it; 0 where Mapillary chooses them, as from a video.
    pub image_count: u64,
    /// Whether another upload with an unknown finish could be the one that is listed.
    pub has_rival: bool,
}

/// What the feed tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It was taken, under this cluster id.
    Taken(String),
    /// Nothing in the feed can be it.
    NotListed,
    /// Something could be it; in words.
    Doubtful(String),
}

/// How well an entry fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Certain,
    Possible,
    No,
}

/// Looks for the upload among the entries that belong to no other upload of the journal.
pub fn find(asked: Asked, unclaimed: &[FeedNode]) -> Finding {
    let with = |wanted: Fit| -> Vec<&FeedNode> { unclaimed.iter().filter(|node| fit(asked, node) == wanted).collect() };
    let certain = with(Fit::Certain);
    let possible = with(Fit::Possible);
    match (certain.as_slice(), possible.as_slice()) {
        ([only], []) if !asked.has_rival => Finding::Taken(only.cluster_id.0.clone()),
        ([], []) => Finding::NotListed,
        _ => Finding::Doubtful(words(&certain, &possible)),
    }
}

fn fit(asked: Asked, node: &FeedNode) -> Fit {
    if node.kind.as_deref().is_some_and(|kind| kind != "UPLOAD") {
        return Fit::No;
    }
    let in_window = match (asked.captured_ms, node.captured_at_s) {
        (Some((first_ms, last_ms)), Some(at_s)) => {
            let from_s = first_ms.div_euclid(1_000) - CAPTURE_SLACK_S;
            let until_s = last_ms.div_euclid(1_000) + 1 + CAPTURE_SLACK_S;
            Some((from_s..=until_s).contains(&at_s))
        }
        _ => None,
    };
    if in_window == Some(false) {
        return Fit::No;
    }
    let sent_s = asked.finish_sent_at_ms.div_euclid(1_000);
    // An entry that was made long before is most likely another one; but a clock that is set wrongly looks the same.
    let is_timely = node.created_at_s.map(|at_s| at_s >= sent_s - CLOCK_SLACK_S);
    let counts_agree = node
        .item_count
        .filter(|_| asked.image_count > 0)
        .map(|count| count == asked.image_count);
    match (in_window, is_timely, counts_agree) {
        (Some(true), Some(true), Some(true) | None) => Fit::Certain,
        // Without a window nothing but time and count tells it from what was uploaded elsewhere.
        (None, Some(false), _) | (None, _, Some(false)) => Fit::No,
        _ => Fit::Possible,
    }
}

fn words(certain: &[&FeedNode], possible: &[&FeedNode]) -> String {
    let listed: Vec<String> = certain
        .iter()
        .chain(possible)
        .map(|node| {
            let count = node.item_count.map_or("an unknown number of".into(), |n| n.to_string());
            let created = node
                .created_at_s
                .and_then(|at_s| jiff::Timestamp::from_second(at_s).ok())
                .map_or_else(|| "at an unknown time".into(), |time| format!("at {time}"));
            format!("{} ({count} images, uploaded {created})", node.cluster_id)
        })
        .collect();
    format!("your activity feed lists what could be it: {}", listed.join("; "))
}
