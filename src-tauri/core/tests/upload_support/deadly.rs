//! A way to the server on which a process dies at a chosen request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::Notify;
use waypost_core::upload::{ByteStream, HttpTransport, Transport};
use waypost_mapillary::{ClusterId, FileHandle, FileType, MapillaryError};

use super::World;

/// Dies at a request: before it goes out, or after its answer came and before anybody saw it.
pub struct Deadly {
    inner: HttpTransport,
    calls: AtomicU64,
    dies_at: u64,
    before: bool,
    died: Arc<Notify>,
}

impl Deadly {
    /// Tells `died` at request number `dies_at`, and answers nothing from then on.
    pub fn new(world: &World, dies_at: u64, before: bool, died: Arc<Notify>) -> Self {
        let inner = HttpTransport::new(world.client());
        Self {
            inner,
            calls: AtomicU64::new(0),
            dies_at,
            before,
            died,
        }
    }

    async fn call<T>(&self, request: impl Future<Output = T>) -> T {
        let dies = self.calls.fetch_add(1, Ordering::SeqCst) + 1 == self.dies_at;
        if dies && self.before {
            self.died.notify_one();
            return std::future::pending().await;
        }
        let answer = request.await;
        if dies {
            self.died.notify_one();
            return std::future::pending().await;
        }
        answer
    }
}

#[async_trait]
impl Transport for Deadly {
    async fn offset(&self, token: &SecretString, key: &str) -> Result<u64, MapillaryError> {
        self.call(self.inner.offset(token, key)).await
    }

    async fn send(
        &self,
        token: &SecretString,
        key: &str,
        offset: u64,
        length_bytes: u64,
        body: ByteStream,
    ) -> Result<FileHandle, MapillaryError> {
        self.call(self.inner.send(token, key, offset, length_bytes, body)).await
    }

    async fn finish(
        &self,
        token: &SecretString,
        handle: &FileHandle,
        file_type: FileType,
        organization_id: Option<&str>,
    ) -> Result<ClusterId, MapillaryError> {
        self.call(self.inner.finish(token, handle, file_type, organization_id))
            .await
    }
}
