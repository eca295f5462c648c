//! The three calls that carry an upload, as a trait: over HTTP, or into a folder for a dry run.

use std::io;
use std::pin::Pin;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::Stream;
use secrecy::SecretString;
use waypost_mapillary::{Client, ClusterId, FileHandle, FileType, MapillaryError, UploadBody};

/// The bytes of one request, in order.
pub type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Carries the bytes of one session and finishes an upload. One attempt each; trying again is the engine's business.
#[async_trait]
pub trait Transport: Send + Sync {
    /// How many bytes of the session are there; 0 for an unknown one.
    async fn offset(&self, token: &SecretString, session_key: &str) -> Result<u64, MapillaryError>;

    /// Sends the bytes from `offset` to `length_bytes` and returns the handle.
    async fn send(
        &self,
        token: &SecretString,
        session_key: &str,
        offset: u64,
        length_bytes: u64,
        body: ByteStream,
    ) -> Result<FileHandle, MapillaryError>;

    /// Hands the upload over for processing.
    async fn finish(
        &self,
        token: &SecretString,
        handle: &FileHandle,
        file_type: FileType,
        organization_id: Option<&str>,
    ) -> Result<ClusterId, MapillaryError>;

    /// Whether nothing really leaves the computer; such uploads are neither followed nor remembered as sent.
    fn is_dry_run(&self) -> bool {
        false
    }
}

/// The service, by its client.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: Client,
}

impl HttpTransport {
    /// Sends with `client`, whose connections are kept and shared.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn offset(&self, token: &SecretString, session_key: &str) -> Result<u64, MapillaryError> {
        self.client.upload_offset(token, session_key).await
    }

    async fn send(
        &self,
        token: &SecretString,
        session_key: &str,
        offset: u64,
        length_bytes: u64,
        body: ByteStream,
    ) -> Result<FileHandle, MapillaryError> {
        // Chunked and without a length in front, as current mapillary_tools sends it (protocol notes §1.4).
        let body = UploadBody::new(body).chunked();
        self.client
            .upload_send(token, session_key, offset, length_bytes, body)
            .await
    }

    async fn finish(
        &self,
        token: &SecretString,
        handle: &FileHandle,
        file_type: FileType,
        organization_id: Option<&str>,
    ) -> Result<ClusterId, MapillaryError> {
        self.client
            .finish_upload(token, handle, file_type, organization_id)
            .await
    }
}
