//! `status`: stages, links, files, and what to do without an answer.

use waypost_sandbox::{Fault, Outcome, SandboxConfig};

use crate::support::{World, run};

#[tokio::test]
async fn it_waits_until_everything_is_published_and_gives_the_links() {
    let world = World::start_with(SandboxConfig {
        stage_ms: 200,
        ..SandboxConfig::default()
    })
    .await;
    world.photos("walk", 2);
    world
        .run(&["process_and_upload", "walk"])
        .await
        .ends_with(0)
        .says(&["taken by Mapillary"]);
    let said = world.run(&["status", "--wait", "--files"]).await.ends_with(0).says(&[
        "1 · walk · 1 · 2 images · published",
        "/app/?pKey=",
        "(2 images)",
        "published ",
        "G0010001.JPG",
    ]);
    assert_eq!(said.stdout, "");
    // What is known needs nobody to be asked.
    let asked = world.snapshot().requests.len();
    run(&mut world.signed_out(&["status", "1", "--offline"]))
        .await
        .ends_with(0)
        .says(&["published"]);
    assert_eq!(world.snapshot().requests.len(), asked);
}

#[tokio::test]
async fn without_a_sign_in_or_a_network_it_says_what_is_known() {
    let world = World::start_with(SandboxConfig {
        stage_ms: 3_600_000,
        ..SandboxConfig::default()
    })
    .await;
    world.photos("walk", 2);
    world.run(&["process_and_upload", "walk"]).await.ends_with(0);
    run(&mut world.signed_out(&["status"])).await.ends_with(0).says(&[
        "Mapillary could not be asked: nobody is signed in",
        "taken by Mapillary",
    ]);
    let mut unreachable = world.waypost(&["status"]);
    unreachable.env("MAPILLARY_GRAPH_API_ENDPOINT", "http://127.0.0.1:9/");
    run(&mut unreachable)
        .await
        .ends_with(0)
        .says(&["Mapillary could not be asked", "taken by Mapillary"]);
}

#[tokio::test]
async fn an_upload_that_mapillary_failed_says_so_and_how_to_go_on() {
    let world = World::start().await;
    world.photos("walk", 2);
    let failed = Outcome {
        feed_fields: [("error_code".to_owned(), "CORRUPT".to_owned())].into(),
        visible_images: Some(0),
        ..Outcome::default()
    };
    world.sandbox.faults().push(Fault::processing(failed));
    world
        .run(&["process_and_upload", "walk", "--wait"])
        .await
        .ends_with(1)
        .says(&["could not process this upload", "--reupload"]);
    world
        .run(&["status", "--wait"])
        .await
        .ends_with(1)
        .says(&["1 · walk · 1 · 2 images · failed"]);
    world
        .run(&["process_and_upload", "walk", "--reupload", "--wait"])
        .await
        .ends_with(0);
}

#[tokio::test]
async fn an_upload_that_does_not_exist_is_no_empty_list() {
    let world = World::start().await;
    world.run(&["status"]).await.ends_with(0).says(&["no uploads yet"]);
    world
        .run(&["status", "7"])
        .await
        .ends_with(2)
        .says(&["there is no upload number 7"]);
}
