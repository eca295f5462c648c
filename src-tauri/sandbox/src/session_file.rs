//! The file behind a session: bytes are appended and hashed block by block, away from the threads that serve requests,
//! while the next block arrives.
//!
//! What arrives is copied into the block, so that the memory it arrived in can take what comes next, and no read needs
//! new memory.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use md5::{Digest, Md5};
use tokio::task::JoinHandle;

/// Bytes that are written and hashed in one go: enough that handing them over costs nothing beside it.
const BLOCK_BYTES: usize = 1 << 20;

/// The first `length` bytes, and their MD5 unless nobody looks at it now.
#[derive(Debug)]
pub(crate) struct Hashed {
    md5: Option<Md5>,
    length: u64,
}

impl Default for Hashed {
    fn default() -> Self {
        Self {
            md5: Some(Md5::new()),
            length: 0,
        }
    }
}

impl Hashed {
    /// So many bytes that are counted and not hashed, and none behind them either.
    pub(crate) fn not_at_all(length: u64) -> Self {
        Self { md5: None, length }
    }

    /// How many bytes there are.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The MD5 so far, in lowercase hexadecimal digits; `None` where it is not looked at.
    pub(crate) fn md5_hex(&self) -> Option<String> {
        let md5 = self.md5.clone()?;
        Some(hex::encode(md5.finalize()))
    }

    fn update(&mut self, bytes: &[u8]) {
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        self.length += bytes.len() as u64;
    }
}

/// What is needed to write a block; one block after the other has it.
struct Tools {
    file: File,
    hashed: Hashed,
    /// Memory for the block after the next.
    spare: Vec<u8>,
}

/// Appends to the file of a session.
pub(crate) struct Writer {
    /// At hand while no block is being written.
    tools: Option<Tools>,
    writing: Option<JoinHandle<io::Result<Tools>>>,
    block: Vec<u8>,
}

impl Writer {
    /// Opens the file, whose bytes up to its end are those of `hashed`.
    pub(crate) fn open(path: &Path, hashed: Hashed) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self {
            tools: Some(Tools {
                file,
                hashed,
                spare: Vec::new(),
            }),
            writing: None,
            block: Vec::new(),
        })
    }

    /// Takes more bytes; waits while the block before them is still being written.
    pub(crate) async fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut bytes = bytes;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK_BYTES - self.block.len()));
            self.block.extend_from_slice(now);
            if self.block.len() == BLOCK_BYTES {
                self.write_block().await?;
            }
            bytes = later;
        }
        Ok(())
    }

    /// Whether something was taken that is not even being written.
    pub(crate) fn holds_bytes(&self) -> bool {
        !self.block.is_empty()
    }

    /// Writes what is left; the hash of the whole file.
    pub(crate) async fn end(mut self) -> io::Result<Hashed> {
        self.write_block().await?;
        self.idle().await?;
        self.tools.take().map(|tools| tools.hashed).ok_or_else(given_up)
    }

    /// Begins to write what was taken, once the block before it is written. Dropped while it waits, it has done nothing.
    pub(crate) async fn write_block(&mut self) -> io::Result<()> {
        self.idle().await?;
        let mut tools = self.tools.take().ok_or_else(given_up)?;
        let block = std::mem::replace(&mut self.block, std::mem::take(&mut tools.spare));
        self.writing = Some(tokio::task::spawn_blocking(move || {
            tools.file.write_all(&block)?;
            tools.hashed.update(&block);
            tools.spare = block;
            tools.spare.clear();
            Ok(tools)
        }));
        Ok(())
    }

    /// Waits until no block is being written.
    async fn idle(&mut self) -> io::Result<()> {
        if let Some(writing) = &mut self.writing {
            let written = writing.await;
            self.writing = None;
            self.tools = Some(written.unwrap_or_else(|error| Err(io::Error::other(error)))?);
        }
        Ok(())
    }
}

fn given_up() -> io::Error {
    io::Error::other("the file was given up after an error")
}

/// The hash of a file as it is; of nothing, where there is none.
pub(crate) async fn hash_file(path: &Path) -> io::Result<Hashed> {
    let path = path.to_path_buf();
    let hash = move || -> io::Result<Hashed> {
        let mut hashed = Hashed::default();
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(hashed),
            Err(error) => return Err(error),
        };
        let mut buffer = vec![0_u8; BLOCK_BYTES];
        loop {
            let count = file.read(&mut buffer)?;
            let Some(read @ [_, ..]) = buffer.get(..count) else {
                return Ok(hashed);
            };
            hashed.update(read);
        }
    };
    tokio::task::spawn_blocking(hash)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}
