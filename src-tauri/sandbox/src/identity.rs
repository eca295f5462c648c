//! Who this practice service is: its app, its organisation, its salt. Invented at the first start
//! and kept in the data folder, so that a restart is the same service.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::SandboxConfig;
use crate::error::SandboxError;
use crate::folder::{Folder, read_json, write_json};
use crate::random;

/// The name of the account that the authorize page offers first.
pub const DEFAULT_USERNAME: &str = "practice_mapper";

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Numeric id as text.
    pub id: String,
    /// The name others see.
    pub username: String,
}

/// An organisation that uploads can be made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Numeric id as text.
    pub id: String,
    /// Short name for URLs.
    pub slug: String,
    /// Name for people.
    pub name: String,
    /// A sentence about it.
    pub description: String,
}

/// The invented facts about this service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub client_id: String,
    pub client_secret: String,
    pub client_token: String,
    pub redirect_uri: String,
    pub organization: Organization,
    /// Mixed into handles, account ids and picture signatures.
    pub salt: String,
    /// What every access token begins with. Tests put something there that they can search for.
    #[serde(default = "practice")]
    pub token_prefix: String,
}

fn practice() -> String {
    "practice_".to_owned()
}

impl Identity {
    /// Reads the identity of the folder, or invents one and keeps it.
    pub(crate) fn load(folder: &Folder, config: &SandboxConfig) -> Result<Self, SandboxError> {
        let path = folder.path("identity.json");
        let mut identity = match read_json::<Self>(&path)? {
            Some(identity) => identity,
            None => Self::invent()?,
        };
        if let Some(uri) = &config.redirect_uri {
            url::Url::parse(uri).map_err(|error| SandboxError::RedirectUri {
                uri: uri.clone(),
                reason: error.to_string(),
            })?;
            identity.redirect_uri.clone_from(uri);
        } else if identity.redirect_uri.is_empty() {
            identity.redirect_uri = format!("http://127.0.0.1:{}/callback", free_port()?);
        }
        write_json(&path, &identity)?;
        Ok(identity)
    }

    fn invent() -> Result<Self, SandboxError> {
        let client_id = random::digits(16)?;
        Ok(Self {
            client_secret: format!("MLY|{client_id}|{}", random::hex(32)?),
            client_token: format!("MLY|{client_id}|{}", random::hex(32)?),
            client_id,
            redirect_uri: String::new(),
            organization: Organization {
                id: random::digits(15)?,
                slug: "practice_organization".to_owned(),
                name: "Practice organisation".to_owned(),
                description: "An invented organisation to practise with.".to_owned(),
            },
            salt: random::hex(32)?,
            token_prefix: practice(),
        })
    }

    /// The account behind `username`: the same name has the same id for ever.
    pub(crate) fn account(&self, username: &str) -> Account {
        let mut id = String::from("1");
        for byte in self.keyed("account", username).iter().take(14) {
            id.push(char::from(b'0' + byte % 10));
        }
        Account {
            id,
            username: username.to_owned(),
        }
    }

    /// A digest of `value` that only this service can make, separated by `purpose`.
    pub(crate) fn keyed(&self, purpose: &str, value: &str) -> [u8; 32] {
        let mut digest = Sha256::new();
        for part in [self.salt.as_str(), purpose, value] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.finalize().into()
    }
}

/// A loopback port that nobody listens on at this moment.
fn free_port() -> Result<u16, SandboxError> {
    std::net::TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|source| SandboxError::Listen { port: 0, source })
}

/// The username that an e-mail address signs in as: what stands before the @, made harmless.
pub(crate) fn username_of(email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    let name: String = local
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        .take(40)
        .collect();
    if name.is_empty() {
        DEFAULT_USERNAME.to_owned()
    } else {
        name.to_lowercase()
    }
}
