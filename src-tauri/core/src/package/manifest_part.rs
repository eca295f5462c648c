//! The list of handles that ends a package of single photos (protocol notes §1.6).

use std::io::{Cursor, Read};

use serde::Serialize;

use super::md5::measure;
use super::{Measured, Part};
use crate::describe::ascii_json;
use crate::error::CoreError;
use crate::observe::MeasureObserver;

/// A manifest: compact JSON with its keys in order.
#[derive(Serialize)]
struct Manifest<'a> {
    image_handles: &'a [String],
    upload_type: &'static str,
    version: &'static str,
}

/// The manifest of a sequence.
pub struct ManifestPart {
    bytes: Vec<u8>,
}

/// The manifest of these file handles, which are the service's own words and kept byte for byte, in the order of the
/// photos.
#[expect(clippy::needless_pass_by_value, reason = "the handles belong to the manifest")]
pub fn manifest_part(handles: Vec<String>) -> ManifestPart {
    let manifest = Manifest {
        image_handles: &handles,
        upload_type: "images",
        version: "1",
    };
    // Text can always be written as JSON.
    ManifestPart {
        bytes: ascii_json(&manifest).unwrap_or_default().into_bytes(),
    }
}

impl Part for ManifestPart {
    fn suffix(&self) -> &'static str {
        "json"
    }

    fn name(&self) -> String {
        "manifest".into()
    }

    fn measure(&self, observer: &dyn MeasureObserver) -> Result<Measured, CoreError> {
        measure(self.bytes.as_slice(), &self.name(), observer)
    }

    fn reader(&self, offset_bytes: u64) -> Result<Box<dyn Read + Send>, CoreError> {
        let mut reader = Cursor::new(self.bytes.clone());
        reader.set_position(offset_bytes);
        Ok(Box::new(reader))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Unobserved;

    #[test]
    fn the_manifest_is_compact_with_sorted_keys() {
        let part = manifest_part(vec!["2:a/b+c=".into(), "3:x\ny".into()]);
        let mut text = String::new();
        part.reader(0).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(
            text,
            r#"{"image_handles":["2:a/b+c=","3:x\ny"],"upload_type":"images","version":"1"}"#
        );
        assert_eq!(part.measure(&Unobserved).unwrap().length_bytes, text.len() as u64);
    }

    #[test]
    fn it_can_be_read_from_any_place_on() {
        let part = manifest_part(vec!["h".into()]);
        let mut text = String::new();
        part.reader(2).unwrap().read_to_string(&mut text).unwrap();
        assert!(text.starts_with("image_handles"));
        text.clear();
        part.reader(1_000_000).unwrap().read_to_string(&mut text).unwrap();
        assert!(text.is_empty());
    }
}
