//! Streets behind the track: raster tiles of OpenStreetMap, for a person who switched them on.
//!
//! Off at first, because each tile tells its host where the person looks. What is done follows the usage policy of
//! OpenStreetMap's tile server (operations.osmfoundation.org/policies/tiles): a name of our own in every request, at most
//! two connections, nothing that no view shows, what was fetched is kept as long as the server says and at least asked
//! about by its tag afterwards, and a server that refuses is left alone for a while.

mod cache;
mod connection;
mod freshness;
mod pause;
mod picture;
mod server;
mod tile;

pub use cache::MAX_CACHE_BYTES;
pub use picture::MAX_TILE_BYTES;
pub use server::{OPENSTREETMAP, Streets, StreetsSetup};
pub use tile::{DEEPEST_ZOOM, StreetTile, TilePicture};
