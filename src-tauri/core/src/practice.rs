//! What a practice Mapillary needs of the core: its addresses, its app, and a quicker pace of following.

use secrecy::SecretString;
use url::Url;
use waypost_mapillary::Endpoints;
use waypost_mapillary::oauth::AppIdentity;

use crate::upload::FollowSettings;

/// A practice service as the core knows a service.
#[derive(Debug)]
pub struct PracticeService {
    /// Where it is.
    pub endpoints: Endpoints,
    /// Its app.
    pub app: AppIdentity,
    /// How uploads are followed there.
    pub follow: FollowSettings,
}

/// Puts a practice service together. `addresses` are graph, upload, authorize and tiles.
pub fn practice_service(
    addresses: [Url; 4],
    client_id: String,
    client_secret: SecretString,
    redirect_uri: Url,
) -> PracticeService {
    let [graph, upload, authorize, tiles] = addresses;
    let endpoints = Endpoints {
        graph,
        upload,
        authorize,
        tiles,
    };
    let follow = follow_of(&endpoints);
    PracticeService {
        endpoints,
        app: AppIdentity {
            client_id,
            client_secret,
            redirect_uri,
        },
        follow,
    }
}

/// How uploads are followed at a service: a practice one is quick and near.
pub fn follow_of(endpoints: &Endpoints) -> FollowSettings {
    if endpoints.is_practice() {
        FollowSettings::practice(viewer_of(endpoints))
    } else {
        FollowSettings::service()
    }
}

/// The page of a practice service that shows images.
pub fn viewer_of(endpoints: &Endpoints) -> String {
    let mut viewer = endpoints.graph.clone();
    viewer.set_path("/app/");
    viewer.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_practice_open_on_the_practice_server() {
        let at = |path: &str| Url::parse(&format!("http://127.0.0.1:4711{path}")).unwrap();
        let service = practice_service(
            [at("/graph"), at("/upload"), at("/connect"), at("/tiles")],
            "1".into(),
            SecretString::from("s"),
            at("/"),
        );
        assert_eq!(service.follow.viewer, "http://127.0.0.1:4711/app/");
        assert!(service.endpoints.is_practice());
    }
}
