//! Where an upload is, in words for a terminal.

use waypost_wire::{UploadRow, UploadState};

use crate::output::{bytes, counted};

/// Where an upload is, as the end of a sentence that begins with its title.
pub fn words(row: &UploadRow) -> String {
    let problem = || {
        row.problem
            .as_ref()
            .map_or_else(String::new, |problem| format!(": {}", problem.message))
    };
    match row.state {
        UploadState::Draft => "not started".into(),
        UploadState::Queued => "waiting for its turn".into(),
        UploadState::Preparing => "being measured".into(),
        UploadState::Sending => format!("sending {}", bytes(row.total_bytes)),
        UploadState::Finishing => "all bytes are there, asking Mapillary to take them".into(),
        UploadState::Processing => match row.visible_count {
            Some(visible) if visible > 0 && row.image_count == 0 => {
                format!(
                    "being processed by Mapillary, {} visible",
                    counted(visible, "image", "images")
                )
            }
            Some(visible) if visible > 0 => {
                format!("being processed by Mapillary, {visible} of {} visible", row.image_count)
            }
            _ => "taken by Mapillary, being processed".into(),
        },
        UploadState::Published => "published".into(),
        UploadState::Paused if row.sent_bytes >= row.total_bytes && row.total_bytes > 0 => {
            "all bytes are there, not handed over".into()
        }
        UploadState::Paused => "halted".into(),
        UploadState::Waiting => format!(
            "waiting{}",
            row.waiting
                .as_ref()
                .map_or_else(String::new, |waiting| format!(": {}", waiting.message))
        ),
        UploadState::NeedsSignIn => format!("needs a sign-in{}", problem()),
        UploadState::FinishUnknown => format!("nobody knows yet whether it was taken{}", problem()),
        UploadState::SourceChanged => format!("not sent{}", problem()),
        UploadState::Failed => format!("failed{}", problem()),
        UploadState::Cancelled => "given up".into(),
        UploadState::Lost => format!("lost{}", problem()),
    }
}

/// What is in an upload: its images, or the video whose images Mapillary chooses.
pub fn contents(row: &UploadRow) -> String {
    match row.package.as_str() {
        "video" => "video".into(),
        _ => counted(row.image_count, "image", "images"),
    }
}

/// How long ago, in the largest unit that fits.
pub fn ago(age_ms: i64) -> String {
    let seconds = age_ms.max(0) / 1000;
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_said_in_the_unit_that_fits() {
        for (age_ms, words) in [
            (-5, "0 s ago"),
            (59_999, "59 s ago"),
            (60_000, "1 min ago"),
            (3_599_000, "59 min ago"),
            (7_200_000, "2 h ago"),
            (172_800_000, "2 days ago"),
        ] {
            assert_eq!(ago(age_ms), words);
        }
    }
}
