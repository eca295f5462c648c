//! `upload`, `process_and_upload` and `zip`: what arrives, once.

use crate::support::{World, run, run_with_input, text};

#[tokio::test]
async fn described_photos_are_sent_in_either_package() {
    for package in ["zip", "images"] {
        let world = World::start().await;
        world.photos("walk", 3);
        run(&mut world.signed_out(&["process", "walk"])).await.ends_with(0);
        world
            .run(&["upload", "walk", "--package", package, "--wait"])
            .await
            .ends_with(0)
            .says(&["published", "sent "]);
        assert_eq!(world.clusters(), [["G0010001.JPG", "G0010002.JPG", "G0010003.JPG"]]);
        let snapshot = world.snapshot();
        let kind = if package == "zip" { "zip" } else { "mly_bundle_manifest" };
        assert_eq!(snapshot.clusters[0].file_type, kind);
        assert_eq!(snapshot.violations, Vec::<String>::new());
        let report = world.report();
        assert_eq!(report["uploads"][0]["state"], "published");
        assert_eq!(report["files"].as_array().unwrap().len(), 3);
        assert_eq!(report["files"][0]["outcome"], "published");
        assert!(report["sentBytes"].as_u64().unwrap() > 0);
    }
}

#[tokio::test]
async fn called_as_mapillary_tools_images_go_one_by_one() {
    let world = World::start().await;
    world.photos("walk", 2);
    let name = world.path("mapillary_tools");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_waypost"), &name).unwrap();
    let mut command = world.program(&name, &["process_and_upload", "walk"]);
    run(command.env("WAYPOST_USER_TOKEN", &world.token)).await.ends_with(0);
    assert_eq!(world.snapshot().clusters[0].file_type, "mly_bundle_manifest");
    // An option says otherwise.
    let mut command = world.program(&name, &["process_and_upload", "walk", "--reupload", "--package", "zip"]);
    run(command.env("WAYPOST_USER_TOKEN", &world.token)).await.ends_with(0);
    assert_eq!(world.snapshot().clusters[1].file_type, "zip");
}

#[tokio::test]
async fn reading_and_sending_in_one_go_takes_zips_along_and_stops_at_files_it_cannot_use() {
    let world = World::start().await;
    world.photos("card/walk", 2);
    world.photos("other", 3);
    run(&mut world.signed_out(&["process", "other"])).await.ends_with(0);
    run(&mut world.signed_out(&["zip", "other", "card/zips"]))
        .await
        .ends_with(0);
    world.photo("card/walk/bad.jpg", |photo| photo.lat_deg = None);

    world
        .run(&["process_and_upload", "card"])
        .await
        .ends_with(6)
        .says(&["nothing was sent"]);
    assert_eq!(world.request_count("POST", "/upload/"), 0);

    world
        .run(&["process_and_upload", "card", "--skip_process_errors"])
        .await
        .ends_with(0)
        .says(&["read 3 files: 2 photos ready in 1 sequence"]);
    let mut sizes: Vec<usize> = world.clusters().iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [2, 3]);
    assert!(!world.path("card/mapillary_image_description.json").exists());
}

#[tokio::test]
async fn a_zip_is_byte_for_byte_what_its_photos_would_have_been() {
    let world = World::start().await;
    world.photos("walk", 3);
    run(&mut world.signed_out(&["process", "walk"])).await.ends_with(0);
    run(&mut world.signed_out(&["zip", "walk", "zips"]))
        .await
        .ends_with(0)
        .says(&["3 photos"]);
    world.run(&["upload", "walk"]).await.ends_with(0);
    let key = world.snapshot().clusters[0].session_key.clone();
    assert!(world.path("zips").join(&key).is_file(), "{key}");

    // So it counts as sent, and is sent all the same when that is asked for.
    world
        .run(&["upload", "zips"])
        .await
        .ends_with(0)
        .says(&["was sent before (upload 1); --reupload sends it again"]);
    assert_eq!(world.clusters().len(), 1);
    world.run(&["upload", "zips", "--reupload"]).await.ends_with(0);
    assert_eq!(world.clusters().len(), 2);
    assert_eq!(world.snapshot().violations, Vec::<String>::new());
}

#[tokio::test]
async fn a_zip_that_cannot_be_sent_does_not_stop_the_rest() {
    let world = World::start().await;
    world.photos("walk", 2);
    run(&mut world.signed_out(&["process", "walk"])).await.ends_with(0);
    run(&mut world.signed_out(&["zip", "walk", "zips"])).await.ends_with(0);
    std::fs::write(world.path("zips/holiday.zip"), b"no zip").unwrap();
    world
        .run(&["upload", "zips"])
        .await
        .ends_with(6)
        .says(&["holiday.zip cannot be uploaded: it is no zip", "1 file cannot be used"]);
    assert_eq!(world.clusters().len(), 1);
}

#[tokio::test]
async fn nothing_is_sent_twice_unless_that_is_asked_for() {
    let world = World::start().await;
    world.photos("walk", 3);
    world.run(&["process_and_upload", "walk"]).await.ends_with(0);
    let posts = world.request_count("POST", "/upload/");
    world
        .run(&["process_and_upload", "walk"])
        .await
        .ends_with(0)
        .says(&["was sent before (upload 1)", "sent before and left out: 3 files"]);
    assert_eq!(world.request_count("POST", "/upload/"), posts);
    assert_eq!(world.clusters().len(), 1);

    world
        .run(&["process_and_upload", "walk", "--reupload"])
        .await
        .ends_with(0);
    assert_eq!(world.clusters().len(), 2);
}

#[tokio::test]
async fn bytes_without_a_finish_are_left_until_one_is_asked_for() {
    let world = World::start().await;
    world.photos("walk", 3);
    for _ in 0..2 {
        world
            .run(&["process_and_upload", "walk", "--nofinish"])
            .await
            .ends_with(0)
            .says(&["all bytes are there, not handed over"]);
        assert_eq!(world.clusters().len(), 0);
    }
    let posts = world.request_count("POST", "/upload/");
    world.run(&["process_and_upload", "walk"]).await.ends_with(0);
    assert_eq!(world.clusters().len(), 1);
    assert_eq!(world.request_count("POST", "/upload/"), posts);
}

#[tokio::test]
async fn a_fresh_start_resumes_nothing_and_still_makes_one_upload() {
    let world = World::start().await;
    world.photos("walk", 3);
    world
        .run(&["process_and_upload", "walk", "--nofinish"])
        .await
        .ends_with(0);
    world
        .run(&["process_and_upload", "walk", "--noresume"])
        .await
        .ends_with(0);
    let snapshot = world.snapshot();
    assert_eq!(snapshot.clusters.len(), 1);
    let key = &snapshot.clusters[0].session_key;
    assert!(key.starts_with("mly_tools_uuid_"), "{key}");
    world.run(&["process_and_upload", "walk"]).await.ends_with(0);
    assert_eq!(world.clusters().len(), 1);
}

#[tokio::test]
async fn an_upload_goes_to_the_organisation_that_was_named() {
    let world = World::start().await;
    world.photos("walk", 2);
    let id = world.sandbox.organization_id().to_owned();
    world
        .run(&["process_and_upload", "walk", "--organization_key", "404404"])
        .await
        .ends_with(16);
    assert_eq!(world.request_count("POST", "/upload/"), 0);
    world
        .run(&["process_and_upload", "walk", "--organization_key", &id])
        .await
        .ends_with(0);
    assert_eq!(
        world.snapshot().clusters[0].organization_id.as_deref(),
        Some(id.as_str())
    );
}

#[tokio::test]
async fn a_description_is_taken_from_standard_input() {
    let world = World::start().await;
    let folder = world.photos("walk", 3);
    let description = run(&mut world.signed_out(&["process", "walk", "--desc_path", "-"]))
        .await
        .ends_with(0)
        .stdout;
    run_with_input(
        &mut world.waypost(&["upload", text(&folder), "--desc_path", "-"]),
        description.as_bytes(),
    )
    .await
    .ends_with(0);
    assert_eq!(world.clusters(), [["G0010001.JPG", "G0010002.JPG", "G0010003.JPG"]]);
}

#[tokio::test]
async fn only_described_photos_below_the_given_paths_are_sent() {
    let world = World::start().await;
    world.photos("card/one", 2);
    world.photos("card/two", 3);
    run(&mut world.signed_out(&["process", "card"])).await.ends_with(0);
    world
        .run(&[
            "upload",
            "card/two",
            "--desc_path",
            "card/mapillary_image_description.json",
        ])
        .await
        .ends_with(0);
    assert_eq!(world.clusters().iter().map(Vec::len).collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn described_photos_that_are_gone_are_named_and_the_rest_is_sent() {
    let world = World::start().await;
    let folder = world.photos("walk", 3);
    run(&mut world.signed_out(&["process", "walk"])).await.ends_with(0);
    std::fs::remove_file(folder.join("G0010002.JPG")).unwrap();
    world.run(&["upload", "walk"]).await.ends_with(6).says(&[
        "G0010002.JPG is in the description but cannot be opened",
        "The rest was sent",
    ]);
    assert_eq!(world.clusters(), [["G0010001.JPG", "G0010003.JPG"]]);
}
