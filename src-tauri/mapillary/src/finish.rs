//! `finish_upload`: hands the uploaded bytes over for processing and gets the cluster id that
//! everything afterwards is followed by.

use std::fmt;

use reqwest::Method;
use serde_json::json;

use crate::client::{Client, Token};
use crate::context::Context;
use crate::endpoints::join;
use crate::error::{ContentProblem, MapillaryError};
use crate::json as read;
use crate::operation::Operation;
use crate::redact::Redactor;
use crate::rupload::FileHandle;

/// What kind of thing was uploaded (`file_type` of `mapillary_tools` 0.14.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileType {
    /// A zip of one sequence's images.
    Zip,
    /// A manifest that lists the handles of images uploaded one by one.
    BundleManifest,
    /// A video with a CAMM track.
    CammVideo,
    /// A BlackVue video as it came from the camera; known to the service, no longer sent by
    /// current clients.
    BlackvueVideo,
}

impl FileType {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::BundleManifest => "mly_bundle_manifest",
            Self::CammVideo => "mly_camm_video",
            Self::BlackvueVideo => "mly_blackvue_video",
        }
    }
}

/// The number under which the service processes one finished upload; the feed names it too.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClusterId(pub String);

impl ClusterId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClusterId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Client {
    /// Finishes one upload. It must be called once per upload: see
    /// [`MapillaryError::may_have_been_carried_out`] before calling it again after a failure.
    ///
    /// Returns [`MapillaryError::FinishWithoutCluster`] when the service accepts but names no
    /// cluster id, as it can.
    pub async fn finish_upload(
        &self,
        token: &Token,
        handle: &FileHandle,
        file_type: FileType,
        organization_id: Option<&str>,
    ) -> Result<ClusterId, MapillaryError> {
        let url = join(&self.endpoints().graph, &["finish_upload"])?;
        let context = Context::new(Operation::FinishUpload, &url, Redactor::new(&[token]));
        let mut body = json!({
            "file_handle": handle.as_str(),
            "file_type": file_type.as_str(),
        });
        if let (Some(organization_id), Some(fields)) = (organization_id, body.as_object_mut()) {
            fields.insert("organization_id".to_owned(), organization_id.into());
        }
        let request = self.request(Method::POST, url, token)?.json(&body);
        let reply = match self.json(&context, request).await {
            // A success without words is a success without a cluster id.
            Err(MapillaryError::Content {
                problem: ContentProblem::NotJson { .. },
                ..
            }) => return Err(MapillaryError::FinishWithoutCluster),
            other => other?,
        };
        read::text(reply.get("cluster_id"))
            // What is no word, as a negative number, names no upload.
            .filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
            .map(ClusterId)
            .ok_or(MapillaryError::FinishWithoutCluster)
    }
}
