//! Published sequences that nobody uploaded here: an account with a past, for whoever wants to see
//! an import or a take-out, or to measure one.

/// How many published sequences an account begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// Name of the account.
    pub username: String,
    /// Number of sequences, each the result of an upload of its own; they are captured on
    /// successive days, the last one on the day before the service's present.
    pub sequences: usize,
    /// Images in each.
    pub images_per_sequence: usize,
    /// Whether every second sequence belongs to the organisation.
    pub for_organization: bool,
    /// By how many bytes comments make the originals longer than they are drawn, so that files as large as a camera's
    /// cost little to make.
    pub padding_bytes: usize,
}

impl Seed {
    /// An account `username` with `sequences` sequences of `images_per_sequence` images.
    pub fn new(username: impl Into<String>, sequences: usize, images_per_sequence: usize) -> Self {
        Self {
            username: username.into(),
            sequences,
            images_per_sequence,
            for_organization: false,
            padding_bytes: 0,
        }
    }
}
