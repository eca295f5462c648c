//! What is said about captures and their track file.

use waypost_media::PositionSource;

use crate::path_text::printable_name;
use crate::plan::{Photo, Refusal, RefusalDetail, Warning, WarningCode};
use crate::readings::{PhotoReading, Readings};
use crate::track_file::{Gap, suggest_offset};

/// What deserves a look in a photo whose position is a guess.
pub(super) fn gap_warning(reading: &PhotoReading, gap: Gap) -> Warning {
    Warning {
        path: reading.path.clone(),
        code: WarningCode::TrackGap,
        message: format!(
            "{} lies in a gap of the track: {} without a point.",
            printable_name(&reading.path),
            gap.words()
        ),
        action: "Look where it stands on the map; leave it out if that is wrong.".into(),
    }
}

/// Where no photo lies on the one track there is, the refusals say which offset would help.
pub(super) fn suggest(readings: &Readings, photos: &[Photo], refusals: &mut [Refusal]) {
    let is_on_track = |photo: &Photo| photo.position_source == PositionSource::TrackFile;
    let mut tracks = readings.tracks();
    let (Some((_, track)), None) = (tracks.next(), tracks.next()) else {
        return;
    };
    if photos.iter().any(is_on_track) {
        return;
    }
    let moment_ms = |refusal: &Refusal| match refusal.detail {
        Some(RefusalDetail::OutsideTrack { moment_ms, .. }) => Some(moment_ms),
        _ => None,
    };
    let moments: Vec<i64> = refusals.iter().filter_map(moment_ms).collect();
    let Some(suggested) = suggest_offset(&moments, track) else {
        return;
    };
    for refusal in refusals.iter_mut().filter(|refusal| moment_ms(refusal).is_some()) {
        refusal.action = suggested.sentence();
    }
}
