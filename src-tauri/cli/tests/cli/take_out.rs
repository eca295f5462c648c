//! `take-out` and `export`: the whole way of the command line, killed and continued.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{World, run};

fn pictures(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for user in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if !user.path().is_dir() || user.file_name() == "waypost-take-out" {
            continue;
        }
        for sequence in std::fs::read_dir(user.path()).unwrap().flatten() {
            for file in std::fs::read_dir(sequence.path()).unwrap().flatten() {
                let bytes = std::fs::read(file.path()).unwrap();
                found.insert(file.file_name().to_string_lossy().into_owned(), bytes);
            }
        }
    }
    found
}

async fn published(count: usize) -> World {
    let world = World::start().await;
    world.padded_photos("walk", count, 20_000);
    world.run(&["process_and_upload", "walk", "--wait"]).await.ends_with(0);
    world
}

#[tokio::test]
async fn it_says_how_much_it_is_takes_it_and_answers_with_json() {
    let world = published(3).await;
    let said = world
        .run(&["take-out", "out", "--dry_run", "--json"])
        .await
        .ends_with(0);
    let estimate: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(
        (&estimate["imageCount"], &estimate["pictureCount"]),
        (&3.into(), &3.into())
    );
    assert!(estimate["freeBytes"].as_u64().unwrap() > 0 && !world.path("out").exists());
    let said = world.run(&["take-out", "out", "--json"]).await.ends_with(0);
    let result: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(result["progress"]["pictureCount"], 3);
    assert_eq!(pictures(&world.path("out")).len(), 3);
    let another = world.run(&["take-out", "out", "--by_day", "--json"]).await.ends_with(1);
    assert!(another.stdout.contains("take_out_folder"));
}

#[tokio::test]
async fn killed_again_and_again_it_ends_with_every_picture_whole() {
    let world = published(12).await;
    let mut kills = 0;
    loop {
        let mut child = world
            .waypost(&["take-out", "out", "--size", "256,1024,original"])
            .spawn()
            .unwrap();
        let wanted = 36.min((kills + 1) * 3);
        loop {
            if pictures(&world.path("out")).len() >= wanted && wanted < 36 {
                child.kill().await.unwrap();
                kills += 1;
                break;
            }
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success());
                let straight = world
                    .run(&["take-out", "straight", "--size", "256,1024,original"])
                    .await;
                straight.ends_with(0);
                assert_eq!(pictures(&world.path("out")), pictures(&world.path("straight")));
                println!("killed {kills} times");
                assert!(kills > 0);
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// A limit on the size of files stands for the disk that is full.
#[tokio::test]
async fn a_full_disk_is_said_and_the_same_command_goes_on_when_there_is_room() {
    let world = published(3).await;
    let program = env!("CARGO_BIN_EXE_waypost");
    let script = format!("trap '' XFSZ; ulimit -f 8; exec {program} take-out out --json");
    let mut limited = world.program(Path::new("/bin/bash"), &["-c", &script]);
    limited.env("WAYPOST_USER_TOKEN", &world.token);
    let said = run(&mut limited).await;
    assert_eq!(said.code, Some(1), "{said:#?}");
    assert!(said.stdout.contains("file_error"), "{said:#?}");
    world.run(&["take-out", "out"]).await.ends_with(0);
    assert_eq!(pictures(&world.path("out")).len(), 3);
}

#[tokio::test]
async fn each_stage_of_the_chain_runs_alone_and_gives_what_the_whole_gives() {
    let world = published(3).await;
    world.run(&["take-out", "out", "--size", "none"]).await.ends_with(0);
    world
        .run(&[
            "export",
            "images",
            "--from",
            "out/seq_dataset.csv",
            "--to",
            "images.csv",
        ])
        .await
        .ends_with(0);
    let read = |name: &str| std::fs::read_to_string(world.path(name)).unwrap();
    assert_eq!(read("images.csv"), read("out/img_dataset.csv"));
    let metadata = [
        "export",
        "metadata",
        "--from",
        "images.csv",
        "--to",
        "meta.csv",
        "--fields",
        "img_id,lon",
    ];
    world.run(&metadata).await.ends_with(0);
    assert!(read("meta.csv").starts_with("img_id,lon\n") && read("meta.csv").lines().count() == 4);
    world.run(&metadata).await.ends_with(1).says(&["is there already"]);
    let wrong = ["export", "metadata", "--from", "out/seq_dataset.csv", "--to", "x.csv"];
    world.run(&wrong).await.ends_with(2).says(&["no column img_id"]);
}
