//! Finish exactly once: whatever happens to the request or its answer, one upload makes one cluster.

mod upload_support;

use upload_support::ledger::{Wanted, look};
use upload_support::{World, new_upload, requests, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::FollowSettings;
use waypost_sandbox::{Endpoint, Fault, FaultAction, Garbage, Outcome};
use waypost_testkit::table::Row;
use waypost_wire::{UploadAction, UploadRow, UploadState};

fn finishes(world: &World) -> usize {
    world.snapshot().requests_to("POST", "/graph/finish_upload").count()
}

/// Sends three photos with these faults; returns the row once it is published or asks the person.
async fn sent_with(world: &World, faults: Vec<Fault>, package: PackageKind) -> UploadRow {
    let (row, _) = counted_with(world, faults, package).await;
    row
}

/// The same, with what was counted after it.
async fn counted_with(world: &World, faults: Vec<Fault>, package: PackageKind) -> (UploadRow, Row) {
    let photos = world.photos("walk", 3, 0);
    let wanted = [Wanted::new(&photos, package)];
    let at = format!("{package:?} {faults:?}");
    for fault in faults {
        world.sandbox.faults().push(fault);
    }
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, package)).await;
    let is_over = |row: &UploadRow| {
        let asks = row.actions.contains(&UploadAction::RetryFinish);
        asks || matches!(row.state, UploadState::Published | UploadState::Failed)
    };
    let rows = engine.wait_until(&[id], is_over).await.unwrap();
    engine.shutdown().await.unwrap();
    (rows[0].clone(), look(world, &wanted, &at))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_after_the_commit_makes_one_cluster_without_a_second_request() {
    let mut counted = Row::new("finish: answer lost or replaced after the commit");
    for package in [PackageKind::Zip, PackageKind::Images] {
        for fault in [
            Fault::lose_answer(Endpoint::FinishUpload),
            Fault::answer_after_commit(Endpoint::FinishUpload, 500, ""),
            Fault::answer_after_commit(Endpoint::FinishUpload, 502, "<html>bad gateway</html>"),
            Fault::answer_after_commit(Endpoint::FinishUpload, 200, "{}"),
            Fault::answer_after_commit(Endpoint::FinishUpload, 200, r#"{"cluster_id":null}"#),
            Fault::answer_after_commit(Endpoint::FinishUpload, 200, "not json"),
            Fault::answer_after_commit(Endpoint::FinishUpload, 200, r#"{"cluster_id":-1}"#),
            // A page that came in the place of the answer, on its way back.
            Fault::answer_after_commit(Endpoint::FinishUpload, 200, "<!doctype html><title>Proxy</title>"),
        ] {
            let world = World::start().await;
            let (row, played) = counted_with(&world, vec![fault.clone()], package).await;
            counted.add(&played);
            assert_eq!(row.state, UploadState::Published, "{fault:?}: {row:#?}");
            let snapshot = world.snapshot();
            assert_eq!(snapshot.clusters.len(), 1, "{fault:?}: {:#?}", requests(&snapshot));
            assert_eq!(finishes(&world), 1, "{fault:?}");
            assert_eq!(row.cluster_id.as_deref(), Some(snapshot.clusters[0].id.as_str()));
        }
    }
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_cannot_be_told_the_person_is_asked_with_the_evidence_and_nothing_is_doubled() {
    let closed = r#"{"errors":[{"message":"not allowed","code":10}]}"#;
    let mut counted = Row::new("finish: unanswered, and the feed is closed");
    for package in [PackageKind::Zip, PackageKind::Images] {
        for fault in [
            Fault::lose_answer(Endpoint::FinishUpload),
            Fault::answer_after_commit(Endpoint::FinishUpload, 500, ""),
            Fault::answer(Endpoint::FinishUpload, 500, ""),
            Fault::drop_after(Endpoint::FinishUpload, 10),
        ] {
            let world = World::start().await;
            let faults = vec![fault, Fault::answer(Endpoint::Feed, 200, closed).always()];
            let (row, played) = counted_with(&world, faults, package).await;
            assert_eq!((row.state, played.asked), (UploadState::FinishUnknown, 1), "{row:#?}");
            assert!(row.problem.unwrap().message.contains("of 3 photos"));
            assert_eq!(finishes(&world), 1);
            counted.add(&played);
        }
    }
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finish_that_never_was_carried_out_is_sent_again_after_looking() {
    let mut counted = Row::new("finish: request lost or refused before the commit");
    for fault in [
        Fault::drop_after(Endpoint::FinishUpload, 1_000),
        Fault::answer(Endpoint::FinishUpload, 500, "oops"),
        Fault::garbage(Endpoint::FinishUpload, Garbage::EmptyObject),
        Fault::garbage(Endpoint::FinishUpload, Garbage::TruncatedJson),
        Fault::garbage(Endpoint::FinishUpload, Garbage::HtmlPage),
    ] {
        let world = World::start().await;
        let (row, played) = counted_with(&world, vec![fault.clone()], PackageKind::Zip).await;
        counted.add(&played);
        assert_eq!(row.state, UploadState::Published, "{fault:?}: {row:#?}");
        assert_eq!(world.snapshot().clusters.len(), 1, "{fault:?}");
        assert_eq!(finishes(&world), 2, "{fault:?}");
        let looked = world.snapshot().requests_to("GET", "/graph/graphql").count();
        assert!(
            looked >= world.config().follow.settle_waits_ms.len(),
            "{fault:?}: {looked}"
        );
    }
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finish_that_the_service_put_off_is_sent_again_without_looking() {
    let world = World::start().await;
    let faults = vec![Fault::throttle(Endpoint::FinishUpload, None, Some("5".into())).times(2)];
    let row = sent_with(&world, faults, PackageKind::Zip).await;
    assert_eq!(row.state, UploadState::Published);
    assert_eq!((world.snapshot().clusters.len(), finishes(&world)), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finish_that_the_service_refuses_is_a_failure_and_the_retry_asks_for_new_handles() {
    for package in [PackageKind::Zip, PackageKind::Images] {
        let world = World::start().await;
        let photos = world.photos("walk", 2, 0);
        let body = r#"{"error":{"message":"no such handle","type":"MLYApiException","code":100}}"#;
        world
            .sandbox
            .faults()
            .push(Fault::answer(Endpoint::FinishUpload, 400, body));
        let engine = world.engine().await;
        let id = world.begin(&engine, new_upload(&photos, package)).await;
        let row = wait_for(&engine, id, UploadState::Failed).await;
        let problem = row.problem.unwrap();
        assert_eq!(problem.code, "server_status");
        assert!(problem.message.contains("no such handle"), "{}", problem.message);
        let asked_before = world.snapshot().requests_to("GET", "/upload/").count();
        engine.retry(id).await.unwrap();
        wait_for(&engine, id, UploadState::Published).await;
        world.assert_arrived_once(&photos);
        let asked = world.snapshot().requests_to("GET", "/upload/").count() - asked_before;
        assert_eq!(asked, if package == PackageKind::Zip { 1 } else { 3 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_feed_is_closed_the_person_is_asked_and_nothing_is_doubled() {
    let closed = r#"{"errors":[{"message":"not allowed","code":10}]}"#;
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    world.sandbox.faults().push(Fault::lose_answer(Endpoint::FinishUpload));
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Feed, 200, closed).always());
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let asks = |row: &UploadRow| row.actions.contains(&UploadAction::RetryFinish);
    let row = engine.wait_until(&[id], asks).await.unwrap().remove(0);
    assert_eq!(row.state, UploadState::FinishUnknown);
    let problem = row.problem.unwrap();
    assert_eq!(problem.code, "finish_doubtful");
    assert!(problem.message.contains("of 2 photos"), "{}", problem.message);
    assert_eq!(engine.cancel(id).await.unwrap_err().code(), "wrong_state");
    assert_eq!(finishes(&world), 1);

    // A restart changes nothing about it: it still waits for the person.
    engine.shutdown().await.unwrap();
    let engine = world.engine_after_death().await;
    assert!(asks(&engine.row(id).await.unwrap()));
    engine.mark_taken(id).await.unwrap();
    let row = wait_for(&engine, id, UploadState::Published).await;
    assert_eq!((row.cluster_id, row.visible_count), (None, Some(2)));
    assert_eq!(row.links.len(), 1);
    assert_eq!((finishes(&world), world.snapshot().clusters.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_can_say_that_it_was_not_taken() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let closed = r#"{"errors":[{"message":"not allowed","code":10}]}"#;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::FinishUpload, 500, ""));
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Feed, 200, closed).always());
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let asks = |row: &UploadRow| row.actions.contains(&UploadAction::RetryFinish);
    engine.wait_until(&[id], asks).await.unwrap();
    engine.retry_finish(id).await.unwrap();
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_unknown_finishes_of_the_same_time_are_not_taken_for_each_other() {
    let world = World::start().await;
    let photos = world.photos("walk", 4, 0);
    world
        .sandbox
        .faults()
        .push(Fault::lose_answer(Endpoint::FinishUpload).times(1));
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::FinishUpload, 500, "").times(1).nth(2));
    let engine = world.engine().await;
    // The same photos twice, as two uploads: nothing in the feed could tell one from the other.
    let fresh = waypost_core::upload::NewUpload {
        fresh_key: true,
        ..new_upload(&photos, PackageKind::Zip)
    };
    let first = world.begin(&engine, fresh.clone()).await;
    let second = world.begin(&engine, fresh).await;
    let is_over = |row: &UploadRow| {
        let asks = row.actions.contains(&UploadAction::RetryFinish);
        asks || matches!(row.state, UploadState::Published)
    };
    let rows = engine.wait_until(&[first, second], is_over).await.unwrap();
    let clusters = world.snapshot().clusters.len();
    let published = rows.iter().filter(|row| row.state == UploadState::Published).count();
    assert!(clusters <= 2 && published <= clusters, "{rows:#?}");
    for row in rows.iter().filter(|row| row.state == UploadState::FinishUnknown) {
        let message = row.problem.clone().unwrap().message;
        assert!(message.contains("could be it"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_goes_on_until_the_service_can_be_asked() {
    let world = World::start().await;
    let outage = Fault::answer(Endpoint::Feed, 503, "").times(6);
    let row = sent_with(
        &world,
        vec![Fault::lose_answer(Endpoint::FinishUpload), outage],
        PackageKind::Zip,
    )
    .await;
    assert_eq!(row.state, UploadState::Published, "{row:#?}");
    assert_eq!((world.snapshot().clusters.len(), finishes(&world)), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_shows_up_late_is_still_found() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    world.sandbox.faults().push(Fault::lose_answer(Endpoint::FinishUpload));
    let empty =
        r#"{"data":{"fetch__User":{"feed":{"page_info":{"end_cursor":null,"has_next_page":false},"nodes":[]}}}}"#;
    let looks = FollowSettings::service().settle_waits_ms.len();
    let late = Fault::answer(Endpoint::Feed, 200, empty).times(u32::try_from(looks).unwrap() - 1);
    world.sandbox.faults().push(late);
    let mut config = world.config();
    config.follow.settle_waits_ms = FollowSettings::service().settle_waits_ms;
    let engine = world.engine_with(config).await.unwrap();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
    assert_eq!(finishes(&world), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_mapillary_failed_is_sent_again_only_when_asked_and_as_a_new_session() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let outcome = Outcome {
        feed_fields: [("error_code".to_owned(), "TOO_DARK".to_owned())].into(),
        visible_images: Some(0),
        ..Outcome::default()
    };
    let fault = Fault::new(Endpoint::FinishUpload, FaultAction::Processing(outcome));
    world.sandbox.faults().push(fault);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Failed).await;
    let problem = row.problem.unwrap();
    assert_eq!(problem.code, "processing_failed");
    assert!(problem.message.contains("TOO_DARK"), "{}", problem.message);
    assert_eq!(finishes(&world), 1);

    engine.retry(id).await.unwrap();
    wait_for(&engine, id, UploadState::Published).await;
    let snapshot = world.snapshot();
    assert_eq!(snapshot.clusters.len(), 2, "a new upload, because the person wanted it");
    assert_ne!(snapshot.clusters[0].session_key, snapshot.clusters[1].session_key);
}
