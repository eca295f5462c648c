//! Stopping and going on: Ctrl-C, SIGTERM, a second start, and decisions that only a person can take.

use tokio::process::Child;
use waypost_sandbox::{Endpoint, Fault, SandboxConfig};

use crate::support::{World, ended, run, signal, until};

/// Starts an upload that is held in the middle: the line to the first session stays silent.
async fn held_upload(world: &World, folder: &str) -> Child {
    world
        .sandbox
        .faults()
        .push(Fault::delay(Endpoint::UploadSend, u64::MAX));
    let child = world.waypost(&["process_and_upload", folder]).spawn().unwrap();
    until("bytes on their way", || world.request_count("POST", "/upload/") > 0).await;
    child
}

#[tokio::test]
async fn a_signal_ends_in_order_and_the_same_command_goes_on() {
    for name in ["INT", "TERM"] {
        let world = World::start().await;
        world.photos("walk", 3);
        let child = held_upload(&world, "walk").await;
        signal(&child, name);
        let said = ended(child)
            .await
            .ends_with(130)
            .says(&["stopped", "1 upload will go on next time."]);
        assert!(
            said.stderr.trim_end().ends_with("1 upload will go on next time."),
            "{said:#?}"
        );
        assert_eq!(world.report()["unfinished"], 1);
        world
            .run(&["process_and_upload", "walk"])
            .await
            .ends_with(0)
            .says(&["walk · 1: goes on as upload 1"]);
        assert_eq!(world.clusters().len(), 1);
        assert_eq!(world.snapshot().violations, Vec::<String>::new());
    }
}

#[tokio::test]
async fn two_uploads_that_are_being_sent_are_both_counted_at_the_end_and_both_go_on() {
    let world = World::start().await;
    world.photos("one", 2);
    world.photos("two", 3);
    let both = ["process_and_upload", "one", "two"];
    let silent = Fault::delay(Endpoint::UploadSend, u64::MAX).times(2);
    world.sandbox.faults().push(silent);
    let child = world.waypost(&both).spawn().unwrap();
    until("both on their way", || world.request_count("POST", "/upload/") == 2).await;
    signal(&child, "TERM");
    let said = ended(child).await.ends_with(130);
    assert!(
        said.stderr.trim_end().ends_with("2 uploads will go on next time."),
        "{said:#?}"
    );
    assert_eq!(world.report()["unfinished"], 2);
    assert_eq!(world.clusters().len(), 0);

    let said = world.run(&both).await.ends_with(0);
    for upload_id in [1, 2] {
        assert!(
            said.stderr.contains(&format!("goes on as upload {upload_id}")),
            "{said:#?}"
        );
    }
    let mut sizes: Vec<usize> = world.clusters().iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [2, 3]);
    assert_eq!(world.snapshot().violations, Vec::<String>::new());
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let world = World::start().await;
    world.photos("walk", 3);
    world
        .sandbox
        .faults()
        .push(Fault::delay(Endpoint::FinishUpload, u64::MAX));
    let child = world.waypost(&["process_and_upload", "walk"]).spawn().unwrap();
    until("the finish", || world.request_count("POST", "/graph/finish_upload") > 0).await;
    // An orderly end waits for the answer to a finish, for that decides whether it is sent again.
    signal(&child, "INT");
    signal(&child, "TERM");
    let said = ended(child).await;
    assert_eq!(said.code, Some(130), "{said:#?}");
}

#[tokio::test]
async fn what_an_earlier_run_left_goes_on_with_the_next_one() {
    let world = World::start().await;
    world.photos("one", 2);
    world.photos("two", 3);
    let mut child = held_upload(&world, "one").await;
    child.kill().await.unwrap();
    world
        .run(&["process_and_upload", "two"])
        .await
        .ends_with(0)
        .says(&["1 upload of an earlier run goes on too"]);
    let mut sizes: Vec<usize> = world.clusters().iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [2, 3]);
}

#[tokio::test]
async fn beside_a_running_upload_nothing_is_sent_and_the_status_is_told() {
    let world = World::start().await;
    world.photos("one", 2);
    world.photos("two", 2);
    let child = held_upload(&world, "one").await;
    world
        .run(&["process_and_upload", "two"])
        .await
        .ends_with(1)
        .says(&["another Waypost is running", "`waypost status` works beside it"]);
    run(&mut world.waypost(&["status"]))
        .await
        .ends_with(0)
        .says(&["1 · one · 1 · 2 images · not finished"]);
    signal(&child, "INT");
    ended(child).await.ends_with(130);
}

#[tokio::test]
async fn status_asks_and_never_sends() {
    let world = World::start().await;
    world.photos("walk", 2);
    let child = held_upload(&world, "walk").await;
    signal(&child, "INT");
    ended(child).await.ends_with(130);
    let posts = world.request_count("POST", "/upload/");
    world
        .run(&["status", "--wait"])
        .await
        .ends_with(1)
        .says(&["not finished", "the same upload command goes on"]);
    assert_eq!(world.request_count("POST", "/upload/"), posts);
    assert_eq!(world.clusters().len(), 0);
}

/// A practice Mapillary that shows nothing of what it took during the test.
async fn slow_world() -> World {
    World::start_with(SandboxConfig {
        stage_ms: 3_600_000,
        ..SandboxConfig::default()
    })
    .await
}

#[tokio::test]
async fn a_finish_that_nobody_answered_is_settled_by_the_person() {
    let world = slow_world().await;
    world.photos("walk", 2);
    // Carried out, the answer lost, the feed closed, and nothing to be seen yet.
    let faults = world.sandbox.faults();
    faults.push(Fault::lose_answer(Endpoint::FinishUpload));
    faults.push(Fault::answer(Endpoint::Feed, 403, "{}").always());
    world
        .run(&["process_and_upload", "walk"])
        .await
        .ends_with(17)
        .says(&["not known whether Mapillary has taken", "waypost settle NUMBER --taken"]);
    assert_eq!(world.clusters().len(), 1);
    // Asking again neither sends nor finishes anything.
    world.run(&["process_and_upload", "walk"]).await.ends_with(17);
    assert_eq!(world.clusters().len(), 1);

    world.run(&["settle", "1"]).await.ends_with(2);
    world
        .run(&["settle", "7", "--taken"])
        .await
        .ends_with(2)
        .says(&["no upload number 7"]);
    world
        .run(&["settle", "1", "--taken"])
        .await
        .ends_with(0)
        .says(&["taken by Mapillary"]);
    world.sandbox.faults().clear();
    world.run(&["status"]).await.says(&["taken by Mapillary"]);
    assert_eq!(world.clusters().len(), 1);
}

#[tokio::test]
async fn a_finish_that_never_came_through_is_sent_again_when_the_person_says_so() {
    let world = slow_world().await;
    world.photos("walk", 2);
    let faults = world.sandbox.faults();
    // The line drops before the service reads the request; nobody can tell that from the other side.
    faults.push(Fault::drop_after(Endpoint::FinishUpload, 0));
    faults.push(Fault::answer(Endpoint::Feed, 403, "{}").always());
    world.run(&["process_and_upload", "walk"]).await.ends_with(17);
    assert_eq!(world.clusters().len(), 0);
    world.run(&["settle", "1", "--finish_again"]).await.ends_with(0);
    assert_eq!(world.clusters().len(), 1);
}

#[tokio::test]
async fn an_upload_is_given_up_when_the_person_says_so() {
    let world = World::start().await;
    world.photos("walk", 2);
    world
        .run(&["process_and_upload", "walk", "--nofinish"])
        .await
        .ends_with(0);
    world
        .run(&["settle", "1", "--give_up"])
        .await
        .ends_with(0)
        .says(&["given up"]);
    world
        .run(&["settle", "1", "--give_up"])
        .await
        .ends_with(1)
        .says(&["upload 1 cannot cancel while it is cancelled"]);
    // Asked for again, it is a new one.
    world.run(&["process_and_upload", "walk"]).await.ends_with(0);
    assert_eq!(world.clusters().len(), 1);
}
