//! The feed over HTTP: its address, its refusals, and the two names of one field.

use serde_json::{Value, json};
use waypost_mapillary::{RetryAdvice, Stage, retry_advice};

use crate::support::{Server, json as json_reply, reply, token};

fn page(nodes: &Value, cursor: Option<&str>) -> Value {
    json!({"data": {"fetch__User": {"feed": {
        "page_info": {"end_cursor": cursor, "has_next_page": cursor.is_some()},
        "nodes": nodes,
    }}}})
}

#[tokio::test]
async fn pages_are_asked_for_with_the_cursor_of_the_page_before() {
    let server = Server::start(|seen| {
        let variables: Value = serde_json::from_str(&seen.parameter("variables").unwrap()).unwrap();
        json_reply(&match variables["after"].as_str() {
            None => page(
                &json!([{"cluster_id": "1", "processing_status": "STARTED"}]),
                Some("c1"),
            ),
            Some("c1") => page(&json!([{"cluster_id": "2"}]), None),
            Some(other) => panic!("unknown cursor {other}"),
        })
    })
    .await;
    let client = server.client();
    let first = client.feed_page(&token(), "42", 50, None).await.unwrap();
    assert_eq!(first.nodes[0].overall, Some(Stage::Started));
    assert!(first.has_next_page);
    let second = client
        .feed_page(&token(), "42", 50, first.end_cursor.as_deref())
        .await
        .unwrap();
    assert_eq!(second.nodes[0].cluster_id.as_str(), "2");
    assert!(!second.has_next_page);

    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", "/graph/graphql"));
    let variables: Value = serde_json::from_str(&seen.parameter("variables").unwrap()).unwrap();
    assert_eq!(
        variables,
        json!({"id": "42", "first": 50, "after": null, "hide_after": 14})
    );
    let doc = seen.parameter("doc").unwrap();
    assert!(doc.contains("hide_failed_sequences_after_days: $hide_after"), "{doc}");
    assert!(doc.contains(" processing_status "), "{doc}");
}

#[tokio::test]
async fn the_older_name_of_the_overall_status_is_tried_when_the_newer_is_refused() {
    let server = Server::start(|seen| {
        let doc = seen.parameter("doc").unwrap();
        json_reply(&if doc.contains(" processing_status ") {
            json!({"errors": [{"message": "Cannot query field \"processing_status\""}]})
        } else {
            page(&json!([{"cluster_id": "1", "status": "FINISHED"}]), None)
        })
    })
    .await;
    let read = server.client().feed_page(&token(), "42", 50, None).await.unwrap();
    assert_eq!(read.nodes[0].overall, Some(Stage::Finished));
}

#[tokio::test]
async fn a_token_that_the_feed_refuses_is_not_called_invalid() {
    for (status, body) in [
        (400, r#"{"error":{"code":190,"message":"Invalid OAuth token"}}"#),
        (401, ""),
        (403, r#"{"error":{"code":10,"message":"no permission"}}"#),
        (404, "not found"),
        (200, r#"{"errors":[{"message":"doc is not on the list"}]}"#),
    ] {
        let server = Server::start(move |_| reply(status, body)).await;
        let error = server.client().feed_page(&token(), "42", 50, None).await.unwrap_err();
        assert_eq!(error.code(), "feed_refused", "{status} {body}");
        assert_eq!(retry_advice(&error), RetryAdvice::No);
        assert_eq!(error.status(), Some(status));
    }
}

#[tokio::test]
async fn a_throttled_or_broken_feed_is_told_from_a_refused_one() {
    let throttled = Server::always(200, r#"{"errors":[{"message":"Rate limit exceeded","code":1675004}]}"#).await;
    let error = throttled
        .client()
        .feed_page(&token(), "42", 50, None)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "rate_limited");
    assert_eq!(retry_advice(&error), RetryAdvice::After { wait_ms: 900_000 });

    let broken = Server::always(500, r#"{"error":{"code":2,"message":"later"}}"#).await;
    let error = broken.client().feed_page(&token(), "42", 50, None).await.unwrap_err();
    assert_eq!(error.code(), "server_status");
}
