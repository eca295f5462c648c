//! What becomes of an upload: stages that move with the clock, the feed, single objects, pictures.

use serde_json::{Value, json};
use url::Url;
use waypost_sandbox::{Fault, Outcome, SandboxConfig};

use crate::mp4_bytes::ride;
use crate::support::{NOW_MS, Practice, STAGE_MS, key_of, photo, photo_with, photos};

const DOC: &str = "query getLatestActivity($id: ID!, $first: Int, $after: ID, $hide_after: Int) { \
    fetch__User(id: $id) { id feed(first: $first, after: $after, \
    hide_failed_sequences_after_days: $hide_after) { nodes { cluster_id type created_at_seconds \
    captured_at_seconds thumb_url item_count image_id processing_status initial_processing_status \
    anonymization_status tiler_status error_code timezone } page_info { start_cursor end_cursor \
    has_next_page has_previous_page } } } }";

async fn feed(practice: &Practice, variables: Value) -> Value {
    let mut whole = json!({ "id": practice.user_id, "first": 50, "after": null, "hide_after": 14 });
    whole
        .as_object_mut()
        .unwrap()
        .extend(variables.as_object().unwrap().clone());
    let url = Url::parse_with_params(
        &practice.graph("/graphql"),
        [("doc", DOC), ("variables", &whole.to_string())],
    )
    .unwrap();
    let (status, body) = practice.get(url.as_str()).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["extensions"]["is_final"], true);
    body["data"]["fetch__User"]["feed"].clone()
}

async fn only_node(practice: &Practice) -> Value {
    let feed = feed(practice, json!({})).await;
    assert_eq!(feed["nodes"].as_array().unwrap().len(), 1);
    feed["nodes"][0].clone()
}

#[tokio::test]
async fn an_upload_goes_through_its_stages_with_the_clock() {
    let practice = Practice::start().await;
    let id = practice.publish(&photos(3)).await;

    let node = only_node(&practice).await;
    assert_eq!(node["cluster_id"], json!(id));
    assert_eq!(node["type"], "UPLOAD");
    assert_eq!(node["created_at_seconds"], NOW_MS / 1_000);
    assert_eq!(node["captured_at_seconds"], 1_777_626_000);
    for name in ["item_count", "image_id", "thumb_url"] {
        assert_eq!(node[name], Value::Null);
    }
    let words = |node: &Value| {
        [
            "processing_status",
            "initial_processing_status",
            "anonymization_status",
            "tiler_status",
            "error_code",
        ]
        .map(|name| node[name].as_str().unwrap().to_owned())
    };
    let (run, end) = ("IN_PROGRESS", "FINISHED");
    assert_eq!(words(&node), ["STARTED", run, run, run, "UNSET"]);

    practice.clock.advance_ms(STAGE_MS);
    let node = only_node(&practice).await;
    assert_eq!(words(&node), ["STARTED", run, end, run, "UNSET"]);
    assert_eq!(node["item_count"], 3);
    assert!(node["image_id"].is_string());
    let search = practice.graph("/images?creator_username=maria");
    assert_eq!(practice.get(&search).await.1["data"], json!([]));

    practice.clock.advance_ms(STAGE_MS);
    let node = only_node(&practice).await;
    assert_eq!(words(&node), ["STARTED", end, end, run, "UNSET"]);
    let (_, found) = practice.get(&search).await;
    assert_eq!(found["data"].as_array().unwrap().len(), 3);

    practice.clock.advance_ms(STAGE_MS);
    let node = only_node(&practice).await;
    assert_eq!(words(&node), [end, end, end, end, "UNSET"]);
    practice.assert_no_violations();
}

#[tokio::test]
async fn stages_of_no_length_publish_at_once() {
    let practice = Practice::with(|config| config.stage_ms = 0).await;
    practice.publish(&photos(1)).await;
    assert_eq!(only_node(&practice).await["processing_status"], "FINISHED");
}

#[tokio::test]
async fn the_feed_comes_by_capture_time_in_pages() {
    let practice = Practice::start().await;
    let mut expected = Vec::new();
    // Uploaded in an order that is not that of the capture times.
    for number in [20, 50, 10, 40, 30] {
        expected.push((number, practice.publish(&[photo(number)]).await));
    }
    expected.sort_by_key(|(number, _)| std::cmp::Reverse(*number));

    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = feed(&practice, json!({ "first": 2, "after": after })).await;
        for node in page["nodes"].as_array().unwrap() {
            seen.push(node["cluster_id"].as_str().unwrap().to_owned());
        }
        after = page["page_info"]["end_cursor"].clone();
        if page["page_info"]["has_next_page"] == false {
            break;
        }
    }
    let expected: Vec<String> = expected.into_iter().map(|(_, id)| id).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn scripted_ends_are_shown_and_failures_vanish_after_the_asked_days() {
    let practice = Practice::start().await;
    let feed_fields = [("anonymization_status", "FAILED"), ("error_code", "SOMETHING_NEW")];
    practice.sandbox.faults().push(Fault::processing(Outcome {
        feed_fields: feed_fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        visible_images: Some(1),
        not_in_feed: false,
        ..Outcome::default()
    }));
    practice.publish(&photos(3)).await;
    practice.clock.advance_ms(STAGE_MS * 3);
    let node = only_node(&practice).await;
    assert_eq!(node["anonymization_status"], "FAILED");
    assert_eq!(node["error_code"], "SOMETHING_NEW");
    assert_eq!(node["item_count"], 1);
    let (_, found) = practice.get(&practice.graph("/images?creator_username=maria")).await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);

    practice.clock.advance_ms(15 * 24 * 3_600 * 1_000);
    assert_eq!(feed(&practice, json!({})).await["nodes"], json!([]));
    let nodes = feed(&practice, json!({ "hide_after": 16 })).await["nodes"].clone();
    assert_eq!(nodes.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_feed_is_for_its_owner_and_for_known_queries() {
    let practice = Practice::start().await;
    let ask = async |token: &str, doc: &str, id: &str| {
        let variables = json!({ "id": id }).to_string();
        let url =
            Url::parse_with_params(&practice.graph("/graphql"), [("doc", doc), ("variables", &variables)]).unwrap();
        let response = practice
            .http
            .get(url)
            .header("Authorization", format!("OAuth {token}"))
            .send()
            .await
            .unwrap();
        crate::support::json_of(response).await
    };
    let (status, _) = ask("never-issued", DOC, &practice.user_id).await;
    assert_eq!(status, 401);
    let client = practice.sandbox.info().client_token.clone();
    assert_eq!(ask(&client, DOC, &practice.user_id).await.0, 401);
    let (status, body) = ask(&practice.token, "{ viewer { id } }", &practice.user_id).await;
    assert_eq!(status, 200);
    assert!(body["errors"][0]["message"].is_string());
    let (_, body) = ask(&practice.token, DOC, "17").await;
    assert_eq!(body["data"]["fetch__User"], Value::Null);
}

#[tokio::test]
async fn only_asked_fields_come_back_and_unknown_ones_are_an_error() {
    let practice = Practice::with(|config| config.stage_ms = 0).await;
    practice.publish(&photos(2)).await;
    let image = practice.snapshot().clusters[0].images[1].clone();
    let (_, body) = practice.get(&practice.graph(&format!("/{}", image.id))).await;
    assert_eq!(body, json!({ "id": image.id }));

    let fields = "sequence,captured_at,geometry,computed_geometry,altitude,compass_angle,make,\
        model,camera_type,is_pano,creator{id,username},exif_orientation,width,height,organization";
    let (_, body) = practice
        .get(&practice.graph(&format!("/{}?fields={fields}", image.id)))
        .await;
    assert_eq!(
        body,
        json!({
            "id": image.id,
            "sequence": image.sequence,
            "captured_at": 1_777_626_002_250_i64,
            "geometry": { "type": "Point", "coordinates": [13.40003, 52.5] },
            "altitude": 34.5,
            "compass_angle": 90.0,
            "make": "GoPro",
            "model": "HERO11 Black",
            "camera_type": "perspective",
            "is_pano": false,
            "creator": { "id": practice.user_id, "username": "maria" },
            "exif_orientation": 1,
            "width": 480,
            "height": 360,
        })
    );
    let url = practice.graph(&format!("/{}?fields=nonsense", image.id));
    assert_eq!(practice.get(&url).await.0, 400);
}

#[tokio::test]
async fn several_images_come_by_id_and_one_dead_id_fails_all() {
    let practice = Practice::with(|config| config.stage_ms = 0).await;
    practice.publish(&photos(2)).await;
    let ids: Vec<String> = practice.snapshot().clusters[0]
        .images
        .iter()
        .map(|image| image.id.clone())
        .collect();
    for root in ["", "/"] {
        let url = format!("{root}?ids={}&fields=captured_at", ids.join(","));
        let (status, body) = practice.get(&practice.graph(&url)).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body[&ids[0]]["captured_at"], 1_777_626_000_250_i64);
        assert_eq!(body[&ids[1]]["id"], json!(ids[1]));
    }
    let url = practice.graph(&format!("?ids={},1234567890123456", ids[0]));
    let (status, body) = practice.get(&url).await;
    assert_eq!((status.as_u16(), &body["error"]["error_subcode"]), (400, &json!(33)));
    let many = vec!["1"; 51].join(",");
    let (status, body) = practice.get(&practice.graph(&format!("?ids={many}"))).await;
    assert_eq!(status, 400);
    assert!(body["error"]["message"].as_str().unwrap().contains("50"));
}

#[tokio::test]
async fn an_image_that_is_not_ingested_yet_does_not_exist_yet() {
    let practice = Practice::start().await;
    practice.publish(&photos(1)).await;
    let id = practice.snapshot().clusters[0].images[0].id.clone();
    let url = practice.graph(&format!("/{id}"));
    assert_eq!(practice.get(&url).await.0, 400);
    practice.clock.advance_ms(STAGE_MS);
    assert_eq!(practice.get(&url).await.0, 200);
}

#[tokio::test]
async fn a_cluster_can_become_several_sequences_in_capture_order() {
    let practice = Practice::with(|config: &mut SandboxConfig| {
        config.stage_ms = 0;
        config.images_per_sequence = Some(2);
    })
    .await;
    practice.publish(&photos(5)).await;
    let images = practice.snapshot().clusters[0].images.clone();
    let url = practice.graph(&format!("/image_ids?sequence_id={}", images[2].sequence));
    let (_, body) = practice.get(&url).await;
    assert_eq!(
        body,
        json!({ "data": [{ "id": images[2].id }, { "id": images[3].id }] })
    );
    assert_ne!(images[1].sequence, images[2].sequence);
    assert_ne!(images[3].sequence, images[4].sequence);
}

#[tokio::test]
async fn computed_positions_exist_only_where_they_are_asked_for() {
    let practice = Practice::with(|config| {
        config.stage_ms = 0;
        config.computed_shift_m = Some(11.1195);
    })
    .await;
    practice.publish(&photos(1)).await;
    let id = practice.snapshot().clusters[0].images[0].id.clone();
    let url = practice.graph(&format!("/{id}?fields=geometry,computed_geometry"));
    let (_, body) = practice.get(&url).await;
    let shift = body["computed_geometry"]["coordinates"][1].as_f64().unwrap()
        - body["geometry"]["coordinates"][1].as_f64().unwrap();
    assert!((shift - 0.0001).abs() < 1e-9, "{shift}");
}

#[tokio::test]
async fn pictures_are_made_from_what_was_uploaded_and_their_links_expire() {
    let practice = Practice::with(|config| config.stage_ms = 0).await;
    practice.publish(&photos(1)).await;
    let id = practice.snapshot().clusters[0].images[0].id.clone();
    let fields = "thumb_256_url,thumb_1024_url,thumb_2048_url,thumb_original_url";
    let (_, links) = practice.get(&practice.graph(&format!("/{id}?fields={fields}"))).await;
    let fetch = async |name: &str| {
        let link = links[name].as_str().unwrap();
        let response = practice.http.get(link).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "image/jpeg");
        response.bytes().await.unwrap()
    };
    let (sent, original) = (photo(0), fetch("thumb_original_url").await);
    assert_ne!(original.as_ref(), sent.as_slice(), "an original is processed as well");
    assert!(!original.windows(4).any(|window| window == b"Exif"), "without its EXIF");
    let of = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8();
    let (before, after) = (of(&sent), of(&original));
    assert_eq!(before.dimensions(), after.dimensions());
    // A fifth of the side, in the middle: four tiles of one colour.
    let (left, top) = (before.width() / 5 * 2, before.height() / 5 * 2);
    let tile = |picture: &image::RgbImage| -> std::collections::HashSet<[u8; 3]> {
        let places = (8..16).flat_map(|x| (8..12).map(move |y| (left + x, top + y)));
        places
            .map(|(x, y)| picture.get_pixel(x, y).0.map(|part| part / 32))
            .collect()
    };
    assert!(tile(&after).len() <= 2, "{:?}", tile(&after));
    for (name, expected) in [("thumb_256_url", (256, 192)), ("thumb_1024_url", (480, 360))] {
        let first = fetch(name).await;
        let picture = image::load_from_memory(&first).unwrap();
        assert_eq!((picture.width(), picture.height()), expected);
        assert_eq!(fetch(name).await, first, "the kept picture is another");
    }

    let link = links["thumb_256_url"].as_str().unwrap();
    let forged = link.replace("256.jpg", "1024.jpg");
    assert_eq!(practice.http.get(forged).send().await.unwrap().status(), 403);
    practice.clock.advance_ms(24 * 3_600 * 1_000);
    let response = practice.http.get(link).send().await.unwrap();
    assert_eq!(response.status(), 403);
    assert!(response.text().await.unwrap().contains("expired"));
}

#[tokio::test]
async fn a_video_has_positions_but_no_pictures() {
    let practice = Practice::with(|config| config.stage_ms = 0).await;
    let bytes = ride(4);
    let handle = practice.handle(&key_of(&bytes, "mp4"), &bytes).await;
    practice.finish(&handle, "mly_camm_video").await;
    let node = only_node(&practice).await;
    assert_eq!(node["item_count"], 4);
    assert_eq!(node["thumb_url"], Value::Null);
    let url = practice.graph(&format!(
        "/{}?fields=thumb_256_url,geometry",
        node["image_id"].as_str().unwrap()
    ));
    let (_, body) = practice.get(&url).await;
    assert!(body.get("thumb_256_url").is_none());
    assert_eq!(body["geometry"]["coordinates"], json!([13.4, 52.5]));
}

#[tokio::test]
async fn a_panorama_is_called_one() {
    let practice = Practice::with(|config| config.stage_ms = 0).await;
    let pano = waypost_generator::photo_bytes(&waypost_generator::PhotoSpec {
        width_px: 480,
        height_px: 240,
        image_description: Some(crate::support::description(0).to_string()),
        xmp: Some(
            "<x:xmpmeta xmlns:x='adobe:ns:meta/'><GPano:ProjectionType>equirectangular\
             </GPano:ProjectionType></x:xmpmeta>"
                .to_owned(),
        ),
        ..waypost_generator::PhotoSpec::default()
    })
    .unwrap();
    let flat = photo_with(1, Some(crate::support::description(1).to_string()));
    practice.publish(&[pano, flat]).await;
    let images = practice.snapshot().clusters[0].images.clone();
    assert_eq!((images[0].is_pano, images[1].is_pano), (true, false));
}
