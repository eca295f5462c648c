//! The pages Waypost opens in the browser, all of them: nothing that the window says becomes an address.

use url::Url;

/// Where apps are registered (API notes §2.1).
pub const APP_REGISTRATION: &str = "https://www.mapillary.com/dashboard/developers";
/// Mapillary's terms of use.
pub const TERMS: &str = "https://www.mapillary.com/terms";
/// The licence under which Mapillary publishes images.
pub const LICENCE: &str = "https://creativecommons.org/licenses/by-sa/4.0/";
/// Who made the streets, and under which licence.
pub const MAP_COPYRIGHT: &str = "https://www.openstreetmap.org/copyright";

/// The blur editor; an image's id ends it (API notes §2.9).
pub const BLUR_EDITOR: &str = "https://www.mapillary.com/app/blur?focus=photo&pKey=";

/// The page of an account (API notes §2.9); `None` where `viewer` is no address.
pub fn user_page(viewer: &str, username: &str) -> Option<String> {
    let mut address = Url::parse(viewer).ok()?;
    address
        .path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(["user", username]);
    Some(address.into())
}

/// Hosts that are opened.
const HOSTS: [&str; 3] = ["www.mapillary.com", "creativecommons.org", "www.openstreetmap.org"];

/// Whether `address` may be opened: `https` on one of the known hosts; in practice the practice server's own host too.
pub fn is_allowed(address: &Url, practice_origin: Option<&Url>) -> bool {
    let bare = address.username().is_empty() && address.password().is_none();
    let known = address.scheme() == "https"
        && address.port().is_none()
        && address.host_str().is_some_and(|host| HOSTS.contains(&host));
    let practice = practice_origin.is_some_and(|own| own.origin() == address.origin());
    bare && (known || practice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_an_account_stands_beside_the_viewer() {
        let viewer = crate::follow::MAPILLARY_VIEWER;
        assert_eq!(
            user_page(viewer, "ann b/../c").unwrap(),
            "https://www.mapillary.com/app/user/ann%20b%2F..%2Fc"
        );
    }

    #[test]
    fn only_known_hosts_and_the_practice_server_are_opened() {
        let practice = Url::parse("http://127.0.0.1:4711/graph").unwrap();
        for (address, known, in_practice) in [
            (APP_REGISTRATION, true, true),
            (TERMS, true, true),
            (LICENCE, true, true),
            (MAP_COPYRIGHT, true, true),
            ("https://www.mapillary.com/app/?pKey=1&focus=photo", true, true),
            ("http://127.0.0.1:4711/app/?pKey=1", false, true),
            ("http://127.0.0.1:4712/app/?pKey=1", false, false),
            ("http://www.mapillary.com/app/", false, false),
            ("https://www.mapillary.com.evil.example/", false, false),
            ("https://www.mapillary.com@evil.example/", false, false),
            ("https://me:secret@www.mapillary.com/", false, false),
            ("https://www.mapillary.com:8443/", false, false),
            ("file:///etc/passwd", false, false),
            ("javascript:alert(1)", false, false),
        ] {
            let url = Url::parse(address).unwrap();
            assert_eq!(is_allowed(&url, None), known, "{address}");
            assert_eq!(is_allowed(&url, Some(&practice)), in_practice, "{address}");
        }
    }
}
