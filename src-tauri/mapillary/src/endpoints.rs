//! Where the service is: the four addresses Waypost talks to, and how paths are put onto them.

use url::{Host, Url};

use crate::error::MapillaryError;

/// The base addresses of the service. Those of the real one are the default; the practice server
/// and `mapillary_tools`' environment variables put others in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// The Graph API: accounts, finishing, search, feed, tokens.
    pub graph: Url,
    /// The upload service; a session key is appended as one more path segment.
    pub upload: Url,
    /// The page on which a person allows the sign-in.
    pub authorize: Url,
    /// The vector tile server.
    pub tiles: Url,
}

/// The Graph API of the real service (`mapillary_tools` 0.14.7).
const GRAPH: &str = "https://graph.mapillary.com/";
/// The upload service (`mapillary_tools` 0.14.7).
const UPLOAD: &str = "https://rupload.facebook.com/mapillary_public_uploads";
/// The authorize page (API documentation); without a slash at the end, which breaks the sign-in.
const AUTHORIZE: &str = "https://www.mapillary.com/connect";
/// The tile server (API documentation).
const TILES: &str = "https://tiles.mapillary.com/";

impl Default for Endpoints {
    fn default() -> Self {
        Self {
            graph: constant(GRAPH),
            upload: constant(UPLOAD),
            authorize: constant(AUTHORIZE),
            tiles: constant(TILES),
        }
    }
}

/// Parses one of the constants above.
#[expect(
    clippy::expect_used,
    reason = "only called with the four constants of this file, each parsed by a test"
)]
fn constant(address: &'static str) -> Url {
    Url::parse(address).expect("a constant of this file is a URL")
}

impl Endpoints {
    /// Whether nothing leaves this computer: every address is a loopback one.
    pub fn is_practice(&self) -> bool {
        self.all().iter().all(|(_, url)| is_loopback(url))
    }

    /// Checks each address: `https`, or plain `http` on the loopback interface only, so that a
    /// token never crosses a network unencrypted; no user name, query or fragment.
    ///
    /// Returns [`MapillaryError::InvalidUrl`] for the first that does not qualify.
    pub fn check(&self) -> Result<(), MapillaryError> {
        for (name, url) in self.all() {
            let reason = match url.scheme() {
                "https" if url.has_host() => None,
                "http" if is_loopback(url) => None,
                "http" => Some("plain http would send the token unencrypted; only loopback may use it"),
                _ => Some("it is neither https nor a loopback http address"),
            };
            let reason = reason.or_else(|| {
                let bare = url.username().is_empty()
                    && url.password().is_none()
                    && url.query().is_none()
                    && url.fragment().is_none();
                (!bare).then_some("it may not hold a user name, a query or a fragment")
            });
            if let Some(reason) = reason {
                return Err(MapillaryError::InvalidUrl {
                    what: format!("{name} address"),
                    url: public_form(url),
                    reason: reason.to_owned(),
                });
            }
        }
        Ok(())
    }

    fn all(&self) -> [(&'static str, &Url); 4] {
        [
            ("graph", &self.graph),
            ("upload", &self.upload),
            ("authorize", &self.authorize),
            ("tiles", &self.tiles),
        ]
    }
}

/// Whether the host of `url` is this computer's loopback interface.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// `base` with `segments` appended, each percent-encoded as one path segment; an empty segment
/// leaves a slash at the end.
pub(crate) fn join(base: &Url, segments: &[&str]) -> Result<Url, MapillaryError> {
    let mut url = base.clone();
    match url.path_segments_mut() {
        Ok(mut path) => {
            path.pop_if_empty().extend(segments);
        }
        Err(()) => {
            return Err(MapillaryError::InvalidUrl {
                what: "address".to_owned(),
                url: public_form(base),
                reason: "it cannot carry a path".to_owned(),
            });
        }
    }
    Ok(url)
}

/// The part of a URL that may stand in a message: no user name, no query, no fragment.
pub(crate) fn public_form(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only on URLs that cannot have credentials in the first place.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

/// The host (and port, where one is given) of `url`, for messages.
pub(crate) fn host_of(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => "an address without a host".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn practice(graph: &str) -> Endpoints {
        Endpoints {
            graph: url(graph),
            upload: url("http://127.0.0.1:1/upload"),
            authorize: url("http://localhost:1/connect"),
            tiles: url("http://[::1]:1/tiles"),
        }
    }

    #[test]
    fn the_default_is_the_real_service_and_is_accepted() {
        let endpoints = Endpoints::default();
        endpoints.check().unwrap();
        assert!(!endpoints.is_practice());
        assert_eq!(
            join(&endpoints.graph, &["me"]).unwrap().as_str(),
            "https://graph.mapillary.com/me"
        );
        assert_eq!(
            join(&endpoints.upload, &["mly_tools_0.zip"]).unwrap().as_str(),
            "https://rupload.facebook.com/mapillary_public_uploads/mly_tools_0.zip"
        );
        assert_eq!(
            join(&endpoints.graph, &[""]).unwrap().as_str(),
            "https://graph.mapillary.com/"
        );
    }

    #[test]
    fn practice_means_that_every_address_is_loopback() {
        assert!(practice("http://127.0.0.1:1/graph").is_practice());
        assert!(!practice("https://graph.mapillary.com").is_practice());
    }

    #[test]
    fn a_token_never_goes_to_another_machine_unencrypted() {
        for refused in [
            "http://192.168.0.5/graph",
            "http://localhost.example/graph",
            "ftp://127.0.0.1/graph",
            "data:text/plain,x",
            "https://user:secret@graph.example/",
            "https://graph.example/?access_token=secret",
        ] {
            let error = practice(refused).check().unwrap_err();
            assert_eq!(error.code(), "invalid_url", "{refused}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        practice("http://127.9.9.9:8/graph").check().unwrap();
        practice("https://graph.example/v4").check().unwrap();
    }

    #[test]
    fn a_segment_cannot_climb_out_of_its_place() {
        let joined = join(&url("http://127.0.0.1:1/upload/"), &["a/b?c#d"]).unwrap();
        assert_eq!(joined.as_str(), "http://127.0.0.1:1/upload/a%2Fb%3Fc%23d");
    }
}
