//! What a person can do about a GPX or NMEA file that cannot be used.

use waypost_media::MediaError;

/// What the person can do about a track file that cannot be used.
pub(crate) fn track_file_action(error: &MediaError) -> &'static str {
    match error {
        MediaError::NotATrackFile => "Choose a GPX file, or a text of NMEA sentences.",
        MediaError::TrackFileTooLarge { .. } => "Cut it to the days of these captures.",
        MediaError::TrackIsRoute | MediaError::TrackWithoutTimes { .. } => {
            "Export the recorded track with its times; a planned or simplified way has none."
        }
        MediaError::TrackWithoutDate => "Let the receiver record RMC sentences too, or export the track as GPX.",
        MediaError::TrackFileEmpty => "Choose the file that holds the recorded track.",
        _ => "Copy it from the device again.",
    }
}
