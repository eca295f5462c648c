//! The environment variables that tune mapillary_tools, read into our own settings.
//!
//! Names, units and defaults: protocol notes §1.14 (mapillary_tools 0.14.7, `constants.py`). A value that cannot be
//! read is an error that names the variable; it is never replaced by the default in silence.

use waypost_media::NoiseLimits;

use crate::error::CoreError;
use crate::settings::SequenceSettings;

/// Looks up a variable of the environment.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How the sending side is tuned by the environment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SendTuning {
    /// Images at once in one-by-one packages.
    pub image_workers: usize,
    /// Bytes read and handed on at once.
    pub chunk_bytes: usize,
    /// Attempts without progress before an upload fails.
    pub max_attempts: u32,
    /// Slower lines count as dead, bytes per second; `None` never gives up.
    pub minimum_speed_bytes_per_s: Option<f64>,
}

impl Default for SendTuning {
    fn default() -> Self {
        Self {
            image_workers: 4,
            chunk_bytes: 2 * 1024 * 1024,
            max_attempts: 200,
            minimum_speed_bytes_per_s: Some(50.0 * 1024.0),
        }
    }
}

/// Sequence settings, with the environment's changes to the defaults.
///
/// # Errors
/// [`CoreError::InvalidSetting`] names the variable whose value cannot be read.
pub fn sequence_settings(lookup: Lookup<'_>) -> Result<SequenceSettings, CoreError> {
    let mut settings = SequenceSettings::default();
    set_number(lookup, "CUTOFF_DISTANCE", &mut settings.cutoff_distance_m)?;
    set_number(lookup, "CUTOFF_TIME", &mut settings.cutoff_time_s)?;
    set_number(lookup, "DUPLICATE_DISTANCE", &mut settings.duplicate_distance_m)?;
    set_number(lookup, "DUPLICATE_ANGLE", &mut settings.duplicate_angle_deg)?;
    set_number(lookup, "MAX_CAPTURE_SPEED_KMH", &mut settings.max_capture_speed_kmh)?;
    set_number(
        lookup,
        "ZIGZAG_DEVIATION_THRESHOLD",
        &mut settings.zigzag_deviation_ratio,
    )?;
    set_number(lookup, "ZIGZAG_MIN_DISTANCE", &mut settings.zigzag_min_distance_m)?;
    set_whole(lookup, "ZIGZAG_WINDOW_SIZE", &mut settings.zigzag_window)?;
    set_whole(lookup, "ZIGZAG_MIN_DEVIATIONS", &mut settings.zigzag_min_deviations)?;
    if let Some((name, text)) = find(lookup, "MAX_SEQUENCE_LENGTH") {
        settings.max_photos = if is_unlimited(&text) {
            None
        } else {
            Some(parse(&name, &text, "a whole number or INF")?)
        };
    }
    if let Some((name, text)) = find(lookup, "MAX_SEQUENCE_FILESIZE") {
        settings.max_bytes = file_size(&name, &text)?;
    }
    if let Some((name, text)) = find(lookup, "MAX_SEQUENCE_PIXELS") {
        settings.max_pixels = pixel_count(&name, &text)?;
    }
    Ok(settings)
}

/// What counts as noise in GoPro's tracks, with the environment's changes to the defaults.
///
/// # Errors
/// [`CoreError::InvalidSetting`] names the variable whose value cannot be read.
pub fn noise_limits(lookup: Lookup<'_>) -> Result<NoiseLimits, CoreError> {
    const FIXES: &str = "a list of fixes like 2,3";
    let mut limits = NoiseLimits::default();
    if let Some((name, text)) = find(lookup, "GOPRO_GPS_FIXES") {
        let fixes = text.split(',').map(|fix| parse::<i64>(&name, fix.trim(), FIXES));
        let fixes: Vec<i64> = fixes.collect::<Result<_, _>>()?;
        limits.keep_no_fix = fixes.contains(&0);
        limits.keep_fix_2d = fixes.contains(&2);
        limits.keep_fix_3d = fixes.contains(&3);
    }
    if let Some((name, text)) = find(lookup, "GOPRO_MAX_DOP100") {
        let hundredths: i32 = parse(&name, &text, "a whole number of hundredths")?;
        limits.max_precision_dop = f64::from(hundredths) / 100.0;
    }
    set_number(lookup, "GOPRO_GPS_PRECISION", &mut limits.receiver_error_m)?;
    Ok(limits)
}

/// Send settings, with the environment's changes to the defaults.
///
/// # Errors
/// [`CoreError::InvalidSetting`] names the variable whose value cannot be read.
pub fn send_tuning(lookup: Lookup<'_>) -> Result<SendTuning, CoreError> {
    let mut tuning = SendTuning::default();
    set_whole(lookup, "MAX_IMAGE_UPLOAD_WORKERS", &mut tuning.image_workers)?;
    tuning.image_workers = tuning.image_workers.max(1);
    if let Some((name, text)) = find(lookup, "UPLOAD_CHUNK_SIZE_MB") {
        let megabytes: f64 = parse(&name, &text, "a number of megabytes")?;
        if !(megabytes > 0.0 && megabytes <= 1024.0) {
            return Err(invalid(&name, &text, "a number of megabytes above 0 and up to 1024"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded just above"
        )]
        let bytes = (megabytes * 1024.0 * 1024.0) as usize;
        tuning.chunk_bytes = bytes.max(1);
    }
    if let Some((name, text)) = find(lookup, "MAX_UPLOAD_RETRIES") {
        tuning.max_attempts = parse(&name, &text, "a whole number")?;
    }
    if let Some((name, text)) = find(lookup, "MIN_UPLOAD_SPEED") {
        tuning.minimum_speed_bytes_per_s = match file_size(&name, &text)? {
            None | Some(0) => None,
            Some(bytes) => Some(bytes as f64),
        };
    }
    Ok(tuning)
}

/// A speed in bytes per second as people write it: `500K`, `2M`, or plain bytes; powers of 1024.
///
/// # Errors
/// [`CoreError::InvalidSetting`] names `name`, also for a speed of nothing.
pub fn bytes_per_s(name: &str, text: &str) -> Result<u64, CoreError> {
    const WANTED: &str = "a speed like 500K, 2M or a number of bytes above 0";
    let units = [("B", 1), ("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30)];
    match with_suffix(name, text, WANTED, &units, true)? {
        Some(bytes) if bytes > 0 => Ok(bytes),
        _ => Err(invalid(name, text, WANTED)),
    }
}

/// Whether a variable says yes: `1`, `true` or `yes`, in any case, as mapillary_tools 0.14.7 reads its switches.
pub fn is_yes(text: &str) -> bool {
    ["1", "true", "yes"]
        .iter()
        .any(|yes| text.trim().eq_ignore_ascii_case(yes))
}

fn find(lookup: Lookup<'_>, name: &str) -> Option<(String, String)> {
    let full = format!("MAPILLARY_TOOLS_{name}");
    let value = lookup(&full)?;
    let value = value.trim().to_owned();
    (!value.is_empty()).then_some((full, value))
}

fn invalid(name: &str, text: &str, wanted: &str) -> CoreError {
    CoreError::InvalidSetting {
        name: name.into(),
        reason: format!("\"{text}\" is not {wanted}"),
    }
}

fn parse<T: std::str::FromStr>(name: &str, text: &str, wanted: &str) -> Result<T, CoreError> {
    text.parse().map_err(|_| invalid(name, text, wanted))
}

fn set_number(lookup: Lookup<'_>, name: &str, target: &mut f64) -> Result<(), CoreError> {
    if let Some((name, text)) = find(lookup, name) {
        let number: f64 = parse(&name, &text, "a number")?;
        if number.is_nan() {
            return Err(invalid(&name, &text, "a number"));
        }
        *target = number;
    }
    Ok(())
}

fn set_whole(lookup: Lookup<'_>, name: &str, target: &mut usize) -> Result<(), CoreError> {
    if let Some((name, text)) = find(lookup, name) {
        *target = parse(&name, &text, "a whole number")?;
    }
    Ok(())
}

fn is_unlimited(text: &str) -> bool {
    text.eq_ignore_ascii_case("INF") || text.eq_ignore_ascii_case("INFINITY")
}

/// A size with a mandatory suffix B, K, M or G, powers of 1024; `None` for no limit.
fn file_size(name: &str, text: &str) -> Result<Option<u64>, CoreError> {
    const WANTED: &str = "a size like 50K, 16M or 110G";
    with_suffix(
        name,
        text,
        WANTED,
        &[("B", 1), ("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30)],
        false,
    )
}

/// A number of pixels, suffix K, M, MP, G or GP, powers of 1000; `None` for no limit.
fn pixel_count(name: &str, text: &str) -> Result<Option<u64>, CoreError> {
    const WANTED: &str = "a number of pixels like 12M, 12MP or 6G";
    let units = [
        ("MP", 1_000_000),
        ("GP", 1_000_000_000),
        ("K", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
    ];
    with_suffix(name, text, WANTED, &units, true)
}

fn with_suffix(
    name: &str,
    text: &str,
    wanted: &str,
    units: &[(&str, u64)],
    bare_allowed: bool,
) -> Result<Option<u64>, CoreError> {
    if is_unlimited(text) {
        return Ok(None);
    }
    let upper = text.to_ascii_uppercase();
    let (digits, factor) = units
        .iter()
        .find_map(|(suffix, factor)| {
            upper
                .strip_suffix(suffix)
                .map(|digits| (digits.trim().to_owned(), *factor))
        })
        .or_else(|| bare_allowed.then(|| (upper.clone(), 1)))
        .ok_or_else(|| invalid(name, text, wanted))?;
    let number: u64 = digits.parse().map_err(|_| invalid(name, text, wanted))?;
    number
        .checked_mul(factor)
        .map(Some)
        .ok_or_else(|| invalid(name, text, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
        move |wanted| {
            pairs
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn an_empty_environment_changes_nothing() {
        let lookup = environment(&[("MAPILLARY_TOOLS_CUTOFF_TIME", " ")]);
        assert_eq!(sequence_settings(&lookup).unwrap(), SequenceSettings::default());
        assert_eq!(send_tuning(&lookup).unwrap(), SendTuning::default());
    }

    #[test]
    fn every_tuning_variable_is_honoured_in_its_unit() {
        let lookup = environment(&[
            ("MAPILLARY_TOOLS_CUTOFF_DISTANCE", "600"),
            ("MAPILLARY_TOOLS_CUTOFF_TIME", "INF"),
            ("MAPILLARY_TOOLS_DUPLICATE_DISTANCE", "-1"),
            ("MAPILLARY_TOOLS_DUPLICATE_ANGLE", "360"),
            ("MAPILLARY_TOOLS_MAX_CAPTURE_SPEED_KMH", "200.5"),
            ("MAPILLARY_TOOLS_ZIGZAG_DEVIATION_THRESHOLD", "0.5"),
            ("MAPILLARY_TOOLS_ZIGZAG_MIN_DISTANCE", "40"),
            ("MAPILLARY_TOOLS_ZIGZAG_WINDOW_SIZE", "7"),
            ("MAPILLARY_TOOLS_ZIGZAG_MIN_DEVIATIONS", "2"),
            ("MAPILLARY_TOOLS_MAX_SEQUENCE_LENGTH", "INF"),
            ("MAPILLARY_TOOLS_MAX_SEQUENCE_FILESIZE", "2M"),
            ("MAPILLARY_TOOLS_MAX_SEQUENCE_PIXELS", "12MP"),
            ("MAPILLARY_TOOLS_MAX_IMAGE_UPLOAD_WORKERS", "0"),
            ("MAPILLARY_TOOLS_UPLOAD_CHUNK_SIZE_MB", "0.5"),
            ("MAPILLARY_TOOLS_MAX_UPLOAD_RETRIES", "3"),
            ("MAPILLARY_TOOLS_MIN_UPLOAD_SPEED", "0B"),
        ]);
        let settings = sequence_settings(&lookup).unwrap();
        assert!((settings.cutoff_distance_m - 600.0).abs() < f64::EPSILON);
        assert!(settings.cutoff_time_s.is_infinite());
        assert!((settings.duplicate_distance_m + 1.0).abs() < f64::EPSILON);
        assert!((settings.duplicate_angle_deg - 360.0).abs() < f64::EPSILON);
        assert!((settings.max_capture_speed_kmh - 200.5).abs() < f64::EPSILON);
        assert!((settings.zigzag_deviation_ratio - 0.5).abs() < f64::EPSILON);
        assert!((settings.zigzag_min_distance_m - 40.0).abs() < f64::EPSILON);
        assert_eq!((settings.zigzag_window, settings.zigzag_min_deviations), (7, 2));
        assert_eq!((settings.max_photos, settings.max_bytes), (None, Some(2 * 1024 * 1024)));
        assert_eq!(settings.max_pixels, Some(12_000_000));
        let tuning = send_tuning(&lookup).unwrap();
        assert_eq!(tuning.image_workers, 1, "no worker at all would never end");
        assert_eq!((tuning.chunk_bytes, tuning.max_attempts), (512 * 1024, 3));
        assert_eq!(tuning.minimum_speed_bytes_per_s, None);
    }

    #[test]
    fn the_noise_of_videos_is_what_the_environment_says() {
        let lookup = environment(&[
            ("MAPILLARY_TOOLS_GOPRO_GPS_FIXES", "0, 3"),
            ("MAPILLARY_TOOLS_GOPRO_MAX_DOP100", "500"),
            ("MAPILLARY_TOOLS_GOPRO_GPS_PRECISION", "7.5"),
        ]);
        let expected = NoiseLimits {
            keep_no_fix: true,
            keep_fix_2d: false,
            keep_fix_3d: true,
            max_precision_dop: 5.0,
            receiver_error_m: 7.5,
        };
        assert_eq!(noise_limits(&lookup).unwrap(), expected);
        assert_eq!(noise_limits(&|_| None).unwrap(), NoiseLimits::default());
    }

    #[test]
    fn a_speed_is_read_as_people_write_it() {
        for (text, bytes) in [
            ("500K", 512_000),
            ("2m", 2 << 20),
            ("1G", 1 << 30),
            ("64000", 64_000),
            ("1B", 1),
        ] {
            assert_eq!(bytes_per_s("--limit_rate", text).unwrap(), bytes, "{text}");
        }
        for text in ["", "0", "0K", "-1", "fast", "INF", "1.5M", "99999999999G"] {
            let error = bytes_per_s("--limit_rate", text).unwrap_err();
            assert!(error.to_string().contains("--limit_rate"), "{text}");
        }
    }

    #[test]
    fn a_value_that_cannot_be_read_is_an_error_that_names_the_variable() {
        for (name, value) in [
            ("MAPILLARY_TOOLS_CUTOFF_DISTANCE", "far"),
            ("MAPILLARY_TOOLS_CUTOFF_TIME", "NaN"),
            ("MAPILLARY_TOOLS_ZIGZAG_WINDOW_SIZE", "-1"),
            ("MAPILLARY_TOOLS_MAX_SEQUENCE_LENGTH", "many"),
            ("MAPILLARY_TOOLS_MAX_SEQUENCE_FILESIZE", "110"),
            ("MAPILLARY_TOOLS_MAX_SEQUENCE_FILESIZE", "99999999999999999999G"),
            ("MAPILLARY_TOOLS_MAX_SEQUENCE_PIXELS", "6X"),
        ] {
            let lookup = move |wanted: &str| (wanted == name).then(|| value.to_owned());
            let error = sequence_settings(&lookup).unwrap_err();
            assert_eq!(error.code(), "invalid_setting");
            assert!(
                error.to_string().contains(name) && error.to_string().contains(value),
                "{error}"
            );
        }
        for (name, value) in [
            ("MAPILLARY_TOOLS_GOPRO_GPS_FIXES", "2;3"),
            ("MAPILLARY_TOOLS_GOPRO_MAX_DOP100", "ten"),
            ("MAPILLARY_TOOLS_GOPRO_GPS_PRECISION", "NaN"),
        ] {
            let lookup = move |wanted: &str| (wanted == name).then(|| value.to_owned());
            assert!(noise_limits(&lookup).unwrap_err().to_string().contains(name));
        }
        for (name, value) in [
            ("MAPILLARY_TOOLS_UPLOAD_CHUNK_SIZE_MB", "-2"),
            ("MAPILLARY_TOOLS_UPLOAD_CHUNK_SIZE_MB", "1e9"),
            ("MAPILLARY_TOOLS_MIN_UPLOAD_SPEED", "50"),
        ] {
            let lookup = move |wanted: &str| (wanted == name).then(|| value.to_owned());
            assert!(send_tuning(&lookup).unwrap_err().to_string().contains(name));
        }
    }
}
