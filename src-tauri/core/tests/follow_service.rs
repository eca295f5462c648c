//! Following against the practice Mapillary: stages that move, feeds that are closed, images that come late or never.

mod upload_support;

use std::collections::HashSet;

use upload_support::{World, new_upload, photos_in, requests, wait_for};
use waypost_core::follow::feed::read_feed;
use waypost_core::follow::matching::LocalPhoto;
use waypost_core::follow::search::find_photos;
use waypost_core::settings::PackageKind;
use waypost_core::upload::{FollowSettings, TokenSource, Which};
use waypost_sandbox::{Endpoint, Fault, FaultAction, Outcome};
use waypost_wire::{AskReason, FateKind, FileOutcome, StageState, UploadEvent, UploadRow, UploadState};

const CLOSED: &str = r#"{"errors":[{"message":"not allowed","code":10}]}"#;

fn processing(outcome: Outcome) -> Fault {
    Fault::new(Endpoint::FinishUpload, FaultAction::Processing(outcome))
}

#[tokio::test(flavor = "multi_thread")]
async fn stages_are_shown_as_they_move_and_nothing_is_called_published_too_early() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 0);
    let engine = world.engine().await;
    let mut events = engine.events();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Published).await;
    let mut seen_stages = HashSet::new();
    while let Ok(event) = events.try_recv() {
        let UploadEvent::Row(row) = event else {
            continue;
        };
        if row.state == UploadState::Processing {
            seen_stages.insert(format!("{:?}", row.stages));
            assert!(row.visible_count.unwrap_or(0) < 3, "{row:#?}");
        }
        if row.state == UploadState::Published {
            assert_eq!(row.visible_count, Some(3));
            assert!(row.asked_at_ms.is_some());
        }
    }
    assert!(seen_stages.len() >= 2, "{seen_stages:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_closed_feed_the_documented_search_is_enough() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 0);
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Feed, 200, CLOSED).always());
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    assert_eq!(
        (row.visible_count, row.stages.len()),
        (Some(3), 0),
        "stages stay unknown"
    );
    let snapshot = world.snapshot();
    let search = snapshot.requests_to("GET", "/graph/images").next().unwrap();
    let keys: Vec<&str> = search.query.iter().map(|(key, _)| key.as_str()).collect();
    assert!(
        keys.contains(&"creator_username") && keys.contains(&"start_captured_at"),
        "{keys:?}"
    );
    assert!(!keys.contains(&"make"), "only together with a box");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cluster_in_several_sequences_gets_a_link_for_each() {
    let world = World::start_with(|config| config.images_per_sequence = Some(2)).await;
    let photos = world.photos("walk", 5, 0);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    let counts: Vec<u64> = row.links.iter().map(|link| link.image_count).collect();
    assert_eq!(counts, [2, 2, 1]);
    let images = &world.snapshot().clusters[0].images;
    let firsts: Vec<&str> = row.links.iter().map(|link| link.image_id.as_str()).collect();
    assert_eq!(firsts, [&images[0].id, &images[2].id, &images[4].id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn images_that_mapillary_left_out_are_named_as_sent_and_not_published() {
    let world = World::start().await;
    let photos = world.photos("walk", 4, 0);
    let outcome = Outcome {
        visible_images: Some(3),
        ..Outcome::default()
    };
    world.sandbox.faults().push(processing(outcome));
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    assert_eq!((row.visible_count, row.image_count), (Some(3), 4));
    let report = engine.file_report(id).await.unwrap();
    let published = report
        .iter()
        .filter(|file| file.outcome == FileOutcome::Published)
        .count();
    let sent = report.iter().filter(|file| file.outcome == FileOutcome::Sent).count();
    assert_eq!((published, sent), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_nobody_knows_is_shown_and_the_images_still_count() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let feed_fields = [("tiler_status".to_owned(), "DREAMING".to_owned())].into();
    world.sandbox.faults().push(processing(Outcome {
        feed_fields,
        ..Outcome::default()
    }));
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    let tiler = row.stages.iter().find(|stage| stage.name == "tiler_status").unwrap();
    assert_eq!(tiler.state, StageState::Other("DREAMING".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_vanishes_from_the_feed_unseen_is_lost_and_one_that_comes_back_is_not() {
    let world = World::start_with(|config| config.stage_ms = 1_000_000_000).await;
    let photos = world.photos("walk", 2, 0);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let is_listed = |row: &UploadRow| !row.stages.is_empty();
    engine.wait_until(&[id], is_listed).await.unwrap();
    let empty =
        r#"{"data":{"fetch__User":{"feed":{"page_info":{"end_cursor":null,"has_next_page":false},"nodes":[]}}}}"#;
    let misses = FollowSettings::service().lost_after_misses;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Feed, 200, empty).times(misses));
    let is_lost = |row: &UploadRow| row.state == UploadState::Lost;
    let row = engine.wait_until(&[id], is_lost).await.unwrap().remove(0);
    assert_eq!(row.problem.unwrap().code, "lost_at_service");
    engine.ask_now(Which::All).await.unwrap();
    let is_back = |row: &UploadRow| row.state == UploadState::Processing;
    engine.wait_until(&[id], is_back).await.unwrap();
    assert_eq!(world.snapshot().clusters.len(), 1, "nothing was sent again by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_leaves_what_is_known_with_its_age_and_the_reason() {
    let world = World::start_with(|config| config.stage_ms = 1_000_000_000).await;
    let photos = world.photos("walk", 2, 0);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let is_listed = |row: &UploadRow| !row.stages.is_empty();
    engine.wait_until(&[id], is_listed).await.unwrap();
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Feed, 503, "").always());
    let has_problem = |row: &UploadRow| row.problem.is_some();
    let before = engine.wait_until(&[id], has_problem).await.unwrap().remove(0);
    assert_eq!(before.state, UploadState::Processing);
    assert_eq!(before.problem.unwrap().code, "server_status");
    assert!(!before.stages.is_empty());
    let later = engine
        .wait_until(&[id], |row| row.overdue || row.problem.is_some())
        .await
        .unwrap();
    assert_eq!(later[0].asked_at_ms, before.asked_at_ms, "an outage is no answer");
    world.sandbox.faults().clear();
    let is_well = |row: &UploadRow| row.problem.is_none() && row.asked_at_ms > before.asked_at_ms;
    engine.wait_until(&[id], is_well).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_service_is_left_alone_for_as_long_as_it_asks() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let throttled = r#"{"errors":[{"message":"Rate limit exceeded","code":1675004}]}"#;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Feed, 200, throttled));
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Published).await;
    let snapshot = world.snapshot();
    let asked: Vec<u64> = snapshot
        .requests_to("GET", "/graph/graphql")
        .map(|request| request.at_ms)
        .collect();
    assert!(
        asked[1] - asked[0] >= waypost_mapillary::GRAPH_THROTTLE_WAIT_MS,
        "{asked:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_an_outage_and_a_missing_sign_in_are_different_words_on_the_row() {
    let throttled = r#"{"error":{"message":"Application request limit reached","type":"OAuthException","code":4}}"#;
    let login = r#"{"error":{"message":"Please log in","type":"OAuthException","code":368}}"#;
    let down = r#"{"error":{"message":"temporarily unavailable","type":"MLYApiException","code":2}}"#;
    for (status, body, wanted) in [
        (403, throttled, AskReason::Throttled),
        (400, login, AskReason::Throttled),
        (
            200,
            r#"{"errors":[{"message":"Rate limit exceeded","code":1675004}]}"#,
            AskReason::Throttled,
        ),
        (500, down, AskReason::Outage),
        (503, "", AskReason::Outage),
    ] {
        let world = World::start_with(|config| config.stage_ms = 1_000_000_000).await;
        let photos = world.photos("walk", 2, 0);
        world.sandbox.faults().push(Fault::answer(Endpoint::Feed, status, body));
        let engine = world.engine().await;
        let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
        let next_of = |row: &UploadRow| row.fate.as_ref().and_then(|fate| fate.next_ask);
        let is_put_off = |row: &UploadRow| next_of(row).is_some_and(|next| next.reason != AskReason::Timer);
        let row = engine.wait_until(&[id], is_put_off).await.unwrap().remove(0);
        assert_eq!(next_of(&row).unwrap().reason, wanted, "{status} {body}");
        let is_answered = |row: &UploadRow| next_of(row).is_some_and(|next| next.reason == AskReason::Timer);
        engine.wait_until(&[id], is_answered).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn above_95_percent_of_the_apps_requests_nothing_is_asked_about_anything_for_a_while() {
    let world = World::start_with(|config| config.stage_ms = 1_000_000_000).await;
    let engine = world.engine().await;
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        let photos = world.photos(name, 2, 0);
        ids.push(world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await);
    }
    let is_listed = |row: &UploadRow| !row.stages.is_empty();
    engine.wait_until(&ids, is_listed).await.unwrap();
    let empty =
        r#"{"data":{"fetch__User":{"feed":{"page_info":{"end_cursor":null,"has_next_page":false},"nodes":[]}}}}"#;
    let mut fault = Fault::answer(Endpoint::Feed, 200, empty);
    if let FaultAction::Answer(answer) = &mut fault.action {
        let usage = r#"{"call_count":96,"total_time":3}"#;
        answer.headers = vec![("x-app-usage".to_owned(), usage.to_owned())].into_iter().collect();
    }
    world.sandbox.faults().push(fault);
    let is_quiet = |row: &UploadRow| {
        let next = row.fate.as_ref().and_then(|fate| fate.next_ask);
        next.is_some_and(|next| next.reason == AskReason::Quota)
    };
    let rows = engine.wait_until(&ids, is_quiet).await.unwrap();
    let until_ms = rows[0].fate.as_ref().unwrap().next_ask.unwrap().at_ms;
    let asked = |world: &World| {
        let snapshot = world.snapshot();
        let feed: Vec<u64> = snapshot
            .requests_to("GET", "/graph/graphql")
            .map(|request| request.at_ms)
            .collect();
        feed
    };
    let before = asked(&world).len();
    let is_going_on = |row: &UploadRow| !is_quiet(row);
    engine.wait_until(&ids, is_going_on).await.unwrap();
    let after = asked(&world);
    assert!(i64::try_from(after[before]).unwrap() >= until_ms, "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_of_the_program_asks_at_once_about_everything_whose_end_is_not_known() {
    let world = World::start_with(|config| config.stage_ms = 1_000_000_000_000).await;
    let photos = world.photos("walk", 2, 0);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    engine
        .wait_until(&[id], |row: &UploadRow| row.asked_at_ms.is_some())
        .await
        .unwrap();
    engine.shutdown().await.unwrap();
    // After four weeks nobody would be asked by the timer any more.
    world.clock.advance_ms(28 * 24 * 3_600_000);
    let started_at_ms = i64::try_from(waypost_sandbox::Clock::now_ms(&*world.clock)).unwrap();
    let engine = world.engine_after_death().await;
    let is_asked = |row: &UploadRow| row.asked_at_ms.is_some_and(|at_ms| at_ms >= started_at_ms);
    let row = engine.wait_until(&[id], is_asked).await.unwrap().remove(0);
    assert_eq!(row.fate.unwrap().kind, FateKind::Overdue);
}

#[tokio::test(flavor = "multi_thread")]
async fn following_goes_on_after_a_restart() {
    let world = World::start_with(|config| config.stage_ms = 10_000_000).await;
    let photos = world.photos("walk", 2, 0);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Processing).await;
    assert_eq!(engine.shutdown().await.unwrap(), 0, "nothing is left to be sent");
    world.clock.advance_ms(100_000_000);
    let engine = world.engine_after_death().await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    assert_eq!(row.visible_count, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sign_in_following_says_so_and_goes_on_after_it() {
    let world = World::start_with(|config| config.stage_ms = 10_000_000).await;
    let photos = world.photos("walk", 2, 0);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Processing).await;
    world.tokens.sign_out();
    let says_so = |row: &UploadRow| {
        row.problem
            .as_ref()
            .is_some_and(|problem| problem.code == "not_signed_in")
    };
    engine.wait_until(&[id], says_so).await.unwrap();
    world.tokens.sign_in("ann").await;
    world.clock.advance_ms(100_000_000);
    engine.signed_in(&row.user_id.unwrap()).await.unwrap();
    wait_for(&engine, id, UploadState::Published).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_upload_of_old_photos_is_found_far_down_in_the_feed() {
    let world = World::start_with(|config| config.stage_ms = 0).await;
    let engine = world.engine().await;
    let mut ids = Vec::new();
    // The oldest photos are uploaded last and stand at the end of the feed.
    for number in (0..3_i64).rev() {
        let folder = world.folder.path().join(format!("walk {number}"));
        let photos = photos_in(&folder, 2, 0, 1_780_000_000_000 + number * 86_400_000 * 30);
        ids.push(world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await);
    }
    for id in &ids {
        wait_for(&engine, *id, UploadState::Published).await;
    }
    let cluster = engine.row(ids[2]).await.unwrap().cluster_id.unwrap();
    let token = world.tokens.token(None).await.unwrap();
    let client = world.client();
    let wanted = [cluster.clone()];
    let reading = read_feed(&client, &token.token, &token.user_id, &wanted, Some(1_780_000_000_000))
        .await
        .unwrap();
    assert!(reading.is_complete && reading.nodes.contains_key(&cluster));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_leads_in_a_circle_ends_and_proves_nothing() {
    let world = World::start().await;
    let page = r#"{"data":{"fetch__User":{"feed":{"page_info":{"end_cursor":"again","has_next_page":true},
        "nodes":[{"cluster_id":"1"},{"cluster_id":"1"},{"cluster_id":null},{}]}}}}"#;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Feed, 200, page).always());
    let token = world.tokens.token(None).await.unwrap();
    let wanted = ["2".to_owned()];
    let client = world.client();
    let reading = read_feed(&client, &token.token, &token.user_id, &wanted, None)
        .await
        .unwrap();
    assert!(!reading.is_complete);
    assert_eq!(reading.nodes.len(), 1);
    assert_eq!(world.snapshot().requests_to("GET", "/graph/graphql").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_is_refused_without_a_box_is_made_in_cells_of_the_allowed_size() {
    let world = World::start_with(|config| config.stage_ms = 0).await;
    let photos = world.photos("walk", 4, 0);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Published).await;
    let before = world.snapshot().requests_to("GET", "/graph/images").count();
    let refusal = r#"{"error":{"message":"a bbox is required","type":"MLYApiException","code":100}}"#;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Images, 400, refusal));
    let token = world.tokens.token(None).await.unwrap();
    let locations: Vec<LocalPhoto> = photos
        .iter()
        .map(|photo| LocalPhoto {
            captured_at_ms: photo.captured_at_ms,
            lat_deg: photo.lat_deg,
            lon_deg: photo.lon_deg,
        })
        .collect();
    let client = world.client();
    let found = find_photos(&client, &token.token, &token.username, &locations, |_| false, "v")
        .await
        .unwrap();
    assert_eq!(found.visible.count, 4);
    let snapshot = world.snapshot();
    let searches: Vec<_> = snapshot.requests_to("GET", "/graph/images").skip(before).collect();
    assert_eq!(searches.len(), 2, "{:#?}", requests(&snapshot));
    let bbox = searches[1]
        .query
        .iter()
        .find(|(key, _)| key == "bbox")
        .unwrap()
        .1
        .clone();
    let sides: Vec<f64> = bbox.split(',').map(|side| side.parse().unwrap()).collect();
    assert!((sides[0] - photos[0].lon_deg).abs() < 0.01, "longitude first: {bbox}");
    assert!(sides[2] - sides[0] <= 0.01 && sides[3] - sides[1] <= 0.01, "{bbox}");
    // Images that belong to another upload are never taken for these.
    let known: HashSet<String> = found.images.iter().map(|(_, id)| id.clone()).collect();
    let again = find_photos(
        &client,
        &token.token,
        &token.username,
        &locations,
        |id| known.contains(id),
        "v",
    )
    .await
    .unwrap();
    assert_eq!(again.visible.count, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_uploads_are_searched_for_at_once() {
    let world = World::start_with(|config| config.stage_ms = 1_000_000_000).await;
    let engine = world.engine().await;
    let mut ids = Vec::new();
    for day in 0..4_i64 {
        let folder = world.folder.path().join(format!("day {day}"));
        let photos = photos_in(&folder, 2, 0, 1_780_000_000_000 + day * 86_400_000);
        ids.push(world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await);
    }
    let is_listed = |row: &UploadRow| !row.stages.is_empty();
    engine.wait_until(&ids, is_listed).await.unwrap();
    engine.shutdown().await.unwrap();
    let before = world.snapshot().requests_to("GET", "/graph/images").count();
    // None of the first four searches is answered before the clock moves, and nobody moves it but this test.
    let held = Fault::new(Endpoint::Images, FaultAction::Delay { wait_ms: 3_600_000 });
    world.sandbox.faults().push(held.times(4));
    world.clock.advance_ms(4_000_000_000);
    let engine = world.engine_after_death().await;
    let arrived = || world.snapshot().requests_to("GET", "/graph/images").count() - before;
    let all = async {
        while arrived() < 4 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    // Only against a test that would never end.
    tokio::time::timeout(std::time::Duration::from_secs(60), all)
        .await
        .expect("the second search does not wait for the first");
    world.clock.advance_ms(3_600_000);
    for id in &ids {
        wait_for(&engine, *id, UploadState::Published).await;
    }
}
