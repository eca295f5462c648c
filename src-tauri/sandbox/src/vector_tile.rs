//! Writing Mapbox vector tiles, version 2 of the specification: layers of points and lines with
//! properties, as protocol buffers. The little of the wire format that this takes is simpler to
//! write than to depend on.

/// Units of a tile from one side to the other.
pub(crate) const EXTENT: f64 = 4_096.0;

/// A property of a feature.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
    Real(f64),
    Truth(bool),
}

/// A layer with its features.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layer {
    name: String,
    features: Vec<Vec<u8>>,
    keys: Vec<String>,
    values: Vec<Value>,
}

// Wire types of protocol buffers: a number, eight bytes, bytes of a given length.
const VARINT: u64 = 0;
const EIGHT_BYTES: u64 = 1;
const LENGTH: u64 = 2;

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7F) as u8);
}

fn field(out: &mut Vec<u8>, number: u64, wire_type: u64) {
    varint(out, number << 3 | wire_type);
}

fn number_field(out: &mut Vec<u8>, number: u64, value: u64) {
    field(out, number, VARINT);
    varint(out, value);
}

fn bytes_field(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    field(out, number, LENGTH);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Signed numbers with a small magnitude become small unsigned ones.
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// A whole tile unit; far outside the tile is as good as any other place outside.
#[allow(clippy::cast_possible_truncation, reason = "clamped before")]
fn unit(value: f64) -> i64 {
    value.clamp(-1e6, 1e6).round() as i64
}

impl Layer {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Adds a point.
    pub(crate) fn point(&mut self, at: (f64, f64), properties: &[(&str, Value)]) {
        let geometry = [command(1, 1), zigzag(unit(at.0)), zigzag(unit(at.1))];
        self.feature(1, &geometry, properties);
    }

    /// Adds a line of at least two points.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], properties: &[(&str, Value)]) {
        let geometry = line_geometry(points);
        self.feature(2, &geometry, properties);
    }

    /// Adds a polygon: one ring, its first corner not repeated at its end.
    pub(crate) fn polygon(&mut self, corners: &[(f64, f64)], properties: &[(&str, Value)]) {
        let mut geometry = line_geometry(corners);
        geometry.push(command(7, 1));
        self.feature(3, &geometry, properties);
    }

    fn feature(&mut self, kind: u64, geometry: &[u64], properties: &[(&str, Value)]) {
        let mut tags = Vec::new();
        for (key, value) in properties {
            varint(&mut tags, index_of(&mut self.keys, key));
            // Nearly every value is new; looking for the few equal ones costs more than it saves.
            varint(&mut tags, self.values.len() as u64);
            self.values.push(value.clone());
        }
        let mut packed = Vec::new();
        for part in geometry {
            varint(&mut packed, *part);
        }
        let mut feature = Vec::new();
        bytes_field(&mut feature, 2, &tags);
        number_field(&mut feature, 3, kind);
        bytes_field(&mut feature, 4, &packed);
        self.features.push(feature);
    }

    /// The layer as a field of a tile; nothing when it is empty.
    pub(crate) fn encode(&self) -> Vec<u8> {
        if self.features.is_empty() {
            return Vec::new();
        }
        let mut layer = Vec::new();
        number_field(&mut layer, 15, 2);
        bytes_field(&mut layer, 1, self.name.as_bytes());
        for feature in &self.features {
            bytes_field(&mut layer, 2, feature);
        }
        for key in &self.keys {
            bytes_field(&mut layer, 3, key.as_bytes());
        }
        for value in &self.values {
            bytes_field(&mut layer, 4, &encode_value(value));
        }
        number_field(&mut layer, 5, 4_096);
        let mut tile = Vec::new();
        bytes_field(&mut tile, 3, &layer);
        tile
    }
}

/// Moves to the first place and draws to the others.
fn line_geometry(points: &[(f64, f64)]) -> Vec<u64> {
    let mut geometry = Vec::new();
    let mut last = (0, 0);
    for (index, point) in points.iter().enumerate() {
        match index {
            0 => geometry.push(command(1, 1)),
            1 => geometry.push(command(2, points.len() as u64 - 1)),
            _ => {}
        }
        let at = (unit(point.0), unit(point.1));
        geometry.push(zigzag(at.0 - last.0));
        geometry.push(zigzag(at.1 - last.1));
        last = at;
    }
    geometry
}

/// A command of a geometry: 1 moves, 2 draws.
fn command(id: u64, count: u64) -> u64 {
    id | count << 3
}

fn encode_value(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    match value {
        Value::Text(text) => bytes_field(&mut out, 1, text.as_bytes()),
        Value::Real(real) => {
            field(&mut out, 3, EIGHT_BYTES);
            out.extend_from_slice(&real.to_le_bytes());
        }
        Value::Number(number) => number_field(&mut out, 4, number.cast_unsigned()),
        Value::Truth(truth) => number_field(&mut out, 7, u64::from(*truth)),
    }
    out
}

/// The place of `key` in `keys`, added when it is new.
fn index_of(keys: &mut Vec<String>, key: &str) -> u64 {
    let index = keys.iter().position(|known| known == key);
    index.unwrap_or_else(|| {
        keys.push(key.to_owned());
        keys.len() - 1
    }) as u64
}
