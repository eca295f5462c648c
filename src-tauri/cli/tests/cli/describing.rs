//! `process`: what is read, what is refused, and where the description goes.

use serde_json::Value;

use crate::support::{World, run, text};

fn description(path: &std::path::Path) -> Vec<Value> {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn the_description_lies_in_the_folder_and_names_every_file() {
    let world = World::start().await;
    let folder = world.photos("walk", 3);
    world.photo("walk/no_position.jpg", |photo| {
        (photo.lat_deg, photo.lon_deg) = (None, None);
    });
    std::fs::write(folder.join("film.mp4"), b"film").unwrap();
    let said = run(&mut world.signed_out(&["process", "walk"]))
        .await
        .ends_with(6)
        .says(&[
            "read 5 files: 3 photos ready in 1 sequence",
            "2 left out",
            "no_position.jpg has no GPS position.",
            "film.mp4 is not a video",
            "2 files cannot be used",
            "--skip_process_errors",
        ]);
    assert_eq!(said.stdout, "");
    let entries = description(&folder.join("mapillary_image_description.json"));
    assert_eq!(entries.len(), 5);
    let errors: Vec<&Value> = entries.iter().filter(|entry| entry["error"].is_object()).collect();
    assert_eq!(errors.len(), 2);

    // The report that is kept names every file as well.
    let report = world.report();
    let outcomes: Vec<&str> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes.iter().filter(|word| **word == "pending").count(), 3);
    assert_eq!(outcomes.iter().filter(|word| **word == "refused").count(), 2);
    assert_eq!(report["read"]["refused"]["no_position"], 1);
    assert_eq!(report["problem"]["code"], "files_refused");

    run(&mut world.signed_out(&["process", "walk", "--skip_process_errors"]))
        .await
        .ends_with(0);
}

#[tokio::test]
async fn duplicates_alone_are_no_reason_to_fail() {
    let world = World::start().await;
    for name in ["a", "b"] {
        world.photo(&format!("walk/{name}.jpg"), |_| {});
    }
    run(&mut world.signed_out(&["process", "walk"]))
        .await
        .ends_with(0)
        .says(&["1 left out", "duplicate"]);
}

#[tokio::test]
async fn several_paths_or_a_single_file_are_described_on_standard_output() {
    let world = World::start().await;
    let one = world.photos("one", 2);
    let two = world.photos("two", 3);
    let said = run(&mut world.signed_out(&["process", "one", "two"]))
        .await
        .ends_with(0);
    let entries: Vec<Value> = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(entries.len(), 5);

    let file = one.join("G0010001.JPG");
    let said = run(&mut world.signed_out(&["process", text(&file)])).await.ends_with(0);
    let entries: Vec<Value> = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(entries[0]["filename"], text(&file.canonicalize().unwrap()));

    // Nothing but the description stands there, whatever is asked for.
    let said = run(&mut world.signed_out(&["--json", "process", text(&two), "--desc_path", "-"]))
        .await
        .ends_with(0);
    assert_eq!(said.json().as_array().unwrap().len(), 3);
    assert!(!two.join("mapillary_image_description.json").exists());
}

#[tokio::test]
async fn a_file_that_is_no_description_is_not_overwritten() {
    let world = World::start().await;
    world.photos("walk", 2);
    let other = world.path("notes.txt");
    std::fs::write(&other, "shopping list").unwrap();
    run(&mut world.signed_out(&["process", "walk", "--desc_path", "notes.txt"]))
        .await
        .ends_with(4)
        .says(&["notes.txt", "it is something else, so it is not overwritten"]);
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "shopping list");
}

#[tokio::test]
async fn no_original_is_touched() {
    let world = World::start().await;
    let folder = world.photos("walk", 3);
    let state = || {
        let mut files: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().extension().is_some_and(|suffix| suffix == "JPG"))
            .map(|entry| {
                let modified = entry.metadata().unwrap().modified().unwrap();
                (entry.path(), modified, std::fs::read(entry.path()).unwrap())
            })
            .collect();
        files.sort();
        files
    };
    let before = state();
    world
        .run(&["process_and_upload", "walk", "--desc_path", "d.json"])
        .await
        .ends_with(0);
    assert_eq!(state(), before);
}

#[tokio::test]
async fn an_empty_folder_is_no_failure() {
    let world = World::start().await;
    std::fs::create_dir(world.path("empty")).unwrap();
    run(&mut world.signed_out(&["process", "empty"]))
        .await
        .ends_with(0)
        .says(&["no photos and no videos were found"]);
    assert_eq!(
        description(&world.path("empty/mapillary_image_description.json")),
        Vec::<Value>::new()
    );
    world
        .run(&["upload", "empty"])
        .await
        .ends_with(0)
        .says(&["nothing to send"]);
}

#[tokio::test]
async fn every_option_of_reading_changes_what_it_names() {
    let world = World::start().await;
    world.photos("walk", 3);
    world.photos("walk/below", 2);
    std::fs::write(world.path("walk/film.mp4"), b"film").unwrap();
    let entries = async |options: &[&str]| -> Vec<Value> {
        let arguments = [&["process", "walk", "--desc_path", "-"], options].concat();
        let said = run(&mut world.signed_out(&arguments)).await;
        serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {said:#?}"))
    };
    let plain = entries(&[]).await;
    assert_eq!(plain.len(), 6);
    assert_eq!(entries(&["--skip_subfolders"]).await.len(), 4);
    assert_eq!(entries(&["--filetypes", "image,zip"]).await.len(), 5);
    assert_eq!(entries(&["--file_types", "zip"]).await.len(), 0);
    let made = entries(&["--device_make", "Acme", "--device_model", "One"]).await;
    assert_eq!(
        (&made[0]["MAPDeviceMake"], &made[0]["MAPDeviceModel"]),
        (&"Acme".into(), &"One".into())
    );
    let moved = entries(&["--offset_time", "-3600", "--offset_angle", "-90"]).await;
    assert_ne!(moved[0]["MAPCaptureTime"], plain[0]["MAPCaptureTime"]);
    assert_ne!(moved[0]["MAPCompassHeading"], plain[0]["MAPCompassHeading"]);
    let sequences = |entries: &[Value]| {
        let ids: std::collections::BTreeSet<String> = entries
            .iter()
            .filter_map(|entry| entry["MAPSequenceUUID"].as_str().map(str::to_owned))
            .collect();
        ids.len()
    };
    assert_eq!(sequences(&plain), 2);
    assert_eq!(sequences(&entries(&["--cutoff_time", "1"]).await), 5);
    assert_eq!(sequences(&entries(&["--cutoff_distance", "0.5"]).await), 5);
    let refused = |entries: &[Value]| entries.iter().filter(|entry| entry["error"].is_object()).count();
    let alike = ["--duplicate_distance", "1000", "--duplicate_angle", "360"];
    assert_eq!(refused(&entries(&alike).await), 1 + 3);
    let forward = entries(&["--interpolate_directions", "--num_processes", "0"]).await;
    assert_eq!(forward.len(), 6);
    // Beginnings of options are enough, and the last of several wins, as with mapillary_tools.
    assert_eq!(
        entries(&["--skip_sub", "--cutoff_time", "1", "--cutoff_time", "60"])
            .await
            .len(),
        4
    );
}

#[tokio::test]
async fn a_time_without_a_zone_is_asked_about_and_answered_by_an_option() {
    let world = World::start().await;
    world.photo("walk/a.jpg", |photo| {
        photo.captured_at_ms = Some(1_720_000_000_000);
        photo.write_gps_time = false;
        photo.local_offset_minutes = 120;
    });
    run(&mut world.signed_out(&["process", "walk"]))
        .await
        .ends_with(6)
        .says(&["not in which time zone", "--time_zone Europe/Berlin"]);
    let answered = run(&mut world.signed_out(&["process", "walk", "--desc_path", "-", "--time_zone", "+02:00"]))
        .await
        .ends_with(0);
    assert!(
        answered.stdout.contains("2024_07_03_09_46_40_000"),
        "{}",
        answered.stdout
    );
    let mut by_variable = world.signed_out(&["process", "walk", "--desc_path", "-"]);
    by_variable.env("WAYPOST_TIME_ZONE", "Europe/Berlin");
    assert_eq!(run(&mut by_variable).await.ends_with(0).stdout, answered.stdout);
}
