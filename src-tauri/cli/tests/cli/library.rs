//! `library`, `sandbox` with a past, and the last stage of `export`.

use serde_json::{Value, json};
use waypost_sandbox::{SandboxConfig, Seed};

use crate::support::{World, run, signal};

async fn seeded(seed: Seed) -> World {
    World::start_with(SandboxConfig {
        stage_ms: 0,
        seeds: vec![seed],
        ..SandboxConfig::default()
    })
    .await
}

#[tokio::test]
async fn a_practice_account_has_the_past_that_the_options_say() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let world = World::start().await;
    let options = [
        "sandbox",
        "--port",
        "0",
        "--data",
        "practice",
        "--seed-sequences",
        "3",
        "--seed-images",
        "4",
        "--seed-account",
        "maria",
    ];
    let mut child = world.signed_out(&options).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let info: Value = serde_json::from_str(&line).unwrap();
    let text = |name: &str| info[name].as_str().unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let login: Value = http
        .post(format!("{}/login", text("graph")))
        .header("Authorization", format!("OAuth {}", text("client_token")))
        .json(&json!({"email": "maria@example.org", "password": "secret", "locale": "en_US"}))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let mut library = world.signed_out(&["library", "--import-all", "--json"]);
    library
        .env("MAPILLARY_GRAPH_API_ENDPOINT", text("graph"))
        .env("MAPILLARY_UPLOAD_ENDPOINT", text("upload"))
        .env("MAPILLARY_AUTHORIZE_URL", text("authorize"))
        .env("MAPILLARY_TILES_ENDPOINT", text("tiles"))
        .env("WAYPOST_USER_TOKEN", login["access_token"].as_str().unwrap());
    let said = run(&mut library).await.ends_with(0);
    let page: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&page["lineCount"], &page["imageCount"]), (&json!(3), &json!(12)));
    assert_eq!(page["rows"][0]["username"], "maria");
    signal(&child, "INT");
    assert!(child.wait().await.unwrap().success());
}

#[tokio::test]
async fn what_mapillary_tools_wrote_down_is_taken_over_when_asked_and_only_then() {
    let world = World::start().await;
    world.photos("walk", 2);
    world.run(&["process_and_upload", "walk", "--wait"]).await.ends_with(0);
    let user_id = world.snapshot().clusters[0].account.id.clone();
    let record = json!({
        "params": {"user_key": user_id, "run_at": 1_700_000_000.0},
        "summary": {"sequence_md5sum": "0123456789abcdef0123456789abcdef", "file_type": "zip",
            "sequence_image_count": 5, "cluster_id": "424242"},
    });
    let folder = world.path("history/01");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("23456789abcdef0123456789abcdef.json");
    std::fs::write(&file, record.to_string()).unwrap();
    let count = |stdout: &str| serde_json::from_str::<Value>(stdout).unwrap()["totalCount"].clone();
    let before = world.run(&["library", "--json"]).await.ends_with(0);
    assert_eq!(count(&before.stdout), json!(1));
    for _ in 0..2 {
        let command = ["library", "--json", "--import-history", "history"];
        let after = world.run(&command).await.ends_with(0);
        assert_eq!(count(&after.stdout), json!(2), "once");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), record.to_string());
    world
        .run(&["library", "--import-history", "history"])
        .await
        .ends_with(0)
        .says(&["1 record of mapillary_tools: 0 new in the library, 1 known"]);
}

#[tokio::test]
async fn detections_are_exported_alone_as_they_are_taken_out_and_as_the_toolset_writes_them() {
    let world = seeded(Seed::new("ann", 1, 3)).await;
    let all = ["take-out", "out", "--size", "none", "--data", "csv,detections"];
    world.run(&all).await.ends_with(0);
    let read = |name: &str| std::fs::read_to_string(world.path(name)).unwrap();
    for from in ["out/img_dataset.csv", "out/img_meta_dataset.csv"] {
        let to = format!("{}.detections.csv", from.replace('/', "_"));
        let alone = ["export", "detections", "--from", from, "--to", to.as_str()];
        world.run(&alone).await.ends_with(0);
        assert_eq!(read(&to), read("out/img_detections_dataset.csv"));
    }
    assert_eq!(
        read("out/img_detections_dataset.csv"),
        include_str!("golden/img_detections_dataset.csv")
    );
}
