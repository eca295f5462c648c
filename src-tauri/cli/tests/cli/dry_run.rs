//! `--dry_run`: everything but the network, and a folder for inspection.

use std::path::{Path, PathBuf};

use crate::support::{World, run};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn packages_and_their_handles_are_left_in_the_folder_that_the_variable_names() {
    let world = World::start().await;
    world.photos("walk", 3);
    let folder: PathBuf = world.path("packages");
    for package in ["zip", "images"] {
        std::fs::remove_dir_all(&folder).ok();
        let arguments = ["process_and_upload", "walk", "--dry_run", "--package", package];
        let mut command = world.waypost(&arguments);
        run(command.env("MAPILLARY_UPLOAD_ENDPOINT", "packages"))
            .await
            .ends_with(0)
            .says(&["dry run: nothing was sent", "packed"]);
        let mut sessions = names(&folder);
        sessions.retain(|name| name != "file_handles");
        assert_eq!(names(&folder.join("file_handles")), sessions);
        assert_eq!(sessions.len(), if package == "zip" { 1 } else { 4 });
        for name in &sessions {
            let handle = std::fs::read_to_string(folder.join("file_handles").join(name)).unwrap();
            assert!(
                handle.len() == 32 && handle.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{handle}"
            );
        }
        assert_eq!(world.report()["uploads"][0]["clusterId"], "0");
    }
    // The token was checked, and that was all; nothing of it is anybody's history.
    assert_eq!(world.request_count("GET", "/upload/"), 0);
    assert_eq!(world.request_count("POST", "/"), 1, "the sign-in of this test");
    assert!(world.request_count("GET", "/graph/me") > 0);
    run(&mut world.waypost(&["status"]))
        .await
        .ends_with(0)
        .says(&["no uploads yet"]);
}

#[tokio::test]
async fn a_dry_run_needs_nobody_when_the_check_is_switched_off() {
    let world = World::start().await;
    world.photos("walk", 2);
    let arguments = ["process_and_upload", "walk", "--dryrun"];
    let in_folder = |command: &mut tokio::process::Command| {
        command.env_remove("MAPILLARY_UPLOAD_ENDPOINT");
    };
    let mut checked = world.signed_out(&arguments);
    in_folder(&mut checked);
    run(&mut checked).await.ends_with(14).says(&["nobody is signed in"]);

    let mut unchecked = world.signed_out(&arguments);
    in_folder(&mut unchecked);
    unchecked
        .env("MAPILLARY_TOOLS__AUTH_VERIFICATION_DISABLED", "YES")
        .env("MAPILLARY_GRAPH_API_ENDPOINT", "http://127.0.0.1:9/");
    run(&mut unchecked).await.ends_with(0);
    // The default folder is that of mapillary_tools, below the temporary one.
    assert_eq!(names(&world.path("mapillary_public_uploads")).len(), 2);
    // The switch changes nothing where something would be sent.
    let mut real = world.signed_out(&["process_and_upload", "walk"]);
    real.env("MAPILLARY_TOOLS__AUTH_VERIFICATION_DISABLED", "YES");
    run(&mut real).await.ends_with(14);
}

#[tokio::test]
async fn an_address_is_no_folder() {
    let world = World::start().await;
    world.photos("walk", 2);
    world
        .run(&["process_and_upload", "walk", "--dry_run"])
        .await
        .ends_with(2)
        .says(&[
            "MAPILLARY_UPLOAD_ENDPOINT",
            "in a dry run it names a folder, not an address",
        ]);
}
