//! Upload sessions: bytes that arrive under a key the client chose. The offset of a session is the
//! length of its file, nothing else, so a kill at any moment leaves a state that is true.
//!
//! A key that holds an MD5 (`mly_tools_<32 hex>.<suffix>`) promises its content. The service cannot
//! know the length of a chunked body in advance, so it looks at the end of each complete body: when
//! the MD5 of all bytes is the promised one the handle is given; when not, the promise can never be
//! kept any more, so the bytes are thrown away and the session begins at 0 again. A service that is told to check later
//! gives the handle at once, and looks at all of them when it is asked to.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use tokio_util::sync::CancellationToken;

use crate::error::SandboxError;
use crate::folder::{Folder, failed, link_or_copy, write_whole};
use crate::identity::Identity;
use crate::session_file::{Hashed, Writer, hash_file};
use crate::snapshot::SessionState;
use crate::sync::lock;

/// Longest key that is accepted, in characters.
const KEY_LENGTH_MAX: usize = 200;

/// How a body came to its end.
#[derive(Debug)]
pub(crate) enum Received {
    /// All of it arrived; the handle of the session.
    Handle(String),
    /// All of it arrived, but the client announced a greater length for the whole session.
    Part { size: u64 },
    /// The offset is not where the session stands; nothing was read.
    WrongOffset { size: u64, body: Body },
    /// A finished upload was made from the session, and there is a body with bytes; nothing was
    /// kept.
    Closed { body: Body },
    /// The bytes are not those that the key promises; the session was emptied.
    WrongMd5 { actual: String },
    /// The line dropped, or another request took the session over; what arrived is kept.
    Interrupted,
}

/// What is known about a handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Handle {
    /// It stands for the session with this key.
    Of(String),
    /// It was given out, but the service has forgotten the session since.
    Forgotten,
    /// It is not from here.
    NeverGiven,
}

/// What comes with a body.
#[derive(Debug)]
pub(crate) struct Arrival<'a> {
    pub key: &'a str,
    /// Where the client says the body begins.
    pub offset: u64,
    /// The length of the whole session, where the client tells it.
    pub announced_length: Option<u64>,
    /// Whether a finished upload was made from the session: it takes no more bytes.
    pub closed: bool,
}

/// What a look at the kept bytes found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// Sessions that have a handle and a key that promises something.
    pub count: usize,
    /// Key and actual MD5 of those whose bytes are other ones.
    pub wrong: Vec<(String, String)>,
}

#[derive(Debug, Default)]
struct Session {
    writing: tokio::sync::Mutex<Hashed>,
    /// Ends the request that writes at the moment, when another one wants to.
    writer: Mutex<CancellationToken>,
}

/// All upload sessions.
#[derive(Debug)]
pub(crate) struct Sessions {
    uploads: PathBuf,
    handles: PathBuf,
    packages: PathBuf,
    checks_later: bool,
    open: Mutex<HashMap<String, Arc<Session>>>,
}

/// Whether `key` can name a session, and with it a file.
pub(crate) fn key_is_valid(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= KEY_LENGTH_MAX
        && !key.starts_with('.')
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// The MD5 that `key` promises, in lowercase hexadecimal digits.
fn promised_md5(key: &str) -> Option<&str> {
    let (digits, _suffix) = key.strip_prefix("mly_tools_")?.split_once('.')?;
    let is_md5 = digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_md5.then_some(digits)
}

/// Looks whether `body` has any bytes. `Some(true)`: it ended without one; `Some(false)`: it has
/// some, and what follows them is still in the body; `None`: the line dropped before that was clear.
async fn is_empty(body: &mut BodyDataStream) -> Option<bool> {
    loop {
        match body.next().await {
            None => return Some(true),
            Some(Ok(bytes)) if bytes.is_empty() => {}
            Some(Ok(_)) => return Some(false),
            Some(Err(_)) => return None,
        }
    }
}

impl Sessions {
    pub(crate) fn new(folder: &Folder, checks_later: bool) -> Self {
        Self {
            uploads: folder.path("uploads"),
            handles: folder.path("handles"),
            packages: folder.path("packages"),
            checks_later,
            open: Mutex::default(),
        }
    }

    /// The file that holds the bytes of `key`.
    pub(crate) fn file(&self, key: &str) -> PathBuf {
        self.uploads.join(key)
    }

    /// How many bytes of `key` are held; 0 for an unknown one.
    pub(crate) fn length(&self, key: &str) -> u64 {
        std::fs::metadata(self.file(key)).map_or(0, |metadata| metadata.len())
    }

    /// Takes one body.
    pub(crate) async fn receive(
        &self,
        arrival: Arrival<'_>,
        identity: &Identity,
        body: Body,
    ) -> Result<Received, SandboxError> {
        let key = arrival.key;
        let session = Arc::clone(lock(&self.open).entry(key.to_owned()).or_default());
        let mine = CancellationToken::new();
        std::mem::replace(&mut *lock(&session.writer), mine.clone()).cancel();
        let mut hashed = session.writing.lock().await;

        let size = self.length(key);
        if arrival.offset != size {
            return Ok(Received::WrongOffset { size, body });
        }
        let body = if arrival.closed {
            let mut parts = body.into_data_stream();
            match is_empty(&mut parts).await {
                Some(true) => Body::empty(),
                Some(false) => {
                    let body = Body::from_stream(parts);
                    return Ok(Received::Closed { body });
                }
                None => return Ok(Received::Interrupted),
            }
        } else {
            body
        };
        if self.checks_later {
            *hashed = Hashed::not_at_all(size);
        } else if hashed.length() != size {
            let path = self.file(key);
            *hashed = hash_file(&path).await.map_err(|source| failed(&path, source))?;
        }
        if !self.append(key, body, &mine, &mut hashed).await? {
            return Ok(Received::Interrupted);
        }
        let whole = arrival.announced_length;
        if whole.is_some_and(|whole| hashed.length() < whole) {
            return Ok(Received::Part { size: hashed.length() });
        }
        if let (Some(promised), Some(actual)) = (promised_md5(key), hashed.md5_hex())
            && promised != actual
        {
            *hashed = Hashed::default();
            self.forget(identity, key)?;
            return Ok(Received::WrongMd5 { actual });
        }
        self.give_handle(identity, key).map(Received::Handle)
    }

    /// Appends `body` to the file of `key`; false when it did not arrive whole. While one block is written and hashed,
    /// the next one arrives.
    async fn append(
        &self,
        key: &str,
        body: Body,
        mine: &CancellationToken,
        hashed: &mut Hashed,
    ) -> Result<bool, SandboxError> {
        let path = self.file(key);
        let mut writer = Writer::open(&path, std::mem::take(hashed)).map_err(|source| failed(&path, source))?;
        let mut parts = body.into_data_stream();
        let whole = loop {
            let part = tokio::select! {
                biased;
                () = mine.cancelled() => break false,
                part = parts.next() => part,
                // Nothing more has come: what is there is kept, and its offset can be asked for.
                written = writer.write_block(), if writer.holds_bytes() => {
                    written.map_err(|source| failed(&path, source))?;
                    continue;
                }
            };
            match part {
                None => break true,
                Some(Err(_)) => break false,
                Some(Ok(bytes)) => writer.take(&bytes).await.map_err(|source| failed(&path, source))?,
            }
        };
        *hashed = writer.end().await.map_err(|source| failed(&path, source))?;
        Ok(whole)
    }

    /// Compares the bytes of every session that has a handle with what its key promises.
    pub(crate) async fn check(&self, identity: &Identity) -> Result<Checked, SandboxError> {
        let mut checked = Checked::default();
        for session in self.list(identity, |_| false) {
            let Some(promised) = promised_md5(&session.key).filter(|_| session.handle_given) else {
                continue;
            };
            let path = self.file(&session.key);
            let hashed = hash_file(&path).await.map_err(|source| failed(&path, source))?;
            checked.count += 1;
            if let Some(actual) = hashed.md5_hex().filter(|actual| actual != promised) {
                checked.wrong.push((session.key, actual));
            }
        }
        Ok(checked)
    }

    fn handle_hash(identity: &Identity, key: &str) -> String {
        hex::encode(identity.keyed("handle", key))
    }

    /// The handle of `key`: opaque, the same for ever.
    fn give_handle(&self, identity: &Identity, key: &str) -> Result<String, SandboxError> {
        let hash = Self::handle_hash(identity, key);
        write_whole(&self.handles.join(&hash), key.as_bytes())?;
        Ok(format!("2:{hash}"))
    }

    /// What is known about a handle.
    pub(crate) fn find_handle(&self, handle: &str) -> Handle {
        let Some(hash) = handle
            .strip_prefix("2:")
            .filter(|hash| hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
        else {
            return Handle::NeverGiven;
        };
        match std::fs::read_to_string(self.handles.join(hash)) {
            Ok(key) if key_is_valid(&key) => Handle::Of(key),
            Ok(_) => Handle::Forgotten,
            Err(_) => Handle::NeverGiven,
        }
    }

    /// Throws the bytes of `key` away, as a service does whose sessions expire. Its handle, where
    /// one was given out, is remembered as one that is no longer good.
    pub(crate) fn forget(&self, identity: &Identity, key: &str) -> Result<(), SandboxError> {
        let handle = self.handles.join(Self::handle_hash(identity, key));
        if handle.exists() {
            write_whole(&handle, b"")?;
        }
        let path = self.file(key);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(&path, error)),
            _ => Ok(()),
        }
    }

    /// Keeps the bytes of `key` under `name`, whatever becomes of the session.
    pub(crate) fn keep(&self, key: &str, name: &str) -> Result<(), SandboxError> {
        link_or_copy(&self.file(key), &self.packages.join(name))
    }

    /// The kept bytes of that name.
    pub(crate) fn package(&self, name: &str) -> PathBuf {
        self.packages.join(name)
    }

    /// The state of every session, by key; `finished` tells which are in a finished upload.
    pub(crate) fn list(&self, identity: &Identity, finished: impl Fn(&str) -> bool) -> Vec<SessionState> {
        let mut sessions: Vec<_> = std::fs::read_dir(&self.uploads)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .map(|key| SessionState {
                length: self.length(&key),
                handle_given: std::fs::metadata(self.handles.join(Self::handle_hash(identity, &key)))
                    .is_ok_and(|handle| handle.len() > 0),
                finished: finished(&key),
                key,
            })
            .collect();
        sessions.sort_by(|a, b| a.key.cmp(&b.key));
        sessions
    }
}
