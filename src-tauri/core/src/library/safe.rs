//! Whether files may be deleted: a pure function over what was seen of each of them.
//!
//! "Safe" is only said where every file was sent, is still what was sent, and its image was seen at Mapillary. Silence, a
//! file that cannot be read and a service that is still at work are no evidence. What comes back from Mapillary is
//! blurred in any case: an original exists nowhere else.

use std::path::Path;

use waypost_wire::{SafeFile, SafeReason, SafeToDelete, SafeVerdict};

use crate::path_text::printable_path;

/// Most names in one answer.
const MAX_FILES: usize = 1_000;

/// What is known of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Another file than the one that was sent.
    ChangedSince,
    /// Refused or left out.
    NeverSent,
    /// Among the files of no upload.
    NotKnown,
    /// In an upload that Mapillary has not taken.
    NotTaken,
    /// Taken, processed, and not to be seen.
    NotSeen,
    /// Taken, still being processed, and not to be seen.
    NotSeenYet,
    /// It cannot be read now.
    CannotBeRead,
    /// A video whose images can be seen: the video itself is not kept.
    VideoNotKept,
    /// Sent, still what was sent, and its image was seen.
    Seen,
}

impl Evidence {
    const ALL: [Self; 9] = [
        Self::ChangedSince,
        Self::NeverSent,
        Self::NotKnown,
        Self::NotTaken,
        Self::NotSeen,
        Self::NotSeenYet,
        Self::CannotBeRead,
        Self::VideoNotKept,
        Self::Seen,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::ChangedSince => "changed_since",
            Self::NeverSent => "never_sent",
            Self::NotKnown => "not_known",
            Self::NotTaken => "not_taken",
            Self::NotSeen => "not_seen",
            Self::NotSeenYet => "not_seen_yet",
            Self::CannotBeRead => "cannot_be_read",
            Self::VideoNotKept => "video_not_kept",
            Self::Seen => "seen",
        }
    }

    fn verdict(self) -> SafeVerdict {
        match self {
            Self::ChangedSince | Self::NeverSent | Self::NotKnown | Self::NotTaken | Self::NotSeen => {
                SafeVerdict::NotSafe
            }
            Self::NotSeenYet | Self::CannotBeRead | Self::VideoNotKept => SafeVerdict::NotKnown,
            Self::Seen => SafeVerdict::Safe,
        }
    }

    fn reason(self, file_count: u64) -> SafeReason {
        match self {
            Self::ChangedSince => SafeReason::ChangedSince { file_count },
            Self::NeverSent => SafeReason::NeverSent { file_count },
            Self::NotKnown => SafeReason::NotKnown { file_count },
            Self::NotTaken => SafeReason::NotTaken { file_count },
            Self::NotSeen => SafeReason::NotSeen { file_count },
            Self::NotSeenYet => SafeReason::NotSeenYet { file_count },
            Self::CannotBeRead => SafeReason::CannotBeRead { file_count },
            Self::VideoNotKept => SafeReason::VideoNotKept { file_count },
            Self::Seen => SafeReason::AllSeen { file_count },
        }
    }
}

/// What is known of all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known<'a> {
    /// Each file.
    pub files: Vec<(&'a Path, Evidence)>,
    /// When Mapillary was last asked about the uploads they are in, milliseconds since 1970 UTC; the oldest of several.
    /// `None` when it was not about one of them.
    pub asked_at_ms: Option<i64>,
    /// Whether they are in a zip that was made elsewhere, whose photos are not followed one by one.
    pub in_ready_zip: bool,
    /// Files of other kinds beside them.
    pub other_count: u64,
}

/// The answer.
pub fn judge(known: &Known<'_>) -> SafeToDelete {
    let count = |evidence: Evidence| known.files.iter().filter(|(_, its)| *its == evidence).count() as u64;
    let seen_count = count(Evidence::Seen);
    let mut reasons: Vec<SafeReason> = Evidence::ALL
        .into_iter()
        .filter(|evidence| *evidence != Evidence::Seen && count(*evidence) > 0)
        .map(|evidence| evidence.reason(count(evidence)))
        .collect();
    if known.in_ready_zip {
        reasons.push(SafeReason::ReadyZip);
    }
    if known.asked_at_ms.is_none() {
        reasons.push(SafeReason::NeverAsked);
    }
    let worst = known.files.iter().map(|(_, evidence)| evidence.verdict());
    let verdict = if worst.clone().any(|verdict| verdict == SafeVerdict::NotSafe) {
        SafeVerdict::NotSafe
    } else if reasons.is_empty() && seen_count > 0 {
        SafeVerdict::Safe
    } else {
        SafeVerdict::NotKnown
    };
    if verdict == SafeVerdict::Safe {
        reasons.push(Evidence::Seen.reason(seen_count));
    }
    let mut open: Vec<&(&Path, Evidence)> = known
        .files
        .iter()
        .filter(|(_, evidence)| *evidence != Evidence::Seen)
        .collect();
    open.sort_by_key(|(_, evidence)| *evidence);
    SafeToDelete {
        verdict,
        reasons,
        file_count: known.files.len() as u64,
        seen_count,
        asked_at_ms: known.asked_at_ms,
        open_count: open.len() as u64,
        files: open
            .into_iter()
            .take(MAX_FILES)
            .map(|(path, evidence)| SafeFile {
                path: printable_path(path),
                why: evidence.word().into(),
            })
            .collect(),
        other_count: known.other_count,
    }
}

#[cfg(test)]
#[path = "safe_tests.rs"]
mod tests;
