//! Signing in with a real keychain (gnome-keyring under a session bus), where the tests have one.

use crate::support::{World, run};

/// Whether a real keychain must be used; said aloud where it is not.
fn has_keychain() -> bool {
    let has = std::env::var("WAYPOST_TEST_KEYCHAIN").is_ok_and(|value| value == "1");
    if !has {
        eprintln!("SKIPPED: WAYPOST_TEST_KEYCHAIN is not 1, so no real keychain is used");
    }
    has
}

/// Files below a folder that hold a text.
fn files_with(folder: &std::path::Path, text: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if std::fs::read(&path)
            .unwrap_or_default()
            .windows(text.len())
            .any(|window| window == text.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn the_token_is_kept_in_the_keychain_and_in_no_file_and_goes_with_the_sign_out() {
    if !has_keychain() {
        return;
    }
    let world = World::start().await;
    world.photos("walk", 2);
    let with_bus = |arguments: &[&str]| {
        let mut command = world.signed_out(arguments);
        for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    };
    let profile = format!("cli-{}", std::process::id());
    run(&mut with_bus(&[
        "authenticate",
        "--user_name",
        &profile,
        "--jwt",
        &world.token,
    ]))
    .await
    .ends_with(0)
    .says(&["signed in as ann"]);
    assert_eq!(
        files_with(world.home.path(), &world.token),
        Vec::<std::path::PathBuf>::new()
    );
    run(&mut with_bus(&["process_and_upload", "walk"])).await.ends_with(0);
    assert_eq!(world.clusters().len(), 1);
    run(&mut with_bus(&["authenticate", "--user_name", &profile, "--delete"]))
        .await
        .ends_with(0);
    run(&mut with_bus(&["process_and_upload", "walk", "--reupload"]))
        .await
        .ends_with(14)
        .says(&["nobody is signed in"]);
}

#[tokio::test]
async fn without_a_keychain_the_other_ways_are_told() {
    let world = World::start().await;
    // No session bus, no keychain.
    run(&mut world.signed_out(&["authenticate", "--jwt", &world.token]))
        .await
        .ends_with(14)
        .says(&["no keychain can be used", "WAYPOST_USER_TOKEN", "MAPILLARY_CONFIG_PATH"]);
}
