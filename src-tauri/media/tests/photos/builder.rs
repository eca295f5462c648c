//! Builds small JPEG files with exactly the metadata a test is about. The picture in them is not
//! meant to be decoded.

/// A value of a TIFF entry.
#[derive(Clone, Debug)]
pub enum Value {
    Ascii(Vec<u8>),
    Bytes(Vec<u8>),
    Short(Vec<u16>),
    Long(Vec<u32>),
    Rational(Vec<(u32, u32)>),
    SRational(Vec<(i32, i32)>),
    Undefined(Vec<u8>),
    /// Any type, count and inline word or offset, written as they are.
    Raw {
        kind: u16,
        count: u32,
        word: u32,
    },
}

/// Text with its NUL.
pub fn ascii(text: &str) -> Value {
    Value::Ascii([text.as_bytes(), b"\0"].concat())
}

/// A TIFF block in the making.
#[derive(Clone, Debug, Default)]
pub struct Tiff {
    pub little_endian: bool,
    pub first: Vec<(u16, Value)>,
    pub exif: Vec<(u16, Value)>,
    pub gps: Vec<(u16, Value)>,
    pub thumbnail: Option<Vec<u8>>,
    /// Bytes behind everything else that no entry names.
    pub unnamed: Vec<u8>,
}

pub const MAKE: u16 = 0x010f;
pub const MODEL: u16 = 0x0110;
pub const ORIENTATION: u16 = 0x0112;
pub const DATE_TIME: u16 = 0x0132;
pub const IMAGE_DESCRIPTION: u16 = 0x010e;
pub const DATE_TIME_ORIGINAL: u16 = 0x9003;
pub const DATE_TIME_DIGITIZED: u16 = 0x9004;
pub const OFFSET_ORIGINAL: u16 = 0x9011;
pub const SUBSEC_ORIGINAL: u16 = 0x9291;
pub const MAKER_NOTE: u16 = 0x927c;

impl Tiff {
    fn u16(&self, value: u16) -> [u8; 2] {
        if self.little_endian {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    }

    fn u32(&self, value: u32) -> [u8; 4] {
        if self.little_endian {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    }

    fn encode(&self, value: &Value) -> (u16, u32, Vec<u8>) {
        let count = |length: usize| u32::try_from(length).unwrap();
        match value {
            Value::Ascii(text) => (2, count(text.len()), text.clone()),
            Value::Bytes(bytes) => (1, count(bytes.len()), bytes.clone()),
            Value::Undefined(bytes) => (7, count(bytes.len()), bytes.clone()),
            Value::Short(values) => (
                3,
                count(values.len()),
                values.iter().flat_map(|v| self.u16(*v)).collect(),
            ),
            Value::Long(values) => (
                4,
                count(values.len()),
                values.iter().flat_map(|v| self.u32(*v)).collect(),
            ),
            Value::Rational(values) => (
                5,
                count(values.len()),
                values
                    .iter()
                    .flat_map(|(n, d)| [self.u32(*n), self.u32(*d)].concat())
                    .collect(),
            ),
            Value::SRational(values) => (
                10,
                count(values.len()),
                values
                    .iter()
                    .flat_map(|(n, d)| [self.u32(n.cast_unsigned()), self.u32(d.cast_unsigned())].concat())
                    .collect(),
            ),
            Value::Raw { kind, count, word } => (*kind, *count, self.u32(*word).to_vec()),
        }
    }

    /// Writes a directory at the end of `block`, its long values behind it.
    fn directory(&self, block: &mut Vec<u8>, entries: &[(u16, Value)], next_follows: bool) {
        let mut entries = entries.to_vec();
        entries.sort_by_key(|(tag, _)| *tag);
        let mut values_at = block.len() + 2 + entries.len() * 12 + 4;
        let mut values = Vec::new();
        block.extend(self.u16(u16::try_from(entries.len()).unwrap()));
        for (tag, value) in &entries {
            let (kind, count, mut bytes) = self.encode(value);
            block.extend(self.u16(*tag));
            block.extend(self.u16(kind));
            block.extend(self.u32(count));
            if bytes.len() <= 4 {
                bytes.resize(4, 0);
                block.extend(bytes);
            } else {
                bytes.resize(bytes.len().next_multiple_of(2), 0);
                block.extend(self.u32(u32::try_from(values_at).unwrap()));
                values_at += bytes.len();
                values.extend(bytes);
            }
        }
        let next = if next_follows {
            u32::try_from(values_at).unwrap()
        } else {
            0
        };
        block.extend(self.u32(next));
        block.extend(values);
    }

    /// The block's bytes: header, EXIF, GPS, first directory, preview.
    pub fn bytes(&self) -> Vec<u8> {
        let mut block = if self.little_endian {
            b"II*\0\0\0\0\0".to_vec()
        } else {
            b"MM\0*\0\0\0\0".to_vec()
        };
        let mut first = self.first.clone();
        for (pointer, entries) in [(0x8769, &self.exif), (0x8825, &self.gps)] {
            if !entries.is_empty() {
                first.push((pointer, Value::Long(vec![u32::try_from(block.len()).unwrap()])));
                self.directory(&mut block, entries, false);
            }
        }
        let first_at = self.u32(u32::try_from(block.len()).unwrap());
        block[4..8].copy_from_slice(&first_at);
        self.directory(&mut block, &first, self.thumbnail.is_some());
        if let Some(thumbnail) = &self.thumbnail {
            let at = u32::try_from(block.len() + 2 + 2 * 12 + 4).unwrap();
            let length = u32::try_from(thumbnail.len()).unwrap();
            let entries = [(0x0201, Value::Long(vec![at])), (0x0202, Value::Long(vec![length]))];
            self.directory(&mut block, &entries, false);
            block.extend(thumbnail);
        }
        block.extend(&self.unnamed);
        block
    }

    /// An EXIF segment with this block.
    pub fn segment(&self) -> Vec<u8> {
        segment(0xe1, &[b"Exif\0\0", self.bytes().as_slice()].concat())
    }

    /// A photo with this block.
    pub fn photo(&self) -> Vec<u8> {
        jpeg(&[self.segment()])
    }
}

/// Degrees as EXIF writes them: exact degrees, minutes and ten-thousandths of a second.
pub fn dms(degrees: f64) -> Value {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most 180 degrees
    let total = (degrees.abs() * 36_000_000.0).round() as u64;
    let part = |units: u64| u32::try_from(units).unwrap();
    Value::Rational(vec![
        (part(total / 36_000_000), 1),
        (part(total / 600_000 % 60), 1),
        (part(total % 600_000), 10_000),
    ])
}

/// The GPS entries of a position.
pub fn gps_position(lat: f64, lon: f64) -> Vec<(u16, Value)> {
    vec![
        (1, ascii(if lat < 0.0 { "S" } else { "N" })),
        (2, dms(lat)),
        (3, ascii(if lon < 0.0 { "W" } else { "E" })),
        (4, dms(lon)),
    ]
}

/// The GPS entries of a moment.
pub fn gps_time(date: &str, hour: u32, minute: u32, second: (u32, u32)) -> Vec<(u16, Value)> {
    vec![
        (7, Value::Rational(vec![(hour, 1), (minute, 1), second])),
        (29, ascii(date)),
    ]
}

/// One segment with its marker.
pub fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).unwrap();
    [&[0xff, marker], length.to_be_bytes().as_slice(), payload].concat()
}

/// An XMP segment with a packet.
pub fn xmp_segment(packet: &[u8]) -> Vec<u8> {
    segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0".as_slice(), packet].concat())
}

/// An XMP packet whose description has these attributes and these child elements.
pub fn xmp(attributes: &str, elements: &str) -> String {
    format!(
        r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
    xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"
    xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" {attributes}>{elements}</rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"#
    )
}

/// Width and height of every built picture.
pub const SIZE_PX: (u32, u32) = (64, 48);

/// What follows the metadata in every built photo.
pub fn picture() -> Vec<u8> {
    [
        segment(0xdb, &[0; 65]),
        segment(0xc0, &[8, 0, 48, 0, 64, 1, 1, 0x11, 0]),
        segment(0xc4, &[0; 17]),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        vec![0x12, 0x34, 0xff, 0x00, 0x56, 0xff, 0xd0, 0x78],
        vec![0xff, 0xd9],
    ]
    .concat()
}

/// A photo with these segments in front of its picture.
pub fn jpeg(segments: &[Vec<u8>]) -> Vec<u8> {
    [&[0xff, 0xd8], segments.concat().as_slice(), &picture()].concat()
}
