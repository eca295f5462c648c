//! What is read besides images: detections, things on the map, tiles, accounts, the web app's own
//! queries; and the pause when the requests of the app are nearly used up.

use std::time::Duration;

use serde_json::{Value, json};
use waypost_mapillary::{
    BoundingBox, Coverage, DetectionGroup, DetectionSearch, MapFeatureSearch, MapFeatureSet, TileAddress,
};

use crate::support::{CANARY, Server, json as json_reply, reply, reply_with, token};

const DEAD: &str =
    r#"{"error":{"type":"MLYApiException","code":100,"error_subcode":33,"message":"Unsupported get request"}}"#;
const HEAVY: &str = r#"{"error":{"type":"OAuthException","code":-2,"error_subcode":3404014,"message":"Query Timeout","is_transient":false}}"#;

fn small_box() -> BoundingBox {
    BoundingBox::new(10.0, 50.0, 10.005, 50.005).unwrap()
}

#[tokio::test]
async fn more_than_a_hundred_detections_of_an_image_are_read_in_one_request() {
    let server = Server::start(|_| {
        let rows: Value = (0..150)
            .map(|id: u32| json!({"id": id.to_string(), "value": "warning--curve-left--g1", "image": {"id": "7"}}))
            .collect();
        json_reply(&json!({ "data": rows }))
    })
    .await;
    let found = server.client().image_detections(&token(), "7").await.unwrap();
    assert_eq!(found.len(), 150);
    assert_eq!(found[0].group(), Some(DetectionGroup::TrafficSign));
    assert!(found[0].shape.is_none() && !found[0].is_shape_broken);
    let seen = server.only();
    assert_eq!(seen.path, "/graph/7/detections");
    assert_eq!(
        seen.parameter("fields").as_deref(),
        Some("id,created_at,geometry,image,value")
    );
    assert!(!seen.query.contains("canary"));
}

#[tokio::test]
async fn an_id_that_is_no_number_never_becomes_a_path() {
    let server = Server::always(200, "{}").await;
    let client = server.client();
    for id in ["", "me", "../7", "7/detections", "7?x=1"] {
        let error = client.image_detections(&token(), id).await.unwrap_err();
        assert_eq!(error.code(), "invalid_input", "{id}");
        assert_eq!(client.user(&token(), id).await.unwrap_err().code(), "invalid_input");
        assert_eq!(
            client.map_feature(&token(), id).await.unwrap_err().code(),
            "invalid_input"
        );
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_search_for_things_on_the_map_is_cut_into_small_boxes_and_full_ones_into_quarters() {
    let server = Server::start(|seen| {
        let sides: Vec<f64> = seen
            .parameter("bbox")
            .unwrap()
            .split(',')
            .map(|side| side.parse().unwrap())
            .collect();
        let (width, height) = (sides[2] - sides[0], sides[3] - sides[1]);
        assert!(width < 0.01 && height < 0.01, "the box is too large");
        let limit: usize = seen.parameter("limit").unwrap().parse().unwrap();
        // A row of things 0.001° apart.
        let mut rows = Vec::new();
        for step in 0..20_u32 {
            let place = 10.0 + f64::from(step) * 0.001;
            if (sides[0]..=sides[2]).contains(&place) && (sides[1]..=sides[3]).contains(&50.0) {
                rows.push(json!({"id": step, "object_value": "object--bench", "images": {"data": [{"id": "1"}]}}));
            }
        }
        rows.truncate(limit);
        json_reply(&json!({ "data": rows }))
    })
    .await;
    let search = MapFeatureSearch {
        object_values: vec!["object--*".to_owned()],
        first_seen_ms: (Some(1_660_668_166_250), None),
        page_size: 4,
        ..MapFeatureSearch::within(BoundingBox::new(10.0, 50.0, 10.019, 50.005).unwrap())
    };
    let found = server.client().search_map_features(&token(), &search).await.unwrap();
    let mut numbers: Vec<u32> = found.iter().map(|feature| feature.id.parse().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..20).collect::<Vec<_>>(), "each once");
    let first = &server.seen()[0];
    assert_eq!(first.path, "/graph/map_features");
    assert_eq!(first.parameter("object_values").as_deref(), Some("object--*"));
    assert_eq!(
        first.parameter("start_first_seen_at").as_deref(),
        Some("2022-08-16T16:42:45Z")
    );
}

#[tokio::test]
async fn a_heavy_search_for_detections_is_repeated_with_fewer_rows() {
    let server = Server::start(|seen| {
        let limit: u32 = seen.parameter("limit").unwrap().parse().unwrap();
        if limit > 600 {
            return reply(400, HEAVY);
        }
        json_reply(&json!({"data": [{"id": "1", "value": "nature--sky"}]}))
    })
    .await;
    let search = DetectionSearch {
        values: vec!["nature--*".to_owned(), "object--bench".to_owned()],
        captured_until_ms: Some(1_660_668_166_250),
        ..DetectionSearch::within(small_box())
    };
    let found = server.client().search_detections(&token(), &search).await.unwrap();
    assert_eq!(found.len(), 1);
    let limits: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| seen.parameter("limit").unwrap())
        .collect();
    assert_eq!(limits, ["2000", "1000", "500"]);
    let first = &server.seen()[0];
    assert_eq!(first.parameter("values").as_deref(), Some("nature--*,object--bench"));
    assert_eq!(
        first.parameter("end_captured_at").as_deref(),
        Some("2022-08-16T16:42:48Z")
    );
}

#[tokio::test]
async fn ids_without_an_image_are_named() {
    let server = Server::start(|seen| {
        let asked = seen.parameter("ids").unwrap();
        let asked: Vec<&str> = asked.split(',').collect();
        if asked.len() > 20 {
            return reply(400, HEAVY);
        }
        if asked.contains(&"3") {
            return reply(400, DEAD);
        }
        let found: serde_json::Map<String, Value> = asked
            .iter()
            // One is left out without a word.
            .filter(|id| **id != "5")
            .map(|id| ((*id).to_owned(), json!({"id": id})))
            .collect();
        json_reply(&Value::Object(found))
    })
    .await;
    let asked: Vec<String> = (0..30).map(|id: u32| id.to_string()).collect();
    let found = server.client().look_up_images(&token(), &asked, &[]).await.unwrap();
    assert_eq!(found.missing, ["3", "5"]);
    assert_eq!(found.images.len(), 28);
}

#[tokio::test]
async fn a_tile_is_asked_for_with_the_token_in_the_header_and_an_empty_one_is_no_error() {
    let server = Server::always(200, "").await;
    let client = server.client();
    let address = TileAddress::at(10.0, 50.0, 14).unwrap();
    let tile = client
        .coverage_tile(&token(), address, Coverage::Original)
        .await
        .unwrap();
    assert!(tile.sequences.is_empty() && tile.images.is_empty());
    client
        .map_feature_tile(&token(), address, MapFeatureSet::TrafficSigns)
        .await
        .unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].path, "/tiles/maps/vtp/mly1_public/2/14/8647/5556");
    assert_eq!(
        seen[1].path,
        "/tiles/maps/vtp/mly_map_feature_traffic_sign/2/14/8647/5556"
    );
    assert_eq!(
        seen[0].header("authorization"),
        Some(format!("OAuth {CANARY}").as_str())
    );
    assert!(seen.iter().all(|seen| seen.query.is_empty()));

    for address in [
        TileAddress { zoom: 15, x: 0, y: 0 },
        TileAddress { zoom: 2, x: 4, y: 0 },
    ] {
        let refused = client.coverage_tile(&token(), address, Coverage::Computed).await;
        assert_eq!(refused.unwrap_err().code(), "invalid_input");
    }
}

#[tokio::test]
async fn what_is_no_tile_is_an_unusable_answer_and_a_web_page_is_named_as_one() {
    let address = TileAddress::at(10.0, 50.0, 14).unwrap();
    for (kind, body, code) in [
        ("application/x-protobuf", "\u{1a}\u{7f}", "unusable_answer"),
        ("text/html", "<html>Welcome</html>", "captive_portal"),
    ] {
        let server = Server::start(move |_| reply_with(200, ("content-type", kind), body)).await;
        let error = server
            .client()
            .coverage_tile(&token(), address, Coverage::Original)
            .await
            .unwrap_err();
        assert_eq!(error.code(), code);
    }
}

#[tokio::test]
async fn the_web_apps_queries_are_tried_with_the_persons_own_token() {
    let server = Server::start(|seen| {
        let doc = seen.parameter("doc").unwrap();
        let user = if doc.contains("new_sequences") {
            json!({"id": "7", "new_sequences": {"sequence_keys": ["k1"], "geojson": "{\"type\":\"FeatureCollection\"}"}})
        } else {
            json!({"id": "7", "username": "walker", "created_at_seconds": 1, "stats": {"images": 12, "distance": {"km": 3.5}}})
        };
        json_reply(&json!({"data": {"user_by_username": user}, "extensions": {"is_final": true}}))
    })
    .await;
    let client = server.client();
    let stats = client.user_stats(&token(), "walker").await.unwrap();
    assert_eq!((stats.image_count, stats.distance_km), (Some(12), Some(3.5)));
    let new = client.new_sequences(&token(), "walker").await.unwrap();
    assert_eq!(new.sequence_keys, ["k1"]);
    for seen in server.seen() {
        assert_eq!(seen.header("authorization"), Some(format!("OAuth {CANARY}").as_str()));
        assert_eq!(seen.parameter("variables").as_deref(), Some(r#"{"username":"walker"}"#));
    }
    let closed = Server::always(200, r#"{"data":{"user_by_username":null}}"#).await;
    assert_eq!(
        closed.client().user_stats(&token(), "walker").await.unwrap_err().code(),
        "feed_refused"
    );
}

#[tokio::test]
async fn reading_pauses_above_95_percent_of_the_requests_while_sending_goes_on() {
    let server = Server::start(|seen| {
        let mut response = json_reply(&json!({"id": "1", "username": "u", "data": [], "offset": 0}));
        if seen.path.ends_with("/me") {
            let usage = r#"{"call_count":12,"call_volume":97,"estimated_time_to_regain_access":2}"#;
            response.headers_mut().insert("x-app-usage", usage.parse().unwrap());
        }
        response
    })
    .await;
    let client = server.client();
    client.image_ids(&token(), "s").await.unwrap();
    client.me(&token()).await.unwrap();
    assert_eq!(client.app_usage_percent(), Some(97), "the minutes are no percentage");
    let before = server.seen().len();
    let error = client.image_ids(&token(), "s").await.unwrap_err();
    assert!(error.is_throttle() && !error.is_outage());
    assert!(error.to_string().contains("97 %"), "{error}");
    assert_eq!(server.seen().len(), before, "nothing was sent");
    client.me(&token()).await.unwrap();
    client.upload_offset(&token(), "mly_tools_0.zip").await.unwrap();

    // The pause ends by itself; the next call finds out how it stands.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(121)).await;
    tokio::time::resume();
    client.image_ids(&token(), "s").await.unwrap();
}
