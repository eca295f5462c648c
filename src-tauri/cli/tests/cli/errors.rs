//! What goes wrong outside: a sentence, a way on, and the exit code that mapillary_tools 0.14.7 has for it.

use waypost_sandbox::{Endpoint, Fault, Garbage};

use crate::support::{World, run};

#[tokio::test]
async fn paths_that_are_not_there_are_named() {
    let world = World::start().await;
    world.photos("walk", 2);
    run(&mut world.signed_out(&["process", "nowhere"]))
        .await
        .ends_with(3)
        .says(&["nowhere does not exist"]);
    world
        .run(&["upload", "nowhere"])
        .await
        .ends_with(3)
        .says(&["nowhere does not exist"]);
    world
        .run(&["upload", "walk"])
        .await
        .ends_with(3)
        .says(&["mapillary_image_description.json does not exist", "waypost process"]);
    run(&mut world.signed_out(&["zip", "nowhere", "zips"]))
        .await
        .ends_with(3);
    run(&mut world.signed_out(&["zip", "walk", "zips"])).await.ends_with(3);
    world
        .run(&["upload", "walk/G0010001.JPG"])
        .await
        .ends_with(2)
        .says(&["--desc_path", "where several paths or a single file are given"]);
}

#[tokio::test]
async fn a_description_that_is_none_or_breaks_the_rules_is_told_apart() {
    let world = World::start().await;
    world.photos("walk", 2);
    let description = world.path("walk/mapillary_image_description.json");
    std::fs::write(&description, "no json").unwrap();
    world
        .run(&["upload", "walk"])
        .await
        .ends_with(4)
        .says(&["is not a description file"]);
    std::fs::write(&description, r#"[{"filetype": "image", "filename": "a.jpg"}]"#).unwrap();
    world.run(&["upload", "walk"]).await.ends_with(15).says(&["entry 1 of"]);
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_or_does_not_know_the_token() {
    let world = World::start().await;
    world.photos("walk", 2);
    let upload = ["process_and_upload", "walk"];
    let mut unreachable = world.waypost(&upload);
    unreachable.env("MAPILLARY_GRAPH_API_ENDPOINT", "http://127.0.0.1:9/");
    run(&mut unreachable)
        .await
        .ends_with(12)
        .says(&["127.0.0.1:9", "start the same command once more"]);
    let mut unknown_name = world.waypost(&upload);
    unknown_name.env("MAPILLARY_GRAPH_API_ENDPOINT", "https://graph.invalid/");
    run(&mut unknown_name).await.ends_with(12).says(&["graph.invalid"]);
    let mut wrong = world.signed_out(&upload);
    wrong.env("WAYPOST_USER_TOKEN", "wrong-token");
    let said = run(&mut wrong)
        .await
        .ends_with(14)
        .says(&["does not accept this token", "WAYPOST_USER_TOKEN holds it"]);
    assert!(!said.stderr.contains("wrong-token"), "{said:#?}");
    run(&mut world.signed_out(&upload)).await.ends_with(14).says(&[
        "nobody is signed in",
        "waypost authenticate",
        "WAYPOST_USER_TOKEN",
    ]);
    let mut no_address = world.waypost(&upload);
    no_address.env("MAPILLARY_UPLOAD_ENDPOINT", "a/folder");
    run(&mut no_address).await.ends_with(2);
    let mut plain_http = world.waypost(&upload);
    plain_http.env("MAPILLARY_GRAPH_API_ENDPOINT", "http://graph.mapillary.com/");
    run(&mut plain_http).await.ends_with(2);
    assert_eq!(world.request_count("POST", "/upload/"), 0);
}

#[tokio::test]
async fn what_the_service_answers_decides_the_exit_code() {
    let not_authorized = r#"{"debug_info":{"retriable":false,"type":"NotAuthorizedError","message":"no"}}"#;
    let not_retriable = r#"{"debug_info":{"retriable":false,"type":"OtherError","message":"no"}}"#;
    let cases = [
        (Fault::answer(Endpoint::Me, 500, "{}").always(), 16, "500"),
        (Fault::garbage(Endpoint::Me, Garbage::HtmlPage).always(), 12, "web page"),
        (
            Fault::garbage(Endpoint::Me, Garbage::TruncatedJson).always(),
            17,
            "unusable answer",
        ),
        (
            Fault::redirect(Endpoint::Me, "http://127.0.0.1:9/").always(),
            16,
            "redirects",
        ),
        (
            Fault::answer(Endpoint::UploadOffset, 400, not_authorized),
            14,
            "sign-in",
        ),
        (Fault::answer(Endpoint::UploadOffset, 400, not_retriable), 16, "400"),
        (
            Fault::garbage(Endpoint::UploadOffset, Garbage::EmptyObject),
            17,
            "unusable answer",
        ),
        (Fault::answer(Endpoint::UploadSend, 400, not_retriable), 16, "400"),
        (
            Fault::garbage(Endpoint::UploadSend, Garbage::EmptyObject),
            17,
            "unusable answer",
        ),
        (Fault::answer(Endpoint::FinishUpload, 400, "{}"), 16, "400"),
    ];
    for (fault, code, words) in cases {
        let world = World::start().await;
        world.photos("walk", 2);
        world.sandbox.faults().push(fault.clone());
        let said = world.run(&["process_and_upload", "walk"]).await;
        assert_eq!(said.code, Some(code), "{fault:?}: {said:#?}");
        assert!(said.stderr.contains(words), "{fault:?}: {said:#?}");
        // Nothing is lost: the same command goes on once the trouble is over.
        world.sandbox.faults().clear();
        let again = world.run(&["process_and_upload", "walk"]).await;
        assert_eq!(again.code, Some(0), "{fault:?}: {again:#?}");
        assert_eq!(world.clusters().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn trouble_that_passes_is_waited_out() {
    let world = World::start().await;
    world.photos("walk", 3);
    let faults = world.sandbox.faults();
    faults.push(Fault::throttle(Endpoint::UploadSend, Some(10), None));
    faults.push(Fault::drop_after(Endpoint::UploadSend, 5_000).nth(2));
    world
        .run(&["process_and_upload", "walk"])
        .await
        .ends_with(0)
        .says(&["waiting: "]);
    assert_eq!(world.clusters().len(), 1);
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_made_is_named() {
    let world = World::start().await;
    std::fs::write(world.path("data"), "a file").unwrap();
    world
        .run(&["status"])
        .await
        .ends_with(1)
        .says(&[&world.data_dir().display().to_string()]);
}

#[tokio::test]
async fn a_reader_that_has_gone_is_no_crash() {
    let world = World::start().await;
    world.photos("walk", 3);
    let program = env!("CARGO_BIN_EXE_waypost");
    for command in [
        "--help",
        "process walk --desc_path -",
        "--json status",
        "practice --photos 0",
    ] {
        let mut shell = world.program(
            std::path::Path::new("/bin/sh"),
            &["-c", &format!("{program} {command} | true; exit 0")],
        );
        let said = run(&mut shell).await.ends_with(0);
        assert!(!said.stderr.contains("panicked"), "{said:#?}");
    }
}
