//! A practice Mapillary with an account that has a past, and the client signed in to it.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::sync::Arc;

use waypost_mapillary::{Client, ClientOptions, Endpoints, ImageSearch, MapillaryError, Token};
use waypost_sandbox::{Endpoint, Fault, KnownError, ManualClock, Sandbox, SandboxConfig, Seed};

/// 2026-06-01 10:00:00 UTC.
pub const NOW_MS: u64 = 1_780_308_000_000;
pub const DAY_MS: u64 = 24 * 3_600 * 1_000;

pub struct Practice {
    pub sandbox: Sandbox,
    pub clock: Arc<ManualClock>,
    pub client: Client,
    pub token: Token,
    pub user_id: String,
}

impl Practice {
    /// A service whose account `maria` has three sequences of twelve images.
    pub async fn start() -> Self {
        Self::with(|config| config.seeds = vec![Seed::new("maria", 3, 12)]).await
    }

    pub async fn with(change: impl FnOnce(&mut SandboxConfig)) -> Self {
        let clock = Arc::new(ManualClock::new(NOW_MS));
        let mut config = SandboxConfig {
            stage_ms: 0,
            clock: clock.clone(),
            redirect_uri: Some("http://127.0.0.1:9/callback".to_owned()),
            ..SandboxConfig::default()
        };
        change(&mut config);
        let sandbox = Sandbox::start(config).await.unwrap();
        let info = sandbox.info();
        let endpoints = Endpoints {
            graph: info.graph.parse().unwrap(),
            upload: info.upload.parse().unwrap(),
            authorize: info.authorize.parse().unwrap(),
            tiles: info.tiles.parse().unwrap(),
        };
        let client = Client::new(ClientOptions {
            endpoints,
            ..ClientOptions::default()
        })
        .unwrap();
        let login = client
            .login(&info.client_token.clone().into(), "maria@example.org", &"secret".into())
            .await
            .unwrap();
        Self {
            sandbox,
            clock,
            client,
            token: login.token,
            user_id: login.user_id,
        }
    }

    /// What the client makes of `error`, and whether the next request works again.
    pub async fn struck(&self, error: KnownError) -> MapillaryError {
        self.sandbox.faults().push(Fault::known(Endpoint::ImageIds, error));
        let refused = self.client.image_ids(&self.token, "x").await.unwrap_err();
        self.client.image_ids(&self.token, "x").await.unwrap();
        refused
    }

    pub fn mine() -> ImageSearch {
        ImageSearch {
            creator_username: Some("maria".to_owned()),
            ..ImageSearch::default()
        }
    }

    pub async fn clusters(&self, page_size: u32) -> Vec<String> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = self
                .client
                .feed_page(&self.token, &self.user_id, page_size, after.as_deref())
                .await
                .unwrap();
            found.extend(page.nodes.into_iter().map(|node| node.cluster_id.0));
            if !page.has_next_page {
                return found;
            }
            after = page.end_cursor;
        }
    }

    pub fn assert_no_violations(&self) {
        assert_eq!(self.sandbox.snapshot().violations, Vec::<String>::new());
    }
}
