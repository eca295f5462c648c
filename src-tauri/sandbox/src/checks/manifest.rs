//! The manifest of images that were uploaded one by one: which handles make the sequence, in order.

use std::collections::HashSet;

use serde::Deserialize;

use super::Refusal;

/// Largest manifest that is read, in bytes: a thousand images make about 0.1 MB.
pub(crate) const MANIFEST_BYTES_MAX: u64 = 16 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    image_handles: Vec<String>,
    upload_type: String,
    version: String,
}

/// The image handles of a manifest, in the order of the sequence.
pub(crate) fn read_manifest(bytes: &[u8]) -> Result<Vec<String>, Refusal> {
    let manifest: Manifest =
        serde_json::from_slice(bytes).map_err(|error| Refusal::new(format!("the manifest cannot be read: {error}")))?;
    if manifest.version != "1" {
        return Err(Refusal::new(format!(
            "the manifest has version {:?}, not \"1\"",
            manifest.version
        )));
    }
    if manifest.upload_type != "images" {
        return Err(Refusal::new(format!(
            "the manifest has upload_type {:?}, not \"images\"",
            manifest.upload_type
        )));
    }
    if manifest.image_handles.is_empty() {
        return Err(Refusal::new("the manifest names no image"));
    }
    let mut seen = HashSet::new();
    if let Some(twice) = manifest
        .image_handles
        .iter()
        .find(|handle| !seen.insert(handle.as_str()))
    {
        return Err(Refusal::new(format!("the manifest names the handle {twice:?} twice")));
    }
    Ok(manifest.image_handles)
}
