//! Secrets that can be found again: every token and app secret of the suite begins with a text that stands nowhere else,
//! and files are searched for it in each form in which a secret could have got there.

use std::io;
use std::path::{Path, PathBuf};

use crate::needles::Needles;

/// What every access token of the suite begins with. `|` and `+` change when a URL is made of them.
pub const TOKEN: &str = "canary|token+5b1d";

/// What stands in every app secret and client token of the suite.
pub const SECRET: &str = "canary-secret+9e77";

/// Name of the folder of a practice Mapillary in a scratch folder: see [`seed_service`].
pub const SERVICE: &str = "service";

/// The file of a practice Mapillary that holds its app's secret, as a server has to.
const IDENTITY: &str = "identity.json";

/// Name of a file of mapillary_tools' profiles that a test asks for: the one place where a token may stand in a file.
pub const PROFILES: &str = "profiles";

/// Makes `folder` the data folder of a practice Mapillary whose secrets are canaries.
pub fn seed_service(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder for the practice service");
    let identity = format!(
        r#"{{"client_id":"4711471147114711",
  "client_secret":"MLY|4711471147114711|{SECRET}-of-the-app",
  "client_token":"MLY|4711471147114711|{SECRET}-of-the-client",
  "redirect_uri":"",
  "organization":{{"id":"111222333444555","slug":"practice_organization","name":"Practice organisation",
    "description":"An invented organisation to practise with."}},
  "salt":"the salt of all tests",
  "token_prefix":"{TOKEN}"}}
"#
    );
    std::fs::write(folder.join(IDENTITY), identity).expect("the identity of the practice service");
}

/// What a search looked at and found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// Files looked at.
    pub files: u64,
    /// Bytes looked at.
    pub bytes: u64,
    /// Files that hold a secret.
    pub hits: Vec<PathBuf>,
}

/// Searches every file below `folder` for the canaries. Left out are the identity of a practice service, and the file of
/// profiles that a script asked for: see [`PROFILES`].
///
/// # Errors
/// When a folder or file cannot be read: what was not looked at is not clean.
pub fn search(folder: &Path) -> io::Result<Searched> {
    search_for(folder, &[TOKEN, SECRET])
}

/// Searches every file below `folder` for these texts, in all their [`forms`].
///
/// # Errors
/// As [`search`].
pub fn search_for(folder: &Path, secrets: &[&str]) -> io::Result<Searched> {
    let needles = Needles::new(secrets.iter().flat_map(|secret| forms(secret)));
    let mut searched = Searched::default();
    look(folder, &needles, &mut searched)?;
    Ok(searched)
}

fn look(path: &Path, needles: &Needles, searched: &mut Searched) -> io::Result<()> {
    let kind = std::fs::symlink_metadata(path)?.file_type();
    if kind.is_dir() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<_>>()?;
        entries.sort();
        for entry in entries {
            look(&entry, needles, searched)?;
        }
    } else if kind.is_file() && !may_hold_secrets(path) {
        let bytes = std::fs::read(path)?;
        let name = path.file_name().map(std::ffi::OsStr::as_encoded_bytes);
        searched.files += 1;
        searched.bytes += bytes.len() as u64;
        if needles.are_in(&bytes) || name.is_some_and(|name| needles.are_in(name)) {
            searched.hits.push(path.to_path_buf());
        }
    }
    Ok(())
}

fn may_hold_secrets(path: &Path) -> bool {
    path.ends_with(Path::new(SERVICE).join(IDENTITY)) || path.ends_with(PROFILES)
}

/// A secret as it is, in hexadecimal, percent-encoded, and in base64 at each of the three places where it can begin.
pub fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let hex = bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat();
    let percent = |upper: bool| -> String {
        bytes
            .iter()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'*' => {
                    char::from(*byte).to_string()
                }
                _ if upper => format!("%{byte:02X}"),
                _ => format!("%{byte:02x}"),
            })
            .collect()
    };
    let mut forms = vec![
        secret.to_owned(),
        hex.to_uppercase(),
        hex,
        percent(true),
        percent(false),
    ];
    for before in 0..3 {
        let base64 = base64_middle(bytes, before);
        forms.push(base64.replace('+', "-").replace('/', "_"));
        forms.push(base64);
    }
    forms.sort();
    forms.dedup();
    forms.into_iter().map(String::into_bytes).collect()
}

/// The letters of base64 that depend on `bytes` alone when `before` other bytes stand before them and any behind.
fn base64_middle(bytes: &[u8], before: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |place: usize| -> usize {
        place
            .checked_sub(before * 8)
            .map_or(0, |place| usize::from(bytes[place / 8] >> (7 - place % 8) & 1))
    };
    let first = (before * 8).div_ceil(6);
    let end = (before + bytes.len()) * 8 / 6;
    (first..end)
        .map(|letter| {
            let value = (0..6).fold(0, |value, place| value << 1 | bit(letter * 6 + place));
            char::from(LETTERS[value])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn base64_is_found_wherever_the_secret_begins() {
        // From coreutils: printf '%scanary' '' | base64, and so on.
        assert_eq!(base64_middle(b"canary", 0), "Y2FuYXJ5");
        for (before, whole) in [(0, "Y2FuYXJ5eA=="), (1, "eGNhbmFyeXg="), (2, "eHhjYW5hcnl4")] {
            let middle = base64_middle(b"canary", before);
            assert!(
                middle.len() >= 7 && whole.contains(&middle),
                "{before}: {middle} in {whole}"
            );
        }
    }

    #[test]
    fn a_planted_secret_is_found_in_every_form_and_nothing_else_is() {
        let scratch = Scratch::new("canary");
        let clean = scratch.path().join("clean");
        std::fs::create_dir(&clean).unwrap();
        std::fs::write(clean.join("log"), "canary token 5b1d, canary|token 5b1d").unwrap();
        assert_eq!(search(&clean).unwrap().hits, Vec::<PathBuf>::new());
        for (number, form) in forms(TOKEN).into_iter().chain(forms(SECRET)).enumerate() {
            let folder = scratch.path().join(format!("planted {number}/deep"));
            std::fs::create_dir_all(&folder).unwrap();
            let file = folder.join("waypost.sqlite3-wal");
            std::fs::write(&file, [&[0, 0xFF][..], &form, &[0x80]].concat()).unwrap();
            let searched = search(&folder).unwrap();
            assert_eq!((searched.files, searched.hits), (1, vec![file.clone()]), "{form:?}");
            // Planted hits are not for the search over everything that tests leave.
            std::fs::remove_file(file).unwrap();
        }
    }

    #[test]
    fn the_name_of_a_file_can_give_a_secret_away_too() {
        let scratch = Scratch::new("canary");
        let file = scratch.path().join(SECRET);
        std::fs::write(&file, "").unwrap();
        assert_eq!(search(scratch.path()).unwrap().hits.len(), 1);
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn the_practice_service_alone_may_keep_its_own_secret() {
        let scratch = Scratch::new("canary");
        seed_service(&scratch.path().join(SERVICE));
        assert_eq!(search(scratch.path()).unwrap(), Searched::default());
        let elsewhere = scratch.path().join("elsewhere");
        seed_service(&elsewhere);
        assert_eq!(search(scratch.path()).unwrap().hits.len(), 1);
        std::fs::remove_dir_all(elsewhere).unwrap();
        assert!(search(&scratch.path().join("no such folder")).is_err());
    }
}
