//! What the network and the server do to bytes under way, and that every one of them arrives all the same.

mod upload_support;

use upload_support::{CHUNK_BYTES, World, new_upload, requests, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::{EngineConfig, FollowSettings};
use waypost_sandbox::{CannedAnswer, Endpoint, Fault, FaultAction, Garbage};
use waypost_wire::{UploadState, WaitReason};

/// Length of the zip that the photos make, bytes.
async fn zip_length(photos: &[waypost_core::package::SourcePhoto]) -> u64 {
    let photos = photos.to_vec();
    tokio::task::spawn_blocking(move || {
        use waypost_core::package::{Part, zip_part};
        zip_part(photos.into())
            .measure(&waypost_core::observe::Unobserved)
            .unwrap()
            .length_bytes
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_at_any_boundary_goes_on_where_the_server_stopped() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 12_000);
    let length = zip_length(&photos).await;
    let chunk = CHUNK_BYTES as u64;
    for cut in [
        0,
        1,
        chunk - 1,
        chunk,
        chunk + 1,
        2 * chunk,
        length / 2,
        length - 1,
        length,
    ] {
        let world = World::start().await;
        world
            .sandbox
            .faults()
            .push(Fault::drop_after(Endpoint::UploadSend, cut));
        let engine = world.engine().await;
        let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
        wait_for(&engine, id, UploadState::Published).await;
        world.assert_arrived_once(&photos);
        let snapshot = world.snapshot();
        let posts: Vec<_> = snapshot.requests_to("POST", "/upload/").collect();
        assert_eq!(posts.len(), 2, "cut after {cut}: {:#?}", requests(&snapshot));
        assert_eq!(posts[1].offset, Some(cut));
        assert_eq!(posts[1].body_bytes, length - cut, "nothing is sent twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn images_survive_cuts_each_on_its_own() {
    let world = World::start().await;
    let photos = world.photos("walk", 6, 12_000);
    for nth in [1, 2, 5] {
        world
            .sandbox
            .faults()
            .push(Fault::drop_after(Endpoint::UploadSend, 5_000).nth(nth));
    }
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Images)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
    assert_eq!(row.sent_bytes, row.total_bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_forgets_gets_everything_again_and_the_row_says_so() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 30_000);
    world
        .sandbox
        .faults()
        .push(Fault::drop_after(Endpoint::UploadSend, 40_000));
    world
        .sandbox
        .faults()
        .push(Fault::forget_session(Endpoint::UploadOffset).nth(2));
    let engine = world.engine().await;
    let mut events = engine.events();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
    let mut was_resending = false;
    while let Ok(event) = events.try_recv() {
        was_resending |= match event {
            waypost_wire::UploadEvent::Progress(progress) => progress.resending,
            waypost_wire::UploadEvent::Row(row) => row.resending,
            waypost_wire::UploadEvent::Removed(_) => false,
        };
    }
    assert!(was_resending);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disagreement_about_the_offset_is_settled_by_asking_again_at_once() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let body = r#"{"debug_info":{"retriable":true,"type":"OffsetInvalidError","message":"x"}}"#;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::UploadSend, 412, body).times(3));
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
    assert_eq!(world.snapshot().requests_to("GET", "/upload/").count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_agrees_ends_in_a_clear_failure() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let body = r#"{"debug_info":{"retriable":true,"type":"OffsetInvalidError","message":"x"}}"#;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::UploadSend, 412, body).always());
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Failed).await;
    assert_eq!(row.problem.unwrap().code, "server_status");
    assert_eq!(world.snapshot().requests_to("POST", "/upload/").count(), 21);

    world.sandbox.faults().clear();
    engine.retry(id).await.unwrap();
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wait_that_the_server_asks_for_is_kept() {
    for (backoff_ms, retry_after, expected_ms) in [
        (Some(7_000), None, 9_000),
        (None, Some("30".to_owned()), 32_000),
        (None, None, 12_000),
    ] {
        let world = World::start().await;
        let photos = world.photos("walk", 2, 0);
        let fault = Fault::throttle(Endpoint::UploadSend, backoff_ms, retry_after);
        world.sandbox.faults().push(fault);
        let engine = world.engine().await;
        let mut events = engine.events();
        let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
        wait_for(&engine, id, UploadState::Published).await;
        let mut waits = Vec::new();
        while let Ok(event) = events.try_recv() {
            if let waypost_wire::UploadEvent::Row(row) = event
                && let Some(waiting) = row.waiting
            {
                waits.push((waiting.reason, waiting.until_ms - row.since_ms, row.problem.unwrap()));
            }
        }
        assert_eq!(waits.len(), 1);
        let (reason, wait_ms, problem) = &waits[0];
        assert_eq!((*reason, *wait_ms), (WaitReason::RateLimited, expected_ms));
        assert_eq!(problem.code, "rate_limited");
        let snapshot = world.snapshot();
        let asked: Vec<_> = snapshot
            .requests_to("GET", "/upload/")
            .map(|request| request.at_ms)
            .collect();
        assert!(asked[1] - asked[0] >= u64::try_from(expected_ms).unwrap(), "{asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outages_of_any_kind_are_waited_out() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 9_000);
    let faults = world.sandbox.faults();
    faults.push(Fault::answer(Endpoint::Me, 503, ""));
    faults.push(Fault::answer(Endpoint::UploadOffset, 500, "oops").times(2));
    faults.push(Fault::lose_answer(Endpoint::UploadOffset).nth(4));
    faults.push(Fault::garbage(Endpoint::UploadOffset, Garbage::HtmlPage).nth(5));
    faults.push(Fault::lose_answer(Endpoint::UploadSend).nth(2));
    faults.push(Fault::answer(Endpoint::UploadSend, 502, "<html>bad gateway</html>").nth(3));
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Images)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
    assert_eq!(row.problem, None);
    assert_eq!(world.snapshot().faults_waiting, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_away_ends_after_the_given_number_of_attempts() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::UploadOffset, 500, "").always());
    let config = EngineConfig {
        max_attempts: 7,
        ..world.config()
    };
    let engine = world.engine_with(config).await.unwrap();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Failed).await;
    assert_eq!(row.problem.unwrap().code, "server_status");
    assert_eq!(world.snapshot().requests_to("GET", "/upload/").count(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_makes_no_sense_never_loses_a_byte() {
    for garbage in Garbage::ALL {
        for endpoint in [Endpoint::UploadOffset, Endpoint::UploadSend] {
            let world = World::start().await;
            let photos = world.photos("walk", 2, 0);
            world.sandbox.faults().push(Fault::garbage(endpoint, garbage));
            let engine = world.engine().await;
            let package = if endpoint == Endpoint::UploadSend {
                PackageKind::Images
            } else {
                PackageKind::Zip
            };
            let id = world.begin(&engine, new_upload(&photos, package)).await;
            let is_over =
                |row: &waypost_wire::UploadRow| matches!(row.state, UploadState::Failed | UploadState::Published);
            let rows = engine.wait_until(&[id], is_over).await.unwrap();
            if rows[0].state == UploadState::Failed {
                let problem = rows[0].problem.clone().unwrap();
                // A handle that is a number is only found out when it is to be finished.
                let is_named = ["unusable_answer", "server_status"].contains(&&*problem.code);
                assert!(is_named, "{garbage:?} from {endpoint:?}: {problem:?}");
                engine.retry(id).await.unwrap();
                wait_for(&engine, id, UploadState::Published).await;
            }
            world.assert_one_cluster_of(&photos);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offset_that_cannot_be_is_an_error_and_the_retry_takes_a_new_key() {
    for offset in ["99999999999", "-1", "\"12\"", "1.5"] {
        let world = World::start().await;
        let photos = world.photos("walk", 2, 0);
        let body = format!("{{\"offset\":{offset}}}");
        world
            .sandbox
            .faults()
            .push(Fault::answer(Endpoint::UploadOffset, 200, body));
        let engine = world.engine().await;
        let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
        let row = wait_for(&engine, id, UploadState::Failed).await;
        let code = row.problem.unwrap().code;
        engine.retry(id).await.unwrap();
        wait_for(&engine, id, UploadState::Published).await;
        world.assert_arrived_once(&photos);
        let session_key = world.snapshot().clusters[0].session_key.clone();
        if offset == "99999999999" {
            assert_eq!(code, "offset_beyond_end");
            assert!(session_key.starts_with("mly_tools_uuid_"), "{session_key}");
        } else {
            assert_eq!(code, "unusable_answer");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let elsewhere = World::start().await;
    let location = format!("{}/stolen", elsewhere.sandbox.info().upload);
    world
        .sandbox
        .faults()
        .push(Fault::redirect(Endpoint::UploadSend, location));
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Failed).await;
    assert_eq!(row.problem.unwrap().code, "redirect");
    assert_eq!(elsewhere.snapshot().requests_to("POST", "/upload").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_can_end_a_long_wait() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let hour = CannedAnswer {
        status: 503,
        headers: vec![("Retry-After".into(), "3600".into())],
        body: String::new(),
    };
    let fault = Fault::new(Endpoint::UploadOffset, FaultAction::Answer(hour));
    world.sandbox.faults().push(fault);
    let engine = waypost_core::upload::Engine::open(
        EngineConfig {
            follow: FollowSettings::practice("http://x/"),
            ..world.config()
        },
        std::sync::Arc::new(waypost_core::upload::HttpTransport::new(world.client())),
        world.tokens.clone(),
        // The clock of the computer: an hour is an hour.
        std::sync::Arc::new(waypost_core::ports::SystemClock),
        None,
    )
    .await
    .unwrap();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Waiting).await;
    assert_eq!(row.waiting.unwrap().reason, WaitReason::ServerError);
    engine.retry(id).await.unwrap();
    wait_for(&engine, id, UploadState::Processing).await;
    world.assert_arrived_once(&photos);
}
