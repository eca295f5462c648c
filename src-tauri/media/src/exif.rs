//! Reads single values out of an EXIF block through `kamadak-exif`.
//!
//! The library is handed the TIFF block only after [`crate::tiff`] has counted what it claims to
//! hold, because directories that point to each other would keep it busy for hours.

use exif::{Context, Exif, Field, In, Reader, Tag, Value};

use crate::error::MediaError;
use crate::limits::MAX_EXIF_ENTRIES;
use crate::text;
use crate::tiff::{LONG, Survey, Tiff};

/// DNG's camera serial number in the first directory (DNG specification 1.7, chapter 4).
pub(crate) const DNG_CAMERA_SERIAL_NUMBER: Tag = Tag(Context::Tiff, 0xc62f);

/// A readable EXIF block.
pub(crate) struct ExifBlock {
    exif: Exif,
    /// Where things lie in the block.
    pub(crate) survey: Survey,
}

impl ExifBlock {
    /// Reads the directories of a TIFF block; `None` when it has no header.
    ///
    /// # Errors
    /// [`MediaError::ExifTooLarge`] when it claims to hold more tags than the cap.
    pub(crate) fn read(tiff_bytes: &[u8]) -> Result<Option<Self>, MediaError> {
        let Some(tiff) = Tiff::parse(tiff_bytes) else {
            return Ok(None);
        };
        let survey = tiff.survey().ok_or(MediaError::ExifTooLarge {
            limit: u64::from(MAX_EXIF_ENTRIES),
        })?;
        let mut bytes = tiff_bytes.to_vec();
        for at in &survey.oddly_typed_pointers {
            // EXIF wants LONG, and the library follows no other; exiv2 has written both SLONG
            // and IFD.
            if let Some(kind) = bytes.get_mut(*at..).and_then(|rest| rest.first_chunk_mut()) {
                *kind = tiff.u16_bytes(LONG);
            }
        }
        let exif = Reader::new()
            .continue_on_error(true)
            .read_raw(bytes)
            .or_else(|error| error.distill_partial_result(|_| {}));
        Ok(exif.ok().map(|exif| Self { exif, survey }))
    }

    /// The value of a tag of the main picture.
    pub(crate) fn value(&self, tag: Tag) -> Option<&Value> {
        self.values(tag).next()
    }

    /// The values of a tag of the main picture, the one in its own directory first.
    ///
    /// Some writers put EXIF tags into the first directory (LightZone) or the other way round
    /// (HTC). The numbers of the two do not overlap, so a tag is looked for in both.
    fn values(&self, tag: Tag) -> impl Iterator<Item = &Value> {
        let other = match tag.context() {
            Context::Tiff => Some(Tag(Context::Exif, tag.number())),
            Context::Exif => Some(Tag(Context::Tiff, tag.number())),
            _ => None,
        };
        [Some(tag), other]
            .into_iter()
            .flatten()
            .filter_map(|tag| self.exif.get_field(tag, In::PRIMARY))
            .map(|field| &field.value)
    }

    /// All tags, in file order, with those of the preview.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.exif.fields()
    }

    /// The text of a tag, without padding; `None` when there is nothing but padding.
    pub(crate) fn text(&self, tag: Tag) -> Option<String> {
        self.values(tag).filter_map(bytes_of).find_map(text::clean)
    }

    /// The bytes of a textual tag, up to the first NUL.
    pub(crate) fn bytes(&self, tag: Tag) -> Option<&[u8]> {
        bytes_of(self.value(tag)?)
    }

    /// The first number of a tag, whatever numeric type it has.
    pub(crate) fn number(&self, tag: Tag) -> Option<f64> {
        numbers(self.value(tag)?).first().copied().flatten()
    }

    /// The first number of a tag that holds whole numbers.
    pub(crate) fn whole_number(&self, tag: Tag) -> Option<u32> {
        self.value(tag)?.get_uint(0)
    }
}

fn bytes_of(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Ascii(lines) => lines.first().map(Vec::as_slice),
        Value::Byte(bytes) | Value::Undefined(bytes, _) => Some(bytes),
        _ => None,
    }
}

/// The first three numbers of a value; `None` in place of a fraction with denominator zero, which
/// is EXIF's way to write "unknown".
pub(crate) fn numbers(value: &Value) -> Vec<Option<f64>> {
    const TAKEN: usize = 3;
    fn all<T: Copy>(values: &[T], number: impl Fn(T) -> f64) -> Vec<Option<f64>> {
        values
            .iter()
            .take(TAKEN)
            .map(|&value| Some(number(value)).filter(|number| number.is_finite()))
            .collect()
    }
    match value {
        Value::Byte(values) => all(values, f64::from),
        Value::Short(values) => all(values, f64::from),
        Value::Long(values) => all(values, f64::from),
        Value::SByte(values) => all(values, f64::from),
        Value::SShort(values) => all(values, f64::from),
        Value::SLong(values) => all(values, f64::from),
        Value::Float(values) => all(values, f64::from),
        Value::Double(values) => all(values, |value| value),
        // Division by zero gives infinity or NaN, which `all` turns into `None`.
        Value::Rational(values) => all(values, |value| value.to_f64()),
        Value::SRational(values) => all(values, |value| value.to_f64()),
        Value::Ascii(_) | Value::Undefined(..) | Value::Unknown(..) => Vec::new(),
    }
}
