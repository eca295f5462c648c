//! `--json`: exactly one document on standard output, whatever happens; everything else on standard error.

use waypost_sandbox::{Endpoint, Fault};

use crate::support::{World, run};

#[tokio::test]
async fn every_command_answers_with_one_document() {
    let world = World::start().await;
    world.photos("walk", 3);
    world.photo("walk/bad.jpg", |photo| photo.lat_deg = None);
    let run_json = async |arguments: &[&str]| {
        let arguments = [arguments, &["--json"]].concat();
        let said = run(&mut world.waypost(&arguments)).await;
        said.json()
    };
    let read = run_json(&["process", "walk"]).await;
    assert_eq!(read["read"]["readyCount"], 3);
    assert_eq!(read["problem"]["code"], "files_refused");
    assert_eq!(read["files"].as_array().unwrap().len(), 4);
    let zips = run_json(&["zip", "walk", "zips"]).await;
    assert_eq!(zips[0]["imageCount"], 3);
    let sent = run_json(&["upload", "walk"]).await;
    assert_eq!(sent["uploads"][0]["state"], "processing");
    assert!(sent["problem"].is_null());
    let again = run_json(&["process_and_upload", "walk", "--skip_process_errors"]).await;
    assert_eq!(again["alreadySent"], 3);
    let status = run_json(&["status", "--files", "--wait"]).await;
    assert_eq!(status[0]["state"], "published");
    assert_eq!(status[0]["files"][0]["outcome"], "published");
    let made = run_json(&["practice", "--photos", "2", "--photos-only", "--dir", "practice"]).await;
    assert_eq!(made["good"], 4);
    let practised = run_json(&["practice", "--photos", "2"]).await;
    assert_eq!(
        (&practised["published"], &practised["sequences"]),
        (&2.into(), &2.into())
    );
    let profiles = world.path("profiles");
    let mut sign_in = world.signed_out(&["authenticate", "--json", "--jwt", &world.token]);
    let signed_in = run(sign_in.env("MAPILLARY_CONFIG_PATH", &profiles))
        .await
        .ends_with(0)
        .json();
    assert_eq!(
        (&signed_in["username"], &signed_in["mayUpload"]),
        (&"ann".into(), &true.into())
    );
    let mut sign_out = world.signed_out(&["authenticate", "--json", "--delete"]);
    let signed_out = run(sign_out.env("MAPILLARY_CONFIG_PATH", &profiles))
        .await
        .ends_with(0)
        .json();
    assert_eq!(signed_out["signedOut"], signed_in["profile"]);
}

#[tokio::test]
async fn a_failure_is_a_document_with_code_message_and_action() {
    let world = World::start().await;
    world.photos("walk", 2);
    let cases: [(&[&str], i32, &str); 6] = [
        (&["process", "nowhere"], 3, "path_not_found"),
        (&["process", "walk", "--no_such_option"], 2, "bad_option"),
        (&["video_process", "film.mp4"], 2, "invalid_setting"),
        (&["upload", "walk"], 3, "path_not_found"),
        (&["status", "9"], 2, "no_such_upload"),
        (&["settle", "9", "--taken"], 2, "no_such_upload"),
    ];
    for (arguments, exit, code) in cases {
        let arguments = [&["--json"], arguments].concat();
        let said = run(&mut world.waypost(&arguments)).await.ends_with(exit);
        let error = said.json()["error"].clone();
        assert_eq!(error["code"], code, "{arguments:?}");
        assert!(!error["message"].as_str().unwrap().is_empty(), "{arguments:?}");
        assert!(
            error["action"].is_string() && error["retry"].is_string(),
            "{arguments:?}"
        );
        assert!(!said.stderr.is_empty(), "people hear it too");
    }
    // A run that ends badly is one document as well, with everything that is known.
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::UploadOffset, 401, "{}"));
    let said = run(&mut world.waypost(&["--json", "process_and_upload", "walk"]))
        .await
        .ends_with(14)
        .json();
    assert_eq!(said["uploads"][0]["state"], "needs_sign_in");
    assert_eq!(said["problem"]["code"], "sign_in_expired");
}

#[tokio::test]
async fn the_practice_service_says_one_line_and_stays() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let world = World::start().await;
    let mut child = world
        .signed_out(&["sandbox", "--port", "0", "--data", "practice"])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let info: serde_json::Value = serde_json::from_str(&line).unwrap();
    for name in [
        "graph",
        "upload",
        "authorize",
        "tiles",
        "client_id",
        "client_secret",
        "client_token",
        "redirect_uri",
    ] {
        assert!(info[name].is_string(), "{line}");
    }
    // Nobody else takes its folder meanwhile.
    run(&mut world.signed_out(&["sandbox", "--data", "practice"]))
        .await
        .ends_with(1)
        .says(&["another practice server is using"]);
    crate::support::signal(&child, "INT");
    assert!(child.wait().await.unwrap().success());
    assert_eq!(lines.next_line().await.unwrap(), None, "one line and no more");
}
