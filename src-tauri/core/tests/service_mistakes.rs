//! The mistakes of the founding documents (API notes §4) that could come back, each against the
//! practice Mapillary. The table in `service_rows.rs` says where the others are held.

mod service_support;

use std::collections::BTreeSet;

use serde_json::json;
use service_support::{DAY_MS, Practice};
use waypost_mapillary::{
    BoundingBox, Coverage, DetectionGroup, DetectionSearch, ImageSearch, MapFeatureSearch, MapFeatureSet,
    MapillaryError, TileAddress,
};
use waypost_sandbox::Seed;

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
        .search_images(&practice.token, &Practice::mine())
        .await
        .unwrap();
    let times: Vec<i64> = all.iter().filter_map(|image| image.captured_at_ms).collect();
    let (first, last) = (*times.iter().min().unwrap(), *times.iter().max().unwrap());
    let window = ImageSearch {
        captured_from_ms: Some(first),
        captured_until_ms: Some(last),
        ..Practice::mine()
    };
    let found = practice.client.search_images(&practice.token, &window).await.unwrap();
    assert_eq!(found.len(), all.len(), "first and last image are found too");
    let swapped = ImageSearch {
        captured_from_ms: Some(last),
        captured_until_ms: Some(first),
        ..Practice::mine()
    };
    let refused = practice.client.search_images(&practice.token, &swapped).await;
    assert_eq!(refused.unwrap_err().code(), "invalid_input");
}

#[tokio::test]
async fn mistake_03_make_and_model_go_with_a_box_only() {
    let practice = Practice::start().await;
    let camera = ImageSearch {
        make: Some("GoPro".to_owned()),
        ..Practice::mine()
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
        .search_images(&practice.token, &Practice::mine())
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
        .search_images(&practice.token, &Practice::mine())
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
        .search_images(&practice.token, &Practice::mine())
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
        .search_images(&practice.token, &Practice::mine())
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
        ..Practice::mine()
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
        .search_images(&practice.token, &Practice::mine())
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
            .search_images(&practice.token, &Practice::mine())
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
