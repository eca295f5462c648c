//! Access tokens and the one-time codes they are exchanged for. Only digests of tokens are kept:
//! the data folder can be read by anybody without giving a token away.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::SandboxError;
use crate::folder::{Folder, read_json, write_json};
use crate::identity::Account;
use crate::random;
use crate::sync::lock;

/// The permissions that version 4 of the real service has.
pub(crate) const SCOPES: [&str; 3] = ["read", "write", "upload"];

/// How long an authorization code can be exchanged.
pub(crate) const CODE_LIFETIME_MS: u64 = 60_000;

/// What is known about a token that was given out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TokenRecord {
    pub account: Account,
    pub scopes: Vec<String>,
    pub expires_at_ms: u64,
    pub revoked: bool,
}

impl TokenRecord {
    /// Whether the person allowed `scope`.
    pub(crate) fn allows(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }
}

/// A code that waits to be exchanged.
#[derive(Debug, Clone)]
pub(crate) struct CodeRecord {
    pub account: Account,
    pub scopes: Vec<String>,
    pub redirect_uri: String,
    pub challenge: Option<Challenge>,
    pub expires_at_ms: u64,
}

/// A PKCE challenge (RFC 7636 §4.3).
#[derive(Debug, Clone)]
pub(crate) struct Challenge {
    pub value: String,
    /// Whether `value` is the SHA-256 of the verifier, not the verifier itself.
    pub hashed: bool,
}

/// All tokens and codes of this service.
#[derive(Debug)]
pub(crate) struct Tokens {
    path: PathBuf,
    by_digest: Mutex<HashMap<String, TokenRecord>>,
    codes: Mutex<HashMap<String, CodeRecord>>,
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

impl Tokens {
    pub(crate) fn load(folder: &Folder) -> Result<Self, SandboxError> {
        let path = folder.path("tokens.json");
        let by_digest = read_json(&path)?.unwrap_or_default();
        Ok(Self {
            path,
            by_digest: Mutex::new(by_digest),
            codes: Mutex::default(),
        })
    }

    /// Gives out a new token that begins with `prefix`.
    pub(crate) fn issue(
        &self,
        prefix: &str,
        account: Account,
        scopes: Vec<String>,
        expires_at_ms: u64,
    ) -> Result<String, SandboxError> {
        let token = format!("{prefix}{}", random::url_safe(48)?);
        let mut tokens = lock(&self.by_digest);
        tokens.insert(
            digest(&token),
            TokenRecord {
                account,
                scopes,
                expires_at_ms,
                revoked: false,
            },
        );
        write_json(&self.path, &*tokens)?;
        Ok(token)
    }

    /// What is known about `token`; `None` when this service never gave it out.
    pub(crate) fn find(&self, token: &str) -> Option<TokenRecord> {
        lock(&self.by_digest).get(&digest(token)).cloned()
    }

    /// Lets every token expire at `now_ms`; returns how many.
    pub(crate) fn expire_all(&self, now_ms: u64) -> Result<usize, SandboxError> {
        self.change_all(|record| record.expires_at_ms = record.expires_at_ms.min(now_ms))
    }

    /// Takes back every permission a person gave; returns how many tokens that ended.
    pub(crate) fn revoke_all(&self) -> Result<usize, SandboxError> {
        self.change_all(|record| record.revoked = true)
    }

    fn change_all(&self, change: impl Fn(&mut TokenRecord)) -> Result<usize, SandboxError> {
        let mut tokens = lock(&self.by_digest);
        tokens.values_mut().for_each(change);
        write_json(&self.path, &*tokens)?;
        Ok(tokens.len())
    }

    /// Makes a code for what a person has just allowed.
    pub(crate) fn issue_code(&self, record: CodeRecord) -> Result<String, SandboxError> {
        let code = random::url_safe(40)?;
        lock(&self.codes).insert(code.clone(), record);
        Ok(code)
    }

    /// Takes a code away for good, whether or not the exchange then works out.
    pub(crate) fn take_code(&self, code: &str) -> Option<CodeRecord> {
        lock(&self.codes).remove(code)
    }
}
