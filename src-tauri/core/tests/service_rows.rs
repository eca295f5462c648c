//! The client against the practice Mapillary: one test for each row of what is known of the service
//! (API notes §2.8 errors, §3.3 the feed) and for each mistake of the founding documents (§4) that
//! could come back.
//!
//! | notes | where |
//! | --- | --- |
//! | §2.8, 500/190 … throttles | `row_…` below; the shapes of rupload in `mapillary/tests/service/decisions.rs` |
//! | §3.3 paging, order, nulls, hidden failures, unknown words | `feed_…` below; reading of single nodes in `mapillary/src/feed_tests.rs` |
//! | §4.1, 2, 3 | `mistake_01`, `mistake_02`, `mistake_03` |
//! | §4.4 | make and model are never compared when linking: `follow_matching.rs` |
//! | §4.5–8, 10 | `feed_…`, `mistake_10` |
//! | §4.9 | stages out of order, failed without a code: `mapillary/src/feed_tests.rs`, `follow_judge.rs` |
//! | §4.11 | `one_cluster_in_several_sequences_gets_a_link_for_each` in `follow_service.rs` |
//! | §4.12, 13, 29 | linking by photo: `follow_matching.rs` |
//! | §4.14, 15, 16, 25–27, 30 | sign-in: `account_*.rs`, `mapillary/tests/service/secrets.rs`; `mistake_16` |
//! | §4.17, 19–21 | tests of these numbers below |
//! | §4.18 | the formula, its floor and its limits: `mapillary/src/tile_address.rs` |
//! | §4.22, 23, 32, 35, 40 | tests of these numbers below |
//! | §4.31 | computed fields: `mistake_23` |
//! | §4.33 | originals are never what was sent: `sandbox/src/pictures.rs` draws them so; the words are the window's |
//! | §4.24 | the order of `MAPGPSTrack`: `video_peer.rs` |
//! | §4.28, 36, 39 | texts of the documents, nothing to come back; the paths of 39 in `mapillary/tests/service/search.rs` |
//! | §4.34, 37, 38 | names, `.part` and renewed links: the tests of take-out |
//! | v3 → v4 | cannot come back: none of those addresses is in the client |

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use waypost_mapillary::{
    BoundingBox, Client, ClientOptions, Coverage, DetectionGroup, DetectionSearch, Endpoints, ImageSearch,
    MapFeatureSearch, MapFeatureSet, MapillaryError, RetryAdvice, TileAddress, Token, retry_advice,
};
use waypost_sandbox::{Endpoint, Fault, KnownError, ManualClock, Sandbox, SandboxConfig, Seed};

/// 2026-06-01 10:00:00 UTC.
const NOW_MS: u64 = 1_780_308_000_000;
const DAY_MS: u64 = 24 * 3_600 * 1_000;

struct Practice {
    sandbox: Sandbox,
    clock: Arc<ManualClock>,
    client: Client,
    token: Token,
    user_id: String,
}

impl Practice {
    /// A service whose account `maria` has three sequences of twelve images.
    async fn start() -> Self {
        Self::with(|config| config.seeds = vec![Seed::new("maria", 3, 12)]).await
    }

    async fn with(change: impl FnOnce(&mut SandboxConfig)) -> Self {
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
    async fn struck(&self, error: KnownError) -> MapillaryError {
        self.sandbox.faults().push(Fault::known(Endpoint::ImageIds, error));
        let refused = self.client.image_ids(&self.token, "x").await.unwrap_err();
        self.client.image_ids(&self.token, "x").await.unwrap();
        refused
    }

    fn mine(&self) -> ImageSearch {
        ImageSearch {
            creator_username: Some("maria".to_owned()),
            ..ImageSearch::default()
        }
    }

    async fn clusters(&self, page_size: u32) -> Vec<String> {
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

    fn assert_no_violations(&self) {
        assert_eq!(self.sandbox.snapshot().violations, Vec::<String>::new());
    }
}

// ---- §2.8: errors ----

#[tokio::test]
async fn row_no_authorization_is_500_but_means_sign_in_and_is_not_tried_again() {
    let error = Practice::start().await.struck(KnownError::NoAuthorization).await;
    assert_eq!((error.code(), retry_advice(&error)), ("unauthorized", RetryAdvice::No));
}

#[tokio::test]
async fn row_a_malformed_token_means_sign_in() {
    let practice = Practice::start().await;
    let error = practice.struck(KnownError::MalformedToken).await;
    assert_eq!((error.code(), error.status()), ("unauthorized", Some(401)));
    let error = practice.client.me(&Token::from("nonsense")).await.unwrap_err();
    assert_eq!((error.code(), error.status()), ("unauthorized", Some(401)));
}

#[tokio::test]
async fn row_an_expired_token_is_400_and_means_sign_in() {
    let practice = Practice::start().await;
    let error = practice.struck(KnownError::ExpiredToken).await;
    assert_eq!((error.code(), error.status()), ("unauthorized", Some(400)));
    practice.sandbox.expire_tokens().unwrap();
    let error = practice.client.me(&practice.token).await.unwrap_err();
    assert_eq!((error.code(), error.status()), ("unauthorized", Some(400)));
}

#[tokio::test]
async fn row_a_revoked_permission_is_a_bare_text_and_means_sign_in() {
    let practice = Practice::start().await;
    let error = practice.struck(KnownError::Revoked).await;
    assert_eq!(error.code(), "unauthorized");
    assert!(error.to_string().contains("has not authorized application"), "{error}");
    practice.sandbox.revoke_tokens().unwrap();
    assert_eq!(
        practice.client.me(&practice.token).await.unwrap_err().code(),
        "unauthorized"
    );
}

#[tokio::test]
async fn row_a_missing_object_costs_itself_alone_and_is_no_proof_of_deletion() {
    let practice = Practice::start().await;
    let error = practice.struck(KnownError::MissingObject).await;
    let MapillaryError::Status { body, .. } = &error else {
        panic!("{error:?}")
    };
    assert!(body.is_missing_object() && !error.is_outage());

    let images = practice
        .client
        .search_images(&practice.token, &practice.mine())
        .await
        .unwrap();
    let mut ids: Vec<String> = images.iter().map(|image| image.id.clone()).collect();
    ids.insert(17, "1234567890123456".to_owned());
    let found = practice
        .client
        .look_up_images(&practice.token, &ids, &[])
        .await
        .unwrap();
    assert_eq!(found.missing, ["1234567890123456"]);
    assert_eq!(found.images.len(), 36);
}

#[tokio::test]
async fn row_a_query_timeout_is_repeated_smaller() {
    let practice = Practice::start().await;
    assert_eq!(
        practice.struck(KnownError::QueryTimeout).await.code(),
        "query_too_heavy"
    );
    practice
        .sandbox
        .faults()
        .push(Fault::known(Endpoint::Images, KnownError::QueryTimeout).times(2));
    let found = practice
        .client
        .search_images(&practice.token, &practice.mine())
        .await
        .unwrap();
    assert_eq!(found.len(), 36);
    let snapshot = practice.sandbox.snapshot();
    let limits: Vec<&str> = snapshot
        .requests_to("GET", "/graph/images")
        .flat_map(|request| &request.query)
        .filter(|(name, _)| name == "limit")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(limits, ["1000", "500", "250"]);
}

#[tokio::test]
async fn row_an_outage_is_waited_out_and_is_no_throttle() {
    let error = Practice::start().await.struck(KnownError::Unavailable).await;
    assert!(error.is_outage() && !error.is_throttle());
    assert_eq!(retry_advice(&error), RetryAdvice::After { wait_ms: 0 });
}

#[tokio::test]
async fn row_every_throttle_means_a_long_pause_and_is_neither_an_outage_nor_a_sign_in() {
    let practice = Practice::start().await;
    for known in [KnownError::RequestLimit, KnownError::PleaseLogIn] {
        let error = practice.struck(known).await;
        assert!(error.is_throttle() && !error.is_outage(), "{known:?}");
        assert_eq!(retry_advice(&error), RetryAdvice::After { wait_ms: 900_000 });
    }
    practice
        .sandbox
        .faults()
        .push(Fault::known(Endpoint::Feed, KnownError::GraphqlLimit));
    let error = practice
        .client
        .feed_page(&practice.token, &practice.user_id, 50, None)
        .await
        .unwrap_err();
    assert!(error.is_throttle(), "{error}");
}

#[tokio::test]
async fn row_a_graphql_refusal_with_status_200_closes_the_feed_and_not_the_sign_in() {
    let practice = Practice::start().await;
    practice
        .sandbox
        .faults()
        .push(Fault::known(Endpoint::Feed, KnownError::GraphqlRefused));
    let refused = practice
        .client
        .feed_page(&practice.token, &practice.user_id, 50, None)
        .await;
    assert_eq!(refused.unwrap_err().code(), "feed_refused");
    practice.client.me(&practice.token).await.unwrap();
}

#[tokio::test]
async fn reading_stops_above_95_percent_of_the_apps_requests() {
    let practice = Practice::start().await;
    practice.sandbox.faults().push(Fault::app_usage(Endpoint::ImageIds, 96));
    practice.client.image_ids(&practice.token, "x").await.unwrap();
    let before = practice.sandbox.snapshot().requests.len();
    let error = practice.client.image_ids(&practice.token, "x").await.unwrap_err();
    assert!(error.is_throttle(), "{error}");
    assert_eq!(practice.sandbox.snapshot().requests.len(), before);
    practice.client.me(&practice.token).await.unwrap();
}

// ---- §3.3: the feed ----

#[tokio::test]
async fn feed_pages_are_followed_by_their_cursor_and_every_upload_comes_once() {
    let practice = Practice::with(|config| config.seeds = vec![Seed::new("maria", 7, 2)]).await;
    let found = practice.clusters(2).await;
    assert_eq!(found.len(), 7);
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 7);
}

#[tokio::test]
async fn feed_order_is_by_capture_so_the_first_page_can_miss_the_newest_upload() {
    let practice = Practice::with(|config| config.seeds = vec![Seed::new("maria", 3, 1)]).await;
    let page = practice
        .client
        .feed_page(&practice.token, &practice.user_id, 50, None)
        .await
        .unwrap();
    let captured: Vec<_> = page.nodes.iter().map(|node| node.captured_at_s).collect();
    assert!(captured.is_sorted_by(|a, b| a >= b), "{captured:?}");
}

#[tokio::test]
async fn feed_of_somebody_else_is_refused_and_not_empty() {
    let practice = Practice::start().await;
    let refused = practice.client.feed_page(&practice.token, "1", 50, None).await;
    assert_eq!(refused.unwrap_err().code(), "feed_refused");
}

#[tokio::test]
async fn feed_nodes_say_what_is_known_of_a_finished_upload() {
    let practice = Practice::start().await;
    let page = practice
        .client
        .feed_page(&practice.token, &practice.user_id, 50, None)
        .await
        .unwrap();
    let node = page.nodes.first().unwrap();
    assert_eq!(node.item_count, Some(12));
    assert_eq!(node.error_code, None);
    assert_eq!(node.overall.as_ref().map(|stage| stage.as_str()), Some("FINISHED"));
    let image = node.image_id.clone().unwrap();
    let found = practice
        .client
        .images_by_ids(&practice.token, &[image], &["sequence".to_owned()])
        .await
        .unwrap();
    let sequence = found.first().and_then(|image| image.sequence.clone()).unwrap();
    assert_eq!(
        practice
            .client
            .image_ids(&practice.token, &sequence)
            .await
            .unwrap()
            .len(),
        12
    );
}

// ---- §4: mistakes that could come back ----

#[tokio::test]
async fn mistake_01_a_box_is_sent_with_longitude_first() {
    let practice = Practice::start().await;
    let search = ImageSearch {
        bounding_box: Some(BoundingBox::new(9.999, 49.999, 10.001, 50.001).unwrap()),
        ..ImageSearch::default()
    };
    let found = practice.client.search_images(&practice.token, &search).await.unwrap();
    assert_eq!(found.len(), 12, "the first sequence begins at 10° east, 50° north");
}

#[tokio::test]
async fn mistake_02_a_window_that_ends_before_it_begins_is_refused_and_the_ends_belong_to_it() {
    let practice = Practice::start().await;
    let all = practice
        .client
        .search_images(&practice.token, &practice.mine())
        .await
        .unwrap();
    let times: Vec<i64> = all.iter().filter_map(|image| image.captured_at_ms).collect();
    let (first, last) = (*times.iter().min().unwrap(), *times.iter().max().unwrap());
    let window = ImageSearch {
        captured_from_ms: Some(first),
        captured_until_ms: Some(last),
        ..practice.mine()
    };
    let found = practice.client.search_images(&practice.token, &window).await.unwrap();
    assert_eq!(found.len(), all.len(), "first and last image are found too");
    let swapped = ImageSearch {
        captured_from_ms: Some(last),
        captured_until_ms: Some(first),
        ..practice.mine()
    };
    let refused = practice.client.search_images(&practice.token, &swapped).await;
    assert_eq!(refused.unwrap_err().code(), "invalid_input");
}

#[tokio::test]
async fn mistake_03_make_and_model_go_with_a_box_only() {
    let practice = Practice::start().await;
    let camera = ImageSearch {
        make: Some("GoPro".to_owned()),
        ..practice.mine()
    };
    let refused = practice.client.search_images(&practice.token, &camera).await;
    assert_eq!(refused.unwrap_err().code(), "invalid_input");
    let with_box = ImageSearch {
        model: Some("GoPro Max".to_owned()),
        bounding_box: Some(BoundingBox::new(9.999, 49.999, 10.05, 50.001).unwrap()),
        ..camera
    };
    let found = practice.client.search_images(&practice.token, &with_box).await.unwrap();
    assert_eq!(found.len(), 24, "two of the three sequences");
}

#[tokio::test]
async fn mistake_10_a_sequence_of_more_than_500_images_is_whole() {
    let practice = Practice::with(|config| config.seeds = vec![Seed::new("maria", 1, 1_200)]).await;
    let all = practice
        .client
        .search_images(&practice.token, &practice.mine())
        .await
        .unwrap();
    assert_eq!(all.len(), 1_200, "over two pages");
    let sequence = all.first().and_then(|image| image.sequence.clone()).unwrap();
    let ids = practice.client.image_ids(&practice.token, &sequence).await.unwrap();
    assert_eq!(ids.len(), 1_200);
    let oldest = all.last().map(|image| image.id.clone());
    assert_eq!(ids.first().cloned(), oldest, "by capture time here, newest first there");
}

#[tokio::test]
async fn mistake_16_the_signed_in_person_is_asked_for_and_not_typed_in() {
    let practice = Practice::start().await;
    let me = practice.client.me(&practice.token).await.unwrap();
    assert_eq!((me.username.as_str(), &me.id), ("maria", &practice.user_id));
    assert_eq!(practice.client.user(&practice.token, &me.id).await.unwrap(), me);
    let stats = practice.client.user_stats(&practice.token, "maria").await.unwrap();
    assert_eq!(stats.image_count, Some(36));
}

#[tokio::test]
async fn mistake_17_and_20_each_zoom_has_its_layer_and_each_layer_its_name_for_the_sequence() {
    let practice = Practice::start().await;
    let tile = async |zoom: u8| {
        let address = TileAddress::at(10.0, 50.0, zoom).unwrap();
        let tile = practice
            .client
            .coverage_tile(&practice.token, address, Coverage::Original);
        tile.await.unwrap()
    };
    let (far, middle, near) = (tile(3).await, tile(10).await, tile(14).await);
    assert_eq!(far.overview.len(), 36);
    assert!(far.sequences.is_empty() && middle.images.is_empty() && middle.overview.is_empty());
    assert!(!middle.sequences.is_empty());
    let line = near.sequences.first().unwrap();
    let dot = near.images.first().unwrap();
    assert_eq!(Some(&line.key), dot.sequence.as_ref());
    assert_eq!(dot.id.len(), 16, "{dot:?}");
    assert!((dot.position.lon_deg - 10.0).abs() < 1e-4 && (dot.position.lat_deg - 50.0).abs() < 1e-3);
    practice.assert_no_violations();
}

#[tokio::test]
async fn mistake_19_every_tile_that_a_track_crosses_is_looked_at() {
    let practice = Practice::with(|config| config.seeds = vec![Seed::new("maria", 1, 600)]).await;
    let all = practice
        .client
        .search_images(&practice.token, &practice.mine())
        .await
        .unwrap();
    let track: Vec<_> = all.iter().filter_map(|image| image.geometry).collect();
    let tiles = TileAddress::along(&track, 14, 100).unwrap();
    assert!(tiles.len() > 1, "{tiles:?}");
    let mut seen = BTreeSet::new();
    for address in tiles {
        let tile = practice
            .client
            .coverage_tile(&practice.token, address, Coverage::Original)
            .await
            .unwrap();
        seen.extend(tile.images.into_iter().map(|image| image.id));
    }
    assert_eq!(seen.len(), 600);
}

#[tokio::test]
async fn mistake_21_an_empty_tile_is_not_a_failure_because_tiles_come_last_and_are_cached() {
    let practice = Practice::with(|config| {
        config.tile_cache_ms = 30 * DAY_MS;
        config.seeds = vec![Seed::new("maria", 20, 2)];
    })
    .await;
    let found = practice
        .client
        .search_images(&practice.token, &practice.mine())
        .await
        .unwrap();
    assert_eq!(found.len(), 40, "all can be seen");
    let on_map = async || {
        let mut keys = BTreeSet::new();
        for image in &found {
            let at = image.geometry.unwrap();
            let address = TileAddress::at(at.lon_deg, at.lat_deg, 14).unwrap();
            let tile = practice
                .client
                .coverage_tile(&practice.token, address, Coverage::Original);
            keys.extend(tile.await.unwrap().sequences.into_iter().map(|line| line.key));
        }
        keys
    };
    let before = on_map().await;
    assert!(before.len() < 20, "{}", before.len());
    let new = practice.client.new_sequences(&practice.token, "maria").await.unwrap();
    assert_eq!(new.sequence_keys.len() + before.len(), 20, "the rest is named as new");
    assert!(new.geojson.is_some());
    practice.clock.advance_ms(30 * DAY_MS);
    assert_eq!(on_map().await.len(), 20);
}

#[tokio::test]
async fn mistake_22_and_40_ids_go_out_in_batches_and_stay_texts() {
    let practice = Practice::with(|config| config.seeds = vec![Seed::new("maria", 1, 120)]).await;
    let all = practice
        .client
        .search_images(&practice.token, &practice.mine())
        .await
        .unwrap();
    let ids: Vec<String> = all.iter().map(|image| image.id.clone()).collect();
    let found = practice
        .client
        .look_up_images(&practice.token, &ids, &[])
        .await
        .unwrap();
    assert_eq!(
        found.images.iter().map(|image| image.id.clone()).collect::<Vec<_>>(),
        ids
    );
    let snapshot = practice.sandbox.snapshot();
    let batches = snapshot
        .requests_to("GET", "/graph/")
        .filter(|request| request.path == "/graph/");
    assert_eq!(batches.count(), 3);
    let id = ids.first().unwrap();
    let detections = practice.client.image_detections(&practice.token, id).await.unwrap();
    assert!(
        detections.iter().all(|detection| detection.id.len() == 19),
        "more than a float holds"
    );
}

#[tokio::test]
async fn mistake_23_a_reconstruction_is_not_the_upload() {
    let practice = Practice::with(|config| {
        config.computed_shift_m = Some(10.0);
        config.seeds = vec![Seed::new("maria", 2, 2)];
    })
    .await;
    let search = ImageSearch {
        fields: ["sfm_cluster", "geometry", "computed_geometry"]
            .map(str::to_owned)
            .to_vec(),
        ..practice.mine()
    };
    let clusters = practice.clusters(50).await;
    for image in practice.client.search_images(&practice.token, &search).await.unwrap() {
        assert!(!clusters.contains(&image.sfm_cluster.unwrap().id));
        let (own, computed) = (image.geometry.unwrap(), image.computed_geometry.unwrap());
        assert!(computed.lat_deg > own.lat_deg, "both are kept, and they differ");
    }
}

#[tokio::test]
async fn mistake_32_one_call_gives_all_detections_and_their_group_is_told_by_the_value() {
    let practice = Practice::start().await;
    let all = practice
        .client
        .search_images(&practice.token, &practice.mine())
        .await
        .unwrap();
    let mut groups = BTreeSet::new();
    let mut count = 0;
    for image in &all {
        for detection in practice
            .client
            .image_detections(&practice.token, &image.id)
            .await
            .unwrap()
        {
            assert_eq!(detection.image_id.as_deref(), Some(image.id.as_str()));
            let polygons = detection.shape.as_ref().unwrap().polygons_px(4_096, 4_096);
            let corners = &polygons.first().unwrap().exterior;
            assert_eq!(corners.len(), 5);
            // Written with its point downwards: nothing was flipped on the way.
            assert!(corners[3].1 > corners[0].1, "{corners:?}");
            groups.insert(format!("{:?}", detection.group().unwrap()));
            count += 1;
        }
    }
    assert_eq!(groups.len(), 3, "{groups:?}");

    let fields = ["detections.value", "detections.geometry"].map(str::to_owned);
    let ids: Vec<String> = all.iter().map(|image| image.id.clone()).collect();
    let found = practice
        .client
        .images_by_ids(&practice.token, &ids, &fields)
        .await
        .unwrap();
    assert_eq!(found.iter().map(|image| image.detections.len()).sum::<usize>(), count);

    let whole = BoundingBox::new(9.999, 49.999, 10.05, 50.001).unwrap();
    let search = DetectionSearch {
        values: vec!["object--*".to_owned()],
        ..DetectionSearch::within(whole)
    };
    let things = practice
        .client
        .search_detections(&practice.token, &search)
        .await
        .unwrap();
    assert!(!things.is_empty() && things.len() < count);
    assert!(
        things
            .iter()
            .all(|found| found.group() != Some(DetectionGroup::TrafficSign))
    );
}

#[tokio::test]
async fn things_on_the_map_are_found_by_box_by_tile_and_by_id() {
    let practice = Practice::start().await;
    let whole = BoundingBox::new(9.999, 49.999, 10.05, 50.001).unwrap();
    let search = MapFeatureSearch::within(whole);
    let found = practice
        .client
        .search_map_features(&practice.token, &search)
        .await
        .unwrap();
    assert!(found.len() > 3, "{}", found.len());
    let mut on_tiles = BTreeSet::new();
    for step in 0..3_u32 {
        let address = TileAddress::at(10.0 + 0.02 * f64::from(step), 50.0, 14).unwrap();
        for set in [MapFeatureSet::Points, MapFeatureSet::TrafficSigns] {
            let tile = practice
                .client
                .map_feature_tile(&practice.token, address, set)
                .await
                .unwrap();
            on_tiles.extend(tile.into_iter().map(|feature| feature.id));
        }
    }
    let ids: BTreeSet<String> = found.iter().map(|feature| feature.id.clone()).collect();
    assert_eq!(on_tiles, ids);
    let feature = found.first().unwrap();
    let single = practice.client.map_feature(&practice.token, &feature.id).await.unwrap();
    assert_eq!(&single, feature);
    let behind = practice
        .client
        .map_feature_detections(&practice.token, &feature.id)
        .await
        .unwrap();
    assert!(behind.iter().all(|detection| detection.value == feature.object_value));
    assert!(!behind.is_empty());
}

#[tokio::test]
async fn mistake_35_an_organisation_is_found_by_its_id_and_hidden_from_strangers() {
    let seed = Seed {
        for_organization: true,
        ..Seed::new("maria", 4, 3)
    };
    let practice = Practice::with(|config| config.seeds = vec![seed]).await;
    let id = practice.sandbox.organization_id().to_owned();
    let organization = practice.client.organization(&practice.token, &id).await.unwrap();
    assert!(organization.name.is_some());
    let search = ImageSearch {
        organization_id: Some(id),
        ..ImageSearch::default()
    };
    let found = practice.client.search_images(&practice.token, &search).await.unwrap();
    assert_eq!(found.len(), 6, "two of the four sequences");

    let closed = Practice::with(|config| config.organization_members = Some(vec!["anna".to_owned()])).await;
    let id = closed.sandbox.organization_id().to_owned();
    let refused = closed.client.organization(&closed.token, &id).await.unwrap_err();
    assert!(
        matches!(&refused, MapillaryError::Status { body, .. } if body.is_missing_object()),
        "{refused}"
    );
}

#[tokio::test]
async fn an_account_with_a_past_is_the_same_every_time() {
    let ids = async |practice: &Practice| -> Vec<String> {
        let found = practice
            .client
            .search_images(&practice.token, &practice.mine())
            .await
            .unwrap();
        found.into_iter().map(|image| image.id).collect()
    };
    // Ids hold the account's number, which is the service's own; the rest is equal.
    let tails = |ids: Vec<String>| -> Vec<String> { ids.into_iter().map(|id| id[6..].to_owned()).collect() };
    let (one, other) = (Practice::start().await, Practice::start().await);
    assert_eq!(tails(ids(&one).await), tails(ids(&other).await));
    let state = json!(one.sandbox.snapshot().clusters.len());
    assert_eq!(state, json!(3));
}
