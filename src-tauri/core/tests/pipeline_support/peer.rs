//! The real mapillary_tools 0.14.7, where it is installed, and the comparison of descriptions with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The version that is compared with.
const VERSION: &str = "0.14.7";

/// A program of mapillary_tools' virtual environment (`WAYPOST_PEER_VENV`, else `peer-venv` beside the other build
/// results); `None`, said aloud, where there is none.
pub fn peer_program(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("WAYPOST_PEER_VENV").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peer-venv"),
        PathBuf::from,
    );
    // The tests of the practice service may be installing it right now.
    let lock = File::open(folder.with_extension("lock")).ok();
    if let Some(lock) = &lock {
        lock.lock_shared().unwrap();
    }
    let is_right_version = Command::new(folder.join("bin/mapillary_tools"))
        .arg("--version")
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(VERSION));
    if is_right_version {
        return Some(folder.join("bin").join(name));
    }
    // Written past the test harness, which hides what passing tests print.
    let said = format!("SKIPPED: no mapillary_tools {VERSION} in {}\n", folder.display());
    std::io::stderr().write_all(said.as_bytes()).unwrap();
    None
}

/// What `mapillary_tools process` describes in a folder, on a computer in `time_zone`.
pub fn peer_description(program: &Path, folder: &Path, time_zone: &str, options: &[&str]) -> Vec<Value> {
    peer_description_with(program, folder, &[("TZ", time_zone)], options)
}

/// The same with these environment variables.
pub fn peer_description_with(
    program: &Path,
    folder: &Path,
    variables: &[(&str, &str)],
    options: &[&str],
) -> Vec<Value> {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("description.json");
    let has_source = options.contains(&"--geotag_source");
    let native: &[&str] = if has_source {
        &[]
    } else {
        &["--geotag_source", "native"]
    };
    let output = Command::new(program)
        .args(["process", "--skip_process_errors"])
        .args(native)
        .args(["--filetypes", "image", "--desc_path"])
        .arg(&file)
        .args(options)
        .arg(folder)
        .envs(variables.iter().copied())
        .env("HOME", scratch.path())
        .env("MAPILLARY_TOOLS_PROMPT_DISABLED", "YES")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "mapillary_tools failed: {said}");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// Compares two descriptions of the same folder. Two kinds of differences are on purpose and not reported (they stand
/// in docs/differences.md): the wording of error messages, and the heading 0 that mapillary_tools gives a photo that
/// is alone in its sequence; the numbers of the sequences depend on the order in which a folder is listed, so only
/// what is together is compared.
pub fn differences(peer: &[Value], ours: &[Value]) -> Vec<String> {
    let by_file = |entries: &[Value]| -> BTreeMap<String, Value> {
        let name = |entry: &Value| entry["filename"].as_str().unwrap().to_string();
        entries.iter().map(|entry| (name(entry), entry.clone())).collect()
    };
    let (peer, ours) = (by_file(peer), by_file(ours));
    let mut found = Vec::new();
    let files: BTreeSet<&String> = peer.keys().chain(ours.keys()).collect();
    for file in files {
        match (peer.get(file), ours.get(file)) {
            (Some(peer_entry), Some(our_entry)) => {
                compare(
                    file,
                    peer_entry.clone(),
                    our_entry.clone(),
                    is_alone(&ours, our_entry),
                    &mut found,
                );
            }
            (peer_entry, _) => {
                found.push(format!(
                    "{file}: only in {}",
                    if peer_entry.is_some() { "theirs" } else { "ours" }
                ));
            }
        }
    }
    if partition(&peer) != partition(&ours) {
        found.push(format!("sequences: {:?} and {:?}", partition(&peer), partition(&ours)));
    }
    found
}

fn compare(file: &str, mut peer: Value, mut ours: Value, is_alone: bool, found: &mut Vec<String>) {
    for entry in [&mut peer, &mut ours] {
        let fields = entry.as_object_mut().unwrap();
        fields.remove("MAPSequenceUUID");
        if let Some(error) = fields.get_mut("error") {
            error.as_object_mut().unwrap().remove("message");
        }
    }
    if is_alone && ours["MAPCompassHeading"].is_null() {
        assert_eq!(peer["MAPCompassHeading"]["TrueHeading"], 0.0, "{file}");
        peer.as_object_mut().unwrap().remove("MAPCompassHeading");
    }
    if peer != ours {
        found.push(format!("{file}: {peer} and {ours}"));
    }
}

fn is_alone(entries: &BTreeMap<String, Value>, entry: &Value) -> bool {
    let sequence = &entry["MAPSequenceUUID"];
    !sequence.is_null()
        && entries
            .values()
            .filter(|other| other["MAPSequenceUUID"] == *sequence)
            .count()
            == 1
}

/// Which files are together in a sequence.
fn partition(entries: &BTreeMap<String, Value>) -> BTreeSet<Vec<&String>> {
    let mut sequences: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for (file, entry) in entries {
        if let Some(sequence) = entry["MAPSequenceUUID"].as_str() {
            sequences.entry(sequence).or_default().push(file);
        }
    }
    sequences.into_values().collect()
}
