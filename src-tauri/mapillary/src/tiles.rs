//! The tile server: the coverage, which is the last thing an upload reaches, and the map features.
//!
//! Tiles are cached, so an empty one says only that something is not on the map yet; ask the image
//! search whether it can be seen (API notes §4, row 21). Public tiles name organizations but no
//! accounts.

use reqwest::Method;
use url::Url;

use crate::client::{Client, Token};
use crate::context::Context;
use crate::endpoints::join;
use crate::error::{ContentProblem, MapillaryError};
use crate::image::Position;
use crate::operation::Operation;
use crate::protobuf::Broken;
use crate::redact::Redactor;
use crate::tile_address::{COVERAGE_ZOOM, TileAddress};
use crate::vector_tile::{TileFeature, TileLayer, TileValue, VectorTile};

/// Longest key of a sequence that is taken over, in bytes; real ones have 22.
const MAX_KEY_BYTES: usize = 64;

/// A line of a coverage tile: the part of one sequence that crosses it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TileSequence {
    /// The key of the sequence.
    pub key: String,
    /// When it was captured, in milliseconds since 1970 UTC.
    pub captured_at_ms: Option<i64>,
    /// One image of it.
    pub image_id: Option<String>,
    /// The organization it belongs to.
    pub organization_id: Option<String>,
    /// Whether it consists of panoramas.
    pub is_pano: Option<bool>,
    /// Its course within the tile.
    pub lines: Vec<Vec<Position>>,
}

/// A dot of a coverage tile.
#[derive(Clone, Debug, PartialEq)]
pub struct TileImage {
    /// The image's number, as text.
    pub id: String,
    /// The key of its sequence.
    pub sequence: Option<String>,
    /// When it was captured, in milliseconds since 1970 UTC.
    pub captured_at_ms: Option<i64>,
    /// Its heading, in degrees clockwise from north.
    pub compass_angle_deg: Option<f64>,
    /// The organization it belongs to.
    pub organization_id: Option<String>,
    /// Whether it is a panorama.
    pub is_pano: Option<bool>,
    /// Where it is.
    pub position: Position,
}

/// One tile of the coverage. Which parts are filled depends on the zoom level: `overview` on 0 to
/// 5, `sequences` on 6 to 14, `images` on 14.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CoverageTile {
    /// Single images that stand for all around them.
    pub overview: Vec<TileImage>,
    /// Lines.
    pub sequences: Vec<TileSequence>,
    /// Every image.
    pub images: Vec<TileImage>,
}

/// Which positions the coverage shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coverage {
    /// As uploaded.
    Original,
    /// Those of the reconstruction.
    Computed,
}

/// The two sets of map features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MapFeatureSet {
    /// Objects.
    Points,
    /// Traffic signs.
    TrafficSigns,
}

/// A map feature as a tile shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct TileMapFeature {
    /// Its number, as text.
    pub id: String,
    /// What it is.
    pub value: Option<String>,
    /// When it was first captured, in milliseconds since 1970 UTC.
    pub first_seen_at_ms: Option<i64>,
    /// When it was last captured, in milliseconds since 1970 UTC.
    pub last_seen_at_ms: Option<i64>,
    /// Where it is.
    pub position: Position,
}

impl Coverage {
    fn set(self) -> &'static str {
        match self {
            Self::Original => "mly1_public",
            Self::Computed => "mly1_computed_public",
        }
    }
}

impl MapFeatureSet {
    fn set(self) -> &'static str {
        match self {
            Self::Points => "mly_map_feature_point",
            Self::TrafficSigns => "mly_map_feature_traffic_sign",
        }
    }

    fn layer(self) -> &'static str {
        match self {
            Self::Points => "point",
            Self::TrafficSigns => "traffic_sign",
        }
    }
}

impl Client {
    /// One tile of the coverage, zoom 0 to 14.
    ///
    /// Returns [`MapillaryError::InvalidInput`] for a tile that does not exist, and
    /// [`MapillaryError::Content`] for an answer that is no tile.
    pub async fn coverage_tile(
        &self,
        token: &Token,
        address: TileAddress,
        coverage: Coverage,
    ) -> Result<CoverageTile, MapillaryError> {
        let tile = self.tile(token, coverage.set(), address, 0).await?;
        Ok(CoverageTile::read(&tile, address))
    }

    /// The map features of one tile on zoom 14.
    ///
    /// Errors as [`Self::coverage_tile`].
    pub async fn map_feature_tile(
        &self,
        token: &Token,
        address: TileAddress,
        set: MapFeatureSet,
    ) -> Result<Vec<TileMapFeature>, MapillaryError> {
        let tile = self.tile(token, set.set(), address, COVERAGE_ZOOM).await?;
        Ok(read_map_features(&tile, set, address))
    }

    async fn tile(
        &self,
        token: &Token,
        set: &str,
        address: TileAddress,
        min_zoom: u8,
    ) -> Result<VectorTile, MapillaryError> {
        if !(min_zoom..=COVERAGE_ZOOM).contains(&address.zoom) || !address.exists() {
            return Err(MapillaryError::InvalidInput {
                what: "tile",
                reason: "there is no tile with this number on this zoom level".to_owned(),
            });
        }
        let url = tile_url(&self.endpoints().tiles, set, address)?;
        let context = Context::new(Operation::Tile, &url, Redactor::new(&[token]));
        // In the header, not in the address as the documentation has it: addresses get logged.
        let request = self.request(Method::GET, url, token)?;
        let bytes = self.bytes(&context, request).await?;
        VectorTile::decode(&bytes).map_err(|Broken(reason)| context.content(ContentProblem::BrokenTile { reason }))
    }
}

fn tile_url(tiles: &Url, set: &str, address: TileAddress) -> Result<Url, MapillaryError> {
    let number = |number: u32| number.to_string();
    let (zoom, x, y) = (number(u32::from(address.zoom)), number(address.x), number(address.y));
    join(tiles, &["maps", "vtp", set, "2", &zoom, &x, &y])
}

impl CoverageTile {
    fn read(tile: &VectorTile, address: TileAddress) -> Self {
        Self {
            overview: read_images(tile, "overview", address),
            sequences: read_sequences(tile, address),
            images: read_images(tile, "image", address),
        }
    }
}

/// Reads properties of one feature.
#[derive(Clone, Copy)]
struct Properties<'tile> {
    layer: &'tile TileLayer,
    feature: &'tile TileFeature,
}

impl<'tile> Properties<'tile> {
    fn get(self, key: &str) -> Option<&'tile TileValue> {
        self.layer.property(self.feature, key)
    }

    fn text(self, key: &str) -> Option<String> {
        self.get(key)?.to_text().filter(|text| text.len() <= MAX_KEY_BYTES)
    }

    fn integer(self, key: &str) -> Option<i64> {
        self.get(key)?.to_integer()
    }
}

fn features<'tile>(tile: &'tile VectorTile, layer: &str) -> impl Iterator<Item = Properties<'tile>> {
    tile.layers
        .iter()
        .filter(move |found| found.name == layer)
        .flat_map(|layer| layer.features.iter().map(move |feature| Properties { layer, feature }))
}

fn read_images(tile: &VectorTile, layer: &str, address: TileAddress) -> Vec<TileImage> {
    let image = |of: Properties<'_>| {
        Some(TileImage {
            id: of.text("id")?,
            sequence: of.text("sequence_id"),
            captured_at_ms: of.integer("captured_at"),
            compass_angle_deg: of.get("compass_angle").and_then(TileValue::to_real),
            organization_id: of.text("organization_id"),
            is_pano: of.get("is_pano").and_then(TileValue::to_truth),
            position: places(of, address).next()?.first().copied()?,
        })
    };
    features(tile, layer).filter_map(image).collect()
}

fn read_sequences(tile: &VectorTile, address: TileAddress) -> Vec<TileSequence> {
    let sequence = |of: Properties<'_>| {
        Some(TileSequence {
            // Here the key is the line's own id; on a dot it is called `sequence_id`.
            key: of.text("id")?,
            captured_at_ms: of.integer("captured_at"),
            image_id: of.text("image_id"),
            organization_id: of.text("organization_id"),
            is_pano: of.get("is_pano").and_then(TileValue::to_truth),
            lines: places(of, address).collect(),
        })
    };
    features(tile, "sequence").filter_map(sequence).collect()
}

fn read_map_features(tile: &VectorTile, set: MapFeatureSet, address: TileAddress) -> Vec<TileMapFeature> {
    let feature = |of: Properties<'_>| {
        Some(TileMapFeature {
            id: of.text("id")?,
            value: of.get("value").and_then(TileValue::to_text),
            first_seen_at_ms: of.integer("first_seen_at"),
            last_seen_at_ms: of.integer("last_seen_at"),
            position: places(of, address).next()?.first().copied()?,
        })
    };
    features(tile, set.layer()).filter_map(feature).collect()
}

/// The parts of a feature, as places on the globe.
fn places(of: Properties<'_>, address: TileAddress) -> impl Iterator<Item = Vec<Position>> {
    let extent = f64::from(of.layer.extent);
    of.feature.parts.iter().map(move |part| {
        part.iter()
            .map(|(right, down)| address.position(f64::from(*right) / extent, f64::from(*down) / extent))
            .collect()
    })
}
