//! The image search and the look-ups: paging, cells, heavy queries, dead ids.

use serde_json::{Value, json};
use waypost_mapillary::{BoundingBox, Image, ImageSearch};

use crate::support::{CANARY, Seen, Server, json as json_reply, reply, token};

const HEAVY: &str = r#"{"error":{"type":"OAuthException","code":-2,"error_subcode":3404014,"message":"Query Timeout","is_transient":false}}"#;
const DEAD: &str =
    r#"{"error":{"type":"MLYApiException","code":100,"error_subcode":33,"message":"Unsupported get request"}}"#;

fn by_creator() -> ImageSearch {
    ImageSearch {
        creator_username: Some("walker".to_owned()),
        ..ImageSearch::default()
    }
}

fn ids(images: &[Image]) -> Vec<&str> {
    images.iter().map(|image| image.id.as_str()).collect()
}

fn rows(ids: std::ops::Range<usize>) -> Value {
    ids.map(|id| json!({"id": id.to_string()})).collect()
}

#[tokio::test]
async fn pages_are_followed_to_the_end_with_the_token_in_the_header_only() {
    let server = Server::start(|seen| {
        let host = seen.header("host").unwrap();
        json_reply(&match seen.parameter("cursor").as_deref() {
            None => json!({"data": rows(0..2), "paging": {"next":
                format!("http://{host}/graph/images?cursor=2&access_token={CANARY}")}}),
            Some("2") => json!({"data": [], "paging": {"next":
                format!("http://{host}/graph/images?cursor=3")}}),
            Some(_) => json!({"data": [{"id": "1"}, {"id": "2"}], "paging": {}}),
        })
    })
    .await;
    let images = server.client().search_images(&token(), &by_creator()).await.unwrap();
    assert_eq!(ids(&images), ["0", "1", "2"], "each image once");
    for seen in server.seen() {
        assert!(!seen.query.contains("canary"), "{}", seen.query);
        assert_eq!(seen.header("authorization"), Some(format!("OAuth {CANARY}").as_str()));
    }
}

#[tokio::test]
async fn a_next_page_on_another_server_or_in_a_circle_is_not_followed() {
    let stranger = Server::always(200, r#"{"data":[]}"#).await;
    let elsewhere = stranger.url.to_string();
    let server = Server::start(move |_| json_reply(&json!({"data": rows(0..1), "paging": {"next": elsewhere}}))).await;
    let error = server
        .client()
        .search_images(&token(), &by_creator())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "unusable_answer");
    assert!(stranger.seen().is_empty(), "the token went nowhere else");

    let circle = Server::start(|seen| {
        let next = format!("http://{}/graph/images?cursor=1", seen.header("host").unwrap());
        json_reply(&json!({"data": rows(0..1), "paging": {"next": next}}))
    })
    .await;
    let error = circle
        .client()
        .search_images(&token(), &by_creator())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "unusable_answer");
    assert_eq!(circle.seen().len(), 2);
}

#[tokio::test]
async fn a_search_that_needs_too_many_requests_is_an_error_not_a_part() {
    let server = Server::start(|seen| {
        let cursor: usize = seen.parameter("cursor").map_or(0, |text| text.parse().unwrap());
        let next = format!(
            "http://{}/graph/images?cursor={}",
            seen.header("host").unwrap(),
            cursor + 1
        );
        json_reply(&json!({"data": rows(cursor..cursor + 1), "paging": {"next": next}}))
    })
    .await;
    let search = ImageSearch {
        max_requests: 3,
        ..by_creator()
    };
    let error = server.client().search_images(&token(), &search).await.unwrap_err();
    assert_eq!(error.code(), "too_many_results");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_heavy_query_is_repeated_with_a_smaller_page() {
    let server = Server::start(|seen| {
        let limit: u32 = seen.parameter("limit").unwrap().parse().unwrap();
        if limit > 300 {
            reply(400, HEAVY)
        } else {
            json_reply(&json!({"data": rows(0..1)}))
        }
    })
    .await;
    let images = server.client().search_images(&token(), &by_creator()).await.unwrap();
    assert_eq!(images.len(), 1);
    let limits: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| seen.parameter("limit").unwrap())
        .collect();
    assert_eq!(limits, ["1000", "500", "250"]);

    let hopeless = Server::start(|_| reply(400, HEAVY)).await;
    let error = hopeless
        .client()
        .search_images(&token(), &by_creator())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "query_too_heavy");
    assert_eq!(hopeless.seen().len(), 6, "down to the smallest page, then no more");
}

/// A server that holds a grid of images and returns at most `limit` of a box, unpaged, as the
/// service does.
fn grid(seen: &Seen) -> Value {
    let sides: Vec<f64> = seen
        .parameter("bbox")
        .unwrap()
        .split(',')
        .map(|side| side.parse().unwrap())
        .collect();
    let [west, south, east, north] = sides.try_into().unwrap();
    assert!(east - west < 0.01 && north - south < 0.01, "the box is too large");
    let limit: usize = seen.parameter("limit").unwrap().parse().unwrap();
    let mut found = Vec::new();
    for row in 0..20_u32 {
        for column in 0..20_u32 {
            let (lon, lat) = (10.0 + f64::from(column) * 0.001, 50.0 + f64::from(row) * 0.001);
            if (west..=east).contains(&lon) && (south..=north).contains(&lat) {
                found.push(json!({"id": format!("{row}-{column}")}));
            }
        }
    }
    found.truncate(limit);
    json!({ "data": found })
}

#[tokio::test]
async fn a_box_is_searched_cell_by_cell_and_a_full_cell_in_quarters() {
    let server = Server::start(|seen| json_reply(&grid(seen))).await;
    let search = ImageSearch {
        bounding_box: Some(BoundingBox::new(9.999, 49.999, 10.021, 50.021).unwrap()),
        page_size: 30,
        ..ImageSearch::default()
    };
    let images = server.client().search_images(&token(), &search).await.unwrap();
    assert_eq!(images.len(), 400, "none is lost and none comes twice");
    let cells = search.bounding_box.unwrap().cells(100).unwrap().len();
    assert_eq!(cells, 9);
    assert!(server.seen().len() > cells, "full cells were divided");
}

#[tokio::test]
async fn a_place_with_more_images_than_a_page_is_an_error_not_an_endless_search() {
    let server = Server::start(|_| json_reply(&json!({"data": rows(0..5)}))).await;
    let search = ImageSearch {
        bounding_box: Some(BoundingBox::new(10.0, 50.0, 10.0, 50.0).unwrap()),
        page_size: 5,
        ..ImageSearch::default()
    };
    let error = server.client().search_images(&token(), &search).await.unwrap_err();
    assert_eq!(error.code(), "too_many_results");
}

#[tokio::test]
async fn the_ids_of_a_sequence_come_in_order() {
    let server = Server::always(200, r#"{"data":[{"id":"9"},{"id":7},{"id":null}]}"#).await;
    let found = server.client().image_ids(&token(), "a b&c").await.unwrap();
    assert_eq!(found, ["9", "7"]);
    let seen = server.only();
    assert_eq!(seen.path, "/graph/image_ids");
    assert_eq!(seen.parameter("sequence_id").as_deref(), Some("a b&c"));
}

#[tokio::test]
async fn ids_go_out_in_batches_and_a_dead_one_spoils_only_itself() {
    let server = Server::start(|seen| {
        let asked = seen.parameter("ids").unwrap();
        let asked: Vec<&str> = asked.split(',').collect();
        assert!(asked.len() <= 50);
        if asked.contains(&"66") {
            return reply(400, DEAD);
        }
        let found: serde_json::Map<String, Value> = asked
            .iter()
            .map(|id| ((*id).to_owned(), json!({"id": id, "sequence": "s"})))
            .collect();
        json_reply(&Value::Object(found))
    })
    .await;
    let asked: Vec<String> = (0..120).map(|id: u32| id.to_string()).collect();
    let fields = ["sequence".to_owned()];
    let images = server.client().images_by_ids(&token(), &asked, &fields).await.unwrap();
    let expected: Vec<&str> = asked.iter().map(String::as_str).filter(|id| *id != "66").collect();
    assert_eq!(ids(&images), expected);
    let first = &server.seen()[0];
    assert_eq!(first.path, "/graph/");
    assert_eq!(first.parameter("fields").as_deref(), Some("id,sequence"));
}

#[tokio::test]
async fn a_field_the_service_does_not_know_is_an_error_not_fifty_dead_ids() {
    let server = Server::always(
        400,
        r#"{"error":{"code":100,"message":"Tried accessing nonexistent field (nope)"}}"#,
    )
    .await;
    let asked: Vec<String> = (0..50).map(|id: u32| id.to_string()).collect();
    let looked_up = server
        .client()
        .images_by_ids(&token(), &asked, &["nope".to_owned()])
        .await;
    assert_eq!(looked_up.unwrap_err().code(), "server_status");
    assert_eq!(server.seen().len(), 1);
}
