//! What mapillary_tools sent before, and telling it what Waypost sent: so that a script can go from one to the other
//! without sending anything twice.
//!
//! The tool's own key knows neither account nor organisation, and so skips what somebody else has sent. A record counts
//! here only when it does not name another account or organisation.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};
use waypost_wire::UploadRow;

use crate::environment::Environment;
use crate::error::CoreError;
use crate::journal::Journal;
use crate::originals::Originals;
use crate::package::{SourcePhoto, file_part, sequence_md5};
use crate::peer_history::{HISTORY_VARIABLE, PeerHistory, Record, RecordParams, RecordSummary};
use crate::tuning::is_yes;
use crate::upload::material::video_of;
use crate::upload::{NewUpload, UploadSource};

/// The variable that turns the history on in a dry run.
pub const DRY_RUN_VARIABLE: &str = "MAPILLARY__ENABLE_UPLOAD_HISTORY_FOR_DRY_RUN";

/// The history that a run keeps to.
#[derive(Debug)]
pub struct PeerSent {
    history: PeerHistory,
    writes: bool,
    originals: Arc<Originals>,
}

/// A sequence that was sent before.
#[derive(Clone, Debug, PartialEq)]
pub struct SentBefore {
    /// The file that says so.
    pub record: PathBuf,
    /// Mapillary's name for it.
    pub cluster_id: Option<String>,
}

impl PeerSent {
    /// The folder that [`HISTORY_VARIABLE`] names, read and written. Where it names none, the tool's own folder is read
    /// and left as it is; a practice service has no business there. A dry run has a history only when
    /// [`DRY_RUN_VARIABLE`] says so.
    pub fn of(environment: &Environment, is_practice: bool, is_dry_run: bool) -> Option<Self> {
        let says_yes = environment.text(DRY_RUN_VARIABLE).ok().flatten();
        if is_dry_run && !says_yes.is_some_and(|text| is_yes(&text)) {
            return None;
        }
        let is_named = environment.is_set(HISTORY_VARIABLE);
        if is_practice && !is_named {
            return None;
        }
        Some(Self {
            history: PeerHistory::of_mapillary_tools(environment)?,
            writes: is_named,
            originals: Arc::default(),
        })
    }

    /// Where the MD5s of originals are kept that this run has to know in the end; `None` where it writes no history.
    pub fn originals(&self) -> Option<Arc<Originals>> {
        self.writes.then(|| Arc::clone(&self.originals))
    }

    /// Whether the history says that all of `new` went to this account and organisation. Blocking: where anything is in
    /// the history, the originals are read whole.
    ///
    /// # Errors
    /// [`CoreError::Io`] for a file that cannot be read; what is wrong with a zip.
    pub fn sent_before(&self, new: &NewUpload, user_id: &str) -> Result<Option<SentBefore>, CoreError> {
        if self.history.is_empty() {
            return Ok(None);
        }
        let md5 = match &new.source {
            UploadSource::Photos(photos) => self.md5_of(photos)?,
            UploadSource::ZipFile(zip) => file_part(&zip.path)?.sequence_md5().to_owned(),
            UploadSource::Video(video) => self.original_md5(&video.path)?,
        };
        let Some(record) = self.history.already_uploaded(&md5) else {
            return Ok(None);
        };
        if !is_of(&record, user_id, new.organization_id.as_deref()) {
            return Ok(None);
        }
        Ok(Some(SentBefore {
            record: self.history.record_path(&md5).unwrap_or_default(),
            cluster_id: record.summary.cluster_id,
        }))
    }

    /// Writes down that an upload was taken, if this run writes a history. Blocking.
    ///
    /// # Errors
    /// [`CoreError::Io`], [`CoreError::Journal`]; what is wrong with a zip.
    pub fn remember(&self, journal: &Journal, row: &UploadRow, import_path: Option<&Path>) -> Result<(), CoreError> {
        if !self.writes {
            return Ok(());
        }
        let upload = journal.upload(row.upload_id)?;
        let (md5, kind, descriptions) = if let Some(zip) = &upload.zip_path {
            (file_part(zip)?.sequence_md5().to_owned(), "zip", None)
        } else {
            let files = journal.files(row.upload_id)?;
            if let Some((_, video)) = video_of(&upload, &files) {
                (self.original_md5(&video.path)?, video.filetype.filetype(), None)
            } else {
                let sources = files.iter().filter_map(|file| file.source.as_deref());
                let photos: Vec<SourcePhoto> = sources.filter_map(|json| serde_json::from_str(json).ok()).collect();
                let md5 = self.md5_of(&photos)?;
                let descriptions = photos.iter().map(|photo| self.description(photo)).collect();
                (md5, "image", Some(descriptions))
            }
        };
        let seconds = |at_ms: i64| at_ms as f64 / 1000.0;
        self.history.write(&Record {
            params: RecordParams {
                import_path: import_path.map(|path| path.display().to_string()),
                organization_key: upload.organization_id.map(Value::String),
                user_key: upload.user_id,
                version: Some(format!("waypost {}", env!("CARGO_PKG_VERSION"))),
                run_at: Some(seconds(upload.created_at_ms)),
                others: Map::new(),
            },
            summary: RecordSummary {
                sequence_md5sum: Some(md5),
                file_type: Some(kind.into()),
                // The tool counts a video as one image.
                sequence_image_count: Some(upload.image_count.max(1)),
                entity_size: Some(upload.total_bytes),
                upload_start_time: Some(seconds(upload.created_at_ms)),
                upload_end_time: upload.taken_at_ms.map(seconds),
                cluster_id: upload.cluster_id,
                ..RecordSummary::default()
            },
            descriptions,
        })
    }

    fn md5_of(&self, photos: &[SourcePhoto]) -> Result<String, CoreError> {
        let md5s = self.originals.all(photos.iter().map(|photo| &*photo.path))?;
        Ok(sequence_md5(md5s))
    }

    /// The MD5 of a file, read once in a run.
    fn original_md5(&self, path: &Path) -> Result<String, CoreError> {
        Ok(self.originals.all([path])?.concat())
    }

    /// The entry of an image as the tool keeps it.
    fn description(&self, photo: &SourcePhoto) -> Value {
        let mut entry: Map<String, Value> = serde_json::from_str(&photo.description_json).unwrap_or_default();
        entry.insert("filename".into(), json!(photo.path.display().to_string()));
        entry.insert("filetype".into(), json!("image"));
        entry.insert("filesize".into(), json!(photo.size_bytes));
        entry.insert("md5sum".into(), json!(self.originals.get(&photo.path)));
        Value::Object(entry)
    }
}

/// Whether the record does not speak of another account or organisation.
fn is_of(record: &Record, user_id: &str, organization_id: Option<&str>) -> bool {
    let organization = match &record.params.organization_key {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    record.params.user_key.as_deref().is_none_or(|key| key == user_id) && organization.as_deref() == organization_id
}
