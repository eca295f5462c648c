//! Session keys: the names under which the service keeps what arrives (protocol notes §1.3).

use uuid::Uuid;

use super::Measured;

/// The key of bytes with this MD5: the same bytes find what has arrived of them already. The prefix is the one of
/// mapillary_tools 0.14.7 and kept for compatibility.
pub fn session_key(measured: &Measured, suffix: &str) -> String {
    format!("mly_tools_{}.{suffix}", measured.md5_hex)
}

/// A key that was never used, for bytes that shall be sent anew from the start (`--noresume`).
pub fn fresh_session_key(suffix: &str) -> String {
    format!("mly_tools_uuid_{}.{suffix}", Uuid::new_v4().simple())
}

/// A key for a manifest. It has to be new each time: its content is short and never resumed.
pub fn manifest_session_key() -> String {
    format!("uuid_{}.json", Uuid::new_v4().simple())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_hex_32(text: &str) -> bool {
        text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }

    #[test]
    fn the_key_holds_the_md5_of_the_bytes() {
        let measured = Measured {
            md5_hex: "d41d8cd98f00b204e9800998ecf8427e".into(),
            length_bytes: 0,
        };
        assert_eq!(
            session_key(&measured, "zip"),
            "mly_tools_d41d8cd98f00b204e9800998ecf8427e.zip"
        );
    }

    #[test]
    fn fresh_keys_are_new_each_time() {
        let key = fresh_session_key("jpg");
        assert!(is_hex_32(
            key.strip_prefix("mly_tools_uuid_")
                .unwrap()
                .strip_suffix(".jpg")
                .unwrap()
        ));
        assert_ne!(key, fresh_session_key("jpg"));
        let manifest = manifest_session_key();
        assert!(is_hex_32(
            manifest.strip_prefix("uuid_").unwrap().strip_suffix(".json").unwrap()
        ));
        assert_ne!(manifest, manifest_session_key());
    }
}
