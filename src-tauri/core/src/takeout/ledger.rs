//! What a take-out remembers in its folder, so that it goes on after a kill and overwrites nothing that is not its own.
//!
//! `waypost-take-out/state.json` says what was chosen and how far it is; it is replaced as a whole after each sequence.
//! `waypost-take-out/pictures/SEQUENCE.jsonl` has one line for each picture of a sequence, written before the picture
//! gets its name. docs/take-out.md describes both.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use waypost_wire::{TakeOutChoice, TakeOutProblem, TakeOutProgress, TakeOutStage};

use crate::error::CoreError;

/// The folder in the folder.
pub(super) const OWN_FOLDER: &str = "waypost-take-out";
/// The file that says how far it is.
const STATE_FILE: &str = "state.json";
const FORMAT: &str = "waypost-take-out";
const VERSION: u32 = 1;
/// Problems that are kept with their words.
const KEPT_PROBLEMS: usize = 100;

/// How far a take-out is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    format: String,
    version: u32,
    /// What was chosen.
    pub(super) choice: TakeOutChoice,
    /// Who was signed in.
    pub(super) account: String,
    /// Whether all is done.
    pub(super) is_done: bool,
    /// Sequences in `seq_dataset.csv`; nothing as long as it is not whole.
    pub(super) sequence_count: Option<u64>,
    /// Sequences, in the order of that file, whose data were written.
    pub(super) data_done: u64,
    /// Sequences, in the same order, whose pictures lie in the folder.
    pub(super) pictures_done: u64,
    /// Agreed lengths of the files under way, bytes.
    pub(super) lengths: BTreeMap<String, u64>,
    /// Estimated size of everything, bytes.
    pub(super) size_bytes: u64,
    /// What of it was downloaded, all runs together, bytes.
    pub(super) kept_bytes: u64,
    /// Whether everything is written and the files are getting their names.
    pub(super) is_closing: bool,
    /// Images of each creator but the account itself.
    pub(super) others: BTreeMap<String, u64>,
    /// The counts.
    pub(super) progress: TakeOutProgress,
    /// What could not be taken, the first hundred.
    pub(super) problems: Vec<TakeOutProblem>,
    /// Files that were made; they may be replaced by a later run.
    pub(super) made: Vec<String>,
}

impl State {
    /// Counts a problem, and keeps its words if there is room.
    pub(super) fn note(&mut self, problem: TakeOutProblem) {
        self.progress.problem_count = self.progress.problem_count.saturating_add(1);
        if self.problems.len() < KEPT_PROBLEMS {
            self.problems.push(problem);
        }
    }
}

/// The memory of one folder. It is held by one program at a time.
pub(super) struct Ledger {
    folder: PathBuf,
    _lock: File,
    /// How far it is, as last written.
    pub(super) state: State,
}

impl Ledger {
    /// Takes the folder over: makes it, or goes on in it, or begins a finished one anew.
    ///
    /// # Errors
    /// [`CoreError::TakeOutFolder`] when it holds files that are not its own, another take-out, or another program works
    /// in it; [`CoreError::Io`].
    pub(super) fn open(
        folder: &Path,
        choice: &TakeOutChoice,
        account: &str,
        names: &[&str],
    ) -> Result<Self, CoreError> {
        let own = folder.join(OWN_FOLDER);
        for made in [own.join("pictures"), own.join("parts")] {
            std::fs::create_dir_all(&made).map_err(|source| CoreError::Io {
                path: made.clone(),
                source,
            })?;
        }
        let lock = lock(folder, &own)?;
        let mut state = match read(folder)? {
            Some(state) => {
                let refused = |reason: &str| {
                    Err(CoreError::TakeOutFolder {
                        path: folder.to_path_buf(),
                        reason: reason.to_owned(),
                    })
                };
                if state.account != account {
                    return refused(&format!("it holds a take-out of {}", state.account));
                }
                if state.choice != *choice {
                    return refused("it holds a take-out with another choice");
                }
                state
            }
            None => State {
                format: FORMAT.into(),
                version: VERSION,
                choice: choice.clone(),
                account: account.to_owned(),
                is_done: false,
                sequence_count: None,
                data_done: 0,
                pictures_done: 0,
                lengths: BTreeMap::new(),
                size_bytes: 0,
                kept_bytes: 0,
                is_closing: false,
                others: BTreeMap::new(),
                progress: TakeOutProgress::default(),
                problems: Vec::new(),
                made: Vec::new(),
            },
        };
        if state.is_done {
            // Again from the start: what is new since then comes along, pictures that lie there stay.
            state = State {
                is_done: false,
                is_closing: false,
                sequence_count: None,
                data_done: 0,
                pictures_done: 0,
                kept_bytes: 0,
                lengths: BTreeMap::new(),
                others: BTreeMap::new(),
                progress: TakeOutProgress::default(),
                problems: Vec::new(),
                ..state
            };
        }
        let foreign = names
            .iter()
            .find(|name| !state.made.iter().any(|made| made == *name) && folder.join(name).exists());
        if let Some(name) = foreign {
            return Err(CoreError::TakeOutFolder {
                path: folder.to_path_buf(),
                reason: format!("it holds a {name} that Waypost did not make"),
            });
        }
        state.progress.folder = folder.display().to_string();
        state.progress.stage = if state.sequence_count.is_some() {
            TakeOutStage::Taking
        } else {
            TakeOutStage::Listing
        };
        let mut ledger = Self {
            folder: folder.to_path_buf(),
            _lock: lock,
            state,
        };
        ledger.save()?;
        Ok(ledger)
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes the state down, whole or not at all.
    pub(super) fn save(&mut self) -> Result<(), CoreError> {
        let path = self.folder.join(OWN_FOLDER).join(STATE_FILE);
        let error = |source| CoreError::Io {
            path: path.clone(),
            source,
        };
        let text = serde_json::to_vec_pretty(&self.state).map_err(|source| error(source.into()))?;
        let next = path.with_extension("json.part");
        let mut file = File::create(&next).map_err(error)?;
        file.write_all(&text).and_then(|()| file.sync_data()).map_err(error)?;
        std::fs::rename(&next, &path).map_err(error)
    }
}

fn lock(folder: &Path, own: &Path) -> Result<File, CoreError> {
    let path = own.join("lock");
    let file = File::create(&path).map_err(|source| CoreError::Io {
        path: path.clone(),
        source,
    })?;
    match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => Err(CoreError::TakeOutFolder {
            path: folder.to_path_buf(),
            reason: "another Waypost works in it".into(),
        }),
        // A file system without locks: nobody else can be kept out, which is no reason not to begin.
        Ok(()) | Err(std::fs::TryLockError::Error(_)) => Ok(file),
    }
}

/// What is known of the take-out in a folder; nothing when there is none.
pub(super) fn read(folder: &Path) -> Result<Option<State>, CoreError> {
    let path = folder.join(OWN_FOLDER).join(STATE_FILE);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(CoreError::Io { path, source }),
    };
    let state: Option<State> = serde_json::from_slice(&bytes).ok();
    match state {
        Some(state) if state.format == FORMAT && state.version == VERSION => Ok(Some(state)),
        _ => Err(CoreError::TakeOutFolder {
            path: folder.to_path_buf(),
            reason: format!("its {OWN_FOLDER}/{STATE_FILE} cannot be read"),
        }),
    }
}
