//! Image search with every filter and its limits.

use serde_json::Value;
use url::Url;

use crate::support::{Practice, photos};

async fn published(count: u32) -> Practice {
    let practice = Practice::with(|config| config.stage_ms = 0).await;
    practice.publish(&photos(count)).await;
    practice
}

async fn search(practice: &Practice, params: &[(&str, &str)]) -> (u16, Value) {
    let url = Url::parse_with_params(&practice.graph("/images"), params).unwrap();
    let (status, body) = practice.get(url.as_str()).await;
    (status.as_u16(), body)
}

async fn count(practice: &Practice, params: &[(&str, &str)]) -> usize {
    let (status, body) = search(practice, params).await;
    assert_eq!(status, 200, "{params:?}: {body}");
    body["data"].as_array().unwrap().len()
}

const BOX: (&str, &str) = ("bbox", "13.3999,52.4999,13.4002,52.5001");
const MARIA: (&str, &str) = ("creator_username", "maria");

#[tokio::test]
async fn a_search_by_creator_is_paged_newest_first() {
    let practice = published(5).await;
    let (_, first) = search(&practice, &[MARIA, ("limit", "2"), ("fields", "captured_at")]).await;
    let mut times = Vec::new();
    let mut page = first;
    loop {
        for image in page["data"].as_array().unwrap() {
            times.push(image["captured_at"].as_i64().unwrap());
        }
        let Some(next) = page["paging"]["next"].as_str() else {
            break;
        };
        assert!(!next.contains("access_token"));
        page = practice.get(next).await.1;
    }
    let expected: Vec<i64> = (0..5).rev().map(|n| 1_777_626_000_250 + n * 2_000).collect();
    assert_eq!(times, expected);
}

#[tokio::test]
async fn every_filter_narrows() {
    let practice = published(5).await;
    let sequence = practice.snapshot().clusters[0].images[0].sequence.clone();
    let organization = practice.sandbox.organization_id().to_owned();
    for (params, expected) in [
        (vec![MARIA], 5),
        (vec![("creator_username", "nobody")], 0),
        (vec![BOX], 5),
        (vec![("bbox", "13.3999,52.4999,13.40005,52.5001")], 2),
        (vec![BOX, ("make", "GoPro"), ("model", "HERO11 Black")], 5),
        (vec![BOX, ("make", "Other")], 0),
        (vec![BOX, ("is_pano", "true")], 0),
        (vec![("sequence_ids", &sequence)], 5),
        (vec![("sequence_ids", "other")], 0),
        (vec![("organization_id", &organization)], 0),
        (vec![("lat", "52.5"), ("lng", "13.4"), ("radius", "3")], 2),
        (vec![MARIA, ("start_captured_at", "2026-05-01T09:00:04Z")], 3),
        (vec![MARIA, ("end_captured_at", "2026-05-01T09:00:04Z")], 2),
        (
            vec![
                MARIA,
                ("start_captured_at", "2026-05-01T09:00:02.900Z"),
                ("end_captured_at", "2026-05-01T09:00:04Z"),
            ],
            1,
        ),
    ] {
        assert_eq!(count(&practice, &params).await, expected, "{params:?}");
    }
}

#[tokio::test]
async fn a_search_by_box_is_cut_at_the_limit_and_not_paged() {
    let practice = published(5).await;
    let (_, body) = search(&practice, &[BOX, ("limit", "3")]).await;
    assert_eq!(body["data"].as_array().unwrap().len(), 3);
    assert!(body.get("paging").is_none());
}

#[tokio::test]
async fn what_the_service_refuses_is_refused() {
    let practice = published(1).await;
    for params in [
        vec![],
        vec![("start_captured_at", "2026-05-01T09:00:00Z")],
        vec![MARIA, ("make", "GoPro")],
        vec![MARIA, ("limit", "0")],
        vec![MARIA, ("limit", "2001")],
        vec![MARIA, ("start_captured_at", "yesterday")],
        // 0.1 by 0.1 degrees is 0.01 square degrees, which is not smaller than 0.01.
        vec![("bbox", "13,52,13.125,52.125")],
        // Latitude first.
        vec![("bbox", "91,13,92,14")],
        vec![("bbox", "13.1,52,13,52.1")],
        vec![("bbox", "13,52,13.1")],
        vec![("lat", "52"), ("lng", "13"), ("radius", "51")],
        vec![("lat", "52")],
    ] {
        let (status, body) = search(&practice, &params).await;
        assert_eq!(status, 400, "{params:?}: {body}");
    }
}

#[tokio::test]
async fn a_token_in_the_query_is_handed_on_to_the_next_page() {
    let practice = published(3).await;
    let token = practice.sandbox.info().client_token.clone();
    let params = [MARIA, ("limit", "2"), ("access_token", token.as_str())];
    let url = Url::parse_with_params(&practice.graph("/images"), params).unwrap();
    let response = practice.http.get(url).send().await.unwrap();
    let (_, body) = crate::support::json_of(response).await;
    let next = body["paging"]["next"].as_str().unwrap();
    let response = practice.http.get(next).send().await.unwrap();
    let (status, body) = crate::support::json_of(response).await;
    assert_eq!(status, 200);
    assert_eq!(body["data"].as_array().unwrap().len(), 1);
    practice.assert_no_violations();
}
