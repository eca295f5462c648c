//! The dry run: everything but the network.
//!
//! What would be sent is left in a folder for inspection, in the layout of mapillary_tools 0.14.7 (protocol notes
//! §1.13): a file per session key, its handle in `file_handles/<session key>`, and cluster "0" for every finish.

use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use futures_util::StreamExt;
use secrecy::SecretString;
use tokio::io::AsyncWriteExt;
use waypost_mapillary::{ClusterId, FileHandle, FileType, MapillaryError};

use super::transport::{ByteStream, Transport};

const HANDLE_FOLDER: &str = "file_handles";

/// Leaves packages in a folder.
#[derive(Clone, Debug)]
pub struct FolderTransport {
    folder: PathBuf,
}

impl FolderTransport {
    /// Leaves them in `folder`, which is made when something is to be left there.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn session_file(&self, session_key: &str) -> Result<PathBuf, MapillaryError> {
        session_path(&self.folder, session_key)
    }

    async fn handle_of(&self, session_key: &str) -> Result<String, MapillaryError> {
        let folder = self.folder.join(HANDLE_FOLDER);
        tokio::fs::create_dir_all(&folder)
            .await
            .map_err(|error| failed(&folder, &error))?;
        let path = session_path(&folder, session_key)?;
        match tokio::fs::read_to_string(&path).await {
            Ok(handle) => Ok(handle),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let handle = uuid::Uuid::new_v4().simple().to_string();
                tokio::fs::write(&path, &handle)
                    .await
                    .map_err(|error| failed(&path, &error))?;
                Ok(handle)
            }
            Err(error) => Err(failed(&path, &error)),
        }
    }
}

#[async_trait]
impl Transport for FolderTransport {
    async fn offset(&self, _token: &SecretString, session_key: &str) -> Result<u64, MapillaryError> {
        let path = self.session_file(session_key)?;
        match tokio::fs::metadata(&path).await {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(failed(&path, &error)),
        }
    }

    async fn send(
        &self,
        _token: &SecretString,
        session_key: &str,
        offset: u64,
        length_bytes: u64,
        mut body: ByteStream,
    ) -> Result<FileHandle, MapillaryError> {
        let path = self.session_file(session_key)?;
        tokio::fs::create_dir_all(&self.folder)
            .await
            .map_err(|error| failed(&self.folder, &error))?;
        let mut file = tokio::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .await
            .map_err(|error| failed(&path, &error))?;
        let mut held_bytes = offset;
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(|error| MapillaryError::Source {
                kind: error.kind(),
                detail: error.to_string(),
            })?;
            file.write_all(&bytes).await.map_err(|error| failed(&path, &error))?;
            held_bytes = held_bytes.saturating_add(bytes.len() as u64);
        }
        file.flush().await.map_err(|error| failed(&path, &error))?;
        if held_bytes != length_bytes {
            return Err(MapillaryError::Source {
                kind: io::ErrorKind::UnexpectedEof,
                detail: format!("{held_bytes} bytes came in the place of {length_bytes}"),
            });
        }
        self.handle_of(session_key).await.map(FileHandle)
    }

    async fn finish(
        &self,
        _token: &SecretString,
        _handle: &FileHandle,
        _file_type: FileType,
        _organization_id: Option<&str>,
    ) -> Result<ClusterId, MapillaryError> {
        Ok(ClusterId("0".into()))
    }

    fn is_dry_run(&self) -> bool {
        true
    }
}

/// A session key as a file name; one that would lead out of the folder is refused.
fn session_path(folder: &Path, session_key: &str) -> Result<PathBuf, MapillaryError> {
    let is_plain = !session_key.is_empty()
        && !session_key.starts_with('.')
        && session_key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if is_plain {
        Ok(folder.join(session_key))
    } else {
        Err(MapillaryError::InvalidInput {
            what: "session key",
            reason: "it cannot be a file name".into(),
        })
    }
}

fn failed(path: &Path, error: &io::Error) -> MapillaryError {
    MapillaryError::InvalidInput {
        what: "folder of the dry run",
        reason: format!("{}: {error}", path.display()),
    }
}
