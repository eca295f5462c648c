//! Sentences about the positions of a video.

use std::collections::BTreeMap;

use waypost_media::{RemovalReason, TrackPoint};

use crate::video::Video;

/// Positions that are in the file and not in the track because they cannot be right. What a person cut out of the
/// video is not among them.
pub(crate) fn noise_count(removed: &[(TrackPoint, RemovalReason)]) -> usize {
    let noise = |(_, reason): &&(TrackPoint, RemovalReason)| *reason != RemovalReason::CutOut;
    removed.iter().filter(noise).count()
}

/// How many positions were left out and why: "43 of 1,230 positions were left out: 40 without a fix, 3 apart from the
/// track"; `None` where there were none.
pub(crate) fn left_out_sentence(video: &Video) -> Option<String> {
    let noise = noise_count(&video.removed);
    let all = video.track.len().saturating_add(video.removed.len());
    let verb = if noise == 1 { "was" } else { "were" };
    (noise > 0).then(|| {
        format!(
            "{} of {} positions {verb} left out: {}",
            grouped(noise as u64),
            grouped(all as u64),
            reasons(&video.removed, false)
        )
    })
}

/// The reasons, each with its count.
pub(crate) fn reasons(removed: &[(TrackPoint, RemovalReason)], with_cut_out: bool) -> String {
    let mut counts: BTreeMap<RemovalReason, usize> = BTreeMap::new();
    for (_, reason) in removed {
        *counts.entry(*reason).or_default() += 1;
    }
    counts.retain(|reason, _| with_cut_out || *reason != RemovalReason::CutOut);
    let parts: Vec<String> = counts
        .into_iter()
        .map(|(reason, count)| format!("{} {}", grouped(count as u64), words(reason)))
        .collect();
    parts.join(", ")
}

/// A reason as it stands behind a count.
fn words(reason: RemovalReason) -> &'static str {
    match reason {
        RemovalReason::Impossible => "not on Earth",
        RemovalReason::Drone => "of the drone that carried the camera",
        RemovalReason::CutOut => "in what was cut out of the video",
        RemovalReason::NoFix => "without a fix",
        RemovalReason::Imprecise => "too imprecise",
        RemovalReason::NullIsland => "at 0° N 0° E",
        RemovalReason::Outlier => "apart from the track",
    }
}

/// A count with a comma at every thousand.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted_by_commas() {
        let texts: Vec<String> = [0, 999, 1_000, 12_345, 1_234_567].into_iter().map(grouped).collect();
        assert_eq!(texts, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn reasons_are_counted_and_what_was_cut_out_is_no_noise() {
        let removed: Vec<(TrackPoint, RemovalReason)> = [
            RemovalReason::Outlier,
            RemovalReason::CutOut,
            RemovalReason::NoFix,
            RemovalReason::NoFix,
        ]
        .map(|reason| (TrackPoint::new(0.0, 1.0, 2.0), reason))
        .into();
        assert_eq!(reasons(&removed, false), "2 without a fix, 1 apart from the track");
        assert_eq!(noise_count(&removed), 3);
        assert!(reasons(&removed, true).contains("1 in what was cut out of the video"));
    }
}
