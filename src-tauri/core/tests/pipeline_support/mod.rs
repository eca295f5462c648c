//! What the pipeline tests share: folders with generated photos, and plans made from them.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod package;
pub mod peer;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use waypost_core::describe::write_description_to;
use waypost_core::error::CoreError;
use waypost_core::observe::Unobserved;
use waypost_core::plan::Plan;
use waypost_core::process::process;
use waypost_core::settings::{ReadSettings, SequenceSettings};
use waypost_generator::{PhotoSpec, WalkSpec, photo_bytes, walk, write_photo_folder};

/// The specification of a small photo.
pub fn small_photo() -> PhotoSpec {
    PhotoSpec {
        width_px: 64,
        height_px: 48,
        write_thumbnail: false,
        ..PhotoSpec::default()
    }
}

/// Writes a small photo, changed by `change`, and makes its folder.
pub fn write_photo(path: &Path, change: impl FnOnce(&mut PhotoSpec)) -> PathBuf {
    let mut spec = small_photo();
    change(&mut spec);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, photo_bytes(&spec).unwrap()).unwrap();
    path.to_path_buf()
}

/// Writes a walk of `count` small photos, one every two seconds, into `folder`.
pub fn write_walk(folder: &Path, count: usize) -> Vec<PathBuf> {
    let spec = WalkSpec {
        count,
        width_px: 64,
        height_px: 48,
        ..WalkSpec::default()
    };
    write_photo_folder(folder, &walk(&spec)).unwrap()
}

/// The plan of these paths with all settings as they come.
pub fn plan_of(paths: &[&Path]) -> Plan {
    try_plan_of(paths).unwrap()
}

/// The same, or why there is none.
pub fn try_plan_of(paths: &[&Path]) -> Result<Plan, CoreError> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    process(
        &paths,
        &ReadSettings::default(),
        &SequenceSettings::default(),
        &Unobserved,
    )
}

/// Names of all photos in sequences, in order.
pub fn sent_names(plan: &Plan) -> Vec<String> {
    plan.sequences
        .iter()
        .flat_map(|sequence| &sequence.photos)
        .map(waypost_core::plan::Photo::file_name)
        .collect()
}

/// Code and message of each refusal.
pub fn refusals(plan: &Plan) -> Vec<(&'static str, String)> {
    plan.refusals
        .iter()
        .map(|refusal| (refusal.code.code(), refusal.message.clone()))
        .collect()
}

/// The text of the plan's description.
pub fn description_text(plan: &Plan) -> String {
    let mut bytes = Vec::new();
    write_description_to(plan, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The entries of the plan's description.
pub fn description(plan: &Plan) -> Vec<Value> {
    serde_json::from_str(&description_text(plan)).unwrap()
}

/// The same bytes with one to four of them changed, left out or doubled; every `seed` gives another result, and always
/// the same one.
pub fn mutated(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut random = |below: usize| {
        // xorshift64 (Marsaglia 2003)
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below.max(1) as u64).unwrap()
    };
    let mut mutant = bytes.to_vec();
    for _ in 0..=random(4) {
        let at = random(mutant.len());
        match random(5) {
            0 => mutant[at] = u8::try_from(random(256)).unwrap(),
            1 => mutant[at] ^= 1 << random(8),
            2 => mutant.truncate(at.max(1)),
            3 => mutant.insert(at, *b"\"{}[]:,0\\".get(random(9)).unwrap()),
            _ => {
                let end = (at + random(40)).min(mutant.len());
                let doubled = mutant[at..end].to_vec();
                mutant.splice(at..at, doubled);
            }
        }
    }
    mutant
}
