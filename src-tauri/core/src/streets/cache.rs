//! Tiles that were fetched, on the disk within a bound: the one that was not looked at for the longest goes first.
//!
//! One SQLite file that may be lost at any time. It is made when the first tile is kept and is gone when streets are
//! switched off, because it tells where the person looked.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, params};

use super::tile::{StreetTile, TilePicture};

/// Most that tiles may take, bytes.
pub const MAX_CACHE_BYTES: u64 = 200_000_000;
/// What a row takes beside the picture, bytes, generously.
const ROW_BYTES: u64 = 512;
/// How much is freed at once, as a part of the bound, so that it is not done for every tile.
const FREED_PART: u64 = 10;
/// So many rows are let go at a time.
const ROWS_AT_ONCE: u32 = 64;
/// A tile that was looked at so short a time ago is not noted again, milliseconds.
const NOTED_MS: i64 = 60_000;
/// Largest write-ahead log that stays, bytes.
const LOG_BYTES: i64 = 4_000_000;
const FILE_NAME: &str = "streets.sqlite3";

/// A tile as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) picture: TilePicture,
    /// The server's name of this state of it.
    pub(super) etag: Option<String>,
    /// From when on it has to be asked about, milliseconds since 1970 UTC.
    pub(super) expires_ms: i64,
}

/// The open cache. Calls block.
#[derive(Debug)]
pub(super) struct Cache {
    connection: Connection,
    used_bytes: u64,
    max_bytes: u64,
}

impl Cache {
    /// Opens the cache in `folder`. A file that cannot be read is replaced; where nothing can be written, tiles are
    /// kept in memory as long as the program runs.
    pub(super) fn open(folder: &Path, max_bytes: u64) -> rusqlite::Result<Self> {
        let path = folder.join(FILE_NAME);
        let on_disk = std::fs::create_dir_all(folder)
            .map_err(|_| rusqlite::Error::InvalidPath(path.clone()))
            .and_then(|()| {
                Self::of_file(&path, max_bytes).or_else(|error| {
                    tracing::info!("kept street tiles cannot be read and are let go: {error}");
                    remove(folder);
                    Self::of_file(&path, max_bytes)
                })
            });
        on_disk.or_else(|error| {
            tracing::info!("street tiles are kept in memory only: {error}");
            Self::of(Connection::open_in_memory()?, max_bytes)
        })
    }

    fn of_file(path: &PathBuf, max_bytes: u64) -> rusqlite::Result<Self> {
        Self::of(Connection::open(path)?, max_bytes)
    }

    fn of(connection: Connection, max_bytes: u64) -> rusqlite::Result<Self> {
        // Before the first table: a file without it would never become smaller.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS tile (
                 zoom INTEGER NOT NULL, x INTEGER NOT NULL, y INTEGER NOT NULL,
                 bytes BLOB NOT NULL, media_type TEXT NOT NULL, etag TEXT,
                 expires_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL,
                 PRIMARY KEY (zoom, x, y)
             ) STRICT;
             CREATE INDEX IF NOT EXISTS tile_used ON tile (used_ms);",
        )?;
        let (bytes, rows) = connection.query_row(
            "SELECT coalesce(sum(length(bytes)), 0), count(*) FROM tile",
            [],
            |row| Ok((unsigned(row.get(0)?), unsigned(row.get(1)?))),
        )?;
        let used_bytes = bytes.saturating_add(rows.saturating_mul(ROW_BYTES));
        let mut cache = Self {
            connection,
            used_bytes,
            max_bytes,
        };
        cache.shrink()?;
        Ok(cache)
    }

    /// The tile, looked at at `now_ms`.
    pub(super) fn get(&self, tile: StreetTile, now_ms: i64) -> rusqlite::Result<Option<Kept>> {
        let (zoom, x, y) = tile.numbers();
        let found = self
            .connection
            .prepare_cached(
                "SELECT bytes, media_type, etag, expires_ms, used_ms FROM tile WHERE zoom = ?1 AND x = ?2 AND y = ?3",
            )?
            .query_row(params![zoom, x, y], |row| {
                let media_type: String = row.get(1)?;
                let picture = TilePicture {
                    bytes: row.get(0)?,
                    media_type: if media_type == "image/jpeg" {
                        "image/jpeg"
                    } else {
                        "image/png"
                    },
                };
                let kept = Kept {
                    picture,
                    etag: row.get(2)?,
                    expires_ms: row.get(3)?,
                };
                Ok((kept, row.get::<_, i64>(4)?))
            })
            .optional()?;
        let Some((kept, used_ms)) = found else {
            return Ok(None);
        };
        if now_ms.saturating_sub(used_ms).saturating_abs() >= NOTED_MS {
            self.connection
                .prepare_cached("UPDATE tile SET used_ms = ?4 WHERE zoom = ?1 AND x = ?2 AND y = ?3")?
                .execute(params![zoom, x, y, now_ms])?;
        }
        Ok(Some(kept))
    }

    /// Keeps the tile in place of an earlier one, and lets go of what was not looked at for the longest.
    pub(super) fn put(&mut self, tile: StreetTile, kept: &Kept, now_ms: i64) -> rusqlite::Result<()> {
        let (zoom, x, y) = tile.numbers();
        self.remove(zoom, x, y)?;
        self.connection
            .prepare_cached(
                "INSERT INTO tile (zoom, x, y, bytes, media_type, etag, expires_ms, used_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                zoom,
                x,
                y,
                kept.picture.bytes,
                kept.picture.media_type,
                kept.etag,
                kept.expires_ms,
                now_ms
            ])?;
        self.used_bytes = self.used_bytes.saturating_add(size_of(kept.picture.bytes.len() as u64));
        self.shrink()
    }

    /// The server says that the tile is still the same.
    pub(super) fn renew(&self, tile: StreetTile, expires_ms: i64) -> rusqlite::Result<()> {
        let (zoom, x, y) = tile.numbers();
        self.connection
            .prepare_cached("UPDATE tile SET expires_ms = ?4 WHERE zoom = ?1 AND x = ?2 AND y = ?3")?
            .execute(params![zoom, x, y, expires_ms])?;
        Ok(())
    }

    fn remove(&mut self, zoom: u8, x: u32, y: u32) -> rusqlite::Result<()> {
        let length: Option<i64> = self
            .connection
            .prepare_cached("DELETE FROM tile WHERE zoom = ?1 AND x = ?2 AND y = ?3 RETURNING length(bytes)")?
            .query_row(params![zoom, x, y], |row| row.get(0))
            .optional()?;
        self.used_bytes = self
            .used_bytes
            .saturating_sub(length.map_or(0, |length| size_of(unsigned(length))));
        Ok(())
    }

    /// Lets go of old tiles where there are too many.
    fn shrink(&mut self) -> rusqlite::Result<()> {
        if self.used_bytes <= self.max_bytes {
            return Ok(());
        }
        let wanted_bytes = self.max_bytes.saturating_sub(self.max_bytes / FREED_PART);
        while self.used_bytes > wanted_bytes {
            let oldest: Vec<(u8, u32, u32)> = self
                .connection
                .prepare_cached("SELECT zoom, x, y FROM tile ORDER BY used_ms, rowid LIMIT ?1")?
                .query_map([ROWS_AT_ONCE], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?;
            if oldest.is_empty() {
                self.used_bytes = 0;
            }
            for (zoom, x, y) in oldest {
                if self.used_bytes <= wanted_bytes {
                    break;
                }
                self.remove(zoom, x, y)?;
            }
        }
        self.connection.execute_batch("PRAGMA incremental_vacuum")
    }
}

/// Takes the cache of `folder` off the disk. What cannot be removed is named in the log.
pub(super) fn remove(folder: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let path = folder.join(format!("{FILE_NAME}{suffix}"));
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!("kept street tiles could not be removed: {error}");
        }
    }
}

/// SQLite counts with a sign; what is counted here has none.
fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

fn size_of(picture_bytes: u64) -> u64 {
    picture_bytes.saturating_add(ROW_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(length: usize) -> Kept {
        Kept {
            picture: TilePicture {
                bytes: vec![7; length],
                media_type: "image/png",
            },
            etag: Some("\"a\"".into()),
            expires_ms: 5,
        }
    }

    fn tile(x: u32) -> StreetTile {
        StreetTile::new(19, x, 0).unwrap()
    }

    #[test]
    fn a_tile_comes_back_as_it_was_kept_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path(), 1_000_000).unwrap();
        cache.put(tile(1), &kept(100), 0).unwrap();
        cache.put(tile(1), &kept(200), 0).unwrap();
        cache.renew(tile(1), 9).unwrap();
        drop(cache);
        let cache = Cache::open(folder.path(), 1_000_000).unwrap();
        let back = cache.get(tile(1), 0).unwrap().unwrap();
        assert_eq!((back.picture.bytes.len(), back.expires_ms), (200, 9));
        assert_eq!(cache.used_bytes, 200 + ROW_BYTES);
        assert_eq!(cache.get(tile(2), 0).unwrap(), None);
    }

    #[test]
    fn the_bound_holds_on_the_disk_and_what_was_not_looked_at_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let max_bytes = 2_000_000;
        let mut cache = Cache::open(folder.path(), max_bytes).unwrap();
        for number in 0..600_u32 {
            let now_ms = i64::from(number) * NOTED_MS;
            cache.put(tile(number), &kept(20_000), now_ms).unwrap();
            // The first tile is looked at again and again.
            assert!(cache.get(tile(0), now_ms).unwrap().is_some(), "{number}");
            assert!(cache.used_bytes <= max_bytes);
        }
        assert!(cache.get(tile(1), 0).unwrap().is_none() && cache.get(tile(599), 0).unwrap().is_some());
        drop(cache);
        let length_bytes = std::fs::metadata(folder.path().join(FILE_NAME)).unwrap().len();
        assert!(length_bytes < max_bytes + max_bytes / 2, "{length_bytes}");
        // A smaller bound holds from the next start on.
        let cache = Cache::open(folder.path(), 100_000).unwrap();
        assert!(cache.used_bytes <= 100_000, "{}", cache.used_bytes);
    }

    #[test]
    fn a_file_that_is_no_cache_is_replaced_and_a_folder_that_cannot_be_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), vec![0x55; 8_192]).unwrap();
        let mut cache = Cache::open(folder.path(), 1_000_000).unwrap();
        cache.put(tile(1), &kept(10), 0).unwrap();
        drop(cache);
        remove(folder.path());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let file = folder.path().join("in-the-way");
        std::fs::write(&file, "").unwrap();
        let mut cache = Cache::open(&file, 1_000_000).unwrap();
        cache.put(tile(1), &kept(10), 0).unwrap();
        assert!(cache.get(tile(1), 0).unwrap().is_some());
    }
}
