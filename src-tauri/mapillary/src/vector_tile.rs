//! Reads Mapbox vector tiles (version 2 of the specification): what the tile server answers, and
//! the form in which the outlines of detections are written.
//!
//! The bytes come from outside, so every length is checked against what is there, nothing is copied
//! per reference, and whatever does not fit ends in one error instead of a panic.

use crate::protobuf::{Broken, Fields, Wire};

/// Units from one side of a tile to the other unless a layer says otherwise.
const DEFAULT_EXTENT: u32 = 4_096;

/// A whole tile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VectorTile {
    /// Its layers, as they came.
    pub layers: Vec<TileLayer>,
}

/// One layer of a tile.
#[derive(Clone, Debug, PartialEq)]
pub struct TileLayer {
    /// Its name, such as `sequence` or `mpy-or`.
    pub name: String,
    /// Units from one side of the tile to the other; never 0.
    pub extent: u32,
    /// What lies in it.
    pub features: Vec<TileFeature>,
    keys: Vec<String>,
    values: Vec<TileValue>,
}

/// What kind of thing a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TileShape {
    /// Single places.
    Points,
    /// Lines of two or more places.
    Lines,
    /// Closed rings.
    Polygons,
    /// A kind that the specification does not know.
    Unknown,
}

/// One thing in a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct TileFeature {
    /// What it is.
    pub shape: TileShape,
    /// Its places in tile units, right and down from the top left corner: for points all in one
    /// part, else one part for each line or ring. Rings do not repeat their first place.
    pub parts: Vec<Vec<(i32, i32)>>,
    tags: Vec<(u32, u32)>,
}

/// A property of a feature.
#[derive(Clone, Debug, PartialEq)]
pub enum TileValue {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A whole number that does not fit into a signed one.
    Unsigned(u64),
    /// A number.
    Real(f64),
    /// A truth value.
    Truth(bool),
}

impl VectorTile {
    /// Reads a tile; no bytes are a tile without layers.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut layers = Vec::new();
        let mut fields = Fields::new(bytes);
        while let Some((number, wire)) = fields.next_field()? {
            if let (3, Wire::Bytes(layer)) = (number, wire) {
                layers.push(TileLayer::decode(layer)?);
            }
        }
        Ok(Self { layers })
    }

    /// The first layer called `name`.
    pub fn layer(&self, name: &str) -> Option<&TileLayer> {
        self.layers.iter().find(|layer| layer.name == name)
    }
}

impl TileLayer {
    fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut layer = Self {
            name: String::new(),
            extent: DEFAULT_EXTENT,
            features: Vec::new(),
            keys: Vec::new(),
            values: Vec::new(),
        };
        let mut fields = Fields::new(bytes);
        while let Some((number, wire)) = fields.next_field()? {
            match (number, wire) {
                (1, Wire::Bytes(name)) => layer.name = text(name),
                (2, Wire::Bytes(feature)) => layer.features.push(TileFeature::decode(feature)?),
                (3, Wire::Bytes(key)) => layer.keys.push(text(key)),
                (4, Wire::Bytes(value)) => layer.values.push(TileValue::decode(value)?),
                (5, Wire::Varint(extent)) => {
                    layer.extent = u32::try_from(extent)
                        .ok()
                        .filter(|extent| *extent > 0)
                        .ok_or(Broken("its extent is not a size"))?;
                }
                _ => {}
            }
        }
        Ok(layer)
    }

    /// The property `key` of `feature`, which must be one of this layer's.
    pub fn property(&self, feature: &TileFeature, key: &str) -> Option<&TileValue> {
        feature.tags.iter().find_map(|(key_index, value_index)| {
            let name = self.keys.get(usize::try_from(*key_index).ok()?)?;
            if name == key {
                self.values.get(usize::try_from(*value_index).ok()?)
            } else {
                None
            }
        })
    }
}

impl TileValue {
    fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut value = None;
        let mut fields = Fields::new(bytes);
        while let Some((number, wire)) = fields.next_field()? {
            value = match (number, wire) {
                (1, Wire::Bytes(bytes)) => Some(Self::Text(text(bytes))),
                (2, Wire::FourBytes(bits)) => Some(Self::Real(f64::from(f32::from_bits(bits)))),
                (3, Wire::EightBytes(bits)) => Some(Self::Real(f64::from_bits(bits))),
                (4, Wire::Varint(number)) => Some(Self::Integer(number.cast_signed())),
                (5, Wire::Varint(number)) => Some(i64::try_from(number).map_or(Self::Unsigned(number), Self::Integer)),
                (6, Wire::Varint(number)) => Some(Self::Integer(zigzag_64(number))),
                (7, Wire::Varint(number)) => Some(Self::Truth(number != 0)),
                _ => value,
            };
        }
        value.ok_or(Broken("a value of it is of no known kind"))
    }

    /// The value as text: ids come now as text and now as numbers.
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text.clone()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Unsigned(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The value as a whole number.
    pub fn to_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The value as a finite number.
    pub fn to_real(&self) -> Option<f64> {
        match self {
            Self::Real(number) => number.is_finite().then_some(*number),
            Self::Integer(number) => i32::try_from(*number).ok().map(f64::from),
            _ => None,
        }
    }

    /// The value as a truth value.
    pub fn to_truth(&self) -> Option<bool> {
        match self {
            Self::Truth(truth) => Some(*truth),
            Self::Integer(number) => Some(*number != 0),
            _ => None,
        }
    }
}

impl TileFeature {
    fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut shape = TileShape::Unknown;
        let mut tags = Vec::new();
        let mut commands = Vec::new();
        let mut fields = Fields::new(bytes);
        while let Some((number, wire)) = fields.next_field()? {
            match (number, wire) {
                (2, wire) => numbers(wire, &mut tags)?,
                (3, Wire::Varint(kind)) => {
                    shape = match kind {
                        1 => TileShape::Points,
                        2 => TileShape::Lines,
                        3 => TileShape::Polygons,
                        _ => TileShape::Unknown,
                    }
                }
                (4, wire) => numbers(wire, &mut commands)?,
                _ => {}
            }
        }
        let mut pairs = Vec::with_capacity(tags.len() / 2);
        let mut rest = tags.chunks_exact(2);
        for pair in &mut rest {
            if let [key, value] = pair {
                pairs.push((*key, *value));
            }
        }
        if !rest.remainder().is_empty() {
            return Err(Broken("a property of it has no value"));
        }
        Ok(Self {
            shape,
            parts: parts(shape, &commands)?,
            tags: pairs,
        })
    }
}

/// Adds a list of numbers, packed or single.
fn numbers(wire: Wire<'_>, list: &mut Vec<u32>) -> Result<(), Broken> {
    let too_large = Broken("a number of it is too large");
    match wire {
        Wire::Varint(number) => list.push(u32::try_from(number).map_err(|_| too_large)?),
        Wire::Bytes(bytes) => {
            let mut packed = Fields::new(bytes);
            while !packed.is_empty() {
                list.push(u32::try_from(packed.varint()?).map_err(|_| too_large)?);
            }
        }
        Wire::FourBytes(_) | Wire::EightBytes(_) => return Err(Broken("a list of it is of a wrong kind")),
    }
    Ok(())
}

/// Follows the drawing commands: 1 moves, 2 draws a line, 7 closes a ring.
fn parts(shape: TileShape, commands: &[u32]) -> Result<Vec<Vec<(i32, i32)>>, Broken> {
    let mut parts: Vec<Vec<(i32, i32)>> = Vec::new();
    let mut at = (0_i32, 0_i32);
    let mut rest = commands.iter();
    while let Some(&command) = rest.next() {
        let (action, count) = (command & 7, command >> 3);
        match action {
            1 | 2 => {
                for _ in 0..count {
                    let (Some(&right), Some(&down)) = (rest.next(), rest.next()) else {
                        return Err(Broken("its drawing ends in the middle"));
                    };
                    at = moved(at, (right, down)).ok_or(Broken("a place of it lies too far out"))?;
                    match parts.last_mut() {
                        Some(part) if action == 2 || shape == TileShape::Points => part.push(at),
                        None if action == 2 => return Err(Broken("its drawing has no beginning")),
                        _ => parts.push(vec![at]),
                    }
                }
            }
            // Rings are closed by their kind; the command says nothing new.
            7 => {}
            _ => return Err(Broken("its drawing has an unknown command")),
        }
    }
    Ok(parts)
}

fn moved(at: (i32, i32), by: (u32, u32)) -> Option<(i32, i32)> {
    Some((at.0.checked_add(zigzag_32(by.0))?, at.1.checked_add(zigzag_32(by.1))?))
}

fn zigzag_32(number: u32) -> i32 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

fn zigzag_64(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
#[path = "vector_tile_tests.rs"]
mod tests;
