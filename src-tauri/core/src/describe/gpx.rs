//! The plan as GPX 1.1, for a description file whose name ends in `.gpx`: a track for each sequence, for looking at it
//! in any map program. What stands where is taken from mapillary_tools 0.14.7.

use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use super::ascii::ascii_json;
use super::error_entry::{ErrorEntry, resolved_path};
use super::image_entry::ImageEntry;
use super::number::{COORDINATE_DIGITS, MEASURE_DIGITS, rounded};
use super::video_entry::VideoEntry;
use crate::plan::{Photo, Plan, Sequence, Video};

/// Fields that stand in every point, or change from photo to photo.
const NOT_OF_THE_SEQUENCE: [&str; 5] = [
    "filename",
    "MAPLongitude",
    "MAPLatitude",
    "MAPCaptureTime",
    "MAPAltitude",
];

/// Whether a description file of this name is written as GPX.
pub(crate) fn is_gpx(path: &Path) -> bool {
    path.extension()
        .is_some_and(|suffix| suffix.eq_ignore_ascii_case("gpx"))
}

/// Writes refused files as tracks without points, then each sequence as a track.
pub(crate) fn write_gpx(plan: &Plan, writer: &mut dyn Write) -> io::Result<()> {
    writer.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
          <gpx xmlns=\"http://www.topografix.com/GPX/1/1\" version=\"1.1\" creator=\"Waypost\">\n",
    )?;
    for refusal in &plan.refusals {
        let path = resolved_path(refusal);
        let error = ascii_json(&ErrorEntry::of(refusal, &path))?;
        let name = refusal.path.to_string_lossy();
        writeln!(
            writer,
            "<trk><name>{}</name><desc>{}</desc></trk>",
            xml(&name),
            xml(&without(&error, &["filename"])?)
        )?;
    }
    for sequence in &plan.sequences {
        write_sequence(sequence, writer)?;
    }
    for video in &plan.videos {
        write_video(video, writer)?;
    }
    writer.write_all(b"</gpx>\n")
}

fn write_sequence(sequence: &Sequence, writer: &mut dyn Write) -> io::Result<()> {
    let Some(last) = sequence.photos.last() else {
        return Ok(());
    };
    let entry = ascii_json(&ImageEntry::of_sequence_photo(last, &sequence.id))?;
    writeln!(
        writer,
        "<trk><name>{}</name><desc>{}</desc><trkseg>",
        xml(&sequence.id),
        xml(&without(&entry, &NOT_OF_THE_SEQUENCE)?)
    )?;
    for photo in &sequence.photos {
        write_point(photo, writer)?;
    }
    writer.write_all(b"</trkseg></trk>\n")
}

/// Its description stands in the track; a point has a time only where the receiver gave one.
fn write_video(video: &Video, writer: &mut dyn Write) -> io::Result<()> {
    let entry = ascii_json(&VideoEntry::of(video))?;
    writeln!(
        writer,
        "<trk><name>{}</name><desc>{}</desc><trkseg>",
        xml(&video.path.to_string_lossy()),
        xml(&without(&entry, &["filename", "MAPGPSTrack"])?)
    )?;
    for point in &video.track {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "saturates, and no camera writes such a time"
        )]
        let at_ms = point.epoch_ms.map(|epoch_ms| epoch_ms.round() as i64);
        write_place(writer, point.lat_deg, point.lon_deg, point.altitude_m, at_ms)?;
        writeln!(writer, "</trkpt>")?;
    }
    writer.write_all(b"</trkseg></trk>\n")
}

fn write_point(photo: &Photo, writer: &mut dyn Write) -> io::Result<()> {
    let at_ms = Some(photo.captured_at_ms);
    write_place(writer, photo.lat_deg, photo.lon_deg, photo.altitude_m, at_ms)?;
    writeln!(writer, "<name>{}</name></trkpt>", xml(&photo.file_name()))
}

/// The start of a point, with what is known of its place and moment.
fn write_place(
    writer: &mut dyn Write,
    lat_deg: f64,
    lon_deg: f64,
    altitude_m: Option<f64>,
    at_ms: Option<i64>,
) -> io::Result<()> {
    let lat_deg = rounded(lat_deg, COORDINATE_DIGITS);
    let lon_deg = rounded(lon_deg, COORDINATE_DIGITS);
    write!(writer, "<trkpt lat=\"{lat_deg}\" lon=\"{lon_deg}\">")?;
    if let Some(altitude_m) = altitude_m {
        write!(writer, "<ele>{}</ele>", rounded(altitude_m, MEASURE_DIGITS))?;
    }
    if let Some(Ok(moment)) = at_ms.map(Timestamp::from_millisecond) {
        write!(writer, "<time>{moment:.3}</time>")?;
    }
    Ok(())
}

/// A JSON object without some of its fields.
fn without(json: &str, fields: &[&str]) -> io::Result<String> {
    let mut value: Value = serde_json::from_str(json)?;
    if let Some(object) = value.as_object_mut() {
        object.retain(|name, _| !fields.contains(&name.as_str()));
    }
    ascii_json(&value)
}

/// Text as it may stand in XML 1.0: markup escaped, what no XML can hold replaced.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' => escaped.push(' '),
            '\u{FFFE}' | '\u{FFFF}' => escaped.push('\u{FFFD}'),
            control if control.is_control() => escaped.push('\u{FFFD}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Refusal, RefusalCode};
    use crate::sequence::test_photos::photo;
    use crate::video_checks::test_videos::video;

    #[test]
    fn sequences_are_tracks_and_refused_files_are_tracks_without_points() {
        let mut first = photo(1, 0.25, 0.0);
        first.path = "/card/a<&>.jpg".into();
        let plan = Plan {
            sequences: vec![Sequence {
                id: "0".into(),
                photos: vec![first, photo(2, 2.0, 5.0)],
            }],
            refusals: vec![Refusal::of(
                "/card/\u{1}b.jpg".into(),
                RefusalCode::NoTime,
                "has no capture time",
            )],
            ..Plan::default()
        };
        let mut bytes = Vec::new();
        write_gpx(&plan, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.contains("<trk><name>/card/\u{FFFD}b.jpg</name><desc>{&quot;error&quot;:"),
            "{text}"
        );
        assert!(text.contains(
            "<trkpt lat=\"50\" lon=\"10\"><ele>30</ele><time>2023-11-14T22:13:20.250Z</time><name>a&lt;&amp;&gt;.jpg</name></trkpt>"
        ), "{text}");
        assert_eq!((text.matches("<trkpt").count(), text.matches("</trk>").count()), (2, 2));
        assert!(text.contains("&quot;MAPDeviceModel&quot;:&quot;HERO11 Black&quot;") && !text.contains("MAPLatitude"));
    }

    #[test]
    fn videos_are_tracks_of_their_own() {
        let mut video = video("/card/GX010042.MP4");
        video.track[1].epoch_ms = None;
        let plan = Plan {
            videos: vec![video],
            ..Plan::default()
        };
        let mut bytes = Vec::new();
        write_gpx(&plan, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            (text.matches("<trkpt").count(), text.matches("<time>").count()),
            (60, 59)
        );
        assert!(
            text.contains("<trkpt lat=\"50\" lon=\"10\"><time>2023-11-14T22:13:20.000Z</time></trkpt>"),
            "{text}"
        );
        assert!(text.contains("<name>/card/GX010042.MP4</name>") && !text.contains("MAPGPSTrack"));
    }

    #[test]
    fn the_suffix_decides() {
        assert!(is_gpx(Path::new("out.GPX")));
        assert!(!is_gpx(Path::new("gpx")) && !is_gpx(Path::new("out.gpx.json")));
    }
}
