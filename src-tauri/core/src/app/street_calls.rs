//! Tiles of streets for the window: only while the person has them switched on.

use super::waypost::Waypost;
use crate::streets::{StreetTile, TilePicture};

impl Waypost {
    /// A tile of streets; `None` while they are switched off, and where there is none now.
    pub async fn street_tile(&self, tile: StreetTile) -> Option<TilePicture> {
        if !self.lock().settings.streets {
            return None;
        }
        self.streets.tile(tile).await
    }
}
