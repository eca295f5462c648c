//! Which tile, and what a tile is.

use url::Url;

/// Deepest zoom level that OpenStreetMap's standard tiles have.
pub const DEEPEST_ZOOM: u8 = 19;

/// One tile of the web map that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreetTile {
    zoom: u8,
    x: u32,
    y: u32,
}

impl StreetTile {
    /// The tile in column `x` (from the 180th meridian eastwards) and row `y` (from north to south) of `zoom`, 0 to
    /// [`DEEPEST_ZOOM`]; `None` where there is none.
    pub fn new(zoom: u8, x: u32, y: u32) -> Option<Self> {
        let exists = zoom <= DEEPEST_ZOOM && x >> zoom == 0 && y >> zoom == 0;
        exists.then_some(Self { zoom, x, y })
    }

    /// Zoom level, column, row.
    pub fn numbers(self) -> (u8, u32, u32) {
        (self.zoom, self.x, self.y)
    }

    /// Where it lies below `base`; `None` where `base` can carry no path.
    pub(super) fn address(self, base: &Url) -> Option<Url> {
        let Self { zoom, x, y } = self;
        let mut address = base.clone();
        address
            .path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend([zoom.to_string(), x.to_string(), format!("{y}.png")]);
        Some(address)
    }
}

/// A tile as the window draws it: bytes that were decoded once and are a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TilePicture {
    /// The bytes as the server sent them.
    pub bytes: Vec<u8>,
    /// Media type, found in the bytes themselves.
    pub media_type: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tiles_that_exist_are_asked_for() {
        for (zoom, x, y, exists) in [
            (0, 0, 0, true),
            (0, 1, 0, false),
            (1, 1, 1, true),
            (1, 0, 2, false),
            (19, (1 << 19) - 1, 0, true),
            (19, 1 << 19, 0, false),
            (20, 0, 0, false),
            (255, 0, 0, false),
            (5, u32::MAX, 0, false),
        ] {
            assert_eq!(StreetTile::new(zoom, x, y).is_some(), exists, "{zoom}/{x}/{y}");
        }
    }

    #[test]
    fn an_address_is_made_of_numbers_alone() {
        let base = Url::parse("https://tile.openstreetmap.org/").unwrap();
        let tile = StreetTile::new(16, 35_210, 21_492).unwrap();
        assert_eq!(
            tile.address(&base).unwrap().as_str(),
            "https://tile.openstreetmap.org/16/35210/21492.png"
        );
    }
}
