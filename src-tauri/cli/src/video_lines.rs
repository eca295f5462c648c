//! The videos of a plan, one line for each, the chapters of a recording together.

use waypost_wire::VideoRow;

use crate::output::{bytes, counted};

/// Recordings that are shown; the rest is counted.
const SHOWN: usize = 12;

/// The lines for a person.
pub fn video_lines(videos: &[VideoRow]) -> Vec<String> {
    let recordings: Vec<&[VideoRow]> = videos.chunk_by(is_same_recording).collect();
    let mut lines = Vec::new();
    for recording in recordings.iter().take(SHOWN) {
        if let [first, .., last] = recording {
            lines.push(format!(
                "  recording {}: {} chapters, {} to {}, each sent as an upload of its own",
                first.recording,
                recording.len(),
                first.file_name,
                last.file_name
            ));
        }
        lines.extend(recording.iter().map(video_line));
    }
    let more: usize = recordings.iter().skip(SHOWN).map(|recording| recording.len()).sum();
    if more > 0 {
        lines.push(format!("  … and {}", counted(more as u64, "more video", "more videos")));
    }
    lines
}

fn is_same_recording(one: &VideoRow, other: &VideoRow) -> bool {
    !one.recording.is_empty() && one.recording == other.recording && one.folder == other.folder
}

fn video_line(video: &VideoRow) -> String {
    let mut parts = Vec::new();
    if !video.camera.is_empty() {
        parts.push(video.camera.clone());
    }
    if video.is_360 {
        parts.push("360°".to_owned());
    }
    if video.duration_ms > 0.0 {
        parts.push(length(video.duration_ms));
    }
    parts.push(distance(video.distance_m));
    parts.push(bytes(video.size_bytes));
    format!("  video {}: {}", video.file_name, parts.join(", "))
}

/// Hours, minutes and seconds: `1:02:03`, `0:12`.
fn length(duration_ms: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a length is positive and short"
    )]
    let seconds = (duration_ms / 1000.0).round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

fn distance(distance_m: f64) -> String {
    if distance_m < 999.5 {
        format!("{distance_m:.0} m")
    } else {
        format!("{:.1} km", distance_m / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(file_name: &str, recording: &str) -> VideoRow {
        VideoRow {
            video_id: 0,
            file_name: file_name.into(),
            folder: "/card".into(),
            recording: recording.into(),
            chapter: 0,
            started_at_ms: None,
            duration_ms: 3_723_400.0,
            distance_m: 1_234.0,
            size_bytes: 4_000_000_000,
            camera: "GoPro HERO9 Black".into(),
            is_360: false,
            time_lapse_factor: None,
            removed_points: 0,
            excluded: false,
            notes: waypost_wire::SequenceNotes::default(),
            applied: waypost_wire::AppliedEdits::default(),
            track: Vec::new(),
        }
    }

    #[test]
    fn chapters_stand_under_their_recording() {
        let rows = [
            row("GX010042.MP4", "GX0042"),
            row("GX020042.MP4", "GX0042"),
            row("a.mp4", ""),
            row("b.mp4", ""),
        ];
        let lines = video_lines(&rows);
        assert_eq!(lines.len(), 5);
        assert_eq!(
            lines[0],
            "  recording GX0042: 2 chapters, GX010042.MP4 to GX020042.MP4, each sent as an upload of its own"
        );
        assert_eq!(lines[3], "  video a.mp4: GoPro HERO9 Black, 1:02:03, 1.2 km, 4.0 GB");
    }

    #[test]
    fn many_videos_are_counted() {
        let rows: Vec<VideoRow> = (0..20).map(|number| row(&format!("{number}.mp4"), "")).collect();
        let lines = video_lines(&rows);
        assert_eq!(lines.len(), SHOWN + 1);
        assert_eq!(lines[SHOWN], "  … and 8 more videos");
    }
}
