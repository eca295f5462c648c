//! Take-out against the practice Mapillary over real HTTP: what was sent comes back, once, whole, with its facts.

mod upload_support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;
use upload_support::{World, new_upload, pixels_of, wait_for};
use waypost_core::error::CoreError;
use waypost_core::settings::PackageKind;
use waypost_core::takeout::{Asker, Choice, Interrupted, estimate, take_out};
use waypost_core::upload::TokenSource;
use waypost_media::read_photo;
use waypost_sandbox::{Endpoint, Fault, Outcome, pixels_sha256};
use waypost_wire::{
    PictureSize, TakeOutChoice, TakeOutLayout, TakeOutProgress, TakeOutResult, TakeOutSource, UploadState,
};

const MISSING: &str =
    r#"{"error":{"message":"Unsupported get request","type":"MLYApiException","code":100,"error_subcode":33}}"#;

/// A world in which `ann` has published `counts.len()` sequences.
async fn published(counts: &[usize]) -> (World, Vec<PathBuf>) {
    let world = World::start_with(|config| config.stage_ms = 0).await;
    let engine = world.engine().await;
    let mut photos = Vec::new();
    for (number, count) in counts.iter().enumerate() {
        let start_ms = 1_780_000_000_000 + i64::try_from(number).unwrap() * 86_400_000;
        let folder = world.folder.path().join(format!("walk{number}"));
        let walk = upload_support::photos_in(&folder, *count, 3_000, start_ms);
        photos.extend(walk.iter().map(|photo| photo.path.clone()));
        let id = world.begin(&engine, new_upload(&walk, PackageKind::Zip)).await;
        wait_for(&engine, id, UploadState::Published).await;
    }
    engine.shutdown().await.unwrap();
    (world, photos)
}

fn everything() -> TakeOutChoice {
    TakeOutChoice {
        source: TakeOutSource::Mine,
        csv: true,
        fields: Vec::new(),
        geojson: true,
        json: true,
        detections: false,
        sizes: vec![PictureSize::Px256, PictureSize::Original],
        layout: TakeOutLayout::BySequence,
        exif: true,
    }
}

fn asker(world: &World, stop: &CancellationToken) -> Asker {
    Asker::new(world.client(), world.tokens.clone(), world.clock.clone(), stop.clone())
}

async fn run(world: &World, choice: TakeOutChoice, folder: &Path) -> Result<TakeOutResult, Interrupted> {
    let stop = CancellationToken::new();
    take_out(&asker(world, &stop), &Choice::check(choice).unwrap(), folder, |_| {}).await
}

/// All files under a folder by their path, without what the take-out keeps for itself.
fn files_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            if name.starts_with("waypost-take-out") {
                continue;
            }
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

/// Hashes of the pixels of every original, as the service gives it.
async fn originals_of(world: &World) -> Vec<String> {
    let token = world.tokens.token(None).await.unwrap();
    let clusters = world.snapshot().clusters;
    let ids: Vec<String> = clusters
        .iter()
        .flat_map(|cluster| cluster.images.iter().map(|image| image.id.clone()))
        .collect();
    let fields = ["thumb_original_url".to_owned()];
    let images = world.client().images_by_ids(&token.token, &ids, &fields).await.unwrap();
    let mut hashes = Vec::new();
    for image in images {
        let link = image.thumb_original_url.unwrap();
        let bytes = reqwest::get(link).await.unwrap().bytes().await.unwrap();
        hashes.push(pixels_sha256(&bytes).unwrap());
    }
    hashes
}

fn pictures_asked_for(world: &World) -> usize {
    world.snapshot().requests_to("GET", "/cdn/").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_comes_back_in_every_form() {
    let (world, photos) = published(&[3, 2]).await;
    let folder = world.folder.path().join("out");
    let result = run(&world, everything(), &folder).await.unwrap();
    let progress = &result.progress;
    assert_eq!((progress.sequence_count, progress.done_sequence_count), (2, 2));
    assert_eq!(
        (progress.image_count, progress.picture_count, progress.problem_count),
        (5, 10, 0)
    );

    let files = files_in(&folder);
    let first_line = |name: &str| text(&files, name).lines().next().unwrap().to_owned();
    assert_eq!(first_line("seq_dataset.csv"), "org_id,seq_id");
    assert_eq!(first_line("img_dataset.csv"), "seq_id,img_id");
    assert_eq!(
        first_line("img_meta_dataset.csv"),
        "seq_id,img_id,captured_at,compass_angle,thumb_256_url,width,thumb_original_url,height"
    );
    assert_eq!(text(&files, "img_meta_dataset.csv").lines().count(), 6);
    let json: serde_json::Value = serde_json::from_slice(&files["images.json"]).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 5);
    let geojson: serde_json::Value = serde_json::from_slice(&files["images.geojson"]).unwrap();
    let feature = &geojson["features"][0];
    assert_eq!(feature["geometry"]["type"], "Point");
    assert!(feature["properties"]["original_geometry"].is_object());

    let originals: Vec<&String> = files.keys().filter(|name| name.ends_with("_original.jpg")).collect();
    assert_eq!(originals.len(), 5);
    for name in &originals {
        let parts: Vec<&str> = name.split('/').collect();
        assert!(
            parts.len() == 3 && parts[0] == "ann" && parts[2].starts_with("0000"),
            "{name}"
        );
    }
    let given = originals_of(&world).await;
    let sent: Vec<String> = photos.iter().map(|path| pixels_of(path)).collect();
    for name in &originals {
        let path = folder.join(name);
        let pixels = pixels_of(&path);
        assert!(
            given.contains(&pixels),
            "{name}: its pixels are those that the service gave"
        );
        assert!(!sent.contains(&pixels), "{name}: what comes back is processed");
        let facts = read_photo(&mut std::fs::File::open(&path).unwrap()).unwrap();
        assert!(facts.position.is_some() && facts.heading.is_some() && facts.make.is_some());
        let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
        let at_ms = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
        assert!(
            (1_780_000_000_000..1_780_100_000_000).contains(&at_ms),
            "the file's time is the capture's"
        );
    }
    assert!(!files.contains_key("ATTRIBUTION.txt"), "all images are one's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_pictures_carry_position_and_time_that_the_service_took_out() {
    let (world, _) = published(&[2]).await;
    let folder = world.folder.path().join("out");
    let choice = TakeOutChoice {
        sizes: vec![PictureSize::Px256],
        layout: TakeOutLayout::ByDay,
        ..everything()
    };
    run(&world, choice, &folder).await.unwrap();
    let files = files_in(&folder);
    let (name, bytes) = files.iter().find(|(name, _)| name.ends_with("_256.jpg")).unwrap();
    assert!(name.starts_with("ann/2026-05-28/"), "{name}");
    let facts = read_photo(&mut std::io::Cursor::new(bytes)).unwrap();
    assert!(facts.position.is_some() && facts.time.is_some() && facts.has_end);
}

/// `ID/SIZE.jpg` of the pictures in a folder: what their links end with.
fn pictures_in(folder: &Path) -> Vec<String> {
    if !folder.exists() {
        return Vec::new();
    }
    let of_name = |name: &String| {
        let (_, name) = name.rsplit_once('/')?;
        let mut parts = name.strip_suffix(".jpg")?.split('_').skip(1);
        Some(format!("{}/{}.jpg", parts.next()?, parts.next()?))
    };
    files_in(folder).keys().filter_map(of_name).collect()
}

/// Stops after a few pictures, again and again, until it is through.
#[tokio::test(flavor = "multi_thread")]
async fn stopped_again_and_again_no_picture_that_lies_there_is_fetched_again_and_every_byte_is_the_same() {
    let (world, _) = published(&[7, 5, 6]).await;
    let straight = world.folder.path().join("straight");
    run(&world, everything(), &straight).await.unwrap();
    let expected = files_in(&straight);

    let folder = world.folder.path().join("stopped");
    let mut rounds = 0_u64;
    loop {
        rounds += 1;
        let lying_there = pictures_in(&folder);
        let before = pictures_asked_for(&world);
        let stop = CancellationToken::new();
        let (stopper, clock, limit) = (stop.clone(), world.clock.clone(), rounds * 3);
        let told = move |progress: TakeOutProgress| {
            // Time passes, so that every change is told.
            clock.advance_ms(1_000);
            if progress.picture_count >= limit {
                stopper.cancel();
            }
        };
        let choice = Choice::check(everything()).unwrap();
        let ended = take_out(&asker(&world, &stop), &choice, &folder, told).await;
        for request in world.snapshot().requests_to("GET", "/cdn/").skip(before) {
            let again = lying_there.iter().find(|picture| request.path.ends_with(*picture));
            assert_eq!(again, None, "round {rounds}");
        }
        match ended {
            Ok(result) => {
                assert_eq!((result.progress.picture_count, result.progress.image_count), (36, 18));
                break;
            }
            Err(interrupted) => assert!(matches!(interrupted.error, CoreError::Stopped), "{interrupted:?}"),
        }
        assert!(rounds < 200);
    }
    println!("stopped {} times", rounds - 1);
    assert!(rounds > 2);
    // Links carry the time they were made at.
    let without_links = |mut files: BTreeMap<String, Vec<u8>>| {
        files.remove("img_meta_dataset.csv");
        files
    };
    assert_eq!(without_links(files_in(&folder)), without_links(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_fetches_nothing_that_is_there_and_brings_what_is_new() {
    let (world, _) = published(&[3]).await;
    let folder = world.folder.path().join("out");
    run(&world, everything(), &folder).await.unwrap();
    let before = pictures_asked_for(&world);
    let result = run(&world, everything(), &folder).await.unwrap();
    assert_eq!(pictures_asked_for(&world), before);
    assert_eq!(
        (result.progress.picture_count, result.progress.already_there_count),
        (6, 6)
    );

    let engine = world.engine().await;
    let walk = world.photos("later", 2, 0);
    let id = world.begin(&engine, new_upload(&walk, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Published).await;
    let result = run(&world, everything(), &folder).await.unwrap();
    assert_eq!(
        (result.progress.picture_count, result.progress.already_there_count),
        (10, 6)
    );
    assert_eq!(text(&files_in(&folder), "img_dataset.csv").lines().count(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_link_is_renewed() {
    let (world, _) = published(&[3]).await;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Picture, 403, "URL signature expired").times(3));
    let folder = world.folder.path().join("out");
    let result = run(&world, everything(), &folder).await.unwrap();
    assert_eq!((result.progress.picture_count, result.progress.problem_count), (6, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_stays_closed_costs_its_picture_alone() {
    let (world, _) = published(&[3]).await;
    let image = world.snapshot().clusters[0].images[1].id.clone();
    world.sandbox.faults().push(
        Fault::answer(Endpoint::Picture, 404, "gone")
            .always()
            .on_path(format!("{image}/original")),
    );
    let folder = world.folder.path().join("out");
    let result = run(&world, everything(), &folder).await.unwrap();
    assert_eq!((result.progress.picture_count, result.progress.problem_count), (5, 1));
    assert_eq!(result.problems[0].image_id, image);
    assert_eq!(result.problems[0].problem.code, "image_not_available");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_arrives_damaged_is_fetched_again_and_a_line_that_drops_is_waited_out() {
    let (world, _) = published(&[4]).await;
    let faults = world.sandbox.faults();
    faults.push(Fault::answer(Endpoint::Picture, 200, "not a picture"));
    faults.push(Fault::answer(Endpoint::Picture, 503, "").nth(3).times(2));
    faults.push(Fault::answer(
        Endpoint::Entities,
        500,
        r#"{"error":{"message":"temporarily unavailable","code":2}}"#,
    ));
    let folder = world.folder.path().join("out");
    let result = run(&world, everything(), &folder).await.unwrap();
    assert_eq!((result.progress.picture_count, result.progress.problem_count), (8, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_stays_damaged_is_named_and_not_kept() {
    let (world, _) = published(&[2]).await;
    let image = world.snapshot().clusters[0].images[0].id.clone();
    world.sandbox.faults().push(
        Fault::answer(Endpoint::Picture, 200, "no")
            .always()
            .on_path(format!("{image}/256")),
    );
    let folder = world.folder.path().join("out");
    let result = run(&world, everything(), &folder).await.unwrap();
    assert_eq!(result.problems.len(), 1);
    assert_eq!(result.problems[0].problem.code, "picture_damaged");
    assert_eq!(pictures_in(&folder).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_dead_image_costs_no_other() {
    let (world, _) = published(&[3]).await;
    // The whole batch is refused, then each half that holds the dead one.
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Entities, 400, MISSING).times(2));
    let folder = world.folder.path().join("out");
    let choice = TakeOutChoice {
        sizes: Vec::new(),
        ..everything()
    };
    let result = run(&world, choice, &folder).await.unwrap();
    assert_eq!((result.progress.image_count, result.progress.problem_count), (2, 1));
    assert_eq!(result.problems[0].problem.code, "image_not_available");
    let files = files_in(&folder);
    assert_eq!(text(&files, "img_dataset.csv").lines().count(), 4, "its id is known");
    assert_eq!(text(&files, "img_meta_dataset.csv").lines().count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_images_carry_their_name_and_licence_everywhere() {
    let (world, _) = published(&[2]).await;
    let key = {
        let client = world.client();
        let search = waypost_mapillary::ImageSearch {
            creator_username: Some("ann".into()),
            ..waypost_mapillary::ImageSearch::default()
        };
        let token = waypost_core::upload::TokenSource::token(&*world.tokens, None)
            .await
            .unwrap()
            .token;
        client.search_images(&token, &search).await.unwrap()[0]
            .sequence
            .clone()
            .unwrap()
    };
    world.tokens.sign_in("ben").await;
    let folder = world.folder.path().join("out");
    let choice = TakeOutChoice {
        source: TakeOutSource::Sequences {
            keys: vec![key.clone()],
        },
        exif: false,
        ..everything()
    };
    run(&world, choice, &folder).await.unwrap();
    let files = files_in(&folder);
    assert!(text(&files, "ATTRIBUTION.txt").contains("ann: 2"));
    assert!(text(&files, &format!("ann/{key}/ATTRIBUTION.txt")).contains("CC BY-SA 4.0"));
    for (name, bytes) in files
        .iter()
        .filter(|(name, _)| name.contains("_original.") || name.contains("_256."))
    {
        let words = b"ann via Mapillary, CC BY-SA 4.0";
        assert!(bytes.windows(words.len()).any(|window| window == words), "{name}");
    }
    assert!(text(&files, "images.json").contains("\"creator_username\":\"ann\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_with_files_of_somebody_else_is_left_alone() {
    let (world, _) = published(&[1]).await;
    let folder = world.folder.path().join("out");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("images.json"), "mine").unwrap();
    let error = run(&world, everything(), &folder).await.unwrap_err().error;
    assert_eq!(error.code(), "take_out_folder");
    assert_eq!(std::fs::read(folder.join("images.json")).unwrap(), b"mine");

    let folder = world.folder.path().join("other");
    run(&world, everything(), &folder).await.unwrap();
    let another = TakeOutChoice {
        geojson: false,
        ..everything()
    };
    let error = run(&world, another, &folder).await.unwrap_err().error;
    assert!(error.to_string().contains("another choice"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_whose_name_is_taken_is_named_and_nothing_is_replaced() {
    let (world, _) = published(&[1]).await;
    let first = world.folder.path().join("first");
    run(&world, everything(), &first).await.unwrap();
    let name = files_in(&first)
        .keys()
        .find(|name| name.ends_with("_256.jpg"))
        .unwrap()
        .clone();
    let folder = world.folder.path().join("out");
    let taken = folder.join(&name);
    std::fs::create_dir_all(taken.parent().unwrap()).unwrap();
    std::fs::write(&taken, "mine").unwrap();
    let result = run(&world, everything(), &folder).await.unwrap();
    assert_eq!(result.problems[0].problem.code, "file_in_the_way");
    assert_eq!(std::fs::read(&taken).unwrap(), b"mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_take_out_is_said_before_anything_is_made() {
    let (world, _) = published(&[]).await;
    let folder = world.folder.path().join("out");
    let error = run(&world, everything(), &folder).await.unwrap_err().error;
    assert_eq!(error.code(), "nothing_to_take_out");
    assert!(files_in(&folder).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_counts_what_is_then_taken() {
    let (world, _) = published(&[3, 2]).await;
    let stop = CancellationToken::new();
    let choice = Choice::check(everything()).unwrap();
    let told = Arc::new(AtomicU64::new(0));
    let heard = Arc::clone(&told);
    let estimated = estimate(&asker(&world, &stop), &choice, move |count| {
        heard.store(count, Ordering::SeqCst);
    })
    .await
    .unwrap();
    assert_eq!(
        (estimated.sequence_count, estimated.image_count, estimated.picture_count),
        (2, 5, 10)
    );
    assert_eq!((estimated.others_image_count, told.load(Ordering::SeqCst)), (0, 5));
    assert!(estimated.size_bytes > 0 && estimated.times.len() >= 3);
    assert!(
        estimated
            .times
            .is_sorted_by(|slow, fast| slow.duration_s >= fast.duration_s)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_time_takes_only_the_sequences_in_it() {
    let (world, _) = published(&[2, 3]).await;
    let folder = world.folder.path().join("out");
    let choice = TakeOutChoice {
        source: TakeOutSource::Window {
            username: None,
            from_ms: Some(1_780_000_000_000 + 43_200_000),
            until_ms: None,
        },
        ..everything()
    };
    let result = run(&world, choice, &folder).await.unwrap();
    assert_eq!((result.progress.sequence_count, result.progress.image_count), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn images_that_mapillary_discarded_are_not_asked_for() {
    let world = World::start_with(|config| config.stage_ms = 0).await;
    let outcome = Outcome {
        visible_images: Some(2),
        ..Outcome::default()
    };
    world.sandbox.faults().push(Fault::new(
        Endpoint::FinishUpload,
        waypost_sandbox::FaultAction::Processing(outcome),
    ));
    let engine = world.engine().await;
    let walk = world.photos("walk", 4, 0);
    let id = world.begin(&engine, new_upload(&walk, PackageKind::Zip)).await;
    let row = engine
        .wait_until(&[id], |row| row.visible_count == Some(2))
        .await
        .unwrap();
    assert_eq!(row.len(), 1);
    let folder = world.folder.path().join("out");
    let result = run(&world, everything(), &folder).await.unwrap();
    assert_eq!((result.progress.image_count, result.progress.problem_count), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn detections_come_in_the_columns_of_the_toolset_and_grouped_with_polygons_in_pixels() {
    let (world, _) = published(&[4]).await;
    let folder = world.folder.path().join("out");
    let choice = TakeOutChoice {
        detections: true,
        sizes: Vec::new(),
        ..everything()
    };
    run(&world, choice, &folder).await.unwrap();
    let files = files_in(&folder);
    let csv = text(&files, "img_detections_dataset.csv");
    assert_eq!(
        csv.lines().next(),
        Some("img_id,width,height,detections.id,detections.value,detections.geometry,decoded_geometry")
    );
    let grouped: serde_json::Value = serde_json::from_slice(&files["img_detections.json"]).unwrap();
    let images = grouped.as_array().unwrap();
    assert_eq!(images.len(), 4);
    let mut count = 0;
    for image in images {
        let (width, height) = (image["width"].as_f64().unwrap(), image["height"].as_f64().unwrap());
        for group in ["traffic_signs", "segmentations", "points", "without_value"] {
            for detection in image[group].as_array().unwrap() {
                count += 1;
                let rings = detection["polygons_px"].as_array().unwrap().iter();
                for point in rings.flat_map(|polygon| polygon[0].as_array().unwrap()) {
                    let (x, y) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
                    assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "{point}");
                }
            }
        }
    }
    assert!(count > 0, "the practice service invents some");
    assert_eq!(csv.lines().count(), count + 1);
}
