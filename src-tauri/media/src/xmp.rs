//! Reads the few XMP properties that say where, when and how a photo was taken.
//!
//! XMP (ISO 16684-1) is RDF in XML: a property is an attribute or a child element of
//! `rdf:Description`, in a namespace whose prefix the file chooses. Entities are not expanded
//! beyond XML's own five, so that nothing can grow.

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};

use crate::limits::{MAX_XMP_DEPTH, MAX_XMP_VALUE_CHARS};
use crate::text::decode_xml;

/// Namespace of RDF itself.
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// Namespaces that are read, with the prefix they are known by here.
const NAMESPACES: [(&str, &str); 7] = [
    ("http://ns.adobe.com/exif/1.0/", "exif"),
    ("http://ns.adobe.com/tiff/1.0/", "tiff"),
    ("http://ns.adobe.com/exif/1.0/aux/", "aux"),
    ("http://cipa.jp/exif/1.0/", "exifEX"),
    ("http://ns.google.com/photos/1.0/panorama/", "GPano"),
    ("http://ns.google.com/photos/1.0/camera/", "GCamera"),
    ("http://ns.google.com/photos/1.0/container/item/", "Item"),
];

/// Properties that are kept.
const PROPERTIES: [&str; 28] = [
    "exif:GPSLatitude",
    "exif:GPSLatitudeRef",
    "exif:GPSLongitude",
    "exif:GPSLongitudeRef",
    "exif:GPSAltitude",
    "exif:GPSAltitudeRef",
    "exif:GPSTimeStamp",
    "exif:GPSDateStamp",
    "exif:GPSImgDirection",
    "exif:GPSImgDirectionRef",
    "exif:GPSTrack",
    "exif:GPSTrackRef",
    "exif:GPSHPositioningError",
    "exif:DateTimeOriginal",
    "exif:DateTimeDigitized",
    "exif:SubSecTimeOriginal",
    "exif:SubSecTimeDigitized",
    "exif:OffsetTimeOriginal",
    "exif:OffsetTimeDigitized",
    "tiff:Make",
    "tiff:Model",
    "aux:SerialNumber",
    "aux:LensSerialNumber",
    "exifEX:BodySerialNumber",
    "exifEX:LensSerialNumber",
    "GPano:ProjectionType",
    "GPano:PoseHeadingDegrees",
    "GCamera:MicroVideoOffset",
];

/// Length of a part that follows the picture; stands in a list, and the entries add up.
const TRAILER_PART: &str = "Item:Length";

/// The properties found in the XMP packets of one file; the first of each name wins.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Xmp {
    values: Vec<(&'static str, String)>,
    trailer_parts_bytes: u64,
    /// A packet was not well-formed.
    pub(crate) damaged: bool,
}

impl Xmp {
    /// Reads all packets of a file, in file order.
    pub(crate) fn read(packets: &[Vec<u8>]) -> Self {
        let mut xmp = Self::default();
        for packet in packets {
            xmp.read_packet(&decode_xml(packet));
        }
        xmp
    }

    /// The text of a property named as in this module's list, such as `exif:GPSLatitude`.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Bytes that follow the picture in the file, such as the video of a motion photo.
    pub(crate) fn trailer_bytes(&self) -> u64 {
        self.get("GCamera:MicroVideoOffset")
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(self.trailer_parts_bytes)
    }

    fn keep(&mut self, key: &'static str, value: &str) {
        if key == TRAILER_PART {
            let part = value.trim().parse::<u64>().unwrap_or(0);
            self.trailer_parts_bytes = self.trailer_parts_bytes.saturating_add(part);
        } else if !value.trim().is_empty() && self.get(key).is_none() {
            let value = value.trim().chars().take(MAX_XMP_VALUE_CHARS).collect();
            self.values.push((key, value));
        }
    }

    fn read_packet(&mut self, text: &str) {
        let mut reader = NsReader::from_str(text);
        reader.config_mut().check_end_names = false;
        let mut depth = 0_u32;
        // Depth of `rdf:RDF`. Properties of the photo stand one level (attributes) or two levels
        // (elements) below it; deeper ones belong to structures, such as the place that a
        // picture shows (IPTC LocationShown), which is not where it was taken.
        let mut rdf_depth = None;
        // The element whose text is being collected, with the depth it started at.
        let mut open: Option<(&'static str, u32, String)> = None;
        loop {
            let Ok(event) = reader.read_event() else {
                self.damaged = true;
                return;
            };
            match event {
                Event::Start(element) => {
                    depth = depth.saturating_add(1);
                    if depth > MAX_XMP_DEPTH {
                        self.damaged = true;
                        return;
                    }
                    if is_rdf_root(&reader, element.name()) {
                        rdf_depth = Some(depth);
                    }
                    let level = depth.saturating_sub(rdf_depth.unwrap_or(depth));
                    self.keep_attributes(&reader, &element, level);
                    if level == 2 {
                        open = known(&reader, element.name(), false).map(|key| (key, depth, String::new()));
                    }
                }
                Event::Empty(element) => {
                    let depth = depth.saturating_add(1);
                    let level = depth.saturating_sub(rdf_depth.unwrap_or(depth));
                    self.keep_attributes(&reader, &element, level);
                }
                Event::End(_) => {
                    if open.as_ref().is_some_and(|(_, at, _)| *at == depth)
                        && let Some((key, _, value)) = open.take()
                    {
                        self.keep(key, &value);
                    }
                    if rdf_depth == Some(depth) {
                        rdf_depth = None;
                    }
                    depth = depth.saturating_sub(1);
                }
                Event::Text(text) => {
                    if let Some((_, _, value)) = &mut open {
                        value.push_str(&text.xml10_content());
                    }
                }
                Event::CData(text) => {
                    if let Some((_, _, value)) = &mut open {
                        value.push_str(&text.xml10_content());
                    }
                }
                Event::GeneralRef(reference) => {
                    if let Some((_, _, value)) = &mut open {
                        value.extend(reference.resolve_char_ref().ok().flatten());
                    }
                }
                Event::Eof => {
                    self.damaged |= depth > 0;
                    return;
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn keep_attributes(&mut self, reader: &NsReader<&[u8]>, element: &BytesStart<'_>, level: u32) {
        for attribute in element.attributes().with_checks(false) {
            let Ok(attribute) = attribute else {
                self.damaged = true;
                return;
            };
            if let Some(key) = known(reader, attribute.key, true).filter(|key| level == 1 || *key == TRAILER_PART) {
                match attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0) {
                    Ok(value) => self.keep(key, &value),
                    Err(_) => self.damaged = true,
                }
            }
        }
    }
}

/// Whether an element is the `rdf:RDF` around all properties.
fn is_rdf_root(reader: &NsReader<&[u8]>, name: QName<'_>) -> bool {
    let (namespace, local) = reader.resolver().resolve_element(name);
    let is_rdf = match namespace {
        ResolveResult::Bound(uri) => uri.as_ref() == RDF,
        ResolveResult::Unknown(prefix) => prefix == "rdf",
        ResolveResult::Unbound => false,
    };
    is_rdf && local.as_ref() == "RDF"
}

/// The name under which a property is kept, or `None` for all others.
fn known(reader: &NsReader<&[u8]>, name: QName<'_>, is_attribute: bool) -> Option<&'static str> {
    let resolver = reader.resolver();
    let (namespace, local) = if is_attribute {
        resolver.resolve_attribute(name)
    } else {
        resolver.resolve_element(name)
    };
    let prefix = match namespace {
        ResolveResult::Bound(uri) => NAMESPACES.iter().find(|(known_uri, _)| *known_uri == uri.as_ref())?.1,
        // A packet that forgets to declare a prefix means the usual one.
        ResolveResult::Unknown(prefix) => NAMESPACES.iter().find(|(_, known_prefix)| *known_prefix == prefix)?.1,
        ResolveResult::Unbound => return None,
    };
    let local: &str = local.as_ref();
    PROPERTIES.iter().chain([&TRAILER_PART]).copied().find(|key| {
        key.split_once(':')
            .is_some_and(|(known_prefix, known_local)| known_prefix == prefix && known_local == local)
    })
}
