//! The client against the practice Mapillary: one test for each row of what is known of the service
//! (API notes §2.8 errors, §3.3 the feed) and for each mistake of the founding documents (§4) that
//! could come back.
//!
//! | notes | where |
//! | --- | --- |
//! | §2.8, 500/190 … throttles | `row_…` below; the shapes of rupload in `mapillary/tests/service/decisions.rs` |
//! | §3.3 paging, order, nulls, hidden failures, unknown words | `feed_…` below; reading of single nodes in `mapillary/src/feed_tests.rs` |
//! | §4.1, 2, 3 | `mistake_01`, `mistake_02`, `mistake_03` in `service_mistakes.rs` |
//! | §4.4 | make and model are never compared when linking: `follow_matching.rs` |
//! | §4.5–8, 10 | `feed_…`, `mistake_10` |
//! | §4.9 | stages out of order, failed without a code: `mapillary/src/feed_tests.rs`, `follow_judge.rs` |
//! | §4.11 | `one_cluster_in_several_sequences_gets_a_link_for_each` in `follow_service.rs` |
//! | §4.12, 13, 29 | linking by photo: `follow_matching.rs` |
//! | §4.14, 15, 16, 25–27, 30 | sign-in: `account_*.rs`, `mapillary/tests/service/secrets.rs`; `mistake_16` |
//! | §4.17, 19–21 | tests of these numbers in `service_mistakes.rs` |
//! | §4.18 | the formula, its floor and its limits: `mapillary/src/tile_address.rs` |
//! | §4.22, 23, 32, 35, 40 | tests of these numbers in `service_mistakes.rs` |
//! | §4.31 | computed fields: `mistake_23` |
//! | §4.33 | originals are never what was sent: `what_was_published_comes_back_in_every_form` in `takeout.rs`; the words are the window's |
//! | §4.24 | the order of `MAPGPSTrack`: `video_peer.rs` |
//! | §4.28, 36, 39 | texts of the documents, nothing to come back; the paths of 39 in `mapillary/tests/service/search.rs` |
//! | §4.34, 37, 38 | names, `.part` and renewed links: the tests of take-out |
//! | v3 → v4 | cannot come back: none of those addresses is in the client |

mod service_support;

use std::collections::BTreeSet;

use service_support::Practice;
use waypost_mapillary::{MapillaryError, RetryAdvice, Token, retry_advice};
use waypost_sandbox::{Endpoint, Fault, KnownError, Seed};

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
        .search_images(&practice.token, &Practice::mine())
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
        .search_images(&practice.token, &Practice::mine())
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
    assert_eq!(
        node.overall.as_ref().map(waypost_mapillary::Stage::as_str),
        Some("FINISHED")
    );
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
