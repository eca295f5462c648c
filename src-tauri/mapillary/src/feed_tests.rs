//! What the feed's reader makes of whole, partial, unknown and refused pages.

use proptest::prelude::*;
use url::Url;

use super::*;
use crate::arbitrary_json::any_json;
use crate::redact::Redactor;

fn context() -> Context {
    let url = Url::parse("http://127.0.0.1:1/graphql").unwrap();
    Context::new(Operation::Feed, &url, Redactor::default())
}

fn page_of(nodes: &Value) -> Value {
    json!({"data": {"fetch__User": {"feed": {
        "page_info": {"start_cursor": null, "end_cursor": "c1", "has_next_page": true,
            "has_previous_page": false},
        "nodes": nodes,
    }}}, "extensions": {"is_final": true}})
}

#[test]
fn a_node_just_created_has_nothing_but_its_cluster() {
    let reply = page_of(&json!([{
        "cluster_id": "9013", "type": "UPLOAD", "item_count": null, "image_id": null,
        "thumb_url": null, "status": "IN_PROGRESS", "error_code": "UNSET",
    }]));
    let page = parse_page(&context(), &reply).unwrap();
    assert!(page.has_next_page);
    assert_eq!(page.end_cursor.as_deref(), Some("c1"));
    let node = page.nodes.first().unwrap();
    assert_eq!(node.cluster_id.as_str(), "9013");
    assert_eq!(node.overall, Some(Stage::InProgress));
    assert_eq!((node.item_count, &node.image_id), (None, &None));
    assert_eq!(node.error_code, None, "UNSET is no error");
    assert_eq!(node.tiler, None);
}

#[test]
fn both_names_of_the_overall_status_and_unknown_words_are_kept() {
    let reply = page_of(&json!([
        {"cluster_id": 1, "processing_status": "STARTED", "status": "FINISHED"},
        {"cluster_id": "2", "status": "FINISHED", "anonymization_status": "FAILED",
            "tiler_status": "NOT_STARTED", "error_code": "TOO_BLURRY"},
    ]));
    let page = parse_page(&context(), &reply).unwrap();
    let stages: Vec<_> = page.nodes.iter().map(|node| node.overall.clone()).collect();
    assert_eq!(stages, [Some(Stage::Started), Some(Stage::Finished)]);
    let second = &page.nodes[1];
    assert_eq!(second.anonymization, Some(Stage::Failed));
    assert_eq!(second.tiler.as_ref().map(Stage::as_str), Some("NOT_STARTED"));
    assert_eq!(second.error_code.as_deref(), Some("TOO_BLURRY"));
}

#[test]
fn a_node_without_a_cluster_does_not_spoil_its_page() {
    let reply = page_of(&json!([null, {"type": "UPLOAD"}, 7, {"cluster_id": "3"}]));
    let page = parse_page(&context(), &reply).unwrap();
    assert_eq!(page.nodes.len(), 1);
}

#[test]
fn a_next_page_without_a_cursor_is_no_next_page() {
    let reply = json!({"data": {"fetch__User": {"feed": {
        "page_info": {"end_cursor": null, "has_next_page": true}, "nodes": [],
    }}}});
    assert!(!parse_page(&context(), &reply).unwrap().has_next_page);
}

#[test]
fn errors_at_status_200_are_sorted_into_refusal_pause_and_outage() {
    for (error, code) in [
        (
            json!({"message": "Rate limit exceeded", "code": 1_675_004}),
            "rate_limited",
        ),
        (
            json!({"message": "try later", "code": 2, "is_transient": true}),
            "server_status",
        ),
        (
            json!({"message": "A query is not allowed", "code": 1_675_030}),
            "feed_refused",
        ),
        (json!({"message": "Unauthorized", "code": 190}), "feed_refused"),
    ] {
        let reply = json!({"data": {"fetch__User": null}, "errors": [error]});
        assert_eq!(parse_page(&context(), &reply).unwrap_err().code(), code);
    }
    for silent in [json!({"data": null}), json!({"data": {"fetch__User": null}})] {
        let error = parse_page(&context(), &silent).unwrap_err();
        assert_eq!(error.code(), "feed_refused");
    }
}

#[test]
fn the_query_asks_for_every_field_that_is_read() {
    for field in [
        "cluster_id",
        "type",
        "created_at_seconds",
        "captured_at_seconds",
        "item_count",
        "image_id",
        "thumb_url",
        "{overall}",
        "initial_processing_status",
        "anonymization_status",
        "tiler_status",
        "error_code",
        "timezone",
        "end_cursor",
        "has_next_page",
    ] {
        assert!(QUERY.split_whitespace().any(|word| word == field), "{field}");
    }
}

proptest! {
    #[test]
    fn no_page_of_any_shape_panics(value in any_json()) {
        if let Ok(page) = parse_page(&context(), &value) {
            prop_assert!(page.nodes.iter().all(|node| !node.cluster_id.as_str().is_empty()));
        }
        let read = parse_page(&context(), &page_of(&value));
        prop_assert_eq!(read.is_ok(), value.is_array());
    }
}
