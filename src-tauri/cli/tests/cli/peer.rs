//! The real mapillary_tools 0.14.7 beside Waypost: what one described or sent, the other goes on with.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::support::{World, run};

const VERSION: &str = "0.14.7";

/// The tool, where it is installed (`WAYPOST_PEER_VENV`, else `peer-venv` beside the other build results); its absence
/// is said aloud.
fn mapillary_tools() -> Option<PathBuf> {
    let folder = std::env::var_os("WAYPOST_PEER_VENV").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peer-venv"),
        PathBuf::from,
    );
    // Other tests may be installing it right now.
    let lock = std::fs::File::open(folder.with_extension("lock")).ok();
    if let Some(lock) = &lock {
        lock.lock_shared().unwrap();
    }
    let program = folder.join("bin/mapillary_tools");
    let is_right = std::process::Command::new(&program)
        .arg("--version")
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(VERSION));
    if is_right {
        return Some(program);
    }
    let said = format!("SKIPPED: no mapillary_tools {VERSION} in {}\n", folder.display());
    std::io::stderr().write_all(said.as_bytes()).unwrap();
    None
}

/// Waypost or the tool, with the same profile file and history.
fn shared(world: &World, mut command: Command) -> Command {
    command
        .env("MAPILLARY_CONFIG_PATH", world.path("profiles"))
        .env("MAPILLARY_UPLOAD_HISTORY_PATH", world.path("history"))
        .env("MAPILLARY_TOOLS_UPLOAD_CACHE_DIR", world.path("cache"))
        .env("MAPILLARY_TOOLS_PROMPT_DISABLED", "YES");
    command
}

async fn tool(world: &World, program: &Path, arguments: &[&str]) -> crate::support::Run {
    run(&mut shared(world, world.program(program, arguments))).await
}

async fn waypost(world: &World, arguments: &[&str]) -> crate::support::Run {
    run(&mut shared(world, world.signed_out(arguments))).await
}

const SIGN_IN: [&str; 7] = [
    "authenticate",
    "--user_name",
    "walker",
    "--user_email",
    "ann@example.org",
    "--user_password",
    "secret",
];

#[tokio::test]
async fn what_the_tool_described_waypost_sends_and_the_tool_does_not_send_again() {
    let Some(program) = mapillary_tools() else { return };
    let world = World::start().await;
    world.photos("walk", 3);
    // The tool signs in, and Waypost uses its profile.
    tool(&world, &program, &SIGN_IN).await.ends_with(0);
    tool(&world, &program, &["process", "walk", "--geotag_source", "native"])
        .await
        .ends_with(0);
    waypost(&world, &["upload", "walk", "--wait"]).await.ends_with(0);
    assert_eq!(world.clusters(), [["G0010001.JPG", "G0010002.JPG", "G0010003.JPG"]]);
    assert_eq!(world.snapshot().violations, Vec::<String>::new());
    tool(&world, &program, &["upload", "walk"])
        .await
        .ends_with(0)
        .says(&["already uploaded"]);
    assert_eq!(world.clusters().len(), 1);
}

#[tokio::test]
async fn what_waypost_described_the_tool_sends_and_waypost_does_not_send_again() {
    let Some(program) = mapillary_tools() else { return };
    let world = World::start().await;
    world.photos("walk", 3);
    waypost(&world, &SIGN_IN).await.ends_with(0);
    waypost(&world, &["process", "walk"]).await.ends_with(0);
    tool(&world, &program, &["upload", "walk"]).await.ends_with(0);
    assert_eq!(world.clusters(), [["G0010001.JPG", "G0010002.JPG", "G0010003.JPG"]]);
    waypost(&world, &["upload", "walk"])
        .await
        .ends_with(0)
        .says(&["mapillary_tools' history says that it was sent", "--reupload"]);
    assert_eq!(world.clusters().len(), 1);
    waypost(&world, &["upload", "walk", "--reupload"]).await.ends_with(0);
    assert_eq!(world.clusters().len(), 2);
}

#[tokio::test]
async fn zips_of_one_are_sent_by_the_other() {
    let Some(program) = mapillary_tools() else { return };
    let world = World::start().await;
    for name in ["one", "two"] {
        world.photos(name, 2);
        waypost(&world, &["process", name]).await.ends_with(0);
    }
    waypost(&world, &SIGN_IN).await.ends_with(0);
    waypost(&world, &["zip", "one", "ours"]).await.ends_with(0);
    tool(&world, &program, &["zip", "two", "theirs"]).await.ends_with(0);
    std::fs::write(world.path("empty.json"), "[]").unwrap();
    tool(&world, &program, &["upload", "ours", "--desc_path", "empty.json"])
        .await
        .ends_with(0);
    waypost(&world, &["upload", "theirs"]).await.ends_with(0);
    assert_eq!(world.clusters().iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    // Each knows the other's work by the sequence, whatever it was packed as.
    waypost(&world, &["upload", "one"])
        .await
        .ends_with(0)
        .says(&["history says"]);
    tool(&world, &program, &["upload", "two"])
        .await
        .ends_with(0)
        .says(&["already uploaded"]);
    assert_eq!(world.clusters().len(), 2);
}

#[tokio::test]
async fn exit_codes_are_the_same() {
    let Some(program) = mapillary_tools() else { return };
    let world = World::start().await;
    world.photos("walk", 2);
    world.photo("bad/no_position.jpg", |photo| photo.lat_deg = None);
    std::fs::write(world.path("broken.json"), "no json").unwrap();
    std::fs::write(
        world.path("entry.json"),
        r#"[{"filetype": "image", "filename": "a.jpg"}]"#,
    )
    .unwrap();
    waypost(&world, &SIGN_IN).await.ends_with(0);
    let cases: &[&[&str]] = &[
        &[],
        &["--version"],
        &["process", "walk"],
        &["process", "bad"],
        &["process", "bad", "--skip_process_errors"],
        &["process", "nowhere"],
        &["process"],
        &["process", "walk", "--no_such_option"],
        &["process", "walk", "--cutoff_time", "soon"],
        &["upload", "nowhere"],
        &["upload", "bad", "--desc_path", "nowhere.json"],
        &["upload", "walk", "--desc_path", "broken.json"],
        &["upload", "walk", "--desc_path", "entry.json"],
        &["upload", "walk/G0010001.JPG"],
        &["upload", "walk", "bad"],
        &["upload", "walk", "--user_name", "nobody"],
        &["process_and_upload", "bad"],
        &["process_and_upload", "nowhere"],
        &["process_and_upload", "walk", "--num_upload_workers", "0"],
        &["zip", "nowhere", "zips"],
        &["zip", "walk", "zips"],
        &[
            "authenticate",
            "--user_name",
            "other",
            "--user_email",
            "a@b.c",
            "--user_password",
            "wrong",
        ],
        &["authenticate", "--user_name", "other", "--jwt", "wrong"],
    ];
    for arguments in cases {
        let theirs = tool(&world, &program, arguments).await;
        let ours = waypost(&world, arguments).await;
        assert_eq!(ours.code, theirs.code, "{arguments:?}\n{ours:#?}\n{theirs:#?}");
    }
}
