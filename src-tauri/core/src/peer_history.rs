//! The upload history of mapillary_tools: which sequences it has sent, one small JSON file each.
//!
//! Format of mapillary_tools 0.14.7 (protocol notes §1.9): `<folder>/<first 2 hex>/<other hex>.json` of the sequence's
//! md5, `{"params", "summary", "descs"}`. A script that sets `MAPILLARY_UPLOAD_HISTORY_PATH` can switch between the
//! two tools without sending anything twice. The key knows neither account nor organisation: that is the format's,
//! and Waypost's own journal does better.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::environment::Environment;
use crate::error::CoreError;
use crate::private_file::write_private;

/// The variable that names the folder; set to nothing it turns the history off, as with mapillary_tools.
pub const HISTORY_VARIABLE: &str = "MAPILLARY_UPLOAD_HISTORY_PATH";

/// A larger file is not a record: a thousand image descriptions take about half a megabyte.
const MAX_RECORD_BYTES: u64 = 64 * 1024 * 1024;

/// One sent sequence. What Waypost does not know is kept as it is in `others`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Who sent it, and with what.
    #[serde(default)]
    pub params: RecordParams,
    /// What was sent.
    #[serde(default)]
    pub summary: RecordSummary,
    /// The description entries of the images; absent for zip and video.
    #[serde(default, rename = "descs", skip_serializing_if = "Option::is_none")]
    pub descriptions: Option<Vec<Value>>,
}

/// The circumstances of an upload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecordParams {
    /// The path given on the command line, if it was a single one.
    #[serde(default)]
    pub import_path: Option<String>,
    /// Organisation; a number or a text.
    #[serde(default)]
    pub organization_key: Option<Value>,
    /// User id.
    #[serde(default)]
    pub user_key: Option<String>,
    /// Version of the program.
    #[serde(default)]
    pub version: Option<String>,
    /// When the program was started, seconds since 1970 UTC.
    #[serde(default)]
    pub run_at: Option<f64>,
    /// Everything else.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// The facts of an upload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecordSummary {
    /// md5 of the sequence, the key of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_md5sum: Option<String>,
    /// `image`, `zip`, `camm`, `gopro`, `blackvue` or `video`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_type: Option<String>,
    /// Which sequence of the run, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_idx: Option<u64>,
    /// Sequences of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_sequence_count: Option<u64>,
    /// Images of the sequence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_image_count: Option<u64>,
    /// `MAPSequenceUUID` of the description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_uuid: Option<String>,
    /// Bytes sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_size: Option<u64>,
    /// Begin, seconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload_start_time: Option<f64>,
    /// End, seconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload_end_time: Option<f64>,
    /// The number Mapillary gave the upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_id: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

/// A folder of such records.
#[derive(Clone, Debug)]
pub struct PeerHistory {
    folder: PathBuf,
}

impl PeerHistory {
    /// The folder that a script named by [`HISTORY_VARIABLE`]; `None` where it named none.
    pub fn from_environment(environment: &Environment) -> Option<Self> {
        environment.path(HISTORY_VARIABLE).map(Self::at)
    }

    /// The folder mapillary_tools takes when nothing is set: `mapillary_tools/upload_history` in the user's data
    /// (Windows: below `Mapillary`). `None` when the variable turns the history off or the user has no home.
    pub fn of_mapillary_tools(environment: &Environment) -> Option<Self> {
        if environment.is_set(HISTORY_VARIABLE) {
            return Self::from_environment(environment);
        }
        let data = directories::BaseDirs::new()?.data_local_dir().to_path_buf();
        let own = if cfg!(windows) { data.join("Mapillary") } else { data };
        Some(Self::at(own.join("mapillary_tools").join("upload_history")))
    }

    /// This folder, whether it exists or not.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it certainly holds no record.
    pub fn is_empty(&self) -> bool {
        std::fs::read_dir(&self.folder).map_or(true, |mut entries| entries.next().is_none())
    }

    /// The file of a sequence; `None` for what is not an md5 in hex digits, which thereby can never become a path.
    pub fn record_path(&self, sequence_md5: &str) -> Option<PathBuf> {
        let is_hex = sequence_md5.bytes().all(|byte| byte.is_ascii_hexdigit());
        // The other tool accepts everything from four digits on.
        if !is_hex || sequence_md5.len() < 4 {
            return None;
        }
        let (folder, name) = sequence_md5.split_at_checked(2)?;
        Some(self.folder.join(folder).join(format!("{name}.json")))
    }

    /// What is known about a sequence with this md5. A damaged or missing record is `None`, as with mapillary_tools:
    /// the sequence is then sent. Blocking.
    pub fn already_uploaded(&self, sequence_md5: &str) -> Option<Record> {
        read_record(&self.record_path(sequence_md5)?)
    }

    /// Hands out every record there is, in no order but that of their names; damaged ones are passed over. Blocking.
    ///
    /// # Errors
    /// [`CoreError::Io`] for a folder that is there and cannot be read; whatever `each` returns.
    pub fn for_each(&self, each: &mut dyn FnMut(Record) -> Result<(), CoreError>) -> Result<(), CoreError> {
        let is_md5_part = |path: &Path, digits: usize| {
            path.file_stem()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.len() >= digits && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
        };
        for folder in entries(&self.folder)?
            .into_iter()
            .filter(|path| is_md5_part(path, 2) && path.is_dir())
        {
            let records = entries(&folder)?
                .into_iter()
                .filter(|path| is_md5_part(path, 2) && path.extension().is_some_and(|extension| extension == "json"));
            for record in records.filter_map(|path| read_record(&path)) {
                each(record)?;
            }
        }
        Ok(())
    }

    /// Writes a record under its [`RecordSummary::sequence_md5sum`]. Blocking. [`CoreError::InvalidSetting`] when the
    /// record has no md5, [`CoreError::Io`] when the file cannot be written.
    pub fn write(&self, record: &Record) -> Result<(), CoreError> {
        let md5 = record.summary.sequence_md5sum.as_deref().unwrap_or_default();
        let path = self.record_path(md5).ok_or_else(|| CoreError::InvalidSetting {
            name: HISTORY_VARIABLE.into(),
            reason: format!("the record of {md5:?} cannot be kept: that is not an md5"),
        })?;
        let bytes = serde_json::to_vec(record).map_err(|error| CoreError::Io {
            path: path.clone(),
            source: std::io::Error::other(error),
        })?;
        write_private(&path, &bytes)
    }
}

fn read_record(path: &Path) -> Option<Record> {
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > MAX_RECORD_BYTES {
        return None;
    }
    let read = std::fs::read(path).map_err(|error| error.to_string());
    match read.and_then(|bytes| parse(&bytes)) {
        Ok(record) => Some(record),
        Err(reason) => {
            tracing::warn!(path = %path.display(), reason, "a record of the upload history cannot be read");
            None
        }
    }
}

/// What is in a folder, by name; nothing where there is no folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, CoreError> {
    let failed = |source| CoreError::Io {
        path: folder.to_path_buf(),
        source,
    };
    let found = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        found => found.map_err(failed)?,
    };
    let mut paths: Vec<PathBuf> = found
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    paths.sort();
    Ok(paths)
}

/// Any object is a record: a field of an unexpected kind must not make a sent sequence look unsent.
fn parse(bytes: &[u8]) -> Result<Record, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if !value.is_object() {
        return Err("it is not a JSON object".into());
    }
    Ok(serde_json::from_value(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const MD5: &str = "0123456789abcdef0123456789abcdef";

    fn record() -> Record {
        serde_json::from_value(json!({
            "params": {"import_path": "/photos", "organization_key": 7, "user_key": "42", "version": "1", "run_at": 1.5},
            "summary": {"sequence_md5sum": MD5, "file_type": "image", "sequence_idx": 0, "total_sequence_count": 1,
                "sequence_image_count": 3, "sequence_uuid": "0", "entity_size": 99, "cluster_id": "77",
                "upload_end_time": 2.5, "upload_total_time": 1.0, "offset": 99},
            "descs": [{"filename": "a.jpg"}],
        }))
        .unwrap()
    }

    #[test]
    fn a_record_comes_back_with_everything_another_tool_wrote_into_it() {
        let folder = tempfile::tempdir().unwrap();
        let history = PeerHistory::at(folder.path().join("history"));
        assert_eq!(history.already_uploaded(MD5), None);
        history.write(&record()).unwrap();
        assert!(
            folder
                .path()
                .join("history/01/23456789abcdef0123456789abcdef.json")
                .is_file()
        );
        let back = history.already_uploaded(MD5).unwrap();
        assert_eq!(back, record());
        assert_eq!(back.summary.others["upload_total_time"], json!(1.0));
    }

    #[test]
    fn a_damaged_record_means_that_the_sequence_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let history = PeerHistory::at(folder.path().to_path_buf());
        history.write(&record()).unwrap();
        for content in ["", "{", "[]", "3", "\u{0}"] {
            std::fs::write(history.record_path(MD5).unwrap(), content).unwrap();
            assert_eq!(history.already_uploaded(MD5), None, "{content}");
        }
        for content in ["{}", r#"{"summary": {"cluster_id": 77}}"#] {
            std::fs::write(history.record_path(MD5).unwrap(), content).unwrap();
            assert_eq!(
                history.already_uploaded(MD5),
                Some(Record::default()),
                "it still says: sent"
            );
        }
    }

    #[test]
    fn what_is_no_md5_never_becomes_a_path() {
        let history = PeerHistory::at(PathBuf::from("/history"));
        for text in ["", "abc", "../../etc/passwd", "..", "ab/../../cd", "äöüä", "0x12"] {
            assert_eq!(history.record_path(text), None, "{text}");
            let mut other = record();
            other.summary.sequence_md5sum = Some(text.into());
            assert_eq!(history.write(&other).unwrap_err().code(), "invalid_setting");
        }
    }

    #[test]
    fn without_the_variable_the_history_is_off_and_the_other_tools_place_is_known() {
        let start = std::env::temp_dir();
        let plain = Environment::empty(&start);
        assert!(PeerHistory::from_environment(&plain).is_none());
        let set = plain.clone().with(HISTORY_VARIABLE, "history");
        assert_eq!(
            PeerHistory::from_environment(&set).unwrap().folder(),
            start.join("history")
        );
        assert_eq!(
            PeerHistory::of_mapillary_tools(&set).unwrap().folder(),
            start.join("history")
        );
        assert!(PeerHistory::of_mapillary_tools(&plain.clone().with(HISTORY_VARIABLE, "")).is_none());
        let default = PeerHistory::of_mapillary_tools(&plain).unwrap();
        assert!(default.folder().ends_with("mapillary_tools/upload_history"));
    }

    proptest! {
        #[test]
        fn no_file_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let folder = tempfile::tempdir().unwrap();
            let history = PeerHistory::at(folder.path().to_path_buf());
            let path = history.record_path(MD5).unwrap();
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &bytes).unwrap();
            prop_assert_eq!(history.already_uploaded(MD5), parse(&bytes).ok());
        }
    }
}
