//! `doctor`: the computer, and every open question about the service, in a report that names nobody.

use serde_json::Value;
use waypost_sandbox::SandboxConfig;

use crate::support::{World, run};

/// Verdict and answer by the name of the question.
fn findings(said: &str) -> Vec<(String, String, String)> {
    let all: Vec<Value> = serde_json::from_str(said).unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    all.iter()
        .map(|finding| (text(finding, "id"), text(finding, "verdict"), text(finding, "answer")))
        .collect()
}

fn of<'a>(all: &'a [(String, String, String)], id: &str) -> &'a (String, String, String) {
    all.iter().find(|(name, ..)| name == id).unwrap()
}

#[tokio::test]
async fn every_open_question_is_answered_and_the_report_names_nobody_and_finishes_nothing() {
    let world = World::start_with(SandboxConfig {
        stage_ms: 0,
        ..SandboxConfig::default()
    })
    .await;
    world.photos("walk", 3);
    world.run(&["process_and_upload", "walk", "--wait"]).await.ends_with(0);
    let finished = world.snapshot().clusters.len();
    let said = world.run(&["doctor", "--live", "--json"]).await;
    let all = findings(&said.stdout);
    for id in [
        "upload_token",
        "feed_token",
        "scope_separator",
        "time_window_ends",
        "creator_box_paging",
        "box_limit",
        "stage_words",
        "cluster_entity",
        "organisation_images",
        "feed_delay",
    ] {
        assert_eq!(of(&all, id).1, "fine", "{all:#?}");
    }
    assert_eq!(of(&all, "redirect_address").1, "not_asked", "no app is set here");
    // What the practice service is known to do.
    assert!(of(&all, "time_window_ends").2.starts_with("start: "), "{all:#?}");
    assert!(of(&all, "creator_box_paging").2.starts_with("no"), "{all:#?}");
    assert!(
        of(&all, "stage_words").2.contains("tiler_status FINISHED ×1"),
        "{all:#?}"
    );
    let snapshot = world.snapshot();
    assert_eq!(snapshot.clusters.len(), finished, "nothing is finished");
    let ids = snapshot.clusters.iter().flat_map(|cluster| {
        let images = cluster.images.iter().map(|image| image.id.clone());
        images.chain([cluster.id.clone(), cluster.account.id.clone()])
    });
    let home = world.home.path().display().to_string();
    for secret in ids.chain([world.token.clone(), home, "\"ann\"".into()]) {
        assert!(
            !said.stdout.contains(&secret) && !said.stderr.contains(&secret),
            "{secret}"
        );
    }
}

#[tokio::test]
async fn a_computer_that_reaches_nothing_says_so_and_examines_the_rest() {
    let world = World::start().await;
    let mut unreachable = world.signed_out(&["doctor", "--json"]);
    unreachable.env("MAPILLARY_GRAPH_API_ENDPOINT", "http://127.0.0.1:9/");
    let said = run(&mut unreachable).await.ends_with(1);
    let all = findings(&said.stdout);
    assert_eq!(of(&all, "network").1, "failed");
    assert_eq!(of(&all, "clock").1, "not_asked");
    assert_eq!(of(&all, "data_folder").1, "fine");
    assert_eq!(of(&all, "journal").2, "there is none yet");
    run(&mut world.signed_out(&["doctor", "--live"]))
        .await
        .ends_with(14)
        .says(&["nobody is signed in"]);
}

#[tokio::test]
async fn a_damaged_journal_is_found() {
    let world = World::start().await;
    std::fs::create_dir_all(world.data_dir()).unwrap();
    std::fs::write(world.data_dir().join("waypost.sqlite3"), "no database").unwrap();
    let said = world.run(&["doctor", "--json"]).await;
    let all = findings(&said.stdout);
    assert_eq!(of(&all, "journal").1, "failed", "{all:#?}");
}
